"""A roster of 3,000 people to PDF, all 16 columns of DOMAIN §12; the floor is Qt drawing the same texts and nothing else."""

import os
from random import Random

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPdfWriter

from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column, Kind
from tests.bench.measuring import Measured, bench, timed
from ui.printing.fonts import Role, family_of
from ui.printing.frame import Foot
from ui.printing.paper import A4_WIDE, DOTS_PER_INCH
from ui.printing.pdf import laid_out, pdf_bytes
from ui.printing.sheets.painting import sheet_document

ROWS = 3_000
VILLAGES = ("上溪村", "下溪村", "石门村", "竹岙社区")
_HEADINGS = (
    "序号", "户主姓名", "户主身份证号", "收款人姓名", "收款人身份证号", "银行账号", "开户银行", "村", "组", "享受人", "享受人身份证号",
    "联系电话", "数量", "标准", "金额", "备注",
)  # fmt: skip
_KINDS = {"序号": Kind.COUNT, "数量": Kind.QUANTITY, "标准": Kind.RATE, "金额": Kind.MONEY}
_WHOLE = frozenset({"户主身份证号", "收款人身份证号", "银行账号", "享受人身份证号", "联系电话"})


def roster(rows: int = ROWS) -> SheetModel:
    """A made-up roster in four villages."""
    random = Random(20240618)
    columns = [
        Column(name, _KINDS.get(name, Kind.TEXT), total=name in ("数量", "金额"), wrap=name not in _WHOLE)
        for name in _HEADINGS
    ]

    def row(number: int, village: str) -> list[str | int]:
        name = random.choice("赵钱孙李周吴郑王石冯") + random.choice(
            ("建国", "芳", "志强", "桂英", "玉·古丽扎尔")
        )
        id_number = f"3306241957{random.randrange(10**8):08d}"
        quantity = random.randrange(5_000, 90_000)
        return [
            number, name, id_number, name, id_number, f"62284800{random.randrange(10**11):011d}", "云溪农村商业银行", village,
            f"{random.randrange(1, 9)}组", name, id_number, f"138{random.randrange(10**8):08d}", quantity, 1_205_500,
            quantity * 12_055 // 10_000, "",
        ]  # fmt: skip

    each = rows // len(VILLAGES)
    groups = [
        Group(
            [row(place * each + number, village) for number in range(1, each + 1)], village, f"{village}小计"
        )
        for place, village in enumerate(VILLAGES)
    ]
    return SheetModel(
        "roster", "云溪镇耕地地力保护补贴2024年发放清册", columns, groups, left="填报单位：云溪镇财政所", in_words="金额",
        signatures=("单位负责人：", "财政所长：", "审核：", "制表："), page_sums=True,
    )  # fmt: skip


def _bare(model: SheetModel, pages: int) -> bytes:
    """The texts of the rows, one after another, on as many pages; no measuring, no rules, no sums."""
    whole = QByteArray()
    buffer = QBuffer(whole)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DOTS_PER_INCH)
    writer.setPageLayout(A4_WIDE.layout())
    font = QFont(family_of(Role.TEXT))
    font.setPixelSize(75)
    font.setKerning(False)
    painter = QPainter(writer)
    painter.setFont(font)
    texts = [model.texts(row) for row in model.rows]
    each = -(-len(texts) // pages)
    for number, row in enumerate(texts):
        if number and number % each == 0:
            writer.newPage()
        for place, text in enumerate(row):
            painter.drawText(QPointF(340 + place * 480, 900 + number % each * 130), text)
    painter.end()
    buffer.close()
    return bytes(whole.data())


@bench("roster of 3,000 rows to PDF")
def to_pdf() -> Measured:
    """Laid out, painted and written; beside it the laying out alone."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication([])
    model = roster()
    document = sheet_document([model], foot=Foot("打印：经办甲　日志校验码：1f2e3d4c"))
    pages = len(laid_out(document))  # also loads the fonts, which both need
    seconds = timed(lambda: pdf_bytes(document))
    floor = timed(lambda: _bare(model, pages))
    alone = timed(lambda: laid_out(document))
    del application
    return Measured(
        seconds, floor, "QPainter drawing the same texts bare", notes={"layout_s": alone, "pages": pages}
    )
