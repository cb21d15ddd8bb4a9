"""A policy on a form: what is typed is what a policy file says, a no speaks of fields, a trial is the rule itself."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programs.describing import policy_words, publicity_text, standard_text
from app.programs.drafting import check_draft, draft_table, entered_from, formula_fault
from app.programs.trial import PEOPLE, facts_asked, read_trial_period, try_policy, usual_period
from models.domain.entitlement import compute
from models.domain.facts import Facts
from models.domain.policy import FAMILY_NAMES, Policy
from models.domain.policy_form import read_policy
from models.domain.quantity import quantity_from_text
from tests.conftest import SAMPLES

DAY = date(2024, 6, 3)
BASE: dict[str, object] = {
    "program": "2130122", "document": "新农〔2024〕3号", "from": "2024-01-01", "frequency": "year", "target": "person",
}  # fmt: skip
FAMILIES: dict[str, dict[str, object]] = {
    "per_unit": {"unit": "亩", "rate": "100.58", "quantity_cap": "200"},
    "fixed": {"rate": "150"},
    "tiered": {"by": "age", "tiers": [["80", "50"], ["90", "100"]]},
    "top_up": {"line": "1050", "floor": "50", "add_ons": [["重度残疾人", "30%"], ["重病患者", "200"]]},
    "share_of_cost": {
        "by": "head_age",
        "tiers": [["60", "50%"], ["80", "60%"]],
        "cap_per_household": "20000",
    },
    "years": {"rate": "10", "months_per_period": "12"},
    "back_pay": {"segments": [["2024-01", "2024-06", "60"], ["2024-07", "", "80"]]},
    "pool": {"unit": "亩", "total": "100000"},
    "formula": {"columns": ["面积", "标准"], "formula": "面积 × 标准"},
}


def policy(family: str) -> Policy:
    draft = check_draft({**BASE, "family": family, **FAMILIES[family]})
    assert draft.policy is not None, draft.sentence
    return draft.policy


def test_every_family_has_a_form_here() -> None:
    assert set(FAMILIES) == set(FAMILY_NAMES)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_shown_of_a_policy_reads_back_to_it(family: str) -> None:
    made = policy(family)
    again = check_draft(entered_from(made))
    assert again.policy == made
    assert all(value for _, value in policy_words(made))


def test_the_sample_policies_read_back() -> None:
    for table in tomllib.loads((SAMPLES / "policies.toml").read_text(encoding="utf-8"))["policy"]:
        made = read_policy(table)
        assert check_draft(entered_from(made)).policy == made


@pytest.mark.parametrize(
    ("entered", "field", "said"),
    [
        ({"family": "per_unit", "rate": "1"}, "unit", "还没有填写“计量单位”"),
        ({"family": "per_unit", "unit": "亩", "rate": "一百"}, "rate", "“补贴标准”写的“一百”不能使用"),
        ({"family": "fixed", "rate": "0"}, "rate", "大于 0"),
        ({"family": "tiered", "by": "age", "tiers": [["八十", "50"]]}, "tiers", "起始周岁"),
        ({"family": "tiered", "by": "age", "tiers": [["80", "50"], ["80", "60"]]}, "tiers", "写了两次"),
        ({"family": "years", "rate": "10", "months_per_period": "半年"}, "months_per_period", "0 表示"),
        ({"family": "fixed", "rate": "1", "publicity_days": "0"}, "publicity_days", "1 到 90"),
        ({"family": "formula", "columns": ["面积"], "formula": "面积 ×"}, "", "有错"),
        ({"family": "fixed", "rate": "1", "document": ""}, "document", "还没有填写“文号”"),
        ({"family": "fixed", "rate": "1", "from": "2024年"}, "from", "“开始日期”写的“2024年”"),
    ],
)
def test_a_no_speaks_of_the_form(entered: dict[str, object], field: str, said: str) -> None:
    draft = check_draft({**BASE, **entered})
    assert draft.policy is None
    assert draft.field == field
    assert said in draft.sentence
    for word in ("引号", "TOML", "toml", "导入", "{", "}", '"'):
        assert word not in draft.sentence


@given(
    st.dictionaries(st.sampled_from(["rate", "unit", "quantity_cap", "to", "document"]), st.text(max_size=12))
)
def test_whatever_is_typed_is_a_policy_or_a_sentence(typed: dict[str, str]) -> None:
    draft = check_draft({**BASE, "family": "per_unit", "unit": "亩", "rate": "1", **typed})
    assert (draft.policy is None) == bool(draft.sentence)


def test_blank_fields_are_not_written() -> None:
    assert draft_table({"to": "  ", "tiers": [["", ""]], "columns": [""], "segments": [["", "", ""]]}) == {}


@pytest.mark.parametrize(
    ("text", "position"),
    [("面积 × 标准", None), ("面积 × 价", 6), ("面积 ×× 标准", 5), ("", 1), ("面积 ÷ （标准", None)],
)
def test_a_formula_is_checked_as_it_is_typed(text: str, position: int | None) -> None:
    fault = formula_fault(text, ["面积", "标准"])
    if text == "面积 × 标准":
        assert fault is None
    else:
        assert fault is not None
        assert fault.fault
        assert position is None or fault.position == position


@pytest.mark.parametrize("family", FAMILIES)
def test_three_sample_people_of_every_family_are_computed(family: str) -> None:
    made = policy(family)
    period = read_trial_period(usual_period(made, DAY), made)
    asked = facts_asked(made, period)
    tried = try_policy(made, period, [{f.name: f.samples[n] for f in asked} for n in range(PEOPLE)])
    assert [one.sentence for one in tried] == [""] * PEOPLE
    assert all(one.trace for one in tried)


def test_the_trial_is_the_rule() -> None:
    made = policy("per_unit")
    (tried,) = try_policy(made, "2024", [{"quantity": "2.50"}])
    paid = compute(made, Facts(quantity=quantity_from_text("2.50")), "2024")
    assert (tried.fen, tried.trace) == (paid.fen, paid.trace)


@pytest.mark.parametrize(("typed", "said"), [({}, "数量"), ({"quantity": "两亩"}, "两亩")])
def test_what_cannot_be_tried_says_why(typed: dict[str, str], said: str) -> None:
    (tried,) = try_policy(policy("per_unit"), "2024", [typed])
    assert tried.fen is None
    assert said in tried.sentence


def test_a_pool_is_shared_over_the_samples() -> None:
    tried = try_policy(policy("pool"), "2024", [{"quantity": "1"}, {"quantity": "3"}, {}])
    assert [one.fen for one in tried] == [2_500_000, 7_500_000, None]


def test_words() -> None:
    assert standard_text(policy("tiered")) == "80 周岁起 50.00 元；90 周岁起 100.00 元（按年龄）"
    assert publicity_text(policy("fixed")) == "发放前公示 7 个工作日，按姓名"
