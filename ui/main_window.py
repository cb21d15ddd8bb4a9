"""The window of an opened office; the screens of the rooms come into it."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QMainWindow

from models.domain.permission import posts_text

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from app.desk import Desk


class MainWindow(QMainWindow):
    """An opened office. For now it says whose desk it is, and closes the office with itself."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self._desk = desk
        self.setWindowTitle(f"乡财一卡通 · {desk.operator.name}")
        self.resize(960, 600)
        said = QLabel(
            f"办公点：{desk.store.folder}\n"
            f"操作员：{desk.operator.name}（{posts_text(desk.operator.posts)}）\n"
            f"业务日期：{desk.day}\n\n"
            "这一版还没有业务画面，请用命令行办理：python -m app --help"
        )
        said.setMargin(28)
        self.setCentralWidget(said)

    def closeEvent(self, event: "QCloseEvent") -> None:  # noqa: N802  # Qt's name
        """Leave the desk: the office's database is closed with the window."""
        self._desk.store.close()
        super().closeEvent(event)
