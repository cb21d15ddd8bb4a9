"""The columns of a table: which stand where and how wide, the first ones shown once more where they do not scroll away.

What the operator chose is remembered for each listing.
"""

from typing import Any, Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from ui.remembering import Remembered
from ui.widgets.column_chooser import ColumnChooser
from ui.widgets.filter_header import FilterHeader
from ui.widgets.table_model import TableModel

_ROW_SPARE: Final = 10
_HEADER_SPARE: Final = 13


def dress(view: QTableView, header: FilterHeader, model: TableModel) -> None:
    """Give a view the look and the manners of every table."""
    view.setModel(model)
    view.setHorizontalHeader(header)
    header.setModel(model)
    view.setAlternatingRowColors(True)
    view.setWordWrap(False)
    view.setCornerButtonEnabled(False)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
    view.setTabKeyNavigation(False)
    rows = view.verticalHeader()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setHighlightSections(False)
    rows.setMinimumSectionSize(12)


class TableColumns(QObject):
    """`view` lies over the table's own view and shows its first `frozen` columns."""

    def __init__(
        self, beneath: QTableView, header: FilterHeader, remembered: Remembered, frozen: int
    ) -> None:
        super().__init__(beneath)
        self._beneath, self._header, self._remembered = beneath, header, remembered
        self._usual = self.frozen = frozen
        self._quiet = False
        model = beneath.model()
        assert isinstance(model, TableModel)  # dressed before  # noqa: S101
        self._model = model
        self.view = QTableView(beneath)
        self.header = FilterHeader()
        dress(self.view, self.header, model)
        self.view.setObjectName("frozen")
        self.view.verticalHeader().hide()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setSelectionModel(beneath.selectionModel())
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        beneath.verticalScrollBar().valueChanged.connect(self.view.verticalScrollBar().setValue)
        self.view.verticalScrollBar().valueChanged.connect(beneath.verticalScrollBar().setValue)
        for one in (header, self.header):
            one.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            one.customContextMenuRequested.connect(self._menu)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._moved)
        beneath.verticalHeader().geometriesChanged.connect(self.place)
        self.header.sectionResized.connect(self._frozen_resized)

    def shown(self) -> list[int]:
        """The columns that are not hidden, as they stand from left to right."""
        logical = (self._header.logicalIndex(place) for place in range(self._header.count()))
        return [one for one in logical if not self._header.isSectionHidden(one)]

    def first(self) -> int:
        """The leftmost column that is shown."""
        return next(iter(self.shown()), self._header.logicalIndex(0))

    # -- choosing ------------------------------------------------------------------------------------------------

    @Slot()
    def choose(self) -> None:
        """Let the clerk choose which columns stand where, and how many stay at the left."""
        columns = self._model.listing.columns
        order = [self._header.logicalIndex(place) for place in range(self._header.count())]
        chooser = ColumnChooser(
            [(one, columns[one].heading, not self._header.isSectionHidden(one)) for one in order],
            self.frozen,
            self._beneath,
        )
        chooser.taken.connect(self.take)
        chooser.reset_asked.connect(self.reset)
        chooser.open()

    @Slot(object, int)
    def take(self, columns: list[tuple[int, bool]], frozen: int) -> None:
        """Columns in this order, shown or not, the first ones frozen."""
        for place, (logical, is_shown) in enumerate(columns):
            self._header.moveSection(self._header.visualIndex(logical), place)
            self._header.setSectionHidden(logical, not is_shown)
        self._set_frozen(frozen)

    @Slot()
    def reset(self) -> None:
        """Columns as the program ships them."""
        self._remembered.keep(self._memory, None)
        self.restore()

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        header = self.sender()
        logical = header.logicalIndexAt(at) if isinstance(header, QHeaderView) else -1
        menu = QMenu(self._beneath)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if logical >= 0:
            name = self._model.listing.columns[logical].heading
            menu.addAction(f"筛选“{name}”…").triggered.connect(lambda: self._header.ask_filter(logical))
            menu.addAction(f"隐藏“{name}”").triggered.connect(lambda: self._hide(logical))
            places = self.shown()
            if logical in places:
                count = places.index(logical) + 1
                menu.addAction(f"冻结到“{name}”").triggered.connect(lambda: self._set_frozen(count))
            menu.addSeparator()
        menu.addAction("取消冻结").triggered.connect(lambda: self._set_frozen(0))
        menu.addAction("列设置…").triggered.connect(self.choose)
        menu.addAction("恢复默认列").triggered.connect(self.reset)
        menu.popup(self._header.mapToGlobal(at))

    def _hide(self, logical: int) -> None:
        if len(self.shown()) > 1:
            self._header.setSectionHidden(logical, True)
            self._freeze()
            self._keep()

    def _set_frozen(self, count: int) -> None:
        self.frozen = count
        self._freeze()
        self._keep()

    # -- remembering ---------------------------------------------------------------------------------------------

    @property
    def _memory(self) -> str:
        return f"columns/{self._model.listing.name}"

    def restore(self) -> None:
        """Columns as this operator left them, else as the program ships them; rows for the text size that is worn."""
        listing = self._model.listing
        kept = self._remembered.get(self._memory)
        known: dict[str, Any] = kept if isinstance(kept, dict) else {}
        widths, hidden = known.get("widths", {}), known.get("hidden")
        self.frozen = int(known.get("frozen", self._usual))
        metrics = self._beneath.fontMetrics()
        sign = metrics.horizontalAdvance("0")
        for view in (self._beneath, self.view):
            view.verticalHeader().setDefaultSectionSize(metrics.height() + _ROW_SPARE)
        self._quiet = True
        for logical, column in enumerate(listing.columns):
            wanted = widths.get(column.name) or max(
                column.width * sign + 16, metrics.horizontalAdvance(column.heading) + 36
            )
            self._header.resizeSection(logical, int(wanted))
            self._header.setSectionHidden(logical, column.hidden if hidden is None else column.name in hidden)
        names = [column.name for column in listing.columns]
        order = [name for name in known.get("order", names) if name in names]
        order += [name for name in names if name not in order]
        for place, name in enumerate(order):
            self._header.moveSection(self._header.visualIndex(names.index(name)), place)
        self._quiet = False
        self._freeze()

    def _keep(self) -> None:
        if self._quiet:
            return
        columns, header = self._model.listing.columns, self._header
        self._remembered.keep(
            self._memory,
            {
                "widths": {one.name: header.sectionSize(place) for place, one in enumerate(columns) if not header.isSectionHidden(place)},
                "hidden": [one.name for place, one in enumerate(columns) if header.isSectionHidden(place)],
                "order": [columns[header.logicalIndex(place)].name for place in range(len(columns))],
                "frozen": self.frozen,
            },
        )  # fmt: skip

    # -- the frozen ones -----------------------------------------------------------------------------------------

    @Slot(int, int, int)
    def _resized(self, logical: int, _old: int, new: int) -> None:
        if not self.header.isSectionHidden(logical):
            self.header.resizeSection(logical, new)
            self.place()
        self._keep()

    @Slot(int, int, int)
    def _frozen_resized(self, logical: int, _old: int, new: int) -> None:
        if new and self._header.sectionSize(logical) != new and not self.header.isSectionHidden(logical):
            self._header.resizeSection(logical, new)

    @Slot(int, int, int)
    def _moved(self, _logical: int, _old: int, _new: int) -> None:
        if not self._quiet:
            self._freeze()
            self._keep()

    def _freeze(self) -> None:
        """Show the first columns once more, over the others."""
        kept = set(self.shown()[: self.frozen])
        self.header.blockSignals(True)
        for place in range(self._header.count()):
            logical = self._header.logicalIndex(place)
            self.header.moveSection(self.header.visualIndex(logical), place)
            self.view.setColumnHidden(logical, logical not in kept)
            if logical in kept:
                self.header.resizeSection(logical, self._header.sectionSize(logical))
        self.header.blockSignals(False)
        self.place()

    @Slot()
    def place(self) -> None:
        """Where the frozen ones stand; over the words of an empty table they do not stand at all."""
        width = sum(self._header.sectionSize(one) for one in self.shown()[: self.frozen])
        for one in (self._header, self.header):
            one.setFixedHeight(self._beneath.fontMetrics().height() + _HEADER_SPARE)
        frame = self._beneath.frameWidth()
        self.view.setGeometry(
            frame + self._beneath.verticalHeader().width(),
            frame,
            width + 2,
            self._beneath.viewport().height() + self._header.height(),
        )
        self.view.setVisible(bool(self._model.ids) and width > 0)
