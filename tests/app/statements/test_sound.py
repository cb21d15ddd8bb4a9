"""The doctor and the seals over statements: silent where they are whole, and each thing changed from outside is named."""

from pathlib import Path

import pytest

from app.desk import Desk
from app.doctor import check_up
from app.statements.use_cases import take_statement
from tests.app.ledger.lived import Lived, live
from tests.app.statements.test_doors import as_booked, clerk, statement
from tests.app.test_doctor import broken


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    found = live(admin, tmp_path)
    take_statement(clerk(found), path=statement(tmp_path / "6月.xlsx", as_booked(found)))
    return found


def test_an_office_with_a_statement_is_sound(lived: Lived) -> None:
    assert check_up(lived.month.store) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE statement_line SET fen = fen + 1 WHERE id = 1",
        "UPDATE bank_statement SET closing_fen = closing_fen + 1",
        "DELETE FROM matched_deposit WHERE match_id = 1",
    ],
)
def test_what_no_longer_adds_up_is_told(lived: Lived, sql: str) -> None:
    assert "books.statement" in broken(lived, sql)


@pytest.mark.parametrize(
    ("sql", "group"),
    [
        ("UPDATE statement_line SET summary = '改过' WHERE id = 1", ("statement", "1")),
        ("UPDATE bank_statement SET file_name = '别的'", ("statement", "1")),
        ("UPDATE statement_match SET how = 'hand' WHERE id = 1", ("match", "0")),
    ],
)
def test_what_another_program_changed_breaks_its_seal(lived: Lived, sql: str, group: tuple[str, str]) -> None:
    """As another program would: beside ours, its triggers gone."""
    store = lived.month.store
    connection = store.database.connection()
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for (name,) in connection.execute(
        "SELECT name FROM temp.sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER temp.{name}")
    connection.execute(sql)
    assert group in store.seals.broken(connection)
