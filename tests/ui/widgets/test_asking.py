"""A question: what it says of a field, and the room it makes for it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.widgets.asking import Asked, Question


def asked(qtbot: QtBot) -> Question:
    fields = [Asked("file", "表样文件(&F)", "file", needed=True), Asked("name", "名称(&N)")]
    question = Question("登记", "登记", fields, lambda _question, _values: None, words="先逐个检查标签。" * 6)
    qtbot.addWidget(question)
    question.show()
    qtbot.waitExposed(question)
    return question


def test_an_empty_field_is_called_by_its_words(qtbot: QtBot) -> None:
    question = asked(qtbot)
    question.take()
    assert question.bar.words.text() == "请填写“表样文件”。"


def test_a_refusal_presses_no_field_flat(qtbot: QtBot) -> None:
    question = asked(qtbot)
    heights = {name: field.height() for name, field in question.fields.items()}
    question.refuse("没有这个文件。请按“选择”再找一次。" * 8)
    qtbot.wait(20)
    assert {name: field.height() for name, field in question.fields.items()} == heights


def test_enter_goes_through_every_kind_of_field_and_answers_once(qtbot: QtBot) -> None:
    taken: list[Mapping[str, str]] = []
    fields = [
        Asked("program", "补贴项目(&P)", "choice", choices=[("1", "高龄津贴"), ("2", "农村低保")]),
        Asked("many", "岗位(&G)", "ticks", choices=[("a", "经办"), ("b", "复核")]),
        Asked("day", "日期(&D)", "day", value="2024-06-03"),
        Asked("left", "不问(&X)"),
        Asked("file", "文件(&F)", "file", value="一.xlsx"),
        Asked("code", "代码(&C)", "code", value="12"),
    ]
    question = Question("登记", "登记", fields, lambda _question, values: taken.append(values))
    qtbot.addWidget(question)
    question.ask_only([one.name for one in fields if one.name != "left"])
    question.show()
    qtbot.waitExposed(question)
    for name in ("program", "many", "day", "file", "code"):
        assert not taken
        at = question.focusWidget()
        assert at is not None
        field = question.fields[name]
        assert at is field or field.isAncestorOf(at), name
        QTest.keyClick(at, Qt.Key.Key_Return)
    assert [one["code"] for one in taken] == ["12"]
