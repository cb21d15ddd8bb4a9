"""Windows of reports: the months and where their returns are, what changed since a return was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.reports.figures import FIELDS, as_json, monthly_figures
from models.domain.flows.report_flow import REPORT_STATE_NAMES, ReportState
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class ReportView:
    """A month with activity or with a return: its state, when that changed and why, the file as sent."""

    month: str
    state: ReportState
    changed_on: str
    reason: str
    file_sha256: str

    @property
    def state_name(self) -> str:
        """未上报, 已上报 …"""
        return REPORT_STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is no longer what was reported; `span` is 'month' or 'year', the values in fen or counts."""

    program: str
    name: str
    span: str
    field: str
    reported: int
    now: int


def reports(store: Store) -> list[ReportView]:
    """Every month in which money moved or a return was made, the earliest first."""
    return [
        ReportView(month, ReportState(state), changed_on, reason, sha256)
        for month, state, changed_on, reason, sha256 in store.rows(
            "SELECT m.month, coalesce(r.state, 'unreported'), coalesce(r.changed_on, ''), coalesce(r.reason, ''),"
            " coalesce(r.file_sha256, '') FROM (SELECT month FROM month_tally UNION SELECT month FROM monthly_return"
            " UNION SELECT month FROM opening_figure) m LEFT JOIN monthly_return r ON r.month = m.month ORDER BY m.month"
        )
    ]


def differences(store: Store, month: str) -> list[Difference]:
    """What changed since the month was reported; nothing for one that was not."""
    kept = store.value(
        "SELECT figures FROM monthly_return WHERE month = ? AND state IN ('reported', 'confirmed')", (month,)
    )
    if kept is None:
        return []
    reported, now = _by_program(json.loads(kept)), _by_program(as_json(monthly_figures(store, month)))
    found = []
    for code in sorted(reported.keys() | now.keys()):
        one, other = reported.get(code, {}), now.get(code, {})
        name = str((other or one)["name"])
        for span in ("month", "year"):
            was, now_is = _figures(one, span), _figures(other, span)
            found += [
                Difference(code, name, span, field, was.get(field, 0), now_is.get(field, 0))
                for field in FIELDS
                if was.get(field, 0) != now_is.get(field, 0)
            ]
    return found


def _by_program(body: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    programs = body["programs"]
    assert isinstance(programs, list)  # our own form, written by `as_json`  # noqa: S101
    return {str(one["program"]): one for one in programs}


def _figures(program: Mapping[str, object], span: str) -> Mapping[str, int]:
    found = program.get(span, {})
    return found if isinstance(found, dict) else {}
