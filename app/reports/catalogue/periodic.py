"""资金到位与发放情况: of a month 月报, a quarter 季报, a year 年报, beside what the year had reached by then.

The figures are those of the monthly returns, so that the county can lay them beside each other: a quarter is what the year had
reached in its last month less what it had reached before its first. What was booked into a month after its return was sent is
in the quarter in which the next return told it.
"""

from collections.abc import Callable, Iterable
from typing import Final

from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.figures import monthly_figures
from app.reports.monthly_return import NONE, Figures, MonthlyReturn, ProgramFigures
from app.reports.sheet_model import TOTAL, Difference, Group, Row, SheetModel, filled
from app.workbook.table_columns import Column
from models.domain.period import months_of, period_text
from models.store.opening import Store

COLUMNS: Final = (
    looks.SERIAL,
    looks.DEPARTMENT,
    looks.PROGRAM,
    Column("文号", width=18),
    looks.LEVEL,
    looks.money("应到位", 14, group="资金到位"),
    looks.money("已到位", 14, group="资金到位"),
    looks.count("应发户", group="应发"),
    looks.count("应发人", group="应发"),
    looks.money("应发金额", group="应发"),
    looks.count("实发户", group="实发"),
    looks.count("实发人", group="实发"),
    looks.money("实发金额", group="实发"),
    looks.count("失败笔数", group="失败"),
    looks.money("失败金额", 12, group="失败"),
    looks.count("补发笔数", group="补发"),
    looks.money("补发金额", 12, group="补发"),
    looks.money("到位减实发", 14),
    Column("发放日期", width=8, align="center"),
    Column("备注", width=18),
)  # fmt: skip
_DERIVED: Final = {"到位减实发": Difference(("已到位",), ("实发金额",))}


def _row(number: int, one: ProgramFigures, found: Figures, paid_on: Iterable[str], remark: str) -> Row:
    return filled(
        COLUMNS,
        _DERIVED,
        [
            number, one.department, one.name, "\n".join(one.documents), "、".join(one.levels),
            found.should_fen, found.received_fen, found.owed_households, found.owed_people, found.owed_fen,
            found.paid_households, found.paid_people, found.paid_fen, found.failed_payments, found.failed_fen,
            found.reissued_payments, found.reissued_fen, 0, "\n".join(day[5:] for day in paid_on), remark,
        ],
    )  # fmt: skip


def span_figures(
    store: Store, first: str, last: str
) -> tuple[MonthlyReturn, dict[str, Figures], list[MonthlyReturn]]:
    """The return of the `last` month; by program code what the months `first` to `last` of one year made; and their returns."""
    returns = [
        monthly_figures(store, f"{last[:4]}-{month:02d}")
        for month in range(int(first[5:]), int(last[5:]) + 1)
    ]
    before = {} if first.endswith("-01") else {row.code: row.before for row in returns[0].rows}
    found = {row.code: row.year - before.get(row.code, NONE) for row in returns[-1].rows}
    return returns[-1], found, returns


def _sheets(word: str, parameter: str) -> Callable[[Asked], list[SheetModel]]:
    def sheets(asked: Asked) -> list[SheetModel]:
        period = asked[parameter]
        first, last = months_of(period)
        end, found, returns = span_figures(asked.store, first, last)
        days = {
            code: [day for one in returns for row in one.rows if row.code == code for day in row.paid_on]
            for code in found
        }
        remarks = {
            code: "；".join(
                row.remark for one in returns for row in one.rows if row.code == code and row.remark
            )
            for code in found
        }
        rows = [
            _row(number, row, found[row.code], days[row.code], remarks[row.code])
            for number, row in enumerate(end.rows, 1)
        ]
        year = [_row(number, row, row.year, (), "") for number, row in enumerate(end.rows, 1)]
        groups = [Group(rows, f"本{word}（{period_text(period)}）", f"本{word}{TOTAL}")]
        if parameter != "year":
            groups.append(Group(year, f"本年累计（{last[:4]}年1月至{int(last[5:])}月）", f"累计{TOTAL}"))
        return [
            SheetModel(
                name=f"{word}报",
                title=f"{asked.township}补贴资金到位与发放情况{'年报' if word == '年' else word + '报'}（{period_text(period)}）",
                columns=COLUMNS,
                groups=groups,
                left=asked.office,
                total_label="",
                derived=_DERIVED,
                notes=[
                    "累计的到位减实发即为结余；失败含退票，补发含在实发内；本年累计含期初数。户、人在一个批次内不重复计。"
                ],
                signatures=looks.FOUR_SIGNATURES,
                made=asked.made,
                frozen_columns=3,
            )
        ]

    return sheets


def _entry(name: str, title: str, about: str, word: str, parameter: parameters.Parameter) -> Report:
    return Report(
        name=name, title=title, about=about, parameters=(parameter,), sheets=_sheets(word, parameter.name), columns=COLUMNS,
        grouping="按主管部门排列，本期与累计各一段" if word != "年" else "按主管部门排列",
    )  # fmt: skip


MONTHLY: Final = _entry(
    "funds-monthly", "资金到位与发放情况月报", "一个月各项目到位、应发、实发、失败、补发、结余，附本年累计。", "月", parameters.MONTH
)  # fmt: skip
QUARTERLY: Final = _entry(
    "funds-quarterly", "资金到位与发放情况季报", "一个季度各项目到位、应发、实发、失败、补发、结余，附本年累计。", "季",
    parameters.QUARTER,
)  # fmt: skip
YEARLY: Final = _entry(
    "funds-yearly", "资金到位与发放情况年报", "一个年度各项目到位、应发、实发、失败、补发、结余。", "年", parameters.YEAR
)  # fmt: skip
