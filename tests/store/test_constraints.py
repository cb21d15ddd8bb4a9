"""What must never happen is forbidden by the database too: each attack is plain SQL, past all rules."""

from collections.abc import Callable

import peewee
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from app.desk import Desk
from models.store.opening import Store
from tests.builders import Make

PROGRAM = "2080502"
REFUSED = (peewee.IntegrityError, sqlcipher.IntegrityError)
"""Whether a statement came through peewee or straight, the database itself said no."""


@pytest.fixture
def store(desk: Desk) -> Store:
    """A store with one draft batch of two payments, one allotment and one balanced voucher."""
    make = Make(desk)
    people = [make.person(), make.person()]
    s = desk.store
    program = make.program(PROGRAM)
    with s.writing():
        s.execute(
            "INSERT INTO policy (program_id, version, document, document_key, valid_from, family, frequency, target, parameters)"
            " VALUES (?, 1, '甲〔2024〕1号', '甲〔2024〕1号', '2024-01-01', 'fixed', 'month', 'person', '{}')",
            (program,),
        )
        batch(s, program, "B1")
        for line, person in enumerate(people, start=1):
            payment(s, 1, line, person)
        s.execute(
            "INSERT INTO allotment (program_id, document, document_key, level, year, issued_on, allotted_fen)"
            " VALUES (?, '甲〔2024〕2号', '甲〔2024〕2号', '县', 2024, '2024-01-01', 100000)",
            (program,),
        )
        voucher(s, 1, [(500, 0), (0, 500)])
        s.execute("INSERT INTO voucher_posting (voucher_id) VALUES (1)")
    return s


def batch(s: Store, program: int, number: str, kind: str = "regular", source: int | None = None) -> int:
    return s.insert(
        "INSERT INTO batch (number, program_id, policy_id, period, kind, source_batch_id, state, payments, owed_fen, created_on)"
        " VALUES (?, ?, 1, '2024-06', ?, ?, 'draft', 2, 10000, '2024-06-03')",
        (number, program, kind, source),
    )


def payment(
    s: Store, batch_id: int, line: int, person: int, *, fen: int = 5000, bucket: str = "pending", source: int | None = None,
    target: str = "person", period: str = "2024-06",
) -> int:  # fmt: skip
    return s.insert(
        "INSERT INTO payment (batch_id, line, program_id, period, target, person_id, household_id, payee_id, source_id, village_id,"
        " group_text, name, id_number, head_name, head_id_number, payee_name, payee_id_number, account_number, account_holder, bank,"
        " phone, quantity_text, rate_text, owed_fen, trace, bucket)"
        " SELECT ?, ?, b.program_id, ?, ?, p.id, p.household_id, p.id, ?, h.village_id, '', p.name, p.id_number, '', '', p.name,"
        " p.id_number, '', '', '', '', '', '', ?, '', ? FROM person p JOIN household h ON h.id = p.household_id JOIN batch b ON b.id = ?"
        " WHERE p.id = ?",
        (batch_id, line, period, target, source, fen, bucket, batch_id, person),
    )


def voucher(s: Store, number: int, legs: list[tuple[int, int]]) -> int:
    new = s.insert(
        "INSERT INTO voucher (month, number, posted_on, event, summary, operator_id) VALUES ('2024-06', ?, '2024-06-03', 'receipt', '到账', 1)",
        (number,),
    )
    s.execute_many(
        "INSERT INTO voucher_line (voucher_id, ledger, debit_fen, credit_fen) VALUES (?, 'deposit', ?, ?)",
        [(new, debit, credit) for debit, credit in legs],
    )
    return new


def bank_file(s: Store) -> None:
    sha256 = s.keep_file(b"bank", "a.xlsx", "bank_file", "2024-06-03")
    s.execute(
        "INSERT INTO bank_file (batch_id, part, profile, name, sha256, lines, total_fen, made_on)"
        " VALUES (1, 1, 'rural_bank', 'a.xlsx', ?, 2, 10000, '2024-06-03')",
        (sha256,),
    )


def attempt(s: Store, payment_id: int, line: int, state: str = "open") -> int:
    return s.insert(
        "INSERT INTO attempt (payment_id, bank_file_id, line, serial, name, account_number, fen, remark, state)"
        " VALUES (?, 1, ?, '', '甲', '12345678', 5000, '', ?)",
        (payment_id, line, state),
    )


def lock(s: Store) -> None:
    s.execute("UPDATE batch SET state = 'submitted' WHERE id = 1")


def two_open_attempts(s: Store) -> None:
    bank_file(s)
    attempt(s, 1, 1)
    attempt(s, 1, 2)


def change_answered_attempt(s: Store) -> None:
    bank_file(s)
    attempt(s, 1, 1)
    s.execute("UPDATE attempt SET state = 'failed' WHERE id = 1")
    s.execute("UPDATE attempt SET state = 'paid' WHERE id = 1")


def delete_attempt(s: Store) -> None:
    bank_file(s)
    attempt(s, 1, 1)
    s.execute("DELETE FROM attempt")


def change_attempt_amount(s: Store) -> None:
    bank_file(s)
    attempt(s, 1, 1)
    s.execute("UPDATE attempt SET state = 'paid', fen = 1 WHERE id = 1")


def second_reissue(s: Store) -> None:
    for number in ("R1", "R2"):
        new = batch(s, 1 * int(s.value("SELECT program_id FROM batch WHERE id = 1")), number, "reissue", 1)
        payment(s, new, 1, int(s.value("SELECT person_id FROM payment WHERE id = 1")), source=1)


def dearer_reissue(s: Store) -> None:
    new = batch(s, int(s.value("SELECT program_id FROM batch WHERE id = 1")), "R1", "reissue", 1)
    payment(s, new, 1, int(s.value("SELECT person_id FROM payment WHERE id = 1")), source=1, fen=5001)


def same_person_twice(s: Store) -> None:
    payment(s, 1, 3, int(s.value("SELECT person_id FROM payment WHERE id = 1")))


def same_household_twice(s: Store) -> None:
    person = int(s.value("SELECT person_id FROM payment WHERE id = 1"))
    payment(s, 1, 3, person, target="household")
    payment(s, 1, 4, person, target="household")


def change_locked_payment(s: Store) -> None:
    lock(s)
    s.execute("UPDATE payment SET owed_fen = 1 WHERE id = 1")


def change_locked_account(s: Store) -> None:
    lock(s)
    s.execute("UPDATE payment SET account_number = '1' WHERE id = 1")


def delete_locked_payment(s: Store) -> None:
    lock(s)
    s.execute("DELETE FROM payment WHERE id = 1")


def add_to_locked_batch(s: Store) -> None:
    lock(s)
    payment(s, 1, 3, int(s.value("SELECT person_id FROM payment WHERE id = 1")), period="2024-05")


def unbalanced(s: Store) -> None:
    s.execute("INSERT INTO voucher_posting (voucher_id) VALUES (?)", (voucher(s, 2, [(500, 0), (0, 499)]),))


def one_leg(s: Store) -> None:
    s.execute("INSERT INTO voucher_posting (voucher_id) VALUES (?)", (voucher(s, 2, []),))


def never_posted(s: Store) -> None:
    voucher(s, 2, [(500, 0), (0, 500)])


def both_sides(s: Store) -> None:
    voucher(s, 2, [(500, 500)])


def replace_audit_line(s: Store) -> None:
    columns = ", ".join(
        row[1] for row in s.rows("PRAGMA table_info(audit_line)") if row[1] not in ("seq", "act")
    )
    s.execute(
        f"INSERT OR REPLACE INTO audit_line (seq, act, {columns}) SELECT seq, '改', {columns} FROM audit_line"
    )


def replace_voucher(s: Store) -> None:
    s.execute(
        "INSERT OR REPLACE INTO voucher (id, month, number, posted_on, event, summary, operator_id)"
        " SELECT id, month, number, posted_on, event, '改', operator_id FROM voucher"
    )


def replace_attempt(s: Store) -> None:
    bank_file(s)
    attempt(s, 1, 1)
    s.execute(
        "INSERT OR REPLACE INTO attempt (id, payment_id, bank_file_id, line, serial, name, account_number, fen, remark, state)"
        " SELECT id, payment_id, bank_file_id, line, serial, name, account_number, 1, remark, state FROM attempt"
    )


def unlock_by_state(s: Store) -> None:
    for state in ("submitted", "reviewed", "approved", "sent", "draft"):
        s.execute("UPDATE batch SET state = ? WHERE id = 1", (state,))


def revive_cancelled(s: Store) -> None:
    for state in ("cancelled", "draft"):
        s.execute("UPDATE batch SET state = ? WHERE id = 1", (state,))


def change_locked_batch(s: Store) -> None:
    lock(s)
    s.execute("UPDATE batch SET owed_fen = owed_fen + 1 WHERE id = 1")


ATTACKS: list[Callable[[Store], object]] = [
    two_open_attempts,
    change_answered_attempt,
    change_attempt_amount,
    delete_attempt,
    second_reissue,
    dearer_reissue,
    same_person_twice,
    same_household_twice,
    change_locked_payment,
    change_locked_account,
    delete_locked_payment,
    add_to_locked_batch,
    unbalanced,
    one_leg,
    never_posted,
    both_sides,
    replace_audit_line,
    replace_voucher,
    replace_attempt,
    unlock_by_state,
    revive_cancelled,
    change_locked_batch,
]

STATEMENTS = [
    "UPDATE voucher SET summary = '改' WHERE id = 1",
    "DELETE FROM voucher WHERE id = 1",
    "UPDATE voucher_line SET debit_fen = 501 WHERE debit_fen = 500",
    "DELETE FROM voucher_line WHERE voucher_id = 1",
    "INSERT INTO voucher_line (voucher_id, ledger, debit_fen) VALUES (1, 'deposit', 1)",
    "DELETE FROM voucher_posting",
    "UPDATE audit_line SET act = '改' WHERE seq = 1",
    "DELETE FROM audit_line WHERE seq = 1",
    "UPDATE payment SET owed_fen = 0 WHERE id = 1",
    "UPDATE payment SET owed_fen = -5 WHERE id = 1",
    "UPDATE payment SET bucket = 'lost' WHERE id = 1",
    "UPDATE payment SET recovered_fen = 5001 WHERE id = 1",
    "UPDATE batch SET state = 'somewhere' WHERE id = 1",
    "UPDATE policy SET parameters = '{\"rate\": 1}' WHERE id = 1",
    "DELETE FROM policy WHERE id = 1",
    "DELETE FROM batch WHERE id = 1",
    "INSERT INTO batch_funding (batch_id, allotment_id, fen) VALUES (1, 1, 0)",
    "INSERT INTO receipt (allotment_id, received_on, fen) VALUES (1, '2024-06-01', 0)",
    "UPDATE allotment SET allotted_fen = 0",
    "INSERT INTO payment (batch_id) VALUES (999)",
    "UPDATE person SET household_id = 999",
    "UPDATE payment SET owed_fen = '五十' WHERE id = 1",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_database_refuses(store: Store, attack: Callable[[Store], object]) -> None:
    with pytest.raises(REFUSED), store.writing():
        attack(store)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_the_statement(store: Store, statement: str) -> None:
    with pytest.raises(REFUSED), store.writing():
        store.execute(statement)


def test_what_is_allowed_stays_allowed(store: Store) -> None:
    """The constraints refuse the wrong, not the right: stopped twins, a second attempt after a failure, a stopped reissue."""
    person = int(store.value("SELECT person_id FROM payment WHERE id = 1"))
    program = int(store.value("SELECT program_id FROM batch WHERE id = 1"))
    with store.writing():
        store.execute("UPDATE payment SET bucket = 'stopped' WHERE id = 1")
        payment(store, 1, 3, person)
        bank_file(store)
        attempt(store, 2, 1)
        store.execute("UPDATE attempt SET state = 'failed' WHERE id = 1")
        attempt(store, 2, 2)
        store.execute("UPDATE payment SET bucket = 'failed' WHERE id = 2")
        other = int(store.value("SELECT person_id FROM payment WHERE id = 2"))
        payment(store, batch(store, program, "R1", "reissue", 1), 1, other, source=2, bucket="stopped")
        payment(store, batch(store, program, "R2", "reissue", 1), 1, other, source=2)
