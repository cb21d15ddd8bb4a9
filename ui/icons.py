"""Icons (Tabler, MIT), tinted with a colour of the palette and sharp at any size."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.resources import resource

_SIZES = (16, 20, 24, 32, 48)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """The icon `name` of resources/icons in `colour`, the text's colour where none is given."""
    chosen = colour or QApplication.palette().color(QPalette.ColorRole.WindowText)
    return _tinted(name, chosen.name())


@cache
def _tinted(name: str, colour: str) -> QIcon:
    drawing = resource("icons").joinpath(f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
    made = QIcon()
    for size in _SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        made.addPixmap(picture)
    return made
