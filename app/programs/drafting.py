"""A policy while it is being written on a form: what was typed becomes the form of a policy file, or says what it lacks.

The rules are those of `read_policy`; only the sentences are for somebody who fills in fields and knows no TOML.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from models.domain.formula import FormulaRefused, check_formula
from models.domain.policy import Policy
from models.domain.policy_form import policy_parameters, read_policy
from models.domain.refusal import Refusal

Entered = Mapping[str, object]
"""What stands in the fields: texts, flags, rows of texts (tiers, add_ons, segments)."""

WHOLE_NUMBERS: Final = frozenset({"months_per_period", "least_age", "most_age", "publicity_days"})
PAIRS: Final = frozenset({"tiers", "add_ons"})

_HINTS: Final = {
    "document": "填写文件上的文号，例如 浙财农〔2024〕12号",
    "from": "填写开始执行的日期，例如 2024-01-01",
    "to": "日期写成 2024-12-31；长期执行的不填",
    "rate": "以元为单位，大于 0，最多四位小数，例如 100.58",
    "unit": "填写计量单位，例如 亩、头、人",
    "quantity_cap": "填写大于 0 的数量，最多四位小数；没有上限的不填",
    "tiers": "每行一档：前面写档次（按年龄的写起始周岁），后面写标准或比例，都要填",
    "line": "以元为单位的每月标准，大于 0，例如 1050",
    "floor": "以元为单位，不小于 0；没有的不填",
    "add_ons": "每行一类：名称，和增发的金额或标准线的比例（如 30%）",
    "cap_per_household": "以元为单位，大于 0，例如 20000；没有上限的不填",
    "segments": "每行一段：起月、止月（如 2024-01）和每月标准，各段不能重叠，只有最后一段可以不写止月",
    "total": "填写要分配的总额，以元为单位",
    "columns": "写出公式用到的列名，用顿号隔开，例如 面积、标准，每列只写一次",
    "formula": "写出公式，例如 面积 × 标准",
    "amount_cap": "以元为单位，大于 0；没有上限的不填",
    "months_per_period": "填写一期发几个月，0 表示标准就是整期的标准",
    "least_age": "填写周岁整数；不限的不填",
    "most_age": "填写周岁整数，不小于最低年龄；不限的不填",
    "publicity_days": "填写 1 到 90 的整数",
}
_TOML_WORDS: Final = re.compile(
    r"要写成带引号的(?:文本|文字|编码)[，：]?|，?不带引号|[\"“”](?=[0-9])|(?<=[0-9%])[\"“”]"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: the policy, or the sentence that says what it lacks and the field it means ('' for the whole)."""

    policy: Policy | None
    table: Mapping[str, object]
    sentence: str = ""
    field: str = ""


def draft_table(entered: Entered) -> dict[str, object]:
    """The form of a policy file from what was typed; what is blank is left out, as if it were not written."""
    table: dict[str, object] = {}
    for name, value in entered.items():
        if isinstance(value, str):
            text = value.strip()
            if text:
                table[name] = int(text) if name in WHOLE_NUMBERS and text.isdecimal() else text
        elif name in PAIRS:
            rows = [[str(cell).strip() for cell in row] for row in _rows(value)]
            filled = {row[0]: row[1] for row in rows if any(row)}
            if filled:
                table[name] = filled
        elif name == "segments":
            spans = [_span(row) for row in _rows(value)]
            if any(spans):
                table[name] = [span for span in spans if span]
        elif name == "columns":
            if columns := [str(one).strip() for one in _rows(value) if str(one).strip()]:
                table[name] = columns
        elif value is not None:
            table[name] = value
    return table


def _rows(value: object) -> Sequence[Sequence[str]]:
    return value if isinstance(value, list | tuple) else ()


def _span(row: Sequence[str]) -> dict[str, str]:
    first, last, rate = (str(cell).strip() for cell in (*row, "", "", "")[:3])
    span = {"from": first, "to": last, "rate": rate}
    return {name: text for name, text in span.items() if text}


def check_draft(entered: Entered) -> Draft:
    """What a form means now, or what is still wrong with it."""
    table = draft_table(entered)
    twice = next((name for name in PAIRS if _stands_twice(entered.get(name))), "")
    if twice:
        return Draft(None, table, "同一档写了两次，请删去一行。", twice)
    try:
        return Draft(read_policy(table), table)
    except Refusal as no:
        return Draft(None, table, _said(no), _field(no))


def _stands_twice(value: object) -> bool:
    keys = [str(row[0]).strip() for row in _rows(value) if row and str(row[0]).strip()]
    return len(keys) != len(set(keys))


def _field(no: Refusal) -> str:
    return str(no.facts.get("field", "")).split(".", maxsplit=1)[0]


def _said(no: Refusal) -> str:
    """A refusal of the policy rules in the words of the form."""
    field, facts = _field(no), no.facts
    if not field:
        return f"{facts.get('fault', no.sentence)}。" if "fault" in facts else no.sentence
    meaning = facts.get("meaning", field)
    hint = _HINTS.get(field) or _TOML_WORDS.sub("", str(facts.get("allowed", "")))
    if "written" in facts:
        return f"“{meaning}”写的“{facts['written']}”不能使用。{hint}。"
    return f"还没有填写“{meaning}”。{hint}。" if hint else f"还没有填写“{meaning}”。"


def entered_from(policy: Policy) -> dict[str, object]:
    """What a form shows of a policy: the same names, rows of texts for what is a table."""
    entered: dict[str, object] = {}
    for name, value in policy_parameters(policy).items():
        if isinstance(value, dict):
            entered[name] = [[str(key), str(what)] for key, what in value.items()]
        elif name == "segments" and isinstance(value, list):
            entered[name] = [[span["from"], span.get("to", ""), span["rate"]] for span in value]
        elif isinstance(value, bool | list):
            entered[name] = value
        else:
            entered[name] = str(value)
    return entered


@dataclass(frozen=True, slots=True)
class FormulaFault:
    """Where a formula is wrong (from 1; 0 for the whole) and what is wrong there."""

    position: int
    fault: str


def formula_fault(text: str, columns: Sequence[str]) -> FormulaFault | None:
    """What is wrong with a formula as it is typed; None when it can be used."""
    try:
        check_formula(text, [one for one in columns if one.strip()])
    except FormulaRefused as no:
        position = no.facts.get("position", 0)
        fault = no.facts.get("fault", "") or no.sentence
        if "column" in no.facts:
            fault = f"列名“{no.facts['column']}”{fault}"
        return FormulaFault(int(str(position)), str(fault))
    return None
