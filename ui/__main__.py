"""`python -m ui [DIR]`: the desktop. Puts the parts together; what is heavy is imported when it is first needed."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMessageBox

from app.places import places
from models.domain.refusal import WorldError
from ui.input_method.choosing import Way, prepare
from ui.screen_fit import fitting_application
from ui.theme import NoChineseFont, dress
from ui.window.entrance import Entrance

WORLD_FAILED = 3
DESKTOP_ID = "org.xiangcai.yikatong"
"""The installed desktop entry's name, by which a Wayland desktop finds the window's icon."""


def start(arguments: Sequence[str]) -> tuple[QApplication, Entrance]:
    """Make the application and show its first window; the first argument may name an office's folder.

    Raises NoChineseFont and NoChineseTexts.
    """
    way = prepare()
    application = fitting_application(lambda: QApplication([*sys.argv[:1], *arguments]))
    if way is Way.OWN:
        from ui.input_method.fcitx import connect

        connect(application)
    application.setApplicationName("xiangcai")
    application.setDesktopFileName(DESKTOP_ID)
    dress(application)
    return application, Entrance(Path(arguments[0]) if arguments else None)


def main() -> int:
    """Run the desktop until its last window is closed; gives the exit code (3: the machine lacks something).

    `print …` writes a PDF instead and opens no window.
    """
    if sys.argv[1:2] == ["print"]:
        from ui.printing.command import main as print_headless

        return print_headless(sys.argv[1:])
    try:
        application, _entrance = start(sys.argv[1:])
    except WorldError as fault:
        _tell(fault)
        return WORLD_FAILED
    from ui.failures import catch_all, open_log

    open_log(places().log)
    catch_all()
    return application.exec()


def _tell(fault: WorldError) -> None:
    """Say why there is no window: on the console, and in a box where the program was started by a click and has none."""
    print(fault.sentence, file=sys.stderr)
    if getattr(sys, "frozen", False):
        # without a Chinese font the sentence is a row of boxes, so it is said in English as well
        english = "This computer has no Chinese font. Please install one and start the program again."
        words = f"{fault.sentence}\n\n{english}" if isinstance(fault, NoChineseFont) else fault.sentence
        QMessageBox(QMessageBox.Icon.Critical, "XiangCai", words).exec()


if __name__ == "__main__":
    sys.exit(main())
