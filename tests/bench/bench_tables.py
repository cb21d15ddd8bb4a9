"""A county's people in one table: opened, sorted, filtered, searched, its end reached, with 420,000 people."""

import itertools
from array import array
from collections.abc import Iterator

from app.desk import Desk
from app.pages import Chosen, Sort, View, ids_of, pinyin_table, rows_of, sums_of
from app.registry.listings import PEOPLE, NameInitials, search_people
from models.domain.person_name import name_key
from models.store.opening import Store
from tests.bench.measuring import Measured, bench, empty_office, peak_mb, timed
from tests.bench.townships import VILLAGES, people

COUNT = 420_000


def fill(desk: Desk, count: int = COUNT) -> None:
    """`count` people by threes in households, each head with an account, put in as rows."""
    store = desk.store
    with store.writing():
        store.execute("PRAGMA defer_foreign_keys = ON")
        villages = {row[1]: row[0] for row in store.rows("SELECT id, name FROM village")}
        store.execute_many(
            "INSERT INTO household (id, number, village_id, group_text, head_id) VALUES (?, ?, ?, ?, ?)",
            _households(villages, count),
        )
        store.execute_many(
            "INSERT INTO person (id, id_number, id_kind, name, name_key, household_id, relation, sex, birth, phone)"
            " VALUES (?, ?, 'resident', ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row[0],
                    row[7],
                    row[4],
                    name_key(str(row[4])),
                    (int(str(row[0])) - 1) // 3 + 1,
                    row[5],
                    row[6],
                    row[8],
                    row[9],
                )
                for row in people(count)
            ),
        )
        store.execute_many(
            "INSERT INTO account (person_id, number, holder, bank, valid_from) VALUES (?, ?, '', '新昌农商银行', '2024-01-01')",
            ((person, f"62{person:014d}") for person in range(1, count + 1, 3)),
        )


def _households(villages: dict[str, int], count: int) -> Iterator[tuple[object, ...]]:
    for row in people(count):
        serial = int(str(row[0]))
        if serial % 3 == 1:
            yield (serial // 3 + 1, row[1], villages[str(row[2])], row[3], serial)


def open_list(store: Store) -> "array[int]":
    """What opening the screen asks of the store: the ids, the sums of the status bar, the first page."""
    ids = ids_of(store, PEOPLE)
    rows_of(store, PEOPLE, ids[:200])
    return ids


@bench("a table of 420,000 people opened, its end reached", size="large")
def tables() -> Measured:
    """The floor is SQLite counting the same rows by itself."""
    with empty_office(VILLAGES) as desk:
        fill(desk)
        store = desk.store
        notes = {}
        store.value("SELECT count(*) FROM person JOIN household h ON h.id = household_id")
        ids = open_list(store)
        opened = timed(lambda: open_list(store))
        notes["jump to the end"] = timed(lambda: rows_of(store, PEOPLE, ids[-200:]))
        notes["table of pinyin, once"] = timed(pinyin_table)
        for name in ("name", "village", "birth", "id_number"):
            view = View(sorts=(Sort(name),))
            notes[f"sort by {name}"] = timed(lambda view=view: ids_of(store, PEOPLE, view))  # type: ignore[misc]
        two = View(sorts=(Sort("village"), Sort("name")))
        notes["sort by village and name"] = timed(lambda: ids_of(store, PEOPLE, two))
        one_village = View(filters=(Chosen("village", (VILLAGES[3],)),))
        notes["filter by village"] = timed(lambda: ids_of(store, PEOPLE, one_village))
        notes["count of a filter"] = timed(lambda: sums_of(store, PEOPLE, one_village))
        made: list[NameInitials] = []
        notes["initials read, once"] = timed(lambda: made.append(NameInitials(store)))
        for asked in ("赵伟", "zw", "3306", "6200000000", "0013"):
            notes[f"search {asked}"] = timed(lambda asked=asked: search_people(store, asked, made[0]))  # type: ignore[misc]
        floor = timed(lambda: store.rows("SELECT id FROM person"))
        return Measured(opened, floor, "SELECT id FROM person", peak_mb(), notes)


@bench("the window during an import of 60,000 people: the longest it stood still", size="large")
def window_alive() -> Measured:
    """Ours is the longest gap of a heartbeat of 5 ms in the window's thread; the floor is the 100 ms that nobody feels."""
    import os
    import time
    from pathlib import Path

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from tests.bench.measuring import WORKBOOKS
    from tests.bench.townships import write_people
    from ui.jobs import Sweeper
    from ui.office import Office
    from ui.routes import Place, Room
    from ui.screens.intake import kinds
    from ui.theme import dress
    from ui.window.frame import Frame

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    dress(application)
    path: Path = write_people(WORKBOOKS / "people-60000.xlsx", 60_000)
    with empty_office() as desk:
        frame = Frame(Office(desk))
        sweeper = Sweeper(frame)
        frame.show()
        frame.go(Place(Room.REGISTRY))
        beats: list[float] = []
        heart = QTimer()
        heart.setInterval(5)
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start()
        frame.office.act("导入", lambda at: kinds.take(at, "people", path, {}, {}))
        began = time.perf_counter()
        while frame.office.lane.job is not None:
            application.processEvents()
        took = time.perf_counter() - began
        gaps = sorted((after - before for before, after in itertools.pairwise(beats)), reverse=True)
        frame.hand_over()
        del sweeper
        return Measured(
            gaps[0], 0.1, "100 ms", peak_mb(), {"import": took, "second longest": gaps[1], "tenth": gaps[9]}
        )
