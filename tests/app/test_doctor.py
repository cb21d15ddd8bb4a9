"""The doctor: silent in a sound office, and it names each thing that is broken."""

from pathlib import Path

import pytest

from app.archive.use_cases import make_dossier
from app.desk import Desk
from app.doctor import check_up
from tests.app.ledger.lived import Lived, live


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def test_an_office_that_lived_a_month_is_sound(lived: Lived) -> None:
    assert check_up(lived.month.store) == []


def test_an_empty_office_is_sound(admin: Desk) -> None:
    assert check_up(admin.store) == []


def broken(lived: Lived, *statements: str) -> set[str]:
    """What the doctor finds after the database was doctored past its own guards."""
    store = lived.month.store
    store.execute("PRAGMA foreign_keys = OFF")
    with store.writing():
        for trigger in [
            row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]:
            store.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            store.execute(statement)
    return {problem.code for problem in check_up(store)}


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("batch.identity", "UPDATE payment SET owed_fen = owed_fen + 1 WHERE id = 3"),
        ("batch.identity", "DELETE FROM payment WHERE id = 6"),
        ("batch.tally", "UPDATE batch_tally SET fen = fen + 1 WHERE bucket = 'paid'"),
        ("batch.month_figures", "UPDATE month_tally SET fen = fen + 1 WHERE event = 'paid'"),
        ("batch.month_figures", "DELETE FROM month_tally WHERE event = 'closed_unpaid'"),
        ("batch.payment_state", "UPDATE payment SET bucket = 'in_flight' WHERE id = 3"),
        ("batch.payment_state", "UPDATE payment SET bucket = 'failed' WHERE id = 1"),
        ("batch.payment_state", "UPDATE payment SET bucket = 'stopped' WHERE source_id IS NOT NULL"),
        ("batch.payment_state", "UPDATE attempt SET state = 'open' WHERE id = 3"),
        ("batch.state", "UPDATE payment SET bucket = 'pending' WHERE id = 3"),
        ("batch.state", "UPDATE batch SET state = 'archived' WHERE id = 1"),
        ("batch.state", "UPDATE batch SET state = 'settling' WHERE id = 1"),
        ("batch.state", "UPDATE batch SET state = 'cancelled' WHERE id = 1"),
        ("batch.funding", "UPDATE batch_funding SET fen = fen + 1"),
        ("books.balance", "UPDATE voucher_line SET debit_fen = debit_fen + 1 WHERE id = 1"),
        (
            "books.batch",
            "UPDATE voucher_line SET credit_fen = credit_fen + 1 WHERE ledger = 'payable' AND credit_fen > 0",
        ),
        ("books.allotment", "UPDATE receipt SET fen = fen - 1"),
        (
            "books.numbering",
            "UPDATE voucher SET number = number + 1 WHERE id = (SELECT max(id) FROM voucher)",
        ),
        ("audit.chain", "UPDATE audit_line SET counts = '{}' WHERE seq = 8"),
        ("audit.chain", "DELETE FROM audit_line WHERE seq = 8"),
        ("file.foreign_key", "DELETE FROM bank_file"),
    ],
)
def test_each_thing_that_is_broken_is_named(lived: Lived, code: str, statement: str) -> None:
    assert code in broken(lived, statement)


def test_a_changed_and_a_lost_file_are_named(lived: Lived) -> None:
    store = lived.month.store
    make_dossier(lived.month.later(lived.month.clerk, "2024-06-21"), batch_id=lived.first)
    first, second = [
        row[0]
        for row in store.rows("SELECT sha256 FROM stored_file ORDER BY stored_at, name, sha256 LIMIT 2")
    ]
    path = store.files.path_of(first)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    store.files.path_of(second).unlink()
    told = [problem.sentence for problem in check_up(store) if problem.code == "archive.files"]
    assert len(told) == 2
    assert "改动" in told[0]
    assert "缺失" in told[1]


def test_a_damaged_page_is_told_and_nothing_else_is_read(lived: Lived) -> None:
    store = lived.month.store
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = store.folder / "office.db"
    store.close()
    body = bytearray(path.read_bytes())
    middle = len(body) // 2 // 4096 * 4096
    body[middle : middle + 64] = bytes(64)
    path.write_bytes(body)
    store.database.connect()
    assert [problem.code for problem in check_up(store)] == ["file.integrity"]
