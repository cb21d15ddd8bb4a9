"""Rows of whole households taken in: so many people, findings at their own cells, households and heads right."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.desk import Desk
from app.intake.findings import Finding
from app.intake.marked import mark_file
from app.registry.queries import preview_people
from app.registry.use_cases import import_people
from app.workbook.columns import PEOPLE
from tests.builders import id_number
from tests.sheets import workbook

HEADING = (
    "村", "户主姓名", "户主身份证号", "成员1姓名", "成员1身份证号", "成员1与户主关系", "成员2姓名", "成员2身份证号", "成员2与户主关系",
)  # fmt: skip
IDS = [id_number(serial) for serial in range(1, 10)]


def file_of(path: Path, *rows: tuple[object, ...]) -> Path:
    return workbook(path / "一户一行.xlsx", ("人", [HEADING, *rows]))


def households(desk: Desk) -> list[tuple[str, str | None]]:
    """Everybody with the head of their household."""
    return desk.store.rows(
        "SELECT p.name, h.name FROM person p JOIN household o ON o.id = p.household_id LEFT JOIN person h ON h.id = o.head_id"
        " ORDER BY p.id"
    )


def findings(answer: Any) -> list[tuple[int, str, str, str]]:
    return [(one["row"], one["column"], one["code"], one["written"]) for one in answer["findings"]]


def test_two_households(desk: Desk, tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        ("上溪村", "赵甲", IDS[0], "钱乙", IDS[1], "配偶", "赵丙", IDS[2], "子"),
        ("下溪村", "赵甲", IDS[3], "孙丁", IDS[4], "配偶", None, None, None),
    )
    answer: Any = import_people(desk, path=path).answer
    assert (answer["rows"], answer["accepted"], answer["findings"]) == (5, 5, [])
    assert households(desk) == [
        ("赵甲", "赵甲"), ("钱乙", "赵甲"), ("赵丙", "赵甲"), ("赵甲", "赵甲"), ("孙丁", "赵甲"),
    ]  # fmt: skip
    assert desk.store.value("SELECT count(*) FROM household") == 2
    assert [remark["code"] for remark in answer["remarks"]] == ["sheet.members_across"]


def test_findings_stand_at_their_own_cells(desk: Desk, tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        ("上溪村", "赵甲", IDS[0], None, IDS[1], "配偶", "赵丙", IDS[1], "子"),
        ("上溪村", "李戊", IDS[5], "李己", IDS[0], "子", "李庚", "33062419550101", "子"),
        ("无名村", None, None, None, None, None, "周辛", IDS[6], "户主"),
    )
    answer: Any = import_people(desk, path=path).answer
    assert sorted(findings(answer)) == [
        (2, "成员1姓名", "name.missing", ""),
        (2, "成员2身份证号", "id.duplicate", IDS[1]),
        (3, "成员1身份证号", "id.duplicate", IDS[0]),
        (3, "成员2身份证号", "id.length", "33062419550101"),
        (4, "成员2与户主关系", "head.missing", "户主"),
        (4, "村", "village.unknown", "无名村"),
    ]
    assert (answer["rows"], answer["accepted"], answer["rejected"]) == (7, 2, 5)
    duplicates = [one["sentence"] for one in answer["findings"] if one["code"] == "id.duplicate"]
    assert all("本表第 2 行已经出现" in sentence for sentence in duplicates)


def test_a_rejected_head_is_missed_once(desk: Desk, tmp_path: Path) -> None:
    path = file_of(
        tmp_path, ("上溪村", "赵甲", IDS[0][:-1] + "Y", "钱乙", IDS[1], "配偶", "赵丙", IDS[2], "子")
    )
    answer: Any = import_people(desk, path=path).answer
    assert findings(answer) == [
        (2, "户主身份证号", "id.format", IDS[0][:-1] + "Y"),
        (2, "户主姓名", "head.missing", ""),
    ]
    assert households(desk) == [("钱乙", None), ("赵丙", None)]
    assert desk.store.value("SELECT count(*) FROM household") == 1


def test_the_same_households_again_change_nothing(desk: Desk, tmp_path: Path) -> None:
    rows = [("上溪村", "赵甲", IDS[0], "钱乙", IDS[1], "配偶", "赵丙", IDS[2], "子")]
    import_people(desk, path=file_of(tmp_path, *rows))
    more = [*rows, ("下溪村", "孙丁", IDS[3], None, None, None, None, None, None)]
    (tmp_path / "7").mkdir()
    answer: Any = preview_people(desk, path=file_of(tmp_path / "7", *more))
    assert (answer["accepted"], answer["updated"], answer["findings"]) == (4, 0, [])


def test_the_marked_workbook_marks_the_members_cell(desk: Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, ("上溪村", "赵甲", IDS[0], "钱乙", "33062419550101", "配偶", None, None, None))
    answer: Any = preview_people(desk, path=path)
    found = [Finding(**one) for one in answer["findings"]]
    marked = tmp_path / "回单.xlsx"
    marked.write_bytes(mark_file(path, PEOPLE, found, answer).body)
    sheet = openpyxl.load_workbook(marked)["人"]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["E2"]


@pytest.mark.parametrize("members", [0, 1, 8])
def test_up_to_eight_people(desk: Desk, tmp_path: Path, members: int) -> None:
    heading = ["村", "户主姓名", "户主身份证号"]
    row: list[object] = ["上溪村", "赵甲", id_number(0)]
    for place in range(1, 9):
        heading += [f"成员{place}姓名", f"成员{place}身份证号", f"与户主关系{place}"]
        row += ["钱乙", id_number(place), "子"] if place <= members else [None, None, None]
    path = workbook(tmp_path / "八.xlsx", ("人", [heading, row]))
    assert import_people(desk, path=path).answer["accepted"] == members + 1
    assert desk.store.value("SELECT count(*) FROM household WHERE head_id IS NOT NULL") == 1
