"""A tab of 档案: one table or page, with acts of its own in the toolbar row and papers that can be looked at, printed and saved."""

from pathlib import Path

from PySide6.QtCore import Slot

from app.archive.opened import open_copy
from app.pages import Listing
from app.reports.sheet_model import SheetModel
from models.domain.permission import Permission
from models.store.opening import Store
from ui.screens.list_screen import ListScreen
from ui.screens.tab import Tab
from ui.system_programs import open_with_system
from ui.theme import Tone
from ui.widgets.paged_table import PagedTable
from ui.widgets.table_model import ToneOf


class ArchiveTab(Tab):
    """What the tabs of 档案 do alike: a table of their own, what is chosen in it, papers looked at and saved, files opened."""

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        self.table: PagedTable | None = None

    @property
    def store(self) -> Store:
        """The office, for reading."""
        return self.office.store

    def make_table(self, listing: Listing, *, empty: str, tone_of: ToneOf | None = None) -> PagedTable:
        """The tab's own table."""
        self.table = self.holder.make_table(listing, tone_of=tone_of, frozen=1, empty=empty)
        return self.table

    def may(self) -> bool:
        """Whether the operator keeps the archive."""
        return self.office.may(Permission.ARCHIVE)

    def chosen(self, what: str = "一个案卷") -> int | None:
        """The current row's id; without one, a word about it."""
        return None if self.table is None else self.holder.chosen_or_say(self.table, what)

    def picked(self, what: str = "案卷") -> list[int]:
        """The ids of the rows that are selected, the current one where none is; none is said."""
        if self.table is None:
            return []
        found = self.table.selected_ids() or [one for one in [self.table.current_id()] if one is not None]
        if not found:
            self.bar.say(f"请先在表中选中{what}。", Tone.CALM)
        return found

    # -- papers ----------------------------------------------------------------------------------------------------

    def show_papers(self, sheets: list[SheetModel]) -> None:
        """The papers as they will be printed; from there to a printer or a PDF."""
        self.holder.preview_sheets(sheets)

    # -- files -----------------------------------------------------------------------------------------------------

    def open_file(self, sha256: str) -> None:
        """Open a kept file with the system's program; what it gets is a copy that goes away with this window."""
        self.bar.clear()
        self.office.act(
            "打开文件", lambda desk: open_copy(desk, sha256=sha256), done=self._opened,
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD),
        )  # fmt: skip

    @Slot(object)
    def _opened(self, path: Path) -> None:
        if open_with_system(path):
            self.bar.say(f"已打开 {path.name}。这是只读的副本，退出程序时自动删除。", Tone.CALM)
        else:
            self.bar.say(
                f"电脑上没有能打开“{path.name}”的程序。请用“另存”存出来，在别的电脑上打开。", Tone.WARN
            )

    def text_of(self, column: str) -> str:
        """What the current row says in a column, '' where no row is chosen."""
        if self.table is None:
            return ""
        row = self.table.view.currentIndex().row()
        place = [one.name for one in self.table.listing.columns].index(column)
        values = self.table.model.row_values(row) if row >= 0 else None
        return "" if values is None or values[place] is None else str(values[place])
