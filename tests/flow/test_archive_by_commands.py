"""The archive and the year's end by commands only: filed, bound, lent, appraised, watched, closed, rolled, sealed, verified, opened again."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.reports.use_cases import submit_report
from tests.app.ledger.lived import live
from tests.conftest import PASSWORD, found
from tests.style.house import ROOT

DAY, CLOSING = "2024-07-02", "2025-01-10"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desk = found(tmp_path / "office")
    lived = live(desk, tmp_path)
    submit_report(lived.month.later(lived.month.clerk, DAY), month="2024-06")
    desk.store.close()
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    monkeypatch.setenv("XIANGCAI_NO_BACKUP", "1")
    return tmp_path / "office"


@pytest.fixture
def run(office: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*words: object, by: str = "经办甲", on: str = DAY, code: int = 0) -> dict[str, Any]:
        line = [*map(str, words), "--office", str(office), "--as", by, "--date", on, "--json"]
        returned = main(line)
        out = capsys.readouterr().out
        assert returned == code, out
        answer: dict[str, Any] = json.loads(out)
        return answer

    return ask


def test_an_archive_by_commands(run: Any, tmp_path: Path) -> None:
    assert run("archive", "codes", "--fonds", "z109")["example"] == "Z109-KU·2024-D30-PZ-0001"
    assert {one["code"] for one in run("archive", "classes")["classes"]} >= {"PZ", "FF", "NB"}
    assert run("archive", "class", "XB", "--years", "3")["years"] == 3
    assert run("archive", "class", "NB", "--years", "永久")["years"] is None
    assert run("archive", "class", "PZ", "--years", "三十", code=2)["refused"] == "NotYears"
    scan = tmp_path / "扫描.pdf"
    scan.write_bytes(b"%PDF-1.4 %%EOF")
    filed = run(
        "archive", "file", scan, "--class", "XB", "--title", "二季度台账", "--dated", "2020-06-01", "--responsible", "上溪村",
        "--document", "上村[2020]01号",
    )  # fmt: skip
    bare = run("archive", "file", "--class", "XB", "--title", "只有纸", "--dated", "2020-07-01")
    assert run("archive", "save", bare["filing"], "--out", tmp_path / "x", code=2)["refused"] == "NoFileThere"
    run("archive", "save", filed["filing"], "--out", tmp_path / "出来.pdf")
    assert (tmp_path / "出来.pdf").read_bytes() == scan.read_bytes()
    code = run("volume", "make", "--class", "XB", "--year", 2020, "--title", "台账", filed["filing"])["code"]
    run("volume", "fill", code, bare["filing"])
    run("volume", "take-out", code, bare["filing"])
    run("volume", "describe", code, "--shelf", "1柜", "--note", "完整")
    assert run("volume", "bind", code)["state"] == "bound"
    run("volume", "unbind", code, "--reason", "补一件")
    run("volume", "fill", code, bare["filing"])
    run("volume", "bind", code)
    shown = run("volume", "show", code)
    assert [one["title"] for one in shown["papers"]] == ["二季度台账", "只有纸"]
    assert [one["code"] for one in run("archive", "find", "上村〔2020〕1号")["filings"]] == [f"{code}-001"]
    assert [one["code"] for one in run("volume", "list")["volumes"]] == [code]
    run("volume", "papers", code, "--out", tmp_path / "卷皮.xlsx")
    assert zipfile.is_zipfile(tmp_path / "卷皮.xlsx")

    run("loan", "lend", code, "--borrower", "审计局", "--purpose", "审计", "--due", "2024-07-20")
    assert (
        run("loan", "lend", code, "--borrower", "别人", "--purpose", "看", "--due", "2024-07-20", code=2)[
            "refused"
        ]
        == "LentOut"
    )
    run("loan", "return", code, "--remark", "完好")
    assert run("loan", "list")["loans"][0]["借阅人"] == "审计局"
    run("loan", "list", "--out", tmp_path / "借阅.xlsx")

    assert [one["code"] for one in run("archive", "due")["due"]] == [code]
    run("archive", "due", "--out", tmp_path / "鉴定.xlsx")
    propose = ("disposal", "propose", code, "--reason", "期满", "--opinion")
    assert run(*propose, "无保存价值", code=2)["refused"] == "NotAPair"
    assert run(*propose, "XB-别的卷=无保存价值", code=2)["refused"] == "OpinionOfAnother"
    number = run(*propose, f"{code}=无保存价值")["number"]
    assert run("disposal", "carry-out", number, code=2)["refused"] == "WitnessesWanting"
    assert run("disposal", "witness", number, code=2)["refused"] == "CannotWitness"
    run("disposal", "witness", number, by="复核丙")
    run("disposal", "witness", number, by="审批丁")
    run("disposal", "show", number, "--out", tmp_path / "销毁.xlsx")
    assert run("disposal", "carry-out", number)["files"] == 1
    assert run("disposal", "list")["disposals"][0]["state"] == "done"
    assert run("disposal", "withdraw", number, code=2)["refused"] == "NoRoad"
    run("archive", "custody", "--out", tmp_path / "保管.xlsx")
    assert run("doctor")["ok"]


def test_a_years_end_by_commands(run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("archive", "codes", "--fonds", "Z109")
    for (number,) in (("2080502-2024-06-01",), ("2080502-2024-06-02",)):
        run("batch", "archive", number)
    check = run("year", "check", 2024, on=CLOSING)
    assert (check["ready"], check["returns"]) == (True, 0)
    assert (
        run("year", "package", 2024, "--out", tmp_path / "包", on=CLOSING, code=2)["refused"]
        == "YearNotClosed"
    )
    closed = run("year", "close", 2024, "--roll", on=CLOSING)
    assert closed["state"] == "closed"
    assert {"kept", "changed", "left_out", "carried_fen"} <= closed.keys()
    assert run("year", "roll", 2024, "--dry-run", "--out", tmp_path / "差异.xlsx", on=CLOSING)["rows"] == []
    run("year", "roll", 2024, on=CLOSING)
    late = ("receipt", "add", 1, "--fen", 100, "--received-on", "2024-12-30")
    assert run(*late, on=CLOSING, code=2)["refused"] == "YearIsClosed"
    run("year", "papers", 2024, "--out", tmp_path / "结账.xlsx", on=CLOSING)
    for one in run("volume", "auto", 2024, on=CLOSING)["volumes"]:
        run("volume", "bind", one["code"], on=CLOSING)
    assert run("year", "four-checks", 2024, "--out", tmp_path / "四性.xlsx", on=CLOSING)["ok"]
    made = run("year", "package", 2024, "--out", tmp_path / "包.zip", on=CLOSING)
    assert made["head"] == run("year", "packages", on=CLOSING)["packages"][0]["head"]
    assert main(["year", "verify", str(tmp_path / "包.zip"), "--head", made["head"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert main(["year", "verify", str(tmp_path / "包.zip"), "--head", "0" * 64, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["first_bad"] == "校验清单.txt"
    assert run("year", "reopen", 2024, by="审批丁", on=CLOSING, code=2)["refused"] == "NoRoad"
    run("year", "ask-reopen", 2024, "--reason", "漏记", on=CLOSING)
    run("year", "turn-down", 2024, by="审批丁", on=CLOSING)
    run("year", "ask-reopen", 2024, "--reason", "漏记", on=CLOSING)
    assert run("year", "reopen", 2024, by="审批丁", on=CLOSING)["state"] == "open"
    assert run("year", "list", on=CLOSING)["years"][-1]["state"] == "open"
    assert run("doctor", on=CLOSING)["ok"]


def test_the_verifier_that_is_packed_is_the_one_in_the_tree(run: Any, tmp_path: Path) -> None:
    run("archive", "codes", "--fonds", "Z109")
    run("year", "close", 2024, on=CLOSING)
    assert (
        run("year", "package", 2024, "--out", tmp_path / "包", on=CLOSING, code=2)["refused"]
        == "ChecksFailed"
    )
    run("year", "package", 2024, "--out", tmp_path / "包", "--anyway", on=CLOSING)
    assert (tmp_path / "包" / "verify.py").read_bytes() == (ROOT / "resources/archive/verify.py").read_bytes()
