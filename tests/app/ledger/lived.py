"""A June that an office lived through with the real doors: paid, failed, stopped, reissued, bounced, closed, recovered."""

from dataclasses import dataclass
from pathlib import Path

from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.payments.use_cases import close_payment, stop_payment
from app.batches.use_cases import approve_batch, reissue_batch, review_batch, submit_batch
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.funds.use_cases import add_interest
from app.returns.use_cases import bounce_payment, post_return, recover_payment
from models.domain.money import Fen
from tests.app.batches.months import Month

DAY = "2024-06-20"


@dataclass
class Lived:
    """The month and its two batches: `first` of six people, `again` that repeats two of its failures."""

    month: Month
    first: int
    again: int


def to_bank_and_back(
    month: Month, batch: int, folder: Path, failures: dict[int, str], day: str = DAY
) -> None:
    """Send a batch to the demo bank and post its answer."""
    clerk = month.later(month.clerk, day)
    make_bank_files(clerk, batch_id=batch, profile="rural_bank")
    (path,) = [
        one for one in write_bank_files(month.store, batch_id=batch, folder=folder) if one.suffix == ".xlsx"
    ]
    back = answer_bank_file(path, folder / "back" / path.name, profile="rural_bank", failures=failures)
    post_return(clerk, path=back)


def live(admin: Desk, folder: Path) -> Lived:
    """Six people of 50.00: one stopped after approval, two fail of five, both reissued; then one of those bounces and is
    closed, and 10.00 of another payment is recovered. Paid in the end: 4 of 50.00 less 10.00; 1.00 interest."""
    month = Month(admin)
    month.policy()
    month.fund(fen=40_000)
    month.aged(6)
    first = month.create()
    month.approved(first)
    clerk, approver = month.later(month.clerk, DAY), month.later(month.approver, DAY)
    stop_payment(clerk, payment_id=month.payment(first, 6), reason="已迁出")
    to_bank_and_back(month, first, folder / "1", {1: "账户已销户", 2: "户名不符"})
    again = int(str(reissue_batch(clerk, batch_id=first).answer["batch"]))
    reasons = month.reasons(again)
    submit_batch(clerk, batch_id=again, reasons=reasons)
    review_batch(month.later(month.reviewer, DAY), batch_id=again)
    approve_batch(approver, batch_id=again)
    to_bank_and_back(month, again, folder / "2", {})
    bounce_payment(clerk, payment_id=month.payment(again, 2), reason="睡眠户")
    close_payment(approver, payment_id=month.payment(again, 2), reason="本人放弃")
    recover_payment(clerk, payment_id=month.payment(first, 3), fen=Fen(1000), reason="多发")
    add_interest(clerk, fen=Fen(100))
    return Lived(month, first, again)
