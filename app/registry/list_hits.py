"""Hits of comparison lists 比对命中: whom a list's lines mean, how surely and why, and what somebody decided about it.

A hit changes nobody's record. Confirmed and dismissed hits are kept with their reason.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from app.desk import Desk
from app.registry.lists import paid_since
from app.registry.near_people import near_people, sound_of
from models.domain.refusal import Refusal
from models.domain.sameness import NAME_WORDS, Identity, name_likeness
from models.store.opening import Row, Store

Decision = Literal["confirmed", "dismissed"]
DECISION_NAMES: Final[Mapping[Decision, str]] = {"confirmed": "确认", "dismissed": "排除"}
KIND_NAMES: Final = {"deaths": "死亡", "payroll": "财政供养", "relocation": "迁出", "cadres": "村干部"}

MEANT: Final = "(x.how = 'exact' AND x.state <> 'dismissed' OR x.state = 'confirmed')"
"""A hit `x` that means its person: the same ID unless somebody dismissed it, and whatever somebody confirmed."""

_EXACT_SCORE: Final = 100
_NAMESAKE_OF_ANOTHER_AGE: Final = 50


class NoSuchHit(Refusal):
    """No hit of that line and person."""

    form = "名单第 {entry} 条与人员 {person} 没有比对命中。请用 list hits 查看编号。"
    in_window = "这条名单与这个人没有比对命中，可能刚被别人处理过。请按 F5 重新读取。"


class HitDecided(Refusal):
    """The hit was decided before."""

    form = "这条比对已在 {day} {decision}（{reason}）。如有新情况，请重新导入名单。"


class HitReasonMissing(Refusal):
    """A decision without a reason."""

    form = "没有填写理由。请写明怎样核实的，例如“已与派出所核对”。"


def find_more(store: Store, run_id: int) -> int:
    """Add the looser near hits of a list, inside `writing`: alike by sound, by one character, in an old number; gives how many.

    Lines that an exact hit explains are not looked at. A namesake of the same village counts only for a line that means
    nobody else.
    """
    lines = store.rows(
        "SELECT e.id, e.id_number, e.name_key, coalesce(e.village_id, 0) FROM comparison_entry e WHERE e.run_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM comparison_hit h WHERE h.entry_id = e.id AND h.how = 'exact')",
        (run_id,),
    )
    asked = [Identity(line[0], line[1], line[2], _birth(line[1]), 0, line[3]) for line in lines]
    near = [(pair.one, pair.other, pair.score, pair.why) for pair in near_people(store, asked)]
    added = store.execute_many(
        "INSERT INTO comparison_hit (entry_id, person_id, how, score, why) VALUES (?, ?, 'alike', ?, ?)"
        " ON CONFLICT DO NOTHING",
        near,
    )
    added += int(
        store.execute(
            "INSERT INTO comparison_hit (entry_id, person_id, how)"
            " SELECT e.id, p.id, 'name_and_village' FROM comparison_entry e JOIN person p ON p.name_key = e.name_key"
            " JOIN household h ON h.id = p.household_id AND h.village_id = e.village_id WHERE e.run_id = ?"
            " AND e.name_key <> '' AND NOT EXISTS (SELECT 1 FROM comparison_hit x WHERE x.entry_id = e.id)",
            (run_id,),
        ).rowcount
    )
    return added


def _birth(id_number: str) -> str:
    if len(id_number) != 18 or not id_number[:17].isdigit():
        return ""
    return f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}"


def list_hits(
    store: Store,
    *,
    kind: str = "",
    near: bool | None = None,
    state: str = "open",
    run_id: int | None = None,
    person_id: int | None = None,
) -> list[dict[str, object]]:
    """Hits with score and why, the surest first: the line, the person, what they are entitled to, what was decided.

    `near` True gives near hits only, False exact ones. For the dead also the periods paid since and the sum to recover, in
    fen. IDs are whole: masking belongs to the output.
    """
    conditions = ["r.state = 'done'"]
    parameters: list[object] = []
    for condition, value in (
        ("e.kind = ?", kind),
        ("h.state = ?", state),
        ("e.run_id = ?", run_id),
        ("h.person_id = ?", person_id),
    ):
        if value:
            conditions.append(condition)
            parameters.append(value)
    if near is not None:
        conditions.append("h.how <> 'exact'" if near else "h.how = 'exact'")
    rows = store.rows(
        "SELECT h.entry_id, h.person_id, e.kind, e.name, e.id_number, e.happened_on, e.source, e.run_id, p.name, p.id_number,"
        " p.is_dead, p.died_on, v.name, h.how, h.score, h.why, h.state, h.reason, h.decided_on, coalesce(o.name, ''),"
        " e.name_key, p.name_key, coalesce(p.birth, ''), e.village_id IS hh.village_id FROM comparison_hit h"
        " JOIN comparison_entry e ON e.id = h.entry_id JOIN import_run r ON r.id = e.run_id JOIN person p ON p.id = h.person_id"
        " JOIN household hh ON hh.id = p.household_id JOIN village v ON v.id = hh.village_id"
        f" LEFT JOIN operator o ON o.id = h.decided_by WHERE {' AND '.join(conditions)} ORDER BY h.entry_id, h.person_id",
        parameters,
    )
    found = [_hit(store, row) for row in rows]
    return sorted(
        found, key=lambda hit: (-int(str(hit["score"])), int(str(hit["entry"])), int(str(hit["person"])))
    )


_NAMES: Final = (
    "entry", "person", "kind", "listed_name", "listed_id", "happened_on", "source", "run", "name", "id_number", "is_dead",
    "died_on", "village", "how",
)  # fmt: skip


def _hit(store: Store, row: Row) -> dict[str, object]:
    score, why = (
        (row[14], row[15]) if row[15] else judged(row[13], row[20], row[21], row[4], row[22], bool(row[23]))
    )
    hit: dict[str, object] = {
        **dict(zip(_NAMES, row[:14], strict=True)),
        "score": score,
        "why": why,
        "state": row[16],
        "reason": row[17],
        "decided_on": row[18],
        "decided_by": row[19],
        "enrolments": _enrolments(store, row[1]),
    }
    if row[2] == "deaths" and row[5]:
        periods, fen = paid_since(store, row[1], row[5])
        hit |= {"periods_paid_since": periods, "to_recover_fen": fen}
    return hit


def judged(
    how: str, listed_name: str, name: str, listed_id: str, birth: str, same_village: bool
) -> tuple[int, str]:
    """The score 0–100 of a hit and why, by the way it was found and how the names agree."""
    alike = name_likeness(listed_name, name, sound_of)
    said = NAME_WORDS.get(alike, "姓名不同") if listed_name else "名单没有姓名"
    if how == "exact":
        return _EXACT_SCORE, f"身份证号相同，{said}"
    if how == "one_digit":
        score = {"same": 95, "sound": 85, "one_character": 82}.get(alike, 60)
        return score, f"身份证号只差一位，{said}"
    if how == "name_and_birth":
        return (96 if same_village else 90), "姓名和出生日期相同" + ("，同村" if same_village else "")
    listed_birth = _birth(listed_id)
    if listed_birth and birth and listed_birth[:4] != birth[:4]:
        return _NAMESAKE_OF_ANOTHER_AGE, "姓名相同，同村，出生年份不同"
    return 75, "姓名相同，同村，" + ("出生年份相同" if listed_birth and birth else "名单证件号不全")


def _enrolments(store: Store, person_id: int) -> Sequence[dict[str, object]]:
    rows = store.rows(
        "SELECT DISTINCT g.code, g.name, e.period FROM enrolment e JOIN program g ON g.id = e.program_id"
        " WHERE e.person_id = ? AND e.state = 'active' ORDER BY g.code, e.period",
        (person_id,),
    )
    return [{"program": row[0], "program_name": row[1], "period": row[2]} for row in rows]


def write_decision(desk: Desk, entry_id: int, person_id: int, decision: Decision, reason: str) -> None:
    """Keep what was decided about a hit, inside `writing`. Raises NoSuchHit, HitDecided, HitReasonMissing."""
    if not reason.strip():
        raise HitReasonMissing
    found = desk.store.row(
        "SELECT state, decided_on, reason FROM comparison_hit WHERE entry_id = ? AND person_id = ?",
        (entry_id, person_id),
    )
    if found is None:
        raise NoSuchHit(entry=entry_id, person=person_id)
    if found[0] != "open":
        raise HitDecided(day=found[1], decision=DECISION_NAMES[found[0]], reason=found[2])
    desk.store.execute(
        "UPDATE comparison_hit SET state = ?, reason = ?, decided_on = ?, decided_by = ? WHERE entry_id = ? AND person_id = ?",
        (decision, reason.strip(), desk.day, desk.operator.id, entry_id, person_id),
    )
