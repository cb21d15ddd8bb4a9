"""A workbook fixed and dropped in again: what stands already is not read anew, what changed is, and what was wrong is said again."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.batches.use_cases import create_batch
from app.desk import Desk
from app.enrolment.use_cases import import_roster, undo_roster_run
from app.intake.findings import Finding
from app.intake.marked import write_marked_file
from app.intake.source import RunInUse
from app.registry.use_cases import import_accounts, import_people, undo_registry_run
from app.workbook.columns import ROSTER as ROSTER_FORM
from tests.app.enrolment.test_roster import LAND, make
from tests.app.intake.test_repairs import ACCOUNTS, ROSTER, account_row, roster_row
from tests.app.registry.test_people import HEADINGS as PEOPLE
from tests.app.registry.test_people import row as person
from tests.builders import Make, card_number, id_number
from tests.sheets import codes, workbook

__all__ = ["make"]

Rows = Sequence[Sequence[object]]


def people(
    desk: Desk, path: Path, *rows: Sequence[object], headings: Sequence[str] = PEOPLE
) -> dict[str, Any]:
    return dict(import_people(desk, path=workbook(path, ("底册", [headings, *rows]))).answer)


def accounts(desk: Desk, path: Path, *rows: Sequence[object]) -> dict[str, Any]:
    return dict(import_accounts(desk, path=workbook(path, ("清册", [ACCOUNTS, *rows]))).answer)


def roster(desk: Desk, path: Path, *rows: Sequence[object]) -> dict[str, Any]:
    book = workbook(path, ("名册", [ROSTER, *rows]))
    return dict(import_roster(desk, path=book, program=LAND, period="2024").answer)


def second(make: Make, **cells: object) -> tuple[object, ...]:
    mine = {"户主姓名": "王二", "身份证号码": make.id_number_of(2), "账号": card_number(2)}
    return roster_row(make, **{**mine, **cells})


def figures(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["rows"], answer["accepted"], answer["rejected"], answer["unchanged"]


# -- people -----------------------------------------------------------------------------------------------------


def test_only_what_changed_is_read_anew(desk: Desk, tmp_path: Path) -> None:
    wrong = person(3, 身份证号码=id_number(3)[:-1])
    odd = person(2, 性别="女")
    first = people(desk, tmp_path / "a.xlsx", person(1), odd, wrong)
    assert figures(first) == (3, 2, 1, 0)
    then = people(desk, tmp_path / "b.xlsx", person(1), odd, person(3), person(4))
    assert figures(then) == (4, 4, 0, 2)
    assert codes(then) == []  # the warning of the unchanged row was said before
    assert then["updated"] == 0
    assert desk.store.rows("SELECT run_id, earlier_run, rows FROM import_unchanged") == [
        (then["run"], first["run"], 2)
    ]


def test_findings_of_unchanged_rejected_rows_are_said_again(desk: Desk, tmp_path: Path) -> None:
    wrong = person(3, 身份证号码=id_number(3)[:-1])
    first = people(desk, tmp_path / "a.xlsx", person(1), wrong)
    then = people(desk, tmp_path / "b.xlsx", wrong, person(1), person(2))
    assert [code for _, code in codes(first)] == [code for _, code in codes(then)]
    assert figures(then) == (3, 2, 1, 1)


def test_an_unchanged_row_takes_nothing_back(desk: Desk, tmp_path: Path) -> None:
    """What the office learnt since stays: the row says nothing new."""
    people(desk, tmp_path / "a.xlsx", person(1), person(2))
    with desk.store.writing():
        desk.store.execute("UPDATE person SET phone = '13900000000' WHERE id = 1")
    then = people(desk, tmp_path / "b.xlsx", person(1), person(2, 联系电话="13700000000"))
    assert figures(then) == (2, 2, 0, 1)
    assert [row[0] for row in desk.store.rows("SELECT phone FROM person ORDER BY id")] == [
        "13900000000",
        "13700000000",
    ]


def test_a_row_that_is_as_it_was_before_the_last_change_is_a_change(desk: Desk, tmp_path: Path) -> None:
    people(desk, tmp_path / "a.xlsx", person(1))
    people(desk, tmp_path / "b.xlsx", person(1, 联系电话="13700000000"))
    then = people(desk, tmp_path / "c.xlsx", person(1), person(2))
    assert figures(then) == (2, 2, 0, 0)
    assert desk.store.value("SELECT phone FROM person WHERE id = 1") == "13800000000"


def test_columns_in_another_order_and_rows_in_another_place(desk: Desk, tmp_path: Path) -> None:
    people(desk, tmp_path / "a.xlsx", person(1), person(2), person(3))
    headings = ("序号", *reversed(PEOPLE))
    rows = [(place, *reversed(person(serial))) for place, serial in enumerate((3, 1, 2), start=1)]
    then = people(desk, tmp_path / "b.xlsx", *rows, headings=headings)
    assert figures(then) == (3, 3, 0, 3)


def test_a_copied_row_is_a_duplicate_still(desk: Desk, tmp_path: Path) -> None:
    people(desk, tmp_path / "a.xlsx", person(1))
    then = people(desk, tmp_path / "b.xlsx", person(1), person(1))
    assert codes(then) == [(3, "id.duplicate")]
    assert figures(then) == (2, 1, 1, 1)


def test_a_household_whose_head_was_mended_gets_its_head(desk: Desk, tmp_path: Path) -> None:
    wife = person(2, 户编号="H1", 与户主关系="配偶", 性别="男")
    first = people(desk, tmp_path / "a.xlsx", wife, person(1, 身份证号码=None))
    assert codes(first) == [(2, "head.missing"), (3, "id.missing")]
    again = people(desk, tmp_path / "b.xlsx", wife, person(1, 身份证号码=None), person(5))
    assert codes(again) == [(3, "id.missing")]
    then = people(desk, tmp_path / "c.xlsx", wife, person(1))
    assert (codes(then), figures(then)) == ([], (2, 2, 0, 1))
    assert desk.store.rows(
        "SELECT p.name, h.name FROM person p JOIN household u ON u.id = p.household_id LEFT JOIN person h ON h.id = u.head_id"
        " WHERE u.number = 'H1' ORDER BY p.id"
    ) == [(f"张{chr(0x4E00 + 2)}", f"张{chr(0x4E00 + 1)}"), (f"张{chr(0x4E00 + 1)}",) * 2]


def test_members_without_a_number_belong_to_the_head_above(desk: Desk, tmp_path: Path) -> None:
    headings = ("村", "姓名", "与户主关系", "身份证号")
    one = [("上溪村", "张一", "户主", id_number(1)), ("上溪村", "张二", "配偶", id_number(2))]
    other = [("上溪村", "李一", "户主", id_number(3)), ("上溪村", "李二", "配偶", id_number(4)[:-1])]
    people(desk, tmp_path / "a.xlsx", *one, *other, headings=headings)
    mended = ("上溪村", "李二", "配偶", id_number(4))
    then = people(desk, tmp_path / "b.xlsx", *one, other[0], mended, headings=headings)
    assert (codes(then), figures(then)) == ([], (4, 4, 0, 3))
    # a member who now stands under another head has moved, though the row's own cells are the same
    moved = people(desk, tmp_path / "c.xlsx", one[0], other[0], mended, one[1], headings=headings)
    assert moved["unchanged"] == 3


def test_a_run_on_which_another_leans_stays(desk: Desk, tmp_path: Path) -> None:
    first = people(desk, tmp_path / "a.xlsx", person(1), person(2, 姓名=None))
    then = people(desk, tmp_path / "b.xlsx", person(1), person(2))
    with pytest.raises(RunInUse) as refused:
        undo_registry_run(desk, run_id=first["run"])
    assert f"第 {then['run']} 次导入" in refused.value.sentence
    undo_registry_run(desk, run_id=then["run"])
    undo_registry_run(desk, run_id=first["run"])
    assert desk.store.value("SELECT count(*) FROM person") == 0


def test_after_an_undo_the_row_is_new_again(desk: Desk, tmp_path: Path) -> None:
    first = people(desk, tmp_path / "a.xlsx", person(1))
    undo_registry_run(desk, run_id=first["run"])
    then = people(desk, tmp_path / "b.xlsx", person(1), person(2))
    assert figures(then) == (2, 2, 0, 0)


# -- accounts ---------------------------------------------------------------------------------------------------


def test_accounts(desk: Desk, make: Make, tmp_path: Path) -> None:
    mine = account_row(make, 账号=card_number(71))
    other = account_row(make, 户主姓名="王二", 身份证号码=make.id_number_of(2), 账号="123")
    first = accounts(desk, tmp_path / "a.xlsx", mine, mine, other)
    assert codes(first) == [(3, "row.repeated"), (4, "account.format")]
    mended = account_row(make, 户主姓名="王二", 身份证号码=make.id_number_of(2), 账号=card_number(72))
    then = accounts(desk, tmp_path / "b.xlsx", mine, mine, mended)
    assert (codes(then), figures(then)) == ([], (3, 3, 0, 2))
    conflict = accounts(desk, tmp_path / "c.xlsx", mine, account_row(make, 账号=card_number(73)))
    assert codes(conflict) == [(3, "account.conflict")]
    with pytest.raises(RunInUse):
        undo_registry_run(desk, run_id=first["run"])


def test_an_account_changed_since_is_changed_back(desk: Desk, make: Make, tmp_path: Path) -> None:
    accounts(desk, tmp_path / "a.xlsx", account_row(make, 账号=card_number(71)))
    accounts(desk, tmp_path / "b.xlsx", account_row(make, 账号=card_number(72)))
    then = accounts(
        desk, tmp_path / "c.xlsx", account_row(make, 账号=card_number(71)), account_row(make, 账号="1")
    )
    assert then["unchanged"] == 0
    opened = desk.store.value("SELECT number FROM account WHERE person_id = 1 AND valid_to IS NULL")
    assert opened == card_number(71)


# -- rosters ----------------------------------------------------------------------------------------------------


def test_a_mended_roster_is_no_duplicate_of_itself(desk: Desk, make: Make, tmp_path: Path) -> None:
    wrong = second(make, **{"补贴金额（元）": 999.0})
    first = roster(desk, tmp_path / "a.xlsx", roster_row(make), wrong)
    assert (codes(first), first["accepted_fen"]) == ([(3, "amount.mismatch")], 25145)
    create_batch(desk, program=LAND, period="2024")
    assert desk.store.value("SELECT count(*) FROM payment") == 1
    again = roster(desk, tmp_path / "b.xlsx", roster_row(make), second(make))
    assert (codes(again), figures(again)) == ([], (2, 2, 0, 1))
    assert again["accepted_fen"] == 2 * 25145
    assert again["accepted_fen_by_village"] == {"上溪村": 2 * 25145}
    assert desk.store.rows("SELECT person_id, run_id FROM enrolment ORDER BY person_id") == [
        (1, first["run"]),
        (2, again["run"]),
    ]


def test_a_changed_row_in_a_live_batch_is_a_duplicate(desk: Desk, make: Make, tmp_path: Path) -> None:
    roster(desk, tmp_path / "a.xlsx", roster_row(make))
    create_batch(desk, program=LAND, period="2024")
    changed = roster_row(make, **{"补贴面积（亩）": 5.0, "补贴金额（元）": 502.90})
    then = roster(desk, tmp_path / "b.xlsx", changed)
    assert codes(then) == [(2, "payment.duplicate")]
    assert desk.store.rows("SELECT computed_fen FROM enrolment") == [(25145,)]


def test_a_changed_row_without_a_batch_changes_the_enrolment(desk: Desk, make: Make, tmp_path: Path) -> None:
    roster(desk, tmp_path / "a.xlsx", roster_row(make), second(make))
    changed = roster_row(make, **{"补贴面积（亩）": 5.0, "补贴金额（元）": 502.90})
    then = roster(desk, tmp_path / "b.xlsx", changed, second(make))
    assert (codes(then), figures(then), then["updated"]) == ([], (2, 2, 0, 1), 1)
    assert [row[0] for row in desk.store.rows("SELECT computed_fen FROM enrolment ORDER BY person_id")] == [
        50290,
        25145,
    ]


def test_another_period_is_another_roster(desk: Desk, make: Make, tmp_path: Path) -> None:
    roster(desk, tmp_path / "a.xlsx", roster_row(make))
    book = workbook(tmp_path / "b.xlsx", ("名册", [ROSTER, roster_row(make)]))
    then = dict(import_roster(desk, path=book, program=LAND, period="2025").answer)
    assert figures(then) == (1, 1, 0, 0)


def test_the_copy_of_a_row_is_still_a_duplicate(desk: Desk, make: Make, tmp_path: Path) -> None:
    roster(desk, tmp_path / "a.xlsx", roster_row(make))
    then = roster(desk, tmp_path / "b.xlsx", roster_row(make), roster_row(make), second(make))
    assert codes(then) == [(3, "payment.duplicate")]
    assert figures(then) == (3, 2, 1, 1)


def test_a_stopped_enrolment_does_not_begin_again(desk: Desk, make: Make, tmp_path: Path) -> None:
    roster(desk, tmp_path / "a.xlsx", roster_row(make))
    with desk.store.writing():
        desk.store.execute("UPDATE enrolment SET state = 'stopped', stop_reason = '已退出'")
    then = roster(desk, tmp_path / "b.xlsx", roster_row(make), second(make))
    assert (codes(then), figures(then), then["accepted_fen"]) == ([], (2, 2, 0, 1), 25145)
    assert desk.store.rows("SELECT state FROM enrolment ORDER BY person_id") == [("stopped",), ("active",)]


def test_a_roster_on_which_another_leans_stays(desk: Desk, make: Make, tmp_path: Path) -> None:
    first = roster(desk, tmp_path / "a.xlsx", roster_row(make))
    then = roster(desk, tmp_path / "b.xlsx", roster_row(make), second(make))
    with pytest.raises(RunInUse):
        undo_roster_run(desk, run_id=first["run"])
    undo_roster_run(desk, run_id=then["run"])
    undo_roster_run(desk, run_id=first["run"])
    assert desk.store.value("SELECT count(*) FROM enrolment") == 0


# -- the marked workbook 错误回单 comes back mended ----------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["", "gb18030"])
def test_the_marked_workbook_comes_back_mended(desk: Desk, make: Make, tmp_path: Path, encoding: str) -> None:
    rows = [ROSTER, roster_row(make), second(make, 户主姓名=None)]
    if encoding:
        path = tmp_path / "a.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
    else:
        path = workbook(tmp_path / "a.xlsx", ("名册", rows))
    first: dict[str, Any] = dict(import_roster(desk, path=path, program=LAND, period="2024").answer)
    found = [Finding(**one) for one in first["findings"]]
    out, _ = write_marked_file(path, tmp_path / "marked.xlsx", ROSTER_FORM, found, first)
    book = openpyxl.load_workbook(out)
    sheet = next(
        one for one in book.worksheets if any(cell.value == "户主姓名" for row in one for cell in row)
    )
    heading = next(cell for row in sheet for cell in row if cell.value == "户主姓名")
    sheet.cell(heading.row + 2, heading.column).value = "王二"
    book.save(tmp_path / "mended.xlsx")
    then = dict(import_roster(desk, path=tmp_path / "mended.xlsx", program=LAND, period="2024").answer)
    assert (codes(then), figures(then)) == ([], (2, 2, 0, 1))
