"""Lines are broken where Chinese typesetting allows, and no character is ever lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.printing.breaking import balanced, broken, longest_piece
from ui.printing.fonts import Face, Role, face

TEXTS = st.text("石门镇财政所发放补贴（元）〔2024〕12号，。、：·ABC abc 0123456789.-\n", max_size=80)


@pytest.fixture
def text_face(qapp: object) -> Face:
    return face(Role.TEXT, 9.0)


def blankless(text: str) -> str:
    return "".join(text.split())


@pytest.mark.usefixtures("qapp")
@given(TEXTS, st.integers(3, 40))
def test_nothing_is_lost_and_nothing_is_wider_than_the_line(text: str, characters: int) -> None:
    chosen = face(Role.TEXT, 9.0)
    width = characters * chosen.em
    for lines in (broken(chosen, text, width), balanced(chosen, text, width)):
        assert blankless("".join(lines)) == blankless(text)
        assert all(chosen.width(line) <= width + 0.01 or len(line) == 1 for line in lines)


@pytest.mark.usefixtures("qapp")
@given(TEXTS)
def test_a_line_as_wide_as_the_longest_piece_cuts_no_word_and_begins_with_no_closing_sign(text: str) -> None:
    chosen = face(Role.TEXT, 9.0)
    width = longest_piece(chosen, text) + 0.01
    for line in broken(chosen, text, max(width, chosen.em)):
        assert not line or line[0] not in "，。、：）〕" or text.startswith(line[0]) or f"\n{line[0]}" in text


def test_a_document_number_stays_whole(text_face: Face) -> None:
    lines = broken(text_face, "浙财农〔2024〕12号", 7 * text_face.em)
    assert len(lines) == 2
    assert lines[1].endswith("12号")
    assert not any(line.startswith("号") for line in broken(text_face, "财农〔2024〕8号", 6.5 * text_face.em))


def test_a_heading_is_broken_in_the_middle(text_face: Face) -> None:
    assert broken(text_face, "收款人姓名", 4.2 * text_face.em) == ["收款人姓", "名"]
    assert balanced(text_face, "收款人姓名", 4.2 * text_face.em) == ["收款人", "姓名"]
