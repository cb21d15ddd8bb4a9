"""What a case of the corpus is: a file made by code, and what must come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.workbook.unreadable import UnreadableWorkbook

Rows = Mapping[int, Sequence[object]]


@dataclass(frozen=True)
class Case:
    """A file and its outcome: `sheets` (name → row → cells from A, without what is blank at the end), or `refused`."""

    name: str
    file: str
    made: bytes | Callable[[], bytes]
    sheets: Mapping[str, Rows] = field(default_factory=dict)
    remarks: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    merges: Mapping[tuple[int, int], int] | None = None
    refused: type[UnreadableWorkbook] | None = None

    def build(self) -> bytes:
        """The file's bytes."""
        return self.made if isinstance(self.made, bytes) else self.made()


CASES: list[Case] = []


def reads(
    name: str,
    file: str,
    made: bytes | Callable[[], bytes],
    rows: Mapping[int, Any] | Mapping[str, Any],
    *remarks: str,
    hidden: Sequence[str] = (),
    merges: Mapping[tuple[int, int], int] | None = None,
) -> None:
    """The file is read so; `rows` of the one sheet, or of each by its name. Remarks without their “sheet.”."""
    by_sheet = rows if rows and all(isinstance(key, str) for key in rows) else {"": rows}
    codes = frozenset(f"sheet.{remark}" for remark in remarks)
    CASES.append(Case(name, file, made, by_sheet, codes, frozenset(hidden), merges))  # type: ignore[arg-type]


def refused(
    name: str, file: str, made: bytes | Callable[[], bytes], refusal: type[UnreadableWorkbook]
) -> None:
    """The file is refused with just this sentence."""
    CASES.append(Case(name, file, made, refused=refusal))
