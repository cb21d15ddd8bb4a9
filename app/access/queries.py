"""Windows of access."""

from datetime import date, datetime
from typing import Final

from app.access.steps import CONFIRMED, SECOND_REVIEW
from app.desk import Desk, Seat
from models.domain.money import Fen
from models.domain.permission import Post, posts_text
from models.domain.refusal import Refusal
from models.store.keyslots import NoSlot, WrongPassword
from models.store.lockout import WrongPasswords
from models.store.opening import FoundingUnfinished, Store


class NotAnOperator(Refusal):
    """The key opens the office, but nobody of that name is (or is any longer) an operator."""

    form = "“{name}”不是这个办公点的在岗操作员。请核对姓名，或请系统管理员添加。"


def sit_down(store: Store, name: str, now: datetime, today: date | None = None) -> Desk:
    """A desk for the operator who just opened the store.

    Without a `today` the business date is the clock's day, or the last business date when that is later (a wrong clock
    never moves the books back). Raises NotAnOperator, FoundingUnfinished.
    """
    if store.value("SELECT 1 FROM office") is None:
        raise FoundingUnfinished(folder=store.folder)
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


def enter(store: Store, name: str, password: str, now: datetime, today: date | None = None) -> Desk:
    """Another operator takes the desk of an office that is open 换人, or the same one after an idle lock.

    Raises NoSlot, WrongPassword, LockedOut, NotAnOperator.
    """
    wrong = WrongPasswords(store.folder)
    wrong.refuse_locked(name, now)
    if name not in store.keyslots.names:
        raise NoSlot(operator=name)
    if not store.keyslots.opens(name, password):
        wrong.count(name, now)
        raise WrongPassword(operator=name)
    wrong.clear(name)
    return sit_down(store, name, now, today)


_LONGEST_IDLE: Final = 100  # days; an office reports every month


def clock_warning(store: Store, now: datetime) -> str | None:
    """What may be wrong with the machine's clock, or None: it stands before the last act, or so long after it that it may be a slip.

    The order of acts is their number, never their time; but the business date is the clock's day where none is given, and
    what is once booked on a far day shuts out the days before it. The sample office's acts are of a year gone by.
    """
    last = store.value("SELECT max(at) FROM audit_line")
    if last is None or store.value("SELECT is_sample FROM office"):
        return None
    days = (now - datetime.fromisoformat(last)).days
    if now.isoformat(sep=" ", timespec="seconds") < last:
        return (
            f"电脑时间 {now:%Y-%m-%d %H:%M} 早于最后一次操作的时间 {last[:16]}，可能电池没电或时间被改。"
            "请先校准电脑时间；业务日期请逐笔核对。"
        )
    if days > _LONGEST_IDLE:
        return (
            f"电脑时间 {now:%Y-%m-%d %H:%M} 比最后一次操作（{last[:10]}）晚了 {days:,} 天。"
            "请先核对电脑日期：按错的日期办理以后，账务不能再往前记。"
        )
    return None


def is_recovery_confirmed(store: Store) -> bool:
    """Whether somebody typed the recovery code back from paper, so that the set-up is over."""
    return bool(store.value("SELECT body FROM setting WHERE name = ?", (CONFIRMED,)))


def second_review_above(store: Store) -> Fen | None:
    """From which sum on a batch needs a second reviewer, or None."""
    body = store.value("SELECT body FROM setting WHERE name = ?", (SECOND_REVIEW,))
    return Fen(int(body)) if body else None


def several_posts_line(store: Store) -> str:
    """What every sheet says of an office where somebody holds several posts, or ''."""
    held = [f"{seat.name}（{posts_text(seat.posts)}）" for seat in operators(store) if len(seat.posts) > 1]
    return f"本办公点人员兼岗：{'、'.join(held)}；同一批次仍由三人分别编制、复核、审批。" if held else ""
