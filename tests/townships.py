"""Townships made up from a seed, with their truth: what every import must answer, worked out without the program's rules.

A township is people by household, their accounts and rosters of seven programs, each workbook in a layout of its own
(DOMAIN §6) with faults put in on purpose. `Township(seed)` gives the files one by one and what must be found in them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from tests.layouts import Book, Cell, Layout

VILLAGES = ("上溪村", "下溪村", "石门村", "竹岙社区")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜合"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬凤建国志永海山"
RARE = ("古丽扎尔·吐尔逊", "卓玛·次仁央宗", "王𬭩", "何合计", "金总", "尤小计")
RELATIONS = ("配偶", "子", "女", "孙子", "父亲", "母亲", "儿媳")

Found = tuple[str, int, str]

_RULES: dict[str, dict[str, Any]] = {
    "2130122": {"frequency": "year", "target": "household", "family": "per_unit", "unit": "亩", "rate": "120.55"},
    "2081902": {
        "frequency": "month", "target": "household", "family": "top_up", "approved_amount": True, "conflicts": ["2082102"],
    },
    "2082102": {
        "frequency": "month", "target": "person", "family": "tiered", "by": "care_level",
        "tiers": {"全自理": "1298", "半护理": "1785", "全护理": "2321"}, "conflicts": ["2081902", "2081108"],
    },
    "2080502": {
        "frequency": "month", "target": "person", "family": "tiered", "by": "age",
        "tiers": {"80": "50", "90": "100", "100": "500"},
    },
    "2081108": {
        "frequency": "month", "target": "person", "family": "tiered", "by": "disability_grade",
        "tiers": {"一级": "500", "二级": "250"}, "conflicts": [{"program": "2080502", "mode": "提示"}],
    },
    "2130321": {"frequency": "quarter", "target": "person", "family": "fixed", "rate": "150"},
    "933062400001": {
        "name": "居家适老化改造补贴", "bank_short_name": "适老化改造", "department": "民政", "frequency": "once",
        "target": "household", "family": "share_of_cost", "by": "head_age", "tiers": {"60": "50%", "80": "60%"},
        "cap_per_household": "20000",
    },
}  # fmt: skip
POLICIES: list[dict[str, Any]] = [
    {"program": program, "document": f"新农〔2024〕{place}号", "from": date(2024, 1, 1), **rule}
    for place, (program, rule) in enumerate(_RULES.items(), start=1)
]
PERIODS = dict.fromkeys(_RULES, "2024-06")
LAST_DAY = date(2024, 6, 30)
# conflicts in force once all policies are in: (the roster, what excludes it, whether it rejects)
CONFLICTS = (
    ("2082102", "2081902", True),
    ("2081108", "2082102", True),
    ("2081108", "2080502", False),
)


def id_number(rng: Random, birth: date, sex: str) -> str:
    """A valid made-up resident ID."""
    serial = rng.randrange(0, 500) * 2 + (sex == "男")
    first = f"{rng.choice(('330624', '330783', '522631'))}{birth:%Y%m%d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        first
        + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]
    )


def card(rng: Random, *, good: bool = True) -> str:
    """A 19-digit card number, which passes Luhn or surely fails it."""
    body = "622858" + "".join(rng.choices("0123456789", k=12))
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return body + str((-total + (0 if good else 1)) % 10)


def id_of(line: "Line") -> str:
    """The true ID of whom a row names."""
    return line.person_or_fail.id_number


def digits_of(cell: Cell) -> str:
    """The digits of an account cell, however they were dressed."""
    return str(cell).translate(str.maketrans("０１２３４５６７８９", "0123456789", " \u00a0\u200b'"))


def is_card(number: str) -> bool:
    """Whether it passes Luhn at a card's length."""
    digits = [int(digit) for digit in reversed(number)]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(number) == 19 and total % 10 == 0


def half_up(value: Fraction) -> int:
    """Fen, halves away from zero."""
    return int(value * 100 + Fraction(1, 2))


@dataclass(eq=False)
class Person:
    """Somebody of the township, and whether the people file's row of them is good."""

    name: str
    id_number: str
    sex: str
    birth: date
    relation: str
    household: "Household"
    died_on: date | None = None
    kind: str = "resident"
    account: str = ""
    known_as: str = ""
    name_is_odd: bool = False
    lives_with: "Household | None" = None

    @property
    def accepted(self) -> bool:
        """Whether the registry has them."""
        return self.lives_with is not None

    @property
    def age(self) -> int:
        """Full years on the last day of June 2024."""
        return LAST_DAY.year - self.birth.year - ((self.birth.month, self.birth.day) > (6, 30))


@dataclass(eq=False)
class Household:
    """A household; its first member is the head."""

    number: str
    village: str
    group: int
    members: list[Person] = field(default_factory=list)
    registered_head: Person | None = None

    @property
    def head(self) -> Person:
        """The head 户主."""
        return self.members[0]


@dataclass(eq=False)
class Line:
    """A row of a workbook in the making: fields and their cells, what must be found in it, whether it is good."""

    cells: dict[str, Cell]
    person: Person | None = None
    codes: list[str] = field(default_factory=list)
    accepted: bool = True
    fen: int = 0
    stated: Fraction = Fraction(0)
    is_no_head: bool = False
    is_double: bool = False
    place: tuple[str, int] = ("", 0)

    def fault(self, code: str, *, rejects: bool, **cells: Cell) -> None:
        """Put a fault in."""
        self.cells |= cells
        self.codes.append(code)
        self.accepted = self.accepted and not rejects

    def forget(self, *codes: str) -> None:
        """These can no longer be found: what they would be compared with is gone."""
        self.codes = [code for code in self.codes if code not in codes]

    @property
    def person_or_fail(self) -> Person:
        """Whom the row names."""
        assert self.person is not None
        return self.person

    @property
    def born(self) -> date:
        """The birth of whom the row names."""
        return self.person_or_fail.birth

    @property
    def sex(self) -> str:
        """男 or 女."""
        return self.person_or_fail.sex

    @property
    def has_good_id(self) -> bool:
        """Whether the ID's cell can be read, whatever else is wrong with the row."""
        return not any(
            code.startswith("id.") and code not in ("id.fifteen", "id.other_document") for code in self.codes
        )


@dataclass
class Truth:
    """What an import must answer."""

    path: Path
    program: str = ""
    period: str = ""
    rows: int = 0
    accepted: int = 0
    findings: list[Found] = field(default_factory=list)
    fen: int = 0
    fen_by_village: Counter[str] = field(default_factory=Counter)


# -- the township -------------------------------------------------------------------------------------------------

# What the people file shows of a household: by its number, by its head's name or ID, or by relations alone.
NUMBERED = ("numbered", "merged", "number_and_head")
UNNUMBERED = ("head_named", "head_only", "head_id", "relations")


class Township:
    """One township: its households, and the workbooks it sends in the order people, accounts, rosters."""

    def __init__(self, seed: int, households: int = 32) -> None:
        rng = self.rng = Random(seed)
        self.seed = seed
        self.is_known = False
        self.styles: tuple[str, ...] = NUMBERED
        self.left_out: set[int] = set()
        self.villages = VILLAGES[: rng.randrange(1, 5)]
        self.is_founded_with_villages = rng.random() < 0.6
        self._ids: set[str] = set()
        self.enrolled: dict[str, set[int]] = {program: set() for program in PERIODS}
        short = rng.random() < 0.3
        self.starts_again = short
        self.households: list[Household] = []
        for village in self.villages:
            count = max(2, households // len(self.villages))
            for serial in range(1, count + 1):
                number = str(serial) if short else f"3306241990{VILLAGES.index(village):02d}{serial:05d}"
                household = Household(number, village, rng.randrange(1, 9))
                self._fill(household)
                self.households.append(household)

    @property
    def people(self) -> Iterable[Person]:
        """Everybody, in the order of the people file."""
        return (member for household in self.households for member in household.members)

    def new_id(self, birth: date, sex: str) -> str:
        """An ID that nobody here has."""
        while (made := id_number(self.rng, birth, sex)) in self._ids:
            pass
        self._ids.add(made)
        return made

    def _fill(self, household: Household) -> None:
        rng = self.rng
        names: set[str] = set()
        for place in range(rng.choice((1, 2, 2, 3, 4))):
            sex = rng.choice("男女")
            age = rng.choice((rng.randrange(30, 60), rng.randrange(60, 80), rng.randrange(80, 105)))
            if place:
                age = rng.choice((rng.randrange(0, 30), rng.randrange(30, 80), rng.randrange(80, 104)))
            birth = date(2024 - age, rng.randrange(1, 13), rng.randrange(1, 29))
            if birth > date(2024, 5, 1):
                birth = birth.replace(year=2023)
            name = ""
            while not name or name in names:
                name = rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))
                if rng.random() < 0.03:
                    name = rng.choice(RARE)
            names.add(name)
            relation = rng.choice(RELATIONS) if place else rng.choice(("户主", "户主", "本人"))
            person = Person(name, self.new_id(birth, sex), sex, birth, relation, household)
            if rng.random() < 0.06:
                person.died_on = date(2024, rng.randrange(3, 7), rng.randrange(1, 29))
            household.members.append(person)

    def registered(self) -> list[tuple[str | None, ...]]:
        """Everybody whom the people file brings: ID, name, village, the head's ID, day of death."""
        return [
            (
                person.id_number,
                person.known_as,
                person.lives_with.village,
                person.lives_with.registered_head.id_number if person.lives_with.registered_head else None,
                person.died_on.isoformat() if person.died_on else None,
            )
            for person in self.people
            if person.lives_with is not None
        ]

    def live_on(self) -> None:
        """A month passes: people get other names, move to other households and are born; a head's child takes over.

        Households without a number are known again by their head: those that have none yet are not in the next file.
        """
        rng = self.rng
        self.is_known = True
        if self.styles is UNNUMBERED:
            self.left_out = {id(one) for one in self.households if not one.head.accepted}
        for household in list(self.households):
            members = household.members
            event = rng.random()
            if event < 0.05:
                members[-1].name = "万俟改名"
            elif event < 0.1 and len(members) > 1:
                # who leaves for another household of the village
                mover = members.pop()
                other = rng.choice([one for one in self.households if one.village == household.village])
                other.members.append(mover)
                mover.household = other
                mover.relation = "儿媳"
            elif event < 0.15:
                birth = date(2024, 5, rng.randrange(1, 29))
                members.append(Person("陶新生", self.new_id(birth, "女"), "女", birth, "孙女", household))
            elif event < 0.2 and len(members) > 1 and members[1].kind == "resident" and members[1].accepted:
                members[0], members[1] = members[1], members[0]
                members[0].relation, members[1].relation = "户主", "父亲"

    # -- people ---------------------------------------------------------------------------------------------------

    def people_file(self, folder: Path) -> Truth:
        """Write the people file; from then on `accepted` of each person says who is registered."""
        rng = self.rng
        if not self.is_known:
            self.styles = NUMBERED if self.starts_again or rng.random() < 0.5 else UNNUMBERED
        style = rng.choice(self.styles)
        has_village = rng.random() < 0.7
        fields = ["serial", "group", "name", "sex", "id_number", "birth", "phone", "died_on", "remark"]
        fields += {
            "numbered": ["household_no", "relation"],
            "merged": ["household_no", "relation"],
            "number_and_head": ["household_no", "head"],
            "head_named": ["head", "relation"],
            "head_only": ["head"],
            "head_id": ["head", "head_id"],
            "relations": ["relation"],
        }[style]
        fields += ["village"] if has_village else []
        layout = Layout(rng, fields, by_village=not has_village or rng.random() < 0.4)
        if not has_village and layout.kind == "csv":
            layout = Layout(rng, fields, by_village=True, kind="xlsx")
        listed = [household for household in self.households if id(household) not in self.left_out]
        households = [self._people_lines(household, layout, style) for household in listed]
        self._spoil_people([line for lines in households for line in lines], layout, style, has_village)

        if style in ("numbered", "number_and_head", "head_id"):
            for lines in households:
                rng.shuffle(lines)
        book = Book(layout)
        truth = Truth(folder / "户籍底册")
        for village, group in self._by_sheet(layout, households, lambda lines: lines[0].person):
            sheet = village if layout.by_village else rng.choice(("Sheet1", "户籍底册"))
            if layout.kind == "csv":
                sheet = "户籍底册"
            book.begin(sheet, "云溪镇2024年户籍底册")
            for count, lines in enumerate(group, start=1):
                first = None
                for line in lines:
                    number = book.add(sheet, line.cells)
                    first = first or number
                    truth.rows += 1
                    truth.accepted += line.accepted
                    truth.findings += [(sheet, number, code) for code in line.codes]
                if first is not None and not self._has_head(lines, style):
                    truth.findings.append((sheet, first, "head.missing"))
                if first is not None and style == "merged":
                    for name in ("household_no", "village", "group"):
                        book.merge(sheet, name, first, number)
                book.pause(sheet, count)
            book.close(sheet)
        for lines in households:
            for line in lines:
                person = line.person_or_fail
                person.known_as = person.name if line.accepted else person.known_as
                person.lives_with = person.household if line.accepted else person.lives_with
            heads = [line.person for line in lines if self._is_accepted_head(line)]
            household = lines[0].person_or_fail.household
            household.registered_head = heads[0] if heads else household.registered_head
        for household in self.households:
            head = household.registered_head
            if head is not None and head.lives_with is not household:
                household.registered_head = None
        truth.path = book.write(truth.path)
        return truth

    def _has_head(self, lines: list[Line], style: str) -> bool:
        """Whether the household has a head after this file: one of its rows, or the one the registry knows it by."""
        if any(self._is_accepted_head(line) for line in lines):
            return True
        head = lines[0].person_or_fail.household.registered_head
        if head is None:
            return False
        return style in ("numbered", "merged", "number_and_head") or any(line.accepted for line in lines)

    @staticmethod
    def _is_accepted_head(line: Line) -> bool:
        person = line.person
        return (
            line.accepted and person is not None and person is person.household.head and not line.is_no_head
        )

    def _by_sheet(
        self, layout: Layout, groups: Sequence[Any], person_of: Callable[[Any], Person | None]
    ) -> list[tuple[str, list[Any]]]:
        """What stands on each sheet: one a village, or one with all."""
        if not layout.by_village:
            return [("", list(groups))]
        sheets: dict[str, list[Any]] = {village: [] for village in self.villages}
        for group in groups:
            person = person_of(group)
            sheets[person.household.village if person else self.villages[0]].append(group)
        return list(sheets.items())

    def _people_lines(self, household: Household, layout: Layout, style: str) -> list[Line]:
        rng = self.rng
        number: Cell = household.number
        if self.starts_again and rng.random() < 0.5:
            number = int(household.number)
        group = rng.choice(("{}组", "第{}组", "{}社", "{}")).format(household.group)
        lines = []
        for serial, person in enumerate(household.members, start=1):
            cells: dict[str, Cell] = {
                "serial": serial, "village": household.village, "group": group, "household_no": number,
                "head": household.head.name, "head_id": household.head.id_number, "name": layout.noisy(person.name),
                "relation": person.relation, "sex": person.sex, "id_number": layout.noisy(person.id_number),
                "birth": layout.day(person.birth), "phone": "13800000000",
                "died_on": person.died_on and layout.day(person.died_on),
            }  # fmt: skip
            if rng.random() < 0.1:
                cells["birth"] = None
            if rng.random() < 0.1:
                cells["sex"] = None
            line = Line(cells, person)
            lines.append(line)
            if person.kind == "other":
                line.codes.append("id.other_document")
            if person.known_as not in ("", person.name):
                line.codes.append("name.mismatch")
            elif person.name_is_odd:
                line.codes.append("name.odd")
        return lines

    def _spoil_people(self, lines: list[Line], layout: Layout, style: str, has_village: bool) -> None:
        """Put faults into about one row of five."""
        rng = self.rng
        faults: list[Callable[[Line], None]] = [
            *self._id_faults(layout),
            self._use_other_document,
            lambda line: line.fault("name.missing", rejects=True, name=rng.choice((None, " ", "\u3000"))),
            lambda line: self._use_odd_name(line, style),
            lambda line: line.fault("birth.unreadable", rejects=False, birth=rng.choice(("五五年", "1955-13-01", "55.1.1", "1955年", 12))),
            lambda line: line.fault("birth.mismatch", rejects=False, birth=layout.day(line.born.replace(day=line.born.day % 28 + 1))),
            lambda line: line.fault("sex.mismatch", rejects=False, sex="男" if line.sex == "女" else "女"),
        ]  # fmt: skip
        if has_village and self.is_founded_with_villages and (layout.by_village or not self.starts_again):
            faults.append(lambda line: self._use_unknown_village(line, style))
        spared = self.is_known and self.styles is UNNUMBERED
        free = [line for line in lines if not line.codes]
        free = [
            line
            for line in free
            if not (spared and line.person_or_fail is line.person_or_fail.household.head)
        ]
        rng.shuffle(free)
        for _ in range(len(free) // 6):
            rng.choice(faults)(free.pop())
        if style in ("numbered", "merged", "head_named"):
            for line in free[-2:]:
                if line.person is line.person_or_fail.household.head and not line.codes:
                    line.cells["relation"] = "其他"
                    line.is_no_head = True
        for later in free[:2]:
            household = later.person_or_fail.household
            earlier = [
                line
                for line in lines[: lines.index(later)]
                if line.has_good_id
                and line not in free[:2]
                and line.person_or_fail.household is not household
            ]
            if earlier and not later.codes:
                later.fault("id.duplicate", rejects=True, id_number=layout.noisy(id_of(rng.choice(earlier))))

    def _lose_digits(self, line: Line, layout: Layout, what: str) -> None:
        """A number where there should be text; in a text table Excel has left 3.30624E+17."""
        if what == "id" and line.person_or_fail.kind != "resident":
            return
        name, digits = ("id_number", id_of(line)[:17] + "0") if what == "id" else ("account", card(self.rng))
        if layout.kind == "csv":
            line.fault(f"{what}.format", rejects=True, **{name: f"{float(digits):.5E}"})
        else:
            line.fault(f"{what}.precision_lost", rejects=True, **{name: float(digits)})

    def _use_other_document(self, line: Line) -> None:
        number = self.rng.choice(("E{:08d}", "EA{:07d}", "{:09d}", "H{:010d}")).format(
            self.rng.randrange(10**6, 10**7)
        )
        if self.is_known or number in self._ids or line.person_or_fail is line.person_or_fail.household.head:
            return
        self._ids.add(number)
        line.person_or_fail.id_number, line.person_or_fail.kind = number, "other"
        line.fault("id.other_document", rejects=False, id_number=number)

    def _use_old_id(self, line: Line, *, rejects: bool) -> None:
        whole = id_of(line)
        if line.person_or_fail.kind != "resident" or whole[6:8] != "19":
            return
        old = whole[:6] + whole[8:17]
        line.fault("id.fifteen", rejects=rejects, id_number=self.rng.choice((old, int(old))))

    def _use_odd_name(self, line: Line, style: str) -> None:
        person = line.person_or_fail
        if person is person.household.head and style in ("number_and_head", "head_named", "head_only"):
            return
        if person.accepted:
            return
        person.name_is_odd = True
        person.name = self.rng.choice(("张？", "李□强", "王\ue000", "赵3", "钱", "长" * 21))
        line.fault("name.odd", rejects=False, name=person.name)

    def _use_unknown_village(self, line: Line, style: str) -> None:
        """A village nobody knows; in merged cells it would be the whole household's."""
        if style == "merged" and len(line.person_or_fail.household.members) > 1:
            return
        line.fault("village.unknown", rejects=True, village=self.rng.choice(("上溪", "无名村", "大上溪村")))

    # -- accounts -------------------------------------------------------------------------------------------------

    def accounts_file(self, folder: Path) -> Truth:
        """Write the account file; from then on `account` of each person is the registered number."""
        rng = self.rng
        who = rng.choice((["name"], ["holder"], ["head"], ["name", "holder"]))
        fields = ["serial", "group", "id_number", "account", "bank", *who]
        fields += ["village"] if (has_village := rng.random() < 0.7) else []
        fields += ["medium"] if (has_medium := rng.random() < 0.5) else []
        layout = Layout(rng, fields, by_village=rng.random() < 0.4)
        lines: list[Line] = []
        for household in self.households:
            number = card(rng)
            if rng.random() < 0.2:
                number = "2010" + "".join(rng.choices("0123456789", k=11))
            elif has_medium and rng.random() < 0.2:
                number = card(rng, good=False)
            for person in household.members:
                if person is household.head or rng.random() < 0.15:
                    lines.append(self._account_line(person, number, layout))
        faults: list[Callable[[Line], None]] = [
            *self._id_faults(layout),
            lambda line: line.fault("person.unknown", rejects=True, id_number=self.new_id(line.born, line.sex)),
            lambda line: line.fault("name.mismatch", rejects=False, **dict.fromkeys(who, "万俟某某")),
            lambda line: self._lose_digits(line, layout, "account"),
            lambda line: line.fault("account.format", rejects=True, account=rng.choice(("1234567", "未办卡", "62285800A0000000019", "1" * 33))),
            lambda line: line.fault("account.missing", rejects=True, account=rng.choice((None, "  "))),
            lambda line: line.fault("account.luhn", rejects=False, account=card(rng, good=False), medium="卡"),
        ]  # fmt: skip
        if has_village:
            faults.append(lambda line: line.fault("village.unknown", rejects=True, village="无名村"))
        for line in lines:
            if not line.person_or_fail.accepted:
                line.fault("person.unknown", rejects=True)
        free = [line for line in lines if not line.codes]
        rng.shuffle(free)
        for _ in range(len(free) // 6):
            rng.choice(faults)(free.pop())
        self._repeat_accounts(lines, free, layout)
        book = Book(layout)
        truth = Truth(folder / "账户清册")
        for village, group in self._by_sheet(layout, lines, lambda line: line.person):
            sheet = village if layout.by_village else "账户清册"
            book.begin(sheet, "云溪镇账户清册")
            for count, line in enumerate(group, start=1):
                line.place = (sheet, book.add(sheet, line.cells))
                book.pause(sheet, count)
            book.close(sheet)
        self._note(lines, truth)
        for line in lines:
            if line.accepted and "row.repeated" not in line.codes:
                line.person_or_fail.account = digits_of(line.cells["account"])
        truth.path = book.write(truth.path)
        return truth

    def _account_line(self, person: Person, number: str, layout: Layout) -> Line:
        name = layout.noisy(person.name)
        medium: Cell = self.rng.choice(("卡", "社保卡", None)) if is_card(number) else "存折"
        cells: dict[str, Cell] = {
            "serial": 1, "group": f"{person.household.group}组", "village": person.household.village, "name": name, "holder": name,
            "head": name, "id_number": layout.noisy(person.id_number), "bank": "新昌农商银行", "medium": medium,
            "account": layout.noisy(number),
        }  # fmt: skip
        if len(number) <= 15 and self.rng.random() < 0.5:
            cells["account"] = int(number)
        return Line(cells, person)

    def _repeat_accounts(self, lines: list[Line], free: list[Line], layout: Layout) -> None:
        """The same line again, another number of the same person, and a number of another household."""
        rng = self.rng
        for code in ("row.repeated", "account.conflict", "account.shared", "account.shared"):
            if len(free) < 2:
                return
            one, two = free.pop(), free.pop()
            first, later = sorted((one, two), key=lines.index)
            # what others say of this number would no longer be plain
            number = digits_of(first.cells["account"])
            if code == "account.shared":
                if first.person_or_fail.household is later.person_or_fail.household or not is_card(number):
                    continue
                later.fault(code, rejects=False, account=layout.noisy(number), medium="卡")
                continue
            again = Line(dict(first.cells), first.person)
            if code == "account.conflict":
                again.fault(code, rejects=True, account=card(rng))
            else:
                again.fault(code, rejects=False)
            # on the same sheet, below
            same = [
                line
                for line in lines
                if line.person_or_fail.household.village == first.person_or_fail.household.village
            ]
            lines.insert(lines.index(same[-1]) + 1, again)

    @staticmethod
    def _note(lines: Iterable[Line], truth: Truth) -> None:
        for line in lines:
            truth.rows += 1
            truth.accepted += line.accepted
            truth.findings += [(*line.place, code) for code in line.codes]

    def _id_faults(self, layout: Layout) -> list[Callable[[Line], None]]:
        """What can be wrong with an ID by itself."""
        rng = self.rng
        return [
            lambda line: line.fault("id.missing", rejects=True, id_number=rng.choice((None, "  ", "\u3000"))),
            lambda line: self._lose_digits(line, layout, "id"),
            lambda line: self._spoil_id(line, "id.format", lambda whole: whole[:8] + rng.choice("O?号") + whole[9:]),
            lambda line: self._spoil_id(line, "id.length", lambda whole: rng.choice((whole[:13], whole[:16], whole[:17], whole[:17] + "12"))),
            lambda line: self._spoil_id(line, "id.date", lambda whole: whole[:10] + rng.choice(("1301", "0230", "0000")) + whole[14:]),
            lambda line: self._spoil_id(line, "id.checksum", lambda whole: whole[:17] + ("1" if whole[17] != "1" else "2")),
            lambda line: self._use_old_id(line, rejects=False),
        ]  # fmt: skip

    def _spoil_id(self, line: Line, code: str, spoil: Callable[[str], str]) -> None:
        if line.person_or_fail.kind == "resident":
            line.fault(code, rejects=True, id_number=spoil(id_of(line)))

    # -- rosters --------------------------------------------------------------------------------------------------

    def rosters(self, folder: Path) -> list[Truth]:
        """Write a roster a program, in the order of POLICIES; each one's accepted rows are enrolled for the next."""
        return [self._roster(folder, program) for program in PERIODS]

    def _roster(self, folder: Path, program: str) -> Truth:
        rng = self.rng
        of_household = _RULES[program]["target"] == "household"
        who = rng.choice((["name", "id_number"], ["full"]))
        if of_household:
            who = rng.choice((["name", "id_number"], ["head", "id_number"], ["head", "head_id"], ["full"]))
        is_full = who == ["full"]
        if is_full:
            who = ["head", "head_id", "payee_name", "payee_id", "name", "id_number", "phone"]
        fields = ["serial", "group", "amount", *who, *OWN_FIELDS[program]]
        fields += [name for name in ("village", "account", "bank", "remark", "rate") if rng.random() < 0.7]
        layout = Layout(rng, fields, by_village=rng.random() < 0.4)
        if is_full:
            layout.headings |= {
                "quantity": "数量",
                "rate": "标准",
                "name": "享受人",
                "id_number": "享受人身份证号",
            }
        if rng.random() < 0.2:
            layout.scale = 10_000
            layout.headings["amount"] = rng.choice(("金额", "补贴金额（万元）"))
        form = RosterForm(program, layout, tuple(who), is_full and of_household)

        lines = [self._roster_line(form, person) for person in self._beneficiaries(program, form)]
        self._spoil_roster(form, lines)
        self._compare_with_the_registry(form, lines)
        truth = Truth(folder / f"{program}发放花名册", program, PERIODS[program])
        self._write_roster(form, lines, truth)
        self.enrolled[program] = {id(line.person) for line in lines if line.accepted}
        for line in lines:
            if line.accepted:
                truth.fen += line.fen
                truth.fen_by_village[line.person_or_fail.household.village] += line.fen
        return truth

    def _beneficiaries(self, program: str, form: "RosterForm") -> list[Person]:
        """Whom a roster names: registered people (heads for household programs, sometimes another member) and a few others."""
        rng = self.rng
        found: list[Person] = []
        for household in self.households:
            head = household.registered_head
            if _RULES[program]["target"] == "household":
                member = rng.choice(household.members)
                named = member if rng.random() < 0.1 and form.may_name_members else head
                fits = [named] if named is not None and named.accepted and head is not None else []
                if program == "933062400001":
                    fits = [
                        one for one in fits if head is not None and head.kind == "resident" and head.age >= 60
                    ]
            else:
                fits = [one for one in household.members if one.accepted or rng.random() < 0.2]
                if program == "2080502":
                    fits = [one for one in fits if one.kind == "resident" and one.age >= 80]
                else:
                    fits = [one for one in fits if rng.random() < 0.4]
            found += fits
        return found

    def _roster_line(self, form: "RosterForm", person: Person) -> Line:
        rng, layout, household = self.rng, form.layout, person.household
        head = household.registered_head
        cells: dict[str, Cell] = {
            "serial": 1, "village": household.village, "group": f"{household.group}组", "bank": "新昌农商银行",
            "name": layout.noisy(person.name), "id_number": layout.noisy(person.id_number), "head": layout.noisy(person.name),
            "head_id": layout.noisy(person.id_number), "phone": "13800000000", "age": person.age,
        }  # fmt: skip
        if form.is_full:
            cells |= {"head": household.head.name, "head_id": household.head.id_number}
            cells |= {"payee_name": household.head.name, "payee_id": household.head.id_number}
            if form.head_may_stand_alone and person is head and rng.random() < 0.5:
                cells |= {"name": None, "id_number": None, "head": person.name, "head_id": person.id_number}
        line = Line(cells, person)
        payee_account = head.account if head is not None else ""
        if rng.random() < 0.8 and payee_account:
            cells["account"] = layout.noisy(payee_account)
        elif rng.random() < 0.3 and not payee_account:
            cells["account"] = card(rng)
        self._entitle(form, line)
        cells["amount"] = layout.money(line.stated)
        return line

    def _entitle(self, form: "RosterForm", line: Line) -> None:
        """What the program's rule gives, worked out here by hand."""
        rng, cells, person = self.rng, line.cells, line.person_or_fail
        rate = Fraction(0)
        match form.program:
            case "2130122":
                quantity = Fraction(rng.randrange(1, 2000), rng.choice((100, 100, 1000)))
                rate = Fraction("120.55")
                cells["quantity"] = rng.choice((float(quantity), f"{float(quantity):.15g}"))
                line.fen = half_up(quantity * rate)
            case "2081902":
                line.fen = rng.randrange(20000, 300000)
                cells["heads"] = rng.randrange(1, 5)
            case "2082102":
                grade, rate = rng.choice(
                    (("全自理", Fraction(1298)), ("半护理", Fraction(1785)), ("全护理", Fraction(2321)))
                )
                cells["care_level"] = rng.choice((grade, f" {grade}"))
                line.fen = half_up(rate)
            case "2080502":
                rate = Fraction(50 if person.age < 90 else 100 if person.age < 100 else 500)
                line.fen = half_up(rate)
                if rng.random() < 0.1:
                    cells["age"] = person.age + 1  # nobody is asked to write it right
            case "2081108":
                grades, rate = rng.choice(
                    (
                        (("一级", "1级", "Ⅰ级", "一", 1), Fraction(500)),
                        (("二级", "2级", "Ⅱ级", "二"), Fraction(250)),
                    )
                )
                cells["grade"] = rng.choice(grades)
                line.fen = half_up(rate)
            case "2130321":
                rate = Fraction(150)
                line.fen = half_up(rate)
            case _:
                cost = Fraction(rng.randrange(100000, 6000000), 100)
                head = person.household.registered_head
                share = Fraction(3, 5) if head is not None and head.age >= 80 else Fraction(1, 2)
                cells["cost"] = float(cost)
                line.fen = min(half_up(cost * share), 2_000_000)
        line.stated = Fraction(line.fen)
        if rate:
            cells["rate"] = rng.choice((float(rate), f"{float(rate):.2f}", f"{float(rate):.2f}元"))

    def _spoil_roster(self, form: "RosterForm", lines: list[Line]) -> None:
        """Put faults into about one row of five, then double a beneficiary."""
        rng, layout = self.rng, form.layout
        name_field, id_field = form.name_field, form.id_field

        def in_own(fault: Callable[[Line], None]) -> Callable[[Line], None]:
            """The fault in the cells that name the beneficiary, whatever these are called here."""

            def put(line: Line) -> None:
                if line.cells.get(id_field) is None:
                    return
                fault(line)
                if id_field != "id_number" and not form.is_full:
                    line.cells[id_field] = line.cells["id_number"]

            return put

        def rename(code: str, *names: Cell) -> Callable[[Line], None]:
            """Another name, or none, beside the ID."""

            def put(line: Line) -> None:
                if line.cells.get(id_field) is not None:
                    line.fault(code, rejects=True, **{name_field: rng.choice(names)})

            return put

        def state(line: Line, code: str, stated: Fraction, cell: Cell = "") -> None:
            """Another amount than the right one."""
            line.stated = stated
            line.fault(code, rejects=True, amount=cell if cell != "" else float(stated / 100 / layout.scale))

        faults: list[Callable[[Line], None]] = [
            *(in_own(fault) for fault in self._id_faults(layout)),
            in_own(lambda line: line.fault("person.unknown", rejects=True, id_number=self.new_id(line.born, line.sex))),
            rename("name.missing", None, " "),
            rename("name.mismatch", "万俟某某"),
            lambda line: state(line, "amount.not_a_number", Fraction(0), rng.choice((None, "待定", "三百元", "381.2元", "1,23.5"))),
            lambda line: state(line, "amount.not_positive", Fraction(rng.choice((0, -5000)))),
            lambda line: state(line, "amount.decimals", line.stated + Fraction(2, 5)),
        ]  # fmt: skip
        if form.program != "2081902":
            faults.append(lambda line: state(line, "amount.mismatch", line.stated + 100))
        if form.program == "2130122":
            faults.append(
                lambda line: line.fault(
                    "quantity.not_a_number", rejects=True, quantity=rng.choice((None, "约3亩", -1, 3.12345))
                )
            )
        if "village" in layout.order:
            faults.append(lambda line: line.fault("village.unknown", rejects=True, village="无名村"))
            if len(self.villages) > 1:
                faults.append(self._use_other_village)
        if "account" in layout.order:
            faults.append(
                lambda line: line.fault(
                    "account.format", rejects=False, account=rng.choice(("1234567", "未办卡"))
                )
            )
            faults.append(self._use_other_account)
            if layout.kind == "xlsx":
                faults.append(
                    lambda line: line.fault("account.precision_lost", rejects=False, account=float(card(rng)))
                )
        if "rate" in layout.order and form.program not in ("2081902", "933062400001"):
            faults.append(lambda line: line.fault("rate.mismatch", rejects=False, rate=line.fen / 100 + 1000))
        free = list(lines)
        rng.shuffle(free)
        for _ in range(len(lines) // 4):
            rng.choice(faults)(free.pop())
        if form.program in ("2080502", "933062400001"):
            self._add_the_young(form, lines)
        self._double(form, lines, free)

    def _use_other_village(self, line: Line) -> None:
        other = self.rng.choice(
            [one for one in self.villages if one != line.person_or_fail.household.village]
        )
        line.fault("village.mismatch", rejects=False, village=other)

    def _use_other_account(self, line: Line) -> None:
        head = line.person_or_fail.household.registered_head
        if head is not None and head.account:
            line.fault("account.mismatch", rejects=False, account=card(self.rng))

    def _add_the_young(self, form: "RosterForm", lines: list[Line]) -> None:
        """Somebody who is not old enough."""
        least = 80 if form.program == "2080502" else 60
        for household in self.households:
            head = household.registered_head
            if (
                head is not None
                and head.accepted
                and head.kind == "resident"
                and head.age < least
                and self.rng.random() < 0.1
            ):
                line = self._roster_line(form, head)
                line.fault("age.outside", rejects=True)
                lines.append(line)

    def _double(self, form: "RosterForm", lines: list[Line], free: list[Line]) -> None:
        """The same person again, or the same household by another member."""
        for line in [one for one in free if not one.codes and one.person_or_fail.accepted][:2]:
            again = self._roster_line(form, line.person_or_fail)
            again.is_double = True
            lines.append(again)

    def _compare_with_the_registry(self, form: "RosterForm", lines: list[Line]) -> None:
        """What must be found because of others: strangers, the dead, doubles, conflicts, missing accounts."""
        of_household = _RULES[form.program]["target"] == "household"
        if form.layout.by_village:
            lines.sort(key=lambda line: self.villages.index(line.person_or_fail.household.village))
        seen: set[int] = set()
        for line in lines:
            person = line.person_or_fail
            household = person.household
            known = line.has_good_id and "person.unknown" not in line.codes
            if known and not person.accepted:
                line.forget("name.mismatch", "village.mismatch", "account.mismatch", "id.fifteen")
                line.fault("person.unknown", rejects=True)
                known = False
            if known and not of_household and person.died_on and person.died_on < date(2024, 6, 1):
                line.forget(
                    "name.mismatch", "village.mismatch", "account.mismatch", "id.fifteen", "age.outside"
                )
                line.fault("person.deceased", rejects=True)
                known = False
            key = id(household) if of_household else id(person)
            if known and key in seen:
                line.forget(
                    "name.mismatch", "village.mismatch", "account.mismatch", "id.fifteen", "age.outside"
                )
                line.fault("payment.duplicate", rejects=True)
                known = False
            elif known:
                seen.add(key)
            if not known:
                if form.program in ("2080502", "933062400001"):
                    line.forget("amount.mismatch", "rate.mismatch")
                continue
            head = household.registered_head
            no_account = line.cells.get("account") is None or "account" not in form.layout.order
            if no_account and (head is None or not head.account):
                line.fault("account.missing", rejects=False)
            for program, other, rejects in CONFLICTS:
                if program == form.program and id(person) in self.enrolled[other]:
                    if "id.fifteen" in line.codes:
                        if not rejects:
                            continue  # the first finding of the cell stays
                        line.forget("id.fifteen")
                    line.fault("program.conflict", rejects=rejects)
                    break

    def _write_roster(self, form: "RosterForm", lines: list[Line], truth: Truth) -> None:
        rng, layout = self.rng, form.layout
        book = Book(layout)
        has_total = rng.random() < 0.7
        label = rng.choice(
            [name for name in layout.order if name in ("serial", "village", "name", "head", "group")]
        )
        whole = Fraction(0)
        sheets = self._by_sheet(layout, lines, lambda line: line.person)
        one_for_all = rng.random() < 0.3
        for place, (village, group) in enumerate(sheets):
            sheet = village if layout.by_village else truth.path.name
            sheet = sheet if layout.by_village or layout.kind == "csv" else "花名册"
            book.begin(sheet, "云溪镇2024年6月发放花名册")
            stated = Fraction(0)
            for count, line in enumerate(group, start=1):
                line.place = (sheet, book.add(sheet, line.cells))
                stated += line.stated
                if rng.random() < 0.05:
                    book.add(sheet, {label: "小计", "amount": 1})
                book.pause(sheet, count)
            whole += stated
            if has_total and (not one_for_all or place == len(sheets) - 1):
                total = whole if one_for_all else stated
                wrong = rng.random() < 0.2
                words = rng.choice(("合计", "合  计", "总计", "合计："))
                cell = layout.money(Fraction(half_up(total / 100) + (100 if wrong else 0)))
                number = book.add(sheet, {label: words, "amount": cell})
                if wrong:
                    truth.findings.append((sheet, number, "total.mismatch"))
                if rng.random() < 0.3:
                    book.add(sheet, {label: "金额大写：壹万贰仟元整"})
            book.close(sheet)
        self._note(lines, truth)
        truth.path = book.write(truth.path)


OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "2130122": ("quantity",), "2081902": ("heads",), "2082102": ("care_level",), "2080502": ("age",), "2081108": ("grade",),
    "2130321": (), "933062400001": ("cost",),
}  # fmt: skip


@dataclass(frozen=True)
class RosterForm:
    """How one roster names its beneficiaries."""

    program: str
    layout: Layout
    who: tuple[str, ...]
    head_may_stand_alone: bool

    @property
    def is_full(self) -> bool:
        """Whether it has all columns of DOMAIN §12."""
        return "payee_id" in self.who

    @property
    def name_field(self) -> str:
        """The column of the beneficiary's name."""
        return "name" if "name" in self.who else "head"

    @property
    def id_field(self) -> str:
        """The column of the beneficiary's ID."""
        return "id_number" if "id_number" in self.who else "head_id"

    @property
    def may_name_members(self) -> bool:
        """Whether a household may stand under another member's name."""
        return self.name_field == "name"
