"""Repairs: for each kind of damage the one number that the registry makes unique, and nothing where it does not."""

import csv
from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.enrolment.queries import preview_roster
from app.enrolment.use_cases import import_roster
from app.registry.queries import preview_accounts, preview_people
from app.registry.use_cases import import_accounts, import_people
from models.domain.idnumber import check_digit
from tests.app.enrolment.test_roster import LAND, OLD_AGE, make
from tests.builders import Make, card_number
from tests.sheets import codes, workbook

__all__ = ["make"]

ROSTER = ("村", "户主姓名", "身份证号码", "补贴面积（亩）", "补贴标准（元/亩）", "补贴金额（元）", "账号")
ACCOUNTS = ("村", "户主姓名", "身份证号码", "开户银行", "账号")
PEOPLE = ("村", "组", "姓名", "与户主关系", "身份证号码")


def roster_row(make: Make, **cells: object) -> tuple[object, ...]:
    good: dict[str, object] = {
        "村": "上溪村", "户主姓名": "王一", "身份证号码": make.id_number_of(1), "补贴面积（亩）": 2.5, "补贴标准（元/亩）": 100.58,
        "补贴金额（元）": 251.45, "账号": card_number(1),
    }  # fmt: skip
    return tuple({**good, **cells}[heading] for heading in ROSTER)


def roster(desk: Desk, path: Path, *rows: tuple[object, ...]) -> dict[str, Any]:
    return preview_roster(desk, path=workbook(path, ("名册", [ROSTER, *rows])), program=LAND, period="2024")


def proposed(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["code"], one["proposed"]) for one in answer["proposals"]]


def cut(number: str) -> float:
    """As Excel keeps a long number that somebody types."""
    return float(number[:15].ljust(len(number), "0"))


def other_digit(digit: str) -> str:
    return "8" if digit != "8" else "3"


def damaged_ids(number: str) -> dict[str, tuple[object, str]]:
    """Every kind of damage of an ID: (the cell, the code that it gets)."""
    return {
        "stored as a number": (float(number), "id.precision_lost"),
        "typed as a number": (cut(number), "id.precision_lost"),
        "scientific notation": (f"{float(number):.14E}".replace("E+0", "E+"), "id.format"),
        "O for 0": (number.replace("0", "O", 1), "id.format"),
        "a cross for the check digit": (number[:17] + "×", "id.format"),
        "one digit wrong": (number[:9] + other_digit(number[9]) + number[10:], "id.checksum"),
        "one digit of the day wrong": (number[:12] + "9" + number[13:], "id.date"),
        "neighbours swapped": (number[:14] + number[15] + number[14] + number[16:], "id.checksum"),
        "one digit missing": (number[:8] + number[9:], "id.length"),
        "one digit doubled": (number[:8] + number[8] + number[8:], "id.length"),
    }


def numeric_ids(first: str) -> list[str]:
    """Valid IDs of digits alone that begin so."""
    left = 17 - len(first)
    firsts = (f"{first}{serial:0{left}d}" for serial in range(10**left))
    return [one + check_digit(one) for one in firsts if check_digit(one) != "X"]


NUMBER, ALIKE = numeric_ids("330624195708190")[10:60:45]
"""Two IDs with the same first 15 digits."""


@pytest.mark.parametrize("kind", damaged_ids(NUMBER))
def test_a_damaged_id_of_a_registered_person(desk: Desk, make: Make, tmp_path: Path, kind: str) -> None:
    with desk.store.writing():
        desk.store.execute("UPDATE person SET id_number = ? WHERE id = 1", (NUMBER,))
    cell, code = damaged_ids(NUMBER)[kind]
    answer = roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=cell))
    assert codes(answer) == [(2, code)]
    assert proposed(answer) == [(2, code, NUMBER)]
    assert answer["proposals"][0]["proposal"] is None
    assert answer["accepted"] == 0
    assert NUMBER not in answer["proposals"][0]["why"]


@pytest.mark.parametrize("kind", damaged_ids(NUMBER))
@pytest.mark.parametrize("cells", [{"户主姓名": "王三"}, {"户主姓名": None}], ids=["another name", "no name"])
def test_nothing_is_proposed_for_another_name(
    desk: Desk, make: Make, tmp_path: Path, kind: str, cells: dict[str, object]
) -> None:
    with desk.store.writing():
        desk.store.execute("UPDATE person SET id_number = ? WHERE id = 1", (NUMBER,))
    cell, _ = damaged_ids(NUMBER)[kind]
    assert proposed(roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=cell, **cells))) == []


def two_of_one_name(desk: Desk, other: str) -> None:
    """王一 has NUMBER, and another 王一 of the village the other ID."""
    with desk.store.writing():
        desk.store.execute("UPDATE person SET id_number = ? WHERE id = 1", (NUMBER,))
        desk.store.execute(
            "UPDATE person SET id_number = ?, name = '王一', name_key = '王一' WHERE id = 2", (other,)
        )


def test_two_candidates_make_no_proposal(desk: Desk, make: Make, tmp_path: Path) -> None:
    two_of_one_name(desk, ALIKE)
    assert NUMBER[:15] == ALIKE[:15]
    answer = roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=cut(NUMBER)))
    assert proposed(answer) == []
    # a program that stores 16 digits tells them apart
    answer = roster(desk, tmp_path / "b.xlsx", roster_row(make, 身份证号码=float(NUMBER)))
    assert proposed(answer) == [(2, "id.precision_lost", NUMBER)]


def test_the_village_tells_two_alike_apart(desk: Desk, make: Make, tmp_path: Path) -> None:
    two_of_one_name(desk, ALIKE)
    with desk.store.writing():
        desk.store.execute("UPDATE household SET village_id = 2 WHERE id = 2")
    answer = roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=cut(NUMBER)))
    assert proposed(answer) == [(2, "id.precision_lost", NUMBER)]
    answer = roster(desk, tmp_path / "b.xlsx", roster_row(make, 身份证号码=cut(NUMBER), 村="石门村"))
    assert proposed(answer) == []


def test_two_one_slip_away_make_no_proposal(desk: Desk, make: Make, tmp_path: Path) -> None:
    other = NUMBER[:16] + other_digit(NUMBER[16])
    other += check_digit(other)
    written = NUMBER[:16] + other[16:17] + NUMBER[17]  # one digit from both, and nobody's
    two_of_one_name(desk, other)
    assert proposed(roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=written))) == []
    with desk.store.writing():
        desk.store.execute("UPDATE person SET name = '王二', name_key = '王二' WHERE id = 2")
    answer = roster(desk, tmp_path / "b.xlsx", roster_row(make, 身份证号码=written))
    assert proposed(answer) == [(2, "id.checksum", NUMBER)]


def test_who_stands_in_the_file_already_is_not_proposed(desk: Desk, make: Make, tmp_path: Path) -> None:
    number = make.id_number_of(1)
    answer = roster(
        desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=number[:8] + number[9:]), roster_row(make)
    )
    assert codes(answer) == [(2, "id.length")]
    assert proposed(answer) == []


def test_a_merged_record_is_nobody(desk: Desk, make: Make, tmp_path: Path) -> None:
    number = make.id_number_of(1)
    with desk.store.writing():
        desk.store.execute("UPDATE person SET merged_into = 2 WHERE id = 1")
    answer = roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码=number[:8] + number[9:]))
    assert proposed(answer) == []


def test_an_old_number_with_a_slip_of_the_pen(desk: Desk, make: Make, tmp_path: Path) -> None:
    with desk.store.writing():
        desk.store.execute("UPDATE person SET id_number = '130503196704010016' WHERE id = 1")
    answer = roster(desk, tmp_path / "a.xlsx", roster_row(make, 身份证号码="130503670401002"))
    assert codes(answer) == [(2, "person.unknown")]
    assert proposed(answer) == [(2, "person.unknown", "130503196704010016")]


def test_the_people_file_is_repaired_from_the_registry(desk: Desk, tmp_path: Path) -> None:
    good = [("上溪村", "1组", "王一", "户主", NUMBER)]
    import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", [PEOPLE, *good])))
    rows = [("上溪村", "1组", "王一", "户主", cut(NUMBER)), ("上溪村", "1组", "王二", "户主", cut(NUMBER))]
    answer = preview_people(desk, path=workbook(tmp_path / "b.xlsx", ("表", [PEOPLE, *rows])))
    assert proposed(answer) == [(2, "id.precision_lost", NUMBER)]


def test_nobody_is_known_to_a_first_people_file(desk: Desk, tmp_path: Path) -> None:
    rows = [("上溪村", "1组", "王一", "户主", NUMBER), ("上溪村", "1组", "王一", "户主", cut(NUMBER))]
    answer = import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", [PEOPLE, *rows]))).answer
    assert answer["proposals"] == []


# -- accounts ---------------------------------------------------------------------------------------------------

CARD = card_number(1)
OLD = "0201028235905448"


def account_row(make: Make, **cells: object) -> tuple[object, ...]:
    good: dict[str, object] = {
        "村": "上溪村", "户主姓名": "王一", "身份证号码": make.id_number_of(1), "开户银行": "新昌农商银行", "账号": CARD,
    }  # fmt: skip
    return tuple({**good, **cells}[heading] for heading in ACCOUNTS)


def accounts(desk: Desk, path: Path, *rows: tuple[object, ...]) -> dict[str, Any]:
    return preview_accounts(desk, path=workbook(path, ("清册", [ACCOUNTS, *rows])))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (float(CARD), "account.precision_lost"),
        (cut(CARD), "account.precision_lost"),
        (f"{float(CARD):.14E}", "account.format"),
        ("6.2E+18", "account.format"),
        (CARD.replace("0", "O", 2), "account.format"),
        (CARD[:-1] + other_digit(CARD[-1]), "account.luhn"),
        (CARD[:15] + "99" + CARD[17:], "account.luhn"),
        (CARD[:17] + CARD[18] + CARD[17], "account.luhn"),
    ],
)
def test_a_damaged_account_is_the_registered_one(
    desk: Desk, make: Make, tmp_path: Path, cell: object, code: str
) -> None:
    assert cell != CARD
    answer = accounts(desk, tmp_path / "a.xlsx", account_row(make, 账号=cell))
    assert codes(answer) == [(2, code)]
    assert proposed(answer) == [(2, code, CARD)]


def test_leading_zeros_lost_change_nothing_in_silence(desk: Desk, make: Make, tmp_path: Path) -> None:
    with desk.store.writing():
        desk.store.execute("UPDATE account SET number = ? WHERE person_id = 1", (OLD,))
    answer = accounts(desk, tmp_path / "a.xlsx", account_row(make, 账号=float(OLD)))
    assert codes(answer) == [(2, "account.precision_lost")]
    assert "开头的 0" in answer["findings"][0]["sentence"]
    assert proposed(answer) == [(2, "account.precision_lost", OLD)]
    # as text it is another account, as it always was
    assert codes(accounts(desk, tmp_path / "b.xlsx", account_row(make, 账号=OLD[1:]))) == []


@pytest.mark.parametrize("cell", [float(card_number(98765)), "6.3E+18", card_number(98765)])
def test_another_account_is_not_the_registered_one(
    desk: Desk, make: Make, tmp_path: Path, cell: object
) -> None:
    assert proposed(accounts(desk, tmp_path / "a.xlsx", account_row(make, 账号=cell))) == []


def test_a_damaged_account_in_a_roster(desk: Desk, make: Make, tmp_path: Path) -> None:
    answer = roster(desk, tmp_path / "a.xlsx", roster_row(make, 账号=float(CARD)))
    assert codes(answer) == [(2, "account.precision_lost")]
    assert proposed(answer) == [(2, "account.precision_lost", CARD)]
    assert answer["accepted"] == 1


def test_text_tables_are_doctored_too(desk: Desk, make: Make, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([ROSTER, roster_row(make, 身份证号码="3.30624E+17")])
    number = make.id_number_of(1)
    answer = preview_roster(desk, path=path, program=LAND, period="2024")
    assert codes(answer) == [(2, "id.format")]
    assert proposed(answer) == [(2, "id.format", number)]


def test_the_person_of_a_person_program_too(desk: Desk, make: Make, tmp_path: Path) -> None:
    make.person("李老", birth="19340101")
    number = make.id_number_of(3)
    rows = [
        ("村", "姓名", "身份证号码", "补贴金额（元）"),
        ("上溪村", "李老", number[:6] + number[7:], 100.0),
    ]
    answer = import_roster(
        desk, path=workbook(tmp_path / "a.xlsx", ("表", rows)), program=OLD_AGE, period="2024-06"
    ).answer
    assert codes(answer) == [(2, "id.length")]
    assert proposed(dict(answer)) == [(2, "id.length", number)]
    kept = desk.store.row(
        "SELECT run_id, sheet, row, field, column_name, written, proposed, state, taken_by_run FROM import_proposal"
    )
    assert kept == (
        answer["run"],
        "表",
        2,
        "id_number",
        "身份证号码",
        number[:6] + number[7:],
        number,
        "open",
        None,
    )


def test_lossless_clean_up_needs_no_proposal(desk: Desk, make: Make, tmp_path: Path) -> None:
    number = make.id_number_of(1)
    for place, cell in enumerate(
        (
            "'" + number,
            "\u202d" + number + "\u202c",
            number[:6] + " " + number[6:],
            "\xa0" + number + "\u200b",
            number.lower(),
        )
    ):
        answer = roster(desk, tmp_path / f"{place}.xlsx", roster_row(make, 身份证号码=cell))
        assert (codes(answer), proposed(answer)) == ([], [])


def test_an_account_that_the_run_changed_is_still_the_registered_one(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    slip = CARD[:-1] + other_digit(CARD[-1])
    answer = import_accounts(
        desk, path=workbook(tmp_path / "a.xlsx", ("清册", [ACCOUNTS, account_row(make, 账号=slip)]))
    ).answer
    assert codes(answer) == [(2, "account.luhn")]
    assert proposed(dict(answer)) == [(2, "account.luhn", CARD)]
    assert desk.store.value("SELECT number FROM account WHERE person_id = 1 AND valid_to IS NULL") == slip
