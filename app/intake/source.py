"""A workbook as received, opened for taking in, and the record of the run that takes it in."""

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from app.desk import Desk
from app.intake.findings import ERROR, WARNING, Finding, counts_by_code
from app.intake.mappings import mapping_used, remember_mapping, remembered_mappings
from app.intake.proposals import keep_proposals, kept_as_json
from app.intake.repairs import Candidate, Doubt, Proposal, find_proposals
from app.workbook.columns import (
    DATA_ROW,
    DataRow,
    Form,
    Table,
    data_rows,
    find_tables,
    sheets_without_table,
    table_remarks,
)
from app.workbook.reading import Remark, Workbook, read_workbook
from models.domain.refusal import Refusal
from models.store.durable import read_bytes
from models.store.opening import Store


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
    in_window = "没有第 {run} 次导入。请在“导入记录”里查看。"


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


@runtime_checkable
class Mendable(Protocol):
    """A kind of file whose rows may come again mended, and whose damaged numbers the registry may know.

    `unchanged` counts the rows that stand as an earlier run took them in, by that run.
    """

    unchanged: Counter[int]
    doubts: list[Doubt]

    def stands(self, person: Candidate) -> bool:
        """Whether the file names this person already."""

    def pass_by(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Note rows of the file that are taken in already: a row that comes after may repeat none of them."""


@dataclass(frozen=True)
class Source:
    """A file as received: its bytes are kept, its SHA-256 tells whether it was here before.

    `given` is the mapping that the clerk gave for it, now or once before, heading by heading.
    """

    path: Path
    body: bytes
    workbook: Workbook
    tables: Sequence[Table]
    given: Mapping[str, str] | None = None

    @property
    def unread_sheets(self) -> list[str]:
        """Sheets that hold something and were not read, hidden ones marked."""
        return sheets_without_table(self.workbook, self.tables)

    @property
    def remarks(self) -> list[Remark]:
        """What the clerk should know of it: what is hidden, struck out or in error, what was read by its contents."""
        return table_remarks(self.workbook, self.tables)

    @property
    def was_asked(self) -> bool:
        """Whether somebody said for this very file what its columns are."""
        return bool(self.given) and not any(table.header.remembered for table in self.tables)

    @property
    def mapping(self) -> str:
        """Which heading was read as what, for the run's record (JSON)."""
        return json.dumps(
            {table.sheet.name: dict(table.headings) for table in self.tables}, ensure_ascii=False
        )


def open_source(
    path: Path, form: Form, mapping: Mapping[str, str] | None = None, store: Store | None = None
) -> Source:
    """Open a workbook and find its tables, by a mapping that somebody gives, else by those that the office remembers.

    Raises CannotRead, UnreadableWorkbook, NoTableFound, AmbiguousColumns, MappedHeadingMissing, MappingFitsNoMore.
    """
    body = read_bytes(path)
    workbook = read_workbook(body, path.name)
    remembered = {} if mapping or store is None else remembered_mappings(store, form)
    tables = find_tables(workbook, form, mapping, remembered)
    return Source(path, body, workbook, tables, mapping or mapping_used(tables, remembered))


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
    unchanged: int = 0
    proposals: Sequence[Proposal] = ()
    numbers: Sequence[int] = ()
    row_verdicts: Sequence[Mapping[str, object]] | None = None
    remarks: Sequence[Remark] = ()
    mapping: str = ""

    @property
    def verdicts(self) -> dict[str, int]:
        """How many rows passed 通过, were let in with a warning 警告, were rejected 拒绝; they add up to `rows`."""
        wrong = {(found.sheet, found.row) for found in self.findings if found.level == ERROR}
        marked = {
            (found.sheet, found.row) for found in self.findings
            if found.level == WARNING and found.code not in NOT_OF_A_ROW
        }  # fmt: skip
        warned = min(len(marked - wrong), self.accepted)
        return {"passed": self.accepted - warned, "warned": warned, "rejected": self.rejected}

    def as_json(self, *, dry_run: bool) -> dict[str, object]:
        """The form of `--json`; a dry run has no number."""
        return {
            "run": None if dry_run else self.run,
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "cleaned_cells": self.cleaned,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "verdicts": self.verdicts,
            "unread_sheets": list(self.unread_sheets),
            "remarks": [remark.as_json() for remark in self.remarks],
            "mapping": self.mapping,
            "findings": [found.as_json() for found in self.findings],
            "proposals": kept_as_json(self.proposals, () if dry_run else self.numbers),
            **({} if self.row_verdicts is None else {"row_verdicts": list(self.row_verdicts)}),
        }

    @property
    def counts(self) -> dict[str, int | str]:
        """The figures of the audit line."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            **({"unchanged": self.unchanged} if self.unchanged else {}),
            **counts_by_code(self.findings),
        }


NOT_OF_A_ROW = frozenset(("total.mismatch",))
"""Findings about a line that is no data row."""

VERDICTS = ("通过", "警告", "拒绝")


def take_in(
    desk: Desk,
    source: Source,
    kind: RunKind,
    taker: Callable[[int], SheetTaker],
    *,
    with_rows: bool = False,
) -> Outcome:
    """Keep the file, take its rows in and record the run, inside one transaction; on wish with the verdict of each row.

    Raises AlreadyImported when the same bytes were taken in as the same kind before.
    """
    store = desk.store
    sha256 = store.keep_file(source.body, source.path.name, f"import.{kind.kind}", desk.at)
    before = store.row(
        "SELECT id, business_date, rows FROM import_run WHERE state = 'done' AND file_sha256 = ? AND kind = ?"
        " AND list_kind = ? AND coalesce(program_id, 0) = ? AND period = ? AND follows IS NULL",
        (sha256, kind.kind, kind.list_kind, kind.program_id or 0, kind.period),
    )
    if before is not None:
        raise AlreadyImported(run=before[0], day=before[1], rows=before[2])
    run_id = open_run(desk, source, kind, sha256)
    taking = taker(run_id)
    seen: list[tuple[str, int]] = []
    with without_looking_for_cycles():
        for table in source.tables:
            rows = data_rows(table)
            taking.take_sheet(table, _noting(table, rows, seen) if with_rows else rows)
        taking.finish()
    kept = remember_mapping(desk, source.tables, source.given or {}) if source.was_asked else []
    outcome = replace(close_run(desk, source, taking, run_id), mapping="、".join(kept))
    return replace(outcome, row_verdicts=_row_verdicts(seen, outcome.findings)) if with_rows else outcome


def open_run(desk: Desk, source: Source, kind: RunKind, sha256: str, *, follows: int | None = None) -> int:
    """Record a run that begins; it is closed by `close_run`. `follows` is the run whose file it reads once more."""
    given = "" if source.given is None else json.dumps(dict(source.given), ensure_ascii=False)
    return desk.store.insert(
        "INSERT INTO import_run (kind, list_kind, program_id, period, file_name, file_sha256, mapping, given_mapping, follows,"
        " rows, accepted, rejected, state, operator_id, business_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 'done', ?, ?)",
        (kind.kind, kind.list_kind, kind.program_id, kind.period, source.path.name, sha256, source.mapping, given, follows,
         desk.operator.id, desk.day),
    )  # fmt: skip


def close_run(desk: Desk, source: Source, taking: SheetTaker, run_id: int) -> Outcome:
    """Record what came of a run: its figures, its findings in the order of the file, what the registry proposes."""
    store = desk.store
    order = {table.sheet.name: place for place, table in enumerate(source.tables)}
    findings = sorted(taking.findings, key=lambda found: (order.get(found.sheet, 0), found.row))
    rejected = taking.rows - taking.accepted
    unchanged: Counter[int] = Counter()
    proposals: list[Proposal] = []
    if isinstance(taking, Mendable):
        unchanged = taking.unchanged
        if taking.doubts:
            proposals = find_proposals(store, run_id, taking.doubts, taking.stands)
    store.execute(
        "UPDATE import_run SET rows = ?, accepted = ?, rejected = ?, cleaned_cells = ?, unchanged = ? WHERE id = ?",
        (taking.rows, taking.accepted, rejected, taking.cleaned, unchanged.total(), run_id),
    )
    store.execute_many(
        "INSERT INTO import_unchanged (run_id, earlier_run, rows) VALUES (?, ?, ?)",
        [(run_id, earlier, rows) for earlier, rows in unchanged.items()],
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
        unchanged.total(),
        proposals,
        keep_proposals(store, run_id, proposals),
        remarks=source.remarks,
    )


def _noting(table: Table, rows: Iterable[DataRow], seen: list[tuple[str, int]]) -> Iterator[DataRow]:
    """The rows, each data row's place noted on the way."""
    sheet = table.sheet.name
    for row in rows:
        if row.kind == DATA_ROW:
            seen.append((sheet, row.number))
        yield row


def _row_verdicts(seen: Iterable[tuple[str, int]], findings: Iterable[Finding]) -> list[Mapping[str, object]]:
    """通过, 警告 or 拒绝 for each data row, in the order of the file."""
    worst: dict[tuple[str, int], str] = {}
    for found in findings:
        if found.level == ERROR or worst.get((found.sheet, found.row)) != VERDICTS[2]:
            worst[found.sheet, found.row] = VERDICTS[2 if found.level == ERROR else 1]
    return [
        {"sheet": sheet, "row": row, "verdict": worst.get((sheet, row), VERDICTS[0])} for sheet, row in seen
    ]


@contextmanager
def without_looking_for_cycles() -> Iterator[None]:
    """Rows and findings make no cycles; looking for them among half a million of them costs a quarter of an import."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def trying(desk: Desk) -> AbstractContextManager[None]:
    """A dry run: the same work, rolled back at the end."""
    return desk.store.trying()
