"""What every table shares: the office that is open, and the field kinds.

A table here is columns only. Constraints, indexes and triggers live in the migrations, which make the real schema; a test
proves that both name the same columns.
"""

from typing import Any

from peewee import DatabaseProxy, IntegerField, Model, TextField

_office = DatabaseProxy()


def bind(database: Any) -> None:
    """Point all tables at the office that was just opened (one office at a time in a program)."""
    _office.initialize(database)


class Table(Model):
    """A table of the open office."""

    class Meta:
        database = _office
        legacy_table_names = False
        strict_tables = True


class FenField(IntegerField):
    """Money, integer fen."""


class QuantityField(IntegerField):
    """A quantity or a rate, integer in 1/10000 of the unit."""


class DayField(TextField):
    """A day as 'YYYY-MM-DD'."""


class MonthField(TextField):
    """A month as 'YYYY-MM'."""


class FlagField(IntegerField):
    """0 or 1."""
