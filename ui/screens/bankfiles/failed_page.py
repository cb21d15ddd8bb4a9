"""失败与退票: what the bank did not pay, by when it is to be put right, what to do, and 补发 in one step."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pages import Between, Chosen, Column, Filter, View, sums_of
from app.returns.listings import failed_payments
from models.domain.money import Fen, yuan_text
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import heading
from ui.widgets.paged_table import PagedTable
from ui.widgets.tiles import Tile, Tiles


class FailedPage(QWidget):
    """The basket, its counts above it."""

    def __init__(self, office: Office, table: PagedTable) -> None:
        super().__init__()
        self.office = office
        self.table = table
        self.words = heading("")
        self.tiles = Tiles()
        self.tiles.chosen.connect(self._filter)
        row = QHBoxLayout()
        row.addWidget(self.words)
        row.addWidget(self.tiles, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addLayout(row)
        box.addWidget(table, 1)

    def load(self) -> None:
        """Read the basket and its clock anew."""
        listing = failed_payments(self.office.store)
        filters = {name: self._filters(name) for name in ("late", "today", "soon", "mended", "same")}

        def count(name: str) -> int:
            return sums_of(self.office.store, listing, View(filters=tuple(filters[name]))).rows

        counts = {name: count(name) for name in filters}
        total = sums_of(self.office.store, listing)
        self.words.setText(f"{total.rows:,} 笔　{yuan_text(Fen(total.sums['owed_fen'][0]))} 元")
        named = (
            ("late", "已逾期", Tone.BAD),
            ("today", "今天到期", Tone.WARN),
            ("soon", "还在三天内", Tone.CALM),
            ("mended", "账户已更新，可补发", Tone.GOOD),
            ("same", "账户还没更新", Tone.WARN),
        )
        self.tiles.fill(
            [
                Tile(name, words, f"{counts[name]:,}", tone if counts[name] else Tone.MUTED)
                for name, words, tone in named
            ]
        )
        self.table.load(listing, View(filters=tuple(filters[self.tiles.now]) if self.tiles.now else ()))

    def _filters(self, name: str) -> Sequence[Filter]:
        today = self.office.today
        known: dict[str, Sequence[Filter]] = {
            "late": [Between("due_on", "0", (today - timedelta(days=1)).isoformat())],
            "today": [Chosen("due_on", (today.isoformat(),))],
            "soon": [Between("due_on", (today + timedelta(days=1)).isoformat())],
            "mended": [Chosen("mended", ("new",))],
            "same": [Chosen("mended", ("same", "none"))],
        }
        return known[name]

    @Slot(str)
    def _filter(self, _name: str) -> None:
        self.load()

    def tone_of(self, column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
        """A day that is over is red, today's is yellow; an account that is as it was is yellow."""
        today = self.office.today.isoformat()
        if column.name == "due_on" and value:
            return Tone.BAD if value < today else Tone.WARN if value == today else None
        if column.name == "mended":
            return Tone.GOOD if value == "new" else Tone.WARN
        return None
