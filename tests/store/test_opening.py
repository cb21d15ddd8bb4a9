"""The office folder: keys, pragmas, the one way to write, files as received."""

import json
import os
from pathlib import Path

import pytest

from app.desk import Desk
from models.domain.refusal import Refusal
from models.store.files import FileDamaged
from models.store.folder import DATABASE_NAME, KEYSLOTS_NAME
from models.store.keyslots import FULL_COST, KdfCost, NoSlot, PasswordTooShort, WrongPassword
from models.store.migrations import MIGRATIONS
from models.store.opening import (
    DamagedDatabase,
    NewerOffice,
    NoOffice,
    OfficeExists,
    create_office,
    open_office,
)
from tests.conftest import CHEAP, PASSWORD


def test_pragmas_are_those_that_power_cuts_were_tried_with(desk: Desk) -> None:
    store = desk.store
    assert store.value("PRAGMA journal_mode") == "wal"
    assert store.value("PRAGMA synchronous") == 3  # EXTRA
    assert store.value("PRAGMA foreign_keys") == 1
    assert store.value("PRAGMA temp_store") == 2  # MEMORY
    assert store.value("PRAGMA trusted_schema") == 0
    assert store.value("PRAGMA busy_timeout") >= 5000
    assert store.value("PRAGMA cipher_version")


def test_the_database_is_not_readable_without_its_key(desk: Desk) -> None:
    raw = (desk.store.folder / DATABASE_NAME).read_bytes()
    assert not raw.startswith(b"SQLite format 3")
    assert "云溪镇".encode() not in raw


def test_each_operator_opens_with_their_own_password(desk: Desk) -> None:
    folder = desk.store.folder
    desk.store.close()
    for name in ("admin", "经办甲", "审批丁"):
        store = open_office(folder, name, PASSWORD)
        assert store.value("SELECT township FROM office") == "云溪镇"
        store.close()
    with pytest.raises(WrongPassword, match="admin"):
        open_office(folder, "admin", PASSWORD + "x")
    with pytest.raises(NoSlot, match="路人"):
        open_office(folder, "路人", PASSWORD)


def test_the_recovery_code_opens_at_the_real_cost(tmp_path: Path) -> None:
    store, code = create_office(tmp_path / "office", "admin", PASSWORD, FULL_COST)
    store.close()
    slots = json.loads((tmp_path / "office" / KEYSLOTS_NAME).read_text(encoding="utf-8"))["slots"]
    assert slots["admin"]["cost"] == {"memory_kib": 65536, "passes": 3, "lanes": 4}
    assert len(code) == 26
    open_office(tmp_path / "office", "恢复码", code).close()


def test_a_folder_with_an_office_is_not_overwritten(desk: Desk) -> None:
    before = (desk.store.folder / KEYSLOTS_NAME).read_bytes()
    with pytest.raises(OfficeExists):
        create_office(desk.store.folder, "admin", PASSWORD, CHEAP)
    assert (desk.store.folder / KEYSLOTS_NAME).read_bytes() == before


def test_what_is_no_office_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoOffice):
        open_office(tmp_path, "admin", PASSWORD)
    with pytest.raises(PasswordTooShort, match="3 位"):
        create_office(tmp_path / "office", "admin", "abc", CHEAP)
    assert not (tmp_path / "office" / DATABASE_NAME).exists()


def test_a_foreign_database_and_a_newer_one_are_refused(desk: Desk, tmp_path: Path) -> None:
    folder = desk.store.folder
    with desk.store.writing():
        desk.store.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    desk.store.close()
    with pytest.raises(NewerOffice):
        open_office(folder, "admin", PASSWORD)
    other, _ = create_office(tmp_path / "other", "admin", PASSWORD, KdfCost(64, 1, 1))
    other.close()
    (folder / DATABASE_NAME).write_bytes((tmp_path / "other" / DATABASE_NAME).read_bytes())
    for leftover in folder.glob(DATABASE_NAME + "-*"):
        leftover.unlink()
    with pytest.raises(DamagedDatabase):
        open_office(folder, "admin", PASSWORD)


def test_writing_is_all_or_nothing(desk: Desk) -> None:
    store = desk.store
    with pytest.raises(ZeroDivisionError), store.writing():
        store.execute("INSERT INTO village (name, name_key) VALUES ('甲', '甲')")
        store.keep_file(b"body", "a.xlsx", "test", desk.at)
        raise ZeroDivisionError
    assert store.value("SELECT count(*) FROM village WHERE name = '甲'") == 0
    assert store.value("SELECT count(*) FROM stored_file") == 0
    assert not [path for path in store.folder.glob("files/**/*") if path.is_file()]


def test_a_use_case_never_calls_a_use_case(desk: Desk) -> None:
    with desk.store.writing(), pytest.raises(RuntimeError), desk.store.writing():
        pass


def test_trying_leaves_nothing(desk: Desk) -> None:
    with desk.store.trying():
        desk.store.execute("INSERT INTO village (name, name_key) VALUES ('甲', '甲')")
    assert desk.store.value("SELECT count(*) FROM village WHERE name = '甲'") == 0


def test_files_are_kept_encrypted_by_hash_and_their_damage_is_found(desk: Desk) -> None:
    store = desk.store
    with store.writing():
        sha256 = store.keep_file("张三".encode(), "名单.txt", "test", desk.at)
        again = store.keep_file("张三".encode(), "名单2.txt", "test", desk.at)
    assert sha256 == again
    path = store.files.path_of(sha256)
    assert "张三".encode() not in path.read_bytes()
    assert store.files.read(sha256).decode() == "张三"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(FileDamaged, match="改动"):
        store.files.read(sha256)
    path.unlink()
    assert "不在原处" in (store.files.fault_of(sha256) or "")


def test_a_crash_between_commit_and_rename_is_settled_at_opening(desk: Desk) -> None:
    store = desk.store
    folder = store.folder
    with store.writing():
        sha256 = store.keep_file(b"kept", "a", "test", desk.at)
    final = store.files.path_of(sha256)
    os.replace(final, final.with_name(sha256 + ".part"))
    stray = store.files.path_of("ab" * 32).with_name("ab" * 32 + ".part")
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"never committed")
    store.close()
    again = open_office(folder, "admin", PASSWORD)
    assert again.files.read(sha256) == b"kept"
    assert not stray.exists()
    again.close()


def test_every_refusal_of_the_store_is_a_sentence() -> None:
    for refusal in (WrongPassword(operator="甲"), NoOffice(folder="x"), OfficeExists(folder="x")):
        assert isinstance(refusal, Refusal)
        assert refusal.sentence.endswith("。")
