"""A statement's file read line by line and proved: opening balance + what came in − what went out = every balance it shows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from app.statements.profiles import StatementProfile, heading_key, statement_profiles
from app.workbook.reading import Cell, Sheet, cell_is_blank, open_workbook
from models.domain.dates import NotDate, date_from_cell
from models.domain.money import Fen, NotMoney, fen_from_cell, yuan_text
from models.domain.refusal import Refusal
from models.domain.written import trimmed

_HEADING_WITHIN: Final = 30
_TIME: Final = re.compile(r"(\S{8,11})[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?")
_AMOUNT: Final = re.compile(r"[-−－]?[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?")
_DAY: Final = re.compile(
    r"[0-9]{4}(?:[-./][0-9]{1,2}[-./][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}(?![0-9]))"
)
_SUMS: Final = re.compile(r"合计|小计|总计|本页|本月|本日|共").match
_NOTHING: Final = frozenset({"", "-", "--", "—", "/"})
_SPOKEN_DAY: Final = re.compile(
    r"[0-9]{4}(?:[-./][0-9]{1,2}[-./][0-9]{1,2}|年[0-9]{1,2}月(?:[0-9]{1,2}日)?)|[（(][0-9]{8}[）)]"
)
_AMOUNT_FIELDS: Final = ("in", "out", "amount")


class NotAStatement(Refusal):
    """No row of headings of any known layout."""

    form = "“{name}”里没有找到对账单的栏目（日期、收入、支出、余额）。请核对文件，或用 --profile 指明格式：{known}。"
    in_window = "“{name}”里没有找到对账单的栏目（日期、收入、支出、余额）。请核对是否选错文件；认得的样式列在“格式”里。"


class StatementEmpty(Refusal):
    """A statement without movements."""

    form = "“{name}”里没有收支明细，没有可以登记的内容。"


class SeveralStatements(Refusal):
    """Movements on more than one sheet."""

    form = "“{name}”有 {count} 张工作表都有收支明细（{sheets}），一次只能登记一张。请把每张另存为一个文件，按日期先后登记。"


class StatementRowUnreadable(Refusal):
    """A row whose day or amount cannot be read."""

    form = "“{sheet}”第 {row} 行读不出来：{cause}请照银行原件改正后重新登记。"


class StatementDoesNotAddUp(Refusal):
    """A balance that does not follow from the one before."""

    form = "“{sheet}”第 {row} 行余额是 {found} 元，按上一行余额加收减支应为 {expected} 元，差 {difference} 元。可能缺了行或改过数，请重新从银行取对账单。"


class StatementClosesElsewhere(Refusal):
    """A stated closing or opening balance that the lines do not lead to."""

    form = "对账单写明的{which}余额是 {said} 元，按明细推出的是 {found} 元，差 {difference} 元。请重新从银行取完整的对账单。"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A movement as the bank states it: its Excel row, the day, fen in (below 0: out), the balance after it."""

    row: int
    day: str
    fen: int
    balance_fen: int
    counterparty: str = ""
    counterparty_account: str = ""
    reference: str = ""
    summary: str = ""


@dataclass(frozen=True)
class ReadStatement:
    """A statement that adds up, its lines in the order of time; its span is as stated, else from its first line to its last."""

    profile: StatementProfile
    lines: tuple[ReadLine, ...]
    opening_fen: Fen
    closing_fen: Fen
    first_day: str
    last_day: str


def read_statement(path: Path, profile: StatementProfile | None = None) -> ReadStatement:
    """Read and prove a statement; the layout is found by its headings where none is given.

    Raises NotAStatement, SeveralStatements, StatementEmpty, StatementRowUnreadable, StatementDoesNotAddUp, StatementClosesElsewhere, and what
    reading a workbook raises.
    """
    tried = [profile] if profile is not None else list(statement_profiles().values())
    sheets = [sheet for sheet in open_workbook(path).sheets if not sheet.hidden]
    readings = [one for sheet in sheets if (one := _reading(path.name, sheet, tried)) is not None]
    if not readings:
        known = "、".join(f"{one.name}（{one.title}）" for one in statement_profiles().values())
        raise NotAStatement(name=path.name, known=known)
    filled = [one for one in readings if one.has_lines] if len(readings) > 1 else readings
    if len(filled) > 1:
        names = "、".join(one.sheet_name for one in filled)
        raise SeveralStatements(name=path.name, count=len(filled), sheets=names)
    return (filled or readings)[0].read()


def _reading(name: str, sheet: Sheet, tried: Sequence[StatementProfile]) -> "_Reading | None":
    """A sheet under the first layout whose headings it has."""
    opening_rows = [row for _, row in zip(range(_HEADING_WITHIN), sheet.rows(), strict=False)]
    for one in tried:
        for number, row in opening_rows:
            places = one.places(row)
            if places is not None:
                return _Reading(name, sheet, one, number, places)
    return None


class _Reading:
    """One sheet under one layout."""

    def __init__(
        self, name: str, sheet: Sheet, profile: StatementProfile, heading_row: int, places: Mapping[str, int]
    ) -> None:
        self._name = name
        self._sheet = sheet
        self._profile = profile
        self._heading_row = heading_row
        self._places = places
        self._opening: int | None = None
        self._closing: int | None = None
        self._span: tuple[str, str] | None = None

    @property
    def sheet_name(self) -> str:
        """The sheet's name."""
        return self._sheet.name

    @property
    def has_lines(self) -> bool:
        """Whether any row has a movement."""
        return any(number > self._heading_row and self._moves(row) for number, row in self._sheet.rows())

    def read(self) -> ReadStatement:
        lines = list(self._lines())
        if not lines:
            raise StatementEmpty(name=self._name)
        lines = self._in_order(lines)
        opening = lines[0].balance_fen - lines[0].fen
        self._prove(lines, opening)
        closing = lines[-1].balance_fen
        for which, said, found in (("期初", self._opening, opening), ("期末", self._closing, closing)):
            if said is not None and said != found:
                raise StatementClosesElsewhere(
                    which=which, said=_yuan(said), found=_yuan(found), difference=_yuan(said - found)
                )
        first, last = lines[0].day, lines[-1].day
        if self._span is not None and self._span[0] <= first and last <= self._span[1]:
            first, last = self._span
        return ReadStatement(self._profile, tuple(lines), Fen(opening), Fen(closing), first, last)

    def _lines(self) -> Iterator[ReadLine]:
        for number, row in self._sheet.rows():
            if number < self._heading_row:
                self._span = _stated_span(row) or self._span
            moves = number > self._heading_row and self._moves(row)
            if (not moves and self._take_stated(row)) or number <= self._heading_row:
                continue
            if self._profile.places(row) is not None:
                continue
            line = self._line(number, row)
            if line is not None:
                yield line

    def _cell(self, row: Sequence[Cell], field: str) -> Cell:
        place = self._places.get(field)
        return row[place] if place is not None and place < len(row) else None

    def _text(self, row: Sequence[Cell], field: str) -> str:
        cell = self._cell(row, field)
        return "" if cell is None or cell_is_blank(cell) else trimmed(str(cell))

    def _line(self, number: int, row: Sequence[Cell]) -> ReadLine | None:
        """A movement; None for a row of words or sums, which has no day, or nothing but words behind it."""
        day = self._cell(row, "day")
        if day is None or cell_is_blank(day) or not _may_be_day(day):
            return None
        if not any(self._text(row, field) for field in (*_AMOUNT_FIELDS, "balance")):
            return None
        fen, balance = self._fen(number, row), self._amount(number, row, "balance")
        if not fen:
            return None
        return ReadLine(
            number,
            self._day(number, day),
            fen,
            balance,
            *(
                self._text(row, field)
                for field in ("counterparty", "counterparty_account", "reference", "summary")
            ),
        )

    def _moves(self, row: Sequence[Cell]) -> bool:
        """Whether a row is a movement whatever it is called (“期末余额上缴国库”): a day, one amount, and the balance after it."""
        day = self._cell(row, "day")
        has_day = not isinstance(day, str) or _DAY.match(trimmed(day)) is not None
        amounts = [text for field in _AMOUNT_FIELDS if (text := self._text(row, field)) not in _NOTHING]
        moved = [text for text in amounts if text.strip("0.,")]
        return day is not None and has_day and len(moved) == 1 and bool(self._text(row, "balance"))

    def _day(self, number: int, cell: Cell) -> str:
        timed = _TIME.fullmatch(trimmed(cell)) if isinstance(cell, str) else None
        try:
            return date_from_cell(timed[1] if timed else cell).isoformat()
        except NotDate as no:
            raise StatementRowUnreadable(sheet=self._sheet.name, row=number, cause=no.sentence) from no

    def _fen(self, number: int, row: Sequence[Cell]) -> int:
        """What came in, below 0 what went out."""
        if "amount" not in self._places:
            return self._amount(number, row, "in") - self._amount(number, row, "out")
        fen = self._amount(number, row, "amount")
        if not self._profile.sides:
            return fen
        side = self._text(row, "side")
        for name, sign in (("out", -1), ("in", 1)):
            if side in self._profile.sides[name]:
                return sign * fen
        cause = f"“{side}”不是借或贷。"
        raise StatementRowUnreadable(sheet=self._sheet.name, row=number, cause=cause)

    def _amount(self, number: int, row: Sequence[Cell], field: str) -> int:
        cell = self._cell(row, field)
        if cell is None or (isinstance(cell, str) and trimmed(cell) in _NOTHING):
            if field == "balance":
                raise StatementRowUnreadable(sheet=self._sheet.name, row=number, cause="没有余额。")
            return 0
        try:
            return fen_from_cell(cell)
        except NotMoney as no:
            raise StatementRowUnreadable(sheet=self._sheet.name, row=number, cause=no.sentence) from no

    def _take_stated(self, row: Sequence[Cell]) -> bool:
        """Whether a row states the opening or the closing balance, or both, beside its words; it is no movement then."""
        taken = False
        for place, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            for which, words in (("_opening", self._profile.opening), ("_closing", self._profile.closing)):
                if any(heading_key(cell).startswith(word) for word in words):
                    said = _stated(cell, row[place + 1 :])
                    if said is not None:
                        setattr(self, which, said)
                        taken = True
        return taken

    # -- proof -----------------------------------------------------------------------------------------------------

    def _in_order(self, lines: list[ReadLine]) -> list[ReadLine]:
        """The lines as time went: banks also print the latest first."""
        backward = lines[::-1]
        if lines[0].day != lines[-1].day:
            return lines if lines[0].day < lines[-1].day else backward
        return backward if _breaks(backward) < _breaks(lines) else lines

    def _prove(self, lines: Sequence[ReadLine], opening: int) -> None:
        balance = opening
        last = ""
        for line in lines:
            if line.day < last:
                cause = f"日期 {line.day} 早于上一行的 {last}。"
                raise StatementRowUnreadable(sheet=self._sheet.name, row=line.row, cause=cause)
            last = line.day
            balance += line.fen
            if balance != line.balance_fen:
                raise StatementDoesNotAddUp(
                    sheet=self._sheet.name,
                    row=line.row,
                    found=_yuan(line.balance_fen),
                    expected=_yuan(balance),
                    difference=_yuan(line.balance_fen - balance),
                )


def _breaks(lines: Sequence[ReadLine]) -> int:
    """How many balances do not follow from the one before."""
    return sum(one.balance_fen + other.fen != other.balance_fen for one, other in pairwise(lines))


def _stated(cell: str, after: Sequence[Cell]) -> int | None:
    """The amount behind some words, a day beside them aside: in the same cell, else in the next one that holds any."""
    written = _AMOUNT.search(_SPOKEN_DAY.sub("", cell))
    said = written[0] if written else next((one for one in after if not cell_is_blank(one)), None)
    try:
        return fen_from_cell(said)
    except NotMoney:
        return None


def _stated_span(row: Sequence[Cell]) -> tuple[str, str] | None:
    """The days from and to which a statement runs, where a row over its headings names two."""
    days = []
    for written in _DAY.findall(" ".join(str(cell) for cell in row if cell is not None)):
        try:
            days.append(date_from_cell(written).isoformat())
        except NotDate:
            return None
    return (days[0], days[1]) if len(days) == 2 and days[0] <= days[1] else None


def _may_be_day(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    return any(sign.isdigit() for sign in cell) and _SUMS(trimmed(cell)) is None


def _yuan(fen: int) -> str:
    return yuan_text(Fen(fen))
