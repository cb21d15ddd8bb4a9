"""Short ways to answer what a screen asks, as a clerk would with keys."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QPlainTextEdit

from tests.ui.conftest import Opened
from ui.screens.screen import Screen
from ui.widgets.asking import PathField, Question, TickField


def fill(question: Question, **values: str) -> None:
    """Put values into the fields of a question; a choice is named by its stored value."""
    for name, value in values.items():
        field = question.fields[name]
        if isinstance(field, QComboBox):
            assert field.findData(value) >= 0, f"{value!r} is not offered"
            field.setCurrentIndex(field.findData(value))
        elif isinstance(field, QDateEdit):
            field.setDate(QDate.fromString(value, "yyyy-MM-dd"))
        elif isinstance(field, QPlainTextEdit):
            field.setPlainText(value)
        elif isinstance(field, PathField):
            field.line.setText(value)
        elif isinstance(field, TickField):
            for stored, box in field.boxes.items():
                box.setChecked(stored in value.split(","))
        else:
            assert isinstance(field, QLineEdit)
            field.clear()
            QTest.keyClicks(field, value) if value.isascii() else field.setText(value)


def answer(opened: Opened, screen: Screen, **values: str) -> None:
    """Fill the question that the screen asks now, and give it."""
    fill(screen.question, **values)
    screen.question.take()
    opened.settle()


def press(opened: Opened, keys: str) -> None:
    """Trigger the act of the toolbar row that has these keys; it must be there and enabled."""
    found = [one for one in opened.frame.tools.actions() if one.shortcut().toString() == keys]
    assert found, f"no act has the keys {keys}"
    assert found[0].isEnabled(), f"{found[0].text()} is grey"
    found[0].trigger()


def acts(opened: Opened) -> dict[str, bool]:
    """The acts of the toolbar row by their words, and whether they are enabled."""
    return {one.text().split(" ")[0]: one.isEnabled() for one in opened.frame.tools.actions()}


def enter(widget: object) -> None:
    """Press Enter in a widget."""
    QTest.keyClick(widget, Qt.Key.Key_Return)  # type: ignore[call-overload]  # any widget
