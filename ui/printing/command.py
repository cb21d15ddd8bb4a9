"""`python -m ui print …`: what an office prints, as a PDF without a screen, for scripts and for the county's IT.

It is a command of `ui`, for only `ui` knows Qt; options, answers and exit codes are those of `python -m app`.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from app.access.use_cases import log_export
from app.audit.queries import head
from app.bankfiles.queries import bank_files
from app.batches.queries import batch_view, frozen_sheets
from app.batches.steps import load_batch
from app.cli.frame import GROUP_NAMES, Answer, Commands, run
from app.desk import Desk
from app.ledger.queries import find_voucher, lines_of, vouchers
from app.notices.steps import posted_notice
from app.reports.catalogue.report import make_sheets
from app.reports.catalogue.shelf import entries, find_report
from models.domain.refusal import Refusal
from ui.printing.forms.calibration import calibration_document
from ui.printing.forms.covers import cover_document
from ui.printing.forms.vouchers import VoucherPaper, voucher_document
from ui.printing.frame import foot_of
from ui.printing.paper import A3, A4, VOUCHER, Document, Paper
from ui.printing.pdf import laid_out, write_pdf
from ui.printing.printers import FORMS
from ui.printing.sheets.painting import sheet_document
from ui.printing.sheets.style import WALL
from ui.screens.archive.dossier_cover import dossier_cover
from ui.screens.bankfiles.control_sheet import control_sheet
from ui.screens.batches.check_paper import check_sheets
from ui.screens.notices.paper import notice_code, notice_sheets

_PAPERS: Final = {"a4": A4, "a3": A3, "240x140": VOUCHER}
_GIVEN: Final = "given_"


class NothingToPrint(Refusal):
    """What was asked for has no sheet yet."""

    form = "{what}还没有可以打印的内容。请先办理，再打印。"


def print_commands() -> Commands:
    """The tree of commands under `print`."""
    GROUP_NAMES["print"] = "打印成 PDF：报表、公示、体检表、凭证、控制表、案卷封面、校准页"
    commands = Commands("xiangcai" if getattr(sys, "frozen", False) else "python -m ui")
    _add_report(commands)
    for name, make, what in (
        ("notice", _notice, "公示名单（遮盖，一村一张）"),
        ("check", _check, "最近封存的体检表"),
        ("control", _control, "交银行的代发控制表"),
        ("cover", _cover, "批次案卷的封面"),
    ):
        parser = _add(commands, name, make, what)
        parser.add_argument("batch", metavar="BATCH", help="批次号")
        if make is _notice:
            parser.add_argument("--paper", choices=["a4", "a3"], default="a4", help="纸张")
    parser = _add(commands, "vouchers", _vouchers, "记账凭证")
    parser.add_argument("month", metavar="MONTH", help="月份，2024-06")
    parser.add_argument("--number", metavar="NUMBER", help="凭证号，不写就是全月")
    parser.add_argument("--paper", choices=["240x140", "a4"], default="240x140", help="纸张")
    parser = commands.add_plain("print calibration", _calibration, "打印机校准页")
    parser.add_argument("--paper", choices=list(_PAPERS), default="a4", help="纸张")
    _to(parser)
    return commands


def _add(
    commands: Commands, name: str, make: Callable[[Desk, argparse.Namespace], Document], what: str
) -> argparse.ArgumentParser:
    parser = commands.add(f"print {name}", _writer(make), f"{what}，写成 PDF")
    _to(parser)
    return parser


def _to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="写到哪个文件（.pdf）")


def _writer(
    make: Callable[[Desk, argparse.Namespace], Document],
) -> Callable[[Desk, argparse.Namespace], Answer]:
    def work(desk: Desk, options: argparse.Namespace) -> Answer:
        document = make(desk, options)
        log_export(desk, what=f"{document.name} PDF", rows=document.lines)
        return _written(document, options.to)

    return work


def _written(document: Document, path: Path) -> Answer:
    pages, size = len(laid_out(document)), write_pdf(document, path)
    return Answer(
        {
            "name": document.name,
            "file": str(path),
            "pages": pages,
            "paper": document.paper.name,
            "bytes": size,
        },
        [f"{document.name}已写到 {path}：{pages} 页，{document.paper.name}。"],
    )


# -- what can be printed -----------------------------------------------------------------------------------------


def _add_report(commands: Commands) -> None:
    parser = _add(commands, "report", _report, "报表目录里的任何一张报表")
    parser.add_argument("name", metavar="NAME", help="报表的名称或中文名")
    for name, label in {one.name: one.label for report in entries() for one in report.parameters}.items():
        parser.add_argument(f"--{name}", dest=f"{_GIVEN}{name}", metavar="VALUE", help=label)


def _report(desk: Desk, options: argparse.Namespace) -> Document:
    given = {
        name.removeprefix(_GIVEN): value
        for name, value in vars(options).items()
        if name.startswith(_GIVEN) and value is not None
    }
    report = find_report(options.name)
    models = make_sheets(desk, report, given)
    if not models:
        raise NothingToPrint(what=f"报表“{report.title}”")
    return sheet_document(models, foot=foot_of(desk))


def _notice(desk: Desk, options: argparse.Namespace) -> Document:
    posted = posted_notice(desk.store, load_batch(desk.store, options.batch))
    return sheet_document(
        notice_sheets(posted, posted.lists), foot=foot_of(desk), paper=_PAPERS[options.paper], style=WALL,
        qr=notice_code(posted, head(desk.store)),
    )  # fmt: skip


def _check(desk: Desk, options: argparse.Namespace) -> Document:
    view = batch_view(desk.store, options.batch)
    kept = frozen_sheets(desk.store, view.line.id)
    if not kept:
        raise NothingToPrint(what=f"批次 {view.line.number} 的体检表")
    return sheet_document(check_sheets(_township(desk), view, kept[-1]), foot=foot_of(desk))


def _control(desk: Desk, options: argparse.Namespace) -> Document:
    view = batch_view(desk.store, options.batch)
    files = bank_files(desk.store, view.line.id)
    if not files:
        raise NothingToPrint(what=f"批次 {view.line.number} 的报盘文件")
    return sheet_document([control_sheet(_township(desk), view, files)], foot=foot_of(desk))


def _cover(desk: Desk, options: argparse.Namespace) -> Document:
    view = batch_view(desk.store, options.batch)
    return cover_document([dossier_cover(desk.store, view)], foot_of(desk))


def _vouchers(desk: Desk, options: argparse.Namespace) -> Document:
    store, office = desk.store, f"{_township(desk)}财政所"
    found = (
        [find_voucher(store, options.number, options.month)]
        if options.number
        else vouchers(store, options.month)
    )
    if not found:
        raise NothingToPrint(what=f"{options.month} 的凭证")
    papers = [VoucherPaper(office, one, lines_of(store, one.id)) for one in found]
    return voucher_document(papers, foot_of(desk), _PAPERS[options.paper])


def _calibration(options: argparse.Namespace) -> Answer:
    paper: Paper = _PAPERS[options.paper]
    assert paper in FORMS  # every paper that can be named is one that printers are set right for  # noqa: S101
    return _written(calibration_document(paper, "打印机：＿＿＿＿＿＿"), options.to)


def _township(desk: Desk) -> str:
    return str(desk.store.value("SELECT township FROM office"))


def main(arguments: Sequence[str]) -> int:
    """Run one command without a screen; gives its exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    exit_code = run(print_commands(), arguments)
    del application  # fonts and pages need it until here
    return exit_code
