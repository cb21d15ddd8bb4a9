"""What a year's package holds: volumes with their papers and files, books, returns as sent, registers, the trail, and an index."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.archive.contents import safe_name
from app.archive.disposal.papers import custody_sheet, disposal_sheet
from app.archive.disposal.queries import disposals
from app.archive.lending.listings import loan_register
from app.archive.pages import Figure, csv_bytes, link, page, table_html
from app.archive.shelves.papers import contents_sheet, cover_sheet, note_sheet
from app.archive.shelves.queries import FilingView, VolumeView, loose_filings, volume_view, volumes
from app.archive.shelves.steps import VolumeRow, fonds_and_template, office_name
from app.archive.yearly.checks import QualityCheck, check_sheet
from app.archive.yearly.metadata import NAME as METADATA
from app.archive.yearly.metadata import PackageHead, PackedPaper, metadata
from app.archive.yearly.packing import CHECKER, Packing, checker_text
from app.desk import Desk
from app.ledger.queries import trial_balance
from app.reports.sheet_book import write_sheets
from app.reports.sheet_model import SheetModel
from app.yearend.papers import closing_sheets
from app.yearend.queries import years
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES, VolumeState
from models.domain.money import yuan_text
from models.store.opening import Store

INDEX: Final = "index.html"
_HOW: Final = """这是一个年度的电子会计档案包。里面的每个文件都可以直接打开，不需要任何专门的程序。

先看 index.html（用浏览器打开）。元数据在“元数据.xml”。

怎样确认它没有被改动：
1. 有 Python 3.8 以上的电脑，在这个文件夹里运行：python3 verify.py
   压缩包不用解开：python3 verify.py 档案包.zip
2. 它会重新计算每个文件的 SHA-256 和 SM3，与“校验清单.txt”比对；缺一个、多一个、改一个字节都会指出来。
3. 最后一行是“校验头”，即校验清单自己的 SHA-256。与封面、四性检测结果表上打印的校验头核对，就知道清单有没有被换过。

没有 Python 也可以用任何能算 SHA-256 的工具，照“校验清单.txt”逐个核对。
里面有身份证号和银行账号，请存放在加密的介质上，按会计档案管理。
"""


def fill_package(desk: Desk, into: Packing, year: int, checks: Sequence[QualityCheck]) -> None:
    """Put everything of a year into a package, the hash list aside. Raises FileDamaged when a kept file is not whole."""
    store = desk.store
    made = f"{desk.at} {desk.operator.name}"
    papers: list[PackedPaper] = []
    shown: list[tuple[VolumeView, list[PackedPaper]]] = []
    for volume in volumes(store, year):
        view = volume_view(store, volume.id)
        folder = f"案卷/{safe_name(volume.code)}"
        into.add(
            f"{folder}/卷内目录.xlsx",
            _workbook(
                desk,
                [
                    cover_sheet(view, office_name(store), made),
                    contents_sheet(view, made),
                    note_sheet(view, made),
                ],
            ),
        )
        packed = [_put(store, into, paper, view.volume, folder) for paper in view.papers]
        papers += packed
        shown.append((view, packed))
    loose = [_put(store, into, paper, None, "未装卷") for paper in loose_filings(store, year)]
    others = [into.add(name, body)[0] for name, body in _others(desk, year, checks, made)]
    fonds, _ = fonds_and_template(store)
    head = PackageHead(office_name(store), fonds, year, desk.at, desk.operator.name)
    into.add(METADATA, metadata(head, [*papers, *loose]))
    into.add(CHECKER, checker_text())
    into.add("校验说明.txt", _HOW.encode())
    into.add(INDEX, _index(store, head, shown, loose, others, checks))


def _put(
    store: Store, into: Packing, paper: FilingView, volume: VolumeRow | None, folder: str
) -> PackedPaper:
    """A paper and its file in the package; paper alone, and what was destroyed, has none."""
    if not paper.file_sha256:
        return PackedPaper(paper, volume, "", 0, "")
    body = store.files.read(paper.file_sha256, paper.file_name)
    number = f"{paper.place:03d}-" if paper.place else ""
    name, sha256 = into.add(f"{folder}/{number}{safe_name(paper.file_name)}", body)
    return PackedPaper(paper, volume, name, len(body), sha256)


def _workbook(desk: Desk, sheets: Sequence[SheetModel]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheets.xlsx"
        write_sheets(path, sheets, created=desk.now)
        return path.read_bytes()


def _others(desk: Desk, year: int, checks: Sequence[QualityCheck], made: str) -> Iterator[tuple[str, bytes]]:
    """What belongs to the year and lies in no volume: books, returns as sent, registers, the trail."""
    store = desk.store
    yield "账簿/年终结账.xlsx", _workbook(desk, closing_sheets(store, year, made))
    yield "账簿/各月科目余额.csv", _balances(store, year)
    for month, sha256, name in store.rows(
        "SELECT r.month, f.sha256, f.name FROM monthly_return r JOIN stored_file f ON f.sha256 = r.file_sha256"
        " WHERE substr(r.month, 1, 4) = ? ORDER BY r.month",
        (str(year),),
    ):
        yield f"月报/{month}-{safe_name(name)}", store.files.read(sha256, name)
    yield "登记/保管清册.xlsx", _workbook(desk, [custody_sheet(store, made, year)])
    yield "登记/借阅登记.xlsx", _workbook(desk, [loan_register(store, made, year)])
    for one in disposals(store):
        if one.made_on[:4] == str(year):
            yield f"登记/{one.number}.xlsx", _workbook(desk, [disposal_sheet(store, one.id, made)])
    yield "日志/操作日志.csv", _trail(store, year)
    yield "四性检测结果.xlsx", _workbook(desk, [check_sheet(office_name(store), year, list(checks), made)])


def _balances(store: Store, year: int) -> bytes:
    months = [
        str(row[0])
        for row in store.rows(
            "SELECT DISTINCT month FROM voucher WHERE substr(month, 1, 4) = ? ORDER BY month", (str(year),)
        )
    ]
    rows = [
        (
            month, row.ledger_name,
            *(
                Figure(yuan_text(fen))
                for fen in (
                    row.opening_debit_fen, row.opening_credit_fen, row.debit_fen, row.credit_fen, row.closing_debit_fen,
                    row.closing_credit_fen,
                )
            ),
        )
        for month in months
        for row in trial_balance(store, month).rows
    ]  # fmt: skip
    heads = ["月初借方", "月初贷方", "本月借方", "本月贷方", "月末借方", "月末贷方"]
    return csv_bytes(["月份", "科目", *(f"{head}（元）" for head in heads)], rows)


def _trail(store: Store, year: int) -> bytes:
    """The audit trail of the year with the hashes that chain it; who did what to what."""
    return csv_bytes(
        ["序号", "时间", "业务日期", "操作员", "岗位", "操作", "对象", "内容", "上一行校验码", "本行校验码"],
        store.each(
            "SELECT l.seq, l.at, l.business_date, coalesce(o.name, ''), l.post, l.act, l.subject, l.counts, l.before_hash, l.hash"
            " FROM audit_line l LEFT JOIN operator o ON o.id = l.operator_id WHERE substr(l.business_date, 1, 4) = ? ORDER BY l.seq",
            (str(year),),
        ),
    )


def _index(
    store: Store,
    head: PackageHead,
    shown: Sequence[tuple[VolumeView, list[PackedPaper]]],
    loose: Sequence[PackedPaper],
    others: Sequence[str],
    checks: Sequence[QualityCheck],
) -> bytes:
    closed = next((one for one in years(store) if one.year == head.year), None)
    facts = [
        ("立档单位", head.office),
        ("全宗号", head.fonds or "（未填）"),
        ("年度", str(head.year)),
        ("案卷", f"{len(shown)} 卷，{sum(len(view.papers) for view, _ in shown)} 件"),
        ("凭证", f"{closed.vouchers if closed else 0} 张"),
        ("结账日期", closed.closed_on if closed else ""),
        ("封存时间", f"{head.made_at} {head.made_by}"),
    ]
    results = [
        (one.quality, one.name, one.looked_at, "通过" if one.passed else "不通过", one.words)
        for one in checks
    ]
    others_list = "".join(f"<li>{link(name)}</li>" for name in others)
    return page(
        f"{head.office} {head.year} 年度电子会计档案",
        ("基本情况", table_html(["项目", "内容"], facts)),
        ("四性检测", table_html(["类别", "项目", "检测数量", "结果", "说明"], results)),
        ("案卷目录", _volume_table(shown)),
        *((f"{view.volume.code} {view.volume.title}", _papers_table(packed)) for view, packed in shown),
        *([("未装卷的材料", _papers_table(loose))] if loose else []),
        ("账簿、月报、登记和日志", f"<ul>{others_list}</ul>"),
        (
            "怎样核验",
            f"<p>见 {link('校验说明.txt')}。校验清单 {link('校验清单.txt')}，元数据 {link(METADATA)}，核验程序 {link(CHECKER)}。</p>",
        ),
    )


def _volume_table(shown: Sequence[tuple[VolumeView, list[PackedPaper]]]) -> str:
    return table_html(
        ["档号", "题名", "门类", "保管期限", "件数", "页数", "状态"],
        [
            (
                view.volume.code, view.volume.title, view.class_name, view.volume.kept, len(view.papers), view.pages,
                VOLUME_STATE_NAMES[VolumeState(view.volume.state)],
            )
            for view, _ in shown
        ],
    )  # fmt: skip


def _papers_table(papers: Sequence[PackedPaper]) -> str:
    """Papers with links to their files: the one table whose cells are made here and not escaped by the form."""
    rows = [
        (one.paper.place or "", one.paper.title, one.paper.document, one.paper.responsible, one.paper.dated, one.paper.pages)
        for one in papers
    ]  # fmt: skip
    table = table_html(["顺序号", "题名", "文号", "责任者", "日期", "页数"], rows)
    links = "".join(f"<li>{link(one.name)}</li>" for one in papers if one.name)
    return f"{table}<ul>{links}</ul>" if links else table
