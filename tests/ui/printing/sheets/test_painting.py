"""What stands on the pages of a sheet, read back from its PDF."""

import subprocess
from pathlib import Path

import pytest

from app.reports.sheet_model import Difference, Group, SheetModel
from app.workbook.table_columns import Column, Kind
from models.domain.money import Fen, yuan_text
from models.domain.words import amount_in_words
from tests.ui.printing.reading import pages_of, text_of
from tests.ui.printing.sheet_models import model, row
from ui.printing.frame import Foot
from ui.printing.paper import A3, A4, A4_WIDE, Paper
from ui.printing.pdf import laid_out, write_pdf
from ui.printing.sheets.painting import sheet_document

pytestmark = pytest.mark.usefixtures("qapp")

POSTS = "本办公点人员兼岗：王经办（经办、系统管理员）。"
FOOT = Foot("打印：经办甲　日志校验码：1f2e3d4c", POSTS)
RADICALS = [chr(code) for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))]


def test_every_page_has_title_heading_foot_and_number_the_last_the_signatures() -> None:
    sheet = model([[row(number, 12_345) for number in range(1, 91)]])
    pages = pages_of(sheet_document([sheet], foot=FOOT, paper=A4))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "石门镇补贴发放清册" in page
        assert "身份证号" in page
        assert f"第{number}页共{len(pages)}页" in "".join(page.split())
        assert "1f2e3d4c" in page
        assert POSTS in page
        assert "本页小计" in page
        assert ("单位负责人：" in page) == (number == len(pages))
        assert ("浙财农〔2024〕12号" in page) == (number == 1)
    assert f"合计（大写）：{amount_in_words(Fen(90 * 12_345))}" in pages[-1]


def test_the_text_is_read_back_as_the_characters_that_were_printed() -> None:
    names = ["石门见长", "立西玉龙", "山水风竹", "金工大小", "一二人入", "贝车页飞", "鸟鱼马麦"]
    sheet = model([[row(number, 1, name) for number, name in enumerate(names, 1)]])
    text = text_of(sheet_document([sheet], foot=FOOT))
    for name in names:
        assert name in text
    assert not [sign for sign in RADICALS if sign in text]


def test_numbers_and_long_texts_are_whole() -> None:
    long = "账户为他人代领，代领关系已登记，见代领登记表；本人在外地务工，已电话核实，联系人为其长子"
    sheet = model([[row(number, 99_999_999_99, long) for number in range(1, 6)]])
    text = "".join(text_of(sheet_document([sheet], foot=FOOT, paper=A4)).split())
    for number in range(1, 6):
        assert f"3306241957{number:08d}" in text
        assert f"62284800{number:011d}" in text
    assert text.count("99,999,999.99") == 5
    assert "499,999,999.95" in text


def test_a_table_wider_than_its_paper_lies_side_by_side() -> None:
    """Forty programs against villages: no number over two lines, every figure once, the village on each part."""
    programs = [f"项目{number:02d}" for number in range(1, 41)]
    columns = (
        Column("序号", Kind.COUNT, 6), Column("村（社区）", width=12),
        *(Column(name, Kind.MONEY, 13, total=True) for name in programs), Column("合计", Kind.MONEY, 16, total=True),
    )  # fmt: skip
    figures = [[village * 1_000_000_00 + place for place in range(1, 41)] for village in (1, 2)]
    rows: list[list[str | int]] = [
        [number, f"石{number}村", *fens, sum(fens)] for number, fens in enumerate(figures, 1)
    ]
    sheet = SheetModel(
        "分村分项目", "石门镇分村分项目汇总表", columns, [Group(rows)], in_words="合计", frozen_columns=2,
        derived={"合计": Difference(tuple(programs))}, notes=["统计口径：甲"], signatures=("制表：",),
    )  # fmt: skip
    pages = pages_of(sheet_document([sheet], foot=FOOT))
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"汇总表（第{number}部分，共{len(pages)}部分）" in "".join(page.split())
        assert "石1村" in page
        assert "石2村" in page
        assert ("制表：" in page) == ("统计口径：甲" in page) == (number == len(pages))
    text = "\n".join(pages)
    for fen in (*figures[0], *figures[1], *map(sum, figures)):
        assert text.count(f" {yuan_text(Fen(fen))}") == 1
    total = sum(map(sum, figures))
    assert yuan_text(Fen(total)) in pages[-1]
    assert f"合计（大写）：{amount_in_words(Fen(total))}" in pages[-1]


def test_a_page_for_each_household_has_its_own_sums_and_signatures() -> None:
    sheet = model(
        [[row(1, 100)], [row(2, 200), row(3, 300)]], group_pages=True, total_label="", page_sums=False
    )
    first, second = pages_of(sheet_document([sheet], foot=FOOT, paper=A4))
    for page, fen in ((first, 100), (second, 500)):
        assert f"（大写）：{amount_in_words(Fen(fen))}" in page
        assert "制表：" in page
    assert "第2村" not in first


def test_one_page_needs_no_sums_of_its_own() -> None:
    text = text_of(sheet_document([model([[row(1, 100), row(2, 200)]])], foot=FOOT))
    assert "本页小计" not in text
    assert text.count("3.00") == 4  # money and areas, of the group and of the sheet


def test_several_sheets_are_one_document_and_each_says_who_made_it() -> None:
    sheets = [model([[row(1, 100)]], made="制表：甲"), model([[row(1, 100)]], made=f"制表：乙　{POSTS}")]
    document = sheet_document(sheets, foot=FOOT)
    first, second = pages_of(document)
    assert document.lines == 2
    assert "制表：甲" in first
    assert "第2页共2页" in "".join(second.split())
    for page in (first, second):
        assert page.count(POSTS) == 1  # once, whoever says it
        assert "1f2e3d4c" not in page


def test_a_heading_over_several_columns_stands_once() -> None:
    columns = (
        Column("序号", Kind.COUNT),
        Column("应到位", Kind.MONEY, group="资金到位", total=True),
        Column("已到位", Kind.MONEY, group="资金到位", total=True),
        Column("备注"),
    )
    sheet = SheetModel("m", "月报", columns, [Group([[1, 100, 250, ""]])])
    text = text_of(sheet_document([sheet], foot=FOOT))
    assert text.count("资金到位") == 1
    assert "已到位" in text
    assert text.count("2.50") == 2


def test_a_short_sheet_is_squeezed_onto_one_page_and_a_long_one_is_not() -> None:
    def sheet(rows: int) -> SheetModel:
        return model([[row(one, 1) for one in range(1, rows + 1)]])

    def pages(rows: int) -> int:
        return len(laid_out(sheet_document([sheet(rows)], foot=FOOT, paper=A4)))

    fits = next(rows for rows in range(20, 60) if pages(rows) > 1) - 1
    usual = line_height(sheet(10))
    assert line_height(sheet(fits)) < usual
    assert line_height(sheet(fits + 1)) == usual  # two pages anyway, then in the usual type


def line_height(sheet: SheetModel) -> float:
    """How high a row of one line is set."""
    (page, *_) = [page for page in sheet_document([sheet], foot=FOOT, paper=A4).pages() if page is not None]
    return float(page.__self__.plan.strips[1].height)  # type: ignore[attr-defined]


def test_nothing_to_list_is_said() -> None:
    assert "本表没有记录" in text_of(sheet_document([model([[]], titled=False)], foot=FOOT))


@pytest.mark.parametrize(
    ("paper", "points"),
    [(A4, (595, 842)), (A4_WIDE, (842, 595)), (A3, (842, 1191))],
    ids=str,
)
def test_the_pdf_is_as_large_as_the_paper(paper: Paper, points: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    write_pdf(sheet_document([model([[row(1, 1)]])], foot=FOOT, paper=paper), path)
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    size = next(line for line in told.splitlines() if line.startswith("Page size"))
    width, height = (round(float(size.split()[place])) for place in (2, 4))
    assert abs(width - points[0]) <= 1
    assert abs(height - points[1]) <= 1
