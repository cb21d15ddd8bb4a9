"""The marked workbook of an import: its findings shown in the clerk's own file (错误回单)."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from app.intake.findings import KIND_TITLES, Finding
from app.intake.mappings import remembered_mappings
from app.workbook.columns import Form, Table, find_tables, sheets_without_table
from app.workbook.marking import SUFFIXES, Marked, mark_workbook, write_marked
from app.workbook.marks import Mark, Summary
from app.workbook.reading import read_workbook
from app.workbook.safe_file import refuse_overwriting
from models.domain.refusal import Refusal
from models.store.durable import read_bytes
from models.store.opening import Store

# where a code's first word is not the field whose cell it is about
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id_number", "head_id", "payee_id"),
    "person": ("id_number",),
    "payment": ("id_number",),
    "program": ("id_number",),
    "age": ("id_number", "age"),
    "row": ("id_number", "account"),
    "head": ("relation", "head"),
    "name": ("name", "holder", "head", "payee_name"),
    "total": ("amount",),
    "received": ("received", "amount"),
}


def mark_of(found: Finding, table: Table | None) -> Mark:
    """A finding as a mark: in the column of its heading, in the row's first known column when it names none.

    Of several columns with one heading it is the one that the table reads as the field that the finding is about.
    """
    column = None if table is None else _column_of(found, table)
    return Mark(
        sheet=found.sheet,
        row=found.row,
        column=column,
        level=found.level,
        sentence=found.sentence,
        heading=found.column,
        kind=KIND_TITLES.get(found.code, f"“{found.column}”有问题"),
    )


def _column_of(found: Finding, table: Table) -> int:
    of_member = table.column_of_member(found.column)
    if of_member is not None:
        return of_member
    own = [name for name, heading in table.headings.items() if heading == found.column]
    if not found.column or not own:
        # a heading that the table has not: the field that the code speaks of, by its title
        own = [name for name in table.fields if found.column == table.form.fields[name].title]
    subject = found.code.partition(".")[0]
    meant = [name for name in (*_FIELDS.get(subject, ()), subject) if name in own]
    chosen = [*meant, *own]
    return table.columns[chosen[0]] if chosen else min(table.columns.values(), default=0)


def mark_file(
    path: Path,
    form: Form,
    findings: Iterable[Finding],
    figures: Mapping[str, int],
    mapping: Mapping[str, str] | None = None,
    store: Store | None = None,
) -> Marked:
    """The workbook of an import, marked with its findings; `figures` are its rows, accepted and rejected.

    Raises CannotRead, and what reading it raises: the tables are found again, to know where their columns are, by the
    mapping that was given or by those that the office of `store` remembers.
    """
    body = read_bytes(path)
    workbook = read_workbook(body, path.name)
    tables = find_tables(workbook, form, mapping, {} if store is None else remembered_mappings(store, form))
    by_sheet = {table.sheet.name: table for table in tables}
    marks = [mark_of(found, by_sheet.get(found.sheet)) for found in findings]
    headings = {table.sheet.name: table.header.last for table in tables}
    summary = Summary(
        path.name,
        figures["rows"],
        figures["accepted"],
        figures["rejected"],
        sheets_without_table(workbook, tables),
    )
    return mark_workbook(body, path.name, marks, headings, summary)


class WouldOverwriteUnasked(Refusal):
    """The ending that the marked workbook gets makes it the name of another file."""

    form = (
        "错误回单是工作簿，会写成“{name}”，而这个文件已经有了。请写明要覆盖的“{name}”，或换一个文件名后重试。"
    )


def refuse_marking_over(path: Path, out: Path) -> None:
    """Refuse to write the marked workbook over the file itself, under any ending it may get, or over a file that nobody named.

    Raises WouldOverwriteInput, WouldOverwriteUnasked.
    """
    for target in (out, *(Marked(b"", suffix).named(out) for suffix in SUFFIXES)):
        refuse_overwriting(target, [path])
        if out.suffix.lower() not in SUFFIXES and target != out and target.exists():
            raise WouldOverwriteUnasked(name=target.name)


def write_marked_file(
    path: Path,
    out: Path,
    form: Form,
    findings: Iterable[Finding],
    figures: Mapping[str, int],
    mapping: Mapping[str, str] | None = None,
    store: Store | None = None,
) -> tuple[Path, str]:
    """Write the marked workbook; gives where it is, and why it was made anew ('' when it is the file itself).

    Raises WouldOverwriteInput before anything is read, and what `mark_file` and writing raise.
    """
    refuse_marking_over(path, out)
    marked = mark_file(path, form, findings, figures, mapping, store)
    return write_marked(out, marked, [path]), marked.rebuilt


def findings_of_run(store: Store, run_id: int) -> list[Finding]:
    """What an import found, as it was kept: for marking a file that is taken in already."""
    return [
        Finding(*row)
        for row in store.rows(
            "SELECT sheet, row, column_name, written, level, code, sentence FROM import_finding WHERE run_id = ? ORDER BY id",
            (run_id,),
        )
    ]


def figures_of_run(store: Store, run_id: int) -> dict[str, int]:
    """The rows, accepted and rejected of a run."""
    row = store.row("SELECT rows, accepted, rejected FROM import_run WHERE id = ?", (run_id,))
    names: Sequence[str] = ("rows", "accepted", "rejected")
    return dict.fromkeys(names, 0) if row is None else dict(zip(names, row, strict=True))
