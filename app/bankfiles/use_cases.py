"""The doors of bank files: an approved batch goes to the bank 报盘; a bank's layout is learned from an example."""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.bankfiles.examples import heading_row_of, read_example
from app.bankfiles.layout import LaidOut, Line, lay_out, remark_of
from app.bankfiles.learning import USUAL_LINES, learn
from app.bankfiles.pointing import HeadingRowNotThere, LinesBelowOne, Pointed, meaning_of, places_of
from app.bankfiles.profiles import (
    MEANINGS,
    AmountUnit,
    AnswerForm,
    Profile,
    find_profile,
    own_profiles,
    own_table,
    profile_of,
    profiles_to_send,
    shipped_profiles,
)
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
from models.domain.written import shown
from models.store.opening import Store
from models.store.tallies import refresh_tally
from models.store.vouchers import post_voucher

_MOST_SHOWN = 10
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_READS_TOO = {"gbk": "gb18030", "utf-8": "utf-8-sig"}
"""What is written in the one is read in the other as well."""


class NothingToSend(Refusal):
    """Every payment of the batch is stopped."""

    form = (
        "批次 {number} 没有待发的款项（全部已停发），无法生成报盘文件。请恢复需要发放的款项，或作废这个批次。"
    )


class NoAccountToSend(Refusal):
    """Payments without an account cannot go to a bank."""

    form = "批次 {number} 有 {count} 笔没有收款账号：{listed}。请停发这些款项，或退回批次补登账户后重算。"


class NameTaken(Refusal):
    """A shipped layout is called so."""

    form = "“{name}”是本程序自带的银行格式，请换一个名称，例如“县农商行代发”。"


class NoProfileName(Refusal):
    """A layout without a name."""

    form = "请给这个银行格式起一个名称，例如“县农商行代发”。"


class NameInLines(Refusal):
    """A layout's name with a line break or another character that a list cannot show."""

    form = "银行格式的名称“{name}”里有换行或别的看不见的控制字符。请写成一行，例如“县农商行代发”。"


class LooksTheSame(Refusal):
    """Two layouts of the office would be recognised by the same headings."""

    form = "这份回盘的列标题和已经学会的“{other}”完全相同，下次分不清是哪一个。请用原来的名称重新学，或先忘记“{other}”。"


class ReadsTheSame(LooksTheSame):
    """Two layouts of the office without headings would read the same files."""

    form = (
        "这份回盘没有列标题，列数、分隔符、编码和账号、金额、处理结果的位置都和已经学会的“{other}”相同，下次分不清是哪一个。"
        "请用原来的名称重新学，或先忘记“{other}”。"
    )


class NotLearned(Refusal):
    """A layout that is not one of the office's own."""

    form = "“{name}”不是本办公点自己学的银行格式，不能忘记。自己学的有：{known}。"


class ProfileInUse(Refusal):
    """Payments that were sent by the layout have no answer yet."""

    form = (
        "批次 {number} 是按“{name}”报盘的，还有 {count} 笔没有回盘，不能忘记这个格式。请等回盘登记完再忘记。"
    )


@use_case("bank_file.make", Permission.EXPORT_BANK_FILE)
def make_bank_files(desk: Desk, *, batch_id: int | str, profile: str) -> Changes:
    """Send an approved batch to the bank in one layout: live pending payments fly, each with an attempt.

    The files are kept in the office; `app.bankfiles.queries.write_bank_files` puts them where the clerk wants them.
    Raises NoSuchBatch, NoSuchProfile, NoRoad (not approved), NothingToSend, NoAccountToSend, RemarkTooLong,
    CannotBeWritten; each before anything is made.
    """
    store = desk.store
    layout = find_profile(profiles_to_send(store), profile)
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


@use_case("bank_profile.learn", Permission.SET_RULES, dated=False)
def learn_profile(
    desk: Desk,
    *,
    name: str,
    path: Path,
    columns: Mapping[str, str],
    heading_row: int | None = None,
    amount_unit: AmountUnit = "yuan",
    success: Sequence[str] = (),
    failure: Sequence[str] = (),
    unfinished: Sequence[str] = (),
    most_bytes: Mapping[str, int] | None = None,
    line_limit: int = 0,
) -> Changes:
    """Learn a bank's layout from an example 样表: a file to the bank, or (where a column is its result) the bank's answer.

    `columns` are the columns by heading or letters (“C列”) → what they hold, in Chinese or as stored; `heading_row` is the row of
    the headings (0: none; not said: the first that looks like it). The same name again learns the other direction, or the
    same one anew. Raises CannotRead, UnreadableWorkbook, EmptyExample, what app.bankfiles.pointing has, NoProfileName, NameInLines,
    NameTaken, LooksTheSame.
    """
    store = desk.store
    called = name.strip()
    if not called:
        raise NoProfileName()
    if _BREAKS.search(called):
        raise NameInLines(name=shown(_BREAKS.sub(" ", called)))
    if any(called in (one.name, one.title) for one in shipped_profiles().values()):
        raise NameTaken(name=called)
    example = read_example(path)
    row = heading_row_of(example) if heading_row is None else heading_row
    if row and row not in (number for number, _ in example.rows):
        raise HeadingRowNotThere(row=row)
    if line_limit < 0:
        raise LinesBelowOne(lines=line_limit, usual=USUAL_LINES)
    meanings = {column: meaning_of(word) for column, word in columns.items()}
    said = Pointed(
        columns=places_of(example, row, meanings),
        heading_row=row,
        amount_unit=amount_unit,
        success=frozenset(success),
        failure=frozenset(failure),
        unfinished=frozenset(unfinished),
        most_bytes=places_of(example, row, most_bytes or {}),
        line_limit=line_limit,
    )
    learned = learn(example, said)
    kept = store.row("SELECT body, fingerprint FROM bank_profile WHERE name = ?", (called,))
    body = _joined(json.loads(kept[0]) if kept else {}, learned.table)
    fingerprint = learned.fingerprint or None if said.is_answer else kept and kept[1]
    other = store.row(
        "SELECT name FROM bank_profile WHERE fingerprint = ? AND name <> ?", (fingerprint, called)
    )
    if other is not None:
        raise LooksTheSame(other=other[0])
    profile = profile_of(called, own_table(called, body))
    if said.is_answer and not row:
        _refuse_twins(profile.answer, own_profiles(store), called)
    store.execute(
        "INSERT INTO bank_profile (name, body, fingerprint, example_name, example_sha256, operator_id, learned_on)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body,"
        " fingerprint = excluded.fingerprint, example_name = excluded.example_name,"
        " example_sha256 = excluded.example_sha256, operator_id = excluded.operator_id, learned_on = excluded.learned_on",
        (
            called, json.dumps(body, ensure_ascii=False), fingerprint, example.name, example.sha256, desk.operator.id,
            desk.day,
        ),
    )  # fmt: skip
    direction = "from_bank" if said.is_answer else "to_bank"
    words = {"success": "、".join(sorted(said.success))} if said.is_answer else {}
    return changes(
        Topic.BANK_FILES,
        Topic.RETURNS,
        subject=f"profile {called}",
        counts={
            "direction": direction,
            "lines": learned.lines,
            "fen": learned.total,
            **words,
            "sha256": example.sha256,
        },
        answer={
            "profile": called,
            "direction": direction,
            "heading_row": row,
            "lines": learned.lines,
            "total_fen": learned.total,
            "totals_line": learned.has_totals,
            "columns": {
                example.column_name(place, row): MEANINGS[what]
                for place, what in sorted(said.columns.items())
            },
            "can_send": bool(profile.columns),
            "can_read": bool(profile.answer.columns),
        },
    )


def _refuse_twins(form: AnswerForm, known: Mapping[str, Profile], called: str) -> None:
    """Raise ReadsTheSame for another layout without headings that would make as much of this one's files."""
    for other in known.values():
        if (
            other.name != called
            and _reading(other.answer) == _reading(form)
            and not _words(other.answer).isdisjoint(_words(form))
        ):
            raise ReadsTheSame(other=other.name)


def _reading(form: AnswerForm) -> tuple[object, ...]:
    """What a line has to be like for a form without headings to read it."""
    places = {column.holds: place for place, column in enumerate(form.columns)}
    encoding = _READS_TOO.get(form.encoding, form.encoding)
    decides = [places.get(holds) for holds in ("account", "amount", "status")]
    return form.file_type, form.heading_line, encoding, form.separator, len(form.columns), *decides


def _words(form: AnswerForm) -> frozenset[str]:
    return form.success | form.failure | form.unfinished


def _joined(kept: Mapping[str, Any], learned: Mapping[str, Any]) -> dict[str, Any]:
    """Both directions of a layout: what was learned now, beside what was known of the other one."""
    if "answer" not in learned:
        return {**learned, **{key: kept[key] for key in ("answer",) if key in kept}}
    if kept.get("columns"):
        return {**kept, **learned}
    form = learned["answer"]
    named = {key: form[key] for key in ("file_type", "encoding", "amount_unit", "separator")}
    return {"file_name": "", "line_limit": 1, **named, **learned}


@use_case("bank_profile.forget", Permission.SET_RULES, dated=False)
def forget_profile(desk: Desk, *, name: str) -> Changes:
    """Forget a layout that the office learned. Raises NotLearned, ProfileInUse while a bank has yet to answer by it."""
    store = desk.store
    known = own_profiles(store)
    if name.strip() not in known:
        raise NotLearned(name=name, known="、".join(known) or "（没有）")
    waiting = store.row(
        "SELECT b.number, count(*) FROM bank_file f JOIN batch b ON b.id = f.batch_id JOIN attempt a ON a.bank_file_id = f.id"
        " WHERE f.profile = ? AND a.state = 'open' GROUP BY b.id ORDER BY b.id",
        (name.strip(),),
    )
    if waiting is not None:
        raise ProfileInUse(number=waiting[0], name=name.strip(), count=waiting[1])
    store.execute("DELETE FROM bank_profile WHERE name = ?", (name.strip(),))
    return changes(
        Topic.BANK_FILES, Topic.RETURNS, subject=f"profile {name.strip()}", answer={"forgotten": name.strip()}
    )
