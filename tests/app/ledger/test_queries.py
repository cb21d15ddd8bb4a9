"""Vouchers, the trial balance and the books, of a month lived through the real doors."""

from pathlib import Path

import pytest

from app.desk import Desk
from app.ledger.books import allotment_books, bank_book, batch_book, lines_on, program_books
from app.ledger.queries import (
    NoSuchVoucher,
    NotMonth,
    find_voucher,
    lines_of,
    trial_balance,
    voucher_name,
    vouchers,
)
from models.domain.buckets import Bucket
from models.domain.posting import Ledger
from tests.app.batches.months import AGED
from tests.app.ledger.lived import Lived, live


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def test_vouchers_are_numbered_and_speak_chinese(lived: Lived) -> None:
    found = vouchers(lived.month.store, "2024-06")
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [one.event_name for one in found] == [
        "到账", "审批", "停发冲销", "报盘", "发放失败", "补发报盘", "退票", "关闭未付", "追回", "利息",
    ]  # fmt: skip
    assert (found[1].name, found[1].fen, found[1].batch, found[1].operator) == (
        "记-0002",
        30_000,
        "2080502-2024-06-01",
        "审批丁",
    )
    assert vouchers(lived.month.store, "2024-07") == []
    assert vouchers(lived.month.store) == found
    stop = lines_of(lived.month.store, found[2].id)
    assert [(line.ledger_name, line.debit_fen, line.credit_fen) for line in stop] == [
        ("补贴支出", -5_000, 0),
        ("应付补贴款", 0, -5_000),
    ]
    assert (stop[0].document, stop[0].program) == ("新财〔2024〕1号", "高龄津贴")


@pytest.mark.parametrize(
    "written", ["2024-06/记-0002", "2024-06/2", "2024-06 记-2", "2024-06-记-0002", "2024-06/记0002号"]
)
def test_a_voucher_is_found_as_people_write_it(lived: Lived, written: str) -> None:
    assert find_voucher(lived.month.store, written).event == "approve"
    assert find_voucher(lived.month.store, "记-0002", "2024-06").event == "approve"


@pytest.mark.parametrize("written", ["记-0002", "2024-06/99", "2024-07/2", "x", ""])
def test_a_voucher_that_is_not_there_is_refused(lived: Lived, written: str) -> None:
    with pytest.raises(NoSuchVoucher, match="没有找到凭证"):
        find_voucher(lived.month.store, written)


def test_the_trial_balance_balances(lived: Lived) -> None:
    june, july = (trial_balance(lived.month.store, month) for month in ("2024-06", "2024-07"))
    assert june.balances
    assert july.balances
    closing = {row.ledger_name: row.closing_debit_fen - row.closing_credit_fen for row in june.rows}
    assert closing == {
        "代发专户存款": 21_100,  # 400 received, 190 paid out for good, 1 interest
        "补贴资金拨入": -40_000,
        "应付补贴款": 0,
        "补贴支出": 24_000,  # 250 owed, 10 recovered
        "退回待处理补贴款": 0,
        "应缴财政款": -5_100,
    }
    assert {row.ledger_name: row.opening_debit_fen - row.opening_credit_fen for row in july.rows} == closing
    assert all(row.debit_fen == row.credit_fen == 0 for row in july.rows)
    whole = trial_balance(lived.month.store)
    assert [(row.debit_fen, row.closing_debit_fen) for row in whole.rows] == [
        (row.debit_fen, row.closing_debit_fen) for row in june.rows
    ]
    with pytest.raises(NotMonth):
        trial_balance(lived.month.store, "6月")


def test_the_batch_book_agrees_with_the_vouchers(lived: Lived) -> None:
    first, again = (
        batch_book(lived.month.store, lived.first),
        batch_book(lived.month.store, "2080502-2024-06-02"),
    )
    assert again.batch.id == lived.again
    assert first.agrees
    assert again.agrees
    assert {bucket: tally.payments for bucket, tally in first.buckets.items() if tally.payments} == {
        Bucket.STOPPED: 1, Bucket.PAID: 3, Bucket.REISSUED: 2,
    }  # fmt: skip
    assert [(one.ledger, one.booked_fen, one.expected_fen) for one in first.ledgers] == [
        (Ledger.EXPENSE, 25_000, 25_000),
        (Ledger.PAYABLE, 0, 0),
        (Ledger.RETURNED, 0, 0),
    ]


def test_a_batch_book_that_disagrees_says_so(lived: Lived) -> None:
    store = lived.month.store
    with store.writing():
        store.execute(
            "UPDATE payment SET bucket = 'failed' WHERE id = ?", (lived.month.payment(lived.first, 3),)
        )
    book = batch_book(store, lived.first)
    assert not book.agrees
    assert [(one.booked_fen, one.expected_fen) for one in book.ledgers][2] == (0, 5_000)


def test_the_allotment_book(lived: Lived) -> None:
    (book,) = allotment_books(lived.month.store)
    assert allotment_books(lived.month.store, AGED) == [book]
    assert (book.funded_fen, book.expense_fen, book.recovered_fen, book.agrees) == (
        40_000,
        24_000,
        1_000,
        True,
    )
    lines = lines_on(lived.month.store, book.allotment.id, Ledger.EXPENSE)
    assert [(one.voucher, one.debit_fen, one.credit_fen, one.balance_fen) for one in lines] == [
        ("记-0002", 30_000, 0, 30_000),
        ("记-0003", -5_000, 0, 25_000),
        ("记-0009", 0, 1_000, 24_000),
    ]


def test_the_bank_book_runs_to_the_balance(lived: Lived) -> None:
    book = bank_book(lived.month.store, "2024-06")
    assert [one.balance_fen for one in book.lines] == [40_000, 15_000, 25_000, 15_000, 20_000, 21_000, 21_100]
    assert (book.opening_fen, book.closing_fen) == (0, 21_100)
    july = bank_book(lived.month.store, "2024-07")
    assert (july.opening_fen, july.lines, july.closing_fen) == (21_100, (), 21_100)


def test_the_program_book(lived: Lived) -> None:
    (book,) = program_books(lived.month.store)
    assert (book.program.code, book.allotted_fen, book.received_fen, book.expense_fen, book.batches) == (
        AGED, 40_000, 40_000, 24_000, 2,
    )  # fmt: skip
    assert book.buckets[Bucket.PAID].fen == 20_000
    (other,) = program_books(lived.month.store, "2130122")
    assert (other.allotted_fen, other.batches, other.buckets) == (0, 0, {})


def test_a_number_is_written_as_on_paper() -> None:
    assert voucher_name(7) == "记-0007"
    assert voucher_name(12_345) == "记-12345"
