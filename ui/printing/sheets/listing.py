"""A table of the screen as a sheet: what is shown, in the order and under the filters that it is shown with."""

from collections.abc import Sequence

from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column

_MANY_COLUMNS = 6


def list_model(
    *,
    title: str,
    headings: Sequence[str],
    figures: Sequence[bool],
    rows: Sequence[Sequence[str]],
    conditions: str = "",
    totals: str = "",
) -> SheetModel:
    """Texts as they stand in a table; `figures` says which columns stand at the right, `totals` what the table sums."""
    columns = [
        Column(heading, align="right" if figure else "left")
        for heading, figure in zip(headings, figures, strict=True)
    ]
    return SheetModel(
        "list",
        title,
        columns,
        [Group(rows)],
        left=conditions,
        right=totals,
        total_label="",
        landscape=len(columns) > _MANY_COLUMNS,
    )
