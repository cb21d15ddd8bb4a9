"""An .xlsx workbook, read by our own pass over its XML and held against a second look at the same XML."""

import marshal

from app.workbook.kinds.expat_rows import BeyondSheet, BrokenSheet, OutOfOrder
from app.workbook.kinds.gate import Package
from app.workbook.kinds.sheet_frame import read_frame
from app.workbook.kinds.sheet_look import Look, look_at
from app.workbook.kinds.sheet_xml import SheetReader
from app.workbook.kinds.xlsx_parts import (
    BrokenPart,
    SharedStrings,
    Styles,
    read_strings,
    read_styles,
    read_workbook_part,
)
from app.workbook.process import frames
from app.workbook.process.limits import LARGE, SMALL, limit_memory
from app.workbook.unreadable import DamagedWorkbook, NoSheets, OutsideSheet, RowsOutOfOrder

ROWS_OF_A_LARGE_FILE = 100_000


def look_at_xlsx(package: Package, part: str, send: frames.Send) -> None:
    """Send only what the second look counts. Raises as `read_xlsx`."""
    try:
        sheets = read_workbook_part(package, part).sheets
    except BrokenPart as fault:
        raise DamagedWorkbook(name=package.name) from fault
    tallies = [look_at(package.xml_blocks(sheet.part)).tally for sheet in sheets]
    send(frames.TALLIES, marshal.dumps([None if tally is None else tuple(tally) for tally in tallies]))


def read_xlsx(package: Package, part: str, send: frames.Send, *, look: bool = True) -> None:
    """Send every sheet of the workbook; without `look` another process takes the second look.

    Raises UnreadableWorkbook (DamagedWorkbook, OutsideSheet and what the gate raises).
    """
    try:
        workbook = read_workbook_part(package, part)
        if not workbook.sheets:
            raise NoSheets(name=package.name)
        looks = [look_at(package.xml_blocks(sheet.part), count=look) for sheet in workbook.sheets]
        limit_memory(LARGE if sum(seen.rows for seen in looks) > ROWS_OF_A_LARGE_FILE else SMALL)
        styles = Styles()
        if workbook.styles is not None:
            styles = read_styles(package.read_xml(workbook.styles), since_1904=workbook.since_1904)
        strings = SharedStrings()
        if workbook.strings is not None:
            strings = read_strings(package.xml_blocks(workbook.strings))
        listed = [
            (sheet.name, sheet.hidden, seen.rows) for sheet, seen in zip(workbook.sheets, looks, strict=True)
        ]
        send(frames.SHEETS, marshal.dumps(listed))
        for place, (sheet, seen) in enumerate(zip(workbook.sheets, looks, strict=True)):
            _send_sheet(package, place, sheet.part, sheet.name, seen, strings, styles, send)
    except BeyondSheet as fault:
        raise OutsideSheet(name=package.name) from fault
    except (BrokenPart, BrokenSheet) as fault:
        raise DamagedWorkbook(name=package.name) from fault


def _send_sheet(
    package: Package,
    place: int,
    part: str,
    name: str,
    look: Look,
    strings: SharedStrings,
    styles: Styles,
    send: frames.Send,
) -> None:
    # prefixed or commented parts are not cut into three by the look
    frame = read_frame((look.head, look.tail) if look.ordinary else package.xml_blocks(part))
    for scattered in (False, True):
        reader = SheetReader(look, strings, styles, scattered)
        sender = frames.RowsSender(send, place)
        send(frames.SHEET, frames.pack_sheet(place, frame.merges))
        try:
            for runs in reader.runs(package.xml_blocks(part)):
                for run in runs:
                    sender.run(*run)
        except OutOfOrder as fault:
            if scattered:
                raise RowsOutOfOrder(name=package.name, sheet=name, row=fault.row) from fault
            continue
        break
    sender.flush()
    notes = reader.notes
    notes.errors.sort()
    notes.filtered = frame.filtered
    notes.hidden_columns = [run for run in frame.hidden_columns if run[0] < sender.width]
    send(
        frames.SHEET_END,
        frames.pack_end(
            place, sender.width, notes, reader.found.tally if look.ordinary else None, look.tally
        ),
    )
