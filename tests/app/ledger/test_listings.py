"""The books as lists: their figures are those of the books, and behind every sum stand the lines that make it."""

from pathlib import Path

import pytest

from app.desk import Desk
from app.funds.queries import allotments
from app.ledger.books import allotment_books, batch_book, program_books
from app.ledger.listings import (
    ALLOTMENT_BOOK,
    BATCH_BOOK,
    PROGRAM_BOOK,
    VOUCHER_LINES,
    behind,
    behind_balance,
    trial_balance_of,
)
from app.ledger.queries import NotMonth, months_of, trial_balance, voucher_of, voucher_of_line, vouchers
from app.pages import Listing, ids_of, rows_of, sums_of
from models.store.opening import Store
from tests.app.ledger.lived import Lived, live

BOOKS = (ALLOTMENT_BOOK, BATCH_BOOK, PROGRAM_BOOK)


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def table(store: Store, listing: Listing) -> dict[int, dict[str, object]]:
    """The rows of a list by id, each by its columns."""
    ids = ids_of(store, listing)
    names = [column.name for column in listing.columns]
    return {
        one: dict(zip(names, row or (), strict=True))
        for one, row in zip(ids, rows_of(store, listing, ids), strict=True)
    }


def test_every_sum_is_made_of_the_lines_behind_it(lived: Lived) -> None:
    store, looked = lived.month.store, 0
    for book in BOOKS:
        for row_id, row in table(store, book).items():
            for column, shown in row.items():
                found = behind(book, column, row_id, "x")
                if found is None:
                    continue
                looked += 1
                sums = sums_of(store, found.listing)
                if found.listing.name == "voucher_lines":
                    total = abs(sums.sums["debit_fen"][0] - sums.sums["credit_fen"][0])
                else:
                    total = sums.rows if column == "batches" else next(iter(sums.sums.values()))[0]
                assert total == abs(int(str(shown or 0))), (book.name, column, row)
    assert looked > 40


def test_the_books_agree_and_say_what_the_books_say(lived: Lived) -> None:
    store = lived.month.store
    for one in allotment_books(store):
        row = table(store, ALLOTMENT_BOOK)[one.allotment.id]
        known = one.allotment
        assert (row["allotted_fen"], row["received_fen"], row["used_fen"], row["available_fen"]) == (
            known.allotted_fen, known.received_fen, known.used_fen, known.available_fen,
        )  # fmt: skip
        assert (row["funded_fen"], row["expense_fen"], row["agrees"]) == (
            one.funded_fen,
            one.expense_fen,
            "1",
        )
    for batch in (lived.first, lived.again):
        row, book = table(store, BATCH_BOOK)[batch], batch_book(store, batch)
        booked = {one.ledger.value: one.booked_fen for one in book.ledgers}
        assert (row["expense_fen"], row["payable_fen"] or 0, row["returned_book_fen"] or 0) == (
            booked["expense"], booked["payable"], booked["returned"],
        )  # fmt: skip
        assert {bucket.value: row[f"{bucket}_fen"] or 0 for bucket in book.buckets} == {
            bucket.value: tally.fen for bucket, tally in book.buckets.items()
        }
        assert row["agrees"] == "1"
    for program in program_books(store):
        row = table(store, PROGRAM_BOOK)[program.program.id]
        assert (row["allotted_fen"], row["expense_fen"]) == (program.allotted_fen, program.expense_fen)


def test_a_book_that_does_not_agree_says_so(lived: Lived) -> None:
    store = lived.month.store
    (one,) = allotments(store)
    with store.writing():
        store.execute(
            "INSERT INTO receipt (allotment_id, received_on, fen) VALUES (?, '2024-06-20', 1)", (one.id,)
        )
        store.execute(
            "UPDATE batch_tally SET fen = fen + 1 WHERE batch_id = ? AND bucket = 'paid'", (lived.first,)
        )
    assert table(store, ALLOTMENT_BOOK)[one.id]["agrees"] == "0"
    assert table(store, BATCH_BOOK)[lived.first]["agrees"] == "0"
    assert table(store, BATCH_BOOK)[lived.again]["agrees"] == "1"


@pytest.mark.parametrize("month", ["", "2024-05", "2024-06", "2024-07"])
def test_the_trial_balance_is_the_same_as_a_list(lived: Lived, month: str) -> None:
    store = lived.month.store
    listing = trial_balance_of(month)
    shown = list(table(store, listing).items())
    for (row_id, row), expected in zip(shown, trial_balance(store, month or None).rows, strict=True):
        assert row["ledger"] == expected.ledger
        for column in row:
            if column == "ledger":
                assert behind_balance(month, column, row_id) is None
                continue
            assert (row[column] or 0) == getattr(expected, column)
            found = behind_balance(month, column, row_id)
            assert found is not None
            sums = sums_of(store, found.listing).sums
            debit, credit = sums["debit_fen"][0], sums["credit_fen"][0]
            net = max(debit - credit, 0) if "debit" in column else max(credit - debit, 0)
            plain = debit if column == "debit_fen" else credit
            assert (plain if column in ("debit_fen", "credit_fen") else net) == getattr(expected, column)


def test_a_month_that_is_none_is_refused(lived: Lived) -> None:
    with pytest.raises(NotMonth):
        trial_balance_of("2024-13' OR 1")


def test_a_line_knows_its_voucher(lived: Lived) -> None:
    store = lived.month.store
    line = ids_of(store, VOUCHER_LINES)[0]
    voucher = voucher_of(store, voucher_of_line(store, line))
    assert voucher == vouchers(store)[0]
    assert months_of(store) == ["2024-06"] or months_of(store)[0] == "2024-06"
