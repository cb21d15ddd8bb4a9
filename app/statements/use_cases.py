"""The doors of the statements: one is taken, matched by rule or by hand, interest and charges in it are posted, one is undone."""

from collections.abc import Sequence
from pathlib import Path

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.funds.steps import refuse_overdraft
from app.ledger.queries import find_voucher
from app.statements.profiles import find_statement_profile
from app.statements.queries import (
    CHARGE,
    INTEREST,
    KIND_NAMES,
    StatementView,
    line_of,
    proposals,
    reconcile,
    statement_of,
    statements,
)
from app.statements.reading import ReadStatement, read_statement
from app.statements.steps import match_all, take_apart, write_match
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from models.domain.posting import Event, charge, interest
from models.domain.refusal import Refusal
from models.store.closing import closed_through
from models.store.durable import read_bytes
from models.store.opening import Store
from models.store.vouchers import post_voucher


class StatementKnown(Refusal):
    """The same file again."""

    form = "这份对账单（{first} 至 {last}）{taken} 已经登记过，编号 {statement}，没有重复登记。"


class StatementOverlaps(Refusal):
    """Days that another statement already has."""

    form = "这份对账单从 {first} 开始，编号 {statement} 的对账单已经登记到 {last}，有重复的日期。请取 {last} 以后的对账单。"


class StatementLeavesGap(Refusal):
    """An opening balance that is not the closing balance before it."""

    form = "期初余额 {opening} 元，上一份对账单（到 {last}）期末余额 {closing} 元，差 {difference} 元。中间可能缺了对账单，请先登记缺的那一份。"


class StatementInFuture(Refusal):
    """Days that have not come."""

    form = "对账单里有 {day} 的收支，业务日期是 {today}。请核对日期。"


class SidesDiffer(Refusal):
    """Lines and vouchers that are not the same money."""

    form = "选中的银行明细合计 {bank} 元，凭证合计 {books} 元，差 {difference} 元，不能对到一起。请重新选择。"


class AlreadyMatched(Refusal):
    """A line or a voucher that is matched already."""

    form = "{what}已经对过账。要改请先取消原来的对账。"


class NotMatched(Refusal):
    """Nothing to take apart."""

    form = "{day} 的这笔 {fen} 元还没有对账，没有可以取消的。"


class NothingChosen(Refusal):
    """A match without a line or without a voucher."""

    form = "请至少选一条银行明细和一张凭证。银行自己冲正的，选中合计为 0 的几条，不选凭证。"


class NotOnTheAccount(Refusal):
    """A voucher that does not move the special account."""

    form = "凭证 {voucher} 没有代发专户存款的收支，不能和银行明细对账。"


class NotOfThatKind(Refusal):
    """Interest that went out, a charge that came in."""

    form = "{day} 这笔是{side} {fen} 元，不能登记为{kind}。利息是收入，手续费是支出。"


class KindNotSaid(Refusal):
    """A movement whose words say neither interest nor a charge, posted without saying which."""

    form = "{day} 的“{summary}”{fen} 元看不出是利息还是手续费，没有记账。确实是的，请用 --kind interest 或 charge 指明；拨款到账请用 receipt add 登记。"
    in_window = "{day} 的“{summary}”{fen} 元看不出是利息还是手续费，没有记账。拨款到账请到“资金指标”登记。"


class PostedStands(Refusal):
    """What was posted from a statement still stands in the books."""

    form = "据这份对账单登记的凭证 {vouchers} 还在账上。请先用红字冲销，再撤销对账单。"


class NotTheLast(Refusal):
    """A statement that another follows."""

    form = "后面还有 {last} 为止的对账单（编号 {statement}）。请从最后一份开始撤销。"


class UndoneWithoutReason(Refusal):
    """An undoing without a reason."""

    form = "撤销对账单必须写明原因。请填写后重试。"


@use_case("statement.take", Permission.MANAGE_FUNDS, dated=False)
def take_statement(desk: Desk, *, path: Path, profile: str = "") -> Changes:
    """Take a statement of the special account 银行对账单: proved, kept as received, matched with the books at once.

    Raises what reading it raises, NoSuchStatementProfile, StatementKnown, StatementOverlaps, StatementLeavesGap, StatementInFuture.
    """
    store = desk.store
    body = read_bytes(path)
    sha256 = store.keep_file(body, path.name, "bank_statement", desk.at)
    _refuse_known(store, sha256)
    found = read_statement(path, find_statement_profile(profile) if profile else None)
    _refuse_out_of_place(desk, found)
    statement = _insert(desk, found, path.name, sha256)
    matched = match_all(desk)
    known = statement_of(store, statement)
    sums = [sum(one.fen for one in found.lines if (one.fen > 0) is sign) for sign in (True, False)]
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"statement {statement}",
        counts={"lines": known.lines, "matched": matched, "sha256": sha256},
        answer={
            "statement": statement,
            "profile": found.profile.name,
            "lines": known.lines,
            "first_day": known.first_day,
            "last_day": known.last_day,
            "opening_fen": known.opening_fen,
            "in_fen": sums[0],
            "out_fen": -sums[1],
            "closing_fen": known.closing_fen,
            "open_lines": known.open_lines,
            "proposals": [one.id for one in proposals(store) if one.statement_id == statement],
            "agrees": reconcile(store).agrees,
        },
    )


@use_case("statement.match", Permission.MANAGE_FUNDS, dated=False)
def match_statements(desk: Desk) -> Changes:
    """Match again: vouchers came since, or were reversed."""
    matched = match_all(desk)
    left = sum(one.open_lines for one in statements(desk.store))
    return changes(
        Topic.FUNDS,
        subject="statement",
        counts={"matched": matched},
        answer={"matched": matched, "open_lines": left},
    )


@use_case("statement.pair", Permission.MANAGE_FUNDS, dated=False)
def pair_by_hand(desk: Desk, *, lines: Sequence[int], vouchers: Sequence[str]) -> Changes:
    """Match lines with vouchers by hand; both sides must be the same to the fen. Lines that are 0 together are matched alone (冲正).

    Raises NothingChosen, NoSuchStatementLine, NoSuchVoucher, AlreadyMatched, NotOnTheAccount, SidesDiffer.
    """
    store = desk.store
    chosen = [line_of(store, line) for line in dict.fromkeys(lines)]
    if not chosen or (not vouchers and (len(chosen) < 2 or sum(one.fen for one in chosen) != 0)):
        raise NothingChosen
    for one in chosen:
        if one.is_matched:
            raise AlreadyMatched(what=f"{one.day} 的银行明细 {yuan_text(Fen(one.fen))} 元")
    books = dict(_open_voucher(store, written) for written in vouchers)
    bank_fen, book_fen = sum(one.fen for one in chosen), sum(books.values())
    if bank_fen != book_fen:
        raise SidesDiffer(
            bank=yuan_text(Fen(bank_fen)),
            books=yuan_text(Fen(book_fen)),
            difference=yuan_text(Fen(bank_fen - book_fen)),
        )
    match = write_match(desk, [one.id for one in chosen], books, "hand")
    return changes(
        Topic.FUNDS,
        subject=f"statement {chosen[0].statement_id}",
        counts={"lines": len(chosen), "fen": bank_fen},
        answer={"match": match, "lines": len(chosen), "vouchers": len(books), "fen": bank_fen},
    )


@use_case("statement.unpair", Permission.MANAGE_FUNDS, dated=False)
def unpair(desk: Desk, *, line_id: int) -> Changes:
    """Take the match of a line apart. Raises NoSuchStatementLine, NotMatched."""
    store = desk.store
    line = line_of(store, line_id)
    if not line.is_matched:
        raise NotMatched(day=line.day, fen=yuan_text(Fen(line.fen)))
    match = store.value("SELECT match_id FROM statement_line WHERE id = ?", (line_id,))
    take_apart(store, [int(match)])
    return changes(
        Topic.FUNDS,
        subject=f"statement {line.statement_id}",
        counts={"line": line.row, "fen": line.fen},
        answer={"line": line_id, "vouchers": line.vouchers},
    )


@use_case("statement.post", Permission.MANAGE_FUNDS, dated=False)
def post_from_line(desk: Desk, *, line_id: int, kind: str = "") -> Changes:
    """Post a line as interest 利息 or a charge 手续费, on the bank's day, and match both in one.

    `kind` is what the line's words say where none is given. The voucher is that of account interest and account charge; what
    the bank did in a year that is closed by now is booked today.
    Raises NoSuchStatementLine, AlreadyMatched, KindNotSaid, NotOfThatKind, DepositTooSmall.
    """
    store = desk.store
    line = line_of(store, line_id)
    if line.is_matched:
        raise AlreadyMatched(what=f"{line.day} 的银行明细 {yuan_text(Fen(line.fen))} 元")
    chosen = kind or line.proposal
    fen = Fen(abs(line.fen))
    if not chosen:
        raise KindNotSaid(day=line.day, summary=line.summary, fen=yuan_text(fen))
    if (chosen == INTEREST) is (line.fen < 0):
        side = "收入" if line.fen > 0 else "支出"
        raise NotOfThatKind(day=line.day, side=side, fen=yuan_text(fen), kind=KIND_NAMES[chosen])
    if chosen == CHARGE:
        refuse_overdraft(store, fen)
    closed = closed_through(store)
    voucher = post_voucher(
        store,
        day=desk.day if closed is not None and int(line.day[:4]) <= closed else line.day,
        event=Event.INTEREST if chosen == INTEREST else Event.CHARGE,
        summary=" ".join(filter(None, (f"专户{KIND_NAMES[chosen]}", line.summary, line.reference))),
        legs=interest(fen) if chosen == INTEREST else charge(fen),
        operator_id=desk.operator.id,
        attachments=1,
    )
    write_match(desk, [line.id], [voucher], "posted")
    month, number = store.rows("SELECT month, number FROM voucher WHERE id = ?", (voucher,))[0]
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"voucher {voucher}",
        counts={"fen": fen, "line": line.row},
        answer={"line": line_id, "kind": chosen, "fen": fen, "voucher": f"{month}/记-{number:04d}"},
    )


@use_case("statement.undo", Permission.MANAGE_FUNDS, dated=False)
def undo_statement(desk: Desk, *, statement_id: int, reason: str) -> Changes:
    """Take a statement back, the last one first; its matches fall, the vouchers stay.

    Raises NoSuchStatement, UndoneWithoutReason, NotTheLast, PostedStands.
    """
    store = desk.store
    known = statement_of(store, statement_id)
    if not reason.strip():
        raise UndoneWithoutReason
    last = statements(store)[-1]
    if last.id != known.id:
        raise NotTheLast(last=last.last_day, statement=last.id)
    posted = store.rows(
        "SELECT DISTINCT v.month || '/' || printf('记-%04d', v.number) FROM statement_line l JOIN statement_match m"
        " ON m.id = l.match_id AND m.how = 'posted' JOIN matched_deposit d ON d.match_id = m.id"
        " JOIN voucher_line w ON w.id = d.voucher_line_id JOIN voucher v ON v.id = w.voucher_id"
        " WHERE l.statement_id = ? AND NOT EXISTS (SELECT 1 FROM voucher r WHERE r.reverses_id = v.id) ORDER BY 1",
        (statement_id,),
    )
    if posted:
        raise PostedStands(vouchers="、".join(row[0] for row in posted))
    matches = store.rows(
        "SELECT DISTINCT match_id FROM statement_line WHERE statement_id = ? AND match_id IS NOT NULL",
        (statement_id,),
    )
    take_apart(store, [row[0] for row in matches])
    store.execute(
        "UPDATE bank_statement SET undone_on = max(taken_on, ?) WHERE id = ?", (desk.day, statement_id)
    )
    return changes(
        Topic.FUNDS,
        Topic.LEDGER,
        subject=f"statement {statement_id}",
        counts={"lines": known.lines, "reason": reason.strip()},
        answer={"statement": statement_id, "lines": known.lines, "undone_on": desk.day},
    )


# -- helpers of one door --------------------------------------------------------------------------------------------


def _refuse_known(store: Store, sha256: str) -> None:
    row = store.row(
        "SELECT id, first_day, last_day, taken_on FROM bank_statement WHERE sha256 = ? AND undone_on IS NULL",
        (sha256,),
    )
    if row is not None:
        raise StatementKnown(statement=row[0], first=row[1], last=row[2], taken=row[3])


def _refuse_out_of_place(desk: Desk, found: ReadStatement) -> None:
    """A statement follows the one before it without a gap, so that no movement is missed and none comes twice."""
    if found.lines[-1].day > desk.day:
        raise StatementInFuture(day=found.lines[-1].day, today=desk.day)
    known = statements(desk.store)
    if not known:
        return
    last: StatementView = known[-1]
    if found.first_day < last.last_day or _repeats(desk.store, last, found):
        raise StatementOverlaps(first=found.first_day, statement=last.id, last=last.last_day)
    if found.opening_fen != last.closing_fen:
        raise StatementLeavesGap(
            opening=yuan_text(found.opening_fen),
            last=last.last_day,
            closing=yuan_text(last.closing_fen),
            difference=yuan_text(Fen(found.opening_fen - last.closing_fen)),
        )


def _repeats(store: Store, last: StatementView, found: ReadStatement) -> bool:
    """Whether a line of the last day is known already: a day may go on in the next statement, but not come twice."""
    known = set(
        store.rows(
            "SELECT day, fen, balance_fen, counterparty, counterparty_account, reference, summary FROM statement_line"
            " WHERE statement_id = ? AND day = ?",
            (last.id, last.last_day),
        )
    )
    return any(
        (one.day, one.fen, one.balance_fen, one.counterparty, one.counterparty_account, one.reference, one.summary) in known
        for one in found.lines
    )  # fmt: skip


def _insert(desk: Desk, found: ReadStatement, file_name: str, sha256: str) -> int:
    """Lines first, then their head: the database proves the whole with it."""
    store = desk.store
    statement = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM bank_statement"))
    store.execute_many(
        "INSERT INTO statement_line (statement_id, place, line, day, fen, balance_fen, counterparty, counterparty_account,"
        " reference, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (statement, place, one.row, one.day, one.fen, one.balance_fen, one.counterparty, one.counterparty_account,
             one.reference, one.summary)
            for place, one in enumerate(found.lines, 1)
        ],
    )  # fmt: skip
    store.execute(
        "INSERT INTO bank_statement (id, profile, file_name, sha256, first_day, last_day, opening_fen, closing_fen, lines,"
        " taken_on, operator_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            # a statement printed before its month is over says nothing of the days to come
            statement, found.profile.name, file_name, sha256, found.first_day, min(found.last_day, desk.day), found.opening_fen,
            found.closing_fen, len(found.lines), desk.day, desk.operator.id,
        ),
    )  # fmt: skip
    return statement


def _open_voucher(store: Store, written: str) -> tuple[int, int]:
    """A voucher that moves the account and is not matched: its id and its net amount."""
    known = find_voucher(store, written)
    shown = f"{known.month}/{known.name}"
    row = store.row(
        "SELECT sum(l.debit_fen - l.credit_fen), count(d.match_id) FROM voucher_line l LEFT JOIN matched_deposit d"
        " ON d.voucher_line_id = l.id WHERE l.voucher_id = ? AND l.ledger = 'deposit'",
        (known.id,),
    )
    if row is None or row[0] is None:
        raise NotOnTheAccount(voucher=shown)
    if row[1]:
        raise AlreadyMatched(what=f"凭证 {shown} ")
    return known.id, int(row[0])
