"""A stranger drives the program by its commands only, as DESIGN §5 has them: a month, its answers, its refusals.

The month runs in processes of its own (`python -m app …`); what is refused is asked in this process, where a start costs nothing.
Nothing here reads the database or calls a door: only options, exit codes, one JSON object, one sentence, and the files.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.cli import main
from models.domain.masking import has_leak
from tests.conftest import PASSWORD, SAMPLES, found

ROOT = Path(__file__).parents[2]
TOWNSHIP = SAMPLES / "yunxi-by-village"
TRUTH: dict[str, Any] = json.loads((TOWNSHIP / "truth.json").read_text(encoding="utf-8"))
LAND, SETTLERS, CARE = "2130122", "2130321", "2081108"
CLERK, REVIEWER, APPROVER, AUDITOR = "经办甲", "复核丙", "审批丁", "审计戊"
ENTERED, POSTED, PAID, MENDED, REPORTED = "2024-06-03", "2024-06-04", "2024-06-18", "2024-06-21", "2024-07-02"
BUCKETS = {
    "pending",
    "stopped",
    "in_flight",
    "paid",
    "failed",
    "returned",
    "recovered",
    "reissued",
    "closed_unpaid",
}
RURAL = ("序号", "户名", "账号", "金额", "摘要", "证件号码", "处理状态", "失败原因")
ICBC = ("姓名", "卡号", "应处理金额", "备注", "实处理金额", "处理标志")

Body = dict[str, Any]


class Terminal:
    """Somebody at a terminal, with an office's folder and a password in the environment; `day` is the date on the wall."""

    def __init__(self, office: Path) -> None:
        self.office = office
        self.day = ""
        self.environment = {**os.environ, "XIANGCAI_PASSWORD": PASSWORD, "XIANGCAI_NEW_PASSWORD": PASSWORD}

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The very command line, in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "app", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            encoding="utf-8", timeout=60, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def run(self, *words: object, by: str = CLERK, on: str = "", code: int = 0) -> Body:
        """A command in a process of its own; gives its JSON."""
        done = self.type(*self._line(words, by, on))
        return read(done.returncode, done.stdout, done.stderr, code)

    def ask(self, *words: object, by: str = CLERK, on: str = "", code: int = 0) -> Body:
        """The same without a process of its own."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("XIANGCAI_PASSWORD", self.environment["XIANGCAI_PASSWORD"])
            patch.setenv("XIANGCAI_NEW_PASSWORD", self.environment["XIANGCAI_NEW_PASSWORD"])
            returned = main(self._line(words, by, on))
        return read(returned, out.getvalue(), err.getvalue(), code)

    def no(self, *words: object, by: str = CLERK, on: str = "", code: int = 2) -> str:
        """A command that is refused; gives the name of the refusal (or of the world's fault)."""
        said = self.ask(*words, by=by, on=on, code=code)
        return str(said.get("refused") or said["failed"])

    def _line(self, words: Sequence[object], by: str, on: str) -> list[str]:
        return [
            *map(str, words),
            "--office",
            str(self.office),
            "--as",
            by,
            *(["--date", on or self.day] if on or self.day else []),
            "--json",
        ]


def read(returned: int, out: str, err: str, code: int) -> Body:
    """The one JSON object of an answer; a refusal also says one Chinese sentence on stderr, anything else says nothing there."""
    assert returned == code, err or out
    body: Body = json.loads(out)
    assert isinstance(body, dict)
    assert out.count("\n") == 1
    if code in (0, 1):
        assert err == ""
    else:
        assert re.search("[一-鿿]", err)
        assert err.rstrip("\n").endswith("。")
        assert "Traceback" not in err
        assert body["sentence"] == err.rstrip("\n")
    only_whole_fen(body)
    return body


def only_whole_fen(found: object) -> None:
    """Money is whole fen wherever it stands (an audit line's figures are shown as they were written)."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key == "counts":
                continue
            if isinstance(key, str) and (key == "fen" or key.endswith("_fen")):
                assert isinstance(value, int), (key, value)
                assert not isinstance(value, bool)
            only_whole_fen(value)
    elif isinstance(found, list):
        for value in found:
            only_whole_fen(value)


def sheet(path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """A workbook as another program would write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    active.append(list(headings))
    for row in rows:
        active.append(list(row))
    book.save(path)
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a workbook by heading."""
    active = openpyxl.load_workbook(path).active
    assert active is not None
    heading, *rows = active.iter_rows(values_only=True)
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


def holds_together(body: Body) -> None:
    """Σ owed = Σ buckets, by count and by fen."""
    assert set(body["buckets"]) == BUCKETS
    assert sum(bucket["count"] for bucket in body["buckets"].values()) == body["payments"]
    assert sum(bucket["fen"] for bucket in body["buckets"].values()) == body["owed_fen"]


# -- an office from nothing ---------------------------------------------------------------------------------


def test_an_office_from_nothing(tmp_path: Path) -> None:
    here = Terminal(tmp_path / "新办公点")
    made = here.type("init", "--office", str(here.office), "--township", "云溪镇", "--code", "330624199", "--json",
                     "--village", "上溪村", "下溪村", "--village", "石门村")  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["recovery_code"]) >= 20
    assert here.run("operator", "add", "李会计", "--post", "clerk", "--post", "approver", by="admin")[
        "posts"
    ] == ["clerk", "approver"]
    listed = here.ask("village", "list", by="李会计")["villages"]
    assert [one["name"] for one in listed] == ["上溪村", "下溪村", "石门村"]
    again = here.type(
        "init", "--office", str(here.office), "--township", "云溪镇", "--code", "330624199", "--json"
    )
    assert again.returncode == 2
    here.environment["XIANGCAI_PASSWORD"] = "不对的密码"
    assert here.no("batch", "list", by="李会计") == "WrongPassword"
    del here.environment["XIANGCAI_PASSWORD"]
    assert here.run("batch", "list", by="李会计", code=2)["refused"] == "NoPassword"


# -- the month ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands")


@pytest.fixture(scope="module")
def here(folder: Path) -> Terminal:
    """An office that knows no village yet, with cheap keys (what the real ones cost is in the test above)."""
    found(folder / "office", villages=()).store.close()
    return Terminal(folder / "office")


@pytest.fixture(scope="module")
def taken_in(here: Terminal, folder: Path) -> dict[str, Body]:
    """1–3 of the month: people, accounts, policies, allotments, rosters; a copy of the office is kept as it then was."""
    answers = {
        "dry": here.run("import", "people", TOWNSHIP / "户籍底册.xlsx", "--dry-run", code=1),
        "people": here.run("import", "people", TOWNSHIP / "户籍底册.xlsx", code=1),
        "accounts": here.run("import", "accounts", TOWNSHIP / "账户清册.xlsx"),
        "policies": here.run("policy", "add", SAMPLES / "policies.toml"),
        "allotments": here.run("import", "allotments", TOWNSHIP / "资金指标.xlsx"),
    }
    for key, program, code in (
        ("gdbh", LAND, 1),
        ("skym", "大中型水库移民后期扶持补助", 1),
        ("cjhl", CARE, 0),
        ("tkgy", "2082102", 0),
    ):
        answers[key] = here.run(
            "import",
            "roster",
            TOWNSHIP / f"{key}.xlsx",
            "--program",
            program,
            "--period",
            "2024-06",
            code=code,
        )
    copied(here, folder / "taken-in")
    return answers


def test_imports_answer_as_written(here: Terminal, taken_in: dict[str, Body]) -> None:
    for key, answer in taken_in.items():
        if key == "policies":
            continue
        assert {"run", "rows", "accepted", "rejected", "findings"} <= set(answer)
        assert answer["rows"] == answer["accepted"] + answer["rejected"]
        for finding in answer["findings"]:
            assert list(finding) == ["sheet", "row", "column", "written", "level", "code", "sentence"]
    assert taken_in["dry"]["run"] is None
    assert taken_in["dry"]["findings"] == taken_in["people"]["findings"]
    assert taken_in["people"]["accepted"] == TRUTH["registry"]["people_accepted"]
    for key in ("gdbh", "skym", "cjhl"):
        truth = TRUTH["rosters"][key]
        assert {
            name: taken_in[key][name]
            for name in ("rows", "accepted", "accepted_fen", "accepted_fen_by_village")
        } == {name: truth[name] for name in ("rows", "accepted", "accepted_fen", "accepted_fen_by_village")}
    assert (taken_in["tkgy"]["rows"], taken_in["tkgy"]["accepted_fen"]) == (0, 0)


def test_the_same_file_again_names_its_run(here: Terminal, taken_in: dict[str, Body]) -> None:
    for words, key in (
        (("people", TOWNSHIP / "户籍底册.xlsx"), "people"),
        (("allotments", TOWNSHIP / "资金指标.xlsx"), "allotments"),
        (("roster", TOWNSHIP / "gdbh.xlsx", "--program", LAND, "--period", "2024"), "gdbh"),
    ):
        assert here.ask("import", *words, code=2)["already"] == taken_in[key]["run"]
    assert len(here.ask("import", "list-runs")["runs"]) == 7
    assert {one["document"] for one in here.ask("allotment", "list", "--program", LAND)["allotments"]} == {
        "财农〔2024〕8号"
    }


def test_an_import_is_undone_until_something_stands_on_it(
    here: Terminal, taken_in: dict[str, Body], folder: Path
) -> None:
    spare = copied(here, folder / "undo")
    run = taken_in["cjhl"]["run"]
    assert spare.no("import", "undo", taken_in["people"]["run"]) == "RunInUse"
    assert spare.ask("import", "undo", run)["run"] == run
    assert (
        spare.ask("import", "roster", TOWNSHIP / "cjhl.xlsx", "--program", CARE, "--period", "2024-06")[
            "accepted"
        ]
        == 4
    )
    spare.ask("batch", "create", "--program", CARE, "--period", "2024-06")
    assert "批次" in spare.ask("import", "undo", run + 2, code=2)["sentence"]


def copied(here: Terminal, to: Path) -> Terminal:
    """The same office in another folder, to spoil."""
    shutil.copytree(here.office, to)
    spare = Terminal(to)
    spare.day = here.day
    return spare


@pytest.fixture(scope="module")
def entered(here: Terminal, taken_in: dict[str, Body], folder: Path) -> dict[str, Body]:
    """4–7: two batches made, checked, submitted, reviewed and posted; a dead beneficiary is stopped."""
    here.day = ENTERED
    answers = {"land": here.run("batch", "create", "--program", LAND, "--period", "2024-06")}
    land = answers["land"]["batch"]
    dead = here.ask("batch", "show", land)["lines"][4]
    deaths = sheet(
        folder / "死亡名单.xlsx",
        ("姓名", "身份证号", "死亡日期"),
        [(dead["name"], dead["id_number"], "2023-11-02")],
    )
    answers["deaths"] = here.run("import", "list", deaths, "--kind", "deaths")
    answers["check"] = here.run("batch", "check", land)
    answers["blocked"] = here.ask("batch", "submit", land, code=2)
    for result in answers["check"]["checks"]:
        if result["level"] == "blocker":
            for row in result["rows"]:
                answers["stopped"] = here.run("payment", "stop", row["payment"], "--reason", row["sentence"])
    answers["no_reasons"] = here.ask("batch", "submit", land, code=2)
    answers["submit"] = here.run(
        "batch", "submit", land, *reasons(here, land, "submit"), "--opinion", "已核对"
    )
    answers["review"] = here.run("batch", "review", land, "--opinion", "无误", by=REVIEWER)
    here.day = POSTED
    answers["publicize"] = here.run("batch", "publicize", land)
    answers["settlers"] = here.run("batch", "create", "--program", SETTLERS, "--period", "2024-06")
    settlers = answers["settlers"]["number"]
    here.ask("batch", "submit", settlers, *reasons(here, settlers, "submit"))
    here.ask("batch", "review", settlers, by=REVIEWER)
    here.ask("batch", "publicize", settlers, by=APPROVER)
    return answers


def reasons(here: Terminal, batch: object, stage: str, by: str = AUDITOR) -> list[str]:
    """A written reason for every warning that asks for one."""
    found = here.ask("batch", "check", batch, "--stage", stage, by=by)["checks"]
    return [
        f"--reason={one['code']}=已逐户核实"
        for one in found
        if not one["passed"] and one["level"] == "warning"
    ]


def test_a_batch_answers_as_written(here: Terminal, entered: dict[str, Body]) -> None:
    for key in ("land", "submit", "review", "settlers"):
        assert {"batch", "state", "payments", "owed_fen", "buckets"} <= set(entered[key])
        holds_together(entered[key])
    truth = TRUTH["rosters"]["gdbh"]
    assert (entered["land"]["payments"], entered["land"]["owed_fen"]) == (
        truth["accepted"],
        truth["accepted_fen"],
    )
    assert [entered[key]["state"] for key in ("land", "submit", "review", "publicize")] == [
        "draft",
        "submitted",
        "reviewed",
        "publicized",
    ]
    assert entered["blocked"]["refused"] == "PreflightBlocked"
    assert entered["stopped"]["buckets"]["stopped"]["count"] == 1
    assert entered["no_reasons"]["refused"] == "NeedsReason"
    shown = here.ask("batch", "show", entered["land"]["batch"], by=AUDITOR)
    assert len(shown["lines"]) == truth["accepted"]
    assert [act["step"] for act in shown["acts"]] == ["create", "stop", "submit", "review", "publicize"]


def test_the_notice_hides_and_takes_objections(
    here: Terminal, entered: dict[str, Body], folder: Path
) -> None:
    land = entered["land"]["batch"]
    out = folder / "公示.xlsx"
    assert here.run("notice", "print", land, "--out", out, by=AUDITOR)["villages"] == 3
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == TRUTH["villages"]
    for one in book.worksheets:
        assert not [
            cell
            for row in one.iter_rows(values_only=True)
            for cell in row
            if cell is not None and has_leak(str(cell))
        ]
    objection = here.run("notice", "object", land, "--person", "王某", "--text", "面积多报")["objection"]
    assert here.no("batch", "approve", land, by=APPROVER, on=PAID) in ("ObjectionsOpen", "PreflightBlocked")
    here.run("notice", "decide", objection, "--outcome", "rejected", "--answer", "实地丈量无误")
    assert here.ask("notice", "list", land)["objections"][0]["outcome"] == "rejected"


def to_the_bank(here: Terminal, batch: object, profile: str, out: Path) -> tuple[Body, Path]:
    """报盘; gives the answer and the file for the bank."""
    sent = here.run("bank-file", batch, "--profile", profile, "--out", out)
    return sent, out / sent["files"][0]["name"]


@pytest.fixture(scope="module")
def sent(here: Terminal, entered: dict[str, Body], folder: Path) -> dict[str, Any]:
    """8–9: the notices have run, both batches are approved and go to two banks."""
    land, settlers = entered["land"]["batch"], entered["settlers"]["batch"]
    answers: dict[str, Any] = {
        "early": here.ask("batch", "approve", land, by=APPROVER, on="2024-06-06", code=2)
    }
    here.day = PAID
    live = entered["stopped"]["owed_fen"] - entered["stopped"]["buckets"]["stopped"]["fen"]
    document = "财农〔2024〕8号"
    why = reasons(here, land, "approve")
    answers["short"] = here.ask(
        "batch", "approve", land, *why, "--fund", f"{document}={live - 1}", by=APPROVER, code=2
    )
    answers["approve"] = here.run(
        "batch",
        "approve",
        land,
        *why,
        "--fund",
        f"{document}={live - 100}",
        "--fund",
        "财农[2024]08号=100",
        by=APPROVER,
    )
    here.run(
        "batch", "approve", settlers, *reasons(here, settlers, "approve"), "--opinion", "同意", by=APPROVER
    )
    answers["land"], answers["land_file"] = to_the_bank(here, land, "rural_bank", folder / "报盘")
    answers["settlers"], answers["settlers_file"] = to_the_bank(here, settlers, "icbc", folder / "报盘")
    return answers


def test_approval_waits_for_the_notice_and_the_funds(sent: dict[str, Any]) -> None:
    assert sent["early"]["refused"] in ("NoticeTooShort", "PreflightBlocked")
    assert sent["short"]["refused"] == "FundingDoesNotMatch"
    assert "0.01" in sent["short"]["sentence"]
    assert sent["approve"]["state"] == "approved"


def test_bank_files_answer_as_written(here: Terminal, sent: dict[str, Any], entered: dict[str, Body]) -> None:
    for key, amount, account in (("land", "金额", "账号"), ("settlers", "应处理金额", "卡号")):
        answer, path = sent[key], sent[f"{key}_file"]
        assert {"files", "count", "total_fen", "sha256"} <= set(answer)
        assert answer["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        rows = rows_of(path)
        assert len(rows) == answer["count"]
        assert sum(round(float(row[amount]) * 100) for row in rows) == answer["total_fen"]
        assert all(isinstance(row[account], str) and row[account].isdigit() for row in rows)
        assert all(len(str(row.get("备注", "")).encode("gbk")) <= 12 for row in rows)
    shown = here.ask("batch", "show", entered["land"]["batch"], by=REVIEWER)
    assert shown["state"] == "sent"
    assert shown["buckets"]["in_flight"] == {"count": sent["land"]["count"], "fen": sent["land"]["total_fen"]}


def rural_answer(sent: Path, failures: dict[int, str]) -> list[list[Any]]:
    """What the rural bank answers, line by line."""
    lines = []
    for place, row in enumerate(rows_of(sent)):
        failed = failures.get(place)
        lines.append([*(row[heading] for heading in RURAL[:6]), "失败" if failed else "成功", failed])
    return lines


@pytest.fixture(scope="module")
def answered(here: Terminal, sent: dict[str, Any], folder: Path) -> dict[str, Any]:
    """10: the banks answer, in a disorder of their own."""
    failures = {2: "户名不符", 5: "账户已销户", 9: "睡眠户"}
    whole = rural_answer(sent["land_file"], failures)
    first = [line for place, line in enumerate(whole) if place not in (11, 12)]
    first[15] = [*first[15][:3], first[15][3] + 0.01, *first[15][4:]]
    first.append([999, "路人甲", "6217000000000000129", 100, "耕地补贴", "11010519491231002X", "成功", None])
    first.reverse()
    second = [line[1:] for line in reversed(whole)]
    back = folder / "回盘"
    answers: dict[str, Any] = {"first_file": sheet(back / "一.xlsx", RURAL, first)}
    answers["first"] = here.run("bank-return", answers["first_file"])
    answers["settling"] = here.ask("batch", "show", sent["land"]["batch"])
    answers["again"] = here.run(
        "bank-return", answers["first_file"], "--batch", sent["land"]["number"], "--profile", "rural_bank"
    )
    answers["second"] = here.run("bank-return", sheet(back / "二.xlsx", RURAL[1:], second))
    rows = rows_of(sent["settlers_file"])
    twins = [place for place, row in enumerate(rows) if rows.count(row) > 1]
    failed = {twins[0], 3}
    answers["icbc"] = here.run("bank-return", sheet(
        back / "三.xlsx", ICBC,
        [[*row.values(), *((0, "失败") if place in failed else (row["应处理金额"], "全部成功"))] for place, row in enumerate(rows)],
    ))  # fmt: skip
    return answers


def test_every_line_of_an_answer_ends_somewhere(sent: dict[str, Any], answered: dict[str, Any]) -> None:
    count = sent["land"]["count"]
    figures = ("matched", "paid", "failed", "unmatched", "already_posted")
    assert [answered["first"][name] for name in figures] == [count - 3, count - 6, 3, 2, 0]
    assert answered["settling"]["state"] == "settling"
    assert answered["settling"]["buckets"]["in_flight"]["count"] == 3
    holds_together(answered["settling"])
    assert [answered["again"][name] for name in figures] == [0, 0, 0, 0, count - 1]
    assert [answered["second"][name] for name in figures] == [3, 3, 0, 0, count - 3]
    assert [answered["icbc"][name] for name in figures] == [
        sent["settlers"]["count"],
        sent["settlers"]["count"] - 2,
        2,
        0,
        0,
    ]
    assert {one["reason"] for one in answered["first"]["failures"]} == {"户名不符", "账户已销户", "睡眠户"}


@pytest.fixture(scope="module")
def mended(here: Terminal, sent: dict[str, Any], answered: dict[str, Any], folder: Path) -> dict[str, Any]:
    """11: a bounce, recoveries, one closed unpaid, the rest paid again by another bank's text file."""
    here.day = MENDED
    land, settlers = sent["land"]["batch"], sent["settlers"]["batch"]
    paid = [one["payment"] for one in here.ask("batch", "show", land, "--bucket", "paid")["lines"]]
    failed = [one["payment"] for one in here.ask("batch", "show", land, "--bucket", "failed")["lines"]]
    answers: dict[str, Any] = {
        "bounce": here.run("payment", "bounce", paid[0], "--reason", "账户冻结退票"),
        "part": here.ask("payment", "recover", paid[1], "--reason", "面积核减", "--yuan", "1.00"),
        "whole": here.run("payment", "recover", paid[2], "--reason", "重复享受"),
        "close": here.run("payment", "close", failed[0], "--reason", "本人放弃", by=APPROVER),
        "reissue": here.run("reissue", land),
    }
    again = answers["reissue"]["batch"]
    here.ask("batch", "submit", again, *reasons(here, again, "submit"))
    here.ask("batch", "review", again, by=REVIEWER)
    here.ask("batch", "approve", again, *reasons(here, again, "approve"), by=APPROVER)
    _, path = to_the_bank(here, again, "icbc_text", folder / "报盘")
    lines = [line for line in path.read_bytes().decode("gbk").splitlines() if not line.startswith("合计")]
    text = "\r\n".join(f"{line} {line.split(' ')[6]} 全部成功" for line in reversed(lines)) + "\r\n"
    (folder / "回盘" / "四.txt").write_bytes(text.encode("gbk"))
    answers["text"] = here.run("bank-return", folder / "回盘" / "四.txt")
    answers["settlers_reissue"] = here.ask("reissue", settlers)
    here.ask("batch", "cancel", answers["settlers_reissue"]["batch"], "--reason", "账户还没有换好")
    for one in here.ask("batch", "show", settlers, "--bucket", "failed")["lines"]:
        here.ask("payment", "close", one["payment"], "--reason", "无法联系", by=APPROVER)
    return answers


def test_failed_money_ends_somewhere(here: Terminal, sent: dict[str, Any], mended: dict[str, Any]) -> None:
    assert [mended[key]["bucket"] for key in ("bounce", "part", "whole", "close")] == [
        "returned",
        "paid",
        "recovered",
        "closed_unpaid",
    ]
    assert mended["part"]["fen"] == 100
    assert mended["reissue"]["payments"] == 3
    holds_together(mended["reissue"])
    assert (mended["text"]["matched"], mended["text"]["unmatched"]) == (3, 0)
    states = {one["number"]: one["state"] for one in here.ask("batch", "list", by=AUDITOR)["batches"]}
    assert states == {
        sent["land"]["number"]: "settled", mended["reissue"]["number"]: "settled",
        sent["settlers"]["number"]: "settled", mended["settlers_reissue"]["number"]: "cancelled",
    }  # fmt: skip
    holds_together(here.ask("batch", "show", sent["land"]["batch"]))


@pytest.fixture(scope="module")
def closed(here: Terminal, sent: dict[str, Any], mended: dict[str, Any], folder: Path) -> dict[str, Any]:
    """12–14: dossiers, archive, the monthly return."""
    land, again = sent["land"]["batch"], mended["reissue"]["batch"]
    answers: dict[str, Any] = {
        "dossier": here.run("dossier", land, "--out", folder / "案卷" / "一.zip"),
        "archive": here.run("batch", "archive", land),
        # nobody made this one's dossier: the command does, in an act of its own
        "bare_archive": here.run("batch", "archive", again),
    }
    here.day = REPORTED
    answers["monthly"] = here.run("report", "monthly", "2024-06", "--out", folder / "月报.xlsx", by=AUDITOR)
    answers["too_early"] = here.ask("report", "submit", "2024-07", code=2)
    answers["submit"] = here.run("report", "submit", "2024-06")
    here.run("report", "send-back", "2024-06", "--reason", "县里要求补报", by=REVIEWER)
    here.ask("report", "submit", "2024-06")
    answers["confirm"] = here.run("report", "confirm", "2024-06", by=REVIEWER)
    answers["july"] = here.ask("report", "submit", "2024-07")
    return answers


def test_the_dossier_holds_what_came_and_went(
    sent: dict[str, Any], answered: dict[str, Any], closed: dict[str, Any], folder: Path
) -> None:
    with zipfile.ZipFile(folder / "案卷" / "一.zip") as dossier:
        names = dossier.namelist()
        held = {hashlib.sha256(dossier.read(name)).hexdigest() for name in names}
        listed = dossier.read("SHA256SUMS.txt").decode("utf-8").splitlines()
    assert "index.html" in names
    assert len(listed) == len(names) - 1
    for path in (TOWNSHIP / "gdbh.xlsx", sent["land_file"], answered["first_file"]):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in held
    assert (closed["archive"]["state"], closed["bare_archive"]["state"]) == ("archived", "archived")


def test_the_dossier_proves_itself(here: Terminal, closed: dict[str, Any], folder: Path) -> None:
    path = folder / "案卷" / "一.zip"
    alone = here.type("archive", "verify", str(path), "--json")
    assert (alone.returncode, json.loads(alone.stdout)["ok"]) == (0, True)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    flipped = folder / "案卷" / "坏一.zip"
    flipped.write_bytes(body)
    assert here.ask("archive", "verify", flipped, code=2)["ok"] is False
    forged = folder / "案卷" / "坏二.zip"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(forged, "w") as again:
        *before, victim = [name for name in whole.namelist() if name != "SHA256SUMS.txt"]
        for name in whole.namelist():
            again.writestr(name, whole.read(name) + (b" " if name in (before[0], victim) else b""))
    said = here.ask("archive", "verify", forged, code=2)
    assert before[0] in said["first_bad"]
    assert len(said["bad"]) == 2


def test_a_kept_file_that_changed_is_named(here: Terminal, closed: dict[str, Any], folder: Path) -> None:
    assert here.run("archive", "verify", by=AUDITOR)["ok"] is True
    spare = copied(here, folder / "flipped")
    kept = sorted(
        (path for path in spare.office.rglob("*") if path.is_file() and "office.db" not in path.name),
        key=lambda path: path.stat().st_size,
    )[-1]
    body = bytearray(kept.read_bytes())
    body[len(body) // 2] ^= 1
    kept.chmod(0o644)
    kept.write_bytes(body)
    said = spare.ask("archive", "verify", code=2, by=AUDITOR)
    assert (said["ok"], len(said["bad"])) == (False, 1)
    assert said["first_bad"] in said["sentence"]
    told = spare.ask("doctor", code=2, by=AUDITOR)
    assert told["ok"] is False
    assert told["problems"]


def test_the_month_is_reported_upward(here: Terminal, closed: dict[str, Any], folder: Path) -> None:
    figures = closed["monthly"]
    assert [check["name"] for check in figures["checks"] if not check["passed"]] == []
    for span in ("month", "year"):
        for field, total in figures["total"][span].items():
            assert total == sum(row[span][field] for row in figures["programs"]), field
    paid = {row["program"]: row["month"]["paid_fen"] for row in figures["programs"]}
    shown = here.ask("batch", "show", "2130122-2024-01", by=AUDITOR)["buckets"]
    again = here.ask("batch", "show", "2130122-2024-02", by=AUDITOR)["buckets"]
    # what was clawed back of a payment that stays paid is no longer paid out
    assert paid[LAND] == shown["paid"]["fen"] + again["paid"]["fen"] - 100
    assert closed["too_early"]["refused"] == "PriorMonthNotReported"
    assert (closed["submit"]["state"], closed["confirm"]["state"]) == ("reported", "confirmed")
    assert openpyxl.load_workbook(folder / "月报.xlsx").sheetnames
    assert [
        one["state"] for one in here.ask("report", "list", by=AUDITOR)["reports"] if one["month"] == "2024-06"
    ] == ["confirmed"]


def test_books_agree_with_the_batches(here: Terminal, sent: dict[str, Any], closed: dict[str, Any]) -> None:
    assert here.run("trial-balance", by=AUDITOR)["balances"] is True
    assert here.ask("book", "batch", sent["land"]["number"], by=AUDITOR)["agrees"] is True
    assert here.ask("book", "allotment", by=AUDITOR)["agrees"] is True
    programs = {one["program"]: one for one in here.ask("book", "program", by=AUDITOR)["programs"]}
    paid = programs[LAND]["buckets"]["paid"]["fen"] + programs[SETTLERS]["buckets"]["paid"]["fen"]
    bank = here.ask("book", "bank", "--month", "2024-06", by=AUDITOR)
    assert paid > 0
    assert bank["closing_fen"] == bank["lines"][-1]["balance_fen"]
    vouchers = here.ask("voucher", "list", by=AUDITOR)["vouchers"]
    one = vouchers[-1]
    lines = here.ask("voucher", "show", f"{one['month']}/{one['name']}", by=AUDITOR)["lines"]
    assert sum(line["debit_fen"] - line["credit_fen"] for line in lines) == 0


def test_one_person_whole(here: Terminal, sent: dict[str, Any], closed: dict[str, Any]) -> None:
    one = here.ask("batch", "show", sent["land"]["batch"])["lines"][0]
    for find in (one["id_number"], one["id_number"][-6:], one["account_number"][-6:]):
        card = here.ask("person", find, by=REVIEWER)
        assert (card["name"], card["payments"][0]["owed_fen"]) == (one["payee_name"], one["owed_fen"])


def test_every_act_is_audited_with_both_dates(here: Terminal, closed: dict[str, Any]) -> None:
    lines = here.ask("audit", "list", "--last", "500", by=AUDITOR)["lines"]
    assert lines[-1]["business_date"] == REPORTED
    assert lines[-1]["at"][:10] > REPORTED
    assert {"batch.approve", "return.post", "dossier.make", "batch.archive", "report.submit"} <= {
        line["act"] for line in lines
    }


def test_doctor_backup_restore(here: Terminal, closed: dict[str, Any], folder: Path) -> None:
    assert here.run("doctor", by=AUDITOR) == {
        "ok": True,
        "problems": [],
        "checks": here.ask("doctor")["checks"],
    }
    backup = here.run("backup", folder / "U盘", by="admin")
    back = Terminal(folder / "恢复")
    done = back.run("restore", backup["file"], by="admin")
    assert done["verified"] is True
    assert back.ask("batch", "list")["batches"] == here.ask("batch", "list")["batches"]
    assert back.ask("doctor", by=AUDITOR)["ok"] is True


# -- refusals -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tired(here: Terminal, taken_in: dict[str, Body], folder: Path) -> Terminal:
    """Another office of the same people, where nothing goes right."""
    office = Terminal(folder / "taken-in")
    office.day = ENTERED
    return office


@contextlib.contextmanager
def nothing_changes(office: Terminal) -> Iterator[None]:
    """No act is written, no batch moves."""
    before = office.ask("audit", "list"), office.ask("batch", "list"), office.ask("import", "list-runs")
    yield
    assert (
        office.ask("audit", "list"),
        office.ask("batch", "list"),
        office.ask("import", "list-runs"),
    ) == before


def test_what_is_not_there(tired: Terminal, folder: Path, tmp_path: Path) -> None:
    with nothing_changes(tired):
        assert tired.no("batch", "show", "999") == "NoSuchBatch"
        assert tired.no("batch", "submit", "2130122-1999-01") == "NoSuchBatch"
        assert tired.no("payment", "stop", 999999, "--reason", "x") in ("NoSuchPayment", "PaymentUnknown")
        assert (
            tired.no("batch", "create", "--program", "没有的项目", "--period", "2024-06") == "NoSuchProgram"
        )
        assert tired.no("batch", "create", "--program", LAND, "--period", "六月") == "NotPeriod"
        assert tired.no("batch", "create", "--program", LAND, "--period", "2019-06") == "NoPolicyInForce"
        assert tired.no("batch", "create", "--program", "2082102", "--period", "2024-06") == "NobodyToPay"
        assert tired.no("import", "people", tmp_path / "没有.xlsx", code=3)
        (tmp_path / "不是表.xlsx").write_bytes(b"\x00\x01\x02" * 100)
        assert tired.no("import", "people", tmp_path / "不是表.xlsx")
        assert tired.no("import", "accounts", TOWNSHIP / "资金指标.xlsx")
        assert tired.no("import", "undo", 999) == "NoSuchRun"
        assert tired.no("bank-return", TOWNSHIP / "gdbh.xlsx") == "UnknownAnswer"
        assert tired.no("bank-return", tmp_path / "没有.xlsx", code=3)
        assert tired.no("bank-file", "1", "--profile", "没有的银行", "--out", tmp_path)
        assert tired.no("policy", "add", tmp_path / "没有.toml", code=3)
        assert tired.no("person", "没有这个人") == "NobodyFound"
        assert tired.no("voucher", "show", "2024-06/记-0001")
        assert tired.no("report", "monthly", "六月", "--out", tmp_path / "x.xlsx") == "NotMonth"
        assert tired.no("restore", TOWNSHIP / "gdbh.xlsx", by="admin") == "FolderNotEmpty"
        assert tired.no("nonsense") == "WrongArguments"
        assert tired.no("batch", "create", "--program", LAND) == "WrongArguments"
        assert tired.no("batch", "list", on="2024年") == "WrongArguments"
    nowhere = Terminal(tmp_path / "没有的办公点")
    assert nowhere.no("batch", "list")
    assert nowhere.no("restore", tmp_path / "没有.bak", by="admin", code=3)
    assert nowhere.no("restore", TOWNSHIP / "gdbh.xlsx", by="admin")
    assert not nowhere.office.exists()
    assert tired.no("batch", "list", by="不认识的人") == "NoSlot"


def test_people_keep_to_their_posts(tired: Terminal, folder: Path, tmp_path: Path) -> None:
    batch = tired.ask("batch", "create", "--program", LAND, "--period", "2024-06")["batch"]
    with nothing_changes(tired):
        for by in ("admin", AUDITOR, REVIEWER):
            assert tired.no("batch", "submit", batch, by=by) == "NotPermitted"
            assert tired.no("import", "people", TOWNSHIP / "户籍底册.xlsx", by=by) in (
                "NotPermitted",
                "AlreadyImported",
            )
            assert (
                tired.no("bank-file", batch, "--profile", "rural_bank", "--out", tmp_path, by=by)
                == "NotPermitted"
            )
            assert tired.no("payment", "stop", 1, "--reason", "x", by=by) == "NotPermitted"
        assert tired.no("operator", "add", "王五", "--post", "clerk") == "NotPermitted"
        assert tired.no("batch", "create", "--program", LAND, "--period", "2024-06") == "NobodyToPay"
        assert tired.no("batch", "submit", batch) == "NeedsReason"
        assert tired.no("batch", "submit", batch, "--reason", "没有等号") == "NotAPair"
        assert tired.no("batch", "submit", batch, "--reason", "nothing.such=x") == "NoSuchCheck"
        assert tired.no("batch", "approve", batch, by=APPROVER) == "NoRoad"
        assert tired.no("bank-file", batch, "--profile", "rural_bank", "--out", tmp_path) == "NoRoad"
        assert tired.no("batch", "review", batch, by=REVIEWER) == "NoRoad"
        assert tired.no("dossier", batch, "--out", tmp_path / "x.zip") == "NotSettled"
        assert tired.no("batch", "archive", batch) == "NoRoad"
        assert tired.no("notice", "print", batch, "--out", tmp_path / "x.xlsx")
        assert tired.no("payment", "bounce", 1, "--reason", "x") == "NoRoad"
        assert tired.no("reissue", batch) == "NothingToReissue"
    assert not list(tmp_path.iterdir())


def test_three_people_on_a_batch(tired: Terminal, tmp_path: Path) -> None:
    tired.ask("operator", "add", "全能", "--post", "clerk", "reviewer", "approver", by="admin")
    batch = tired.ask("batch", "create", "--program", SETTLERS, "--period", "2024Q2", by="全能")["batch"]
    tired.ask("batch", "submit", batch, *reasons(tired, batch, "submit"), by="全能")
    with nothing_changes(tired):
        assert tired.no("batch", "review", batch, by="全能") == "SamePerson"
        assert tired.no("batch", "cancel", batch, "--reason", "录错") == "CancelNeedsApprover"
        assert tired.no("batch", "reject", batch, by=REVIEWER) == "ReasonNotGiven"
    tired.ask("batch", "reject", batch, "--opinion", "请补材料", by=REVIEWER)
    assert (
        tired.ask("batch", "submit", batch, *reasons(tired, batch, "submit"), by="全能")["state"]
        == "submitted"
    )
    tired.ask("batch", "review", batch, by=REVIEWER)
    tired.ask("batch", "publicize", batch)
    with nothing_changes(tired):
        assert tired.no("batch", "approve", batch, by="全能", on=PAID) == "SamePerson"
        assert tired.no("batch", "approve", batch, by=APPROVER) == "NoticeTooShort"
        assert tired.no("batch", "approve", batch, *reasons(tired, batch, "approve"), by=APPROVER, on="2024-06-01") in (
            "DateBeforeLast", "NoticeTooShort",
        )  # fmt: skip
        assert tired.no("batch", "publicize", batch) == "NoRoad"
    tired.day = PAID
    with nothing_changes(tired):
        why = reasons(tired, batch, "approve")
        assert (
            tired.no("batch", "approve", batch, *why, "--fund", "没有的文号=100", by=APPROVER)
            == "FundOfAnotherProgram"
        )
        assert (
            tired.no("batch", "approve", batch, *why, "--fund", "财农〔2024〕8号=一百元", by=APPROVER)
            == "NotFen"
        )
    approved = tired.ask("batch", "approve", batch, *why, by=APPROVER)
    assert approved["state"] == "approved"
    tired.ask("bank-file", batch, "--profile", "rural_bank", "--out", tmp_path)
    with nothing_changes(tired):
        assert tired.no("bank-file", batch, "--profile", "rural_bank", "--out", tmp_path) == "NoRoad"
        assert tired.no("batch", "cancel", batch, "--reason", "晚了", by=APPROVER) == "NoRoad"
        assert (
            tired.no("batch", "create", "--program", CARE, "--period", "2024-06", on=ENTERED)
            == "DateBeforeLast"
        )


def test_money_is_never_overdrawn(tired: Terminal) -> None:
    tired.day = PAID
    allotment = tired.ask("allotment", "list", "--program", CARE)["allotments"]
    with nothing_changes(tired):
        assert tired.no(
            "allotment",
            "cut",
            allotment[0]["document"],
            "--program",
            CARE,
            "--fen",
            "99999999",
            "--reason",
            "收回",
        )
        assert tired.no("receipt", "add", allotment[0]["document"], "--program", CARE, "--fen", "0")
        assert tired.no("receipt", "add", "没有〔2024〕1号", "--yuan", "100")
    available = sum(one["available_fen"] for one in allotment)
    for one in allotment:
        tired.ask("allotment", "cut", one["allotment"], "--fen", one["available_fen"], "--reason", "收回")
    batch = tired.ask("batch", "create", "--program", CARE, "--period", "2024-06")
    assert batch["owed_fen"] <= available
    tired.ask("batch", "submit", batch["batch"], *reasons(tired, batch["batch"], "submit"))
    tired.ask("batch", "review", batch["batch"], by=REVIEWER)
    tired.ask("batch", "publicize", batch["batch"])
    tired.day = "2024-07-15"
    with nothing_changes(tired):
        assert (
            tired.no(
                "batch", "approve", batch["batch"], *reasons(tired, batch["batch"], "approve"), by=APPROVER
            )
            == "NotEnoughFunds"
        )


# -- words and ways a stranger may reasonably choose ---------------------------------------------------------


def test_everybody_reads_everything_and_sees_no_whole_number(
    here: Terminal, sent: dict[str, Any], closed: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    land, lines = sent["land"]["number"], here.ask("batch", "show", sent["land"]["batch"])["lines"]
    person = lines[0]["id_number"]
    secrets = {line[key] for line in lines for key in ("id_number", "payee_id_number", "account_number")}
    commands = [
        ["operator", "list"], ["village", "list"], ["program", "list"], ["program", "show", LAND], ["policy", "list"],
        ["conflict", "list"], ["allotment", "list"], ["receipt", "list"], ["import", "list-runs"], ["holiday", "list"],
        ["batch", "list"], ["batch", "show", land], ["batch", "check", land], ["batch", "limit"], ["payment", "why", "1"],
        ["notice", "list", land], ["notice", "print", land, "--out", str(folder / "看.xlsx")],
        ["bank-profile", "list"], ["bank-file-again", land, "--out", str(folder / "再")], ["return", "list"],
        ["book", "allotment", "--lines"], ["book", "batch", land], ["book", "bank"], ["book", "program"],
        ["voucher", "list"], ["voucher", "show", "2024-06/记-0001"], ["trial-balance"],
        ["report", "monthly", "2024-06", "--out", str(folder / "看月报.xlsx")], ["report", "list"],
        ["dossier-list"], ["archive", "verify"], ["audit", "list"], ["doctor"], ["person", person],
    ]  # fmt: skip
    readers = (REVIEWER, APPROVER, AUDITOR, "admin")
    for place, words in enumerate(commands):
        by = readers[place % len(readers)]
        code = main([*words, "--office", str(here.office), "--as", by])
        out, err = capsys.readouterr()
        assert (code, err) == (0, ""), words
        assert re.search("[一-鿿]", out), words
        assert "None" not in out, words
        assert not [secret for secret in secrets if secret in out], words


def test_options_before_the_command_and_programs_by_name(here: Terminal, sent: dict[str, Any]) -> None:
    done = here.type(
        "--office", str(here.office), "--json", "--as", AUDITOR, "batch", "show", sent["land"]["number"]
    )
    assert read(done.returncode, done.stdout, done.stderr, 0)["batch"] == sent["land"]["batch"]
    for written in (LAND, "耕地地力保护补贴"):
        assert here.ask("program", "show", written)["program"]
        assert here.ask("book", "program", "--program", written)["programs"][0]["program"] == LAND


def test_posts_may_be_written_in_several_ways(tired: Terminal) -> None:
    for name, words in (
        ("甲", ["--post", "clerk", "--post", "reviewer"]),
        ("乙", ["--post", "clerk", "reviewer"]),
        ("丙", ["--post", "clerk,reviewer"]),
        ("丁", ["--post", "经办、复核"]),
    ):
        assert tired.ask("operator", "add", name, *words, by="admin")["posts"] == ["clerk", "reviewer"]
    assert "boss" in tired.ask("operator", "add", "戊", "--post", "boss", by="admin", code=2)["sentence"]


@pytest.mark.parametrize(
    "words",
    [
        (), ("batch",), ("batch", "lst"), ("batch", "show"), ("batch", "show", "1", "2"), ("batch", "list", "--foo"),
        ("receipt", "add", "1"), ("receipt", "add", "1", "--fen", "x"), ("receipt", "add", "1", "--fen", "1", "--yuan", "1"),
        ("batch", "check", "1", "--stage", "x"), ("import", "list", "x", "--kind", "x"), ("payment", "stop", "1", "--reason"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_chinese(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words]) == 2
    said = "".join(capsys.readouterr())
    assert not re.search("argument|required|invalid|expected|usage|options|unrecognized", said)
    assert re.search("写法", said)


def test_the_demo_by_its_command(here: Terminal, tmp_path: Path) -> None:
    done = here.type("demo", str(tmp_path / "示例"), "--json")
    figures = json.loads(done.stdout)
    assert done.returncode == 0
    assert figures["paid_fen"] == figures["books_fen"] == figures["return_fen"]
    assert all(Path(path).exists() for path in figures["files"])
    assert "云溪镇" in done.stderr


def test_every_command_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    listed = re.findall(r"^    ([a-z-]+)[ \t]*(.*)\n(?=( *))", capsys.readouterr().out, re.MULTILINE)
    assert len(listed) > 30
    assert not [name for name, words, below in listed if not words and len(below) < 10]
