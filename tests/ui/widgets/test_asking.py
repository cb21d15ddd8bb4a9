"""A question: what it says of a field, and the room it makes for it."""

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
