"""Windows of funds: what each allotment still allows, in document order, and which of them carry a sum."""

from dataclasses import dataclass
from typing import Final

from app.programs.queries import program_of
from models.domain.document_number import document_key
from models.domain.money import Fen, yuan_text
from models.domain.posting import GROWS_ON_DEBIT, Event, FundingLine, Ledger
from models.domain.refusal import Refusal
from models.store.opening import Row, Store


class NotEnoughFunds(Refusal):
    """The program's allotments do not carry the sum."""

    form = (
        "项目“{program}”需要 {needed} 元，资金指标（以指标与到账两者中较小的为限）还可用 {available} 元，差 {shortfall} 元。"
        "请先登记资金指标和到账。"
    )


class NoSuchAllotment(Refusal):
    """No allotment of that document, or of that number."""

    form = "没有找到资金指标“{written}”。请用 allotment list 查看文号和编号。"
    in_window = "没有找到资金指标“{written}”。请在“资金指标”里核对文号。"


class AmbiguousAllotment(Refusal):
    """A document that allots money to several programs, levels or years."""

    form = "文号“{written}”下有 {count} 条资金指标：{candidates}。请指明项目、资金级次或年度，或改用编号。"


@dataclass(frozen=True, slots=True)
class AllotmentView:
    """Money allotted by a document 资金指标, all in fen.

    `allotted_fen` counts adjustments, cuts and what was carried out; `received_fen` what came with a carry-over.
    `limit_fen` is the smaller of both (DOMAIN §9), `used_fen` what approved batches took and neither gave back nor recovered,
    `available_fen` the rest.
    """

    id: int
    program_id: int
    program_code: str
    program_name: str
    document: str
    level: str
    year: int
    issued_on: str
    allotted_fen: Fen
    received_fen: Fen
    limit_fen: Fen
    used_fen: Fen
    available_fen: Fen
    carried_from: int | None
    is_opening: bool
    remark: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Money received 到账 against an allotment."""

    id: int
    allotment_id: int
    program_name: str
    document: str
    received_on: str
    fen: Fen
    remark: str


# A carried allotment came with its money: what it was made of is received as well. What an opening allotment had spent
# before the office began stands in its opening voucher, for there is no batch of it here.
ALLOTTED_SQL: Final = (
    "(a.allotted_fen + (SELECT coalesce(sum(c.fen), 0) FROM allotment_change c WHERE c.allotment_id = a.id))"
)
"""What is allotted by now, of an allotment `a`; also for the lists on the screen, so that both say the same."""
RECEIVED_SQL: Final = (
    "((SELECT coalesce(sum(r.fen), 0) FROM receipt r WHERE r.allotment_id = a.id)"
    " + CASE WHEN a.carried_from IS NULL THEN 0 ELSE a.allotted_fen END"
    " + (SELECT coalesce(sum(c.fen), 0) FROM allotment_change c WHERE c.allotment_id = a.id AND c.kind = 'carry_out'))"
)
"""What was received by now, of an allotment `a`."""
USED_SQL: Final = f"""((SELECT coalesce(sum(f.fen), 0) FROM batch_funding f WHERE f.allotment_id = a.id)
           - (SELECT coalesce(sum(b.fen), 0) FROM batch_funding_return b WHERE b.allotment_id = a.id)
           - (SELECT coalesce(sum(l.credit_fen), 0) FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id
               WHERE l.allotment_id = a.id AND l.ledger = '{Ledger.EXPENSE}' AND v.event = '{Event.RECOVER}')
           + CASE a.is_opening WHEN 0 THEN 0 ELSE
             (SELECT coalesce(sum(l.debit_fen), 0) FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id
               WHERE l.allotment_id = a.id AND l.ledger = '{Ledger.EXPENSE}' AND v.event = '{Event.OPENING}') END)"""
"""What approved batches took and neither gave back nor recovered, of an allotment `a`."""
_SQL: Final = f"""
    SELECT a.id, a.program_id, g.code, g.name, a.document, a.level, a.year, a.issued_on,
           {ALLOTTED_SQL}, {RECEIVED_SQL}, {USED_SQL},
           a.carried_from, a.is_opening, a.remark
      FROM allotment a JOIN program g ON g.id = a.program_id
     WHERE a.withdrawn_on IS NULL"""
_DOCUMENT_ORDER: Final = " ORDER BY a.issued_on, a.document_key, a.id"


def allotments(store: Store, program_id: int | None = None) -> list[AllotmentView]:
    """The allotments that stand, of one program or of all, in document order: day of issue, document number, id."""
    if program_id is None:
        return [_view(row) for row in store.rows(_SQL + _DOCUMENT_ORDER)]
    return [_view(row) for row in store.rows(f"{_SQL} AND a.program_id = ?{_DOCUMENT_ORDER}", (program_id,))]


def usable_allotments(store: Store, program_id: int, year: int) -> list[AllotmentView]:
    """A program's allotments up to `year`, in document order: money of a later year carries nothing before it."""
    return [one for one in allotments(store, program_id) if one.year <= year]


def allotment_of(store: Store, allotment_id: int) -> AllotmentView:
    """The allotment of a row id. Raises NoSuchAllotment, also for one that was withdrawn."""
    row = store.row(f"{_SQL} AND a.id = ?", (allotment_id,))
    if row is None:
        raise NoSuchAllotment(written=allotment_id)
    return _view(row)


def find_allotment(
    store: Store,
    text: str,
    *,
    program_id: int | None = None,
    level: str | None = None,
    year: int | None = None,
) -> AllotmentView:
    """The allotment that `text` names: a document number however its brackets are written, or the allotment's id.

    Program, level and year narrow it down. Raises NoSuchAllotment, AmbiguousAllotment with the candidates.
    """
    found = [
        _view(row)
        for row in store.rows(
            f"{_SQL} AND a.document_key = ? AND a.program_id = coalesce(?, a.program_id) AND a.level = coalesce(?, a.level)"
            f" AND a.year = coalesce(?, a.year){_DOCUMENT_ORDER}",
            (document_key(text), program_id, level, year),
        )
    ]
    if not found and text.isascii() and text.isdigit() and len(text) <= 15:
        one = allotment_of(store, int(text))
        if program_id not in (None, one.program_id):
            raise NoSuchAllotment(written=text)
        return one
    if not found:
        raise NoSuchAllotment(written=text)
    if len(found) > 1:
        raise AmbiguousAllotment(
            written=text,
            count=len(found),
            candidates="、".join(f"{one.id}（{one.program_name} {one.level} {one.year}）" for one in found),
        )
    return found[0]


def spread_over(store: Store, program_id: int, fen: Fen, year: int) -> list[FundingLine]:
    """Share a batch's sum over the program's allotments up to `year` in document order, each up to what it has available.

    The lines sum to `fen` exactly; called inside `writing`, so that no other act can take the same money. Raises
    NotEnoughFunds with the shortfall.
    """
    lines: list[FundingLine] = []
    left = int(fen)
    available = 0
    for one in usable_allotments(store, program_id, year):
        available += max(one.available_fen, 0)
        taken = min(left, one.available_fen)
        if taken > 0:
            lines.append(FundingLine(one.id, Fen(taken)))
            left -= taken
    if left > 0:
        raise NotEnoughFunds(
            program=program_of(store, program_id).name,
            needed=yuan_text(fen),
            available=yuan_text(Fen(available)),
            shortfall=yuan_text(Fen(left)),
        )
    return lines


def receipts(store: Store, allotment_id: int | None = None) -> list[ReceiptView]:
    """Receipts 到账 in the order of their days, of one allotment or of all."""
    return [
        ReceiptView(receipt_id, allotment, program, document, received_on, Fen(fen), remark)
        for receipt_id, allotment, program, document, received_on, fen, remark in store.rows(
            "SELECT r.id, r.allotment_id, g.name, a.document, r.received_on, r.fen, r.remark FROM receipt r"
            " JOIN allotment a ON a.id = r.allotment_id JOIN program g ON g.id = a.program_id"
            " WHERE r.allotment_id = coalesce(?, r.allotment_id) ORDER BY r.received_on, r.id",
            (allotment_id,),
        )
    ]


def ledger_balance(store: Store, ledger: Ledger) -> Fen:
    """The balance of an account of the books now, in fen, positive on the side it grows on."""
    turnover = int(
        store.value(
            "SELECT coalesce(sum(debit_fen - credit_fen), 0) FROM voucher_line WHERE ledger = ?", (ledger,)
        )
    )
    return Fen(turnover if ledger in GROWS_ON_DEBIT else -turnover)


def _view(row: Row) -> AllotmentView:
    (
        allotment_id, program_id, code, name, document, level, year, issued_on, allotted, received, used, carried_from,
        is_opening, remark,
    ) = row  # fmt: skip
    limit = min(allotted, received)
    return AllotmentView(
        id=allotment_id,
        program_id=program_id,
        program_code=code,
        program_name=name,
        document=document,
        level=level,
        year=year,
        issued_on=issued_on,
        allotted_fen=Fen(allotted),
        received_fen=Fen(received),
        limit_fen=Fen(limit),
        used_fen=Fen(used),
        available_fen=Fen(limit - used),
        carried_from=carried_from,
        is_opening=bool(is_opening),
        remark=remark,
    )


@dataclass(frozen=True, slots=True)
class UseView:
    """What one batch took of an allotment and gave back, in fen."""

    batch_id: int
    number: str
    program_name: str
    period: str
    state: str
    fen: Fen
    returned_fen: Fen


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An adjustment, cut or carry-over of an allotment, signed fen; `kind` is 'adjust', 'cut' or 'carry_out'."""

    kind: str
    fen: Fen
    changed_on: str
    document: str
    reason: str


def uses_of(store: Store, allotment_id: int) -> list[UseView]:
    """The batches that an allotment pays for, in the order they were made."""
    return [
        UseView(*row)
        for row in store.rows(
            "SELECT b.id, b.number, g.name, b.period, b.state, f.fen, (SELECT coalesce(sum(r.fen), 0) FROM"
            " batch_funding_return r WHERE r.batch_id = b.id AND r.allotment_id = f.allotment_id) FROM batch_funding f"
            " JOIN batch b ON b.id = f.batch_id JOIN program g ON g.id = b.program_id WHERE f.allotment_id = ? ORDER BY b.id",
            (allotment_id,),
        )
    ]


def changes_of(store: Store, allotment_id: int) -> list[ChangeView]:
    """What changed of an allotment since it was entered, in the order of the days."""
    return [
        ChangeView(*row)
        for row in store.rows(
            "SELECT kind, fen, changed_on, document, reason FROM allotment_change WHERE allotment_id = ?"
            " ORDER BY changed_on, id",
            (allotment_id,),
        )
    ]
