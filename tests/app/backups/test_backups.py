"""A backup is proved before it counts, and comes back whole, into a new folder only."""

import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from app.backups import container
from app.backups.container import (
    ABOUT,
    BackupDamaged,
    BackupDoesNotMatch,
    NewerBackup,
    read_container,
    row_digests,
)
from app.backups.use_cases import FolderNotEmpty, InsideOffice, back_up, restore
from app.desk import Desk
from app.doctor import check_up
from models.domain.permission import NotPermitted
from models.store import database
from models.store.durable import CannotRead, CannotWrite
from models.store.keyslots import NoSlot, WrongPassword
from models.store.opening import Store, open_office
from tests.app.ledger.lived import live
from tests.builders import Make
from tests.conftest import PASSWORD, seat
from tests.faults import contents, each_statement_failing


def backed_up(desk: Desk, folder: Path) -> Path:
    return Path(str(back_up(desk, folder=folder).answer["file"]))


def test_an_office_comes_back_as_it_was(admin: Desk, tmp_path: Path) -> None:
    live(admin, tmp_path)
    before = row_digests(admin.store)
    path = backed_up(admin, tmp_path / "u")
    assert path.name == "乡财备份-云溪镇-20240603-090000.xcbak"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    done = restore(path, folder=tmp_path / "new", operator="经办甲", password=PASSWORD)
    assert (done.township, done.business_date, done.files) == ("云溪镇", "2024-06-20", 2 + 4)
    assert not (tmp_path / "new.part").exists()
    store = open_office(tmp_path / "new", "审批丁", PASSWORD)
    try:
        assert row_digests(store) == before  # the backup's own audit line came after the copy
        assert check_up(store) == []
    finally:
        store.close()
    line = admin.store.row("SELECT act, subject FROM audit_line ORDER BY seq DESC LIMIT 1")
    assert line == ("backup.make", f"backup {path.name}")


def test_what_is_in_the_container_is_unreadable_without_the_key(desk: Desk, tmp_path: Path) -> None:
    name = "欧阳可见"
    Make(desk).person(name)
    path = backed_up(desk, tmp_path / "u")
    with zipfile.ZipFile(path) as package:
        for inside in package.namelist():
            body = package.read(inside)
            assert name.encode() not in body
            assert b"SQLite format 3" not in body
    about = read_container(path)
    assert (about.township, about.made_at, set(about.files)) == (
        "云溪镇",
        "2024-06-03 09:00:00",
        {"office.db", "keyslots.json"},
    )


def test_the_office_stays_open_and_writable(desk: Desk, tmp_path: Path) -> None:
    first = backed_up(desk, tmp_path / "u")
    Make(desk).person("后来人")
    people = desk.store.value("SELECT count(*) FROM person")
    restore(first, folder=tmp_path / "old", operator="admin", password=PASSWORD)
    store = open_office(tmp_path / "old", "admin", PASSWORD)
    assert store.value("SELECT count(*) FROM person") == people - 1
    store.close()


def test_a_restore_never_writes_over_anything(desk: Desk, tmp_path: Path) -> None:
    path = backed_up(desk, tmp_path / "u")
    for folder in (desk.store.folder, path):
        with pytest.raises(FolderNotEmpty, match="不会覆盖"):
            restore(path, folder=folder, operator="admin", password=PASSWORD)
    (tmp_path / "empty").mkdir()
    restore(path, folder=tmp_path / "empty", operator="admin", password=PASSWORD)
    with pytest.raises(FolderNotEmpty):
        restore(path, folder=tmp_path / "empty", operator="admin", password=PASSWORD)


def test_a_refused_restore_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    path, folder = backed_up(desk, tmp_path / "u"), tmp_path / "new"
    for operator, password, refusal in (("admin", "不是密码", WrongPassword), ("某某", PASSWORD, NoSlot)):
        with pytest.raises(refusal):
            restore(path, folder=folder, operator=operator, password=password)
    with pytest.raises(CannotRead):
        restore(tmp_path / "none.zip", folder=folder, operator="admin", password=PASSWORD)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BackupDamaged, match="不是完整的备份文件"):
        restore(path, folder=folder, operator="admin", password=PASSWORD)
    assert not folder.exists()
    assert not list(tmp_path.glob("*.part"))


def doctored(path: Path, **changed: object) -> Path:
    """The container with `about` entries changed, or members (by name with / as _) replaced."""
    target = path.with_name("doctored.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        about = json.loads(old.read(ABOUT))
        members = {name: old.read(name) for name in old.namelist() if name != ABOUT}
        files = about["files"]
        for name, value in changed.items():
            if name == "extra":
                files[str(value)] = files["office.db"]
                members[str(value)] = members["office.db"]
            elif name == "without":
                del members[str(value)]
            elif name == "flip":
                body = members["office.db"]
                members["office.db"] = body[:9000] + bytes([body[9000] ^ 1]) + body[9001:]
            else:
                about[name] = value
        new.writestr(ABOUT, json.dumps(about))
        for name, body in members.items():
            new.writestr(name, body)
    return target


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"flip": True}, "office.db 与清单不一致"),
        ({"extra": "../evil.db"}, "不认识的文件"),
        ({"extra": "/etc/evil"}, "不认识的文件"),
        ({"without": "keyslots.json"}, "缺少 keyslots.json"),
        ({"tables": {"person": "0:0"}}, "清单被改动"),
        ({"head": "00000000"}, "清单被改动"),
        ({"salt": "AAAA"}, "清单被改动"),
        ({"lines": "x"}, "清单读不出来"),
        ({"files": {}}, "缺少 office.db"),
        ({"files": []}, "缺少 office.db"),
    ],
)
def test_a_doctored_container_is_refused(
    desk: Desk, tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    path = doctored(backed_up(desk, tmp_path / "u"), **changed)
    with pytest.raises(BackupDamaged, match=said):
        restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "evil.db").exists()


def test_another_offices_keys_do_not_open_it(desk: Desk, tmp_path: Path) -> None:
    path = backed_up(desk, tmp_path / "u")
    target = tmp_path / "mixed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        about = json.loads(old.read(ABOUT))
        import hashlib

        junk = b"\0" * 8192
        about["files"]["office.db"] = hashlib.sha256(junk).hexdigest()
        new.writestr(ABOUT, json.dumps(about))
        new.writestr("keyslots.json", old.read("keyslots.json"))
        new.writestr("office.db", junk)
    with pytest.raises(BackupDamaged, match="不是用这个办公点的密钥写的"):
        restore(target, folder=tmp_path / "new", operator="admin", password=PASSWORD)


def test_a_later_programs_backup_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = doctored(backed_up(desk, tmp_path / "u"), format=99)
    with pytest.raises(NewerBackup, match="99"):
        restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)


def test_a_backup_does_not_lie_in_what_it_backs_up(desk: Desk) -> None:
    with pytest.raises(InsideOffice):
        back_up(desk, folder=desk.store.folder / "backups")
    with pytest.raises(InsideOffice):
        back_up(desk, folder=desk.store.folder)


def test_a_lost_file_is_told_and_no_backup_is_left(admin: Desk, tmp_path: Path) -> None:
    live(admin, tmp_path)
    sha256 = admin.store.value("SELECT min(sha256) FROM stored_file")
    admin.store.files.path_of(sha256).unlink()
    with pytest.raises(BackupDoesNotMatch, match="不在原处"):
        back_up(admin, folder=tmp_path / "u")
    assert list((tmp_path / "u").iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_fault_of_the_world(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(CannotWrite):
        back_up(desk, folder=tmp_path / "taken")


def test_a_stick_without_a_page_free_is_full(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says “disk I/O error” where the first page of its shared memory finds no room."""

    def asked(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0 if folder.is_relative_to(tmp_path / "u") else 1 << 30)

    def no_room(store: Store, folder: Path) -> dict[str, str]:
        raise sqlcipher.OperationalError("disk I/O error")

    monkeypatch.setattr(database, "disk_usage", asked)
    monkeypatch.setattr(container, "_copy_database", no_room)
    with pytest.raises(database.DatabaseDiskFull):
        back_up(desk, folder=tmp_path / "u")
    assert list((tmp_path / "u").iterdir()) == []


def test_an_approver_does_not_back_up(admin: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        back_up(seat(admin, "审批丁"), folder=tmp_path / "u")


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    before = contents(desk.store)
    assert each_statement_failing(desk.store, lambda: back_up(desk, folder=tmp_path / "u")) > 5
    assert contents(desk.store) != before
    assert len(list((tmp_path / "u").iterdir())) == 1
