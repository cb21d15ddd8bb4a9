"""allotment list/add/adjust/cut/carry/withdraw, receipt add/list/reverse, account interest/charge/treasury, opening add/treasury."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import cast

from app.changes import Changes
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.funds.queries import AllotmentView, allotments, find_allotment, receipts
from app.funds.use_cases import (
    add_allotment,
    add_charge,
    add_interest,
    add_receipt,
    adjust_allotment,
    carry_allotment_over,
    cut_allotment,
    hand_to_treasury,
    open_allotment,
    open_treasury,
    reverse_receipt,
    withdraw_allotment,
)
from app.programs.queries import find_program
from app.programs.steps import LEVELS
from models.domain.dates import date_from_cell
from models.domain.money import Fen, fen_from_text, yuan_text


def add_commands(commands: Commands) -> None:
    """The commands of funds."""
    _add_allotment_commands(commands)
    _add_receipt_commands(commands)
    for name, handler, words in (
        ("account interest", _interest, "登记专户利息"),
        ("account charge", _charge, "登记专户手续费"),
        ("account treasury", _treasury, "上缴应缴财政款"),
        ("opening treasury", _open_treasury, "应缴财政款期初余额"),
    ):
        entry = commands.add(name, handler, words)
        _money(entry)
        entry.add_argument("--remark", default="", metavar="TEXT")
    opening = commands.add("opening add", _open_allotment, "资金指标期初余额（年中启用）")
    _what(opening)
    for figure, words in (("allotted", "指标"), ("received", "已到账"), ("used", "已发放")):
        _money(opening, figure, words)


def _add_allotment_commands(commands: Commands) -> None:
    listed = commands.add("allotment list", _list_allotments, "资金指标与余额")
    listed.add_argument("--program", metavar="PROGRAM")
    add = commands.add("allotment add", _add_allotment, "登记资金指标")
    _what(add)
    _money(add)
    add.add_argument("--remark", default="", metavar="TEXT")
    for name, handler, words in (
        ("allotment adjust", _adjust, "调整指标（可正可负）"),
        ("allotment cut", _cut, "核减指标"),
    ):
        change = commands.add(name, handler, words)
        _which(change)
        _money(change)
        change.add_argument("--reason", required=True, metavar="TEXT")
        change.add_argument("--by-document", default="", metavar="DOCUMENT", help="调整或核减的文号")
    carry = commands.add("allotment carry", _carry, "余额结转到以后年度")
    _which(carry)
    carry.add_argument("--to-year", type=int, metavar="YYYY")
    carry.add_argument("--reason", default="", metavar="TEXT")
    withdraw = commands.add("allotment withdraw", _withdraw, "撤销误登的指标")
    _which(withdraw)
    withdraw.add_argument("--reason", required=True, metavar="TEXT")


def _add_receipt_commands(commands: Commands) -> None:
    add = commands.add("receipt add", _add_receipt, "登记到账")
    _which(add)
    _money(add)
    add.add_argument("--received-on", metavar="YYYY-MM-DD", help="银行回单日期，默认业务日期")
    add.add_argument("--remark", default="", metavar="TEXT")
    add.add_argument("--attachments", type=int, default=0, metavar="N", help="凭证附件张数")
    commands.add("receipt list", _list_receipts, "到账记录")
    reverse = commands.add("receipt reverse", _reverse_receipt, "红字冲销误登的到账")
    reverse.add_argument("receipt", type=int, metavar="RECEIPT")
    reverse.add_argument("--reason", required=True, metavar="TEXT")


def _which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("allotment", metavar="ALLOTMENT", help="文号，或 allotment list 里的编号")
    parser.add_argument("--program", metavar="PROGRAM")
    parser.add_argument("--level", choices=LEVELS)
    parser.add_argument("--year", type=int, metavar="YYYY")


def _what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--program", required=True, metavar="PROGRAM", help="项目编码或名称")
    parser.add_argument("--document", required=True, metavar="DOCUMENT", help="文号")
    parser.add_argument("--level", choices=LEVELS, default="", help="资金级次")
    parser.add_argument("--issued-on", metavar="YYYY-MM-DD", help="下达日期，默认业务日期")
    parser.add_argument("--year", type=int, metavar="YYYY", help="指标年度")


def _money(parser: argparse.ArgumentParser, figure: str = "", words: str = "") -> None:
    """An amount, as integer fen or as yuan: --fen/--yuan, or --allotted-fen/--allotted."""
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument(
        f"--{figure}-fen" if figure else "--fen",
        dest=f"{figure or 'money'}_fen",
        type=int,
        metavar="FEN",
        help=f"{words}金额，分",
    )
    either.add_argument(
        f"--{figure}" if figure else "--yuan",
        dest=f"{figure or 'money'}_yuan",
        metavar="YUAN",
        help=f"{words}金额，元",
    )


def _fen(options: argparse.Namespace, figure: str = "money") -> Fen:
    fen = getattr(options, f"{figure}_fen")
    return Fen(fen) if fen is not None else fen_from_text(getattr(options, f"{figure}_yuan"))


def _day(text: str | None) -> date | None:
    return None if text is None else date_from_cell(text)


def _chosen(desk: Desk, options: argparse.Namespace) -> AllotmentView:
    program = find_program(desk.store, options.program).id if options.program else None
    return find_allotment(
        desk.store, options.allotment, program_id=program, level=options.level, year=options.year
    )


def _list_allotments(desk: Desk, options: argparse.Namespace) -> Answer:
    known = allotments(desk.store, find_program(desk.store, options.program).id if options.program else None)
    rows = [
        (
            one.id,
            one.program_name,
            one.document,
            one.level,
            one.year,
            one.issued_on,
            *map(yuan_text, _figures(one)),
        )
        for one in known
    ]
    headings = ["编号", "项目", "文号", "级次", "年度", "下达日期", "指标", "到账", "已用", "可用"]
    sums = map(yuan_text, (Fen(sum(column)) for column in zip(*map(_figures, known), strict=True)))
    return Answer(
        {"allotments": [_allotment_json(one) for one in known]},
        [*table(headings, rows), *(["\t".join(["合计", "", "", "", "", "", *sums])] if known else [])],
    )


def _figures(one: AllotmentView) -> tuple[Fen, Fen, Fen, Fen]:
    return one.allotted_fen, one.received_fen, one.used_fen, one.available_fen


def _allotment_json(one: AllotmentView) -> dict[str, object]:
    body = asdict(one)
    return {
        "allotment": body.pop("id"),
        "program": body.pop("program_code"),
        **{k: v for k, v in body.items() if k != "program_id"},
    }


def _add_allotment(desk: Desk, options: argparse.Namespace) -> Answer:
    done = add_allotment(
        desk,
        program=options.program,
        document=options.document,
        fen=_fen(options),
        level=options.level,
        issued_on=_day(options.issued_on),
        year=options.year,
        remark=options.remark,
    )
    return _standing("已登记指标", done)


def _adjust(desk: Desk, options: argparse.Namespace) -> Answer:
    done = adjust_allotment(
        desk,
        allotment_id=_chosen(desk, options).id,
        fen=_fen(options),
        reason=options.reason,
        document=options.by_document,
    )
    return _standing("已调整指标", done)


def _cut(desk: Desk, options: argparse.Namespace) -> Answer:
    done = cut_allotment(
        desk,
        allotment_id=_chosen(desk, options).id,
        fen=_fen(options),
        reason=options.reason,
        document=options.by_document,
    )
    return _standing("已核减指标", done)


def _carry(desk: Desk, options: argparse.Namespace) -> Answer:
    known = _chosen(desk, options)
    body = carry_allotment_over(
        desk, allotment_id=known.id, year=options.to_year, reason=options.reason
    ).answer
    carried = yuan_text(_fen_in(body, "carried_fen"))
    return Answer(
        body, [f"{known.document} 余额 {carried} 元已结转到 {body['year']} 年，新编号 {body['carried_to']}。"]
    )


def _withdraw(desk: Desk, options: argparse.Namespace) -> Answer:
    known = _chosen(desk, options)
    done = withdraw_allotment(desk, allotment_id=known.id, reason=options.reason)
    return Answer(done.answer, [f"{known.document} 的资金指标（编号 {known.id}）已撤销。"])


def _add_receipt(desk: Desk, options: argparse.Namespace) -> Answer:
    done = add_receipt(
        desk,
        allotment_id=_chosen(desk, options).id,
        fen=_fen(options),
        received_on=_day(options.received_on),
        remark=options.remark,
        attachments=options.attachments,
    )
    answer = _standing("已登记到账", done)
    over = _fen_in(done.answer, "over_fen")
    more = (
        [f"注意：到账比指标多 {yuan_text(over)} 元，多出的部分不能使用；如有追加文件，请登记指标调整。"]
        if over
        else []
    )
    return Answer(answer.body, [*answer.lines, *more])


def _list_receipts(desk: Desk, options: argparse.Namespace) -> Answer:
    known = receipts(desk.store)
    rows = [
        (one.id, one.received_on, one.program_name, one.document, yuan_text(one.fen), one.remark)
        for one in known
    ]
    return Answer(
        {
            "receipts": [
                {
                    "receipt": one.id,
                    "allotment": one.allotment_id,
                    "document": one.document,
                    "received_on": one.received_on,
                    "receipt_fen": one.fen,
                    "remark": one.remark,
                }
                for one in known
            ]
        },
        table(["编号", "到账日期", "项目", "文号", "金额", "备注"], rows),
    )


def _reverse_receipt(desk: Desk, options: argparse.Namespace) -> Answer:
    return _standing("已冲销到账", reverse_receipt(desk, receipt_id=options.receipt, reason=options.reason))


def _open_allotment(desk: Desk, options: argparse.Namespace) -> Answer:
    done = open_allotment(
        desk,
        program=options.program,
        document=options.document,
        allotted=_fen(options, "allotted"),
        received=_fen(options, "received"),
        used=_fen(options, "used"),
        level=options.level,
        issued_on=_day(options.issued_on),
        year=options.year,
    )
    return _standing("已登记期初指标", done)


def _interest(desk: Desk, options: argparse.Namespace) -> Answer:
    return _account("利息", add_interest(desk, fen=_fen(options), remark=options.remark))


def _charge(desk: Desk, options: argparse.Namespace) -> Answer:
    return _account("手续费", add_charge(desk, fen=_fen(options), remark=options.remark))


def _treasury(desk: Desk, options: argparse.Namespace) -> Answer:
    return _account("上缴财政", hand_to_treasury(desk, fen=_fen(options), remark=options.remark))


def _open_treasury(desk: Desk, options: argparse.Namespace) -> Answer:
    return _account("应缴财政款期初", open_treasury(desk, fen=_fen(options), remark=options.remark))


def _standing(act: str, done: Changes) -> Answer:
    body = done.answer
    allotted, received, used, available = (
        yuan_text(_fen_in(body, f"{figure}_fen")) for figure in ("allotted", "received", "used", "available")
    )
    return Answer(
        body,
        [
            f"{act}：{body['document']}（编号 {body['allotment']}），"
            f"指标 {allotted} 元，到账 {received} 元，已用 {used} 元，可用 {available} 元。"
        ],
    )


def _account(act: str, done: Changes) -> Answer:
    body = done.answer
    return Answer(
        body,
        [
            f"已登记{act} {yuan_text(_fen_in(body, 'fen'))} 元。专户存款 {yuan_text(_fen_in(body, 'deposit_fen'))} 元，"
            f"应缴财政款 {yuan_text(_fen_in(body, 'treasury_fen'))} 元。"
        ],
    )


def _fen_in(body: Mapping[str, object], name: str) -> Fen:
    return Fen(cast(int, body[name]))
