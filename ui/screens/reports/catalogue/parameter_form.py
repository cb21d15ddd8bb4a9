"""What a report asks for, in one row: a choice where the office has a list, a field where one types."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.reports.catalogue.parameters import Choice, Parameter
from app.reports.catalogue.report import Report
from models.store.opening import Store

_ALL = "全部"
_TYPED_WIDTH = 190
_LEAST_CHOICE = 110
_MOST_CHOICE = 430


class ParameterForm(QWidget):
    """`changed` says that something else is asked for now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self.fields: dict[str, QComboBox | QLineEdit] = {}

    def ask(self, store: Store, report: Report, day: str, kept: Mapping[str, str]) -> None:
        """Ask for what the report needs; `kept` is what was chosen for other reports, as far as it asks for the same."""
        while self._row.count():
            widget = self._row.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.fields = {}
        for one in report.parameters:
            choices = one.choices(store)
            value = kept.get(one.name, "")
            if not value or (choices and value not in [choice.value for choice in choices]):
                value = one.default(store, day)
            field = self._field(one, choices, value)
            label = QLabel(one.label)
            label.setBuddy(field)
            self._row.addWidget(label)
            self._row.addWidget(field)
            self.fields[one.name] = field
        self._row.addStretch(1)

    def _field(self, one: Parameter, choices: Sequence[Choice], value: str) -> QComboBox | QLineEdit:
        if not choices:
            typed = QLineEdit(value)
            typed.setPlaceholderText(one.hint)
            typed.setFixedWidth(_TYPED_WIDTH)
            typed.editingFinished.connect(self.changed)
            return typed
        box = QComboBox()
        if not one.needed:
            box.addItem(_ALL, "")
        for choice in choices:
            box.addItem(choice.words, choice.value)
        if value and box.findData(value) < 0:
            box.addItem(value, value)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.setMinimumWidth(_LEAST_CHOICE)
        box.setMaximumWidth(_MOST_CHOICE)
        box.currentIndexChanged.connect(self.changed)
        return box

    def values(self) -> dict[str, str]:
        """What is asked for."""
        return {
            name: str(field.currentData() or "") if isinstance(field, QComboBox) else field.text().strip()
            for name, field in self.fields.items()
        }

    def set_value(self, name: str, value: str) -> None:
        """Choose a value as a clerk would."""
        field = self.fields[name]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        else:
            field.setText(value)
            field.editingFinished.emit()
