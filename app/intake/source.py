"""A workbook as received, opened for taking in, and the record of the run that takes it in."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.desk import Desk
from app.intake.findings import ERROR, Finding, counts_by_code
from app.workbook.columns import DataRow, Form, Table, data_rows, find_tables, sheets_without_table
from app.workbook.reading import Workbook, read_workbook
from models.domain.refusal import Refusal
from models.store.durable import read_bytes


class AlreadyImported(Refusal):
    """The same file was taken in before."""

    form = "这个文件在 {day} 已经导入过（第 {run} 次导入，{rows} 行），内容完全相同，没有重复导入。如需重来，请先撤销那一次。"

    @property
    def run(self) -> int:
        """The run that took it in."""
        return int(str(self.facts["run"]))


class NoSuchRun(Refusal):
    """There is no import of that number."""

    form = "没有第 {run} 次导入。请用 import list-runs 查看。"


class AlreadyUndone(Refusal):
    """The run was undone before."""

    form = "第 {run} 次导入已经撤销过，没有再做什么。"


class RunInUse(Refusal):
    """Something was built on what the run brought."""

    form = "第 {run} 次导入不能撤销：{blockers}。请先处理这些数据，再撤销导入。"


class SheetTaker(Protocol):
    """What a kind of file does with its rows: checks them and takes the good ones in."""

    rows: int
    accepted: int
    cleaned: int
    updated: int
    findings: list[Finding]

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Take in the rows of one sheet; totals come too, as rows of their own kind."""

    def finish(self) -> None:
        """After the last sheet."""


@dataclass(frozen=True)
class Source:
    """A file as received: its bytes are kept, its SHA-256 tells whether it was here before."""

    path: Path
    body: bytes
    workbook: Workbook
    tables: Sequence[Table]

    @property
    def unread_sheets(self) -> list[str]:
        """Sheets that hold something and were not read, hidden ones marked."""
        return sheets_without_table(self.workbook, self.tables)

    @property
    def mapping(self) -> str:
        """Which heading was read as what, for the run's record (JSON)."""
        return json.dumps(
            {table.sheet.name: dict(table.headings) for table in self.tables}, ensure_ascii=False
        )


def open_source(path: Path, form: Form, mapping: Mapping[str, str] | None = None) -> Source:
    """Open a workbook and find its tables. Raises CannotRead, UnreadableWorkbook, NoTableFound, AmbiguousColumns."""
    body = read_bytes(path)
    workbook = read_workbook(body, path.name)
    return Source(path, body, workbook, find_tables(workbook, form, mapping))


@dataclass(frozen=True)
class RunKind:
    """What makes two imports of one file the same: its kind, and for rosters the program and period."""

    kind: str
    list_kind: str = ""
    program_id: int | None = None
    period: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    run: int
    rows: int
    accepted: int
    rejected: int
    cleaned: int
    updated: int
    findings: Sequence[Finding]
    unread_sheets: Sequence[str] = ()

    def as_json(self, *, dry_run: bool) -> dict[str, object]:
        """The form of `--json`; a dry run has no number."""
        return {
            "run": None if dry_run else self.run,
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "cleaned_cells": self.cleaned,
            "updated": self.updated,
            "unread_sheets": list(self.unread_sheets),
            "findings": [found.as_json() for found in self.findings],
        }

    @property
    def counts(self) -> dict[str, int | str]:
        """The figures of the audit line."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            **counts_by_code(self.findings),
        }


def take_in(desk: Desk, source: Source, kind: RunKind, taker: Callable[[int], SheetTaker]) -> Outcome:
    """Keep the file, take its rows in and record the run, inside one transaction.

    Raises AlreadyImported when the same bytes were taken in as the same kind before.
    """
    store = desk.store
    sha256 = store.keep_file(source.body, source.path.name, f"import.{kind.kind}", desk.at)
    before = store.row(
        "SELECT id, business_date, rows FROM import_run WHERE state = 'done' AND file_sha256 = ? AND kind = ?"
        " AND list_kind = ? AND coalesce(program_id, 0) = ? AND period = ?",
        (sha256, kind.kind, kind.list_kind, kind.program_id or 0, kind.period),
    )
    if before is not None:
        raise AlreadyImported(run=before[0], day=before[1], rows=before[2])
    run_id = store.insert(
        "INSERT INTO import_run (kind, list_kind, program_id, period, file_name, file_sha256, mapping, rows, accepted,"
        " rejected, state, operator_id, business_date) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 'done', ?, ?)",
        (kind.kind, kind.list_kind, kind.program_id, kind.period, source.path.name, sha256, source.mapping,
         desk.operator.id, desk.day),
    )  # fmt: skip
    taking = taker(run_id)
    with _without_looking_for_cycles():
        for table in source.tables:
            taking.take_sheet(table, data_rows(table))
        taking.finish()
    order = {table.sheet.name: place for place, table in enumerate(source.tables)}
    findings = sorted(taking.findings, key=lambda found: (order.get(found.sheet, 0), found.row))
    rejected = taking.rows - taking.accepted
    store.execute(
        "UPDATE import_run SET rows = ?, accepted = ?, rejected = ?, cleaned_cells = ? WHERE id = ?",
        (taking.rows, taking.accepted, rejected, taking.cleaned, run_id),
    )
    store.execute_many(
        "INSERT INTO import_finding (run_id, sheet, row, column_name, written, level, code, sentence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(run_id, f.sheet, f.row, f.column, f.written, f.level, f.code, f.sentence) for f in findings],
    )
    return Outcome(
        run_id,
        taking.rows,
        taking.accepted,
        rejected,
        taking.cleaned,
        taking.updated,
        findings,
        source.unread_sheets,
    )


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Rows and findings make no cycles; looking for them among half a million of them costs a quarter of an import."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding rejects its row."""
    return any(found.level == ERROR for found in findings)


def trying(desk: Desk) -> AbstractContextManager[None]:
    """A dry run: the same work, rolled back at the end."""
    return desk.store.trying()
