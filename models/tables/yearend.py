"""Closed years: what the books stood at, what money was open, and how enrolments went on."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

from models.tables.base import DayField, FenField, Table


class YearClose(Table):
    """A closing of a year 年终结账, and its reopening 反结账."""

    id = AutoField()
    year = IntegerField()
    state = TextField()
    closed_on = DayField()
    closed_by = IntegerField()
    reopen_reason = TextField()
    asked_by = IntegerField(null=True)
    asked_on = DayField(null=True)
    reopened_by = IntegerField(null=True)
    reopened_on = DayField(null=True)


class YearBalance(Table):
    """What an account stood at, by program and allotment (0 for none)."""

    close_id = IntegerField()
    ledger = TextField()
    program_id = IntegerField()
    allotment_id = IntegerField()
    fen = FenField()

    class Meta:
        primary_key = CompositeKey("close_id", "ledger", "program_id", "allotment_id")


class YearReturn(Table):
    """A payment whose failed or bounced money was open at the year's end 历年退回."""

    close_id = IntegerField()
    payment_id = IntegerField()
    bucket = TextField()
    fen = FenField()
    failed_on = DayField()
    voucher_id = IntegerField(null=True)
    slip_sha256 = TextField()

    class Meta:
        primary_key = CompositeKey("close_id", "payment_id")


class EnrolmentRoll(Table):
    """An enrolment at the turn of the year: its successor, or why there is none."""

    enrolment_id = IntegerField()
    year = IntegerField()
    outcome = TextField()
    new_id = IntegerField(null=True)
    old_fen = FenField()
    new_fen = FenField()
    sentence = TextField()
    rolled_on = DayField()

    class Meta:
        primary_key = CompositeKey("enrolment_id", "year")
