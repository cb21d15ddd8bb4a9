"""The program's icon as PNG files in the sizes that Linux desktops ask for.

python icons.py DRAWING.SVG FOLDER NAME      FOLDER/hicolor/48x48/apps/NAME.png … and scalable/apps/NAME.svg
"""

import os
import shutil
import sys
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256)


def write_icons(drawing: Path, folder: Path, name: str) -> None:
    """Draw it in every size; the drawing itself goes beside them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(str(drawing))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        place = folder / "hicolor" / f"{size}x{size}" / "apps" / f"{name}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(place)):
            raise OSError(f"{place} could not be written")
    del application
    scalable = folder / "hicolor" / "scalable" / "apps" / f"{name}.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(drawing, scalable)


if __name__ == "__main__":
    write_icons(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
