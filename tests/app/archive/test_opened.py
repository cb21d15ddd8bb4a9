"""Opened copies: private, read-only, logged, and gone at the end or at the next start."""

import stat
from pathlib import Path

import pytest

from app.archive.opened import clear_copies, copies_folder, open_copy
from app.archive.queries import NoSuchFile
from app.desk import Desk
from models.domain.permission import NotPermitted
from models.store.files import FileDamaged

BODY = b"%PDF-1.4 as received %%EOF"


def kept(desk: Desk, name: str = "扫描<1>.pdf") -> str:
    with desk.store.writing():
        return desk.store.keep_file(BODY, name, "archive", desk.at)


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()


def test_a_copy_is_private_and_logged(desk: Desk) -> None:
    sha256 = kept(desk)
    path = open_copy(desk, sha256=sha256)
    assert path.read_bytes() == BODY
    assert path.name == "扫描_1_.pdf"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    root = copies_folder(desk.store.folder)
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert open_copy(desk, sha256=sha256) == path, "opened again it is the same copy, written anew"
    lines = desk.store.rows("SELECT subject FROM audit_line WHERE act = 'archive.open'")
    assert lines == [("file 扫描<1>.pdf",)] * 2
    clear_copies(desk.store.folder)
    assert not root.exists()
    clear_copies(desk.store.folder)  # nothing there is no fault


def test_what_a_crash_left_goes_at_the_next_start(desk: Desk) -> None:
    path = open_copy(desk, sha256=kept(desk))
    elsewhere = copies_folder(desk.store.folder.parent / "another")
    elsewhere.mkdir(parents=True)
    clear_copies(desk.store.folder)
    assert not path.exists()
    assert elsewhere.exists(), "another office's copies are that office's matter"


def test_nothing_is_copied_of_a_file_that_is_not_whole(desk: Desk, admin: Desk) -> None:
    sha256 = kept(desk)
    with pytest.raises(NotPermitted):
        open_copy(admin, sha256=sha256)
    with pytest.raises(NoSuchFile):
        open_copy(desk, sha256="0" * 64)
    kept_at = desk.store.files.path_of(sha256)
    kept_at.write_bytes(kept_at.read_bytes()[:-1] + b"?")
    with pytest.raises(FileDamaged):
        open_copy(desk, sha256=sha256)
    assert not copies_folder(desk.store.folder).exists()
    assert desk.store.value("SELECT count(*) FROM audit_line WHERE act = 'archive.open'") == 0
