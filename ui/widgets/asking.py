"""Small questions: a reason, a sentence, a yes that states count and sum. Nothing typed is lost when the answer is refused."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QDate, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.theme import Tone
from ui.widgets.code_edit import CodeEdit
from ui.widgets.notice_bar import NoticeBar

_TYPED_FROM = 12


@dataclass(frozen=True)
class Asked:
    """One field of a question: 'text', 'code', 'long', 'day', 'secret', a 'choice' among (value, words), 'ticks' for several
    of them (the value is their comma list), a 'folder' or a 'file' that is typed or picked.
    """

    name: str
    words: str
    kind: str = "text"
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    needed: bool = False


class Question(QDialog):
    """Some fields, a verb, and a bar for the refusal. `answer` gets the values and a way to say no; it closes by `accept`.

    Without fields Enter says yes, or no where the answer `destroys` something.
    """

    def __init__(
        self,
        title: str,
        verb: str,
        fields: Sequence[Asked],
        answer: Callable[["Question", dict[str, str]], None],
        *,
        words: str = "",
        destroys: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self._answer = answer
        self._underway = False
        self._left_out: set[str] = set()
        self._behind = _bar_behind(parent)
        self._asked = fields
        self.bar = NoticeBar()
        self.fields: dict[str, QWidget] = {}
        self.form = form = QFormLayout()
        form.setSpacing(8)
        for one in fields:
            self.fields[one.name] = _field(one)
            form.addRow(one.words, self.fields[one.name])
            _befriend(form, self.fields[one.name])
            if isinstance(field := self.fields[one.name], CodeEdit):  # which keeps Enter to itself
                field.returnPressed.connect(self._go_on)
        self.verb = QPushButton(verb)
        self.verb.setObjectName("primary")
        self.verb.setToolTip("Ctrl+回车")
        self.verb.clicked.connect(self.take)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.take)
        leave = QPushButton("取消")
        leave.clicked.connect(self.reject)
        for button in (self.verb, leave):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(leave)
        foot.addWidget(self.verb)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(self.bar)
        if words:
            said = QLabel(words)
            said.setWordWrap(True)
            box.addWidget(said)
        box.addLayout(form)
        box.addLayout(foot)
        if fields:
            self.fields[fields[0].name].setFocus()
        else:
            (leave if destroys else self.verb).setFocus()

    def ask_only(self, names: Collection[str]) -> None:
        """Show these fields and no others; what is hidden is neither needed nor lost."""
        self._left_out = {name for name in self.fields if name not in names}
        for name, field in self.fields.items():
            self.form.setRowVisible(field, name in names)
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Enter goes on from field to field, the last one gives the answer; a button is pressed by it, and no other."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        at = self.focusWidget()
        if isinstance(at, QPushButton):
            at.click()
        else:
            self._go_on()

    @Slot()
    def _go_on(self) -> None:
        """From the field that has the cursor to the next one; after the last one the answer is given."""
        at = self.focusWidget()
        shown = [field for name, field in self.fields.items() if name not in self._left_out]
        here = [n for n, one in enumerate(shown) if at is not None and (at is one or one.isAncestorOf(at))]
        if here and here[0] + 1 < len(shown):
            shown[here[0] + 1].setFocus(Qt.FocusReason.TabFocusReason)
        elif here:
            self.take()

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: _value(field) for name, field in self.fields.items()}

    @Slot()
    def take(self) -> None:
        """Give the answer; what is needed and empty is asked for first."""
        if self._underway:
            return
        values = self.values()
        for one in self._asked:
            if one.needed and one.name not in self._left_out and not values[one.name].strip():
                self._say(f"请填写“{one.words.partition('(&')[0]}”。", Tone.WARN)
                self.fields[one.name].setFocus()
                return
        self.bar.clear()
        self._underway = True  # a second click does not do it twice
        self.verb.setEnabled(False)
        self._answer(self, values)

    def _say(self, sentence: str, tone: Tone) -> None:
        """Show a sentence above the fields; the question grows by it, or the fields would be pressed flat."""
        self.bar.say(sentence, tone)
        layout = self.layout()
        layout.activate()
        self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def refuse(self, sentence: str) -> None:
        """Show a no; everything typed stays. A question that was left meanwhile says it in the screen behind it."""
        if isValid(self):
            self._underway = False
            self.verb.setEnabled(True)
            self._say(sentence, Tone.BAD)
        elif self._behind is not None and isValid(self._behind):
            self._behind.say(sentence, Tone.BAD)

    def accept(self) -> None:
        """Done; it may have been left before."""
        if isValid(self):
            super().accept()


class TickField(QWidget):
    """Boxes to tick, one under another."""

    def __init__(self, one: Asked) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        ticked = set(one.value.split(","))
        self.boxes: dict[str, QCheckBox] = {}
        for value, words in one.choices:
            box = QCheckBox(words)
            box.setChecked(value in ticked)
            column.addWidget(box)
            self.boxes[value] = box
        if self.boxes:
            self.setFocusProxy(next(iter(self.boxes.values())))

    def text(self) -> str:
        """What is ticked, as a comma list."""
        return ",".join(value for value, box in self.boxes.items() if box.isChecked())


class PathField(QWidget):
    """A folder or a file: typed, or picked with the button."""

    def __init__(self, one: Asked) -> None:
        super().__init__()
        self._kind = one.kind
        self.line = QLineEdit(one.value)
        self.line.setPlaceholderText(one.hint)
        self.button = QPushButton("选择…")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._pick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    @Slot()
    def _pick(self) -> None:
        if self._kind == "folder":
            chosen = QFileDialog.getExistingDirectory(self, "选择文件夹", self.line.text())
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, "选择文件", self.line.text())
        if chosen:
            self.line.setText(chosen)


def _bar_behind(widget: QWidget | None) -> NoticeBar | None:
    """The bar of the screen that asks."""
    while widget is not None:
        if isinstance(bar := getattr(widget, "bar", None), NoticeBar):
            return bar
        widget = widget.parentWidget()
    return None


def _befriend(form: QFormLayout, field: QWidget) -> None:
    """Let the letter of a label reach the line inside a field of several parts."""
    label, line = form.labelForField(field), field.focusProxy()
    if isinstance(label, QLabel) and isinstance(line, QLineEdit):
        label.setBuddy(line)


def _field(one: Asked) -> QWidget:
    if one.kind == "ticks":
        return TickField(one)
    if one.kind in ("folder", "file"):
        return PathField(one)
    if one.kind == "choice":
        box = QComboBox()
        for value, words in one.choices:
            box.addItem(words, value)
        if len(one.choices) > _TYPED_FROM:  # long lists are found by typing any part of the words
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        box.setCurrentIndex(max(0, box.findData(one.value)))
        return box
    if one.kind == "long":
        text = QPlainTextEdit(one.value)
        text.setTabChangesFocus(True)
        text.setFixedHeight(84)
        text.setPlaceholderText(one.hint)
        return text
    if one.kind == "day":
        day = QDateEdit(QDate.fromString(one.value, "yyyy-MM-dd") if one.value else QDate.currentDate())
        day.setDisplayFormat("yyyy-MM-dd")
        day.setCalendarPopup(True)
        return day
    line = CodeEdit() if one.kind == "code" else QLineEdit()
    if one.kind == "secret":
        line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setText(one.value)
    line.setPlaceholderText(one.hint)
    return line


def _value(field: QWidget) -> str:
    if isinstance(field, TickField):
        return field.text()
    if isinstance(field, PathField):
        return field.line.text().strip()
    if isinstance(field, QComboBox):
        if not field.isEditable():
            return str(field.currentData())
        typed = field.currentText().strip()
        place = field.findText(typed)
        return str(field.itemData(place)) if place >= 0 else typed
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if isinstance(field, QDateEdit):
        return field.date().toString("yyyy-MM-dd")
    return field.text() if isinstance(field, QLineEdit) else ""
