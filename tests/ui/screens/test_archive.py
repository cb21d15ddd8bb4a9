"""档案: filed after a confirmation with count and sum, saved outside, and the file that somebody changed is named."""

import hashlib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.archive.queries import filed
from app.batches.steps import load_batch
from app.desk import Desk
from models.domain.flows.batch_flow import BatchState
from tests.app.ledger.lived import DAY, Lived, live
from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from tests.ui.screens.answering import acts, answer, enter, press
from ui.routes import Place, Room
from ui.screens.archive.screen import ArchiveScreen


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def opened_at(
    open_frame: Callable[..., Opened], tab: str = "dossiers", name: str = "经办甲"
) -> tuple[Opened, ArchiveScreen]:
    opened = open_frame(name, date.fromisoformat(DAY))
    opened.frame.go(Place(Room.ARCHIVE, tab=tab))
    screen = opened.frame.screen_now
    assert isinstance(screen, ArchiveScreen)
    return opened, screen


def test_a_settled_batch_is_filed_and_its_dossier_taken_out(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    store = lived.month.store
    opened, screen = opened_at(open_frame)
    assert screen.dossiers.go_to_id(lived.first)
    screen.ask_save_dossier()
    assert "还没有案卷" in screen.bar.words.text()
    press(opened, "F9")
    answer(opened, screen)
    assert load_batch(store, lived.first).state is BatchState.ARCHIVED
    screen.dossiers.go_to_id(lived.first)
    found = filed(store, lived.first)
    assert found.dossier is not None
    assert screen.card.files.rowCount() == len(found.files) > 5
    assert found.years == 30
    assert found.destroyable_on == "2055-01-01"

    out = tmp_path / "案卷.zip"
    screen.save(found.dossier.sha256, out)
    opened.settle()
    assert hashlib.sha256(out.read_bytes()).hexdigest() == found.dossier.sha256
    assert {one.name for one in found.files} < set(zipfile.ZipFile(out).namelist())
    assert store.value("SELECT count(*) FROM audit_line WHERE act = 'table.export'") == 1
    screen.print_cover()
    assert "保管期限" in text_of(screen.preview.document)
    screen.preview.close()
    screen.verify_zip(out)
    opened.settle()
    assert screen.tab == "verified"
    assert "✓" in screen.verdict.text()


def test_the_dossier_alone_is_made(open_frame: Callable[..., Opened], lived: Lived) -> None:
    opened, screen = opened_at(open_frame)
    screen.dossiers.go_to_id(lived.first)
    screen.make()
    opened.settle()
    assert filed(lived.month.store, lived.first).dossier is not None
    assert load_batch(lived.month.store, lived.first).state is BatchState.SETTLED


def test_a_changed_file_is_named(open_frame: Callable[..., Opened], lived: Lived) -> None:
    store = lived.month.store
    opened, screen = opened_at(open_frame, "kept")
    assert screen.kept.rows == store.value("SELECT count(*) FROM stored_file") > 0
    press(opened, "F8")
    opened.settle()
    assert screen.verified.rowCount() == 0
    assert "✓" in screen.verdict.text()

    sha256, name = store.rows("SELECT sha256, name FROM stored_file WHERE purpose = 'bank_return' LIMIT 1")[0]
    path = store.files.path_of(sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    press(opened, "F8")
    opened.settle()
    assert screen.verified.item(0, 0).text() == name
    assert name in screen.bar.words.text()

    screen.show_tab("kept")
    assert any(screen.kept.model.text(row, 2) == name for row in range(screen.kept.rows))
    screen.save(sha256, path.with_suffix(".out"))
    opened.settle()
    assert not path.with_suffix(".out").exists()
    assert screen.bar.isVisible()


def test_a_zip_that_is_none_is_refused_quietly(open_frame: Callable[..., Opened], tmp_path: Path) -> None:
    opened, screen = opened_at(open_frame)
    screen.verify_zip(tmp_path / "none.zip")
    opened.settle()
    assert "none.zip" in screen.bar.words.text()
    (tmp_path / "text.zip").write_text("text")
    screen.verify_zip(tmp_path / "text.zip")
    opened.settle()
    assert screen.verified.rowCount() == 1


def test_an_empty_office_says_what_will_come(open_frame: Callable[..., Opened]) -> None:
    _, screen = opened_at(open_frame)
    assert "结清" in screen.dossiers.empty.text()
    screen.make()
    assert "请先在表中选中" in screen.bar.words.text()


@pytest.mark.usefixtures("lived")
def test_an_auditor_verifies_and_files_nothing(open_frame: Callable[..., Opened]) -> None:
    opened, screen = opened_at(open_frame, name="审计戊")
    allowed = acts(opened)
    assert allowed["核验全部文件"]
    assert not allowed["编制案卷并归档"]
    enter(screen.dossiers.view)
    assert opened.frame.screen_now.room is Room.BATCHES
