"""What is being done now: its name, how far, how fast, how long yet, and a cancel that works. It appears only when an act
takes longer than a blink, and leaves the window usable.
"""

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from ui.jobs import Lane

_APPEARS_AFTER = 0.4
_LOOK_EVERY_MS = 150


class WorkStrip(QFrame):
    """A strip above the status bar, polled from the lane."""

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setProperty("tone", "calm")
        self._lane = lane
        self.words = QLabel()
        self.meter = QProgressBar()
        self.meter.setTextVisible(False)
        self.meter.setFixedWidth(260)
        self.figures = QLabel()
        self.cancel = QPushButton("取消")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.addWidget(self.words)
        row.addWidget(self.meter)
        row.addWidget(self.figures, 1)
        row.addWidget(self.cancel)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        lane.began.connect(self._timer.start)
        self.hide()

    @Slot()
    def _look(self) -> None:
        job = self._lane.job
        if job is None:
            self._timer.stop()
            self.hide()
            return
        if job.seconds < _APPEARS_AFTER:
            return
        progress = job.progress
        self.words.setText(f"正在{job.words}")
        self.meter.setRange(0, progress.total)
        self.meter.setValue(progress.done)
        self.figures.setText(self._figures(progress.done, progress.total, job.seconds))
        self.cancel.setEnabled(not progress.cancel)
        self.cancel.setText("正在取消…" if progress.cancel else "取消")
        self.show()

    @staticmethod
    def _figures(done: int, total: int, seconds: float) -> str:
        if not done or seconds <= 0:
            return ""
        rate = done / seconds
        text = f"{done:,} 行，每秒 {rate:,.0f} 行"
        if total > done:
            text = f"{done:,}／{total:,} 行，每秒 {rate:,.0f} 行，还需约 {max(1, round((total - done) / rate)):,} 秒"
        return text

    @Slot()
    def _cancel(self) -> None:
        if (job := self._lane.job) is not None:
            job.progress.cancel = True
