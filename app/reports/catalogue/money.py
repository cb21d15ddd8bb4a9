"""Where the money stands: 指标执行表 of a year, 专户收支表 of some months."""

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from app.funds.queries import allotments
from app.programs.queries import find_program, programs
from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SUBTOTAL, Cell, Difference, Group, Row, Share, SheetModel, filled
from app.workbook.table_columns import Column, Kind
from models.domain.money import Fen, yuan_text
from models.domain.posting import EVENT_NAMES, Event

EXECUTION_COLUMNS: Final = (
    looks.SERIAL, looks.PROGRAM, looks.DOCUMENT, looks.LEVEL, looks.named(looks.DAY, "下达日期"), looks.money("指标金额"),
    looks.money("到账金额"), looks.money("可用上限"), looks.money("已用金额"), looks.money("可用余额"), looks.money("未到账"),
    Column("执行率", Kind.SHARE, 9), looks.REMARK,
)  # fmt: skip
_EXECUTION_DERIVED: Final[Mapping[str, Difference | Share]] = {
    "可用余额": Difference(("可用上限",), ("已用金额",)),
    "未到账": Difference(("指标金额",), ("到账金额",)),
    "执行率": Share("已用金额", "指标金额"),
}


def _execution(asked: Asked) -> list[SheetModel]:
    store, year = asked.store, asked["year"]
    wanted = find_program(store, asked["program"]).id if asked["program"] else None
    departments = {one.id: one.department for one in programs(store)}
    found = [one for one in allotments(store, wanted) if str(one.year) == year]
    found.sort(key=lambda one: (departments[one.program_id], one.program_code))
    rows: list[tuple[str, Row]] = []
    for number, one in enumerate(found, 1):
        cells: list[Cell] = [
            number, one.program_name, one.document, one.level, one.issued_on, one.allotted_fen, one.received_fen, one.limit_fen,
            one.used_fen, 0, 0, 0, _words(one.is_opening, one.carried_from, one.remark),
        ]  # fmt: skip
        rows.append((departments[one.program_id], filled(EXECUTION_COLUMNS, _EXECUTION_DERIVED, cells)))
    return [
        SheetModel(
            name="指标执行表",
            title=f"{asked.township}补贴资金指标执行情况表（{year}年，截至{asked.today}）",
            columns=EXECUTION_COLUMNS,
            groups=[
                Group([row for _, row in part], department or "（未写主管部门）", SUBTOTAL)
                for department, part in groupby(rows, key=lambda pair: pair[0])
            ],
            left=asked.office,
            derived=_EXECUTION_DERIVED,
            notes=[
                "可用上限取指标与到账中较小的；执行率 = 已用金额 ÷ 指标金额；调整、核减、结转已计入指标金额。"
            ],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            page_sums=True,
            frozen_columns=2,
        )
    ]


def _words(is_opening: bool, carried_from: int | None, remark: str) -> str:
    return "；".join(filter(None, ["期初" if is_opening else "", "上年结转" if carried_from else "", remark]))


EXECUTION: Final = Report(
    name="allotments",
    title="指标执行表",
    about="一个年度每份指标下达多少、到账多少、用了多少、还剩多少。",
    parameters=(parameters.YEAR, parameters.PROGRAM),
    sheets=_execution,
    columns=EXECUTION_COLUMNS,
    grouping="按主管部门",
)


# -- the special account ------------------------------------------------------------------------------------------------

ACCOUNT_COLUMNS: Final = (
    looks.SERIAL, Column("业务", width=14, align="center"), looks.PROGRAM, looks.count("凭证份数", 9, group="本期"),
    looks.money("收入", 16, group="本期"), looks.money("支出", 16, group="本期"), looks.count("年凭证份数", 9, group="本年累计"),
    looks.money("年收入", 16, group="本年累计"), looks.money("年支出", 16, group="本年累计"),
)  # fmt: skip

# what a red entry takes off stands on the side where it was, negative, as in the books
_ACCOUNT: Final = """
    SELECT w.event, coalesce(g.name, ''), count(DISTINCT w.id) FILTER (WHERE w.month >= ?2),
           coalesce(sum(l.debit_fen) FILTER (WHERE w.month >= ?2), 0), coalesce(sum(l.credit_fen) FILTER (WHERE w.month >= ?2), 0),
           count(DISTINCT w.id) FILTER (WHERE w.month >= ?1), coalesce(sum(l.debit_fen) FILTER (WHERE w.month >= ?1), 0),
           coalesce(sum(l.credit_fen) FILTER (WHERE w.month >= ?1), 0)
      FROM voucher_line l JOIN voucher w ON w.id = l.voucher_id LEFT JOIN program g ON g.id = l.program_id
     WHERE l.ledger = 'deposit' AND w.month BETWEEN min(?1, ?2) AND ?3
     GROUP BY w.event, g.id ORDER BY g.department, g.code"""
_BEFORE: Final = (
    "SELECT coalesce(sum(l.debit_fen - l.credit_fen), 0) FROM voucher_line l JOIN voucher w ON w.id = l.voucher_id"
    " WHERE l.ledger = 'deposit' AND w.month < ?"
)
_INCOME: Final = (
    Event.OPENING, Event.RECEIPT, Event.CARRY_OVER, Event.FAIL, Event.BOUNCE, Event.RECOVER, Event.INTEREST, Event.REVERSE,
)  # fmt: skip


def _account(asked: Asked) -> list[SheetModel]:
    first, last = asked["from"], asked["until"]
    store = asked.store
    order = {event: place for place, event in enumerate(Event)}
    found = sorted(
        store.rows(_ACCOUNT, (f"{last[:4]}-01", first, last)), key=lambda row: order[Event(row[0])]
    )
    groups: dict[bool, list[Row]] = {True: [], False: []}
    for event, *rest in found:
        rows = groups[Event(event) in _INCOME]
        rows.append([len(rows) + 1, EVENT_NAMES[Event(event)], *rest])
    opening, year_opening = (Fen(store.value(_BEFORE, (month,))) for month in (first, f"{last[:4]}-01"))
    moved, year_moved = (
        sum(_fen(row[debit]) - _fen(row[debit + 1]) for rows in groups.values() for row in rows)
        for debit in (4, 7)
    )
    return [
        SheetModel(
            name="专户收支表",
            title=f"{asked.township}惠农补贴代发专户收支表（{looks.span_text(first, last)}）",
            columns=ACCOUNT_COLUMNS,
            groups=[
                Group(rows, title, SUBTOTAL)
                for rows, title in zip(groups.values(), ("一、收入", "二、支出"), strict=True)
                if rows
            ],
            preface=[
                f"本期：期初余额 {yuan_text(opening)} 元，期末余额 {yuan_text(Fen(opening + moved))} 元。"
                f"　本年：年初余额 {yuan_text(year_opening)} 元，期末余额 {yuan_text(Fen(year_opening + year_moved))} 元。"
            ],
            left=asked.office,
            notes=["期末余额 = 期初余额 + 收入 − 支出；期末余额应与银行对账单调节后的余额相符。红字冲销列在原来的方向，为负数。"],
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            frozen_columns=2,
        )
    ]  # fmt: skip


def _fen(cell: object) -> int:
    return cell if isinstance(cell, int) else 0


ACCOUNT: Final = Report(
    name="special-account",
    title="专户收支表",
    about="代发专户一段时间收了什么、付了什么、余多少，附本年累计。",
    parameters=(parameters.FIRST, parameters.LAST),
    sheets=_account,
    columns=ACCOUNT_COLUMNS,
    grouping="先收入，后支出",
)
