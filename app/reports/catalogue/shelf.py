"""All reports, in the order in which a clerk looks for them. A new one is a line here."""

from typing import Final

from app.reports.catalogue import (
    comings,
    doubts,
    failures,
    households,
    money,
    periodic,
    reconciliation,
    registers,
    rosters,
    summaries,
    tying,
)
from app.reports.catalogue.report import Report
from models.domain.refusal import Refusal


class NoSuchReport(Refusal):
    """A report that is not in the catalogue."""

    form = "报表目录里没有“{written}”。请用 report list 查看目录，写它的名称或中文名。"
    in_window = "报表目录里没有“{written}”。请在目录里选择。"


SHELVES: Final[tuple[tuple[str, tuple[Report, ...]], ...]] = (
    ("发放", (rosters.ROSTER, rosters.NOTICE, comings.COMINGS)),
    (
        "汇总",
        (
            summaries.BY_VILLAGE,
            summaries.BY_PROGRAM,
            summaries.BY_DEPARTMENT,
            summaries.BY_LEVEL,
            summaries.CROSS,
            periodic.MONTHLY,
            periodic.QUARTERLY,
            periodic.YEARLY,
            tying.TIE_OUT,
        ),
    ),
    ("资金", (money.EXECUTION, money.ACCOUNT, reconciliation.RECONCILIATION)),
    ("失败、停发与疑点", (failures.FAILURES, failures.STOPS, failures.BACKLOG, doubts.DOUBTS)),
    ("户与人", (households.CARD, households.HISTORY, registers.REGISTRY)),
    ("政策", (registers.POLICIES,)),
)
"""The reports under the headings of the screen."""


def entries() -> tuple[Report, ...]:
    """All reports, in the catalogue's order."""
    return tuple(report for _, reports in SHELVES for report in reports)


def find_report(written: str) -> Report:
    """A report by its name or its title. Raises NoSuchReport."""
    wanted = written.strip()
    found = next((one for one in entries() if wanted in (one.name, one.title)), None)
    if found is None:
        raise NoSuchReport(written=written)
    return found
