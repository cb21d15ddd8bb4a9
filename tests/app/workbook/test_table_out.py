"""导出所见: what stands on the screen stands in the workbook, typed; nothing that somebody typed becomes a formula."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batches.listings import PAYMENTS
from app.desk import Cancelled, Desk
from app.pages import Chosen, Column, Shows, Sort, View, shown
from app.registry.listings import PEOPLE
from app.workbook.table_out import Shown, cell_writer, write_table
from tests.app.batches.months import Month
from tests.builders import Make
from tests.office import recalculated

ODD = ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "' quoted", "{=1}")
VISIBLE = [one.name for one in PEOPLE.columns if not one.hidden]


def out(desk: Desk, path: Path, **more: object) -> Any:
    facts: dict[str, object] = {
        "listing": PEOPLE,
        "view": View(),
        "columns": VISIBLE,
        "masked": False,
        **more,
    }
    write_table(desk, path=path, table=Shown(**facts))  # type: ignore[arg-type]
    return openpyxl.load_workbook(path).worksheets[0]


@pytest.mark.parametrize("odd", ODD)
def test_what_somebody_typed_stays_text(desk: Desk, tmp_path: Path, odd: str) -> None:
    person = Make(desk).person(name="张三")
    with desk.store.writing():
        desk.store.execute("UPDATE person SET name = ?, relation = ? WHERE id = ?", (odd, odd, person))
    sheet = out(desk, tmp_path / "a.xlsx")
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == odd]
    assert len(found) >= 2
    assert {(cell.data_type, cell.number_format) for cell in found} == {("s", "@")}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.office
def test_libreoffice_too_reads_them_as_text(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    people = [make.person() for _ in ODD]
    with desk.store.writing():
        for person, odd in zip(people, ODD, strict=True):
            desk.store.execute("UPDATE person SET name = ? WHERE id = ?", (odd, person))
    out(desk, tmp_path / "a.xlsx")
    names = {
        cell.value for row in recalculated(tmp_path / "a.xlsx").worksheets[0].iter_rows() for cell in row
    }
    assert set(ODD) <= names


def test_numbers_of_things_are_text_whole_or_masked(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    person = make.person()
    number = make.id_number_of(person)
    for masked, expected in ((False, number), (True, f"{number[:6]}********{number[-4:]}")):
        sheet = out(desk, tmp_path / f"{masked}.xlsx", masked=masked)
        heading = [cell.value for cell in sheet[2]]
        cell = sheet[3][heading.index("身份证号")]
        assert (cell.value, cell.data_type, cell.number_format) == (expected, "s", "@")
        birth = sheet[3][heading.index("出生日期")]
        assert (birth.value.date(), birth.number_format) == (date(1955, 1, 1), "yyyy-mm-dd")
        assert sheet.freeze_panes == "A3"
        assert str(sheet.auto_filter.ref).startswith("A2:")
        assert sheet.print_title_rows == "$2:$2"


def test_sums_are_live_and_agree_with_their_rows(admin: Desk, tmp_path: Path) -> None:
    month = Month(admin)
    month.policy()
    month.aged(3)
    batch = month.create()
    listing = PAYMENTS.among("p.batch_id = ?", batch)
    sheet = out(
        month.clerk, tmp_path / "a.xlsx", listing=listing, columns=["line", "name", "owed_fen", "bucket"]
    )
    assert [cell.value for cell in sheet[7]] == ["合计", None, "=SUM(C4:C6)", None]
    stored = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True).worksheets[0]
    assert [stored[f"C{row}"].value for row in (4, 5, 6, 7)] == [50, 50, 50, 150]
    assert sheet["C4"].number_format == "#,##0.00"
    assert [sheet[f"D{row}"].value for row in (4, 5, 6)] == ["待发"] * 3
    assert sheet["D2"].value == "单位：元"
    assert stored["A8"].value.startswith("导出：经办甲")


def test_filters_and_order_are_those_of_the_screen(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    make.person(name="王五", village="上溪村")
    make.person(name="李四", village="下溪村")
    make.person(name="安七", village="下溪村")
    view = View(filters=(Chosen("village", ("下溪村",)),), sorts=(Sort("name"),))
    sheet = out(
        desk, tmp_path / "a.xlsx", view=view, columns=["name", "village"], conditions="村（社区）：下溪村"
    )
    assert [row[0].value for row in sheet.iter_rows(min_row=4, max_row=5)] == ["安七", "李四"]
    assert sheet["A2"].value == "村（社区）：下溪村"


def test_a_long_table_goes_out_in_pieces_and_can_be_cancelled(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    for _ in range(5):
        make.person()
    desk.progress.cancel = True
    with pytest.raises(Cancelled):
        out(desk, tmp_path / "a.xlsx")
    assert not list(tmp_path.glob("*.xlsx*"))


PLAIN = (Shows.TEXT, Shows.CODE, Shows.ID, Shows.ACCOUNT, Shows.PHONE)


@given(st.sampled_from(PLAIN), st.one_of(st.none(), st.text(max_size=20)), st.booleans(), st.booleans())
def test_a_cell_says_what_the_screen_shows(
    shows: Shows, value: str | None, masked: bool, worded: bool
) -> None:
    column = Column("a", "甲", "a", shows, words={"x": "有"} if worded else {})
    for stored in (value, "x"):
        assert (cell_writer(column, masked=masked)(stored) or "") == shown(column, stored, masked=masked)
