"""An office of the first schema, sealed and lived in, opens under the later ones: its seals hold before and after."""

from pathlib import Path

import pytest

from app.doctor import check_up
from models.store import health, opening
from models.store.migrations import MIGRATIONS
from models.store.opening import open_office
from tests.conftest import PASSWORD, found
from tests.safety.month import CLERK, CLOCK


def test_an_office_of_the_first_schema_is_taken_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        for module in (opening, health):
            before.setattr(module, "MIGRATIONS", MIGRATIONS[:1])
        desk = found(tmp_path / "office")
        with desk.store.writing():
            desk.store.execute("INSERT INTO setting (name, body) VALUES ('x', 'y')")
        assert desk.store.seals.broken(desk.store.database.connection()) == []
        desk.store.close()
    store = open_office(tmp_path / "office", CLERK, PASSWORD, CLOCK)
    assert store.value("PRAGMA user_version") == len(MIGRATIONS)
    assert store.value("SELECT count(*) FROM archive_class") > 5
    assert check_up(store) == []
    store.close()
