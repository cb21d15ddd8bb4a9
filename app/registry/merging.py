"""Two records of one person 重复人员: the other record is marked as the kept one's, and the mark can be taken off again.

Nothing is moved and nothing is lost: payments and enrolments stay where they were, and whoever asks what a person has asks
for both records (`SAME`, `same_people`).
"""

from typing import Final

from app.desk import Desk
from app.registry.near_people import near_pairs
from models.domain.refusal import Refusal
from models.domain.sameness import LEAST_SHOWN
from models.store.opening import Store

SAME: Final = """same AS MATERIALIZED (
    SELECT id, merged_into AS other FROM person WHERE merged_into IS NOT NULL
    UNION SELECT merged_into, id FROM person WHERE merged_into IS NOT NULL
    UNION SELECT a.id, b.id FROM person a JOIN person b ON b.merged_into = a.merged_into AND b.id <> a.id
           WHERE a.merged_into IS NOT NULL)"""
"""A common table of the records (`id`, `other`) that are one person, both ways round."""


class MergedWithSelf(Refusal):
    """A record cannot be merged with itself."""

    form = "保留的和并入的是同一条记录（{name}）。请核对两个身份证号。"


class AlreadyMerged(Refusal):
    """One of the records is merged already."""

    form = "{name} 的记录已经并入 {kept}。请先用 person unmerge 撤销，再重新合并。"
    in_window = "{name} 的记录已经并入 {kept}，不能再合并一次。请按 F5 重新读取，与 {kept} 的记录核对。"


class HasMerged(Refusal):
    """The record to be merged keeps others."""

    form = "已有 {count} 条记录并入 {name}，不能再把它并入别人。请先撤销那些合并，或反过来保留它。"


class NotMerged(Refusal):
    """There is no mark to take off."""

    form = "{name} 的记录没有并入别人，没有可撤销的合并。"


class MergeReasonMissing(Refusal):
    """A merge, or its undoing, without a reason."""

    form = "没有填写理由。请写明依据，例如“派出所证明为同一人”。"


class ApartReasonMissing(Refusal):
    """Two records said to be two people, without a reason."""

    form = "没有填写理由。请写明依据，例如“已与村里核实，是双胞胎兄弟”。"


class AlreadyApart(Refusal):
    """The pair was decided before."""

    form = "{one} 和 {other} 已在 {day} 登记为不同的人（{reason}），没有再做什么。"


class NotApart(Refusal):
    """There is nothing to take back."""

    form = "{one} 和 {other} 没有登记为不同的人，没有可撤销的。"


def same_people(store: Store) -> list[tuple[int, int]]:
    """The records that are one person, both ways round: (person, other record)."""
    return [(row[0], row[1]) for row in store.rows(f"WITH {SAME} SELECT id, other FROM same")]


def write_merge(desk: Desk, kept_id: int, merged_id: int, reason: str) -> None:
    """Mark a record as another one's, inside `writing`. Raises MergedWithSelf, AlreadyMerged, HasMerged, MergeReasonMissing."""
    store = desk.store
    if not reason.strip():
        raise MergeReasonMissing
    if kept_id == merged_id:
        raise MergedWithSelf(name=_name(store, kept_id))
    for person_id in (kept_id, merged_id):
        into = store.value("SELECT merged_into FROM person WHERE id = ?", (person_id,))
        if into is not None:
            raise AlreadyMerged(name=_name(store, person_id), kept=_name(store, into))
    if count := store.value("SELECT count(*) FROM person WHERE merged_into = ?", (merged_id,)):
        raise HasMerged(name=_name(store, merged_id), count=count)
    _take_back_apart(desk, kept_id, merged_id)  # who decides later knows better
    store.execute("UPDATE person SET merged_into = ? WHERE id = ?", (kept_id, merged_id))
    store.execute(
        "INSERT INTO person_merge (kept_id, merged_id, reason, merged_on, operator_id) VALUES (?, ?, ?, ?, ?)",
        (kept_id, merged_id, reason.strip(), desk.day, desk.operator.id),
    )


def write_unmerge(desk: Desk, merged_id: int, reason: str) -> int:
    """Take the mark off, inside `writing`; gives the record that had been kept. Raises NotMerged, MergeReasonMissing."""
    store = desk.store
    if not reason.strip():
        raise MergeReasonMissing
    kept = store.value("SELECT merged_into FROM person WHERE id = ?", (merged_id,))
    if kept is None:
        raise NotMerged(name=_name(store, merged_id))
    store.execute("UPDATE person SET merged_into = NULL WHERE id = ?", (merged_id,))
    store.execute(
        "UPDATE person_merge SET undone_on = ?, undone_by = ?, undone_reason = ? WHERE merged_id = ? AND undone_on IS NULL",
        (desk.day, desk.operator.id, reason.strip(), merged_id),
    )
    return int(kept)


def write_apart(desk: Desk, one_id: int, other_id: int, reason: str) -> None:
    """Record that two records are two people, inside `writing`.

    Raises ApartReasonMissing, MergedWithSelf, AlreadyMerged, AlreadyApart.
    """
    store = desk.store
    first, second = sorted((one_id, other_id))
    if not reason.strip():
        raise ApartReasonMissing
    if first == second:
        raise MergedWithSelf(name=_name(store, first))
    for person_id, into in store.rows(
        "SELECT id, merged_into FROM person WHERE id = ?1 AND merged_into = ?2 OR id = ?2 AND merged_into = ?1",
        (first, second),
    ):
        raise AlreadyMerged(name=_name(store, person_id), kept=_name(store, into))
    before = store.row(
        "SELECT decided_on, reason FROM person_apart WHERE one_id = ? AND other_id = ? AND undone_on IS NULL",
        (first, second),
    )
    if before is not None:
        raise AlreadyApart(
            one=_name(store, first), other=_name(store, second), day=before[0], reason=before[1]
        )
    store.execute(
        "INSERT INTO person_apart (one_id, other_id, reason, decided_on, operator_id) VALUES (?, ?, ?, ?, ?)",
        (first, second, reason.strip(), desk.day, desk.operator.id),
    )


def write_together(desk: Desk, one_id: int, other_id: int) -> None:
    """Take back that two records are two people, inside `writing`. Raises NotApart."""
    if not _take_back_apart(desk, one_id, other_id):
        raise NotApart(one=_name(desk.store, one_id), other=_name(desk.store, other_id))


def _take_back_apart(desk: Desk, one_id: int, other_id: int) -> bool:
    first, second = sorted((one_id, other_id))
    where = "one_id = ? AND other_id = ? AND undone_on IS NULL"
    found = desk.store.value(f"SELECT id FROM person_apart WHERE {where}", (first, second))
    if found is not None:
        desk.store.execute(
            "UPDATE person_apart SET undone_on = ?, undone_by = ? WHERE id = ?",
            (desk.day, desk.operator.id, found),
        )
    return found is not None


def _name(store: Store, person_id: int) -> str:
    return str(store.value("SELECT name FROM person WHERE id = ?", (person_id,)))


def duplicates(
    store: Store, *, run_id: int | None = None, least: int = LEAST_SHOWN, most: int = 500
) -> dict[str, object]:
    """Pairs of records that may be of one person, the surest first, with score and why; `count` counts them all.

    Of each record: person, name, whole ID, village, household number, enrolments and payments that stand on it.
    """
    pairs = near_pairs(store, run_id=run_id, least=least)
    return {
        "count": len(pairs),
        "pairs": [
            {
                "score": pair.score,
                "why": pair.why,
                "one": _record(store, pair.one),
                "other": _record(store, pair.other),
            }
            for pair in pairs[:most]
        ],
    }


def _record(store: Store, person_id: int) -> dict[str, object]:
    row = store.rows(
        "SELECT p.id, p.name, p.id_number, v.name, h.number, p.is_dead,"
        " (SELECT count(*) FROM enrolment e WHERE e.person_id = p.id AND e.state = 'active'),"
        " (SELECT count(*) FROM payment m WHERE m.person_id = p.id) FROM person p JOIN household h ON h.id = p.household_id"
        " JOIN village v ON v.id = h.village_id WHERE p.id = ?",
        (person_id,),
    )[0]
    names = ("person", "name", "id_number", "village", "household_no", "is_dead", "enrolments", "payments")
    return dict(zip(names, row, strict=True))


def had_by_both(store: Store, kept_id: int) -> list[dict[str, object]]:
    """Programs that several records of one person have: standing, for one period, or paid twice for one period."""
    rows = store.rows(
        """WITH mine AS (SELECT id FROM person WHERE id = ?1 OR merged_into = ?1)
           SELECT g.code, g.name, x.period, count(DISTINCT x.person_id), sum(x.paid) FROM (
               SELECT program_id, period, person_id, 0 AS paid FROM enrolment
                WHERE state = 'active' AND person_id IN (SELECT id FROM mine)
               UNION ALL
               SELECT program_id, period, person_id, 1 FROM payment
                WHERE source_id IS NULL AND bucket NOT IN ('stopped', 'closed_unpaid', 'recovered')
                  AND person_id IN (SELECT id FROM mine)) x JOIN program g ON g.id = x.program_id
            GROUP BY g.id, x.period HAVING count(DISTINCT x.person_id) > 1 ORDER BY g.code, x.period""",
        (kept_id,),
    )
    names = ("program", "program_name", "period", "records", "payments")
    return [dict(zip(names, row, strict=True)) for row in rows]
