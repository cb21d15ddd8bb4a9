"""The tie-out of a month's return 勾稽表: every relation that must hold, summed twice from different places, and where not, by what.

The cross-checks of the return itself (figures.checks_of) look at its totals; here each program is held against what the
county was sent, against the vouchers and against the batches, so that a difference names its program, batch or document.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.ledger.books import allotment_books
from app.reports.figures import MOVED_MONTHS, monthly_figures
from app.reports.monthly_return import MONEY_NAMES, NONE, MonthlyReturn, ProgramFigures
from app.reports.opening import HEADINGS
from app.reports.queries import Difference, differences, sent_year
from app.reports.sheet_model import Cell, Group, SheetModel
from app.workbook.table_columns import Column, Kind
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.posting import Event
from models.store.opening import Store

BEFORE: Final = "上月累计"
SUMS: Final = "合计"
FUNDS: Final = "资金"
BOOKS: Final = "账簿"
BATCHES: Final = "批次"


@dataclass(frozen=True, slots=True)
class Part:
    """What a relation says of one program, batch or document, where both sides differ; in fen."""

    words: str
    left_fen: int
    right_fen: int

    @property
    def difference_fen(self) -> int:
        """Left less right."""
        return self.left_fen - self.right_fen


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation 勾稽关系: both sides in fen, and the lines that do not hold, none where all do."""

    kind: str
    name: str
    left_fen: int
    right_fen: int
    wrong: tuple[Part, ...]

    @property
    def difference_fen(self) -> int:
        """Left less right; differences of several lines may cancel out, and are named all the same."""
        return self.left_fen - self.right_fen

    @property
    def holds(self) -> bool:
        """Whether the sums agree, line by line."""
        return not self.wrong and self.left_fen == self.right_fen


@dataclass(frozen=True)
class TieOut:
    """All relations of a month; `changed` is what is no longer as it was reported."""

    month: str
    township: str
    ties: tuple[Tie, ...]
    changed: tuple[Difference, ...]

    @property
    def failed(self) -> tuple[Tie, ...]:
        """The relations that do not hold."""
        return tuple(tie for tie in self.ties if not tie.holds)


def tie_out(store: Store, month: str, figures: MonthlyReturn | None = None) -> TieOut:
    """The tie-out of a month as the office stands, of `figures` where they were computed already. Raises NotMonth."""
    found = figures or monthly_figures(store, month)
    ties = (
        *_before(store, found),
        *_sums(found),
        *_funds(found),
        *_books(store, found),
        *_batches(store, found),
    )
    return TieOut(found.month, found.township, ties, tuple(differences(store, found.month)))


def _tie(kind: str, name: str, lines: Sequence[Part]) -> Tie:
    wrong = tuple(one for one in lines if one.difference_fen)
    return Tie(kind, name, sum(one.left_fen for one in lines), sum(one.right_fen for one in lines), wrong)


# -- the return within itself -----------------------------------------------------------------------------------


def _before(store: Store, found: MonthlyReturn) -> Iterator[Tie]:
    """累计 = 上月累计 + 本月, where 上月累计 is what the month before said: as it was sent, as it stands where it was not."""
    before = _year_before(store, found.month)
    for field, name in MONEY_NAMES.items():
        lines = [
            Part(row.name, getattr(row.year, field), before(row, field) + getattr(row.month, field))
            for row in found.rows
        ]
        yield _tie(BEFORE, f"累计{name} = 上月累计 + 本月", lines)


def _year_before(store: Store, month: str) -> Callable[[ProgramFigures, str], int]:
    """What the last earlier month of the year in which anything moved or was reported has as 累计; the opening where there is none.

    Behind a month that waits to be reported after others were, nothing but the return itself says it: what was booked late
    into the reported ones is counted in whichever month is reported next.
    """
    january = f"{month[:4]}-01"
    last, reported = store.rows(
        f"SELECT max(month), max(month) FILTER (WHERE reported) FROM (SELECT month, 0 AS reported FROM {MOVED_MONTHS}"
        " UNION ALL SELECT month, 1 FROM monthly_return WHERE state IN ('reported', 'confirmed'))"
        " WHERE month >= ? AND month < ?",
        (january, month),
    )[0]
    if last is None:
        return lambda row, field: int(getattr(row.opening, field))
    if reported is None:
        year = {row.code: row.year for row in monthly_figures(store, last).rows}
        return lambda row, field: int(getattr(year.get(row.code, NONE), field))
    sent = sent_year(store, last)
    if sent is None:
        return lambda row, field: int(getattr(row.before, field))
    return lambda row, field: sent.get(row.code, {}).get(field, 0)


def _sums(found: MonthlyReturn) -> Iterator[Tie]:
    """合计 = Σ 小计, 小计 = Σ programs."""
    for field, name in MONEY_NAMES.items():
        whole = Part("全部部门", getattr(found.year_total, field), _sum(found.rows, field))
        parts = [
            Part(
                department,
                _sum(rows, field),
                sum(getattr(row.before, field) + getattr(row.month, field) for row in rows),
            )
            for department, rows in found.departments.items()
        ]
        yield _tie(
            SUMS,
            f"累计{name}：合计 = 各部门小计 = 各项目之和",
            [*parts, *([whole] if whole.difference_fen else [])],
        )


def _sum(rows: Sequence[ProgramFigures], field: str) -> int:
    return sum(getattr(row.year, field) for row in rows)


def _funds(found: MonthlyReturn) -> Iterator[Tie]:
    """到位 − 实发 = 结余, and what is left is left on allotments that have it."""
    lines = [
        Part(row.name, row.year.received_fen - row.year.paid_fen, row.year.balance_fen) for row in found.rows
    ]
    yield _tie(FUNDS, "累计到位 − 累计实发 = 结余", lines)
    over = [
        Part(f"{one.program} {one.document}", one.used_fen, one.limit_fen)
        for one in found.allotments
        if one.used_fen > one.limit_fen
    ]
    yield Tie(
        FUNDS,
        "指标已用 ≤ 指标与到账取小",
        sum(one.left_fen for one in over),
        sum(one.right_fen for one in over),
        tuple(over),
    )


# -- against the vouchers ---------------------------------------------------------------------------------------

_OF_LEDGER: Final = f"""
    SELECT g.code, sum(CASE WHEN l.ledger = 'expense' AND v.event IN ('{Event.APPROVE}', '{Event.STOP}', '{Event.RESTORE}')
                       THEN l.debit_fen - l.credit_fen ELSE 0 END),
           sum(CASE WHEN l.ledger = 'returned' AND v.event IN ('{Event.FAIL}', '{Event.BOUNCE}') THEN l.credit_fen ELSE 0 END)
      FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id JOIN program g ON g.id = l.program_id
     WHERE v.month BETWEEN ? AND ? GROUP BY g.code
"""


def _books(store: Store, found: MonthlyReturn) -> Iterator[Tie]:
    span = f"{found.month[:4]}-01", found.month
    booked = {code: (expense, failed) for code, expense, failed in store.rows(_OF_LEDGER, span)}
    for place, (field, name) in enumerate(
        (("owed_fen", "“补贴支出”"), ("failed_fen", "“退回待处理补贴款”转入"))
    ):
        lines = [
            Part(
                row.name,
                booked.get(row.code, (0, 0))[place] + getattr(row.opening, field),
                getattr(row.year, field),
            )
            for row in found.rows
        ]
        yield _tie(BOOKS, f"账簿{name} + 期初 = 累计{MONEY_NAMES[field]}", lines)
    for name, sides in _ALLOTMENT_SIDES:
        parts = [
            Part(f"{one.allotment.program_name} {one.allotment.document}", *sides(one))
            for one in allotment_books(store)
        ]
        yield _tie(BOOKS, name, parts)


_ALLOTMENT_SIDES: Final[tuple[tuple[str, Callable[..., tuple[int, int]]], ...]] = (
    ("账簿“补贴资金拨入” = 各指标到账", lambda one: (one.funded_fen, one.allotment.received_fen)),
    ("账簿“补贴支出” = 各指标已用", lambda one: (one.expense_fen, one.allotment.used_fen)),
)

# -- against the batches ----------------------------------------------------------------------------------------

_OF_BATCHES: Final = """
    SELECT g.code, b.number,
           sum(CASE WHEN b.kind <> 'regular' THEN 0 WHEN t.event = 'owed' THEN t.fen WHEN t.event = 'stopped' THEN -t.fen ELSE 0 END),
           sum(CASE t.event WHEN 'paid' THEN t.fen WHEN 'returned' THEN -t.fen WHEN 'recovered' THEN -t.fen ELSE 0 END),
           sum(CASE WHEN t.event IN ('failed', 'returned') THEN t.fen ELSE 0 END)
      FROM month_tally t JOIN batch b ON b.id = t.batch_id JOIN program g ON g.id = b.program_id
     WHERE t.month BETWEEN ? AND ? GROUP BY b.id
"""
_EXPENSE_OF_BATCHES: Final = f"""
    SELECT b.number, sum(l.debit_fen - l.credit_fen) FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id
      JOIN batch b ON b.id = l.batch_id
     WHERE l.ledger = 'expense' AND v.event IN ('{Event.APPROVE}', '{Event.STOP}', '{Event.RESTORE}') AND v.month BETWEEN ? AND ?
     GROUP BY b.id
"""
# what is owed, paid and come back of a batch by its payments and their attempts, whenever it was
_PAYMENTS_NOW: Final = """
    SELECT b.number,
           (SELECT coalesce(sum(CASE t.event WHEN 'paid' THEN t.fen WHEN 'returned' THEN -t.fen ELSE 0 END), 0)
              FROM month_tally t WHERE t.batch_id = b.id),
           (SELECT coalesce(sum(a.fen), 0) FROM attempt a JOIN payment p ON p.id = a.payment_id
             WHERE p.batch_id = b.id AND a.state = 'paid')
      FROM batch b WHERE b.id IN (SELECT batch_id FROM month_tally WHERE month BETWEEN ? AND ?) ORDER BY b.id
"""


def _batches(store: Store, found: MonthlyReturn) -> Iterator[Tie]:
    span = f"{found.month[:4]}-01", found.month
    of_batches = store.rows(_OF_BATCHES, span)
    for place, field in enumerate(("owed_fen", "paid_fen", "failed_fen"), 2):
        lines = [
            Part(
                row.name,
                sum(one[place] for one in of_batches if one[0] == row.code) + getattr(row.opening, field),
                getattr(row.year, field),
            )
            for row in found.rows
        ]
        yield _tie(BATCHES, f"各批次 + 期初 = 累计{MONEY_NAMES[field]}", lines)
    owed = {number: fen for _, number, fen, *_ in of_batches}
    expense: dict[str, int] = dict(store.rows(_EXPENSE_OF_BATCHES, span))
    yield _tie(
        BATCHES,
        "各批次应发 = 账簿“补贴支出”",
        [
            Part(f"批次 {number}", owed.get(number, 0), expense.get(number, 0))
            for number in sorted(owed | expense)
        ],
    )
    parts = [Part(f"批次 {number}", kept, now) for number, kept, now in store.rows(_PAYMENTS_NOW, span)]
    yield _tie(BATCHES, "各批次已发（汇总）= 银行答复成功的各笔", parts)


# -- on paper ---------------------------------------------------------------------------------------------------

TIE_COLUMNS: Final = (
    Column("序号", Kind.COUNT, 6, align="center"),
    Column("类别", width=10, align="center"),
    Column("勾稽关系", width=52),
    Column("左边", Kind.MONEY, 15),
    Column("右边", Kind.MONEY, 15),
    Column("差额", Kind.MONEY, 13),
    Column("结论", width=8, align="center"),
)
CHANGED_COLUMNS: Final = (
    Column("序号", Kind.COUNT, 6, align="center"),
    Column("补贴项目", width=26),
    Column("口径", width=8, align="center"),
    Column("栏目", width=14),
    Column("上报时", width=17, align="right"),
    Column("现在", width=17, align="right"),
    Column("相差", width=17, align="right"),
)
_SPANS: Final = {"month": "本月", "year": "累计"}


def untied(found: TieOut) -> list[str]:
    """The relations that do not hold, each with its lines, in words."""
    return [
        f"{tie.name}："
        + "、".join(f"{part.words} 差 {yuan_text(Fen(part.difference_fen))} 元" for part in tie.wrong)
        for tie in found.failed
    ]


def tie_out_sheets(found: TieOut, made: str = "") -> list[SheetModel]:
    """The tie-out as a sheet, every line that does not hold under its relation; a second one where a reported month changed since."""
    models = [
        SheetModel(
            name="勾稽表",
            title=f"{found.township}补贴资金月报勾稽表（{period_text(found.month)}）",
            columns=TIE_COLUMNS,
            groups=[Group(list(_rows(found)))],
            left=f"共 {len(found.ties)} 项，{f'{len(found.failed)} 项不符' if found.failed else '全部相符'}",
            total_label="",
            notes=[
                "说明：左右两边从不同的地方算出；不符的在下面逐个写明项目、批次或文号。累计从本年 1 月起，含期初数。"
            ],
            signatures=("财政所长：", "审核：", "制表："),
            made=made,
        )
    ]
    if found.changed:
        models.append(_changed_sheet(found, made))
    return models


def _rows(found: TieOut) -> Iterator[list[Cell]]:
    for number, tie in enumerate(found.ties, 1):
        said = "相符" if tie.holds else "不符"
        yield [number, tie.kind, tie.name, tie.left_fen, tie.right_fen, tie.difference_fen, said]
        for part in tie.wrong:
            yield [None, "", f"　{part.words}", part.left_fen, part.right_fen, part.difference_fen, "不符"]


def _changed_sheet(found: TieOut, made: str) -> SheetModel:
    rows: list[list[Cell]] = [
        [
            number,
            one.name,
            _SPANS[one.span],
            HEADINGS[one.field].removesuffix("（元）"),
            *(_figure(one.field, value) for value in (one.reported, one.now, one.now - one.reported)),
        ]
        for number, one in enumerate(found.changed, 1)
    ]
    return SheetModel(
        name="上报后的变化",
        title=f"{found.township}月报上报后的变化（{period_text(found.month)}）",
        columns=CHANGED_COLUMNS,
        groups=[Group(rows)],
        left=f"共 {len(rows)} 处",
        right="单位：元、户、人、笔",
        total_label="",
        notes=[
            "说明：“上报时”是上报那天存档的数，“现在”是按现有业务重新计算的数；下一个月的月报会把差额计入本月。"
        ],
        made=made,
    )


def _figure(field: str, value: int) -> str:
    return yuan_text(Fen(value)) if field.endswith("_fen") else f"{value:,}"
