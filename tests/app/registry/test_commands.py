"""The commands of living with the registry: events, hits, duplicates, history, survival, changes, remembered words."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import intake, registry
from app.cli.frame import DONE, REFUSED, Commands, run
from app.desk import Desk
from app.programs.use_cases import add_policies
from tests.app.batches.months import AGED, POLICIES
from tests.app.registry.test_list_hits import number
from tests.app.registry.test_merging import FIRST, put
from tests.builders import Make, card_number
from tests.conftest import PASSWORD
from tests.sheets import workbook


class Shell:
    """Runs commands on an office, as JSON or for people."""

    def __init__(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        self.commands = Commands()
        for room in (intake, registry):
            room.add_commands(self.commands)
        self.office = str(desk.store.folder)
        self.capsys = capsys

    def __call__(self, *words: object, code: int = DONE) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._said(*words, "--json", code=code))
        return answer

    def lines(self, *words: object) -> str:
        return self._said(*words, code=DONE)

    def _said(self, *words: object, code: int) -> str:
        arguments = [*map(str, words), "--office", self.office, "--as", "经办甲", "--date", "2024-06-03"]
        assert run(self.commands, arguments) == code
        return self.capsys.readouterr().out


@pytest.fixture
def shell(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("XIANGCAI_PASSWORD", PASSWORD)
    add_policies(desk, tables=[POLICIES[AGED]], source_name="test")
    return Shell(desk, capsys)


@pytest.fixture
def make(desk: Desk, shell: Shell) -> Make:
    return Make(desk)


def test_a_household_from_death_to_decision(shell: Shell, make: Make) -> None:
    head = make.person("王一", birth="19400501")
    wife = make.person("李二", household=make.household_of(head))
    make.enrolment(head, AGED, standing=True)
    ids = [make.id_number_of(person) for person in (head, wife)]
    died = ("household", "event", "head-death", ids[0], "--on", "2024-05-20", "--reason", "死亡证明")
    assert shell(*died, code=REFUSED)["refused"] == "HeadNotSaid"
    assert shell(
        "household", "event", "split", ids[0], "--on", "2024-05-20", "--reason", "分家", code=REFUSED
    )["refused"] == ("EventOptionMissing")
    said = shell.lines(*died, "--new-head", ids[1])
    assert "户主死亡" in said
    assert "待定" in said
    assert ids[0] not in said
    question = shell("enrolment", "undecided")["questions"][0]
    assert question["id_number"] == ids[0]
    assert question["kind"] == "beneficiary_died"
    decided = ("enrolment", "decide", question["question"], "stop", "--reason", "已死亡")
    assert shell(*decided, code=REFUSED)["refused"] == "LastDayMissing"
    assert shell(*decided, "--last-day", "2024-05-31")["state"] == "stopped"
    shown = shell.lines("household", "show", ids[1])
    assert "户主\t王一\t建档前\t2024-05-20" in shown
    assert "户主\t李二\t2024-05-20\t至今" in shown
    assert ids[1] not in shown
    assert shell("household", "show", ids[1])["head"] == "李二"


def test_hits_and_duplicates(shell: Shell, make: Make, tmp_path: Path) -> None:
    one, other = put(make, "张晓明", FIRST), put(make, "张小明", "33062419550102001")
    file = workbook(tmp_path / "a.xlsx", ("名单", [("姓名", "身份证号"), ("张晓明", number(FIRST))]))
    shell("import", "list", file, "--kind", "deaths")
    hit = shell("list", "hits", "--kind", "deaths")["hits"][0]
    assert (hit["person"], hit["score"], hit["state"]) == (one, 100, "open")
    said = shell.lines("list", "hits", "--exact")
    assert "身份证号相同" in said
    assert number(FIRST) not in said
    assert shell("list", "hits", "--near")["hits"] == []
    shell("list", "decide", hit["entry"], hit["person"], "dismissed", "--reason", "健在")
    assert shell("list", "hits")["hits"] == []
    assert shell("list", "hits", "--state", "all")["hits"][0]["reason"] == "健在"
    pair = shell("person", "duplicates")["pairs"][0]
    assert (pair["one"]["person"], pair["other"]["person"]) == (one, other)
    assert "疑似重复 1 对" in shell.lines("person", "duplicates", "--least", "60")
    merge = ("person", "merge", number(FIRST), number("33062419550102001"))
    assert shell(*merge, code=REFUSED)["refused"] == "MergeReasonMissing"
    assert shell(*merge, "--reason", "派出所证明")["kept"] == one
    assert "同一人的另一条记录" in shell.lines("person", number(FIRST))
    assert shell("person", "duplicates")["count"] == 0
    assert shell("person", "unmerge", number("33062419550102001"), "--reason", "弄错")["unmerged"] == other
    assert shell("person", "merge", number(FIRST), code=REFUSED)["refused"] == "PersonWords"


def test_history_and_survival(shell: Shell, make: Make, tmp_path: Path) -> None:
    person = make.person("王一", birth="19400501")
    make.enrolment(person, AGED, standing=True)
    own = make.id_number_of(person)
    old = workbook(
        tmp_path / "old.xlsx",
        ("名册", [("姓名", "身份证号", "月份", "金额"), ("王一", own, "2023-12", 50.0)]),
    )
    about = ("import", "history", old, "--program", "高龄津贴")
    assert shell(*about, "--dry-run")["run"] is None
    run_id = shell(*about)["run"]
    assert shell(*about, code=REFUSED)["already"] == run_id
    assert "以前的发放" in shell.lines("person", own)
    assert shell("person", own)["past_payments"][0]["owed_fen"] == 5000
    assert "以前的发放" in shell.lines("import", "list-runs")
    assert shell("import", "undo", run_id)["state"] == "undone"

    assert shell("survival", "due", "--program", AGED)["count"] == 1
    assert own not in shell.lines("survival", "due", "--program", AGED, "--on", "2024-07-01")
    suspended = shell(
        "survival", "suspend", "--program", AGED, "--from", "2024-07-01", "--reason", "逾期未认证"
    )
    assert suspended["count"] == 1
    assert "2024-07-01 起暂停" in shell.lines("person", own)
    certified = workbook(tmp_path / "alive.xlsx", ("名单", [("姓名", "身份证号"), ("王一", own)]))
    said = shell.lines("import", "survival", certified, "--program", AGED, "--until", "2025-06-30")
    assert "恢复 王一" in said
    assert shell("survival", "list")["suspensions"][0]["ended_on"] == "2024-06-03"
    run_id = shell("import", "list-runs")["runs"][0]["run"]
    assert shell("import", "undo", run_id)["state"] == "undone"
    assert shell("survival", "certify", own, "--program", AGED, "--until", "2025-06-30")["restored"]


def test_changes_and_words(shell: Shell, make: Make, tmp_path: Path) -> None:
    person = make.person("王一")
    own = make.id_number_of(person)
    sheet = [("村", "姓名", "身份证号", "联系电话"), ("上溪村", "王一", own, "13900001111")]
    file = workbook(tmp_path / "a.xlsx", ("底册", sheet))
    dry = shell("import", "people", file, "--dry-run")
    assert [(one["id"], one["field"], one["new"]) for one in dry["changes"]] == [
        (own, "phone", "13900001111")
    ]
    run_id = shell("import", "people", file)["run"]
    assert shell("import", "changes", run_id)["changes"] == dry["changes"]
    said = shell.lines("import", "changes", run_id)
    assert "139****1111" in said
    assert own not in said
    assert shell("import", "changes", 99, code=REFUSED)["refused"] == "NoSuchRun"
    shell("bank", "alias", "农商行", "新昌农商银行")
    assert shell("bank", "aliases")["aliases"] == [{"alias": "农商行", "name": "新昌农商银行"}]
    assert shell("bank", "alias", "农商行", "农业银行", code=REFUSED)["refused"] == "AliasStandsAlready"
    assert "配偶" in shell.lines("relation", "alias", "老婆", "配偶")


def test_somebody_is_enrolled_and_stopped_by_commands(shell: Shell, make: Make) -> None:
    person = make.person("王一", birth="19400501")
    number_of = make.id_number_of(person)
    begun = shell(
        "enrolment", "start", "--program", AGED, "--person", number_of, "--from", "2024-06-01", "--reason", "民政所批准"
    )  # fmt: skip
    assert (begun["fen"], begun["from"]) == (5_000, "2024-06-01")
    no = shell(
        "enrolment", "start", "--program", AGED, "--person", number_of, "--from", "2024-06-01", "--fact", "quantity",
        "--reason", "又一次", code=REFUSED,
    )  # fmt: skip
    assert no["refused"] == "FactUnclear"
    stopped = shell("enrolment", "stop", begun["enrolment"], "--last", "2024-06-30", "--reason", "迁出")
    assert (stopped["state"], stopped["last"]) == ("active", "2024-06-30")


def test_a_new_passbook_by_command(shell: Shell, make: Make) -> None:
    person = make.person("王一", account=card_number(41))
    asked = ("account", "register", make.id_number_of(person), "--reason", "换折", "--number")
    assert shell(*asked, card_number(42)) | {"doubt": ""} == {
        "person": person, "account": 2, "name": "王一", "changed": True, "doubt": "",
    }  # fmt: skip
    make.person("李二", account=card_number(43))
    assert shell(*asked, card_number(43), code=REFUSED)["refused"] == "AccountNeedsWord"
    assert "另一户" in shell(*asked, card_number(43), "--checked")["doubt"]


def test_a_village_without_a_name_is_not_registered(shell: Shell, desk: Desk) -> None:
    known = desk.store.rows("SELECT name FROM village")
    for names in (("",), ("坪村", "　"), ("\u200b",)):
        assert "名称是空的" in shell("village", "add", *names, code=REFUSED)["sentence"]
    assert desk.store.rows("SELECT name FROM village") == known
