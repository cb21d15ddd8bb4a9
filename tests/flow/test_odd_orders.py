"""Acts in an order that no manual foresees: the money, the books and the return stay right, or a sentence says no."""

from pathlib import Path

import pytest

from app.archive.use_cases import NoticeNotOver, archive_batch, make_dossier
from app.bankfiles.use_cases import make_bank_files
from app.batches.payments.steps import EnrolmentGone, NotReviewed
from app.batches.payments.use_cases import close_payment, restore_payment, stop_payment
from app.batches.queries import check_batch
from app.batches.sheet import CheckCode
from app.batches.use_cases import approve_batch, create_batch, review_batch, submit_batch
from app.desk import Desk
from app.doctor import check_up
from app.funds.queries import allotments
from app.funds.steps import DepositTooSmall
from app.funds.use_cases import (
    CannotWithdraw,
    CarriedTooFar,
    add_charge,
    add_interest,
    carry_allotment_over,
    cut_allotment,
    hand_to_treasury,
    open_allotment,
    withdraw_allotment,
)
from app.ledger.use_cases import ReversalOverdraws, reverse_voucher
from app.notices.use_cases import object_to, publicize_batch
from app.reports.figures import monthly_figures
from app.reports.monthly_return import checks_of
from app.reports.use_cases import PriorMonthNotReported, confirm_report, submit_report
from app.returns.use_cases import bounce_payment, recover_payment
from models.domain.money import Fen
from models.store.opening import Store
from tests.app.batches.months import AGED, OLD, Month
from tests.app.ledger.lived import live, to_bank_and_back


@pytest.fixture
def month(admin: Desk) -> Month:
    found = Month(admin)
    found.policy()
    return found


def sound(store: Store) -> None:
    """Doctor finds nothing, and neither do the checks of any month."""
    assert check_up(store) == []


def test_money_is_not_taken_from_under_a_restored_payment(month: Month) -> None:
    first = month.fund(fen=10_000)
    month.aged(2)
    batch = month.approved(month.create())
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason="待核实")
    cut_allotment(month.clerk, allotment_id=first, fen=Fen(5_000), reason="核减")
    second = int(
        str(
            open_allotment(
                month.clerk, program=AGED, document="新财〔2024〕90号", allotted=Fen(9_000), received=Fen(9_000), used=Fen(0)
            ).answer["allotment"]
        )
    )  # fmt: skip
    restore_payment(month.clerk, payment_id=month.payment(batch, 2))
    with pytest.raises(CannotWithdraw, match="批次用过它的资金"):
        withdraw_allotment(month.clerk, allotment_id=second, reason="误")
    sound(month.store)


def test_who_was_stopped_before_in_the_period_is_named(month: Month) -> None:
    month.fund()
    month.aged(2)
    batch = month.approved(month.create())
    stop_payment(month.clerk, payment_id=month.payment(batch, 1), reason="不符合条件")
    month.aged(1)
    second = month.create()
    (found,) = [
        one
        for one in check_batch(month.store, second, month.clerk.today).to_explain
        if one.code is CheckCode.STOPPED_IN_PERIOD
    ]
    (row,) = found.rows
    assert "不符合条件" in row.sentence
    assert "停发" in row.sentence


def test_nobody_comes_back_behind_the_reviewer(month: Month) -> None:
    month.fund()
    month.aged(2)
    batch = month.create()
    stop_payment(month.clerk, payment_id=month.payment(batch, 1), reason="待核实")
    month.reviewed(batch)
    with pytest.raises(NotReviewed, match="第 1 行"):
        restore_payment(month.clerk, payment_id=month.payment(batch, 1))
    # stopped after the review, it was seen
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason="待核实")
    restore_payment(month.clerk, payment_id=month.payment(batch, 2))
    sound(month.store)


def test_what_an_undone_roster_brought_is_not_restored(month: Month) -> None:
    month.fund()
    month.aged(2)
    store = month.store
    with store.writing():
        sha256 = store.keep_file(b"roster", "r.xlsx", "import.roster", "2024-06-03")
        run = store.insert(
            "INSERT INTO import_run (kind, file_name, file_sha256, mapping, rows, accepted, rejected, state, operator_id,"
            " business_date) VALUES ('roster', 'r.xlsx', ?, '{}', 2, 2, 0, 'done', ?, '2024-06-03')",
            (sha256, month.clerk.operator.id),
        )
        store.execute("UPDATE enrolment SET run_id = ? WHERE id = (SELECT min(id) FROM enrolment)", (run,))
    batch = month.approved(month.create())
    line = store.value(
        "SELECT p.id FROM payment p JOIN enrolment e ON e.id = p.enrolment_id WHERE e.run_id = ?", (run,)
    )
    stop_payment(month.clerk, payment_id=line, reason="待核实")
    with store.writing():
        store.execute("UPDATE import_run SET state = 'undone' WHERE id = ?", (run,))
    with pytest.raises(EnrolmentGone, match=f"第 {run} 次导入"):
        restore_payment(month.clerk, payment_id=line)
    assert month.state(batch) == "approved"


def test_last_years_money_is_carried_over_by_the_approval(month: Month) -> None:
    month.fund(fen=20_000)
    month.aged(2, period="2025-01")
    january = [month.later(desk, "2025-01-10") for desk in (month.clerk, month.reviewer, month.approver)]
    month.clerk, month.reviewer, month.approver = january
    batch = month.approved(month.create(period="2025-01"))
    old, new = allotments(month.store)
    assert (old.year, old.available_fen) == (2024, 0)
    assert (new.year, new.carried_from, new.used_fen, new.available_fen) == (2025, old.id, 10_000, 10_000)
    to_bank_and_back(month, batch, month.store.folder.parent / "bank", {}, "2025-01-10")
    figures = monthly_figures(month.store, "2025-01")
    assert (figures.year_total.received_fen, figures.year_total.balance_fen) == (20_000, 10_000)
    assert all(check.passed for check in checks_of(figures))
    sound(month.store)


def test_money_of_a_later_year_is_not_spent_now(month: Month) -> None:
    allotment = month.fund(fen=20_000)
    with pytest.raises(CarriedTooFar, match="2025 年以前"):
        carry_allotment_over(month.clerk, allotment_id=allotment, year=2030)


def test_recovered_money_can_be_used_again(month: Month, tmp_path: Path) -> None:
    allotment = month.fund(fen=10_000)
    month.aged(2)
    batch = month.approved(month.create())
    to_bank_and_back(month, batch, tmp_path, {})
    clerk = month.later(month.clerk, "2024-06-20")
    recover_payment(clerk, payment_id=month.payment(batch, 1), reason="不符合条件")
    (known,) = allotments(month.store)
    assert (known.id, known.used_fen, known.available_fen) == (allotment, 5_000, 5_000)
    sound(month.store)


def test_what_is_recovered_in_a_later_year_leaves_its_return_alone(month: Month, tmp_path: Path) -> None:
    month.fund(fen=10_000)
    month.aged(2)
    batch = month.approved(month.create())
    to_bank_and_back(month, batch, tmp_path, {})
    recover_payment(month.later(month.clerk, "2025-02-03"), payment_id=month.payment(batch, 1), reason="多发")
    (row,) = monthly_figures(month.store, "2025-02").rows
    assert (row.month.paid_fen, row.month.paid_households) == (0, 0)
    assert "追回以前年度 1 笔 50.00 元" in row.remark
    sound(month.store)


def test_a_household_leaves_the_return_with_its_last_payment(month: Month, tmp_path: Path) -> None:
    month.fund(fen=20_000)
    head = month.make.person(birth=OLD)
    household = month.store.value("SELECT household_id FROM person WHERE id = ?", (head,))
    wife = month.make.person(birth=OLD, household=household)
    for person in (head, wife):
        month.make.enrolment(person, AGED, period="2024-06")
    month.aged(1)
    batch = month.approved(month.create())
    to_bank_and_back(month, batch, tmp_path, {})
    clerk = month.later(month.clerk, "2024-06-20")
    lines = [
        row[0] for row in month.store.rows("SELECT id FROM payment WHERE person_id IN (?, ?)", (head, wife))
    ]
    paid = [(2, 3)]
    for line in lines:
        bounce_payment(clerk, payment_id=line, reason="销户")
        total = monthly_figures(month.store, "2024-06").month_total
        paid.append((total.paid_households, total.paid_people))
    assert paid == [(2, 3), (2, 2), (1, 1)]


def test_the_special_account_is_never_overdrawn(month: Month) -> None:
    month.fund(fen=10_000)
    month.aged(2)
    batch = month.approved(month.create())
    add_charge(month.clerk, fen=Fen(3_000))
    with pytest.raises(DepositTooSmall, match=r"差 30\.00 元"):
        make_bank_files(month.clerk, batch_id=batch, profile="rural_bank")
    assert month.state(batch) == "approved"
    add_interest(month.clerk, fen=Fen(5_000))
    hand_to_treasury(month.clerk, fen=Fen(2_000))
    interest = month.store.value("SELECT number FROM voucher WHERE event = 'interest'")
    with pytest.raises(ReversalOverdraws, match="应缴财政款"):
        reverse_voucher(month.clerk, voucher=str(interest), reason="记错", month="2024-06")
    sound(month.store)


def test_what_is_booked_after_a_return_was_sent_counts_in_the_next(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    month = lived.month
    clerk = month.later(month.clerk, "2024-06-20")
    submit_report(clerk, month="2024-06")
    sent = monthly_figures(month.store, "2024-06").year_total
    confirm_report(month.later(month.reviewer, "2024-06-20"), month="2024-06")
    bounce_payment(clerk, payment_id=month.payment(lived.first, 4), reason="销户")
    july = monthly_figures(month.store, "2024-07")
    assert july.before_total == sent
    assert july.month_total.paid_fen == -5_000
    assert july.year_total.paid_fen == sent.paid_fen - 5_000
    assert "本月含 2024-06 上报后变动：实发金额 -50.00 元" in july.rows[0].remark
    assert all(check.passed for check in checks_of(july))


def test_months_are_reported_in_their_order(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    month = lived.month
    submit_report(month.later(month.clerk, "2024-06-20"), month="2024-06")
    august = month.later(month.clerk, "2024-08-05")
    add_interest(month.later(month.clerk, "2024-07-05"), fen=Fen(100))
    with pytest.raises(PriorMonthNotReported, match="2024-07"):
        submit_report(august, month="2024-08")
    submit_report(august, month="2024-07")
    submit_report(august, month="2024-08")


def test_a_list_posted_after_payment_is_posted_before_the_archive(admin: Desk, tmp_path: Path) -> None:
    month = Month(admin)
    month.policy(publicity="after", publicity_days=7, publicity_kind="calendar")
    month.fund()
    month.aged(1)
    batch = month.approved(month.create())
    to_bank_and_back(month, batch, tmp_path, {})
    clerk = month.later(month.clerk, "2024-06-20")
    make_dossier(clerk, batch_id=batch)
    with pytest.raises(NoticeNotOver, match="还没有公示"):
        archive_batch(clerk, batch_id=batch)
    publicize_batch(clerk, batch_id=batch)
    with pytest.raises(NoticeNotOver, match="公示到 2024-06-27"):
        archive_batch(clerk, batch_id=batch)
    objection = object_to(clerk, batch_id=batch, person="王某", text="不符合条件").answer["objection"]
    july = month.later(month.clerk, "2024-07-01")
    with pytest.raises(NoticeNotOver, match="异议"):
        archive_batch(july, batch_id=batch)
    from app.notices.use_cases import decide_objection

    decide_objection(july, objection_id=int(str(objection)), outcome="rejected", answer="已核实")
    make_dossier(july, batch_id=batch)
    assert archive_batch(july, batch_id=batch).answer["state"] == "archived"
    assert month.store.value("SELECT state FROM public_notice") == "ended"


def test_a_closed_payment_is_named_when_its_person_comes_again(month: Month, tmp_path: Path) -> None:
    month.fund()
    month.aged(1)
    batch = month.approved(month.create())
    to_bank_and_back(month, batch, tmp_path, {1: "账户已销户"})
    close_payment(
        month.later(month.approver, "2024-06-20"), payment_id=month.payment(batch), reason="本人放弃"
    )
    clerk = month.later(month.clerk, "2024-06-21")
    again = int(str(create_batch(clerk, program=AGED, period="2024-06").answer["batch"]))
    codes = {one.code for one in check_batch(month.store, again, clerk.today).to_explain}
    assert CheckCode.STOPPED_IN_PERIOD in codes
    submit_batch(clerk, batch_id=again, reasons=month.reasons(again))
    review_batch(month.later(month.reviewer, "2024-06-21"), batch_id=again)
    approve_batch(month.later(month.approver, "2024-06-21"), batch_id=again)
    sound(month.store)
