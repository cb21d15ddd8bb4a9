"""The frozen migrations make the schema; the tables name the same columns."""

import inspect
from pathlib import Path

import pytest

import models.tables as tables
from app.desk import Desk
from models.store import migrations
from models.store.opening import statements_of
from models.tables.base import Table

ALL = [getattr(tables, name) for name in tables.__all__]


def test_the_tables_are_those_of_the_schema(desk: Desk) -> None:
    made = {
        row[0]
        for row in desk.store.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    }
    assert made == {table._meta.table_name for table in ALL}


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.__name__)
def test_columns_agree(desk: Desk, table: type[Table]) -> None:
    made = {
        row[1]: (row[2], bool(row[3]), row[5])
        for row in desk.store.rows(f"PRAGMA table_info({table._meta.table_name})")
    }
    assert set(made) == set(table._meta.columns)
    for name, (kind, is_required, key) in made.items():
        column = table._meta.columns[name]
        assert (kind == "INTEGER") == (column.field_type in ("INT", "AUTO")), name
        if not key:
            assert column.null != is_required, name


def test_migrations_import_no_table() -> None:
    for path in Path(inspect.getfile(migrations)).parent.glob("m*.py"):
        assert "import" not in path.read_text(encoding="utf-8").replace("import_", "")


def test_every_table_is_strict(desk: Desk) -> None:
    for name, is_strict in desk.store.rows(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    ):
        assert is_strict or name.startswith("sqlite_"), name


def test_statements_are_split_outside_triggers() -> None:
    sql = "CREATE TABLE a (b);\nCREATE TRIGGER t BEFORE DELETE ON a\nBEGIN SELECT 1; SELECT 2; END;\n-- end\n"
    assert len([statement for statement in statements_of(sql) if statement.strip()]) == 2
