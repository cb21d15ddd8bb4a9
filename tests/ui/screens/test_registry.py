"""人员与户: search, the card masked until asked with a reason, corrections and household events."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.desk import Desk
from tests.builders import Make, card_number
from tests.ui.conftest import Opened
from tests.ui.screens.answering import answer, fill, press
from ui.routes import Place, Room
from ui.screens.registry.screen import RegistryScreen


@pytest.fixture
def registry(open_frame: Callable[..., Opened], desk: Desk) -> tuple[Opened, RegistryScreen, list[int]]:
    make = Make(desk)
    people = [make.person(name) for name in ("陈小玉", "张三", "李四")]
    people.append(make.person("陈阿毛", household=make.household_of(people[0]), account=None))
    opened = open_frame()
    opened.frame.go(Place(Room.REGISTRY))
    screen = opened.frame.screen_now
    assert isinstance(screen, RegistryScreen)
    return opened, screen, people


Registry = tuple[Opened, RegistryScreen, list[int]]


def test_search_opens_the_card(registry: Registry) -> None:
    opened, screen, people = registry
    search = opened.frame.search
    search.start()
    QTest.keyClicks(search, "cxy")
    search.look()
    assert search.list.count() == 1
    assert "330624********" in search.list.item(0).text()
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert screen.card.person == people[0]
    assert "陈小玉" in opened.frame.crumb.whole()
    assert search.text() == ""


def test_the_card_is_masked_until_asked_with_a_reason_that_is_logged(registry: Registry) -> None:
    opened, screen, people = registry
    number = Make(opened.office.desk()).id_number_of(people[0])
    screen.open_person(people[0])
    card = screen.card

    def seen() -> str:
        from PySide6.QtWidgets import QLabel

        labels: list[QLabel] = list(card.pairs.findChildren(QLabel))
        return " ".join(label.text() for label in labels)

    assert number not in seen()
    card.uncover.click()
    card.question.take()
    assert not card.question.bar.isHidden()  # no reason, no numbers
    reason = card.question.fields["reason"]
    assert isinstance(reason, QLineEdit)
    reason.setText("核对银行退票户名")
    card.question.take()
    opened.settle()
    assert number in seen()
    assert card.accounts.item(0, 0).text().isdigit()
    logged = opened.office.store.value("SELECT counts FROM audit_line WHERE act = 'person.unmask'")
    assert "核对银行退票户名" in logged
    screen.open_person(people[1])
    screen.open_person(people[0])
    opened.qtbot.wait(10)
    assert number not in seen()


def test_the_card_shows_the_household_and_walks_through_it(registry: Registry) -> None:
    _, screen, people = registry
    screen.open_person(people[0])
    assert screen.card.members.rowCount() == 2
    screen.card._open_member(1, 0)
    assert screen.card.person == people[3]
    assert screen.back()
    assert screen.card.isHidden()


def test_a_correction_needs_a_reason_and_keeps_what_was_typed(registry: Registry) -> None:
    opened, screen, people = registry
    screen.open_person(people[1])
    screen._edit(people[1])
    question = screen.question
    for name, text in (("name", "张叁"), ("phone", "13812345678"), ("reason", "x")):
        field = question.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(text)
    question.take()
    opened.settle()
    assert "原因" in question.bar.words.text()
    assert question.values()["name"] == "张叁"
    reason = question.fields["reason"]
    assert isinstance(reason, QLineEdit)
    reason.setText("照户口本改正")
    question.take()
    opened.settle()
    assert "姓名" in screen.bar.words.text()
    assert "张叁" in screen.card.name.text()
    line = opened.office.store.value("SELECT counts FROM audit_line WHERE act = 'person.correct'")
    assert "张三 → 张叁" in line
    assert "13812345678" not in line


def test_another_head_is_recorded(registry: Registry) -> None:
    opened, screen, people = registry
    screen.open_person(people[0])
    screen._record_event(people[0])
    question = screen.question
    kind, member = question.fields["kind"], question.fields["member"]
    assert isinstance(kind, QComboBox)
    assert isinstance(member, QComboBox)
    kind.setCurrentIndex(kind.findData("head_change"))
    member.setCurrentIndex(1)
    reason = question.fields["reason"]
    assert isinstance(reason, QLineEdit)
    reason.setText("户主外出务工")
    question.take()
    opened.settle()
    assert "已登记" in screen.bar.words.text(), question.bar.words.text()
    assert "陈阿毛" in str(
        opened.office.store.row(
            "SELECT p.name FROM household h JOIN person p ON p.id = h.head_id WHERE h.id = 1"
        )
    )


def test_several_go_out_together_and_only_what_a_split_needs_is_asked(
    registry: Registry, admin: Desk
) -> None:
    opened, screen, people = registry
    make = Make(admin)
    third = make.person("陈小满", household=make.household_of(people[0]), birth="19600202", account=None)
    screen.open_person(people[0])
    screen._record_event(people[0])
    question = screen.question
    fill(question, kind="split")
    shown = {name for name, field in question.fields.items() if question.form.isRowVisible(field)}
    assert shown == {"kind", "day", "member", "members", "reason"}
    numbers = [make.id_number_of(one) for one in (people[3], third)]
    fill(question, member=numbers[0], members=numbers[1], reason="兄弟分家")
    question.take()
    opened.settle()
    assert "已登记" in screen.bar.words.text(), question.bar.words.text()
    homes: dict[int, int] = dict(admin.store.rows("SELECT id, household_id FROM person"))
    assert homes[people[3]] == homes[third] != homes[people[0]]


def test_an_account_is_registered_by_hand_and_a_doubtful_one_needs_the_original(registry: Registry) -> None:
    opened, screen, people = registry
    screen.people.go_to_id(people[3])
    press(opened, "F4")
    wrong = card_number(321)[:-1] + str((int(card_number(321)[-1]) + 1) % 10)
    answer(opened, screen, number=wrong, bank="新昌农商银行", medium="社保卡", reason="本人办了新卡")
    assert "没有通过银行卡校验" in screen.question.bar.words.text()
    assert screen.question.values()["number"] == wrong
    answer(opened, screen, number=card_number(321))
    assert "陈阿毛 的账户已登记" in screen.bar.words.text()
    assert opened.office.store.value(
        "SELECT number FROM account WHERE person_id = ?", (people[3],)
    ) == card_number(321)


def test_households_have_their_own_list(registry: Registry) -> None:
    _, screen, people = registry
    screen.tabs.setCurrentIndex(1)
    assert screen.households.rows == 3
    screen._open_head(screen.households.model.ids[0])
    assert screen.card.person == people[0]


def test_what_is_exported_is_logged(registry: Registry, tmp_path: object) -> None:
    from pathlib import Path

    opened, screen, _ = registry
    path = Path(str(tmp_path)) / "人员.xlsx"
    screen.export_to(path)
    opened.settle()
    assert path.exists()
    assert "已导出 4 行" in screen.bar.words.text()
    assert opened.office.store.value("SELECT count(*) FROM audit_line WHERE act = 'table.export'") == 1


def test_an_auditor_may_look_but_not_correct(open_frame: Callable[..., Opened], desk: Desk) -> None:
    person = Make(desk).person("张三")
    opened = open_frame("审计戊")
    opened.frame.go(Place(Room.REGISTRY, id=person))
    screen = opened.frame.screen_now
    assert isinstance(screen, RegistryScreen)
    assert not screen.card.edit.isEnabled()
    assert screen.card.uncover.isEnabled()


def test_a_list_pasted_from_wps_is_judged_row_by_row(registry: Registry) -> None:
    from PySide6.QtGui import QGuiApplication

    opened, screen, people = registry
    number = Make(opened.office.desk()).id_number_of(people[1])
    QGuiApplication.clipboard().setText(f"张三\t{number}\r\n李四\t\r\n王麻子\t330624195501010000\r\n\r\n")
    screen.paste()
    verdicts = screen.pasting.verdicts
    assert [one.good for one in verdicts] == [True, True, False]
    assert [one.id for one in verdicts] == [people[1], people[2], None]
    screen.pasting.take_button.click()
    assert screen.people.rows == 2
    screen.show_all()
    assert screen.people.rows == 4


def test_namesakes_are_never_told_apart_by_name(registry: Registry, desk: Desk) -> None:
    from app.registry.listings import recognise

    with desk.store.writing():
        desk.store.execute("UPDATE person SET name = '李四', name_key = '李四' WHERE name = '张三'")
    assert [one.person for one in recognise(desk.store, [["李四"], ["没有的人"], ["12345678"]])] == [
        None,
        None,
        None,
    ]


def test_the_list_is_previewed_on_paper(registry: Registry) -> None:
    opened, screen, _ = registry
    screen.print_table()
    opened.qtbot.wait(50)
    assert screen.preview.isVisible()
    assert "人员" in screen.preview.windowTitle()
    screen.preview.close()
