"""The commands of programs and funds as a script calls them: one JSON object out, money in integer fen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import funds, programs
from app.cli.frame import DONE, REFUSED, Commands, run
from app.desk import Desk
from tests.conftest import PASSWORD, SAMPLES

Call = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def call(admin: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command as the clerk; gives its exit code and what it printed."""
    folder = admin.store.folder
    admin.store.close()
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    commands = Commands()
    programs.add_commands(commands)
    funds.add_commands(commands)

    def called(*words: object) -> tuple[int, dict[str, Any]]:
        office = ["--office", str(folder), "--as", "经办甲", "--date", "2026-12-31", "--json"]
        code = run(commands, [*map(str, words), *office])
        body: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, body

    return called


def done(answer: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    code, body = answer
    assert code == DONE, body
    return body


def test_programs_policies_and_conflicts(call: Call, tmp_path: Path) -> None:
    assert len(done(call("policy", "add", SAMPLES / "policies.toml"))["policies"]) == 8
    assert len(done(call("program", "list"))["programs"]) == 56
    shown = done(call("program", "show", "耕地地力保护补贴"))
    assert (shown["code"], shown["policies"][0]["rate"], shown["is_local"]) == ("2130122", "100.58", False)
    assert (
        done(call("program", "add", "933062400002", "村级互助", "--department", "民政"))["program"]
        == "933062400002"
    )
    changed = done(call("program", "change", "村级互助", "--short12", "互助", "--no-card"))["changed"]
    assert changed == {"bank_short_name_12": " → 互助", "through_card": "True → False"}
    assert done(call("policy", "end", "2130122", 1, "--last-day", "2024-12-31"))["valid_to"] == "2024-12-31"
    (policy,) = done(call("policy", "list", "--program", "2130122"))["policies"]
    assert (policy["from"], policy["to"], policy["version"]) == ("2024-01-01", "2024-12-31", 1)
    done(call("conflict", "set", "高龄津贴", "村级互助", "--mode", "提示", "--scope", "household"))
    assert done(call("conflict", "list", "--program", "村级互助"))["conflicts"] == [
        {"program_a": "2080502", "program_b": "933062400002", "mode": "提示", "scope": "household"}
    ]
    assert done(call("conflict", "remove", "高龄津贴", "村级互助"))["removed"] is True


def test_refusals_exit_2_with_a_sentence(call: Call, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[[policy]]\nrate = 一百\n", encoding="utf-8")
    code, body = call("policy", "add", broken)
    assert (code, body["refused"]) == (REFUSED, "BrokenPolicyFile")
    assert "第 2 行" in body["sentence"]
    assert call("program", "show", "火星")[1]["refused"] == "NoSuchProgram"
    assert call("policy", "end", "2130122", 1, "--last-day", "明天")[1]["refused"] == "NotDate"
    assert call("receipt", "add", "无此文号", "--fen", 1)[1]["refused"] == "NoSuchAllotment"
    add = ("allotment", "add", "--program", "2130122", "--document", "文〔2024〕1号")
    assert call(*add, "--yuan", "一百")[1]["refused"] == "NotMoney"
    assert call(*add, "--yuan", "1", "--fen", "100")[1]["refused"] == "WrongArguments"


def test_money_from_allotment_to_treasury(call: Call) -> None:
    document = "浙财农〔2024〕12号"
    add = ("--program", "2130122", "--document", document, "--level", "省", "--issued-on", "2024-05-20")
    made = done(call("allotment", "add", *add, "--yuan", "1,000.50"))
    assert (made["allotted_fen"], made["year"]) == (100_050, 2024)
    received = done(
        call("receipt", "add", "浙财农[2024]012号", "--fen", 90_000, "--received-on", "2024-05-28")
    )
    assert (received["receipt_fen"], received["available_fen"], received["over_fen"]) == (90_000, 90_000, 0)
    assert (
        done(call("allotment", "adjust", document, "--fen", "-50", "--reason", "尾数"))["allotted_fen"]
        == 100_000
    )
    assert (
        done(call("allotment", "cut", document, "--yuan", "5", "--reason", "核减"))["allotted_fen"] == 99_500
    )
    carried = done(call("allotment", "carry", document))
    assert (carried["carried_fen"], carried["year"]) == (90_000, 2025)
    (old, new) = done(call("allotment", "list", "--program", "2130122"))["allotments"]
    assert (old["allotted_fen"], old["available_fen"], new["available_fen"]) == (9_500, 0, 90_000)
    assert [row["receipt_fen"] for row in done(call("receipt", "list"))["receipts"]] == [90_000]
    opened = done(
        call(
            "opening",
            "add",
            "--program",
            "高龄津贴",
            "--document",
            "a1号",
            "--allotted",
            "10",
            "--received",
            "8",
            "--used-fen",
            300,
        )
    )
    assert (opened["limit_fen"], opened["used_fen"], opened["available_fen"]) == (800, 300, 500)
    assert (
        done(call("allotment", "withdraw", opened["allotment"], "--reason", "误"))["withdrawn_on"]
        == "2026-12-31"
    )
    assert done(call("opening", "treasury", "--fen", 5))["treasury_fen"] == 5
    assert done(call("account", "interest", "--yuan", "3.21"))["treasury_fen"] == 326
    assert done(call("account", "charge", "--fen", 26))["treasury_fen"] == 300
    handed = done(call("account", "treasury", "--fen", 300))
    assert (handed["treasury_fen"], handed["deposit_fen"]) == (0, 90_000)
    reversed_one = call("receipt", "reverse", 1, "--reason", "误")
    assert reversed_one[1]["refused"] == "ReceiptUsed"


def test_people_read_yuan(call: Call, capsys: pytest.CaptureFixture[str], admin: Desk) -> None:
    done(call("allotment", "add", "--program", "2130122", "--document", "文〔2024〕1号", "--fen", 123_456))
    commands = Commands()
    funds.add_commands(commands)
    run(commands, ["allotment", "list", "--office", str(admin.store.folder), "--as", "经办甲"])
    said = capsys.readouterr().out
    assert "1,234.56" in said
    assert said.splitlines()[-1].startswith("合计")
