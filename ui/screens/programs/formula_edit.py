"""A formula checked as it is typed: the place that is wrong is underlined, columns and signs come by a button."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.programs.drafting import FormulaFault, formula_fault
from ui.theme import Tone, colour
from ui.widgets.facts import quiet

_SIGNS = ("＋", "－", "×", "÷", "（", "）", "取大（，）", "取小（，）")
_SEPARATORS = "、,，;； "


class FormulaEdit(QWidget):
    """The columns that the roster will bring, the formula over them, and what is wrong with it; `edited` on any change."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.columns_line = QLineEdit()
        self.columns_line.setPlaceholderText("公式用到的列，用顿号隔开，例如 面积、标准")
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText("例如 面积 × 标准")
        self.text.setFixedHeight(self.fontMetrics().height() * 3 + 12)
        self.verdict = quiet("")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        for sign in _SIGNS:
            self._buttons.addWidget(self._button(sign))
        self._names = QHBoxLayout()
        self._names.setSpacing(4)
        self._buttons.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.columns_line)
        box.addLayout(self._names)
        box.addLayout(self._buttons)
        box.addWidget(self.text)
        box.addWidget(self.verdict)
        self.columns_line.textChanged.connect(self._columns_changed)
        self.text.textChanged.connect(self.check)
        self.fault: FormulaFault | None = None
        self.setFocusProxy(self.columns_line)

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setStyleSheet("padding: 2px 8px")
        button.clicked.connect(lambda: self._insert(words))
        return button

    @Slot(str)
    def _insert(self, words: str) -> None:
        self.text.insertPlainText(words)
        self.text.setFocus()

    def columns(self) -> list[str]:
        """The names of the columns."""
        text = self.columns_line.text()
        for sign in _SEPARATORS:
            text = text.replace(sign, "、")
        return [one.strip() for one in text.split("、") if one.strip()]

    def formula(self) -> str:
        """The formula on one line."""
        return " ".join(self.text.toPlainText().split("\n")).strip()

    def fill(self, formula: str, columns: list[str]) -> None:
        """Show a formula."""
        self.columns_line.setText("、".join(columns))
        self.text.setPlainText(formula)

    @Slot()
    def _columns_changed(self) -> None:
        while self._names.count():
            widget = self._names.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        for name in self.columns()[:8]:
            self._names.addWidget(self._button(name))
        self._names.addStretch()
        self.check()

    @Slot()
    def check(self) -> None:
        """Say what is wrong, and underline where."""
        text = self.text.toPlainText()
        self.fault = formula_fault(text, self.columns()) if text.strip() else None
        marks: list[QTextEdit.ExtraSelection] = []
        if self.fault is not None:
            self.verdict.setText(f"✕ 第 {self.fault.position} 个字：{self.fault.fault}" if self.fault.position else f"✕ {self.fault.fault}")  # fmt: skip
            self.verdict.setStyleSheet(f"color: {colour(Tone.BAD).name()}")
            if self.fault.position:
                marks.append(self._mark(self.fault.position - 1))
        else:
            self.verdict.setText(
                "✓ 公式可以用" if text.strip() else "可以用加减乘除、括号、取大、取小；全角半角都行。"
            )
            self.verdict.setStyleSheet(f"color: {colour(Tone.GOOD if text.strip() else Tone.MUTED).name()}")
        self.text.setExtraSelections(marks)
        self.edited.emit()

    def _mark(self, place: int) -> QTextEdit.ExtraSelection:
        cursor = self.text.textCursor()
        cursor.setPosition(min(place, len(self.text.toPlainText())))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        made = QTextEdit.ExtraSelection()
        made.cursor = cursor  # type: ignore[attr-defined]  # the stubs lack it
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(colour(Tone.BAD))
        made.format = look  # type: ignore[attr-defined]
        return made
