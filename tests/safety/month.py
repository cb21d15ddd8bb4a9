"""A month of one small office as a list of steps, each one use case: what the safety tests kill, cut and repeat.

`python -m tests.safety.month OFFICE FILES ACKS` takes the steps that are not done yet, and writes each one's number to
ACKS only after its use case came back: what stands there is promised to the user.
"""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final

from app.access.queries import sit_down
from app.archive.use_cases import make_dossier
from app.backups.container import row_digests
from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.payments.use_cases import close_payment, stop_payment
from app.batches.queries import check_batch
from app.batches.use_cases import approve_batch, create_batch, reissue_batch, review_batch, submit_batch
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.enrolment.use_cases import import_roster
from app.funds.use_cases import add_allotment, add_interest, add_receipt
from app.programs.use_cases import add_policies
from app.registry.use_cases import import_accounts, import_people
from app.reports.use_cases import submit_report
from app.returns.use_cases import bounce_payment, post_return, recover_payment
from models.domain.money import Fen
from models.domain.refusal import Refusal, WorldError
from models.store.opening import Store, open_office
from tests.builders import card_number, id_number
from tests.conftest import PASSWORD

CLERK, REVIEWER, APPROVER = "经办甲", "复核丙", "审批丁"
AGED: Final = "2080502"
CLOCK: Final = datetime(2024, 6, 3, 9, 0, 0)
DAY: Final = date(2024, 6, 20)
PEOPLE: Final = 8
REFUSED: Final = 2
WORLD_FAILED: Final = 3


def write_files(folder: Path) -> None:
    """What comes in from outside: people, accounts, roster."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"张{chr(0x4E00 + serial)}" for serial in range(1, PEOPLE + 1)]
    ids = [id_number(serial, "19400501") for serial in range(1, PEOPLE + 1)]
    people = ["村,组,户编号,与户主关系,姓名,身份证号"]
    people += [
        f"上溪村,1组,3306241990010{serial:04d},户主,{name},{number}"
        for serial, (name, number) in enumerate(zip(names, ids, strict=True), 1)
    ]
    accounts = ["姓名,身份证号,开户银行,账号"]
    accounts += [
        f"{name},{number},新昌农商银行,{card_number(serial)}"
        for serial, (name, number) in enumerate(zip(names, ids, strict=True), 1)
    ]
    roster = [
        "姓名,身份证号,补贴金额（元）",
        *(f"{name},{number},50.00" for name, number in zip(names, ids, strict=True)),
    ]
    for name, lines in (("people", people), ("accounts", accounts), ("roster", roster)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


class Month:
    """The desks of the month, and where its files come from."""

    def __init__(self, store: Store, files: Path) -> None:
        self.store = store
        self.files = files

    def desk(self, name: str) -> Desk:
        return sit_down(self.store, name, CLOCK, DAY)

    def reasons(self, batch: int) -> dict[str, str]:
        sheet = check_batch(self.store, batch, DAY, "submit")
        return {one.code.value: "已逐笔核实" for one in sheet.to_explain}

    def payment(self, batch: int, line: int) -> int:
        return int(self.store.value("SELECT id FROM payment WHERE batch_id = ? AND line = ?", (batch, line)))

    def answered(self, batch: int, failures: dict[int, str]) -> Path:
        """The bank's answer to a batch; made once, so that the same bytes come again."""
        answer = self.files / f"回盘-{batch}.xlsx"
        if not answer.exists():
            paths = write_bank_files(self.store, batch_id=batch, folder=self.files / "out")
            (path,) = [one for one in paths if one.suffix == ".xlsx"]
            answer_bank_file(path, answer, profile="rural_bank", failures=failures)
        return answer


Step = Callable[[Month], object]
POLICY: Final = {
    "program": AGED, "document": "新民〔2024〕2号", "from": date(2024, 1, 1), "frequency": "month", "target": "person",
    "family": "tiered", "by": "age", "tiers": {"80": "50", "90": "100"}, "publicity": "none",
}  # fmt: skip

STEPS: Final[tuple[tuple[str, Step], ...]] = (
    ("people", lambda m: import_people(m.desk(CLERK), path=m.files / "people.csv")),
    ("accounts", lambda m: import_accounts(m.desk(CLERK), path=m.files / "accounts.csv")),
    ("policy", lambda m: add_policies(m.desk(CLERK), tables=[POLICY], source_name="policies.toml")),
    ("allotment", lambda m: add_allotment(m.desk(CLERK), program=AGED, document="新财〔2024〕1号", fen=Fen(60_000), level="县")),
    ("receipt", lambda m: add_receipt(m.desk(CLERK), allotment_id=1, fen=Fen(60_000))),
    ("roster", lambda m: import_roster(m.desk(CLERK), path=m.files / "roster.csv", program=AGED, period="2024-06")),
    ("create", lambda m: create_batch(m.desk(CLERK), program=AGED, period="2024-06")),
    ("submit", lambda m: submit_batch(m.desk(CLERK), batch_id=1, reasons=m.reasons(1))),
    ("review", lambda m: review_batch(m.desk(REVIEWER), batch_id=1)),
    ("approve", lambda m: approve_batch(m.desk(APPROVER), batch_id=1)),
    ("stop", lambda m: stop_payment(m.desk(CLERK), payment_id=m.payment(1, 8), reason="已迁出")),
    ("send", lambda m: make_bank_files(m.desk(CLERK), batch_id=1, profile="rural_bank")),
    ("return", lambda m: post_return(m.desk(CLERK), path=m.answered(1, {1: "账户已销户", 2: "户名不符"}), batch_id=1)),
    ("bounce", lambda m: bounce_payment(m.desk(CLERK), payment_id=m.payment(1, 3), reason="睡眠户")),
    ("close", lambda m: close_payment(m.desk(APPROVER), payment_id=m.payment(1, 3), reason="本人放弃")),
    ("reissue", lambda m: reissue_batch(m.desk(CLERK), batch_id=1)),
    ("submit again", lambda m: submit_batch(m.desk(CLERK), batch_id=2, reasons=m.reasons(2))),
    ("review again", lambda m: review_batch(m.desk(REVIEWER), batch_id=2)),
    ("approve again", lambda m: approve_batch(m.desk(APPROVER), batch_id=2)),
    ("send again", lambda m: make_bank_files(m.desk(CLERK), batch_id=2, profile="rural_bank")),
    ("return again", lambda m: post_return(m.desk(CLERK), path=m.answered(2, {}), batch_id=2)),
    ("recover", lambda m: recover_payment(m.desk(CLERK), payment_id=m.payment(1, 4), fen=Fen(1000), reason="多发")),
    ("interest", lambda m: add_interest(m.desk(CLERK), fen=Fen(100))),
    ("dossier", lambda m: make_dossier(m.desk(CLERK), batch_id=1)),
    ("report", lambda m: submit_report(m.desk(CLERK), month="2024-06")),
)  # fmt: skip


def done_steps(store: Store) -> int:
    """How many steps are in the office: each one is one line of the trail after those of its founding."""
    return int(store.value("SELECT count(*) FROM audit_line")) - FOUNDING_LINES


FOUNDING_LINES: Final = 6  # the office, and five operators


def take_steps(
    office: Path, files: Path, acknowledge: Callable[[int], None], *, until: int = len(STEPS)
) -> None:
    """Take the steps that are not done yet; each is acknowledged after its use case came back."""
    store = open_office(office, CLERK, PASSWORD, CLOCK)
    try:
        month = Month(store, files)
        for number in range(done_steps(store), until):
            STEPS[number][1](month)
            acknowledge(number + 1)
    finally:
        store.close()


def state(store: Store) -> dict[str, str]:
    """Everything the office holds, to the byte; what two offices that did the same have in common."""
    return row_digests(store)


def main(arguments: list[str]) -> None:
    """Take the month's steps in a process of its own, with bugs planted in the program where they are named."""
    office, files, acks = map(Path, arguments[:3])
    for plant in arguments[3:]:  # a bug put in on purpose, to try the tests themselves
        from tests.safety.plants import PLANTS

        PLANTS[plant]()
    handle = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def acknowledge(number: int) -> None:
        os.write(handle, f"{number}\n".encode())
        os.fsync(handle)

    try:
        take_steps(office, files, acknowledge)
    except (Refusal, WorldError) as fault:
        print(fault.sentence, file=sys.stderr)
        sys.exit(REFUSED if isinstance(fault, Refusal) else WORLD_FAILED)
    finally:
        os.close(handle)


if __name__ == "__main__":
    main(sys.argv[1:])
