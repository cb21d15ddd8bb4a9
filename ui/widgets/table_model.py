"""The rows of a listing for Qt: all ids, the values of a few pages, and nothing else in memory."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.pages import PAGE, PRIVATE, Column, Listing, View, ids_of, rows_of, shown
from models.store.opening import Store
from ui.theme import Tone, colour

_KEPT_PAGES: Final = 60
_LONG_TEXT: Final = 12
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

Index = QModelIndex | QPersistentModelIndex
ToneOf = Callable[[Column, Any, tuple[Any, ...]], Tone | None]


class TableModel(QAbstractTableModel):
    """A listing under a view. Column order is the listing's own; what is hidden or moved is the header's matter."""

    def __init__(
        self, store: Store, listing: Listing, parent: QObject | None = None, tone_of: ToneOf | None = None
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.listing = listing
        self.view = View()
        self.ids: array[int] = array("q")
        self._tone_of = tone_of
        self._pages: OrderedDict[int, list[tuple[Any, ...] | None]] = OrderedDict()

    # -- what is shown -------------------------------------------------------------------------------------------

    def load(self, listing: Listing | None = None, view: View | None = None) -> None:
        """Read the ids anew, under another listing or view where one is given."""
        self.beginResetModel()
        self.listing = listing or self.listing
        self.view = view or self.view
        self._pages.clear()
        self.ids = ids_of(self.store, self.listing, self.view)
        self.endResetModel()

    def row_values(self, row: int) -> tuple[Any, ...] | None:
        """The values of a row as stored; None when it is gone since the ids were read."""
        number = row // PAGE
        page = self._pages.get(number)
        if page is None:
            page = rows_of(self.store, self.listing, self.ids[number * PAGE : (number + 1) * PAGE])
            self._pages[number] = page
            if len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page[row % PAGE]

    def text(self, row: int, column: int) -> str:
        """A cell as it is read on the screen."""
        values = self.row_values(row)
        return "" if values is None else shown(self.listing.columns[column], values[column], masked=True)

    def texts(self, rows: Iterable[int], columns: Iterable[int]) -> Iterable[list[str]]:
        """Rows of cells as they are read on the screen, for copying and printing."""
        chosen = list(columns)
        for row in rows:
            yield [self.text(row, column) for column in chosen]

    # -- what Qt asks --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802  # Qt's name
        """How many rows the view has."""
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802  # Qt's name
        """How many columns the listing has."""
        return 0 if parent.isValid() else len(self.listing.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, alignment, colour, or the whole text as a tip."""
        if not index.isValid():
            return None
        column = self.listing.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_figure else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(index.row(), index.column(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self.text(index.row(), index.column())
            return text if len(text) > _LONG_TEXT and column.shows not in PRIVATE else None
        return None

    def _colour(self, row: int, place: int, column: Column) -> QColor | None:
        if self._tone_of is None:
            return None
        values = self.row_values(row)
        tone = None if values is None else self._tone_of(column, values[place], values)
        return None if tone is None else colour(tone)

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """A column's heading, a row's number."""
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation == Qt.Orientation.Horizontal:
                return self.listing.columns[section].heading
            return str(section + 1)
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Vertical:
            return _RIGHT
        return None
