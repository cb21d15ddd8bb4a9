"""The desk: who sits here, when it is, which store, how far along. And the frame that every use case runs in."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Concatenate, ParamSpec

from app.changes import Changes
from models.domain.permission import (
    GRANTS,
    PERMISSION_NAMES,
    NotPermitted,
    Permission,
    Post,
    post_for,
    posts_text,
)
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.trail import append_line

Parameters = ParamSpec("Parameters")


class DateBeforeLast(Refusal):
    """A business date earlier than one already acted under."""

    form = "业务日期 {day} 早于上一次办理业务的日期 {last}。账务只能往后记，请改用 {last} 或之后的日期。"


class DateTooFar(Refusal):
    """A business date so far ahead that it must be a slip; it would shut out every real date after it."""

    form = "业务日期 {day} 比今天（{today}）晚了一年以上，多半是写错了。请核对年份；电脑时间不对的，请先改正电脑时间。"


@dataclass(frozen=True)
class Seat:
    """The operator at the desk."""

    id: int
    name: str
    posts: frozenset[Post]


@dataclass
class Progress:
    """How far a long act is; polled, never pushed. `cancel` makes the next step raise `Cancelled` and so roll back."""

    done: int = 0
    total: int = 0
    cancel: bool = False

    def step(self, done: int) -> None:
        """Say how many rows are done; raises Cancelled when the user asked to stop."""
        self.done = done
        if self.cancel:
            raise Cancelled


class Cancelled(Refusal):
    """The user cancelled; everything was rolled back."""

    form = "已取消，刚才的操作没有保存，已有数据不受影响。"


@dataclass
class Desk:
    """Everything a use case may know about the world. `now` is the only clock; `today` the business date."""

    store: Store
    operator: Seat
    now: datetime
    today: date
    progress: Progress = field(default_factory=Progress)

    @property
    def day(self) -> str:
        """The business date as stored, 'YYYY-MM-DD'."""
        return self.today.isoformat()

    @property
    def at(self) -> str:
        """The real time as stored, to the second."""
        return self.now.isoformat(sep=" ", timespec="seconds")

    def require(self, permission: Permission) -> Post:
        """The post under which the operator may do this. Raises NotPermitted."""
        post = post_for(self.operator.posts, permission)
        if post is None:
            raise NotPermitted(
                operator=self.operator.name,
                posts=posts_text(self.operator.posts) or "（无）",
                act=PERMISSION_NAMES[permission],
                allowed=posts_text(GRANTS[permission]),
            )
        return post


def use_case(
    act: str, permission: Permission | None, *, dated: bool = True
) -> Callable[
    [Callable[Concatenate[Desk, Parameters], Changes]], Callable[Concatenate[Desk, Parameters], Changes]
]:
    """One use case = one function = one transaction = one audit line.

    A `dated` act (money or a term hangs on its day) moves the office's last business date on and is refused before it;
    an import or a setting does neither, so that it may follow at any time. Without a permission it is open to everybody
    who sits at the desk (one's own password).
    """

    def framed(
        door: Callable[Concatenate[Desk, Parameters], Changes],
    ) -> Callable[Concatenate[Desk, Parameters], Changes]:
        @functools.wraps(door)
        def run(desk: Desk, /, *positional: Parameters.args, **named: Parameters.kwargs) -> Changes:
            post = desk.require(permission) if permission else min(desk.operator.posts, key=list(Post).index)
            with desk.store.writing():
                if dated:
                    _move_business_date(desk)
                done = door(desk, *positional, **named)
                write_audit_line(desk, act, post, done)
            return done

        return run

    return framed


_PROGRAM_BEGAN = "2026-01-01"  # a clock that stands before it is not believed


def _move_business_date(desk: Desk) -> None:
    last = desk.store.value("SELECT last_business_date FROM office")
    if last is not None and desk.day < last:
        raise DateBeforeLast(day=desk.day, last=last)
    latest = max(desk.now.date().isoformat(), last or "", _PROGRAM_BEGAN)
    if desk.today > date.fromisoformat(latest) + timedelta(days=366):
        raise DateTooFar(day=desk.day, today=desk.now.date().isoformat())
    desk.store.execute("UPDATE office SET last_business_date = ?", (desk.day,))


def write_audit_line(desk: Desk, act: str, post: Post, done: Changes) -> None:
    """Append the line of a use case to the trail. Raises AuditTailBroken, SealBroken."""
    append_line(
        desk.store,
        at=desk.at,
        day=desk.day,
        operator_id=desk.operator.id,
        post=post.value,
        act=act,
        subject=done.subject,
        counts=json.dumps(dict(done.counts), ensure_ascii=False, sort_keys=True),
    )
