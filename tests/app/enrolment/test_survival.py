"""Survival certificates: who is due, who is suspended, who comes back with the missed months, once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.batches.use_cases import recompute_batch, submit_batch
from app.desk import Desk
from app.enrolment.queries import preview_survival, survival_due, suspensions
from app.enrolment.survival import CertificateEnded, NobodyIsDue, SurvivalReasonMissing
from app.enrolment.use_cases import (
    certify_person,
    import_survival,
    suspend_uncertified,
    undo_survival_run,
)
from app.intake.source import AlreadyUndone, RunInUse
from tests.app.batches.months import AGED, Month
from tests.builders import id_number
from tests.faults import contents, each_statement_failing
from tests.sheets import codes, workbook

UNTIL = date(2025, 6, 30)
JULY = date(2024, 7, 1)
REASON = "2024 年度认证截止 6 月 30 日仍未认证"
HEADINGS = ("姓名", "身份证号", "认证日期", "认证方式", "认证结果")


class Elders:
    """Three people of 84: one by a standing enrolment, two by the roster of June."""

    def __init__(self, admin: Desk) -> None:
        self.month = month = Month(admin)
        self.desk = month.clerk
        self.store = month.store
        month.policy()
        month.fund()
        self.standing = month.make.person("王一", birth="19400501")
        self.enrolment = month.make.enrolment(self.standing, AGED, standing=True)
        self.listed, self.certified = month.aged(2)

    def on(self, day: str) -> Desk:
        return self.month.later(self.desk, day)

    def row(self, person: int, **cells: object) -> tuple[object, ...]:
        name = self.store.value("SELECT name FROM person WHERE id = ?", (person,))
        good: dict[str, object] = {
            "姓名": name, "身份证号": self.month.make.id_number_of(person), "认证日期": "2024-06-01", "认证方式": "上门", "认证结果": None,
        }  # fmt: skip
        return tuple({**good, **cells}[heading] for heading in HEADINGS)

    def file(self, path: Path, *rows: tuple[object, ...]) -> Path:
        return workbook(path, ("名单", [HEADINGS, *rows]))

    def take(self, path: Path, *people: int, desk: Desk | None = None) -> dict[str, Any]:
        path = self.file(path, *(self.row(person) for person in people))
        return dict(import_survival(desk or self.desk, path=path, program=AGED, until=UNTIL).answer)

    def suspend(self, desk: Desk | None = None) -> list[int]:
        done = suspend_uncertified(desk or self.desk, program=AGED, starts_on=JULY, reason=REASON)
        return [one["person"] for one in done.answer["people"]]  # type: ignore[attr-defined]

    def due(self, day: date = JULY) -> list[int]:
        return [one.person_id for one in survival_due(self.store, AGED, day)]

    def roster(self, period: str, *people: int) -> None:
        for person in people:
            self.month.make.enrolment(person, AGED, period=period)

    def paid(self, period: str, day: str) -> list[int]:
        """A batch of the period, submitted; gives who is in it."""
        clerk = self.on(day)
        self.month.clerk = clerk
        batch = self.month.create(AGED, period)
        submit_batch(clerk, batch_id=batch, reasons=self.month.reasons(batch))
        return self.people_in(batch)

    def people_in(self, batch: int) -> list[int]:
        rows = self.store.rows(
            "SELECT person_id FROM payment WHERE batch_id = ? ORDER BY person_id", (batch,)
        )
        return [row[0] for row in rows]

    def span(self) -> Any:
        return self.store.row(
            "SELECT valid_from, valid_to, state, stop_reason FROM enrolment WHERE id = ?", (self.enrolment,)
        )


@pytest.fixture
def elders(admin: Desk) -> Elders:
    return Elders(admin)


def test_who_is_due(elders: Elders, tmp_path: Path) -> None:
    assert elders.due() == [elders.standing, elders.listed, elders.certified]
    answer = elders.take(tmp_path / "a.xlsx", elders.certified)
    assert (answer["certified"], answer["due"], answer["restored"]) == (1, 2, [])
    assert elders.due() == [elders.standing, elders.listed]
    # when the certificate is over, so is its effect
    elders.roster("2025-07", elders.certified)
    assert elders.certified in elders.due(date(2025, 7, 1))


def test_a_suspension_cuts_from_its_day_and_not_before(elders: Elders, tmp_path: Path) -> None:
    elders.take(tmp_path / "a.xlsx", elders.certified)
    elders.roster("2024-07", elders.listed, elders.certified)
    assert elders.suspend() == [elders.standing, elders.listed]
    assert elders.span() == ("2024-01-01", "2024-06-30", "active", REASON)
    assert elders.paid("2024-06", "2024-06-20") == [elders.standing, elders.listed, elders.certified]
    assert elders.paid("2024-07", "2024-07-20") == [elders.certified]
    with pytest.raises(NobodyIsDue):
        elders.suspend()
    assert [(one["person"], one["ended_on"]) for one in suspensions(elders.store, AGED)] == [
        (elders.standing, None),
        (elders.listed, None),
    ]


def test_who_is_certified_later_gets_the_missed_months_once(elders: Elders, tmp_path: Path) -> None:
    elders.take(tmp_path / "a.xlsx", elders.certified)
    elders.roster("2024-07", elders.listed, elders.certified)
    elders.suspend()
    elders.paid("2024-06", "2024-06-20")
    elders.paid("2024-07", "2024-07-20")
    elders.roster("2024-08", elders.certified)
    elders.paid("2024-08", "2024-08-20")
    answer = elders.take(tmp_path / "b.xlsx", elders.standing, elders.listed, desk=elders.on("2024-09-10"))
    assert [(one["person"], one["periods"]) for one in answer["restored"]] == [
        (elders.standing, ["2024-07", "2024-08"]),
        (elders.listed, ["2024-07", "2024-08"]),
    ]
    assert elders.span() == ("2024-01-01", None, "active", "")
    assert elders.paid("2024-07", "2024-09-11") == [elders.standing, elders.listed]
    marked = elders.store.rows(
        "SELECT e.remark, e.suspension_id IS NOT NULL FROM payment m JOIN enrolment e ON e.id = m.enrolment_id"
        " WHERE m.period = '2024-07' AND m.person_id <> ?",
        (elders.certified,),
    )
    assert marked == [("补发：生存认证恢复", 1)] * 2
    assert elders.paid("2024-08", "2024-09-12") == [elders.standing, elders.listed]
    # suspended and restored again: what was back-paid is not back-paid twice
    suspend_uncertified(elders.on("2025-07-10"), program=AGED, starts_on=date(2025, 7, 1), reason=REASON)
    done = certify_person(
        elders.on("2025-07-11"), person=elders.month.make.id_number_of(elders.standing), program=AGED, until=date(2026, 6, 30)
    )  # fmt: skip
    assert done.answer["restored"][0]["periods"] == []  # type: ignore[index]


def test_a_draft_brings_the_restored_back_by_itself(elders: Elders, tmp_path: Path) -> None:
    elders.take(tmp_path / "a.xlsx", elders.certified)
    elders.roster("2024-07", elders.listed, elders.certified)
    elders.suspend()
    batch = elders.month.create(AGED, "2024-07")
    assert elders.people_in(batch) == [elders.certified]
    answer = elders.take(tmp_path / "b.xlsx", elders.listed, elders.standing)
    assert [one["periods"] for one in answer["restored"]] == [[], []]
    recompute_batch(elders.desk, batch_id=batch)
    assert elders.people_in(batch) == [elders.standing, elders.listed, elders.certified]


def test_what_a_later_roster_brought_stands(elders: Elders) -> None:
    elders.roster("2024-07", elders.listed)
    elders.suspend()
    elders.roster("2024-07", elders.listed)  # listed again in spite of the suspension
    certify_person(
        elders.desk, person=elders.month.make.id_number_of(elders.listed), program=AGED, until=UNTIL
    )
    rows = elders.store.rows(
        "SELECT state FROM enrolment WHERE person_id = ? AND period = '2024-07' ORDER BY id", (elders.listed,)
    )
    assert rows == [("stopped",), ("active",)]


@pytest.mark.parametrize(
    ("cells", "code", "certified"),
    [
        ({}, None, 1),
        ({"认证结果": "通过"}, None, 1),
        ({"认证日期": None}, None, 1),
        ({"认证结果": "未认证"}, "certified.not", 0),
        ({"认证结果": "再看看"}, "certified.unclear", 0),
        ({"认证日期": "上月"}, "certified_on.unreadable", 0),
        ({"认证日期": "2024-06-04"}, "certified_on.outside", 0),
        ({"身份证号": None}, "id.missing", 0),
        ({"身份证号": id_number(77)}, "person.unknown", 0),
        ({"姓名": "别人"}, "name.mismatch", 0),
        ({"姓名": None}, "name.missing", 0),
    ],
)
def test_one_wrong_cell_gives_one_finding(
    elders: Elders, tmp_path: Path, cells: dict[str, object], code: str | None, certified: int
) -> None:
    path = elders.file(tmp_path / "a.xlsx", elders.row(elders.standing, **cells))
    answer = preview_survival(elders.desk, path=path, program=AGED, until=UNTIL)
    assert codes(answer) == ([] if code is None else [(2, code)])
    assert answer["certified"] == certified


def test_the_dead_and_the_twice_listed_are_not_certified(elders: Elders, tmp_path: Path) -> None:
    with elders.store.writing():
        elders.store.execute(
            "UPDATE person SET is_dead = 1, died_on = '2024-05-01' WHERE id = ?", (elders.listed,)
        )
    answer = elders.take(tmp_path / "a.xlsx", elders.standing, elders.standing, elders.listed)
    assert codes(answer) == [(3, "id.duplicate"), (4, "person.deceased")]
    assert answer["certified"] == 1


def test_what_is_refused(elders: Elders, tmp_path: Path) -> None:
    with pytest.raises(SurvivalReasonMissing):
        suspend_uncertified(elders.desk, program=AGED, starts_on=JULY, reason=" ")
    path = elders.file(tmp_path / "a.xlsx", elders.row(elders.standing))
    with pytest.raises(CertificateEnded):
        import_survival(elders.desk, path=path, program=AGED, until=date(2024, 6, 2))


def test_an_undo_suspends_again(elders: Elders, tmp_path: Path) -> None:
    elders.take(tmp_path / "a.xlsx", elders.certified)
    elders.roster("2024-07", elders.certified)
    elders.suspend()
    elders.paid("2024-07", "2024-07-20")
    before = contents(elders.store)
    run = elders.take(tmp_path / "b.xlsx", elders.standing, elders.listed, desk=elders.on("2024-08-01"))[
        "run"
    ]
    assert elders.span()[1] is None
    undo_survival_run(elders.on("2024-08-01"), run_id=run)
    after = contents(elders.store)
    for table in ("enrolment", "suspension", "suspension_enrolment", "survival_certificate"):
        assert after[table] == before[table]
    with pytest.raises(AlreadyUndone):
        undo_survival_run(elders.on("2024-08-01"), run_id=run)


def test_an_undo_stops_where_money_stands_on_it(elders: Elders, tmp_path: Path) -> None:
    elders.take(tmp_path / "a.xlsx", elders.certified)
    elders.roster("2024-07", elders.certified)
    elders.suspend()
    elders.paid("2024-07", "2024-07-20")
    run = elders.take(tmp_path / "b.xlsx", elders.standing, desk=elders.on("2024-08-01"))["run"]
    elders.paid("2024-07", "2024-08-02")
    with pytest.raises(RunInUse) as refused:
        undo_survival_run(elders.on("2024-08-02"), run_id=run)
    assert "1 人" in refused.value.sentence


def test_a_fault_at_any_statement_leaves_nothing(elders: Elders, tmp_path: Path) -> None:
    path = elders.file(tmp_path / "a.xlsx", elders.row(elders.standing), elders.row(elders.listed))
    assert each_statement_failing(elders.store, elders.suspend) > 10
    each_statement_failing(
        elders.store, lambda: import_survival(elders.desk, path=path, program=AGED, until=UNTIL)
    )


def test_the_database_pays_a_missed_period_once(elders: Elders) -> None:
    elders.suspend()
    suspension = elders.store.value("SELECT min(id) FROM suspension")
    with pytest.raises(Exception, match="UNIQUE"), elders.store.writing():
        for _ in range(2):
            elders.store.execute(
                "INSERT INTO enrolment (program_id, target, person_id, household_id, period, valid_from, computed_fen, state,"
                " suspension_id) SELECT program_id, target, person_id, household_id, '2024-07', '2024-07-01', 5000, 'stopped', ?"
                " FROM enrolment WHERE id = ?",
                (suspension, elders.enrolment),
            )
    with pytest.raises(Exception, match="UNIQUE"), elders.store.writing():
        elders.store.execute(
            "INSERT INTO suspension (program_id, person_id, starts_on, reason, made_on, operator_id)"
            " SELECT program_id, person_id, starts_on, reason, made_on, operator_id FROM suspension WHERE id = ?",
            (suspension,),
        )
