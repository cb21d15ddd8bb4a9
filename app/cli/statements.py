"""statement take/list/show/match/pair/unpair/post/undo/reconcile."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.statements.queries import (
    HOW_NAMES,
    KIND_NAMES,
    Outstanding,
    lines_of_statement,
    proposals,
    reconcile,
    statements,
)
from app.statements.use_cases import (
    match_statements,
    pair_by_hand,
    post_from_line,
    take_statement,
    undo_statement,
    unpair,
)
from models.domain.money import Fen, yuan_text


def add_commands(commands: Commands) -> None:
    """The statements' commands."""
    take = commands.add("statement take", _take, "登记代发专户的银行对账单，并与账簿自动核对")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--profile", default="", metavar="NAME", help="对账单格式（不写按栏目自动认）")
    commands.add("statement list", _list, "列出对账单")
    show = commands.add("statement show", _show, "一份对账单的明细和对上的凭证")
    show.add_argument("statement", type=int, metavar="ID")
    commands.add("statement match", _match, "重新自动对账")
    pair = commands.add("statement pair", _pair, "手工对账：几条银行明细对几张凭证")
    pair.add_argument(
        "--line", type=int, action="append", default=[], metavar="ID", help="银行明细的编号，可写几次"
    )
    pair.add_argument("--voucher", action="append", default=[], metavar="YYYY-MM/N", help="凭证，可写几次")
    apart = commands.add("statement unpair", _unpair, "取消一条银行明细的对账")
    apart.add_argument("line", type=int, metavar="ID")
    post = commands.add("statement post", _post, "把对账单里的利息、手续费登记入账")
    post.add_argument("line", type=int, nargs="?", metavar="ID", help="银行明细的编号；不写为全部建议")
    post.add_argument("--kind", choices=sorted(KIND_NAMES), default="", help="interest 利息，charge 手续费")
    undo = commands.add("statement undo", _undo, "撤销最后一份对账单")
    undo.add_argument("statement", type=int, metavar="ID")
    undo.add_argument("--reason", required=True, metavar="TEXT")
    reconciled = commands.add("statement reconcile", _reconcile, "银行存款余额调节表")
    reconciled.add_argument(
        "statement", type=int, nargs="?", metavar="ID", help="对账单编号（不写为最后一份）"
    )


def _take(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = take_statement(desk, path=options.file, profile=options.profile).answer
    waiting = answer["proposals"]
    lines = [
        f"对账单已登记，编号 {answer['statement']}：{answer['first_day']} 至 {answer['last_day']}，{answer['lines']} 笔，"
        f"期初 {_yuan(answer['opening_fen'])} 元，收入 {_yuan(answer['in_fen'])} 元，支出 {_yuan(answer['out_fen'])} 元，"
        f"期末 {_yuan(answer['closing_fen'])} 元。",
        f"还有 {answer['open_lines']} 笔没有对上凭证。" if answer["open_lines"] else "全部对上凭证。",
    ]
    if isinstance(waiting, list) and waiting:
        lines.append(f"其中 {len(waiting)} 笔像利息或手续费，可用 statement post 登记入账。")
    return Answer(answer, lines)


def _list(desk: Desk, _options: argparse.Namespace) -> Answer:
    found = statements(desk.store)
    rows = [
        (one.id, one.first_day, one.last_day, yuan_text(one.opening_fen), yuan_text(one.closing_fen), one.lines, one.open_lines, one.file_name)
        for one in found
    ]  # fmt: skip
    headings = ["编号", "起", "止", "期初余额", "期末余额", "笔数", "未对上", "文件"]
    return Answer({"statements": [asdict(one) for one in found]}, table(headings, rows))


def _show(desk: Desk, options: argparse.Namespace) -> Answer:
    found = lines_of_statement(desk.store, options.statement)
    rows = [
        (one.id, one.row, one.day, _yuan(one.fen), _yuan(one.balance_fen), one.summary, one.counterparty, HOW_NAMES[one.how],
         one.vouchers or (f"像{KIND_NAMES[one.proposal]}" if one.proposal else ""))
        for one in found
    ]  # fmt: skip
    headings = ["编号", "原表行", "日期", "收支", "余额", "摘要", "对方", "对账", "凭证"]
    return Answer({"lines": [asdict(one) for one in found]}, table(headings, rows))


def _match(desk: Desk, _options: argparse.Namespace) -> Answer:
    answer = match_statements(desk).answer
    return Answer(answer, [f"新对上 {answer['matched']} 笔，还有 {answer['open_lines']} 笔没有对上。"])


def _pair(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = pair_by_hand(desk, lines=options.line, vouchers=options.voucher).answer
    said = (
        f"{answer['lines']} 条银行明细与 {answer['vouchers']} 张凭证已对账，{_yuan(answer['fen'])} 元。"
        if answer["vouchers"]
        else f"{answer['lines']} 条银行明细互相冲抵，已对账。"
    )
    return Answer(answer, [said])


def _unpair(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = unpair(desk, line_id=options.line).answer
    return Answer(answer, [f"已取消与 {answer['vouchers'] or '银行冲正'} 的对账。"])


def _post(desk: Desk, options: argparse.Namespace) -> Answer:
    chosen: Sequence[int] = (
        [options.line] if options.line is not None else [one.id for one in proposals(desk.store)]
    )
    answers = [post_from_line(desk, line_id=line, kind=options.kind).answer for line in chosen]
    lines = [
        f"{KIND_NAMES[str(one['kind'])]} {_yuan(one['fen'])} 元已记账，凭证 {one['voucher']}。"
        for one in answers
    ]
    return Answer({"posted": answers}, lines or ["没有像利息或手续费的未达账项。"])


def _undo(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = undo_statement(desk, statement_id=options.statement, reason=options.reason).answer
    return Answer(
        answer, [f"编号 {answer['statement']} 的对账单已撤销，{answer['lines']} 笔明细不再参加对账。"]
    )


def _reconcile(desk: Desk, options: argparse.Namespace) -> Answer:
    found = reconcile(desk.store, options.statement)
    said = "两边调节后余额相符。" if found.agrees else (
        f"调节后相差 {_yuan(found.difference_fen)} 元：{found.start_day} 开始对账时银行与账面就相差这么多，请查明以前的未达账项。"
    )  # fmt: skip
    return Answer(
        {
            **asdict(found),
            "adjusted_bank_fen": found.adjusted_bank_fen,
            "adjusted_book_fen": found.adjusted_book_fen,
            "difference_fen": found.difference_fen,
            "agrees": found.agrees,
        },
        [
            f"{found.day} 银行对账单余额 {_yuan(found.bank_fen)} 元，账面余额 {_yuan(found.book_fen)} 元。",
            *_group("加：账上已收、银行未收", found.book_in),
            *_group("减：账上已付、银行未付", found.book_out),
            f"调节后银行余额 {_yuan(found.adjusted_bank_fen)} 元。",
            *_group("加：银行已收、账上未收", found.bank_in),
            *_group("减：银行已付、账上未付", found.bank_out),
            f"调节后账面余额 {_yuan(found.adjusted_book_fen)} 元。",
            said,
        ],
    )


def _group(words: str, open_ones: Sequence[Outstanding]) -> list[str]:
    return (
        [words, *(f"\t{one.day}\t{_yuan(abs(one.fen))}\t{one.words}" for one in open_ones)]
        if open_ones
        else []
    )


def _yuan(fen: object) -> str:
    return yuan_text(Fen(int(str(fen))))
