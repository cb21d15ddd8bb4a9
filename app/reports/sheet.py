"""The workbook of a monthly return: 月报, 指标明细 and 核对, with live formulas whose stored values are the figures."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from app.reports.monthly_return import (
    FIELDS,
    MONEY_NAMES,
    NONE,
    AllotmentFigures,
    Check,
    Figures,
    MonthlyReturn,
    ProgramFigures,
    checks_of,
)
from app.reports.sheet_book import spec_of
from app.reports.sheet_model import SheetModel
from app.workbook.columns import column_letters
from app.workbook.writing import Column, Formula, Joined, Kind, Line, SheetSpec, write_workbook
from models.domain.flows.report_flow import REPORT_STATE_NAMES, ReportState
from models.domain.money import Fen, yuan_plain
from models.domain.period import period_text

RETURN_SHEET: Final = "月报"
ALLOTMENT_SHEET: Final = "指标明细"
CHECK_SHEET: Final = "核对"
MONTH: Final = "本月"
YEAR: Final = "累计"
SIGNATURES: Final = ("单位负责人：", "财政所长：", "审核：", "制表：", "填报日期：")

_SMALLER_THAN_A4: Final = 11.5
"""The sheet is wider than A4 and made smaller in print: 7 pt on paper come of this size."""

_HEADINGS: Final = {
    "should_fen": ("资金到位", "应到位"),
    "received_fen": ("资金到位", "已到位"),
    "owed_households": ("应发", "户"),
    "owed_people": ("应发", "人"),
    "owed_fen": ("应发", "金额"),
    "paid_households": ("实发", "户"),
    "paid_people": ("实发", "人"),
    "paid_fen": ("实发", "金额"),
    "failed_payments": ("失败", "笔数"),
    "failed_fen": ("失败", "金额"),
    "reissued_payments": ("其中补发", "笔数"),
    "reissued_fen": ("其中补发", "金额"),
}
_LEADING: Final = (
    Column("序号", Kind.COUNT, 5, align="center"),
    Column("主管部门", width=9, align="center"),
    Column("项目编码", width=12, align="center", wrap=False),
    Column("补贴项目", width=17),
    Column("文号", width=20),
    Column("资金级次", width=7, align="center"),
    Column("口径", width=6, align="center"),
)
_SPAN: Final = column_letters(len(_LEADING) - 1)  # the column of 本月 / 累计
_DEPARTMENT: Final = "B"
_FIRST_FIGURE: Final = len(_LEADING)
_BALANCE: Final = column_letters(_FIRST_FIGURE + len(FIELDS))


def _letters(field: str) -> str:
    return column_letters(_FIRST_FIGURE + FIELDS.index(field))


def _is_money(field: str) -> bool:
    return field.endswith("_fen")


_COLUMNS: Final = (
    *_LEADING,
    *(
        Column(
            heading,
            Kind.MONEY if _is_money(field) else Kind.COUNT,
            12.5 if _is_money(field) else 6.5,
            group=group,
        )
        for field, (group, heading) in _HEADINGS.items()
    ),
    Column("结余", Kind.MONEY, 12.5),
    Column("发放日期", width=7, align="center"),
    Column("备注", width=9),
)


def write_monthly(
    path: Path,
    figures: MonthlyReturn,
    *,
    created: datetime,
    state: ReportState | None = None,
    beside: Sequence[SheetModel] = (),
    posts: str = "",
) -> None:
    """Write a month's return to `path` (.xlsx), whole or not at all; `state` is what it says of itself.

    `beside` are sheets that go with it: the tie-out. `posts` is what an office says where somebody holds several 兼岗.

    The same figures and the same `created` give the same bytes. Raises the WorldErrors of writing.
    """
    layout = _Layout(figures)
    write_workbook(
        path,
        [
            _return_sheet(figures, layout, state or figures.state, posts),
            _allotment_sheet(figures),
            _check_sheet(figures, layout),
            *map(spec_of, beside),
        ],
        created=created,
    )


class _Layout:
    """Where the rows of the 月报 sheet stand (Excel numbers): programs two rows each, then their department's 小计."""

    def __init__(self, figures: MonthlyReturn) -> None:
        self.first = SheetSpec(RETURN_SHEET, _COLUMNS, (), title="t", left="l").first_row
        self.programs: dict[str, tuple[int, int]] = {}
        row = self.first
        for department, rows in figures.departments.items():
            last = row + 2 * len(rows) - 1
            self.programs[department] = (row, last)
            row = last + 3
        self.total = row

    def subtotal(self, department: str) -> int:
        """The row of a department's 小计 of 本月; 累计 is the next."""
        return self.programs[department][1] + 1


def _return_sheet(figures: MonthlyReturn, layout: _Layout, state: ReportState, posts: str) -> SheetSpec:
    said = REPORT_STATE_NAMES[state]
    return SheetSpec(
        RETURN_SHEET,
        _COLUMNS,
        _return_rows(figures, layout),
        title=f"{figures.township}惠民惠农补贴资金发放月报（{period_text(figures.month)}）",
        left=f"填报单位：{figures.township}财政所    状态：{said}",
        right="单位：元",
        notes=(
            "说明：户数、人数按批次计，累计为户次、人次；实发已扣除退票和追回，含补发；失败含退票；结余 = 累计已到位 − 累计实发。",
            f"审计链校验码：{figures.audit_head}",
            *([posts] if posts else []),
        ),
        signatures=SIGNATURES,
        frozen_columns=4,
        autofilter=False,
        size=_SMALLER_THAN_A4,
    )


def _return_rows(figures: MonthlyReturn, layout: _Layout) -> Iterator[Sequence[object] | Line]:
    number = 0
    for department, rows in figures.departments.items():
        for place, row in enumerate(rows):
            number += 1
            yield _month_row(number, row)
            yield _year_row(number, row, layout.programs[department][0] + 2 * place)
        month, year = (sum((getattr(row, span) for row in rows), NONE) for span in ("month", "year"))
        first, last = layout.programs[department]
        for span, found in ((MONTH, month), (YEAR, year)):
            within = f'SUMIF(${_SPAN}${first}:${_SPAN}${last},"{span}",{{column}}${first}:{{column}}${last})'
            yield _sum_row(f"{department} 小计", department, span, within, found)
    for offset, (span, found) in enumerate(((MONTH, figures.month_total), (YEAR, figures.year_total))):
        cells = "+".join(f"{{column}}{layout.subtotal(name) + offset}" for name in layout.programs)
        yield _sum_row("合计", "合计", span, cells or "0", found)


def _leading(number: int, row: ProgramFigures, span: str) -> Sequence[object]:
    """What a program is, once over its two rows; the department stands in both, for the formulas of 核对."""
    place = (MONTH, YEAR).index(span)
    words = (row.code, row.name, "、".join(row.documents), "、".join(row.levels))
    return Joined(number, place, 2), row.department, *(Joined(word, place, 2) for word in words), span


def _month_row(number: int, row: ProgramFigures) -> Sequence[object]:
    cells = [getattr(row.month, field) for field in FIELDS]
    days = "\n".join(day[5:] for day in row.paid_on)
    return (*_leading(number, row, MONTH), *cells, None, Joined(days, 0, 2), Joined(row.remark, 0, 2))


def _year_row(number: int, row: ProgramFigures, month_row: int) -> Sequence[object]:
    """累计: 上月累计 as it stood in the last return, plus the cell of 本月 above."""
    cells = [
        Formula(f"{_plain(field, row.before)}+{_letters(field)}{month_row}", getattr(row.year, field))
        for field in FIELDS
    ]
    balance = Formula(
        f"{_letters('received_fen')}{{row}}-{_letters('paid_fen')}{{row}}", row.year.balance_fen
    )
    return (*_leading(number, row, YEAR), *cells, balance, Joined("", 1, 2), Joined("", 1, 2))


def _plain(field: str, found: Figures) -> str:
    value = getattr(found, field)
    return yuan_plain(Fen(value)) if _is_money(field) else str(value)


def _sum_row(label: str, department: str, span: str, expression: str, found: Figures) -> Line:
    leading = (None, department, "", label, "", "", span)
    cells = [Formula(expression, getattr(found, field)) for field in FIELDS]
    balance = Formula(expression, found.balance_fen) if span == YEAR else None
    return Line((*leading, *cells, balance, "", ""))


def _allotment_sheet(figures: MonthlyReturn) -> SheetSpec:
    return SheetSpec(
        ALLOTMENT_SHEET,
        (
            Column("序号", Kind.COUNT, 6, align="center"),
            Column("主管部门", width=10, align="center"),
            Column("补贴项目", width=26),
            Column("文号", width=24),
            Column("资金级次", width=10, align="center"),
            Column("年度", width=8, align="center"),
            Column("下达日期", width=12, align="center"),
            Column("指标金额", Kind.MONEY, 16, total=True),
            Column("到账金额", Kind.MONEY, 16, total=True),
            Column("可用上限", Kind.MONEY, 16, total=True),
            Column("已用金额", Kind.MONEY, 16, total=True),
            Column("可用余额", Kind.MONEY, 16, total=True),
        ),
        (_allotment_row(number, one) for number, one in enumerate(figures.allotments, 1)),
        title=f"{figures.township}补贴资金指标明细（{period_text(figures.month)}末）",
        left=f"填报单位：{figures.township}财政所",
        right="单位：元",
        notes=("说明：可用上限取指标与到账两者中较小的；上年结转的指标在结转后的年度列示。",),
        autofilter=False,
    )


def _allotment_row(number: int, one: AllotmentFigures) -> Sequence[object]:
    return (
        number, one.department, one.program, one.document, one.level, str(one.year), one.issued_on, one.allotted_fen,
        one.received_fen, Formula("MIN(H{row},I{row})", one.limit_fen), one.used_fen,
        Formula("J{row}-K{row}", one.limit_fen - one.used_fen),
    )  # fmt: skip


def _check_sheet(figures: MonthlyReturn, layout: _Layout) -> SheetSpec:
    rows = [
        _check_row(number, check, *cells)
        for number, (check, cells) in enumerate(
            zip(checks_of(figures), _check_cells(figures, layout), strict=True), 1
        )
    ]
    failed = sum(not check.passed for check in checks_of(figures))
    return SheetSpec(
        CHECK_SHEET,
        (
            Column("序号", Kind.COUNT, 6, align="center"),
            Column("核对内容", width=48),
            Column("甲", Kind.MONEY, 16),
            Column("乙", Kind.MONEY, 16),
            Column("丙", Kind.MONEY, 16),
            Column("差额（甲＋乙－丙）", Kind.MONEY, 18),
            Column("结论", width=8, align="center"),
        ),
        rows,
        title=f"{figures.township}补贴资金月报核对表（{period_text(figures.month)}）",
        left=f"共 {len(rows)} 项，{'全部通过' if not failed else f'{failed} 项不符'}",
        right="单位：元",
        notes=("说明：甲加乙应等于丙；账簿数和上月累计是填报时的数，其余各格取自“月报”表。",),
        autofilter=False,
    )


def _check_cells(figures: MonthlyReturn, layout: _Layout) -> Iterator[tuple[object, object, str]]:
    """Of each check, in the order of `checks_of`: 甲 and 乙 as a formula (text) or a figure (fen), 丙 as a formula."""
    month, year = layout.total, layout.total + 1
    before, opening, books = figures.before_total, figures.opening_total, figures.books

    def cell(field: str, row: int) -> str:
        return f"{RETURN_SHEET}!{_letters(field)}{row}"

    for field in MONEY_NAMES:
        yield getattr(before, field), cell(field, month), cell(field, year)
    for department, (first, last) in layout.programs.items():
        for field in MONEY_NAMES:
            letters = _letters(field)
            of_programs = (
                f"SUMIFS({RETURN_SHEET}!{letters}{first}:{letters}{last},"
                f"{RETURN_SHEET}!{_DEPARTMENT}{first}:{_DEPARTMENT}{last},{RETURN_SHEET}!{_DEPARTMENT}{last + 2},"
                f'{RETURN_SHEET}!{_SPAN}{first}:{_SPAN}{last},"{YEAR}")'
            )
            yield of_programs, 0, cell(field, layout.subtotal(department) + 1)
    yield cell("received_fen", year), f"-{cell('paid_fen', year)}", f"{RETURN_SHEET}!{_BALANCE}{year}"
    yield books.funded_fen, books.carried_fen + opening.received_fen, cell("received_fen", year)
    yield books.expense_fen, opening.owed_fen, cell("owed_fen", year)
    yield books.come_back_fen, opening.failed_fen, cell("failed_fen", year)


def _check_row(number: int, check: Check, one: object, other: object, whole: str) -> Sequence[object]:
    return (
        number,
        check.name,
        Formula(one, check.one_fen) if isinstance(one, str) else one,
        Formula(other, check.other_fen) if isinstance(other, str) else other,
        Formula(whole, check.whole_fen),
        Formula("ROUND(C{row}+D{row}-E{row},2)", check.one_fen + check.other_fen - check.whole_fen),
        Formula('IF(F{row}=0,"通过","不符")', "通过" if check.passed else "不符"),
    )
