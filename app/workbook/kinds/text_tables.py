"""Tables as text: .csv, .txt and TSV under any name, in the encodings that offices use."""

import csv
import io
import marshal
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath
from typing import Final

from app.workbook.kinds.sheet_notes import Notes
from app.workbook.process import frames
from app.workbook.unreadable import NotAWorkbook, OverlongCell, UnpairedQuote, UnreadableText

WORKBOOK_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What the workbooks that are no text begin with."""
_SEPARATORS: Final = ",\t;|"
_LONGEST_CELL: Final = 1_000_000
_FORMULA_TEXT: Final = re.compile(r'="([^"]*)"').fullmatch
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_OPENING: Final = 64 * 1024
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_THREE_BYTES: Final = re.compile(rb"[\xe0-\xf4]")
_SAMPLE: Final = 4096
_OURS: Final = re.compile("[\t\n\r -~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_MOSTLY: Final = 0.9
_BLANKS: Final = "\ufeff \t\r\n"


def read_text(body: bytes, name: str, send: frames.Send) -> None:
    """Send the rows of a text table, or what a web page or an XML workbook holds.

    Raises UnreadableText, UnpairedQuote, OverlongCell, NotAWorkbook, and what html_tables and xml_workbook raise.
    """
    encoding = encoding_of(body, name)
    opening = decoded(body, encoding).read(_OPENING)
    if _CONTROL.search(opening):
        raise NotAWorkbook(name=name, kind="认不出的数据")
    start = opening.lstrip(_BLANKS)
    is_mime = start[:13].casefold() == "mime-version:"
    if is_mime or start.startswith("<"):
        from app.workbook.kinds.html_tables import is_page, read_page

        if is_mime or is_page(start):
            read_page(body, name, encoding, send)
            return
    separator = separator_of(opening)
    send(frames.SHEETS, marshal.dumps([(PurePath(name).stem, False, body.count(b"\n") + 1)]))
    send(frames.SHEET, frames.pack_sheet(0, ()))
    sender = frames.RowsSender(send, 0)
    for number, row in _rows(body, name, encoding, separator):
        if any(row):
            sender.row(number, row)
    sender.flush()
    send(frames.SHEET_END, frames.pack_end(0, sender.width, Notes(), None, None))


def encoding_of(body: bytes, name: str) -> str:
    """The encoding in which every byte of the file can be read: UTF-16 (marked or plain to see), UTF-8, else GB18030.

    Raises UnreadableText.
    """
    for encoding in _candidates(body):
        stream = decoded(body, encoding)
        try:
            while stream.read(1 << 20):
                pass
        except UnicodeError:
            continue
        return encoding
    raise UnreadableText(name=name)


def _candidates(body: bytes) -> tuple[str, ...]:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if b"\0" in body[:_SAMPLE]:
        wide = (
            encoding for encoding in ("utf-16-le", "utf-16-be") if _is_plausible(body[:_SAMPLE], encoding)
        )
        return (*wide, "utf-8-sig", "gb18030")
    if not body.isascii() and not _THREE_BYTES.search(body) and not body.startswith(b"\xef"):
        # as UTF-8 it would hold no Chinese character: as GB18030 it does, or it is not Chinese text at all
        try:
            if _HAN.search(body.decode("gb18030")):
                return ("gb18030",)
        except UnicodeDecodeError:
            pass
    return ("utf-8-sig", "gb18030")


def _is_plausible(sample: bytes, encoding: str) -> bool:
    """Whether these bytes make words of ours in UTF-16: nearly all Chinese, ASCII or full-width."""
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    return len(text) > 0 and len(_OURS.findall(text)) >= _MOSTLY * len(text)


def decoded(body: bytes, encoding: str) -> io.TextIOWrapper:
    """The bytes as text, line ends as they are; a wrong byte raises UnicodeError."""
    return io.TextIOWrapper(io.BytesIO(body), encoding=encoding, errors="strict", newline="")


def text_form_of(body: bytes, name: str) -> tuple[str, str] | None:
    """The encoding and the separator of a text table (one of `,` tab `;` `|`, a blank where none of them stands); None for
    what is a workbook or a page. Raises UnreadableText.
    """
    if body.startswith(WORKBOOK_MARKS):
        return None
    encoding = encoding_of(body, name)
    opening = decoded(body, encoding).read(_OPENING).lstrip(_BLANKS)
    if opening.startswith("<") or opening[:13].casefold() == "mime-version:":
        return None
    separator = separator_of(opening)
    return encoding, separator if separator in opening else " "


def separator_of(opening: str) -> str:
    """The separator that cuts the first lines into the most even, wide rows; a comma where none does."""
    said = re.match(r"\ufeff?sep=(.)\r?\n", opening)
    if said:
        return said[1]
    lines = [line for line in opening.splitlines()[:40] if line.strip()]
    best, best_score = ",", (0, 0)
    for separator in _SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        except csv.Error:
            continue
        common = max(widths.count(width) * (width > 1) for width in widths) if widths else 0
        score = (common, max(widths, default=0))
        if common and score > best_score:
            best, best_score = separator, score
    return best


def _rows(body: bytes, name: str, encoding: str, separator: str) -> Iterator[tuple[int, list[object]]]:
    """One list of texts a record, numbered from 1; a blank line is a row, as in Excel."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(decoded(body, encoding), delimiter=separator, strict=True)
    whole = 0
    try:
        for number, row in enumerate(reader, 1):
            whole = reader.line_num
            yield number, [_without_formula(text) if text[:1] == "=" else text for text in row]
    except csv.Error as error:
        if not any('"' in line for line in islice(decoded(body, encoding), whole, reader.line_num)):
            raise OverlongCell(name=name, line=reader.line_num, limit=_LONGEST_CELL) from error
        raise UnpairedQuote(name=name, line=reader.line_num) from error


def _without_formula(text: str) -> str:
    """The text of ="00123": so systems keep Excel from taking a number's zeros."""
    found = _FORMULA_TEXT(text)
    return found[1] if found else text
