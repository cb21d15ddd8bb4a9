"""A payment 发放明细: the states are the buckets of DOMAIN §3.

A payment stopped before sending simply stays stopped: its money never left, so there is nothing to close. `give_back_…`
undo a reissue whose successor was stopped or cancelled: the source goes back to the bucket it came from.
"""

from enum import StrEnum
from typing import Final

from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.roads import Roads


class PaymentStep(StrEnum):
    """What can happen to a payment."""

    STOP = "stop"
    RESTORE = "restore"
    SEND = "send"
    PAY = "pay"
    FAIL = "fail"
    BOUNCE = "bounce"
    RECOVER = "recover"
    REISSUE = "reissue"
    GIVE_BACK_FAILED = "give_back_failed"
    GIVE_BACK_RETURNED = "give_back_returned"
    CLOSE = "close"


PAYMENT_STEP_NAMES: Final = {
    PaymentStep.STOP: "停发",
    PaymentStep.RESTORE: "恢复发放",
    PaymentStep.SEND: "报盘",
    PaymentStep.PAY: "登记发放成功",
    PaymentStep.FAIL: "登记发放失败",
    PaymentStep.BOUNCE: "登记退票",
    PaymentStep.RECOVER: "登记全额追回",
    PaymentStep.REISSUE: "补发",
    PaymentStep.GIVE_BACK_FAILED: "撤回补发（原为发放失败）",
    PaymentStep.GIVE_BACK_RETURNED: "撤回补发（原为退票）",
    PaymentStep.CLOSE: "关闭未付",
}

FIRST: Final = Bucket.PENDING
ROADS: Final = {
    (Bucket.PENDING, PaymentStep.SEND): Bucket.IN_FLIGHT,
    (Bucket.PENDING, PaymentStep.STOP): Bucket.STOPPED,
    (Bucket.STOPPED, PaymentStep.RESTORE): Bucket.PENDING,
    (Bucket.IN_FLIGHT, PaymentStep.PAY): Bucket.PAID,
    (Bucket.IN_FLIGHT, PaymentStep.FAIL): Bucket.FAILED,
    (Bucket.PAID, PaymentStep.BOUNCE): Bucket.RETURNED,
    (Bucket.PAID, PaymentStep.RECOVER): Bucket.RECOVERED,
    (Bucket.FAILED, PaymentStep.REISSUE): Bucket.REISSUED,
    (Bucket.FAILED, PaymentStep.CLOSE): Bucket.CLOSED_UNPAID,
    (Bucket.RETURNED, PaymentStep.REISSUE): Bucket.REISSUED,
    (Bucket.RETURNED, PaymentStep.CLOSE): Bucket.CLOSED_UNPAID,
    (Bucket.REISSUED, PaymentStep.GIVE_BACK_FAILED): Bucket.FAILED,
    (Bucket.REISSUED, PaymentStep.GIVE_BACK_RETURNED): Bucket.RETURNED,
}

_FLOW: Final = Roads("这笔发放", ROADS, BUCKET_NAMES, PAYMENT_STEP_NAMES)
can = _FLOW.can
steps_from = _FLOW.steps_from
follow = _FLOW.follow
