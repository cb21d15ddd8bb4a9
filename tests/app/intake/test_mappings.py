"""What somebody said once of a heading is remembered in the office, and recognised when the heading comes again."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.desk import Desk
from app.intake.mappings import MappingWords, NoSuchMapping, chosen_mapping, mappings
from app.registry.use_cases import import_accounts, import_people
from app.workbook.columns import ACCOUNTS, PEOPLE, AmbiguousColumns, NoSuchField
from tests.builders import id_number
from tests.sheets import workbook

ONE, TWO, THREE = (id_number(serial) for serial in (1, 2, 3))
HEADING = ("村名", "甲姓", "乙姓", "身份证号")
CHOICE = {"乙姓": "姓名"}

Book = Callable[..., Path]


@pytest.fixture(name="book")
def _book(tmp_path: Path) -> Book:
    def make(name: str, heading: Sequence[str], *rows: Sequence[object]) -> Path:
        return workbook(tmp_path / f"{name}.xlsx", ("人", [heading, *rows]))

    return make


def names(desk: Desk) -> list[str]:
    return [row[0] for row in desk.store.rows("SELECT name FROM person ORDER BY id")]


def test_a_choice_is_remembered_and_recognised_in_another_order(desk: Desk, book: Book) -> None:
    first = book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE))
    answer: Any = import_people(desk, path=first, mapping=CHOICE).answer
    assert answer["mapping"] == "户籍底册1"
    later = book("7月", tuple(reversed(HEADING)), (TWO, "李丁", "孙丙", "下溪村"))
    answer = import_people(desk, path=later).answer
    assert (answer["accepted"], answer["mapping"]) == (1, "")
    assert [remark["code"] for remark in answer["remarks"]] == ["sheet.mapping_remembered"]
    assert names(desk) == ["钱乙", "李丁"]
    given = desk.store.value("SELECT given_mapping FROM import_run WHERE id = ?", (answer["run"],))
    assert json.loads(given) == {"乙姓": "name"}


def test_another_heading_is_asked_about_anew(desk: Desk, book: Book) -> None:
    import_people(desk, path=book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE)), mapping=CHOICE)
    with pytest.raises(AmbiguousColumns):
        import_people(desk, path=book("7月", (*HEADING, "备注"), ("上溪村", "赵甲", "钱乙", TWO, "")))


def test_another_kind_of_file_is_not_meant(desk: Desk, book: Book) -> None:
    import_people(desk, path=book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE)), mapping=CHOICE)
    assert [one.kind for one in mappings(desk.store, {"people": PEOPLE})] == ["people"]
    with pytest.raises(Exception, match="账户清册"):
        import_accounts(desk, path=book("账户", HEADING, ("上溪村", "赵甲", "钱乙", ONE)))


def test_a_later_choice_replaces_the_earlier(desk: Desk, book: Book) -> None:
    import_people(desk, path=book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE)), mapping=CHOICE)
    import_people(desk, path=book("7月", HEADING, ("上溪村", "孙丙", "李丁", TWO)), mapping={"甲姓": "姓名"})
    import_people(desk, path=book("8月", HEADING, ("上溪村", "周戊", "吴己", THREE)))
    assert names(desk) == ["钱乙", "孙丙", "周戊"]
    (one,) = mappings(desk.store, {"people": PEOPLE})
    assert (one.name, one.columns) == ("户籍底册1", {"甲姓": "姓名"})


def test_what_fails_is_not_remembered(desk: Desk, book: Book) -> None:
    with pytest.raises(NoSuchField):
        import_people(
            desk, path=book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE)), mapping={"乙姓": "工资"}
        )
    assert mappings(desk.store, {"people": PEOPLE}) == []


def test_letters_are_remembered_by_their_heading(desk: Desk, book: Book) -> None:
    import_people(desk, path=book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE)), mapping={"C列": "姓名"})
    (one,) = mappings(desk.store, {"people": PEOPLE})
    assert one.columns == {"乙姓": "姓名"}


def test_equal_headings_cannot_be_remembered(desk: Desk, book: Book) -> None:
    heading = ("村名", "甲姓", "甲姓", "身份证号")
    answer: Any = import_people(
        desk, path=book("6月", heading, ("上溪村", "赵甲", "钱乙", ONE)), mapping={"C列": "姓名"}
    ).answer
    assert (names(desk), answer["mapping"]) == (["钱乙"], "")


def test_words_of_a_choice(desk: Desk) -> None:
    chosen = chosen_mapping(desk.store, ACCOUNTS, ["网点", "账号=卡的号", "不读=旧的号", "name＝那人"])
    assert chosen is not None
    assert (dict(chosen), chosen.name) == ({"卡的号": "账号", "旧的号": "", "那人": "name"}, "网点")
    assert chosen_mapping(desk.store, ACCOUNTS, []) is None
    with pytest.raises(NoSuchMapping, match="没有名为“网点”的栏目对照"):
        chosen_mapping(desk.store, ACCOUNTS, ["网点"])
    with pytest.raises(NoSuchField, match="“面积”不是“账户清册”的栏目"):
        chosen_mapping(desk.store, ACCOUNTS, ["面积=亩"])
    for wrong in (["甲", "乙"], ["账号="], [""]):
        with pytest.raises(MappingWords):
            chosen_mapping(desk.store, ACCOUNTS, wrong)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    code = main([*map(str, words), "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else captured.err


def test_from_the_command_line(
    tmp_path: Path, book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANGCAI_PASSWORD", "云溪-2024")
    monkeypatch.setenv("XIANGCAI_NEW_PASSWORD", "云溪-2024")
    office: tuple[object, ...] = ("--office", tmp_path / "office")
    assert (
        run(capsys, "init", *office, "--township", "云溪镇", "--code", "330624199", "--village", "上溪村")[0]
        == 0
    )
    assert run(capsys, "operator", "add", "经办甲", "--post", "clerk", *office)[0] == 0
    office = (*office, "--as", "经办甲")
    first = book("6月", HEADING, ("上溪村", "赵甲", "钱乙", ONE))
    code, refused = run(capsys, "import", "people", first, *office)
    assert (code, "--mapping 姓名=甲姓" in str(refused)) == (2, True)
    choice = ("--mapping", "村里的人", "--mapping", "姓名=乙姓")
    code, answer = run(capsys, "import", "people", first, *office, *choice, "--dry-run")
    assert (code, answer["accepted"]) == (0, 1)
    assert run(capsys, "mapping", "list", *office)[1] == {"mappings": []}
    code, answer = run(capsys, "import", "people", first, *office, *choice)
    assert (code, answer["mapping"]) == (0, "村里的人")
    (listed,) = run(capsys, "mapping", "list", *office)[1]["mappings"]
    assert (listed["name"], listed["kind"], listed["columns"]) == ("村里的人", "people", {"乙姓": "姓名"})
    other = book("7月", (*HEADING, "备注"), ("上溪村", "孙丙", "李丁", TWO, ""))
    marked = tmp_path / "回单.xlsx"
    code, answer = run(
        capsys, "import", "people", other, *office, "--mapping", "村里的人", "--marked", marked
    )
    assert (code, answer["accepted"], marked.exists()) == (0, 1, True)
    assert run(capsys, "mapping", "forget", "村里的人", *office)[1] == {"forgotten": "村里的人"}
    last = book("8月", HEADING, ("上溪村", "周戊", "吴己", THREE))
    assert run(capsys, "import", "people", last, *office)[0] == 2
    assert run(capsys, "mapping", "forget", "村里的人", *office)[0] == 2


def test_the_other_of_two_lists_side_by_side_is_said_to_be_unread(desk: Desk, book: Book) -> None:
    """Whoever names the columns of one list must hear that the other one is still there."""
    heading = ("村", "姓名", "身份证号", "姓名", "身份证号")
    path = book(
        "两栏", heading, ("上溪村", "赵甲", ONE, "钱乙", TWO), ("上溪村", "孙丙", THREE, "李丁", id_number(4))
    )
    answer: Any = import_people(
        desk, path=path, mapping={"B列": "姓名", "C列": "身份证号码", "D列": "", "E列": ""}
    ).answer
    assert names(desk) == ["赵甲", "孙丙"]
    (said,) = [one["sentence"] for one in answer["remarks"] if one["code"] == "sheet.twin_columns"]
    assert said == (
        "工作表“人”里还有同名的栏没有读取：D 列“姓名”、E 列“身份证号”。如果那里写的是另外的人，请改成一行一人后重新导入。"
    )
