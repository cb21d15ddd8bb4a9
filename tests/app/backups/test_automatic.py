"""Backups that nobody has to think of, their algorithms, their thinning, and the way back into the office's place."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app.access.queries import sit_down
from app.audit.queries import head
from app.backups.container import BackupDamaged, NoSuchSuite, broken_member, read_container, row_digests
from app.backups.keeping import NAME, Kept, backups_in, file_name, kept_in, thin, to_thin
from app.backups.queries import backups_of, compare_offices
from app.backups.use_cases import (
    InsideOffice,
    Occasion,
    PlaceGone,
    back_up,
    back_up_if_due,
    restore,
    set_backup_place,
    switch_office,
)
from app.cli import main
from app.desk import Desk
from app.doctor import check_up
from app.registry.use_cases import add_villages
from models.domain.permission import NotPermitted
from models.store.folder import LAST_BACKUP_NAME
from models.store.holding import OfficeInUse
from models.store.opening import backup_hint, open_office
from tests.app.ledger.lived import live
from tests.conftest import NOW, PASSWORD, seat


def at(desk: Desk, now: datetime) -> Desk:
    return Desk(desk.store, desk.operator, now, now.date())


# -- the container ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suite", "cipher", "hash_name"), [("aes", "aes-256-gcm", "sha256"), ("sm", "sm4-gcm", "sm3")]
)
def test_both_algorithms_come_back_and_say_their_names(
    admin: Desk, tmp_path: Path, suite: str, cipher: str, hash_name: str
) -> None:
    live(admin, tmp_path)
    before = row_digests(admin.store)
    answer = back_up(admin, folder=tmp_path / "u", suite=suite).answer
    path = Path(str(answer["file"]))
    about = read_container(path)
    assert (about.cipher, about.hash, about.head) == (cipher, hash_name, answer["head"])
    assert "已验证" in str(answer["label"])
    assert about.head in str(answer["label"])
    restore(path, folder=tmp_path / "new", operator="经办甲", password=PASSWORD)
    store = open_office(tmp_path / "new", "admin", PASSWORD)
    assert row_digests(store) == before
    assert check_up(store) == []
    store.close()


def test_an_algorithm_that_is_none(admin: Desk, tmp_path: Path) -> None:
    with pytest.raises(NoSuchSuite):
        back_up(admin, folder=tmp_path / "u", suite="rot13")
    assert list((tmp_path / "u").iterdir()) == []


@pytest.mark.parametrize("suite", ["aes", "sm"])
def test_a_cut_backup_is_refused_with_the_reason(admin: Desk, tmp_path: Path, suite: str) -> None:
    live(admin, tmp_path)
    path = Path(str(back_up(admin, folder=tmp_path / "u", suite=suite).answer["file"]))
    whole = path.read_bytes()
    for percent in (0, 1, 25, 50, 90, 99):
        path.write_bytes(whole[: len(whole) * percent // 100])
        with pytest.raises(BackupDamaged, match="不是完整的备份文件"):
            restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)
        assert not (tmp_path / "new").exists()
    path.write_bytes(whole[:-1])
    with pytest.raises(BackupDamaged):
        restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)


def test_one_byte_changed_anywhere_is_refused_or_harmless(admin: Desk, tmp_path: Path) -> None:
    """A byte of the zip's own dates may change unseen; what comes out is then the very same office."""
    path = Path(str(back_up(admin, folder=tmp_path / "u").answer["file"]))
    whole = path.read_bytes()
    keyslots = (admin.store.folder / "keyslots.json").read_bytes()
    seed = 20240603
    random, refused = Random(seed), 0
    for _ in range(40):
        body = bytearray(whole)
        body[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        path.write_bytes(body)
        try:
            restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)
        except BackupDamaged:
            refused += 1
        else:
            assert (tmp_path / "new" / "keyslots.json").read_bytes() == keyslots, f"seed {seed}"
            shutil.rmtree(tmp_path / "new")
    assert refused >= 38


def test_damage_is_named_without_any_key(admin: Desk, tmp_path: Path) -> None:
    path = Path(str(back_up(admin, folder=tmp_path / "u").answer["file"]))
    assert broken_member(path) is None
    (view,) = backups_in(path.parent)
    assert (view.fault, view.head) == ("", read_container(path).head)
    path.write_bytes(path.read_bytes()[:-50])
    assert backups_in(path.parent)[0].fault == "损坏，不能恢复：不是完整的备份文件"


def test_the_list_tells_the_damaged_and_the_whole_alike(
    admin: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "u"
    whole = Path(str(back_up(admin, folder=folder).answer["file"]))
    body = whole.read_bytes()
    flipped = bytearray(body)
    flipped[len(body) // 2] ^= 1
    half = folder / file_name("云溪镇", NOW + timedelta(hours=1))
    half.write_bytes(body[: len(body) // 2])
    bit = folder / file_name("云溪镇", NOW + timedelta(hours=2))
    bit.write_bytes(flipped)
    by_hand = folder / "拷来的.xcbak"
    by_hand.write_bytes(body)
    no_such_time = folder / "乡财备份-云溪镇-20240630-096199.xcbak"
    no_such_time.write_bytes(body)
    assert main(["backup-list", str(folder)]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    said = {line.split("\t")[0]: line.split("\t")[-1] for line in lines}
    assert said.keys() == {one.name for one in (whole, half, bit, by_hand, no_such_time)}
    assert {said[one.name] for one in (whole, by_hand, no_such_time)} == {"完整"}
    assert said[half.name] == "损坏，不能恢复：不是完整的备份文件"
    assert said[bit.name].startswith("损坏，不能恢复：")
    set_backup_place(admin, folder=folder)
    assert {view.file for view in backups_of(admin.store)} == said.keys()
    assert {one.path for one in kept_in(folder)} == {whole, half, bit}  # the others are nobody's to thin


def test_a_list_of_nothing_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup-list", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"“{tmp_path}”里没有备份。\n"
    assert main(["backup-list", str(tmp_path / "没有插")]) == 3
    assert "请插好 U 盘" in capsys.readouterr().err


def test_a_stick_that_is_not_plugged_in_is_not_made_up(admin: Desk, tmp_path: Path) -> None:
    with pytest.raises(PlaceGone, match="没有插”不在。请插好 U 盘"):
        back_up(admin, folder=tmp_path / "没有插" / "备份")
    assert not (tmp_path / "没有插").exists()
    (tmp_path / "没有插").mkdir()
    set_backup_place(admin, folder=tmp_path / "没有插" / "备份")
    (tmp_path / "没有插").rmdir()
    with pytest.raises(PlaceGone):
        set_backup_place(admin, folder=tmp_path / "另一个" / "备份")
    done = back_up_if_due(admin, Occasion.EXIT)
    assert done is not None
    assert "请插好 U 盘" in str(done["warning"])
    (tmp_path / "没有插").mkdir()
    done = back_up_if_due(admin, Occasion.EXIT)
    assert done is not None
    assert "warning" not in done


# -- by itself ----------------------------------------------------------------------------------------------


def test_nothing_is_done_until_the_office_says_where(desk: Desk) -> None:
    assert back_up_if_due(desk, Occasion.EXIT) is None


def test_at_exit_daily_and_before_an_import_when_something_was_done(admin: Desk, tmp_path: Path) -> None:
    place, stick = tmp_path / "d", tmp_path / "stick"
    set_backup_place(admin, folder=place, second=stick, suite="sm")
    first = back_up_if_due(at(seat(admin, "复核丙"), NOW), Occasion.EXIT)
    assert first is not None
    assert "second_file" not in first  # the stick is not plugged in
    assert back_up_if_due(admin, Occasion.EXIT) is None  # nothing was done since
    stick.mkdir()
    add_villages(admin, names=["新村"])
    assert back_up_if_due(at(admin, NOW + timedelta(hours=1)), Occasion.DAILY) is None  # one a day
    second = back_up_if_due(at(admin, NOW + timedelta(hours=1)), Occasion.BEFORE_IMPORT)
    assert second is not None
    assert Path(str(second["second_file"])).parent == stick
    assert broken_member(Path(str(second["second_file"]))) is None
    add_villages(admin, names=["另一村"])
    assert back_up_if_due(at(admin, NOW + timedelta(days=1)), Occasion.DAILY) is not None
    assert len(backups_of(admin.store)) == 2 + 2  # the earlier one of the first day was thinned
    assert {view.cipher for view in backups_of(admin.store)} == {"sm4-gcm"}
    assert "已验证的备份" in backup_hint(admin.store.folder)
    assert (admin.store.folder / LAST_BACKUP_NAME).exists()


def test_a_place_that_is_gone_is_a_warning_never_a_stop(admin: Desk, tmp_path: Path) -> None:
    set_backup_place(admin, folder=tmp_path / "d")
    (tmp_path / "d").write_text("a file lies there")
    done = back_up_if_due(admin, Occasion.EXIT)
    assert done is not None
    assert "没有做成" in str(done["warning"])
    with pytest.raises(InsideOffice):
        set_backup_place(admin, folder=admin.store.folder / "b")
    set_backup_place(admin, folder=None)
    assert back_up_if_due(admin, Occasion.EXIT) is None


def test_commands_back_up_once_a_day(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    folder = admin.store.folder
    admin.store.close()
    place = tmp_path / "d"
    common = ("--office", str(folder), "--as", "admin")
    monkeypatch.setenv("XIANGCAI_NO_BACKUP", "1")
    assert main(["backup-place", str(place), *common]) == 0
    assert kept_in(place) == []
    monkeypatch.delenv("XIANGCAI_NO_BACKUP")
    assert main(["village", "add", "新村", *common]) == 0
    assert main(["village", "add", "老村", *common]) == 0
    assert len(kept_in(place)) == 1
    capsys.readouterr()
    assert main(["backup-list", str(place)]) == 0
    assert "完整" in capsys.readouterr().out


# -- thinning -----------------------------------------------------------------------------------------------


def test_days_weeks_and_months_stay() -> None:
    def kept(when: datetime) -> Kept:
        return Kept(Path(file_name("云溪镇", when)), "云溪镇", when)

    every_day_twice = [
        kept(datetime(2024, 1, 1, hour) + timedelta(days=day)) for day in range(500) for hour in (9, 17)
    ]
    gone = {one.path for one in to_thin(every_day_twice)}
    stays = sorted(one.at for one in every_day_twice if one.path not in gone)
    assert stays[-2:] == [datetime(2025, 5, 14, 9), datetime(2025, 5, 14, 17)]  # all of the newest day
    assert [f"{when:%m-%d %H}" for when in stays[-8:-2]] == [f"05-{day:02d} 17" for day in range(8, 14)]
    assert date(2025, 4, 30) in {when.date() for when in stays}
    assert len({(when.year, when.month) for when in stays}) == 12
    assert len(stays) <= 2 + 6 + 4 + 12
    assert to_thin([]) == []
    assert to_thin(every_day_twice[:2]) == []


def test_thinning_touches_only_our_own(tmp_path: Path) -> None:
    for day in range(1, 30):
        (tmp_path / file_name("云溪镇", datetime(2024, 6, day))).touch()
        (tmp_path / file_name("石门镇", datetime(2024, 6, day))).touch()
    (tmp_path / "乡财备份-旧.xcbak").touch()
    assert thin(tmp_path, "云溪镇")
    assert len(kept_in(tmp_path, "石门镇")) == 29
    assert (tmp_path / "乡财备份-旧.xcbak").exists()
    assert NAME.fullmatch(file_name("a/b:c", NOW)) is not None
    assert thin(tmp_path / "none", "云溪镇") == []


# -- back into its place ------------------------------------------------------------------------------------


def test_a_restored_office_takes_the_place_of_the_one_in_use(admin: Desk, tmp_path: Path) -> None:
    folder = admin.store.folder
    path = Path(str(back_up(admin, folder=tmp_path / "u").answer["file"]))
    add_villages(admin, names=["后来村"])
    restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)
    there = open_office(tmp_path / "new", "admin", PASSWORD)
    found = compare_offices(admin.store, there)
    assert (found.here_head, found.lost_acts) == (
        head(admin.store),
        2,
    )  # the backup's own line, and the village
    assert [(one.table, one.here - one.there) for one in found.differences] == [
        ("audit_line", 2),
        ("village", 1),
    ]
    there.close()
    admin.store.close()
    with pytest.raises(NotPermitted):
        switch_office(folder, tmp_path / "new", operator="经办甲", password=PASSWORD, now=NOW)
    switched = switch_office(folder, tmp_path / "new", operator="admin", password=PASSWORD, now=NOW)
    assert switched.old.is_dir()
    for office, villages in ((folder, 3), (switched.old, 4)):
        store = open_office(office, "admin", PASSWORD)
        assert store.value("SELECT count(*) FROM village") == villages
        assert check_up(store) == []
        assert sit_down(store, "admin", NOW).operator.name == "admin"
        store.close()


def test_an_office_that_is_open_elsewhere_is_not_replaced(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = admin.store.folder
    path = Path(str(back_up(admin, folder=tmp_path / "u").answer["file"]))
    restore(path, folder=tmp_path / "new", operator="admin", password=PASSWORD)
    admin.store.close()
    from tests.store.test_faults import another

    with another(folder), pytest.raises(OfficeInUse):
        switch_office(folder, tmp_path / "new", operator="admin", password=PASSWORD, now=NOW)
    assert folder.is_dir()
    assert (tmp_path / "new").is_dir()


def test_the_command_restores_compares_and_switches(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    folder = admin.store.folder
    path = Path(str(back_up(admin, folder=tmp_path / "u").answer["file"]))
    add_villages(admin, names=["后来村"])
    admin.store.close()
    assert main(["restore", str(path), "--office", str(tmp_path / "new"), "--replace", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "比备份多 2 次操作" in said
    assert "  村：现在 4 行，备份 3 行" in said
    store = open_office(folder, "admin", PASSWORD)
    assert store.value("SELECT count(*) FROM village") == 3
    store.close()
