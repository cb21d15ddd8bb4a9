"""Two widgets that share a place, with a border between them that the operator can move."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget


def side_by_side(left: QWidget, right: QWidget, widths: tuple[int, int], *, grows: int = 0) -> QSplitter:
    """Two beside each other, so wide in the smallest window; what room there is more goes to the first, or to the second (1)."""
    return _split(Qt.Orientation.Horizontal, left, right, widths, grows)


def one_over_other(upper: QWidget, lower: QWidget, heights: tuple[int, int], *, grows: int = 0) -> QSplitter:
    """Two over each other, in the same way."""
    return _split(Qt.Orientation.Vertical, upper, lower, heights, grows)


def _split(
    orientation: Qt.Orientation, first: QWidget, second: QWidget, sizes: tuple[int, int], grows: int
) -> QSplitter:
    split = QSplitter(orientation)
    split.addWidget(first)
    split.addWidget(second)
    split.setStretchFactor(grows, 1)
    split.setChildrenCollapsible(False)
    split.setSizes(sizes)
    return split
