"""A monthly return 月报 as figures: its lines and sums, its cross-checks, and the form in which it is kept (DOMAIN §12)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

from models.domain.flows.report_flow import ReportState


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of figures; `…_fen` in fen, the others are counts."""

    should_fen: int = 0
    received_fen: int = 0
    owed_households: int = 0
    owed_people: int = 0
    owed_fen: int = 0
    paid_households: int = 0
    paid_people: int = 0
    paid_fen: int = 0
    failed_payments: int = 0
    failed_fen: int = 0
    reissued_payments: int = 0
    reissued_fen: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in FIELDS))

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) - getattr(other, name) for name in FIELDS))

    @property
    def balance_fen(self) -> int:
        """结余: received less paid."""
        return self.received_fen - self.paid_fen


FIELDS: Final = tuple(field.name for field in fields(Figures))
NONE: Final = Figures()


@dataclass(frozen=True, slots=True)
class ProgramFigures:
    """A program in a month; `before` is 上月累计 (this calendar year's earlier months and the opening)."""

    department: str
    code: str
    name: str
    documents: tuple[str, ...]
    levels: tuple[str, ...]
    month: Figures
    before: Figures
    opening: Figures
    paid_on: tuple[str, ...]
    remark: str

    @property
    def year(self) -> Figures:
        """累计."""
        return self.before + self.month


@dataclass(frozen=True, slots=True)
class AllotmentFigures:
    """An allotment as it stood at the end of the month, in fen; `limit_fen` is the smaller of allotted and received."""

    department: str
    program: str
    document: str
    level: str
    year: int
    issued_on: str
    allotted_fen: int
    received_fen: int
    used_fen: int

    @property
    def limit_fen(self) -> int:
        """What may be used."""
        return min(self.allotted_fen, self.received_fen)


@dataclass(frozen=True, slots=True)
class BookFigures:
    """What the vouchers of the year say, up to the end of the month, without openings and carry-overs; in fen."""

    funded_fen: int
    carried_fen: int
    expense_fen: int
    come_back_fen: int


@dataclass(frozen=True, slots=True)
class MonthlyReturn:
    """A whole month's return. `rows` by department, then in the order of the catalogue."""

    month: str
    township: str
    state: ReportState
    audit_head: str
    rows: tuple[ProgramFigures, ...]
    allotments: tuple[AllotmentFigures, ...]
    books: BookFigures

    @property
    def departments(self) -> Mapping[str, tuple[ProgramFigures, ...]]:
        """The rows by department, in order."""
        names = dict.fromkeys(row.department for row in self.rows)
        return {name: tuple(row for row in self.rows if row.department == name) for name in names}

    @property
    def month_total(self) -> Figures:
        """合计 of 本月."""
        return sum((row.month for row in self.rows), NONE)

    @property
    def before_total(self) -> Figures:
        """合计 of 上月累计."""
        return sum((row.before for row in self.rows), NONE)

    @property
    def opening_total(self) -> Figures:
        """合计 of the opening figures of this year."""
        return sum((row.opening for row in self.rows), NONE)

    @property
    def year_total(self) -> Figures:
        """合计 of 累计."""
        return self.before_total + self.month_total


@dataclass(frozen=True, slots=True)
class Check:
    """A cross-check 核对: `one` + `other` must be `whole`, in fen."""

    name: str
    one_fen: int
    other_fen: int
    whole_fen: int

    @property
    def passed(self) -> bool:
        """Whether it does."""
        return self.one_fen + self.other_fen == self.whole_fen


MONEY_NAMES: Final = {
    "should_fen": "应到位",
    "received_fen": "已到位",
    "owed_fen": "应发金额",
    "paid_fen": "实发金额",
    "failed_fen": "失败金额",
    "reissued_fen": "补发金额",
}


def checks_of(figures: MonthlyReturn) -> tuple[Check, ...]:
    """The cross-checks of a return, in the order in which its 核对 sheet has them."""
    month, before, year = figures.month_total, figures.before_total, figures.year_total
    opening, books = figures.opening_total, figures.books
    return (
        *(
            Check(
                f"累计 = 上月累计 + 本月：{name}",
                getattr(before, field),
                getattr(month, field),
                getattr(year, field),
            )
            for field, name in MONEY_NAMES.items()
        ),
        *(
            Check(
                f"小计 = 各项目之和：{department} {name}（累计）",
                sum(getattr(row.year, field) for row in rows),
                0,
                getattr(sum((row.year for row in rows), NONE), field),
            )
            for department, rows in figures.departments.items()
            for field, name in MONEY_NAMES.items()
        ),
        Check("已到位 − 实发 = 结余（累计）", year.received_fen, -year.paid_fen, year.balance_fen),
        Check(
            "账簿“补贴资金拨入” + 期初与结转 = 已到位（累计）",
            books.funded_fen,
            books.carried_fen + opening.received_fen,
            year.received_fen,
        ),
        Check("账簿“补贴支出” + 期初 = 应发金额（累计）", books.expense_fen, opening.owed_fen, year.owed_fen),
        Check(
            "账簿“退回待处理补贴款”转入 + 期初 = 失败金额（累计）",
            books.come_back_fen,
            opening.failed_fen,
            year.failed_fen,
        ),
    )


def as_json(figures: MonthlyReturn) -> dict[str, object]:
    """The form that scripts read and that is kept with the return."""

    def one(found: Figures) -> dict[str, int]:
        return {**asdict(found), "balance_fen": found.balance_fen}

    return {
        "month": figures.month,
        "state": figures.state.value,
        "audit_head": figures.audit_head,
        "programs": [
            {
                "department": row.department,
                "program": row.code,
                "name": row.name,
                "documents": list(row.documents),
                "levels": list(row.levels),
                "month": one(row.month),
                "year": one(row.year),
                "paid_on": list(row.paid_on),
                "remark": row.remark,
            }
            for row in figures.rows
        ],
        "total": {"month": one(figures.month_total), "year": one(figures.year_total)},
        "checks": [
            {
                "name": check.name,
                "passed": check.passed,
                "difference_fen": check.one_fen + check.other_fen - check.whole_fen,
            }
            for check in checks_of(figures)
        ],
    }
