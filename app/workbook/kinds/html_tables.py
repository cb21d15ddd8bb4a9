"""Web pages and XML saved under a workbook's name: HTML tables, pages in one MIME file, and Excel's XML of 2003.

A page becomes one sheet as Excel shows it: text and tables from top to bottom. Nothing that a page points at is fetched.
"""

import email
import email.policy
import marshal
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePath
from typing import Final

from app.workbook.kinds.sheet_notes import Notes
from app.workbook.kinds.text_tables import decoded, encoding_of
from app.workbook.process import frames
from app.workbook.unreadable import ForbiddenMarkup, NoTableInPage, NotYetReadable

_XML_WORKBOOK: Final = re.compile(
    r"<(?:[\w.-]+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL
)
_FLAT_DOCUMENT: Final = re.compile(r"<office:document\s")
_PAGE: Final = re.compile(
    r"<(?:html|head|body|table|meta|div|style|tr|p|center|font|!doctype html)\b", re.IGNORECASE
)
_MOST_SPAN: Final = 1_000
_MOST_COLUMNS: Final = 16_384
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,2})?").fullmatch
_SHOWN_NUMBER: Final = re.compile(
    r"[¥￥$]?[-+(]?[¥￥$]?[0-9,]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?[%)]?"
).fullmatch
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_BLOCKS: Final = frozenset((
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "center", "hr", "pre", "form",
    "dl", "dt", "dd", "body", "html", "caption", "title",
))  # fmt: skip
_UNSEEN: Final = frozenset(("script", "style", "title", "head", "xml"))
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE
)


def is_page(opening: str) -> bool:
    """Whether a text that begins with < is a web page or XML, and no table whose first cell begins so."""
    return (
        opening[:2] in ("<?", "<!")
        or _XML_WORKBOOK.search(opening) is not None
        or _FLAT_DOCUMENT.search(opening) is not None
        or _PAGE.search(opening) is not None
    )


def read_page(body: bytes, name: str, encoding: str, send: frames.Send) -> None:
    """Send what a web page, a MIME page, an XML workbook or an OpenDocument in one file holds.

    Raises NoTableInPage, NotYetReadable (other XML), ForbiddenMarkup, DamagedWorkbook.
    """
    text = decoded(body, encoding).read().lstrip("\ufeff \t\r\n")
    if text[:13].casefold() == "mime-version:":
        text = _page_in_mime(body, name)
    opening = text[:20_000]
    if "<!ENTITY" in opening:
        raise ForbiddenMarkup(name=name, part=name)
    if _XML_WORKBOOK.search(opening):
        from app.workbook.kinds.xml_workbook import read_xml_workbook

        read_xml_workbook(text, name, send)
        return
    if _FLAT_DOCUMENT.search(opening):
        from app.workbook.kinds.open_document import read_flat_document

        read_flat_document(text, name, send)
        return
    if not _PAGE.search(opening):
        raise NotYetReadable(name=name, kind="网页或 XML 文件")
    page = _Page()
    page.feed(text)
    page.close()
    page.finish()
    if not page.has_table:
        raise NoTableInPage(name=name)
    send(frames.SHEETS, marshal.dumps([(PurePath(name).stem, False, len(page.rows))]))
    send(frames.SHEET, frames.pack_sheet(0, sorted(page.merges)))
    sender = frames.RowsSender(send, 0)
    for number, row in enumerate(page.rows, 1):
        if row:
            sender.row(number, _dense(row))
    sender.flush()
    send(frames.SHEET_END, frames.pack_end(0, sender.width, page.notes, None, None))


def _dense(row: dict[int, object]) -> list[object]:
    cells: list[object] = [""] * (max(row) + 1)
    for column, value in row.items():
        cells[column] = value
    return cells


def _page_in_mime(body: bytes, name: str) -> str:
    """The first web page with a table in a MIME file (网页单文件), or the first page."""
    pages = []
    for part in email.message_from_bytes(body, policy=email.policy.compat32).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                page = decoded(content, encoding_of(content, name)).read()
                if "<table" in page.casefold():
                    return page
                pages.append(page)
    if not pages:
        raise NotYetReadable(name=name, kind="邮件或网页存档")
    return pages[0]


@dataclass
class _Cell:
    """A cell being read."""

    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    struck: int = 0
    has_plain: bool = False


@dataclass
class _Table:
    """A table being read: the columns taken by cells above, and how many rows each still takes."""

    taken: dict[int, int] = field(default_factory=dict)
    column: int = 0
    row: int = -1


class _Page(HTMLParser):
    """Reads a page into rows: column → value, from the page's first line on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[dict[int, object]] = []
        self.merges: list[tuple[int, int, int]] = []
        self.notes = Notes()
        self.has_table = False
        self._tables: list[_Table] = []
        self._cells: list[_Cell | None] = []
        self._line: list[str] = []
        self._unseen: list[str] = []
        self._strikes = 0

    # what the parser meets

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in attrs}
        if self._unseen:
            if tag in _UNSEEN:
                self._unseen.append(tag)
            return
        if tag in _UNSEEN:
            if tag != "head":
                self._unseen.append(tag)
        elif tag == "table":
            self._end_line()
            self._tables.append(_Table())
            self._cells.append(None)
            self.has_table = True
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._start_row(attributes)
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
            if self._tables[-1].row < 0:
                self._start_row({})
            self._cells[-1] = _Cell(attributes)
        elif tag == "br":
            self._text("\n")
        elif tag in ("s", "strike", "del"):
            self._strikes += 1
        elif tag in _BLOCKS:
            self._break()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.pop()
            return
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._end_row()
        elif tag == "table" and self._tables:
            self._end_cell()
            self._tables.pop()
            self._cells.pop()
        elif tag in ("s", "strike", "del"):
            self._strikes = max(0, self._strikes - 1)
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, text: str) -> None:
        if not self._unseen:
            self._text(_BLANKS.sub(" ", text))

    def finish(self) -> None:
        """After the last tag, which a careless page leaves open."""
        while self._tables:
            self.handle_endtag("table")
        self._end_line()
        while self.rows and not self.rows[-1]:
            self.rows.pop()

    # cells and lines

    def _text(self, text: str) -> None:
        cell = self._cells[-1] if self._cells else None
        if cell is not None:
            cell.texts.append(text)
            if text.strip():
                cell.struck += bool(self._strikes)
                cell.has_plain = cell.has_plain or not self._strikes
        elif not self._tables:
            if text == "\n":
                self._end_line()
            else:
                self._line.append(text)

    def _break(self) -> None:
        cell = self._cells[-1] if self._cells else None
        if cell is None:
            if not self._tables:
                self._end_line()
        elif cell.texts and not cell.texts[-1].endswith("\n"):
            cell.texts.append("\n")

    def _end_line(self) -> None:
        text = _tidy("".join(self._line))
        self._line = []
        if text:
            self.rows.append({0: text})

    def _start_row(self, attributes: dict[str, str]) -> None:
        table = self._tables[-1]
        self._end_row()
        table.row, table.column = len(self.rows), 0
        self.rows.append({})
        if _HIDDEN.search(attributes.get("style", "")) or "hidden" in attributes:
            self.notes.hidden_rows.append(len(self.rows))

    def _end_row(self) -> None:
        table = self._tables[-1]
        if table.row >= 0:
            table.taken = {column: left - 1 for column, left in table.taken.items() if left > 1}
            table.row = -1

    def _end_cell(self) -> None:
        cell = self._cells[-1] if self._cells else None
        if cell is None:
            return
        self._cells[-1] = None
        table = self._tables[-1]
        while table.column in table.taken:
            table.column += 1
        if table.column >= _MOST_COLUMNS:
            return
        value = _value(cell)
        if value != "":
            self.rows[table.row][table.column] = value
            if cell.struck and not cell.has_plain:
                self.notes.struck_rows.append(table.row + 1)
        tall, wide = _span(cell.attributes, "rowspan"), _span(cell.attributes, "colspan")
        if tall > 1:
            self.merges.append((table.row, table.row + tall - 1, table.column))
            table.taken.update(dict.fromkeys(range(table.column, table.column + wide), tall))
        table.column += wide


def _span(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    span = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return max(1, min(span, _MOST_SPAN if name == "colspan" else 65_534))


def _tidy(text: str) -> str:
    return "\n".join(line.strip(" ") for line in text.split("\n")).strip(" \n")


def _value(cell: _Cell) -> object:
    """What a cell holds: the number that Excel or LibreOffice put beside a number shown rounded, else the text."""
    text = _tidy("".join(cell.texts))
    stored = cell.attributes.get("x:num") or cell.attributes.get("sdval") or ""
    if stored and _NUMBER(stored) and _SHOWN_NUMBER(text.replace("\xa0", "").replace(" ", "")):
        return float(stored)
    return text
