"""A batch of 146,000 payments, its file to the bank, and the bank's answer."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.queries import check_batch
from app.batches.use_cases import approve_batch, create_batch, review_batch, submit_batch
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.funds.use_cases import add_receipt
from app.programs.use_cases import add_policies
from app.returns.use_cases import post_return
from models.domain.money import Fen
from tests.bench.bench_people import _insert_bare
from tests.bench.measuring import Measured, bench, empty_office, timed
from tests.conftest import seat

COUNT = 146_000
PROGRAM = "2130122"
BATCH_FLOOR = "executemany of the finished payment rows into the same tables"
RETURN_FLOOR = "executemany of the finished attempts, payments and lines into the same tables"


def _policy() -> dict[str, object]:
    return {
        "program": PROGRAM, "document": "新农〔2024〕3号", "from": date(2024, 1, 1), "frequency": "year", "target": "household",
        "family": "per_unit", "unit": "亩", "rate": "100.58", "publicity": "none",
    }  # fmt: skip


def _enrol(desk: Desk) -> None:
    """438,000 people in 146,000 households, each with an account and an enrolment; one allotment that covers them."""
    _insert_bare(desk, COUNT * 3)
    add_policies(desk, tables=[_policy()], source_name="bench")
    store = desk.store
    with store.writing():
        store.execute(
            "INSERT INTO account (person_id, number, holder, bank, valid_from)"
            " SELECT head_id, printf('6228580%012d', id), (SELECT name FROM person WHERE id = head_id), '农商行', '2023-01-01'"
            " FROM household WHERE head_id IS NOT NULL"
        )
        store.execute(
            "INSERT INTO enrolment (program_id, target, person_id, household_id, period, valid_from, quantity, computed_fen)"
            " SELECT (SELECT id FROM program WHERE code = ?), 'household', head_id, id, '2024', '2024-01-01', 10000 + id % 90000, 0"
            " FROM household ORDER BY id LIMIT ?",
            (PROGRAM, COUNT),
        )
        store.execute(
            "INSERT INTO allotment (program_id, document, document_key, level, year, issued_on, allotted_fen)"
            " SELECT id, '财农〔2024〕8号', '财农〔2024〕8号', '中央', 2024, '2024-05-20', 100000000000 FROM program WHERE code = ?",
            (PROGRAM,),
        )
    add_receipt(desk, allotment_id=1, fen=Fen(100_000_000_000))


def _copied(desk: Desk, table: str, where: str = "1") -> tuple[str, list[tuple[object, ...]]]:
    names = [row[1] for row in desk.store.rows(f"PRAGMA table_info({table})")]
    rows = desk.store.rows(f"SELECT {', '.join(names)} FROM {table} WHERE {where}")
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows


@bench("batch of 146,000 payments", "large")
def batch() -> Measured:
    """From enrolments to computed payments with traces."""
    with empty_office() as desk:
        _enrol(desk)
        ours = timed(lambda: create_batch(desk, program=PROGRAM, period="2024"))
        store = desk.store
        sql, rows = _copied(desk, "payment")
        with store.writing():
            store.execute("DELETE FROM payment")
            store.execute("DELETE FROM batch_tally")

        def floor() -> None:
            with store.writing():
                store.execute_many(sql, rows)

        return Measured(ours, timed(floor), BATCH_FLOOR)


@bench("pre-flight check of 146,000 payments", "large")
def check() -> Measured:
    """All checks of DOMAIN §9 that the data allow; no floor, the figure itself is what the clerk waits."""
    with empty_office() as desk:
        _enrol(desk)
        create_batch(desk, program=PROGRAM, period="2024")
        return Measured(timed(lambda: check_batch(desk.store, 1, desk.today, "submit")), 0, "–")


@bench("bank file and return of 146,000 lines", "large")
def bank() -> Measured:
    """Attempts out, the bank's answer matched and posted; a thousandth fails. The floor is that of the return alone."""
    with empty_office() as desk, tempfile.TemporaryDirectory() as folder:
        _enrol(desk)
        create_batch(desk, program=PROGRAM, period="2024")
        reasons = {
            str(one.code): "核对过" for one in check_batch(desk.store, 1, desk.today, "submit").to_explain
        }
        submit_batch(desk, batch_id=1, reasons=reasons)
        review_batch(seat(desk, "复核丙"), batch_id=1, opinion="同意")
        reasons = {
            str(one.code): "核对过" for one in check_batch(desk.store, 1, desk.today, "approve").to_explain
        }
        approve_batch(seat(desk, "审批丁"), batch_id=1, opinion="同意", reasons=reasons)
        out = timed(lambda: make_bank_files(desk, batch_id=1, profile="rural_bank"))
        *files, _ = write_bank_files(desk.store, batch_id=1, folder=Path(folder) / "out")
        answers = [
            answer_bank_file(
                path, Path(folder) / f"answer-{path.name}", profile="rural_bank",
                failures=dict.fromkeys(range(500, COUNT, 1000), "账户已销户"),
            )
            for path in files
        ]  # fmt: skip
        ours = sum(timed(lambda path=path: post_return(desk, path=path, batch_id=1)) for path in answers)  # type: ignore[misc]
        store = desk.store
        line_sql, lines = _copied(desk, "return_line")
        attempts = store.rows("SELECT state, reason, reason_class, answered_on, return_id, id FROM attempt")
        payments = store.rows("SELECT bucket, reason, reason_class, changed_on, id FROM payment")
        with store.writing():
            store.execute("DELETE FROM return_line")

        def floor() -> None:
            # the attempts and payments are answered already: writing the same values costs the same pages
            with store.writing():
                store.execute_many(line_sql, lines)
                store.execute("DROP TRIGGER attempt_is_final")
                store.execute_many(
                    "UPDATE attempt SET state = ?, reason = ?, reason_class = ?, answered_on = ?, return_id = ? WHERE id = ?",
                    attempts,
                )
                store.execute_many(
                    "UPDATE payment SET bucket = ?, reason = ?, reason_class = ?, changed_on = ? WHERE id = ?",
                    payments,
                )

        read = timed(lambda: [list(_rows(path)) for path in answers])
        return Measured(
            ours, read + timed(floor), "bare calamine read + " + RETURN_FLOOR, notes={"bank_file_s": out}
        )


def _rows(path: Path) -> Sequence[Sequence[object]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
