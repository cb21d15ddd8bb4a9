"""The doors of lending: a volume goes out, a volume comes back."""

from datetime import date

from app.archive.shelves.steps import LentOut, load_volume
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES, VolumeState
from models.domain.permission import Permission
from models.domain.refusal import Refusal


class BorrowerMissing(Refusal):
    """A loan without a name or a purpose."""

    form = "借阅登记要写明借阅人和用途。请填写后重试。"


class DueBeforeLent(Refusal):
    """A loan that ends before it begins."""

    form = "应还日期 {due} 早于借出日期 {lent}。请核对。"


class NotOnShelf(Refusal):
    """Only a bound volume is lent."""

    form = "案卷 {code} 现在是“{state}”，不能借阅。{what}"


class NotLent(Refusal):
    """A volume that nobody has."""

    form = "案卷 {code} 没有借出，不用归还。请核对档号。"


@use_case("loan.lend", Permission.ARCHIVE)
def lend_volume(
    desk: Desk, *, volume: int | str, borrower: str, purpose: str, due: date, approved_by: str = ""
) -> Changes:
    """Lend a bound volume 借阅. Raises NoSuchVolume, NotOnShelf, LentOut, BorrowerMissing, DueBeforeLent."""
    store = desk.store
    found = load_volume(store, volume)
    if found.state is not VolumeState.BOUND:
        what = "请先成卷。" if found.state is VolumeState.OPEN else "它已不在本单位。"
        raise NotOnShelf(code=found.code, state=VOLUME_STATE_NAMES[found.state], what=what)
    has = store.value("SELECT borrower FROM loan WHERE volume_id = ? AND returned_on IS NULL", (found.id,))
    if has is not None:
        raise LentOut(code=found.code, borrower=has, act="再借给别人")
    if not (borrower.strip() and purpose.strip()):
        raise BorrowerMissing
    if due < desk.today:
        raise DueBeforeLent(due=due, lent=desk.day)
    loan = store.insert(
        "INSERT INTO loan (volume_id, borrower, purpose, approved_by, lent_on, due_on, lent_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            found.id,
            borrower.strip(),
            purpose.strip(),
            approved_by.strip(),
            desk.day,
            due.isoformat(),
            desk.operator.id,
        ),
    )
    return changes(
        Topic.ARCHIVE,
        subject=f"volume {found.id}",
        counts={"loan": loan, "due_on": due.isoformat()},
        answer={"loan": loan, "code": found.code, "borrower": borrower.strip(), "due_on": due.isoformat()},
    )


@use_case("loan.return", Permission.ARCHIVE)
def take_back(desk: Desk, *, volume: int | str, remark: str = "") -> Changes:
    """Take a volume back 归还, with a word on how it came back. Raises NoSuchVolume, NotLent."""
    store = desk.store
    found = load_volume(store, volume)
    loan = store.value("SELECT id FROM loan WHERE volume_id = ? AND returned_on IS NULL", (found.id,))
    if loan is None:
        raise NotLent(code=found.code)
    store.execute(
        "UPDATE loan SET returned_on = ?, returned_by = ?, remark = ? WHERE id = ?",
        (desk.day, desk.operator.id, remark.strip(), loan),
    )
    return changes(
        Topic.ARCHIVE,
        subject=f"volume {found.id}",
        counts={"loan": loan},
        answer={"loan": loan, "code": found.code, "returned_on": desk.day},
    )
