"""Policies: read exactly or refused with the field's name; what was read can be written and read again."""

import json
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.exclusion import MODES, SCOPES
from models.domain.money import Fen
from models.domain.policy import (
    MONTHS,
    AddOn,
    By,
    Family,
    FirstMonth,
    Listing,
    NameMasking,
    Payee,
    Policy,
    Publicity,
    Share,
    StopMonth,
    Tier,
    grade_key,
    percent_text,
)
from models.domain.policy_fields import (
    MissingPolicyField,
    PolicyRefused,
    UnknownPolicyField,
    WrongPolicyField,
)
from models.domain.policy_form import policy_parameters, read_policy
from models.domain.quantity import Rate

SAMPLES = Path(__file__).parents[1] / "samples" / "policies.toml"

COMMON: dict[str, Any] = {
    "program": "2130122",
    "document": "新农〔2024〕3号",
    "from": date(2024, 1, 1),
    "frequency": "year",
    "target": "household",
}
FAMILIES: dict[Family, dict[str, Any]] = {
    "per_unit": {"unit": "亩", "rate": "100.58"},
    "fixed": {"rate": "150"},
    "tiered": {"by": "age", "tiers": {"80": "50", "100": "500", "90": "100"}},
    "top_up": {"line": "900", "floor": "0", "add_ons": {"重残": "200", "重病": "30%"}},
    "share_of_cost": {"by": "head_age", "tiers": {"60": "50%", "80": "60%"}, "cap_per_household": "20000"},
    "years": {"rate": "10"},
    "back_pay": {
        "segments": [{"from": "2024-01", "to": "2024-03", "rate": "50"}, {"from": "2024-04", "rate": "60"}]
    },
    "pool": {"unit": "亩", "total": "1000000"},
    "formula": {"formula": "面积 × 标准", "columns": ["面积", "标准"]},
}


def form(family: Family, /, **changes: Any) -> dict[str, Any]:
    return COMMON | {"family": family} | FAMILIES[family] | changes


def samples() -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = tomllib.loads(SAMPLES.read_text(encoding="utf-8"))["policy"]
    return tables


def again(policy: Policy) -> Policy:
    return read_policy(json.loads(json.dumps(policy_parameters(policy), ensure_ascii=False)))


def test_all_sample_policies_are_read() -> None:
    policies = [read_policy(table) for table in samples()]
    assert [policy.family for policy in policies] == [
        *("per_unit", "per_unit", "top_up", "tiered", "tiered", "tiered", "fixed", "share_of_cost"),
    ]
    land, elderly, home = policies[0], policies[4], policies[7]
    assert (land.rate, land.unit, land.payee, land.publicity_days, land.publicity_kind) == (
        1005800,
        "亩",
        "head",
        7,
        "workdays",
    )
    assert elderly.tiers == (Tier("80", Rate(500000)), Tier("90", Rate(1000000)), Tier("100", Rate(5000000)))
    assert home.shares == (Share(60, 5000), Share(80, 6000))
    assert (home.cap_per_household, home.name, home.bank_short_name) == (
        2_000_000,
        "居家适老化改造补贴",
        "适老化改造",
    )
    assert all(again(policy) == policy for policy in policies)


def test_relief_is_posted_for_seven_calendar_days_and_children_by_number_where_nothing_else_is_set() -> None:
    relief = read_policy(form("fixed", program="2081902"))
    assert (relief.publicity_days, relief.publicity_kind) == (7, "calendar")
    assert read_policy(form("fixed", program="2082501")).listing == "number"
    own = read_policy(
        form("fixed", program="2081902", publicity_days=1, publicity_kind="months", publicity="after")
    )
    assert (own.publicity_days, own.publicity_kind, own.publicity) == (1, "months", "after")
    assert read_policy(form("fixed", listing="none")).publicity == "none"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_read_and_written(family: Family) -> None:
    policy = read_policy(form(family))
    assert policy.family == family
    assert again(policy) == policy


def test_every_family_is_among_these() -> None:
    assert set(FAMILIES) == set(get_args(Family))


def test_parts_of_a_top_up_and_grades_by_any_writing() -> None:
    assert read_policy(form("top_up")).add_ons == (AddOn("重残", Fen(20000), None), AddOn("重病", None, 3000))
    graded = read_policy(
        form("tiered", by="disability_grade", tiers={"1级": "500", "Ⅱ级": "250", "三": "80"})
    )
    assert [tier.key for tier in graded.tiers] == ["一级", "二级", "三级"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1级", "一级"),
        (" 一 级", "一级"),
        ("Ⅳ级", "四级"),
        ("2", "二级"),
        ("全护理", "全护理"),
        ("残疾三级", "三级"),
        ("一级肢体", "一级肢体"),
        ("", ""),
    ],
)
def test_grades_are_known_by_any_writing_and_never_guessed(written: str, key: str) -> None:
    assert grade_key(written) == key


FAULTS: list[tuple[Family, dict[str, Any], str]] = [
    ("per_unit", {"rate": 100.58}, "rate"),
    ("per_unit", {"rate": 100}, "rate"),
    ("per_unit", {"rate": "0"}, "rate"),
    ("per_unit", {"rate": "-1"}, "rate"),
    ("per_unit", {"rate": "1e3"}, "rate"),
    ("per_unit", {"rate": "一百"}, "rate"),
    ("per_unit", {"rate": True}, "rate"),
    ("per_unit", {"unit": ""}, "unit"),
    ("per_unit", {"quantity_cap": "0"}, "quantity_cap"),
    ("per_unit", {"program": 2130122}, "program"),
    ("per_unit", {"program": "213012"}, "program"),
    ("per_unit", {"document": " "}, "document"),
    ("per_unit", {"from": "2024-13-01"}, "from"),
    ("per_unit", {"from": 20240101}, "from"),
    ("per_unit", {"from": datetime(2024, 1, 1)}, "from"),
    ("per_unit", {"to": date(2023, 12, 31)}, "to"),
    ("per_unit", {"frequency": "weekly"}, "frequency"),
    ("per_unit", {"target": "户"}, "target"),
    ("per_unit", {"family": "percent"}, "family"),
    ("per_unit", {"bank_short_name": "一二三四五六七八"}, "bank_short_name"),
    ("per_unit", {"bank_short_name_12": "一二三四五六七"}, "bank_short_name_12"),
    ("per_unit", {"level": "国家"}, "level"),
    ("per_unit", {"through_card": "是"}, "through_card"),
    ("per_unit", {"least_age": "60"}, "least_age"),
    ("per_unit", {"least_age": 151}, "least_age"),
    ("per_unit", {"least_age": 60, "most_age": 59}, "most_age"),
    ("per_unit", {"first_month": "次年"}, "first_month"),
    ("per_unit", {"first_month": "满龄当月"}, "first_month"),
    ("per_unit", {"publicity_days": 0}, "publicity_days"),
    ("per_unit", {"publicity_days": True}, "publicity_days"),
    ("per_unit", {"publicity_kind": "days"}, "publicity_kind"),
    ("per_unit", {"publicity": "before", "listing": "none"}, "publicity"),
    ("per_unit", {"conflicts": "2081902"}, "conflicts"),
    ("per_unit", {"conflicts": ["2130122"]}, "conflicts"),
    ("per_unit", {"conflicts": ["2081902", "2081902"]}, "conflicts"),
    ("per_unit", {"conflicts": [{"program": "2081902", "mode": "可以"}]}, "conflicts"),
    ("per_unit", {"conflicts": [{"program": "2081902", "why": "x"}]}, "conflicts"),
    ("fixed", {"months_per_period": 13}, "months_per_period"),
    ("fixed", {"frequency": "quarter", "months_per_period": 4}, "months_per_period"),
    ("tiered", {"tiers": {}}, "tiers"),
    ("tiered", {"tiers": {"080": "50"}}, "tiers"),
    ("tiered", {"tiers": {"八十": "50"}}, "tiers"),
    ("tiered", {"tiers": {"80": 50.0}}, "tiers.80"),
    ("tiered", {"by": "sex"}, "by"),
    ("tiered", {"by": "care_level", "tiers": {"一级": "1", "1级": "2"}}, "tiers"),
    ("top_up", {"line": 900.0}, "line"),
    ("top_up", {"floor": "-1"}, "floor"),
    ("top_up", {"add_ons": {}}, "add_ons"),
    ("top_up", {"add_ons": {"重病": "101%"}}, "add_ons.重病"),
    ("share_of_cost", {"tiers": {"60": "0%"}}, "tiers.60"),
    ("share_of_cost", {"tiers": {"60": "100.01%"}}, "tiers.60"),
    ("share_of_cost", {"tiers": {"60": "50"}}, "tiers.60"),
    ("share_of_cost", {"tiers": {"60": 0.5}}, "tiers.60"),
    ("share_of_cost", {"tiers": {}}, "tiers"),
    ("share_of_cost", {"by": "disability_grade"}, "by"),
    ("back_pay", {"segments": []}, "segments"),
    ("back_pay", {"segments": [{"from": "2024-13", "rate": "1"}]}, "segments"),
    ("back_pay", {"segments": [{"from": "2024-02", "to": "2024-01", "rate": "1"}]}, "segments"),
    ("back_pay", {"segments": [{"from": "2024-01", "rate": "1"}, {"from": "2024-03", "rate": "2"}]}, "segments"),
    ("pool", {"total": 1000000}, "total"),
    ("formula", {"columns": []}, "columns"),
    ("formula", {"columns": ["面积", 3]}, "columns"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "changes", "field"), FAULTS)
def test_a_wrong_field_is_refused_by_its_name(family: Family, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(WrongPolicyField) as refused:
        read_policy(form(family, **changes))
    assert f"字段“{field}”" in refused.value.sentence
    assert refused.value.sentence.endswith("请改正后重新导入。")


def test_money_without_quotes_is_called_that() -> None:
    with pytest.raises(WrongPolicyField, match=r"“100\.58（没有加引号）”"):
        read_policy(form("per_unit", rate=100.58))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_needed_field_is_missed_when_it_is_not_there(family: Family) -> None:
    needed = [*COMMON, "family", *(FAMILIES[family].keys() - {"floor", "add_ons", "cap_per_household"})]
    for field in needed:
        table = form(family)
        del table[field]
        with pytest.raises(MissingPolicyField, match=f"缺少字段“{field}”"):
            read_policy(table)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_unknown_field_is_refused_with_those_there_are(family: Family) -> None:
    with pytest.raises(UnknownPolicyField, match=r"“rates”.*publicity_days"):
        read_policy(form(family, rates="1"))


def test_a_field_of_another_family_is_unknown_here() -> None:
    with pytest.raises(UnknownPolicyField, match=r"“tiers”.*unit、rate"):
        read_policy(form("per_unit", tiers={"80": "50"}))


def test_a_bad_formula_is_refused_with_its_place() -> None:
    with pytest.raises(PolicyRefused, match="第 4 个字处"):
        read_policy(form("formula", formula="面积 标准"))


def test_a_percent_of_no_line_is_refused() -> None:
    table = form("top_up", approved_amount=True)
    del table["line"]
    with pytest.raises(WrongPolicyField, match="line"):
        read_policy(table)


rates = st.integers(1, 10**12).map(lambda units: f"{units // 10000}.{units % 10000:04d}")
yuan = st.integers(1, 10**12).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
percents = st.integers(1, 10_000).map(percent_text)
words = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=6)
ages = st.dictionaries(st.integers(0, 150).map(str), rates, min_size=1)


def chosen(words_of: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(words_of))


def tables(frequency: str) -> st.SearchStrategy[dict[str, Any]]:
    months = st.integers(0, MONTHS[frequency])  # type: ignore[index]
    of_family = st.one_of(
        st.fixed_dictionaries(
            {"family": st.just("per_unit"), "unit": words, "rate": rates}, optional={"quantity_cap": rates}
        ),
        st.fixed_dictionaries(
            {"family": st.sampled_from(["fixed", "years"]), "rate": rates},
            optional={"months_per_period": months},
        ),
        st.fixed_dictionaries(
            {"family": st.just("tiered"), "by": st.sampled_from(["age", "head_age"]), "tiers": ages},
            optional={"months_per_period": months, "first_month": chosen(FirstMonth)},
        ),
        st.fixed_dictionaries(
            {
                "family": st.just("tiered"),
                "by": st.sampled_from(sorted({*get_args(By)} - {"age", "head_age"})),
                "tiers": st.dictionaries(words, rates, min_size=1),
            }
        ),
        st.fixed_dictionaries(
            {"family": st.just("top_up"), "line": yuan},
            optional={
                "floor": yuan,
                "approved_amount": st.booleans(),
                "add_ons": st.dictionaries(words, st.one_of(yuan, percents), min_size=1),
            },
        ),
        st.fixed_dictionaries(
            {
                "family": st.just("share_of_cost"),
                "by": st.sampled_from(["age", "head_age"]),
                "tiers": st.dictionaries(st.integers(0, 150).map(str), percents, min_size=1),
            },
            optional={"cap_per_household": yuan},
        ),
        st.fixed_dictionaries({"family": st.just("pool"), "unit": words, "total": yuan}),
    )
    settings = st.fixed_dictionaries(
        {},
        optional={
            "to": st.dates(date(2024, 1, 1), date(2099, 12, 31)),
            "bank_short_name": words,
            "through_card": st.booleans(),
            "stop_month": chosen(StopMonth),
            "death_month": chosen(StopMonth),
            "amount_cap": yuan,
            "most_age": st.integers(0, 150),
            "publicity_days": st.integers(1, 90),
            "name_masking": chosen(NameMasking),
            "listing": chosen(Listing).filter(lambda listing: listing != "none"),
            "publicity": chosen(Publicity),
            "payee": chosen(Payee),
            "conflicts": st.lists(
                st.fixed_dictionaries(
                    {"program": st.sampled_from(["2081902", "2082102", "933062400001"])},
                    optional={"mode": st.sampled_from(MODES), "scope": st.sampled_from(SCOPES)},
                ),
                unique_by=lambda pair: pair["program"],
            ),
        },
    )
    return st.builds(lambda own, more: COMMON | {"frequency": frequency} | more | own, of_family, settings)


@given(st.sampled_from(sorted(MONTHS)).flatmap(tables))
def test_what_is_read_is_written_and_read_the_same(table: dict[str, Any]) -> None:
    policy = read_policy(table)
    assert again(policy) == policy
    assert policy_parameters(again(policy)) == policy_parameters(policy)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(FAMILIES)),
    st.sampled_from(
        [*COMMON, *sorted({field for parts in FAMILIES.values() for field in parts}), "conflicts", "to"]
    ),
    anything,
)
def test_anything_in_any_field_is_read_or_refused(family: Family, field: str, value: object) -> None:
    try:
        policy = read_policy(form(family, **{field: value}))
    except PolicyRefused:
        return
    assert again(policy) == policy
