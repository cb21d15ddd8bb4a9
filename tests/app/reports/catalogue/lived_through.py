"""A township's workbooks lived through: paid, failed, paid again, bounced, closed, recovered, stopped; with the money's truth.

The truth follows every payment by hand, dict by dict: it shares no SQL with the reports.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.batches.payments.use_cases import close_payment, stop_payment
from app.batches.queries import check_batch
from app.batches.use_cases import approve_batch, create_batch, reissue_batch, review_batch, submit_batch
from app.desk import Desk
from app.enrolment.use_cases import import_roster
from app.funds.use_cases import add_allotment, add_charge, add_interest, add_receipt
from app.programs.use_cases import add_policies
from app.registry.use_cases import import_accounts, import_people
from app.returns.use_cases import bounce_payment, recover_payment
from models.domain.money import Fen
from models.store.opening import Store
from tests.app.batches.months import Month
from tests.app.ledger.lived import to_bank_and_back
from tests.conftest import SAMPLES, found, seat
from tests.flow.test_samples import PROGRAMS
from tests.townships import POLICIES, Township

MONTH = "2024-06"
PAID_PROGRAMS = ("2130122", "2080502", "2081902")


@contextmanager
def lived_through(source: str | int, folder: Path) -> Iterator[Desk]:
    """The clerk's desk at the end of June of a sample township (by its folder's name) or of a made-up one (by its seed)."""
    admin = _sample(source, folder) if isinstance(source, str) else _made_up(source, folder)
    month = Month(admin)
    for number, program in enumerate(PAID_PROGRAMS):
        if admin.store.value(
            "SELECT 1 FROM enrolment e JOIN program g ON g.id = e.program_id WHERE g.code = ?", (program,)
        ):
            _pay(month, program, folder / program, date(2024, 6, 3 + 7 * number))
    clerk = month.later(month.clerk, "2024-06-28")
    add_interest(clerk, fen=Fen(1_234))
    add_charge(clerk, fen=Fen(34))
    yield clerk
    admin.store.close()


def _unposted(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**table, "publicity": "none"} for table in tables]


def _sample(name: str, folder: Path) -> Desk:
    admin = found(folder / "office", villages=())
    desk = seat(admin, "经办甲")
    truth = json.loads((SAMPLES / name / "truth.json").read_text(encoding="utf-8"))
    policies = tomllib.loads((SAMPLES / "policies.toml").read_text(encoding="utf-8"))["policy"]
    add_policies(desk, tables=_unposted(policies), source_name="policies.toml")
    import_people(desk, path=SAMPLES / name / truth["registry"]["file"])
    import_accounts(desk, path=SAMPLES / name / truth["accounts"]["file"])
    for key, roster in truth["rosters"].items():
        if PROGRAMS[key] in PAID_PROGRAMS:
            import_roster(desk, path=SAMPLES / name / roster["file"], program=PROGRAMS[key], period=MONTH)
    return admin


def _made_up(seed: int, folder: Path) -> Desk:
    township = Township(seed)
    admin = found(folder / "office", villages=township.villages if township.is_founded_with_villages else ())
    desk = seat(admin, "经办甲")
    add_policies(desk, tables=_unposted(POLICIES), source_name="policies.toml")
    import_people(desk, path=township.people_file(folder).path)
    import_accounts(desk, path=township.accounts_file(folder).path)
    for truth in township.rosters(folder):
        if truth.program in PAID_PROGRAMS:
            import_roster(desk, path=truth.path, program=truth.program, period=truth.period)
    return admin


def _pay(month: Month, program: str, folder: Path, first: date) -> None:
    """One program from its batch to what became of every payment, in the six days from `first`."""
    store = month.store
    days = [(first + timedelta(days=number)).isoformat() for number in range(6)]
    _on(month, days[0])
    batch = int(str(create_batch(month.clerk, program=program, period=MONTH).answer["batch"]))
    _stop_blocked(month, batch)
    owed = int(
        store.value("SELECT sum(owed_fen) FROM payment WHERE batch_id = ? AND bucket <> 'stopped'", (batch,))
        or 0
    )
    if not owed:
        return
    for level, share in (("省", owed // 2), ("县", owed - owed // 2 + 700)):
        allotment = add_allotment(
            month.clerk, program=program, document=f"新财〔2024〕{first.day}{'8' if level == '省' else '9'}号",
            fen=Fen(share), level=level,
        ).answer["allotment"]  # fmt: skip
        add_receipt(month.clerk, allotment_id=int(str(allotment)), fen=Fen(share))
    _through_desks(month, batch)
    _on(month, days[1])
    clerk, approver = month.clerk, month.approver
    lines = [
        row[0]
        for row in store.rows(
            "SELECT line FROM payment WHERE batch_id = ? AND bucket = 'pending' ORDER BY line", (batch,)
        )
    ]
    if len(lines) > 6:  # stopped after approval
        stop_payment(clerk, payment_id=month.payment(batch, lines.pop()), reason="已迁出")
    to_bank_and_back(month, batch, folder / "1", {2: "账户已销户", 3: "户名不符", 5: "账户为睡眠户"}, days[1])
    failed = [
        row[0]
        for row in store.rows(
            "SELECT id FROM payment WHERE batch_id = ? AND bucket = 'failed' ORDER BY line", (batch,)
        )
    ]
    if len(failed) > 2:  # one is closed, the others are paid again, and the last of these fails again
        close_payment(approver, payment_id=failed.pop(), reason="本人放弃")
    if failed:
        again = int(str(reissue_batch(clerk, batch_id=batch).answer["batch"]))
        _through_desks(month, again)
        to_bank_and_back(month, again, folder / "2", {2: "户名不符"}, days[2])
    paid = [
        row[0]
        for row in store.rows(
            "SELECT id FROM payment WHERE batch_id = ? AND bucket = 'paid' ORDER BY line", (batch,)
        )
    ]
    later = month.later(month.clerk, days[5])
    if len(paid) > 4:
        bounce_payment(later, payment_id=paid[0], reason="账户状态异常")
        recover_payment(later, payment_id=paid[1], reason="多发", fen=Fen(100))
        recover_payment(later, payment_id=paid[2], reason="已死亡")


def _on(month: Month, day: str) -> None:
    """Everybody sits at their desk on that day."""
    month.clerk, month.reviewer, month.approver = (
        month.later(desk, day) for desk in (month.clerk, month.reviewer, month.approver)
    )


def _through_desks(month: Month, batch: int) -> None:
    today = month.clerk.today
    submit_batch(month.clerk, batch_id=batch, reasons=_reasons(month.store, batch, today))
    review_batch(month.reviewer, batch_id=batch)
    approve_batch(month.approver, batch_id=batch, reasons=_reasons(month.store, batch, today))


def _reasons(store: Store, batch: int, day: date) -> dict[str, str]:
    return {one.code.value: "已逐笔核实" for one in check_batch(store, batch, day).to_explain}


def _stop_blocked(month: Month, batch: int) -> None:
    sheet = check_batch(month.store, batch, month.clerk.today, "submit")
    stopped = {row.payment_id: row.sentence for one in sheet.blockers for row in one.rows if row.payment_id}
    for payment, sentence in stopped.items():
        stop_payment(month.clerk, payment_id=payment, reason=sentence)


# -- the truth ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A first payment and how its money ended."""

    village: str
    program: str
    department: str
    batch: int
    household: int
    person: int
    owed: int
    outcome: str
    recovered: int
    again: bool


def told(store: Store) -> list[Told]:
    """Every first payment, followed to where its money is now."""
    columns = (
        "id", "batch_id", "source_id", "village_id", "program_id", "household_id", "person_id", "owed_fen", "bucket", "recovered_fen",
    )  # fmt: skip
    payments = [
        dict(zip(columns, row, strict=True))
        for row in store.rows(f"SELECT {', '.join(columns)} FROM payment")
    ]
    successor = {one["source_id"]: one for one in payments if one["source_id"] and one["bucket"] != "stopped"}
    villages: dict[int, str] = dict(store.rows("SELECT id, name FROM village"))
    programs: dict[int, tuple[str, str]] = {
        row[0]: row[1:] for row in store.rows("SELECT id, name, department FROM program")
    }
    found_ = []
    for one in payments:
        if one["source_id"]:
            continue
        last = one
        while last["bucket"] == "reissued":
            last = successor[last["id"]]
        name, department = programs[one["program_id"]]
        found_.append(
            Told(villages[one["village_id"]], name, department, one["batch_id"], one["household_id"], one["person_id"],
                 one["owed_fen"], last["bucket"], last["recovered_fen"], last is not one)
        )  # fmt: skip
    return found_


def figures(lines: list[Told]) -> list[int]:
    """The fourteen figures of 发放汇总表 of some payments."""
    live = [one for one in lines if one.outcome != "stopped"]
    stopped = [one for one in lines if one.outcome == "stopped"]
    by = Counter[str]()
    for one in lines:
        by[one.outcome] += one.owed
    paid = [one for one in lines if one.outcome == "paid"]
    open_ = [one for one in lines if one.outcome in ("failed", "returned")]
    return [
        len({(one.batch, one.household) for one in live}), len({(one.batch, one.person) for one in live}), len(live),
        sum(one.owed for one in live), len(paid), sum(one.owed - one.recovered for one in paid),
        sum(one.owed - one.recovered for one in paid if one.again), len(open_), sum(one.owed for one in open_),
        by["pending"] + by["in_flight"], by["closed_unpaid"], sum(one.recovered for one in lines), len(stopped),
        sum(one.owed for one in stopped),
    ]  # fmt: skip
