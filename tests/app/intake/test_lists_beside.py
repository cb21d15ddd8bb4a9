"""A register folded on its sheet, two lists side by side: taken in as the one list that it is, findings at their own cells."""

from pathlib import Path
from typing import Any

import openpyxl

from app.desk import Desk
from app.intake.findings import Finding
from app.intake.marked import mark_file
from app.registry.queries import preview_people
from app.registry.use_cases import import_people
from app.workbook.columns import PEOPLE
from tests.app.intake.test_households_across import findings, households
from tests.builders import id_number
from tests.sheets import workbook

LIST = ("序号", "村", "户编号", "姓名", "身份证号", "与户主关系")
IDS = [id_number(serial) for serial in range(1, 10)]
LEFT = [
    (1, "上溪村", "01", "赵甲", IDS[0], "户主"),
    (2, "上溪村", "01", "钱乙", IDS[1], "配偶"),
    (3, "上溪村", "02", "孙丙", IDS[2], "户主"),
]
RIGHT = [(4, "上溪村", "02", "孙丁", IDS[3], "子"), (5, "下溪村", "03", "李戊", IDS[4], "户主")]


def folded(path: Path, right: list[tuple[object, ...]], name: str = "册") -> Path:
    blank: tuple[object, ...] = (6, None, None, None, None, None)
    pairs = zip(LEFT, [*right, blank], strict=True)
    return workbook(
        path / "并排.xlsx",
        (name, [("户籍册",), (*LIST, None, *LIST), *[(*one, None, *other) for one, other in pairs]]),
    )


def test_a_folded_register_is_one_register(desk: Desk, tmp_path: Path) -> None:
    answer: Any = import_people(desk, path=folded(tmp_path, [*RIGHT])).answer
    assert (answer["rows"], answer["accepted"], answer["findings"]) == (5, 5, [])
    assert [one["code"] for one in answer["remarks"]] == ["sheet.lists_beside"]
    assert households(desk) == [
        ("赵甲", "赵甲"), ("钱乙", "赵甲"), ("孙丙", "孙丙"), ("孙丁", "孙丙"), ("李戊", "李戊"),
    ]  # fmt: skip


def test_the_same_register_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    import_people(desk, path=folded(tmp_path, [*RIGHT]))
    (tmp_path / "7").mkdir()
    answer: Any = preview_people(desk, path=folded(tmp_path / "7", [*RIGHT], "七月"))
    assert (answer["accepted"], answer["updated"], answer["findings"]) == (5, 0, [])


def test_what_is_wrong_at_the_right_is_marked_at_the_right(desk: Desk, tmp_path: Path) -> None:
    right: list[tuple[object, ...]] = [
        (4, "上溪村", "02", "孙丁", IDS[1], "子"),
        (5, "下溪村", "03", "李戊", IDS[4][:-1], "户主"),
    ]
    path = folded(tmp_path, right)
    answer: Any = preview_people(desk, path=path)
    assert findings(answer)[:2] == [
        (3, "身份证号（L 列）", "id.duplicate", IDS[1]), (4, "身份证号（L 列）", "id.length", IDS[4][:-1]),
    ]  # fmt: skip
    assert "本表第 4 行" in answer["findings"][0]["sentence"]
    marked = tmp_path / "回单.xlsx"
    marked.write_bytes(mark_file(path, PEOPLE, [Finding(**one) for one in answer["findings"]], answer).body)
    sheet = openpyxl.load_workbook(marked)["册"]
    noted = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert {"L3", "L4"} <= noted
    again: Any = preview_people(desk, path=marked)
    assert [one["code"] for one in again["findings"]] == [one["code"] for one in answer["findings"]]
