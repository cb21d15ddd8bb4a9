"""A file whose commit went well but whose renaming did not, and one whose commit is uncertain, are there at the next opening."""

import errno
import os
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from models.domain.refusal import WorldError
from models.store.database import CommitUncertain
from models.store.opening import open_office
from tests.conftest import PASSWORD, found
from tests.safety.month import CLERK, CLOCK

BODY = b"as received"


def test_a_name_that_cannot_be_taken_is_taken_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = found(tmp_path / "office").store
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "broken")))
        with store.writing():
            sha256 = store.keep_file(BODY, "册.xlsx", "test", "2024-06-03 09:00:00")
    assert not store.files.path_of(sha256).exists()
    assert store.files.read(sha256) == BODY
    with pytest.raises(ZeroDivisionError), store.writing():
        store.keep_file(BODY, "册.xlsx", "test", "2024-06-03 09:00:00")
        raise ZeroDivisionError
    assert store.files.read(sha256) == BODY, "a rollback took what an earlier commit had kept"
    store.close()
    store = open_office(tmp_path / "office", CLERK, PASSWORD, CLOCK)
    assert store.files.path_of(sha256).exists()
    store.close()


def test_after_a_commit_that_failed_the_file_waits_for_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = found(tmp_path / "office").store
    real = store.database.execute_sql

    def failing(sql: str, *rest: object) -> object:
        done = real(sql, *rest)
        if sql == "COMMIT":  # as after a sync that failed: in the log, and not promised
            raise sqlcipher.OperationalError("disk I/O error")
        return done

    monkeypatch.setattr(store.database, "execute_sql", failing)
    with pytest.raises(WorldError) as refused, store.writing():
        sha256 = store.keep_file(BODY, "册.xlsx", "test", "2024-06-03 09:00:00")
    assert isinstance(refused.value, CommitUncertain)
    monkeypatch.undo()
    store.close()
    store = open_office(tmp_path / "office", CLERK, PASSWORD, CLOCK)
    assert store.files.read(sha256) == BODY
    assert store.files.path_of(sha256).exists()
    store.close()
