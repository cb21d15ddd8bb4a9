"""The table of every screen under Qt's own model tester, and by its keys."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.desk import Desk
from app.pages import Chosen, Column, Holds, Listing, Shows, Sort, View
from app.registry.listings import PEOPLE
from app.workbook.reading import open_workbook
from app.workbook.table_out import Shown, write_table
from tests.builders import Make
from ui.office import Office
from ui.theme import TEXT_SIZES, Shade, wear
from ui.widgets.column_filter import ColumnFilter
from ui.widgets.paged_table import PagedTable
from ui.widgets.table_model import TableModel

MONEY = Listing(
    "money", "金额表", "json_each('[12345,100,300000000000,7]') j", "j.id",
    (Column("name", "名", "'第' || j.id || '行'", width=8), Column("fen", "金额（元）", "j.value", Shows.MONEY, total=True)),
)  # fmt: skip


@pytest.fixture
def office(desk: Desk, qapp: QApplication) -> Iterator[Office]:
    made = Office(desk)
    yield made
    made.lane.stop()


@pytest.fixture
def people(desk: Desk) -> list[int]:
    make = Make(desk)
    return [make.person(village=("上溪村", "下溪村")[place % 2]) for place in range(30)]


def table_of(qtbot: QtBot, office: Office, listing: Listing = PEOPLE, **more: object) -> PagedTable:
    table = PagedTable(office, listing, **more)  # type: ignore[arg-type]
    qtbot.addWidget(table)
    table.resize(900, 500)
    table.load()
    table.show()
    return table


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester, desk: Desk, people: list[int]) -> None:
    model = TableModel(desk.store, PEOPLE)
    model.load()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def test_none_is_given_twenty_thousand_times(desk: Desk, people: list[int]) -> None:
    """PySide 6.12 aborted here."""
    model = TableModel(desk.store, PEOPLE)
    model.load()
    index = model.index(0, 0)
    for _ in range(20_000):
        assert model.data(index, Qt.ItemDataRole.DecorationRole) is None


def test_only_some_pages_are_held(desk: Desk, people: list[int]) -> None:
    model = TableModel(desk.store, PEOPLE)
    model.load()
    model.row_values(0)
    assert len(model._pages) == 1


def select(table: PagedTable, rows: range, column: int) -> None:
    flags = QItemSelectionModel.SelectionFlag.Select
    table.view.clearSelection()
    for row in rows:
        table.view.selectionModel().select(table.model.index(row, column), flags)


def test_selection_sums_are_exact(qtbot: QtBot, office: Office) -> None:
    table = table_of(qtbot, office, MONEY)
    assert "金额合计 3,000,000,124.52 元" in table.sums_text()
    select(table, range(3), 1)
    qtbot.waitUntil(lambda: "求和" in table.sums_text())
    text = table.sums_text()
    assert "求和 3,000,000,124.45" in text
    assert "平均 1,000,000,041.48" in text
    assert "计数 3" in text


def test_copy_with_and_without_headings_masks_numbers(
    qtbot: QtBot, office: Office, people: list[int]
) -> None:
    table = table_of(qtbot, office)
    table.select_row(0)
    table.copy()
    line = next(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert "********" in line[1]
    assert not any(len(cell) == 18 and cell.isdigit() for cell in line)
    table.copy_with_headings()
    assert QGuiApplication.clipboard().text().startswith("姓名\t身份证号")


def test_a_heading_sorts_up_down_and_back(qtbot: QtBot, office: Office, people: list[int]) -> None:
    table = table_of(qtbot, office)
    for expected in ((Sort("name"),), (Sort("name", descending=True),), ()):
        table._sort(0, False)
        assert table.model.view.sorts == expected
    table._sort(4, False)
    table._sort(0, True)
    assert table.model.view.sorts == (Sort("village"), Sort("name"))


def test_the_current_row_stays_current_when_it_is_sorted(
    qtbot: QtBot, office: Office, people: list[int]
) -> None:
    table = table_of(qtbot, office)
    table.go_to_row(7)
    kept = table.current_id()
    table.load(view=View(sorts=(Sort("village", descending=True),)))
    assert table.current_id() == kept


def test_going_to_a_row_selects_it_alone(qtbot: QtBot, office: Office, people: list[int]) -> None:
    """Ctrl+Enter answered a question and the finger is still on Ctrl: no second row may be selected by that."""
    table = table_of(qtbot, office)
    table.go_to_row(1)
    QTest.keyPress(table.view, Qt.Key.Key_F20, Qt.KeyboardModifier.ControlModifier)
    table.go_to_row(4)
    QTest.keyRelease(table.view, Qt.Key.Key_F20, Qt.KeyboardModifier.NoModifier)
    assert table.selected_rows() == [4]


def test_a_filter_is_chosen_from_the_panel_and_cleared(
    qtbot: QtBot, office: Office, people: list[int]
) -> None:
    table = table_of(qtbot, office)
    table._open_filter(4, table.mapToGlobal(table.rect().center()))
    panel = cast(ColumnFilter, table.findChild(ColumnFilter))
    panel.values.item(0).setCheckState(Qt.CheckState.Unchecked)
    panel.values.item(1).setCheckState(Qt.CheckState.Checked)
    panel._take()
    assert table.rows == 15
    assert "村（社区）＝上溪村" in table.conditions_text()
    assert table.condition_bar.isVisible()
    table.clear_filters()
    assert table.rows == 30
    assert table.conditions_text() == ""


def test_find_goes_round_and_says_how_many(qtbot: QtBot, office: Office, people: list[int]) -> None:
    table = table_of(qtbot, office)
    QTest.keyClick(table.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    table.find_bar.begin()
    table.find_bar.text.setText("下溪")
    seen = []
    for _ in range(16):
        table.find_bar.find_next()
        seen.append(table.view.currentIndex().row())
    assert seen[0] == seen[15]
    assert len(set(seen)) == 15
    assert "共 15 行" in table.find_bar.said.text()
    table.find_bar.text.setText("没有的")
    table.find_bar.find_next()
    assert table.find_bar.said.text() == "没有找到"


def test_enter_opens_the_row(qtbot: QtBot, office: Office, people: list[int]) -> None:
    table = table_of(qtbot, office)
    table.go_to_row(3)
    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert opened.args == [people[3]]


def test_columns_are_hidden_moved_frozen_and_remembered(
    qtbot: QtBot, office: Office, people: list[int]
) -> None:
    table = table_of(qtbot, office, frozen=1)
    village, name = 4, 0
    table.columns.take([(village, True), (name, True), *((one, False) for one in range(1, 4))], 2)
    assert table.columns.shown()[:2] == [village, name]
    assert not table.columns.view.isColumnHidden(village)
    assert not table.columns.view.isColumnHidden(name)
    table.header.resizeSection(village, 222)

    again = table_of(qtbot, office)
    assert again.columns.shown()[:2] == [village, name]
    assert again.header.sectionSize(village) == 222
    assert again.columns.frozen == 2
    again.columns.reset()
    assert again.columns.shown()[0] == name


def test_an_empty_table_says_what_to_do(qtbot: QtBot, office: Office) -> None:
    table = table_of(qtbot, office, empty="请先导入。")
    assert table.empty.isVisible()
    assert table.empty.text() == "请先导入。"


@pytest.mark.parametrize("points", TEXT_SIZES)
def test_rows_grow_with_the_text(
    qtbot: QtBot, office: Office, qapp: QApplication, points: float, people: list[int]
) -> None:
    table = table_of(qtbot, office)
    wear(qapp, Shade.LIGHT, points)
    QApplication.processEvents()
    assert table.view.rowHeight(0) >= table.fontMetrics().height() + 6
    assert table.columns.view.rowHeight(0) == table.view.rowHeight(0)
    wear(qapp, Shade.LIGHT, TEXT_SIZES[0])


def test_what_is_shown_is_written_as_a_workbook(desk: Desk, people: list[int], tmp_path: Path) -> None:
    view = View(filters=(Chosen("village", ("上溪村",)), Holds("name", "张")), sorts=(Sort("name"),))
    table = Shown(PEOPLE, view, ["name", "id_number", "birth"], masked=True, conditions="村＝上溪村")
    path = tmp_path / "人员.xlsx"
    assert write_table(desk, path=path, table=table) == 15
    rows = [cells for _, cells in open_workbook(path).sheets[0].rows()]
    head = next(place for place, cells in enumerate(rows) if cells[:3] == ["姓名", "身份证号", "出生日期"])
    assert "********" in str(rows[head + 1][1])
    assert len([cells for cells in rows[head + 1 :] if cells[1] and "*" in str(cells[1])]) == 15


def test_nothing_is_summed_any_more_when_nobody_looks(
    qtbot: QtBot, office: Office, people: list[int]
) -> None:
    """The window may be closed right after a click, and the office with it."""
    table = table_of(qtbot, office)
    table.select_row(0)
    assert table._summing.isActive()
    table.hide()
    assert not table._summing.isActive()
