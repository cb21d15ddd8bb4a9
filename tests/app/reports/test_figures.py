"""The monthly return's figures, against a month that was lived through the real doors."""

import time
from pathlib import Path

import pytest

from app.batches.use_cases import reissue_batch
from app.desk import Desk
from app.funds.use_cases import adjust_allotment, carry_allotment_over, open_allotment
from app.ledger.queries import NotMonth
from app.reports.figures import monthly_figures
from app.reports.monthly_return import Figures, as_json, checks_of
from app.returns.use_cases import bounce_payment
from models.domain.money import Fen
from tests.app.batches.months import AGED, Month
from tests.app.ledger.lived import Lived, live, to_bank_and_back

JUNE = Figures(
    should_fen=40_000,
    received_fen=40_000,
    owed_households=5,
    owed_people=5,
    owed_fen=25_000,
    paid_households=4,
    paid_people=4,
    paid_fen=19_000,
    failed_payments=3,
    failed_fen=15_000,
    reissued_payments=2,
    reissued_fen=10_000,
)


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def test_a_month_is_what_happened_in_it(lived: Lived) -> None:
    figures = monthly_figures(lived.month.store, "2024-06")
    (row,) = figures.rows
    assert (row.code, row.department, row.month, row.before) == (AGED, "民政", JUNE, Figures())
    assert row.year.balance_fen == 21_000
    assert row.levels == ("县",)
    assert row.documents == ("新财〔2024〕1号",)
    assert row.paid_on == ("2024-06-20",)
    assert row.remark == "关闭未付 1 笔 50.00 元；追回 10.00 元；退票 1 笔 50.00 元；停发 1 笔 50.00 元"
    assert all(check.passed for check in checks_of(figures))
    (allotment,) = figures.allotments
    assert (allotment.allotted_fen, allotment.received_fen, allotment.used_fen) == (40_000, 40_000, 24_000)


def test_the_year_is_the_months_added_up(lived: Lived, tmp_path: Path) -> None:
    month = lived.month
    later = [month.later(desk, "2024-07-05") for desk in (month.clerk, month.reviewer, month.approver)]
    month.clerk, month.reviewer, month.approver = later
    month.aged(2, period="2024-07")
    month.fund(fen=20_000)
    batch = month.create(period="2024-07")
    month.approved(batch)
    to_bank_and_back(month, batch, tmp_path / "7", {1: "户名不符"}, "2024-07-10")
    june, july, august = (monthly_figures(month.store, f"2024-{number}") for number in ("06", "07", "08"))
    assert june.rows[0].month == JUNE
    assert july.rows[0].before == june.rows[0].year
    assert july.rows[0].month == Figures(20_000, 20_000, 2, 2, 10_000, 1, 1, 5_000, 1, 5_000, 0, 0)
    assert july.rows[0].year == JUNE + july.rows[0].month
    assert august.rows[0].year == july.rows[0].year
    assert august.rows[0].month == Figures()
    assert monthly_figures(month.store, "2025-01").rows == ()
    assert all(check.passed for one in (june, july, august) for check in checks_of(one))


def test_a_reissue_counts_in_the_month_in_which_it_is_paid(lived: Lived, tmp_path: Path) -> None:
    month = lived.month
    desks = [month.later(desk, "2024-07-05") for desk in (month.clerk, month.reviewer, month.approver)]
    month.clerk, month.reviewer, month.approver = desks
    bounce_payment(month.clerk, payment_id=month.payment(lived.first, 4), reason="账户已销户")
    again = int(str(reissue_batch(month.clerk, batch_id=lived.first).answer["batch"]))
    month.approved(again)
    to_bank_and_back(month, again, tmp_path / "8", {}, "2024-08-01")
    june, july, august = (monthly_figures(month.store, f"2024-{number}") for number in ("06", "07", "08"))
    assert june.rows[0].month == JUNE
    assert july.rows[0].month == Figures(
        paid_households=-1, paid_people=-1, paid_fen=-5_000, failed_payments=1, failed_fen=5_000
    )
    assert august.rows[0].month == Figures(
        paid_households=1, paid_people=1, paid_fen=5_000, reissued_payments=1, reissued_fen=5_000
    )
    assert august.rows[0].year.paid_fen == june.rows[0].year.paid_fen
    assert all(check.passed for one in (july, august) for check in checks_of(one))


def test_changes_and_carry_overs_count_where_they_belong(admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    allotment = month.fund(fen=10_000)
    adjust_allotment(
        month.later(month.clerk, "2024-09-02"), allotment_id=allotment, fen=Fen(-4_000), reason="核减"
    )
    carry_allotment_over(month.later(month.clerk, "2025-02-03"), allotment_id=allotment)
    september, december = (monthly_figures(month.store, f"2024-{number}").rows[0] for number in ("09", "12"))
    assert (september.month.should_fen, september.year.should_fen) == (-4_000, 6_000)
    assert (december.year.should_fen, december.year.received_fen) == (
        6_000,
        10_000,
    )  # carried in 2025: still here
    january, february = (monthly_figures(month.store, f"2025-{number}") for number in ("01", "02"))
    assert january.rows == ()
    (carried,) = february.rows
    assert (carried.month.should_fen, carried.month.received_fen) == (6_000, 6_000)
    assert all(check.passed for check in checks_of(february))


def test_money_carried_within_its_own_year_leaves_that_year(admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    allotment = month.fund(fen=10_000)
    carry_allotment_over(month.later(month.clerk, "2024-12-30"), allotment_id=allotment)
    december, january = monthly_figures(month.store, "2024-12"), monthly_figures(month.store, "2025-01")
    assert december.rows[0].year == Figures()
    assert (january.rows[0].month.should_fen, january.rows[0].month.received_fen) == (10_000, 10_000)
    assert all(check.passed for one in (december, january) for check in checks_of(one))


def test_money_of_the_opening_is_not_counted_as_received_now(admin: Desk) -> None:
    month = Month(admin)
    open_allotment(
        month.clerk,
        program=AGED,
        document="新财〔2024〕9号",
        allotted=Fen(9_000),
        received=Fen(9_000),
        used=Fen(3_000),
    )
    assert monthly_figures(month.store, "2024-06").rows == ()


def test_a_check_that_does_not_hold_says_so(lived: Lived) -> None:
    store = lived.month.store
    with store.writing():
        store.execute("UPDATE month_tally SET fen = fen + 1 WHERE event = 'owed'")
    failed = [check for check in checks_of(monthly_figures(store, "2024-06")) if not check.passed]
    assert [check.name for check in failed] == ["账簿“补贴支出” + 期初 = 应发金额（累计）"]


def test_the_json_form_has_every_figure(lived: Lived) -> None:
    body = as_json(monthly_figures(lived.month.store, "2024-06"))
    assert body["month"] == "2024-06"
    assert isinstance(body["programs"], list)
    assert body["programs"][0]["month"]["paid_fen"] == 19_000
    assert body["programs"][0]["year"]["balance_fen"] == 21_000


@pytest.mark.parametrize("written", ["2024-13", "2024", "六月", "2024-6"])
def test_what_is_no_month_is_refused(admin: Desk, written: str) -> None:
    with pytest.raises(NotMonth):
        monthly_figures(admin.store, written)


def test_a_thousand_batches_take_milliseconds(admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    store = month.store
    with store.writing():
        policy = store.value("SELECT id FROM policy")
        program = month.make.program(AGED)
        store.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            " INSERT INTO batch (id, number, program_id, policy_id, period, kind, state, payments, owed_fen, created_on)"
            " SELECT i, 'b' || i, ?, ?, '2024-06', 'regular', 'settled', 3000, 15000000, '2024-06-01' FROM n",
            (program, policy),
        )
        store.execute(
            "INSERT INTO month_tally SELECT b.id, printf('2024-%02d', 1 + b.id % 12), e.event, 3000, 3000, 3000, 15000000"
            " FROM batch b, (SELECT 'owed' AS event UNION ALL SELECT 'paid') e"
        )
    started = time.process_time()
    figures = monthly_figures(store, "2024-12")
    assert figures.rows[0].year.paid_fen == 15_000_000_000
    assert time.process_time() - started < 0.5
