"""银行存款余额调节表, with the bank's statement behind it: what each side has alone, both adjusted balances, who signs."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from app.reports.catalogue import looks
from app.reports.catalogue.parameters import Choice, Parameter
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import Cell, Group, SheetModel
from app.statements.queries import (
    HOW_NAMES,
    Outstanding,
    Reconciliation,
    lines_of_statement,
    reconcile,
    statement_of,
    statements,
)
from app.workbook.table_columns import Column
from models.domain.money import yuan_text
from models.store.opening import Store

_BANK: Final = "银行对账单"
_BOOKS: Final = "账面（代发专户存款）"

RECONCILIATION_COLUMNS: Final = (
    Column("项目", width=40, group=_BOOKS), looks.money("金额", 17, total=False, group=_BOOKS),
    Column("银行项目", width=40, group=_BANK), looks.money("银行金额", 17, total=False, group=_BANK),
)  # fmt: skip

STATEMENT_COLUMNS: Final = (
    looks.SERIAL, looks.DAY, Column("摘要", width=20), Column("对方户名", width=24), looks.money("收入", 16),
    looks.money("支出", 16), looks.money("余额", 16, total=False), Column("流水号", width=18, wrap=False),
    Column("对账", width=10, align="center"), Column("凭证", width=18),
)  # fmt: skip


def _statement(store: Store, written: str) -> str:
    return str(statement_of(store, int(written) if written.isascii() and written.isdigit() else 0).id)


def _choices(store: Store) -> Sequence[Choice]:
    return [
        Choice(str(one.id), f"{one.first_day} 至 {one.last_day}（{one.file_name}）")
        for one in reversed(statements(store))
    ]


def _latest(store: Store, _day: str) -> str:
    known = statements(store)
    return str(known[-1].id) if known else ""


STATEMENT: Final = Parameter("statement", "对账单", _statement, _latest, _choices, hint="编号")


def _sheets(asked: Asked) -> list[SheetModel]:
    statement = int(asked["statement"])
    return [
        reconciliation_sheet(asked, reconcile(asked.store, statement)),
        _statement_sheet(asked, statement),
    ]


def reconciliation_sheet(asked: Asked, found: Reconciliation) -> SheetModel:
    """The two sides side by side: a balance, what the other side has alone, the adjusted balance."""
    books = _side(
        "账面余额", found.book_fen, "加：银行已收、账上未收", found.bank_in, "减：银行已付、账上未付", found.bank_out,
        found.adjusted_book_fen,
    )  # fmt: skip
    bank = _side(
        "对账单余额", found.bank_fen, "加：账上已收、银行未收", found.book_in, "减：账上已付、银行未付", found.book_out,
        found.adjusted_bank_fen,
    )  # fmt: skip
    pairs = zip_longest(books[:-1], bank[:-1], fillvalue=("", None))
    rows: list[list[Cell]] = [[*one, *other] for one, other in (*pairs, (books[-1], bank[-1]))]
    return SheetModel(
        name="余额调节表",
        title=f"{asked.township}代发专户银行存款余额调节表（{found.day}）",
        columns=RECONCILIATION_COLUMNS,
        groups=[Group(rows)],
        left=asked.office,
        total_label="",
        notes=[_verdict(found)],
        signatures=("单位负责人：", "审核：", "出纳：", "制表："),
        made=asked.made,
    )


def _verdict(found: Reconciliation) -> str:
    if found.agrees:
        return "调节后两边余额相符。"
    return (
        f"调节后相差 {yuan_text(found.difference_fen)} 元：{found.start_day} 开始对账时，银行余额与账面余额就相差这么多，"
        "请查明以前的未达账项，登记入账后重新对账。"
    )


def _side(
    balance: str,
    fen: int,
    more: str,
    came: Sequence[Outstanding],
    less: str,
    went: Sequence[Outstanding],
    adjusted: int,
) -> list[tuple[str, int | None]]:
    return [
        (balance, fen),
        (more, sum(one.fen for one in came)),
        *((f"　{one.day} {one.words}", one.fen) for one in came),
        (less, -sum(one.fen for one in went)),
        *((f"　{one.day} {one.words}", -one.fen) for one in went),
        ("调节后余额", adjusted),
    ]


def _statement_sheet(asked: Asked, statement: int) -> SheetModel:
    known = statement_of(asked.store, statement)
    rows: list[list[Cell]] = [
        [
            place, one.day, one.summary, one.counterparty, one.fen if one.fen > 0 else None,
            -one.fen if one.fen < 0 else None, one.balance_fen, one.reference, HOW_NAMES[one.how], one.vouchers,
        ]
        for place, one in enumerate(lines_of_statement(asked.store, statement), 1)
    ]  # fmt: skip
    return SheetModel(
        name="银行对账单",
        title=f"{asked.township}代发专户银行对账单（{known.first_day} 至 {known.last_day}）",
        columns=STATEMENT_COLUMNS,
        groups=[Group(rows)],
        preface=[f"期初余额 {yuan_text(known.opening_fen)} 元，期末余额 {yuan_text(known.closing_fen)} 元。"],
        left=asked.office,
        notes=[
            f"本表照银行文件“{known.file_name}”登记（校验值 {known.sha256[:12]}），“对账”和“凭证”两栏是本单位核对的结果。"
        ],
        made=asked.made,
        frozen_columns=2,
    )


RECONCILIATION: Final = Report(
    name="reconciliation",
    title="银行对账单与余额调节表",
    about="代发专户的银行对账单与账面逐笔核对，列出四类未达账项，调节后两边相符。",
    parameters=(STATEMENT,),
    sheets=_sheets,
    columns=RECONCILIATION_COLUMNS,
    grouping="账面与银行左右对照",
)
