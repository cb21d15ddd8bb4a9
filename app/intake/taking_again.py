"""Rows of a kept file taken in once more with the values that somebody accepted for them: a run that follows the first.

All checks of that kind of file apply as for any row. Undoing the first run takes back the runs that follow it as well.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.desk import Desk
from app.intake.cells import as_written
from app.intake.findings import ERROR
from app.intake.proposals import ProposalView, chosen_proposals, decide, first_run_of, proposals_of
from app.intake.source import (
    AlreadyUndone,
    Mendable,
    NoSuchRun,
    Outcome,
    RunKind,
    SheetTaker,
    Source,
    close_run,
    open_run,
    without_looking_for_cycles,
)
from app.workbook.columns import (
    DATA_ROW,
    SUBTOTAL,
    TOTAL,
    DataRow,
    Form,
    MemberRow,
    Table,
    data_rows,
    find_tables,
)
from app.workbook.reading import read_workbook
from models.domain.refusal import Refusal
from models.store.opening import Store

Places = Mapping[tuple[str, int], Sequence[ProposalView]]


class ReadDifferently(Refusal):
    """The kept file's columns are not found as they were when it came in."""

    form = "第 {run} 次导入的文件现在认出的栏目与当时不同，不能照当时的读法采纳建议。请在表里改正后重新导入。"


@dataclass(frozen=True)
class FirstRun:
    """The run whose file is read once more."""

    id: int
    kind: RunKind
    sha256: str
    file_name: str
    mapping: str
    given: Mapping[str, str] | None


def first_run(store: Store, run_id: int) -> FirstRun:
    """The live run that a run is or follows. Raises NoSuchRun, AlreadyUndone."""
    row = store.row(
        "SELECT id, kind, list_kind, program_id, period, file_sha256, file_name, mapping, given_mapping, state FROM import_run"
        " WHERE id = ?",
        (first_run_of(store, run_id),),
    )
    if row is None:
        raise NoSuchRun(run=run_id)
    first, kind, list_kind, program_id, period, sha256, file_name, mapping, given, state = row
    if state != "done":
        raise AlreadyUndone(run=first)
    of_kind = RunKind(kind, list_kind, program_id, period)
    return FirstRun(first, of_kind, sha256, file_name, mapping, json.loads(given) if given else None)


def accept(
    desk: Desk,
    run: FirstRun,
    form: Form,
    taker: Callable[[int], SheetTaker],
    *,
    numbers: Sequence[int] | None = None,
    code: str | None = None,
) -> tuple[Outcome, dict[str, int | str]]:
    """Take the rows of the chosen proposals in with what was proposed, inside `writing`.

    Gives the outcome of the new run and what the audit line says of the values (how many, and the SHA-256 of all of them
    as they were and as they are, so that the kept proposals can be held against the trail).
    Raises NoSuchProposal, ProposalDecided, NothingProposed, ReadDifferently.
    """
    store = desk.store
    chosen = chosen_proposals(store, run.id, numbers=numbers, code=code)
    source = _kept_source(store, run, form)
    known = [one for one in proposals_of(store, run.id) if one.state == "accepted"]
    refused = _refused_rows(store, run.id, known)
    run_id = open_run(desk, source, run.kind, run.sha256, follows=run.id)
    taking = taker(run_id)
    rows = {
        table.sheet.name: _Split(table, _by_place([*known, *chosen]), _by_place(chosen))
        for table in source.tables
    }
    with without_looking_for_cycles():
        if isinstance(taking, Mendable):
            for table in source.tables:
                taking.pass_by(table, rows[table.sheet.name].standing(refused))
        for table in source.tables:
            taking.take_sheet(table, rows[table.sheet.name].concerned())
        taking.finish()
    outcome = close_run(desk, source, taking, run_id)
    decide(desk, chosen, "accepted", run_id)
    values = [[one.proposal, one.sheet, one.row, one.column, one.written, one.proposed] for one in chosen]
    proof = hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
    return outcome, {"proposals": len(chosen), "values_sha256": proof}


def _kept_source(store: Store, run: FirstRun, form: Form) -> Source:
    """The file as received, read as it was then. Raises ReadDifferently, FileDamaged."""
    body = store.files.read(run.sha256, run.file_name)
    workbook = read_workbook(body, run.file_name)
    source = Source(Path(run.file_name), body, workbook, find_tables(workbook, form, run.given), run.given)
    if source.mapping != run.mapping:
        raise ReadDifferently(run=run.id)
    return source


def _refused_rows(store: Store, run_id: int, accepted: Iterable[ProposalView]) -> frozenset[tuple[str, int]]:
    """The rows of the file that no live run took in."""
    wrong: set[tuple[int, str, int]] = set(
        store.rows(
            "SELECT f.run_id, f.sheet, f.row FROM import_finding f JOIN import_run r ON r.id = f.run_id"
            " WHERE f.level = ?2 AND (r.id = ?1 OR (r.follows = ?1 AND r.state = 'done'))",
            (run_id, ERROR),
        )
    )
    mended = {(one.sheet, one.row) for one in accepted if (one.taken_by_run, one.sheet, one.row) not in wrong}
    return frozenset((sheet, row) for _, sheet, row in wrong) - mended


def _by_place(proposals: Iterable[ProposalView]) -> Places:
    found: dict[tuple[str, int], list[ProposalView]] = {}
    for one in proposals:
        found.setdefault((one.sheet, one.row), []).append(one)
    return found


class _Split:
    """The rows of a table: those that somebody accepted something for now, and those that stand already."""

    def __init__(self, table: Table, values: Places, now: Places) -> None:
        self._table = table
        self._values = values
        self._now = now

    def concerned(self) -> Iterator[DataRow]:
        """The rows to be taken in, with the accepted values; lines between the rows come too, they say what holds below."""
        for row in data_rows(self._table):
            if row.kind != DATA_ROW:
                if row.kind not in (TOTAL, SUBTOTAL):
                    yield row
            elif self._is_concerned(row):
                yield self._mended(row)

    def standing(self, refused: frozenset[tuple[str, int]]) -> Iterator[DataRow]:
        """The rows that were taken in, with what was accepted for them before."""
        sheet = self._table.sheet.name
        for row in data_rows(self._table):
            if row.kind == DATA_ROW and (sheet, row.number) not in refused and not self._is_concerned(row):
                yield self._mended(row)

    def _is_concerned(self, row: DataRow) -> bool:
        return any(self._place(one, row) is not None for one in self._of(self._now, row))

    def _mended(self, row: DataRow) -> DataRow:
        cells = list(row.cells)
        for one in self._of(self._values, row):
            place = self._place(one, row)
            if place is not None:
                cells[place] = one.proposed
        return row._replace(cells=tuple(cells))

    def _of(self, places: Places, row: DataRow) -> Sequence[ProposalView]:
        return places.get((self._table.sheet.name, row.number), ())

    def _place(self, one: ProposalView, row: DataRow) -> int | None:
        """The cell that the proposal is about, None when this row of that number does not hold it."""
        if one.field not in self._table.fields:
            return None
        heading = self._table.headings[one.field]
        if isinstance(row.number, MemberRow) and row.number.heading(heading) != one.column:
            return None
        place = self._table.fields.index(one.field)
        return place if as_written(row.cells[place]) == one.written else None
