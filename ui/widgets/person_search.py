"""The search that is always there: a name, pinyin initials, either end of an ID, an account's tail; results as one types."""

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.registry.listings import NameInitials, PersonHit, search_people
from models.domain.masking import mask_account, mask_id
from ui.icons import icon
from ui.office import Office

_AFTER_MS = 30


class PersonSearch(QLineEdit):
    """`found` carries a person's id."""

    found = Signal(object)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._initials: NameInitials | None = None
        self.setPlaceholderText("找人：姓名、拼音首字母、证件号、账号末位  Ctrl+K")
        self.setClearButtonEnabled(True)
        self.glass = self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.fit()
        self.list = QListWidget(self.window())
        self.list.setWindowFlags(Qt.WindowType.ToolTip)
        self.list.setFrameShape(QFrame.Shape.StyledPanel)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._take)
        self.list.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self.look)
        self.textEdited.connect(self._timer.start)
        self.destroyed.connect(self.list.deleteLater)

    def fit(self) -> None:
        """As wide as its hint, for the text size and in the shade worn now."""
        self.glass.setIcon(icon("search"))
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(self.placeholderText()) + 64)

    def start(self) -> None:
        """Begin a search."""
        self.selectAll()
        self.setFocus()

    def forget(self) -> None:
        """The registry changed: initials are read anew when next needed."""
        self._initials = None

    def hits(self, text: str) -> list[PersonHit]:
        """Whom a text may mean."""
        text = text.strip()
        if text.isascii() and text.isalpha() and self._initials is None:
            self._initials = NameInitials(self._office.store)
        return search_people(self._office.store, text, self._initials)

    @Slot()
    def look(self) -> None:
        """Show whom the text means."""
        self.list.clear()
        text = self.text().strip()
        if not text:
            self.list.hide()
            return
        found = self.hits(text)
        for hit in found:
            where = " ".join(filter(None, (hit.village, hit.group)))
            head = f"  户主 {hit.head}" if hit.head and hit.head != hit.name else ""
            line = QListWidgetItem(
                f"{hit.name}　{mask_id(hit.id_number)}　{where}{head}　{mask_account(hit.account)}"
            )
            line.setData(Qt.ItemDataRole.UserRole, hit.id)
            self.list.addItem(line)
        if not found:
            nobody = QListWidgetItem("没有找到这个人")
            nobody.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nobody)
        self.list.setCurrentRow(0 if found else -1)
        self._place()

    def _place(self) -> None:
        width = max(self.width(), min(self.list.sizeHintForColumn(0) + 30, 720))
        rows = min(self.list.count(), 12)
        self.list.resize(width, rows * self.list.sizeHintForRow(0) + 6)
        corner = self.mapToGlobal(QPoint(self.width() - width, self.height() + 2))
        self.list.move(corner)
        self.list.show()

    @Slot(QListWidgetItem)
    def _take(self, line: QListWidgetItem) -> None:
        person = line.data(Qt.ItemDataRole.UserRole)
        self.list.hide()
        if person is not None:
            self.clear()
            self.found.emit(person)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Arrows walk the results, Enter takes one, Esc leaves."""
        if self.list.isVisible():
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentItem() is not None:
                self._take(self.list.currentItem())
                return
            if event.key() == Qt.Key.Key_Escape:
                self.list.hide()
                return
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.look()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The results go when the keyboard goes elsewhere."""
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.list.hide()
        return super().event(event)
