"""Repairs 改正建议: for a damaged or slipped number the one that the registry makes unique, proposed and never taken in silently.

A proposal stands beside the findings, it is none of them. Two candidates make no proposal.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from app.intake.cells import as_written, text_of
from app.workbook.columns import MemberRow
from models.domain.bankaccount import clean_account
from models.domain.damage import Damage, could_be, damage_in_account, damage_in_id, one_slip_apart
from models.domain.idnumber import clean_id, id_fault
from models.store.opening import Store

DOUBTFUL_IDS: Final = frozenset(
    ("id.precision_lost", "id.format", "id.length", "id.date", "id.checksum", "person.unknown")
)
"""What is said of an ID cell that may be a registered person's, damaged."""
DOUBTFUL_ACCOUNTS: Final = frozenset(
    ("account.precision_lost", "account.format", "account.luhn", "account.mismatch")
)
"""What is said of an account cell that may be the person's registered account, damaged."""

_NAMES_AT_ONCE: Final = 500
_CERTAIN_ENOUGH: Final = 14
"""With so many leading digits certain, the name is enough where the row names no village."""
_ALIKE: Final = 15
_SHORTEST: Final = 8


class Doubt(NamedTuple):
    """A cell that was rejected or flagged, with what else its row says.

    `registered` are the person's account numbers where they are known, else `person_id` tells whose they are.
    """

    sheet: str
    row: int
    field: str
    column: str
    cell: object
    code: str
    name_key: str
    village_id: int | None
    person_id: int | None = None
    registered: str = ""


class Candidate(NamedTuple):
    """A registered person who bears the name of the row."""

    person_id: int
    household_id: int
    id_number: str
    name: str
    village_id: int
    village: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cell, what stands in it, what the registry makes of it, and why."""

    sheet: str
    row: int
    field: str
    column: str
    written: str
    code: str
    proposed: str
    why: str

    def as_json(self) -> dict[str, object]:
        """The form of a dry run's `proposals`; a kept one has a number and a state beside."""
        return {
            "sheet": self.sheet, "row": self.row, "column": self.column, "written": self.written, "code": self.code,
            "proposed": self.proposed, "why": self.why,
        }  # fmt: skip


def find_proposals(
    store: Store, run_id: int, doubts: Sequence[Doubt], stands: Callable[[Candidate], bool]
) -> list[Proposal]:
    """What the registry makes of each doubtful cell, in the order of the doubts; most have nothing.

    `stands` says whether a person stands in the file already: then the row cannot be theirs.
    """
    found: dict[int, Proposal] = {}
    ids = [(place, doubt) for place, doubt in enumerate(doubts) if doubt.field != "account"]
    found.update(_for_ids(store, ids, stands))
    numbers = [(place, doubt) for place, doubt in enumerate(doubts) if doubt.field == "account"]
    found.update(_for_accounts(store, run_id, numbers))
    return [found[place] for place in sorted(found)]


# -- IDs --------------------------------------------------------------------------------------------------------


def _for_ids(
    store: Store, doubts: Iterable[tuple[int, Doubt]], stands: Callable[[Candidate], bool]
) -> Iterator[tuple[int, Proposal]]:
    by_name: defaultdict[str, list[tuple[int, Doubt]]] = defaultdict(list)
    for place, doubt in doubts:
        if doubt.name_key:
            by_name[doubt.name_key].append((place, doubt))
    names = iter(by_name)
    while some := list(islice(names, _NAMES_AT_ONCE)):
        bearers = _bearers(store, some)
        for name in some:
            candidates = bearers.get(name, ())
            for place, doubt in by_name[name] if candidates else ():
                proposal = _id_proposal(doubt, candidates, stands)
                if proposal is not None:
                    yield place, proposal


def _bearers(store: Store, names: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
    """The registered people of these names."""
    found: defaultdict[str, list[Candidate]] = defaultdict(list)
    for key, *person in store.each(
        "SELECT p.name_key, p.id, p.household_id, p.id_number, p.name, v.id, v.name FROM json_each(?) j"
        " CROSS JOIN person p ON p.name_key = j.value JOIN household h ON h.id = p.household_id"
        " JOIN village v ON v.id = h.village_id WHERE p.id_kind = 'resident' AND p.merged_into IS NULL",
        (json.dumps(names),),
    ):
        found[key].append(Candidate(*person))
    return found


def _id_proposal(
    doubt: Doubt, candidates: Sequence[Candidate], stands: Callable[[Candidate], bool]
) -> Proposal | None:
    damage = damage_in_id(doubt.cell)
    cleaned = clean_id(text_of(doubt.cell))
    if damage is None or damage.kind == "old_form":
        matching = [one for one in candidates if _is_a_slip(cleaned, one.id_number)]
    else:
        matching = [one for one in candidates if _fits(damage, doubt, one)]
    if len(matching) != 1 or id_fault(matching[0].id_number) is not None or stands(matching[0]):
        return None
    one = matching[0]
    why = _why_of_id(damage, cleaned, one)
    return _proposal(doubt, one.id_number, why)


def _fits(damage: Damage, doubt: Doubt, one: Candidate) -> bool:
    """Same name (all candidates have it), same village, and nothing that is certain of the number against it."""
    if not one.id_number.startswith(damage.prefix) or not could_be(damage, one.id_number):
        return False
    if doubt.village_id is None:
        return len(damage.prefix) >= _CERTAIN_ENOUGH or damage.kind == "letters"
    return doubt.village_id == one.village_id


def _is_a_slip(cleaned: str, id_number: str) -> bool:
    """One slip from the ID, or from its old form of 15 digits."""
    if one_slip_apart(cleaned, id_number):
        return True
    is_old = _ALIKE - 1 <= len(cleaned) <= _ALIKE + 1 and id_number[6:8] == "19"
    return is_old and one_slip_apart(cleaned, id_number[:6] + id_number[8:17])


def _why_of_id(damage: Damage | None, cleaned: str, one: Candidate) -> str:
    who = f"“{one.name}”（{one.village}）"
    if damage is None or damage.kind == "old_form":
        return f"同名的{who}登记的号码与它{_slip(cleaned, one.id_number)}，校验位正确，全部登记人员中只有这一个。"
    if damage.kind == "letters":
        return f"号码里混进了字母；其余各位与同名的{who}登记的号码相同，只有这一个。"
    same = f"前 {len(damage.prefix)} 位" if damage.prefix else "留下的各位"
    return f"号码按数字存放，末几位已经丢失；同名的{who}登记的号码{same}与它相同，只有这一个。"


def _slip(written: str, meant: str) -> str:
    if len(written) < len(meant):
        return "只差少写的一位" if len(meant) - len(written) == 1 else "（旧号）只差一位"
    if len(written) > len(meant):
        return "只差多写的一位"
    return "只是相邻两位颠倒" if sorted(written) == sorted(meant) else "只有一位不同"


# -- accounts ---------------------------------------------------------------------------------------------------


def _for_accounts(
    store: Store, run_id: int, doubts: Sequence[tuple[int, Doubt]]
) -> Iterator[tuple[int, Proposal]]:
    asked = {doubt.person_id for _, doubt in doubts if not doubt.registered and doubt.person_id is not None}
    registered = _registered(store, run_id, sorted(asked))
    for place, doubt in doubts:
        numbers = {doubt.registered} if doubt.registered else registered.get(doubt.person_id or 0, set())
        damage = damage_in_account(doubt.cell)
        cleaned = clean_account(text_of(doubt.cell))
        matching = [number for number in numbers if number != cleaned and _is_meant(damage, cleaned, number)]
        if len(matching) == 1:
            yield place, _proposal(doubt, matching[0], _why_of_account(damage, cleaned, matching[0]))


def _registered(store: Store, run_id: int, people: Sequence[int]) -> Mapping[int, set[str]]:
    """The accounts that stood open before the run: those that it closed count, those that it opened do not."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for person_id, number in store.each(
        "SELECT a.person_id, a.number FROM json_each(?) j CROSS JOIN account a ON a.person_id = j.value"
        " WHERE a.run_id IS NOT ?2 AND (a.valid_to IS NULL OR EXISTS (SELECT 1 FROM import_before b WHERE b.run_id = ?2"
        " AND b.table_name = 'account' AND b.row_id = a.id))",
        (json.dumps(people), run_id),
    ):
        found[person_id].add(number)
    return found


def _is_meant(damage: Damage | None, cleaned: str, number: str) -> bool:
    if damage is not None and could_be(damage, number):
        return True
    if damage is not None and damage.kind != "zeros_lost":
        return False
    if not (cleaned.isascii() and cleaned.isdigit()) or len(cleaned) < _SHORTEST:
        return False
    alike = len(cleaned) == len(number) > _ALIKE and cleaned[:_ALIKE] == number[:_ALIKE]
    return alike or one_slip_apart(cleaned, number)


def _why_of_account(damage: Damage | None, cleaned: str, number: str) -> str:
    if damage is not None and damage.kind == "zeros_lost" and could_be(damage, number):
        return "账号按数字存放，开头的 0 已经丢失；补上后与登记的账号相同。"
    if damage is not None and damage.kind == "letters":
        return "账号里混进了字母；其余各位与登记的账号相同。"
    if damage is not None and damage.kind != "zeros_lost":
        return f"账号按数字存放，末几位已经丢失；登记的账号前 {len(damage.prefix)} 位与它相同。"
    if one_slip_apart(cleaned, number):
        return f"登记的账号与它{_slip(cleaned, number)}。"
    return f"登记的账号前 {_ALIKE} 位与它相同。"


def _proposal(doubt: Doubt, proposed: str, why: str) -> Proposal:
    row, column = doubt.row, doubt.column
    if isinstance(row, MemberRow):
        column, row = row.heading(column), int(row)
    return Proposal(doubt.sheet, row, doubt.field, column, as_written(doubt.cell), doubt.code, proposed, why)
