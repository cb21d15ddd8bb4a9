"""A batch put straight into the store, in the state a test begins with: these rooms come after the room of batches."""

import json
from collections.abc import Sequence

from app.desk import Desk
from models.domain import posting
from models.domain.money import Fen
from models.domain.policy_form import policy_parameters, read_policy
from models.store.tallies import refresh_tally
from models.store.vouchers import post_voucher
from tests.builders import Make

LAND = "2130122"  # 耕地地力保护补贴


def a_policy(desk: Desk, code: str = LAND, **more: object) -> int:
    """A policy version of the program, with settings on top; gives its id."""
    table = {
        "program": code, "document": "新农〔2024〕3号", "from": "2024-01-01", "frequency": "year", "target": "household",
        "family": "per_unit", "unit": "亩", "rate": "100.58", **more,
    }  # fmt: skip
    store = desk.store
    version = 1 + int(
        store.value(
            "SELECT count(*) FROM policy p JOIN program g ON g.id = p.program_id WHERE g.code = ?", (code,)
        )
    )
    with store.writing():
        return store.insert(
            "INSERT INTO policy (program_id, version, document, document_key, valid_from, family, frequency, target,"
            " parameters) SELECT id, ?, ?, ?, '2024-01-01', ?, ?, ?, ? FROM program WHERE code = ?",
            (
                version, table["document"], table["document"], table["family"], table["frequency"], table["target"],
                json.dumps(policy_parameters(read_policy(table))), code,
            ),
        )  # fmt: skip


def a_batch(
    make: Make,
    people: Sequence[int],
    *,
    fen: Sequence[int] | int = 12345,
    state: str = "approved",
    policy_id: int | None = None,
    number: str = "2130122-2024-01",
    period: str = "2024",
    source: int | None = None,
    code: str = LAND,
) -> int:
    """A batch of one payment a person (a reissue of the batch `source`'s payments of these people); gives its id.

    From `approved` on it is funded and its approval posted.
    """
    desk, store = make.desk, make.store
    policy_id = policy_id or a_policy(desk, code)
    sums = [fen] * len(people) if isinstance(fen, int) else list(fen)
    program = make.program(code)
    with store.writing():
        batch = store.insert(
            "INSERT INTO batch (number, program_id, policy_id, period, kind, source_batch_id, state, payments, owed_fen,"
            " created_on) VALUES (?, ?, ?, ?, ?, ?, 'draft', ?, ?, '2024-06-01')",
            (
                number,
                program,
                policy_id,
                period,
                "reissue" if source else "regular",
                source,
                len(people),
                sum(sums),
            ),
        )
        for line, (person, owed) in enumerate(zip(people, sums, strict=True), start=1):
            store.execute(
                "INSERT INTO payment (batch_id, line, program_id, period, target, person_id, household_id, payee_id,"
                " source_id, village_id, group_text, name, id_number, head_name, head_id_number, payee_name,"
                " payee_id_number, account_number, account_holder, bank, phone, quantity_text, rate_text, owed_fen, trace,"
                " bucket) SELECT ?1, ?2, ?3, ?4, 'household', x.id, x.household_id, x.id,"
                " (SELECT s.id FROM payment s WHERE s.batch_id = ?5 AND s.person_id = x.id), h.village_id, h.group_text,"
                " x.name, x.id_number, x.name, x.id_number, x.name, x.id_number, coalesce(c.number, ''),"
                " coalesce(c.holder, ''), coalesce(c.bank, ''), '13800001234', '2.50', '100.58', ?6, '', 'pending'"
                " FROM person x JOIN household h ON h.id = x.household_id LEFT JOIN account c ON c.person_id = x.id"
                " AND c.valid_to IS NULL WHERE x.id = ?7",
                (batch, line, program, period, source, owed, person),
            )
        if source:
            store.execute(
                "UPDATE payment SET bucket = 'reissued' WHERE id IN (SELECT source_id FROM payment WHERE batch_id = ?)",
                (batch,),
            )
        store.execute("UPDATE batch SET state = ? WHERE id = ?", (state, batch))
        if state == "approved" and not source:
            _fund(desk, batch, program, Fen(sum(sums)))
        refresh_tally(store, batch)
    return batch


def _fund(desk: Desk, batch: int, program: int, fen: Fen) -> None:
    allotment = desk.store.insert(
        "INSERT INTO allotment (program_id, document, document_key, level, year, issued_on, allotted_fen)"
        " VALUES (?, ?, ?, '县', 2024, '2024-01-05', ?)",
        (program, f"新财农〔2024〕{batch}号", f"新财农〔2024〕{batch}号", fen),
    )
    desk.store.execute("INSERT INTO batch_funding VALUES (?, ?, ?)", (batch, allotment, fen))
    funding = [posting.FundingLine(allotment, fen)]
    for event, legs in (
        (posting.Event.RECEIPT, posting.receipt(allotment, program, fen)),
        (posting.Event.APPROVE, posting.approve(batch, program, funding)),
    ):
        post_voucher(
            desk.store,
            day="2024-06-01",
            event=event,
            summary="",
            legs=legs,
            batch_id=batch,
            operator_id=desk.operator.id,
        )


def buckets(desk: Desk, batch: int) -> dict[str, int]:
    """How many payments of the batch are in each bucket; the sums beside them must say the same."""
    found: dict[str, int] = dict(
        desk.store.rows("SELECT bucket, count(*) FROM payment WHERE batch_id = ? GROUP BY bucket", (batch,))
    )
    kept: dict[str, int] = dict(
        desk.store.rows(
            "SELECT bucket, sum(payments) FROM batch_tally WHERE batch_id = ? GROUP BY bucket", (batch,)
        )
    )
    assert kept == found
    return found


def balances(desk: Desk) -> dict[str, int]:
    """Debit minus credit of each ledger account over all vouchers."""
    return dict(
        desk.store.rows("SELECT ledger, sum(debit_fen - credit_fen) FROM voucher_line GROUP BY ledger")
    )
