"""Rows as they were before a run changed them, so that the run can be undone."""

import json
from collections.abc import Sequence

from models.store.opening import Store


def keep_before(
    store: Store, run_id: int, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Keep rows as they were before a run changes them: `rows` hold the id first, then `columns`."""
    store.execute_many(
        "INSERT INTO import_before (run_id, table_name, row_id, body) VALUES (?, ?, ?, ?)",
        [
            (run_id, table, row[0], json.dumps(dict(zip(columns, row[1:], strict=True)), ensure_ascii=False))
            for row in rows
        ],
    )


def put_back(store: Store, run_id: int, table: str) -> None:
    """Give the rows of `table` that the run changed their values from before it."""
    kept: Sequence[tuple[int, str]] = store.rows(
        "SELECT row_id, body FROM import_before WHERE run_id = ? AND table_name = ? ORDER BY id DESC",
        (run_id, table),
    )
    for row_id, body in kept:
        columns = json.loads(body)
        assignments = ", ".join(f"{name} = ?" for name in columns)
        store.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*columns.values(), row_id))
