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


class ReturnLineAside(Table):
    """A line of a bank's answer that somebody found to be nobody's 无须认领, with the reason; it stays in the answer."""

    line_id = IntegerField(primary_key=True)
    reason = TextField()
    decided_on = DayField()
    operator_id = IntegerField()
