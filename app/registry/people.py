"""The people file 户籍底册: each row is checked, then becomes a person of a household.

One pass, in chunks: the check of a row and its taking-in are one code path, so a dry run is the same work rolled back.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from app.desk import Desk
from app.intake.before import keep_before
from app.intake.cells import (
    as_written,
    birth_in,
    lost_digits,
    read_id,
    read_past_day,
    text_in,
    text_of,
    word_of,
)
from app.intake.digests import digester, mixed
from app.intake.findings import PEOPLE, Finding, Places, finding
from app.intake.repairs import DOUBTFUL_IDS, Candidate, Doubt
from app.registry.aliases import Aliases
from app.registry.lists import meet_lists
from app.registry.villages import Villages
from app.workbook.columns import DATA_ROW, NOTE, DataRow, Table
from app.workbook.reading import ErrorCell
from models.domain.dates import NotDate
from models.domain.division import group_number
from models.domain.person_name import clean_name, name_is_odd, name_key
from models.store.opening import Row

CHUNK: Final = 5_000
HEAD_WORDS: Final = frozenset(
    (
        "户主",
        "本人",
        "户主本人",
        "本人（户主）",
        "本人(户主)",
        "户主（本人）",
        "户主(本人)",
        "本人或户主",
        "户主或本人",
    )
)
DEAD_WORDS: Final = frozenset(("已死亡", "死亡", "已故", "已去世", "去世", "已亡", "已亡故"))
LEAST_OFFICIAL: Final = 10
"""A household number of so many characters is official and means one household; shorter ones begin again in each village."""

_SEXES: Final = {"男": "男", "女": "女", "男性": "男", "女性": "女", "1": "男", "2": "女"}

# Two to twenty Han letters: a name that needs no clean-up and is its own key.
_ORDINARY: Final = re.compile("[一-龥]{2,20}").fullmatch

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
    "row_digest",
    "row_run",
)

_HOUSEHOLD = ("number", "village_id", "group_number", "group_text")


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
    unchanged: Counter[int] = field(default_factory=Counter)
    doubts: list[Doubt] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.desk.store
        self.villages = Villages(store)
        self.relations = Aliases(store, "relation")
        self.is_empty = not store.value("SELECT 1 FROM person LIMIT 1")
        self.next_person = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM person"))
        self.next_household = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM household"))
        self._first_household = self.next_household
        self._places = Places()
        self._seen: dict[int | str, int] = {}
        self.households: dict[str, int] = {}
        self.headless: dict[str, tuple[str, int, str, str]] = {}
        self.waiting: set[str] = set()
        """Households whose first row is unchanged and no head's: nothing is said of it, but a head may still come."""
        self._owners: dict[str, int] = {}
        self._own_households = 0
        if not self.is_empty:
            short = f"SELECT number, village_id FROM household WHERE length(number) < {LEAST_OFFICIAL}"
            self._owners.update(store.rows(short))

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the data rows of one sheet."""
        sheet = _PeopleSheet(self, table)
        chunk: list[DataRow] = []
        for row in rows:
            if row.kind == DATA_ROW:
                chunk.append(row)
                if len(chunk) == CHUNK:
                    self._take(sheet, chunk)
                    chunk = []
            elif row.kind == NOTE:
                self._take(sheet, chunk)
                chunk = []
                sheet.section(row.cells)
        self._take(sheet, chunk)

    def pass_by(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Note whose rows are taken in already: the same ID in a row that comes after is a duplicate."""
        place = table.fields.index("id_number")
        for number, cells, _ in rows:
            id_number, fault = read_id(cells[place])
            if fault in (None, "id.fifteen", "id.other_document"):
                self.first_seen(id_number, table.sheet.name, number)

    def stands(self, person: Candidate) -> bool:
        """Whether the file names this person already."""
        return _seen_as(person.id_number) in self._seen

    def finish(self) -> None:
        """After the last sheet: households that were left without a head, those too of which no row was accepted."""
        for sheet, row, column, written in self._still_headless():
            self.findings.append(finding(PEOPLE, "head.missing", sheet, row, column, written))
        meet_lists(self.desk.store, self.run_id)

    # -- taking in --------------------------------------------------------------------------------------

    def _take(self, sheet: "_PeopleSheet", rows: Sequence[DataRow]) -> None:
        if not rows:
            return
        known: Mapping[str, Row] = {}
        registered: Mapping[str, Row] = {}
        if not self.is_empty:
            known = self._known_people(sheet.ids(rows))
            registered = self._registered_households(sheet.numbers(rows))
        taken = _Taken(known, registered)
        sheet.check(rows, taken)
        self.rows += len(rows)
        self.desk.progress.step(self.rows)
        self._store(taken)

    def _known_people(self, ids: Sequence[str]) -> dict[str, Row]:
        rows = self.desk.store.each(
            f"SELECT id_number, id, {', '.join(_PERSON)} FROM person WHERE id_number IN ({', '.join('?' * len(ids))})",
            ids,
        )
        return {row[0]: row[1:] for row in rows}

    def _registered_households(self, numbers: Sequence[str]) -> dict[str, Row]:
        rows = self.desk.store.each(
            f"SELECT id, {', '.join(_HOUSEHOLD)} FROM household WHERE number IN ({', '.join('?' * len(numbers))})",
            numbers,
        )
        return {row[1]: row for row in rows}

    def _store(self, taken: "_Taken") -> None:
        """Write what the chunk brought: households, people, heads and guardians, and what they were before."""
        store = self.desk.store
        store.execute_many(
            "INSERT INTO household (id, number, village_id, group_number, group_text, run_id) VALUES (?, ?, ?, ?, ?, ?)",
            taken.households,
        )
        store.execute_many(
            f"INSERT INTO person (id, id_number, id_kind, {', '.join(_PERSON)}, run_id)"
            f" VALUES ({', '.join('?' * (len(_PERSON) + 4))})",
            taken.people,
        )
        if taken.moved:
            keep_before(store, self.run_id, "household", _HOUSEHOLD, taken.stood)
            store.execute_many(
                f"UPDATE household SET {', '.join(f'{name} = ?' for name in _HOUSEHOLD)} WHERE id = ?",
                taken.moved,
            )
        if taken.changed:
            keep_before(store, self.run_id, "person", _PERSON, taken.before)
            store.execute_many(
                f"UPDATE person SET {', '.join(f'{name} = ?' for name in _PERSON)} WHERE id = ?",
                taken.changed,
            )
            self.updated += len(taken.changed)
        if taken.left:
            self._set_heads([(None, household_id, person_id) for person_id, household_id in taken.left])
        if taken.heads:
            self._set_heads([(person_id, household_id, None) for person_id, household_id in taken.heads])
        if taken.guardians:
            store.execute_many(
                "INSERT INTO guardian (person_id, role, name, id_number, relation, reason, run_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                taken.guardians,
            )

    def _set_heads(self, heads: Sequence[tuple[int | None, int, int | None]]) -> None:
        """Give households their heads: (the new one, the household, the only head who may be replaced or None for any)."""
        store = self.desk.store
        old = [household for _, household, _ in heads if household < self._first_household]
        if old:
            marks = ", ".join("?" * len(old))
            had: dict[int, int | None] = dict(
                store.rows(f"SELECT id, head_id FROM household WHERE id IN ({marks})", old)
            )
            heads = [
                (new, household, only) for new, household, only in heads
                if household >= self._first_household or (had[household] != new and only in (None, had[household]))
            ]  # fmt: skip
            before = [(household, had[household]) for _, household, _ in heads if household in had]
            keep_before(store, self.run_id, "household", ("head_id",), before)
        store.execute_many("UPDATE household SET head_id = ? WHERE id = ?", [head[:2] for head in heads])

    def _still_headless(self) -> list[tuple[str, int, str, str]]:
        """First rows of the households for which neither this file nor the registry has a head."""
        if not self.headless:
            return []
        store = self.desk.store
        headed = {row[0] for row in store.each("SELECT id FROM household WHERE head_id IS NOT NULL")}

        return [
            first for key, first in self.headless.items()
            if (self.households.get(key) or store.value("SELECT id FROM household WHERE number = ?", (key,))) not in headed
        ]  # fmt: skip

    # -- what the whole file knows ------------------------------------------------------------------------

    def first_seen(self, id_number: str, sheet: str, row: int) -> str:
        """Words for where this ID stood before in the file, '' for nowhere; it is then known to stand in `row`."""
        place = self._places.number(sheet, row)
        first = self._seen.setdefault(_seen_as(id_number), place)
        return "" if first == place else self._places.words(first, sheet)

    def own_household(self) -> str:
        """A key for a household that the file gives no number."""
        self._own_households += 1
        return f"#{self._own_households}"

    def number_in(self, village_id: int, number: str) -> str:
        """A household's number, with its village where another village has a household of that short number."""
        if len(number) >= LEAST_OFFICIAL or self._owners.setdefault(number, village_id) == village_id:
            return number
        return f"{number}（{self.villages.names[village_id]}）"


def _seen_as(id_number: str) -> int | str:
    """Half of the memory of a text: 17 digits say all of a valid resident ID."""
    return int(id_number[:17]) if len(id_number) == 18 and id_number[:17].isdigit() else id_number


@dataclass(slots=True)
class _Taken:
    """What the registry knows of a chunk's people and households, and what the chunk brings to it."""

    known: Mapping[str, Row]
    registered: Mapping[str, Row]
    households: list[tuple[object, ...]] = field(default_factory=list)
    moved: list[tuple[object, ...]] = field(default_factory=list)
    stood: list[Row] = field(default_factory=list)
    people: list[tuple[object, ...]] = field(default_factory=list)
    changed: list[tuple[object, ...]] = field(default_factory=list)
    before: list[Row] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)
    heads: list[tuple[int, int]] = field(default_factory=list)
    guardians: list[tuple[object, ...]] = field(default_factory=list)


class _PeopleSheet:
    """One sheet of a people file: where its fields stand, and what its rows above say of the row at hand."""

    def __init__(self, intake: PeopleIntake, table: Table) -> None:
        columns = {name: place for place, name in enumerate(table.fields)}
        self._intake = intake
        self._sheet = table.sheet.name
        self._headings = table.headings
        self._cell = _CellReader(columns)
        self._households = _Households(columns, intake)
        self._village = self._village_of_sheet(table)
        self._village_before: int | None = None
        self._village_said = False
        self._village_here: int | None = None
        self._group_left: tuple[str, object] = ("", None)
        birth_heading = table.headings.get("birth", "")
        self._month_is_enough = "年月" in birth_heading and "日" not in birth_heading
        self._head_heading = table.headings.get("relation", table.headings.get("head", ""))
        self._groups: dict[object, tuple[int | None, str]] = {}
        self._relations: dict[object, tuple[str, bool]] = {None: ("", False)}
        self._digest = digester(table.fields)
        self._anchor = 0
        self._doubtful = ""

    def ids(self, rows: Iterable[DataRow]) -> list[str]:
        """The IDs that the rows name, heads' too."""
        getters = (self._cell.id_number, self._cell.head_id)
        return sorted({read_id(get(row.cells))[0] for row in rows for get in getters} - {""})

    def numbers(self, rows: Iterable[DataRow]) -> list[str]:
        """The household numbers that the rows name."""
        return sorted({self._households.number(row.cells) for row in rows} - {""})

    def section(self, cells: Sequence[object]) -> None:
        """A line between the rows: a village's full name alone is the village of the rows under it."""
        written = [cell for cell in cells if cell is not None]
        found = self._intake.villages.named_alone(text_of(written[0])) if len(written) == 1 else None
        if found is not None:
            self._village = found

    def check(self, rows: Iterable[DataRow], taken: _Taken) -> None:
        """Check the rows; what is good goes to `taken`, what is wrong becomes findings."""
        intake, read, digest_of = self._intake, self._cell, self._digest
        known, headless, says_households = taken.known, intake.headless, self._households.are_said
        for number, cells, _ in rows:
            before = len(intake.findings), intake.cleaned
            id_number, is_resident = self._id_number(number, read.id_number(cells))
            old = known.get(id_number) if id_number else None
            name, key = self._name(number, read.name(cells), old)
            birth, sex = self._birth_and_sex(number, cells, id_number, is_resident)
            relation, is_head = self._relation(read.relation(cells))
            household, continues, is_head = self._households.of(cells, key, id_number, relation, is_head)
            stated = read.village(cells)
            village_id = self._village_of(number, stated, household, continues, old, taken)
            if household[0] not in "#@" and (place := village_id or self._village or self._village_before):
                household = intake.number_in(place, household)
            rejected = not name or not id_number or village_id is None
            household_id = intake.households.get(household)
            says_all = stated is not None and household[0] != "#"
            digest = digest_of(cells) if says_all else self._in_place(cells, household, continues, village_id)
            if old is not None and old[-2] == digest and not rejected:
                self._pass(before, household, old, taken, is_head=is_head)
                self._village_before = village_id
                continue
            if self._doubtful:
                self._doubt(number, cells, key, village_id)
            if says_households:
                if is_head and not rejected:
                    is_head = self._is_first_head(household)
                elif household_id is None and household not in headless:
                    headless[household] = (self._sheet, number, self._head_heading, relation)
            if rejected or village_id is None:
                if household_id is None:
                    self._group_left = (household, self._group_cell(household, cells))
                continue
            self._village_before = village_id
            intake.accepted += 1
            if household_id is None:
                group = self._group_cell(household, cells)
                household_id = self._household(household, village_id, group, old, taken, is_head=is_head)
            remark = text_in(read.remark(cells))
            died_on, is_dead = self._death(read.died_on(cells), remark)
            person = (
                name, key, household_id, relation, sex, birth, text_in(read.phone(cells)), remark, is_dead, died_on, digest,
                intake.run_id,
            )  # fmt: skip
            if old is None:
                person_id = self._bring(id_number, person, taken, is_resident=is_resident)
            else:
                person_id = old[0]
                self._update(old, person, taken)
            if is_head and (says_households or old is None):
                taken.heads.append((person_id, household_id))
            if read.has_guardians:
                taken.guardians += [(person_id, *one, intake.run_id) for one in read.guardians(cells)]

    def _bring(self, id_number: str, person: tuple[object, ...], taken: _Taken, *, is_resident: bool) -> int:
        """Somebody whom the registry did not know; gives their id."""
        intake = self._intake
        person_id = intake.next_person
        intake.next_person = person_id + 1
        kind = "resident" if is_resident else "other"
        taken.people.append((person_id, id_number, kind, *person, intake.run_id))
        return person_id

    def _pass(
        self, before: tuple[int, int], household: str, old: Row, taken: _Taken, *, is_head: bool
    ) -> None:
        """A row as an earlier run took it in: what became of the person since stays, and nothing is said of it again."""
        intake = self._intake
        said, intake.cleaned = before
        del intake.findings[said:]
        intake.accepted += 1
        intake.unchanged[old[-1]] += 1
        self._keep_household(household, old, taken, is_head=is_head)

    # -- cells, in the order of the table of DOMAIN §6 ----------------------------------------------------

    def _say(self, code: str, number: int, field_name: str, cell: object, **facts: object) -> None:
        heading = self._headings.get(field_name, "")
        self._intake.findings.append(
            finding(PEOPLE, code, self._sheet, number, heading, as_written(cell), facts)
        )

    def _id_number(self, number: int, cell: object) -> tuple[str, bool]:
        """(the ID, whether it is a resident's), or ("", False) when it was rejected or is a duplicate.

        A cell has one finding: where an old or another number is a duplicate, that is what keeps the row out.
        """
        intake = self._intake
        id_number, fault = read_id(cell)
        if fault is not None and fault not in ("id.fifteen", "id.other_document"):
            self._say(fault, number, "id_number", cell, length=len(id_number), birth=birth_in(id_number))
            self._doubtful = fault
            return "", False
        first = intake.first_seen(id_number, self._sheet, number)
        if first:
            self._say("id.duplicate", number, "id_number", cell, first=first)
            return "", False
        if fault is not None:
            self._say(fault, number, "id_number", cell, upgraded=id_number)
        elif id_number != cell:
            intake.cleaned += 1
        return id_number, fault != "id.other_document"

    def _is_first_head(self, household: str) -> bool:
        """Whether a head is the household's: the first one that is accepted is."""
        intake = self._intake
        if household in intake.waiting:
            intake.waiting.discard(household)
            return True
        return intake.headless.pop(household, None) is not None or household not in intake.households

    def _keep_household(self, household: str, old: Row, taken: _Taken, *, is_head: bool) -> None:
        """The household of an unchanged row, for the rows under it: the registered one of its number, else the person's."""
        intake = self._intake
        if household not in intake.households:
            registered = taken.registered.get(household)
            intake.households[household] = old[3] if registered is None else registered[0]
            if not is_head and household not in intake.headless:
                intake.waiting.add(household)
        if is_head:
            intake.headless.pop(household, None)
            intake.waiting.discard(household)

    def _doubt(self, number: int, cells: Sequence[object], name_key: str, village_id: int | None) -> None:
        """An ID that was rejected, with what else its row says, for the registry to make something of."""
        code, self._doubtful = self._doubtful, ""
        if code in DOUBTFUL_IDS:
            heading = self._headings.get("id_number", "")
            cell = self._cell.id_number(cells)
            self._intake.doubts.append(
                Doubt(self._sheet, number, "id_number", heading, cell, code, name_key, village_id)
            )

    def _in_place(
        self, cells: Sequence[object], household: str, continues: bool, village_id: int | None
    ) -> int:
        """The row's digest; what it does not say itself it owes to its section's village and its household's first row."""
        digest = self._digest(cells)
        own = digest
        if self._cell.village(cells) is None:
            digest = mixed(digest, village_id or 0)
        if household[0] == "#":
            if continues:
                return mixed(digest, self._anchor)
            self._anchor = own
        return digest

    def _name(self, number: int, cell: object, old: Row | None) -> tuple[str, str]:
        """The name as kept, '' when missing, and as compared."""
        if old is None and type(cell) is str and _ORDINARY(cell):
            return cell, cell
        name = "" if cell is None or isinstance(cell, ErrorCell) else clean_name(text_of(cell))
        key = name_key(name)
        if not key:
            self._say("name.missing", number, "name", cell)
            return "", ""
        if old is not None and key != old[2]:
            self._say("name.mismatch", number, "name", cell, known=old[1])
        elif name_is_odd(name):
            self._say("name.odd", number, "name", cell)
        if name != cell:
            self._intake.cleaned += 1
        return name, key

    def _birth_and_sex(
        self, number: int, cells: Sequence[object], id_number: str, is_resident: bool
    ) -> tuple[str | None, str]:
        """Both as the ID has them where there is one, with what the row says against it."""
        own = f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}" if is_resident else None
        cell = self._cell.birth(cells)
        birth = own if cell is None or cell == own else self._birth(number, cell, own)
        sex = ("男" if id_number[16] in "13579" else "女") if is_resident else ""
        cell = self._cell.sex(cells)
        return birth, sex if cell is None or cell == sex else self._sex(number, cell, sex)

    def _birth(self, number: int, cell: object, own: str | None) -> str | None:
        """The birth date; where there is a resident ID, the ID's own."""
        try:
            stated = read_past_day(cell, month_is_enough=self._month_is_enough)
        except NotDate:
            self._say("birth.unreadable", number, "birth", cell, birth=own or "空")
            return own
        if own is None:
            return stated if len(stated) == len("1949-12-31") else None
        if not own.startswith(stated):
            self._say("birth.mismatch", number, "birth", cell, birth=own)
        return own

    def _sex(self, number: int, cell: object, own: str) -> str:
        """男 or 女; where there is a resident ID, the ID's own. What is no sex is not compared."""
        stated = _SEXES.get(word_of(cell), "")
        if own and stated != own and (stated or isinstance(cell, ErrorCell)):
            self._say("sex.mismatch", number, "sex", cell, sex=own)
        return own or stated

    def _relation(self, cell: object) -> tuple[str, bool]:
        """The relation as kept, and whether it is the head's."""
        found = self._relations.get(cell)
        if found is None:
            word = self._intake.relations.meant(word_of(cell))
            found = self._relations[cell] = (word, word in HEAD_WORDS)
        return found

    def _death(self, cell: object, remark: str) -> tuple[str | None, int]:
        """The day of death as far as it is known, and whether the person has died at all (0 or 1)."""
        if cell is None or isinstance(cell, ErrorCell):
            return None, int(bool(remark) and is_death(remark))
        try:
            return read_past_day(cell), 1
        except NotDate:
            # a month or a year alone: dead, on a day that is not known
            return None, int(
                any(map(str.isdigit, text_of(cell))) or is_death(text_of(cell)) or is_death(remark)
            )

    # -- villages and households --------------------------------------------------------------------------

    def _village_of_sheet(self, table: Table) -> int | None:
        """The village of the rows that name none: the sheet's name, else the one full name in the titles above."""
        villages = self._intake.villages
        if "village" in table.columns:
            return villages.find(self._sheet)
        found = villages.named_alone(self._sheet)
        if found is not None:
            return found
        titles = [
            cell for number, cells in table.sheet.rows() if number < table.header.first for cell in cells if isinstance(cell, str)
        ] if table.header.first > 1 else []  # fmt: skip
        return villages.named_in(titles)

    def _village_of(
        self, number: int, cell: object, household: str, continues: bool, old: Row | None, taken: _Taken
    ) -> int | None:
        """The row's village: what it says, else its household's, else the sheet's, else what the registry knows.

        A household's village counts for all its rows, even when the row that names it is rejected for something else.
        """
        if cell is not None:
            found = self._village_here = self._intake.villages.find_or_take(cell)
            self._village_said = True
        elif continues and self._village_said:
            found = self._village_here
        else:
            self._village_said = False
            found = self._village or self._known_village(household, old, taken)
        if found is None:
            self._say("village.unknown", number, "village", cell)
        return found

    def _known_village(self, household: str, old: Row | None, taken: _Taken) -> int | None:
        """An empty cell keeps the old value: the village of the household or person that is known."""
        if household in taken.registered:
            return int(taken.registered[household][2])
        own = self._intake.households.get(household) or (None if old is None else old[3])
        if own is None:
            return None
        for fresh in taken.households:
            if fresh[0] == own:
                return int(str(fresh[2]))
        return int(self._intake.desk.store.value("SELECT village_id FROM household WHERE id = ?", (own,)))

    def _group_cell(self, household: str, cells: Sequence[object]) -> object:
        """The row's group, else that of its household's rejected rows above, which alone may have stated it."""
        cell = self._cell.group(cells)
        return self._group_left[1] if cell is None and self._group_left[0] == household else cell

    def _group(self, cell: object) -> tuple[int | None, str]:
        found = self._groups.get(cell)
        if found is None:
            text = text_in(cell)
            found = self._groups[cell] = (group_number(text) if text else None, text)
        return found

    def _household(
        self, key: str, village_id: int, group_cell: object, old: Row | None, taken: _Taken, *, is_head: bool
    ) -> int:
        """The id of a household that the file names for the first time: registered by number, by a known member, or new."""
        intake = self._intake
        group, group_text = self._group(group_cell)
        number = None if key[0] in "#@" else key
        was = None if intake.is_empty else self._registered(key, old, taken, is_head=is_head)
        if was is None:
            household_id = intake.next_household
            intake.next_household += 1
            taken.households.append((household_id, number, village_id, group, group_text, intake.run_id))
        else:
            household_id = was[0]
            now = (number or was[1], village_id, group if group_text else was[3], group_text or was[4])
            if self._households.are_said and now != was[1:]:
                taken.stood.append(was)
                taken.moved.append((*now, household_id))
        intake.households[key] = household_id
        return household_id

    def _registered(self, key: str, old: Row | None, taken: _Taken, *, is_head: bool) -> Row | None:
        """A household as the registry has it: (id, number, village, group number, group text).

        A household that came without a number is known by its member and gets the number that the file gives it, unless
        this member now heads a household and did not head that one: then they have left it.
        """
        if key in taken.registered:
            return taken.registered[key]
        store = self._intake.desk.store
        find = f"SELECT id, {', '.join(_HOUSEHOLD)} FROM household WHERE "
        if key[0] in "#@":
            member = taken.known.get(key[1:], old) if key[0] == "@" else old
            return None if member is None else store.row(find + "id = ?", (member[3],))
        found = store.row(find + "number = ?", (key,)) if key.endswith("）") else None
        if found is not None or old is None:
            return found
        return store.row(
            find + "id = ? AND number IS NULL AND (head_id = ? OR NOT ?)", (old[3], old[0], is_head)
        )

    def _update(self, old: Row, person: tuple[object, ...], taken: _Taken) -> None:
        """An empty cell keeps the old value; a death is not taken back by silence."""
        kept = old[1:]
        new = tuple(
            [fresh if fresh not in ("", None, 0) else was for was, fresh in zip(kept, person, strict=True)]
        )
        if new[:-2] == kept[:-2]:  # the digest and its run say nothing of the person
            return
        taken.before.append(old)
        taken.changed.append((*new, old[0]))
        if new[2] != old[3]:
            taken.left.append((old[0], old[3]))


class _CellReader:
    """One getter a field: the cell where the file has the column, else None."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        def getter(field_name: str) -> Callable[[Sequence[object]], object]:
            place = columns.get(field_name)
            return _nothing if place is None else itemgetter(place)

        self.name = getter("name")
        self.id_number = getter("id_number")
        self.head_id = getter("head_id")
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
                found.append((role, text_in(name), id_number, text_in(relation), text_in(reason)))
        return tuple(found)


def _nothing(_: Sequence[object]) -> None:
    return None


class _Households:
    """Which household a row belongs to, and whether it is the head's.

    By the household's number; else by the head's ID (key “@ID”); else rows that name the same head one after another, or
    relations under a head, are one household (key “#n”). A number that lost its digits to Excel is no number.
    """

    def __init__(self, columns: Mapping[str, int], intake: PeopleIntake) -> None:
        self._intake = intake
        self._number = columns.get("household_no")
        self._head = columns.get("head")
        self._head_id = columns.get("head_id")
        self._has_relation = "relation" in columns
        self.are_said = self._has_relation or not {"household_no", "head", "head_id"}.isdisjoint(columns)
        """Whether the file speaks of households; where it does not, everybody new is the head of an own one."""
        self._current = ""
        self._current_head = ""
        self._has_head = False

    def number(self, cells: Sequence[object]) -> str:
        """The household's number as compared, '' for none."""
        cell = None if self._number is None else cells[self._number]
        return "" if cell is None or lost_digits(cell) else word_of(cell)

    def of(
        self, cells: Sequence[object], name: str, id_number: str, relation: str, says_head: bool
    ) -> tuple[str, bool, bool]:
        """The row's household key, whether it continues the row above, and whether the row is the head's."""
        number = "" if self._number is None else self.number(cells)
        head = (
            ""
            if self._head is None or cells[self._head] is None
            else name_key(clean_name(text_of(cells[self._head])))
        )
        head_id = "" if self._head_id is None else read_id(cells[self._head_id])[0]
        if relation:
            is_head = says_head
        elif head_id:
            is_head = head_id == id_number
        else:
            is_head = bool(head) and head == name if self._head is not None else not self.are_said
        if number:
            key = number
        elif head_id:
            key = f"@{head_id}"
        elif head:
            same = bool(self._current) and head == self._current_head and not (is_head and self._has_head)
            key = self._current if same else self._intake.own_household()
        elif self.are_said and not is_head and self._current:
            key = self._current
        else:
            key = self._intake.own_household()
        continues = key == self._current
        self._has_head = is_head or (continues and self._has_head)
        self._current, self._current_head = key, head or (self._current_head if continues else "")
        return key, continues, is_head


def is_death(remark: str) -> bool:
    """Whether a remark says that this person has died (not that somebody else has)."""
    return any(part.strip() in DEAD_WORDS for part in re.split(r"[，,；;。、\s]", remark))
