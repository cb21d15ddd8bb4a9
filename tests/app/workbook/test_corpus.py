"""Every crafted file has just the outcome it must have: read exactly, with its remarks, or refused in Chinese."""

import pytest

import tests.corpus.binary_cases
import tests.corpus.table_cases
import tests.corpus.xlsx_cases  # noqa: F401 (the cases put themselves into the list)
from app.workbook.reading import Cell, UnreadableWorkbook, read_workbook
from tests.corpus.cases import CASES, Case
from tests.corpus.sentences import SENTENCES

SAID = {name: sentence for sentence, names in SENTENCES.items() for name in names}


def filled(cells: list[Cell]) -> list[Cell]:
    """A row without what is blank at its end."""
    while cells and cells[-1] is None:
        cells.pop()
    return cells


@pytest.mark.parametrize("case", [case for case in CASES if case.refused is None], ids=lambda case: case.name)
def test_read_exactly(case: Case) -> None:
    book = read_workbook(case.build(), case.file)
    assert len(book.sheets) == len(case.sheets)
    remarks = set()
    for sheet, (name, rows) in zip(book.sheets, case.sheets.items(), strict=True):
        assert not name or sheet.name == name
        assert sheet.hidden == (sheet.name in case.hidden)
        read = {number: filled(cells) for number, cells in sheet.rows()}
        expected = {number: list(cells) for number, cells in rows.items()}
        assert {number: cells for number, cells in read.items() if cells} == expected
        assert [[type(cell) for cell in read[number]] for number in expected] == [
            [type(cell) for cell in cells] for cells in expected.values()
        ]
        assert all(
            remark.sheet == sheet.name and remark.sentence.startswith(f"工作表“{sheet.name}”")
            for remark in sheet.remarks
        )
        remarks |= {remark.code for remark in sheet.remarks}
        if case.merges is not None:
            assert sheet.merge_starts == case.merges
    assert remarks == case.remarks


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.refused is not None], ids=lambda case: case.name
)
def test_refused_with_its_sentence(case: Case) -> None:
    with pytest.raises(UnreadableWorkbook) as no:
        for sheet in read_workbook(case.build(), case.file).sheets:
            for _ in sheet.rows():
                pass
    assert type(no.value) is case.refused
    assert no.value.sentence == SAID[case.name]


def test_every_refusal_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert set(SAID) == {case.name for case in CASES if case.refused is not None}


def test_there_are_enough_of_them_and_no_two_alike() -> None:
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)
