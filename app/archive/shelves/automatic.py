"""Volumes that fill themselves 自动组卷: each month's vouchers, each program's dossiers of a year. Run again, they add what is new."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.archive.shelves.papers import voucher_book
from app.archive.shelves.steps import (
    VolumeRow,
    archive_class,
    insert_volume,
    next_place,
    office_name,
    volumes_where,
)
from app.desk import Desk
from app.ledger.queries import voucher_name
from app.reports.sheet_book import write_sheets
from models.domain.document_number import document_key
from models.domain.period import period_text

_VOUCHERS: Final = "PZ"
_DOSSIERS: Final = "FF"
_COVERED: Final = re.compile(r"记-(\d+)至记-(\d+)")


def vouchers_of_year(desk: Desk, year: int) -> list[VolumeRow]:
    """A volume for each whole month of a year, with those vouchers that no earlier one covers; inside `writing`."""
    store = desk.store
    filled = []
    for month, last in store.rows(
        "SELECT month, max(number) FROM voucher WHERE substr(month, 1, 4) = ? AND month < ? GROUP BY month ORDER BY month",
        (f"{year:04d}", desk.day[:7]),
    ):
        first = _covered(desk, month) + 1
        if first <= last:
            filled.append(_file_vouchers(desk, year, month, first, last))
    return filled


def _covered(desk: Desk, month: str) -> int:
    """The last voucher of a month that was filed, in a volume or taken out of it; numbers have no gaps, so that those before it were too.

    The name of the file says it: a person may change the title and the remark.
    """
    rows = desk.store.rows(
        "SELECT file_name FROM filing WHERE class_code = ? AND file_name GLOB ?",
        (_VOUCHERS, _book_name(month, "*")),
    )
    found = [_COVERED.search(name) for (name,) in rows]
    return max((int(one[2]) for one in found if one), default=0)


def _book_name(month: str, span: str) -> str:
    return f"{month} 记账凭证 {span}.xlsx"


def _file_vouchers(desk: Desk, year: int, month: str, first: int, last: int) -> VolumeRow:
    store = desk.store
    spoken = period_text(month)
    volume = _volume_for(desk, year, _VOUCHERS, "vouchers", month, f"{spoken}会计凭证")
    span = f"{voucher_name(first)}至{voucher_name(last)}"
    name = _book_name(month, span)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vouchers.xlsx"
        write_sheets(path, [voucher_book(store, month, first, last)], created=desk.now)
        body = path.read_bytes()
    sha256 = store.keep_file(body, name, "archive", desk.at)
    dated = str(
        store.value(
            "SELECT max(posted_on) FROM voucher WHERE month = ? AND number BETWEEN ? AND ?",
            (month, first, last),
        )
    )
    _insert(
        desk, volume, title=f"{spoken}记账凭证（{span}）", dated=dated, remark=span, sha256=sha256, name=name,
        pages=last - first + 1,
    )  # fmt: skip
    return volume


def dossiers_of_year(desk: Desk, year: int) -> list[VolumeRow]:
    """A volume a program, with the latest dossiers of its archived batches settled in the year; inside `writing`."""
    store = desk.store
    filled: dict[int, VolumeRow] = {}
    for batch, number, period, program, name, document, settled_on, dossier, sha256 in store.rows(
        "SELECT b.id, b.number, b.period, g.id, g.name, y.document, b.settled_on, d.name, d.sha256 FROM batch b"
        " JOIN program g ON g.id = b.program_id JOIN policy y ON y.id = b.policy_id JOIN dossier d ON d.id ="
        " (SELECT max(x.id) FROM dossier x WHERE x.batch_id = b.id) WHERE b.state = 'archived' AND substr(b.settled_on, 1, 4) = ?"
        " AND NOT EXISTS (SELECT 1 FROM filing f WHERE d.sha256 IN (f.file_sha256, f.was_sha256)) ORDER BY g.code, b.settled_on, b.id",
        (f"{year:04d}",),
    ):
        if program not in filled:
            filled[program] = _volume_for(
                desk, year, _DOSSIERS, "dossiers", str(program), f"{year}年{name}发放案卷"
            )
        _insert(
            desk, filled[program], title=f"{name}{period_text(period)}发放案卷（批次 {number}）", dated=settled_on,
            document=document, sha256=sha256, name=dossier, batch_id=batch,
        )  # fmt: skip
    return list(filled.values())


def _volume_for(
    desk: Desk, year: int, class_code: str, filled_from: str, subject: str, title: str
) -> VolumeRow:
    """The open volume of that filling; where the last one is bound already, one more."""
    known = volumes_where(
        desk.store, "filled_from = ? AND subject = ? AND year = ?", (filled_from, subject, year)
    )
    for volume in known:
        if volume.state == "open":
            return volume
    return insert_volume(
        desk,
        kind=archive_class(desk.store, class_code),
        year=year,
        title=f"{title}（续 {len(known)}）" if known else title,
        responsible=office_name(desk.store),
        filled_from=filled_from,
        subject=subject,
    )


def _insert(
    desk: Desk,
    volume: VolumeRow,
    *,
    title: str,
    dated: str,
    sha256: str,
    name: str,
    remark: str = "",
    document: str = "",
    pages: int = 1,
    batch_id: int | None = None,
) -> None:
    desk.store.insert(
        "INSERT INTO filing (class_code, year, title, responsible, document, document_key, dated, pages, remark, volume_id, place,"
        " file_sha256, file_name, batch_id, filed_on, operator_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            volume.class_code, volume.year, title, volume.responsible, document, document_key(document), dated, pages, remark,
            volume.id, next_place(desk.store, volume.id), sha256, name, batch_id, desk.day, desk.operator.id,
        ),
    )  # fmt: skip
