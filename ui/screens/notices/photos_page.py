"""Photos of the list on its wall: dropped or picked, kept as they are, shown small; one is opened large."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.desk import Desk
from app.notices.photos import PhotoView, photo_bytes, photos_of
from models.domain.permission import Permission
from ui.office import Office
from ui.widgets.drop_area import DropArea
from ui.widgets.facts import quiet

_SMALL = QSize(168, 126)
_FORMS = "照片 (*.jpg *.jpeg *.png)"


class PhotosPage(QWidget):
    """`taken` carries the path of a new photo; the screen asks for its village and keeps it."""

    taken = Signal(object)
    counted = Signal(int)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.batch = 0
        self.drop = DropArea("把现场照片拖到这里", "jpg、png，存进批次案卷，存了就不能改。", "选择照片(&H)…")
        self.drop.dropped.connect(self.taken)
        self.drop.asked.connect(self.pick)
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setIconSize(_SMALL)
        self.list.setSpacing(8)
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(self._open)
        self.nothing = quiet("还没有照片。名单贴上墙以后拍一张，从手机传到电脑，拖到上面。")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(self.drop)
        box.addWidget(self.nothing)
        box.addWidget(self.list, 1)

    def show_batch(self, batch: int, *, posted: bool) -> None:
        """The photos of a batch's notices; they are read beside the window's work."""
        self.batch = batch
        self.list.clear()
        self.drop.setEnabled(posted and self.office.may(Permission.PUBLICIZE))
        self._photos = photos_of(self.office.store, batch) if batch else []
        self.nothing.setVisible(not self._photos)
        self.list.setVisible(bool(self._photos))
        self.counted.emit(len(self._photos))
        if self._photos:
            self.office.read("读取照片", self._small_ones, lambda made: self._show(batch, made))

    _photos: Sequence[PhotoView] = ()

    def _small_ones(self, desk: Desk) -> list[tuple[PhotoView, QImage]]:
        return [(one, _small(photo_bytes(desk.store, one))) for one in self._photos]

    def _show(self, batch: int, made: list[tuple[PhotoView, QImage]]) -> None:
        if batch != self.batch:
            return
        self.list.clear()
        for photo, image in made:
            words = f"{photo.taken_on} {photo.place}".strip()
            line = QListWidgetItem(QIcon(QPixmap.fromImage(image)), words)
            line.setToolTip(photo.name)
            self.list.addItem(line)

    @Slot()
    def pick(self) -> None:
        """Pick a photo."""
        chosen, _ = QFileDialog.getOpenFileName(self, "选择公示照片", str(Path.home()), _FORMS)
        if chosen:
            self.taken.emit(Path(chosen))

    @Slot(QListWidgetItem)
    def _open(self, line: QListWidgetItem) -> None:
        photo = self._photos[self.list.row(line)]
        self.office.read(
            "读取照片",
            lambda desk: photo_bytes(desk.store, photo),
            lambda body: self._show_large(photo, body),
        )

    def _show_large(self, photo: PhotoView, body: bytes) -> None:
        self.large = large = QDialog(self)
        large.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        large.setWindowTitle(f"公示照片 {photo.taken_on} {photo.place} {photo.name}")
        shown = QLabel()
        image = QImage.fromData(body)
        room = self.window().size() * 0.8
        shown.setPixmap(
            QPixmap.fromImage(image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation))
        )  # fmt: skip
        box = QVBoxLayout(large)
        box.addWidget(shown)
        large.open()


def _small(body: bytes) -> QImage:
    """A picture as small as the list shows it; an empty one where the file is no whole picture."""
    return QImage.fromData(body).scaled(
        _SMALL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
