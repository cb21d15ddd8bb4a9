"""Payments of earlier months and years: read by the rules of every file, kept out of the books, undone as a whole."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.intake.source import AlreadyImported, AlreadyUndone
from app.programs.queries import NoSuchProgram
from app.programs.use_cases import add_policies
from app.registry.queries import person_card, preview_history
from app.registry.use_cases import import_history, undo_history_run
from models.domain.period import PeriodTooCoarse
from tests.app.batches.months import AGED, LAND, POLICIES, Month
from tests.builders import Make, card_number, id_number
from tests.faults import contents, each_statement_failing
from tests.sheets import codes, workbook

HEADINGS = (
    "姓名",
    "身份证号",
    "补贴项目",
    "发放月份",
    "金额（元）",
    "发放日期",
    "发放结果",
    "失败原因",
    "账号",
)


@pytest.fixture
def make(desk: Desk) -> Make:
    """王一 and 王二, heads of households, and two policies."""
    add_policies(desk, tables=[POLICIES[AGED], POLICIES[LAND]], source_name="test")
    make = Make(desk)
    make.person("王一")
    make.person("王二")
    return make


def row(make: Make, person: int = 1, /, **cells: object) -> tuple[object, ...]:
    good: dict[str, object] = {
        "姓名": {1: "王一", 2: "王二"}[person], "身份证号": make.id_number_of(person), "补贴项目": "高龄津贴", "发放月份": "2023年11月",
        "金额（元）": 50.0, "发放日期": "2023-11-28", "发放结果": "成功", "失败原因": None, "账号": card_number(person),
    }  # fmt: skip
    return tuple({**good, **cells}[heading] for heading in HEADINGS)


def file_of(path: Path, *rows: tuple[object, ...]) -> Path:
    return workbook(path, ("历年", [("云溪镇历年发放",), HEADINGS, *rows]))


def take(desk: Desk, path: Path, *rows: tuple[object, ...], **about: Any) -> dict[str, Any]:
    return dict(import_history(desk, path=file_of(path, *rows), **about).answer)


def kept(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.store.rows(
        "SELECT g.code, m.period, m.person_id, m.owed_fen, m.paid_on, m.outcome FROM past_payment m JOIN program g"
        " ON g.id = m.program_id ORDER BY m.id"
    )


def test_old_payments_are_kept_and_stand_on_the_card(desk: Desk, make: Make, tmp_path: Path) -> None:
    answer = take(
        desk, tmp_path / "a.xlsx",
        row(make), row(make, 1, 发放月份="202312"), row(make, 2, 补贴项目="2130122", 发放月份="2023年", **{"金额（元）": "1,234.56"}),
        row(make, 2, 发放结果="退票", 失败原因="销户"),
        ("合计", None, None, None, 1384.56, None, None, None, None),
    )  # fmt: skip
    assert (answer["rows"], answer["accepted"], answer["accepted_fen"], answer["failed"]) == (4, 4, 133456, 1)
    assert answer["findings"] == []
    assert kept(desk) == [
        (AGED, "2023-11", 1, 5000, "2023-11-28", "paid"),
        (AGED, "2023-12", 1, 5000, "2023-11-28", "paid"),
        (LAND, "2023", 2, 123456, "2023-11-28", "paid"),
        (AGED, "2023-11", 2, 5000, "2023-11-28", "failed"),
    ]
    card = person_card(desk.store, 2)["past_payments"]
    assert [(one["program"], one["period"], one["reason"]) for one in card] == [  # type: ignore[attr-defined]
        (LAND, "2023", ""),
        (AGED, "2023-11", "销户"),
    ]
    assert desk.store.value("SELECT count(*) FROM payment") == 0
    assert desk.store.value("SELECT count(*) FROM voucher") == 0


@pytest.mark.parametrize(
    ("cells", "code", "accepted"),
    [
        ({}, None, 1),
        ({"身份证号": None}, "id.missing", 0),
        ({"身份证号": 330624195501010000.0}, "id.precision_lost", 0),
        ({"身份证号": id_number(77)}, "person.unknown", 0),
        ({"姓名": "王大"}, "name.mismatch", 1),
        ({"金额（元）": "待定"}, "amount.not_a_number", 0),
        ({"金额（元）": 0.0}, "amount.not_positive", 0),
        ({"金额（元）": 50.123}, "amount.decimals", 0),
        ({"补贴项目": None}, "program.missing", 0),
        ({"补贴项目": "没有的项目"}, "program.unknown", 0),
        ({"补贴项目": "残疾人"}, "program.unknown", 0),
        ({"发放月份": None}, "period.missing", 0),
        ({"发放月份": "去年"}, "period.unreadable", 0),
        ({"发放月份": "2023"}, "period.unreadable", 0),
        ({"发放月份": 202311.0}, None, 1),
        ({"发放日期": "去年"}, "paid_on.unreadable", 1),
        ({"发放日期": None}, None, 1),
        ({"发放结果": "不清楚"}, "outcome.unknown", 0),
        ({"发放结果": None}, None, 1),
    ],
)
def test_one_wrong_cell_gives_one_finding(
    desk: Desk, make: Make, tmp_path: Path, cells: dict[str, object], code: str | None, accepted: int
) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make, 1, **cells))
    assert codes(answer) == ([] if code is None else [(3, code)])
    assert answer["accepted"] == accepted


def test_a_file_of_one_program_and_period_needs_neither_column(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ("名册", [("姓名", "身份证号", "金额"), ("王一", make.id_number_of(1), 50.0)])
    )
    assert codes(preview_history(desk, path=path)) == [(2, "program.missing")]
    assert codes(preview_history(desk, path=path, program=AGED)) == [(2, "period.missing")]
    with pytest.raises(PeriodTooCoarse):
        preview_history(desk, path=path, program=AGED, period="2023")
    with pytest.raises(NoSuchProgram):
        preview_history(desk, path=path, program="无此项目")
    assert import_history(desk, path=path, program=AGED, period="2023-10").answer["accepted"] == 1
    # the same book may be another month's too; the same month again is refused
    assert import_history(desk, path=path, program=AGED, period="2023-09").answer["accepted"] == 1
    with pytest.raises(AlreadyImported):
        import_history(desk, path=path, program=AGED, period="2023-10")


def test_a_program_without_a_policy_is_read_by_the_period_itself(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    rows = [
        row(make, 1, 补贴项目="2081108", 发放月份=written)
        for written in ("2023年", "2023年二季度", "2023年6月")
    ]
    assert take(desk, tmp_path / "a.xlsx", *rows)["accepted"] == 3
    assert [one[1] for one in kept(desk)] == ["2023", "2023Q2", "2023-06"]


def test_a_payment_is_taken_over_once(desk: Desk, make: Make, tmp_path: Path) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make), row(make), row(make, 1, 发放结果="失败"))
    assert codes(answer) == [(4, "payment.duplicate")]
    assert "本表第 3 行" in answer["findings"][0]["sentence"]
    again = take(desk, tmp_path / "b.xlsx", row(make), row(make, 2))
    assert codes(again) == [(3, "payment.duplicate")]
    assert again["accepted"] == 1


def test_what_was_paid_here_is_not_taken_over(admin: Desk, tmp_path: Path) -> None:
    month = Month(admin)
    month.policy()
    person = month.aged(1)[0]
    month.create()
    name = month.store.value("SELECT name FROM person WHERE id = ?", (person,))
    rows = [(name, month.make.id_number_of(person), "高龄津贴", "2024-06", 50.0, None, None, None, None)]
    assert codes(take(month.clerk, tmp_path / "a.xlsx", *rows)) == [(3, "payment.duplicate")]


def test_a_households_program_is_once_a_household(desk: Desk, make: Make, tmp_path: Path) -> None:
    son = make.person("王三", household=make.household_of(1))
    about = {"补贴项目": "2130122", "发放月份": "2023"}
    son_row = ("王三", make.id_number_of(son), *row(make, 1, **about)[2:])
    assert codes(take(desk, tmp_path / "a.xlsx", row(make, 1, **about), son_row)) == [
        (4, "payment.duplicate")
    ]


def test_an_undo_takes_everything_back(desk: Desk, make: Make, tmp_path: Path) -> None:
    run = take(desk, tmp_path / "a.xlsx", row(make), row(make, 2))["run"]
    undo_history_run(desk, run_id=run)
    assert kept(desk) == []
    with pytest.raises(AlreadyUndone):
        undo_history_run(desk, run_id=run)
    assert take(desk, tmp_path / "a.xlsx", row(make), row(make, 2))["accepted"] == 2


def test_a_dry_run_and_a_fault_leave_nothing(desk: Desk, make: Make, tmp_path: Path) -> None:
    path = file_of(tmp_path / "a.xlsx", row(make), row(make, 2))
    before = contents(desk.store)
    assert preview_history(desk, path=path)["run"] is None
    assert contents(desk.store) == before
    each_statement_failing(desk.store, lambda: import_history(desk, path=path))
    assert date.fromisoformat(kept(desk)[0][4])
