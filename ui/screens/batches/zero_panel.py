"""零差异: owed = every bucket's sum, by count and by yuan, always in sight; and what is next, and what stands in its way."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.batches.queries import BatchView
from models.domain.buckets import BUCKET_NAMES, OPEN_BUCKETS, Bucket, Tally, identity_difference, total
from models.domain.money import yuan_text
from ui.theme import Tone, colour
from ui.widgets.facts import heading, quiet

_TONES = {
    Bucket.PAID: Tone.GOOD,
    Bucket.FAILED: Tone.BAD,
    Bucket.RETURNED: Tone.BAD,
    Bucket.STOPPED: Tone.WARN,
}


class ZeroPanel(QFrame):
    """A narrow card at the right of a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._fit()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(5)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.next_title = heading("")
        self.next_words = quiet("")
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(8)
        box.addWidget(heading("资金去向", 1.1))
        box.addLayout(self.grid)
        box.addWidget(self.verdict)
        box.addSpacing(10)
        box.addWidget(self.next_title)
        box.addWidget(self.next_words)
        box.addStretch()

    def _fit(self) -> None:
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("关闭未付　99,999　99,999,999.00") + 58)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def fill(self, view: BatchView) -> None:
        """Show a batch's money."""
        while self.grid.count():
            self.grid.takeAt(0).widget().deleteLater()
        owed = Tally(view.line.payments, view.line.owed_fen)
        self._row(0, quiet(""), "笔数", "金额（元）", None, bold=False)
        self._row(1, heading("应发"), f"{owed.payments:,}", yuan_text(owed.fen), None, bold=True)
        row = 2
        for bucket in Bucket:
            tally = view.buckets[bucket]
            tone = _TONES.get(bucket) if tally.payments else Tone.MUTED
            name = QLabel(BUCKET_NAMES[bucket])
            self._row(row, name, f"{tally.payments:,}", yuan_text(tally.fen), tone, bold=False)
            row += 1
        found = total(view.buckets)
        self._row(row, heading("合计"), f"{found.payments:,}", yuan_text(found.fen), None, bold=True)
        difference = identity_difference(owed, view.buckets)
        if difference.payments or difference.fen:
            self._say(
                f"✕ 差 {difference.payments} 笔、{yuan_text(difference.fen)} 元，请立即运行系统体检", Tone.BAD
            )
        else:
            still = sum(view.buckets[bucket].payments for bucket in OPEN_BUCKETS)
            self._say("✓ 零差异" + (f"，还有 {still:,} 笔没有了结" if still else "，全部了结"), Tone.GOOD)

    def say_next(self, title: str, words: str) -> None:
        """What comes next, and what stands in its way."""
        self.next_title.setText(title)
        self.next_words.setText(words)

    def _say(self, words: str, tone: Tone) -> None:
        self.verdict.setText(words)
        self.verdict.setStyleSheet(f"color: {colour(tone).name()}; font-weight: bold")

    def _row(self, row: int, name: QWidget, count: str, fen: str, tone: Tone | None, *, bold: bool) -> None:
        self.grid.addWidget(name, row, 0)
        labels: list[QWidget] = [name]
        for column, text in enumerate((count, fen), 1):
            label = QLabel(text)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            font = label.font()
            font.setBold(bold)
            label.setFont(font)
            self.grid.addWidget(label, row, column)
            labels.append(label)
        if tone is not None:
            for one in labels:
                one.setStyleSheet(f"color: {colour(tone).name()}")
