"""The two numbers of a proposal beside each other: what differs is seen, what is common is masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.before_after import Piece, before_after


def said(pieces: list[Piece]) -> str:
    """Pieces as one text, what differs in brackets."""
    return "".join(f"[{text}]" if differs else text for text, differs in pieces)


@pytest.mark.parametrize(
    ("written", "proposed", "before", "after"),
    [
        # a slip in the middle; the rest of the birth date is nobody's business
        ("330624195703145108", "330624195803145108", "330624***[7]****5108", "330624***[8]****5108"),
        # digits lost: a program shows 15 and zeros
        ("3.30624195703145E+17", "330624195703145103", "330624********5[0]0[0]", "330624********5[1]0[3]"),
        # one digit is not there at all
        ("33062419570314513", "330624195703145103", "33062********4513", "330624********51[0]3"),
        ("3306241957O3145103", "330624195703145103", "330624****[O]***5103", "330624****[0]***5103"),
        # nothing of what was written is in the number: it is not uncovered for that
        ("残疾证", "330624195703145103", "[残疾证]", "[330624********5103]"),
        ("", "6217000000000000129", "", "[621700*********0129]"),
    ],
)
def test_what_differs_is_marked(written: str, proposed: str, before: str, after: str) -> None:
    ours = before_after(written, proposed)
    assert (said(ours[0]), said(ours[1])) == (before, after)


digits = st.text("0123456789", min_size=8, max_size=19)


@given(digits, digits)
def test_no_number_is_uncovered_and_none_changes_its_length(written: str, proposed: str) -> None:
    for text, pieces in zip((written, proposed), before_after(written, proposed), strict=True):
        shown = "".join(piece.text for piece in pieces)
        assert len(shown) == len(text)
        assert all(ours in ("*", theirs) for ours, theirs in zip(shown, text, strict=True))
        common = len(text) - sum(len(piece.text) for piece in pieces if piece.differs)
        assert shown.count("*") >= min(common, len(text) - 10 - 6) or len(text) < 17


@given(digits, st.integers(0, 7), st.sampled_from("0123456789"))
def test_numbers_that_are_the_same_but_for_one_digit_differ_there(
    number: str, place: int, digit: str
) -> None:
    other = number[:place] + digit + number[place + 1 :]
    before, after = before_after(number, other)
    if other == number:
        assert not any(piece.differs for piece in (*before, *after))
    else:
        assert any(piece.differs for piece in (*before, *after))
