"""`python -m ui print …`: a lived month as PDFs, one JSON object out, a no with its sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.frame import DONE, REFUSED
from app.desk import Desk
from app.ledger.queries import vouchers
from tests.app.ledger.lived import DAY, Lived, live
from tests.conftest import PASSWORD
from tests.ui.printing.reading import text_of_pdf
from ui.printing.command import main

pytestmark = pytest.mark.usefixtures("qapp")

Call = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


@pytest.fixture
def call(
    admin: Desk,
    lived: Lived,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Call:
    """Print one thing as an operator; gives exit code, answer and the text of the PDF."""
    assert lived.first
    folder = admin.store.folder
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)

    def called(*words: object, name: str = "经办甲", to: str = "out.pdf") -> tuple[int, dict[str, Any], str]:
        path = tmp_path / to
        office = ["--office", str(folder), "--as", name, "--date", DAY]
        code = main(
            [
                "print",
                *map(str, words),
                *(office if words[0] != "calibration" else []),
                "--to",
                str(path),
                "--json",
            ]
        )
        body: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, body, "".join(text_of_pdf(path.read_bytes()).split()) if path.exists() else ""

    return called


def test_each_paper_of_a_batch_is_printed(call: Call, lived: Lived, admin: Desk) -> None:
    number = str(admin.store.value("SELECT number FROM batch WHERE id = ?", (lived.first,)))
    (digest,) = admin.store.row(
        "SELECT sha256 FROM check_sheet WHERE batch_id = ? ORDER BY id DESC", (lived.first,)
    ) or ("",)
    for what, words in (
        ("check", ["批次体检表", digest[:8], "拦截项"]),
        ("control", ["代发控制表", "贰佰伍拾元整", "银行签收："]),
        ("cover", ["案卷", "保管期限", "应发"]),
    ):
        code, body, text = call(what, number)
        assert code == DONE
        assert body["pages"] >= 1
        for one in (number, *words):
            assert one in text, (what, one)
    subjects = [
        row[0] for row in admin.store.rows("SELECT subject FROM audit_line WHERE act = 'table.export'")
    ]
    assert len(subjects) == 3


def test_the_vouchers_of_a_month_are_all_there(call: Call, admin: Desk) -> None:
    code, body, text = call("vouchers", DAY[:7])
    made = vouchers(admin.store, DAY[:7])
    assert code == DONE
    assert body["pages"] >= len(made)
    assert body["paper"] == "凭证纸 240×140"
    for one in made:
        assert one.name in text
    halves = call("vouchers", DAY[:7], "--paper", "a4")[1]["pages"]
    assert halves == -(-body["pages"] // 2)
    assert call("vouchers", DAY[:7], "--number", made[0].name)[1]["pages"] == 1


def test_a_report_of_the_catalogue_is_printed(call: Call) -> None:
    code, body, text = call("report", "funds-monthly", "--month", "2024-06")
    assert code == DONE
    assert "2024年6月" in text
    assert "第1页共" in text
    assert body["file"].endswith("out.pdf")


def test_what_is_not_there_is_refused(call: Call, tmp_path: Path) -> None:
    code, body, _ = call("vouchers", "2023-01")
    assert code == REFUSED
    assert "还没有可以打印的内容" in body["sentence"]
    code, body, _ = call("notice", "没有")
    assert code == REFUSED
    assert not list(tmp_path.glob("out.pdf*"))


def test_who_may_not_export_gets_no_pdf(call: Call) -> None:
    code, body, text = call("vouchers", DAY[:7], name="admin")
    assert code == REFUSED
    assert "导出" in body["sentence"]
    assert text == ""


def test_a_calibration_sheet_needs_no_office(call: Call) -> None:
    code, _body, text = call("calibration", "--paper", "240x140")
    assert code == DONE
    assert "240×140" in text
