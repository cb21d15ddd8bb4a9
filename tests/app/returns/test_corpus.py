"""Every bank return of the corpus: known by its headings, read line by line, or refused."""

from pathlib import Path

import pytest

from app.bankfiles.profiles import shipped_profiles
from app.returns.answers import read_answer
from models.domain.refusal import Refusal
from tests.corpus.return_cases import RETURNS, ReturnCase


@pytest.mark.parametrize("case", [one for one in RETURNS if one.refused is None], ids=lambda case: case.name)
def test_read_line_by_line(case: ReturnCase, tmp_path: Path) -> None:
    path = tmp_path / case.file
    path.write_bytes(case.build())
    answer = read_answer(path, path.read_bytes(), shipped_profiles())
    assert answer.profile.name == case.profile
    assert [(line.name, line.fen, line.verdict) for line in answer.lines] == list(case.lines)


@pytest.mark.parametrize(
    "case", [one for one in RETURNS if one.refused is not None], ids=lambda case: case.name
)
def test_refused_word_for_word(case: ReturnCase, tmp_path: Path) -> None:
    path = tmp_path / case.file
    path.write_bytes(case.build())
    with pytest.raises(Refusal) as no:
        read_answer(path, path.read_bytes(), shipped_profiles())
    assert (type(no.value), no.value.sentence) == (case.refused, case.sentence)
