"""档号: made by the template and read back it is the same, two volumes never get one, and bad templates are refused."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.archive_code import (
    DEFAULT_TEMPLATE,
    ArchiveCode,
    CodeTemplate,
    NotArchiveCode,
    NotFonds,
    WrongTemplate,
    code_template,
    fonds_of,
)
from models.domain.retention import destroyable_on

PARTS = st.builds(
    ArchiveCode,
    fonds=st.text("ABCXYZ0123456789", min_size=1, max_size=6),
    year=st.integers(1949, 9999),
    years=st.none() | st.integers(1, 120),
    kind=st.text("ABCDPZ", min_size=1, max_size=4),
    number=st.integers(1, 10**6),
)
TEMPLATES = st.builds(
    lambda order, gaps, ends, width: code_template(
        ends[0] + "".join(token + gap for token, gap in zip(order, [*gaps, ""], strict=True)).replace("no", f"no:{width}") + ends[1]
    ),
    st.permutations(["{fonds}", "{year}", "{retention}", "{class}", "{no}"]),
    st.lists(st.sampled_from(["-", "·", "-KU·", "—", "_", ".", "年", "-2-"]), min_size=4, max_size=4),
    st.tuples(st.sampled_from(["", "KJ", "9", "会"]), st.sampled_from(["", "号", "8"])),
    st.integers(1, 9),
)  # fmt: skip


def test_the_code_of_the_standard() -> None:
    made = code_template(DEFAULT_TEMPLATE)
    assert made.code(ArchiveCode("Z109", 2024, 30, "PZ", 1)) == "Z109-KU·2024-D30-PZ-0001"
    assert made.code(ArchiveCode("Z109", 2024, None, "NB", 12)) == "Z109-KU·2024-Y-NB-0012"
    assert made.code(ArchiveCode("Z109", 2024, 30, "PZ", 12345)).endswith("-12345")
    assert made.read("Z109-KU·2024-Y-NB-0012") == ArchiveCode("Z109", 2024, None, "NB", 12)


@given(TEMPLATES, PARTS)
def test_read_back_it_is_the_same(template: object, parts: ArchiveCode) -> None:
    made = template
    assert made.read(made.code(parts)) == parts  # type: ignore[attr-defined]


@given(TEMPLATES, PARTS, PARTS)
def test_two_volumes_never_get_one_code(template: object, one: ArchiveCode, other: ArchiveCode) -> None:
    made = template
    assert (made.code(one) == made.code(other)) == (one == other)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{fonds}-{year}-{retention}-{class}", "缺少“顺序号”"),
        ("{fonds}-{year}-{class}-{no:4}", "缺少“保管期限”"),
        ("{fonds}-{year}-{year}-{retention}-{class}-{no:4}", "“年度”写了两次"),
        ("{fonds}{year}-{retention}-{class}-{no:4}", "隔开"),
        ("{fonds}-{year}-{retention}-{class}0{no:4}", "隔开"),
        ("{fonds}-{year}-{retention}-{class}-{no}", "不认识"),
        ("{fonds}-{year}-{retention}-{class}-{number:4}", "不认识"),
        ("{fonds}/{year}-{retention}-{class}-{no:4}", "不能用在档号"),
        ("{fonds}-{year}-{retention}-{class}-{no:4}{", "不能用在档号"),
        ("", "缺少"),
        ("{{全宗号}}-{{年}}-{{保管期限}}-{{门类}}-{{顺序号:4}}", "不认识“{{年}}”"),
        ("{{全宗号}}-{{年度:4}}-{{保管期限}}-{{门类}}-{{顺序号:4}}", "不认识“{{年度:4}}”"),
        ("{{全宗号}}-{{年度}}-{{保管期限}}-{{门类}}", "缺少“顺序号”"),
    ],
)
def test_a_template_that_cannot_serve_is_refused(template: str, fault: str) -> None:
    with pytest.raises(WrongTemplate, match=fault) as refused:
        code_template(template)
    assert code_template(DEFAULT_TEMPLATE).shown in refused.value.sentence


@given(TEMPLATES)
def test_a_clerk_writes_it_in_chinese(template: CodeTemplate) -> None:
    assert code_template(template.shown) == template
    assert not re.search("fonds|year|retention|class|no", template.shown)


@pytest.mark.parametrize(
    "written",
    [
        "{{全宗号}}-KU·{{年度}}-{{保管期限}}-{{门类}}-{{顺序号:4}}",
        "{{全宗号}}-KU·{{年度}}-{{保管期限}}-{{门类}}-{{顺序号}}",
        "｛｛全宗号｝｝-KU·｛｛ 年度 ｝｝-｛｛保管期限｝｝-｛｛门类｝｝-｛｛顺序号：4｝｝",
        DEFAULT_TEMPLATE,
    ],
)
def test_every_way_to_write_it_is_kept_as_one(written: str) -> None:
    assert code_template(written).text == DEFAULT_TEMPLATE


@pytest.mark.parametrize(
    "code", ["", "Z109-KU·2024-D30-PZ-1", "Z109-KU·2024-D30-PZ-00001", "Z109-KU·24-D30-PZ-0001", "Z109-KU·2024-D030-PZ-0001"]
)  # fmt: skip
def test_what_the_template_did_not_make_is_refused(code: str) -> None:
    with pytest.raises(NotArchiveCode, match="Z109-KU·2024-D30-PZ-0001"):
        code_template(DEFAULT_TEMPLATE).read(code)


def test_fonds() -> None:
    assert fonds_of(" z109 ") == "Z109"
    for wrong in ("", "Z-1", "全宗1", "Z" * 13, "１０９"):
        with pytest.raises(NotFonds):
            fonds_of(wrong)


@given(st.integers(1949, 2200), st.integers(1, 100))
def test_retention_counts_whole_years_from_the_first_of_january_after(year: int, years: int) -> None:
    """DOMAIN §11: FY2024 for 30 years → 2055-01-01; the papers stand all of those years, not a day less or more."""
    day = destroyable_on(year, years)
    assert day is not None
    assert (day.month, day.day) == (1, 1)
    begins = date(year + 1, 1, 1)
    assert day.year - begins.year == years
    assert (day - timedelta(days=1)).year == year + years
