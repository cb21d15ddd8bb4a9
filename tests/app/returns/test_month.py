"""A batch's whole life through the real doors: list, notice, bank, failures, reissue, a bounce, closing."""

from datetime import date
from pathlib import Path

import pytest

from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.payments.use_cases import close_payment
from app.batches.use_cases import approve_batch, create_batch, reissue_batch, review_batch, submit_batch
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.funds.use_cases import add_allotment, add_receipt
from app.notices.use_cases import decide_objection, object_to, publicize_batch
from app.programs.use_cases import add_policies
from app.returns.use_cases import bounce_payment, post_return
from models.domain.money import Fen
from models.domain.refusal import Refusal
from tests.app.bankfiles.batches import LAND, balances, buckets
from tests.builders import Make
from tests.conftest import seat

POLICY = {
    "program": LAND, "document": "新农〔2024〕3号", "from": "2024-01-01", "frequency": "year", "target": "household",
    "family": "per_unit", "unit": "亩", "rate": "100.00",
}  # fmt: skip


class Office:
    """The four people, on a day that moves."""

    def __init__(self, admin: Desk) -> None:
        self.admin = admin
        self.day = date(2024, 6, 3)

    @property
    def clerk(self) -> Desk:
        return seat(self.admin, "经办甲", self.day)

    @property
    def reviewer(self) -> Desk:
        return seat(self.admin, "复核丙", self.day)

    @property
    def approver(self) -> Desk:
        return seat(self.admin, "审批丁", self.day)


def to_bank_and_back(office: Office, batch: object, folder: Path, failures: dict[int, str]) -> None:
    make_bank_files(office.clerk, batch_id=str(batch), profile="rural_bank")
    path = write_bank_files(office.clerk.store, batch_id=str(batch), folder=folder)[0]
    back = answer_bank_file(path, folder / "back" / path.name, profile="rural_bank", failures=failures)
    post_return(office.clerk, path=back)


def test_from_the_list_to_the_last_fen(admin: Desk, tmp_path: Path) -> None:
    office, make, store = Office(admin), Make(admin), admin.store
    for quantity in (10_000, 20_000, 30_000):
        make.enrolment(make.person(), LAND, target="household", period="2024", quantity=quantity)
    add_policies(office.clerk, tables=[POLICY], source_name="政策.toml")
    allotment = add_allotment(
        office.clerk, program=LAND, document="新财农〔2024〕1号", level="县", fen=Fen(60_000),
        issued_on=date(2024, 6, 1),
    ).answer["allotment"]  # fmt: skip
    assert isinstance(allotment, int)
    add_receipt(office.clerk, allotment_id=allotment, fen=Fen(60_000), received_on=date(2024, 6, 2))

    batch = create_batch(office.clerk, program=LAND, period="2024").answer["batch"]
    assert isinstance(batch, int)
    reasons = dict.fromkeys(("last.new", "amount.unusual"), "已核实")
    submit_batch(office.clerk, batch_id=batch, reasons=reasons)
    review_batch(office.reviewer, batch_id=batch)
    publicize_batch(office.clerk, batch_id=batch)
    objection = object_to(office.clerk, batch_id=batch, person="王某", text="面积不实").answer["objection"]
    assert isinstance(objection, int)
    office.day = date(2024, 6, 14)
    with pytest.raises(Refusal, match="异议"):
        approve_batch(office.approver, batch_id=batch, opinion="同意")
    decide_objection(office.clerk, objection_id=objection, outcome="rejected", answer="已实测")
    approve_batch(office.approver, batch_id=batch, opinion="同意")
    to_bank_and_back(office, batch, tmp_path / "1", {1: "账户已销户", 2: "户名不符"})
    assert buckets(admin, batch) == {"failed": 2, "paid": 1}

    again = reissue_batch(office.clerk, batch_id=batch).answer["batch"]
    assert isinstance(again, int)
    submit_batch(office.clerk, batch_id=again, reasons={"account.failed_before": "银行已恢复原账户"})
    review_batch(office.reviewer, batch_id=again)
    approve_batch(office.approver, batch_id=again, opinion="同意")
    assert store.value("SELECT state FROM batch WHERE id = ?", (batch,)) == "settled"
    to_bank_and_back(office, again, tmp_path / "2", {})
    assert buckets(admin, again) == {"paid": 2}
    assert balances(admin) == {
        "deposit": 0,
        "expense": 60_000,
        "funded": -60_000,
        "payable": 0,
        "returned": 0,
    }

    last = store.value("SELECT max(id) FROM payment WHERE batch_id = ?", (again,))
    owed = store.value("SELECT owed_fen FROM payment WHERE id = ?", (last,))
    bounce_payment(office.clerk, payment_id=last, reason="睡眠户")
    close_payment(office.approver, payment_id=last, reason="本人放弃")
    assert buckets(admin, again) == {"paid": 1, "closed_unpaid": 1}
    assert store.value("SELECT state FROM batch WHERE id = ?", (again,)) == "settled"
    assert (balances(admin)["treasury"], balances(admin)["returned"]) == (-owed, 0)
