"""Photos of a notice on its wall 公示照片: read as they are, kept whole, shown small."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.batches.steps import load_batch
from models.domain.refusal import Refusal
from models.store.durable import CannotRead, cause_of
from models.store.opening import Store

MOST_BYTES: Final = 20 * 1024 * 1024
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


class NotAPhoto(Refusal):
    """Some other file."""

    form = "“{name}”不是照片。请选择手机或相机拍的照片；苹果手机拍的，请先在手机上另存为通用格式。"


class PhotoTooLarge(Refusal):
    """A file that no phone makes."""

    form = "照片“{name}”有 {size} MB，超过了 {most} MB。请在手机上用普通画质再拍一张，或裁小后重试。"


@dataclass(frozen=True)
class PhotoView:
    """One photo of a batch's notices."""

    id: int
    notice: int
    taken_on: str
    place: str
    name: str
    sha256: str

    def as_json(self) -> dict[str, object]:
        """The form of `--json`."""
        return asdict(self)


def read_photo(path: Path) -> bytes:
    """A photo's bytes. Raises NotAPhoto, PhotoTooLarge, CannotRead."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise PhotoTooLarge(name=path.name, size=size >> 20, most=MOST_BYTES >> 20)
        body = path.read_bytes()
    except OSError as fault:
        raise CannotRead(name=path.name, cause=cause_of(fault)) from fault
    if not body.startswith((_JPEG, _PNG)):
        raise NotAPhoto(name=path.name)
    return body


def photos_of(store: Store, batch_id: int | str) -> list[PhotoView]:
    """The photos of a batch's notices, in the order they were kept. Raises NoSuchBatch."""
    batch = load_batch(store, batch_id)
    rows = store.rows(
        "SELECT p.id, p.notice_id, p.taken_on, p.place, p.name, p.sha256 FROM notice_photo p"
        " JOIN public_notice n ON n.id = p.notice_id WHERE n.batch_id = ? ORDER BY p.id",
        (batch.id,),
    )
    return [PhotoView(*row) for row in rows]


def photo_bytes(store: Store, photo: PhotoView) -> bytes:
    """A photo as it was kept. Raises FileDamaged."""
    return store.files.read(photo.sha256, photo.name)
