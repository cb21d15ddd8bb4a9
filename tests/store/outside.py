"""Somebody with the key and a tool of their own: SQL past the program, its triggers dropped, its watch not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from models.store.folder import DATABASE_NAME
from models.store.opening import Store


@contextmanager
def outside(store: Store) -> Iterator[Any]:
    """A connection of another program to an office's database."""
    connection = sqlcipher.connect(str(store.folder / DATABASE_NAME), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{store.keyslots.data_key.hex()}'\"")
        yield connection
    finally:
        connection.close()


def edit_outside(store: Store, *statements: str) -> int:
    """Run SQL with every trigger dropped and put back afterwards, so that the schema tells nothing; the rows it changed."""
    with outside(store) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        before = connection.total_changes
        for statement in statements:
            connection.execute(statement)
        changed = connection.total_changes - before
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("COMMIT")
    return int(changed)
