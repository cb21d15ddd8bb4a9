"""The people file: what is said of each cell, what comes in, what an update keeps, what an undo takes back."""

from pathlib import Path
from typing import cast

import pytest

from app.desk import Cancelled, Desk, Progress
from app.intake.source import AlreadyImported, AlreadyUndone, RunInUse
from app.registry.queries import preview_people
from app.registry.use_cases import import_accounts, import_people, name_village_alias, undo_registry_run
from app.workbook.columns import NoTableFound
from models.domain.permission import NotPermitted
from tests.builders import Make, card_number, id_number
from tests.faults import contents, each_statement_failing
from tests.sheets import codes, workbook

HEADINGS = ("户编号", "村", "组", "姓名", "与户主关系", "性别", "身份证号码", "出生日期", "联系电话", "备注")


def row(serial: int, **cells: object) -> tuple[object, ...]:
    """A good row of household `serial`, with some cells changed."""
    good: dict[str, object] = {
        "户编号": f"H{serial}", "村": "上溪村", "组": "1组", "姓名": f"张{chr(0x4E00 + serial)}", "与户主关系": "户主", "性别": "男",
        "身份证号码": id_number(serial), "出生日期": "1955-01-01", "联系电话": "13800000000", "备注": None,
    }  # fmt: skip
    return tuple({**good, **cells}[heading] for heading in HEADINGS)


def people_file(path: Path, *rows: tuple[object, ...]) -> Path:
    return workbook(path, ("底册", [HEADINGS, *rows]))


@pytest.mark.parametrize(
    ("cells", "code", "accepted"),
    [
        ({"身份证号码": None}, "id.missing", False),
        ({"身份证号码": 330624195501010000.0}, "id.precision_lost", False),
        ({"身份证号码": 1234567890123456.0}, "id.precision_lost", False),
        ({"身份证号码": "E12345678"}, "id.other_document", True),
        ({"身份证号码": "33062419550101A019"}, "id.format", False),
        ({"身份证号码": "33062419550101"}, "id.length", False),
        ({"身份证号码": "330624195513010015"}, "id.date", False),
        ({"身份证号码": id_number(1)[:17] + ("0" if id_number(1)[-1] != "0" else "1")}, "id.checksum", False),
        ({"身份证号码": "130503670401001", "出生日期": "1967-04-01"}, "id.fifteen", True),
        ({"姓名": None}, "name.missing", False),
        ({"姓名": "张？"}, "name.odd", True),
        ({"姓名": "张\ue001三"}, "name.odd", True),
        ({"出生日期": "五五年"}, "birth.unreadable", True),
        ({"出生日期": "1955-01-02"}, "birth.mismatch", True),
        ({"性别": "女"}, "sex.mismatch", True),
        ({"村": "无名村"}, "village.unknown", False),
        ({"村": None}, "village.unknown", False),
        ({"与户主关系": "子"}, "head.missing", True),
    ],
)
def test_one_wrong_cell_gives_one_finding(
    desk: Desk, tmp_path: Path, cells: dict[str, object], code: str, accepted: bool
) -> None:
    answer = import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1, **cells), row(2))).answer
    assert (2, code) in codes(answer)
    rest = [found for found in codes(answer) if found != (2, code)]
    # a household that lost its head says so too
    assert rest in ([], [(2, "head.missing")])
    assert answer["accepted"] == 1 + accepted


@pytest.mark.parametrize(
    "cells",
    [
        {"身份证号码": " " + id_number(1) + "\u200b"},
        {"身份证号码": "'" + id_number(1)},
        {"身份证号码": id_number(1).translate(str.maketrans("0123456789", "０１２３４５６７８９"))},
        {"姓名": "张 丁"},
        {"出生日期": 20090.0},
        {"出生日期": "1955年1月1日"},
        {"出生日期": "1955/1/1"},
        {"性别": "男性"},
        {"姓名": "古丽扎尔•吐尔逊"},
        {"姓名": "王𬭩"},
    ],
)
def test_lossless_clean_up_needs_no_finding(desk: Desk, tmp_path: Path, cells: dict[str, object]) -> None:
    answer = import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1, **cells))).answer
    assert codes(answer) == []
    assert answer["accepted"] == 1
    assert desk.store.value("SELECT id_number FROM person") == id_number(1)


def test_the_later_of_two_equal_ids_is_rejected_and_compared_with_nothing(desk: Desk, tmp_path: Path) -> None:
    path = people_file(
        tmp_path / "a.xlsx", row(1), row(2, 身份证号码=id_number(1), 出生日期="1999-09-09", 与户主关系="户主")
    )
    answer = import_people(desk, path=path).answer
    assert codes(answer) == [(3, "id.duplicate"), (3, "head.missing")]
    assert "第 2 行" in answer["findings"][0]["sentence"]  # type: ignore[index]


def test_households_by_relation_when_there_is_no_number(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ("村", "姓名", "与户主关系", "身份证号"),
        ("上溪村", "张一", "户主", id_number(1)),
        ("上溪村", "张二", "配偶", id_number(2)),
        ("上溪村", "李一", "户主", id_number(3)),
    ]
    answer = import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", rows))).answer
    assert codes(answer) == []
    heads = desk.store.rows(
        "SELECT p.name, h.name FROM person p JOIN household u ON u.id = p.household_id JOIN person h ON h.id = u.head_id"
        " ORDER BY p.id"
    )
    assert heads == [("张一", "张一"), ("张二", "张一"), ("李一", "李一")]


def test_a_households_village_and_group_count_even_when_the_row_that_names_them_is_rejected(
    desk: Desk, tmp_path: Path
) -> None:
    rows = [
        ("村", "组", "姓名", "与户主关系", "身份证号"),
        ("上溪村", "1组", "张一", "户主", id_number(1)),
        ("石门村", "2组", "李一", "户主", None),
        (None, None, "李二", "配偶", id_number(3)),
        ("无名村", None, "王一", "户主", id_number(4)),
        (None, None, "王二", "子", id_number(5)),
    ]
    answer = import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", rows))).answer
    assert codes(answer) == [
        (3, "id.missing"), (3, "head.missing"), (5, "village.unknown"), (5, "head.missing"), (6, "village.unknown"),
    ]  # fmt: skip
    found = desk.store.rows(
        "SELECT p.name, v.name, u.group_number FROM person p JOIN household u ON u.id = p.household_id"
        " JOIN village v ON v.id = u.village_id ORDER BY p.id"
    )
    assert found == [("张一", "上溪村", 1), ("李二", "石门村", 2)]


def test_a_household_without_a_number_gets_the_one_that_a_later_file_gives_it(
    desk: Desk, tmp_path: Path
) -> None:
    plain = [
        ("村", "姓名", "与户主关系", "身份证号"),
        ("上溪村", "张一", "户主", id_number(1)),
        ("上溪村", "张二", "女", id_number(2)),
        ("上溪村", "张三", "子", id_number(3)),
    ]
    import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", plain)))
    before = contents(desk.store)["household"]
    numbered = [
        ("户编号", *plain[0]),
        # the daughter heads a household of her own now; the son stands before his father
        ("H2", "上溪村", "张二", "户主", id_number(2)),
        ("H1", "上溪村", "张三", "子", id_number(3)),
        ("H1", "上溪村", "张一", "户主", id_number(1)),
    ]
    answer = import_people(desk, path=workbook(tmp_path / "b.xlsx", ("表", numbered))).answer
    assert codes(answer) == []
    found = desk.store.rows(
        "SELECT u.id, u.number, p.name, p.id = u.head_id FROM household u JOIN person p ON p.household_id = u.id ORDER BY p.id"
    )
    assert found == [(1, "H1", "张一", 1), (2, "H2", "张二", 1), (1, "H1", "张三", 0)]
    undo_registry_run(desk, run_id=int(str(answer["run"])))
    assert contents(desk.store)["household"] == before


def test_an_office_without_villages_takes_them_from_its_first_people_file(desk: Desk, tmp_path: Path) -> None:
    with desk.store.writing():
        desk.store.execute("DELETE FROM village")
    answer = import_people(
        desk, path=people_file(tmp_path / "a.xlsx", row(1, 村="新村"), row(2, 村="旧村"))
    ).answer
    assert codes(answer) == []
    assert [name for (name,) in desk.store.rows("SELECT name FROM village ORDER BY id")] == ["新村", "旧村"]
    later = import_people(desk, path=people_file(tmp_path / "b.xlsx", row(3, 村="别村"))).answer
    assert (2, "village.unknown") in codes(later)


def test_an_alias_is_remembered(desk: Desk, tmp_path: Path) -> None:
    name_village_alias(desk, alias="上溪", village="上溪村")
    answer = import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1, 村="上溪"))).answer
    assert codes(answer) == []


def test_a_village_alone_in_a_row_is_the_village_of_the_rows_below(desk: Desk, tmp_path: Path) -> None:
    with desk.store.writing():
        desk.store.execute("DELETE FROM village")
    rows = [
        ("姓名", "与户主关系", "身份证号"), ("上溪村",), ("张一", "户主", id_number(1)), ("石门社区",),
        ("李一", "户主", id_number(2)), ("填表单位：上溪村",),
    ]  # fmt: skip
    answer = import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", rows))).answer
    assert (answer["rows"], codes(answer)) == (2, [])
    assert desk.store.rows("SELECT name FROM village ORDER BY id") == [("上溪村",), ("石门社区",)]


def test_one_sheet_a_village_without_a_village_column(desk: Desk, tmp_path: Path) -> None:
    sheets = [
        (name, [("姓名", "与户主关系", "身份证号"), (f"张{name[0]}", "户主", id_number(serial))])
        for serial, name in enumerate(("上溪村", "石门村"), start=1)
    ]
    answer = import_people(desk, path=workbook(tmp_path / "a.xlsx", *sheets)).answer
    assert codes(answer) == []
    villages = desk.store.rows(
        "SELECT v.name FROM household h JOIN village v ON v.id = h.village_id ORDER BY h.id"
    )
    assert villages == [("上溪村",), ("石门村",)]


def test_a_sheet_named_by_a_rare_character_brings_its_village_and_one_that_names_none_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    with desk.store.writing():
        desk.store.execute("DELETE FROM village")
    sheets = [
        (name, [("姓名", "与户主关系", "身份证号"), (f"张{name[0]}", "户主", id_number(serial))])
        for serial, name in enumerate(("𡎚坪村", "表{1}"), start=1)
    ]
    answer = import_people(desk, path=workbook(tmp_path / "a.xlsx", *sheets)).answer
    assert desk.store.rows("SELECT name FROM village") == [("𡎚坪村",)]
    told = [
        one["sentence"]
        for one in cast(list[dict[str, str]], answer["findings"])
        if one["code"] == "village.unknown"
    ]
    assert told == [
        "这一行没有写村（社区），从工作表名“表{1}”和表头也认不出是哪个村。请补填登记的全称；新设的村请先登记。"
    ]


def test_an_update_keeps_what_an_empty_cell_does_not_say(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    answer = import_people(
        desk, path=people_file(tmp_path / "b.xlsx", row(1, 联系电话=None, 备注="搬家", 组=None))
    ).answer
    assert (answer["accepted"], answer["updated"]) == (1, 1)
    assert desk.store.row("SELECT phone, remark FROM person") == ("13800000000", "搬家")
    assert desk.store.value("SELECT group_text FROM household") == "1组"
    renamed = import_people(desk, path=people_file(tmp_path / "c.xlsx", row(1, 姓名="王五"))).answer
    assert codes(renamed) == [(2, "name.mismatch")]


def test_a_death_in_the_remark_has_no_date(desk: Desk, tmp_path: Path) -> None:
    import_people(
        desk, path=people_file(tmp_path / "a.xlsx", row(1, 备注="已死亡"), row(2, 备注="父亲已死亡补偿"))
    )
    assert desk.store.rows("SELECT is_dead, died_on FROM person ORDER BY id") == [(1, None), (0, None)]


def test_guardians_and_collectors_are_kept(desk: Desk, tmp_path: Path) -> None:
    headings = (*HEADINGS, "监护人姓名", "监护人身份证号", "代领人姓名", "代领人身份证号")
    cells = (*row(1), "王监", id_number(9), "李代", id_number(10))
    import_people(desk, path=workbook(tmp_path / "a.xlsx", ("表", [headings, cells])))
    assert desk.store.rows("SELECT role, name, id_number FROM guardian ORDER BY role DESC") == [
        ("guardian", "王监", id_number(9)),
        ("collector", "李代", id_number(10)),
    ]


def test_the_same_file_twice_says_so_and_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    path = people_file(tmp_path / "a.xlsx", row(1))
    run = import_people(desk, path=path).answer["run"]
    before = contents(desk.store)
    with pytest.raises(AlreadyImported) as again:
        import_people(desk, path=path)
    assert again.value.run == run
    assert contents(desk.store) == before


def test_a_dry_run_says_the_same_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    path = people_file(tmp_path / "a.xlsx", row(1), row(2, 姓名=None))
    before = contents(desk.store)
    preview = preview_people(desk, path=path)
    assert preview["run"] is None
    assert contents(desk.store) == before
    assert not [found for found in desk.store.folder.glob("files/**/*") if found.is_file()]
    answer = import_people(desk, path=path).answer
    # a dry run may say more: what would change in the registry
    assert {name: preview[name] for name in answer} == {**answer, "run": None}


def test_a_wrong_file_is_refused_with_a_sentence(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("表", [("甲", "乙"), (1, 2)]))
    with pytest.raises(NoTableFound, match="户籍"):
        import_people(desk, path=path)
    assert desk.store.value("SELECT count(*) FROM import_run") == 0


def test_only_clerks_import(admin: Desk, approver: Desk, tmp_path: Path) -> None:
    path = people_file(tmp_path / "a.xlsx", row(1))
    for other in (admin, approver):
        with pytest.raises(NotPermitted, match="导入数据"):
            import_people(other, path=path)


def test_cancel_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    before = contents(desk.store)
    desk.progress = Progress(cancel=True)
    with pytest.raises(Cancelled):
        import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    assert contents(desk.store) == before


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    path = people_file(tmp_path / "b.xlsx", row(1, 联系电话="13900000000"), row(2), row(3, 姓名=None))
    assert each_statement_failing(desk.store, lambda: import_people(desk, path=path)) > 10


def test_undo_takes_back_what_came_and_puts_back_what_changed(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    before = contents(desk.store)
    path = people_file(tmp_path / "b.xlsx", row(1, 联系电话="13900000000", 组="9组"), row(2))
    run = int(str(import_people(desk, path=path).answer["run"]))
    undo_registry_run(desk, run_id=run)
    after = contents(desk.store)
    for table in ("person", "household", "guardian", "account"):
        assert after[table] == before[table]
    with pytest.raises(AlreadyUndone):
        undo_registry_run(desk, run_id=run)
    assert import_people(desk, path=path).answer["accepted"] == 2


def test_undo_is_refused_while_something_stands_on_the_run(desk: Desk, tmp_path: Path) -> None:
    run = int(str(import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1))).answer["run"]))
    accounts = [("姓名", "身份证号", "账号"), (row(1)[3], id_number(1), card_number(1))]
    import_accounts(desk, path=workbook(tmp_path / "b.xlsx", ("表", accounts)))
    with pytest.raises(RunInUse, match="1 个账号"):
        undo_registry_run(desk, run_id=run)


def test_undo_is_refused_when_a_later_run_changed_the_rows(desk: Desk, tmp_path: Path) -> None:
    run = int(str(import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1))).answer["run"]))
    import_people(desk, path=people_file(tmp_path / "b.xlsx", row(1, 备注="改")))
    with pytest.raises(RunInUse, match="后来的导入"):
        undo_registry_run(desk, run_id=run)


def test_a_fault_during_undo_leaves_the_run(desk: Desk, tmp_path: Path) -> None:
    Make(desk)
    import_people(desk, path=people_file(tmp_path / "a.xlsx", row(1)))
    run = int(
        str(
            import_people(desk, path=people_file(tmp_path / "b.xlsx", row(1, 备注="改"), row(2))).answer[
                "run"
            ]
        )
    )
    assert each_statement_failing(desk.store, lambda: undo_registry_run(desk, run_id=run)) > 5
