"""The forms of a dossier's pages: tables that open in any browser or WPS, with nothing in them that could run."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from app.workbook.writing import Column, Kind, SheetSpec, write_workbook

_SHORT: Final = 12
"""A date, a name, an amount: characters that are not broken over lines where a table is wide."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_KINDS: Final = {
    "行": Kind.COUNT,
    "文件行": Kind.COUNT,
    "明细行": Kind.COUNT,
    "金额（元）": Kind.MONEY,
    "已追回（元）": Kind.MONEY,
}
_WIDTHS: Final = {"计算过程": 40, "文件": 30, "银行原因": 24, "备注": 24, "原因": 24}
_STYLE: Final = (
    "body{font-family:'Microsoft YaHei','WenQuanYi Micro Hei',sans-serif;margin:2em;color:#222;line-height:1.6}"
    "table{border-collapse:collapse;margin:.5em 0 1.5em}th,td{border:1px solid #999;padding:.2em .6em;text-align:left;"
    "vertical-align:top}th{background:#f2f2f2}td.n{text-align:right}th,td.n,td.s{white-space:nowrap}h2{margin-top:1.5em}"
    "code{word-break:break-all}"
)


class Figure(str):
    """Text of a figure: right-aligned on a page."""

    __slots__ = ()


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV that WPS and Excel open in Chinese (UTF-8 with BOM); text that would be a formula is quoted with '."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def _plain(cell: object) -> object:
    if isinstance(cell, str) and not isinstance(cell, Figure) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return "" if cell is None else cell


def xlsx_bytes(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], made_on: str) -> bytes:
    """A table with IDs and accounts as a workbook: of a CSV, WPS and Excel keep 15 digits. The same rows and day, the same bytes."""
    columns = [
        Column(
            heading,
            _KINDS.get(heading, Kind.TEXT),
            _WIDTHS.get(heading, 22 if "号" in heading else 13),
            wrap="号" not in heading,
        )
        for heading in headings
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_workbook(path, [SheetSpec(title, columns, rows)], created=datetime.fromisoformat(made_on))
        return path.read_bytes()


def table_html(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, every cell escaped; a sentence where there is nothing."""
    lines = ["".join(_cell(cell) for cell in row) for row in rows]
    if not lines:
        return "<p>（无）</p>"
    heading = "".join(f"<th>{escape(text)}</th>" for text in headings)
    return f"<table><tr>{heading}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _cell(cell: object) -> str:
    text = escape("" if cell is None else str(cell))
    if isinstance(cell, (Figure, int)):
        return f'<td class="n">{text}</td>'
    return f'<td class="s">{text}</td>' if len(text) <= _SHORT else f"<td>{text}</td>"


def link(name: str) -> str:
    """A link to another file of the dossier."""
    return f'<a href="{quote(name)}">{escape(name)}</a>'


def page(title: str, *sections: tuple[str, str]) -> bytes:
    """A page that needs nothing but itself; `sections` are (heading, HTML made by this module)."""
    parts = "".join(f"<h2>{escape(heading)}</h2>{body}" if heading else body for heading, body in sections)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        # even a page that was tampered with may load and run nothing
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{parts}</body></html>\n"
    ).encode()
