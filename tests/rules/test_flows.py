"""All flows, over the full product of states and steps: reachable, leavable, and a sentence for every no."""

from collections.abc import Mapping
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows import (
    batch_flow,
    disposal_flow,
    import_flow,
    notice_flow,
    payment_flow,
    report_flow,
    volume_flow,
    year_flow,
)
from models.domain.flows.batch_flow import BatchState, BatchStep
from models.domain.flows.payment_flow import PaymentStep
from models.domain.flows.roads import NoRoad

Names = Mapping[Any, str]

FLOWS: list[tuple[ModuleType, Names, Names, set[str]]] = [
    (batch_flow, batch_flow.BATCH_STATE_NAMES, batch_flow.BATCH_STEP_NAMES, {"cancelled"}),
    (payment_flow, BUCKET_NAMES, payment_flow.PAYMENT_STEP_NAMES, {"recovered", "closed_unpaid"}),
    (import_flow, import_flow.IMPORT_STATE_NAMES, import_flow.IMPORT_STEP_NAMES, {"undone"}),
    (notice_flow, notice_flow.NOTICE_STATE_NAMES, notice_flow.NOTICE_STEP_NAMES, {"withdrawn"}),
    (report_flow, report_flow.REPORT_STATE_NAMES, report_flow.REPORT_STEP_NAMES, {"confirmed"}),
    (
        volume_flow,
        volume_flow.VOLUME_STATE_NAMES,
        volume_flow.VOLUME_STEP_NAMES,
        {"handed_over", "destroyed"},
    ),
    (
        disposal_flow,
        disposal_flow.DISPOSAL_STATE_NAMES,
        disposal_flow.DISPOSAL_STEP_NAMES,
        {"done", "withdrawn"},
    ),
    (year_flow, year_flow.YEAR_STATE_NAMES, year_flow.YEAR_STEP_NAMES, set()),
]
each_flow = pytest.mark.parametrize(("flow", "states", "steps", "final"), FLOWS)


@each_flow
def test_every_state_is_reachable_and_every_state_that_is_not_final_leavable(
    flow: ModuleType, states: Names, steps: Names, final: set[str]
) -> None:
    assert set(states) == set(flow.FIRST.__class__)
    reached, waiting = {flow.FIRST}, [flow.FIRST]
    while waiting:
        state = waiting.pop()
        for (start, _), end in flow.ROADS.items():
            if start == state and end not in reached:
                reached.add(end)
                waiting.append(end)
    assert reached == set(states)
    assert {state for state in states if not flow.steps_from(state)} == final


@each_flow
def test_the_full_product_either_leads_somewhere_or_is_refused_with_what_is_possible(
    flow: ModuleType, states: Names, steps: Names, final: set[str]
) -> None:
    for state, step in product(states, steps):
        roads = {"desk": state} if step is BatchStep.RESUBMIT else {}
        if flow.can(state, step):
            assert step in flow.steps_from(state)
            if step is not BatchStep.RESUBMIT:
                assert flow.follow(state, step, **roads) is flow.ROADS[state, step]
            continue
        assert step not in flow.steps_from(state)
        with pytest.raises(NoRoad) as refused:
            flow.follow(state, step, **roads)
        sentence = refused.value.sentence
        assert f"“{states[state]}”，不能{steps[step]}。" in sentence
        assert all(steps[possible] in sentence for possible in flow.steps_from(state))
        assert ("没有下一步" in sentence) == (state in final)


@each_flow
def test_names_are_chinese_and_tell_apart(
    flow: ModuleType, states: Names, steps: Names, final: set[str]
) -> None:
    for names in (states, steps):
        assert len(set(names.values())) == len(names)
        assert all("\u4e00" <= name[0] <= "\u9fff" for name in names.values())
        assert all(word.isascii() and word.islower() for word in names)
    assert {step for _, step in flow.ROADS} == set(steps)


def test_a_rejected_batch_resumes_at_the_desk_that_rejected_it() -> None:
    for desk in batch_flow.DESKS:
        assert batch_flow.follow(desk, BatchStep.REJECT) is BatchState.REJECTED
        assert batch_flow.follow(BatchState.REJECTED, BatchStep.RESUBMIT, desk=desk) is desk
    assert {state for state in BatchState if batch_flow.can(state, BatchStep.REJECT)} == set(batch_flow.DESKS)
    for no_desk in {None, *BatchState} - {*batch_flow.DESKS}:
        with pytest.raises(ValueError, match="no desk"):
            batch_flow.follow(BatchState.REJECTED, BatchStep.RESUBMIT, desk=no_desk)


def test_only_a_program_not_posted_before_payment_passes_by_the_notice() -> None:
    assert not batch_flow.can(BatchState.REVIEWED, BatchStep.APPROVE)
    assert batch_flow.can(BatchState.REVIEWED, BatchStep.APPROVE, posted_first=False)
    assert batch_flow.can(BatchState.REVIEWED, BatchStep.PUBLICIZE)
    assert not batch_flow.can(BatchState.REVIEWED, BatchStep.PUBLICIZE, posted_first=False)
    with pytest.raises(NoRoad) as refused:
        batch_flow.follow(BatchState.REVIEWED, BatchStep.APPROVE)
    assert refused.value.sentence == "这个批次现在是“已复核”，不能审批。现在可以办理：公示、退回、作废。"


def test_a_batch_is_cancelled_only_before_it_is_sent() -> None:
    assert {
        state for state in BatchState if batch_flow.can(state, BatchStep.CANCEL)
    } == batch_flow.BEFORE_SENDING


def test_settled_and_archived_batches_open_again() -> None:
    for state in (BatchState.SETTLED, BatchState.ARCHIVED):
        assert batch_flow.follow(state, BatchStep.REOPEN) is BatchState.SETTLING


def test_a_reissued_payment_goes_back_to_where_it_came_from() -> None:
    for origin, back in (
        (Bucket.FAILED, PaymentStep.GIVE_BACK_FAILED),
        (Bucket.RETURNED, PaymentStep.GIVE_BACK_RETURNED),
    ):
        assert payment_flow.follow(origin, PaymentStep.REISSUE) is Bucket.REISSUED
        assert payment_flow.follow(Bucket.REISSUED, back) is origin
