"""Reading one cell as an ID, an account, a name, an amount: exactly, or with the code of the finding that says why not."""

from datetime import date, datetime

from models.domain.bankaccount import account_fault, clean_account
from models.domain.idnumber import clean_id, id_fault, upgrade_fifteen

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


def lost_digits(cell: object) -> bool:
    """Whether a cell's type alone says that digits are gone."""
    return type(cell) in (float, int) and abs(cell) >= LEAST_LOST  # type: ignore[arg-type]


def read_id(cell: object) -> tuple[str, str | None]:
    """A resident ID from a cell: (18 digits or what could be read, the first finding's code or None).

    With `id.fifteen` the number is the upgraded one.
    """
    if type(cell) is str:
        cleaned = clean_id(cell)
    elif cell is None:
        return "", "id.missing"
    elif lost_digits(cell):
        return "", "id.precision_lost"
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
