"""Files to the bank and each attempt to pay; the layouts that were learned."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, FenField, Table


class BankProfile(Table):
    """A layout 银行格式 that the office learned from an example; `body` is what a shipped one's file holds (JSON)."""

    id = AutoField()
    name = TextField()
    body = TextField()
    fingerprint = TextField(null=True)
    example_name = TextField()
    example_sha256 = TextField()
    operator_id = IntegerField()
    learned_on = DayField()


class BankFile(Table):
    """A file that went to the bank 报盘."""

    id = AutoField()
    batch_id = IntegerField()
    part = IntegerField()
    profile = TextField()
    name = TextField()
    sha256 = TextField()
    lines = IntegerField()
    total_fen = FenField()
    made_on = DayField()


class Attempt(Table):
    """One time a payment went to the bank."""

    id = AutoField()
    payment_id = IntegerField()
    bank_file_id = IntegerField()
    line = IntegerField()
    serial = TextField()
    name = TextField()
    account_number = TextField()
    fen = FenField()
    remark = TextField()
    state = TextField()
    reason = TextField(default="")
    reason_class = TextField(default="")
    answered_on = DayField(null=True)
    return_id = IntegerField(null=True)
