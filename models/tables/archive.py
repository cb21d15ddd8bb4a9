"""Dossiers."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, Table


class Dossier(Table):
    """A batch's dossier as made."""

    id = AutoField()
    batch_id = IntegerField()
    name = TextField()
    sha256 = TextField()
    made_on = DayField()
