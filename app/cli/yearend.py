"""year list/check/close/roll/ask-reopen/turn-down/reopen/papers: the year's end; year package/packages/verify: whole years sealed."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from app.archive.shelves.steps import office_name
from app.archive.yearly.checks import check_sheet, check_year
from app.archive.yearly.queries import PackageVerified, packages, verify_package
from app.archive.yearly.use_cases import make_year_package
from app.changes import Changes
from app.cli.archive import FilesDamaged
from app.cli.frame import Answer, Commands, RefusedWithAnswer, table
from app.cli.shelves import signed, written_out
from app.desk import Desk
from app.yearend.enrolments import CHANGED, KEPT, LEFT_OUT, rolls
from app.yearend.papers import closing_sheets, roll_sheet
from app.yearend.queries import closing_plan, years
from app.yearend.use_cases import ask_reopen, close_year, reopen_year, roll_year, turn_down_reopen
from models.domain.money import Fen, yuan_text


def add_commands(commands: Commands) -> None:
    """The commands of the year's end and of sealed years."""
    commands.add("year list", _list, "各年度和是否结账")
    check = commands.add("year check", _check, "结账前看一看：什么挡着，会结转什么")
    close = commands.add("year close", _close, "年终结账")
    close.add_argument("--no-carry", action="store_true", help="指标余额不结转到下一年")
    close.add_argument(
        "--roll", nargs="*", metavar="PROGRAM", help="同时结转这些项目的享受对象；只写 --roll 是全部"
    )
    roll = commands.add("year roll", _roll, "享受对象结转到下一年")
    roll.add_argument("--program", action="append", metavar="PROGRAM", help="只结转这个项目，可以写多次")
    roll.add_argument("--dry-run", action="store_true", help="只看差异，不结转")
    roll.add_argument("--out", type=Path, metavar="FILE", help="差异表存成工作簿")
    asked = commands.add("year ask-reopen", _ask, "申请反结账")
    asked.add_argument("--reason", required=True)
    down = commands.add("year turn-down", _turn_down, "驳回反结账")
    down.add_argument("--reason", default="")
    reopen = commands.add("year reopen", _reopen, "批准反结账")
    papers = commands.add("year papers", _papers, "余额结转表、历年退回登记、享受对象结转表（工作簿）")
    papers.add_argument("--out", type=Path, required=True, metavar="FILE")
    four = commands.add("year four-checks", _run_four_checks, "四性检测")
    four.add_argument("--out", type=Path, metavar="FILE", help="结果表存成工作簿")
    package = commands.add("year package", _package, "年度封存：写出不用本程序也能看、能核验的档案包")
    package.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="文件夹，或以 .zip 结尾的文件"
    )
    package.add_argument("--anyway", action="store_true", help="四性检测有不通过的也封存，并记在里面")
    for parser in (check, close, roll, asked, down, reopen, papers, four, package):
        parser.add_argument("year", type=int, metavar="YEAR")
    listed = commands.add("year packages", _packages, "已封存的档案包")
    listed.add_argument("--year", type=int)
    verify = commands.add_plain("year verify", _verify, "核验档案包（不用打开办公点）")
    verify.add_argument("package", type=Path, metavar="PATH")
    verify.add_argument("--head", default="", help="纸上打印的校验头")


def _list(desk: Desk, _options: argparse.Namespace) -> Answer:
    found = years(desk.store)
    return Answer(
        {"years": [asdict(one) for one in found]},
        table(
            ["年度", "状态", "凭证", "结账日期", "结账人", "反结账原因"],
            [
                (one.year, one.state_name, one.vouchers, one.closed_on, one.closed_by, one.reason)
                for one in found
            ],
        ),
    )


def _check(desk: Desk, options: argparse.Namespace) -> Answer:
    plan = closing_plan(desk.store, options.year, desk.day)
    turns = rolls(desk.store, options.year)
    lines = [
        *(plan.stops or (f"{plan.year} 年可以结账。",)),
        f"历年退回 {len(plan.returns)} 笔 {yuan_text(plan.returned_fen)} 元。",
        f"指标结转 {len(plan.allotments)} 条 {yuan_text(plan.carried_fen)} 元。",
        *(
            f"{one.program}（{one.old_period} → {one.new_period}）：继续 {one.count(KEPT)}，变动 {one.count(CHANGED)}，"
            f"不结转 {one.count(LEFT_OUT)}。{one.stop}"
            for one in turns
        ),
    ]
    return Answer(
        {
            "year": plan.year,
            "ready": not plan.stops,
            "stops": plan.stops,
            "returns": len(plan.returns),
            "returned_fen": plan.returned_fen,
            "carried_fen": plan.carried_fen,
            "rolls": [
                {
                    "program": one.code, "from": one.old_period, "to": one.new_period, "stop": one.stop,
                    **{name: one.count(name) for name in (KEPT, CHANGED, LEFT_OUT)},
                }
                for one in turns
            ],
        },
        lines,
    )  # fmt: skip


def _close(desk: Desk, options: argparse.Namespace) -> Answer:
    programs = () if options.roll is None else (options.roll or None)
    answer = close_year(desk, year=options.year, carry=not options.no_carry, programs=programs).answer
    return Answer(
        answer,
        [
            f"{options.year} 年已结账：历年退回 {answer['returns']} 笔 {_yuan(answer['returned_fen'])} 元，"
            f"指标结转 {_yuan(answer['carried_fen'])} 元。",
            *([] if options.roll is None else [_rolled(answer)]),
        ],
    )


def _yuan(fen: object) -> str:
    """Fen of an answer as yuan."""
    return yuan_text(Fen(int(str(fen))))


def _rolled(answer: Mapping[str, object]) -> str:
    return f"享受对象：继续 {answer[KEPT]}，金额变动 {answer[CHANGED]}，不结转 {answer[LEFT_OUT]}。"


def _roll(desk: Desk, options: argparse.Namespace) -> Answer:
    chosen = [
        one for one in rolls(desk.store, options.year) if not options.program or one.code in options.program
    ]
    if options.out is not None:
        written_out(desk, options.out, [roll_sheet(desk.store, options.year, chosen, signed(desk))])
    if options.dry_run:
        rows = [asdict(row) for one in chosen for row in one.rows]
        lines = table(
            ["项目", "姓名", "结转", "说明"],
            [(one.program, row.name, row.outcome_name, row.sentence) for one in chosen for row in one.rows],
        )
        return Answer({"year": options.year, "rows": rows}, lines)
    answer = roll_year(desk, year=options.year, programs=options.program).answer
    return Answer(answer, [_rolled(answer)])


def _ask(desk: Desk, options: argparse.Namespace) -> Answer:
    return _moved(ask_reopen(desk, year=options.year, reason=options.reason))


def _turn_down(desk: Desk, options: argparse.Namespace) -> Answer:
    return _moved(turn_down_reopen(desk, year=options.year, reason=options.reason))


def _reopen(desk: Desk, options: argparse.Namespace) -> Answer:
    return _moved(reopen_year(desk, year=options.year))


def _moved(done: Changes) -> Answer:
    return Answer(done.answer, [f"{done.answer['year']} 年现在是“{done.answer['state_name']}”。"])


def _papers(desk: Desk, options: argparse.Namespace) -> Answer:
    return written_out(desk, options.out, closing_sheets(desk.store, options.year, signed(desk)))


def _run_four_checks(desk: Desk, options: argparse.Namespace) -> Answer:
    checks = check_year(desk.store, options.year)
    if options.out is not None:
        written_out(
            desk, options.out, [check_sheet(office_name(desk.store), options.year, checks, signed(desk))]
        )
    return Answer(
        {"ok": all(one.passed for one in checks), "checks": [asdict(one) for one in checks]},
        table(
            ["类别", "项目", "数量", "结果", "说明"],
            [
                (one.quality, one.name, one.looked_at, "通过" if one.passed else "不通过", one.words)
                for one in checks
            ],
        ),
    )


def _package(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = make_year_package(desk, year=options.year, path=options.out, anyway=options.anyway).answer
    return Answer(
        answer,
        [
            f"{options.year} 年已封存到 {options.out}：{answer['files']} 个文件。",
            f"校验头 {answer['head_shown']}",
            "请把校验头抄写或打印在封存单上，与档案包分开存放。",
        ],
    )


def _packages(desk: Desk, options: argparse.Namespace) -> Answer:
    found = packages(desk.store, options.year)
    return Answer(
        {"packages": [asdict(one) for one in found]},
        table(
            ["年度", "档案包", "文件数", "封存日期", "校验头"],
            [(one.year, one.name, one.files, one.made_on, one.head_shown) for one in found],
        ),
    )


def _verify(options: argparse.Namespace) -> Answer:
    found: PackageVerified = verify_package(options.package, options.head)
    body: dict[str, object] = {
        "ok": not found.bad,
        "head": found.head,
        "files": found.files,
        "first_bad": found.bad[0].name if found.bad else None,
        "bad": [asdict(one) for one in found.bad],
    }
    if found.bad:
        raise RefusedWithAnswer(FilesDamaged(first=found.bad[0].sentence, count=len(found.bad)), body)
    return Answer(
        body, [f"档案包 {options.package.name} 全部相符（{found.files} 个文件）。", f"校验头 {found.head}"]
    )
