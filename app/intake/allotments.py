"""The workbook of allotments and receipts 资金指标: checked row by row, taken in, and taken back.

DOMAIN §6 has findings of amounts for it and no others. So a row whose amount cannot be read is rejected, and anything
else that cannot be read exactly (no document, an unknown program, a date) keeps the whole file out, with its place: half
a register of funds would be worse than none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from app.desk import Desk
from app.funds.queries import AllotmentView, allotment_of
from app.funds.steps import book_receipt, insert_allotment, take_back_receipt
from app.intake.cells import as_written, text_of
from app.intake.checked_rows import FileIntake
from app.intake.findings import ERROR, Finding, finding
from app.intake.source import Outcome, RunInUse, RunKind, open_source, take_in
from app.programs.queries import program_key, programs
from app.programs.steps import LEVELS
from app.workbook.columns import ALLOTMENTS, DATA_ROW, DataRow, Table
from app.workbook.reading import Cell
from models.domain.dates import NotDate, date_from_cell
from models.domain.document_number import document_key
from models.domain.money import Fen, NotMoney, TooManyDecimals, fen_from_cell, yuan_text
from models.domain.refusal import Refusal
from models.domain.written import compacted, outer_trimmed
from models.store.opening import Store

AMOUNTS: Final[Mapping[str, tuple[str, str]]] = {
    "amount.not_a_number": (ERROR, "金额“{written}”不是数字。请只填数字，例如 571000.00。"),
    "amount.not_positive": (
        ERROR,
        "金额是 {written}，应大于零。核减和退回请在指标里办理，不要在表里填负数。",
    ),
    "amount.decimals": (ERROR, "金额“{written}”换算成元后不止两位小数。请按两位小数填写。"),
}

_LEVEL_WORDS: Final[Mapping[str, str]] = {
    **{level: level for level in LEVELS},
    **{f"{level}级": level for level in LEVELS},
    **{f"{level}财政": level for level in LEVELS},
    **{f"{level}级财政": level for level in LEVELS},
    **dict.fromkeys(("国家", "国家级"), "中央"),
    **dict.fromkeys(
        ("区", "区级", "县区", "区县", "县(区)", "县(市区)", "县(市、区)", "县(区)级", "县市区"), "县"
    ),
    **dict.fromkeys(("乡", "镇", "乡级", "镇级", "乡(镇)", "镇(乡)", "乡镇(街道)", "街道", "本级"), "乡镇"),
}


class AllotmentRowRefused(Refusal):
    """A cell that no finding of the table fits and that must not be guessed."""

    form = "工作表“{sheet}”第 {row} 行“{column}”{fault}。请改正后重新导入，整个文件都没有导入。"


@dataclass(frozen=True, slots=True)
class AllotmentLine:
    """A row that may come in: what is allotted, what is received, or both, in fen; days as 'YYYY-MM-DD'.

    `allotted_fen` None is a receipt for an allotment that is there already; `received_fen` 0 is an allotment whose money
    has not come. `column` is the heading that a refusal of the line names.
    """

    sheet: str
    row: int
    column: str
    program_id: int
    program_code: str
    document: str
    level: str
    issued_on: str
    allotted_fen: Fen | None
    received_fen: Fen
    received_on: str
    remark: str

    @property
    def year(self) -> int:
        """The year of the day of issue."""
        return int(self.issued_on[:4])

    def refused(self, fault: str) -> AllotmentRowRefused:
        """The refusal of the file for this line."""
        return AllotmentRowRefused(sheet=self.sheet, row=self.row, column=self.column, fault=fault)


def take_allotments(desk: Desk, path: Path, mapping: Mapping[str, str] | None = None) -> Outcome:
    """Check a workbook and take its good rows in as one run, inside `writing` or `trying`.

    Raises AlreadyImported, CannotRead, UnreadableWorkbook, NoTableFound, AmbiguousColumns, AllotmentRowRefused.
    """
    source = open_source(path, ALLOTMENTS, mapping, desk.store)
    return take_in(desk, source, RunKind("allotments"), lambda run_id: AllotmentIntake(desk, run_id))


def withdraw_allotments(desk: Desk, run_id: int) -> None:
    """Take a run back, inside `writing`: its receipts are reversed in red and removed, its allotments withdrawn.

    Raises RunInUse naming what was used, changed or received on top.
    """
    store = desk.store
    mine = [
        row[0]
        for row in store.rows("SELECT id FROM allotment WHERE run_id = ? AND withdrawn_on IS NULL", (run_id,))
    ]
    received = store.rows(
        "SELECT id, allotment_id, fen FROM receipt WHERE run_id = ? ORDER BY id DESC", (run_id,)
    )
    blockers = [words for allotment_id in mine if (words := _standing_on(store, allotment_id, run_id))]
    taken: Counter[int] = Counter()
    for _, allotment_id, fen in received:
        taken[allotment_id] += fen
    for allotment_id, fen in taken.items():
        known = allotment_of(store, allotment_id)
        if allotment_id not in mine and min(known.allotted_fen, known.received_fen - fen) < known.used_fen:
            blockers.append(f"{_called(known)}的到账已用 {yuan_text(known.used_fen)} 元")
    if blockers:
        raise RunInUse(run=run_id, blockers="；".join(blockers))
    for receipt_id, _, _ in received:
        take_back_receipt(desk, receipt_id)
    store.execute_many(
        "UPDATE allotment SET withdrawn_on = ? WHERE id = ?", [(desk.day, one) for one in mine]
    )


# -- checking --------------------------------------------------------------------------------------------------


@dataclass
class AllotmentIntake(FileIntake):
    """One workbook of allotments on its way into the funds: a `SheetTaker` of `take_in`."""

    lines: list[AllotmentLine] = field(default_factory=list, kw_only=True)

    def __post_init__(self) -> None:
        known = programs(self.desk.store)
        self._by_code = {one.code: one for one in known}
        self._by_name = {program_key(one.name): one for one in known}

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check the rows of one sheet; totals and notes are passed over."""
        for row in rows:
            if row.kind != DATA_ROW:
                continue
            self.rows += 1
            line = self._checked(_Row(table, row))
            if line is not None:
                self.lines.append(line)

    def finish(self) -> None:
        """After the last sheet: the good lines come in together, so that a refusal of one leaves none.

        A line whose document, program and level are there already only adds its receipt, and only when its allotted amount
        agrees; a receipt of the same day and amount that was there before this run is not booked again (a register that goes
        on from month to month repeats its old lines). Raises AllotmentRowRefused.
        """
        self.accepted = len(self.lines)
        standing = _Standing(self.desk)
        for line in self.lines:
            allotment_id = standing.allotment_for(line, self.run_id)
            if line.received_fen and standing.is_new(line, allotment_id):
                book_receipt(
                    self.desk,
                    allotment_id=allotment_id,
                    received_on=line.received_on,
                    fen=line.received_fen,
                    remark=line.remark,
                    run_id=self.run_id,
                )

    def _checked(self, row: "_Row") -> AllotmentLine | None:
        document = row.text("document")
        if not document_key(document):
            raise row.refused("document", "是空的，资金指标要有文号")
        program_text = row.text("program")
        program = self._by_code.get(program_key(program_text)) or self._by_name.get(program_key(program_text))
        if program is None:
            raise row.refused("program", f"“{program_text}”不是登记的补贴项目，请写全称或编码")
        level = self._level(row)
        allotted, fault = row.money("allotted")
        received, received_fault = row.money("received")
        # what is empty says nothing; a received 0 is money that has not come
        if fault is None and received_fault is None and allotted is None and not received:
            fault = row.fault("allotted" if row.has("allotted") else "received", "amount.not_a_number")
        if fault is None and allotted is not None and allotted <= 0:
            fault = row.fault("allotted", "amount.not_positive")
        if received_fault is None and received is not None and received < 0:
            received_fault = row.fault("received", "amount.not_positive")
        received_on = row.day("received_on")
        if received and received_fault is None and not received_on:
            raise row.refused("received_on", "是空的，到账要有银行回单上的日期")
        issued_on = row.day("allotted_on") or received_on or self.desk.day
        self.cleaned += row.cleaned
        faults = [found for found in (fault, received_fault) if found is not None]
        if faults:
            self.findings += faults
            return None
        return AllotmentLine(
            sheet=row.sheet,
            row=row.number,
            column=row.heading("allotted" if allotted is not None else "received"),
            program_id=program.id,
            program_code=program.code,
            document=document,
            level=level,
            issued_on=issued_on,
            allotted_fen=allotted,
            received_fen=received or Fen(0),
            received_on=received_on if received else "",
            remark=row.text("remark"),
        )

    def _level(self, row: "_Row") -> str:
        written = row.text("level")
        level = _LEVEL_WORDS.get(program_key(written), "") if written else ""
        if written and not level:
            raise row.refused("level", f"“{written}”不是资金级次，可以填写{'、'.join(LEVELS)}")
        return level


class _Row:
    """One row with its headings, read cell by cell."""

    def __init__(self, table: Table, row: DataRow) -> None:
        self.sheet = table.sheet.name
        self.number = row.number
        self.cleaned = 0
        self._cells: Mapping[str, Cell] = dict(zip(table.fields, row.cells, strict=True))
        self._headings = table.headings
        self._scale = table.scale
        self._form = table.form

    def has(self, name: str) -> bool:
        """Whether the sheet has such a column."""
        return name in self._cells

    def heading(self, name: str) -> str:
        """The column's heading as written, or its Chinese name where the sheet has none."""
        return self._headings.get(name) or self._form.fields[name].title

    def text(self, name: str) -> str:
        """The cell as text, cleaned outside; '' where nothing is."""
        cell = self._cells.get(name)
        if cell is None:
            return ""
        written = text_of(cell)
        cleaned = outer_trimmed(written)
        self.cleaned += cleaned != written
        return cleaned

    def money(self, name: str) -> tuple[Fen | None, Finding | None]:
        """The cell in fen, None for an empty one; or the finding that says why it cannot be read."""
        cell = self._cells.get(name)
        if cell is None or (isinstance(cell, str) and compacted(cell) in ("", "-", "—", "/")):
            return None, None
        try:
            return fen_from_cell(cell, self._scale.get(name, 1)), None
        except TooManyDecimals:
            return None, self.fault(name, "amount.decimals")
        except NotMoney:
            return None, self.fault(name, "amount.not_a_number")

    def day(self, name: str) -> str:
        """The cell's day, '' for an empty one. Raises AllotmentRowRefused for what is no date."""
        cell = self._cells.get(name)
        if cell is None or (isinstance(cell, str) and not compacted(cell)):
            return ""
        try:
            return date_from_cell(cell).isoformat()
        except NotDate:
            raise self.refused(name, f"“{as_written(cell)}”不是日期，请写成 2024-03-15 这样") from None

    def fault(self, name: str, code: str) -> Finding:
        """A finding of this row."""
        written = as_written(self._cells.get(name)) or "空"
        return finding(AMOUNTS, code, self.sheet, self.number, self.heading(name), written)

    def refused(self, name: str, fault: str) -> AllotmentRowRefused:
        """The refusal of the file for a cell of this row."""
        return AllotmentRowRefused(sheet=self.sheet, row=self.number, column=self.heading(name), fault=fault)


# -- taking in -------------------------------------------------------------------------------------------------


class _Known(NamedTuple):
    """An allotment that stands: what it was allotted at first, in fen."""

    id: int
    level: str
    year: int
    fen: int


class _Standing:
    """The allotments and receipts that stand while a file comes in: those from before, and those of the file so far."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._allotments: dict[tuple[int, str], list[_Known]] = {}
        for allotment_id, program_id, key, level, year, fen in desk.store.rows(
            "SELECT id, program_id, document_key, level, year, allotted_fen FROM allotment"
            " WHERE withdrawn_on IS NULL AND carried_from IS NULL ORDER BY year, id"
        ):
            self._allotments.setdefault((program_id, key), []).append(_Known(allotment_id, level, year, fen))
        self._booked: Counter[tuple[int, str, int]] = Counter(
            {
                (row[0], row[1], row[2]): row[3]
                for row in desk.store.rows(
                    "SELECT allotment_id, received_on, fen, count(*) FROM receipt GROUP BY allotment_id, received_on, fen"
                )
            }
        )
        self._of_this_file: dict[tuple[int, str, int], AllotmentLine] = {}

    def allotment_for(self, line: AllotmentLine, run_id: int) -> int:
        """The allotment that a line speaks of, made where it is new. Raises AllotmentRowRefused where they disagree."""
        known = self._allotments.setdefault((line.program_id, document_key(line.document)), [])
        same = [one for one in known if one.level == line.level]
        if line.allotted_fen is None:
            candidates = same or ([] if line.level else known)
            if len(candidates) != 1:
                many = (
                    "有几条资金指标，请写明资金级次" if candidates else "还没有登记资金指标，请先填指标金额"
                )
                raise line.refused(f"只有到账，而文号“{line.document}”{many}")
            return candidates[0].id
        if not same:
            made = _Known(
                self._add(line, line.allotted_fen, run_id), line.level, line.year, line.allotted_fen
            )
            known.append(made)
            return made.id
        found = next((one for one in same if one.year == line.year), same[0])
        now = allotment_of(self._desk.store, found.id).allotted_fen
        if line.allotted_fen not in (found.fen, now):
            raise line.refused(
                f"写的指标是 {yuan_text(line.allotted_fen)} 元，文号“{line.document}”已登记 {yuan_text(now)} 元，"
                "追加或核减请用指标调整"
            )
        return found.id

    def _add(self, line: AllotmentLine, fen: Fen, run_id: int) -> int:
        return insert_allotment(
            self._desk.store,
            program_id=line.program_id,
            document=line.document,
            level=line.level,
            year=line.year,
            issued_on=line.issued_on,
            fen=fen,
            remark=line.remark,
            run_id=run_id,
        )

    def is_new(self, line: AllotmentLine, allotment_id: int) -> bool:
        """Whether a line's receipt has not been booked before this file came.

        Raises AllotmentRowRefused for a line that repeats another of the file and would go beyond what is allotted.
        """
        key = (allotment_id, line.received_on, int(line.received_fen))
        if self._booked[key]:
            self._booked[key] -= 1
            return False
        first = self._of_this_file.setdefault(key, line)
        known = allotment_of(self._desk.store, allotment_id)
        if first is not line and known.received_fen + line.received_fen > known.allotted_fen:
            raise line.refused(
                f"与工作表“{first.sheet}”第 {first.row} 行是同一笔到账，加起来超过了指标，请删去重复的一行"
            )
        return True


# -- taking back -----------------------------------------------------------------------------------------------

# (what stands on allotment ?1 of run ?2, SQL that counts it)
_ON_AN_ALLOTMENT: Final[Sequence[tuple[str, str]]] = (
    (
        "批次用过它的资金",
        "SELECT EXISTS (SELECT 1 FROM batch_funding WHERE allotment_id = ?1 AND ?2 = ?2)"
        " OR EXISTS (SELECT 1 FROM batch_funding_return WHERE allotment_id = ?1)",
    ),
    ("有调整、核减或结转", "SELECT count(*) FROM allotment_change WHERE allotment_id = ?1 AND ?2 = ?2"),
    ("后来另有到账", "SELECT count(*) FROM receipt WHERE allotment_id = ?1 AND coalesce(run_id, 0) <> ?2"),
)


def _standing_on(store: Store, allotment_id: int, run_id: int) -> str:
    """What was built on an allotment, in words; '' for nothing."""
    found = [words for words, sql in _ON_AN_ALLOTMENT if store.value(sql, (allotment_id, run_id))]
    return _called(allotment_of(store, allotment_id)) + "、".join(found) if found else ""


def _called(known: AllotmentView) -> str:
    return f"{known.document}（{known.program_name}）"
