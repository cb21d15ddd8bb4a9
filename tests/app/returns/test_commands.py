"""The commands of notices, bank files and returns, from the publicized list to what came back."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import bankfiles, notices, returns
from app.cli.frame import DONE, REFUSED, Commands, run
from app.demo_bank import answer_bank_file
from app.desk import Desk
from tests.app.bankfiles.banks import FERRY
from tests.app.bankfiles.batches import a_batch
from tests.builders import Make
from tests.conftest import PASSWORD


@pytest.fixture
def commands() -> Commands:
    made = Commands()
    for room in (notices, bankfiles, returns):
        room.add_commands(made)
    return made


class Shell:
    """Runs commands on an office, as JSON, and gives the exit code and the object."""

    def __init__(self, commands: Commands, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        self.commands = commands
        self.office = str(desk.store.folder)
        self.capsys = capsys

    def __call__(self, *words: object, operator: str = "经办甲", code: int = DONE) -> dict[str, Any]:
        arguments = [*map(str, words), "--office", self.office, "--as", operator, "--date", "2024-06-03"]
        assert run(self.commands, [*arguments, "--json"]) == code
        answer: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return answer

    def lines(self, *words: object) -> str:
        """What people read."""
        arguments = [*map(str, words), "--office", self.office, "--as", "经办甲", "--date", "2024-06-03"]
        assert run(self.commands, arguments) == DONE
        return self.capsys.readouterr().out


@pytest.fixture
def shell(
    commands: Commands, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    return Shell(commands, desk, capsys)


def test_posting_a_list(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    batch = a_batch(make, [make.person("张三")], state="reviewed")
    assert (
        shell("notice", "print", batch, "--out", tmp_path / "a.xlsx", code=REFUSED)["refused"]
        == "NoNoticeToPrint"
    )
    assert shell("batch", "publicize", batch)["last_day"] == "2024-06-13"
    assert "没有设置异议电话" in shell.lines(
        "notice", "print", "2130122-2024-01", "--out", tmp_path / "a.xlsx"
    )
    assert shell("notice", "phone", "0575-86021234")["phone"] == "0575-86021234"
    assert shell("notice", "print", batch, "--out", tmp_path / "a.xlsx")["phone"] == "0575-86021234"
    objection = shell("notice", "object", batch, "--person", "王某", "--text", "面积不实")["objection"]
    assert "待处理" in shell.lines("notice", "list", batch)
    assert (
        shell("notice", "decide", objection, "--outcome", "rejected", "--answer", "已核实")["outcome"]
        == "rejected"
    )
    listed = shell("notice", "list", batch)
    assert [len(listed[part]) for part in ("notices", "objections")] == [1, 1]


def test_the_holiday_table(shell: Shell) -> None:
    assert shell("holiday", "set", "2027-02-08", "off", "--name", "春节")["day"] == "2027-02-08"
    assert "2027-02-08\t放假\t春节" in shell.lines("holiday", "list", "--year", "2027")
    assert shell("holiday", "set", "2027-02-31", "off", code=REFUSED)["refused"] == "NotDate"


def test_out_to_the_bank_and_back(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    batch = a_batch(
        make, [make.person("张三"), make.person("李四"), make.person("王五")], fen=[100, 200, 300]
    )
    made = shell("bank-file", batch, "--profile", "rural_bank", "--out", tmp_path / "out")
    assert (made["count"], made["total_fen"]) == (3, 600)
    (path,) = (tmp_path / "out").glob("*.xlsx")
    again = shell("bank-file-again", batch, "--out", tmp_path / "again")
    assert again["files"] == made["files"]
    back = answer_bank_file(
        path, tmp_path / "back.xlsx", profile="rural_bank", failures={2: "销户"}, unlisted=[3]
    )
    answer = shell("bank-return", back)
    names = ("matched", "paid", "failed", "unmatched", "already_posted", "waiting")
    assert [answer[name] for name in names] == [2, 1, 1, 0, 0, 0]
    said = shell.lines("bank-return", back)
    assert "以前已登记 2 行" in said
    payment = desk.store.value("SELECT id FROM payment WHERE line = 1")
    assert shell("payment", "recover", payment, "--yuan", "0.40", "--reason", "多领")["left_fen"] == 60
    assert (
        shell("payment", "bounce", payment, "--reason", "睡眠户", code=REFUSED)["refused"]
        == "PartlyRecovered"
    )
    listed = shell("return", "list", "--batch", batch)
    assert [len(listed[part]) for part in ("returns", "unsettled")] == [1, 0]


def test_failures_are_told_with_what_to_do_and_no_whole_account(
    shell: Shell, desk: Desk, tmp_path: Path
) -> None:
    make = Make(desk)
    batch = a_batch(make, [make.person("张三"), make.person("李四")])
    shell("bank-file", batch, "--profile", "icbc", "--out", tmp_path)
    (path,) = tmp_path.glob("*.xlsx")
    back = answer_bank_file(path, tmp_path / "b" / "back.xlsx", profile="icbc", failures={1: "账户已销户"})
    said = shell.lines("bank-return", back)
    assert "请让本人提供新的账户" in said
    assert "2024-06-06 前办结" in said
    account = desk.store.value("SELECT account_number FROM payment WHERE line = 1")
    assert account[-4:] in said
    assert account not in said


def test_a_waiting_line_is_confirmed(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    batch = a_batch(make, [make.person("张三"), make.person("李四")])
    shell("bank-file", batch, "--profile", "icbc_text", "--out", tmp_path)
    (path,) = (one for one in tmp_path.glob("*.txt") if "控制表" not in one.name)
    back = answer_bank_file(path, tmp_path / "b" / "back.txt", profile="icbc_text")
    back.write_bytes(back.read_bytes().decode("gbk").replace("张三", "张山").encode("gbk"))
    (line,) = shell("bank-return", back)["unmatched_lines"]
    assert "户名不同" in shell.lines("return", "list")
    aside = shell.lines("return", "set-aside", line["return_line"], "--reason", "另有回盘")
    assert "已认定无须认领：另有回盘" in aside
    assert "张山" not in shell.lines("return", "list")
    payment = desk.store.value("SELECT id FROM payment WHERE line = 1")
    confirmed = shell("return", "confirm", line["return_line"], "--payment", payment)
    assert (confirmed["outcome"], confirmed["state"]) == ("paid", "settled")


def test_profiles_are_listed(shell: Shell) -> None:
    listed = shell("bank-profile", "list")["profiles"]
    assert {one["name"] for one in listed} >= {"rural_bank", "icbc", "icbc_text"}
    assert "处理标志" in shell.lines("bank-profile", "list")


def test_a_bank_is_learned_by_commands(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    out = FERRY.write(tmp_path / "out.dat", FERRY.out)
    back = FERRY.write(tmp_path / "back.dat", FERRY.back)
    said = [f"--column={column}={what}" for column, what in FERRY.out_columns.items()]
    told = shell.lines("bank-profile", "learn", FERRY.name, out, *said, "--bytes", "A列=20")
    assert "2 行明细，合计 102.50 元" in told
    assert "另一个方向" in told
    said = [f"--column={column}={what}" for column, what in FERRY.back_columns.items()]
    no = shell("bank-profile", "learn", FERRY.name, back, *said, "--success", "成功", code=REFUSED)
    assert no["refused"] == "WordsUnsaid"
    answer = shell(
        "bank-profile", "learn", FERRY.name, back, *said, "--success", "成功", "--failure", "户名不符"
    )
    assert (answer["direction"], answer["can_send"], answer["can_read"]) == ("from_bank", True, True)
    known = {one["name"]: one for one in shell("bank-profile", "list")["profiles"]}
    assert known[FERRY.name]["answer_columns"] == ["A列", "B列", "C列", "D列", "E列"]
    assert (
        shell("bank-profile", "learn", "x", out, "--column=A列=户名", "--bytes", "A列=多", code=REFUSED)[
            "refused"
        ]
        == "NotAPair"
    )
    twice = ("--column=A列=户名", "--column=A列=账号")
    assert shell("bank-profile", "learn", "x", out, *twice, code=REFUSED)["refused"] == "ColumnSaidTwice"
    limits = ("--column=A列=户名", "--bytes=A列=20", "--bytes=A列=40")
    assert shell("bank-profile", "learn", "x", out, *limits, code=REFUSED)["refused"] == "ColumnSaidTwice"
    assert shell("bank-profile", "forget", FERRY.name)["forgotten"] == FERRY.name
