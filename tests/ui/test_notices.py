"""公示 on the screen: what is to be put up, how long it hangs yet, the masked list, objections."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from app.desk import Desk
from app.notices.photos import photo_bytes, photos_of
from app.notices.use_cases import object_to, publicize_batch
from models.domain.masking import has_leak
from tests.app.bankfiles.batches import a_batch
from tests.builders import Make
from tests.conftest import seat
from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from tests.ui.screens.answering import answer
from ui.routes import Place, Room
from ui.screens.notices.paper import notice_code
from ui.screens.notices.screen import NoticesScreen

DAY = date(2024, 6, 3)  # a Monday; the 10th is a holiday
Open = Callable[..., Opened]


@pytest.fixture
def batch(admin: Desk) -> int:
    """A reviewed batch of five people in two villages."""
    make = Make(admin)
    people = [make.person(village="上溪村") for _ in range(3)] + [
        make.person(village="石门村") for _ in range(2)
    ]
    return a_batch(make, people, fen=12_345, state="reviewed")


def at(opened: Opened, tab: str = "", place: int = 0) -> NoticesScreen:
    opened.frame.go(Place(Room.NOTICES, tab=tab, id=place))
    opened.settle()
    screen = opened.frame.screen_now
    assert isinstance(screen, NoticesScreen)
    return screen


def test_a_list_is_looked_at_and_put_up_by_keys(open_frame: Open, admin: Desk, batch: int) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened, "to_post")
    assert screen.tabs.tabText(1) == "待公示 1"
    assert screen.card.countdown.text() == "还没有张贴。今天张贴，公示到 2024-06-13"
    assert screen.card.village.count() == 3
    QTest.keyClick(screen, Qt.Key.Key_F9)
    screen.question.take()
    opened.settle()
    assert screen.to_post.rows == 0
    screen = at(opened, "notices")
    assert screen.notices.rows == 1
    assert screen.card.countdown.text() == "还有 10 天，到 2024-06-13 期满"
    assert admin.store.value("SELECT state FROM batch") == "publicized"


def test_a_photo_of_the_wall_is_dropped_kept_and_shown(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    path = tmp_path / "上溪村.png"
    wall = QImage(640, 480, QImage.Format.Format_RGB32)
    wall.fill(Qt.GlobalColor.darkGreen)
    wall.save(str(path))
    opened = open_frame(day=DAY)
    screen = at(opened, "notices")
    screen.card.photos.drop.dropped.emit(path)
    answer(opened, screen, place="石门村", day="2024-06-02")
    assert "早于张贴日期" in screen.question.bar.words.text()
    answer(opened, screen, place="石门村", day="2024-06-03")
    opened.settle()
    assert screen.card.tabs.tabText(2) == "照片 1"
    assert screen.card.photos.list.item(0).text() == "2024-06-03 石门村"
    assert not screen.card.photos.list.item(0).icon().isNull()
    assert photo_bytes(admin.store, photos_of(admin.store, batch)[0]) == path.read_bytes()
    screen.card.photos.list.itemActivated.emit(screen.card.photos.list.item(0))
    opened.settle()
    assert "上溪村.png" in screen.card.photos.large.windowTitle()
    screen.card.photos.large.close()


def test_fewer_days_are_refused_and_what_was_typed_stays(open_frame: Open, batch: int) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened, "to_post")
    screen.ask_post()
    screen.question.fields["days"].setText("3")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert "少于政策规定" in screen.question.bar.words.text()
    assert screen.question.fields["days"].text() == "3"  # type: ignore[attr-defined]
    screen.question.reject()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 6, 12), "还有 1 天，到 2024-06-13 期满"),
        (date(2024, 6, 13), "今天是最后一天"),
        (date(2024, 6, 14), "2024-06-13 期满，可以审批"),
    ],
)
def test_the_countdown(open_frame: Open, admin: Desk, batch: int, day: date, words: str) -> None:
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    screen = at(open_frame(day=day))
    assert screen.card.countdown.text() == words
    state = screen.notices.model.text(0, 1)
    assert state == ("期满待审批" if day.day == 14 else "公示中")


def test_the_preview_and_the_paper_show_no_number_whole(open_frame: Open, admin: Desk, batch: int) -> None:
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    screen = at(open_frame(day=DAY))
    card = screen.card
    card.village.setCurrentIndex(0)
    shown = " ".join(
        card.lines.item(row, column).text()
        for row in range(card.lines.rowCount())
        for column in range(card.lines.columnCount())
    )
    assert card.posted is not None
    screen.print_list()
    laid = screen.preview.document
    paper = text_of(laid)
    for text in (shown, paper):
        assert "********" in text
        for (number,) in admin.store.rows("SELECT id_number FROM person UNION SELECT number FROM account"):
            assert number not in text
    assert paper.count("发放公示") == 2  # a page for each village
    assert [one.paper.name for one in screen.preview.documents] == ["A4", "A3"]
    screen.preview.close()


def test_the_code_of_a_notice_names_nobody(open_frame: Open, admin: Desk, batch: int) -> None:
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    posted = at(open_frame(day=DAY)).card.posted
    assert posted is not None
    code = notice_code(posted, "123456789012"[:8])
    assert posted.policy.document in code
    assert posted.last_day in code
    assert not has_leak(code)
    for (name,) in admin.store.rows("SELECT name FROM person"):
        assert name not in code


def test_the_workbook_is_saved_only_once_it_hangs(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened, "to_post")
    screen.save(batch, tmp_path / "公示.xlsx")
    assert "还没有张贴" in screen.bar.words.text()
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    screen.save(batch, tmp_path / "公示.xlsx")
    opened.settle()
    assert openpyxl.load_workbook(tmp_path / "公示.xlsx").sheetnames == ["上溪村", "石门村"]


def test_a_stop_after_posting_is_said(open_frame: Open, admin: Desk, batch: int) -> None:
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    with admin.store.writing():
        admin.store.execute("UPDATE payment SET bucket = 'stopped', reason = '死亡' WHERE line = 1")
    screen = at(open_frame(day=DAY))
    assert "与墙上的不同" in screen.card.changed.text()
    assert not screen.card.changed.isHidden()


def test_an_objection_is_taken_down_and_decided(open_frame: Open, admin: Desk, batch: int) -> None:
    publicize_batch(seat(admin, "经办甲", DAY), batch_id=batch)
    opened = open_frame(day=DAY)
    screen = at(opened)
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    screen.question.take()
    assert "请填写“提出人”" in screen.question.bar.words.text()
    screen.question.fields["person"].setText("石门村 章某")  # type: ignore[attr-defined]
    screen.question.fields["text"].setPlainText("已经搬走")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert screen.tabs.tabText(2) == "异议 1"
    assert screen.card.objections.item(0, 3).text() == "未处理"
    opened.frame.activateWindow()
    opened.settle()
    QTest.keyClick(screen, Qt.Key.Key_F2)
    screen.question.fields["answer"].setPlainText("已核实，仍住本村")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert screen.card.objections.item(0, 3).text() == "异议不成立"
    screen.ask_decision()
    assert "不能再改" in screen.bar.words.text()


def test_home_leads_to_the_objection(open_frame: Open, admin: Desk, batch: int) -> None:
    clerk = seat(admin, "经办甲", DAY)
    publicize_batch(clerk, batch_id=batch)
    object_to(clerk, batch_id=batch, person="章某", text="搬走了")
    screen = at(open_frame(day=DAY), "", batch)
    assert screen.card.batch == batch
    assert screen.card.tabs.currentIndex() == 1


def test_the_phone_and_the_holidays(open_frame: Open, admin: Desk, batch: int) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    screen.ask_phone()
    screen.question.fields["phone"].setText("0575-86021234")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert admin.store.value("SELECT body FROM setting WHERE name = 'notice.phone'") == "0575-86021234"
    asked: list[Place] = []
    screen.go.disconnect()
    screen.go.connect(asked.append)
    screen._go_holidays()
    assert asked == [Place(Room.SYSTEM, tab="holidays")]


def test_the_auditor_only_looks(open_frame: Open, batch: int) -> None:
    screen = at(open_frame("审计戊", DAY), "to_post")
    enabled = {action.text().split()[0] for action in screen.tools() if action.isEnabled()}
    assert "张贴公示" not in enabled
    assert "打印名单" in enabled
