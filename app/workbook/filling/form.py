"""A county's own form 上级表样: a workbook whose cells hold tags, read for its tags and filled in place.

Only what holds a tag, a formula or a moved row is written anew; styles, widths, heights, pictures, protection, rules for
input and all the rest stay as they came, byte for byte.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from app.workbook.filling.beside import (
    box_texts,
    header_texts,
    moved_anchors,
    moved_chart,
    moved_note_boxes,
    moved_pivot_source,
    moved_table,
)
from app.workbook.filling.book import filled_book, sheets_with_titles
from app.workbook.filling.growth import LAST_ROW, NO_GROWTH, Growth, Growths
from app.workbook.filling.shared_texts import RichText, texts_with_braces
from app.workbook.filling.sheet import FormSheet, FormulaAt, Plan, Repeated, TagCell, ValueOf
from app.workbook.filling.tags import ROW_MARK, Filling, tags_in
from app.workbook.patching.book import Book
from app.workbook.patching.package import ContentTypes, Package, Relationships
from app.workbook.patching.styles import Styles
from app.workbook.patching.xml import CannotPatch
from models.domain.refusal import Refusal

Result = TypeVar("Result")
RowsOf = Callable[[str], Sequence[Mapping[str, Filling]] | None]

_ZIP: Final = b"PK\x03\x04"
_MOST_HEADING_ROWS: Final = 8
_A_PAGE: Final = 25
_MAKES_MANY: Final = frozenset({"chart", "chartEx", "chartUserShapes"})


class NotAForm(Refusal):
    """A file that cannot be filled in place."""

    form = "“{name}”不能作表样：{cause}。请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（.xlsx）”后再登记。"


class FormTooLong(Refusal):
    """More rows than a sheet has."""

    form = "“{sheet}”填好后有 {rows} 行，超过一张工作表的 {most} 行。请按村或按项目分开填。"


@dataclass(frozen=True, slots=True)
class HeaderText:
    """A header, a footer or a text box of a sheet that holds tags."""

    sheet: str
    text: str


class Form:
    """A form as received. Raises NotAForm."""

    def __init__(self, body: bytes, name: str) -> None:
        self.name = name
        if not body.startswith(_ZIP):
            raise NotAForm(name=name, cause="它不是 .xlsx 文件")
        try:
            self._reading(lambda: self._open(body))
        except KeyError as error:
            raise NotAForm(name=name, cause="里面有认不出的内容") from error

    def _open(self, body: bytes) -> None:
        self._package = Package(body)
        self._types = ContentTypes(self._package)
        self._book = Book(self._package, self._types)
        shared = self._book.links.target_of("sharedStrings")
        texts: Mapping[int, RichText] = (
            texts_with_braces(self._package.read(shared))
            if shared is not None and shared in self._package
            else {}
        )
        self._sheets = [
            (
                one.part,
                FormSheet(one.name, self._package.read(one.part), texts) if one.part else None,
                one.name,
            )
            for one in self._book.sheets
        ]
        assert self.tag_cells is not None  # noqa: S101  # whatever cannot be read is said now, not on filling

    def _reading(self, act: Callable[[], Result]) -> Result:
        """What cannot be followed is told as a fault of the form."""
        try:
            return act()
        except CannotPatch as no:
            raise NotAForm(name=self.name, cause=f"{no.facts['part']}{no.facts['cause']}") from no
        except (ValueError, IndexError, UnicodeDecodeError) as error:
            raise NotAForm(name=self.name, cause="里面有认不出的数字或引用") from error

    @cached_property
    def tag_cells(self) -> tuple[TagCell, ...]:
        """Every cell with braces, sheet after sheet, row after row."""
        return tuple(cell for _, sheet, _ in self._sheets if sheet is not None for cell in sheet.tag_cells)

    @cached_property
    def header_texts(self) -> tuple[HeaderText, ...]:
        """The headers and footers with tags."""
        return tuple(
            HeaderText(name, text)
            for part, sheet, name in self._sheets
            if sheet is not None
            for text in header_texts(self._package.read(part))
            if tags_in(text)
        )

    @cached_property
    def box_texts(self) -> tuple[HeaderText, ...]:
        """The paragraphs of text boxes with tags, which nothing fills."""
        return tuple(
            HeaderText(name, text)
            for part, sheet, name in self._sheets
            if sheet is not None
            for link in Relationships(self._package, part).all
            if link.type.endswith("/drawing") and link.target in self._package
            for text in box_texts(self._package.read(link.target))
            if tags_in(text)
        )

    @cached_property
    def formulas(self) -> tuple[FormulaAt, ...]:
        """Every formula, sheet after sheet."""
        return self._reading(
            lambda: tuple(
                found for _, sheet, _ in self._sheets if sheet is not None for found in sheet.formulas
            )
        )

    def filled(self, value_of: ValueOf, rows_of: RowsOf, key: Callable[[str], str] = str) -> bytes:
        """The form with its values; every tag has one, if only an empty one.

        `rows_of` gives, for the tag that marks a repeated row, its rows; None for any other tag, and of those `value_of`
        gives the value. `key` makes of a tag as written the name that a row's values have.

        Raises NotAForm, FormTooLong.
        """
        return self._reading(lambda: self._filled(value_of, rows_of, key))

    def _filled(self, value_of: ValueOf, rows_of: RowsOf, key: Callable[[str], str]) -> bytes:
        repeated = {
            name: self._repeated(sheet, rows_of) for _, sheet, name in self._sheets if sheet is not None
        }
        growth = {
            name: Growth({row: one.count for row, one in rows.items()}) for name, rows in repeated.items()
        }
        growths = Growths(growth.items())
        styles_part = self._book.links.target_of("styles")
        if styles_part is None:
            raise CannotPatch(part="工作簿", cause="没有样式表")
        styles = Styles(self._package.read(styles_part))

        def value(tag: str) -> Filling:
            return value_of(tag) if rows_of(tag) is None else ROW_MARK

        for part, sheet, name in self._sheets:
            if sheet is None:
                continue
            if sheet.last_row + growth[name].added > LAST_ROW:
                raise FormTooLong(sheet=name, rows=sheet.last_row + growth[name].added, most=LAST_ROW)
            self._package.change(part, [sheet.filled(Plan(value, key, repeated[name], growths, styles))])
            self._follow(part, growth[name], growths)
        if growths.grows:
            self._move_pivots(growths)
        self._package.change(styles_part, [styles.xml()])
        self._drop_order_of_calculation()
        xml = self._package.read(self._book.part)
        self._package.change(self._book.part, [filled_book(xml, growths, dict(self._headings(xml, growth)))])
        self._types.save()
        return self._package.packed()

    @staticmethod
    def _repeated(sheet: FormSheet, rows_of: RowsOf) -> dict[int, Repeated]:
        found: dict[int, Repeated] = {}
        for cell in sheet.tag_cells:
            for tag in cell.tags:
                rows = rows_of(tag)
                if rows is not None:
                    found[cell.row] = Repeated(rows)
        return found

    def _headings(self, xml: bytes, growth: Mapping[str, Growth]) -> Iterator[tuple[int, str]]:
        """The rows over a block that runs over pages stand on each, where the form does not say which do."""
        said = sheets_with_titles(xml)
        for place, (_, _, name) in enumerate(self._sheets):
            found = growth.get(name, NO_GROWTH)
            first = min(found.counts, default=0)
            if (
                place not in said
                and found.added > _A_PAGE
                and 1 < first <= _MOST_HEADING_ROWS + 1
                and len(found.counts) == 1
            ):
                quoted = name.replace("'", "''")
                yield place, f"'{quoted}'!$1:${first - 1}"

    # -- the parts around a sheet ---------------------------------------------------------------------------------

    def _follow(self, part: str, growth: Growth, growths: Growths) -> None:
        """Drawings, charts, tables and notes of a sheet go where its rows go."""
        for link in Relationships(self._package, part).all:
            if not link.target or link.target not in self._package:
                continue
            match link.type.rpartition("/")[2]:
                case "drawing":
                    self._change(link.target, lambda xml: moved_anchors(xml, growth), when=growth.grows)
                    self._follow_drawing(link.target, growths)
                case "table" | "comments" | "threadedComment":
                    self._change(link.target, lambda xml: moved_table(xml, growth), when=growth.grows)
                case "vmlDrawing" if growth.grows:
                    boxes = moved_note_boxes(self._package.read(link.target), growth)
                    self._package.change_unchecked(link.target, boxes)

    def _follow_drawing(self, part: str, growths: Growths) -> None:
        for link in Relationships(self._package, part).all:
            if link.type.rpartition("/")[2] in _MAKES_MANY and link.target in self._package:
                self._change(link.target, lambda xml: moved_chart(xml, growths))

    def _move_pivots(self, growths: Growths) -> None:
        for link in self._book.links.all:
            if link.type.endswith("/pivotCacheDefinition") and link.target in self._package:
                self._change(link.target, lambda xml: moved_pivot_source(xml, growths))

    def _change(self, part: str, change: Callable[[bytes], bytes], *, when: bool = True) -> None:
        if when:
            before = self._package.read(part)
            after = change(before)
            if after != before:
                self._package.change(part, [after])

    def _drop_order_of_calculation(self) -> None:
        """The list of formulas in their order names cells that have moved; programs make it anew."""
        for link in [one for one in self._book.links.all if one.type.endswith("/calcChain")]:
            self._book.links.drop(link)
            self._types.drop(link.target)
            self._package.drop(link.target)
        self._book.links.save()
