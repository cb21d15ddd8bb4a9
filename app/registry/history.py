"""Payments of earlier months and years 以前的发放, taken over from old workbooks: shown on the person's card and compared with.

They are never in the books, the monthly return or a batch. The rules for IDs are those of every other file; a payment that
stands here already is refused, row by row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from app.desk import Desk
from app.intake.cells import read_account, read_id, word_of
from app.intake.checked_rows import READ_IDS, CheckedRow, FileIntake, FirstPlaces, SheetForm, data_chunks
from app.intake.findings import ACCOUNTS, ERROR, ROSTER, WARNING
from app.intake.source import Outcome, RunKind, open_source, take_in
from app.programs.queries import (
    AmbiguousProgram,
    NoSuchProgram,
    ProgramView,
    find_program,
    policies_of,
)
from app.workbook.columns import HISTORY, DataRow, Table
from models.domain.dates import NotDate, date_from_cell
from models.domain.period import Frequency, NotPeriod, Period, period_text, read_period
from models.domain.person_name import clean_name, name_key
from models.domain.policy import Target
from models.store.opening import Store

HISTORY_FINDINGS: Final[Mapping[str, tuple[str, str]]] = {
    **{code: ACCOUNTS[code] for code in ACCOUNTS if code.startswith("id.")},
    "person.unknown": ACCOUNTS["person.unknown"],
    "name.mismatch": ACCOUNTS["name.mismatch"],
    "amount.not_a_number": ROSTER["amount.not_a_number"],
    "amount.not_positive": (ERROR, "金额是 {written}，应大于零。没有发的不要列入，扣回的请单独登记。"),
    "amount.decimals": ROSTER["amount.decimals"],
    "program.missing": (
        ERROR,
        "没有写补贴项目。请补上项目名称或编码，或在导入时用 --program 指明整个文件的项目。",
    ),
    "program.unknown": (ERROR, "“{written}”认不出是哪个补贴项目：{cause}"),
    "period.missing": (ERROR, "没有写发放期间。请补上年、季或月，或在导入时用 --period 指明整个文件的期间。"),
    "period.unreadable": (ERROR, "发放期间“{written}”读不出来：{cause}"),
    "paid_on.unreadable": (
        WARNING,
        "发放日期“{written}”读不出来，已不记日期。请改成 2024-03-15 这样的写法。",
    ),
    "outcome.unknown": (ERROR, "发放结果“{written}”看不出成功还是失败。请改成“成功”或“失败”。"),
    "payment.duplicate": (
        ERROR,
        "“{program}”{period}已经有这个对象的发放：{where}。同一期只记一次，请删去这一行。",
    ),
}

PAID_WORDS: Final = frozenset(
    ("成功", "发放成功", "支付成功", "代发成功", "已发", "已发放", "已支付", "已到账", "到账", "已兑付", "已打卡", "打卡成功", "处理成功",
     "交易成功", "全部成功", "入账成功", "正常", "是", "Y", "0000")
)  # fmt: skip
FAILED_WORDS: Final = frozenset(
    ("失败", "发放失败", "支付失败", "代发失败", "未发", "未发放", "未成功", "不成功", "退票", "退回", "已退回", "已退票", "未到账", "打卡失败",
     "处理失败", "交易失败", "入账失败", "否", "N")
)  # fmt: skip


def take_history(
    desk: Desk,
    path: Path,
    *,
    program: str = "",
    period: str = "",
    mapping: Mapping[str, str] | None = None,
) -> tuple[Outcome, dict[str, object]]:
    """Check a workbook of earlier payments and keep its good rows, inside `writing` or `trying`; gives the sums too.

    `program` and `period` stand for rows that name none. Raises NoSuchProgram, AmbiguousProgram, NotPeriod, AlreadyImported,
    UnreadableWorkbook, NoTableFound.
    """
    whole = find_program(desk.store, program) if program else None
    if whole is not None and period:
        read_period(period, _Payable(desk.store, whole).frequency(period))
    source = open_source(path, HISTORY, mapping, desk.store)
    intake: list[HistoryIntake] = []

    def taker(run_id: int) -> HistoryIntake:
        intake.append(HistoryIntake(desk, run_id, whole, period))
        return intake[0]

    kind = RunKind("history", program_id=None if whole is None else whole.id, period=period)
    outcome = take_in(desk, source, kind, taker)
    taken = intake[0]
    desk.store.execute(
        "UPDATE import_run SET accepted_fen = ? WHERE id = ?", (taken.accepted_fen, outcome.run)
    )
    return outcome, {"accepted_fen": taken.accepted_fen, "failed": taken.failed}


def take_back_history(store: Store, run_id: int) -> None:
    """Remove what a run of earlier payments brought, inside `writing`: nothing stands on it."""
    store.execute("DELETE FROM past_payment WHERE run_id = ?", (run_id,))


class _Payable:
    """A program as earlier payments need it: how often it is paid, and to whom."""

    def __init__(self, store: Store, program: ProgramView) -> None:
        self.program = program
        known = policies_of(store, program.id)
        self._frequency: Frequency | None = known[-1].policy.frequency if known else None
        self.target: Target = known[-1].policy.target if known else "person"

    def frequency(self, written: str) -> Frequency:
        """The program's frequency; of one without a policy yet, what the written period itself says."""
        if self._frequency is not None:
            return self._frequency
        for frequency in ("month", "quarter"):
            try:
                read_period(written, frequency)
            except NotPeriod:
                continue
            return frequency
        return "year"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry knows of the person of a row."""

    id: int
    name: str
    name_key: str
    household_id: int
    village_id: int


@dataclass
class HistoryIntake(FileIntake):
    """One workbook of earlier payments on its way in."""

    program: ProgramView | None
    period: str
    accepted_fen: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        self._payable: dict[str, _Payable | str] = {}
        self.payments = FirstPlaces()

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and keep the data rows of one sheet."""
        form = SheetForm(table, HISTORY_FINDINGS, self.findings)
        for chunk in data_chunks(rows):
            self._take(form, chunk)

    def finish(self) -> None:
        """Nothing waits for the end."""

    def payable(self, written: str) -> "_Payable | str":
        """The program that a cell names ('' for the whole file's), or words for why none is."""
        found = self._payable.get(written)
        if found is None:
            try:
                program = find_program(self.desk.store, written) if written else self.program
            except (NoSuchProgram, AmbiguousProgram) as no:
                found = no.sentence
            else:
                found = "" if program is None else _Payable(self.desk.store, program)
            self._payable[written] = found
        return found

    def _take(self, form: SheetForm, chunk: Sequence[DataRow]) -> None:
        store = self.desk.store
        self.rows += len(chunk)
        self.desk.progress.step(self.rows)
        read = [_HistoryRow(self, form, row) for row in chunk]
        people = self._known_people([row.id_number for row in read])
        for row in read:
            row.person = people.get(row.id_number)
        standing = _Standing(store, list(people.values()))
        kept = [made for row in read if (made := row.checked(standing)) is not None]
        self.accepted += len(kept)
        store.execute_many(
            "INSERT INTO past_payment (run_id, program_id, period, target, person_id, household_id, village_id, name, id_number,"
            " payee_name, account_number, owed_fen, paid_on, outcome, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(self.run_id, *made) for made in kept],
        )

    def _known_people(self, numbers: Sequence[str]) -> dict[str, _Known]:
        wanted = sorted(set(numbers) - {""})
        rows = self.desk.store.each(
            "SELECT p.id_number, p.id, p.name, p.name_key, p.household_id, h.village_id FROM person p JOIN household h"
            f" ON h.id = p.household_id WHERE p.id_number IN ({', '.join('?' * len(wanted))})",
            wanted,
        )
        return {row[0]: _Known(*row[1:]) for row in rows}


class _Standing:
    """Payments that a chunk's people and households have already: taken over earlier, or in batches here."""

    def __init__(self, store: Store, people: Sequence[_Known]) -> None:
        self._where: dict[tuple[int, Period, str, int], str] = {}
        for target in ("person", "household"):
            ids = sorted({one.id if target == "person" else one.household_id for one in people})
            marks = ", ".join("?" * len(ids))
            rows = store.each(
                f"SELECT program_id, period, {target}_id, '第 ' || run_id || ' 次导入' FROM past_payment WHERE outcome = 'paid'"
                f" AND target = ? AND {target}_id IN ({marks}) UNION ALL SELECT m.program_id, m.period, m.{target}_id, '批次 '"
                f" || b.number FROM payment m JOIN batch b ON b.id = m.batch_id WHERE m.target = ? AND m.source_id IS NULL"
                f" AND m.bucket NOT IN ('stopped', 'closed_unpaid') AND m.{target}_id IN ({marks})",
                (target, *ids, target, *ids),
            )
            self._where.update({(row[0], row[1], target, row[2]): row[3] for row in rows})

    def where(self, program_id: int, period: Period, target: str, key: int) -> str:
        """Where the payment stands already, '' for nowhere."""
        return self._where.get((program_id, period, target, key), "")


class _HistoryRow(CheckedRow):
    """One row while it is being checked."""

    def __init__(self, intake: HistoryIntake, form: SheetForm, row: DataRow) -> None:
        super().__init__(form, row)
        self._intake = intake
        self.person: _Known | None = None
        self.id_number, self._id_fault = read_id(self.cell("id_number"))

    def checked(self, standing: _Standing) -> tuple[object, ...] | None:
        """The row as kept, or None when it is rejected."""
        intake = self._intake
        self._identity()
        fen = self.positive_money("amount")
        payable = self._program()
        period = None if payable is None else self._period(payable)
        outcome = self._outcome()
        paid_on = self._paid_on()
        person = self.person
        if self.rejected or person is None or fen is None or payable is None or period is None:
            return None
        key = person.id if payable.target == "person" else person.household_id
        if outcome == "paid":
            program = payable.program
            where = standing.where(program.id, period, payable.target, key) or intake.payments.before(
                (program.id, period, key), self.form.sheet, self.row.number
            )
            if where:
                self.say(
                    "payment.duplicate",
                    "id_number",
                    program=program.name,
                    period=period_text(period),
                    where=where,
                )
                return None
            intake.accepted_fen += fen
        else:
            intake.failed += 1
        name = clean_name(self.text("name")) or person.name
        return (
            payable.program.id, period, payable.target, person.id, person.household_id, person.village_id, name, self.id_number,
            self.text("payee_name") or self.text("holder"), read_account(self.cell("account"))[0], fen, paid_on, outcome,
            self.text("fail_reason"),
        )  # fmt: skip

    def _identity(self) -> None:
        """The ID by the rules of every file, and the name beside it: old books keep maiden and former names."""
        fault, person = self._id_fault, self.person
        if fault not in READ_IDS:
            self.say_of_id(fault, self.id_number)
            return
        if person is None:
            self.say("person.unknown", "id_number")
            return
        if fault == "id.fifteen":
            self.say_of_id(fault, self.id_number)
        elif self.id_number != self.cell("id_number"):
            self._intake.cleaned += 1
        name = self.text("name")
        if name and name_key(name) != person.name_key:
            self.say("name.mismatch", "name", known=person.name)

    def _program(self) -> _Payable | None:
        found = self._intake.payable(word_of(self.cell("program")))
        if isinstance(found, _Payable):
            return found
        if found:
            self.say("program.unknown", "program", cause=found)
        else:
            self.say("program.missing", "program")
        return None

    def _period(self, payable: _Payable) -> Period | None:
        cell = self.cell("period")
        if isinstance(cell, date | datetime):
            written = f"{cell.year}-{cell.month:02d}"  # Excel keeps 2024年6月 as the first of June
        else:
            written = word_of(cell) or self._intake.period
        if not written:
            self.say("period.missing", "period")
            return None
        try:
            return read_period(written, payable.frequency(written))
        except NotPeriod as no:
            self.say("period.unreadable", "period", cause=no.sentence)
            return None

    def _outcome(self) -> str:
        """Whether the money arrived; a file without such a column, or an empty cell, tells of what was paid."""
        word = word_of(self.cell("outcome")).upper()
        if word in FAILED_WORDS:
            return "failed"
        if word and word not in PAID_WORDS:
            self.say("outcome.unknown", "outcome")
        return "paid"

    def _paid_on(self) -> str | None:
        cell = self.cell("paid_on")
        if cell is None:
            return None
        try:
            return date_from_cell(cell).isoformat()
        except NotDate:
            self.say("paid_on.unreadable", "paid_on")
            return None
