"""One sheet of a people file: its rows by the table of DOMAIN §6, their villages, their households."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from app.intake.cells import as_written, birth_in, read_id, read_past_day, text_in, text_of, word_of
from app.intake.checked_rows import READ_IDS
from app.intake.digests import digester, mixed
from app.intake.findings import PEOPLE, finding
from app.intake.repairs import DOUBTFUL_IDS, Doubt
from app.registry.people.fields import CellReader
from app.registry.people.file import PeopleFile, named_as
from app.registry.people.households import Households
from app.registry.people.taken import HOUSEHOLD, Taken
from app.workbook.columns import DataRow, Table
from app.workbook.reading import ErrorCell
from models.domain.dates import NotDate
from models.domain.division import group_number
from models.domain.person_name import clean_name, name_is_odd, name_key
from models.store.opening import Row

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

_SEXES: Final = {"男": "男", "女": "女", "男性": "男", "女性": "女", "1": "男", "2": "女"}

# Two to twenty Han letters: a name that needs no clean-up and is its own key.
_ORDINARY: Final = re.compile("[一-龥]{2,20}").fullmatch


class PeopleSheet:
    """One sheet of a people file: where its fields stand, and what its rows above say of the row at hand."""

    def __init__(self, file: PeopleFile, table: Table) -> None:
        columns = {name: place for place, name in enumerate(table.fields)}
        self._file = file
        self._sheet = table.sheet.name
        self._headings = table.headings
        self._cell = CellReader(columns)
        self._households = Households(columns, file)
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
        found = self._file.villages.named_alone(text_of(written[0])) if len(written) == 1 else None
        if found is not None:
            self._village = found

    def check(self, rows: Iterable[DataRow], taken: Taken) -> None:
        """Check the rows; what is good goes to `taken`, what is wrong becomes findings."""
        file, read, digest_of = self._file, self._cell, self._digest
        known, headless, says_households = taken.known, file.headless, self._households.are_said
        for number, cells, _ in rows:
            before = len(file.findings), file.cleaned
            id_number, is_resident = self._id_number(number, read.id_number(cells))
            old = known.get(id_number) if id_number else None
            name, key = self._name(number, read.name(cells), old)
            birth, sex = self._birth_and_sex(number, cells, id_number, is_resident)
            relation, is_head = self._relation(read.relation(cells))
            household, continues, is_head = self._households.of(cells, key, id_number, relation, is_head)
            stated = read.village(cells)
            village_id = self._village_of(number, stated, household, continues, old, taken)
            if household[0] not in "#@" and (place := village_id or self._village or self._village_before):
                household = file.number_in(place, household)
            rejected = not name or not id_number or village_id is None
            household_id = file.households.get(household)
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
            file.accepted += 1
            if household_id is None:
                group = self._group_cell(household, cells)
                household_id = self._household(household, village_id, group, old, taken, is_head=is_head)
            remark = text_in(read.remark(cells))
            died_on, is_dead = self._death(read.died_on(cells), remark)
            person = (
                name, key, household_id, relation, sex, birth, text_in(read.phone(cells)), remark, is_dead, died_on, digest,
                file.run_id,
            )  # fmt: skip
            if old is None:
                person_id = self._bring(id_number, person, taken, is_resident=is_resident)
            else:
                person_id = old[0]
                self._update(old, person, taken)
            if is_head and (says_households or old is None):
                taken.heads.append((person_id, household_id))
            if read.has_guardians:
                taken.guardians += [(person_id, *one, file.run_id) for one in read.guardians(cells)]

    def _bring(self, id_number: str, person: tuple[object, ...], taken: Taken, *, is_resident: bool) -> int:
        """Somebody whom the registry did not know; gives their id."""
        file = self._file
        person_id = file.next_person
        file.next_person = person_id + 1
        kind = "resident" if is_resident else "other"
        taken.people.append((person_id, id_number, kind, *person, file.run_id))
        return person_id

    def _pass(
        self, before: tuple[int, int], household: str, old: Row, taken: Taken, *, is_head: bool
    ) -> None:
        """A row as an earlier run took it in: what became of the person since stays, and nothing is said of it again."""
        file = self._file
        said, file.cleaned = before
        del file.findings[said:]
        file.accepted += 1
        file.unchanged[old[-1]] += 1
        self._keep_household(household, old, taken, is_head=is_head)

    # -- cells, in the order of the table of DOMAIN §6 ----------------------------------------------------

    def _say(self, code: str, number: int, field_name: str, cell: object, **facts: object) -> None:
        heading = self._headings.get(field_name, "")
        self._file.findings.append(
            finding(PEOPLE, code, self._sheet, number, heading, as_written(cell), facts)
        )

    def _id_number(self, number: int, cell: object) -> tuple[str, bool]:
        """(the ID, whether it is a resident's), or ("", False) when it was rejected or is a duplicate.

        A cell has one finding: where an old or another number is a duplicate, that is what keeps the row out.
        """
        file = self._file
        id_number, fault = read_id(cell)
        if fault not in READ_IDS:
            self._say(fault, number, "id_number", cell, length=len(id_number), birth=birth_in(id_number))
            self._doubtful = fault
            return "", False
        first = file.named.before(named_as(id_number), self._sheet, number)
        if first:
            self._say("id.duplicate", number, "id_number", cell, first=first)
            return "", False
        if fault is not None:
            self._say(fault, number, "id_number", cell, upgraded=id_number)
        elif id_number != cell:
            file.cleaned += 1
        return id_number, fault != "id.other_document"

    def _is_first_head(self, household: str) -> bool:
        """Whether a head is the household's: the first one that is accepted is."""
        file = self._file
        if household in file.waiting:
            file.waiting.discard(household)
            return True
        return file.headless.pop(household, None) is not None or household not in file.households

    def _keep_household(self, household: str, old: Row, taken: Taken, *, is_head: bool) -> None:
        """The household of an unchanged row, for the rows under it: the registered one of its number, else the person's."""
        file = self._file
        if household not in file.households:
            registered = taken.registered.get(household)
            file.households[household] = old[3] if registered is None else registered[0]
            if not is_head and household not in file.headless:
                file.waiting.add(household)
        if is_head:
            file.headless.pop(household, None)
            file.waiting.discard(household)

    def _doubt(self, number: int, cells: Sequence[object], name_key: str, village_id: int | None) -> None:
        """An ID that was rejected, with what else its row says, for the registry to make something of."""
        code, self._doubtful = self._doubtful, ""
        if code in DOUBTFUL_IDS:
            heading = self._headings.get("id_number", "")
            cell = self._cell.id_number(cells)
            self._file.doubts.append(
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
            self._file.cleaned += 1
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
            word = self._file.relations.meant(word_of(cell))
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
        villages = self._file.villages
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
        self, number: int, cell: object, household: str, continues: bool, old: Row | None, taken: Taken
    ) -> int | None:
        """The row's village: what it says, else its household's, else the sheet's, else what the registry knows.

        A household's village counts for all its rows, even when the row that names it is rejected for something else.
        """
        if cell is not None:
            found = self._village_here = self._file.villages.find_or_take(cell)
            self._village_said = True
        elif continues and self._village_said:
            found = self._village_here
        else:
            self._village_said = False
            found = self._village or self._known_village(household, old, taken)
        if found is None:
            self._say("village.unknown", number, "village", cell)
        return found

    def _known_village(self, household: str, old: Row | None, taken: Taken) -> int | None:
        """An empty cell keeps the old value: the village of the household or person that is known."""
        if household in taken.registered:
            return int(taken.registered[household][2])
        own = self._file.households.get(household) or (None if old is None else old[3])
        if own is None:
            return None
        for fresh in taken.households:
            if fresh[0] == own:
                return int(str(fresh[2]))
        return int(self._file.desk.store.value("SELECT village_id FROM household WHERE id = ?", (own,)))

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
        self, key: str, village_id: int, group_cell: object, old: Row | None, taken: Taken, *, is_head: bool
    ) -> int:
        """The id of a household that the file names for the first time: registered by number, by a known member, or new."""
        file = self._file
        group, group_text = self._group(group_cell)
        number = None if key[0] in "#@" else key
        was = None if file.is_empty else self._registered(key, old, taken, is_head=is_head)
        if was is None:
            household_id = file.next_household
            file.next_household += 1
            taken.households.append((household_id, number, village_id, group, group_text, file.run_id))
        else:
            household_id = was[0]
            now = (number or was[1], village_id, group if group_text else was[3], group_text or was[4])
            if self._households.are_said and now != was[1:]:
                taken.stood.append(was)
                taken.moved.append((*now, household_id))
        file.households[key] = household_id
        return household_id

    def _registered(self, key: str, old: Row | None, taken: Taken, *, is_head: bool) -> Row | None:
        """A household as the registry has it: (id, number, village, group number, group text).

        A household that came without a number is known by its member and gets the number that the file gives it, unless
        this member now heads a household and did not head that one: then they have left it.
        """
        if key in taken.registered:
            return taken.registered[key]
        store = self._file.desk.store
        find = f"SELECT id, {', '.join(HOUSEHOLD)} FROM household WHERE "
        if key[0] in "#@":
            member = taken.known.get(key[1:], old) if key[0] == "@" else old
            return None if member is None else store.row(find + "id = ?", (member[3],))
        found = store.row(find + "number = ?", (key,)) if key.endswith("）") else None
        if found is not None or old is None:
            return found
        return store.row(
            find + "id = ? AND number IS NULL AND (head_id = ? OR NOT ?)", (old[3], old[0], is_head)
        )

    def _update(self, old: Row, person: tuple[object, ...], taken: Taken) -> None:
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


def is_death(remark: str) -> bool:
    """Whether a remark says that this person has died (not that somebody else has)."""
    return any(part.strip() in DEAD_WORDS for part in re.split(r"[，,；;。、\s]", remark))
