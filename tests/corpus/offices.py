"""What a case of an import is: a file as a village sends it, and everything that must come of it in an office."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from models.domain.refusal import Refusal
from tests.builders import id_number

Rows = Sequence[Sequence[object]]
Found = tuple[int, str, str]
"""A finding: the Excel row, the column's heading, the code."""


@dataclass(frozen=True)
class ImportCase:
    """A file and its outcome: who was read (name and ID as kept, in order), what is said; or the refusal and its sentence."""

    name: str
    kind: str
    file: str
    made: bytes | Callable[[], bytes]
    taken: Sequence[tuple[object, ...]] = ()
    found: Sequence[Found] = ()
    remarks: frozenset[str] = frozenset()
    unread: Sequence[str] = ()
    rows: int = 0
    accepted: int = 0
    refused: type[Refusal] | None = None
    sentence: str = ""

    def build(self) -> bytes:
        """The file's bytes."""
        return self.made if isinstance(self.made, bytes) else self.made()


IMPORTS: list[ImportCase] = []


def taken_in(
    kind: str,
    name: str,
    made: bytes | Callable[[], bytes],
    taken: Sequence[tuple[object, ...]],
    *found: Found,
    file: str = "交来.xlsx",
    remarks: Sequence[str] = (),
    unread: Sequence[str] = (),
    rows: int | None = None,
    accepted: int | None = None,
) -> None:
    """The file is read and brings `taken`. `rows` counts rejected ones too, `accepted` those that bring nothing new."""
    many, good = (len(taken) if count is None else count for count in (rows, accepted))
    IMPORTS.append(
        ImportCase(name, kind, file, made, taken, found, frozenset(f"sheet.{one}" for one in remarks), unread, many, good)
    )  # fmt: skip


def turned_away(
    kind: str,
    name: str,
    made: bytes | Callable[[], bytes],
    refused: type[Refusal],
    sentence: str,
    file: str = "交来.xlsx",
) -> None:
    """The whole file is refused with just this sentence."""
    IMPORTS.append(ImportCase(name, kind, file, made, refused=refused, sentence=sentence))


# -- files ----------------------------------------------------------------------------------------------------


def book(
    rows: Rows | Mapping[str, Rows],
    *,
    merges: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[str] = (),
    hidden_sheets: Sequence[str] = (),
    struck: Sequence[int] = (),
    formats: Mapping[int, str] | None = None,
    filtered: str = "",
    blanks_to: int = 0,
    since_1904: bool = False,
) -> Callable[[], bytes]:
    """An .xlsx: text as text, numbers as numbers, (formula, value) as a formula; `formats` are number formats by column."""

    def made() -> bytes:
        out = io.BytesIO()
        workbook = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": since_1904})
        sheets = rows if isinstance(rows, Mapping) else {"Sheet1": rows}
        line = workbook.add_format({"font_strikeout": True})
        numbers = {
            column: workbook.add_format({"num_format": text}) for column, text in (formats or {}).items()
        }
        for place, (title, lines) in enumerate(sheets.items()):
            sheet = workbook.add_worksheet(title)
            for row, cells in enumerate(lines):
                for column, cell in enumerate(cells):
                    look = line if row + 1 in struck else numbers.get(column)
                    if isinstance(cell, str):
                        sheet.write_string(row, column, cell, look)
                    elif isinstance(cell, tuple):
                        sheet.write_formula(row, column, cell[0], look, cell[1])
                    elif cell is not None:
                        sheet.write_number(row, column, cell, look)
                if row + 1 in hidden_rows:
                    sheet.set_row(row, None, None, {"hidden": True})
            for row in range(len(lines), blanks_to):
                sheet.write_blank(row, 0, None, line)
            if place == 0:
                for one in merges:
                    first = one.split(":")[0]
                    kept = sheet.table.get(int("".join(filter(str.isdigit, first))) - 1, {})
                    sheet.merge_range(one, "")
                    sheet.table[int("".join(filter(str.isdigit, first))) - 1].update(kept)
                for one in hidden_columns:
                    sheet.set_column(f"{one}:{one}", None, None, {"hidden": True})
                if filtered:
                    sheet.autofilter(filtered)
            if title in hidden_sheets:
                sheet.hide()
        workbook.close()
        return out.getvalue()

    return made


def table_text(rows: Rows, separator: str = ",", end: str = "\r\n") -> str:
    """The rows as text."""
    return end.join(separator.join("" if cell is None else str(cell) for cell in cells) for cells in rows)


# -- people ---------------------------------------------------------------------------------------------------

HEADING = ("村", "姓名", "与户主关系", "身份证号码")
ONE, TWO, THREE, FOUR, FIVE = (id_number(serial) for serial in range(1, 6))
WOMAN = id_number(7, "19620815", "女")


def person(name: str, number: object, relation: str = "户主", village: str = "上溪村") -> tuple[object, ...]:
    """A row under HEADING."""
    return village, name, relation, number


TWO_PEOPLE = (person("张三", ONE), person("李四", TWO))
BOTH = (("张三", ONE), ("李四", TWO))
