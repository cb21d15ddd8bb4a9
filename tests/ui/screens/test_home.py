"""首页待办: what waits is said with its day, and opens its place."""

from collections.abc import Callable
from datetime import date

from app.desk import Desk
from app.due import DueKind, Urgency, due_now, month_at_a_glance
from models.domain.money import Fen
from models.domain.permission import Post
from tests.app.batches.months import AGED, Month
from tests.ui.conftest import Opened
from ui.routes import Room
from ui.screens.home.screen import HomeScreen


def kinds(desk: Desk, day: date) -> dict[DueKind, Urgency]:
    return {one.kind: one.urgency for one in due_now(desk.store, day)}


def test_an_empty_office_is_told_to_back_up(desk: Desk) -> None:
    found = kinds(desk, date(2024, 6, 3))
    assert found == {DueKind.BACKUP: Urgency.OVERDUE, DueKind.RECOVERY: Urgency.SOON}


def test_what_waits_and_since_when(admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    month.fund()
    month.aged(3)
    batch = month.create()
    assert kinds(admin, date(2024, 6, 4))[DueKind.BATCH] is Urgency.SOON
    assert kinds(admin, date(2024, 6, 20))[DueKind.BATCH] is Urgency.TODAY
    month.approved(batch)
    month.answered(batch, failed=[2])
    with admin.store.writing():
        admin.store.execute("UPDATE payment SET changed_on = '2024-06-21' WHERE bucket = 'failed'")
    failed = next(one for one in due_now(admin.store, date(2024, 6, 24)) if one.kind is DueKind.FAILED)
    assert failed.id == batch
    assert failed.day == "2024-06-26"  # three working days after a Friday
    assert failed.urgency is Urgency.SOON
    assert kinds(admin, date(2024, 6, 27))[DueKind.FAILED] is Urgency.OVERDUE
    assert DueKind.LEFTOVER in kinds(admin, date(2024, 12, 2))
    glance = month_at_a_glance(admin.store, "2024-06")
    assert [(one.paid_fen, one.failed_fen, one.open_fen, one.payments) for one in glance] == [
        (Fen(10000), Fen(5000), Fen(0), 3)
    ]


def test_what_the_operator_can_do_comes_first(admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    month.fund()
    month.aged(3)
    batch = month.create()
    month.reviewed(batch)
    day = date(2024, 6, 4)
    for post, first in (
        (Post.APPROVER, DueKind.BATCH),
        (Post.CLERK, DueKind.BACKUP),
        (Post.ADMIN, DueKind.BACKUP),
    ):
        found = due_now(admin.store, day, frozenset({post}))
        assert found[0].kind is first, post
        mine = [one.is_for(frozenset({post})) for one in found]
        assert mine == sorted(mine, reverse=True)
        assert {one.kind for one in found} == set(kinds(admin, day))


def test_each_line_opens_its_place(open_frame: Callable[..., Opened], admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    month.aged(2)
    batch = month.create()
    opened = open_frame()
    screen = opened.frame.screen_now
    assert isinstance(screen, HomeScreen)
    row = next(place for place, due in enumerate(screen._dues) if due.kind is DueKind.BATCH)
    screen._open(screen.list.item(row))
    opened.settle()
    assert opened.frame.screen_now.room is Room.BATCHES
    assert f"{AGED}-2024-06-01" in opened.frame.crumb.whole()
    assert batch == 1


def test_home_says_how_many_and_draws_the_month(open_frame: Callable[..., Opened], admin: Desk) -> None:
    month = Month(admin)
    month.policy()
    month.aged(2)
    month.create()
    screen = open_frame().frame.screen_now
    assert isinstance(screen, HomeScreen)
    assert screen.title.text().startswith("待办 3 项")
    assert [bar.text for bar in screen.chart.bars] == ["2 笔"]
    assert not screen.grab().isNull()
