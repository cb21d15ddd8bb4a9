"""The audit trail."""

from peewee import IntegerField, TextField

from models.tables.base import DayField, Table


class AuditLine(Table):
    """One act: who, when, what, how much, chained to the line before."""

    seq = IntegerField(primary_key=True)
    at = TextField()
    business_date = DayField()
    operator_id = IntegerField(null=True)
    post = TextField()
    act = TextField()
    subject = TextField()
    counts = TextField()
    before_hash = TextField()
    hash = TextField()
