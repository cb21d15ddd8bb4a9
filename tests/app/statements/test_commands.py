"""statement and county as a script calls them: one JSON object out, refusals with their sentence, files where they were asked for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.cli import catalogue, county, reports, statements
from app.cli.frame import DONE, REFUSED, Commands, run
from app.desk import Desk
from tests.app.ledger.lived import live
from tests.app.reports.county.test_county import GOOD, workbook
from tests.app.statements.test_doors import as_booked, statement
from tests.conftest import PASSWORD

Call = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def call(
    admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Run one command as the clerk of a lived office; a statement of its account lies in 6月.xlsx, with interest nobody booked."""
    lived = live(admin, tmp_path)
    statement(tmp_path / "6月.xlsx", [*as_booked(lived), ("2024-06-28", "结息", 50)])
    folder = admin.store.folder
    admin.store.close()
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    commands = Commands()
    for room in (statements, county, reports, catalogue):
        room.add_commands(commands)

    def called(*words: object) -> tuple[int, dict[str, Any]]:
        office = ["--office", str(folder), "--as", "经办甲", "--date", "2024-07-05"]
        code = run(commands, [*map(str, words), *office, "--json"])
        body: dict[str, Any] = json.loads(capsys.readouterr().out)
        if code == DONE and words[1] in ("list", "show", "reconcile", "tags"):
            assert run(commands, [*map(str, words), *office]) == DONE
            body["said"] = capsys.readouterr().out
        return code, body

    return called


def done(answer: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    code, body = answer
    assert code == DONE, body
    return body


def test_a_statement_from_file_to_paper(call: Call, tmp_path: Path) -> None:
    taken = done(call("statement", "take", tmp_path / "6月.xlsx"))
    assert (taken["statement"], taken["open_lines"], taken["agrees"]) == (1, 1, True)
    code, body = call("statement", "take", tmp_path / "6月.xlsx")
    assert (code, body["refused"]) == (REFUSED, "StatementKnown")
    found = done(call("statement", "reconcile"))
    assert [one["fen"] for one in found["bank_items"]] == [50]
    assert "加：银行已收、账上未收" in found["said"]
    assert "两边调节后余额相符" in found["said"]
    shown = done(call("statement", "show", 1))
    (line,) = [one for one in shown["lines"] if not one["vouchers"]]
    assert (line["proposal"], "像利息" in shown["said"]) == ("interest", True)
    assert [one["fen"] for one in done(call("statement", "post"))["posted"]] == [50]
    assert done(call("statement", "post"))["posted"] == []
    assert done(call("statement", "list"))["statements"][0]["open_lines"] == 0
    done(call("report", "make", "reconciliation", "--to", tmp_path / "调节.xlsx"))
    assert openpyxl.load_workbook(tmp_path / "调节.xlsx").sheetnames == ["余额调节表", "银行对账单"]
    assert call("statement", "undo", 1, "--reason", "取错")[1]["refused"] == "PostedStands"


def test_pairs_by_hand(call: Call, tmp_path: Path) -> None:
    done(call("statement", "take", tmp_path / "6月.xlsx"))
    lines = done(call("statement", "show", 1))["lines"]
    first = lines[0]
    done(call("statement", "unpair", first["id"]))
    answer = done(call("statement", "pair", "--line", first["id"], "--voucher", first["vouchers"]))
    assert answer["fen"] == first["fen"]
    done(call("statement", "unpair", first["id"]))
    assert done(call("statement", "match"))["matched"] == 1


def test_a_form_of_the_county(call: Call, tmp_path: Path) -> None:
    added = done(call("county", "add", workbook(tmp_path, GOOD), "--name", "附表1"))
    assert (added["form"], added["needs_batch"]) == ("附表1", False)
    code, body = call("county", "add", workbook(tmp_path, {"A1": "{{镇明}}"}, "错"))
    assert (code, body["refused"]) == (REFUSED, "FormTagsWrong")
    assert "“表1”A1" in body["sentence"]
    assert [one["name"] for one in done(call("county", "list"))["forms"]] == ["附表1"]
    filled = done(call("county", "fill", "附表1", "--month", "2024-06", "--out", tmp_path / "好.xlsx"))
    assert filled["rows"] == 4
    sheet = openpyxl.load_workbook(tmp_path / "好.xlsx").active
    assert sheet is not None
    assert sheet["C3"].value == "=SUM(C2:C2)"
    tags = done(call("county", "tags", "--like", "实发金额", "--out", tmp_path / "标签.xlsx"))
    assert tags["tags"][0]["name"] == "本月发放金额"
    assert "{{本月发放金额}}" in tags["said"]
    assert (tmp_path / "标签.xlsx").exists()
    done(call("county", "save", "附表1", "--out", tmp_path / "原.xlsx"))
    assert (tmp_path / "原.xlsx").read_bytes() == (tmp_path / "县表.xlsx").read_bytes()
    done(call("county", "withdraw", "附表1"))
    code, body = call("county", "fill", "附表1", "--out", tmp_path / "无.xlsx")
    assert (code, body["refused"]) == (REFUSED, "NoSuchForm")
    assert not (tmp_path / "无.xlsx").exists()


def test_the_tie_out_goes_with_the_return(call: Call, tmp_path: Path) -> None:
    done(call("report", "monthly", "2024-06", "--out", tmp_path / "月报.xlsx"))
    assert openpyxl.load_workbook(tmp_path / "月报.xlsx").sheetnames == ["月报", "指标明细", "核对", "勾稽表"]
    done(call("report", "submit", "2024-06", "--out", tmp_path / "上报.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "上报.xlsx")["勾稽表"]
    assert "全部相符" in str(sheet["A2"].value)
    done(call("report", "make", "tie-out", "--month", "2024-06", "--to", tmp_path / "勾稽.xlsx"))
    assert openpyxl.load_workbook(tmp_path / "勾稽.xlsx").sheetnames == ["勾稽表"]
