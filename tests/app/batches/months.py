"""One month of an office for the tests of batches: a policy, people entitled, money received, three people at their desks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.batches.steps import load_batch, settle_if_done
from app.batches.use_cases import approve_batch, create_batch, review_batch, submit_batch
from app.desk import Desk
from app.funds.use_cases import add_allotment, add_receipt
from app.programs.use_cases import add_policies
from models.domain.matching import reason_class
from models.domain.money import Fen
from models.store.tallies import refresh_tally
from tests.builders import Make
from tests.conftest import seat

AGED = "2080502"  # 高龄津贴, by the month, to a person
LAND = "2130122"  # 耕地地力保护补贴, by the year, to a household
LOW = "2081902"  # 农村低保, by the month, to a household, an approved amount
HOME = "933062400001"  # 居家适老化改造, once, to a household, capped

POLICIES: dict[str, dict[str, object]] = {
    AGED: {
        "program": AGED, "document": "新民〔2024〕2号", "from": date(2024, 1, 1), "frequency": "month", "target": "person",
        "family": "tiered", "by": "age", "tiers": {"80": "50", "90": "100"}, "publicity": "none",
    },
    LAND: {
        "program": LAND, "document": "新农〔2024〕3号", "from": date(2023, 1, 1), "frequency": "year", "target": "household",
        "family": "per_unit", "unit": "亩", "rate": "100.58", "publicity": "before", "publicity_days": 7,
        "publicity_kind": "calendar",
    },
    LOW: {
        "program": LOW, "document": "新民〔2024〕6号", "from": date(2024, 1, 1), "frequency": "month", "target": "household",
        "family": "top_up", "approved_amount": True, "publicity": "none",
    },
    HOME: {
        "program": HOME, "name": "居家适老化改造补贴", "bank_short_name": "适老化改造", "department": "民政",
        "document": "新商务〔2024〕9号", "from": date(2024, 1, 1), "frequency": "once", "target": "household",
        "family": "share_of_cost", "by": "head_age", "tiers": {"60": "50%", "80": "60%"}, "cap_per_household": "20000",
        "publicity": "none",
    },
}  # fmt: skip

OLD = "19400501"  # 84 in June 2024: 50 yuan a month


class Month:
    """The desks of three people in one office, and short ways to what a test begins with."""

    def __init__(self, admin: Desk) -> None:
        self.admin = admin
        self.clerk = seat(admin, "经办甲")
        self.other_clerk = seat(admin, "经办乙")
        self.reviewer = seat(admin, "复核丙")
        self.approver = seat(admin, "审批丁")
        self.store = admin.store
        self.make = Make(self.clerk)
        self.allotments = 0

    def policy(self, code: str = AGED, **changed: object) -> None:
        """The program's policy, with settings on top."""
        add_policies(self.clerk, tables=[{**POLICIES[code], **changed}], source_name="policies.toml")

    def pool(self, total: str) -> None:
        """A policy that shares a total over all the land."""
        table = {name: value for name, value in POLICIES[LAND].items() if name != "rate"}
        add_policies(
            self.clerk, tables=[{**table, "family": "pool", "total": total}], source_name="policies.toml"
        )

    def fund(self, code: str = AGED, fen: int = 1_000_000, document: str = "") -> int:
        """An allotment with its money received; gives its id."""
        self.allotments += 1
        added = add_allotment(
            self.clerk,
            program=code,
            document=document or f"新财〔2024〕{self.allotments}号",
            fen=Fen(fen),
            level="县",
        )
        allotment = int(str(added.answer["allotment"]))
        add_receipt(self.clerk, allotment_id=allotment, fen=Fen(fen))
        return allotment

    def aged(self, count: int, *, period: str = "2024-06", birth: str = OLD) -> list[int]:
        """People of 84, each the head of a household, entitled for one month."""
        people = [self.make.person(birth=birth) for _ in range(count)]
        for person in people:
            self.make.enrolment(person, AGED, period=period)
        return people

    def create(self, code: str = AGED, period: str = "2024-06") -> int:
        """A draft batch; gives its id."""
        return int(str(create_batch(self.clerk, program=code, period=period).answer["batch"]))

    def reviewed(self, batch: int) -> int:
        """Submitted and reviewed."""
        submit_batch(self.clerk, batch_id=batch, reasons=self.reasons(batch))
        review_batch(self.reviewer, batch_id=batch)
        return batch

    def approved(self, batch: int) -> int:
        """Through all three desks, of a program that is not posted."""
        approve_batch(self.approver, batch_id=self.reviewed(batch))
        return batch

    def reasons(self, batch: int) -> dict[str, str]:
        """A word for every warning."""
        from app.batches.queries import check_batch

        return {
            one.code.value: "已逐笔核实"
            for one in check_batch(self.store, batch, self.clerk.today).to_explain
        }

    def answered(
        self, batch: int, *, failed: Sequence[int] = (), bounced: Sequence[int] = (), reason: str = "卡折未领"
    ) -> None:
        """The bank was sent the batch and paid all but the failed lines; bounced lines came back later."""
        store, number = self.store, load_batch(self.store, batch).number
        with store.writing():
            sha256 = store.keep_file(number.encode(), f"{number}.xlsx", "bank_file", "2024-06-20")
            file = store.insert(
                "INSERT INTO bank_file (batch_id, part, profile, name, sha256, lines, total_fen, made_on)"
                " SELECT id, 1, 'rural_bank', number, ?, payments, owed_fen, '2024-06-20' FROM batch WHERE id = ?",
                (sha256, batch),
            )
            store.execute(
                "INSERT INTO attempt (payment_id, bank_file_id, line, serial, name, account_number, fen, remark, state)"
                " SELECT id, ?, line, line, payee_name, account_number, owed_fen, '', 'open' FROM payment"
                " WHERE batch_id = ? AND bucket = 'pending'",
                (file, batch),
            )
            store.execute(
                "UPDATE payment SET bucket = 'in_flight' WHERE batch_id = ? AND bucket = 'pending'", (batch,)
            )
            for line, answer in store.rows(
                "SELECT line, 'paid' FROM payment WHERE batch_id = ? AND bucket = 'in_flight'", (batch,)
            ):
                answer = "failed" if line in failed else answer
                self._answer(batch, line, answer, answer, reason)
                if line in bounced:
                    self._answer(batch, line, "bounced", "returned", reason)
            store.execute("UPDATE batch SET state = 'settling' WHERE id = ?", (batch,))
            refresh_tally(store, batch)
            settle_if_done(store, batch, "2024-06-21")

    def _answer(self, batch: int, line: int, attempt: str, bucket: str, reason: str) -> None:
        self.store.execute(
            "UPDATE attempt SET state = ? WHERE payment_id = (SELECT id FROM payment WHERE batch_id = ? AND line = ?)",
            (attempt, batch, line),
        )
        self.store.execute(
            "UPDATE payment SET bucket = ?, reason = ?, reason_class = ? WHERE batch_id = ? AND line = ?",
            (bucket, reason, reason_class(reason), batch, line),
        )

    def payment(self, batch: int, line: int = 1) -> int:
        """The id of a line."""
        return int(self.store.value("SELECT id FROM payment WHERE batch_id = ? AND line = ?", (batch, line)))

    def column(self, name: str, payment: int) -> Any:
        """A column of a payment."""
        return self.store.value(f"SELECT {name} FROM payment WHERE id = ?", (payment,))

    def state(self, batch: int) -> str:
        """The state of a batch."""
        return load_batch(self.store, batch).state.value

    def later(self, desk: Desk, day: str) -> Desk:
        """The same person on another day."""
        return seat(self.admin, desk.operator.name, date.fromisoformat(day))

    def identity(self) -> None:
        """Σ owed = Σ buckets for every batch, by count and by fen, and the sums beside the payments agree."""
        for batch, payments, fen in self.store.rows("SELECT id, payments, owed_fen FROM batch"):
            for table in (
                "SELECT count(*), coalesce(sum(owed_fen), 0) FROM payment WHERE batch_id = ?",
                "SELECT sum(payments), sum(fen) FROM batch_tally WHERE batch_id = ?",
            ):
                assert self.store.row(table, (batch,)) == (payments, fen)
            assert self.store.rows(
                "SELECT bucket, count(*), sum(owed_fen) FROM payment WHERE batch_id = ? GROUP BY bucket ORDER BY bucket",
                (batch,),
            ) == self.store.rows(
                "SELECT bucket, sum(payments), sum(fen) FROM batch_tally WHERE batch_id = ? GROUP BY bucket ORDER BY bucket",
                (batch,),
            )

    def ledger(self, account: str) -> int:
        """Debit minus credit of an account over all vouchers."""
        return int(
            self.store.value(
                "SELECT coalesce(sum(debit_fen - credit_fen), 0) FROM voucher_line WHERE ledger = ?",
                (account,),
            )
        )
