"""Real offices, kept as released programs left them: opened by this program they are upgraded, whole, and nothing is lost.

One file a released schema, made by that program from the month of `tests/safety/month.py`. A schema that was released never
changes, so these files never do.
"""

import os
import random
import shutil
import signal
import time
import zipfile
from pathlib import Path

import pytest

from app.doctor import check_up
from models.store import opening
from models.store.folder import DATABASE_NAME
from models.store.migrations import MIGRATIONS
from models.store.opening import Store, open_office
from tests.conftest import PASSWORD
from tests.safety.conftest import seed_of, wanted
from tests.safety.month import CLERK, CLOCK, STEPS, done_steps

RELEASED = sorted((Path(__file__).parents[1] / "released").glob("schema-*.zip"))
GROWING = ("audit_line", "seal", "setting")
"""Tables that an upgrade writes to: its own line, the seals made anew for the new columns, the version's settings."""
Contents = dict[str, list[tuple[object, ...]]]


def unpacked(released: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    with zipfile.ZipFile(released) as package:
        package.extractall(to)
    return to


def contents(store: Store, columns: dict[str, list[str]] | None = None) -> Contents:
    """Every table's rows, in those columns only where they are given."""
    found: Contents = {}
    for (table,) in store.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ):
        if columns is not None and table not in columns:
            continue
        names = ", ".join(columns[table]) if columns else "*"
        found[table] = sorted(store.rows(f"SELECT {names} FROM {table}"), key=repr)
    return found


def as_released(
    office: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> tuple[Contents, dict[str, list[str]]]:
    """What the office holds, seen by a program of its own version, and the columns that this has."""
    with monkeypatch.context() as older:
        older.setattr(opening, "MIGRATIONS", MIGRATIONS[:version])
        older.setattr(opening, "_settle", lambda store: None)
        store = open_office(office, CLERK, PASSWORD, CLOCK)
        columns = {
            table: [name for (name,) in store.rows("SELECT name FROM pragma_table_info(?)", (table,))]
            for (table,) in store.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            if table not in GROWING
        }
        held = contents(store, columns)
        store.close()
    return held, columns


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def released(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def version_of(released: Path) -> int:
    return int(released.stem.removeprefix("schema-"))


def test_every_released_schema_is_kept() -> None:
    assert [version_of(path) for path in RELEASED] == list(range(1, len(RELEASED) + 1))


def test_what_a_released_program_left_is_all_there_after_the_upgrade(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = unpacked(released, tmp_path / "office")
    held, columns = as_released(office, monkeypatch, version_of(released))
    store = open_office(office, CLERK, PASSWORD, CLOCK)
    assert store.fault is None
    assert store.value("PRAGMA user_version") == len(MIGRATIONS)
    assert contents(store, columns) == held
    assert check_up(store) == []
    assert len(held["payment"]) > 8
    assert done_steps(store) == len(STEPS) + len(MIGRATIONS) - version_of(released)
    store.close()
    if version_of(released) < len(MIGRATIONS):
        assert (office / f"{DATABASE_NAME}.before-{version_of(released) + 1}").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork, and a process of its own is killed")
@pytest.mark.timeout(3600)
def test_killed_during_the_upgrade_the_office_is_the_old_or_the_new(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed_of("upgrade"))
    held, columns = as_released(unpacked(released, tmp_path / "old"), monkeypatch, version_of(released))
    began = time.monotonic()
    open_office(unpacked(released, tmp_path / "new"), CLERK, PASSWORD, CLOCK).close()
    took, killed = time.monotonic() - began, 0
    for _ in range(wanted(12, 300)):
        office = unpacked(released, tmp_path / "office")
        child = os.fork()
        if not child:
            open_office(office, CLERK, PASSWORD, CLOCK)
            os._exit(0)
        time.sleep(rng.random() * took)
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        store = open_office(office, CLERK, PASSWORD, CLOCK)
        assert store.fault is None
        assert store.value("PRAGMA user_version") == len(MIGRATIONS)
        assert contents(store, columns) == held
        assert check_up(store) == []
        store.close()
    assert killed > 6
    print(f"{killed} kills: the old or the new, never between")
