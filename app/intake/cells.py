"""Reading one cell as an ID, an account, a name, an amount: exactly, or with the code of the finding that says why not."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from app.workbook.reading import ErrorCell
from models.domain.bankaccount import account_fault, clean_account
from models.domain.dates import NotDate, date_from_cell
from models.domain.idnumber import clean_id, id_fault, upgrade_fifteen
from models.domain.written import compacted, outer_trimmed

LEAST_LOST = 10**15
"""A number of 16 digits or more has lost its last ones: Excel keeps 15 (DOMAIN §6)."""


def as_written(cell: object) -> str:
    """The cell as the clerk sees it, for the finding."""
    if cell is None:
        return ""
    if type(cell) is str:
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}" if abs(cell) < LEAST_LOST else f"{cell:.14E}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def text_of(cell: object) -> str:
    """The cell as text to be cleaned: a whole number without its “.0”, everything else as written."""
    if type(cell) is str:
        return cell
    if type(cell) is float and cell.is_integer():
        return str(int(cell))
    return as_written(cell)


def word_of(cell: object) -> str:
    """The cell as a word to be recognised or kept: “户 主” and “户主 ” are 户主; '' for an empty cell or an error."""
    if cell is None:
        return ""
    if type(cell) is str:
        return cell if cell.isascii() and cell.isalnum() else compacted(cell)
    return "" if isinstance(cell, ErrorCell) else compacted(text_of(cell))


def text_in(cell: object) -> str:
    """The cell as text to be kept, without outer blanks and what cannot be seen; '' for an empty cell or an error."""
    if cell is None:
        return ""
    if type(cell) is str:
        return cell if cell.isascii() and cell.isalnum() else outer_trimmed(cell)
    return "" if isinstance(cell, ErrorCell) else outer_trimmed(text_of(cell))


def lost_digits(cell: object) -> bool:
    """Whether a cell's type alone says that digits are gone."""
    return type(cell) in (float, int) and abs(cell) >= LEAST_LOST  # type: ignore[arg-type]


def read_id(cell: object) -> tuple[str, str | None]:
    """A resident ID from a cell: (18 digits or what could be read, the first finding's code or None).

    With `id.fifteen` the number is the upgraded one.
    """
    if type(cell) is str:
        if id_fault(cell) is None:
            return cell, None  # nearly all are: only what is not valid as it stands is cleaned up first
        cleaned = clean_id(cell)
    elif cell is None:
        return "", "id.missing"
    elif lost_digits(cell):
        return "", "id.precision_lost"
    elif isinstance(cell, ErrorCell):
        return "", "id.format"
    else:
        cleaned = clean_id(text_of(cell))
    fault = id_fault(cleaned)
    if fault == "id.fifteen":
        return upgrade_fifteen(cleaned), fault
    return cleaned, fault


def read_account(cell: object) -> tuple[str, str | None]:
    """An account number from a cell: (digits, None), or ("", code): account.missing, .precision_lost, .format."""
    if cell is None:
        return "", "account.missing"
    if lost_digits(cell):
        return "", "account.precision_lost"
    cleaned = clean_account(text_of(cell))
    if not cleaned:
        return "", "account.missing"
    if account_fault(cleaned) is not None:
        return "", "account.format"
    return cleaned, None


def birth_in(id_number: str) -> str:
    """The birth date inside a resident ID, as written there: 1949-12-31 (it may not exist)."""
    digits = id_number[6:14] if len(id_number) == 18 else "19" + id_number[6:12]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


# A serial may be from before the dates that `date_from_cell` takes as numbers: 1910-01-01 is 3654, above any year written
# alone.
_SERIAL_START: Final = date(1899, 12, 30)
_FIRST_SERIAL: Final = 3654
_LAST_SERIAL: Final = 60_000
_SERIAL_TEXT: Final = re.compile("[1-5][0-9]{4}|[3-9][0-9]{3}").fullmatch
_MONTH_TEXT: Final = re.compile("([0-9]{4})(?:[-./年]?)(1[0-2]|0?[1-9])月?").fullmatch


def read_past_day(cell: object, *, month_is_enough: bool = False) -> str:
    """A day of somebody's life as 1949-12-31, or as 1949-12 where the column asks for no more than 年月 (出生年月).

    Beside what `date_from_cell` takes: serials of the years before 1954 (and serials as text, in tables that are text),
    because the old are what the registry is about. Raises NotDate.
    """
    written = word_of(cell)
    is_number = type(cell) in (int, float)
    if (is_number and written.isdigit()) or (not is_number and _SERIAL_TEXT(written)):
        serial = int(written)
        if _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return (_SERIAL_START + timedelta(days=serial)).isoformat()
    try:
        return date_from_cell(cell).isoformat()
    except NotDate:
        found = _MONTH_TEXT(written) if month_is_enough else None
        if found is None:
            raise
        return f"{found[1]}-{int(found[2]):02d}"
