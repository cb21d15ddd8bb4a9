"""import proposals | accept | decline, verdicts and rows of a dry run, as commands."""

from pathlib import Path

import pytest

from app.cli import intake, proposals
from app.cli.frame import DONE, REFUSED, REJECTED_ROWS, Commands
from app.desk import Desk
from tests.app.enrolment.test_roster import LAND, make
from tests.app.intake.test_dropped_again import second
from tests.app.intake.test_repairs import NUMBER, ROSTER, cut, roster_row
from tests.app.registry.test_commands import Shell
from tests.builders import Make
from tests.conftest import PASSWORD
from tests.sheets import workbook

__all__ = ["make"]


@pytest.fixture
def shell(
    desk: Desk, make: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    with desk.store.writing():
        desk.store.execute("UPDATE person SET id_number = ? WHERE id = 1", (NUMBER,))
    shell = Shell(desk, capsys)
    shell.commands = Commands()
    for room in (intake, proposals):
        room.add_commands(shell.commands)
    return shell


def importing(path: Path, *rows: tuple[object, ...]) -> tuple[object, ...]:
    book = workbook(path, ("名册", [ROSTER, *rows]))
    return ("import", "roster", book, "--program", LAND, "--period", "2024")


def test_from_the_dry_run_to_the_accepted_row(shell: Shell, make: Make, tmp_path: Path) -> None:
    words = importing(
        tmp_path / "a.xlsx",
        roster_row(make, 身份证号码=cut(NUMBER)),
        second(make, 账号=None, 村="石门村"),
    )
    tried = shell(*words, "--dry-run", "--rows", code=REJECTED_ROWS)
    assert tried["run"] is None
    assert tried["verdicts"] == {"passed": 0, "warned": 1, "rejected": 1}
    assert tried["row_verdicts"] == [
        {"sheet": "名册", "row": 2, "verdict": "拒绝"}, {"sheet": "名册", "row": 3, "verdict": "警告"},
    ]  # fmt: skip
    assert [(one["proposal"], one["proposed"]) for one in tried["proposals"]] == [(None, NUMBER)]
    taken = shell(*words, code=REJECTED_ROWS)
    assert "row_verdicts" not in taken
    listed = shell("import", "proposals", taken["run"])["proposals"]
    assert [(one["state"], one["row"], one["code"]) for one in listed] == [("open", 2, "id.precision_lost")]
    said = shell.lines("import", "proposals", taken["run"])
    assert NUMBER not in said  # masked for people
    accepted = shell("import", "accept", taken["run"], "--proposal", listed[0]["proposal"])
    assert (accepted["rows"], accepted["accepted"], accepted["for_run"]) == (1, 1, taken["run"])
    assert "已采纳" in shell.lines("import", "proposals", taken["run"])
    assert f"有效（接第 {taken['run']} 次）" in shell.lines("import", "list-runs")
    shell("import", "undo", taken["run"], code=DONE)
    assert {run["state"] for run in shell("import", "list-runs")["runs"]} == {"undone"}


def test_declining(shell: Shell, make: Make, tmp_path: Path) -> None:
    taken = shell(
        *importing(tmp_path / "a.xlsx", roster_row(make, 身份证号码=cut(NUMBER))), code=REJECTED_ROWS
    )
    assert "1 条改正建议不采纳" in shell.lines(
        "import", "decline", taken["run"], "--code", "id.precision_lost"
    )
    shell("import", "accept", taken["run"], "--all", code=REFUSED)
    shell("import", "accept", taken["run"] + 7, "--all", code=REFUSED)
    shell("import", "proposals", taken["run"] + 7, code=REFUSED)


def test_a_mended_workbook_says_what_was_not_read_anew(shell: Shell, make: Make, tmp_path: Path) -> None:
    wrong = second(make, 身份证号码=None)
    shell(*importing(tmp_path / "a.xlsx", roster_row(make, 身份证号码=NUMBER), wrong), code=REJECTED_ROWS)
    said = shell.lines(*importing(tmp_path / "b.xlsx", roster_row(make, 身份证号码=NUMBER), second(make)))
    assert "没有重读 1 行" in said
