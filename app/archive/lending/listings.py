"""The register of loans 借阅登记, on the screen and on paper."""

from datetime import date
from typing import Final

from app.pages import Column, Join, Listing, Shows
from app.reports.sheet_model import Group, SheetModel
from app.workbook import table_columns
from app.workbook.table_columns import Kind
from models.store.opening import Store

LOANS: Final = Listing(
    name="loans",
    title="借阅登记",
    source="loan l",
    id="l.id",
    order="l.returned_on IS NOT NULL, l.id DESC",
    joins=(
        Join("v", "JOIN volume v ON v.id = l.volume_id"),
        Join("a", "JOIN operator a ON a.id = l.lent_by"),
        Join("r", "LEFT JOIN operator r ON r.id = l.returned_by"),
    ),
    columns=(
        Column("code", "档号", "v.code", Shows.CODE, 24),
        Column("title", "题名", "v.title", width=28),
        Column("borrower", "借阅人", "l.borrower", width=13),
        Column("purpose", "用途", "l.purpose", width=18),
        Column("approved_by", "批准人", "l.approved_by", width=8),
        Column("lent_on", "借出日期", "l.lent_on", Shows.DAY, 11),
        Column("due_on", "应还日期", "l.due_on", Shows.DAY, 11),
        Column("returned_on", "归还日期", "l.returned_on", Shows.DAY, 11),
        Column("lent_by", "借出经手", "a.name", width=9),
        Column("returned_by", "归还经手", "r.name", width=9),
        Column("remark", "归还情况", "l.remark", width=12),
    ),
)  # fmt: skip
"""Loans, those still out first."""


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def loan_register(store: Store, made: str, year: int | None = None) -> SheetModel:
    """The register 借阅登记表 of a year or of all, in the order lent."""
    rows = [
        (number, code, title, borrower, purpose, approved_by, _day(lent), _day(due), _day(back), remark)
        for number, (code, title, borrower, purpose, approved_by, lent, due, back, remark) in enumerate(
            store.rows(
                "SELECT v.code, v.title, l.borrower, l.purpose, l.approved_by, l.lent_on, l.due_on, l.returned_on, l.remark"
                " FROM loan l JOIN volume v ON v.id = l.volume_id WHERE substr(l.lent_on, 1, 4) = coalesce(?, substr(l.lent_on, 1, 4))"
                " ORDER BY l.id",
                (None if year is None else str(year),),
            ),
            1,
        )
    ]
    column = table_columns.Column
    return SheetModel(
        name="借阅登记",
        title=f"{store.value('SELECT township FROM office')}会计档案借阅登记表",
        columns=(
            column("序号", Kind.COUNT, 6, align="center"),
            column("档号", width=24, wrap=False),
            column("题名", width=28),
            column("借阅人", width=9),
            column("用途", width=18),
            column("批准人", width=9),
            column("借出日期", Kind.DATE, 11),
            column("应还日期", Kind.DATE, 11),
            column("归还日期", Kind.DATE, 11),
            column("归还情况", width=12),
        ),
        groups=(Group(rows),),
        right="",
        total_label="",
        made=made,
    )
