"""Formulas: exact, plain arithmetic only, and a place and a reason for everything else."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.domain.formula import (
    DEEPEST,
    LONGEST,
    ColumnRefused,
    FormulaHasNoResult,
    FormulaRefused,
    FormulaTooLong,
    check_formula,
    compile_formula,
)

ROW = {"面积（亩）": Decimal("2.5"), "标准": Decimal("120.55"), "年数": Decimal(3), "标准年数": Decimal(7)}
COLUMNS = tuple(ROW)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("面积（亩）×标准", Fraction("301.375")),
        ("面积(亩) ＊ 标准", Fraction("301.375")),
        ("0.1＋0.2", Fraction("0.3")),
        ("（标准－20）÷3", Fraction(10055, 300)),
        ("标准／年数", Fraction(12055, 300)),
        ("取大（年数，面积（亩）)", Fraction(3)),
        ("取小(年数, 面积(亩), 1)", Fraction(1)),
        ("取小（年数，10）× 取大(1, 2)", Fraction(6)),
        ("标准×50%", Fraction("60.275")),
        ("标准×33.3％", Fraction("120.55") * Fraction("0.333")),
        ("标准年数", Fraction(7)),  # the longest name wins
        ("标 准", Fraction("120.55")),
        ("1 － 2 － 3", Fraction(-4)),
        ("-年数", Fraction(-3)),
        ("2＋3×4", Fraction(14)),
        ("１２÷５", Fraction("2.4")),
    ],
)
def test_formulas_compute_exactly(text: str, result: Fraction) -> None:
    check_formula(text, COLUMNS)
    assert compile_formula(text, tuple(ROW))(ROW) == result


@pytest.mark.parametrize(
    ("text", "position", "word"),
    [
        ("", 1, "空的"),
        ("　 ", 1, "空的"),
        ("年数 年数", 4, "不成算式"),
        ("年数**2", 4, "不成算式"),
        ("年数//2", 4, "不成算式"),
        ("1+", 1, "不成算式"),
        ("(1,2)", 1, "逗号"),
        ("()", 1, "逗号"),
        ("年数(2)", 1, "少了运算符"),
        ("2(年数)", 1, "少了运算符"),
        ("取大+1", 1, "后面要有括号"),
        ("取大(1)", 1, "两个数"),
        ("取大(*年数,1)", 4, "逗号"),
        ("(1", 2, "还差 1 个右括号"),
        ("1)", 2, "没有对应"),
        ("年数.real", 3, "不认识“.”"),
        ("__import__('os')", 1, "不认识“_”"),
        ("1e5", 2, "不认识“e”"),
        ("年数 if 1 else 2", 4, "不认识“i”"),
        ("年数；1", 3, "不认识“；”"),
        ("1 2＋3", 1, "不能有空格"),
        ("1,000＋2", 1, "千分位"),
        ("取大(1,234)", 4, "千分位"),
        ("007", 1, "以 0 开头"),
        ("9" * 21, 1, "数字太长"),
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), DEEPEST + 1, "层"),
    ],
)
def test_what_is_no_plain_arithmetic_is_refused_with_its_place(text: str, position: int, word: str) -> None:
    with pytest.raises(FormulaRefused) as refused:
        check_formula(text, COLUMNS)
    assert f"第 {position} 个字处" in refused.value.sentence
    assert word in refused.value.sentence


def test_a_formula_nobody_could_check_is_refused() -> None:
    with pytest.raises(FormulaTooLong, match=f"{LONGEST + 2} 个字，最多 {LONGEST} 个字"):
        check_formula("1" + "+1" * (LONGEST // 2) + "+", ())


@pytest.mark.parametrize("column", ["", "　", "2024面积", "取大", "（亩）", "+"])
def test_a_column_no_formula_could_name_is_refused(column: str) -> None:
    with pytest.raises(ColumnRefused):
        check_formula("1", (column,))


def test_two_columns_that_differ_by_width_alone_are_refused() -> None:
    with pytest.raises(ColumnRefused, match="全角"):
        check_formula("1", ("面积(亩)", "面积（亩）"))


@pytest.mark.parametrize(
    ("text", "row", "word"),
    [
        ("标准÷（年数－3）", ROW, "除数为 0"),
        ("标准×年数", {"标准": Decimal(1)}, "“年数”没有填写"),
        ("标准", {"标准": Decimal("nan")}, "“标准”不是"),
        ("标准", {"标准": Decimal("1e30")}, "“标准”不是"),
        ("9999999999999×标准", {"标准": Decimal(99)}, "十万亿"),
    ],
)
def test_a_row_without_a_result_is_refused(text: str, row: dict[str, Decimal], word: str) -> None:
    formula = compile_formula(text, ("标准", "年数"))
    with pytest.raises(FormulaHasNoResult) as refused:
        formula(row)
    assert word in refused.value.sentence


decimals = st.decimals(Decimal(-10_000), Decimal(10_000), places=4)


@given(decimals, decimals, decimals.filter(bool))
def test_the_result_is_that_of_fractions(a: Decimal, b: Decimal, c: Decimal) -> None:
    row = {"甲": a, "乙": b, "丙": c}
    x, y, z = map(Fraction, (a, b, c))
    assert compile_formula("（甲＋乙×0.1）÷丙－甲", "甲乙丙")(row) == (x + y * Fraction(1, 10)) / z - x
    assert compile_formula("取大(甲, 乙)－取小（甲，乙）", "甲乙丙")(row) == abs(x - y)


@given(st.text(alphabet="甲乙取大小（）()＋+－-×*÷/，,.0123456789％% _a'\"[]:;=<>\\", max_size=30))
@example("甲" * 400)
def test_any_text_is_computed_or_refused(text: str) -> None:
    try:
        formula = compile_formula(text, ("甲", "乙"))
    except FormulaRefused:
        return
    with suppress(FormulaHasNoResult):
        assert isinstance(formula({"甲": Decimal(2), "乙": Decimal(3)}), Fraction)
