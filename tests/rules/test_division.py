"""Village groups and village names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.division import group_number, is_village_name, village_key

CHINESE = "零一二三四五六七八九"


def spoken(number: int) -> str:
    """Write 1 to 999 in Chinese numerals the ordinary way."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = f"{CHINESE[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else CHINESE[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (CHINESE[ones] if ones else "")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *(
            ("1组", 1),
            ("一组", 1),
            ("第一组", 1),
            ("1社", 1),
            ("1队", 1),
            ("第4组", 4),
            ("4.0", 4),
            ("十二组", 12),
        ),
        *(
            (4.0, 4),
            (4, 4),
            ("4", 4),
            ("１２组", 12),
            (" 3 组 ", 3),
            ("第十村民小组", 10),
            ("二十三小组", 23),
        ),
        *(
            ("7生产队", 7),
            ("廿一组", 21),
            ("一百零五组", 105),
            ("一〇组", 10),
            ("一二组", 12),
            ("两组", 2),
            ("05组", 5),
        ),
    ],
)
def test_groups(written: object, number: int) -> None:
    assert group_number(written) == number


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "组",
            "0组",
            "零组",
            "上街组",
            "1-2组",
            "1、2组",
            "1.5",
            "一百五组",
            "十百组",
            "百组",
            "12345组",
            "-1",
        ),
        *(None, True, 0, -3, 4.5, float("nan"), float("inf"), 10**9, b"1"),
    ],
)
def test_what_names_no_group_for_certain(written: object) -> None:
    assert group_number(written) is None


@given(st.integers(1, 999))
def test_every_number_spoken_and_written(number: int) -> None:
    assert group_number(f"第{spoken(number)}组") == number
    assert group_number(f"{number}组") == number


@given(
    st.text()
    | st.text(alphabet="第一二三十百零廿0123456789组社队.")
    | st.floats()
    | st.integers()
    | st.none()
)
def test_any_cell_is_a_group_or_nothing(written: object) -> None:
    number = group_number(written)
    assert number is None or 1 <= number <= 9999


def test_village_names() -> None:
    assert village_key(" 上溪\u3000村\u200b") == "上溪村"
    assert village_key("上溪村（社区）") == village_key("上溪村(社区)")
    assert village_key("上溪") != village_key("上溪村")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("上溪村", True), ("𡎚坪村", True), ("城东社区", True), ("村", False), ("Sheet1", False), ("2组", False), ("上溪村户籍底册", False)],
)  # fmt: skip
def test_what_is_surely_a_village(text: str, is_one: bool) -> None:
    assert is_village_name(text) is is_one


@given(st.text())
def test_a_village_key_is_settled(text: str) -> None:
    assert village_key(village_key(text)) == village_key(text)
