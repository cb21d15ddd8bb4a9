"""核对栏目: what each column of the workbook is taken for, on the real rows; a column chosen otherwise is remembered."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.intake.listings import FORMS, SheetLook
from ui.theme import Tone, colour
from ui.widgets.column_grid import ColumnGrid
from ui.widgets.facts import quiet

_SHOWN = 24


class ColumnsPage(QWidget):
    """`remapped` says that a column was chosen otherwise and the workbook must be looked at again."""

    remapped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mapping: dict[str, str] = {}
        self.looks: Sequence[SheetLook] = ()
        self._kind = "people"
        self.sheet = QComboBox()
        self.sheet.currentIndexChanged.connect(self._show_sheet)
        self.said = QLabel()
        self.said.setWordWrap(True)
        top = QHBoxLayout()
        words = QLabel("工作表(&S)")
        words.setBuddy(self.sheet)
        top.addWidget(words)
        top.addWidget(self.sheet)
        top.addWidget(self.said, 1)
        self.grid = ColumnGrid()
        self.grid.chosen.connect(self._chosen)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(top)
        box.addWidget(
            quiet(
                "第一行选这一列是什么；认错了就改，改过的会记住，下次同样的表自动认。绿色是表头行，下面是原表。"
            )
        )
        box.addWidget(self.grid, 1)

    def fill(self, kind: str, looks: Sequence[SheetLook], mapping: Mapping[str, str]) -> None:
        """Show how the sheets are read."""
        self._kind, self.looks, self.mapping = kind, looks, dict(mapping)
        here = self.sheet.currentIndex()
        self.sheet.blockSignals(True)
        self.sheet.clear()
        for look in looks:
            rows = f"（约 {look.expected_rows:,} 行）" if look.expected_rows else ""
            self.sheet.addItem(f"{look.name}{rows}")
        self.sheet.setCurrentIndex(here if 0 <= here < len(looks) else 0)
        self.sheet.blockSignals(False)
        self._show_sheet(self.sheet.currentIndex())

    @property
    def missing(self) -> list[str]:
        """What is needed and no column of any sheet is."""
        if any(not look.missing for look in self.looks):
            return []
        return list(self.looks[0].missing) if self.looks else []

    @Slot(int)
    def _show_sheet(self, place: int) -> None:
        if not 0 <= place < len(self.looks):
            self.grid.fill({}, (), (), {}, ())
            self.said.setText("这个文件里没有认得出表头的工作表。")
            return
        look = self.looks[place]
        missing = "、".join(f"“{one}”" for one in look.missing)
        self.said.setText(
            f"表头在第 {look.first} 行" if not missing else f"缺少{missing}，请在第一行指明是哪一列"
        )
        self.said.setStyleSheet("" if not missing else f"color: {colour(Tone.BAD).name()}")
        form = FORMS[self._kind]
        wanted = dict.fromkeys([*(name for one in form.needed for name in one), *form.optional])
        choices = [(name, form.fields[name].title) for name in wanted]
        self.grid.fill(
            {column.place: column.letters for column in look.columns},
            look.rows[:_SHOWN],
            range(look.first, look.last + 1),
            {column.place: column.field for column in look.columns},
            choices,
            fixed=[column.place for column in look.columns if not column.heading],
        )

    @Slot(int, str)
    def _chosen(self, place: int, field: str) -> None:
        look = self.looks[self.sheet.currentIndex()]
        heading = next(column.heading for column in look.columns if column.place == place)
        if field:
            # a field is one column's: whichever had it before is left out
            for column in look.columns:
                if column.field == field and column.heading != heading:
                    self.mapping[column.heading] = ""
        self.mapping[heading] = field
        self.remapped.emit()
