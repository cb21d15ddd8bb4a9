"""The roster 花名册 of one program and period: each row is checked against registry and policy, then becomes an enrolment.

A row may be rejected by several cells, a cell has one finding, and nothing is compared with a value that was itself
rejected (DOMAIN §6). Where a cell that would only be marked also holds what keeps its row out (an old ID of a person who
stands here already), it is the error that is said: a rejected row has one.

A roster that comes again mended: a row that an earlier live run of this program and period took in, under the same policy,
is not read anew, whatever became of its enrolment since. A changed row whose earlier version was accepted changes the
enrolment while no live batch holds its payment; once one does it is a `payment.duplicate`, for what is on its way to the
bank is changed there (recompute the draft, stop or reissue), never by a roster.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.enrolment.roster.file import RosterFile, RosterForm, Stood
from app.enrolment.roster.row import RosterRow
from app.intake.before import keep_before
from app.intake.cells import read_id, word_of
from app.intake.checked_rows import data_chunks
from app.intake.findings import ROSTER, finding
from app.intake.repairs import Candidate
from app.workbook.columns import DATA_ROW, TOTAL, DataRow, Table
from models.domain.money import Fen, round_half_up, yuan_plain
from models.domain.period import first_day, last_day
from models.domain.written import ratio_of_cell

_CHUNK: Final = 2_000

_ENROLMENT = (
    "person_id", "household_id", "quantity", "grade", "care_level", "heads", "cost_fen", "approved_fen", "stated_fen",
    "computed_fen", "trace", "more_facts", "stated_account", "remark", "row_digest", "run_id",
)  # fmt: skip


@dataclass(frozen=True)
class _Total:
    """A 合计 row: what it states, and the sums of the rows above it, all and since the last total (1/10000 yuan)."""

    form: RosterForm
    row: int
    stated: int
    above: tuple[int, int]


class RosterIntake(RosterFile):
    """Takes the rows of a roster in, sheet by sheet."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._totals: list[_Total] = []
        self._sheet_sums: dict[str, int] = {}

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the rows of one sheet; its 合计 rows wait until all sheets are read."""
        form = RosterForm(table, self)
        for chunk in data_chunks(self._summed(form, rows), _CHUNK):
            self._take(form, chunk)

    def _summed(self, form: RosterForm, rows: Iterable[DataRow]) -> Iterator[DataRow]:
        """The rows as they come, their stated amounts summed up on the way."""
        stated = since_total = 0
        scale = form.scale_of("amount")
        for row in rows:
            if row.kind == DATA_ROW:
                amount = _stated(form.cell(row, "amount"), scale) or 0
                stated += amount
                since_total += amount
            elif row.kind == TOTAL:
                total = _total(form.cell(row, "amount"), scale)
                if total is not None:
                    self._totals.append(_Total(form, row.number, total, (stated, since_total)))
                    since_total = 0
            yield row
        self._sheet_sums[form.sheet] = stated

    def pass_by(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Note who stands in the roster already: the same beneficiary in a row that comes after is a duplicate."""
        form = RosterForm(table, self)
        for chunk in data_chunks(rows, _CHUNK):
            self._look_up(form, chunk)
            for row in chunk:
                RosterRow(self, form, row).note()

    def stands(self, person: Candidate) -> bool:
        """Whether the roster names this beneficiary already."""
        return (
            person.person_id if self.policy.target == "person" else person.household_id
        ) in self.beneficiary_rows

    def finish(self) -> None:
        """After the last sheet: each 合计 row against what it may be the sum of.

        Offices put it under the rows, above them or after each village, for the sheet or for the whole workbook: it is
        right when it is one of these sums.
        """
        whole = sum(self._sheet_sums.values())
        before = 0
        earlier = {}
        for sheet, stated in self._sheet_sums.items():
            before += stated
            earlier[sheet] = before
        for total in self._totals:
            sheet = total.form.sheet
            self._check_total(total, (self._sheet_sums[sheet], *total.above, earlier[sheet], whole))

    def _check_total(self, total: _Total, sums: Sequence[int]) -> None:
        written, *fen = [round_half_up(ten_thousandths, 100) for ten_thousandths in (total.stated, *sums)]
        if written not in fen:
            self.findings.append(
                finding(
                    ROSTER, "total.mismatch", total.form.sheet, total.row, total.form.heading("amount"), yuan_plain(Fen(written)),
                    {"sum": yuan_plain(Fen(fen[0])), "difference": yuan_plain(Fen(abs(written - fen[0])))},
                )
            )  # fmt: skip

    def _take(self, form: RosterForm, chunk: Sequence[DataRow]) -> None:
        self.rows += len(chunk)
        self.desk.progress.step(self.rows)
        self._look_up(form, chunk)
        accepted = []
        for row in chunk:
            checked = RosterRow(self, form, row).checked()
            if checked is not None:
                accepted.append(checked)
        self._store(accepted)

    def _look_up(self, form: RosterForm, chunk: Sequence[DataRow]) -> None:
        """Load whom the rows name, and how they stood before where rosters of this period came before."""
        named = ("id_number", "head_id") if self.policy.target == "household" else ("id_number",)
        self.beneficiaries.look_up(
            [read_id(form.cell(row, field_name))[0] for row in chunk for field_name in named]
        )
        if not self.comes_again:
            return
        target = self.policy.target
        keys = [one.id if target == "person" else one.household_id for one in self.beneficiaries.found()]
        self.stood = {
            row[0]: Stood(*row[1:])
            for row in self.desk.store.each(
                f"SELECT e.{target}_id, e.row_digest, e.run_id, CASE e.state WHEN 'active' THEN e.computed_fen ELSE 0 END"
                f" FROM json_each(?) j CROSS JOIN enrolment e ON e.{target}_id = j.value JOIN import_run r ON r.id = e.run_id"
                " AND r.state = 'done' WHERE e.program_id = ? AND e.period = ? AND e.target = ? AND e.run_id <> ? ORDER BY e.id",
                (json.dumps(keys), self.program.id, self.period, target, self.run_id),
            )
        }

    def _store(self, accepted: Sequence[tuple[object, ...]]) -> None:
        """New enrolments; who was on an earlier roster of this period keeps one enrolment, with the new figures."""
        store = self.desk.store
        target = self.policy.target
        column = f"{target}_id"
        place = _ENROLMENT.index(column)
        keys = [row[place] for row in accepted]
        marks = ", ".join("?" * len(keys))
        old = {
            row[1]: row
            for row in store.each(
                f"SELECT id, {column}, {', '.join(_ENROLMENT)} FROM enrolment WHERE program_id = ? AND period = ?"
                f" AND target = ? AND state = 'active' AND {column} IN ({marks})",
                (self.program.id, self.period, target, *keys),
            )
        }
        before = [(row[0], *row[2:]) for row in old.values()]
        changed = [(*row, old[row[place]][0]) for row in accepted if row[place] in old]
        fresh = [row for row in accepted if row[place] not in old]
        if changed:
            keep_before(store, self.run_id, "enrolment", _ENROLMENT, before)
            store.execute_many(
                f"UPDATE enrolment SET {', '.join(f'{name} = ?' for name in _ENROLMENT)} WHERE id = ?",
                changed,
            )
            self.updated += len(changed)
        fixed = (
            self.program.id,
            target,
            self.period,
            first_day(self.period).isoformat(),
            last_day(self.period).isoformat(),
        )
        store.execute_many(
            f"INSERT INTO enrolment (program_id, target, period, valid_from, valid_to, {', '.join(_ENROLMENT)})"
            f" VALUES ({', '.join('?' * (5 + len(_ENROLMENT)))})",
            [(*fixed, *row) for row in fresh],
        )


def _stated(cell: object, scale: int) -> int | None:
    """A stated amount in 1/10000 yuan, as the sum of all needs it; None for what is no amount."""
    if isinstance(cell, str):
        cell = word_of(cell).lstrip("¥￥")
    ratio = ratio_of_cell(cell)
    return None if ratio is None else round_half_up(ratio[0] * 10_000 * scale, ratio[1])


def _total(cell: object, scale: int) -> int | None:
    """As `_stated`, for a 合计, which may also be written “1234.50元整”: it is compared, never paid."""
    return _stated(word_of(cell).rstrip("整元圆") if isinstance(cell, str) else cell, scale)
