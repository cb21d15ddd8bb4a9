"""发放汇总表 by village and by program, and the totals by department, by funding level, and of villages against programs."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from app.funds.queries import ALLOTTED_SQL, RECEIVED_SQL
from app.reports.catalogue import looks, parameters
from app.reports.catalogue.outcomes import FIGURE_COLUMNS, outcomes, sums
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SUBTOTAL, Difference, Group, Row, SheetModel, filled
from app.workbook.table_columns import Column

_BASIS: Final = (
    "统计口径：审批日期在期间内的批次；失败后补发的，按最后一次发放的结果统计；户次、人次按批次计。"
)
_SPAN: Final = (parameters.FIRST, parameters.LAST)


def _summary(
    title: str, leading: Sequence[Column], keys: str, order: str, groups: Callable[[list[Row]], list[Group]]
) -> Callable[[Asked], list[SheetModel]]:
    """A report of the figures by some keys; its rows are numbered, and grouped as `groups` says."""

    def sheets(asked: Asked) -> list[SheetModel]:
        first, last = asked["from"], asked["until"]
        program, village = asked.given.get("program", ""), asked.given.get("village", "")
        found = outcomes(asked.store, first, last, keys=keys, order=order, program=program, village=village)
        rows: list[Row] = [[number, *row] for number, row in enumerate(found, 1)]
        return [
            SheetModel(
                name=title,
                title=f"{asked.township}{title}（{looks.span_text(first, last)}）",
                columns=(looks.SERIAL, *leading, *FIGURE_COLUMNS),
                groups=groups(rows),
                preface=_within(asked),
                left=asked.office,
                in_words="实发金额",
                notes=[_BASIS],
                signatures=looks.FOUR_SIGNATURES,
                made=asked.made,
                frozen_columns=2,
            )
        ]

    return sheets


def _within(asked: Asked) -> list[str]:
    """What the figures are limited to, in words."""
    program, village = asked.given.get("program", ""), asked.given.get("village", "")
    name = asked.store.value("SELECT name FROM program WHERE code = ?", (program,)) if program else ""
    words = "　".join(
        filter(None, [f"补贴项目：{name}" if name else "", f"村（社区）：{village}" if village else ""])
    )
    return [words] if words else []


def _together(rows: list[Row]) -> list[Group]:
    return [Group(rows)]


def _by_department(rows: list[Row]) -> list[Group]:
    return [
        Group(list(part), str(department or "（未写主管部门）"), SUBTOTAL)
        for department, part in groupby(rows, key=lambda row: row[1])
    ]


BY_VILLAGE: Final = Report(
    name="summary-village",
    title="发放汇总表（分村）",
    about="一段时间内各村应发、实发、失败、追回、停发多少；可以只看一个项目。",
    parameters=(*_SPAN, parameters.PROGRAM),
    sheets=_summary(
        "补贴资金发放汇总表（分村）", (looks.VILLAGE,), "v.name", "v.id", _together
    ),
    columns=(looks.SERIAL, looks.VILLAGE, *FIGURE_COLUMNS),
    grouping="一村一行",
)  # fmt: skip

BY_PROGRAM: Final = Report(
    name="summary-program",
    title="发放汇总表（分项目）",
    about="一段时间内各项目应发、实发、失败、追回、停发多少，按主管部门小计；可以只看一个村。",
    parameters=(*_SPAN, parameters.VILLAGE.optional),
    sheets=_summary(
        "补贴资金发放汇总表（分项目）", (looks.DEPARTMENT, looks.PROGRAM), "g.department, g.name", "g.department, g.code",
        _by_department,
    ),
    columns=(looks.SERIAL, looks.DEPARTMENT, looks.PROGRAM, *FIGURE_COLUMNS),
    grouping="按主管部门",
)  # fmt: skip

BY_DEPARTMENT: Final = Report(
    name="summary-department",
    title="发放汇总表（分部门）",
    about="一段时间内各主管部门的补贴应发、实发、失败、追回、停发多少。",
    parameters=(*_SPAN, parameters.VILLAGE.optional),
    sheets=_summary(
        "补贴资金发放汇总表（分部门）", (looks.DEPARTMENT,), "g.department", "g.department", _together
    ),
    columns=(looks.SERIAL, looks.DEPARTMENT, *FIGURE_COLUMNS),
    grouping="一个部门一行",
)  # fmt: skip


# -- villages against programs -----------------------------------------------------------------------------------------

_FIGURES: Final = (parameters.Choice("paid", "实发金额"), parameters.Choice("owed", "应发金额"))
_FIGURE: Final = parameters.Parameter(
    "figure", "统计", lambda _store, written: parameters.one_of(written, _FIGURES, "统计"),
    lambda _store, _day: "paid", lambda _store: _FIGURES,
)  # fmt: skip


def _cross(asked: Asked) -> list[SheetModel]:
    first, last, figure = asked["from"], asked["until"], asked["figure"]
    store = asked.store
    found: dict[tuple[int, int], int] = {
        (village, program): fen
        for village, program, fen in sums(store, first, last, keys="v.id, g.id", figure=figure)
    }
    villages = _named(asked, "village", {village for village, _ in found})
    programs = _named(asked, "program", {program for _, program in found})
    columns = (
        looks.SERIAL, looks.VILLAGE, *(looks.money(name, max(13, len(name) * 1.2)) for _, name in programs),
        looks.money("合计", 16),
    )  # fmt: skip
    derived = {"合计": Difference(tuple(name for _, name in programs))}
    rows = [
        filled(
            columns,
            derived,
            [number, name, *(found.get((village, program), 0) for program, _ in programs), 0],
        )
        for number, (village, name) in enumerate(villages, 1)
    ]
    words = dict(_FIGURES)[figure]
    return [
        SheetModel(
            name="分村分项目",
            title=f"{asked.township}补贴资金分村分项目{words}汇总表（{looks.span_text(first, last)}）",
            columns=columns,
            groups=[Group(rows)],
            left=asked.office,
            derived=derived,
            in_words="合计",
            notes=[_BASIS],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            frozen_columns=2,
        )
    ]


def _named(asked: Asked, table: str, wanted: set[int]) -> list[tuple[int, str]]:
    """(id, name) of those wanted, in the office's order."""
    order = {"village": "id", "program": "department, code"}[table]
    return [
        (one, name)
        for one, name in asked.store.rows(f"SELECT id, name FROM {table} ORDER BY {order}")
        if one in wanted
    ]


CROSS: Final = Report(
    name="summary-cross",
    title="发放汇总表（分村分项目）",
    about="一村一行、一个项目一栏：一段时间内各村各项目的实发或应发金额。",
    parameters=(*_SPAN, _FIGURE),
    sheets=_cross,
    grouping="一村一行，一个项目一栏",
)


# -- by the level that the money comes from ----------------------------------------------------------------------------

_LEVEL_COLUMNS: Final = (
    looks.SERIAL, looks.LEVEL, looks.PROGRAM, looks.count("指标份数", 9), looks.money("指标金额"), looks.money("到账金额"),
    looks.money("安排到批次"), looks.money("停发退回", 13), looks.money("追回", 13), looks.money("净使用"), looks.money("结余"),
)  # fmt: skip
_LEVEL_DERIVED: Final = {
    "净使用": Difference(("安排到批次",), ("停发退回", "追回")),
    "结余": Difference(("到账金额",), ("净使用",)),
}


def _levels(asked: Asked) -> list[SheetModel]:
    year = asked["year"]
    found = asked.store.rows(
        f"""SELECT a.level, g.name, count(*), sum({ALLOTTED_SQL}), sum({RECEIVED_SQL}),
                   sum((SELECT coalesce(sum(f.fen), 0) FROM batch_funding f WHERE f.allotment_id = a.id)
                       + CASE a.is_opening WHEN 0 THEN 0 ELSE (SELECT coalesce(sum(l.debit_fen), 0) FROM voucher_line l
                         JOIN voucher w ON w.id = l.voucher_id WHERE l.allotment_id = a.id AND l.ledger = 'expense'
                         AND w.event = 'opening') END),
                   sum((SELECT coalesce(sum(b.fen), 0) FROM batch_funding_return b WHERE b.allotment_id = a.id)),
                   sum((SELECT coalesce(sum(l.credit_fen), 0) FROM voucher_line l JOIN voucher w ON w.id = l.voucher_id
                         WHERE l.allotment_id = a.id AND l.ledger = 'expense' AND w.event = 'recover'))
              FROM allotment a JOIN program g ON g.id = a.program_id
             WHERE a.withdrawn_on IS NULL AND a.year = ? GROUP BY a.level, g.id
             ORDER BY a.level = '', instr('中央,省,市,县,乡镇', a.level), g.department, g.code""",
        (int(year),),
    )
    rows: list[Row] = [
        filled(_LEVEL_COLUMNS, _LEVEL_DERIVED, [number, row[0] or "（未写）", *row[1:], 0, 0])
        for number, row in enumerate(found, 1)
    ]
    return [
        SheetModel(
            name="分资金级次",
            title=f"{asked.township}补贴资金分级次汇总表（{year}年）",
            columns=_LEVEL_COLUMNS,
            groups=[
                Group(list(part), f"{level}资金", SUBTOTAL) for level, part in groupby(rows, key=lambda row: row[1])
            ],
            left=asked.office,
            derived=_LEVEL_DERIVED,
            in_words="净使用",
            notes=["按指标的年度统计，上年结转的指标在结转后的年度列示；净使用 = 安排到批次 − 停发退回 − 追回。"],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            frozen_columns=2,
        )
    ]  # fmt: skip


BY_LEVEL: Final = Report(
    name="summary-level",
    title="发放汇总表（分资金级次）",
    about="一个年度中央、省、市、县、乡镇各级资金的指标、到账、使用和结余。",
    parameters=(parameters.YEAR,),
    sheets=_levels,
    columns=_LEVEL_COLUMNS,
    grouping="按资金级次",
)
