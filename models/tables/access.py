"""The office, its settings and its operators."""

from peewee import AutoField, TextField

from models.tables.base import DayField, FlagField, Table


class Office(Table):
    """The office of this folder: one row."""

    id = AutoField()
    township = TextField()
    code = TextField()
    is_sample = FlagField(default=0)
    last_business_date = DayField(null=True)
    created_at = TextField()


class Setting(Table):
    """A dated choice of the office, as JSON."""

    name = TextField(primary_key=True)
    body = TextField()


class Operator(Table):
    """Someone who may sit at the desk; `posts` is a comma list."""

    id = AutoField()
    name = TextField()
    posts = TextField()
    active = FlagField(default=1)
    created_at = TextField()
