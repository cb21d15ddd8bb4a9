"""The table of every screen: pages from SQL, Excel's filter and sort, frozen columns, sums of what is selected, copy, find,
print, export. One widget, so that a clerk learns it once.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.pages import Filter, Listing, Shows, Sort, View, sums_among, sums_of
from models.domain.money import Fen, round_half_up, yuan_text
from ui.office import Office
from ui.theme import Tone
from ui.widgets.column_filter import ColumnFilter
from ui.widgets.filter_header import FilterHeader
from ui.widgets.find_bar import FindBar
from ui.widgets.table_columns import TableColumns, dress
from ui.widgets.table_model import TableModel, ToneOf

_MOST_COPIED: Final = 50_000
_SUM_AFTER_MS: Final = 90


class PagedTable(QWidget):
    """A listing as a table. `opened` carries the id of a row that was double-clicked or entered, `chosen` the current id,
    `summed` the text for the status bar.
    """

    opened = Signal(object)
    chosen = Signal(object)
    summed = Signal(str)
    said = Signal(str, object)

    def __init__(
        self,
        office: Office,
        listing: Listing,
        *,
        tone_of: ToneOf | None = None,
        frozen: int = 1,
        empty: str = "这里还没有内容。",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.office = office
        self.model = TableModel(office.store, listing, self, tone_of)
        self._loaded = False
        self.view = QTableView()
        self.header = FilterHeader()
        dress(self.view, self.header, self.model)
        self.columns = TableColumns(self.view, self.header, office.remembered, frozen)
        self.find_bar = FindBar(self.model, self.view)
        self.empty = QLabel(empty, self.view)
        self.empty.setObjectName("quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._summing = QTimer(self)
        self._summing.setSingleShot(True)
        self._summing.setInterval(_SUM_AFTER_MS)
        self._summing.timeout.connect(self._sum_selection)
        self.columns.restore()

    # -- making --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.conditions = QLabel()
        self.conditions.setObjectName("quiet")
        self.clear_button = QToolButton()
        self.clear_button.setText("清除全部筛选")
        self.clear_button.clicked.connect(self.clear_filters)
        self.condition_bar = QWidget()
        line = QHBoxLayout(self.condition_bar)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.conditions, 1)
        line.addWidget(self.clear_button)
        self.condition_bar.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.find_bar)
        box.addWidget(self.condition_bar)
        box.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        for header in (self.header, self.columns.header):
            header.sort_asked.connect(self._sort)
            header.filter_asked.connect(self._open_filter)
        self.view.doubleClicked.connect(self._enter)
        self.columns.view.doubleClicked.connect(self._enter)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.view.selectionModel().currentRowChanged.connect(self._current_changed)
        self.view.installEventFilter(self)
        self.find_bar.found.connect(self.go_to_row)
        self.find_bar.left.connect(self.view.setFocus)
        for keys, act in (
            ("Ctrl+F", self.find_bar.begin),
            ("F3", self.find_bar.find_next),
            ("Shift+F3", self.find_bar.find_back),
            ("Ctrl+G", self.ask_row),
            ("Ctrl+Shift+L", self.filter_current),
            ("Ctrl+Shift+C", self.copy_with_headings),
            ("Ctrl+C", self.copy),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._row_menu)
        self.row_actions: list[QAction] = []

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self, listing: Listing | None = None, view: View | None = None) -> None:
        """Read anew; the row that was current stays current where it is still there."""
        kept = self.current_id()
        changed_columns = listing is not None and listing.columns != self.model.listing.columns
        self.model.load(listing, view)
        self._loaded = True
        self.find_bar.forget()
        # as wide as the last row's number, at once: the frozen columns stand beside it
        digits = max(2, len(str(len(self.model.ids))))
        self.view.verticalHeader().setFixedWidth(self.fontMetrics().horizontalAdvance("0" * digits) + 12)
        self.columns.place()
        if changed_columns:
            self.columns.restore()
        names = [column.name for column in self.model.listing.columns]
        for header in (self.header, self.columns.header):
            header.show_view(names, self.model.view)
        self._show_conditions()
        self._place_empty()
        if kept is None or not self.go_to_id(kept):
            self._stand_on_first()
        self._sum_all()

    def _stand_on_first(self) -> None:
        """Let the arrow keys and Enter begin somewhere; nothing is selected by it."""
        if self.model.ids:
            first = self.model.index(0, self.columns.first())
            self.view.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)

    def set_filters(self, *filters: Filter) -> None:
        """Show only what these let through."""
        self.load(view=replace(self.model.view, filters=filters))

    @Slot()
    def clear_filters(self) -> None:
        """Show everything again."""
        self.load(view=replace(self.model.view, filters=()))

    @property
    def listing(self) -> Listing:
        """The listing shown."""
        return self.model.listing

    @property
    def loaded(self) -> bool:
        """Whether it was read at all."""
        return self._loaded

    @property
    def rows(self) -> int:
        """How many rows the view has."""
        return len(self.model.ids)

    def current_id(self) -> int | None:
        """The id of the current row."""
        row = self.view.currentIndex().row()
        return self.model.ids[row] if 0 <= row < len(self.model.ids) else None

    def selected_rows(self) -> list[int]:
        """The rows that hold a selected cell, in order."""
        found: set[int] = set()
        for part in self._ranges():
            found.update(range(part.top(), part.bottom() + 1))
        return sorted(found)

    def _ranges(self) -> list[QItemSelectionRange]:
        return list(cast(Iterable[QItemSelectionRange], self.view.selectionModel().selection()))

    def selected_ids(self) -> list[int]:
        """Their ids."""
        return [self.model.ids[row] for row in self.selected_rows() if row < len(self.model.ids)]

    def go_to_row(self, row: int) -> None:
        """Make a row (from 0) the current one."""
        if not self.model.ids:
            return
        row = max(0, min(row, len(self.model.ids) - 1))
        place = max(self.view.currentIndex().column(), 0)
        if self.view.isColumnHidden(place):
            place = self.columns.first()
        index = self.model.index(row, place)
        # said outright: with Ctrl or Shift still down from the key that asked, the view would add it to what is selected
        self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.scrollTo(index)

    def go_to_id(self, one: int) -> bool:
        """Make the row of an id the current one; False when it is not here."""
        try:
            row = self.model.ids.index(one)
        except ValueError:
            return False
        self.go_to_row(row)
        return True

    def _show_conditions(self) -> None:
        text = self.conditions_text()
        self.condition_bar.setVisible(bool(text))
        self.conditions.setText(f"筛选：{text}")

    def conditions_text(self) -> str:
        """The filters in words, for the screen and for paper."""
        from ui.widgets.filter_words import words_of

        return "；".join(words_of(self.model.listing, one) for one in self.model.view.filters)

    def _place_empty(self) -> None:
        self.empty.setVisible(not self.model.ids)
        self.empty.setGeometry(self.view.viewport().geometry().adjusted(40, 0, -40, 0))

    # -- sort and filter -----------------------------------------------------------------------------------------

    @Slot(int, bool)
    def _sort(self, logical: int, also: bool) -> None:
        name = self.model.listing.columns[logical].name
        now = next((sort for sort in self.model.view.sorts if sort.column == name), None)
        turned = Sort(name, descending=now is not None and not now.descending)
        if also:
            others = tuple(turned if sort.column == name else sort for sort in self.model.view.sorts)
            sorts = others if now is not None else (*others, turned)
        else:
            # the third click on a heading takes the order back to how the rows came
            sorts = (
                () if now is not None and now.descending and len(self.model.view.sorts) == 1 else (turned,)
            )
        self.load(view=replace(self.model.view, sorts=sorts))

    @Slot(int, QPoint)
    def _open_filter(self, logical: int, corner: QPoint) -> None:
        column = self.model.listing.columns[logical]
        panel = ColumnFilter(self.office.store, self.model.listing, column, self.model.view, self)
        panel.sorted_by.connect(
            lambda down: self.load(view=replace(self.model.view, sorts=(Sort(column.name, down),)))
        )
        panel.chosen.connect(lambda made: self._filter(column.name, made))
        panel.show_at(corner)

    def _filter(self, name: str, made: Filter | None) -> None:
        others = tuple(one for one in self.model.view.filters if one.column != name)
        self.load(view=replace(self.model.view, filters=(*others, made) if made is not None else others))

    @Slot()
    def filter_current(self) -> None:
        """Open the filter of the current column."""
        self.header.ask_filter(max(self.view.currentIndex().column(), self.columns.first()))

    # -- go to --------------------------------------------------------------------------------------------------

    @Slot()
    def ask_row(self) -> None:
        """Ask for a row number and go there."""
        count = len(self.model.ids)
        if not count:
            return
        asking = QInputDialog(self)
        asking.setWindowTitle("转到行")
        asking.setLabelText(f"行号（1–{count:,}）：")
        asking.setInputMode(QInputDialog.InputMode.IntInput)
        asking.setIntRange(1, count)
        asking.setIntValue(self.view.currentIndex().row() + 1)
        asking.intValueSelected.connect(lambda row: self.go_to_row(row - 1))
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.open()

    # -- copy ----------------------------------------------------------------------------------------------------

    @Slot()
    def copy(self) -> None:
        """Put the selected range on the clipboard, as Excel and WPS take it."""
        self._copy(headings=False)

    @Slot()
    def copy_with_headings(self) -> None:
        """The same, the headings above it."""
        self._copy(headings=True)

    def _copy(self, *, headings: bool) -> None:
        rows = self.selected_rows()
        chosen = {index for part in self._ranges() for index in range(part.left(), part.right() + 1)}
        columns = [one for one in self.columns.shown() if one in chosen]
        if not rows or not columns:
            return
        if len(rows) > _MOST_COPIED:
            self.said.emit(
                f"选中了 {len(rows):,} 行，一次最多复制 {_MOST_COPIED:,} 行。更多请按 F12 导出。", Tone.WARN
            )
            return
        lines = [[self.model.listing.columns[one].heading for one in columns]] if headings else []
        lines += self.model.texts(rows, columns)
        QGuiApplication.clipboard().setText("\n".join("\t".join(map(_one_line, line)) for line in lines))
        masked = "（证件号和账号已打码）" if self._holds_private(columns) else ""
        self.said.emit(f"已复制 {len(rows):,} 行 × {len(columns)} 列{masked}", Tone.GOOD)

    def _holds_private(self, columns: Sequence[int]) -> bool:
        from app.pages import PRIVATE

        return any(self.model.listing.columns[one].shows in PRIVATE for one in columns)

    # -- sums ----------------------------------------------------------------------------------------------------

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        self._summing.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        """Nobody sees the sums now; with the window the office may be closed too."""
        super().hideEvent(event)
        self._summing.stop()

    @Slot()
    def _sum_selection(self) -> None:
        self.summed.emit(self.sums_text())

    def _sum_all(self) -> None:
        self._all_sums = sums_of(self.office.store, self.model.listing, self.model.view)
        self.summed.emit(self.sums_text())

    def sums_text(self) -> str:
        """Rows, totals of the filter, and sum, average, count of the selection, exact to the fen."""
        total = self._all_sums
        parts = [f"共 {total.rows:,} 行"]
        for name, (found, _) in total.sums.items():
            column = self.model.listing.column(name)
            text = yuan_text(Fen(found)) + " 元" if column.shows is Shows.MONEY else f"{found:,}"
            parts.append(f"{column.heading.split('（')[0]}合计 {text}")
        return "   ".join([*parts, *self._selection_text()])

    def _selection_text(self) -> list[str]:
        ranges = self._ranges()
        cells = sum(part.width() * part.height() for part in ranges)
        if cells < 2:
            return []
        ids_by_column: dict[int, array[int]] = {}
        for part in ranges:
            for place in range(part.left(), part.right() + 1):
                column = self.model.listing.columns[place]
                if column.shows is Shows.MONEY and not self.header.isSectionHidden(place):
                    ids_by_column.setdefault(place, array("q")).extend(
                        self.model.ids[part.top() : part.bottom() + 1]
                    )
        rows = len(self.selected_rows())
        if not ids_by_column:
            return [f"选中 {rows:,} 行"]
        fen = times = 0
        for place, ids in ids_by_column.items():
            name = self.model.listing.columns[place].name
            found, count = sums_among(self.office.store, self.model.listing, ids, [name]).sums[name]
            fen, times = fen + found, times + count
        average = yuan_text(Fen(round_half_up(fen, times))) if times else "—"
        return [f"选中 {rows:,} 行", f"求和 {yuan_text(Fen(fen))}", f"平均 {average}", f"计数 {times:,}"]

    # -- acts of a row -------------------------------------------------------------------------------------------

    def add_row_action(self, words: str, act: object) -> QAction:
        """Offer an act on the current row, by right click."""
        action = QAction(words, self)
        action.triggered.connect(act)
        self.row_actions.append(action)
        return action

    @Slot(QPoint)
    def _row_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.row_actions)
        if self.row_actions:
            menu.addSeparator()
        menu.addAction("复制 Ctrl+C").triggered.connect(self.copy)
        menu.addAction("连同表头复制 Ctrl+Shift+C").triggered.connect(self.copy_with_headings)
        menu.addAction("查找 Ctrl+F").triggered.connect(self.find_bar.begin)
        menu.addAction("转到行 Ctrl+G").triggered.connect(self.ask_row)
        menu.popup(self.view.viewport().mapToGlobal(at))

    @Slot(QModelIndex)
    def _enter(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.ids):
            self.opened.emit(self.model.ids[index.row()])

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, index: QModelIndex, _old: QModelIndex) -> None:
        self.chosen.emit(self.model.ids[index.row()] if 0 <= index.row() < len(self.model.ids) else None)

    def select_row(self, row: int) -> None:
        """Select a whole row."""
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.view.selectionModel().setCurrentIndex(index, flags)

    # -- events --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Enter opens a row; the columns follow the size of the table and of its text."""
        if watched is self.view:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                    self._enter(self.view.currentIndex())
                    return True
                if event.key() == Qt.Key.Key_Escape and self.find_bar.isVisible():
                    self.find_bar.leave()
                    return True
            elif event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
                self._follow()
            elif event.type() == QEvent.Type.FontChange:
                self.columns.restore()
        return super().eventFilter(watched, event)

    @Slot()
    def _follow(self) -> None:
        self.columns.place()
        self._place_empty()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """The frozen columns follow."""
        super().resizeEvent(event)
        self._follow()


def _one_line(text: str) -> str:
    """A cell as one cell of the clipboard."""
    return text.replace("\t", " ").replace("\n", " ")


def good_bad(good: frozenset[str], bad: frozenset[str]) -> ToneOf:
    """A colouring of state columns by their stored words."""

    def tone_of(column: Any, value: Any, _values: tuple[Any, ...]) -> Tone | None:
        if not column.words:
            return None
        return Tone.GOOD if str(value) in good else Tone.BAD if str(value) in bad else None

    return tone_of
