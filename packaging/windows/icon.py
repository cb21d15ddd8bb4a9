"""The program's icon for Windows: the drawing at the sizes that Windows asks for, each a PNG, in one .ico.

python icon.py DRAWING.SVG ICON.ICO
"""

import os
import struct
import sys
from pathlib import Path
from typing import Final

SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 256)


def pictures(drawing: Path) -> list[bytes]:
    """The drawing as PNG, one for every size."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice, QRectF
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(str(drawing))
    found = []
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")  # type: ignore[call-overload]
        found.append(bytes(buffer.data().data()))
    del application
    return found


def icon_file(drawings: list[bytes]) -> bytes:
    """The bytes of an .ico with these pictures."""
    head = struct.pack("<HHH", 0, 1, len(drawings))
    place = len(head) + 16 * len(drawings)
    entries = b""
    for size, drawing in zip(SIZES, drawings, strict=True):
        side = size % 256  # 256 is written as 0
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(drawing), place)
        place += len(drawing)
    return head + entries + b"".join(drawings)


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(icon_file(pictures(Path(sys.argv[1]))))
