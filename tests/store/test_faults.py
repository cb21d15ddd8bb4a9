"""The world's faults: who else has the office, where it lies, what the disk refuses; a sentence each, and nothing lost."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from app.access.queries import clock_warning
from app.cli import main
from app.cli.frame import REFUSED, WORLD_FAILED
from app.desk import Desk
from app.doctor import check_up
from app.registry.use_cases import add_villages
from models.store import database, health, holding, opening
from models.store.durable import CannotWrite, DiskFull, replacing
from models.store.folder import DATABASE_NAME, KEYSLOTS_NAME
from models.store.holding import NetworkDrive, OfficeInUse, file_system_of, hold, holder_of
from models.store.migrations import MIGRATIONS
from models.store.opening import (
    DamagedDatabase,
    FoundingUnfinished,
    OfficeUnsoundAtOpening,
    OnlyForLooking,
    Store,
    TooOldSqlite,
    UnsavedOnReadOnly,
    create_office,
    open_office,
)
from tests.app.ledger.lived import live
from tests.conftest import CHEAP, NOW, PASSWORD, seat
from tests.store.outside import edit_outside

ROOT = Path(__file__).parents[2]
HOLDS = """
import sys, time
from datetime import datetime
from pathlib import Path
from models.store.holding import hold
hold(Path(sys.argv[1]), "经办甲", datetime(2024, 6, 3, 8, 0))
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def another(folder: Path) -> Iterator[int]:
    """Another program that has the office open, until it is killed; gives its process number."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process.pid
        finally:
            process.kill()


def exit_code_and_sentence(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main([*words, "--office", str(folder), "--as", "经办甲"])
    return code, capsys.readouterr().err


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)


# -- one office, one program --------------------------------------------------------------------------------


def test_a_second_program_is_told_who_has_the_office(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    folder = desk.store.folder
    desk.store.close()
    with another(folder) as pid:
        with pytest.raises(OfficeInUse, match="经办甲") as no:
            open_office(folder, "经办乙", PASSWORD)
        assert no.value.facts["pid"] == pid
        code, said = exit_code_and_sentence(folder, capsys, "program", "list")
        assert (code, "2024-06-03 08:00:00" in said) == (WORLD_FAILED, True)
    open_office(folder, "经办乙", PASSWORD).close()  # what a killed program left behind holds nobody back


def test_the_same_program_may_open_twice_and_lets_go_at_last(desk: Desk) -> None:
    folder = desk.store.folder
    second = open_office(folder, "经办乙", PASSWORD)
    desk.store.close()
    assert holder_of(folder).pid == os.getpid()
    second.close()
    assert holder_of(folder).pid == 0
    with another(folder) as pid:
        assert holder_of(folder).pid == pid


def test_where_the_system_has_no_locks_the_written_process_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(handle: int) -> bool:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(holding, "_system_lock", no_locks)
    body = {"operator": "甲", "host": os.uname().nodename, "pid": 1, "since": "2024"}
    for pid, host, held in ((1, None, True), (2**22 - 3, None, False), (2**22 - 3, "另一台", True)):
        text = json.dumps({**body, "pid": pid, "host": host or body["host"]})
        (tmp_path / holding.LOCK_NAME).write_text(text)
        if held:
            with pytest.raises(OfficeInUse):
                hold(tmp_path, "乙", NOW)
        else:
            taken = hold(tmp_path, "乙", NOW)
            assert taken is not None
            taken.let_go()


def test_network_drives_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = "22 1 8:1 / / rw - ext4 /dev/a rw\n40 22 0:50 / /mnt/a\\040b rw - cifs //s/x rw\n"
    assert file_system_of(Path("/mnt/a b/办公点"), mounts) == "cifs"
    assert file_system_of(Path("/mnt/c"), mounts) == "ext4"
    assert file_system_of(Path("/mnt/c"), "junk") == ""
    desk.store.close()
    monkeypatch.setattr(holding, "is_on_network", lambda folder: True)
    with pytest.raises(NetworkDrive, match="本机硬盘"):
        open_office(desk.store.folder, "admin", PASSWORD)


# -- where nothing can be written ---------------------------------------------------------------------------


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> int:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(holding, "_open_lock", refused)


def test_a_read_only_medium_opens_for_looking(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = desk.store.folder
    desk.store.close()
    before = {path.name for path in folder.iterdir()} - {holding.LOCK_NAME}
    read_only(monkeypatch)
    store = open_office(folder, "经办甲", PASSWORD)
    assert store.is_read_only
    assert store.value("SELECT township FROM office") == "云溪镇"
    with pytest.raises(OnlyForLooking, match="复制到硬盘"):
        add_villages(seat(Desk(store, desk.operator, NOW, NOW.date()), "经办甲"), names=["新村"])
    store.close()
    assert {path.name for path in folder.iterdir()} - {holding.LOCK_NAME} == before
    assert exit_code_and_sentence(folder, capsys, "program", "list")[0] == 0
    code, said = exit_code_and_sentence(folder, capsys, "village", "add", "新村")
    assert code == REFUSED
    assert "只能查看" in said


def test_work_that_is_not_in_the_file_yet_is_not_overlooked(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_villages(desk, names=["新村"])
    shutil.copytree(desk.store.folder, tmp_path / "copy")  # while the work still lies beside the file
    read_only(monkeypatch)
    with pytest.raises(UnsavedOnReadOnly):
        open_office(tmp_path / "copy", "经办甲", PASSWORD)


# -- the disk -----------------------------------------------------------------------------------------------


class Shared(OSError):
    """What Windows says while a virus scanner holds a file."""

    winerror = 32


def test_a_scanner_that_holds_the_rename_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, held = os.replace, iter(range(5))

    def replace(part: Path, path: Path) -> None:
        if next(held, None) is not None:
            raise Shared(errno.EACCES, "in use")
        real(part, path)

    waited: list[float] = []
    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(time, "sleep", waited.append)
    with replacing(tmp_path / "表.xlsx") as part:
        part.write_text("新")
    assert (tmp_path / "表.xlsx").read_text() == "新"
    assert len(waited) == 5


@pytest.mark.parametrize(("error", "no", "said"), [
    (Shared(errno.EACCES, "in use"), CannotWrite, "占用"),
    (OSError(errno.EACCES, "no"), CannotWrite, "没有权限"),
    (OSError(errno.ENOSPC, "full"), DiskFull, "磁盘空间不足"),
    (OSError(errno.EIO, "bad"), CannotWrite, "磁盘读写错误"),
    (OSError(errno.ENODEV, "gone"), CannotWrite, "U 盘"),
])  # fmt: skip
def test_what_stays_in_the_way_is_a_sentence_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, no: type[Exception], said: str
) -> None:
    path = tmp_path / "表.xlsx"
    path.write_text("旧")

    def replace(part: Path, path: Path) -> None:
        raise error

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(no, match=said), replacing(path) as part:
        part.write_text("新")
    assert path.read_text() == "旧"
    assert [one.name for one in tmp_path.iterdir()] == ["表.xlsx"]


def test_no_space_while_founding_leaves_no_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Store, sql: str, parameters: object = ()) -> object:
        raise sqlcipher.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(Store, "execute", full)
        with pytest.raises(database.DatabaseDiskFull):
            create_office(tmp_path / "office", "admin", PASSWORD, CHEAP)
    assert not (tmp_path / "office" / KEYSLOTS_NAME).exists()
    create_office(tmp_path / "office", "admin", PASSWORD, CHEAP)[0].close()


@pytest.mark.parametrize(
    ("free", "no"), [(4096, database.DatabaseDiskFull), (1 << 30, database.DatabaseFault)]
)
def test_an_io_error_where_no_page_is_free_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, no: type[Exception]
) -> None:
    monkeypatch.setattr(database, "disk_usage", lambda folder: SimpleNamespace(free=free))
    with pytest.raises(no), database.faults_as_sentences(tmp_path):
        raise sqlcipher.OperationalError("disk I/O error")


def test_a_founding_that_was_killed_says_so(tmp_path: Path) -> None:
    create_office(tmp_path / "office", "admin", PASSWORD, CHEAP)[0].close()
    (tmp_path / "office" / DATABASE_NAME).write_bytes(b"")
    with pytest.raises(FoundingUnfinished, match="重新新建"):
        open_office(tmp_path / "office", "admin", PASSWORD)


# -- damage -------------------------------------------------------------------------------------------------


def test_the_library_underneath_is_new_enough(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store.close()
    monkeypatch.setattr(opening, "_LEAST_SQLITE", (99, 0, 0))
    with pytest.raises(TooOldSqlite, match=r"99\.0\.0"):
        open_office(desk.store.folder, "admin", PASSWORD)


def pragmas_in_order(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Open an office and listen to what it says to the database first."""
    said: list[str] = []
    real = sqlcipher.connect

    class Listening:
        def __init__(self, *args: object, **named: object) -> None:
            self._real = real(*args, **named)

        def execute(self, sql: str, *args: object) -> object:
            said.append(sql)
            return self._real.execute(sql, *args)

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    patch.setattr("playhouse.sqlcipher_ext.sqlcipher.connect", Listening)
    open_office(folder, "admin", PASSWORD).close()
    pragmas = [
        sql.removeprefix("PRAGMA ").replace(" ", "").split("=") for sql in said if sql.startswith("PRAGMA")
    ]
    order = ["key", "cipher_log", "synchronous", "journal_mode", "foreign_keys", "temp_store", "trusted_schema", "busy_timeout"]  # fmt: skip
    assert [name[0] for name in pragmas if name[0] in order] == order
    assert ["synchronous", "EXTRA"] in pragmas
    assert said[0].startswith("PRAGMA key")


def test_the_pragmas_come_in_the_order_that_was_tried(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store.close()
    pragmas_in_order(desk.store.folder, monkeypatch)


def test_a_changed_byte_anywhere_is_found_before_use(admin: Desk, tmp_path: Path) -> None:
    live(admin, tmp_path)
    folder = admin.store.folder
    admin.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    admin.store.close()
    (folder / "last-backup.json").write_text(json.dumps({"file": "乙.zip", "made_at": "2024-06-02"}))
    whole = (folder / DATABASE_NAME).read_bytes()
    assert len(whole) > 300_000
    told: set[str] = set()
    for place in range(5000, len(whole), len(whole) // 40):
        body = bytearray(whole)
        body[place] ^= 1
        (folder / DATABASE_NAME).write_bytes(body)
        try:
            store = open_office(folder, "admin", PASSWORD)
        except DamagedDatabase as no:
            told.add(no.sentence)
            continue
        assert store.fault is not None, f"byte {place}"
        with pytest.raises(OfficeUnsoundAtOpening, match="乙"):
            store.refuse_unless_writable()
        store.close()
    assert all("乙.zip" in sentence for sentence in told)


def test_rows_that_contradict_each_other_are_found_before_use(admin: Desk, tmp_path: Path) -> None:
    live(admin, tmp_path)
    folder = admin.store.folder
    for statement, said in (
        ("UPDATE batch_tally SET fen = fen + 1 WHERE bucket = 'paid'", "汇总表"),
        ("UPDATE voucher_line SET debit_fen = debit_fen + 1 WHERE debit_fen > 0 AND id = 1", "借贷"),
        ("DELETE FROM bank_file", "不存在"),
    ):
        shutil.copytree(folder, tmp_path / "spoilt")
        spoilt = Store(tmp_path / "spoilt", admin.store.keyslots)
        edit_outside(spoilt, statement)
        store = open_office(tmp_path / "spoilt", "admin", PASSWORD)
        assert said in str(store.fault)
        with pytest.raises(OfficeUnsoundAtOpening, match=said):
            add_villages(Desk(store, admin.operator, NOW, NOW.date()), names=["新村"])
        assert check_up(store)
        store.close()
        shutil.rmtree(tmp_path / "spoilt")


def test_the_look_at_opening_ends_in_time(desk: Desk) -> None:
    store = desk.store
    began = time.monotonic()
    assert health.quick_fault(store.database.connection(), 0, seconds=0) is None
    assert time.monotonic() - began < 0.5
    assert health.schema_faults(store.database.connection()) == []


def test_a_dropped_constraint_is_told(desk: Desk) -> None:
    with desk.store.writing():
        desk.store.execute("DROP INDEX payment_person_once")
        desk.store.execute("DROP TRIGGER audit_line_stays")
        desk.store.execute("CREATE TABLE mine (id INTEGER)")
    assert health.schema_faults(desk.store.database.connection()) == [
        "索引 payment_person_once 缺失", "表 mine 是外来的", "约束 audit_line_stays 缺失"
    ]  # fmt: skip
    assert {one.code for one in check_up(desk.store)} == {"file.schema"}


# -- upgrades -----------------------------------------------------------------------------------------------


NEXT = "ALTER TABLE payment ADD COLUMN note TEXT NOT NULL DEFAULT ''; CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;"


def upgraded(monkeypatch: pytest.MonkeyPatch, sql: str = NEXT) -> None:
    released = MIGRATIONS
    for module in (opening, health):
        monkeypatch.setattr(module, "MIGRATIONS", (*released, sql))


def test_an_upgrade_keeps_a_copy_and_seals_anew(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(admin, tmp_path)
    folder, keyslots = admin.store.folder, admin.store.keyslots
    admin.store.close()
    upgraded(monkeypatch, NEXT.replace("; ", ";\n"))
    store = open_office(folder, "admin", PASSWORD)
    assert store.value("PRAGMA user_version") == len(MIGRATIONS) + 1
    assert check_up(store) == []
    add_villages(Desk(store, admin.operator, NOW, NOW.date()), names=["新村"])
    store.close()
    monkeypatch.undo()
    shutil.copytree(folder, tmp_path / "before")
    os.replace(
        tmp_path / "before" / f"{DATABASE_NAME}.before-{len(MIGRATIONS) + 1}",
        tmp_path / "before" / DATABASE_NAME,
    )
    before = Store(tmp_path / "before", keyslots)
    before.database.connect()
    assert before.value("PRAGMA user_version") == len(MIGRATIONS)
    assert check_up(before) == []
    before.close()
    with pytest.raises(opening.NewerOffice):
        open_office(folder, "admin", PASSWORD)


def test_an_upgrade_that_fails_leaves_the_old(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = admin.store.folder
    admin.store.close()
    upgraded(
        monkeypatch, "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;\nCREATE TABLE payment (id INTEGER);"
    )
    with pytest.raises(Exception, match="already exists"):
        open_office(folder, "admin", PASSWORD)
    monkeypatch.undo()
    store = open_office(folder, "admin", PASSWORD)
    assert store.value("SELECT count(*) FROM sqlite_master WHERE name = 'extra'") == 0
    assert check_up(store) == []
    store.close()


def test_an_upgrade_never_seals_what_others_changed(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(admin, tmp_path)
    edit_outside(admin.store, "UPDATE payment SET name = '别人' WHERE id = 1")
    admin.store.close()
    upgraded(monkeypatch, NEXT.replace("; ", ";\n"))
    with pytest.raises(DamagedDatabase):
        open_office(admin.store.folder, "admin", PASSWORD)


# -- the clock ----------------------------------------------------------------------------------------------


def test_a_clock_that_went_back_is_told_and_the_order_stays(admin: Desk) -> None:
    assert clock_warning(admin.store, NOW) is None
    assert clock_warning(admin.store, NOW + timedelta(days=99)) is None
    assert "晚了 2,400 天" in str(clock_warning(admin.store, NOW + timedelta(days=2400)))
    for wrong in (datetime(1970, 1, 1), NOW - timedelta(days=1), datetime(2024, 2, 29, 23, 59, 59)):
        assert "校准" in str(clock_warning(admin.store, wrong))
        desk = Desk(admin.store, admin.operator, wrong, NOW.date())
        add_villages(desk, names=[f"村{wrong:%d%S}"])
        assert check_up(admin.store) == []  # the chain goes by number
