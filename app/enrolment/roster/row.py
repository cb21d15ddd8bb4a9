"""A row of a roster while it is checked, in the order of the table of DOMAIN §6."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from app.enrolment.known import Beneficiary
from app.enrolment.roster.file import RosterFile, RosterForm
from app.intake.cells import read_account, read_id, word_of
from app.intake.checked_rows import READ_IDS, CheckedRow
from app.intake.findings import CONFLICT_IS_A_HINT, ERROR
from app.intake.repairs import DOUBTFUL_ACCOUNTS, DOUBTFUL_IDS, Doubt
from app.workbook.columns import DataRow
from app.workbook.reading import ErrorCell
from models.domain.dates import NotDate, date_from_cell
from models.domain.entitlement import full_trace
from models.domain.facts import CannotCompute, Entitlement, Facts, OutsideAge
from models.domain.idnumber import age_on
from models.domain.money import Fen, yuan_plain
from models.domain.period import last_day, period_text
from models.domain.person_name import clean_name, name_key
from models.domain.quantity import (
    NotQuantity,
    NotRate,
    Quantity,
    quantity_from_cell,
    rate_from_cell,
    rate_text,
)

_COUNTED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "top_up": ("heads", "income"),
    "share_of_cost": ("cost",),
    "years": ("years",),
}
"""What a family of rules counts by beside the quantity."""
_IN_MONEY: Final = ("income", "cost")

_RATE_UNIT: Final = re.compile(r"元(?:[/每].{0,6})?$")


class RosterRow(CheckedRow):
    """One row while it is being checked: a cell has one finding."""

    def __init__(self, file: RosterFile, form: RosterForm, row: DataRow) -> None:
        super().__init__(form, row)
        self._file = file
        self._digest_of = form.digest
        self._said: dict[str, int] = {}
        # In a roster in full (DOMAIN §12) a household may stand with its head alone, its 享受人 left empty.
        heads_row = (
            file.policy.target == "household"
            and form.cell(row, "id_number") is None
            and form.cell(row, "name") is None
            and form.cell(row, "head_id") is not None
        )
        self._name_field, self._id_field = ("head", "head_id") if heads_row else ("name", "id_number")

    def checked(self) -> tuple[object, ...] | None:
        """The row as an enrolment (as `RosterIntake` stores it), or None when it is rejected or unchanged."""
        file = self._file
        digest = self._digest_of(self.row.cells)
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
        if self.rejected or person is None or entitlement is None:
            return None
        file.accepted += 1
        file.accepted_fen += entitlement.fen
        file.fen_by_village[person.village] += entitlement.fen
        approved = stated if file.policy.approved_amount else None
        return (
            person.id, person.household_id, quantity, self.text("grade"), self.text("care_level"), self._whole("heads"),
            self._money("cost"), approved, stated, entitlement.fen,
            full_trace(entitlement, file.stored.version, file.policy.document), self._more_facts(), account,
            self.text("remark"), digest, file.run_id,
        )  # fmt: skip

    def note(self) -> None:
        """Note who stands here, with nothing said."""
        person = self._named()
        if person is not None:
            self._file.beneficiary_rows.before(self._file.key_of(person), self.form.sheet, self.row.number)

    def _named(self) -> Beneficiary | None:
        return self._file.beneficiaries.get(read_id(self.cell(self._id_field))[0])

    def _is_unchanged(self, digest: int) -> bool:
        """Whether an earlier run took in this very row; it is then counted, and stands here as any row does."""
        file = self._file
        person = self._named() if file.stood else None
        stood = None if person is None else file.stood.get(self._file.key_of(person))
        if person is None or stood is None or stood.row_digest != digest:
            return False
        if file.beneficiary_rows.before(self._file.key_of(person), self.form.sheet, self.row.number):
            return False  # a copy of the row: a duplicate, as it was before
        file.accepted += 1
        file.unchanged[stood.run_id] += 1
        file.accepted_fen += stood.fen
        file.fen_by_village[person.village] += stood.fen
        return True

    def _doubt(self, code: str, field_name: str, registered: str = "") -> None:
        """A cell of which the registry may make something."""
        village = self.cell("village")
        self._file.doubts.append(
            Doubt(
                self.form.sheet, self.row.number, field_name, self.form.heading(field_name), self.cell(field_name), code,
                name_key(clean_name(self.text(self._name_field))),
                None if village is None else self._file.villages.find(village), None, registered,
            )
        )  # fmt: skip

    # -- cells ------------------------------------------------------------------------------------------

    def _money(self, field: str) -> Fen | None:
        return self.money(field)[0]

    def _whole(self, field_name: str) -> int | None:
        text = word_of(self.cell(field_name))
        return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else None

    def _years(self) -> Quantity | None:
        cell = self.cell("years")
        if cell is None:
            return None
        try:
            return quantity_from_cell(cell)
        except NotQuantity:
            return None

    def _day(self, field_name: str) -> date | None:
        cell = self.cell(field_name)
        if cell is None:
            return None
        try:
            return date_from_cell(cell)
        except NotDate:
            return None

    def say(
        self, code: str, field: str, *, level: str | None = None, form: str | None = None, **facts: object
    ) -> None:
        """A finding, unless its cell has one already: the first that applies stays, save that an error replaces a warning."""
        made = self.made(code, field, facts, level=level, form=form)
        found = self.form.found
        said = self._said.setdefault(field, len(found))
        if said == len(found):
            found.append(made)
        elif made.level == ERROR and found[said].level != ERROR:
            found[said] = made
        self.rejected |= made.level == ERROR

    # -- checks, in the order of the table of DOMAIN §6 -------------------------------------------------

    def _person(self) -> Beneficiary | None:
        """The beneficiary, known and alive; None when the ID cell was rejected."""
        file, id_field = self._file, self._id_field
        cell = self.cell(id_field)
        id_number, fault = read_id(cell)
        if fault not in READ_IDS:
            self.say_of_id(fault, id_number, id_field)
            if fault in DOUBTFUL_IDS:
                self._doubt(fault, id_field)
            return None
        person = file.beneficiaries.get(id_number)
        if person is None:
            self.say("person.unknown", id_field)
            self._doubt("person.unknown", id_field)
            return None
        if fault == "id.fifteen":
            self.say_of_id(fault, id_number, id_field)
        elif id_number != cell:
            file.cleaned += 1
        period = period_text(file.period)
        if file.policy.target == "person" and person.died_on and person.died_on[:7] < file.last_month:
            self.say("person.deceased", id_field, died=person.died_on, period=period)
            return None
        key = file.key_of(person)
        where = file.beneficiary_rows.before(key, self.form.sheet, self.row.number) or file.standing.paid_in(
            key
        )
        if where:
            self.say("payment.duplicate", id_field, period=period, where=where)
            return None
        return person

    def _name(self, person: Beneficiary | None) -> None:
        name = clean_name(self.text(self._name_field))
        if not name_key(name):
            self.say("name.missing", self._name_field)
        elif person is not None and name_key(name) != person.name_key:
            self.say("name.mismatch", self._name_field, known=person.name)

    def _village(self, person: Beneficiary | None) -> None:
        cell = self.cell("village")
        if cell is None:
            return
        village_id = self._file.villages.find(cell)
        if village_id is None:
            self.say("village.unknown", "village")
        elif person is not None and village_id != person.village_id:
            self.say("village.mismatch", "village", known=person.village)

    def _account(self, person: Beneficiary | None) -> str:
        """The account as the roster states it, '' when it cannot be read; the registered one is what will be used."""
        number, fault = read_account(self.cell("account"))
        registered = "" if person is None else person.payee_account
        payee = "" if person is None else person.payee_name
        if fault == "account.missing":
            if person is not None and not registered:
                self.say("account.missing", "account", payee=payee)
        elif fault is not None:
            self.say(fault, "account")
        elif person is not None and registered and number != registered:
            fault = "account.mismatch"
            self.say(fault, "account", payee=payee, tail=registered[-4:])
        if registered and fault in DOUBTFUL_ACCOUNTS:
            self._doubt(fault, "account", registered)
        return number

    def _quantity(self) -> Quantity | None:
        cell = self.cell("quantity")
        if self._file.policy.family not in ("per_unit", "pool"):
            return None  # the program counts something else: what stands under 数量 decides nothing
        try:
            return quantity_from_cell(cell)
        except NotQuantity:
            self.say("quantity.not_a_number", "quantity")
            return None

    def _amount(self) -> Fen | None:
        """The stated amount; None when the roster states none or it was rejected."""
        cell = self.cell("amount")
        if cell is None and not self.form.has("amount") and not self._file.policy.approved_amount:
            return None
        return self.positive_money("amount")

    def _rate(self, entitlement: Entitlement | None) -> None:
        """The stated rate against the policy's; where that depends on the person (age, grade), against the line's own."""
        cell = self.cell("rate")
        rate = self._file.policy.rate
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
            agrees = stated * self.form.scale_of("rate") == rate
        if not agrees:
            self.say("rate.mismatch", "rate", rate=rate_text(rate))

    def _entitlement(
        self, person: Beneficiary | None, quantity: Quantity | None, stated: Fen | None
    ) -> Entitlement | None:
        """What the rule gives, compared with what is stated; None when it cannot be computed from accepted cells."""
        file = self._file
        if "quantity" in self._said or (person is None and file.beneficiaries.needs_person):
            return None
        if self._counts_by_the_unreadable():
            return None
        if file.policy.family == "pool":
            # the unit price is known when all rosters are in: the batch allocates, the stated amount is only noted
            return Entitlement(stated or Fen(0), "按总额分配，编制批次时计算")
        facts = self._facts(person, quantity, stated)
        try:
            entitlement = file.compute(facts, file.period)
        except OutsideAge as outside:
            self._outside_age(person, outside)
            return None
        except CannotCompute as reason:
            if not (file.policy.approved_amount and stated is None):
                self.say(
                    "amount.mismatch",
                    "amount",
                    form="{written}：" + reason.sentence.replace("{", "｛").replace("}", "｝"),
                )
            return None
        if stated is not None and stated != entitlement.fen:
            self.say(
                "amount.mismatch", "amount", computed=yuan_plain(entitlement.fen), trace=entitlement.trace
            )
        elif entitlement.fen <= 0:
            form = "按政策计算的金额不大于零（{trace}）。请核对数量等各栏。"
            self.say("amount.not_positive", "amount", form=form, trace=entitlement.trace)
        return entitlement

    def _counts_by_the_unreadable(self) -> bool:
        """Whether a cell that the program counts by cannot be read: it is named, and not taken for an empty one."""
        policy = self._file.policy
        fields = () if policy.approved_amount else _COUNTED_BY.get(policy.family, ())
        faults = {name: fault for name in fields if (fault := self._fault_of(name))}
        if policy.months_per_period and isinstance(self.cell("months"), ErrorCell):
            faults["months"] = "quantity.not_a_number"
        for name, fault in faults.items():
            self.say(fault, name)
        return bool(faults)

    def _fault_of(self, field_name: str) -> str:
        """What is wrong with a cell that the program counts by; '' for one that is empty or can be read."""
        cell = self.cell(field_name)
        if isinstance(cell, ErrorCell):
            return "quantity.not_a_number"
        if not word_of(cell):
            return ""
        if field_name in _IN_MONEY:
            return self.money(field_name)[1]
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
            grade=self.text("grade"),
            care_level=self.text("care_level"),
            cost=self._money("cost"),
            heads=self._whole("heads"),
            income=self._money("income"),
            approved=stated,
            years=self._years(),
            months=self._whole("months"),
            applied_on=self._day("applied_on"),
            approved_on=self._day("approved_on"),
            already_received=Fen(0) if person is None else self._file.standing.received(person.household_id),
        )

    def _outside_age(self, person: Beneficiary | None, outside: OutsideAge) -> None:
        field_name = "age" if self.form.has("age") else self._id_field
        day = last_day(self._file.period)
        birth = None if person is None else person.birth
        self.say(
            "age.outside", field_name, day=day.isoformat(), age="" if birth is None else age_on(birth, day),
            rule=outside.sentence.rstrip("。").replace("{", "").replace("}", ""),
        )  # fmt: skip

    def _conflict(self, person: Beneficiary | None) -> None:
        if person is None:
            return
        found = self._file.standing.conflict(person.id, person.household_id)
        if found is None:
            return
        other, period, mode = found
        hint = mode != "互斥"
        self.say(
            "program.conflict", self._id_field, level="warning" if hint else None,
            form=CONFLICT_IS_A_HINT if hint else None, other=other, period=period_text(period) if period else "长期", mode=mode,
        )  # fmt: skip
