"""The account file: what is said of each cell, whose number changes, what an undo puts back."""

from pathlib import Path

import pytest

from app.desk import Desk
from app.registry.use_cases import import_accounts, undo_registry_run
from tests.builders import Make, card_number, id_number
from tests.faults import each_statement_failing
from tests.sheets import codes, workbook

HEADINGS = ("村", "户主姓名", "身份证号码", "开户银行", "账号", "介质")


@pytest.fixture
def make(desk: Desk) -> Make:
    """Two heads without accounts: 王一 and 王二."""
    make = Make(desk)
    make.first = make.person("王一", account=None)  # type: ignore[attr-defined]
    make.second = make.person("王二", account=None)  # type: ignore[attr-defined]
    return make


def row(make: Make, **cells: object) -> tuple[object, ...]:
    good: dict[str, object] = {
        "村": "上溪村", "户主姓名": "王一", "身份证号码": make.id_number_of(1), "开户银行": "农商行", "账号": card_number(1), "介质": "卡",
    }  # fmt: skip
    return tuple({**good, **cells}[heading] for heading in HEADINGS)


def take(desk: Desk, path: Path, *rows: tuple[object, ...]) -> dict[str, object]:
    return dict(import_accounts(desk, path=workbook(path, ("表", [HEADINGS, *rows]))).answer)


BROKEN = card_number(1)[:-1] + str((int(card_number(1)[-1]) + 1) % 10)


@pytest.mark.parametrize(
    ("cells", "code", "accepted"),
    [
        ({"身份证号码": id_number(77)}, "person.unknown", 0),
        ({"身份证号码": 330624199001010017.0}, "id.precision_lost", 0),
        ({"户主姓名": "王十"}, "name.mismatch", 1),
        ({"户主姓名": None}, None, 1),
        ({"村": "别村"}, "village.unknown", 0),
        ({"账号": 6228580000000000019.0}, "account.precision_lost", 0),
        ({"账号": "62285800000000000A9"}, "account.format", 0),
        ({"账号": "1234567"}, "account.format", 0),
        ({"账号": None}, "account.missing", 0),
        ({"账号": BROKEN}, "account.luhn", 1),
        ({"账号": BROKEN, "介质": "存折"}, None, 1),
        ({"账号": "201028235905448"}, None, 1),
        ({"账号": 201028235905448.0}, None, 1),
        ({"账号": "6228 5800 0000 0000 " + card_number(1)[16:]}, None, 1),
    ],
)
def test_one_wrong_cell_gives_one_finding(
    desk: Desk, make: Make, tmp_path: Path, cells: dict[str, object], code: str | None, accepted: int
) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make, **cells))
    assert codes(answer) == ([(2, code)] if code else [])
    assert answer["accepted"] == accepted
    assert desk.store.value("SELECT count(*) FROM account") == accepted


def test_the_same_line_again_is_said_and_another_number_is_a_conflict(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make), row(make), row(make, 账号=card_number(2)))
    assert codes(answer) == [(3, "row.repeated"), (4, "account.conflict")]
    assert desk.store.rows("SELECT number FROM account") == [(card_number(1),)]


def test_a_number_of_another_household_is_shared_within_the_file_and_across_runs(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    other = {"户主姓名": "王二", "身份证号码": make.id_number_of(2)}
    answer = take(desk, tmp_path / "a.xlsx", row(make), row(make, **other))
    assert codes(answer) == [(3, "account.shared")]
    assert answer["accepted"] == 2
    third = make.person("王三", account=None)
    later = take(desk, tmp_path / "b.xlsx", row(make, 户主姓名="王三", 身份证号码=make.id_number_of(third)))
    assert codes(later) == [(2, "account.shared")]


def test_a_household_may_share_its_own_account(desk: Desk, make: Make, tmp_path: Path) -> None:
    member = make.person("王子", household=make.household_of(1), account=None)
    answer = take(
        desk, tmp_path / "a.xlsx", row(make), row(make, 户主姓名="王子", 身份证号码=make.id_number_of(member))
    )
    assert codes(answer) == []


def test_a_new_number_closes_the_old_account_and_undo_opens_it_again(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    take(desk, tmp_path / "a.xlsx", row(make))
    answer = take(desk, tmp_path / "b.xlsx", row(make, 账号=card_number(7)))
    found = desk.store.rows("SELECT number, valid_to IS NULL FROM account ORDER BY id")
    assert found == [(card_number(1), 0), (card_number(7), 1)]
    undo_registry_run(desk, run_id=int(str(answer["run"])))
    assert desk.store.rows("SELECT number, valid_to IS NULL FROM account") == [(card_number(1), 1)]


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, make: Make, tmp_path: Path) -> None:
    take(desk, tmp_path / "a.xlsx", row(make))
    path = workbook(tmp_path / "b.xlsx", ("表", [HEADINGS, row(make, 账号=card_number(7))]))
    assert each_statement_failing(desk.store, lambda: import_accounts(desk, path=path)) > 8
