"""The doors of returns: what the bank answered is posted, doubtful lines are settled by a person, money comes back later."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

from app.bankfiles.profiles import profiles
from app.batches.steps import BatchRow, load_batch, record_act, reopen_if_closed, settle_if_done
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.notices.steps import holidays_of
from app.returns.answers import Answer, read_answer
from app.returns.belonging import batch_of_answer
from app.returns.pairing import StoredLine, pair_lines, sent_attempts
from app.returns.steps import (
    Booked,
    book_answers,
    find_payment,
    funding_of_batch,
    post_come_back,
)
from models.domain import posting
from models.domain.buckets import Bucket
from models.domain.flows.payment_flow import PaymentStep, follow
from models.domain.matching import REASON_NAMES, Outcome, ReasonClass, reason_class, what_to_do
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.domain.workdays import add_workdays
from models.store.durable import read_bytes
from models.store.opening import Store
from models.store.tallies import count_event, count_part, refresh_tally
from models.store.vouchers import post_voucher

_DAYS_TO_MEND = 3  # working days in which a failed payment is put right (DOMAIN §3)


class NothingMatches(Refusal):
    """Not one line of the file can be ours."""

    form = (
        "“{name}”的 {lines} 行没有一行与批次 {number} 对得上，没有登记。"
        "请核对是否选错文件或批次（可用 --batch 指明批次）后重试。"
    )
    in_window = "“{name}”的 {lines} 行没有一行与批次 {number} 对得上，没有登记。请核对是否选错文件，或在“属于哪个批次”里选定批次后重试。"


class NoSuchLine(Refusal):
    """There is no return line of that number."""

    form = "没有编号为 {line} 的回盘明细。请用 return list 查看待确认的明细。"
    in_window = "没有这一行回盘明细，可能刚被别人确认。请按 F5 重新读取。"


class LineSettled(Refusal):
    """The line is not waiting for anybody."""

    form = "编号为 {line} 的回盘明细已经登记过，不需要确认。"


class LineSetAside(Refusal):
    """The line was found to be nobody's before."""

    form = "编号为 {line} 的回盘明细在 {day} 已认定无须认领（{reason}），不用再办。"
    in_window = "这一行在 {day} 已认定无须认领（{reason}），不用再办。"


class AsideReasonMissing(Refusal):
    """A line is set aside without a word."""

    form = "编号为 {line} 的回盘明细认定无须认领，要写明原因，例如“不是本所的款项，已告知银行”。"
    in_window = "认定无须认领要写明原因，例如“不是本所的款项，已告知银行”。"


class LineSaysNothing(Refusal):
    """The bank's words do not decide, so the person has to."""

    form = "编号为 {line} 的回盘明细写的是“{answer}”，看不出是否发放成功。请与银行核实后用 --outcome paid 或 failed 指明。"
    in_window = "这一行回盘写的是“{answer}”，看不出是否发放成功。请与银行核实后选定“成功”或“失败”。"


class NotInFlight(Refusal):
    """The payment is not waiting for an answer of the bank."""

    form = "第 {payment} 号发放明细没有在途款项，不能用回盘明细确认。已发放后被退回的，请登记退票。"


class LineAmountDiffers(Refusal):
    """The bank's amount is not what was sent."""

    form = "银行处理的金额是 {line_yuan} 元，报盘金额是 {sent_yuan} 元，不能确认为同一笔。请与银行核实，由银行补足或冲回后另出回盘。"


class ReasonMissing(Refusal):
    """Money came back, and nobody says why."""

    form = "没有填写{what}的原因。请写明后重试。"


class PartlyRecovered(Refusal):
    """Part of the payment was clawed back already, so the bank cannot have returned it whole."""

    form = "该笔已追回 {yuan} 元，不能再登记为全额退票。请与银行核对退回的金额，其余部分请登记追回。"


class RecoverTooMuch(Refusal):
    """More is clawed back than was paid."""

    form = "追回 {asked} 元超过了该笔尚未追回的 {left} 元。请核对金额。"


@use_case("return.post", Permission.POST_RETURN)
def post_return(
    desk: Desk, *, path: Path, batch_id: int | str | None = None, profile: str | None = None
) -> Changes:
    """Post a bank's answer 回盘: certain lines pay or fail their payment, every other line is kept and decides nothing.

    The same file again adds nothing and answers its lines as already posted; so do lines answered before. Only when a
    batch is named to which the file was not posted yet are the same bytes taken as that batch's own answer: two months of
    the same people and sums look alike, and a file may answer two batches. The answer
    counts matched (= paid + failed), unmatched (of which waiting need a person) and already_posted, which together are
    the file's lines, and lists the failures with what to do. Raises CannotRead, UnknownAnswer, NotThisAnswer,
    AnswerTotalsDiffer, AnswerEmpty, NoSuchProfile, OnlyToSend, NoSuchBatch, NotSent, NothingSent, SeveralBatchesFit, NothingMatches.
    """
    store = desk.store
    body = read_bytes(path)
    digest = sha256(body).hexdigest()
    named = None if batch_id is None else load_batch(store, batch_id).id
    before = store.row(
        "SELECT id, lines, batch_id FROM bank_return WHERE sha256 = ?1 AND batch_id = coalesce(?2, batch_id) ORDER BY id",
        (digest, named),
    )
    if before is not None:
        return _posted_before(store, *before)
    answer = read_answer(path, body, profiles(store), profile)
    batch = batch_of_answer(store, path, answer.lines, batch_id)
    sent = sent_attempts(store, batch.id)
    paired = pair_lines(sent, answer)
    if all(line.outcome == "unknown" for line in paired):
        raise NothingMatches(name=path.name, lines=len(paired), number=batch.number)
    return_id = _keep(desk, batch, path, body, answer, paired)
    booked = Booked(0, 0, Fen(0), batch.state)
    if _answer_attempts(desk, return_id):
        booked = book_answers(
            desk,
            batch,
            source=f"回盘文件 {path.name}",
            answered="p.id IN (SELECT payment_id FROM attempt WHERE return_id = ?)",
            parameters=(return_id,),
        )
    figures = _figures(booked, paired)
    return changes(
        Topic.BATCHES,
        Topic.PAYMENTS,
        Topic.RETURNS,
        Topic.LEDGER,
        subject=f"batch {batch.id}",
        counts={"return": return_id, "lines": len(paired), **figures},
        answer={
            "return": return_id,
            "batch": batch.id,
            "number": batch.number,
            "profile": answer.profile.name,
            "state": booked.state,
            "lines": len(paired),
            **figures,
            "failed_fen": booked.failed_fen,
            "failures": _failures(desk, return_id),
            "unmatched_lines": _unmatched(store, return_id),
        },
    )


def _posted_before(store: Store, return_id: int, lines: int, batch_id: int) -> Changes:
    """The same bytes again: say so, add nothing, and name the batches that still wait for an answer of their own."""
    batch = load_batch(store, batch_id)
    waiting = [
        row[0]
        for row in store.rows(
            "SELECT number FROM batch WHERE id <> ? AND state IN ('sent', 'settling') AND EXISTS (SELECT 1 FROM payment p"
            " WHERE p.batch_id = batch.id AND p.bucket = 'in_flight') ORDER BY id",
            (batch_id,),
        )
    ]
    nothing: dict[str, object] = {"matched": 0, "paid": 0, "failed": 0, "unmatched": 0, "waiting": 0}
    return changes(
        subject=f"return {return_id}",
        counts={"already_posted": lines},
        answer={
            "return": return_id,
            "batch": batch.id,
            "number": batch.number,
            "state": batch.state.value,
            "lines": lines,
            **nothing,
            "already_posted": lines,
            "other_batches_waiting": waiting,
            "failures": [],
            "unmatched_lines": [],
        },
    )


def _keep(
    desk: Desk, batch: BatchRow, path: Path, body: bytes, answer: Answer, paired: Sequence[StoredLine]
) -> int:
    store = desk.store
    digest = store.keep_file(body, path.name, "bank_return", desk.at)
    return_id = store.insert(
        "INSERT INTO bank_return (file_name, sha256, batch_id, profile, lines, received_on) VALUES (?, ?, ?, ?, ?, ?)",
        (path.name, digest, batch.id, answer.profile.name, len(answer.lines), desk.day),
    )
    store.execute_many(
        "INSERT INTO return_line (return_id, line, serial, name, account_number, fen, remark, answer, reason, said,"
        " outcome, attempt_id, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (return_id, line.line, line.serial, line.name, line.account, line.done or line.fen, line.remark, line.answer, line.reason,
             line.verdict.value if line.verdict else "", stored.outcome, stored.attempt_id, stored.note)
            for line, stored in zip(answer.lines, paired, strict=True)
        ),
    )  # fmt: skip
    return return_id


def _answer_attempts(desk: Desk, return_id: int) -> int:
    """Give the attempts the answers of the return's lines, and the payments with them; the number answered."""
    store = desk.store
    reasons = [row[0] for row in store.rows(
        "SELECT DISTINCT reason FROM return_line WHERE return_id = ? AND outcome = 'failed'", (return_id,)
    )]  # fmt: skip
    classes = json.dumps({reason: reason_class(reason) for reason in reasons})
    answered = store.execute(
        "UPDATE attempt SET state = l.outcome, reason = iif(l.outcome = 'failed', l.reason, ''),"
        " reason_class = coalesce(c.value, ''), answered_on = ?1, return_id = ?2 FROM return_line l"
        " LEFT JOIN json_each(?3) c ON l.outcome = 'failed' AND c.key = l.reason"
        " WHERE l.return_id = ?2 AND l.outcome IN ('paid', 'failed') AND attempt.id = l.attempt_id",
        (desk.day, return_id, classes),
    ).rowcount
    store.execute(
        "UPDATE payment SET bucket = a.state, reason = a.reason, reason_class = a.reason_class, changed_on = ?"
        " FROM attempt a WHERE a.return_id = ? AND payment.id = a.payment_id AND payment.bucket = 'in_flight'",
        (desk.day, return_id),
    )
    return int(answered)


def _figures(booked: Booked, paired: Sequence[StoredLine]) -> dict[str, int]:
    outcomes = [line.outcome for line in paired]
    waiting, unknown = outcomes.count("waiting"), outcomes.count("unknown")
    return {
        "matched": booked.paid + booked.failed,
        "paid": booked.paid,
        "failed": booked.failed,
        "unmatched": waiting + unknown,
        "waiting": waiting,
        "already_posted": outcomes.count("already_posted"),
    }


def _failures(desk: Desk, return_id: int) -> list[dict[str, object]]:
    """Those that failed now, each with its reason, what to do next and by when."""
    rows = desk.store.rows(
        "SELECT p.id, p.line, p.name, a.name, substr(a.account_number, -4), a.fen, a.reason, a.reason_class FROM attempt a"
        " JOIN payment p ON p.id = a.payment_id WHERE a.return_id = ? AND a.state = 'failed' ORDER BY p.line",
        (return_id,),
    )
    due = _mend_by(desk) if rows else ""
    return [
        {
            "payment": payment,
            "line": line,
            "name": name,
            "payee": payee,
            "account_tail": tail,
            "owed_fen": fen,
            "reason": reason,
            "reason_class": kind,
            "reason_name": REASON_NAMES[ReasonClass(kind)],
            "what_to_do": what_to_do(ReasonClass(kind)),
            "due_on": due,
        }
        for payment, line, name, payee, tail, fen, reason, kind in rows
    ]


def _mend_by(desk: Desk) -> str:
    found: date = add_workdays(desk.today, _DAYS_TO_MEND, holidays_of(desk.store))
    return found.isoformat()


def _unmatched(store: Store, return_id: int) -> list[dict[str, object]]:
    names = ("return_line", "line", "name", "account_tail", "fen", "answer", "reason", "outcome", "note")
    return [
        dict(zip(names, row, strict=True))
        for row in store.rows(
            "SELECT id, line, name, substr(account_number, -4), fen, answer, reason, outcome, note FROM return_line"
            " WHERE return_id = ? AND outcome IN ('waiting', 'unknown') ORDER BY line",
            (return_id,),
        )
    ]


@use_case("return.confirm", Permission.POST_RETURN)
def confirm_line(
    desk: Desk, *, line_id: int, payment_id: int, outcome: str | None = None, note: str = ""
) -> Changes:
    """Settle a waiting or unknown return line: a person says which payment it is, and if need be what it says.

    Raises NoSuchLine, LineSettled, NoSuchPayment, NotInFlight, LineAmountDiffers, LineSaysNothing.
    """
    store = desk.store
    row = store.row(
        "SELECT l.outcome, l.fen, l.answer, l.reason, l.said, l.note, l.return_id, r.file_name, l.attempt_id FROM return_line l"
        " JOIN bank_return r ON r.id = l.return_id WHERE l.id = ?",
        (line_id,),
    )
    if row is None:
        raise NoSuchLine(line=line_id)
    state, fen, words, reason, said, old_note, return_id, file_name, likely = row
    if state not in ("waiting", "unknown"):
        raise LineSettled(line=line_id)
    payment = find_payment(store, payment_id)
    attempt = store.row("SELECT id, fen FROM attempt WHERE payment_id = ? AND state = 'open'", (payment.id,))
    if attempt is None:
        raise NotInFlight(payment=payment.id)
    if not (outcome or said):
        raise LineSaysNothing(line=line_id, answer=old_note or words or "空")
    verdict = Outcome(outcome or said)
    failed = verdict is Outcome.FAILED
    # what the bank paid in part it may have taken back: then the payment that the line named may have failed
    if fen is not None and fen != attempt[1] and not (failed and likely == attempt[0]):
        raise LineAmountDiffers(line_yuan=yuan_text(fen), sent_yuan=yuan_text(attempt[1]))
    why, kind = (reason or words, reason_class(reason or words).value) if failed else ("", "")
    store.execute(
        "UPDATE attempt SET state = ?, reason = ?, reason_class = ?, answered_on = ?, return_id = ? WHERE id = ?",
        (verdict.value, why, kind, desk.day, return_id, attempt[0]),
    )
    store.execute(
        "UPDATE payment SET bucket = ?, reason = ?, reason_class = ?, changed_on = ? WHERE id = ?",
        (verdict.value, why, kind, desk.day, payment.id),
    )
    confirmed = "；".join(
        part for part in (old_note, f"{desk.operator.name} {desk.day} 确认", note.strip()) if part
    )
    store.execute(
        "UPDATE return_line SET outcome = ?, attempt_id = ?, note = ? WHERE id = ?",
        (verdict.value, attempt[0], confirmed, line_id),
    )
    batch = load_batch(store, payment.batch_id)
    booked = book_answers(
        desk, batch, source=f"人工确认回盘文件 {file_name}", answered="p.id = ?", parameters=(payment.id,)
    )
    return changes(
        Topic.BATCHES,
        Topic.PAYMENTS,
        Topic.RETURNS,
        Topic.LEDGER,
        subject=f"batch {batch.id}",
        counts={"return_line": line_id, "payment": payment.id, "outcome": verdict.value},
        answer={
            "return_line": line_id,
            "payment": payment.id,
            "batch": batch.id,
            "outcome": verdict.value,
            "state": booked.state,
        },
    )


@use_case("return.set_aside", Permission.POST_RETURN)
def set_line_aside(desk: Desk, *, line_id: int, reason: str) -> Changes:
    """Say that a waiting or unknown return line is nobody's 无须认领: a stranger's, or answered by another file.

    It stays in the answer with its reason, and no longer waits for anybody. Raises NoSuchLine, LineSettled, LineSetAside,
    AsideReasonMissing.
    """
    store = desk.store
    row = store.row(
        "SELECT l.outcome, s.decided_on, s.reason FROM return_line l LEFT JOIN return_line_aside s ON s.line_id = l.id"
        " WHERE l.id = ?",
        (line_id,),
    )
    if row is None:
        raise NoSuchLine(line=line_id)
    state, day, known = row
    if state not in ("waiting", "unknown"):
        raise LineSettled(line=line_id)
    if known is not None:
        raise LineSetAside(line=line_id, day=day, reason=known)
    if not reason.strip():
        raise AsideReasonMissing(line=line_id)
    store.execute(
        "INSERT INTO return_line_aside (line_id, reason, decided_on, operator_id) VALUES (?, ?, ?, ?)",
        (line_id, reason.strip(), desk.day, desk.operator.id),
    )
    return changes(
        Topic.RETURNS,
        subject=f"return line {line_id}",
        counts={"return_line": line_id, "reason": reason.strip()},
        answer={"return_line": line_id, "reason": reason.strip()},
    )


@use_case("payment.bounce", Permission.MARK_RETURNED)
def bounce_payment(desk: Desk, *, payment_id: int, reason: str) -> Changes:
    """A paid payment came back later 退票: it is returned, the money is to be dealt with, a closed batch opens again.

    Raises NoSuchPayment, NoRoad (it is not paid), ReasonMissing, PartlyRecovered.
    """
    store = desk.store
    payment = find_payment(store, payment_id)
    follow(Bucket(payment.bucket), PaymentStep.BOUNCE)
    if not reason.strip():
        raise ReasonMissing(what="退票")
    if payment.recovered_fen:
        raise PartlyRecovered(yuan=yuan_text(payment.recovered_fen))
    kind = reason_class(reason)
    batch = load_batch(store, payment.batch_id)
    store.execute(
        "UPDATE attempt SET state = 'bounced', reason = ?, reason_class = ? WHERE payment_id = ? AND state = 'paid'",
        (reason.strip(), kind.value, payment.id),
    )
    store.execute(
        "UPDATE payment SET bucket = 'returned', reason = ?, reason_class = ?, changed_on = ? WHERE id = ?",
        (reason.strip(), kind.value, desk.day, payment.id),
    )
    reopen_if_closed(store, batch.id)
    voucher_id = post_come_back(
        desk,
        batch,
        posting.Event.BOUNCE,
        payment.owed_fen,
        f"第 {payment.line} 行 {payment.name}：{reason.strip()}",
    )
    count_event(store, batch.id, desk.day, "returned", "p.id = ?", (payment.id,))
    record_act(desk, batch.id, "bounce", f"第 {payment.line} 行：{reason.strip()}")
    return _moved(desk, batch, payment_id, Bucket.RETURNED, payment.owed_fen, voucher_id, {
        "reason_class": kind.value, "what_to_do": what_to_do(kind), "due_on": _mend_by(desk),
    })  # fmt: skip


@use_case("payment.recover", Permission.MARK_RETURNED)
def recover_payment(desk: Desk, *, payment_id: int, reason: str, fen: Fen | None = None) -> Changes:
    """Money paid wrongly is clawed back 追回, whole or `fen` of it; a part leaves the payment paid.

    In the year of payment it takes the expense back, later it is owed to the treasury (DOMAIN §10).
    Raises NoSuchPayment, NoRoad (it is not paid), ReasonMissing, NothingToPost, RecoverTooMuch.
    """
    store = desk.store
    payment = find_payment(store, payment_id)
    follow(Bucket(payment.bucket), PaymentStep.RECOVER)
    if not reason.strip():
        raise ReasonMissing(what="追回")
    left = Fen(payment.owed_fen - payment.recovered_fen)
    taken = left if fen is None else fen
    if taken > left:
        raise RecoverTooMuch(asked=yuan_text(taken), left=yuan_text(left))
    batch = load_batch(store, payment.batch_id)
    funding = posting.spread(taken, funding_of_batch(store, batch.id))
    bucket = Bucket.RECOVERED if taken == left else Bucket.PAID
    store.execute(
        "UPDATE payment SET bucket = ?, recovered_fen = ?, reason = ?, changed_on = ? WHERE id = ?",
        (bucket.value, payment.recovered_fen + taken, reason.strip(), desk.day, payment.id),
    )
    paid_on = store.value(
        "SELECT max(answered_on) FROM attempt WHERE payment_id = ? AND state = 'paid'", (payment.id,)
    )
    year_closed = paid_on[:4] < desk.day[:4]
    reopen_if_closed(store, batch.id)
    voucher_id = post_voucher(
        store,
        day=desk.day,
        event=posting.Event.RECOVER,
        summary=f"追回 批次 {batch.number} 第 {payment.line} 行 {payment.name}：{reason.strip()}",
        legs=posting.recover(batch.id, batch.program_id, funding, year_closed=year_closed),
        batch_id=batch.id,
        attachments=1,
        operator_id=desk.operator.id,
    )
    event = "recovered_late" if year_closed else "recovered"
    if bucket is Bucket.RECOVERED:
        count_event(store, batch.id, desk.day, event, "p.id = ?", (payment.id,), fen=taken)
    else:
        count_part(store, batch.id, desk.day, event, taken)
    record_act(desk, batch.id, "recover", f"第 {payment.line} 行 {yuan_text(taken)} 元：{reason.strip()}")
    return _moved(desk, batch, payment_id, bucket, taken, voucher_id, {"left_fen": left - taken})


def _moved(
    desk: Desk,
    batch: BatchRow,
    payment_id: int,
    bucket: Bucket,
    fen: Fen,
    voucher_id: int,
    more: Mapping[str, object],
) -> Changes:
    """What a bounce or a recovery leaves behind: sums, the batch's state, the answer."""
    store = desk.store
    refresh_tally(store, batch.id)
    state = settle_if_done(store, batch.id, desk.day)
    return changes(
        Topic.BATCHES,
        Topic.PAYMENTS,
        Topic.LEDGER,
        subject=f"batch {batch.id}",
        counts={"payment": payment_id, "bucket": bucket.value, "fen": fen},
        answer={
            "payment": payment_id,
            "batch": batch.id,
            "number": batch.number,
            "state": state,
            "bucket": bucket.value,
            "fen": fen,
            "voucher": voucher_id,
            **more,
        },
    )
