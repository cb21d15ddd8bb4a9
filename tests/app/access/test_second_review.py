"""From the office's amount on two people review a batch, neither of them who entered it."""

from pathlib import Path

import pytest

from app.access.queries import second_review_above
from app.access.use_cases import LimitNotAnAmount, add_operator, set_second_review
from app.batches.use_cases import (
    SecondReviewerNeeded,
    approve_batch,
    reject_batch,
    review_batch,
    submit_batch,
)
from app.desk import Desk
from models.domain.money import Fen
from models.domain.permission import NotPermitted, Post, SamePerson
from tests.app.batches.months import Month
from tests.conftest import PASSWORD, seat


@pytest.fixture
def month(admin: Desk) -> Month:
    add_operator(admin, name="复核己", posts=[Post.REVIEWER], password=PASSWORD)
    month = Month(admin)
    month.policy()
    month.fund()
    month.aged(3)
    return month


def submitted(month: Month) -> int:
    batch = month.create()
    submit_batch(month.clerk, batch_id=batch, reasons=month.reasons(batch))
    return batch


def test_without_the_setting_one_reviewer_is_enough(month: Month) -> None:
    assert second_review_above(month.store) is None
    review_batch(month.reviewer, batch_id=(batch := submitted(month)))
    assert month.state(batch) == "reviewed"


def test_above_the_amount_two_review(month: Month) -> None:
    set_second_review(month.admin, above_fen=Fen(15_000))
    second = seat(month.admin, "复核己")
    batch = submitted(month)
    first = review_batch(month.reviewer, batch_id=batch, opinion="一审").answer
    assert (first["state"], first["awaiting"]) == ("submitted", "second_review")
    with pytest.raises(SecondReviewerNeeded, match="另一位复核人员"):
        review_batch(month.reviewer, batch_id=batch)
    with pytest.raises(NotPermitted):
        review_batch(month.clerk, batch_id=batch)
    assert review_batch(second, batch_id=batch).answer["state"] == "reviewed"
    approve_batch(month.approver, batch_id=batch)


def test_what_comes_back_is_reviewed_by_two_again(month: Month) -> None:
    set_second_review(month.admin, above_fen=Fen(1))
    second = seat(month.admin, "复核己")
    batch = submitted(month)
    review_batch(month.reviewer, batch_id=batch)
    reject_batch(second, batch_id=batch, opinion="再核")
    submit_batch(month.clerk, batch_id=batch, reasons=month.reasons(batch))
    assert review_batch(second, batch_id=batch).answer["state"] == "submitted"
    assert review_batch(month.reviewer, batch_id=batch).answer["state"] == "reviewed"


def test_who_reviewed_first_does_not_approve(month: Month) -> None:
    set_second_review(month.admin, above_fen=Fen(1))
    batch = submitted(month)
    review_batch(month.reviewer, batch_id=batch)
    review_batch(seat(month.admin, "复核己"), batch_id=batch)
    with month.store.writing():
        month.store.execute("UPDATE operator SET posts = 'reviewer,approver' WHERE name = '复核丙'")
    with pytest.raises(SamePerson):
        approve_batch(seat(month.admin, "复核丙"), batch_id=batch)


def test_below_the_amount_one_is_enough_and_the_setting_goes(month: Month, tmp_path: Path) -> None:
    set_second_review(month.admin, above_fen=Fen(15_001))
    batch = submitted(month)
    assert review_batch(month.reviewer, batch_id=batch).answer["state"] == "reviewed"
    set_second_review(month.admin, above_fen=None)
    assert second_review_above(month.store) is None
    with pytest.raises(LimitNotAnAmount):
        set_second_review(month.admin, above_fen=Fen(0))
    with pytest.raises(NotPermitted):
        set_second_review(month.clerk, above_fen=Fen(5))
