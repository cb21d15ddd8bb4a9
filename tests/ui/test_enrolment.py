"""享受对象 on the screen: who has what and why, starts with the sum shown before, stops, what events leave open."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDateEdit, QPlainTextEdit

from app.desk import Desk
from app.programs.use_cases import add_policies
from tests.app.enrolment.test_single import CARE, LAND, OLD_AGE, POLICIES
from tests.builders import Make
from tests.conftest import seat
from tests.ui.conftest import Opened
from tests.ui.screens.answering import answer, fill
from ui.routes import Place, Room
from ui.screens.enrolment.pasting import facts_of
from ui.screens.enrolment.screen import EnrolmentScreen

DAY = date(2024, 6, 20)
Open = Callable[..., Opened]


@pytest.fixture
def people(admin: Desk) -> list[int]:
    """Two old people and a young one; the first has land and is over eighty."""
    add_policies(seat(admin, "经办甲"), tables=POLICIES, source_name="政策")
    make = Make(admin)
    found = [
        make.person("章老", birth="19400101"),
        make.person("何老", birth="19380101", account=None),
        make.person("田青"),
    ]
    make.enrolment(found[0], LAND, target="household", period="2024", fen=25_145, quantity=25_000)
    make.enrolment(found[1], OLD_AGE, standing=True)
    return found


def at(opened: Opened, tab: str = "enrolments") -> EnrolmentScreen:
    opened.frame.go(Place(Room.ENROLMENT, tab=tab))
    opened.settle()
    screen = opened.frame.screen_now
    assert isinstance(screen, EnrolmentScreen)
    return screen


def test_who_has_what_by_program_and_state(open_frame: Open, people: list[int]) -> None:
    screen = at(open_frame(day=DAY))
    assert screen.enrolments.rows == 2
    assert screen.tiles.buttons["active"].text().endswith("2")
    screen.program.setCurrentIndex(screen.program.findText("高龄津贴（1）"))
    assert screen.enrolments.rows == 1
    assert screen.card.title.text().startswith("何老")
    screen.tiles.buttons["stopped"].click()
    assert screen.enrolments.rows == 0
    assert screen.card.view is None
    assert screen.tabs.tabText(2) == "没有账号 1"


def test_a_range_pasted_from_wps_is_judged_and_begun(
    open_frame: Open, people: list[int], admin: Desk
) -> None:
    number = {row[0]: row[1] for row in admin.store.rows("SELECT id, id_number FROM person")}
    QGuiApplication.clipboard().setText(
        "\n".join([f"章老\t{number[people[0]]}", f"章老\t{number[people[0]]}", f"田青\t{number[people[2]]}", "无此人\t330624200001010014"])
    )  # fmt: skip
    opened = open_frame(day=DAY)
    screen = at(opened)
    QTest.keyClick(screen, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    fill(screen.question, program=OLD_AGE)
    screen.question.take()
    said = [one.words for one in screen.pasting.verdicts]
    assert [one.good for one in screen.pasting.verdicts] == [True, False, False, False]
    assert "50.00 元" in said[0]
    assert said[1] == "这个人上面已经有一行"
    assert "周岁" in said[2]
    assert "不在户籍底册" in said[3]
    screen.pasting._take()
    answer(opened, screen, first="2024-06-01", reason="民政所 6 月批准")
    assert "已登记 1 人" in screen.bar.words.text()
    assert admin.store.rows(
        "SELECT person_id, valid_from FROM enrolment WHERE remark = '民政所 6 月批准'"
    ) == [(people[0], "2024-06-01")]


def test_figures_of_a_row_are_facts_in_their_order() -> None:
    row = ["张三", "330624199001010011", "二级", "2.50", "6228580000000000018"]
    assert facts_of(row, ["grade", "quantity"]) == {"grade": "二级", "quantity": "2.50"}


def test_a_start_shows_the_sum_before_and_why_not(open_frame: Open, people: list[int], admin: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = screen.dialog
    dialog.program.setCurrentIndex(dialog.program.findData(OLD_AGE))
    dialog.take()
    assert "请先选定享受人" in dialog.bar.words.text()
    dialog.choose_person(people[2])
    assert "周岁" in dialog.trace.text()
    assert dialog.amount.text() == ""
    dialog.choose_person(people[0])
    assert dialog.amount.text() == "2024年6月 50.00 元"
    dialog.take()
    opened.settle()
    assert "没有填写开始享受的理由" in dialog.bar.words.text()
    dialog.reason.setPlainText("民政所 6 月 3 日批准")
    dialog.take()
    opened.settle()
    assert not dialog.isVisible()
    assert "章老 从 2024-06-01 起享受" in screen.bar.words.text()
    assert admin.store.value("SELECT count(*) FROM enrolment WHERE person_id = ?", (people[0],)) == 2


def test_facts_follow_the_program_and_what_was_typed_stays(open_frame: Open, people: list[int]) -> None:
    screen = at(open_frame(day=DAY))
    screen.ask_start()
    dialog = screen.dialog
    dialog.program.setCurrentIndex(dialog.program.findData(LAND))
    assert list(dialog.facts) == ["quantity"]
    dialog.facts["quantity"].setText("3")
    dialog.first.setDate(QDate(2024, 7, 1))
    assert dialog.facts["quantity"].text() == "3"
    dialog.program.setCurrentIndex(dialog.program.findData(CARE))
    assert list(dialog.facts) == ["grade"]
    dialog.choose_person(people[2])
    dialog.facts["grade"].setText("三级")
    dialog.compute()
    assert "不在政策的档次之内" in dialog.trace.text()
    dialog.reject()


def test_a_person_is_found_by_typing(open_frame: Open, people: list[int]) -> None:
    screen = at(open_frame(day=DAY))
    screen.ask_start()
    dialog = screen.dialog
    dialog.search.setText("章老")
    dialog.search.look()
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.person == people[0]
    assert "章老" in dialog.who.text()
    dialog.reject()


def test_a_stop_of_several_with_one_reason(open_frame: Open, people: list[int], admin: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    screen.enrolments.view.selectAll()
    QTest.keyClick(screen, Qt.Key.Key_F4)
    question = screen.question
    assert question.verb.text() == "停止 2 项"
    day, reason = question.fields["last"], question.fields["reason"]
    assert isinstance(day, QDateEdit)
    assert isinstance(reason, QPlainTextEdit)
    question.take()
    assert "请填写“理由”" in question.bar.words.text()
    reason.setPlainText("7 月复核已不符合条件")
    day.setDate(QDate(2024, 6, 30))
    question.take()
    opened.settle()
    assert admin.store.rows("SELECT period, state, valid_to FROM enrolment ORDER BY id") == [
        ("2024", "stopped", None), ("", "active", "2024-06-30"),
    ]  # fmt: skip
    assert "已停止 2 项" in screen.bar.words.text()


def test_what_an_event_left_open_is_decided(open_frame: Open, people: list[int], admin: Desk) -> None:
    store = admin.store
    with store.writing():
        event = store.insert(
            "INSERT INTO household_event (kind, household_id, happened_on, reason, recorded_on, operator_id) VALUES ('split', ?,"
            " '2024-06-01', '分家', '2024-06-02', 1)",
            (Make(admin).household_of(people[0]),),
        )
        store.insert(
            "INSERT INTO enrolment_question (event_id, enrolment_id, kind) SELECT ?, id, 'land' FROM enrolment WHERE period = '2024'",
            (event,),
        )
    opened = open_frame(day=DAY)
    screen = at(opened, "questions")
    assert screen.questions.rows == 1
    assert screen.tabs.tabText(1) == "户变动待定 1"
    assert screen.questions.model.text(0, 2) == "土地是否随迁"
    screen.questions.go_to_row(0)
    QTest.keyClick(screen, Qt.Key.Key_F9)
    choice, reason = screen.question.fields["decision"], screen.question.fields["reason"]
    assert isinstance(choice, QComboBox)
    assert isinstance(reason, QPlainTextEdit)
    choice.setCurrentIndex(choice.findData("stopped"))
    reason.setPlainText("村委会核定土地归分出户")
    screen.question.take()
    opened.settle()
    assert screen.questions.rows == 0
    assert store.value("SELECT state FROM enrolment WHERE period = '2024'") == "stopped"


def test_suspended_and_certified(open_frame: Open, people: list[int], admin: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened, "suspensions")
    screen.ask_suspend()
    program, reason = screen.question.fields["program"], screen.question.fields["reason"]
    assert isinstance(program, QComboBox)
    assert isinstance(reason, QPlainTextEdit)
    program.setCurrentIndex(program.findData(OLD_AGE))
    reason.setPlainText("年度认证逾期")
    screen.question.take()
    opened.settle()
    assert screen.suspensions.rows == 1
    screen.suspensions.go_to_row(0)
    screen.ask_certify()
    screen.question.take()
    opened.settle()
    assert "何老 已认证" in screen.bar.words.text()
    assert admin.store.value("SELECT count(*) FROM suspension WHERE ended_on IS NULL") == 0


def test_the_reviewer_only_looks(open_frame: Open, people: list[int]) -> None:
    screen = at(open_frame("复核丙", DAY))
    enabled = {action.text().split()[0] for action in screen.tools() if action.isEnabled()}
    assert "登记享受" not in enabled
    assert "停止享受" not in enabled
    assert "人员卡" in enabled
