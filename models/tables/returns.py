"""The bank's answers, line by line."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, FenField, Table


class BankReturn(Table):
    """An answer file of a bank 回盘."""

    id = AutoField()
    file_name = TextField()
    sha256 = TextField()
    batch_id = IntegerField()
    profile = TextField()
    lines = IntegerField()
    received_on = DayField()


class ReturnLine(Table):
    """A line of an answer, whatever became of it."""

    id = AutoField()
    return_id = IntegerField()
    line = IntegerField()
    serial = TextField()
    name = TextField()
    account_number = TextField()
    fen = FenField(null=True)
    remark = TextField()
    answer = TextField()
    reason = TextField()
    said = TextField()
    outcome = TextField()
    attempt_id = IntegerField(null=True)
    note = TextField(default="")
