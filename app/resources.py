"""Where the files that ship with the program are."""

import sys
from pathlib import Path


def resource(name: str) -> Path:
    """The path of a shipped file or folder under `resources/`, in the source tree as in a packed program.

    A packed program unfolds its resources beside itself and says where in `sys._MEIPASS`.
    """
    root = getattr(sys, "_MEIPASS", None)
    base = Path(root) if root is not None else Path(__file__).resolve().parents[1]
    return base / "resources" / name
