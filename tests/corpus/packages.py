"""Zip packages for the corpus: .xlsx from raw XML, .ods from raw content, and zips that break the rules."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

STYLES = (
    '<numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="0.00&quot;days&quot;"/>'
    '<numFmt numFmtId="167" formatCode="[Red]0.00;[DBNum2]General"/></numFmts>'
    "<fonts><font/><font><strike/></font><font><strike val='0'/></font></fonts>"
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    '<cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="14" fontId="0"/><xf numFmtId="164" fontId="0"/>'
    '<xf numFmtId="165" fontId="0"/><xf numFmtId="166" fontId="0"/><xf numFmtId="0" fontId="1"/>'
    '<xf numFmtId="21" fontId="0"/><xf numFmtId="31" fontId="0"/><xf numFmtId="167" fontId="2"/><xf numFmtId="22"/></cellXfs>'
)
"""Styles by number: 1 a date, 2 年月日, 3 [h]:mm, 4 a number with the word days, 5 struck, 6 a time, 7 年月日 built in,
8 a number whose font says it is not struck, 9 date and time."""


def zipped(parts: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts, the same bytes each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as package:
        for name, body in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            package.writestr(info, body)
    return packed.getvalue()


def xlsx_parts(
    *sheets: str,
    names: Sequence[str] = (),
    states: Sequence[str] = (),
    strings: str | None = None,
    styles: str | None = STYLES,
    workbook: str = "",
    extra: Mapping[str, bytes | str] | None = None,
    namespace: str = MAIN,
) -> dict[str, bytes | str]:
    """The parts of an .xlsx: each of `sheets` is what stands inside <worksheet>, or whole where it begins with <?xml or <."""
    relation = _STRICT_RELATION if namespace == STRICT else _RELATION
    listed, related = "", ""
    parts: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>"}
    for place, sheet in enumerate(sheets, 1):
        name = names[place - 1] if place <= len(names) else f"表{place}"
        state = states[place - 1] if place <= len(states) else ""
        listed += f'<sheet name="{name}" sheetId="{place}" r:id="rId{place}"{f" state={state!r}" if state else ""}/>'
        related += f'<Relationship Id="rId{place}" Type="{relation}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        body = sheet if "<worksheet" in sheet or "<x:worksheet" in sheet else worksheet(sheet, namespace)
        parts[f"xl/worksheets/sheet{place}.xml"] = body
    if strings is not None:
        related += f'<Relationship Id="rIdS" Type="{relation}/sharedStrings" Target="sharedStrings.xml"/>'
        parts["xl/sharedStrings.xml"] = (
            strings if "<sst" in strings else f'{_DECLARATION}<sst xmlns="{namespace}">{strings}</sst>'
        )
    if styles is not None:
        related += f'<Relationship Id="rIdT" Type="{relation}/styles" Target="styles.xml"/>'
        parts["xl/styles.xml"] = f'{_DECLARATION}<styleSheet xmlns="{namespace}">{styles}</styleSheet>'
    parts["xl/workbook.xml"] = (
        f'{_DECLARATION}<workbook xmlns="{namespace}" xmlns:r="{relation}">{workbook}<sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = f"{_DECLARATION}<Relationships>{related}</Relationships>"
    parts["_rels/.rels"] = (
        f'{_DECLARATION}<Relationships><Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    return {**parts, **(extra or {})}


def worksheet(inside: str, namespace: str = MAIN) -> str:
    """A sheet's part; what does not hold <sheetData> is taken for its rows."""
    if "sheetData" not in inside:
        inside = f"<sheetData>{inside}</sheetData>"
    return f'{_DECLARATION}<worksheet xmlns="{namespace}">{inside}</worksheet>'


def xlsx(*sheets: str, **options: object) -> bytes:
    """An .xlsx; see `xlsx_parts`."""
    return zipped(xlsx_parts(*sheets, **options))  # type: ignore[arg-type]


def cells(row: int, *inside: str) -> str:
    """A row whose cells from column A on are these: `text`, `n:1.5`, `s:3` (style) before a number as `1.5|s=3`, raw <c…>."""
    made = ""
    for place, text in enumerate(inside):
        reference = f"{chr(65 + place)}{row}"
        if text.startswith("<c"):
            made += text
        elif text.startswith("n:"):
            number, _, style = text[2:].partition("|s=")
            made += (
                f'<c r="{reference}"{f" s={chr(34)}{style}{chr(34)}" if style else ""}><v>{number}</v></c>'
            )
        elif text:
            made += f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<row r="{row}">{made}</row>'


def two_parts_of_one_name(first: str, second: str, body: bytes) -> bytes:
    """A zip with two parts, named as told; names of equal length are written raw, so that they may be the same."""
    packed = zipped({"a" * len(first): body, "b" * len(second): body}, method=zipfile.ZIP_STORED)
    return packed.replace(b"a" * len(first), first.encode()).replace(b"b" * len(second), second.encode())


def with_raw_name(parts: Mapping[str, bytes | str], name: str) -> bytes:
    """The package and one more part whose name is written as it is, whatever the zip library thinks of it."""
    held = "x" * len(name.encode())
    return zipped({**parts, held: "-"}).replace(held.encode(), name.encode())


def bomb(part: str, size: int) -> dict[str, bytes | str]:
    """The parts of a workbook one of which unpacks to `size` bytes of one character."""
    return xlsx_parts(cells(1, "a"), extra={part: b" " * size})


def with_wrong_size(body: bytes, part: str, size: int) -> bytes:
    """The package with a part that declares another size in the central directory and before its bytes."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        true = struct.pack("<I", package.getinfo(part).file_size)
        offset = package.getinfo(part).header_offset
    made = bytearray(body)
    made[offset + 22 : offset + 26] = struct.pack("<I", size)
    place = made.rfind(part.encode())  # the name in the central directory
    assert made[place - 46 + 24 : place - 46 + 28] == true
    made[place - 46 + 24 : place - 46 + 28] = struct.pack("<I", size)
    return bytes(made)


def with_flags(body: bytes, flags: int) -> bytes:
    """Every part marked with these general-purpose bits in the central directory and its own header."""
    made = bytearray(body)
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = made.find(mark)
        while start >= 0:
            made[start + place] |= flags
            start = made.find(mark, start + 4)
    return bytes(made)


def with_method(body: bytes, method: int) -> bytes:
    """Every part said to be packed by another method."""
    made = bytearray(body)
    for mark, place in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        start = made.find(mark)
        while start >= 0:
            made[start + place : start + place + 2] = struct.pack("<H", method)
            start = made.find(mark, start + 4)
    return bytes(made)


def with_changed_byte(body: bytes, part: str) -> bytes:
    """The package with one byte of a stored part changed, so that its check-sum is wrong."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        plain = package.read(part)
    place = body.index(plain[-20:])
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]


def ods(tables: str, *, styles: str = "", extra: Mapping[str, bytes | str] | None = None) -> bytes:
    """An .ods whose spreadsheet holds these tables."""
    content = (
        f"{_DECLARATION}<office:document-content xmlns:office='o' xmlns:table='t' xmlns:text='x' xmlns:style='s' xmlns:calcext='c'>"
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    parts: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": "<manifest/>",
    }
    return zipped({**parts, **(extra or {})})
