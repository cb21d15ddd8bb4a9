"""公示照片: kept byte for byte, once, after the notice was put up; in the dossier; nothing else passes for a photo."""

import json
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import peewee
import pytest

from app.archive.use_cases import make_dossier
from app.cli import main
from app.desk import Desk
from app.notices.photos import MOST_BYTES, NotAPhoto, PhotoTooLarge, photo_bytes, photos_of
from app.notices.use_cases import (
    NoNoticeYet,
    PhotoBeforeNotice,
    PhotoKept,
    PhotoTooLate,
    keep_photo,
    publicize_batch,
)
from models.domain.refusal import WorldError
from tests.app.bankfiles.batches import a_batch
from tests.builders import Make
from tests.conftest import PASSWORD, seat

DAY = date(2024, 6, 3)
JPEG = b"\xff\xd8\xff\xe0 the wall of the village"


@pytest.fixture
def clerk(admin: Desk) -> Desk:
    return seat(admin, "经办甲", DAY)


@pytest.fixture
def batch(admin: Desk) -> int:
    make = Make(admin)
    return a_batch(make, [make.person() for _ in range(3)], fen=5_000, state="reviewed")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.JPG"
    path.write_bytes(JPEG)
    return path


def test_a_photo_is_kept_whole_and_once(clerk: Desk, batch: int, photo: Path) -> None:
    with pytest.raises(NoNoticeYet):
        keep_photo(clerk, batch_id=batch, path=photo)
    publicize_batch(clerk, batch_id=batch)
    keep_photo(clerk, batch_id=batch, path=photo, place="上溪村")
    (kept,) = photos_of(clerk.store, batch)
    assert (kept.taken_on, kept.place, kept.name) == ("2024-06-03", "上溪村", photo.name)
    assert photo_bytes(clerk.store, kept) == JPEG
    with pytest.raises(PhotoKept):
        keep_photo(clerk, batch_id=batch, path=photo)
    with pytest.raises(PhotoBeforeNotice):
        keep_photo(clerk, batch_id=batch, path=photo, taken_on=date(2024, 6, 2))
    assert len(photos_of(clerk.store, batch)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "INSERT INTO notice_photo (notice_id, taken_on, name, sha256) SELECT notice_id, '2024-06-02', 'x', sha256 FROM notice_photo",
        "UPDATE notice_photo SET taken_on = '2024-06-04'",
        "DELETE FROM notice_photo",
    ],
)
def test_the_database_itself_keeps_it(clerk: Desk, batch: int, photo: Path, words: str) -> None:
    publicize_batch(clerk, batch_id=batch)
    keep_photo(clerk, batch_id=batch, path=photo)
    with pytest.raises(peewee.DatabaseError), clerk.store.writing():
        clerk.store.execute(words)
    assert photos_of(clerk.store, batch)[0].taken_on == "2024-06-03"


def test_what_is_no_photo_is_refused(clerk: Desk, batch: int, tmp_path: Path) -> None:
    publicize_batch(clerk, batch_id=batch)
    other, large = tmp_path / "照片.jpg", tmp_path / "大.png"
    other.write_bytes(b"PK\x03\x04 a workbook")
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(NotAPhoto):
        keep_photo(clerk, batch_id=batch, path=other)
    with pytest.raises(PhotoTooLarge):
        keep_photo(clerk, batch_id=batch, path=large)
    with pytest.raises(WorldError):
        keep_photo(clerk, batch_id=batch, path=tmp_path / "没有.jpg")
    assert photos_of(clerk.store, batch) == []


def test_it_lies_in_the_dossier(clerk: Desk, batch: int, photo: Path) -> None:
    publicize_batch(clerk, batch_id=batch)
    keep_photo(clerk, batch_id=batch, path=photo, place="上溪村/二组")
    with clerk.store.writing():
        clerk.store.execute("UPDATE batch SET state = 'settled' WHERE id = ?", (batch,))
    made = make_dossier(clerk, batch_id=batch).answer
    with zipfile.ZipFile(BytesIO(clerk.store.files.read(str(made["sha256"])))) as packed:
        assert packed.read("3-公示/照片/1-2024-06-03-上溪村_二组.jpg") == JPEG
    with clerk.store.writing():
        clerk.store.execute("UPDATE batch SET state = 'archived' WHERE id = ?", (batch,))
    with pytest.raises(PhotoTooLate):
        keep_photo(clerk, batch_id=batch, path=photo)


def test_a_photo_by_command(
    clerk: Desk, batch: int, photo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publicize_batch(clerk, batch_id=batch)
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    at = ["--office", str(clerk.store.folder), "--as", "经办甲", "--date", clerk.day, "--json"]
    assert main(["notice", "photo", str(batch), str(photo), "--place", "石门村", *at]) == 0
    assert main(["notice", "list", str(batch), *at]) == 0
    kept, listed = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(one["name"], one["place"], one["sha256"]) for one in listed["photos"]] == [
        (photo.name, "石门村", kept["sha256"])
    ]
