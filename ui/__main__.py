"""`python -m ui [DIR]`: the desktop. Puts the parts together; what is heavy is imported when it is first needed."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from models.domain.refusal import WorldError
from ui.screens.access.login import LoginWindow
from ui.theme import dress

if TYPE_CHECKING:
    from app.desk import Desk

WORLD_FAILED = 3


def open_desk(folder: Path, operator: str, password: str) -> "Desk":
    """Open the office and sit its operator down.

    Raises NoOffice, NoSlot, WrongPassword, NotAnOperator and the store's other refusals.
    """
    from app.access.queries import sit_down
    from models.store.opening import open_office

    store = open_office(folder, operator, password)
    try:
        return sit_down(store, operator, datetime.now())
    except BaseException:
        store.close()
        raise


def start(arguments: Sequence[str]) -> tuple[QApplication, LoginWindow]:
    """Make the application and show the log-in window; the first argument may name an office's folder.

    Raises NoChineseFont and NoChineseTexts.
    """
    application = QApplication([*sys.argv[:1], *arguments])
    application.setApplicationName("xiangcai")
    dress(application)
    window = LoginWindow(open_desk, Path(arguments[0]) if arguments else None)
    alive: list[QWidget] = []

    def show_office(desk: "Desk") -> None:
        from ui.main_window import MainWindow

        alive.append(MainWindow(desk))
        alive[-1].show()
        window.close()

    window.opened.connect(show_office)
    window.show()
    return application, window


def main() -> int:
    """Run the desktop until its last window is closed; gives the exit code (3: the machine lacks something)."""
    try:
        application, _window = start(sys.argv[1:])
    except WorldError as fault:
        print(fault.sentence, file=sys.stderr)
        return WORLD_FAILED
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
