from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.programs.queries import conflicts_of, find_program, policies_of, programs
from app.programs.steps import (
    BrokenPolicyFile,
    NoPolicyInFile,
    NoSuchLevel,
    NotUtf8,
    ShortNameMissing,
    ShortNameNotWritable,
    ShortNameTooLong,
    read_policy_file,
)
from app.programs.use_cases import (
    EndsBeforeItBegins,
    ExcludesItself,
    NamedOtherwise,
    NoSuchConflict,
    NoSuchVersion,
    NotInCatalogue,
    PolicyOverlaps,
    PolicyStartTaken,
    ProgramCodeWrong,
    ProgramExists,
    ProgramNameMissing,
    WrongConflict,
    add_policies,
    add_program,
    change_program,
    end_policy,
    remove_conflict,
    set_conflict,
)
from models.domain.permission import NotPermitted
from models.domain.policy_fields import PolicyRefused
from tests.conftest import SAMPLES
from tests.faults import each_statement_failing

LOCAL: dict[str, Any] = {
    "program": "933062400009",
    "name": "独居老人探访补贴",
    "bank_short_name": "探访补贴",
    "department": "民政",
    "document": "新民〔2024〕20号",
    "from": "2024-01-01",
    "frequency": "month",
    "target": "person",
    "family": "fixed",
    "rate": "30",
}
LAND: dict[str, Any] = {
    "program": "2130122",
    "document": "新农〔2024〕3号",
    "from": "2024-01-01",
    "frequency": "year",
    "target": "household",
    "family": "per_unit",
    "unit": "亩",
    "rate": "100.58",
}


def put(desk: Desk, *tables: dict[str, Any]) -> dict[str, Any]:
    return dict(add_policies(desk, tables=tables, source_name="policies.toml").answer)


def dates(desk: Desk, code: str) -> list[tuple[int, str, str | None]]:
    stored = policies_of(desk.store, find_program(desk.store, code).id)
    return [
        (one.version, str(one.policy.valid_from), str(one.policy.valid_to or "") or None) for one in stored
    ]


# -- programs --------------------------------------------------------------------------------------------------


def test_a_local_program_is_added(desk: Desk) -> None:
    add_program(
        desk,
        code="933062400002",
        name="村级互助",
        department="民政",
        bank_short_name_12="村级互助",
        level="县",
    )
    made = find_program(desk.store, "村级互助")
    assert (made.bank_short_name, made.bank_short_name_12, made.is_local, made.level) == (
        "村级互助",
        "村级互助",
        True,
        "县",
    )


def test_programs_that_cannot_be_added(desk: Desk) -> None:
    with pytest.raises(ProgramCodeWrong, match="93306240000"):
        add_program(desk, code="93306240000", name="短码")
    with pytest.raises(ProgramExists, match="2130122"):
        add_program(desk, code="2130122", name="别的")
    with pytest.raises(ProgramExists, match="2130122"):
        add_program(desk, code="933062400002", name="耕地地力 保护补贴")
    with pytest.raises(ProgramNameMissing):
        add_program(desk, code="933062400002", name=" ")
    with pytest.raises(NoSuchLevel):
        add_program(desk, code="933062400002", name="新项目", level="国家")
    assert len(programs(desk.store)) == 55


def test_a_short_name_is_never_cut(desk: Desk) -> None:
    with pytest.raises(ShortNameMissing, match="独居老人探访补贴"):
        add_program(desk, code="933062400002", name="独居老人探访补贴")
    with pytest.raises(ShortNameTooLong, match="8 个字，最多 7 个字"):
        add_program(desk, code="933062400002", name="新项目", bank_short_name="独居老人探访补贴")
    with pytest.raises(ShortNameTooLong, match="14 字节，最多 12 字节"):
        change_program(desk, program="2130122", bank_short_name_12="耕地地力保护补")
    with pytest.raises(ShortNameTooLong, match="7 个字，最多 6 个字"):
        change_program(desk, program="2130122", bank_short_name_12="ABCDEFG")
    with pytest.raises(ShortNameNotWritable, match="𬭚"):
        change_program(desk, program="2130122", bank_short_name_12="𬭚补贴")
    assert find_program(desk.store, "2130122").bank_short_name_12 == ""


def test_a_change_is_written_with_before_and_after(desk: Desk) -> None:
    done = change_program(
        desk, program="2130122", bank_short_name_12="耕地补贴", department="农业", through_card=True
    )
    assert done.answer["changed"] == {"bank_short_name_12": " → 耕地补贴", "department": "农业农村 → 农业"}
    now = find_program(desk.store, "2130122")
    assert (now.bank_short_name_12, now.department, now.bank_short_name) == (
        "耕地补贴",
        "农业",
        "耕地地力补贴",
    )
    line = desk.store.value("SELECT counts FROM audit_line WHERE act = 'program.change'")
    assert "农业农村 → 农业" in line


def test_only_clerk_and_administrator_set_rules(reviewer: Desk) -> None:
    with pytest.raises(NotPermitted):
        add_program(reviewer, code="933062400002", name="新项目")


# -- policies --------------------------------------------------------------------------------------------------


def test_the_samples_policy_file_goes_in_whole(desk: Desk) -> None:
    done = put(desk, *[dict(table) for table in read_policy_file(SAMPLES / "policies.toml")])
    assert len(done["policies"]) == 8
    assert done["programs_made"] == ["933062400001"]
    assert {one["version"] for one in done["policies"]} == {1}
    made = find_program(desk.store, "居家适老化改造补贴")
    assert (made.bank_short_name, made.department, made.is_local) == ("适老化改造", "民政", True)


def test_a_later_policy_closes_the_one_before(desk: Desk) -> None:
    put(desk, LAND)
    put(desk, {**LAND, "from": "2025-01-01", "rate": "105"})
    put(desk, {**LAND, "from": "2026-03-01", "rate": "110"})
    assert dates(desk, "2130122") == [
        (1, "2024-01-01", "2024-12-31"),
        (2, "2025-01-01", "2026-02-28"),
        (3, "2026-03-01", None),
    ]


def test_several_versions_in_one_file_are_taken_by_their_dates(desk: Desk) -> None:
    put(desk, {**LAND, "from": "2025-01-01"}, LAND)
    assert dates(desk, "2130122") == [(1, "2024-01-01", "2024-12-31"), (2, "2025-01-01", None)]


def test_the_same_start_again_is_refused(desk: Desk) -> None:
    put(desk, LAND)
    with pytest.raises(PolicyStartTaken, match="2024-01-01 起已经有第 1 版政策（新农〔2024〕3号）"):
        put(desk, {**LAND, "rate": "99"})
    assert len(dates(desk, "2130122")) == 1


def test_an_earlier_policy_must_end_before_the_later_begins(desk: Desk) -> None:
    put(desk, LAND)
    with pytest.raises(PolicyOverlaps, match="不晚于 2023-12-31"):
        put(desk, {**LAND, "from": "2023-01-01"})
    with pytest.raises(PolicyOverlaps):
        put(desk, {**LAND, "from": "2023-01-01", "to": "2024-01-01"})
    put(desk, {**LAND, "from": "2023-01-01", "to": "2023-12-31"})
    assert dates(desk, "2130122") == [(2, "2023-01-01", "2023-12-31"), (1, "2024-01-01", None)]


def test_one_bad_policy_keeps_the_whole_file_out(desk: Desk) -> None:
    with pytest.raises(PolicyRefused):
        put(desk, LAND, {**LOCAL, "rate": 30})
    with pytest.raises(NotInCatalogue):
        put(desk, LAND, {**LOCAL, "program": "2999999"})
    with pytest.raises(NoPolicyInFile):
        put(desk)
    assert dates(desk, "2130122") == []


def test_a_local_item_needs_a_name_and_a_short_name(desk: Desk) -> None:
    without_name = {key: value for key, value in LOCAL.items() if key != "name"}
    with pytest.raises(ProgramNameMissing):
        put(desk, without_name)
    with pytest.raises(ShortNameMissing):
        put(desk, {key: value for key, value in LOCAL.items() if key != "bank_short_name"})


def test_a_policy_that_names_another_program_is_refused(desk: Desk) -> None:
    with pytest.raises(NamedOtherwise, match="编码 2130122 是“耕地地力保护补贴”"):
        put(desk, {**LAND, "name": "高龄津贴"})


def test_what_a_policy_says_of_its_program_is_set(desk: Desk) -> None:
    put(desk, {**LAND, "name": "耕地地力保护补贴", "bank_short_name_12": "地力补贴", "department": "农业"})
    program = find_program(desk.store, "2130122")
    assert (program.bank_short_name_12, program.department) == ("地力补贴", "农业")
    with pytest.raises(ShortNameNotWritable):
        put(desk, {**LAND, "from": "2025-01-01", "bank_short_name_12": "𬭚补贴"})


def test_conflicts_of_a_policy_go_into_the_matrix_the_lower_code_first(desk: Desk) -> None:
    put(
        desk, {**LAND, "conflicts": ["2110501", {"program": "2081108", "mode": "提示", "scope": "household"}]}
    )
    assert conflicts_of(desk.store, "2130122") == [
        ("2081108", "2130122", "提示", "household"),
        ("2110501", "2130122", "互斥", "person"),
    ]


def test_a_plain_code_keeps_the_scope_that_the_office_chose(desk: Desk) -> None:
    set_conflict(desk, program="2081902", other="2082102", mode="提示", scope="household")
    put(desk, {**LAND, "program": "2081902", "conflicts": ["2082102"]})
    assert ("2081902", "2082102", "互斥", "household") in conflicts_of(desk.store, "2082102")
    again = {"program": "2082102", "scope": "person"}
    put(desk, {**LAND, "program": "2081902", "from": "2025-01-01", "conflicts": [again]})
    assert ("2081902", "2082102", "互斥", "person") in conflicts_of(desk.store, "2082102")


def test_a_policy_ends(desk: Desk) -> None:
    put(desk, LAND, {**LAND, "from": "2025-01-01"})
    with pytest.raises(NoSuchVersion):
        end_policy(desk, program="2130122", version=3, day=date(2024, 6, 30))
    with pytest.raises(EndsBeforeItBegins):
        end_policy(desk, program="2130122", version=2, day=date(2024, 6, 30))
    with pytest.raises(PolicyOverlaps):
        end_policy(desk, program="2130122", version=1, day=date(2025, 1, 1))
    end_policy(desk, program="2130122", version=1, day=date(2024, 6, 30))
    assert dates(desk, "2130122")[0] == (1, "2024-01-01", "2024-06-30")


# -- exclusions ------------------------------------------------------------------------------------------------


def test_an_exclusion_is_set_changed_and_removed(desk: Desk) -> None:
    set_conflict(desk, program="高龄津贴", other="2081002", mode="择高", scope="同一人")
    assert conflicts_of(desk.store, "2080502") == [("2080502", "2081002", "择高", "person")]
    set_conflict(desk, program="2081002", other="2080502", scope="household")
    assert conflicts_of(desk.store, "2080502") == [("2080502", "2081002", "互斥", "household")]
    remove_conflict(desk, program="2081002", other="2080502")
    assert conflicts_of(desk.store, "2080502") == []
    with pytest.raises(NoSuchConflict):
        remove_conflict(desk, program="2081002", other="2080502")


def test_exclusions_that_mean_nothing(desk: Desk) -> None:
    with pytest.raises(ExcludesItself):
        set_conflict(desk, program="2081002", other="2081002")
    with pytest.raises(WrongConflict):
        set_conflict(desk, program="2081002", other="2080502", mode="随便")
    with pytest.raises(WrongConflict):
        set_conflict(desk, program="2081002", other="2080502", scope="村")


# -- files and faults ------------------------------------------------------------------------------------------


def test_a_broken_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "政策.toml"
    path.write_text('[[policy]]\nprogram = "2130122"\nrate = 一百\n', encoding="utf-8")
    with pytest.raises(BrokenPolicyFile, match=r"“政策.toml”第 3 行.*rate = 一百"):
        read_policy_file(path)
    path.write_text('[[policy]]\nprogram = "2130122', encoding="utf-8")
    with pytest.raises(BrokenPolicyFile, match="第 2 行"):
        read_policy_file(path)
    path.write_bytes('# 好\n[[policy]]\nname = "耕地"\n'.encode("gbk"))
    with pytest.raises(NotUtf8, match="第 1 行"):
        read_policy_file(path)


@pytest.mark.parametrize(
    "text", ["", "# 空\n", "policy = 3\n", "[[policies]]\nprogram = '2130122'\n", "policy = []\n"]
)
def test_a_file_without_policies_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policies.toml"
    path.write_text(text, encoding="utf-8-sig")
    with pytest.raises(NoPolicyInFile):
        read_policy_file(path)


def test_a_fault_at_any_statement_of_a_policy_file_leaves_nothing(desk: Desk) -> None:
    put(desk, LAND)
    tables = [LOCAL, {**LAND, "from": "2025-01-01", "department": "农业", "conflicts": ["2110501"]}]
    assert each_statement_failing(desk.store, lambda: put(desk, *tables)) > 10
