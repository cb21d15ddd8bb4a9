"""补贴项目 on the screen: a new version by form with a trial beside it, a formula as it is typed, who excludes whom."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from app.desk import Desk
from app.programs.queries import conflicts_of, find_program, policies_of
from app.programs.use_cases import add_policies
from models.domain.exclusion import Conflict
from tests.conftest import SAMPLES, seat
from tests.ui.conftest import Opened
from ui.routes import Place, Room
from ui.screens.programs.formula_edit import FormulaEdit
from ui.screens.programs.policy_page import PolicyPage
from ui.screens.programs.screen import ProgramsScreen
from ui.widgets.rows_editor import RowsEditor

DAY = date(2024, 6, 3)
OLD_AGE = "2080502"
Open = Callable[..., Opened]
POLICY = {
    "program": OLD_AGE, "document": "新民〔2024〕2号", "from": "2024-01-01", "frequency": "month", "target": "person",
    "family": "tiered", "by": "age", "tiers": {"80": "50", "90": "100", "100": "500"},
}  # fmt: skip


@pytest.fixture
def with_policy(admin: Desk) -> Desk:
    add_policies(seat(admin, "经办甲"), tables=[POLICY], source_name="政策")
    return admin


def at(opened: Opened, tab: str = "", code: str = OLD_AGE) -> ProgramsScreen:
    program = find_program(opened.office.store, code).id
    opened.frame.go(Place(Room.PROGRAMS, tab=tab, id=program))
    opened.settle()
    screen = opened.frame.screen_now
    assert isinstance(screen, ProgramsScreen)
    return screen


def type_in(page: PolicyPage, **values: str) -> None:
    for name, text in values.items():
        field = page.fields[name.rstrip("_")]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(text))
        elif isinstance(field, QLineEdit):
            field.setText(text)
    page.check()


def test_a_new_version_by_keys_begins_with_the_last_one(open_frame: Open, with_policy: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    words: list[QLabel] = list(screen.card.words.findChildren(QLabel))
    assert "80 周岁起 50.00 元" in " ".join(label.text() for label in words)
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    page = screen.page
    assert page.isVisible()
    tiers = page.fields["tiers"]
    assert isinstance(tiers, RowsEditor)
    assert tiers.rows() == [["80", "50.00"], ["90", "100.00"], ["100", "500.00"]]
    QTest.keyClick(screen, Qt.Key.Key_F9)
    assert "还没有填写“文号”" in screen.bar.words.text()
    assert page.fields["document"].hasFocus()
    QTest.keyClicks(page.fields["document"], "x")
    type_in(page, document="新民〔2025〕1号", from_="2025-01-01")
    tiers.item(0, 1).setText("60")
    page.check()
    assert page.trial.period.text() == "2025-01"
    assert [one.text() for one in page.trial.amounts] == ["60.00 元", "100.00 元", "500.00 元"]
    assert "80 周岁" in page.trial.traces[0].text()
    QTest.keyClick(screen, Qt.Key.Key_F9)
    opened.settle()
    assert not screen.is_open
    known = policies_of(with_policy.store, find_program(with_policy.store, OLD_AGE).id)
    assert [(one.version, str(one.policy.valid_to)) for one in known] == [(1, "2024-12-31"), (2, "None")]
    assert screen.card.versions.rowCount() == 2


def test_every_family_shows_its_own_fields_only(open_frame: Open) -> None:
    from ui.screens.programs.policy_page import _ALL_FAMILY_FIELDS, _FAMILY_FIELDS

    screen = at(open_frame(day=DAY))
    screen.write_policy()
    page = screen.page
    for family, asked in _FAMILY_FIELDS.items():
        type_in(page, family=family)
        shown = {name for name in _ALL_FAMILY_FIELDS if not page.fields[name].isHidden()}
        assert shown == set(asked), family
        assert page.draft.sentence


def test_an_error_keeps_what_was_typed(open_frame: Open, with_policy: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    screen.write_policy()
    type_in(screen.page, document="新民〔2024〕9号", from_="2024-01-01")  # the same first day as version 1
    screen.register()
    opened.settle()
    assert screen.page.isVisible()
    assert "已经有第 1 版政策" in screen.bar.words.text()
    assert screen.page.fields["document"].text() == "新民〔2024〕9号"  # type: ignore[attr-defined]
    assert screen.may_leave()
    screen.page.dirty = True
    assert screen.back()
    screen.question.take()
    assert not screen.is_open
    assert not screen.may_leave()


def test_the_trial_follows_what_is_typed(open_frame: Open, with_policy: Desk) -> None:
    screen = at(open_frame(day=DAY))
    screen.look_at_policy()
    page = screen.page
    assert not page.writable
    assert not page.tabs.widget(0).isEnabled()
    field = page.trial._fields["birth", 0]
    field.setText("1960-01-01")
    assert page.trial.amounts[0].text() == "算不出"
    assert "周岁" in page.trial.traces[0].text()
    page.trial.period.setText("2030-06")
    page.trial._period_edited()
    assert page.trial.period_words.text() == "2030年6月"


def test_a_formula_is_checked_as_one_types(open_frame: Open) -> None:
    screen = at(open_frame(day=DAY))
    screen.write_policy()
    page = screen.page
    type_in(page, family="formula", document="县农〔2024〕1号", from_="2024-01-01", frequency="year")
    formula = page.fields["formula"]
    assert isinstance(formula, FormulaEdit)
    formula.columns_line.setText("面积、标准")
    formula.text.insertPlainText("面积 × 单价")
    assert "第 6 个字" in formula.verdict.text()
    assert len(formula.text.extraSelections()) == 1
    formula.text.setPlainText("面积 × 标准")
    assert formula.verdict.text().startswith("✓")
    page.check()
    assert page.draft.policy is not None
    assert page.trial.amounts[0].text() == "250.00 元"
    formula._insert("＋")
    assert formula.formula().endswith("＋") or "＋" in formula.formula()


def test_the_matrix_is_changed_cell_by_cell(open_frame: Open, admin: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    screen.show_tab("conflicts")
    opened.settle()
    grid = screen.grid
    codes = [one.code for one in grid._programs]
    row, column = codes.index("2081901"), codes.index("2082101")
    assert grid.item(row, column).text() == "互斥·人"
    assert grid.item(column, row).text() == "互斥·人"
    grid.setCurrentCell(row, column)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    fields = screen.question.fields
    fields["mode"].setCurrentIndex(fields["mode"].findData("提示"))  # type: ignore[attr-defined]
    fields["scope"].setCurrentIndex(fields["scope"].findData("household"))  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert grid.item(row, column).text() == "提示·户"
    assert Conflict("2081901", "2082101", "提示", "household") in conflicts_of(admin.store, "2081901")
    screen._ask_pair("2081901", "2082101")
    fields = screen.question.fields
    fields["mode"].setCurrentIndex(0)  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert not [one for one in conflicts_of(admin.store, "2081901") if "2082101" in one[:2]]


def test_programs_are_added_changed_and_policies_come_from_a_file(open_frame: Open, admin: Desk) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened)
    screen.ask_program()
    for name, text in (
        ("code", "933062400009"),
        ("name", "村级公益补助"),
        ("short", "公益补助"),
        ("department", "农业"),
    ):
        screen.question.fields[name].setText(text)  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert find_program(admin.store, "村级公益补助").is_local
    screen.register_file(SAMPLES / "policies.toml")
    opened.settle()
    assert "8 项政策已登记" in screen.bar.words.text()
    screen = at(opened)
    screen.ask_change()
    screen.question.fields["short12"].setText("高龄津贴")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert find_program(admin.store, OLD_AGE).bank_short_name_12 == "高龄津贴"
    screen.ask_end()
    screen.question.take()
    opened.settle()
    assert (
        str(policies_of(admin.store, find_program(admin.store, OLD_AGE).id)[0].policy.valid_to)
        == "2024-06-03"
    )


def test_the_reviewer_looks_and_tries(open_frame: Open, with_policy: Desk) -> None:
    screen = at(open_frame("复核丙", DAY))
    enabled = {action.text().split()[0] for action in screen.tools() if action.isEnabled()}
    assert "登记新政策" not in enabled
    assert "查看和试算" in enabled
