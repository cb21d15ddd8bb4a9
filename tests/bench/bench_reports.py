"""The monthly return over three million payments."""

import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.desk import Desk
from app.programs.use_cases import add_policies
from app.reports.figures import monthly_figures
from app.reports.sheet import write_monthly
from tests.bench.bench_people import _insert_bare
from tests.bench.measuring import Measured, bench, empty_office, timed

PEOPLE, BATCHES = 100_000, 30
MONTH = "2024-06"
ROWS_SQL = """
    SELECT p.program_id, substr(a.approved_on, 1, 7), p.bucket, count(*), count(DISTINCT p.household_id), sum(p.owed_fen)
      FROM payment p JOIN batch a ON a.id = p.batch_id WHERE substr(a.approved_on, 1, 4) = '2024'
     GROUP BY p.program_id, substr(a.approved_on, 1, 7), p.bucket"""


def _three_million(desk: Desk) -> None:
    """Thirty settled batches of 100,000 payments: ten programs in each of three months."""
    _insert_bare(desk, PEOPLE)
    store = desk.store
    codes = [row[0] for row in store.rows("SELECT code FROM program ORDER BY code LIMIT 10")]
    policy = {
        "document": "新农〔2024〕3号", "from": datetime(2024, 1, 1).date(), "frequency": "month", "target": "person",
        "family": "fixed", "rate": "50",
    }  # fmt: skip
    add_policies(desk, tables=[{"program": code, **policy} for code in codes], source_name="bench")
    for number in range(BATCHES):
        code, month = codes[number % 10], f"2024-0{4 + number // 10}"
        with store.writing():
            batch = store.insert(
                "INSERT INTO batch (number, program_id, policy_id, period, kind, state, payments, owed_fen, created_on)"
                " SELECT ?, g.id, y.id, ?, 'regular', 'draft', ?, ?, ? FROM program g JOIN policy y ON y.program_id = g.id WHERE g.code = ?",
                (f"{code}-{month}-01", month, PEOPLE, PEOPLE * 5000, f"{month}-03", code),
            )
            store.execute(
                "INSERT INTO payment (batch_id, line, program_id, period, target, person_id, household_id, payee_id, village_id,"
                " group_text, name, id_number, head_name, head_id_number, payee_name, payee_id_number, account_number, account_holder,"
                " bank, phone, quantity_text, rate_text, owed_fen, trace, bucket)"
                " SELECT b.id, p.id, b.program_id, b.period, 'person', p.id, h.id, p.id, h.village_id, h.group_text, p.name, p.id_number,"
                " p.name, p.id_number, p.name, p.id_number, '6228580000000000000', p.name, '农商行', p.phone, '', '50.00', 5000,"
                " '50.00 元，政策 v1，新农〔2024〕3号', 'paid'"
                " FROM person p JOIN household h ON h.id = p.household_id JOIN batch b ON b.id = ?",
                (batch,),
            )
            store.execute(
                "UPDATE batch SET state = 'settled', approved_on = ?, settled_on = ? WHERE id = ?",
                (f"{month}-10", f"{month}-20", batch),
            )
            for event in ("owed", "paid"):
                store.execute(
                    "INSERT INTO month_tally (batch_id, month, event, households, people, payments, fen) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (batch, month, event, PEOPLE // 3, PEOPLE, PEOPLE, PEOPLE * 5000),
                )


def _deflate(path: Path) -> None:
    with zipfile.ZipFile(path) as book:
        for part in book.namelist():
            zlib.compress(book.read(part), 6)


@bench("monthly return over 3,000,000 payments", "large")
def monthly() -> Measured:
    """Figures and workbook; the floor sums the payments themselves, which the tallies beside them spare us."""
    with empty_office() as desk, TemporaryDirectory() as folder:
        _three_million(desk)
        path = Path(folder) / "月报.xlsx"

        def ours() -> None:
            write_monthly(path, monthly_figures(desk.store, MONTH), created=desk.now)

        seconds = timed(ours)
        floor = timed(lambda: desk.store.rows(ROWS_SQL)) + timed(lambda: _deflate(path))
        tallies = timed(
            lambda: desk.store.rows("SELECT * FROM month_tally t JOIN batch b ON b.id = t.batch_id")
        )
        return Measured(
            seconds, floor, "bare SQL over the payments + deflate of the same XML",
            notes={"bare_tallies_and_deflate_s": tallies + timed(lambda: _deflate(path))},
        )  # fmt: skip
