"""Allotments, receipts and spending for the tests of funds, in few words."""

from datetime import date
from itertools import count

from app.desk import Desk
from app.funds.use_cases import add_allotment, add_receipt
from app.programs.queries import find_program
from app.programs.use_cases import add_policies
from models.domain.money import Fen
from models.store.opening import Store
from tests.builders import Make

LAND = "2130122"
_serial = count(1)


def allot(
    desk: Desk,
    fen: int,
    *,
    document: str = "浙财农〔2024〕12号",
    level: str = "省",
    program: str = LAND,
    issued_on: str = "2024-05-20",
    year: int | None = None,
) -> int:
    """An allotment; gives its id."""
    done = add_allotment(
        desk,
        program=program,
        document=document,
        fen=Fen(fen),
        level=level,
        issued_on=date.fromisoformat(issued_on),
        year=year,
    )
    return int(str(done.answer["allotment"]))


def receive(desk: Desk, allotment: int, fen: int, day: str = "2024-05-28") -> int:
    """A receipt; gives its id."""
    done = add_receipt(desk, allotment_id=allotment, fen=Fen(fen), received_on=date.fromisoformat(day))
    return int(str(done.answer["receipt"]))


def funded(
    desk: Desk, fen: int, *, document: str = "浙财农〔2024〕12号", issued_on: str = "2024-05-20"
) -> int:
    """An allotment whose money has come."""
    allotment = allot(desk, fen, document=document, issued_on=issued_on)
    receive(desk, allotment, fen)
    return allotment


def use(desk: Desk, allotment: int, fen: int, *, back: int = 0) -> int:
    """A batch that took `fen` of an allotment and gave `back` of it back; gives its id."""
    store, serial = desk.store, next(_serial)
    program = find_program(store, LAND).id
    if store.value("SELECT count(*) FROM policy WHERE program_id = ?", (program,)) == 0:
        land = {
            "program": LAND,
            "document": "文",
            "from": "2020-01-01",
            "frequency": "once",
            "target": "household",
        }
        add_policies(
            desk, tables=[{**land, "family": "per_unit", "unit": "亩", "rate": "1"}], source_name="t"
        )
    person = Make(desk).person() if back else 0
    with store.writing():
        batch = store.insert(
            "INSERT INTO batch (number, program_id, policy_id, period, kind, state, payments, owed_fen, created_on)"
            " VALUES (?, ?, (SELECT max(id) FROM policy WHERE program_id = ?), '2024-06', 'regular', 'draft', 1, ?, ?)",
            (f"t-{serial}", program, program, fen, desk.day),
        )
        store.execute(
            "INSERT INTO batch_funding (batch_id, allotment_id, fen) VALUES (?, ?, ?)",
            (batch, allotment, fen),
        )
        if back:
            store.execute(
                "INSERT INTO batch_funding_return (batch_id, allotment_id, payment_id, fen, returned_on) VALUES (?, ?, ?, ?, ?)",
                (batch, allotment, payment(store, batch, program, person, fen), back, desk.day),
            )
    return batch


def payment(store: Store, batch: int, program: int, person: int, fen: int) -> int:
    """A payment of a draft batch."""
    household, village = store.rows(
        "SELECT h.id, h.village_id FROM household h JOIN person p ON p.household_id = h.id WHERE p.id = ?",
        (person,),
    )[0]
    texts = [
        "group_text",
        "name",
        "id_number",
        "head_name",
        "head_id_number",
        "payee_name",
        "payee_id_number",
        "account_number",
        "account_holder",
        "bank",
        "phone",
        "quantity_text",
        "rate_text",
        "trace",
    ]
    marks = ", ".join(["''"] * len(texts))
    return store.insert(
        "INSERT INTO payment (batch_id, line, program_id, period, target, person_id, household_id, village_id, owed_fen,"
        f" bucket, {', '.join(texts)}) VALUES (?, 1, ?, '2024-06', 'household', ?, ?, ?, ?, 'pending', {marks})",
        (batch, program, person, household, village, fen),
    )


def legs(store: Store, event: str) -> list[tuple[str, int, int]]:
    """(ledger, debit, credit) of the vouchers of an event, in the order posted."""
    return [
        (row[0], row[1], row[2])
        for row in store.rows(
            "SELECT l.ledger, l.debit_fen, l.credit_fen FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id"
            " WHERE v.event = ? ORDER BY l.id",
            (event,),
        )
    ]
