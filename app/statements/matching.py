"""The bank's movements and the books' paired: pure rules, nothing is guessed that does not agree to the fen.

In this order: a voucher and the red one that reverses it; one movement and one voucher of the same amount, within some
days, those that share a reference or lie nearest first; several movements of one day that together are one voucher, and
several vouchers of one day that together are one movement. What remains is for a person.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WINDOW: Final = 10
"""How many days the bank's day and the books' may lie apart; experience, wide enough for a long holiday."""

_REFERENCE: Final = re.compile(
    r"[0-9A-Za-z][0-9A-Za-z-]{5,}|〔[0-9]{4}〕[0-9]+号|利息|结息|手续费|退票|退回|上缴"
)


@dataclass(frozen=True, slots=True)
class Movement:
    """Money on the special account, on one side: fen in, below 0 out; `words` are what may name the same thing on the other side.

    `reverses` is the voucher that a red voucher takes back.
    """

    id: int
    day: str
    fen: int
    words: str = ""
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """What is the same money: the ids of the bank's movements and of the vouchers."""

    bank: tuple[int, ...]
    books: tuple[int, ...]


def paired(bank: Sequence[Movement], books: Sequence[Movement]) -> list[Pairing]:
    """Every pairing that agrees to the fen, each movement in one at most."""
    found: list[Pairing] = []
    left_bank, left_books = bank, books
    for step in (_reversed, _one_to_one, _many_to_one, _one_to_many):
        pairings = list(step(left_bank, left_books))
        bank_ids = {one for pairing in pairings for one in pairing.bank}
        book_ids = {one for pairing in pairings for one in pairing.books}
        left_bank = [one for one in left_bank if one.id not in bank_ids]
        left_books = [one for one in left_books if one.id not in book_ids]
        found += pairings
    return found


def _reversed(_bank: Sequence[Movement], books: Sequence[Movement]) -> list[Pairing]:
    by_id = {one.id: one for one in books}
    return [
        Pairing((), (one.reverses, one.id))
        for one in books
        if one.reverses in by_id and by_id[one.reverses].fen == -one.fen
    ]


def _one_to_one(bank: Sequence[Movement], books: Sequence[Movement]) -> Iterator[Pairing]:
    of_amount: dict[int, list[Movement]] = {}
    for voucher in books:
        of_amount.setdefault(voucher.fen, []).append(voucher)
    near = [
        (not _share(line.words, voucher.words), apart, line.day, line.id, voucher.id)
        for line in bank
        for voucher in of_amount.get(line.fen, [])
        if (apart := days_apart(line.day, voucher.day)) <= WINDOW
    ]
    taken_bank: set[int] = set()
    taken_books: set[int] = set()
    for _, _, _, one, other in sorted(near):
        if one not in taken_bank and other not in taken_books:
            taken_bank.add(one)
            taken_books.add(other)
            yield Pairing((one,), (other,))


def _many_to_one(bank: Sequence[Movement], books: Sequence[Movement]) -> Iterator[Pairing]:
    for several, one in _sums(bank, books):
        yield Pairing(several, (one,))


def _one_to_many(bank: Sequence[Movement], books: Sequence[Movement]) -> Iterator[Pairing]:
    for several, one in _sums(books, bank):
        yield Pairing((one,), several)


def _sums(many: Sequence[Movement], single: Sequence[Movement]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Groups of one day, of one wording first, then of one direction, that sum to one on the other side."""
    by: Sequence[Callable[[Movement], tuple[object, ...]]] = (
        lambda one: (one.day, one.fen > 0, one.words),
        lambda one: (one.day, one.fen > 0),
    )
    taken: set[int] = set()
    used: set[int] = set()
    for key in by:
        groups: dict[tuple[object, ...], list[Movement]] = {}
        for one in many:
            if one.id not in taken:
                groups.setdefault(key(one), []).append(one)
        for group in groups.values():
            if len(group) == 1:
                continue
            total = sum(one.fen for one in group)
            near = [
                (days_apart(group[0].day, other.day), other.id)
                for other in single
                if other.fen == total and other.id not in used
            ]
            apart, found = min(near, default=(WINDOW + 1, 0))
            if apart <= WINDOW:
                taken.update(one.id for one in group)
                used.add(found)
                yield tuple(one.id for one in group), found


def days_apart(one: str, other: str) -> int:
    """How many days lie between two days ('YYYY-MM-DD')."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def _share(one: str, other: str) -> bool:
    """Whether both name the same: a number of a batch or a document, or a kind of movement."""
    return not set(_REFERENCE.findall(one)).isdisjoint(_REFERENCE.findall(other))
