"""What the doors of the statements share: a match written whole, a match taken apart, everything paired that pairs."""

from collections.abc import Iterable, Sequence

from app.desk import Desk
from app.statements.matching import Movement, paired
from app.statements.queries import BOOK_MOVEMENTS
from models.domain.posting import EVENT_NAMES, Event
from models.store.opening import Store


def write_match(desk: Desk, lines: Iterable[int], vouchers: Iterable[int], how: str) -> int:
    """Match lines of statements with vouchers, inside `writing`; gives its id. The database refuses sides that differ."""
    store = desk.store
    match = 1 + int(store.value("SELECT coalesce(max(id), 0) FROM statement_match"))
    store.execute_many(
        "UPDATE statement_line SET match_id = ? WHERE id = ?", [(match, line) for line in lines]
    )
    store.execute_many(
        "INSERT INTO matched_deposit (voucher_line_id, match_id) SELECT id, ? FROM voucher_line"
        " WHERE voucher_id = ? AND ledger = 'deposit'",
        [(match, voucher) for voucher in vouchers],
    )
    store.execute(
        "INSERT INTO statement_match (id, how, matched_on, operator_id) VALUES (?, ?, ?, ?)",
        (match, how, desk.day, desk.operator.id),
    )
    return match


def take_apart(store: Store, matches: Sequence[int]) -> None:
    """Take matches back, inside `writing`; their lines and vouchers are open again."""
    for match in matches:
        store.execute("DELETE FROM statement_match WHERE id = ?", (match,))
        store.execute("UPDATE statement_line SET match_id = NULL WHERE match_id = ?", (match,))
        store.execute("DELETE FROM matched_deposit WHERE match_id = ?", (match,))


def match_all(desk: Desk) -> int:
    """Pair what pairs, inside `writing`; gives how many lines of statements found their vouchers.

    A match whose voucher was reversed since no longer holds, unless the bank has the reversal too: it is taken apart first.
    """
    store = desk.store
    stale = store.rows(
        "SELECT DISTINCT d.match_id FROM matched_deposit d JOIN voucher_line l ON l.id = d.voucher_line_id"
        " JOIN voucher r ON r.reverses_id = l.voucher_id"
        " WHERE EXISTS (SELECT 1 FROM statement_line s WHERE s.match_id = d.match_id) AND NOT EXISTS"
        " (SELECT 1 FROM matched_deposit e JOIN voucher_line w ON w.id = e.voucher_line_id WHERE w.voucher_id = r.id)"
    )
    take_apart(store, [row[0] for row in stale])
    bank = [
        Movement(line, day, fen, f"{summary} {reference} {counterparty}")
        for line, day, fen, summary, reference, counterparty in store.rows(
            "SELECT l.id, l.day, l.fen, l.summary, l.reference, l.counterparty FROM statement_line l JOIN bank_statement s"
            " ON s.id = l.statement_id WHERE s.undone_on IS NULL AND l.match_id IS NULL ORDER BY l.day, l.id"
        )
    ]
    books = [
        Movement(voucher, day, fen, f"{EVENT_NAMES[Event(event)]} {summary} {batch}", reverses)
        for voucher, day, fen, _, _, event, summary, batch, reverses, match in store.rows(
            f"{BOOK_MOVEMENTS} ORDER BY v.posted_on, v.id"
        )
        if match is None
    ]
    found = paired(bank, books)
    for one in found:
        write_match(desk, one.bank, one.books, "auto")
    return sum(len(one.bank) for one in found)
