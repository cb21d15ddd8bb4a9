"""Every row of an example has to bear out what was said of its columns, its totals line and its words."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from app.bankfiles.examples import Example
from app.bankfiles.fields import answer_money, cell_text, is_total
from app.bankfiles.pointing import (
    CannotWriteLike,
    ExampleTotalDiffers,
    NoLines,
    NotOfThisMeaning,
    Pointed,
    TooManyWords,
    WordsAtOdds,
    WordsUnsaid,
)
from app.bankfiles.profiles import MEANINGS, UNIT_NAMES, AmountUnit
from app.workbook.reading import Cell, cell_is_blank
from models.domain.bankaccount import account_fault, clean_account
from models.domain.money import Fen, yuan_text
from models.domain.written import shown

_MOST_EXACT: Final = 10**15
_MOST_SHOWN: Final = 6
MOST_WORDS: Final = 60
"""More different words than any bank has for a result."""
_SOUNDS_FAILED: Final = re.compile("失败|[不未没非]|拒|退|错|部分")
_SOUNDS_PAID: Final = re.compile("成功|已入账|已发放")


Row = tuple[int, Sequence[Cell]]
"""A row's number in the file and its cells."""


def result_words(example: Example, heading_row: int, place: int) -> list[str]:
    """The different words of a column below the headings, totals left out, in the order they come."""
    return list(dict.fromkeys(
        word for _, cells in _below(example, heading_row) if not is_total(cells) and (word := cell_text(cells[place]))
    ))  # fmt: skip


def _below(example: Example, heading_row: int) -> Iterator[tuple[int, Sequence[Cell]]]:
    return ((number, cells) for number, cells in example.rows if number > heading_row)


def lines_of(example: Example, said: Pointed) -> tuple[list[Row], Row | None]:
    """The lines, and the totals line if there is one. Below an answer's lines a bank may write notes, which are left out.

    Raises NoLines, CannotWriteLike.
    """
    account, amount = said.places["account"], said.places["amount"]
    lines: list[Row] = []
    totals: Row | None = None
    for row, cells in _below(example, said.heading_row):
        told = [cells[account], cells[amount]]
        if _is_totals(cells, account):
            totals = row, cells
        elif not said.is_answer or not all(map(cell_is_blank, told)):
            if totals is not None and not said.is_answer:
                raise CannotWriteLike(
                    name=example.name, fault=f"的合计在第 {totals[0]} 行，后面还有内容", instead="请向银行要一份只有明细和末行合计的样表。"
                )  # fmt: skip
            lines.append((row, cells))
    if not lines:
        raise NoLines(name=example.name)
    return lines, totals


def _is_totals(cells: Sequence[Cell], account: int) -> bool:
    return account_fault(clean_account(cell_text(cells[account]))) is not None and is_total(cells)


def check_line(example: Example, said: Pointed, row: int, cells: Sequence[Cell]) -> None:
    """Raise NotOfThisMeaning for a cell that cannot be what its column was said to hold."""
    for place, holds in said.columns.items():
        looks_right = _LOOKS_RIGHT.get(holds)
        cell = cells[place]
        if looks_right is not None and not looks_right(cell, said.amount_unit):
            raise NotOfThisMeaning(
                row=row,
                column=example.column_name(place, said.heading_row),
                written=shown(cell),
                meaning=MEANINGS[holds] + (f"（{UNIT_NAMES[said.amount_unit]}）" if holds in _MONEY else ""),
            )


def _is_account(cell: Cell, _unit: AmountUnit) -> bool:
    lost = isinstance(cell, float) and cell >= _MOST_EXACT
    return not lost and account_fault(clean_account(cell_text(cell))) is None


def _is_amount(cell: Cell, unit: AmountUnit) -> bool:
    fen = answer_money(cell, unit)
    return fen is not None and fen > 0


def _is_done_amount(cell: Cell, unit: AmountUnit) -> bool:
    fen = answer_money(cell, unit)
    return cell_is_blank(cell) or (fen is not None and fen >= 0)


_MONEY: Final = ("amount", "done_amount")
_LOOKS_RIGHT: Final[Mapping[str, Callable[[Cell, AmountUnit], bool]]] = {
    "account": _is_account,
    "amount": _is_amount,
    "done_amount": _is_done_amount,
    "name": lambda cell, _unit: bool(re.fullmatch(r"[^0-9]{2,60}", cell_text(cell))),
    "serial": lambda cell, _unit: cell_is_blank(cell) or bool(re.fullmatch("[0-9]{1,12}", cell_text(cell))),
    "id_number": lambda cell, _unit: (
        cell_is_blank(cell) or bool(re.fullmatch("[0-9A-Za-z*]{6,24}", cell_text(cell)))
    ),
}
"""What a cell has to look like, where its column says so."""


def totals_form(example: Example, said: Pointed, totals: Row | None, count: int, total: Fen) -> list[str]:
    """The fields of the totals line: its words, where it counts and where it sums. Raises ExampleTotalDiffers, CannotWriteLike."""
    if totals is None:
        return []
    row, cells = totals
    form: list[str] = []
    place = said.places["amount"]
    sums = [at for at, cell in enumerate(cells) if answer_money(cell, said.amount_unit) == total]
    summed = (
        place
        if place in sums
        else next((at for at in sums if cell_text(cells[at]) != str(count)), min(sums, default=-1))
    )
    for at, cell in enumerate(cells):
        money = answer_money(cell, said.amount_unit)
        if at == summed:
            form.append("{sum}")
        elif cell_text(cell) == str(count) and "{count}" not in form:
            form.append("{count}")
        elif cell_is_blank(cell) or (said.is_answer and money is not None):
            form.append("")
        else:
            form.append(cell_text(cell))
    if "{sum}" not in form:
        raise ExampleTotalDiffers(row=row, count=count, yuan=yuan_text(total))
    while form and not form[-1]:
        form.pop()
    if said.is_answer:
        return form
    numbers = [field for field in form if re.search("[0-9]", field)]
    misplaced = example.file_type == "xlsx" and form.index("{sum}") != said.places["amount"]
    if numbers or misplaced:
        fault = f"的合计行写有“{numbers[0]}”" if numbers else "的合计金额不在金额列"
        raise CannotWriteLike(name=example.name, fault=fault, instead="请与银行核对能不能不写合计行。")
    return form


def check_words(example: Example, said: Pointed, lines: Sequence[Row]) -> None:
    """Every word of the result's column means one thing, and nothing against its own sound or the amounts beside it.

    Raises TooManyWords, WordsAtOdds, WordsUnsaid, NotOfThisMeaning.
    """
    outcome, amount, done = said.places["status"], said.places["amount"], said.places.get("done_amount")
    written = dict.fromkeys(word for _, cells in lines if (word := cell_text(cells[outcome])))
    if len(written) > MOST_WORDS:
        raise TooManyWords(count=len(written))
    means = {"成功": said.success, "失败": said.failure, "没有办完": said.unfinished}
    for meaning, words in means.items():
        for word in sorted(words):
            twice = [other for other, others in means.items() if other != meaning and word in others]
            sounds = _SOUNDS_FAILED if meaning == "成功" else _SOUNDS_PAID
            contrary = bool(sounds.search(word)) and (meaning == "成功" or not _SOUNDS_FAILED.search(word))
            if twice or contrary:
                fault = f"又指为“{twice[0]}”" if twice else "与字面意思相反"
                raise WordsAtOdds(word=word, meaning=meaning, fault=fault)
    unsaid = [word for word in written if word not in said.success | said.failure | said.unfinished]
    if unsaid or not said.success:
        listed = unsaid[:_MOST_SHOWN] or ["成功时银行写什么"]
        raise WordsUnsaid(words="、".join(f"“{shown(word)}”" for word in listed))
    for row, cells in lines:
        if done is None or cell_text(cells[outcome]) not in said.success:
            continue
        if answer_money(cells[done], said.amount_unit) != answer_money(cells[amount], said.amount_unit):
            column = example.column_name(done, said.heading_row)
            raise NotOfThisMeaning(
                row=row, column=column, written=shown(cells[done]), meaning="成功一笔的实处理金额"
            )
