"""book allotment/batch/bank/program, voucher list/show/reverse, trial-balance."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from app.batches.steps import buckets_as_json
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.ledger.books import (
    BookLine,
    allotment_books,
    bank_book,
    batch_book,
    bucket_columns,
    lines_on,
    program_books,
)
from app.ledger.queries import find_voucher, lines_of, trial_balance, vouchers
from app.ledger.use_cases import reverse_voucher
from models.domain.money import yuan_text
from models.domain.posting import LEDGER_NAMES, Ledger

_LINE_HEADINGS = ("日期", "凭证", "摘要", "借方", "贷方", "余额")


def add_commands(commands: Commands) -> None:
    """The ledger's commands."""
    by_allotment = commands.add("book allotment", _book_allotment, "指标账：指标、到账、已用、可用与账面")
    by_allotment.add_argument("--program", metavar="P", help="补贴项目")
    by_allotment.add_argument("--lines", action="store_true", help="列出每一笔")
    by_batch = commands.add("book batch", _book_batch, "批次账：应发、去向与账面")
    by_batch.add_argument("batch", metavar="ID", help="批次编号")
    bank = commands.add("book bank", _book_bank, "代发专户存款账")
    bank.add_argument("--month", metavar="YYYY-MM")
    by_program = commands.add("book program", _book_program, "项目账")
    by_program.add_argument("--program", metavar="P", help="补贴项目")
    listed = commands.add("voucher list", _list, "凭证清单")
    listed.add_argument("--month", metavar="YYYY-MM")
    shown = commands.add("voucher show", _show, "一张凭证")
    shown.add_argument("voucher", metavar="NUMBER", help="如 2024-06/记-0001")
    shown.add_argument("--month", metavar="YYYY-MM")
    red = commands.add("voucher reverse", _reverse, "红字冲销利息、手续费或上缴财政的凭证")
    red.add_argument("voucher", metavar="NUMBER")
    red.add_argument("--month", metavar="YYYY-MM")
    red.add_argument("--reason", required=True, metavar="TEXT")
    balance = commands.add("trial-balance", _trial_balance, "试算平衡表")
    balance.add_argument("--month", metavar="YYYY-MM")


def _lines(lines: Sequence[BookLine]) -> list[list[object]]:
    return [
        [one.day, f"{one.month}/{one.voucher}", one.summary, _or_blank(one.debit_fen), _or_blank(one.credit_fen),
         yuan_text(one.balance_fen)]
        for one in lines
    ]  # fmt: skip


def _or_blank(fen: int) -> str:
    return yuan_text(fen) if fen else ""  # type: ignore[arg-type]  # a plain int from a view


def _book_allotment(desk: Desk, options: argparse.Namespace) -> Answer:
    books = allotment_books(desk.store, options.program)
    body: list[dict[str, object]] = []
    lines = table(
        ["编号", "项目", "文号", "级次", "年度", "指标", "到账", "可用上限", "已用", "可用", "账面拨入", "账面支出", "核对"],
        [
            (one.allotment.id, one.allotment.program_name, one.allotment.document, one.allotment.level, one.allotment.year,
             *(yuan_text(fen) for fen in (
                 one.allotment.allotted_fen, one.allotment.received_fen, one.allotment.limit_fen, one.allotment.used_fen,
                 one.allotment.available_fen, one.funded_fen, one.expense_fen)),
             "相符" if one.agrees else "不符")
            for one in books
        ],
    )  # fmt: skip
    for one in books:
        known = one.allotment
        entries = {
            ledger.value: lines_on(desk.store, known.id, ledger) for ledger in (Ledger.FUNDED, Ledger.EXPENSE)
        }
        body.append(
            {
                **asdict(known),
                "funded_fen": one.funded_fen,
                "expense_fen": one.expense_fen,
                "recovered_fen": one.recovered_fen,
                "agrees": one.agrees,
                "lines": {ledger: [asdict(entry) for entry in found] for ledger, found in entries.items()},
            }
        )
        if options.lines:
            for ledger in (Ledger.FUNDED, Ledger.EXPENSE):
                lines += [
                    f"{known.document} {LEDGER_NAMES[ledger]}",
                    *table(_LINE_HEADINGS, _lines(entries[ledger])),
                ]
    return Answer({"allotments": body, "agrees": all(one.agrees for one in books)}, lines)


def _book_batch(desk: Desk, options: argparse.Namespace) -> Answer:
    book = batch_book(desk.store, options.batch)
    return Answer(
        {
            "batch": book.batch.id,
            "number": book.batch.number,
            "program": book.program,
            "state": book.batch.state.value,
            "payments": book.batch.payments,
            "owed_fen": book.batch.owed_fen,
            "buckets": buckets_as_json(book.buckets),
            "ledgers": {
                one.ledger.value: {"booked_fen": one.booked_fen, "expected_fen": one.expected_fen}
                for one in book.ledgers
            },
            "agrees": book.agrees,
        },
        [
            f"批次 {book.batch.number} {book.program}：应发 {book.batch.payments} 笔 {yuan_text(book.batch.owed_fen)} 元",
            *table(
                ["去向", "笔数", "金额"],
                [(name, count, yuan_text(fen)) for name, count, fen in bucket_columns(book.buckets)],
            ),
            *table(
                ["科目", "账面余额", "按业务应有"],
                [
                    (LEDGER_NAMES[one.ledger], yuan_text(one.booked_fen), yuan_text(one.expected_fen))
                    for one in book.ledgers
                ],
            ),
            "账与业务相符。" if book.agrees else "账与业务不符，请运行 doctor 查看。",
        ],
    )


def _book_bank(desk: Desk, options: argparse.Namespace) -> Answer:
    book = bank_book(desk.store, options.month)
    return Answer(
        {
            "month": book.month,
            "opening_fen": book.opening_fen,
            "closing_fen": book.closing_fen,
            "lines": [asdict(one) for one in book.lines],
        },
        [
            f"期初余额 {yuan_text(book.opening_fen)} 元",
            *table(_LINE_HEADINGS, _lines(book.lines)),
            f"期末余额 {yuan_text(book.closing_fen)} 元",
        ],
    )


def _book_program(desk: Desk, options: argparse.Namespace) -> Answer:
    books = program_books(desk.store, options.program)
    return Answer(
        {
            "programs": [
                {
                    "program": one.program.code,
                    "name": one.program.name,
                    "department": one.program.department,
                    "allotted_fen": one.allotted_fen,
                    "received_fen": one.received_fen,
                    "expense_fen": one.expense_fen,
                    "payable_fen": one.payable_fen,
                    "returned_fen": one.returned_fen,
                    "batches": one.batches,
                    "buckets": buckets_as_json(one.buckets),
                }
                for one in books
            ]
        },
        table(
            ["编码", "项目", "指标", "到账", "支出", "应付", "退回待处理", "批次数", "去向"],
            [
                (one.program.code, one.program.name, yuan_text(one.allotted_fen), yuan_text(one.received_fen),
                 yuan_text(one.expense_fen), yuan_text(one.payable_fen), yuan_text(one.returned_fen), one.batches,
                 "；".join(f"{name} {count} 笔 {yuan_text(fen)}" for name, count, fen in bucket_columns(one.buckets)))
                for one in books
            ],
        ),
    )  # fmt: skip


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    found = vouchers(desk.store, options.month)
    return Answer(
        {"vouchers": [asdict(one) for one in found]},
        table(
            ["凭证", "日期", "业务", "摘要", "金额", "附件", "冲销", "被冲销", "制单"],
            [
                (f"{one.month}/{one.name}", one.posted_on, one.event_name, one.summary, yuan_text(one.fen), one.attachments,
                 one.reverses, one.reversed_by, one.operator)
                for one in found
            ],
        ),
    )  # fmt: skip


def _show(desk: Desk, options: argparse.Namespace) -> Answer:
    known = find_voucher(desk.store, options.voucher, options.month)
    lines = lines_of(desk.store, known.id)
    return Answer(
        {**asdict(known), "lines": [asdict(line) for line in lines]},
        [
            f"{known.month}/{known.name}  {known.posted_on}  {known.event_name}  附件 {known.attachments} 张",
            f"摘要：{known.summary}",
            *table(
                ["科目", "借方", "贷方", "文号", "批次", "项目"],
                [
                    (line.ledger_name, _or_blank(line.debit_fen), _or_blank(line.credit_fen), line.document, line.batch,
                     line.program)
                    for line in lines
                ],
            ),
            f"合计 {yuan_text(known.fen)} 元  制单：{known.operator}",
            *([f"冲销 {known.reverses}"] if known.reverses else []),
            *([f"已由 {known.reversed_by} 冲销"] if known.reversed_by else []),
        ],
    )  # fmt: skip


def _reverse(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = reverse_voucher(desk, voucher=options.voucher, month=options.month, reason=options.reason).answer
    return Answer(answer, [f"已用红字凭证 {answer['name']} 冲销 {answer['reverses']}。"])


def _trial_balance(desk: Desk, options: argparse.Namespace) -> Answer:
    balance = trial_balance(desk.store, options.month)
    return Answer(
        {
            "month": balance.month,
            "rows": [asdict(row) for row in balance.rows],
            "total": asdict(balance.total),
            "balances": balance.balances,
        },
        [
            *table(
                ["科目", "期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"],
                [
                    (row.ledger_name, *(_or_blank(fen) for fen in (
                        row.opening_debit_fen, row.opening_credit_fen, row.debit_fen, row.credit_fen,
                        row.closing_debit_fen, row.closing_credit_fen)))
                    for row in (*balance.rows, balance.total)
                ],
            ),
            "借贷平衡。" if balance.balances else "借贷不平，请运行 doctor 查看。",
        ],
    )  # fmt: skip
