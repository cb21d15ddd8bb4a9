"""archive codes/classes/class/file/find/save, volume make … papers, loan lend/return/list: papers, volumes and their borrowers."""

import argparse
from dataclasses import asdict
from pathlib import Path

from app.access.use_cases import log_export
from app.archive.lending.listings import loan_register
from app.archive.lending.use_cases import lend_volume, take_back
from app.archive.queries import kept_file
from app.archive.shelves.papers import volume_papers
from app.archive.shelves.queries import filing_of, find_filings, volume_view, volumes
from app.archive.shelves.steps import FOR_EVER, archive_classes
from app.archive.shelves.use_cases import (
    bind_volume,
    bind_year,
    describe_volume,
    file_paper,
    fill_volume,
    make_volume,
    set_class,
    set_codes,
    take_out,
    unbind_volume,
)
from app.changes import Changes
from app.cli.days import day
from app.cli.frame import Answer, Commands, Handler, table
from app.desk import Desk
from app.reports.sheet_book import write_sheets
from app.reports.sheet_model import SheetModel
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES, VolumeState
from models.domain.refusal import Refusal
from models.store.durable import replacing


class NotYears(Refusal):
    """A retention that is neither a number of years nor for ever."""

    form = "保管期限“{written}”不对，要写年数，或写“永久”。"


class NoFileThere(Refusal):
    """A paper that has no file."""

    form = "“{title}”没有电子文件，只有纸质材料或已经销毁。"


def add_commands(commands: Commands) -> None:
    """The commands of the shelves and of lending."""
    codes = commands.add("archive codes", _codes, "全宗号和档号格式")
    codes.add_argument("--fonds", default="", help="全宗号")
    codes.add_argument("--template", default="", help="档号格式")
    commands.add("archive classes", _classes, "门类和保管期限")
    kind = commands.add("archive class", _class, "增加门类，或改保管期限")
    kind.add_argument("code", metavar="CODE", help="门类代码")
    kind.add_argument("--name", default="")
    kind.add_argument("--years", required=True, help="年数，或“永久”")
    filed = commands.add("archive file", _file, "归档：扫描件、PDF、OFD、照片、表格，或纸质材料")
    filed.add_argument("file", nargs="?", type=Path, metavar="FILE", help="不写就是只有纸质材料")
    filed.add_argument("--class", dest="class_code", required=True, help="门类")
    filed.add_argument("--title", required=True, help="题名")
    filed.add_argument("--dated", required=True, type=day, metavar="YYYY-MM-DD", help="文件日期")
    filed.add_argument("--year", type=int, help="年度，不写按文件日期")
    filed.add_argument("--document", default="", help="文号")
    filed.add_argument("--responsible", default="", help="责任者")
    filed.add_argument("--pages", type=int, default=1)
    filed.add_argument("--person", default="", help="身份证号或姓名")
    filed.add_argument("--batch", default="")
    filed.add_argument("--remark", default="")
    filed.add_argument("--volume", help="直接装进这个案卷（档号）")
    found = commands.add("archive find", _find, "按题名、档号、文号、人员、批次查")
    found.add_argument("text", nargs="?", default="", metavar="TEXT")
    found.add_argument("--year", type=int)
    saved = commands.add("archive save", _save, "把归档的文件原样存出来")
    saved.add_argument("filing", type=int, metavar="ID")
    saved.add_argument("--out", type=Path, required=True, metavar="FILE")
    _volume_commands(commands)
    _loan_commands(commands)


def _of_volume(commands: Commands, name: str, handler: Handler, words: str) -> argparse.ArgumentParser:
    parser = commands.add(name, handler, words)
    parser.add_argument("volume", metavar="CODE", help="档号")
    return parser


def _volume_commands(commands: Commands) -> None:
    made = commands.add("volume make", _make, "立一个案卷")
    made.add_argument("--class", dest="class_code", required=True, help="门类")
    made.add_argument("--year", type=int, required=True)
    made.add_argument("--title", required=True, help="题名")
    made.add_argument("--responsible", default="", help="责任者")
    made.add_argument("--shelf", default="", help="存放位置")
    made.add_argument("filings", nargs="*", type=int, metavar="ID", help="归档文件的编号")
    for name, handler, words in (
        ("volume fill", _fill, "把归档文件装进案卷"),
        ("volume take-out", _take_out, "从案卷里取出"),
    ):
        _of_volume(commands, name, handler, words).add_argument("filings", nargs="+", type=int, metavar="ID")
    described = _of_volume(
        commands, "volume describe", _describe, "改案卷的题名、责任者、备考、存放位置、未了结事项"
    )
    for option in ("title", "responsible", "note", "shelf", "held-for"):
        described.add_argument(f"--{option}")
    _of_volume(commands, "volume bind", _bind, "成卷")
    unbound = _of_volume(commands, "volume unbind", _unbind, "拆卷")
    unbound.add_argument("--reason", required=True)
    _of_volume(commands, "volume show", _show, "一个案卷和卷内目录")
    listed = commands.add("volume list", _list, "案卷目录")
    listed.add_argument("--year", type=int)
    auto = commands.add("volume auto", _auto, "自动组卷：各月凭证、各项目批次案卷")
    auto.add_argument("year", type=int, metavar="YEAR")
    papers = _of_volume(commands, "volume papers", _papers, "案卷封面、卷内目录、备考表、脊背（工作簿）")
    papers.add_argument("--out", type=Path, required=True, metavar="FILE")


def _loan_commands(commands: Commands) -> None:
    lent = _of_volume(commands, "loan lend", _lend, "借出案卷")
    lent.add_argument("--borrower", required=True, help="借阅人")
    lent.add_argument("--purpose", required=True, help="用途")
    lent.add_argument("--due", required=True, type=day, metavar="YYYY-MM-DD", help="应还日期")
    lent.add_argument("--approved-by", default="", help="批准人")
    back = _of_volume(commands, "loan return", _return, "归还案卷")
    back.add_argument("--remark", default="", help="归还情况")
    listed = commands.add("loan list", _loans, "借阅登记表")
    listed.add_argument("--year", type=int)
    listed.add_argument("--out", type=Path, metavar="FILE", help="存成工作簿")


def signed(desk: Desk) -> str:
    """The line at the foot of a paper."""
    return f"{desk.operator.name}  {desk.at}"


def written_out(desk: Desk, path: Path, sheets: list[SheetModel]) -> Answer:
    """Papers as a workbook; that they go out is logged."""
    log_export(desk, what=sheets[0].title, rows=sum(sheet.row_count for sheet in sheets))
    write_sheets(path, sheets, created=desk.now)
    names = [sheet.title for sheet in sheets]
    return Answer({"file": str(path), "sheets": names}, [f"{'、'.join(names)}已写到 {path}。"])


def _codes(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = set_codes(desk, fonds=options.fonds, template=options.template).answer
    fonds = answer["fonds"] or "（未填）"
    return Answer(answer, [f"全宗号 {fonds}，档号格式 {answer['template']}，例如 {answer['example']}。"])


def _classes(desk: Desk, _options: argparse.Namespace) -> Answer:
    found = archive_classes(desk.store)
    return Answer(
        {"classes": [asdict(one) for one in found]},
        table(["代码", "门类", "保管期限"], [(one.code, one.name, one.kept) for one in found]),
    )


def _class(desk: Desk, options: argparse.Namespace) -> Answer:
    written = options.years.strip()
    if written != FOR_EVER and not (written.isascii() and written.isdecimal()):
        raise NotYears(written=written)
    years = None if written == FOR_EVER else int(written)
    answer = set_class(desk, code=options.code, name=options.name, years=years).answer
    return Answer(
        answer,
        [f"门类 {answer['class']} {answer['name']} 保管 {written if years is None else f'{years} 年'}。"],
    )


def _file(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = file_paper(
        desk,
        path=options.file,
        class_code=options.class_code,
        title=options.title,
        dated=options.dated,
        year=options.year,
        responsible=options.responsible,
        document=options.document,
        pages=options.pages,
        person=options.person,
        batch=options.batch,
        remark=options.remark,
        volume=options.volume,
    ).answer
    where = f"，档号 {answer['code']}" if answer["code"] else "，还没有装卷"
    return Answer(answer, [f"已归档，编号 {answer['filing']}{where}。"])


def _find(desk: Desk, options: argparse.Namespace) -> Answer:
    found = find_filings(desk.store, options.text, options.year)
    return Answer(
        {"filings": [{**asdict(one), "code": one.code} for one in found]},
        table(
            ["编号", "档号", "题名", "文号", "日期", "文件"],
            [(one.id, one.code, one.title, one.document, one.dated, one.file_name) for one in found],
        ),
    )


def _save(desk: Desk, options: argparse.Namespace) -> Answer:
    paper = filing_of(desk.store, options.filing)
    if not paper.file_sha256:
        raise NoFileThere(title=paper.title)
    name, body = kept_file(desk.store, paper.file_sha256)
    log_export(desk, what=name, rows=1)
    with replacing(options.out) as part:
        part.write_bytes(body)
    return Answer(
        {"file": str(options.out), "sha256": paper.file_sha256}, [f"“{paper.title}”已写到 {options.out}。"]
    )


def _make(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(
        make_volume(
            desk,
            class_code=options.class_code,
            year=options.year,
            title=options.title,
            responsible=options.responsible,
            shelf=options.shelf,
            filings=options.filings,
        )
    )


def _fill(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(fill_volume(desk, volume=options.volume, filings=options.filings))


def _take_out(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(take_out(desk, volume=options.volume, filings=options.filings))


def _describe(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(
        describe_volume(
            desk,
            volume=options.volume,
            title=options.title,
            responsible=options.responsible,
            note=options.note,
            shelf=options.shelf,
            held_for=options.held_for,
        )
    )


def _bind(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(bind_volume(desk, volume=options.volume))


def _unbind(desk: Desk, options: argparse.Namespace) -> Answer:
    return _told(unbind_volume(desk, volume=options.volume, reason=options.reason))


def _told(done: Changes) -> Answer:
    answer = done.answer
    state = VOLUME_STATE_NAMES[VolumeState(str(answer["state"]))]
    return Answer(answer, [f"案卷 {answer['code']}（{answer['title']}）{state}，{answer['papers']} 件。"])


def _show(desk: Desk, options: argparse.Namespace) -> Answer:
    found = volume_view(desk.store, options.volume)
    row = found.volume
    return Answer(
        {
            "volume": asdict(row),
            "class": found.class_name,
            "borrower": found.borrower,
            "papers": [{**asdict(one), "code": one.code} for one in found.papers],
        },
        [
            f"{row.code}  {row.title}  {found.class_name}  {row.kept}  {VOLUME_STATE_NAMES[row.state]}",
            *table(
                ["顺序号", "文号", "责任者", "题名", "日期", "页数"],
                [
                    (one.place, one.document, one.responsible, one.title, one.dated, one.pages)
                    for one in found.papers
                ],
            ),
        ],
    )


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    found = volumes(desk.store, options.year)
    return Answer(
        {"volumes": [asdict(one) for one in found]},
        table(
            ["档号", "题名", "保管期限", "状态", "存放位置"],
            [(one.code, one.title, one.kept, VOLUME_STATE_NAMES[one.state], one.shelf) for one in found],
        ),
    )


def _auto(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = bind_year(desk, year=options.year).answer
    made = answer["volumes"]
    lines = [f"{one['code']}  {one['title']}" for one in made] if isinstance(made, list) else []
    return Answer(answer, [f"{options.year} 年自动组卷 {len(lines)} 卷：", *lines])


def _papers(desk: Desk, options: argparse.Namespace) -> Answer:
    return written_out(desk, options.out, volume_papers(desk.store, options.volume, signed(desk)))


def _lend(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = lend_volume(
        desk,
        volume=options.volume,
        borrower=options.borrower,
        purpose=options.purpose,
        due=options.due,
        approved_by=options.approved_by,
    ).answer
    return Answer(answer, [f"案卷 {answer['code']} 已借给{answer['borrower']}，{answer['due_on']} 前归还。"])


def _return(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = take_back(desk, volume=options.volume, remark=options.remark).answer
    return Answer(answer, [f"案卷 {answer['code']} 已归还。"])


def _loans(desk: Desk, options: argparse.Namespace) -> Answer:
    sheet = loan_register(desk.store, signed(desk), options.year)
    if options.out is not None:
        return written_out(desk, options.out, [sheet])
    headings = [column.heading for column in sheet.columns]
    return Answer(
        {"loans": [dict(zip(headings, row, strict=True)) for row in sheet.rows]}, table(headings, sheet.rows)
    )
