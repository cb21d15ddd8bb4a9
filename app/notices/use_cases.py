"""The doors of notices: posting a list, objections and their outcome, the holiday table."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from app.access.steps import put_setting
from app.batches.steps import BatchRow, load_batch, move, record_act
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.notices.photos import read_photo
from app.notices.steps import (
    PHONE_SETTING,
    as_posted,
    holidays_of,
    notice_bytes,
    refuse_leak,
    refuse_unposted,
    rows_sha256,
    village_lists,
)
from app.programs.queries import policy_of
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState, BatchStep, follow
from models.domain.permission import Permission
from models.domain.policy import Policy
from models.domain.refusal import Refusal
from models.domain.workdays import last_notice_day

_AFTER_PAYMENT = (BatchState.SENT, BatchState.SETTLING, BatchState.SETTLED)  # and never after it was archived
_DAY_KINDS: Final = {"workdays": ("个工作日", 250), "calendar": ("个自然日", 366), "months": ("个月", 12)}
"""What the days of a notice are called, and how many are a year."""
_OUTCOMES = {"upheld": "成立", "rejected": "不成立"}


class ReissueNotPosted(Refusal):
    """A reissue goes to people whose names were posted already."""

    form = "批次 {number} 是补发批次，名单已随原批次公示，不再公示。复核后可以直接提交审批。"


class PostedAfterPayment(Refusal):
    """The program posts its list after payment, and this batch is not paid yet."""

    form = "批次 {number} 的项目按政策在发放后公示，现在是“{state}”。请在报盘之后公示；审批不必等待公示。"


class NothingOnNotice(Refusal):
    """Every payment of the batch is stopped."""

    form = "批次 {number} 的款项全部已停发，没有可公示的名单。请恢复需要发放的款项，或作废这个批次。"


class TooFewDays(Refusal):
    """Fewer days than the policy asks for."""

    form = "公示天数 {days} 少于政策规定的 {least}{kind}。请按规定天数公示；提前结束须在审批时写明理由。"


class TooManyDays(Refusal):
    """More days than any notice hangs."""

    form = "公示天数 {days} 太多，最多 {most}{kind}。请核对天数。"


class NoNoticeYet(Refusal):
    """Objections and photos need a notice that hangs."""

    form = "批次 {number} 没有张贴中的公示，不能登记{what}。请先公示该批次。"


class NoSuchObjection(Refusal):
    """There is no objection of that number."""

    form = "没有编号为 {objection} 的异议。请用 notice list 查看。"
    in_window = "没有这条异议，可能刚被别人处理。请按 F5 重新读取。"


class ObjectionDecided(Refusal):
    """The objection has its outcome already."""

    form = (
        "编号为 {objection} 的异议已于 {day} 处理，结果是“{outcome}”，不能再改。如有新情况，请另行登记异议。"
    )


class PhotoBeforeNotice(Refusal):
    """A photo of a wall on which nothing hung yet."""

    form = "照片“{name}”写的拍摄日期是 {day}，早于张贴日期 {posted_on}。请核对日期后重试。"


class PhotoTooLate(Refusal):
    """The batch's dossier is closed; nothing comes into it any more."""

    form = "批次 {number} 已经归档，照片进不了案卷。请在“档案”里把照片单独归档。"


class PhotoKept(Refusal):
    """The same photo again."""

    form = "照片“{name}”已经存过，不用再存。"


class WordsMissing(Refusal):
    """An objection or its answer without words says nothing."""

    form = "没有填写{what}。请写明后重试。"


class UnknownOutcome(Refusal):
    """Neither upheld nor rejected."""

    form = "异议处理结果“{outcome}”无法识别，只能是 upheld（成立）或 rejected（不成立）。"


class UnknownHolidayKind(Refusal):
    """A day is off or worked; anything else is no entry of the table."""

    form = "节假日类别“{kind}”无法识别，只能是 off（放假）、work（调休上班）或 plain（按平常周次）。"


class PhoneUnusable(Refusal):
    """A phone number that no one could call, or that could be taken for an ID."""

    form = "异议电话“{phone}”无法使用。请填写 7 至 20 位的电话号码，区号与号码之间可以用“-”分开，例如 0575-86021234。"


@use_case("batch.publicize", Permission.PUBLICIZE)
def publicize_batch(desk: Desk, *, batch_id: int | str, days: int | None = None) -> Changes:
    """Put up the masked list of a reviewed batch 公示; the day after posting is its first day (DOMAIN §3, §8).

    Days and their kind are the policy's, `days` may ask for more. A program that posts after payment is posted once the
    batch has gone to the bank, without a change of state. A list put up before (the batch was rejected and came back)
    is withdrawn. Raises NoSuchBatch, NoRoad, ReissueNotPosted, NotPosted, PostedAfterPayment, NothingOnNotice, TooFewDays,
    TooManyDays, PublicLeak.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    policy = policy_of(store, batch.policy_id).policy
    posted_first = _check_postable(desk, batch, policy)
    days = _days(policy, days)
    lists = village_lists(store, batch, policy)
    if not lists:
        raise NothingOnNotice(number=batch.number)
    first_day = desk.today + timedelta(days=1)
    last_day = last_notice_day(first_day, days, policy.publicity_kind, holidays_of(store))
    store.execute(
        "UPDATE public_notice SET state = 'withdrawn' WHERE batch_id = ? AND state IN ('posted', 'ended')",
        (batch.id,),
    )
    posted = as_posted(
        store, batch, policy, lists,
        posted_on=desk.day, first_day=first_day.isoformat(), last_day=last_day.isoformat(),
    )  # fmt: skip
    file_sha256 = store.keep_file(notice_bytes(posted), f"公示-{batch.number}.xlsx", "notice", desk.at)
    notice_id = store.insert(
        "INSERT INTO public_notice (batch_id, posted_on, days, day_kind, first_day, last_day, rows_sha256, file_sha256)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            batch.id, desk.day, days, policy.publicity_kind, posted.first_day, posted.last_day, rows_sha256(lists),
            file_sha256,
        ),
    )  # fmt: skip
    if posted_first:
        move(desk, batch, BatchStep.PUBLICIZE)
    record_act(desk, batch.id, BatchStep.PUBLICIZE, f"公示至 {last_day.isoformat()}")
    state = BatchState.PUBLICIZED.value if posted_first else batch.state
    return changes(
        Topic.BATCHES,
        Topic.NOTICES,
        subject=f"batch {batch.id}",
        counts={"notice": notice_id, "days": days, "last_day": last_day.isoformat()},
        answer={
            "batch": batch.id,
            "number": batch.number,
            "state": state,
            "notice": notice_id,
            "days": days,
            "day_kind": policy.publicity_kind,
            "posted_on": desk.day,
            "first_day": first_day.isoformat(),
            "last_day": last_day.isoformat(),
            "villages": len(lists),
            "rows": sum(len(village.lines) for village in lists),
        },
    )


def _check_postable(desk: Desk, batch: BatchRow, policy: Policy) -> bool:
    """Whether the notice stands before payment; refuses where nothing is to be posted now."""
    if batch.is_reissue:
        raise ReissueNotPosted(number=batch.number)
    refuse_unposted(desk.store, batch, policy)
    state = batch.state
    if policy.publicity == "before":
        follow(state, BatchStep.PUBLICIZE)
        return True
    if state not in _AFTER_PAYMENT:
        raise PostedAfterPayment(number=batch.number, state=BATCH_STATE_NAMES[state])
    return False


def _days(policy: Policy, asked: int | None) -> int:
    if asked is None:
        return policy.publicity_days
    kind, most = _DAY_KINDS[policy.publicity_kind]
    if asked < policy.publicity_days:
        raise TooFewDays(days=asked, least=policy.publicity_days, kind=kind)
    if asked > most:
        raise TooManyDays(days=asked, most=most, kind=kind)
    return asked


@use_case("notice.object", Permission.PUBLICIZE)
def object_to(desk: Desk, *, batch_id: int | str, person: str, text: str) -> Changes:
    """Note what somebody says against a posted list 异议; until it is decided the batch is not approved.

    Raises NoSuchBatch, NoNoticeYet, WordsMissing.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    if not person.strip():
        raise WordsMissing(what="异议人")
    if not text.strip():
        raise WordsMissing(what="异议内容")
    if (
        store.value("SELECT 1 FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn'", (batch.id,))
        is None
    ):
        raise NoNoticeYet(number=batch.number, what="异议")
    objection_id = store.insert(
        "INSERT INTO objection (batch_id, person, body, raised_on) VALUES (?, ?, ?, ?)",
        (batch.id, person.strip(), text.strip(), desk.day),
    )
    return changes(
        Topic.NOTICES,
        subject=f"batch {batch.id}",
        counts={"objection": objection_id},
        answer={"objection": objection_id, "batch": batch.id, "number": batch.number, "raised_on": desk.day},
    )


@use_case("notice.photo", Permission.PUBLICIZE)
def keep_photo(
    desk: Desk, *, batch_id: int | str, path: Path, place: str = "", taken_on: date | None = None
) -> Changes:
    """Keep a photo of the posted list on its wall 公示照片, byte for byte; the dossier takes it in. `place` is the village.

    Raises NoSuchBatch, NoNoticeYet, NotAPhoto, PhotoTooLarge, PhotoBeforeNotice, PhotoTooLate, PhotoKept, CannotRead.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    if batch.state == BatchState.ARCHIVED:
        raise PhotoTooLate(number=batch.number)
    row = store.row(
        "SELECT id, posted_on FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn' ORDER BY id DESC LIMIT 1",
        (batch.id,),
    )
    if row is None:
        raise NoNoticeYet(number=batch.number, what="照片")
    notice_id, posted_on = row
    day = (taken_on or desk.today).isoformat()
    if day < posted_on:
        raise PhotoBeforeNotice(name=path.name, day=day, posted_on=posted_on)
    body = read_photo(path)
    sha256 = store.keep_file(body, path.name, "notice_photo", desk.at)
    if store.value("SELECT 1 FROM notice_photo WHERE notice_id = ? AND sha256 = ?", (notice_id, sha256)):
        raise PhotoKept(name=path.name)
    photo_id = store.insert(
        "INSERT INTO notice_photo (notice_id, taken_on, place, name, sha256) VALUES (?, ?, ?, ?, ?)",
        (notice_id, day, place.strip(), path.name, sha256),
    )
    return changes(
        Topic.NOTICES,
        subject=f"batch {batch.id}",
        counts={"photo": photo_id, "sha256": sha256},
        answer={
            "photo": photo_id,
            "batch": batch.id,
            "number": batch.number,
            "name": path.name,
            "sha256": sha256,
        },
    )


@use_case("notice.decide", Permission.PUBLICIZE)
def decide_objection(desk: Desk, *, objection_id: int, outcome: str, answer: str) -> Changes:
    """Give an objection its outcome, 'upheld' or 'rejected', with the answer given to the person.

    An upheld one changes no payment by itself: it is stopped, or the batch rejected and recomputed.
    Raises NoSuchObjection, ObjectionDecided, UnknownOutcome, WordsMissing.
    """
    store = desk.store
    found = store.row("SELECT batch_id, outcome, decided_on FROM objection WHERE id = ?", (objection_id,))
    if found is None:
        raise NoSuchObjection(objection=objection_id)
    batch_id, decided, day = found
    if decided:
        raise ObjectionDecided(objection=objection_id, day=day, outcome=_OUTCOMES[decided])
    if outcome not in _OUTCOMES:
        raise UnknownOutcome(outcome=outcome)
    if not answer.strip():
        raise WordsMissing(what="处理答复")
    store.execute(
        "UPDATE objection SET outcome = ?, answer = ?, decided_on = ? WHERE id = ?",
        (outcome, answer.strip(), desk.day, objection_id),
    )
    return changes(
        Topic.NOTICES,
        subject=f"batch {batch_id}",
        counts={"objection": objection_id, "outcome": outcome},
        answer={"objection": objection_id, "batch": batch_id, "outcome": outcome, "decided_on": desk.day},
    )


@use_case("holiday.set", Permission.SET_RULES, dated=False)
def set_holiday(desk: Desk, *, day: date, kind: str, name: str = "") -> Changes:
    """Enter a day into the holiday table: 'off', 'work', or 'plain' to take an entry out again.

    Notices already posted keep their days. Raises UnknownHolidayKind.
    """
    if kind == "plain":
        desk.store.execute("DELETE FROM holiday WHERE day = ?", (day.isoformat(),))
    elif kind in ("off", "work"):
        desk.store.execute(
            "INSERT INTO holiday (day, kind, name) VALUES (?, ?, ?)"
            " ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, name = excluded.name",
            (day.isoformat(), kind, name),
        )
    else:
        raise UnknownHolidayKind(kind=kind)
    return changes(
        Topic.NOTICES,
        subject=f"holiday {day.isoformat()}",
        counts={"kind": kind},
        answer={"day": day.isoformat(), "kind": kind, "name": name},
    )


@use_case("notice.phone", Permission.SET_RULES, dated=False)
def set_objection_phone(desk: Desk, *, phone: str) -> Changes:
    """Set the phone for objections that every notice shows. Raises PhoneUnusable."""
    phone = phone.strip()
    digits = [mark for mark in phone if mark in "0123456789"]
    if not 7 <= len(digits) <= 20 or set(phone) - set("0123456789-（）() 转"):
        raise PhoneUnusable(phone=phone)
    refuse_leak(phone, "异议电话", 0)
    put_setting(desk, PHONE_SETTING, phone)
    return changes(Topic.NOTICES, subject="setting notice.phone", answer={"phone": phone})
