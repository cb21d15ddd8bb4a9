"""Windows of access."""

from datetime import date, datetime

from app.desk import Desk, Seat
from models.domain.permission import Post
from models.domain.refusal import Refusal
from models.store.opening import Store


class NotAnOperator(Refusal):
    """The key opens the office, but nobody of that name is (or is any longer) an operator."""

    form = "“{name}”不是这个办公点的在岗操作员。请核对姓名，或请系统管理员添加。"


def sit_down(store: Store, name: str, now: datetime, today: date | None = None) -> Desk:
    """A desk for the operator who just opened the store.

    Without a `today` the business date is the clock's day, or the last business date when that is later (a wrong clock
    never moves the books back). Raises NotAnOperator.
    """
    found = store.row("SELECT id, name, posts FROM operator WHERE name = ? AND active = 1", (name,))
    if found is None:
        raise NotAnOperator(name=name)
    seat = Seat(found[0], found[1], frozenset(Post(post) for post in found[2].split(",")))
    if today is None:
        last = store.value("SELECT last_business_date FROM office")
        today = max(now.date(), date.fromisoformat(last)) if last else now.date()
    return Desk(store, seat, now, today)


def operators(store: Store) -> list[Seat]:
    """Everybody on duty, in the order they came."""
    return [
        Seat(row[0], row[1], frozenset(Post(post) for post in row[2].split(",")))
        for row in store.rows("SELECT id, name, posts FROM operator WHERE active = 1 ORDER BY id")
    ]
