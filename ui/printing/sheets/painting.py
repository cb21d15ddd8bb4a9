"""A sheet model painted: title and unit line on every page, the table, and at the end of a section notes and signatures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF

from app.reports.sheet_model import Group, SheetModel
from ui.printing.breaking import balanced, broken
from ui.printing.fonts import Face
from ui.printing.frame import Foot
from ui.printing.ink import HAIR, Ink, Side
from ui.printing.paper import Document, Page, Paper, Place
from ui.printing.qr import paint_qr
from ui.printing.sheets.columns import Columns, Need, fitted, needs_of
from ui.printing.sheets.heading import Heading
from ui.printing.sheets.paging import Plan, Room, plans
from ui.printing.sheets.parts import side_by_side
from ui.printing.sheets.strips import Cutter, Kind, Strip
from ui.printing.sheets.style import LIST, Style, paper_of, style_on

_QR: Final = 6.5
"""A code's side, in characters of the text: 24 mm on a list, 30 on a notice, 42 on A3."""
_SHORT: Final = 80
"""Rows up to which it is tried whether a sheet goes onto one page."""
_SQUEEZED: Final = 0.84
"""How small the type may become for that, of what it would be."""
_GAP: Final = 0.6
"""Blank between the parts of a page, in characters of the text."""
_EDGE: Final = 2 * HAIR
"""The table's outer rule."""


def sheet_document(
    models: Sequence[SheetModel],
    *,
    foot: Foot,
    paper: Paper | None = None,
    style: Style = LIST,
    qr: str = "",
) -> Document:
    """Sheets one after another as one document, A4 as each model is turned unless a paper is named.

    The foot is the model's own `made` where it has one. With `qr` its code stands beside the signatures. All sheets of one
    document lie on the paper of the first.
    """
    first = models[0]
    on = paper or paper_of(landscape=first.landscape)

    def pages() -> Iterator[Page | None]:
        for model in models:
            yield from _Sheet(model, on, style_on(on, style), foot.with_made(model.made), qr).pages()

    return Document(first.title, on, pages, lines=sum(model.row_count for model in models))


class _Sheet:
    """One model on its paper."""

    def __init__(self, model: SheetModel, paper: Paper, style: Style, foot: Foot, qr: str) -> None:
        self.model, self.paper, self.style, self.foot, self.qr = model, paper, style, foot, qr
        self.inside = paper.inside
        self.gap = style.text_face.em * _GAP
        self.code = style.text_face.em * _QR

    def pages(self) -> Iterator[Page | None]:
        """The pages, None now and then while the columns are measured."""
        needs = None
        for needs in needs_of(self.model):
            if needs is None:
                yield None
        if needs is None:
            return
        for part, its in side_by_side(self.model, needs, self.style.table, self.inside.width()):
            yield from _Sheet(part, self.paper, self.style, self.foot, self.qr)._set(its)

    def _set(self, needs: Sequence[Need]) -> Iterator[Page]:
        """The pages, once it is known what the columns need."""
        self._take(fitted(self.model, needs, self.style.table, self.inside.width()))
        if self.model.row_count <= _SHORT and not self.model.group_pages:
            self._squeeze(needs)
        for plan in self._plans():
            yield _SheetPage(self, plan).paint

    def _take(self, columns: Columns) -> None:
        """Set the table in these columns."""
        self.columns = columns
        self.cutter = Cutter(self.model, columns)
        self.heading = Heading(list(self.model.columns), columns)

    def _squeeze(self, needs: Sequence[Need]) -> None:
        """Set a sheet that runs a little over its page a little smaller, if that brings it onto one."""
        usual = self.columns
        if len(list(self._plans())) == 1:
            return
        largest = usual.text.em / 10
        for size in self.style.table:
            if largest * _SQUEEZED <= size < largest:
                self._take(fitted(self.model, needs, [size], self.inside.width()))
                if len(list(self._plans())) == 1:
                    return
        self._take(usual)

    def _plans(self) -> Iterator[Plan]:
        groups = list(self.model.groups) or [Group(())]
        sections = [[group] for group in groups] if self.model.group_pages else [groups]
        for number, section in enumerate(sections, 1):
            yield from plans(self.cutter.bundles(section, total=number == len(sections)), self._room())

    def _room(self) -> Room:
        whole = self.inside.height() - self.foot.height(self.paper, self.style.small) - self.heading.height
        later = whole - self.head_height(begins=False)
        sums = self.cutter.page_sums(()).height if self.has_page_sums else 0.0
        return Room(whole - self.head_height(begins=True), later, self.closing_height(), sums)

    @property
    def has_page_sums(self) -> bool:
        """Whether the paper asks for 本页小计 and there is something to sum."""
        return self.model.page_sums and self.model.has_totals

    # -- above the table -----------------------------------------------------------------------------------------

    def head_height(self, *, begins: bool) -> float:
        """Title, preface and the line over the table."""
        style, model = self.style, self.model
        height = len(self._title()) * style.title_face.height + self.gap
        if begins:
            height += sum(
                len(broken(style.text_face, _indented(text), self.inside.width())) * style.text_face.height
                for text in model.preface
            )
            height += self.gap if model.preface else 0.0
        return height + (style.text_face.height + self.gap / 2 if model.left or model.right else 0.0)

    def _title(self) -> list[str]:
        return balanced(self.style.title_face, self.model.title, self.inside.width())

    def paint_head(self, ink: Ink, *, begins: bool) -> float:
        """Paint it; gives where the table begins."""
        style, model, box = self.style, self.model, self.inside
        top = box.top()
        lines = self._title()
        height = len(lines) * style.title_face.height
        ink.lines(QRectF(box.left(), top, box.width(), height), lines, style.title_face, Side.AlignHCenter)
        top += height + self.gap
        if begins and model.preface:
            for text in model.preface:
                top += ink.paragraph(
                    QRectF(box.left(), top, box.width(), 0), _indented(text), style.text_face
                )
            top += self.gap
        if model.left or model.right:
            line = QRectF(box.left(), top, box.width(), style.text_face.height)
            room = box.width() - style.text_face.width(model.right) - style.text_face.em
            ink.words(line, _cut(style.text_face, model.left, room), style.text_face)
            ink.words(line, model.right, style.text_face, Side.AlignRight)
            top += line.height() + self.gap / 2
        return top

    # -- under the table -----------------------------------------------------------------------------------------

    def closing_height(self) -> float:
        """Notes, QR code and signatures."""
        notes = sum(len(lines) for lines in self._notes()) * self.style.remark_face.height
        return (self.gap + notes if notes else 0.0) + self._signing_height()

    def _notes(self) -> list[list[str]]:
        return [broken(self.style.remark_face, text, self.inside.width()) for text in self.model.notes]

    def _signing_height(self) -> float:
        signs = self.style.text_face.height * 2.2 if self.model.signatures else 0.0
        return max(signs, self.code + self.gap if self.qr else 0.0)

    def paint_closing(self, ink: Ink, top: float) -> None:
        """Paint them, `top` being the table's lower edge."""
        box, style = self.inside, self.style
        notes = self._notes()
        top += self.gap if notes else 0.0
        for lines in notes:
            height = len(lines) * style.remark_face.height
            ink.lines(QRectF(box.left(), top, box.width(), height), lines, style.remark_face)
            top += height
        left = box.left()
        if self.qr:
            paint_qr(ink, QRectF(left, top + self.gap, self.code, self.code), self.qr)
            left += self.code + style.text_face.em
        signatures = self.model.signatures
        width = (box.right() - left) / max(1, len(signatures))
        for place, words in enumerate(signatures):
            slot = QRectF(left + place * width, top, width, self._signing_height())
            ink.words(slot, words, style.text_face)


@dataclass(frozen=True)
class _SheetPage:
    """One planned page of a sheet."""

    sheet: _Sheet
    plan: Plan

    def paint(self, ink: Ink, place: Place) -> None:
        """From the title to the foot."""
        sheet, plan = self.sheet, self.plan
        top = sheet.paint_head(ink, begins=plan.begins)
        left = sheet.inside.left()
        sheet.heading.paint(ink, left, top)
        rules = list(sheet.heading.rules(left, top))
        corner = QPointF(left, top)
        top += sheet.heading.height
        for strip in self._strips():
            self._strip(ink, strip, top, rules)
            top += strip.height
        ink.rules(rules)
        ink.frame(QRectF(corner, QPointF(left + sheet.columns.right, top)), _EDGE)
        if plan.ends:
            sheet.paint_closing(ink, top)
        sheet.foot.paint(ink, sheet.paper, place, sheet.style.small)

    def _strips(self) -> list[Strip]:
        """The strips with 本页小计 before what sums up the section."""
        strips = list(self.plan.strips)
        if not self.sheet.has_page_sums or self.plan.is_whole_section:
            return strips
        before = next((place for place, strip in enumerate(strips) if strip.closes), len(strips))
        strips.insert(before, self.sheet.cutter.page_sums(self.plan.rows))
        return strips

    def _strip(self, ink: Ink, strip: Strip, top: float, rules: list[QLineF]) -> None:
        columns, left = self.sheet.columns, self.sheet.inside.left()
        rules.append(QLineF(left, top, left + columns.right, top))
        if strip.kind is Kind.WIDE:
            box = QRectF(left + columns.pad, top, columns.right - 2 * columns.pad, strip.height)
            ink.lines(box, strip.cells[0], columns.heading)
            return
        first, last = strip.label
        for place, lines in enumerate(strip.cells):
            edge = left + columns.lefts[place]
            if place and not first < place <= last:
                rules.append(QLineF(edge, top, edge, top + strip.height))
            if place == first <= last:
                wide = sum(columns.widths[first : last + 1])
                ink.lines(QRectF(edge, top, wide, strip.height), lines, columns.heading, Side.AlignHCenter)
            elif lines[0] or len(lines) > 1:
                box = QRectF(edge + columns.pad, top, columns.inner[place], strip.height)
                ink.lines(box, lines, columns.text, columns.sides[place])


def _indented(text: str) -> str:
    return f"　　{text}"


def _cut(face: Face, text: str, width: float) -> str:
    """A line that must stay one: what does not fit is said to be cut."""
    if face.width(text) <= width:
        return text
    while text and face.width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
