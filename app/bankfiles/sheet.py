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
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
_STRINGS_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="{count}" uniqueCount="{unique}">'
)
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

Cell = str | int
"""A text, or money in fen (written as a number of yuan)."""


def sheet_bytes(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An .xlsx of one sheet: texts as text cells (no digit is lost), ints as fen shown in yuan with two decimals.

    The same rows give the same bytes.
    """
    strings: dict[str, int] = {}
    count = 0
    letters = [_letters(place) for place in range(len(headings))]
    lines = [_SHEET_HEAD]
    for number, row in enumerate([headings, *rows], start=1):
        parts = [f'<row r="{number}">']
        for letter, cell in zip(letters, row, strict=True):
            if isinstance(cell, int):
                parts.append(f'<c r="{letter}{number}" s="2"><v>{cell // 100}.{cell % 100:02d}</v></c>')
            elif cell:
                count += 1
                parts.append(
                    f'<c r="{letter}{number}" s="1" t="s"><v>{strings.setdefault(cell, len(strings))}</v></c>'
                )
        parts.append("</row>")
        lines.append("".join(parts))
    lines.append("</sheetData></worksheet>")
    shared = [_STRINGS_HEAD.format(count=count, unique=len(strings))]
    shared += [f'<si><t xml:space="preserve">{text.translate(_ESCAPES)}</t></si>' for text in strings]
    shared.append("</sst>")
    return _zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _RELATIONS,
            "xl/workbook.xml": _WORKBOOK,
            "xl/_rels/workbook.xml.rels": _WORKBOOK_RELATIONS,
            "xl/styles.xml": _STYLES,
            "xl/sharedStrings.xml": "".join(shared),
            "xl/worksheets/sheet1.xml": "".join(lines),
        }
    )


def _letters(place: int) -> str:
    """The letter of a column; a bank layout has fewer than 26."""
    return chr(ord("A") + place)


def _zipped(parts: dict[str, str]) -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode(), compresslevel=_LEVEL)
    return body.getvalue()
