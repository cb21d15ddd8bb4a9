"""The people file 户籍底册: each row is checked, then becomes a person of a household.

One pass, in chunks: the check of a row and its taking-in are one code path, so a dry run is the same work rolled back.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from app.desk import Desk
from app.intake.before import keep_before
from app.intake.cells import as_written, birth_in, read_id, text_of
from app.intake.findings import PEOPLE, Finding, finding
from app.registry.villages import Villages
from app.workbook.columns import DATA, DataRow, Table
from models.domain.dates import NotDate, date_from_cell
from models.domain.division import group_number
from models.domain.idnumber import sex_of
from models.domain.person_name import clean_name, name_is_odd, name_key
from models.store.opening import Row

CHUNK = 5_000
HEAD_WORDS = frozenset(("户主", "本人", "户主本人", "本人（户主）", "本人(户主)"))
DEAD_WORDS = frozenset(("已死亡", "死亡", "已故", "已去世", "去世", "已亡", "已亡故"))

_PERSON = (
    "name",
    "name_key",
    "household_id",
    "relation",
    "sex",
    "birth",
    "phone",
    "remark",
    "is_dead",
    "died_on",
)


@dataclass(slots=True)
class StagedPerson:
    """A row that passed its own checks."""

    row: int
    id_number: str
    id_kind: str
    name: str
    name_written: str
    household: str
    village_id: int | None
    group_number: int | None
    group_text: str
    is_head: bool
    relation: str
    sex: str
    birth: str | None
    phone: str
    remark: str
    is_dead: bool
    died_on: str | None
    guardians: tuple[tuple[str, str, str, str, str], ...]

    def person(self, household_id: int) -> tuple[object, ...]:
        """The columns of `_PERSON` in order."""
        return (
            self.name,
            name_key(self.name),
            household_id,
            self.relation,
            self.sex,
            self.birth,
            self.phone,
            self.remark,
            int(self.is_dead),
            self.died_on,
        )


@dataclass
class PeopleIntake:
    """One people file on its way into the registry."""

    desk: Desk
    run_id: int
    rows: int = 0
    accepted: int = 0
    cleaned: int = 0
    updated: int = 0
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.desk.store
        self._villages = Villages(store)
        self._empty = not store.value("SELECT 1 FROM person LIMIT 1")
        self._next_person = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM person"))
        self._next_household = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM household"))
        self._seen: dict[int | str, int] = {}
        self._households: dict[str, int] = {}
        self._headless: dict[str, tuple[str, int, str, str]] = {}
        self._groups: dict[object, tuple[int | None, str]] = {}
        self._own_households = 0

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the data rows of one sheet."""
        sheet, headings = table.sheet.name, table.headings
        columns = {name: place for place, name in enumerate(table.fields)}
        chunk: list[StagedPerson] = []
        for staged in self._checked(sheet, columns, headings, rows):
            chunk.append(staged)
            if len(chunk) == CHUNK:
                self._take(sheet, headings, chunk)
                chunk = []
        if chunk:
            self._take(sheet, headings, chunk)

    def finish(self) -> None:
        """After the last sheet: households that were left without a head."""
        for sheet, row, column, written in self._still_headless():
            self.findings.append(finding(PEOPLE, "head.missing", sheet, row, column, written))

    # -- checking ---------------------------------------------------------------------------------------

    def _checked(
        self, sheet: str, columns: Mapping[str, int], headings: Mapping[str, str], rows: Iterable[DataRow]
    ) -> Iterator[StagedPerson]:
        read = _CellReader(columns)
        households = _Households(columns)
        sheet_village = None if "village" in columns else self._villages.named_by_sheet(sheet)
        village_before: int | None = None
        for line in rows:
            if line.kind != DATA:
                continue
            number, cells = line.number, line.cells
            self.rows += 1
            row = _PeopleRow(self, sheet, number, headings)
            name = row.name(read.name(cells))
            id_number, id_kind = row.id_number(read.id_number(cells))
            is_resident = id_kind == "resident"
            birth = row.birth(read.birth(cells), id_number if is_resident else "")
            sex = row.sex(read.sex(cells), id_number if is_resident else "")
            relation_cell = read.relation(cells)
            relation = "" if relation_cell is None else text_of(relation_cell).strip()
            household, continues = households.of(cells, name, relation, self)
            is_head = households.is_head(cells, name, relation)
            village_cell = read.village(cells)
            if village_cell is not None:
                village_id = self._villages.find_or_take(village_cell)
                if village_id is None:
                    row.reject("village.unknown", "village", village_cell)
            else:
                village_id = (
                    sheet_village
                    or (village_before if continues else None)
                    or self._known_village(household, id_number)
                )
                if village_id is None:
                    row.reject("village.unknown", "village", None)
            village_before = village_id
            if is_head and not row.rejected:
                self._headless.pop(household, None)
            elif household not in self._households and household not in self._headless:
                self._headless[household] = (
                    sheet,
                    number,
                    headings.get("relation", headings.get("head", "")),
                    relation,
                )
            if row.rejected:
                continue
            self.accepted += 1
            group = self._group(read.group(cells))
            remark_cell, died_cell = read.remark(cells), read.died_on(cells)
            remark = "" if remark_cell is None else text_of(remark_cell).strip()
            died_on = _day(died_cell)
            if household not in self._households:
                # claimed now, so that the household's other rows know it; its id follows when the chunk is taken
                self._households[household] = 0
                if not is_head:
                    self._headless.setdefault(
                        household,
                        (sheet, number, headings.get("relation", headings.get("head", "")), relation),
                    )
            phone_cell = read.phone(cells)
            yield StagedPerson(
                number, id_number, id_kind, clean_name(name), name, household, village_id, group[0], group[1], is_head, relation,
                sex, birth, "" if phone_cell is None else text_of(phone_cell).strip(), remark,
                died_on is not None or (bool(remark) and is_death(remark)), died_on,
                read.guardians(cells) if read.has_guardians else (),
            )  # fmt: skip

    def _group(self, cell: object) -> tuple[int | None, str]:
        found = self._groups.get(cell)
        if found is None:
            text = "" if cell is None else text_of(cell).strip()
            found = self._groups[cell] = (group_number(text) if text else None, text)
        return found

    def _known_village(self, household: str, id_number: str) -> int | None:
        """An empty cell keeps the old value: the village of the household or person that the registry knows."""
        found = self.desk.store.value(
            "SELECT h.village_id FROM household h WHERE h.number = ?1 OR h.id = (SELECT household_id FROM person WHERE id_number = ?2)",
            (household, id_number),
        )
        return None if found is None else int(found)

    # -- taking in --------------------------------------------------------------------------------------

    def _take(self, sheet: str, headings: Mapping[str, str], chunk: list[StagedPerson]) -> None:
        self.desk.progress.step(self.rows)
        known = {} if self._empty else self._known_people(chunk)
        self._take_households(chunk, known)
        fresh: list[tuple[object, ...]] = []
        changed: list[tuple[object, ...]] = []
        before: list[tuple[object, ...]] = []
        heads: list[tuple[int, int]] = []
        guardians: list[tuple[object, ...]] = []
        for staged in chunk:
            old = known.get(staged.id_number)
            household_id = self._households[staged.household]
            if old is None:
                person_id = self._next_person
                self._next_person += 1
                fresh.append(
                    (person_id, staged.id_number, staged.id_kind, *staged.person(household_id), self.run_id)
                )
            else:
                person_id = old[0]
                if name_key(staged.name) != old[2]:
                    self.findings.append(
                        finding(
                            PEOPLE,
                            "name.mismatch",
                            sheet,
                            staged.row,
                            headings.get("name", ""),
                            staged.name_written,
                            {"known": old[1]},
                        )
                    )
                new = _merged(old[1:], staged.person(household_id))
                if new != old[1:]:
                    before.append(old)
                    changed.append((*new, person_id))
            if staged.is_head and not (old is not None and staged.household.startswith("#")):
                heads.append((person_id, household_id))
            guardians += [(person_id, *guardian, self.run_id) for guardian in staged.guardians]
        store = self.desk.store
        marks = ", ".join("?" * (len(_PERSON) + 4))
        store.execute_many(
            f"INSERT INTO person (id, id_number, id_kind, {', '.join(_PERSON)}, run_id) VALUES ({marks})",
            fresh,
        )
        if changed:
            keep_before(store, self.run_id, "person", _PERSON, before)
            store.execute_many(
                f"UPDATE person SET {', '.join(f'{name} = ?' for name in _PERSON)} WHERE id = ?", changed
            )
            self.updated += len(changed)
        if heads:
            store.execute_many("UPDATE household SET head_id = ? WHERE id = ? AND head_id IS NULL", heads)
        if guardians:
            store.execute_many(
                "INSERT INTO guardian (person_id, role, name, id_number, relation, reason, run_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                guardians,
            )

    def _known_people(self, chunk: Sequence[StagedPerson]) -> dict[str, Row]:
        ids = [staged.id_number for staged in chunk]
        rows = self.desk.store.each(
            f"SELECT id_number, id, {', '.join(_PERSON)} FROM person WHERE id_number IN ({', '.join('?' * len(ids))})",
            ids,
        )
        return {row[0]: row[1:] for row in rows}

    def _take_households(self, chunk: Sequence[StagedPerson], known: Mapping[str, Row]) -> None:
        """Give every household of the chunk its id: by its number, by a member that is known, or as a new one."""
        wanted = {
            staged.household: staged for staged in reversed(chunk) if not self._households[staged.household]
        }
        numbers = [number for number in wanted if not number.startswith("#")]
        old: dict[str, Row] = {}
        if numbers and not self._empty:
            marks = ", ".join("?" * len(numbers))
            rows = self.desk.store.each(
                f"SELECT number, id, village_id, group_number, group_text FROM household WHERE number IN ({marks})",
                numbers,
            )
            old = {row[0]: row[1:] for row in rows}
        fresh: list[tuple[object, ...]] = []
        moved: list[tuple[object, ...]] = []
        before: list[tuple[object, ...]] = []
        for household, staged in wanted.items():
            if household in old:
                was = old[household]
                self._households[household] = was[0]
                now = (
                    staged.village_id,
                    staged.group_number if staged.group_text else was[2],
                    staged.group_text or was[3],
                )
                if now != was[1:]:
                    before.append(was)
                    moved.append((*now, was[0]))
                continue
            member = known.get(staged.id_number)
            if member is not None and household.startswith("#"):
                # the file says nothing of households: a person whom the registry knows stays where they are
                self._households[household] = member[3]
                continue
            self._households[household] = self._next_household
            number = None if household.startswith("#") else household
            fresh.append(
                (
                    self._next_household,
                    number,
                    staged.village_id,
                    staged.group_number,
                    staged.group_text,
                    self.run_id,
                )
            )
            self._next_household += 1
        store = self.desk.store
        store.execute_many(
            "INSERT INTO household (id, number, village_id, group_number, group_text, run_id) VALUES (?, ?, ?, ?, ?, ?)",
            fresh,
        )
        if moved:
            keep_before(store, self.run_id, "household", ("village_id", "group_number", "group_text"), before)
            store.execute_many(
                "UPDATE household SET village_id = ?, group_number = ?, group_text = ? WHERE id = ?", moved
            )

    def _still_headless(self) -> list[tuple[str, int, str, str]]:
        """First rows of the households for which neither this file nor the registry has a head."""
        headed = (
            {row[0] for row in self.desk.store.each("SELECT id FROM household WHERE head_id IS NOT NULL")}
            if self._headless
            else set()
        )
        return [
            first for household, first in self._headless.items()
            if self._households.get(household, self._registered(household)) not in headed
        ]  # fmt: skip

    def _registered(self, household: str) -> int | None:
        found = self.desk.store.value("SELECT id FROM household WHERE number = ?", (household,))
        return None if found is None else int(found)

    # -- the file's own duplicates ----------------------------------------------------------------------

    def first_seen(self, id_number: str, row: int) -> int | None:
        """The row where this ID stood before in the file, or None; the ID is then known to stand in `row`."""
        key: int | str = (
            int(id_number[:17]) if id_number[:17].isdigit() and len(id_number) == 18 else id_number
        )
        first = self._seen.get(key)
        if first is None:
            self._seen[key] = row
        return first

    def own_household(self) -> str:
        """A key for a household that the file gives no number."""
        self._own_households += 1
        return f"#{self._own_households}"


class _CellReader:
    """One getter a field: the cell where the file has the column, else None."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        def getter(field_name: str) -> Callable[[Sequence[object]], object]:
            place = columns.get(field_name)
            return _nothing if place is None else itemgetter(place)

        self.name = getter("name")
        self.id_number = getter("id_number")
        self.birth = getter("birth")
        self.sex = getter("sex")
        self.relation = getter("relation")
        self.village = getter("village")
        self.group = getter("group")
        self.phone = getter("phone")
        self.remark = getter("remark")
        self.died_on = getter("died_on")
        self.has_guardians = "guardian_id" in columns or "collector_id" in columns
        self._guardian = [getter(f"guardian_{part}") for part in ("name", "id", "relation", "reason")]
        self._collector = [getter(f"collector_{part}") for part in ("name", "id", "relation", "reason")]

    def guardians(self, cells: Sequence[object]) -> tuple[tuple[str, str, str, str, str], ...]:
        """The row's guardian 监护人 and collector 代领人: role, name, ID, relation, reason."""
        found = []
        for role, getters in (("guardian", self._guardian), ("collector", self._collector)):
            name, id_cell, relation, reason = (get(cells) for get in getters)
            id_number, fault = read_id(id_cell)
            if id_cell is not None and fault in (None, "id.fifteen", "id.other_document"):
                texts = ["" if cell is None else text_of(cell).strip() for cell in (name, relation, reason)]
                found.append((role, texts[0], id_number, texts[1], texts[2]))
        return tuple(found)


def _nothing(_: Sequence[object]) -> None:
    return None


class _Households:
    """Which household a row belongs to: by its number; else by head and relation; else the row is its own."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._number = columns.get("household_no")
        self._head = columns.get("head")
        self._has_relation = "relation" in columns
        self._current = ""
        self._current_head = ""

    def of(self, cells: Sequence[object], name: str, relation: str, intake: PeopleIntake) -> tuple[str, bool]:
        """The row's household key and whether it continues the row above."""
        number = None if self._number is None else cells[self._number]
        if number is not None:
            key = text_of(number).strip()
        elif self._has_relation and relation and relation not in HEAD_WORDS and self._current:
            key = self._current
        elif self._head is not None and cells[self._head] is not None:
            head = name_key(text_of(cells[self._head]))
            same = bool(self._current) and head == self._current_head and name_key(name) != head
            key, self._current_head = (self._current if same else intake.own_household()), head
        else:
            key = intake.own_household()
        continues = key == self._current
        self._current = key
        return key, continues

    def is_head(self, cells: Sequence[object], name: str, relation: str) -> bool:
        """Whether the row says that this person is the head; a file that says nothing of households has heads only."""
        if relation:
            return relation in HEAD_WORDS
        if self._head is not None:
            head = cells[self._head]
            return head is not None and name_key(text_of(head)) == name_key(name)
        return not self._has_relation and self._number is None


class _PeopleRow:
    """One row while it is being checked: collects its findings and whether it is rejected."""

    __slots__ = ("_headings", "_intake", "_number", "_sheet", "rejected")

    def __init__(self, intake: PeopleIntake, sheet: str, number: int, headings: Mapping[str, str]) -> None:
        self._intake = intake
        self._sheet = sheet
        self._number = number
        self._headings = headings
        self.rejected = False

    def say(self, code: str, field_name: str, cell: object, **facts: object) -> None:
        """A finding that lets the row in."""
        heading = self._headings.get(field_name, "")
        self._intake.findings.append(
            finding(PEOPLE, code, self._sheet, self._number, heading, as_written(cell), facts)
        )

    def reject(self, code: str, field_name: str, cell: object, **facts: object) -> None:
        """A finding that keeps the row out."""
        self.rejected = True
        self.say(code, field_name, cell, **facts)

    def name(self, cell: object) -> str:
        """The name as kept, '' when missing."""
        name = "" if cell is None else clean_name(text_of(cell))
        if not name:
            self.reject("name.missing", "name", cell)
        elif name_is_odd(name):
            self.say("name.odd", "name", cell)
        if name != cell and name:
            self._intake.cleaned += 1
        return name

    def id_number(self, cell: object) -> tuple[str, str]:
        """(the ID, 'resident' or 'other'), or ('', '') when it was rejected or is a duplicate."""
        id_number, fault = read_id(cell)
        if fault is None:
            if id_number != cell:
                self._intake.cleaned += 1
        elif fault == "id.fifteen":
            self.say(fault, "id_number", cell, upgraded=id_number)
        elif fault == "id.other_document":
            self.say(fault, "id_number", cell)
        else:
            self.reject(fault, "id_number", cell, length=len(id_number), birth=birth_in(id_number))
            return "", ""
        first = self._intake.first_seen(id_number, self._number)
        if first is not None:
            self.reject("id.duplicate", "id_number", cell, first=first)
            return "", ""
        return id_number, "other" if fault == "id.other_document" else "resident"

    def birth(self, cell: object, resident_id: str) -> str | None:
        """The birth date; where there is a resident ID, the ID's own."""
        own = birth_in(resident_id) if resident_id else None
        if cell is None or cell == own:
            return own
        try:
            stated = date_from_cell(cell).isoformat()
        except NotDate:
            self.say("birth.unreadable", "birth", cell, birth=own or "空")
            return own
        if own is not None and stated != own:
            self.say("birth.mismatch", "birth", cell, birth=own)
        return own or stated

    def sex(self, cell: object, resident_id: str) -> str:
        """男 or 女; where there is a resident ID, the ID's own."""
        stated = "" if cell is None else text_of(cell).strip().removesuffix("性")
        if not resident_id:
            return stated if stated in ("男", "女") else ""
        own = sex_of(resident_id)
        if stated in ("男", "女") and stated != own:
            self.say("sex.mismatch", "sex", cell, sex=own)
        return own


def is_death(remark: str) -> bool:
    """Whether a remark says that this person has died (not that somebody else has)."""
    return any(part.strip() in DEAD_WORDS for part in re.split(r"[，,；;。、\s]", remark))


def _day(cell: object) -> str | None:
    if cell is None:
        return None
    try:
        return date_from_cell(cell).isoformat()
    except NotDate:
        return None


def _merged(old: Sequence[object], new: Sequence[object]) -> tuple[object, ...]:
    """The row after an update: an empty cell keeps the old value, a death is not taken back by silence."""
    merged = [fresh if fresh not in ("", None, 0) else kept for kept, fresh in zip(old, new, strict=True)]
    return tuple(merged)
