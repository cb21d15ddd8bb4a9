"""Reading a bank's answer 回盘 exactly, in the layout of a profile, or not at all (DOMAIN §7)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from app.bankfiles.fields import BLANK, answer_heading, answer_money, cell_text, is_total, text_fields
from app.bankfiles.profiles import AnswerForm, Profile, find_profile
from app.workbook.kinds.text_tables import WORKBOOK_MARKS
from app.workbook.layout.headings import fingerprint_of
from app.workbook.reading import Cell, Sheet, open_workbook
from models.domain.bankaccount import account_fault
from models.domain.matching import Outcome
from models.domain.money import Fen, yuan_text
from models.domain.refusal import Refusal
from models.domain.written import compacted, shown

PAID: Final = Outcome.PAID
FAILED: Final = Outcome.FAILED
UNDECIDED: Final = None
Verdict = Outcome | None

_HEADER_ROWS: Final = 20
_MOST_EXACT: Final = 10**15
_COUNT: Final = re.compile("[0-9]{1,9}").fullmatch


class UnknownAnswer(Refusal):
    """No known bank layout reads this file."""

    form = (
        "“{name}”不像任何一种银行的回盘文件。找过的列名：{looked}。"
        "请核对是否选错文件；格式确实不同的，请用 --profile 指明银行格式，或用 bank-profile learn 从样表学会这家银行的格式。"
    )
    in_window = "“{name}”不像任何一种银行的回盘文件。找过的列名：{looked}。请核对是否选错文件；格式确实不同的，请在“系统”的银行格式里按 Ctrl+N，用这家银行的样表教一次。"


class NotThisAnswer(Refusal):
    """The file is not of the layout that was named."""

    form = "“{name}”不是“{profile}”格式的回盘文件：{fault}。请核对文件和 --profile 后重试。"
    in_window = "“{name}”不是“{profile}”格式的回盘文件：{fault}。请核对文件，或在“系统”的银行格式里核对这家银行的回盘栏目。"


class OnlyToSend(Refusal):
    """The layout that was named was learned from a file to the bank; how the answer reads nobody has shown yet."""

    form = "银行格式“{profile}”只学过报盘，还不会读回盘。请用这家银行的回盘样表、以同样的名称再学一次，然后重新登记。"


class AnswerTotalsDiffer(Refusal):
    """The file's own totals line disagrees with its lines: it was cut or altered on the way."""

    form = (
        "“{name}”的合计行与明细不符：合计写 {said}，明细相加是 {found}，没有登记任何一行。"
        "文件可能不完整或被改动过，请向银行重新索取。"
    )


class AnswerEmpty(Refusal):
    """The file has the right headings and not one line."""

    form = "“{name}”里没有一行回盘明细。请核对文件是否完整。"


class AnswerLine(NamedTuple):
    """One line of an answer. `verdict` is PAID, FAILED or UNDECIDED, then `note` says why; `fen` None is unreadable.

    `done` is what the bank says it paid where that is neither all nor nothing.
    """

    line: int
    serial: str
    name: str
    account: str
    fen: Fen | None
    remark: str
    answer: str
    reason: str
    verdict: Verdict
    note: str
    done: Fen | None = None


@dataclass(frozen=True)
class Answer:
    """A bank's answer, read whole."""

    profile: Profile
    lines: Sequence[AnswerLine]


class _Total(NamedTuple):
    """What a totals line says; None where it does not say."""

    lines: int | None
    fen: Fen | None


def read_answer(
    path: Path, body: bytes, known: Mapping[str, Profile], profile_name: str | None = None
) -> Answer:
    """Read a return file; without a name the layout is known by its headings (or by the shape of its text).

    Raises NoSuchProfile, OnlyToSend, UnknownAnswer, NotThisAnswer, AnswerTotalsDiffer, AnswerEmpty, UnreadableWorkbook.
    """
    chosen = [find_profile(known, profile_name)] if profile_name else list(known.values())
    asked = [profile for profile in chosen if profile.answer.columns]
    if not asked:
        raise OnlyToSend(profile=chosen[0].title)
    if not body.startswith(WORKBOOK_MARKS):
        by_place = [profile for profile in asked if _is_read_by_place(profile.answer)]
        answer = _read_text(path, body, by_place, named=profile_name is not None)
        if answer is not None:
            return answer
    by_heading = [profile for profile in asked if not _is_read_by_place(profile.answer)]
    if by_heading:
        return _read_workbook(path, by_heading, named=profile_name is not None)
    raise UnknownAnswer(name=path.name, looked=_looked_for(asked))


def _is_read_by_place(form: AnswerForm) -> bool:
    """Whether a file of the form is text that no reader of tables takes apart: without headings, or with blanks between."""
    return form.file_type == "text" and (form.separator == BLANK or not form.heading_line)


def _looked_for(asked: Sequence[Profile]) -> str:
    return "；".join(f"{profile.title}：{'、'.join(profile.answer.needed)}" for profile in asked)


# -- workbooks ----------------------------------------------------------------------------------------------


class _Table(NamedTuple):
    """A sheet that holds an answer: the row of its headings, and where each kind of column is."""

    profile: Profile
    sheet: Sheet
    header: int
    places: Mapping[str, int]


def _read_workbook(path: Path, asked: Sequence[Profile], *, named: bool) -> Answer:
    found = [
        table for sheet in open_workbook(path).sheets if (table := _find_table(sheet, asked)) is not None
    ]
    if not found:
        if named:
            needed = "、".join(asked[0].answer.needed)
            raise NotThisAnswer(name=path.name, profile=asked[0].title, fault=f"没有找到列名 {needed}")
        raise UnknownAnswer(name=path.name, looked=_looked_for(asked))
    profile = found[0].profile
    lines: list[AnswerLine] = []
    for table in found:
        read = _reader(profile, table.places)
        before = len(lines)
        total: _Total | None = None
        for number, row in table.sheet.rows():
            if number <= table.header:
                continue
            line = read(len(lines) + 1, row)
            if line is None:
                continue
            if account_fault(line.account) and is_total(row):
                total = _Total(None, line.fen)
            else:
                lines.append(line)
        _check_total(path, lines[before:], total)
    return _whole(path, profile, lines)


def _find_table(sheet: Sheet, asked: Sequence[Profile]) -> _Table | None:
    """The headings of a layout in the first rows; of several layouts that fit, the one with the most columns."""
    for number, row in sheet.rows():
        if number > _HEADER_ROWS:
            break
        headings = {
            answer_heading(cell): place for place, cell in reversed(list(enumerate(row))) if cell is not None
        }
        fitting = [profile for profile in asked if set(profile.answer.needed) <= set(headings)]
        if fitting:
            fingerprint = fingerprint_of(headings)
            profile = max(fitting, key=lambda one: _closeness(one.answer, fingerprint, headings))
            places = {c.holds: headings[c.heading] for c in profile.answer.columns if c.heading in headings}
            return _Table(profile, sheet, number, places)
    return None


def _closeness(form: AnswerForm, fingerprint: str, headings: Mapping[str, int]) -> tuple[bool, int]:
    """How well headings fit a form: those of the very example, in any order, before those that name most of its columns."""
    return form.fingerprint == fingerprint, sum(column.heading in headings for column in form.columns)


# -- text ---------------------------------------------------------------------------------------------------


class _AnotherShape(Exception):
    """The text is not of this layout, whichever it is of; its message is what does not fit."""


def _read_text(path: Path, body: bytes, asked: Sequence[Profile], *, named: bool) -> Answer | None:
    """Read separated text by the layout that makes most of its lines; None when it is of none that was only a guess.

    A layout that was named has to fit: raises NotThisAnswer with what does not.
    """
    answers: list[Answer] = []
    refusals: list[Refusal] = []
    for profile in asked:
        try:
            answers.append(_read_lines(path, body, profile))
        except _AnotherShape as no:
            if named:
                raise NotThisAnswer(name=path.name, profile=profile.title, fault=str(no)) from no
        except (NotThisAnswer, AnswerTotalsDiffer, AnswerEmpty) as no:
            refusals.append(no)
    if not answers and refusals:
        raise refusals[0]
    return max(answers, key=_lines_read, default=None)


def _lines_read(answer: Answer) -> int:
    """How many lines make sense: an account, an amount, and a word of the bank that is known."""
    return sum(
        line.fen is not None and line.verdict is not None and not account_fault(line.account)
        for line in answer.lines
    )


def _read_lines(path: Path, body: bytes, profile: Profile) -> Answer:
    """The lines of separated text. Raises _AnotherShape, NotThisAnswer (its totals), AnswerTotalsDiffer, AnswerEmpty."""
    form = profile.answer
    try:
        rows = [row for row in body.decode(form.encoding).splitlines() if row.strip()]
    except UnicodeDecodeError as error:
        raise _AnotherShape(f"第 {error.start + 1} 个字节不是 {form.encoding.upper()} 编码") from error
    first, places = 0, {column.holds: place for place, column in enumerate(form.columns)}
    width = len(form.columns)
    if form.heading_line:
        first, headings = _heading_of(rows, form)
        width = len(headings)
        places = {c.holds: headings.index(c.heading) for c in form.columns if c.heading in headings}
    read = _reader(profile, places)
    lines: list[AnswerLine] = []
    total: _Total | None = None
    for number, row in enumerate(rows[first:], start=first + 1):
        fields = text_fields(row, form.separator, width)
        while len(fields) > width and not fields[-1]:
            fields.pop()  # some banks write a separator behind the last field too
        if _totals(fields, form):
            total = _text_total(path, fields, profile)
        elif len(fields) != width:
            raise _AnotherShape(f"第 {number} 行有 {len(fields)} 个字段，应为 {width} 个")
        elif line := read(
            len(lines) + 1, [field if field not in ("", form.empty) else None for field in fields]
        ):
            if not lines and not form.heading_line and line.fen is None and account_fault(line.account):
                raise _AnotherShape("第 1 行没有账号，也没有金额，像是列标题")
            lines.append(line)
    _check_total(path, lines, total)
    return _whole(path, profile, lines)


def _heading_of(rows: Sequence[str], form: AnswerForm) -> tuple[int, list[str]]:
    """How many rows stand down to the headings, and the headings as compared. Raises _AnotherShape."""
    for number, row in enumerate(rows[:_HEADER_ROWS], start=1):
        headings = [answer_heading(field) for field in text_fields(row, form.separator)]
        if set(form.needed) <= set(headings):
            return number, headings
    raise _AnotherShape(f"没有找到列名 {'、'.join(form.needed)}")


def _totals(fields: Sequence[str], form: AnswerForm) -> bool:
    word = form.totals_word.rstrip("：:")
    return bool(word) and word in (field.rstrip("：:") for field in fields[: len(form.totals)])


def _text_total(path: Path, fields: Sequence[str], profile: Profile) -> _Total:
    """“合计 count sum …”: what follows (done count and sum, a code) is the bank's own business."""
    form = profile.answer
    said = dict(zip(form.totals, fields, strict=False))
    fen = answer_money(said.get("{sum}"), form.amount_unit)
    count = said.get("{count}", "")
    if fen is None or not ("{count}" not in form.totals or _COUNT(count)):
        fault = f"合计行“{shown(form.separator.join(fields))}”读不出笔数和金额"
        raise NotThisAnswer(name=path.name, profile=profile.title, fault=fault)
    return _Total(int(count) if count else None, fen)


# -- both ---------------------------------------------------------------------------------------------------


def _whole(path: Path, profile: Profile, lines: Sequence[AnswerLine]) -> Answer:
    if not lines:
        raise AnswerEmpty(name=path.name)
    return Answer(profile, lines)


def _check_total(path: Path, lines: Sequence[AnswerLine], total: _Total | None) -> None:
    """Raise AnswerTotalsDiffer when a totals line says other figures than the lines above it."""
    if total is None:
        return
    fen = Fen(sum(line.fen or 0 for line in lines))
    if total.fen not in (None, fen) or total.lines not in (None, len(lines)):
        said = "、".join(_said(total))
        raise AnswerTotalsDiffer(name=path.name, said=said, found=f"{len(lines)} 笔、{yuan_text(fen)} 元")


def _said(total: _Total) -> Iterator[str]:
    if total.lines is not None:
        yield f"{total.lines} 笔"
    if total.fen is not None:
        yield f"{yuan_text(total.fen)} 元"


_READ: Final = ("serial", "name", "account", "amount", "remark", "status", "reason", "done_amount")


def _reader(
    profile: Profile, places: Mapping[str, int]
) -> Callable[[int, Sequence[Cell]], AnswerLine | None]:
    """A reader of lines by the places of their columns; None for a row that is no line: blank, a note, the headings again."""
    form = profile.answer
    status_heading = next(column.heading for column in form.columns if column.holds == "status")
    # what is not there is read from an empty cell put behind the last one
    width = 1 + max(places.values())
    pick = itemgetter(*(places.get(what, -1) for what in _READ))
    must_be_done = form.column("done_amount") is not None
    # the same few words stand in every line
    said: dict[tuple[str, str], _Said] = {}

    def read(number: int, row: Sequence[Cell]) -> AnswerLine | None:
        cells = [*row, *[None] * max(1, width + 1 - len(row))]
        serial, name, account, amount, remark, status_cell, reason_cell, done_cell = pick(cells)
        if account is None and amount is None:
            return None
        words = cell_text(status_cell), cell_text(reason_cell)
        if words[0] == status_heading:
            return None
        meant = said.get(words)
        if meant is None:
            meant = said[words] = _meaning(form, *words)
        fen = answer_money(amount, form.amount_unit)
        verdict, note, done = meant.verdict, meant.note, None
        if done_cell is not None or (must_be_done and verdict == PAID):
            done = answer_money(done_cell, form.amount_unit)
            verdict, note = _with_done_amount(meant, fen, done)
        if fen is None:
            verdict, note = UNDECIDED, f"金额“{shown(amount)}”读不出来"
        if isinstance(account, float) and account >= _MOST_EXACT:
            verdict, note = UNDECIDED, "账号在文件里存成了数字，末几位已丢失"
        reason = words[1] if verdict == PAID else meant.reason
        number_text = (
            account if isinstance(account, str) and account.isalnum() else compacted(cell_text(account))
        )
        return AnswerLine._make(
            (
                number,
                cell_text(serial),
                cell_text(name),
                number_text,
                fen,
                cell_text(remark),
                words[0],
                reason,
                verdict,
                note,
                done if done and done != fen else None,
            )
        )

    return read


class _Said(NamedTuple):
    """What a bank's words mean: the verdict as far as words go, why it is open, the reason spelt out."""

    handling_mark: str
    verdict: Verdict
    note: str
    reason: str
    is_known: bool = True


def _meaning(form: AnswerForm, handling_mark: str, reason: str) -> _Said:
    """PAID or FAILED where the bank's words say so beyond doubt, else UNDECIDED and why."""
    spelt = _reason(form, handling_mark, reason)
    if handling_mark in form.success:
        return _Said(handling_mark, PAID, "", spelt)
    if handling_mark in form.unfinished or not (handling_mark or reason):
        return _Said(handling_mark, UNDECIDED, f"银行还没有给出结果（{handling_mark or '空'}）", spelt)
    if handling_mark in form.failure or handling_mark in form.codes or (reason and not handling_mark):
        return _Said(handling_mark, FAILED, "", spelt)
    return _Said(handling_mark, UNDECIDED, f"处理结果“{shown(handling_mark)}”不认识", spelt, is_known=False)


def _with_done_amount(said: _Said, fen: Fen | None, done: Fen | None) -> tuple[Verdict, str]:
    """The verdict where the bank says how much it did: all of it is success, none of it failure, the rest is open."""
    if said.verdict == PAID:
        if done is None:
            return UNDECIDED, "银行说成功，但没有写实处理金额"
        if done != fen:
            return UNDECIDED, f"银行实处理 {yuan_text(done)} 元，与应处理金额不同"
        return PAID, ""
    if done:
        return UNDECIDED, f"处理结果是“{said.handling_mark}”，但实处理金额是 {yuan_text(done)} 元"
    if done == 0 and not said.is_known:
        return FAILED, ""  # the bank's own words for why it did nothing
    return said.verdict, said.note


def _reason(form: AnswerForm, handling_mark: str, reason: str) -> str:
    """The bank's reason in words, raw text kept, a code spelt out after it."""
    said = reason or handling_mark
    spelt = form.codes.get(said)
    return f"{said} {spelt}" if spelt else said
