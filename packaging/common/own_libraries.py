"""Runs first in a frozen program: our libraries are for ourselves.

The starter tells the loader through LD_LIBRARY_PATH where our libraries are. The loader has read it by now; what the program
starts next (the system's own spreadsheet, its PDF reader) must find the system's libraries and not ours.
"""

import os

_HERE = "LD_LIBRARY_PATH"

if (before := os.environ.pop(f"{_HERE}_ORIG", None)) is not None:
    os.environ[_HERE] = before
else:
    os.environ.pop(_HERE, None)
