"""回盘: the bank's answer dropped in; what came of each line, in words and in tone; the files that came before."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.changes import Changes
from app.desk import Desk
from app.pages import Chosen, Column, View, sums_of
from app.returns.belonging import SeveralBatchesFit
from app.returns.listings import OUTCOME_NAMES, RETURN_LINES, waiting_batches
from app.returns.use_cases import post_return
from models.domain.permission import Permission
from ui.office import Office
from ui.theme import Tone
from ui.widgets.drop_area import DropArea
from ui.widgets.facts import heading, quiet
from ui.widgets.paged_table import PagedTable
from ui.widgets.splits import one_over_other
from ui.widgets.tiles import Tile, Tiles

_ANSWERS = "回盘文件 (*.xlsx *.xls *.txt *.csv *.htm *.html);;所有文件 (*)"
TONES = {
    "paid": Tone.GOOD,
    "failed": Tone.BAD,
    "waiting": Tone.WARN,
    "unknown": Tone.BAD,
    "already_posted": Tone.MUTED,
}
NO_FILE = RETURN_LINES.among("l.return_id = ?", 0)


def line_tone(column: Column, value: Any, values: tuple[Any, ...]) -> Tone | None:
    """Green is certain, yellow is to be confirmed, red failed or is nobody's; the words beside it say the same."""
    if column.name == "outcome":
        return TONES.get(str(value))
    return Tone.MUTED if values[1] == "already_posted" else None


class ReturnsPage(QWidget):
    """`said` carries a sentence for the screen's bar with its tone and what to try again."""

    said = Signal(str, object, object)

    def __init__(self, office: Office, returns: PagedTable, lines: PagedTable) -> None:
        super().__init__()
        self.office = office
        self.table = returns
        self.lines = lines
        self.drop = DropArea(
            "把银行的回盘文件拖到这里",
            "工作簿、文本都可以。对得上的自动登记；对不上的留着，由人确认。",
            "选择文件(&O)…",
        )
        self.drop.setEnabled(office.may(Permission.POST_RETURN))
        self.drop.dropped.connect(self.post)
        self.drop.asked.connect(self.pick)
        self.batch = QComboBox()
        self.batch.setMinimumContentsLength(34)
        belongs = QVBoxLayout()
        belongs.addWidget(quiet("属于哪个批次"))
        belongs.addWidget(self.batch)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.drop, 1)
        top.addLayout(belongs)
        self.verdict = heading("")
        self.tiles = Tiles()
        self.tiles.chosen.connect(self._filter)
        self.table.chosen.connect(self.show_return)
        below = QWidget()
        box = QVBoxLayout(below)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.verdict)
        row.addWidget(self.tiles, 1)
        box.addLayout(row)
        box.addWidget(self.lines, 1)
        split = one_over_other(self.table, below, (150, 360), grows=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(split, 1)

    def load(self) -> None:
        """The batches that wait, the files that came, and the file that is current."""
        self.table.load()
        chosen = self.batch.currentData()
        self.batch.clear()
        self.batch.addItem("按文件内容判断", None)
        for one in waiting_batches(self.office.store):
            self.batch.addItem(f"{one.number} {one.program}（在途 {one.payments:,} 笔）", one.id)
        self.batch.setCurrentIndex(max(0, self.batch.findData(chosen)))
        if self.table.rows and self.table.current_id() is None:
            self.table.go_to_row(0)
        self.show_return(self.table.current_id())

    def choose_batch(self, batch: int) -> None:
        """The next file belongs to this batch."""
        self.batch.setCurrentIndex(max(0, self.batch.findData(batch)))

    @Slot(object)
    def show_return(self, one: object) -> None:
        """Show the lines of an answer, and how many came to what."""
        if not isinstance(one, int):
            self.verdict.setText("")
            self.tiles.fill([])
            self.lines.load(NO_FILE)
            return
        listing = RETURN_LINES.among("l.return_id = ?", one)
        counts = {
            name: sums_of(self.office.store, listing, View(filters=(Chosen("outcome", (name,)),))).rows
            for name in OUTCOME_NAMES
        }
        total = sum(counts.values())
        self.verdict.setText(f"{total:,} 行")
        self.tiles.clear_choice()
        self.tiles.fill(
            [
                Tile(name, words, f"{counts[name]:,}", TONES[name] if counts[name] else Tone.MUTED)
                for name, words in OUTCOME_NAMES.items()
            ]
        )
        self.lines.load(listing, View())

    @Slot(str)
    def _filter(self, name: str) -> None:
        if name:
            self.lines.set_filters(Chosen("outcome", (name,)))
        else:
            self.lines.clear_filters()

    @Slot()
    def pick(self) -> None:
        """Pick the bank's answer."""
        chosen, _ = QFileDialog.getOpenFileName(self, "选择银行回盘文件", str(Path.home()), _ANSWERS)
        if chosen:
            self.post(Path(chosen))

    @Slot(object)
    def post(self, path: Path) -> None:
        """Take the bank's answer in; the same file again adds nothing."""
        batch = self.batch.currentData()

        def work(desk: Desk) -> Changes | SeveralBatchesFit:
            try:
                return post_return(desk, path=path, batch_id=batch)
            except SeveralBatchesFit as unsure:
                return unsure

        def finished(done: Changes | SeveralBatchesFit) -> None:
            if isinstance(done, SeveralBatchesFit):
                self.said.emit(
                    f"“{path.name}”与{done.facts['batches']}都对得上。请在“属于哪个批次”里选定，再按“重试”。",
                    Tone.WARN,
                    lambda: self.post(path),
                )
                self.batch.setFocus()
                return
            self._say_posted(path, done.answer)
            self.batch.setCurrentIndex(0)
            if not self.table.go_to_id(int(str(done.answer["return"]))):
                self.load()

        self.office.act(
            f"登记回盘 {path.name}", work, done=finished,
            refused=lambda no: self.said.emit(no, Tone.BAD, lambda: self.post(path)),
        )  # fmt: skip

    def _say_posted(self, path: Path, answer: Mapping[str, Any]) -> None:
        if answer["already_posted"] == answer["lines"]:
            words = f"“{path.name}”以前已经登记过（批次 {answer['number']}），没有重复登记。"
            if others := answer.get("other_batches_waiting"):
                words += f"如果它是 {'、'.join(others)} 的回盘，请在“属于哪个批次”里选定后再拖一次。"
            self.said.emit(words, Tone.CALM, None)
            return
        words = (
            f"批次 {answer['number']} 回盘已登记：成功 {answer['paid']:,} 笔，失败 {answer['failed']:,} 笔"
        )
        if answer["unmatched"]:
            words += f"，{answer['unmatched']:,} 行对不上，请逐行按 F2 确认"
        if answer["failed"]:
            words += "；失败的到“失败与退票”里更正补发"
        quiet_end = not answer["failed"] and not answer["unmatched"]
        self.said.emit(words + "。", Tone.GOOD if quiet_end else Tone.WARN, None)
