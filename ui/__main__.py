"""`python -m ui [DIR]`: the desktop. Puts the parts together; what is heavy is imported when it is first needed."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from models.domain.refusal import WorldError
from ui.theme import dress
from ui.window.entrance import Entrance

WORLD_FAILED = 3


def start(arguments: Sequence[str]) -> tuple[QApplication, Entrance]:
    """Make the application and show its first window; the first argument may name an office's folder.

    Raises NoChineseFont and NoChineseTexts.
    """
    application = QApplication([*sys.argv[:1], *arguments])
    application.setApplicationName("xiangcai")
    dress(application)
    return application, Entrance(Path(arguments[0]) if arguments else None)


def main() -> int:
    """Run the desktop until its last window is closed; gives the exit code (3: the machine lacks something)."""
    try:
        application, _entrance = start(sys.argv[1:])
    except WorldError as fault:
        print(fault.sentence, file=sys.stderr)
        return WORLD_FAILED
    from ui.failures import catch_all, open_log

    open_log()
    catch_all()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
