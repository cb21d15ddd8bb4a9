"""月报勾稽表: the tie-out of a month's return as a report."""

from app.reports.catalogue import parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SheetModel
from app.reports.tie_out import TIE_COLUMNS, tie_out, tie_out_sheets


def _sheets(asked: Asked) -> list[SheetModel]:
    return tie_out_sheets(tie_out(asked.store, asked["month"]), asked.made)


TIE_OUT = Report(
    name="tie-out",
    title="月报勾稽表",
    about="月报与上月累计、账簿、批次逐项核对，不符的写明项目、批次或文号；上报以后变了的数另列一张。",
    parameters=(parameters.MONTH,),
    sheets=_sheets,
    columns=TIE_COLUMNS,
    grouping="按勾稽类别",
)
