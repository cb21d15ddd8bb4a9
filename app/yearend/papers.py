"""The papers of a closed year: balances carried 余额结转表, money still open 历年退回登记, enrolments that go on 享受对象结转."""

from collections.abc import Sequence
from typing import Final

from app.reports.sheet_model import Group, Row, SheetModel
from app.workbook.table_columns import Column, Kind
from app.yearend.enrolments import OUTCOME_NAMES, ProgramRoll
from app.yearend.queries import Balance, OpenReturn, balances, carried_returns, kept_balances
from models.domain.buckets import BUCKET_NAMES
from models.domain.period import period_text
from models.domain.posting import LEDGER_NAMES, Ledger
from models.store.opening import Store

_BALANCE_COLUMNS: Final = (
    Column("补贴项目", width=30),
    Column("文号", width=26),
    Column("年末余额（元）", Kind.MONEY, 18, total=True),
)


def closing_sheets(store: Store, year: int, made: str) -> list[SheetModel]:
    """The sheets of a year's closing: what it carried, what was open, who goes on; of an open year as it stands now."""
    return [
        balance_sheet(store, year, kept_balances(store, year) or balances(store, year), made),
        returns_sheet(store, year, carried_returns(store, year), made),
        rolled_sheet(store, year, made),
    ]


def _township(store: Store) -> str:
    return str(store.value("SELECT township FROM office"))


def balance_sheet(store: Store, year: int, kept: Sequence[Balance], made: str) -> SheetModel:
    """The balances on 31 December, a group an account; the next year opens with them."""
    groups = [
        Group(
            [(one.program, one.document, one.fen) for one in kept if one.ledger is ledger],
            title=LEDGER_NAMES[ledger],
            subtotal="小计",
        )
        for ledger in Ledger
        if any(one.ledger is ledger for one in kept)
    ]
    return SheetModel(
        name="余额结转",
        title=f"{_township(store)}{year}年末余额结转表",
        columns=_BALANCE_COLUMNS,
        groups=groups,
        total_label="",
        made=made,
        landscape=False,
        signatures=("单位负责人：", "财政所长：", "审核：　　　　　　　　制表："),
    )


def returns_sheet(store: Store, year: int, found: Sequence[OpenReturn], made: str) -> SheetModel:
    """The register of money that was open at the year's end 历年退回登记."""
    rows: list[Row] = [
        (
            number, one.batch, one.line, one.program, one.name, one.id_number, one.account_number, one.kind, one.failed_on, one.fen,
            one.reason, one.voucher, one.documents, BUCKET_NAMES[one.now],
        )
        for number, one in enumerate(found, 1)
    ]  # fmt: skip
    return SheetModel(
        name="历年退回",
        title=f"{_township(store)}{year}年历年退回登记",
        columns=(
            Column("序号", Kind.COUNT, 6, align="center"),
            Column("批次", width=18, wrap=False),
            Column("行", Kind.COUNT, 5),
            Column("补贴项目", width=16),
            Column("姓名", width=9),
            Column("证件号码", width=20, wrap=False, private="id"),
            Column("银行账号", width=21, wrap=False, private="account"),
            Column("种类", width=9, align="center"),
            Column("退回日期", width=11, align="center"),
            Column("金额（元）", Kind.MONEY, 12, total=True),
            Column("原因", width=14),
            Column("原凭证", width=15, wrap=False),
            Column("资金文号", width=18),
            Column("现在", width=9, align="center"),
        ),
        groups=(Group(rows),),
        made=made,
        signatures=("财政所长：", "审核：", "制表："),
    )


_ROLL_COLUMNS: Final = (
    Column("村（社区）", width=14),
    Column("姓名", width=9),
    Column("证件号码", width=20, wrap=False, private="id"),
    Column("原期间", width=11, align="center"),
    Column("新期间", width=11, align="center"),
    Column("原金额（元）", Kind.MONEY, 13, total=True),
    Column("新金额（元）", Kind.MONEY, 13, total=True),
    Column("结转", width=9, align="center"),
    Column("说明", width=40),
)


def roll_sheet(store: Store, year: int, rolls: Sequence[ProgramRoll], made: str) -> SheetModel:
    """The difference list of enrolments before anything is done: those that change or do not go on first, program by program."""
    order = list(reversed(OUTCOME_NAMES))
    groups = [
        Group(
            [
                (
                    row.village, row.name, row.id_number, period_text(row.old_period) if row.old_period else "长期",
                    "长期" if row.standing else period_text(row.new_period), row.old_fen, row.new_fen, row.outcome_name, row.sentence,
                )
                for row in sorted(one.rows, key=lambda row: order.index(row.outcome))
            ],
            title=f"{one.program}{f'：{one.stop}' if one.stop else ''}",
            subtotal="小计",
        )
        for one in rolls
    ]  # fmt: skip
    return SheetModel(
        name="享受对象结转差异",
        title=f"{_township(store)}{year}年转{year + 1}年享受对象结转差异表",
        columns=_ROLL_COLUMNS,
        groups=groups,
        made=made,
    )


def rolled_sheet(store: Store, year: int, made: str) -> SheetModel:
    """What was done with the enrolments at that turn of the year."""
    groups: dict[str, list[Row]] = {}
    for program, village, name, number, old, new, old_fen, new_fen, outcome, sentence in store.rows(
        "SELECT g.name, v.name, p.name, p.id_number, e.period, coalesce(n.period, ''), r.old_fen, r.new_fen, r.outcome, r.sentence"
        " FROM enrolment_roll r JOIN enrolment e ON e.id = r.enrolment_id JOIN program g ON g.id = e.program_id"
        " JOIN person p ON p.id = e.person_id JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id"
        " LEFT JOIN enrolment n ON n.id = r.new_id WHERE r.year = ? ORDER BY g.code, r.outcome DESC, e.id",
        (year + 1,),
    ):
        groups.setdefault(program, []).append(
            (
                village, name, number, period_text(old) if old else "长期", period_text(new) if new else "", old_fen, new_fen,
                OUTCOME_NAMES[outcome], sentence,
            )
        )  # fmt: skip
    return SheetModel(
        name="享受对象结转",
        title=f"{_township(store)}{year}年转{year + 1}年享受对象结转表",
        columns=_ROLL_COLUMNS,
        groups=[Group(rows, title=program, subtotal="小计") for program, rows in groups.items()],
        made=made,
    )
