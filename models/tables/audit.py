"""The audit trail."""

from peewee import CompositeKey, IntegerField, TextField

from models.tables.base import DayField, Table


class AuditLine(Table):
    """One act: who, when, what, how much, the root of all seals after it, chained to the line before."""

    seq = IntegerField(primary_key=True)
    at = TextField()
    business_date = DayField()
    operator_id = IntegerField(null=True)
    post = TextField()
    act = TextField()
    subject = TextField()
    counts = TextField()
    after_hash = TextField()
    before_hash = TextField()
    hash = TextField()


class Seal(Table):
    """What seals one group of rows that money depends on."""

    kind = TextField()
    subject = TextField()
    mac = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "subject")
