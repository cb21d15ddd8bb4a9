"""疑似同一人: pairs are looked for when asked, merged, or found to be two people and never shown again."""

from collections.abc import Callable

import pytest

from tests.app.registry.test_merging import put
from tests.builders import Make
from tests.ui.conftest import Opened
from tests.ui.screens.answering import answer
from ui.routes import Place, Room
from ui.screens.intake.near_page import NearPage
from ui.screens.intake.screen import IntakeScreen
from ui.widgets.pieces import PIECES

Near = tuple[Opened, NearPage]


@pytest.fixture
def near(open_frame: Callable[..., Opened]) -> Near:
    """Two pairs of records that look alike, found."""
    opened = open_frame()
    make = Make(opened.office.desk())
    put(make, "张晓明", "33062419550101001")
    put(make, "张小明", "33062419550102001")
    put(make, "李国强", "33062419600505003")
    put(make, "李国强", "33062419600505013")
    opened.frame.go(Place(Room.INTAKE, tab="near"))
    screen = opened.frame.screen_now
    assert isinstance(screen, IntakeScreen)
    assert screen.page is screen.near
    screen.near.find()
    opened.settle()
    return opened, screen.near


def names(page: NearPage) -> list[set[str]]:
    return [{one["name"], other["name"]} for one, other in page.pairs]


def test_what_differs_between_two_numbers_is_seen(near: Near) -> None:
    _, page = near
    assert page.count.text() == "疑似同一人 2 对"
    row = names(page).index({"张晓明", "张小明"})
    ids = [page.table.item(row, column) for column in (2, 5)]
    assert all(any(piece.differs for piece in cell.data(PIECES)) for cell in ids)
    assert all("*" in cell.text() for cell in ids)


def test_two_people_are_not_shown_again(near: Near) -> None:
    opened, page = near
    page.table.selectRow(names(page).index({"李国强"}))
    page.ask_apart()
    answer(opened, page.holder, reason="是两个人，已到村里核实")
    opened.settle()
    assert names(page) == [{"张晓明", "张小明"}]
    page.find()
    opened.settle()
    assert page.count.text() == "疑似同一人 1 对"
    assert opened.office.store.value("SELECT reason FROM person_apart") == "是两个人，已到村里核实"


def test_one_person_is_merged_into_the_record_that_stays(near: Near) -> None:
    opened, page = near
    page.table.selectRow(names(page).index({"张晓明", "张小明"}))
    page.ask_merge()
    kept = opened.office.store.value("SELECT id FROM person WHERE name = '张小明'")
    answer(opened, page.holder, keep=str(kept), reason="派出所证明")
    opened.settle()
    assert names(page) == [{"李国强"}]
    assert opened.office.store.value("SELECT merged_into FROM person WHERE name = '张晓明'") == kept
