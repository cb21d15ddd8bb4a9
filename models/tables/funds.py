"""Allotments, receipts and what moves the special account."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, FenField, FlagField, Table


class Allotment(Table):
    """Money allotted by a document 资金指标."""

    id = AutoField()
    program_id = IntegerField()
    document = TextField()
    document_key = TextField()
    level = TextField()
    year = IntegerField()
    issued_on = DayField()
    allotted_fen = FenField()
    carried_from = IntegerField(null=True)
    is_opening = FlagField(default=0)
    remark = TextField(default="")
    withdrawn_on = DayField(null=True)
    run_id = IntegerField(null=True)


class AllotmentChange(Table):
    """An adjustment, cut or carry-over of an allotment, signed fen."""

    id = AutoField()
    allotment_id = IntegerField()
    kind = TextField()
    fen = FenField()
    changed_on = DayField()
    document = TextField(default="")
    reason = TextField()


class Receipt(Table):
    """Money really received against an allotment 到账."""

    id = AutoField()
    allotment_id = IntegerField()
    received_on = DayField()
    fen = FenField()
    remark = TextField(default="")
    run_id = IntegerField(null=True)
