"""系统: people, backups, the trail, the check-up, holidays, names, layouts, input, about."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.access.queries import is_recovery_confirmed, operators, second_review_above
from app.audit.listings import ACT_NAMES, AUDIT
from app.audit.queries import head
from app.backups.queries import last_made
from app.bankfiles.profiles import shipped_profiles
from app.desk import Desk
from app.doctor import CHECK_NAMES, CHECKS
from app.funds.use_cases import add_interest
from app.licences import own_licence, shipped_libraries
from app.notices.queries import holidays
from app.pages import ids_of, rows_of, shown
from app.registry.queries import remembered_names
from models.domain.money import Fen
from models.domain.permission import Post
from models.store.keyslots import RECOVERY
from tests.app.ledger.lived import live
from tests.conftest import PASSWORD, seat
from tests.style.house import ROOT, sources
from tests.style.test_licences import is_allowed, licences, normal
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, fill, press
from ui.routes import Place, Room
from ui.screens.system.audit_page import AuditPage
from ui.screens.system.backups_page import BackupsPage
from ui.screens.system.doctor_page import DoctorPage
from ui.screens.system.holidays_page import HolidaysPage
from ui.screens.system.input_page import InputPage
from ui.screens.system.names_page import NamesPage
from ui.screens.system.operators_page import OperatorsPage
from ui.screens.system.page import SystemPage
from ui.screens.system.profiles_page import ProfilesPage
from ui.screens.system.screen import SystemScreen

DAY = date(2024, 6, 3)
LATIN = re.compile(r"[A-Za-z]{2,}")


def opened_at(
    open_frame: Callable[..., Opened], tab: str, name: str = "admin"
) -> tuple[Opened, SystemScreen]:
    opened = open_frame(name, DAY)
    opened.frame.go(Place(Room.SYSTEM, tab=tab))
    screen = opened.frame.screen_now
    assert isinstance(screen, SystemScreen)
    opened.settle()
    return opened, screen


P = TypeVar("P", bound=SystemPage)


def page_of(screen: SystemScreen, kind: type[P]) -> P:
    page = screen.page
    assert isinstance(page, kind)
    return page


def said_in(widget: QWidget) -> list[str]:
    """The labels of a widget that can be seen, in their order."""
    labels: list[QLabel] = list(widget.findChildren(QLabel))
    return [one.text() for one in labels if one.isVisible()]


# -- people ---------------------------------------------------------------------------------------------------


def test_an_operator_is_added_moved_reset_and_removed(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "operators")
    page = page_of(screen, OperatorsPage)
    press(opened, "Ctrl+N")
    answer(opened, screen, name="周己", posts="clerk", new=PASSWORD, again="different-1")
    assert "两次输入" in screen.question.bar.words.text()
    assert screen.question.values()["name"] == "周己"
    answer(opened, screen, again=PASSWORD)
    assert operators(admin.store)[-1].name == "周己"

    page.table.setCurrentCell(page.table.rowCount() - 1, 0)
    assert page.chosen == "周己"
    press(opened, "F2")
    answer(opened, screen, posts="clerk,admin")
    assert "不能同时担任" in screen.question.bar.words.text()
    answer(opened, screen, posts="reviewer,approver")
    assert operators(admin.store)[-1].posts == {Post.REVIEWER, Post.APPROVER}
    assert "兼岗" in said_in(page.pairs)[-1]
    page.ask_reset()
    answer(opened, screen, new="另一个-2024", again="另一个-2024")
    assert admin.store.keyslots.opens("周己", "另一个-2024")
    page.ask_remove()
    answer(opened, screen)
    assert "周己" not in [one.name for one in operators(admin.store)]


def test_one_changes_ones_own_password_and_no_other(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "operators", "经办甲")
    page = page_of(screen, OperatorsPage)
    assert {words for words, enabled in acts(opened).items() if enabled} == {"改我的密码", "核对恢复码"}
    page.ask_password()
    answer(opened, screen, old="wrong-one", new="新的-2024", again="新的-2024")
    assert "密码" in screen.question.bar.words.text()
    answer(opened, screen, old=PASSWORD)
    assert admin.store.keyslots.opens("经办甲", "新的-2024")


def test_the_recovery_code_is_renewed_and_typed_back(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "operators")
    page = page_of(screen, OperatorsPage)
    page.ask_renew()
    answer(opened, screen)
    assert page.shown_code in screen.bar.words.text()
    page.ask_confirm()
    answer(opened, screen, code="AAAA-BBBB")
    assert not is_recovery_confirmed(admin.store)
    answer(opened, screen, code=page.shown_code)
    assert is_recovery_confirmed(admin.store)
    assert RECOVERY not in [one.name for one in operators(admin.store)]


def test_the_second_review_is_set_and_ended(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "operators")
    page = page_of(screen, OperatorsPage)
    page.ask_second()
    answer(opened, screen, yuan="500000")
    assert second_review_above(admin.store) == 50_000_000
    page.ask_second()
    assert screen.question.values()["yuan"] == "500000.00"
    answer(opened, screen, yuan="")
    assert second_review_above(admin.store) is None


# -- backups --------------------------------------------------------------------------------------------------


def test_a_backup_is_made_and_proved(open_frame: Callable[..., Opened], admin: Desk, tmp_path: Path) -> None:
    opened, screen = opened_at(open_frame, "backups")
    page = page_of(screen, BackupsPage)
    assert "还没有备份" in page.title.text()
    page.ask_place()
    answer(opened, screen, folder=str(tmp_path / "stick"), second="", suite="sm")
    press(opened, "F9")
    assert screen.question.values()["folder"] == str(tmp_path / "stick")
    answer(opened, screen)
    last = last_made(admin.store)
    assert last is not None
    assert last.file in screen.bar.words.text()
    assert page.table.rowCount() == 1

    page.table.setCurrentCell(0, 0)
    press(opened, "F8")
    opened.settle()
    assert page.table.item(0, 7).text() == "✓ 完整"


def restored(opened: Opened, page: BackupsPage, **values: str) -> None:
    fill(page.question, **values)
    page.question.take()
    opened.settle()


def test_what_came_since_a_backup_is_told_when_it_is_taken_back(
    open_frame: Callable[..., Opened], admin: Desk, tmp_path: Path
) -> None:
    opened, screen = opened_at(open_frame, "backups")
    page = page_of(screen, BackupsPage)
    page.ask_place()
    answer(opened, screen, folder=str(tmp_path / "stick"), second="", suite="aes")
    page.ask_now()
    answer(opened, screen)
    add_interest(seat(admin, "经办甲"), fen=Fen(100))
    page.table.setCurrentCell(0, 0)
    page.ask_restore()
    restored(opened, page, folder=str(tmp_path / "again"), operator="admin", password="wrong-password")
    assert "密码" in page.question.bar.words.text()
    assert not (tmp_path / "again").exists()
    restored(opened, page, password=PASSWORD)
    assert (tmp_path / "again" / "office.db").exists()
    assert "多 2 次操作" in screen.bar.words.text()  # the backup's own line, and the interest


def test_a_damaged_backup_is_called_damaged(open_frame: Callable[..., Opened], tmp_path: Path) -> None:
    opened, screen = opened_at(open_frame, "backups")
    page = page_of(screen, BackupsPage)
    page.ask_place()
    answer(opened, screen, folder=str(tmp_path / "stick"), second="", suite="aes")
    page.ask_now()
    answer(opened, screen)
    (path,) = (tmp_path / "stick").glob("*.xcbak")
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 255
    path.write_bytes(body)
    page.load()
    opened.settle()
    page.table.setCurrentCell(0, 0)
    page.verify()
    opened.settle()
    assert "✕" in page.table.item(0, 7).text()
    assert "请换一" in screen.bar.words.text()


def test_a_backup_on_a_stick_is_proved_without_a_place_of_ours(
    open_frame: Callable[..., Opened], tmp_path: Path
) -> None:
    opened, screen = opened_at(open_frame, "backups")
    page = page_of(screen, BackupsPage)
    page.ask_now()
    answer(opened, screen, folder=str(tmp_path / "stick"))
    (path,) = (tmp_path / "stick").glob("*.xcbak")
    assert page.table.rowCount() == 1  # what was just made is listed, wherever it went
    page.table.setCurrentCell(0, 0)
    press(opened, "F8")
    opened.settle()
    assert page.table.item(0, 7).text() == "✓ 完整"
    page.table.setCurrentCell(-1, -1)
    page.ask_restore()
    assert page.question.values()["file"] == str(path)
    page.question.reject()
    for body, said in ((path.read_bytes(), "每一块都核对过"), (path.read_bytes()[:-2000], "备份")):
        path.write_bytes(body)
        page.table.setCurrentCell(-1, -1)
        press(opened, "F8")
        assert page.question.values()["file"] == str(path)  # the last one is offered
        page.question.take()
        opened.settle()
        assert said in screen.bar.words.text()
        assert (screen.bar.words.text().find("完整，每一块") >= 0) == (said != "备份")


def test_a_backup_inside_the_office_is_refused(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "backups")
    press(opened, "F9")
    answer(opened, screen, folder=str(admin.store.folder / "x"))
    assert "自己的文件夹" in screen.question.bar.words.text()
    assert screen.question.values()["folder"].endswith("x")


# -- the trail ------------------------------------------------------------------------------------------------


def test_the_trail_reads_in_chinese(admin: Desk, tmp_path: Path) -> None:
    live(admin, tmp_path)
    store = admin.store
    for row in rows_of(store, AUDIT, ids_of(store, AUDIT)):
        assert row is not None
        texts = [shown(column, value) for column, value in zip(AUDIT.columns, row, strict=True)]
        said = [
            text
            for name, text in zip(AUDIT.columns, texts, strict=True)
            if name.name not in ("head", "operator")
        ]
        assert not LATIN.search(" ".join(said).replace("policies.toml", "")), texts


def test_every_act_has_its_name() -> None:
    written = {
        found[1]
        for path in sources("app")
        for found in re.finditer(r'@use_case\(\s*(?:"([a-z_]+\.[a-z_]+)")', path.read_text("utf-8"))
    }
    assert len(written) > 50
    assert not sorted(written - ACT_NAMES.keys())


def test_a_line_is_told_in_words_and_the_trail_is_checked(
    open_frame: Callable[..., Opened], admin: Desk
) -> None:
    add_interest(seat(admin, "经办甲"), fen=Fen(350))
    opened, screen = opened_at(open_frame, "audit", "审计戊")
    page = page_of(screen, AuditPage)
    assert "登记利息" in page.title.text()
    assert said_in(page.pairs) == ["金额", "3.50 元"]
    press(opened, "F8")
    page.question.fields["head"].setText(head(admin.store).upper())  # type: ignore[attr-defined]  # a CodeEdit
    page.question.take()
    opened.settle()
    assert "首尾相接" in screen.bar.words.text()
    assert "纸上的校验码是第" in screen.bar.words.text()
    page.ask_check()
    page.question.fields["head"].setText("00000000")  # type: ignore[attr-defined]
    page.question.take()
    opened.settle()
    assert "没有校验码" in page.question.bar.words.text()


# -- the check-up ---------------------------------------------------------------------------------------------


def test_the_check_up_passes_and_then_finds(open_frame: Callable[..., Opened], admin: Desk) -> None:
    assert set(CHECK_NAMES) == set(CHECKS)
    opened, screen = opened_at(open_frame, "doctor")
    page = page_of(screen, DoctorPage)
    assert page.table.rowCount() == len(CHECKS)
    press(opened, "F8")
    opened.settle()
    assert "全部通过" in page.verdict.text()
    with admin.store.writing():
        admin.store.keep_file(b"kept", "kept.txt", "opening", admin.at)
    (sha256,) = admin.store.rows("SELECT sha256 FROM stored_file")[0]
    admin.store.files.path_of(sha256).unlink()
    press(opened, "F8")
    opened.settle()
    assert page.table.item(0, 1).text().startswith("✕")
    assert "kept.txt" in page.table.item(0, 2).text()


# -- what the office is set to --------------------------------------------------------------------------------


def test_a_holiday_is_entered_changed_and_taken_out(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "holidays", "经办甲")
    page = page_of(screen, HolidaysPage)
    assert page.year.currentText() == "2024"
    before = page.table.rowCount()
    press(opened, "Ctrl+N")
    answer(opened, screen, day="2024-07-08", kind="off", name="镇庆")
    assert ("2024-07-08", "off", "镇庆") in holidays(admin.store, 2024)
    row = next(row for row in range(page.table.rowCount()) if page.table.item(row, 0).text() == "2024-07-08")
    assert page.table.item(row, 1).text() == "星期一"
    page.table.setCurrentCell(row, 0)
    press(opened, "F2")
    assert screen.question.values() == {"day": "2024-07-08", "kind": "off", "name": "镇庆"}
    answer(opened, screen, kind="plain")
    assert page.table.rowCount() == before


def test_names_are_remembered(open_frame: Callable[..., Opened], admin: Desk) -> None:
    opened, screen = opened_at(open_frame, "names", "经办甲")
    page = page_of(screen, NamesPage)
    page.ask_village()
    answer(opened, screen, alias="上溪", village="上溪村")
    page.ask_word("bank")
    answer(opened, screen, alias="农信", name="农商银行", again="")
    page.ask_word("bank")
    answer(opened, screen, alias="农信", name="农业银行", again="")
    assert "已经记为" in screen.question.bar.words.text()
    answer(opened, screen, again="again")
    assert remembered_names(admin.store) == [("village", "上溪", "上溪村"), ("bank", "农信", "农业银行")]
    assert page.table.rowCount() == 2


def test_every_layout_is_told_in_words(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame, "profiles")
    page = page_of(screen, ProfilesPage)
    for row, profile in enumerate(shipped_profiles().values()):
        page.list.setCurrentRow(row)
        assert (page.out.rowCount(), page.back.rowCount()) == (
            len(profile.columns),
            len(profile.answer.columns),
        )


def test_chinese_and_codes_can_be_tried(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame, "input")
    page = page_of(screen, InputPage)
    page.text.setText("你好")
    assert "✓" in page.verdict.text()
    QTest.keyClicks(page.code, "sc511023x")
    assert page.code.text() == "SC511023X"
    assert page.code.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False


def test_what_is_shipped_is_listed_with_its_licence() -> None:
    lock = (ROOT / "requirements/runtime.txt").read_text("utf-8")
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\\n;]+)", lock, re.MULTILINE))
    listed = {one.name: one for one in shipped_libraries()}
    assert {name: one.version for name, one in listed.items() if name in pinned} == pinned
    assert {"Python", "Tabler Icons", "OpenSSL", "PyInstaller"} <= set(listed) - set(pinned)
    for one in listed.values():
        assert is_allowed(one.licence)
        assert one.use
        if one.name in pinned and "LGPL" not in one.licence:
            assert one.licence == licences()[normal(one.name)]
    assert "Apache License" in own_licence()


@pytest.mark.parametrize("name", ["经办甲", "复核丙", "审批丁", "审计戊", "admin"])
def test_every_page_opens_for_everybody(open_frame: Callable[..., Opened], name: str) -> None:
    opened, screen = opened_at(open_frame, "operators", name)
    for tab in screen.pages:
        screen.show_tab(tab)
        opened.settle()
        assert not screen.bar.isVisible(), (tab, screen.bar.words.text())
