"""A screen around one table: its toolbar acts, its sums, its export and print. Most rooms are one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from app.desk import Desk
from app.pages import Listing
from models.domain.permission import Permission
from ui.printing.sheets.listing import list_model
from ui.screens.screen import Screen
from ui.theme import Tone
from ui.widgets.paged_table import PagedTable
from ui.widgets.table_model import ToneOf

_MOST_PRINTED = 5_000


class ListScreen(Screen):
    """One table and what can be done with it; a subclass adds its acts and opens its rows."""

    def make_table(
        self,
        listing: Listing,
        *,
        tone_of: ToneOf | None = None,
        frozen: int = 1,
        empty: str = "这里还没有内容。",
    ) -> PagedTable:
        """A table whose sums stand in the status bar while it is the screen's."""
        table = PagedTable(self.office, listing, tone_of=tone_of, frozen=frozen, empty=empty)
        table.summed.connect(lambda text: self.set_sums(text) if self.table_now() is table else None)
        table.said.connect(self.bar.say)
        return table

    def table_now(self) -> PagedTable | None:
        """The table that F12, Ctrl+P and the column chooser mean."""
        return getattr(self, "table", None)

    def table_tools(self) -> list[QAction]:
        """Export, print, columns: the same everywhere."""
        may_export = self.office.may(Permission.EXPORT)
        return [
            self._tool_of("export", "导出", "download", "F12", self.export, enabled=may_export),
            self._tool_of("print", "打印", "printer", "Ctrl+P", self.print_table),
            self._tool_of("columns", "列设置", "columns-3", "", self.choose_columns),
        ]

    def _tool_of(
        self, name: str, words: str, picture: str, key: str, act: object, *, enabled: bool = True
    ) -> QAction:
        """An act made once and kept, because the frame asks for the tools again and again."""
        made: dict[str, QAction] = self.__dict__.setdefault("_made_tools", {})
        if name not in made:
            made[name] = self.tool(words, picture, key, act, enabled=enabled)
        made[name].setEnabled(enabled)
        return made[name]

    def tools(self) -> Sequence[QAction]:
        """What every table can do."""
        return self.table_tools()

    def do(self, words: str, work: Callable[[Desk], Any], told: Callable[[Any], str]) -> None:
        """Act at once; the outcome or the no is said in the bar."""
        self.bar.clear()
        self.office.act(
            words, work, done=lambda outcome: self.bar.say(told(outcome), Tone.GOOD),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD),
        )  # fmt: skip

    def chosen_or_say(self, table: PagedTable, what: str) -> int | None:
        """The current row's id; without one, a word about it."""
        chosen = table.current_id()
        if chosen is None:
            self.bar.say(f"请先在表中选中{what}。", Tone.CALM)
        return chosen

    @Slot()
    def choose_columns(self) -> None:
        """Open the column chooser."""
        if (table := self.table_now()) is not None:
            table.columns.choose()

    @Slot()
    def export(self) -> None:
        """Ask where, then write what is shown as a workbook; the export is logged."""
        table = self.table_now()
        if table is None:
            return
        name = f"{table.listing.title}-{self.office.today}.xlsx"
        chosen, _ = QFileDialog.getSaveFileName(
            self, "导出所见", str(Path.home() / name), "Excel 工作簿 (*.xlsx)"
        )
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, path: Path) -> None:
        """Write what is shown to `path`."""
        table = self.table_now()
        if table is None:
            return
        from app.access.use_cases import log_export
        from app.workbook.table_out import Shown, write_table

        columns = [table.listing.columns[one].name for one in table.columns.shown()]
        shown = Shown(table.listing, table.model.view, columns, True, table.conditions_text())

        def work(desk: Desk) -> int:
            log_export(desk, what=shown.listing.title, rows=table.rows)
            return write_table(desk, path=path, table=shown)

        self.office.act(
            f"导出{shown.listing.title}",
            work,
            done=lambda rows: self.bar.say(f"已导出 {rows:,} 行到 {path}", Tone.GOOD),
            refused=lambda sentence: self.bar.say(sentence, Tone.BAD, retry=lambda: self.export_to(path)),
        )

    @Slot()
    def print_table(self) -> None:
        """Preview the table on paper, as it is shown."""
        table = self.table_now()
        if table is None:
            return
        if table.rows > _MOST_PRINTED:
            self.bar.say(
                f"这张表有 {table.rows:,} 行，一次最多打印 {_MOST_PRINTED:,} 行。请先筛选，或按 F12 导出。",
                Tone.WARN,
            )
            return
        columns = table.columns.shown()
        model = list_model(
            title=f"{self.office.township}{table.listing.title}",
            headings=["序号", *(table.listing.columns[one].heading for one in columns)],
            figures=[True, *(table.listing.columns[one].is_figure for one in columns)],
            rows=[[str(n), *row] for n, row in enumerate(table.model.texts(range(table.rows), columns), 1)],
            conditions=table.conditions_text(),
            totals=table.sums_text().replace("   ", "，"),
        )
        self.preview_sheets([model])
