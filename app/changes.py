"""What a use case changed: screens reload by topic, the audit trail keeps the figures, scripts get the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Topic(StrEnum):
    """A kind of thing that a screen may be showing."""

    OPERATORS = "operators"
    PROGRAMS = "programs"
    FUNDS = "funds"
    RUNS = "runs"
    PEOPLE = "people"
    ENROLMENTS = "enrolments"
    BATCHES = "batches"
    PAYMENTS = "payments"
    NOTICES = "notices"
    BANK_FILES = "bank_files"
    RETURNS = "returns"
    LEDGER = "ledger"
    REPORTS = "reports"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class Changes:
    """The outcome of one use case.

    `subject` names what was acted on (“batch 12”), `counts` are its figures for the audit line (money in fen),
    `answer` is what the caller asked for, JSON-able.
    """

    topics: frozenset[Topic]
    subject: str
    counts: Mapping[str, int | str] = field(default_factory=dict)
    answer: Mapping[str, object] = field(default_factory=dict)


def changes(
    *topics: Topic,
    subject: str,
    counts: Mapping[str, int | str] | None = None,
    answer: Mapping[str, object] | None = None,
) -> Changes:
    """Put a `Changes` together."""
    return Changes(frozenset(topics), subject, counts or {}, answer or {})
