"""What a run changed, field by field: in a dry run, after it, and after later runs and events changed it again."""

from datetime import date
from pathlib import Path
from typing import Any

from app.desk import Desk
from app.registry.queries import preview_accounts, preview_people
from app.registry.run_changes import changes_of_run, masked
from app.registry.use_cases import import_accounts, import_people, record_move
from tests.app.registry.test_people import people_file
from tests.app.registry.test_people import row as short_row
from tests.builders import card_number, id_number
from tests.faults import contents
from tests.sheets import workbook


def row(serial: int, **cells: object) -> tuple[object, ...]:
    """A good row whose household has an official number, the same in every village."""
    return short_row(serial, 户编号=f"33062419900{serial:04d}", **cells)


def run_of(done: Any) -> int:
    return int(done.answer["run"])


def diff(found: Any) -> list[tuple[Any, ...]]:
    return [(one["id"], one["field"], one["old"], one["new"]) for one in found]


def test_a_dry_run_says_what_it_would_change(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1), row(2)))
    before = contents(desk.store)
    update = people_file(
        tmp_path / "b.xlsx", row(1, 联系电话="13911112222", 备注="低保"), row(2, 联系电话=None, 村="下溪村"), row(3)
    )  # fmt: skip
    found = preview_people(desk, path=update, with_changes=True)["changes"]
    assert diff(found) == [
        (id_number(1), "phone", "13800000000", "13911112222"),
        (id_number(1), "remark", "", "低保"),
        (id_number(2), "village_id", "上溪村", "下溪村"),
    ]
    assert contents(desk.store) == before


def test_a_run_keeps_what_it_changed_when_later_ones_change_it_again(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    second = run_of(
        import_people(desk, path=people_file(tmp_path / "b.xlsx", row(1, 联系电话="13911112222")))
    )
    third = run_of(import_people(desk, path=people_file(tmp_path / "c.xlsx", row(1, 联系电话="13700000000"))))
    assert diff(changes_of_run(desk.store, second)) == [(id_number(1), "phone", "13800000000", "13911112222")]
    assert diff(changes_of_run(desk.store, third)) == [(id_number(1), "phone", "13911112222", "13700000000")]


def test_an_event_after_a_run_is_not_the_runs_change(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    run = run_of(import_people(desk, path=people_file(tmp_path / "b.xlsx", row(1, 村="下溪村"))))
    record_move(desk, household="330624199000001", village="石门村", on=date(2024, 6, 1), reason="搬迁")
    assert diff(changes_of_run(desk.store, run)) == [(id_number(1), "village_id", "上溪村", "下溪村")]


def test_a_new_account_is_told_as_a_change_of_number(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    headings = ("姓名", "身份证号码", "银行账号", "开户银行")

    def accounts(name: str, *cells: str) -> Path:
        return workbook(tmp_path / name, ("账户", [headings, (row(1)[3], id_number(1), *cells)]))

    import_accounts(desk, path=accounts("b.xlsx", card_number(1), "农商银行"))
    path = accounts("c.xlsx", card_number(2), "农商银行")
    assert diff(preview_accounts(desk, path=path, with_changes=True)["changes"]) == [
        (id_number(1), "number", card_number(1), card_number(2))
    ]
    renamed = accounts("d.xlsx", card_number(1), "工商银行")
    assert diff(preview_accounts(desk, path=renamed, with_changes=True)["changes"]) == [
        (id_number(1), "bank", "农商银行", "工商银行")
    ]


def test_what_a_screen_shows_is_masked() -> None:
    change = {
        "id": id_number(1),
        "name": "张三",
        "field": "phone",
        "field_name": "联系电话",
        "old": "13800000000",
        "new": "",
    }
    assert masked(change) == {
        **change,
        "id": id_number(1)[:6] + "********" + id_number(1)[-4:],
        "old": "138****0000",
        "new": "",
    }
    account = {**change, "field": "number", "old": card_number(1), "new": card_number(2)}
    assert masked(account)["old"] == "****" + card_number(1)[-4:]
