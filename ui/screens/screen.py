"""What every screen is to the frame."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.changes import Changes, Topic
from app.desk import Desk
from app.reports.sheet_model import SheetModel
from ui.icons import icon
from ui.office import Office
from ui.printing.paper import Paper
from ui.printing.sheets.style import LIST, Style
from ui.routes import Place, Room
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.notice_bar import NoticeBar


class Screen(QWidget):
    """A place of the window: it shows, it asks the frame to go elsewhere, it reloads when its topics change.

    `column` is where a screen puts its widgets; the bar above them says refusals quietly. `go` carries a Place, `crumb`
    what stands behind the room's name in the title, `sums` the text for the left of the status bar.
    """

    room: ClassVar[Room]
    topics: ClassVar[frozenset[Topic]] = frozenset()
    help_page: ClassVar[str] = ""

    go = Signal(object)
    crumb = Signal(str)
    sums = Signal(str)
    tools_changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.stale = True
        self.crumb_text = ""
        self.sums_text = ""
        self.bar = NoticeBar()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 4, 12, 8)
        self.column.setSpacing(8)
        self.column.addWidget(self.bar)
        office.changed.connect(self._hear)

    # -- what a screen fills in ----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what is in the store now."""

    def open_at(self, place: Place) -> None:
        """Open what a place names; called after the screen is shown."""

    def tools(self) -> Sequence[QAction]:
        """The acts of the toolbar row, the most usual first."""
        return ()

    def may_leave(self) -> str:
        """A question to ask before the window closes, '' for none."""
        return ""

    def back(self) -> bool:
        """Esc: close what is open inside; False when nothing is, and the frame goes back."""
        return False

    # -- what a screen uses --------------------------------------------------------------------------------------

    def make_tabs(self) -> QTabWidget:
        """Tabs; what the bar said of one of them means nothing on the next."""
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.currentChanged.connect(self.bar.clear)
        return tabs

    def set_crumb(self, text: str) -> None:
        """What stands behind the room's name in the title."""
        self.crumb_text = text
        self.crumb.emit(text)

    def set_sums(self, text: str) -> None:
        """What the status bar says of the screen's table."""
        self.sums_text = text
        self.sums.emit(text)

    def ask(
        self,
        title: str,
        verb: str,
        fields: Sequence[Asked],
        work: Callable[[Desk, Mapping[str, str]], Changes],
        said: str | Callable[[Changes], str],
        *,
        words: str = "",
        tone: Callable[[Changes], Tone] = lambda _done: Tone.GOOD,
    ) -> Question:
        """Ask some fields, do `work` with them and say the outcome; a refusal stays in the question, nothing typed is lost."""

        def answer(question: Question, values: Mapping[str, str]) -> None:
            def done(outcome: Changes) -> None:
                question.accept()
                self.bar.say(said if isinstance(said, str) else said(outcome), tone(outcome))

            self.office.act(title, lambda desk: work(desk, values), done=done, refused=question.refuse)

        self.question = Question(title, verb, fields, answer, words=words, parent=self)
        self.question.open()
        return self.question

    def preview_sheets(
        self, models: Sequence[SheetModel], *, papers: Sequence[Paper] = (), style: Style = LIST, qr: str = ""
    ) -> None:
        """Show sheets as they will be printed, on the papers to choose from; printing and PDF are buttons there."""
        from ui.printing import preview
        from ui.printing.frame import foot_of
        from ui.printing.sheets.painting import sheet_document

        foot = foot_of(self.office.desk())
        self.preview = preview(
            [
                sheet_document(models, foot=foot, paper=paper, style=style, qr=qr)
                for paper in papers or (None,)
            ],
            self,
            office=self.office,
        )

    def tool(self, words: str, picture: str, key: str, act: object, *, enabled: bool = True) -> QAction:
        """One act of the toolbar row; its key is shown with it."""
        action = QAction(icon(picture), f"{words} {key}".strip(), self)
        action.setProperty("picture", picture)
        if key:
            action.setShortcut(QKeySequence(key))
        action.setEnabled(enabled)
        action.triggered.connect(act)
        return action

    def _hear(self, topics: frozenset[Topic]) -> None:
        if not topics & self.topics:
            return
        self.stale = True
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Refresh, and remember that it was done."""
        self.stale = False
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Shown again: whatever changed meanwhile is loaded now."""
        super().showEvent(event)
        if self.stale:
            self.reload()
