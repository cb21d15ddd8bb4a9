"""享受对象结转: who goes on and who does not is told before it is done, done once, and a new roster finds what was carried."""

from datetime import date
from pathlib import Path

import pytest

from app.batches.use_cases import create_batch
from app.desk import Desk
from app.doctor import check_up
from app.programs.use_cases import add_policies
from app.reports.use_cases import submit_report
from app.yearend.enrolments import UnknownProgramToRoll, rolls
from app.yearend.papers import closing_sheets, roll_sheet
from app.yearend.use_cases import close_year, roll_year
from tests.app.batches.months import AGED, HOME, LAND, LOW, POLICIES, Month
from tests.app.ledger.lived import live

CLOSING = "2025-01-10"


@pytest.fixture
def month(admin: Desk) -> Month:
    return Month(admin)


def later(month: Month, day: str = CLOSING) -> Desk:
    return month.later(month.clerk, day)


def died(month: Month, person: int, day: str) -> None:
    with month.store.writing():
        month.store.execute("UPDATE person SET is_dead = 1, died_on = ? WHERE id = ?", (day, person))


def test_a_yearly_program_goes_on_with_its_differences(month: Month) -> None:
    month.policy(LAND)
    add_policies(
        month.clerk,
        tables=[
            {**POLICIES[LAND], "from": date(2025, 1, 1), "rate": "101.00", "document": "新农〔2025〕1号"}
        ],
        source_name="policies.toml",
    )
    people = [month.make.person() for _ in range(4)]
    old = [
        month.make.enrolment(one, LAND, target="household", period="2024", quantity=20_000, fen=20_116)
        for one in people
    ]
    with month.store.writing():
        month.store.execute("UPDATE household SET ended_on = '2024-09-01' WHERE head_id = ?", (people[1],))
    month.make.enrolment(people[2], LAND, target="household", period="2025", quantity=10_000)
    (plan,) = rolls(month.store, 2024)
    assert (plan.program, plan.old_period, plan.new_period, plan.stop) == (
        "耕地地力保护补贴",
        "2024",
        "2025",
        "",
    )
    told = {row.enrolment_id: (row.outcome, row.new_fen, row.sentence) for row in plan.rows}
    assert told[old[0]][:2] == ("changed", 20_200)
    assert "201.16 → 202.00 元" in told[old[0]][2]
    assert told[old[1]] == ("left_out", 0, "户已于 2024-09-01 注销")
    assert told[old[2]] == ("left_out", 0, "新一年的名册里已经有了")
    assert month.store.value("SELECT count(*) FROM enrolment") == 5, "looking changes nothing"
    sheet = roll_sheet(month.store, 2024, [plan], "")
    assert sheet.total[5:7] == [4 * 20_116, 2 * 20_200]
    assert [row[7] for row in sheet.rows] == ["不结转", "不结转", "金额变动", "金额变动"]

    done = roll_year(later(month), year=2024).answer
    assert (done["kept"], done["changed"], done["left_out"]) == (0, 2, 2)
    rows = month.store.rows(
        "SELECT person_id, valid_from, valid_to, quantity, computed_fen FROM enrolment WHERE period = '2025' AND quantity = 20000 ORDER BY id"
    )
    assert rows == [
        (people[0], "2025-01-01", "2025-12-31", 20_000, 20_200),
        (people[3], "2025-01-01", "2025-12-31", 20_000, 20_200),
    ]
    assert rolls(month.store, 2024) == []
    assert roll_year(later(month), year=2024).answer["changed"] == 0
    batch = create_batch(later(month), program=LAND, period="2025").answer
    assert (batch["payments"], batch["owed_fen"]) == (3, 2 * 20_200 + 10_100)
    assert check_up(month.store) == []


def test_a_monthly_program_goes_from_december_to_january(month: Month) -> None:
    month.policy(AGED)
    young, old, dead, standing, ends = month.aged(5, period="2024-12")
    with month.store.writing():
        month.store.execute("UPDATE person SET birth = '1934-06-01' WHERE id = ?", (old,))  # 90 by now
        month.store.execute("DELETE FROM enrolment WHERE person_id IN (?, ?)", (standing, ends))
    died(month, dead, "2024-12-20")
    kept_id = month.make.enrolment(standing, AGED, standing=True)
    end_id = month.make.enrolment(ends, AGED, standing=True)
    died(month, ends, "2024-11-02")
    (plan,) = rolls(month.store, 2024)
    told = {row.name: (row.outcome, row.new_fen) for row in plan.rows}
    name = {
        person: month.store.value("SELECT name FROM person WHERE id = ?", (person,))
        for person in (young, old, dead, standing, ends)
    }
    assert told[name[young]] == ("kept", 5000)
    assert told[name[old]] == ("changed", 10_000)
    assert told[name[dead]] == ("left_out", 0)
    assert told[name[standing]] == ("kept", 5000)
    assert told[name[ends]] == ("left_out", 0)
    roll_year(later(month), year=2024, programs=[AGED])
    store = month.store
    assert store.value("SELECT count(*) FROM enrolment WHERE period = '2025-01'") == 2
    assert store.value("SELECT valid_to FROM enrolment WHERE id = ?", (end_id,)) == "2024-12-31"
    assert store.value("SELECT valid_to FROM enrolment WHERE id = ?", (kept_id,)) is None
    assert store.value("SELECT new_id FROM enrolment_roll WHERE enrolment_id = ?", (kept_id,)) == kept_id
    assert create_batch(later(month), program=AGED, period="2025-01").answer["payments"] == 3


def test_what_is_paid_once_or_has_no_policy_stays(month: Month) -> None:
    month.policy(HOME)
    person = month.make.person()
    month.make.enrolment(person, HOME, target="household", period="2024-12", cost=100_000)
    assert rolls(month.store, 2024) == []
    month.policy(LOW, to=date(2024, 12, 31))
    month.make.enrolment(person, LOW, target="household", period="2024-12", approved=30_000)
    (plan,) = rolls(month.store, 2024)
    assert "登记新一年的政策以后再结转" in plan.stop
    answer = roll_year(later(month), year=2024, programs=[LOW]).answer
    assert (answer["waiting"], answer["left_out"]) == ([plan.program], 0)
    assert month.store.value("SELECT count(*) FROM enrolment") == 2
    with pytest.raises(UnknownProgramToRoll, match="2130122"):
        roll_year(later(month), year=2024, programs=[LAND])


def test_closing_lets_the_chosen_programs_go_on(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    month = lived.month
    month.aged(2, period="2024-12")
    submit_report(month.later(month.clerk, "2024-07-02"), month="2024-06")
    answer = close_year(later(month), year=2024, programs=[AGED]).answer
    assert (answer["kept"], answer["changed"], answer["left_out"]) == (2, 0, 0)
    balance, returns, rolled = closing_sheets(month.store, 2024, "")
    assert rolled.row_count == 2
    assert returns.row_count == 0
    assert {group.title for group in balance.groups} >= {"代发专户存款", "补贴资金拨入", "补贴支出"}


def test_a_death_after_the_first_period_of_the_year_takes_nothing_from_it(month: Month) -> None:
    """Rolled in February: a death ends the right to the periods after its month, as in rosters and checks (DOMAIN §6)."""
    month.policy(AGED)
    before, within, after = month.aged(3, period="2024-12")
    standing = month.make.person(birth="19400501")
    kept = month.make.enrolment(standing, AGED, standing=True)
    for person, day in (
        (before, "2024-12-31"), (within, "2025-01-20"), (after, "2025-02-10"), (standing, "2025-02-10"),
    ):  # fmt: skip
        died(month, person, day)
    (plan,) = rolls(month.store, 2024)
    assert [row.outcome for row in plan.rows] == ["left_out", "kept", "kept", "kept"]
    roll_year(later(month, "2025-02-15"), year=2024)
    assert month.store.value("SELECT valid_to FROM enrolment WHERE id = ?", (kept,)) is None
    batch = create_batch(later(month, "2025-02-15"), program=AGED, period="2025-01").answer
    assert batch["payments"] == 3
