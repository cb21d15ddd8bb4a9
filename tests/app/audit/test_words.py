"""The trail and the tables of an office in the office's words, on the command line."""

import json
import re
from pathlib import Path

import pytest

from app.audit.listings import ACT_NAMES
from app.audit.words import TABLE_NAMES
from app.cli import audit, batches
from app.cli.frame import DONE, REFUSED, Commands, run
from app.desk import Desk
from app.notices.use_cases import set_holiday
from app.registry.use_cases import add_villages
from models.store import opening
from tests.conftest import PASSWORD


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    made = Commands()
    for room in (audit, batches):
        room.add_commands(made)
    return made


def test_every_table_has_a_name_of_its_own(desk: Desk) -> None:
    tables = {
        row[0]
        for row in desk.store.rows(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    }
    assert tables == TABLE_NAMES.keys()
    assert len(set(TABLE_NAMES.values())) == len(TABLE_NAMES)


def test_what_the_store_itself_writes_down_has_a_name() -> None:
    written = re.findall(r'act="([a-z.]+)"', Path(opening.__file__).read_text(encoding="utf-8"))
    assert written
    assert set(written) <= ACT_NAMES.keys()


def test_the_trail_is_listed_in_chinese(
    admin: Desk, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    add_villages(admin, names=["坪村"])
    set_holiday(admin, day=admin.today, kind="off", name="休息")
    asked = ["audit", "list", "--office", str(admin.store.folder), "--as", admin.operator.name]
    assert run(commands, asked) == DONE
    said = capsys.readouterr().out
    for words in ("添加村", "村 1", "放假"):
        assert words in said
    assert not re.search(r"[a-z]+\.[a-z]+|[{}\"]", said), said
    assert run(commands, [*asked, "--json"]) == DONE
    assert "village.add" in {line["act"] for line in json.loads(capsys.readouterr().out)["lines"]}


def test_an_unknown_option_names_the_help_of_its_command(
    desk: Desk, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--office", str(desk.store.folder), "--as", desk.operator.name]
    assert run(commands, ["batch", "review", "1", "--reason", "好", *place]) == REFUSED
    said = capsys.readouterr().err
    assert "不认识 --reason 好。请用 " in said
    assert "batch review --help" in said
