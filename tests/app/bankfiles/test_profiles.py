"""Bank layouts as data."""

from pathlib import Path

import pytest

from app.bankfiles.profiles import NoSuchProfile, ProfileBroken, find_profile, read_profile, shipped_profiles
from app.resources import resource

RURAL = resource("bank_profiles") / "rural_bank.toml"


def test_the_two_families_are_shipped() -> None:
    rural, icbc = shipped_profiles()["rural_bank"], shipped_profiles()["icbc"]
    assert [column.heading for column in rural.columns] == [
        "序号",
        "户名",
        "账号",
        "金额",
        "摘要",
        "证件号码",
    ]
    assert [column.heading for column in rural.answer.columns[-2:]] == ["处理状态", "失败原因"]
    assert [(c.heading, c.most_bytes) for c in icbc.columns] == [
        ("姓名", 60), ("卡号", 0), ("应处理金额", 0), ("备注", 12),
    ]  # fmt: skip
    assert icbc.answer.needed[-2:] == ("实处理金额", "处理标志")
    assert icbc.answer.success == {"全部成功"}


def test_the_text_answer_has_ten_fields_in_fen() -> None:
    text = shipped_profiles()["icbc_text"]
    assert (len(text.answer.columns), text.amount_unit, text.encoding, text.separator) == (
        10,
        "fen",
        "gbk",
        " ",
    )


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(NoSuchProfile) as no:
        find_profile(shipped_profiles(), "abc")
    assert all(name in no.value.sentence for name in shipped_profiles())


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('file_type = "xlsx"', 'file_type = "xls"', "file_type"),
        ('amount_unit = "yuan"', 'amount_unit = "jiao"', "amount_unit"),
        ('encoding = "gb18030"', 'encoding = "gbk2"', "gbk2"),
        ('holds = "account" }', 'holds = "card" }', "card"),
        ('{ heading = "账号", holds = "account" }', '{ heading = "账号", holds = "bank" }', "account"),
        ('heading = "序号", holds = "serial"', 'heading = "序号", holds = "name"', "两列"),
        ("line_limit = 200000", "line_limit = 0", "line_limit"),
        ("line_limit = 200000", "line_limits = 1", "line_limit"),
        ("[answer.codes]", "[answer.more]", "more"),
        ("[answer]", "[answer", ""),
    ],
)
def test_a_broken_profile_is_refused_with_its_fault(
    tmp_path: Path, written: str, instead: str, said: str
) -> None:
    text = RURAL.read_text(encoding="utf-8")
    assert written in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(ProfileBroken, match=r"mine\.toml") as no:
        read_profile(path)
    assert said in no.value.sentence
