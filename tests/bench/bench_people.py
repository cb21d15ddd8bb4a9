"""The people import, and finding one person among 420,000."""

import time
from pathlib import Path

from python_calamine import CalamineWorkbook

from app.desk import Desk
from app.registry.queries import find_people
from app.registry.use_cases import import_people
from app.workbook.process.reader import warm_up
from tests.bench.measuring import WORKBOOKS, Measured, bench, empty_office, peak_mb, timed
from tests.bench.townships import VILLAGES, people, write_people

IMPORT_FLOOR = "bare calamine read + executemany of the same rows into the same encrypted, indexed tables"


def _read(path: Path) -> None:
    for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
        pass


def _insert_bare(desk: Desk, count: int) -> float:
    """Seconds to insert the finished rows: villages, households with heads, people."""
    households: dict[str, tuple[object, ...]] = {}
    persons, heads = [], []
    for row in people(count):
        place = VILLAGES.index(str(row[2])) + 1
        household = households.setdefault(
            str(row[1]), (len(households) + 1, row[1], place, int(str(row[3])[0]), row[3])
        )
        persons.append(
            (
                row[0],
                row[7],
                "resident",
                row[4],
                row[4],
                household[0],
                row[5],
                row[6],
                row[8],
                row[9],
                "",
                0,
                None,
            )
        )
        if row[5] == "户主":
            heads.append((row[0], household[0]))
    store = desk.store

    def insert() -> None:
        with store.writing():
            store.execute(
                "INSERT INTO stored_file (sha256, name, size, purpose, stored_at) VALUES ('0', 'a', 0, 'import', '')"
            )
            store.execute(
                "INSERT INTO import_run (id, kind, file_name, file_sha256, mapping, rows, accepted, rejected, state, operator_id,"
                " business_date) VALUES (1, 'people', 'a', '0', '{}', 0, 0, 0, 'done', 1, '2024-06-03')"
            )
            store.execute_many(
                "INSERT INTO village (id, name, name_key) VALUES (?, ?, ?)",
                [(place, name, name) for place, name in enumerate(VILLAGES, start=1)],
            )
            store.execute_many(
                "INSERT INTO household (id, number, village_id, group_number, group_text, run_id) VALUES (?, ?, ?, ?, ?, 1)",
                households.values(),
            )
            store.execute_many(
                "INSERT INTO person (id, id_number, id_kind, name, name_key, household_id, relation, sex, birth, phone, remark,"
                " is_dead, died_on, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                persons,
            )
            store.execute_many("UPDATE household SET head_id = ? WHERE id = ?", heads)

    return timed(insert)


def _import(count: int) -> Measured:
    path = write_people(WORKBOOKS / f"people-{count}.xlsx", count)
    read = timed(lambda: _read(path))
    reader_mb = peak_mb()
    warm_up()
    time.sleep(0.5)  # as when a clerk looks for the file, or the office is opened for a command
    with empty_office() as desk:
        ours = timed(lambda: import_people(desk, path=path))
    ours_mb = peak_mb()
    with empty_office() as desk:
        floor = read + _insert_bare(desk, count)
    return Measured(
        ours, floor, IMPORT_FLOOR, ours_mb, {"reader_mb": reader_mb, "over_reader_mb": ours_mb - reader_mb}
    )


@bench("people import, 30,000 rows")
def people_30k() -> Measured:
    """A large township."""
    return _import(30_000)


@bench("people import, 420,000 rows", "large")
def people_420k() -> Measured:
    """A county."""
    return _import(420_000)


@bench("person look-up among 420,000, p95", "large")
def look_up() -> Measured:
    """By whole ID, by the end of an ID, by name; the floor is one read of a row by its key."""
    with empty_office() as desk:
        _insert_bare(desk, 420_000)
        asked = [
            (str(row[7]), str(row[7])[-6:], str(row[4]))
            for row in people(420_000)
            if int(str(row[0])) % 1400 == 1
        ]
        ours, floor = [], []
        for person, texts in enumerate(asked, start=1):
            for text in texts:
                start = time.perf_counter()
                find_people(desk.store, text)
                ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            desk.store.row("SELECT name FROM person WHERE id = ?", (person,))
            floor.append(time.perf_counter() - start)
    return Measured(_p95(ours), _p95(floor), "one row by its key")


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]
