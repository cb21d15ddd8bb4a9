"""The tabs of 报表 beside 月报, from left to right. A new one is a line here."""

from typing import Final

from ui.screens.reports.catalogue.tab import CatalogueTab
from ui.screens.reports.county.tab import CountyTab
from ui.screens.reports.tab import ReportTab
from ui.screens.reports.tie_out_tab import TieOutTab

TABS: Final[tuple[type[ReportTab], ...]] = (TieOutTab, CatalogueTab, CountyTab)
