"""Vouchers and their legs."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, FenField, MonthField, Table


class Voucher(Table):
    """A voucher 记账凭证."""

    id = AutoField()
    month = MonthField()
    number = IntegerField()
    posted_on = DayField()
    event = TextField()
    summary = TextField()
    attachments = IntegerField(default=0)
    batch_id = IntegerField(null=True)
    reverses_id = IntegerField(null=True)
    operator_id = IntegerField()


class VoucherPosting(Table):
    """The mark that a voucher's legs balance."""

    voucher_id = IntegerField(primary_key=True)


class VoucherLine(Table):
    """A leg of a voucher."""

    id = AutoField()
    voucher_id = IntegerField()
    ledger = TextField()
    debit_fen = FenField(default=0)
    credit_fen = FenField(default=0)
    allotment_id = IntegerField(null=True)
    batch_id = IntegerField(null=True)
    program_id = IntegerField(null=True)
