"""`make demo`: the sample township's month, its figures three ways, and that it is polite about folders."""

import re
import zipfile
from pathlib import Path

import pytest

from app.cli import main
from app.cli.frame import WORLD_FAILED
from app.demo import NotADemoFolder, run_demo
from app.workbook.reading import open_workbook
from models.domain.masking import has_leak


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object], list[str]]:
    folder = tmp_path_factory.mktemp("demo") / "示例"
    said: list[str] = []
    return folder, run_demo(folder, said.append), said


def test_payments_books_and_return_agree(demo: tuple[Path, dict[str, object], list[str]]) -> None:
    _, figures, said = demo
    assert figures["paid_fen"] == figures["books_fen"] == figures["return_fen"]
    assert int(str(figures["paid_fen"])) > 50_000_000
    assert figures["balanced"] is True
    assert figures["problems"] == []
    assert not [line for line in said if "None" in line or "Error" in line]


def test_what_it_says_it_made_is_there(demo: tuple[Path, dict[str, object], list[str]]) -> None:
    folder, figures, said = demo
    files = [Path(str(path)) for path in figures["files"]]  # type: ignore[attr-defined]
    assert all(path.stat().st_size > 0 for path in files)
    assert all(any(str(path) in line for line in said) for path in files)
    assert {path.parent.name for path in files} >= {"公示", "报盘", "回盘", "档案", "月报"}
    assert (folder / "办公点" / "office.db").exists()


def test_the_notices_hide_what_must_be_hidden(demo: tuple[Path, dict[str, object], list[str]]) -> None:
    folder, _, _ = demo
    notices = list((folder / "公示").glob("*.xlsx"))
    assert len(notices) == 2
    for path in notices:
        sheets = open_workbook(path).sheets
        assert len(sheets) == 6
        for sheet in sheets:
            for _, cells in sheet.rows():
                assert not [cell for cell in cells if cell is not None and has_leak(str(cell))]


def test_dossiers_hold_what_a_reader_needs(demo: tuple[Path, dict[str, object], list[str]]) -> None:
    folder, _, _ = demo
    for path in (folder / "档案").glob("*.zip"):
        with zipfile.ZipFile(path) as dossier:
            names = dossier.namelist()
            index = dossier.read("index.html").decode("utf-8")
        assert "SHA256SUMS.txt" in names
        assert re.search("体检|审批", index)


def test_a_second_run_replaces_only_its_own_folder(
    demo: tuple[Path, dict[str, object], list[str]], tmp_path: Path
) -> None:
    folder, figures, _ = demo
    assert run_demo(folder, lambda _: None)["paid_fen"] == figures["paid_fen"]
    (tmp_path / "mine.txt").write_text("不要动", encoding="utf-8")
    with pytest.raises(NotADemoFolder, match="不会覆盖"):
        run_demo(tmp_path, lambda _: None)
    assert (tmp_path / "mine.txt").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("a file lies there")
    assert main(["demo", str(tmp_path / "taken" / "示例")]) == WORLD_FAILED
    assert capsys.readouterr().err.startswith("无法写入“示例”")
