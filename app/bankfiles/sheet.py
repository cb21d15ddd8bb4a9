"""A bare workbook sheet as bytes: one heading row and plain rows, as banks take them in.

Written straight as XML: a bank file has no style to speak of, must come out of the same rows as the same bytes, and with
146,000 lines must not take longer than recording them (a workbook library takes several times as long). Texts go through
the shared string table, because old bank readers know no other kind.
"""

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

_FIXED_TIME: Final = (2020, 1, 1, 0, 0, 0)
_MARGIN, _WIDEST = 2, 60  # digits
_LEVEL: Final = 1  # the file is opened once by the bank; a denser one would only cost time

_CONTENT_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    "</Types>"
)
_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>"
)
_WORKBOOK: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_WORKBOOK_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
    '<Relationship Id="rId2" Target="styles.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/>'
    '<Relationship Id="rId3" Target="sharedStrings.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
    "</Relationships>"
)
# Style 0 general, 1 text (@), 2 money (0.00).
_STYLES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_SHEET_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cols>{widths}</cols><sheetData>'
)
_STRINGS_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="{count}" uniqueCount="{unique}">'
)
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

Cell = str | int
"""A text, or money in fen (written as a number of yuan)."""


def sheet_bytes(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """An .xlsx of one sheet: texts as text cells (no digit is lost), ints as fen shown in yuan with two decimals.

    A column holds texts or money, as its first row says. The same rows give the same bytes.
    """
    strings = {"": 0}
    letters = [
        chr(ord("A") + place) for place in range(len(headings))
    ]  # a bank layout has fewer than 26 columns
    head = "".join(
        f'<c r="{letter}1" s="1" t="s"><v>{place}</v></c>'
        for letter, place in zip(letters, _places(strings, headings), strict=True)
    )
    columns = list(zip(*rows, strict=True))
    widths = "".join(
        f'<col min="{place + 1}" max="{place + 1}" width="{_width((heading, *(columns[place] if rows else ())))}" customWidth="1"/>'
        for place, heading in enumerate(headings)
    )
    cells: list[Sequence[object]] = [range(2, len(rows) + 2)]
    template = ['<row r="%d">']
    for letter, column in zip(letters, columns, strict=False):
        money = isinstance(column[0], int)
        kind = 's="2"' if money else 's="1" t="s"'
        template.append(f'<c r="{letter}%d" {kind}><v>%s</v></c>')
        cells += [cells[0], _yuan(column) if money else _places(strings, column)]
    template.append("</row>")
    body = map("".join(template).__mod__, zip(*cells, strict=True))
    return _zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _RELATIONS,
            "xl/workbook.xml": _WORKBOOK,
            "xl/_rels/workbook.xml.rels": _WORKBOOK_RELATIONS,
            "xl/styles.xml": _STYLES,
            "xl/sharedStrings.xml": _shared(strings, (len(rows) + 1) * len(headings)),
            "xl/worksheets/sheet1.xml": f'{_SHEET_HEAD.format(widths=widths)}<row r="1">{head}</row>{"".join(body)}</sheetData></worksheet>',
        }
    )


def _width(texts: Iterable[Cell]) -> int:
    """A column's width in digits, so that the longest of its texts is seen whole: Han characters take two."""
    longest = max(len(text) if text.isascii() else 2 * len(text) for text in set(map(str, texts)))
    return min(longest + _MARGIN, _WIDEST)


def _places(strings: dict[str, int], texts: Sequence[Cell]) -> list[int]:
    """The places of texts in the shared table, taken when they are new."""
    return [strings.setdefault(str(text), len(strings)) for text in texts]


def _yuan(fen: Sequence[Cell]) -> list[str]:
    return [f"{yuan}.{rest:02d}" for yuan, rest in (divmod(int(amount), 100) for amount in fen)]


def _shared(strings: Iterable[str], count: int) -> str:
    texts = "\n".join(strings)  # no cell holds a line end: layouts refuse control characters
    if "&" in texts or "<" in texts or ">" in texts:
        texts = texts.translate(_ESCAPES)
    strings_xml = texts.replace("\n", '</t></si><si><t xml:space="preserve">')
    head = _STRINGS_HEAD.format(count=count, unique=texts.count("\n") + 1)
    return f'{head}<si><t xml:space="preserve">{strings_xml}</t></si></sst>'


def _zipped(parts: dict[str, str]) -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode(), compresslevel=_LEVEL)
    return body.getvalue()
