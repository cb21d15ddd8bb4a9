"""`python -m app COMMAND …`: the headless commands. A frozen program reads workbooks in a second process of itself."""

import sys

from app.workbook.process.reader import PROCESS_ARGUMENT


def main() -> int:
    """Serve as the reading process when told to, else run one command; gives the exit code."""
    if sys.argv[1:] == [PROCESS_ARGUMENT]:
        from app.workbook.process.reader_process import main as read_workbooks

        read_workbooks()
        return 0
    from app.cli import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
