"""Formulas whose rows move and whose ranges grow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workbook.filling.formulas import FormulaText
from app.workbook.filling.growth import Growth, Growths
from app.workbook.patching.xml import CannotPatch

GROWTHS = Growths([("表 1", Growth({6: 5, 10: 3})), ("It's", Growth({2: 4})), ("别表", Growth({}))])


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("SUM(C6)", "SUM(C6:C10)"),
        ("SUM(C6:C6)", "SUM(C6:C10)"),
        ("SUM(C5:C7)", "SUM(C5:C11)"),
        ("SUM($C$6:$C$6)", "SUM($C$6:$C$10)"),
        ("C6", "C6"),
        ("C7", "C11"),
        ("C8+C12", "C12+C18"),
        ("SUM(C6,C10)", "SUM(C6:C10,C14:C16)"),
        ("SUM( C6 , 2)", "SUM( C6:C10 , 2)"),
        ("SUM(IF(C6>0,C6,0))", "SUM(IF(C6>0,C6,0))"),
        ("ROUND(C6,2)", "ROUND(C6,2)"),
        ("LOG10(C7)", "LOG10(C11)"),
        ('SUMIF(B6:B6,"A7",C6)', 'SUMIF(B6:B10,"A7",C6:C10)'),
        ('"C7"&C7', '"C7"&C11'),
        ("'表 1'!C7+别表!C7", "'表 1'!C11+别表!C7"),
        ("SUM('It''s'!A2:A2)", "SUM('It''s'!A2:A5)"),
        ("SUM(7:8)", "SUM(11:12)"),
        ("SUM(A:A)", "SUM(A:A)"),
        ("[1]表!C7", "[1]表!C7"),
        ("台账[C7]+Q3_总额+TRUE", "台账[C7]+Q3_总额+TRUE"),
        ("1E7+C7%", "1E7+C11%"),
        ("A7:INDEX(C7,1)", "A11:INDEX(C11,1)"),
        ("_xlfn.IFS(C7=1,C12)", "_xlfn.IFS(C11=1,C18)"),
    ],
)
def test_references_follow_their_rows(written: str, moved: str) -> None:
    assert FormulaText.of(written).moved("表 1", GROWTHS) == moved


@pytest.mark.parametrize(
    ("written", "third"),
    [
        ("C6*D6", "C8*D8"),
        ("F5+C6", "F7+C8"),  # a running balance
        ("C6/C7", "C8/C11"),  # part of the total below
        ("C6/C$2", "C8/C$2"),
        ("C6/SUM(C$6:C$6)", "C8/SUM(C$6:C$10)"),
        ("SUM(C$6:C6)", "SUM(C$6:C8)"),
        ("SUM(B6:E6)", "SUM(B8:E8)"),
        ("'表 1'!C6", "'表 1'!C8"),
        ("别表!C6", "别表!C6"),
        ("SUM(C10)", "SUM(C14:C16)"),
    ],
)
def test_a_repeated_row_is_copied_down(written: str, third: str) -> None:
    growths = GROWTHS
    text = FormulaText.of(written)
    if written == "SUM(C10)":
        # another block's row, given to a sum, means all of it
        assert text.moved("表 1", growths) == third
    else:
        assert text.copied("表 1", growths, 6, 2) == third


def test_a_shared_formula_is_written_out() -> None:
    assert FormulaText.of("A6+$B$4+C$6").translated(3, 1).moved("别表", GROWTHS) == "B9+$B$4+D$6"
    assert FormulaText.of("Z1").translated(0, 1).moved("别表", GROWTHS) == "AA1"


def test_one_reference_over_several_sheets_is_refused() -> None:
    with pytest.raises(CannotPatch, match="几张工作表"):
        FormulaText.of("SUM(一月:三月!C6)")


@given(st.text(max_size=30))
def test_without_growth_a_formula_reads_as_it_did(written: str) -> None:
    try:
        assert FormulaText.of(written).moved("别表", GROWTHS) == written or re.search(r"表 1|It", written)
    except CannotPatch:
        assert ":" in written


@given(
    st.dictionaries(st.integers(1, 60), st.integers(1, 9), max_size=4),
    st.integers(1, 80),
    st.integers(0, 20),
)
def test_a_range_spans_afterwards_what_it_spanned(counts: dict[int, int], first: int, more: int) -> None:
    """Counted row by row: each old row becomes its copies, a range covers those of its rows and no others."""
    growth, last = Growth(counts), first + more
    before = sum(counts.get(row, 1) for row in range(1, first))
    within = sum(counts.get(row, 1) for row in range(first, last + 1))
    assert growth.range(f"A{first}:B{last}") == f"A{before + 1}:B{before + within}"
    assert growth.range(f"{first}:{last}") == f"{before + 1}:{before + within}"
