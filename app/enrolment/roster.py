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
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.desk import Desk
from app.enrolment.known import Beneficiaries, Beneficiary, Standing
from app.intake.before import keep_before
from app.intake.cells import as_written, birth_in, read_account, read_id, text_in, word_of
from app.intake.digests import digester
from app.intake.findings import CONFLICT_IS_A_HINT, ERROR, ROSTER, Finding, Places, finding
from app.intake.repairs import DOUBTFUL_ACCOUNTS, DOUBTFUL_IDS, Candidate, Doubt
from app.programs.queries import ProgramView, StoredPolicy
from app.registry.villages import Villages
from app.workbook.columns import DATA_ROW, TOTAL, DataRow, Table
from app.workbook.reading import ErrorCell
from models.domain.dates import NotDate, date_from_cell
from models.domain.entitlement import CannotCompute, Entitlement, Facts, OutsideAge, compiled, full_trace
from models.domain.idnumber import age_on
from models.domain.money import Fen, NotMoney, TooManyDecimals, fen_from_cell, round_half_up, yuan_plain
from models.domain.period import first_day, last_day, period_text
from models.domain.person_name import clean_name, name_key
from models.domain.quantity import (
    NotQuantity,
    NotRate,
    Quantity,
    quantity_from_cell,
    rate_from_cell,
    rate_text,
)
from models.domain.written import ratio_of_cell

CHUNK = 2_000

_ENROLMENT = (
    "person_id", "household_id", "quantity", "grade", "care_level", "heads", "cost_fen", "approved_fen", "stated_fen",
    "computed_fen", "trace", "more_facts", "stated_account", "remark", "row_digest", "run_id",
)  # fmt: skip


class _Stood(NamedTuple):
    """An enrolment as an earlier run of this program and period left it."""

    row_digest: int | None
    run_id: int
    fen: int


@dataclass
class RosterIntake:
    """One roster on its way to becoming enrolments."""

    desk: Desk
    run_id: int
    program: ProgramView
    period: str
    stored: StoredPolicy
    rows: int = 0
    accepted: int = 0
    cleaned: int = 0
    updated: int = 0
    findings: list[Finding] = field(default_factory=list)
    accepted_fen: int = 0
    fen_by_village: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[int] = field(default_factory=Counter)
    doubts: list[Doubt] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.desk.store
        self.policy = self.stored.policy
        self.compute = compiled(self.policy)
        self.villages = Villages(store)
        self.beneficiaries = Beneficiaries(store, self.policy)
        self.standing = Standing(store, self.program, self.period, self.policy.target)
        self._places = Places()
        self._first: dict[int, int] = {}
        self._comes_again = bool(
            store.value(
                "SELECT 1 FROM import_run WHERE kind = 'roster' AND program_id = ? AND period = ? AND state = 'done'"
                " AND id <> ? LIMIT 1",
                (self.program.id, self.period, self.run_id),
            )
        )
        self.stood: Mapping[int, _Stood] = {}
        self.last_month = last_day(self.period).isoformat()[:7]
        self._totals: list[_Total] = []
        self._sheet_sums: dict[str, int] = {}

    def take_sheet(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Check and take in the rows of one sheet; its 合计 rows wait until all sheets are read."""
        columns = {name: place for place, name in enumerate(table.fields)}
        form = self._form_of(table, columns)
        chunk: list[DataRow] = []
        stated = since_total = 0
        for row in rows:
            if row.kind == DATA_ROW:
                chunk.append(row)
                amount = _stated(form.cell(row, "amount"), form.scale_of("amount")) or 0
                stated += amount
                since_total += amount
                if len(chunk) == CHUNK:
                    self._take(form, chunk)
                    chunk = []
            elif row.kind == TOTAL:
                total = _total(form.cell(row, "amount"), form.scale_of("amount"))
                if total is not None:
                    self._totals.append(_Total(form, row.number, total, (stated, since_total)))
                    since_total = 0
        if chunk:
            self._take(form, chunk)
        self._sheet_sums[form.sheet] = stated

    def _form_of(self, table: Table, columns: Mapping[str, int]) -> "_SheetForm":
        meant_by = repr((sorted(table.scale.items()), self.stored.version))
        return _SheetForm(
            table.sheet.name, columns, table.headings, table.scale, digester(table.fields, meant_by)
        )

    def pass_by(self, table: Table, rows: Iterable[DataRow]) -> None:
        """Note who stands in the roster already: the same beneficiary in a row that comes after is a duplicate."""
        form = self._form_of(table, {name: place for place, name in enumerate(table.fields)})
        standing = list(rows)
        for start in range(0, len(standing), CHUNK):
            chunk = standing[start : start + CHUNK]
            self._look_up(form, chunk)
            for row in chunk:
                _RosterRow(self, form, row).note()

    def stands(self, person: Candidate) -> bool:
        """Whether the roster names this beneficiary already."""
        return (person.person_id if self.policy.target == "person" else person.household_id) in self._first

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

    def where_first(self, key: int, sheet: str, row: int) -> str:
        """Words for where this beneficiary stood before in the roster, '' for nowhere; it is then known to stand here."""
        place = self._places.number(sheet, row)
        first = self._first.setdefault(key, place)
        return "" if first == place else self._places.words(first, sheet)

    def _check_total(self, total: "_Total", sums: Sequence[int]) -> None:
        written, *fen = [round_half_up(ten_thousandths, 100) for ten_thousandths in (total.stated, *sums)]
        if written not in fen:
            self.findings.append(
                finding(
                    ROSTER, "total.mismatch", total.form.sheet, total.row, total.form.heading("amount"), yuan_plain(Fen(written)),
                    {"sum": yuan_plain(Fen(fen[0])), "difference": yuan_plain(Fen(abs(written - fen[0])))},
                )
            )  # fmt: skip

    def _take(self, form: "_SheetForm", chunk: Sequence[DataRow]) -> None:
        self.rows += len(chunk)
        self.desk.progress.step(self.rows)
        self._look_up(form, chunk)
        accepted = []
        for row in chunk:
            checked = _RosterRow(self, form, row).checked()
            if checked is not None:
                accepted.append(checked)
        self._store(accepted)

    def _look_up(self, form: "_SheetForm", chunk: Sequence[DataRow]) -> None:
        """Load whom the rows name, and how they stood before where rosters of this period came before."""
        named = ("id_number", "head_id") if self.policy.target == "household" else ("id_number",)
        self.beneficiaries.look_up(
            [read_id(form.cell(row, field_name))[0] for row in chunk for field_name in named]
        )
        if not self._comes_again:
            return
        target = self.policy.target
        keys = [one.id if target == "person" else one.household_id for one in self.beneficiaries.found()]
        self.stood = {
            row[0]: _Stood(*row[1:])
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


@dataclass(frozen=True)
class _SheetForm:
    """Where the fields of a sheet stand."""

    sheet: str
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    scale: Mapping[str, int]
    digest: Callable[[Sequence[object]], int]

    def cell(self, row: DataRow, field_name: str) -> object:
        """The cell of a field, None where the sheet has no such column."""
        place = self.columns.get(field_name)
        return None if place is None else row.cells[place]

    def heading(self, field_name: str) -> str:
        """The column's heading as written."""
        return self.headings.get(field_name, "")

    def scale_of(self, field_name: str) -> int:
        """What the column's numbers are multiplied by to be yuan (10000 under 万元)."""
        return self.scale.get(field_name, 1)

    def has(self, field_name: str) -> bool:
        """Whether the sheet has such a column."""
        return field_name in self.columns


@dataclass(frozen=True)
class _Total:
    """A 合计 row: what it states, and the sums of the rows above it, all and since the last total (1/10000 yuan)."""

    form: _SheetForm
    row: int
    stated: int
    above: tuple[int, int]


class _RosterRow:
    """One row while it is being checked."""

    def __init__(self, intake: RosterIntake, form: _SheetForm, row: DataRow) -> None:
        self._intake = intake
        self._form = form
        self._row = row
        self._said: dict[str, int] = {}
        self._rejected = False
        # In a roster in full (DOMAIN §12) a household may stand with its head alone, its 享受人 left empty.
        heads_row = (
            intake.policy.target == "household"
            and form.cell(row, "id_number") is None
            and form.cell(row, "name") is None
            and form.cell(row, "head_id") is not None
        )
        self._name_field, self._id_field = ("head", "head_id") if heads_row else ("name", "id_number")

    def checked(self) -> tuple[object, ...] | None:
        """The row as an enrolment (in the order of `_ENROLMENT`), or None when it is rejected or unchanged."""
        intake = self._intake
        digest = self._form.digest(self._row.cells)
        if self._is_unchanged(digest):
            return None
        person = self._person()
        self._name(person)
        self._village(person)
        account = self._account(person)
        quantity = self._quantity()
        stated = self._amount()
        entitlement = self._entitlement(person, quantity, stated)
        self._rate(entitlement)
        self._conflict(person)
        if self._rejected or person is None or entitlement is None:
            return None
        intake.accepted += 1
        intake.accepted_fen += entitlement.fen
        intake.fen_by_village[person.village] += entitlement.fen
        approved = stated if intake.policy.approved_amount else None
        return (
            person.id, person.household_id, quantity, self._text("grade"), self._text("care_level"), self._whole("heads"),
            self._money("cost"), approved, stated, entitlement.fen,
            full_trace(entitlement, intake.stored.version, intake.policy.document), self._more_facts(), account,
            self._text("remark"), digest, intake.run_id,
        )  # fmt: skip

    def note(self) -> None:
        """Note who stands here, with nothing said."""
        person = self._named()
        if person is not None:
            self._intake.where_first(self._key(person), self._form.sheet, self._row.number)

    def _named(self) -> Beneficiary | None:
        return self._intake.beneficiaries.get(read_id(self._cell(self._id_field))[0])

    def _key(self, person: Beneficiary) -> int:
        return person.id if self._intake.policy.target == "person" else person.household_id

    def _is_unchanged(self, digest: int) -> bool:
        """Whether an earlier run took in this very row; it is then counted, and stands here as any row does."""
        intake = self._intake
        person = self._named() if intake.stood else None
        stood = None if person is None else intake.stood.get(self._key(person))
        if person is None or stood is None or stood.row_digest != digest:
            return False
        if intake.where_first(self._key(person), self._form.sheet, self._row.number):
            return False  # a copy of the row: a duplicate, as it was before
        intake.accepted += 1
        intake.unchanged[stood.run_id] += 1
        intake.accepted_fen += stood.fen
        intake.fen_by_village[person.village] += stood.fen
        return True

    def _doubt(self, code: str, field_name: str, registered: str = "") -> None:
        """A cell of which the registry may make something."""
        village = self._cell("village")
        self._intake.doubts.append(
            Doubt(
                self._form.sheet, self._row.number, field_name, self._form.heading(field_name), self._cell(field_name), code,
                name_key(clean_name(self._text(self._name_field))),
                None if village is None else self._intake.villages.find(village), None, registered,
            )
        )  # fmt: skip

    # -- cells ------------------------------------------------------------------------------------------

    def _cell(self, field_name: str) -> object:
        return self._form.cell(self._row, field_name)

    def _text(self, field_name: str) -> str:
        return text_in(self._cell(field_name))

    def _money(self, field_name: str) -> Fen | None:
        return self._money_or_fault(field_name)[0]

    def _money_or_fault(self, field_name: str) -> tuple[Fen | None, str]:
        """The money of a cell, or None and the code of what is wrong with it."""
        try:
            return fen_from_cell(self._cell(field_name), self._form.scale_of(field_name)), ""
        except TooManyDecimals:
            return None, "amount.decimals"
        except NotMoney:
            return None, "amount.not_a_number"

    def _whole(self, field_name: str) -> int | None:
        text = word_of(self._cell(field_name))
        return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else None

    def _years(self) -> Quantity | None:
        cell = self._cell("years")
        if cell is None:
            return None
        try:
            return quantity_from_cell(cell)
        except NotQuantity:
            return None

    def _day(self, field_name: str) -> date | None:
        cell = self._cell(field_name)
        if cell is None:
            return None
        try:
            return date_from_cell(cell)
        except NotDate:
            return None

    def _say(
        self,
        code: str,
        field_name: str,
        *,
        level: str | None = None,
        form: str | None = None,
        **facts: object,
    ) -> None:
        """A finding, unless its cell has one already: the first that applies stays, save that an error replaces a warning."""
        made = finding(
            ROSTER, code, self._form.sheet, self._row.number, self._form.heading(field_name),
            as_written(self._cell(field_name)), facts, level=level, form=form,
        )  # fmt: skip
        findings = self._intake.findings
        said = self._said.setdefault(field_name, len(findings))
        if said == len(findings):
            findings.append(made)
        elif made.level == ERROR and findings[said].level != ERROR:
            findings[said] = made
        self._rejected |= made.level == ERROR

    # -- checks, in the order of the table of DOMAIN §6 -------------------------------------------------

    def _person(self) -> Beneficiary | None:
        """The beneficiary, known and alive; None when the ID cell was rejected."""
        intake, id_field = self._intake, self._id_field
        cell = self._cell(id_field)
        id_number, fault = read_id(cell)
        if fault not in (None, "id.fifteen", "id.other_document"):
            self._say(fault, id_field, length=len(id_number), birth=birth_in(id_number))
            if fault in DOUBTFUL_IDS:
                self._doubt(fault, id_field)
            return None
        person = intake.beneficiaries.get(id_number)
        if person is None:
            self._say("person.unknown", id_field)
            self._doubt("person.unknown", id_field)
            return None
        if fault == "id.fifteen":
            self._say("id.fifteen", id_field, upgraded=id_number)
        elif id_number != cell:
            intake.cleaned += 1
        period = period_text(intake.period)
        if intake.policy.target == "person" and person.died_on and person.died_on[:7] < intake.last_month:
            self._say("person.deceased", id_field, died=person.died_on, period=period)
            return None
        key = self._key(person)
        where = intake.where_first(key, self._form.sheet, self._row.number) or intake.standing.paid_in(key)
        if where:
            self._say("payment.duplicate", id_field, period=period, where=where)
            return None
        return person

    def _name(self, person: Beneficiary | None) -> None:
        name = clean_name(self._text(self._name_field))
        if not name_key(name):
            self._say("name.missing", self._name_field)
        elif person is not None and name_key(name) != person.name_key:
            self._say("name.mismatch", self._name_field, known=person.name)

    def _village(self, person: Beneficiary | None) -> None:
        cell = self._cell("village")
        if cell is None:
            return
        village_id = self._intake.villages.find(cell)
        if village_id is None:
            self._say("village.unknown", "village")
        elif person is not None and village_id != person.village_id:
            self._say("village.mismatch", "village", known=person.village)

    def _account(self, person: Beneficiary | None) -> str:
        """The account as the roster states it, '' when it cannot be read; the registered one is what will be used."""
        number, fault = read_account(self._cell("account"))
        registered = "" if person is None else person.payee_account
        payee = "" if person is None else person.payee_name
        if fault == "account.missing":
            if person is not None and not registered:
                self._say("account.missing", "account", payee=payee)
        elif fault is not None:
            self._say(fault, "account")
        elif person is not None and registered and number != registered:
            fault = "account.mismatch"
            self._say(fault, "account", payee=payee, tail=registered[-4:])
        if registered and fault in DOUBTFUL_ACCOUNTS:
            self._doubt(fault, "account", registered)
        return number

    def _quantity(self) -> Quantity | None:
        cell = self._cell("quantity")
        if self._intake.policy.family not in ("per_unit", "pool"):
            return None  # the program counts something else: what stands under 数量 decides nothing
        try:
            return quantity_from_cell(cell)
        except NotQuantity:
            self._say("quantity.not_a_number", "quantity")
            return None

    def _amount(self) -> Fen | None:
        """The stated amount; None when the roster states none or it was rejected."""
        cell = self._cell("amount")
        if cell is None and not self._form.has("amount") and not self._intake.policy.approved_amount:
            return None
        stated, fault = self._money_or_fault("amount")
        if stated is not None and stated > 0:
            return stated
        self._say(fault or "amount.not_positive", "amount")
        return None

    def _rate(self, entitlement: Entitlement | None) -> None:
        """The stated rate against the policy's; where that depends on the person (age, grade), against the line's own."""
        cell = self._cell("rate")
        rate = self._intake.policy.rate
        by_line = rate is None
        if by_line and entitlement is not None:
            rate = entitlement.rate
        if cell is None or rate is None:
            return
        try:
            stated = rate_from_cell(_RATE_UNIT.sub("", word_of(cell)) if isinstance(cell, str) else cell)
        except NotRate:
            if by_line and not isinstance(cell, ErrorCell):
                return  # 一级, 全护理: the tier in words
            agrees = False
        else:
            agrees = stated * self._form.scale_of("rate") == rate
        if not agrees:
            self._say("rate.mismatch", "rate", rate=rate_text(rate))

    def _entitlement(
        self, person: Beneficiary | None, quantity: Quantity | None, stated: Fen | None
    ) -> Entitlement | None:
        """What the rule gives, compared with what is stated; None when it cannot be computed from accepted cells."""
        intake = self._intake
        if "quantity" in self._said or (person is None and intake.beneficiaries.needs_person):
            return None
        if self._counts_by_the_unreadable():
            return None
        if intake.policy.family == "pool":
            # the unit price is known when all rosters are in: the batch allocates, the stated amount is only noted
            return Entitlement(stated or Fen(0), "按总额分配，编制批次时计算")
        facts = self._facts(person, quantity, stated)
        try:
            entitlement = intake.compute(facts, intake.period)
        except OutsideAge as outside:
            self._outside_age(person, outside)
            return None
        except CannotCompute as reason:
            if not (intake.policy.approved_amount and stated is None):
                self._say(
                    "amount.mismatch",
                    "amount",
                    form="{written}：" + reason.sentence.replace("{", "｛").replace("}", "｝"),
                )
            return None
        if stated is not None and stated != entitlement.fen:
            self._say(
                "amount.mismatch", "amount", computed=yuan_plain(entitlement.fen), trace=entitlement.trace
            )
        elif entitlement.fen <= 0:
            form = "按政策计算的金额不大于零（{trace}）。请核对数量等各栏。"
            self._say("amount.not_positive", "amount", form=form, trace=entitlement.trace)
        return entitlement

    def _counts_by_the_unreadable(self) -> bool:
        """Whether a cell that the program counts by cannot be read: it is named, and not taken for an empty one."""
        policy = self._intake.policy
        fields = () if policy.approved_amount else _COUNTED_BY.get(policy.family, ())
        faults = {name: fault for name in fields if (fault := self._fault_of(name))}
        if policy.months_per_period and isinstance(self._cell("months"), ErrorCell):
            faults["months"] = "quantity.not_a_number"
        for name, fault in faults.items():
            self._say(fault, name)
        return bool(faults)

    def _fault_of(self, field_name: str) -> str:
        """What is wrong with a cell that the program counts by; '' for one that is empty or can be read."""
        cell = self._cell(field_name)
        if isinstance(cell, ErrorCell):
            return "quantity.not_a_number"
        if not word_of(cell):
            return ""
        if field_name in _IN_MONEY:
            return self._money_or_fault(field_name)[1]
        read = self._years() if field_name == "years" else self._whole(field_name)
        return "quantity.not_a_number" if read is None else ""

    def _more_facts(self) -> str:
        """The facts that have no column of their own in an enrolment, as JSON."""
        facts: dict[str, int | str | None] = {
            "income": self._money("income"), "years": self._years(), "months": self._whole("months"),
        }  # fmt: skip
        for name in ("applied_on", "approved_on"):
            day = self._day(name)
            facts[name] = None if day is None else day.isoformat()
        return json.dumps({name: fact for name, fact in facts.items() if fact is not None})

    def _facts(self, person: Beneficiary | None, quantity: Quantity | None, stated: Fen | None) -> Facts:
        return Facts(
            quantity=quantity,
            birth=None if person is None else person.birth,
            head_birth=None if person is None else person.head_birth,
            grade=self._text("grade"),
            care_level=self._text("care_level"),
            cost=self._money("cost"),
            heads=self._whole("heads"),
            income=self._money("income"),
            approved=stated,
            years=self._years(),
            months=self._whole("months"),
            applied_on=self._day("applied_on"),
            approved_on=self._day("approved_on"),
            already_received=Fen(0)
            if person is None
            else self._intake.standing.received(person.household_id),
        )

    def _outside_age(self, person: Beneficiary | None, outside: OutsideAge) -> None:
        field_name = "age" if self._form.has("age") else self._id_field
        day = last_day(self._intake.period)
        birth = None if person is None else person.birth
        self._say(
            "age.outside", field_name, day=day.isoformat(), age="" if birth is None else age_on(birth, day),
            rule=outside.sentence.rstrip("。").replace("{", "").replace("}", ""),
        )  # fmt: skip

    def _conflict(self, person: Beneficiary | None) -> None:
        if person is None:
            return
        found = self._intake.standing.conflict(person.id, person.household_id)
        if found is None:
            return
        other, period, mode = found
        hint = mode != "互斥"
        self._say(
            "program.conflict", self._id_field, level="warning" if hint else None,
            form=CONFLICT_IS_A_HINT if hint else None, other=other, period=period_text(period) if period else "长期", mode=mode,
        )  # fmt: skip


_COUNTED_BY: Mapping[str, tuple[str, ...]] = {
    "top_up": ("heads", "income"),
    "share_of_cost": ("cost",),
    "years": ("years",),
}
"""What a family of rules counts by beside the quantity."""
_IN_MONEY = ("income", "cost")

_RATE_UNIT = re.compile(r"元(?:[/每].{0,6})?$")


def _stated(cell: object, scale: int) -> int | None:
    """A stated amount in 1/10000 yuan, as the sum of all needs it; None for what is no amount."""
    if isinstance(cell, str):
        cell = word_of(cell).lstrip("¥￥")
    ratio = ratio_of_cell(cell)
    return None if ratio is None else round_half_up(ratio[0] * 10_000 * scale, ratio[1])


def _total(cell: object, scale: int) -> int | None:
    """As `_stated`, for a 合计, which may also be written “1234.50元整”: it is compared, never paid."""
    return _stated(word_of(cell).rstrip("整元圆") if isinstance(cell, str) else cell, scale)
