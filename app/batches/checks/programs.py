"""Checks against other programs: the exclusion matrix."""

from collections.abc import Sequence

from app.batches.checks.scope import LINE, LIVE, Scope, each_once, row_about
from app.batches.computing import LEAF
from app.batches.sheet import CheckRow
from app.programs.queries import conflicts_of
from app.registry.merging import SAME
from models.domain.exclusion import SCOPE_NAMES, conflicting
from models.domain.period import first_day, last_day, period_text, periods_overlap
from models.store.opening import Row


def conflicts(scope: Scope) -> list[CheckRow]:
    """What the exclusion matrix says beside entitlements and payments that share a month with this period."""
    matrix = conflicting(scope.program.code, conflicts_of(scope.store, scope.program.code))
    period = scope.batch.period
    found = []
    for by_person in (True, False):
        codes = [code for code, pair in matrix.items() if (pair.scope == "person") == by_person]
        if not codes:
            continue
        held = _held(scope, codes, "person_id" if by_person else "household_id")
        for row in (*held, *(_held_by_other_records(scope, codes) if by_person else ())):
            code, other, its_period = row[4:7]
            if its_period and not periods_overlap(its_period, period):
                continue
            pair = matrix[code]
            when = period_text(its_period) if its_period else "长期"
            found.append(
                row_about(row, f"{SCOPE_NAMES[pair.scope]}还有“{other}”（{when}），按规定{pair.mode}。")
            )
    return each_once(found)


def _held_by_other_records(scope: Scope, codes: Sequence[str]) -> list[Row]:
    """As `_held`, of the other records of the same person (merged by a mark)."""
    period = scope.batch.period
    marks = ", ".join(f"?{place}" for place in range(5, 5 + len(codes)))
    return scope.rows(
        f"WITH {SAME} SELECT {LINE}, g.code, g.name, o.period FROM same JOIN payment p ON p.person_id = same.id"
        " JOIN enrolment o ON o.person_id = same.other JOIN program g ON g.id = o.program_id"
        f" WHERE {LIVE} AND g.code IN ({marks}) AND o.state = 'active' AND o.valid_from <= ?3 AND coalesce(o.valid_to, ?2) >= ?2"
        f" UNION ALL SELECT {LINE}, g.code, g.name, o.period FROM same JOIN payment p ON p.person_id = same.id"
        " JOIN payment o ON o.person_id = same.other JOIN program g ON g.id = o.program_id"
        f" WHERE {LIVE} AND g.code IN ({marks}) AND o.bucket NOT IN {LEAF} AND substr(o.period, 1, 4) = ?4 ORDER BY 2",
        first_day(period).isoformat(),
        last_day(period).isoformat(),
        period[:4],
        *codes,
    )


def _held(scope: Scope, codes: Sequence[str], key: str) -> list[Row]:
    """`LINE`, code, name and period of the other programs' enrolments and payments of the same person or household."""
    period = scope.batch.period
    marks = ", ".join(f"?{place}" for place in range(5, 5 + len(codes)))
    return scope.rows(
        f"SELECT {LINE}, g.code, g.name, o.period FROM enrolment o JOIN program g ON g.id = o.program_id"
        f" JOIN payment p ON p.{key} = o.{key} WHERE {LIVE} AND g.code IN ({marks}) AND o.state = 'active'"
        " AND o.valid_from <= ?3 AND coalesce(o.valid_to, ?2) >= ?2"
        f" UNION ALL SELECT {LINE}, g.code, g.name, o.period FROM payment o JOIN program g ON g.id = o.program_id"
        f" JOIN payment p ON p.{key} = o.{key} WHERE {LIVE} AND g.code IN ({marks}) AND o.bucket NOT IN {LEAF}"
        " AND substr(o.period, 1, 4) = ?4 ORDER BY 2",
        first_day(period).isoformat(),
        last_day(period).isoformat(),
        period[:4],
        *codes,
    )
