"""Document numbers compare equal whatever brackets, digits and zeros they are written with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.document_number import document_key, document_text


@pytest.mark.parametrize(
    "written",
    [
        *(
            "浙财社〔2024〕10号",
            "浙财社[2024]010号",
            "浙财社【2024】10号",
            "浙财社（2024）10号",
            "浙财社(2024)10号",
        ),
        *(
            "浙财社［２０２４］１０号",
            " 浙财社 〔2024〕 10 号 ",
            "浙财社﹝2024﹞0010号",
            "浙财社{2024}10号",
            "浙财社<2024>10号",
        ),
        *("浙财社《2024》10号", "浙财社〔2024\u200b〕10号"),
    ],
)
def test_one_document_in_many_forms(written: str) -> None:
    assert document_key(written) == "浙财社〔2024〕10号"


@pytest.mark.parametrize(
    "other",
    [
        "浙财社〔2024〕1号",
        "浙财社〔2024〕100号",
        "浙财社〔2023〕10号",
        "浙财农〔2024〕10号",
        "浙财社〔2024〕10",
    ],
)
def test_other_documents_stay_apart(other: str) -> None:
    assert document_key(other) != "浙财社〔2024〕10号"


def test_display_keeps_what_the_office_wrote() -> None:
    assert document_text(" 浙财社[2024] 010号") == "浙财社〔2024〕010号"
    assert document_text("县府（办）发［2024］3号") == "县府（办）发〔2024〕3号"


def test_a_text_without_a_number_is_its_own_key() -> None:
    assert document_key("县长 办公会议纪要") == "县长办公会议纪要"
    assert document_key("第00号") == "第0号"
    assert document_key("") == ""


@given(st.text())
def test_a_key_is_settled_and_display_does_not_change_it(text: str) -> None:
    assert document_key(document_key(text)) == document_key(text)
    assert document_key(document_text(text)) == document_key(text)
    assert document_text(document_text(text)) == document_text(text)
