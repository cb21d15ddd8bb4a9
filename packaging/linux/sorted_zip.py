"""Puts a zip's members into the order of their names: PyInstaller writes base_library.zip in no fixed one.

python sorted_zip.py ARCHIVE.ZIP
"""

import io
import sys
import zipfile
from pathlib import Path


def put_in_order(archive: Path) -> None:
    """Write the archive anew, members sorted, everything else as it was."""
    made = io.BytesIO()
    with zipfile.ZipFile(archive) as before, zipfile.ZipFile(made, "w") as after:
        for member in sorted(before.infolist(), key=lambda one: one.filename):
            after.writestr(member, before.read(member))
    archive.write_bytes(made.getvalue())


if __name__ == "__main__":
    put_in_order(Path(sys.argv[1]))
