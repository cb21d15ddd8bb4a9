"""What somebody points out on an example of a bank's file 样表, and how it is refused (DOMAIN §7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from app.bankfiles.examples import Example
from app.bankfiles.fields import answer_heading
from app.bankfiles.profiles import MEANINGS, NEEDED_BACK, NEEDED_OUT, ONLY_BACK, UNIT_NAMES, AmountUnit
from app.workbook.columns import column_letters
from models.domain.refusal import Refusal

Said = TypeVar("Said")
_UNIT_IN_HEADING: Final = re.compile(r"[(（]\s*(元|分|万元|人民币元)\s*[)）]\s*$")


class MeaningUnknown(Refusal):
    """A word that is none of what a column may hold."""

    form = "不认识的含义“{meaning}”。可以写：{known}。"


class ColumnNotThere(Refusal):
    """A column that the example does not have."""

    form = "样表里没有“{column}”这一列。现有的列：{known}。没有列标题的，请写“A列、B列”这样的位置。"


class PointedTwice(Refusal):
    """One meaning at two columns, or two columns of one heading."""

    form = "“{what}”指了两列（{columns}），分不清是哪一列。请只指一列；列标题相同的，请先与银行核对。"


class ColumnSaidTwice(PointedTwice):
    """One column of which two things are said."""

    form = "“{column}”这一列指了两次。每一列请只指一次，一列只有一种含义。"


class HeadingRowNotThere(Refusal):
    """A row of headings that the example does not have."""

    form = (
        "列标题不会在第 {row} 行：样表里没有这一行，或这一行是空的。请写列标题所在的行号；没有列标题的写 0。"
    )


class LinesBelowOne(Refusal):
    """A file to the bank of less than one line."""

    form = "每个报盘文件最多 {lines} 行，这样一笔也写不进去。请写 1 以上的整数；不写就是 {usual:,} 行。"


class MeaningsMissing(Refusal):
    """Not everything that a layout cannot do without was pointed at."""

    form = "还没有指明哪一列是{missing}。报盘要有户名、账号、金额，回盘还要有处理结果。"


class NotOfThisMeaning(Refusal):
    """A cell that cannot be what its column was said to hold."""

    form = "样表第 {row} 行“{column}”列写的是“{written}”，不像{meaning}。请核对这一列是什么、列标题在第几行、金额是元还是分。"


class UnitDiffers(Refusal):
    """The heading says another unit than was chosen."""

    form = (
        "列标题“{heading}”写的单位是{said}，选的却是{chosen}。请改选金额单位；单位是万元的，本程序不能读写。"
    )


class WordsUnsaid(Refusal):
    """Words in the result's column of which nobody said what they mean."""

    form = "处理结果里还有没说明的字样：{words}。请逐个指明是成功、失败还是没有办完。"


class TooManyWords(Refusal):
    """A column of serials or reasons, pointed at as the result."""

    form = "这一列有 {count:,} 种字样，不像处理结果。请核对哪一列是处理结果。"


class WordsAtOdds(Refusal):
    """A word that was said to mean what it does not sound like, or two things."""

    form = "处理结果“{word}”指为“{meaning}”，{fault}。请核对，钱是否发出全凭它判断。"


class NoHeadings(Refusal):
    """A workbook of which nobody said where its headings are."""

    form = "工作簿样表“{name}”没有指明列标题在第几行。请指明；工作簿要有列标题，下次才认得出来，没有的请向银行要文本格式的样表。"


class ExampleTotalDiffers(Refusal):
    """The example's totals line is not the sum of its lines."""

    form = "样表第 {row} 行是合计，与明细不符：明细相加是 {count} 笔、{yuan} 元。请核对金额是哪一列、单位是元还是分。"


class NoLines(Refusal):
    """Headings, and nothing below them."""

    form = "样表“{name}”在列标题下面没有一行明细，看不出各列对不对。请选一份有几行明细的文件。"


class CannotWriteLike(Refusal):
    """A file to the bank of a form that this program cannot write."""

    form = "样表“{name}”{fault}，本程序写不出这样的报盘文件，没有学。{instead}"


@dataclass(frozen=True)
class Pointed:
    """What somebody said of an example: columns by place → what they hold, the row of the headings (0: none), the words.

    `most_bytes` are places → the most bytes that the bank takes; `line_limit` 0 is the usual one.
    """

    columns: Mapping[int, str]
    heading_row: int
    amount_unit: AmountUnit = "yuan"
    success: frozenset[str] = frozenset()
    failure: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    most_bytes: Mapping[int, int] = field(default_factory=dict)
    line_limit: int = 0

    @property
    def is_answer(self) -> bool:
        """Whether the example is a bank's answer: it says what became of each line."""
        return not ONLY_BACK.isdisjoint(self.columns.values())

    @property
    def places(self) -> dict[str, int]:
        """Where each meaning was pointed at."""
        return {what: place for place, what in self.columns.items()}


def places_of(example: Example, heading_row: int, said: Mapping[str, Said]) -> dict[int, Said]:
    """The columns that somebody named, by heading or by letters (“C列”), with what is said of each.

    Raises ColumnNotThere, PointedTwice, ColumnSaidTwice.
    """
    headings = [answer_heading(heading) for heading in example.headings(heading_row)]
    letters = [column_letters(place) for place in range(example.width)]
    found: dict[int, Said] = {}
    for column, what in said.items():
        wanted = answer_heading(column)
        fitting = [place for place, heading in enumerate(headings) if heading and heading == wanted]
        if not fitting and wanted.upper().removesuffix("列") in letters:
            fitting = [letters.index(wanted.upper().removesuffix("列"))]
        if not fitting:
            known = "、".join(example.column_name(place, heading_row) for place in range(example.width))
            raise ColumnNotThere(column=column, known=known)
        if fitting[0] in found:
            raise ColumnSaidTwice(column=example.column_name(fitting[0], heading_row))
        if len(fitting) > 1:
            raise PointedTwice(what=column, columns="、".join(f"{letters[place]}列" for place in fitting))
        found[fitting[0]] = what
    return found


def meaning_of(word: str) -> str:
    """What a column holds, by its Chinese or its stored name. Raises MeaningUnknown."""
    for holds, title in MEANINGS.items():
        if word.strip() in (holds, title):
            return holds
    raise MeaningUnknown(meaning=word, known="、".join(MEANINGS.values()))


def check_columns(example: Example, said: Pointed) -> None:
    """Whether all that is needed was pointed at, once each.

    Raises PointedTwice, MeaningsMissing, NoHeadings, UnitDiffers.
    """
    held = list(said.columns.values())
    for what in held:
        if what != "constant" and held.count(what) > 1:
            columns = [place for place, one in said.columns.items() if one == what]
            raise PointedTwice(
                what=MEANINGS[what], columns="、".join(f"{column_letters(one)}列" for one in columns)
            )
    needed = NEEDED_BACK if said.is_answer else NEEDED_OUT
    if missing := [title for holds, title in MEANINGS.items() if holds in needed and holds not in held]:
        raise MeaningsMissing(missing="、".join(missing))
    if not said.heading_row and example.file_type == "xlsx":
        raise NoHeadings(name=example.name)
    if said.is_answer and said.heading_row:
        headings = [answer_heading(heading) for heading in example.headings(said.heading_row)]
        for place in said.columns:
            if headings.count(headings[place]) > 1 or not headings[place]:
                twins = [
                    f"{column_letters(one)}列"
                    for one, heading in enumerate(headings)
                    if heading == headings[place]
                ]
                raise PointedTwice(what=headings[place] or "空的列标题", columns="、".join(twins))
    _check_units(example, said)


def _check_units(example: Example, said: Pointed) -> None:
    for holds in ("amount", "done_amount"):
        place = said.places.get(holds)
        heading = "" if place is None else example.headings(said.heading_row)[place]
        found = _UNIT_IN_HEADING.search(heading)
        unit = found[1].removeprefix("人民币") if found else UNIT_NAMES[said.amount_unit]
        if unit != UNIT_NAMES[said.amount_unit]:
            raise UnitDiffers(heading=heading, said=unit, chosen=UNIT_NAMES[said.amount_unit])
