"""Keys: slots come and go with their transaction; wrong passwords wait; the recovery code opens; a new key is one step."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.access.queries import enter, is_recovery_confirmed, several_posts_line, sit_down
from app.access.use_cases import (
    LastAdministrator,
    NoReasonToUnmask,
    add_operator,
    change_password,
    change_posts,
    confirm_recovery_code,
    recover_access,
    remove_operator,
    renew_data_key,
    renew_recovery_code,
    reset_password,
    unmask_person,
)
from app.archive.use_cases import make_dossier
from app.desk import Desk
from app.doctor import check_up
from app.founding import found_office
from models.domain.permission import NotPermitted, Post, PostsApart
from models.store import rekeying
from models.store.folder import DATABASE_NAME, KEYSLOTS_NAME
from models.store.keyslots import (
    RECOVERY,
    DamagedKeyslots,
    Keyslots,
    KeyslotsMissing,
    LastSlot,
    NewerKeyslots,
    NoSlot,
    PasswordTooShort,
    RecoveryCodeWrong,
    WrongPassword,
    code_as_typed,
    code_on_paper,
)
from models.store.lockout import LOCKOUT_NAME, LockedOut
from models.store.opening import Store, open_office, open_with_recovery_code
from tests.app.ledger.lived import live
from tests.builders import Make
from tests.conftest import CHEAP, NOW, PASSWORD, seat
from tests.faults import each_statement_failing

NEW = "换过的-密码"


def opened(folder: Path, name: str, password: str = PASSWORD, now: datetime = NOW) -> bool:
    """Whether that password opens the office."""
    try:
        open_office(folder, name, password, now).close()
    except (WrongPassword, NoSlot):
        return False
    return True


# -- passwords ----------------------------------------------------------------------------------------------


def test_a_changed_password_opens_and_the_old_one_does_not(desk: Desk) -> None:
    folder = desk.store.folder
    with pytest.raises(WrongPassword):
        change_password(desk, old="不是它", new=NEW)
    with pytest.raises(PasswordTooShort):
        change_password(desk, old=PASSWORD, new="短")
    change_password(desk, old=PASSWORD, new=NEW)
    desk.store.close()
    assert not opened(folder, "经办甲")
    assert opened(folder, "经办甲", NEW)
    assert opened(folder, "经办乙")


def test_an_administrator_gives_a_new_password(admin: Desk) -> None:
    reset_password(admin, name="复核丙", password=NEW)
    with pytest.raises(NotPermitted):
        reset_password(seat(admin, "经办甲"), name="复核丙", password=PASSWORD)
    admin.store.close()
    assert opened(admin.store.folder, "复核丙", NEW)
    assert not opened(admin.store.folder, "复核丙")


def test_who_is_removed_does_not_open_the_office_again(admin: Desk) -> None:
    remove_operator(admin, name="经办乙")
    with pytest.raises(LastAdministrator):
        remove_operator(admin, name="admin")
    admin.store.close()
    with pytest.raises(NoSlot, match="经办乙"):
        open_office(admin.store.folder, "经办乙", PASSWORD)
    again = open_office(admin.store.folder, "admin", PASSWORD)
    assert check_up(again) == []
    again.close()


def test_a_rolled_back_act_leaves_the_slots_as_they_were(admin: Desk) -> None:
    before = (admin.store.folder / KEYSLOTS_NAME).read_bytes()
    for act in (
        lambda: add_operator(admin, name="王一", posts=[Post.CLERK], password=PASSWORD),
        lambda: remove_operator(admin, name="王一"),
    ):
        names = admin.store.keyslots.names
        assert each_statement_failing(admin.store, act) > 4
        assert admin.store.keyslots.names != names
    body = json.loads(before)["slots"]
    now = json.loads((admin.store.folder / KEYSLOTS_NAME).read_text("utf-8"))["slots"]
    assert now == body
    assert not admin.store.keyslots.staged.exists()


@pytest.mark.parametrize("committed", [True, False])
def test_a_crash_between_commit_and_rename_is_settled_at_opening(
    admin: Desk, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = admin.store.folder
    with monkeypatch.context() as crash:
        crash.setattr(Keyslots, "settle", lambda self: None)
        add_operator(admin, name="王一", posts=[Post.CLERK], password=NEW)
    assert admin.store.keyslots.staged.exists()
    if not committed:  # a staged file that no transaction speaks of
        admin.store.keyslots.staged.write_text("{}")
    admin.store.close()
    again = open_office(folder, "admin", PASSWORD)
    assert not again.keyslots.staged.exists()
    again.close()
    assert opened(folder, "王一", NEW) is committed


def test_an_older_key_file_put_back_is_told(admin: Desk) -> None:
    path = admin.store.folder / KEYSLOTS_NAME
    older = path.read_bytes()
    remove_operator(admin, name="经办乙")
    assert check_up(admin.store) == []
    path.write_bytes(older)
    assert [one.code for one in check_up(admin.store)] == ["access.keyslots"]


def test_the_last_slot_stays(tmp_path: Path) -> None:
    keyslots, _ = Keyslots.make(tmp_path / KEYSLOTS_NAME, "admin", PASSWORD, CHEAP)
    with pytest.raises(LastSlot):
        keyslots.remove("admin")
    with pytest.raises(NoSlot):
        keyslots.remove("路人")


@pytest.mark.parametrize(
    ("body", "no"),
    [
        ("", DamagedKeyslots),
        ("[]", DamagedKeyslots),
        ('{"format": 1}', DamagedKeyslots),
        ('{"format": 2, "slots": {}}', NewerKeyslots),
        ('{"format": 1, "slots": {"admin": {}}}', DamagedKeyslots),
        ('{"format": 1, "slots": {"admin": {"cost": {"memory_kib": 64, "passes": 1, "lanes": 1}, "salt": "?"}}}', DamagedKeyslots),
        ('{"format": 1, "slots": {}}', NoSlot),
    ],
)  # fmt: skip
def test_a_damaged_key_file_is_a_sentence(desk: Desk, body: str, no: type[Exception]) -> None:
    desk.store.close()
    (desk.store.folder / KEYSLOTS_NAME).write_text(body)
    with pytest.raises(no):
        open_office(desk.store.folder, "admin", PASSWORD)


def test_a_missing_key_file_is_told_apart_from_a_missing_office(desk: Desk) -> None:
    desk.store.close()
    (desk.store.folder / KEYSLOTS_NAME).unlink()
    with pytest.raises(KeyslotsMissing, match="备份恢复"):
        open_office(desk.store.folder, "admin", PASSWORD)


# -- wrong passwords ----------------------------------------------------------------------------------------


def wrong(folder: Path, name: str, times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            open_office(folder, name, "猜的密码", now)


def test_five_wrong_passwords_wait_ten_minutes(desk: Desk) -> None:
    folder = desk.store.folder
    desk.store.close()
    wrong(folder, "经办甲", 5)
    with pytest.raises(LockedOut, match="10 分钟"):
        open_office(folder, "经办甲", PASSWORD, NOW)
    assert opened(folder, "经办乙", now=NOW)  # others do not wait
    with pytest.raises(LockedOut, match="1 分钟"):
        open_office(folder, "经办甲", PASSWORD, NOW + timedelta(minutes=9, seconds=30))
    assert opened(folder, "经办甲", now=NOW + timedelta(minutes=10))
    wrong(folder, "经办甲", 4, NOW)
    assert opened(folder, "经办甲", now=NOW)
    wrong(folder, "经办甲", 4, NOW)  # a right one cleared the count


def test_a_clock_set_back_or_on_does_not_shorten_the_wait(desk: Desk) -> None:
    folder = desk.store.folder
    desk.store.close()
    wrong(folder, "经办甲", 5)
    back = NOW - timedelta(days=3)
    for minute in (0, 5, 9):
        with pytest.raises(LockedOut):
            open_office(folder, "经办甲", PASSWORD, back + timedelta(minutes=minute))
    assert opened(folder, "经办甲", now=back + timedelta(minutes=10))


def test_a_damaged_count_locks_nobody_out(desk: Desk) -> None:
    folder = desk.store.folder
    desk.store.close()
    for body in ("{", "[]", '{"经办甲": 7}', '{"经办甲": {"wrong": "x"}}'):
        (folder / LOCKOUT_NAME).write_text(body, encoding="utf-8")
        assert opened(folder, "经办甲", now=NOW)


def test_operators_take_turns_at_an_open_office(desk: Desk) -> None:
    assert enter(desk.store, "复核丙", PASSWORD, NOW).operator.name == "复核丙"
    with pytest.raises(NoSlot):
        enter(desk.store, "路人", PASSWORD, NOW)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            enter(desk.store, "复核丙", "猜的密码", NOW)
    with pytest.raises(LockedOut):
        enter(desk.store, "复核丙", PASSWORD, NOW)


# -- the recovery code --------------------------------------------------------------------------------------


def recovered(tmp_path: Path) -> tuple[Path, str]:
    """An office with its recovery code."""
    founded = found_office(
        tmp_path / "office", township="云溪镇", code="330624199", villages=(), password=PASSWORD, now=NOW, cost=CHEAP
    )  # fmt: skip
    founded.desk.store.close()
    return tmp_path / "office", founded.recovery_code


def test_the_recovery_code_is_typed_back_as_people_type(tmp_path: Path) -> None:
    folder, code = recovered(tmp_path)
    desk = sit_down(open_office(folder, "admin", PASSWORD), "admin", NOW)
    assert not is_recovery_confirmed(desk.store)
    with pytest.raises(RecoveryCodeWrong):
        confirm_recovery_code(desk, written=code[:-1] + ("2" if code[-1] != "2" else "3"))
    assert not is_recovery_confirmed(desk.store)
    typed = code_on_paper(code).lower()
    assert code_as_typed(f" {typed.replace('-', '　')} ") == code
    confirm_recovery_code(desk, written=typed)
    assert is_recovery_confirmed(desk.store)
    renewed = str(renew_recovery_code(desk).answer["recovery_code"])
    assert not is_recovery_confirmed(desk.store)  # the new paper was not typed back yet
    assert code not in str(desk.store.rows("SELECT * FROM audit_line"))
    assert renewed not in str(desk.store.rows("SELECT * FROM audit_line"))
    desk.store.close()
    with pytest.raises(RecoveryCodeWrong):
        open_with_recovery_code(folder, code, NOW)
    open_with_recovery_code(folder, renewed, NOW).close()


def test_a_lost_password_is_given_anew_with_the_code_once(tmp_path: Path) -> None:
    folder, code = recovered(tmp_path)
    with pytest.raises(PasswordTooShort):
        recover_access(folder, code=code, name="admin", password="短", now=NOW)
    done = recover_access(folder, code=code_on_paper(code), name="admin", password=NEW, now=NOW).answer
    assert opened(folder, "admin", NEW)
    assert not opened(folder, "admin", PASSWORD)
    with pytest.raises(RecoveryCodeWrong):
        recover_access(folder, code=code, name="admin", password=NEW, now=NOW)
    recover_access(folder, code=str(done["recovery_code"]), name="admin", password=PASSWORD, now=NOW)


def test_guessing_the_recovery_code_waits_too(tmp_path: Path) -> None:
    folder, code = recovered(tmp_path)
    for _ in range(5):
        with pytest.raises(RecoveryCodeWrong):
            open_with_recovery_code(folder, "A" * 26, NOW)
    with pytest.raises(LockedOut, match=RECOVERY):
        open_with_recovery_code(folder, code, NOW)


# -- a new data key -----------------------------------------------------------------------------------------


def test_a_new_key_opens_everything_and_the_old_one_nothing(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    make_dossier(lived.month.later(lived.month.clerk, "2024-06-21"), batch_id=lived.first)
    store, folder = admin.store, admin.store.folder
    people = store.rows("SELECT * FROM payment ORDER BY id")
    files = {row[0]: store.files.read(row[0]) for row in store.rows("SELECT sha256 FROM stored_file")}
    old_keys = store.keyslots
    done = renew_data_key(admin, password=PASSWORD).answer
    assert done["without_password"] == ["经办甲", "经办乙", "复核丙", "审批丁", "审计戊"]
    assert not (folder / rekeying.PART_NAME).exists()
    assert not (folder / "files.old").exists()
    assert not opened(folder, "经办甲")  # until the administrator gives a new password
    again = open_office(folder, "admin", PASSWORD)
    assert again.keyslots.data_key != old_keys.data_key
    assert again.rows("SELECT * FROM payment ORDER BY id") == people
    assert {sha256: again.files.read(sha256) for sha256 in files} == files
    assert check_up(again) == []
    assert again.value("SELECT act FROM audit_line ORDER BY seq DESC LIMIT 1") == "office.rekey"
    reset_password(sit_down(again, "admin", NOW), name="经办甲", password=NEW)
    again.close()
    assert opened(folder, "经办甲", NEW)
    open_with_recovery_code(folder, str(done["recovery_code"]), NOW).close()
    with pytest.raises(Exception, match="not a database"):
        Store(folder, old_keys).database.connect()


class PowerCut(BaseException):
    """The machine is off: nothing after this runs."""


@pytest.mark.parametrize("step", range(1, 12))
def test_a_cut_while_renewing_the_key_leaves_the_old_or_the_new(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    live(admin, tmp_path)
    folder, before = admin.store.folder, admin.store.rows("SELECT * FROM payment ORDER BY id")
    calls = 0

    def cutting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls >= step:
                raise PowerCut
            return real(*args, **named)

        return call

    with monkeypatch.context() as power:
        for name in ("replace", "open"):
            power.setattr(os, name, cutting(getattr(os, name)))
        power.setattr("shutil.rmtree", cutting(__import__("shutil").rmtree))
        try:
            renew_data_key(admin, password=PASSWORD)
        except PowerCut:
            pass
        else:
            assert step > 8, "nothing was cut"
    again = open_office(folder, "admin", PASSWORD)
    assert again.rows("SELECT * FROM payment ORDER BY id") == before
    assert check_up(again) == []
    again.close()
    assert not (folder / rekeying.PART_NAME).exists()


def test_a_new_key_is_the_administrators_and_asks_the_password(admin: Desk) -> None:
    with pytest.raises(NotPermitted):
        renew_data_key(seat(admin, "经办甲"), password=PASSWORD)
    with pytest.raises(WrongPassword):
        renew_data_key(admin, password="不是密码")
    assert admin.store.value("SELECT count(*) FROM office") == 1


def test_an_office_that_was_tampered_with_gets_no_new_key(admin: Desk, tmp_path: Path) -> None:
    from models.store.new_key import RekeyRefused
    from tests.store.outside import edit_outside

    live(admin, tmp_path)
    edit_outside(admin.store, "UPDATE payment SET account_number = '99999999' WHERE id = 1")
    with pytest.raises(RekeyRefused):
        renew_data_key(admin, password=PASSWORD)
    assert not (admin.store.folder / rekeying.PART_NAME).exists()
    assert opened(admin.store.folder, "admin")


# -- posts and masks ----------------------------------------------------------------------------------------


def test_posts_that_stand_alone(admin: Desk) -> None:
    for posts in ([Post.ADMIN, Post.CLERK], [Post.AUDITOR, Post.REVIEWER], [Post.ADMIN, Post.AUDITOR]):
        with pytest.raises(PostsApart):
            add_operator(admin, name="王一", posts=posts, password=PASSWORD)
        with pytest.raises(PostsApart):
            change_posts(admin, name="经办甲", posts=posts)
    with pytest.raises(LastAdministrator):
        change_posts(admin, name="admin", posts=[Post.CLERK])
    assert several_posts_line(admin.store) == ""
    change_posts(admin, name="经办甲", posts=[Post.CLERK, Post.REVIEWER])
    assert "经办甲（经办、复核）" in several_posts_line(admin.store)
    assert sit_down(admin.store, "经办甲", NOW).operator.posts == {Post.CLERK, Post.REVIEWER}


def test_uncovering_a_person_asks_a_reason_and_is_logged(desk: Desk) -> None:
    person = Make(desk).person("欧阳可")
    with pytest.raises(NoReasonToUnmask):
        unmask_person(desk, person_id=person, reason=" ")
    found = unmask_person(desk, person_id=person, reason="本人来查").answer
    assert found["id_number"] == desk.store.value("SELECT id_number FROM person")
    line = desk.store.row("SELECT act, subject, counts FROM audit_line ORDER BY seq DESC LIMIT 1")
    assert line == ("person.unmask", f"person {person}", '{"reason": "本人来查"}')
    admin = seat(desk, "admin")
    with pytest.raises(NotPermitted):
        unmask_person(admin, person_id=person, reason="看看")
    assert (desk.store.folder / DATABASE_NAME).exists()
