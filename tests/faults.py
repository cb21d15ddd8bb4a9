"""Breaking things on purpose: the n-th statement of an act fails, and nothing of the act may remain."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.store.opening import Store


class Broken(Exception):
    """The fault that was put in."""


@contextmanager
def failing_statement(store: Store, nth: int) -> Iterator[list[str]]:
    """The n-th statement from here fails (COMMIT counts, ROLLBACK does not); gives the statements as they come."""
    seen: list[str] = []

    def before(sql: str) -> None:
        if sql.startswith("ROLLBACK"):
            return
        seen.append(sql)
        if len(seen) == nth:
            raise Broken(sql)

    store.database.before_statement = before
    try:
        yield seen
    finally:
        store.database.before_statement = None


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to compare before and after."""
    tables = [
        row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    return {table: sorted(store.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}


def each_statement_failing(store: Store, act: Callable[[], object], *, most: int = 400) -> int:
    """Run `act` with its 1st, 2nd, 3rd … statement failing, until it gets through; gives how many statements it has.

    After each failure the store must hold exactly what it held before, and no staged file may lie about.
    """
    before = contents(store)
    for nth in range(1, most):
        with failing_statement(store, nth):
            try:
                act()
            except Broken:
                assert contents(store) == before, f"statement {nth} failed and left something"
                assert not list(store.folder.glob("files/*/*.part"))
            else:
                return nth - 1
    raise AssertionError(f"still failing after {most} statements")
