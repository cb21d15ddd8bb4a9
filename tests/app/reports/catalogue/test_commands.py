"""report list, report make, report phone: what a script is answered, what is refused, what is logged."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.cli import main
from app.desk import Desk
from app.reports.catalogue.shelf import entries
from tests.app.ledger.lived import live
from tests.conftest import PASSWORD

DAY = "2024-06-30"


@pytest.fixture
def office(admin: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    live(admin, tmp_path)
    admin.store.close()
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    return tmp_path / "office"


def run(office: Path, *words: str, by: str = "经办甲") -> int:
    return main([*words, "--office", str(office), "--as", by, "--date", DAY])


def test_the_catalogue_is_listed_for_people_and_scripts(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(office, "report", "list", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in answer["catalogue"]] == [one.name for one in entries()]
    assert answer["catalogue"][0]["posts"] == ["clerk", "reviewer", "approver", "auditor"]
    assert run(office, "report", "list") == 0
    said = capsys.readouterr().out
    assert all(one.title in said for one in entries())


def test_a_report_is_made(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "汇总.xlsx"
    assert (
        run(
            office,
            "report",
            "make",
            "summary-village",
            "--from",
            "2024-01",
            "--until",
            "2024-06",
            "--to",
            str(path),
            "--json",
        )
        == 0
    )
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    (sheet,) = answer["sheets"]
    assert sheet["totals"]["应发金额"] == 25_000
    assert sheet["totals"]["实发金额"] == 19_000
    assert (answer["rows"], answer["given"]) == (1, {"from": "2024-01", "until": "2024-06", "program": ""})
    assert openpyxl.load_workbook(path, data_only=True).worksheets[0]["A1"].value == sheet["title"]
    assert (
        run(
            office,
            "report",
            "make",
            "发放清册",
            "--batch",
            "2080502-2024-06-01",
            "--to",
            str(path),
            "--masked",
        )
        == 0
    )
    assert "金额 250.00" in capsys.readouterr().out
    texts = [
        str(cell.value) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row
    ]
    assert not any(text.isdigit() and len(text) > 11 for text in texts)


def test_an_export_is_logged(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(office, "report", "make", "policies", "--to", str(tmp_path / "a.xlsx"))
    capsys.readouterr()
    assert run(office, "audit", "list", "--json", by="审计戊") == 0
    lines = json.loads(capsys.readouterr().out)["lines"]
    assert ("table.export", "export 补贴政策清单") in [(one["act"], one["subject"]) for one in lines]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "make", "没有"), "报表目录里没有“没有”"),
        (("report", "make", "roster", "--year", "2024"), "没有“year”这个条件"),
        (("report", "make", "history"), "要先给出人员"),
    ],
)
def test_what_is_wrong_is_refused(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "a.xlsx"
    assert run(office, *words, "--to", str(path)) == 2
    assert said in capsys.readouterr().err
    assert not path.exists()


def test_a_departments_phone(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(office, "report", "phone", "民政", "0575-86021234") == 0
    assert run(office, "report", "phone", "无此部门", "0575-86021234") == 2
    assert run(office, "report", "phone", "民政", "999") == 2
    assert "无法使用" in capsys.readouterr().err
    path = tmp_path / "卡.xlsx"
    assert run(office, "report", "make", "card", "--village", "上溪村", "--to", str(path)) == 0
    texts = {
        str(cell.value) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row
    }
    assert "民政　0575-86021234" in texts
    assert run(office, "report", "phone", "民政", "") == 0
    assert "已取消" in capsys.readouterr().out
