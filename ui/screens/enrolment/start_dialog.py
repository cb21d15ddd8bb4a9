"""登记享受: somebody begins to be entitled: which program, who, from when, by which facts, and why; the sum is shown before."""

from datetime import date

from PySide6.QtCore import QDate, QTimer, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.changes import Changes
from app.desk import Desk
from app.enrolment.listings import programs_to_start
from app.enrolment.single import asked_of, entitled
from app.enrolment.use_cases import start_enrolment
from app.programs.trial import AskedFact
from models.domain.masking import mask_id
from models.domain.money import yuan_text
from models.domain.period import period_text
from models.domain.refusal import Refusal
from ui.office import Office
from ui.theme import Tone, colour, ground
from ui.widgets.code_edit import CodeEdit
from ui.widgets.facts import heading, quiet
from ui.widgets.notice_bar import NoticeBar
from ui.widgets.person_search import PersonSearch

_AFTER_MS = 150
_WORDS = frozenset({"grade", "care_level"})
_HINTS = {
    "quantity": "2.50", "grade": "一级", "care_level": "全护理", "heads": "3", "income": "1200", "approved": "650", "cost": "5000",
    "years": "12", "applied_on": "2024-06-03", "approved_on": "2024-06-03",
}  # fmt: skip


class StartDialog(QDialog):
    """It stays open until the enrolment stands or the clerk leaves; `done_words` says what was done."""

    def __init__(self, office: Office, program: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("登记享受")
        self.setMinimumWidth(560)
        self.office = office
        self.person = 0
        self.done_words = ""
        self.asked: tuple[AskedFact, ...] = ()
        self.facts: dict[str, QLineEdit] = {}
        self.bar = NoticeBar()
        self.program = QComboBox()
        for code, name in programs_to_start(office.store, office.today.isoformat()):
            self.program.addItem(f"{name}（{code}）", code)
        self.program.setCurrentIndex(max(0, self.program.findData(program)))
        self.search = PersonSearch(office)
        self.search.setPlaceholderText("姓名、拼音首字母、证件号，回车选定")
        self.search.found.connect(self.choose_person)
        self.who = quiet("还没有选人。输入姓名、拼音首字母或证件号，回车选定。")
        self.first = QDateEdit(QDate(office.today.year, office.today.month, 1))
        self.first.setDisplayFormat("yyyy-MM-dd")
        self.first.setCalendarPopup(True)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(64)
        self.reason.setPlaceholderText("例如：村委会评议通过，民政所 6 月 3 日批准")
        self.amount = heading("", 1.2)
        self.trace = QLabel()
        self.trace.setWordWrap(True)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self.compute)
        self.program.currentIndexChanged.connect(self._program_changed)
        self.first.dateChanged.connect(self._program_changed)
        self._program_changed()
        self.search.setFocus()

    def _lay_out(self) -> None:
        self.form = QFormLayout()
        self.form.setSpacing(8)
        self.form.addRow("补贴项目(&P)", self.program)
        self.form.addRow("享受人(&N)", self.search)
        self.form.addRow("", self.who)
        self.form.addRow("从哪天起(&F)", self.first)
        self.fact_form = QFormLayout()
        self.fact_form.setSpacing(8)
        self.take_button = QPushButton("登记享受")
        self.take_button.setObjectName("primary")
        self.take_button.clicked.connect(self.take)
        leave = QPushButton("取消")
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        for button in (leave, self.take_button):
            button.setAutoDefault(False)
            foot.addWidget(button)
        last = QFormLayout()
        last.addRow("理由(&R)", self.reason)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(self.bar)
        box.addLayout(self.form)
        box.addLayout(self.fact_form)
        box.addWidget(self.amount)
        box.addWidget(self.trace)
        box.addLayout(last)
        box.addLayout(foot)

    @property
    def day(self) -> date:
        """The first day."""
        found = self.first.date()
        return date(found.year(), found.month(), found.day())

    @Slot()
    def _program_changed(self) -> None:
        """Other facts are asked; what was typed for the same fact stays."""
        typed = self.typed()
        while self.fact_form.rowCount():
            self.fact_form.removeRow(0)
        self.facts = {}
        code = str(self.program.currentData() or "")
        if not code:
            self.bar.say("还没有执行中的政策。请先到“补贴项目”登记政策。", Tone.WARN)
            self.take_button.setEnabled(False)
            return
        try:
            self.asked = asked_of(self.office.store, code, self.day)
        except Refusal as no:
            self.asked = ()
            self.bar.say(no.window_sentence, Tone.WARN)
            return
        self.bar.clear()
        for fact in self.asked:
            field = QLineEdit() if fact.name in _WORDS else CodeEdit()
            field.setPlaceholderText(_HINTS.get(fact.name, ""))
            field.setText(typed.get(fact.name, ""))
            field.textChanged.connect(self._start_timer)
            self.facts[fact.name] = field
            self.fact_form.addRow(fact.words, field)
        self.compute()

    @Slot()
    def _start_timer(self) -> None:
        self._timer.start()

    def typed(self) -> dict[str, str]:
        """What stands in the fields of the facts."""
        return {name: field.text() for name, field in self.facts.items()}

    @Slot(object)
    def choose_person(self, person: int) -> None:
        """Take somebody whom the search found."""
        row = self.office.store.row(
            "SELECT p.name, p.id_number, v.name, coalesce(d.name, '') FROM person p JOIN household h ON h.id = p.household_id"
            " JOIN village v ON v.id = h.village_id LEFT JOIN person d ON d.id = h.head_id WHERE p.id = ?",
            (person,),
        )
        if row is None:
            return
        self.person = person
        head = f"　户主 {row[3]}" if row[3] and row[3] != row[0] else ""
        self.who.setText(f"{row[0]}　{mask_id(row[1])}　{row[2]}{head}")
        self.compute()
        first = next(iter(self.facts.values()), None)
        (first if first is not None else self.reason).setFocus()

    @Slot()
    def compute(self) -> None:
        """Show what it comes to, or why it does not."""
        self._timer.stop()
        self.amount.setText("")
        if not self.person:
            self._say("选定享受人以后，这里显示每期金额。", Tone.MUTED)
            return
        try:
            found = entitled(
                self.office.store, str(self.program.currentData()), self.person, self.day, self.typed()
            )
        except Refusal as no:
            self._say(no.window_sentence, Tone.WARN)
            return
        self.amount.setText(
            f"{period_text(found.period)} {yuan_text(found.entitlement.fen)} 元"
            if found.entitlement.fen
            else ""
        )
        self._say(
            found.entitlement.trace + (f"　{found.hint}" if found.hint else ""), Tone.WARN if found.hint else Tone.GOOD
        )  # fmt: skip

    def _say(self, words: str, tone: Tone) -> None:
        self.trace.setText(words)
        self.trace.setStyleSheet(
            f"background: {ground(tone).name()}; color: {colour(tone).name()}; padding: 6px 10px; border-radius: 4px"
        )

    @Slot()
    def take(self) -> None:
        """Enrol; a no leaves everything as it was typed."""
        if not self.person:
            self.bar.say("请先选定享受人。", Tone.WARN)
            self.search.setFocus()
            return
        program, person, first = str(self.program.currentData()), self.person, self.day
        typed, reason = self.typed(), self.reason.toPlainText()

        def work(desk: Desk) -> Changes:
            return start_enrolment(
                desk, program=program, person=person, first=first, facts=typed, reason=reason
            )

        def done(_made: Changes) -> None:
            self.done_words = (
                f"{self.who.text().split('　')[0]} 从 {first} 起享受 {self.program.currentText()}。"
            )
            self.accept()

        self.office.act("登记享受", work, done=done, refused=lambda no: self.bar.say(no, Tone.BAD))
