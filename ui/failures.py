"""What the window does with what nobody expected: the log, and the crash dialog.

A refusal or a fault of the machine is a sentence and is shown in its screen; only our own mistakes come here.
"""

import logging
import re
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

SENTENCE = "刚才的操作没有保存，已有数据不受影响。"
_LONG_NUMBER = re.compile(r"\d{8,}[\dXx]?")
_LOG = logging.getLogger("xiangcai")


class _Masked(logging.Formatter):
    """Numbers as long as an account or an ID never reach the log whole."""

    def format(self, record: logging.LogRecord) -> str:
        return _LONG_NUMBER.sub(
            lambda found: "*" * (len(found[0]) - 4) + found[0][-4:], super().format(record)
        )


def open_log(folder: Path) -> Path:
    """Write the log into a rotating file; gives its path. A folder that cannot be written leaves the log to stderr."""
    path = folder / "xiangcai.log"
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(_Masked("%(asctime)s %(levelname)s %(message)s"))
    _LOG.addHandler(handler)
    return path


class CrashDialog(QDialog):
    """Our mistake, said calmly: nothing was lost, and what to send to whoever mends it."""

    def __init__(self, fault: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("程序出错")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 300)
        said = QLabel(
            f"<b>程序出了错，{SENTENCE}</b><br>可以继续使用。请按“复制”，把下面的内容发给维护人员。"
        )
        said.setWordWrap(True)
        self.trace = QPlainTextEdit(_LONG_NUMBER.sub("****", "".join(traceback.format_exception(fault))))
        self.trace.setReadOnly(True)
        self.copy = QPushButton("复制(&C)")
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.go_on = QPushButton("继续使用(&O)")
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.go_on)
        column = QVBoxLayout(self)
        column.addWidget(said)
        column.addWidget(self.trace)
        column.addLayout(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.trace.toPlainText())
        self.copy.setText("已复制")


_OPEN: set[CrashDialog] = set()
"""Dialogs that stand open: nobody else holds one whose window is gone."""


def show_crash(fault: BaseException, parent: QWidget | None = None) -> CrashDialog:
    """Write a fault into the log and show it; the window goes on."""
    _LOG.error("".join(traceback.format_exception(fault)))
    dialog = CrashDialog(fault, parent)
    _OPEN.add(dialog)
    dialog.finished.connect(lambda _how: _OPEN.discard(dialog))
    dialog.open()
    return dialog


def catch_all(parent: QWidget | None = None) -> None:
    """From now on an exception that nobody caught is shown, never silently lost."""

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, fault, trace)
            return
        show_crash(fault.with_traceback(trace), parent)

    sys.excepthook = hook
