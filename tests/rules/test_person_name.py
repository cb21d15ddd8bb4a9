"""Names: kept as written, compared by key, flagged where damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.person_name import clean_name, name_is_odd, name_key


@pytest.mark.parametrize("dot", ["•", "・", "．", "‧", "∙", "·", "･", "⋅", "."])
def test_every_dot_is_the_middle_dot(dot: str) -> None:
    assert name_key(f"古丽扎尔{dot}吐尔逊") == "古丽扎尔·吐尔逊"
    assert clean_name(f"古丽扎尔{dot}吐尔逊") == f"古丽扎尔{dot}吐尔逊"


@pytest.mark.parametrize(
    "written", ["张三", " 张三 ", "张\u3000三", "张 三", "张\u200b三", "\xa0张三\ufeff", "'张三"]
)
def test_blanks_do_not_make_another_name(written: str) -> None:
    assert name_key(written) == "张三"


def test_a_kept_name_keeps_its_inside() -> None:
    assert clean_name(" 张\u3000三\u200b ") == "张\u3000三"


def test_a_variation_selector_does_not_make_another_name() -> None:
    assert name_key("葛\U000e0100明") == "葛明"


@pytest.mark.parametrize(
    "name", ["何昇𬱖", "林䶮𬭩", "王\U00031350明", "张三", "古丽扎尔·吐尔逊", "赵㛃", "〇一", "李" * 20]
)
def test_real_names(name: str) -> None:
    assert not name_is_odd(name)
    assert name_key(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "张？",
        "张?三",
        "张□",
        "张\ue123",
        "张\U000f0001",
        "张3",
        "张３",
        "王",
        "",
        " ",
        "李" * 21,
        "张\ufffd三",
        "王\u200b",
    ],
)
def test_odd_names(name: str) -> None:
    assert name_is_odd(name)


@given(st.text())
def test_keys_are_settled_and_agree_with_the_kept_name(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert name_key(clean_name(text)) == name_key(text)
    assert clean_name(clean_name(text)) == clean_name(text)
