"""Windows of the counter 查询大厅: by an ID and the last four digits of the account, one's own payments and policies, masked.

Nothing of anybody else is shown, no whole number, and nothing that is not decided yet: payments of batches that are still at
the desks are not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.programs.describing import standard_text
from app.programs.queries import policy_for
from models.domain.buckets import Bucket
from models.domain.masking import mask_account, mask_id, mask_name
from models.domain.matching import REASON_NAMES, ReasonClass, what_to_do
from models.domain.money import Fen
from models.domain.period import period_text
from models.domain.refusal import Refusal
from models.store.opening import Store

MOST_PAYMENTS: Final = 60
TAIL: Final = 4

_SAID: Final = {
    Bucket.PENDING: "正在办理",
    Bucket.STOPPED: "停发",
    Bucket.IN_FLIGHT: "已送银行，等待到账",
    Bucket.PAID: "已发放",
    Bucket.FAILED: "没有发放成功",
    Bucket.RETURNED: "银行退回",
    Bucket.RECOVERED: "已追回",
    Bucket.REISSUED: "没有发成，已另行补发",
    Bucket.CLOSED_UNPAID: "不再发放",
}
_ASK_HERE: Final = "请到财政所窗口询问。"


@dataclass(frozen=True, slots=True)
class OwnPayment:
    """One payment as its receiver reads it: what for, how much, where the money is, what to do where it did not come."""

    program: str
    period: str
    fen: Fen
    bucket: Bucket
    said: str
    day: str
    account: str
    advice: str


@dataclass(frozen=True, slots=True)
class OwnEntitlement:
    """What somebody is entitled to now, with the policy that says so."""

    program: str
    term: str
    fen: Fen
    standard: str
    document: str


@dataclass(frozen=True, slots=True)
class OwnCard:
    """What the counter shows: masked name and ID, the sum paid in a year, payments, entitlements."""

    name: str
    id_number: str
    year: str
    paid_fen: Fen
    payments: Sequence[OwnPayment]
    entitlements: Sequence[OwnEntitlement]


def own_card(store: Store, id_number: str, account_tail: str, day: str) -> OwnCard | None:
    """Somebody's own card on a day ('YYYY-MM-DD'); None where ID and account do not belong together, whichever is wrong.

    The account is the person's own, or the one that their payments went to (the household head's).
    """
    written, tail = id_number.strip().upper(), account_tail.strip()
    if len(tail) != TAIL or not tail.isdigit():
        return None
    row = store.row(
        "SELECT coalesce(p.merged_into, p.id), p.name, p.id_number FROM person p WHERE p.id_number = ?",
        (written,),
    )
    if row is None:
        return None
    person, name, number = row
    known = store.value(
        "SELECT 1 FROM account WHERE person_id = ?1 AND valid_to IS NULL AND substr(number, -4) = ?2 UNION ALL"
        " SELECT 1 FROM payment WHERE person_id = ?1 AND substr(account_number, -4) = ?2 LIMIT 1",
        (person, tail),
    )
    if known is None:
        return None
    payments = _payments(store, person)
    year = day[:4]
    paid = sum(one.fen for one in payments if one.bucket is Bucket.PAID and one.day[:4] == year)
    return OwnCard(
        mask_name(name), mask_id(number), year, Fen(paid), payments, _entitlements(store, person, day)
    )


def _payments(store: Store, person: int) -> list[OwnPayment]:
    """One's own payments, and those of one's household where one is its head; the latest first."""
    found = []
    for program, period, fen, stored, reason_class, account, day in store.rows(
        "SELECT g.name, m.period, m.owed_fen, m.bucket, m.reason_class, m.account_number, coalesce((SELECT max(a.answered_on)"
        " FROM attempt a WHERE a.payment_id = m.id), b.sent_on, b.approved_on, '') FROM payment m JOIN batch b ON b.id = m.batch_id"
        " JOIN program g ON g.id = m.program_id WHERE m.person_id = ? AND b.state IN ('approved', 'sent', 'settling', 'settled',"
        " 'archived') ORDER BY m.id DESC LIMIT ?",
        (person, MOST_PAYMENTS),
    ):
        bucket = Bucket(stored)
        advice = ""
        if bucket in (Bucket.FAILED, Bucket.RETURNED):
            kind = ReasonClass(reason_class) if reason_class else ReasonClass.OTHER
            advice = f"原因：{REASON_NAMES[kind]}。{_told(kind)}"
        elif bucket in (Bucket.STOPPED, Bucket.CLOSED_UNPAID):
            advice = _ASK_HERE
        found.append(
            OwnPayment(
                program, period_text(period), Fen(fen), bucket, _SAID[bucket], str(day), mask_account(account), advice
            )
        )  # fmt: skip
    return found


def _told(kind: ReasonClass) -> str:
    """What to do, said to the person concerned rather than to the clerk."""
    to_clerk = what_to_do(kind)
    for theirs, yours in (("请通知本人", "请您"), ("请让本人", "请您"), ("请向本人核实账号", "请您核对账号")):
        if to_clerk.startswith(theirs):
            return to_clerk.replace(theirs, yours, 1)
    return _ASK_HERE


def _entitlements(store: Store, person: int, day: str) -> list[OwnEntitlement]:
    """What one is entitled to on a day, each with the standard of the policy in force."""
    found = []
    for program_id, program, period, first, until, fen in store.rows(
        "SELECT g.id, g.name, e.period, e.valid_from, e.valid_to, e.computed_fen FROM enrolment e JOIN program g ON g.id ="
        " e.program_id WHERE e.person_id = ?1 AND e.state = 'active' AND substr(coalesce(nullif(e.period, ''), e.valid_to, ?2), 1, 4) >= substr(?2, 1, 4)"
        " ORDER BY e.valid_from DESC, e.id DESC",
        (person, day),
    ):
        try:
            _, stored = policy_for(store, program_id, period or day[:7])
            standard, document = standard_text(stored.policy), stored.policy.document
        except Refusal:
            standard, document = "", ""
        term = (
            period_text(period)
            if period
            else f"{first} 起" + (f"，到 {until}" if until is not None else "，长期")
        )
        found.append(OwnEntitlement(program, term, Fen(fen), standard, document))
    return found
