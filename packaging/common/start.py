"""Where a frozen program starts: the desktop, or by the name of xiangcai-cli (or with --command first) the headless commands."""

import sys
from pathlib import Path

HEADLESS = "xiangcai-cli"
COMMAND = "--command"


def main() -> int:
    """Run what is asked for; gives its exit code. Neither loads what only the other needs."""
    if sys.argv[1:2] == [COMMAND]:
        del sys.argv[1]
    elif Path(sys.argv[0]).stem != HEADLESS:
        from ui.__main__ import main as show_desktop

        return show_desktop()
    from app.__main__ import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
