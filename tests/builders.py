"""Small true things for tests: `Make(desk).person()`, with valid IDs and accounts, in as few words as possible."""

from itertools import count

from app.desk import Desk
from models.domain.idnumber import check_digit
from models.domain.person_name import name_key


def id_number(serial: int, birth: str = "19550101", sex: str = "男") -> str:
    """A valid made-up resident ID; `serial` 0–499 keeps them apart."""
    first = f"330624{birth}{serial * 2 % 1000 // 2 * 2 + (1 if sex == '男' else 0):03d}"
    return first + check_digit(first)


def card_number(serial: int) -> str:
    """A valid 19-digit card number."""
    body = f"622858{serial:012d}"
    total = sum(
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


class Make:
    """Puts people, households, accounts and enrolments straight into the store of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store
        self._serial = count(1)

    def village(self, name: str = "上溪村") -> int:
        """The id of a village."""
        return int(self.store.value("SELECT id FROM village WHERE name = ?", (name,)))

    def person(
        self,
        name: str = "",
        *,
        household: int | None = None,
        village: str = "上溪村",
        birth: str = "19550101",
        sex: str = "男",
        account: str | None = "",
        head: bool = True,
    ) -> int:
        """A person; without a `household` the head of a new one, with an account of their own (None for none)."""
        serial = next(self._serial)
        name = name or f"张{chr(0x4E00 + serial)}"
        with self.store.writing():
            if household is None:
                household = self.store.insert(
                    "INSERT INTO household (number, village_id, group_number, group_text) VALUES (?, ?, 1, '1组')",
                    (f"3306241990010{serial:04d}", self.village(village)),
                )
            else:
                head = False
            person = self.store.insert(
                "INSERT INTO person (id_number, id_kind, name, name_key, household_id, relation, sex, birth)"
                " VALUES (?, 'resident', ?, ?, ?, ?, ?, ?)",
                (
                    id_number(serial, birth, sex), name, name_key(name), household, "户主" if head else "子", sex,
                    f"{birth[:4]}-{birth[4:6]}-{birth[6:]}",
                ),
            )  # fmt: skip
            if head:
                self.store.execute("UPDATE household SET head_id = ? WHERE id = ?", (person, household))
            if account is not None:
                self.store.execute(
                    "INSERT INTO account (person_id, number, holder, bank, valid_from) VALUES (?, ?, ?, '新昌农商银行', '2023-01-01')",
                    (person, account or card_number(serial), name),
                )
        return person

    def household_of(self, person: int) -> int:
        """The household of a person."""
        return int(self.store.value("SELECT household_id FROM person WHERE id = ?", (person,)))

    def id_number_of(self, person: int) -> str:
        """The ID of a person."""
        return str(self.store.value("SELECT id_number FROM person WHERE id = ?", (person,)))

    def program(self, code: str) -> int:
        """The id of a program."""
        return int(self.store.value("SELECT id FROM program WHERE code = ?", (code,)))

    def enrolment(
        self, person: int, code: str, *, target: str = "person", period: str = "2024-06", fen: int = 5000, quantity: int | None = None,
        grade: str = "", care_level: str = "", approved: int | None = None, cost: int | None = None, standing: bool = False,
    ) -> int:  # fmt: skip
        """An active enrolment of one period, or a standing one from 2024."""
        with self.store.writing():
            return self.store.insert(
                "INSERT INTO enrolment (program_id, target, person_id, household_id, period, valid_from, valid_to, quantity,"
                " grade, care_level, approved_fen, cost_fen, computed_fen) VALUES (?, ?, ?, ?, ?, '2024-01-01', NULL, ?, ?, ?, ?, ?, ?)",
                (
                    self.program(code), target, person, self.household_of(person), "" if standing else period, quantity, grade,
                    care_level, approved, cost, fen,
                ),
            )  # fmt: skip
