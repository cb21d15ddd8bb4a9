"""The tests themselves are tried: bugs planted in the program, each must be caught by the check that is there for it."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from app.access.queries import sit_down
from app.audit.queries import check_trail
from app.batches.payments.use_cases import stop_payment
from app.batches.use_cases import approve_batch, review_batch, submit_batch
from app.desk import Desk
from app.doctor import check_up
from app.registry.use_cases import add_villages
from app.returns.use_cases import post_return
from models.domain.entitlement import compute
from models.domain.facts import Facts
from models.domain.permission import Post, SamePerson
from models.domain.policy_form import read_policy
from models.domain.quantity import quantity_from_text
from models.store import health
from models.store.opening import Store, open_office
from models.store.seals import SealBroken
from models.store.trail import AuditTailBroken
from tests.app.batches.months import Month
from tests.app.ledger.lived import live
from tests.conftest import NOW, PASSWORD, found
from tests.faults import each_statement_failing
from tests.safety.conftest import Reference, needs_strace
from tests.safety.month import CLERK, CLOCK, STEPS, state, take_steps
from tests.safety.plants import PLANTS
from tests.safety.test_power_cuts import Record, exports_survive, recorded, survive
from tests.store.outside import edit_outside, outside
from tests.store.test_faults import another, pragmas_in_order

Check = Callable[[Path], None]


def month_of(folder: Path) -> Month:
    month = Month(found(folder / "office"))
    month.policy()
    month.fund(fen=40_000)
    month.aged(3)
    return month


# -- the checks: silent on the program as it is -------------------------------------------------------------


def a_fault_leaves_nothing(folder: Path) -> None:
    month = month_of(folder)
    batch = month.reviewed(month.create())
    act = lambda: approve_batch(month.approver, batch_id=batch)  # noqa: E731
    assert each_statement_failing(month.store, act) > 5
    month.store.close()


def a_key_file_goes_with_its_transaction(folder: Path) -> None:
    admin = found(folder / "office")
    keyslots = admin.store.folder / "keyslots.json"
    before = keyslots.read_bytes()
    with pytest.raises(ZeroDivisionError), admin.store.writing():
        admin.store.keyslots.add("admin", "另一个长密码")
        raise ZeroDivisionError
    assert keyslots.read_bytes() == before
    admin.store.close()


def an_answer_again_adds_nothing(folder: Path) -> None:
    admin = found(folder / "office")
    lived = live(admin, folder)
    (again,) = (folder / "1" / "back").glob("*.xlsx")
    before = check_up(admin.store), admin.store.value("SELECT count(*) FROM return_line")
    answer = post_return(
        lived.month.later(lived.month.clerk, "2024-06-20"), path=again, batch_id=lived.first
    ).answer
    assert (answer["paid"], answer["failed"]) == (0, 0)
    assert (check_up(admin.store), admin.store.value("SELECT count(*) FROM return_line")) == before
    admin.store.close()


def money_is_exact(folder: Path) -> None:
    for area in range(1, 400):
        for rate in ("71.50", "0.09", "120.55", "71.46"):
            policy = read_policy(
                {"program": "2130122", "document": "甲〔2024〕1号", "from": date(2024, 1, 1), "frequency": "year",
                 "target": "household", "family": "per_unit", "unit": "亩", "rate": rate}
            )  # fmt: skip
            written = f"{area / 100:.2f}"
            exact = Fraction(written) * Fraction(rate) * 100
            paid = compute(policy, Facts(quantity=quantity_from_text(written)), "2024").fen
            assert paid == int(exact + Fraction(1, 2)), f"{written} × {rate}"


def three_people_act(folder: Path) -> None:
    month = month_of(folder)
    batch = month.create()
    submit_batch(month.clerk, batch_id=batch, reasons=month.reasons(batch))
    both = Desk(
        month.store, month.reviewer.operator.__class__(month.clerk.operator.id, CLERK, frozenset({Post.REVIEWER})), NOW, NOW.date()
    )  # fmt: skip
    with pytest.raises(SamePerson):
        review_batch(both, batch_id=batch)
    month.store.close()


def sums_agree(folder: Path) -> None:
    admin = found(folder / "office")
    live(admin, folder)
    assert check_up(admin.store) == []
    admin.store.close()


def contradictions_are_met_at_opening(folder: Path) -> None:
    admin = found(folder / "office")
    live(admin, folder)
    edit_outside(admin.store, "UPDATE batch_tally SET fen = fen + 1 WHERE bucket = 'paid'")
    admin.store.close()
    store = open_office(folder / "office", "admin", PASSWORD)
    assert store.fault is not None
    store.close()


def a_cut_tail_is_met(folder: Path) -> None:
    admin = found(folder / "office")
    add_villages(admin, names=["甲村"])
    edit_outside(admin.store, "DELETE FROM audit_line WHERE seq = (SELECT max(seq) FROM audit_line)")
    assert check_trail(admin.store).problems
    with pytest.raises(AuditTailBroken):
        add_villages(admin, names=["乙村"])
    admin.store.close()


def an_edit_is_never_sealed(folder: Path) -> None:
    """Found before and after a later act of the program on the same rows."""
    month = month_of(folder)
    month.create()
    edit_outside(month.store, "UPDATE payment SET account_number = '99999999' WHERE line = 1")
    with suppress(SealBroken):
        stop_payment(month.clerk, payment_id=month.payment(1, 2), reason="迁出")
    assert check_trail(month.store).problems
    month.store.close()


def one_program_has_the_office(folder: Path) -> None:
    admin = found(folder / "office")
    admin.store.close()
    with another(folder / "office"), pytest.raises(Exception, match="正由操作员"):
        open_office(folder / "office", "admin", PASSWORD).close()


def the_pragmas_are_in_order(folder: Path) -> None:
    found(folder / "office").store.close()
    with pytest.MonkeyPatch.context() as patch:
        pragmas_in_order(folder / "office", patch)


CHECKS: dict[str, Check] = {
    "commit_per_row": a_fault_leaves_nothing,
    "posting_in_two_transactions": a_fault_leaves_nothing,
    "keys_before_commit": a_key_file_goes_with_its_transaction,
    "replay_check_dropped": an_answer_again_adds_nothing,
    "float_money": money_is_exact,
    "maker_is_reviewer": three_people_act,
    "totals_not_kept": sums_agree,
    "totals_not_compared": contradictions_are_met_at_opening,
    "tail_not_sealed": a_cut_tail_is_met,
    "edits_are_sealed": an_edit_is_never_sealed,
    "seals_not_checked": an_edit_is_never_sealed,
    "no_lock": one_program_has_the_office,
    "pragma_before_key": the_pragmas_are_in_order,
    "synchronous_normal": the_pragmas_are_in_order,
}


def plant(name: str, patch: pytest.MonkeyPatch) -> None:
    PLANTS[name](patch.setattr)


@pytest.mark.parametrize(
    "check", sorted(set(CHECKS.values()), key=repr), ids=lambda check: getattr(check, "__name__", "")
)
def test_the_program_as_it_is_passes(check: Check, tmp_path: Path) -> None:
    check(tmp_path)


@pytest.mark.parametrize("name", CHECKS)
def test_a_planted_bug_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(name, monkeypatch)
    with pytest.raises(
        (Exception, pytest.fail.Exception)
    ) as caught:  # the check itself complains, or a second guard of the program
        CHECKS[name](tmp_path)
    print(f"{name}: {type(caught.value).__name__}")


def test_a_dropped_unique_index_is_caught(tmp_path: Path) -> None:
    admin = found(tmp_path / "office")
    assert health.schema_faults(admin.store.database.connection()) == []
    with outside(admin.store) as connection:
        connection.execute("DROP INDEX payment_source_once")
    assert {one.code for one in check_up(admin.store)} == {"file.schema"}
    admin.store.close()


def test_an_acknowledgement_before_its_commit_is_caught(
    reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, the step was promised and is not there."""
    plant("acknowledge_before_commit", monkeypatch)
    from tests.safety import month

    class Killed(BaseException):
        """kill -9."""

    def die(self: Store, *args: object) -> None:
        raise Killed

    office = reference.copy(tmp_path / "office")
    said: list[int] = []
    take_steps(office, reference.files, lambda number: None, until=4)
    monkeypatch.setattr(month, "STEPS", (*STEPS[:4], ("killed", lambda m: die(m.store)), *STEPS[5:]))
    with pytest.raises(Killed):
        month.take_steps(office, reference.files, said.append)
    with pytest.raises(AssertionError, match="acknowledged"):
        reference.whole(office, acknowledged=said[-1])


@needs_strace
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["synchronous_normal", "synchronous_off", "acknowledge_before_commit"])
def test_a_disk_that_is_not_waited_for_is_caught(name: str, reference: Reference, tmp_path: Path) -> None:
    record: Record = recorded(reference, tmp_path / "record", name)
    with pytest.raises(AssertionError, match=r"^cut "):
        survive(reference, record, tmp_path / "cut", "unruly", random.Random(1), most=400)


@needs_strace
def test_an_export_that_is_not_synced_is_caught(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="cut"):
        exports_survive(tmp_path, "no_sync_on_export")


def test_the_reference_month_is_the_same_twice(reference: Reference, tmp_path: Path) -> None:
    """Else “the same state” would say nothing."""
    office = reference.copy(tmp_path / "office")
    take_steps(office, reference.files, lambda number: None)
    store = open_office(office, CLERK, PASSWORD, CLOCK)
    assert state(store) == reference.states[-1]
    assert sit_down(store, CLERK, CLOCK).operator.name == CLERK
    store.close()
    assert len({tuple(sorted(one.items())) for one in reference.states}) == len(STEPS) + 1
