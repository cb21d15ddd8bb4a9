"""A program's own formula 公式 (DOMAIN §4): + − × ÷ ( ) over named columns, with 取大 and 取小, computed exactly.

Before simpleeval sees a formula, every number in it becomes a name that stands for an exact fraction, and so does every
column: nothing passes through a binary float, and no name a clerk writes reaches the evaluator.
"""

import ast
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

import simpleeval

from models.domain.refusal import Refusal, Unreadable
from models.domain.written import shown, without_unseen

LONGEST: Final = 300  # characters in a formula
DEEPEST: Final = 20  # brackets in brackets
_LONGEST_NUMBER: Final = 20  # digits of one number in it
_TOO_MUCH: Final = 10**13  # yuan; nothing an office pays comes near

Formula = Callable[[Mapping[str, Decimal]], Fraction]


class FormulaRefused(Refusal):
    """A formula that cannot be used as it is written."""

    form = "公式“{formula}”第 {position} 个字处有错：{fault}。公式只能用加减乘除、括号、取大、取小和已列出的列名。"


class FormulaTooLong(FormulaRefused):
    """A formula that nobody could check by eye."""

    form = "公式有 {length} 个字，最多 {longest} 个字。请拆成几列分别填写后再计算。"


class ColumnRefused(FormulaRefused):
    """A column name that no formula could use."""

    form = "公式列名“{column}”不能使用：{fault}。请换一个列名。"


class FormulaHasNoResult(Unreadable):
    """The formula gives no amount for this row: a column is empty, or it divides by 0."""

    form = "公式“{formula}”在这一行算不出金额：{fault}。请核对这一行的数据。"


class _Token(NamedTuple):
    """A piece of a formula as Python knows it, and where it stood (from 1)."""

    code: str
    position: int


_OPERATORS: Final = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: Final = {"取大": "f_max", "取小": "f_min"}
_CALLS: Final[dict[str, Callable[..., Fraction]]] = {"f_max": max, "f_min": min}
_SIGNS: Final = {
    **{sign: sign for sign in "+-*/(),"},
    **dict.fromkeys("＋﹢", "+"),
    **dict.fromkeys("－−﹣–", "-"),
    **dict.fromkeys("×＊✕∗", "*"),
    **dict.fromkeys("÷／∕", "/"),
    **dict.fromkeys("（﹙", "("),
    **dict.fromkeys("）﹚", ")"),
    **dict.fromkeys("，、﹐", ","),
}
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_THOUSANDS: Final = re.compile(r"[0-9][,，﹐][0-9]{3}(?![0-9])")
_PERCENT: Final = "%％"


def check_formula(text: str, columns: Sequence[str]) -> None:
    """Check that `text` is a formula over `columns`.

    Raises FormulaTooLong, ColumnRefused, or FormulaRefused with the place (from 1) and what is wrong there.
    """
    compile_formula(text, columns)


def compile_formula(text: str, columns: Sequence[str]) -> Formula:
    """Check a formula once and give the function that computes it for a row.

    That function raises FormulaHasNoResult where a column it uses is missing or no number, for a division by 0 and for
    results past ten trillion yuan; columns the formula does not name are ignored. Raises like `check_formula`.
    """
    if len(text) > LONGEST:
        raise FormulaTooLong(length=len(text), longest=LONGEST)
    names = {_column_key(column): f"c{place}" for place, column in enumerate(columns)}
    if len(names) < len(columns):
        raise ColumnRefused(column=shown("、".join(columns)), fault="有两个列名只差空格或全角半角")
    originals = {f"c{place}": column for place, column in enumerate(columns)}
    numbers: dict[str, Fraction] = {}
    tokens = _tokens(text, names, numbers)
    tree = _tree(text, tokens)
    evaluator = simpleeval.SimpleEval(operators=_OPERATORS, functions=_CALLS)
    used = {token.code: originals[token.code] for token in tokens if token.code in originals}

    def compute(row: Mapping[str, Decimal]) -> Fraction:
        values = dict(numbers)
        for code, column in used.items():
            values[code] = _exact(text, column, row)
        evaluator.names = values
        try:
            result = Fraction(evaluator.eval(text, previously_parsed=tree))
        except ZeroDivisionError:
            raise FormulaHasNoResult(formula=shown(text), fault="除数为 0") from None
        if abs(result) >= _TOO_MUCH:
            raise FormulaHasNoResult(formula=shown(text), fault="结果超过十万亿元")
        return result

    return compute


def _exact(text: str, column: str, row: Mapping[str, Decimal]) -> Fraction:
    """Give a column's value of a row as a fraction."""
    value = row.get(column)
    if value is None:
        raise FormulaHasNoResult(formula=shown(text), fault=f"“{column}”没有填写")
    if not value.is_finite() or (value and abs(value.adjusted()) > _LONGEST_NUMBER):
        raise FormulaHasNoResult(formula=shown(text), fault=f"“{column}”不是可以计算的数")
    return Fraction(value)


def _column_key(column: str) -> str:
    """Give a column's name as formulas are searched for it."""
    key = _folded(column)
    if not key or key[0] in "0123456789." or key[0] in _SIGNS or key in _FUNCTIONS:
        raise ColumnRefused(
            column=shown(column), fault="列名不能为空，不能以数字或运算符开头，也不能叫取大、取小"
        )
    return key


def _folded(text: str) -> str:
    """Fold full-width forms, one character for one, and drop blanks and unseen characters."""
    return "".join(_one(character) for character in without_unseen(text) if not character.isspace())


def _folded_only(text: str) -> str:
    """Fold full-width forms, one character for one, and keep everything."""
    return "".join(map(_one, text))


def _one(character: str) -> str:
    """Give the half-width form of a character, where that is a single character too."""
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _tokens(text: str, names: Mapping[str, str], numbers: dict[str, Fraction]) -> list[_Token]:
    """Take a formula apart; its numbers go into `numbers`.

    The longest column name wins, and a name wins over a sign it contains: 面积（亩） is one column.
    """
    places = [place for place, character in enumerate(text) if _folded(character)]
    folded = "".join(_one(text[place]) for place in places)
    by_length = sorted([*names, *_FUNCTIONS], key=len, reverse=True)
    tokens: list[_Token] = []
    at = 0
    while at < len(folded):
        position = places[at] + 1
        name = next((name for name in by_length if folded.startswith(name, at)), None)
        number = _NUMBER.match(folded, at)
        if name is not None:
            tokens.append(_Token(names.get(name) or _FUNCTIONS[name], position))
            at += len(name)
        elif number is not None:
            end = number.end()
            fault = _number_fault(number[0], text[places[at] : places[end - 1] + 5])
            if fault:
                raise FormulaRefused(formula=shown(text), position=position, fault=fault)
            at = end
            percent = folded[at : at + 1] in _PERCENT and at < len(folded)
            at += percent
            code = f"n{len(numbers)}"
            numbers[code] = Fraction(number[0]) / (100 if percent else 1)
            tokens.append(_Token(code, position))
        elif folded[at] in _SIGNS:
            tokens.append(_Token(_SIGNS[folded[at]], position))
            at += 1
        else:
            raise FormulaRefused(formula=shown(text), position=position, fault=f"不认识“{text[places[at]]}”")
    if not tokens:
        raise FormulaRefused(formula=shown(text), position=1, fault="公式是空的")
    return tokens


def _number_fault(number: str, written: str) -> str | None:
    """Say why a number cannot be read as it stands, or None; `written` is the formula from there on."""
    if len(number) > _LONGEST_NUMBER:
        return "数字太长"
    if len(number) > 1 and number[0] == "0" and number[1] != ".":
        return "数字不能以 0 开头"
    if _folded(written[: len(number)]) != number:
        return "数字中间不能有空格"
    if _THOUSANDS.match(_folded_only(written), len(number) - 1):
        return "数字里不要写千分位逗号；若是两个数，请在逗号后空一格"
    return None


def _tree(text: str, tokens: Sequence[_Token]) -> ast.expr:
    """Parse the pieces and refuse whatever is no plain arithmetic."""
    _check_brackets(text, tokens)
    starts, source = [], ""
    for token in tokens:
        starts.append(len(source))
        source += token.code + " "  # the blank keeps “* *” from becoming a power

    def refuse(column: int, fault: str) -> FormulaRefused:
        token = max((place for place, start in enumerate(starts) if start <= column), default=0)
        return FormulaRefused(formula=shown(text), position=tokens[token].position, fault=fault)

    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise refuse((error.offset or 1) - 1, "这里不成算式，可能少了或多了运算符") from None
    functions = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    for node in ast.walk(tree):
        fault = _fault(node, functions)
        if fault and isinstance(node, ast.expr):
            raise refuse(node.col_offset, fault)
    return tree


def _fault(node: ast.AST, functions: set[int]) -> str | None:
    """Say what is wrong with one node of a formula, or None."""
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in _CALLS:
            return "括号前少了运算符"
        return None if len(node.args) > 1 else "取大、取小的括号里至少要有两个数，用逗号隔开"
    if isinstance(node, ast.Name):
        called = id(node) in functions
        return "取大、取小后面要有括号" if node.id in _CALLS and not called else None
    if isinstance(node, ast.expr):
        return None if isinstance(node, ast.BinOp | ast.UnaryOp) else "逗号只能用在取大、取小的括号里"
    return None


def _check_brackets(text: str, tokens: Sequence[_Token]) -> None:
    """Refuse brackets that do not pair, or lie too deep."""
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.code, 0)
        if depth < 0:
            raise FormulaRefused(formula=shown(text), position=token.position, fault="右括号没有对应的左括号")
        if depth > DEEPEST:
            raise FormulaRefused(formula=shown(text), position=token.position, fault=f"括号超过 {DEEPEST} 层")
    if depth:
        raise FormulaRefused(
            formula=shown(text), position=tokens[-1].position, fault=f"还差 {depth} 个右括号"
        )
