"""试算: three sample people beside each other, their facts to be changed at will, what each would get and how it comes about."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.programs.trial import PEOPLE, AskedFact, facts_asked, read_trial_period, try_policy, usual_period
from models.domain.money import yuan_text
from models.domain.period import period_text
from models.domain.policy import Policy
from models.domain.refusal import Refusal
from ui.theme import Tone, colour
from ui.widgets.code_edit import CodeEdit
from ui.widgets.facts import heading, quiet

_NAMES = ("甲", "乙", "丙")
_WORDS = frozenset({"grade", "care_level"})


class TrialPanel(QFrame):
    """Follows the policy that is given to it; what the clerk typed for a fact stays while the fact is asked."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.setObjectName("card")
        self._today = today
        self.policy: Policy | None = None
        self._asked: tuple[AskedFact, ...] = ()
        self._typed: dict[tuple[str, int], str] = {}
        self._fields: dict[tuple[str, int], QLineEdit] = {}
        self.period = QLineEdit()
        self.period.setMaximumWidth(120)
        self.period.textEdited.connect(self._period_edited)
        self.period_words = quiet("")
        top = QHBoxLayout()
        top.addWidget(heading("试算", 1.1))
        top.addSpacing(12)
        top.addWidget(quiet("期间"))
        top.addWidget(self.period)
        top.addWidget(self.period_words, 1)
        self.grid_room = QWidget()
        self._grid = QGridLayout(self.grid_room)
        self.said = quiet("填好左边以后，这里用三个样例人算给您看。")
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(8)
        box.addLayout(top)
        box.addWidget(self.said)
        box.addWidget(self.grid_room)
        box.addStretch()
        self.amounts: list[QLabel] = []
        self.traces: list[QLabel] = []

    def show_policy(self, policy: Policy | None) -> None:
        """Compute by another policy; None while the form is not whole, and what was computed before is greyed."""
        if policy is None:
            self.said.setText("填好左边以后，这里用三个样例人算给您看。")
            self.said.show()
            self.grid_room.setEnabled(False)
            for amount, trace in zip(self.amounts, self.traces, strict=True):
                amount.setText("—")
                amount.setStyleSheet(f"color: {colour(Tone.MUTED).name()}")
                trace.setText("")
            return
        old, self.policy = self.policy, policy
        self.grid_room.setEnabled(True)
        other = old is None or (old.frequency, old.valid_from) != (policy.frequency, policy.valid_from)
        if (other and not self._period_typed) or (old is not None and old.frequency != policy.frequency):
            self._period_typed = False
            self.period.setText(usual_period(policy, max(self._today, policy.valid_from)))
        self._compute()

    _period_typed = False

    @Slot()
    def _period_edited(self) -> None:
        self._period_typed = True
        self._compute()

    def _compute(self) -> None:
        if self.policy is None:
            return
        try:
            period = read_trial_period(self.period.text(), self.policy)
            asked = facts_asked(self.policy, period)
        except Refusal as no:
            self.said.setText(no.window_sentence)
            self.said.show()
            return
        self.said.hide()
        self.period_words.setText(period_text(period))
        if [fact.name for fact in asked] != [fact.name for fact in self._asked] or not self._fields:
            self._build(asked)
        elif asked != self._asked:
            self._refresh_samples(asked)
        self._asked = asked
        people: list[Mapping[str, str]] = [
            {fact.name: self._fields[fact.name, place].text() for fact in asked} for place in range(PEOPLE)
        ]
        for place, tried in enumerate(try_policy(self.policy, period, people)):
            amount, trace = self.amounts[place], self.traces[place]
            if tried.fen is None:
                amount.setText("算不出")
                amount.setStyleSheet(f"color: {colour(Tone.WARN).name()}")
                trace.setText(tried.sentence)
            else:
                amount.setText(f"{yuan_text(tried.fen)} 元")
                amount.setStyleSheet(f"color: {colour(Tone.GOOD).name()}")
                trace.setText(tried.trace)

    def _refresh_samples(self, asked: tuple[AskedFact, ...]) -> None:
        for fact in asked:
            for place in range(PEOPLE):
                if (fact.name, place) not in self._typed:
                    self._fields[fact.name, place].setText(fact.samples[place])

    def _build(self, asked: tuple[AskedFact, ...]) -> None:
        """The facts anew, as rows of three fields."""
        room = QWidget()
        grid = QGridLayout(room)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self._fields = {}
        for place in range(PEOPLE):
            name = heading(f"样例{_NAMES[place]}")
            name.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(name, 0, place + 1)
            grid.setColumnStretch(place + 1, 1)
        for row, fact in enumerate(asked, 1):
            label = quiet(fact.words)
            label.setWordWrap(False)
            grid.addWidget(label, row, 0)
            for place in range(PEOPLE):
                field = QLineEdit() if fact.name in _WORDS else CodeEdit()
                key = (fact.name, place)
                field.setText(self._typed.get(key, fact.samples[place]))
                field.setAccessibleName(f"样例{_NAMES[place]} {fact.words}")
                field.textEdited.connect(lambda _text, key=key: self._edited(key))
                if isinstance(field, CodeEdit):
                    field.textChanged.connect(lambda _text, key=key: self._edited(key))
                self._fields[key] = field
                grid.addWidget(field, row, place + 1)
        last = len(asked) + 1
        grid.addWidget(quiet("应发"), last, 0)
        grid.addWidget(quiet("计算过程"), last + 1, 0, Qt.AlignmentFlag.AlignTop)
        self.amounts, self.traces = [], []
        for place in range(PEOPLE):
            amount = heading("", 1.2)
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            trace = quiet("")
            trace.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            trace.setAlignment(Qt.AlignmentFlag.AlignTop)
            self.amounts.append(amount)
            self.traces.append(trace)
            grid.addWidget(amount, last, place + 1)
            grid.addWidget(trace, last + 1, place + 1)
        box = self.layout()
        if isinstance(box, QVBoxLayout):
            box.replaceWidget(self.grid_room, room)
        self.grid_room.deleteLater()
        self.grid_room, self._grid = room, grid
        room.show()

    def _edited(self, key: tuple[str, int]) -> None:
        field = self._fields.get(key)
        if field is not None and field.hasFocus():
            self._typed[key] = field.text()
        self._compute()
