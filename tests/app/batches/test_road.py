"""A batch goes from desk to desk by three people, with funds, notice and a frozen check sheet."""

import json
from hashlib import sha256

import pytest

from app.batches.funding import (
    FundingDoesNotMatch,
    FundNotPositive,
    FundOfAnotherProgram,
    FundOverdrawn,
)
from app.batches.payments.steps import NotOnNotice
from app.batches.payments.use_cases import restore_payment, stop_payment
from app.batches.queries import FundsAhead, batch_view, check_batch, frozen_sheets, funds_ahead
from app.batches.sheet import CheckCode, NeedsReason, NoSuchCheck, NoticeTooShort, PreflightBlocked
from app.batches.steps import NoSuchBatch, ReasonNotGiven, buckets_of, load_batch
from app.batches.use_cases import (
    AllStopped,
    CancelNeedsApprover,
    approve_batch,
    cancel_batch,
    create_batch,
    recompute_batch,
    reject_batch,
    review_batch,
    submit_batch,
)
from app.funds.queries import NotEnoughFunds, allotments
from app.notices.use_cases import decide_objection, object_to, publicize_batch
from models.domain.buckets import Bucket
from models.domain.flows.roads import NoRoad
from models.domain.money import Fen
from models.domain.permission import NotPermitted, SamePerson
from tests.app.batches.months import AGED, LAND, Month
from tests.conftest import seat
from tests.faults import each_statement_failing


def test_three_people_take_a_batch_to_its_approval(month: Month) -> None:
    month.aged(3)
    batch = month.create()
    frozen = submit_batch(month.clerk, batch_id=f"{AGED}-2024-06-01", opinion="按花名册编制").answer
    assert (frozen["state"], len(str(frozen["snapshot_sha256"]))) == ("submitted", 64)
    assert review_batch(month.reviewer, batch_id=batch, opinion="无误").answer["state"] == "reviewed"
    done = approve_batch(month.approver, batch_id=batch, opinion="同意").answer
    assert (done["state"], done["approved_fen"]) == ("approved", 15000)
    view = batch_view(month.store, batch)
    assert [(act.step_name, act.operator, act.opinion) for act in view.acts] == [
        ("编制", "经办甲", ""),
        ("提交复核", "经办甲", "按花名册编制"),
        ("复核", "复核丙", "无误"),
        ("审批", "审批丁", "同意"),
    ]
    assert view.approved_on == "2024-06-03"
    assert [(line.fen, line.returned_fen) for line in view.funding] == [(15000, 0)]
    assert (month.ledger("expense"), month.ledger("payable")) == (15000, -15000)
    assert month.store.rows("SELECT month, event, households, people, payments, fen FROM month_tally") == [
        ("2024-06", "owed", 3, 3, 3, 15000)
    ]
    month.identity()


@pytest.mark.parametrize("act", ["review", "approve"])
def test_nobody_acts_in_two_parts_whatever_posts_they_hold(month: Month, act: str) -> None:
    month.aged(1)
    with month.store.writing():
        month.store.execute(
            "UPDATE operator SET posts = 'clerk,reviewer,approver,admin' WHERE name <> 'admin'"
        )
    alone, second = seat(month.admin, "经办甲"), seat(month.admin, "复核丙")
    batch = int(str(create_batch(alone, program=AGED, period="2024-06").answer["batch"]))
    submit_batch(alone, batch_id=batch)
    if act == "review":
        with pytest.raises(
            SamePerson, match="“经办甲”已经在批次 2080502-2024-06-01 上办理过“编制”，不能再办理“复核”"
        ):
            review_batch(alone, batch_id=batch)
        return
    review_batch(second, batch_id=batch)
    for person, done in ((alone, "编制"), (second, "复核")):
        with pytest.raises(SamePerson, match=f"办理过“{done}”，不能再办理“审批”"):
            approve_batch(person, batch_id=batch)
    with pytest.raises(SamePerson, match="办理过“复核”，不能再办理“停发”"):
        stop_payment(second, payment_id=month.payment(batch), reason="x")
    approve_batch(seat(month.admin, "审批丁"), batch_id=batch)


def test_who_rejects_at_the_first_desk_is_a_reviewer_and_never_the_approver(month: Month) -> None:
    month.aged(1)
    with month.store.writing():
        month.store.execute(
            "UPDATE operator SET posts = 'reviewer,approver' WHERE name IN ('复核丙', '审批丁')"
        )
    one, other = seat(month.admin, "复核丙"), seat(month.admin, "审批丁")
    batch = month.create()
    submit_batch(month.clerk, batch_id=batch)
    reject_batch(one, batch_id=batch, opinion="漏了人")
    submit_batch(month.clerk, batch_id=batch)
    review_batch(other, batch_id=batch)
    with pytest.raises(SamePerson, match="办理过“退回”，不能再办理“审批”"):
        approve_batch(one, batch_id=batch)


def test_a_rejected_batch_resumes_at_its_desk_only_unchanged(month: Month) -> None:
    month.aged(2)
    batch = month.reviewed(month.create())
    rejected = reject_batch(month.approver, batch_id=batch, opinion="请补附件").answer
    assert (rejected["state"], rejected["rejected_desk"]) == ("rejected", "reviewed")
    assert load_batch(month.store, batch).rejected_desk == "reviewed"
    assert submit_batch(month.clerk, batch_id=batch).answer["state"] == "reviewed"
    assert load_batch(month.store, batch).rejected_desk is None
    reject_batch(month.approver, batch_id=batch, opinion="金额有误")
    stop_payment(month.clerk, payment_id=month.payment(batch), reason="核减")
    assert submit_batch(month.clerk, batch_id=batch).answer["state"] == "submitted"


def test_a_recomputation_that_changes_nothing_still_resumes(month: Month) -> None:
    month.aged(2)
    batch = month.reviewed(month.create())
    reject_batch(month.reviewer, batch_id=batch, opinion="请核对")
    recompute_batch(month.clerk, batch_id=batch)
    assert submit_batch(month.clerk, batch_id=batch).answer["state"] == "reviewed"


def test_a_rejection_needs_a_reason_and_the_right_post(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    with pytest.raises(NoRoad, match="现在是“编制”，不能退回"):
        reject_batch(month.reviewer, batch_id=batch, opinion="x")
    submit_batch(month.clerk, batch_id=batch)
    with pytest.raises(ReasonNotGiven, match="退回批次必须写明原因"):
        reject_batch(month.reviewer, batch_id=batch, opinion="  ")
    with pytest.raises(NotPermitted):
        reject_batch(month.approver, batch_id=batch, opinion="在复核之前")
    with pytest.raises(NotPermitted):
        approve_batch(month.clerk, batch_id=batch)
    with pytest.raises(NoSuchBatch, match="没有批次“没有-01”"):
        submit_batch(month.clerk, batch_id="没有-01")


def test_a_blocker_stops_the_submission_and_a_stop_lets_it_pass(month: Month) -> None:
    month.aged(2)
    dead = month.aged(1)[0]
    batch = month.create()
    with month.store.writing():
        month.store.execute("UPDATE person SET is_dead = 1, died_on = '2024-05-02' WHERE id = ?", (dead,))
    with pytest.raises(PreflightBlocked) as blocked:
        submit_batch(month.clerk, batch_id=batch)
    name = month.store.value("SELECT name FROM person WHERE id = ?", (dead,))
    assert blocked.value.sentence == (
        f"批次 2080502-2024-06-01 体检有 1 项不能通过：受益人已死亡 1 笔（第 3 行 {name}）。"
        "请停发这些款项，或退回批次改正资料后重算。"
    )
    assert month.state(batch) == "draft"
    stop_payment(month.clerk, payment_id=month.payment(batch, 3), reason="已死亡")
    assert submit_batch(month.clerk, batch_id=batch).answer["state"] == "submitted"


def test_warnings_pass_with_a_written_reason_that_holds_until_the_approval(month: Month) -> None:
    first, second = month.aged(2)
    number = month.store.value("SELECT number FROM account WHERE person_id = ?", (first,))
    with month.store.writing():
        month.store.execute("UPDATE account SET number = ? WHERE person_id = ?", (number, second))
    batch = month.create()
    with pytest.raises(NeedsReason) as unexplained:
        submit_batch(month.clerk, batch_id=batch, reasons={"account.shared": " "})
    assert "account.shared（账号由多户共用 2 行）" in unexplained.value.sentence
    with pytest.raises(NoSuchCheck, match=r"没有代码为“account\.sharde”的体检项目"):
        submit_batch(month.clerk, batch_id=batch, reasons={"account.sharde": "父子同卡"})
    submit_batch(month.clerk, batch_id=batch, reasons={"account.shared": "父子同卡，已核实"})
    review_batch(month.reviewer, batch_id=batch)
    approve_batch(month.approver, batch_id=batch)
    submitted, approved = frozen_sheets(month.store, batch)
    for sheet in (submitted, approved):
        (shared,) = [one for one in sheet["checks"] if one["code"] == "account.shared"]  # type: ignore[attr-defined]
        assert shared["reason"] == "父子同卡，已核实"
    assert (submitted["stage"], approved["stage"]) == ("submit", "approve")


def test_a_reason_does_not_hold_for_what_came_later(month: Month) -> None:
    first, second, third = month.aged(3)
    number = month.store.value("SELECT number FROM account WHERE person_id = ?", (first,))
    with month.store.writing():
        month.store.execute("UPDATE account SET number = ? WHERE person_id = ?", (number, second))
    batch = month.create()
    submit_batch(month.clerk, batch_id=batch, reasons={"account.shared": "父子同卡"})
    review_batch(month.reviewer, batch_id=batch)
    other = month.store.value("SELECT account_number FROM payment WHERE person_id = ?", (third,))
    stranger = month.make.person(account=other)
    with pytest.raises(NeedsReason, match=r"account\.shared"):
        approve_batch(month.approver, batch_id=batch)
    assert stranger
    approve_batch(month.approver, batch_id=batch, reasons={"account.shared": "夫妻分户同卡"})


def test_the_frozen_sheet_is_canonical_and_hashed(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    digest = submit_batch(month.clerk, batch_id=batch).answer["check_sha256"]
    body, stored = month.store.rows("SELECT body, sha256 FROM check_sheet")[0]
    assert sha256(body.encode()).hexdigest() == stored == digest
    assert json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == body
    codes = {one["code"] for one in json.loads(body)["checks"]}
    assert "funds.short" not in codes
    assert "account.missing" in codes


# -- funds --------------------------------------------------------------------------------------------------


def test_funds_are_spread_in_document_order(month: Month) -> None:
    month.aged(3)
    batch = month.reviewed(month.create())
    with month.store.writing():
        month.store.execute("DELETE FROM receipt")
        month.store.execute("UPDATE allotment SET allotted_fen = 9000")
        month.store.execute(
            "INSERT INTO receipt (allotment_id, received_on, fen) SELECT id, '2024-06-01', 9000 FROM allotment"
        )
    second = month.fund(fen=50_000)
    done = approve_batch(month.approver, batch_id=batch).answer
    assert done["funding"] == [{"allotment": 1, "fen": 9000}, {"allotment": second, "fen": 6000}]


def test_named_funds_must_be_the_sum_exactly(month: Month) -> None:
    month.aged(3)
    month.fund(fen=6000, document="新财社[2024]09号")
    batch = month.reviewed(month.create())

    def approve(**funds: int) -> None:
        approve_batch(month.approver, batch_id=batch, funds=funds)

    with pytest.raises(FundingDoesNotMatch) as refused:
        approve(**{"新财〔2024〕1号": 15001})
    assert refused.value.sentence == (
        "批次 2080502-2024-06-01 应发合计 150.00 元，资金来源合计 150.01 元，多 0.01 元。请改正资金来源的金额后再审批。"
    )
    with pytest.raises(FundingDoesNotMatch, match=r"少 0\.01 元"):
        approve(**{"新财〔2024〕1号": 14999})
    with pytest.raises(FundOfAnotherProgram, match="没有文号为“新财〔2024〕8号”的资金指标"):
        approve(**{"新财〔2024〕8号": 15000})
    with pytest.raises(FundOverdrawn, match=r"可用 60\.00 元，要用 90\.00 元，差 30\.00 元"):
        approve(**{"新财社〔2024〕9号": 9000, "新财〔2024〕1号": 6000})
    with pytest.raises(FundNotPositive):
        approve(**{"新财〔2024〕1号": 0})
    assert month.state(batch) == "reviewed"
    approve(**{"新财社〔2024〕9号": 5000, "新财〔2024〕１号": 10000})
    assert [one.used_fen for one in allotments(month.store)] == [10000, 5000]


def test_too_little_money_is_refused_with_the_shortfall(month: Month) -> None:
    month.aged(3)
    batch = month.reviewed(month.create())
    with month.store.writing():
        month.store.execute("UPDATE receipt SET fen = 14000")
    sheet = check_batch(month.store, batch, month.clerk.today)
    (short,) = sheet.blockers
    assert short.code is CheckCode.FUNDS_SHORT
    assert "可用 140.00 元，应发 150.00 元，差 10.00 元" in short.rows[0].sentence
    with pytest.raises(NotEnoughFunds, match=r"差 10\.00 元"):
        approve_batch(month.approver, batch_id=batch)


def test_two_batches_cannot_take_the_same_money(month: Month) -> None:
    with month.store.writing():
        month.store.execute("UPDATE receipt SET fen = 9000")
    month.aged(1)
    first = month.reviewed(month.create())
    month.aged(1)
    second = month.reviewed(month.create())
    approve_batch(month.approver, batch_id=first)
    with pytest.raises(NotEnoughFunds, match=r"还可用 40\.00 元，差 10\.00 元"):
        approve_batch(month.approver, batch_id=second)
    with pytest.raises(FundOverdrawn):
        approve_batch(month.approver, batch_id=second, funds={"新财〔2024〕1号": 5000})


# -- notices ------------------------------------------------------------------------------------------------


@pytest.fixture
def posted(month: Month) -> int:
    """A reviewed batch of a program that is posted before payment, on its list from 4 to 10 June."""
    month.policy(LAND)
    month.fund(LAND, 10_000_000)
    for _ in range(2):
        month.make.enrolment(month.make.person(), LAND, target="household", period="2024", quantity=25_000)
    batch = month.reviewed(month.create(LAND, "2024"))
    with pytest.raises(NoRoad, match="现在是“已复核”，不能审批。现在可以办理：公示"):
        approve_batch(month.approver, batch_id=batch)
    publicize_batch(month.clerk, batch_id=batch)
    return batch


def test_a_notice_must_have_ended(month: Month, posted: int) -> None:
    last_day = month.later(month.approver, "2024-06-10")
    with pytest.raises(NoticeTooShort) as early:
        approve_batch(last_day, batch_id=posted)
    assert early.value.sentence == (
        "公示期 2024-06-04 至 2024-06-10，2024-06-10 还没有期满。公示期满后再审批；确需提前的，请用"
        " --reason notice.too_short=理由 写明理由。"
    )
    approve_batch(month.later(month.approver, "2024-06-11"), batch_id=posted)
    assert month.state(posted) == "approved"
    assert month.store.value("SELECT state FROM public_notice") == "ended"


def test_a_notice_is_passed_earlier_with_a_reason_only(month: Month, posted: int) -> None:
    approve_batch(
        month.later(month.approver, "2024-06-08"),
        batch_id=posted,
        reasons={"notice.too_short": "汛期急发，县局同意"},
    )
    sheet = frozen_sheets(month.store, posted)[-1]
    (short,) = [one for one in sheet["checks"] if one["code"] == "notice.too_short"]  # type: ignore[attr-defined]
    assert short["reason"] == "汛期急发，县局同意"


def test_an_open_objection_stops_the_approval(month: Month, posted: int) -> None:
    day = month.later(month.clerk, "2024-06-12")
    objection = object_to(day, batch_id=posted, person="村民李某", text="面积不实").answer["objection"]
    approver = month.later(month.approver, "2024-06-12")
    with pytest.raises(
        PreflightBlocked, match="异议未处理：村民李某 2024-06-12 提出的第 1 号异议还没有处理结果"
    ):
        approve_batch(approver, batch_id=posted)
    decide_objection(day, objection_id=int(str(objection)), outcome="rejected", answer="已实地丈量")
    approve_batch(approver, batch_id=posted)


def test_a_changed_list_is_reviewed_and_posted_again(month: Month, posted: int) -> None:
    reject_batch(month.approver, batch_id=posted, opinion="面积有误")
    assert submit_batch(month.clerk, batch_id=posted).answer["state"] == "publicized"
    reject_batch(month.approver, batch_id=posted, opinion="面积有误")
    with month.store.writing():
        month.store.execute(
            "UPDATE enrolment SET quantity = 26000 WHERE id = (SELECT min(id) FROM enrolment)"
        )
    recompute_batch(month.clerk, batch_id=posted)
    assert submit_batch(month.clerk, batch_id=posted).answer["state"] == "submitted"
    assert month.store.value("SELECT state FROM public_notice") == "withdrawn"


def test_a_payment_that_the_notice_did_not_show_does_not_come_back_behind_it(month: Month) -> None:
    month.policy(LAND)
    for _ in range(2):
        month.make.enrolment(month.make.person(), LAND, target="household", period="2024", quantity=25_000)
    batch = month.reviewed(month.create(LAND, "2024"))
    stop_payment(month.clerk, payment_id=month.payment(batch, 1), reason="待核实")
    publicize_batch(month.clerk, batch_id=batch)
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason="待核实")
    restore_payment(month.clerk, payment_id=month.payment(batch, 2))
    with pytest.raises(NotOnNotice, match=r"第 1 行 .* 在公示之前就已停发，公示名单里没有这一笔"):
        restore_payment(month.clerk, payment_id=month.payment(batch, 1))


# -- cancelling ---------------------------------------------------------------------------------------------


def test_a_cancelled_draft_frees_its_people(month: Month) -> None:
    month.aged(2)
    batch = month.create()
    with pytest.raises(ReasonNotGiven):
        cancel_batch(month.clerk, batch_id=batch, opinion="")
    done = cancel_batch(month.clerk, batch_id=batch, opinion="选错期间").answer
    assert (done["state"], done["stopped"]) == ("cancelled", 2)
    assert month.column("reason", month.payment(batch)) == "批次作废：选错期间"
    again = create_batch(month.clerk, program=AGED, period="2024-06").answer
    assert (again["number"], again["payments"]) == (f"{AGED}-2024-06-02", 2)
    month.identity()


def test_after_submission_only_an_approver_cancels_and_approved_money_comes_back(month: Month) -> None:
    month.aged(3)
    second = month.fund(fen=8000)
    batch = month.reviewed(month.create())
    with pytest.raises(CancelNeedsApprover, match="已经提交，只能由审批岗位作废"):
        cancel_batch(month.clerk, batch_id=batch, opinion="x")
    approve_batch(month.approver, batch_id=batch, funds={"新财〔2024〕1号": 8000, "新财〔2024〕2号": 7000})
    stop_payment(month.clerk, payment_id=month.payment(batch, 2), reason="迁出")
    cancel_batch(month.approver, batch_id=batch, opinion="政策调整")
    assert month.state(batch) == "cancelled"
    assert [one.used_fen for one in allotments(month.store)] == [0, 0]
    assert second
    assert (month.ledger("expense"), month.ledger("payable")) == (0, 0)
    per_payment = month.store.rows(
        "SELECT p.owed_fen - sum(r.fen) FROM payment p JOIN batch_funding_return r ON r.payment_id = p.id GROUP BY p.id"
    )
    assert per_payment == [(0,)] * 3
    assert month.store.rows("SELECT event, payments, fen FROM month_tally ORDER BY event") == [
        ("owed", 3, 15000),
        ("stopped", 3, 15000),
    ]
    month.identity()


def test_a_whole_reversal_names_the_voucher_it_takes_back(month: Month) -> None:
    month.aged(2)
    batch = month.approved(month.create())
    cancel_batch(month.approver, batch_id=batch, opinion="政策调整")
    vouchers = month.store.rows(
        "SELECT id, event, reverses_id FROM voucher WHERE batch_id = ? ORDER BY id", (batch,)
    )
    assert [(event, reverses) for _, event, reverses in vouchers] == [
        ("approve", None),
        ("stop", vouchers[0][0]),
    ]


def test_a_batch_with_everything_stopped_goes_no_further(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    stop_payment(month.clerk, payment_id=month.payment(batch), reason="迁出")
    with pytest.raises(AllStopped, match="全部已停发，没有可提交的款项"):
        submit_batch(month.clerk, batch_id=batch)
    assert buckets_of(month.store, batch)[Bucket.STOPPED] == (1, 5000)


def test_a_sent_batch_is_not_cancelled(month: Month) -> None:
    month.aged(1)
    batch = month.approved(month.create())
    month.answered(batch)
    with pytest.raises(NoRoad, match="现在是“已结清”，不能作废"):
        cancel_batch(month.approver, batch_id=batch, opinion="x")


# -- faults -------------------------------------------------------------------------------------------------


def test_a_fault_at_any_statement_leaves_nothing(month: Month) -> None:
    month.aged(2)
    batch = month.create()
    each_statement_failing(month.store, lambda: submit_batch(month.clerk, batch_id=batch))
    each_statement_failing(month.store, lambda: reject_batch(month.reviewer, batch_id=batch, opinion="漏人"))
    submit_batch(month.clerk, batch_id=batch)
    each_statement_failing(month.store, lambda: review_batch(month.reviewer, batch_id=batch))
    each_statement_failing(month.store, lambda: approve_batch(month.approver, batch_id=batch))
    each_statement_failing(
        month.store, lambda: cancel_batch(month.approver, batch_id=batch, opinion="政策调整")
    )
    month.identity()


def test_money_of_a_later_year_carries_nothing_before_it(month: Month) -> None:
    month.aged(3)
    batch = month.reviewed(month.create())
    with month.store.writing():
        month.store.execute("UPDATE allotment SET year = 2025")
    (short,) = check_batch(month.store, batch, month.clerk.today).blockers
    assert short.code is CheckCode.FUNDS_SHORT
    assert "可用 0.00 元" in short.rows[0].sentence
    assert funds_ahead(month.store, batch, 2024) == FundsAhead(Fen(15_000), ())
    assert funds_ahead(month.store, batch, 2025) == FundsAhead(Fen(0), ())
