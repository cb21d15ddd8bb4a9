"""The door of bank files: an approved batch goes to the bank 报盘."""

from collections.abc import Sequence
from hashlib import sha256

from app.bankfiles.layout import LaidOut, Line, lay_out, remark_of
from app.bankfiles.profiles import find_profile
from app.batches.steps import BatchRow, check_road, load_batch, move, record_act
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.funds.steps import refuse_overdraft
from app.programs.queries import program_of
from models.domain import posting
from models.domain.flows.batch_flow import BatchStep
from models.domain.money import Fen
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.store.opening import Store
from models.store.tallies import refresh_tally
from models.store.vouchers import post_voucher

_MOST_SHOWN = 10


class NothingToSend(Refusal):
    """Every payment of the batch is stopped."""

    form = (
        "批次 {number} 没有待发的款项（全部已停发），无法生成报盘文件。请恢复需要发放的款项，或作废这个批次。"
    )


class NoAccountToSend(Refusal):
    """Payments without an account cannot go to a bank."""

    form = "批次 {number} 有 {count} 笔没有收款账号：{listed}。请停发这些款项，或退回批次补登账户后重算。"


@use_case("bank_file.make", Permission.EXPORT_BANK_FILE)
def make_bank_files(desk: Desk, *, batch_id: int | str, profile: str) -> Changes:
    """Send an approved batch to the bank in one layout: live pending payments fly, each with an attempt.

    The files are kept in the office; `app.bankfiles.queries.write_bank_files` puts them where the clerk wants them.
    Raises NoSuchBatch, NoSuchProfile, NoRoad (not approved), NothingToSend, NoAccountToSend, RemarkTooLong,
    CannotBeWritten; each before anything is made.
    """
    store = desk.store
    layout = find_profile(profile)
    batch = load_batch(store, batch_id)
    program = program_of(store, batch.program_id)
    check_road(store, batch, BatchStep.SEND)
    lines = _pending_lines(store, batch)
    remark = remark_of(layout, program)
    files = list(
        lay_out(layout, lines, remark=remark, batch_number=batch.number, short_name=program.bank_short_name)
    )
    move(desk, batch, BatchStep.SEND)
    for file in files:
        _keep(desk, batch.id, layout.name, file, remark)
    store.execute(
        "UPDATE payment SET bucket = 'in_flight', changed_on = ? WHERE batch_id = ? AND bucket = 'pending'",
        (desk.day, batch.id),
    )
    store.execute("UPDATE batch SET sent_on = ? WHERE id = ?", (desk.day, batch.id))
    total = Fen(sum(file.total_fen for file in files))
    refuse_overdraft(store, total)
    _post(desk, batch, total, len(files))
    record_act(desk, batch.id, BatchStep.SEND, layout.title)
    refresh_tally(store, batch.id)
    return changes(
        Topic.BATCHES,
        Topic.PAYMENTS,
        Topic.BANK_FILES,
        Topic.LEDGER,
        subject=f"batch {batch.id}",
        counts={"files": len(files), "payments": len(lines), "fen": total, "profile": layout.name},
        answer=_answer(batch, layout.name, files, total),
    )


def _pending_lines(store: Store, batch: BatchRow) -> list[Line]:
    """The live pending payments in their order, numbered through all files of the batch."""
    rows = store.rows(
        "SELECT id, line, account_holder, account_number, payee_id_number, bank, owed_fen,"
        " cast(row_number() OVER (ORDER BY line) AS text) FROM payment WHERE batch_id = ? AND bucket = 'pending'"
        " ORDER BY line",
        (batch.id,),
    )
    if not rows:
        raise NothingToSend(number=batch.number)
    without = [row for row in rows if not row[3] or not row[2]]
    if without:
        listed = "、".join(f"第 {row[1]} 行" for row in without[:_MOST_SHOWN])
        raise NoAccountToSend(number=batch.number, count=len(without), listed=listed)
    return list(map(Line._make, rows))


def _keep(desk: Desk, batch_id: int, profile: str, file: LaidOut, remark: str) -> None:
    store = desk.store
    store.keep_file(file.body, file.name, "bank_file", desk.at)
    file_id = store.insert(
        "INSERT INTO bank_file (batch_id, part, profile, name, sha256, lines, total_fen, made_on)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (batch_id, file.part, profile, file.name, file.sha256, len(file.lines), file.total_fen, desk.day),
    )
    store.execute_many(
        "INSERT INTO attempt (payment_id, bank_file_id, line, serial, name, account_number, fen, remark, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open')",
        (
            (line.payment_id, file_id, number, line.serial, line.name, line.account, line.fen, remark)
            for number, line in enumerate(file.lines, start=1)
        ),
    )


def _post(desk: Desk, batch: BatchRow, total: Fen, attachments: int) -> None:
    """报盘: Dr 应付 / Cr 存款; of a reissue Dr 退回待处理 of its source batches / Cr 存款 (DOMAIN §10)."""
    if batch.is_reissue:
        sources = [(row[0], Fen(row[1])) for row in desk.store.rows(
            "SELECT s.batch_id, sum(p.owed_fen) FROM payment p JOIN payment s ON s.id = p.source_id"
            " WHERE p.batch_id = ? AND p.bucket = 'in_flight' GROUP BY s.batch_id ORDER BY s.batch_id",
            (batch.id,),
        )]  # fmt: skip
        event, legs = posting.Event.REISSUE, posting.send_reissue(batch.id, batch.program_id, sources)
    else:
        event, legs = posting.Event.SEND, posting.send(batch.id, batch.program_id, total)
    post_voucher(
        desk.store,
        day=desk.day,
        event=event,
        summary=f"{posting.EVENT_NAMES[event]} 批次 {batch.number}",
        legs=legs,
        batch_id=batch.id,
        attachments=attachments,
        operator_id=desk.operator.id,
    )


def _answer(batch: BatchRow, profile: str, files: Sequence[LaidOut], total: Fen) -> dict[str, object]:
    hashes = [file.sha256 for file in files]
    return {
        "batch": batch.id,
        "number": batch.number,
        "profile": profile,
        "files": [
            {"name": file.name, "count": len(file.lines), "total_fen": file.total_fen, "sha256": file.sha256}
            for file in files
        ],
        "count": sum(len(file.lines) for file in files),
        "total_fen": total,
        # of several files the SHA-256 of their hashes, one a line, in the order of their parts
        "sha256": hashes[0] if len(hashes) == 1 else sha256("\n".join(hashes).encode()).hexdigest(),
    }
