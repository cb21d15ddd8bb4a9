"""Masking: what leaves the office never shows a whole number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.masking import has_leak, mask_account, mask_id, mask_name, mask_numbers, mask_phone


def test_vectors() -> None:
    assert mask_id("11010519491231002X") == "110105********002X"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_account("6217000000000000129") == "****0129"
    assert mask_name("张三") == "张*"
    assert mask_name("张三丰") == "张**"
    assert mask_name("欧阳修") == "欧阳*"
    assert mask_name("欧阳") == "欧*"
    assert mask_name("𬱖明") == "𬱖*"


def test_nothing_stays_nothing() -> None:
    assert mask_id("") == mask_phone("") == mask_account("") == mask_name("") == ""


def test_short_numbers_are_mostly_hidden() -> None:
    assert mask_id("E12345678") == "E12****78"
    assert mask_id("130503670401001") == "13050*******001"
    assert mask_phone("86543210") == "****3210"
    assert mask_phone("110") == "***"
    assert mask_account("1234") == "****"


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        "身份证：11010519491231002x。",
        "330624195703145103",
        "账号 6217000000000000129",
        "123456789012",
        "１２３４５６７８９０１２",
        "330624 19570314 5103",
        "330624-19491231-002X",
        "330624\u200b195703145103",
        "330624199001",
    ],
)
def test_leaks(text: str) -> None:
    assert has_leak(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345678901",
        "110105********002X",
        "138****1234",
        "****0129",
        "1,234,567.89 元",
        "浙财农〔2024〕12号",
        "0575-86543210",
    ],
)
def test_no_leaks(text: str) -> None:
    assert not has_leak(text)


@given(st.text(alphabet="0123456789X", max_size=40))
def test_what_is_masked_does_not_leak(number: str) -> None:
    assert not has_leak(mask_account(number))
    if len(number) <= 18:
        assert not has_leak(mask_id(number))
        assert not has_leak(mask_phone(number))


@given(st.text(max_size=40))
def test_masks_hide_most_and_keep_the_length(text: str) -> None:
    assert len(mask_id(text)) == len(mask_phone(text)) == len(text)
    assert mask_id(text).count("*") >= len(text) / 3
    if text:
        assert mask_name(text)[0] == text[0]
        assert mask_name(text).endswith("*")


def test_long_numbers_in_a_sentence_are_masked() -> None:
    said = "身份证号“33062419780330939X”与账号６２２８５８９４５０９４５２０６５０３不符，第 12 行，差 381.20 元。"
    assert mask_numbers(said) == "身份证号“****939X”与账号****６５０３不符，第 12 行，差 381.20 元。"
