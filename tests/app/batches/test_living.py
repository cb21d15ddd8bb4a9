"""What living with the registry means for a batch: merged records, old books, survival, open questions, decided hits."""

from datetime import date
from pathlib import Path

import pytest

from app.batches.queries import check_batch
from app.batches.sheet import CheckCode, CheckRow
from app.desk import Desk
from app.enrolment.use_cases import certify_person, suspend_uncertified
from app.intake.source import RunInUse
from app.registry.list_hits import Decision, list_hits
from app.registry.queries import find_people
from app.registry.use_cases import (
    decide_hit,
    import_accounts,
    import_history,
    import_list,
    import_people,
    merge_people,
    name_alias,
    record_head_death,
    record_move,
    undo_registry_run,
    unmerge_person,
)
from tests.app.batches.months import AGED, LAND, Month
from tests.app.registry.test_people import people_file, row
from tests.builders import card_number, id_number
from tests.sheets import workbook

DESTITUTE = "2082102"


@pytest.fixture
def month(admin: Desk) -> Month:
    made = Month(admin)
    made.policy()
    return made


def found(month: Month, batch: int, code: CheckCode, day: date | None = None) -> list[CheckRow]:
    sheet = check_batch(month.store, batch, day or month.clerk.today)
    return list(next(one for one in sheet.results if one.code == code).rows)


def merge(month: Month, kept: int, other: int) -> None:
    ids = [month.make.id_number_of(person) for person in (kept, other)]
    merge_people(month.clerk, keep=ids[0], other=ids[1], reason="派出所证明")


def past(month: Month, path: Path, *rows: tuple[int, str, float, str], code: str = AGED) -> None:
    """Payments of last month from an old workbook: person, name, yuan, account."""
    lines = [(name, month.make.id_number_of(person), yuan, account) for person, name, yuan, account in rows]
    file = workbook(path / "old.xlsx", ("名册", [("姓名", "身份证号", "金额", "账号"), *lines]))
    period = "2024-05" if code == AGED else "2023"
    assert import_history(month.clerk, path=file, program=code, period=period).answer["rejected"] == 0


def name_of(month: Month, person: int) -> str:
    return str(month.store.value("SELECT name FROM person WHERE id = ?", (person,)))


def test_two_records_of_one_person_stand_once_in_a_batch(month: Month) -> None:
    one, other, _ = month.aged(3)
    merge(month, one, other)
    rows = found(month, month.create(), CheckCode.TWICE_IN_BATCH)
    assert [(row.line, row.sentence) for row in rows] == [
        (2, "与本批次第 1 行是同一个人（两条记录已合并）。")
    ]


def test_what_one_record_was_paid_the_other_is_not_paid_again(month: Month) -> None:
    one, other = month.aged(1)[0], month.make.person(birth="19400501")
    first = month.create()
    month.make.enrolment(other, AGED)
    merge(month, one, other)
    third = month.aged(1)[0]
    second = month.create()
    rows = month.store.rows("SELECT person_id FROM payment WHERE batch_id = ?", (second,))
    assert rows == [(third,)]
    # a batch that was computed before the records were seen as one is stopped by the check
    unmerge_person(month.clerk, person=month.make.id_number_of(other), reason="弄错")
    third_batch = month.create()
    assert found(month, third_batch, CheckCode.TWICE_IN_PERIOD) == []
    merge(month, one, other)
    (row,) = found(month, third_batch, CheckCode.TWICE_IN_PERIOD)
    assert "已有同一个人的这一笔" in row.sentence
    assert first != second


def test_exclusions_see_both_records(month: Month) -> None:
    one = month.aged(1)[0]
    other = month.make.person(birth="19400501")
    month.make.enrolment(other, DESTITUTE, standing=True)
    with month.store.writing():
        month.store.execute(
            "INSERT INTO program_conflict (program_a, program_b, mode, scope) VALUES (?, ?, '互斥', 'person')"
            " ON CONFLICT DO NOTHING",
            tuple(sorted((AGED, DESTITUTE))),
        )
    batch = month.create()
    assert found(month, batch, CheckCode.CONFLICT) == []
    merge(month, one, other)
    assert len(found(month, batch, CheckCode.CONFLICT)) == 1


def test_last_period_is_known_from_old_books(month: Month, tmp_path: Path) -> None:
    same, dearer, fresh = month.aged(3)
    gone = month.make.person("赵四")
    account = str(month.store.value("SELECT number FROM account WHERE person_id = ?", (same,)))
    past(
        month, tmp_path, (same, name_of(month, same), 50.0, account), (dearer, name_of(month, dearer), 30.0, card_number(77)),
        (gone, "赵四", 50.0, ""),
    )  # fmt: skip
    batch = month.create()
    assert [row.name for row in found(month, batch, CheckCode.LAST_NEW)] == [name_of(month, fresh)]
    assert [row.name for row in found(month, batch, CheckCode.LAST_GONE)] == ["赵四"]
    assert [row.sentence for row in found(month, batch, CheckCode.LAST_AMOUNT)] == [
        "上期 30.00 元，本期 50.00 元，增 66%。"
    ]
    assert [row.name for row in found(month, batch, CheckCode.LAST_ACCOUNT)] == [name_of(month, dearer)]
    assert found(month, batch, CheckCode.LAST_NAME) == []
    assert found(month, batch, CheckCode.LAST_QUANTITY) == []
    assert (
        found(month, batch, CheckCode.LAST_VILLAGE) == []
    )  # 130 yuan then, 150 now: 15 %, which needs no word


def test_a_changed_name_is_told_and_what_old_books_do_not_say_is_not(month: Month, tmp_path: Path) -> None:
    person = month.aged(1)[0]
    past(month, tmp_path, (person, "王老五", 100.0, ""))
    batch = month.create()
    (row,) = found(month, batch, CheckCode.LAST_NAME)
    assert row.sentence == f"受益人上期“王老五”，本期“{name_of(month, person)}”。"
    assert found(month, batch, CheckCode.LAST_ACCOUNT) == []
    assert len(found(month, batch, CheckCode.LAST_VILLAGE)) == 1


def test_a_period_paid_by_old_books_is_not_paid_again(month: Month, tmp_path: Path) -> None:
    person = month.aged(1)[0]
    file = workbook(
        tmp_path / "old.xlsx",
        (
            "名册",
            [("姓名", "身份证号", "金额"), (name_of(month, person), month.make.id_number_of(person), 50.0)],
        ),
    )
    import_history(month.clerk, path=file, program=AGED, period="2024-06")
    (row,) = found(month, month.create(), CheckCode.TWICE_IN_PERIOD)
    assert "以前的发放" in row.sentence


def test_a_suspension_and_a_certificate_that_is_over_are_told(month: Month) -> None:
    one, other, fine = month.aged(3)
    suspend_uncertified(month.clerk, program=AGED, starts_on=date(2024, 6, 1), reason="未认证")
    for person, until in ((other, date(2024, 6, 10)), (fine, date(2025, 6, 30))):
        certify_person(month.clerk, person=month.make.id_number_of(person), program=AGED, until=until)
    month.make.enrolment(one, AGED)
    rows = found(month, month.create(), CheckCode.SURVIVAL, date(2024, 6, 11))
    assert sorted(row.sentence[len(row.name) :] for row in rows) == [
        " 因没有生存认证，从 2024-06-01 起暂停发放。",
        " 的生存认证到 2024-06-10 已过期。",
    ]


def test_an_open_question_is_told(month: Month) -> None:
    month.policy(LAND)
    head = month.make.person("王一")
    month.make.enrolment(head, LAND, target="household", quantity=25_000, standing=True)
    household = month.store.value("SELECT number FROM household WHERE head_id = ?", (head,))
    record_move(month.clerk, household=household, village="下溪村", on=date(2024, 6, 1), reason="搬迁")
    (row,) = found(month, month.create(LAND, "2024"), CheckCode.UNDECIDED)
    assert "2024-06-01" in row.sentence


def listed(month: Month, path: Path, *rows: tuple[str, str, str]) -> int:
    file = workbook(
        path / "dead.xlsx",
        ("名单", [("姓名", "身份证号", "死亡日期", "村"), *((*row, "上溪村") for row in rows)]),
    )
    return int(str(import_list(month.clerk, path=file, kind="deaths").answer["run"]))


def test_a_dismissed_hit_blocks_nobody_and_a_confirmed_near_one_does(month: Month, tmp_path: Path) -> None:
    alive, dead = month.aged(2)
    own = month.make.id_number_of(dead)
    wrong = own[:17] + ("0" if own[17] != "0" else "1")
    run = listed(
        month, tmp_path, (name_of(month, alive), month.make.id_number_of(alive), "2024-01-05"),
        (name_of(month, dead), wrong, "2024-01-05"),
    )  # fmt: skip
    batch = month.create()
    assert [row.line for row in found(month, batch, CheckCode.PERSON_DECEASED)] == [1]
    assert [row.line for row in found(month, batch, CheckCode.DEATH_NEAR)] == [2]
    decisions: list[tuple[int, Decision]] = [(alive, "dismissed"), (dead, "confirmed")]
    for person, decision in decisions:
        (hit,) = list_hits(month.store, person_id=person)
        decide_hit(
            month.clerk, entry=int(str(hit["entry"])), person=person, decision=decision, reason="已核实"
        )
    assert [row.line for row in found(month, batch, CheckCode.PERSON_DECEASED)] == [2]
    assert found(month, batch, CheckCode.DEATH_NEAR) == []
    with pytest.raises(RunInUse, match="已核实"):
        undo_registry_run(month.clerk, run_id=run)


def test_looser_near_hits_are_warned_of(month: Month, tmp_path: Path) -> None:
    person = month.aged(1)[0]
    listed(month, tmp_path, (name_of(month, person), id_number(400, "19410607"), "2024-01-05"))
    (row,) = found(month, month.create(), CheckCode.DEATH_NEAR)
    assert "姓名和村相同" in row.sentence


# -- what files bring -----------------------------------------------------------------------------------------


def test_remembered_words_are_read(desk: Desk, tmp_path: Path) -> None:
    name_alias(desk, kind="relation", alias="当家人", name="户主")
    name_alias(desk, kind="bank", alias="农商行", name="新昌农商银行")
    answer = import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1, 与户主关系="当家人"))).answer
    assert answer["findings"] == []
    assert desk.store.value("SELECT relation FROM person") == "户主"
    sheet = [
        ("姓名", "身份证号码", "银行账号", "开户银行"),
        (row(1)[3], id_number(1), card_number(1), "农商行"),
    ]
    import_accounts(desk, path=workbook(tmp_path / "b.xlsx", ("账户", sheet)))
    assert desk.store.value("SELECT bank FROM account") == "新昌农商银行"


def test_an_undo_stops_where_something_was_lived_since(desk: Desk, tmp_path: Path) -> None:
    run = int(str(import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1), row(2))).answer["run"]))
    son = int(
        str(
            import_people(desk, path=people_file(tmp_path / "b.xlsx", row(1, 联系电话="13911112222"))).answer[
                "run"
            ]
        )
    )
    record_head_death(
        desk, household=id_number(1), reason="证明", died_on=date(2024, 6, 1), head_missing=True
    )
    for one in (run, son):
        with pytest.raises(RunInUse, match="户变动"):
            undo_registry_run(desk, run_id=one)
    assert find_people(desk.store, id_number(2))


def test_an_undo_stops_where_records_were_merged(desk: Desk, tmp_path: Path) -> None:
    run = int(str(import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1), row(2))).answer["run"]))
    merge_people(desk, keep=id_number(1), other=id_number(2), reason="证明")
    with pytest.raises(RunInUse, match="人员合并"):
        undo_registry_run(desk, run_id=run)
    unmerge_person(desk, person=id_number(2), reason="弄错")
