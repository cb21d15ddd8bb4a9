"""Windows on households 户: which one is meant, its card, and who was its head or member from when to when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.registry.queries import find_person
from models.domain.refusal import Refusal
from models.store.opening import Row, Store

EventKind = Literal["head_death", "head_change", "split", "merge", "move"]
QuestionKind = Literal["beneficiary_died", "payee_died", "head_missing", "shared", "means", "twice", "land"]


class NoSuchHousehold(Refusal):
    """No household of that number, and nobody of that name or ID to find it by."""

    form = "没有户编号是“{asked}”的户。请核对户编号，或改用这一户任何一个人的身份证号。"


class HouseholdEnded(Refusal):
    """The household was merged into another one."""

    form = "户“{household}”已在 {day} 并入其他户，不能再办理变动。请在并入的那一户办理。"


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household as it stands. `shown` is its number, or its head's name where it has none."""

    id: int
    number: str | None
    village_id: int
    group_number: int | None
    group_text: str
    head_id: int | None
    shown: str


def find_household(store: Store, asked: str) -> HouseholdRow:
    """The living household of a number, or in which the person lives whom `asked` means.

    Raises NoSuchHousehold, NobodyFound, SeveralFound (several namesakes), HouseholdEnded.
    """
    return household_row(store, which_household(store, asked))


def which_household(store: Store, asked: str) -> int:
    """As `find_household`, ended ones too; gives the row's id."""
    asked = asked.strip()
    found = store.value("SELECT id FROM household WHERE number = ?", (asked,))
    if found is None:
        known = store.value("SELECT household_id FROM person WHERE id_number = ?", (asked.upper(),))
        if known is None and asked.isascii() and asked.isdigit() and len(asked) != 18:
            raise NoSuchHousehold(asked=asked)
        found = known or store.value(
            "SELECT household_id FROM person WHERE id = ?", (find_person(store, asked),)
        )
    return int(found)


def household_row(store: Store, household_id: int) -> HouseholdRow:
    """A household by its row. Raises HouseholdEnded."""
    row = store.row(
        "SELECT h.id, h.number, h.village_id, h.group_number, h.group_text, h.head_id, coalesce(h.number, p.name, '第 ' || h.id"
        " || ' 户'), h.ended_on FROM household h LEFT JOIN person p ON p.id = h.head_id WHERE h.id = ?",
        (household_id,),
    )
    if row is None:
        raise NoSuchHousehold(asked=household_id)
    if row[7] is not None:
        raise HouseholdEnded(household=row[6], day=row[7])
    return HouseholdRow(*row[:7])


QUESTION_WORDS: Final[Mapping[QuestionKind, str]] = {
    "beneficiary_died": "享受人已死亡，请停止资格；已多发的办理追回",
    "payee_died": "代收款的监护人（代领人）已死亡，请登记新的监护人",
    "head_missing": "户里暂时没有户主，选定户主前无法发放",
    "shared": "已分户，请核定面积（数量、金额）归哪一户、各多少",
    "means": "家庭成员有变，请重新核定保障金额",
    "twice": "并户后同一项目有两份资格，请停止其中一份",
    "land": "已迁到外村，请核实土地（数量）是否仍归本户",
}


def open_questions(store: Store, *, event_id: int | None = None) -> list[dict[str, object]]:
    """Enrolments that events left open, of one event or all: for whom, of which program, and what is to be decided."""
    condition = "" if event_id is None else " AND q.event_id = ?"
    rows = store.rows(
        "SELECT q.id, q.event_id, v.happened_on, q.enrolment_id, g.code, g.name, p.name, p.id_number, e.period, q.kind"
        " FROM enrolment_question q JOIN household_event v ON v.id = q.event_id JOIN enrolment e ON e.id = q.enrolment_id"
        " JOIN program g ON g.id = e.program_id JOIN person p ON p.id = e.person_id"
        f" WHERE q.state = 'open'{condition} ORDER BY q.id",
        () if event_id is None else (event_id,),
    )
    names = (
        "question", "event", "happened_on", "enrolment", "program", "program_name", "name", "id_number", "period", "kind",
    )  # fmt: skip
    return [{**dict(zip(names, row, strict=True)), "sentence": QUESTION_WORDS[row[9]]} for row in rows]


def since(store: Store, household_id: int, person_id: int, role: str) -> str | None:
    """Since when somebody is head or member of a household by the events; None for since before the records."""
    path = (
        f'$.household."{household_id}".head_id[1]'
        if role == "head"
        else f'$.person."{person_id}".household_id[1]'
    )
    meant = person_id if role == "head" else household_id
    found: str | None = store.value(
        "SELECT max(happened_on) FROM household_event WHERE (household_id = ?1 OR other_id = ?1)"
        " AND json_extract(body, ?2) = ?3",
        (household_id, path, meant),
    )
    return found


EVENT_NAMES: Final[Mapping[EventKind, str]] = {
    "head_death": "户主死亡",
    "head_change": "更换户主",
    "split": "分户",
    "merge": "并户",
    "move": "迁移",
}


def household_card(store: Store, household_id: int) -> dict[str, object]:
    """A household with its members, events, what is undecided, and who was its head or member from when to when.

    In `history` a `valid_from` of None is since before the records, a `valid_to` of None until today. IDs are whole:
    masking belongs to the output.
    """
    row = store.row(
        "SELECT h.id, h.number, v.name, h.group_text, h.head_id, p.name, h.ended_on FROM household h JOIN village v"
        " ON v.id = h.village_id LEFT JOIN person p ON p.id = h.head_id WHERE h.id = ?",
        (household_id,),
    )
    if row is None:
        raise NoSuchHousehold(asked=household_id)
    head_id = row[4]
    members = store.rows(
        "SELECT id, name, id_number, relation, is_dead, died_on, merged_into FROM person WHERE household_id = ? ORDER BY id",
        (household_id,),
    )
    events = store.rows(
        "SELECT v.id, v.kind, v.happened_on, v.reason, v.household_id, v.other_id, o.name, v.recorded_on FROM household_event v"
        " JOIN operator o ON o.id = v.operator_id WHERE v.household_id = ?1 OR v.other_id = ?1 ORDER BY v.happened_on, v.id",
        (household_id,),
    )
    names = ("event", "kind", "happened_on", "reason", "household", "other", "operator", "recorded_on")
    own = {event[0] for event in events}
    return {
        **dict(
            zip(
                ("household", "number", "village", "group", "head_person", "head", "ended_on"),
                row,
                strict=True,
            )
        ),
        "members": [
            dict(
                zip(
                    ("person", "name", "id_number", "relation", "is_dead", "died_on", "merged_into"),
                    member,
                    strict=True,
                )
            )
            for member in members
        ],
        "events": [
            {**dict(zip(names, event, strict=True)), "kind_name": EVENT_NAMES[event[1]]} for event in events
        ],
        "to_decide": [one for one in open_questions(store) if one["event"] in own],
        "history": _history(store, household_id, head_id, members),
    }


def _history(
    store: Store, household_id: int, head_id: int | None, members: Sequence[Row]
) -> list[dict[str, object]]:
    ended = store.rows(
        "SELECT s.role, p.id, p.name, p.id_number, s.valid_from, s.valid_to FROM household_span s JOIN person p ON p.id = s.person_id"
        " WHERE s.household_id = ?",
        (household_id,),
    )
    standing = [
        (role, member[0], member[1], member[2], since(store, household_id, member[0], role), None)
        for member in members
        for role in ("head", "member")
        if role == "member" or member[0] == head_id
    ]
    names = ("role", "person", "name", "id_number", "valid_from", "valid_to")
    spans = [*ended, *_changed_by_files(store, household_id), *standing]
    spans.sort(key=lambda span: (span[5] or "9999", span[4] or "", span[0], span[1]))
    return [dict(zip(names, span, strict=True)) for span in spans]


def _changed_by_files(store: Store, household_id: int) -> list[Row]:
    """Heads and members whom an imported people file replaced or took away, until that file's day."""
    return store.rows(
        "SELECT 'head', p.id, p.name, p.id_number, NULL, r.business_date FROM import_before b JOIN import_run r ON r.id = b.run_id"
        " JOIN person p ON p.id = json_extract(b.body, '$.head_id') WHERE b.table_name = 'household' AND b.row_id = ?1"
        " UNION ALL SELECT 'member', p.id, p.name, p.id_number, NULL, r.business_date FROM import_before b"
        " JOIN import_run r ON r.id = b.run_id JOIN person p ON p.id = b.row_id WHERE b.table_name = 'person'"
        " AND json_extract(b.body, '$.household_id') = ?1 AND p.household_id <> ?1"
        " AND NOT EXISTS (SELECT 1 FROM household_span s WHERE s.household_id = ?1 AND s.person_id = p.id AND s.role = 'member')"
        " AND b.id = (SELECT max(l.id) FROM import_before l WHERE l.table_name = 'person' AND l.row_id = p.id"
        "             AND json_extract(l.body, '$.household_id') = ?1)",
        (household_id,),
    )
