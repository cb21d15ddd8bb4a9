"""Who is entitled to what."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, FenField, QuantityField, Table


class Enrolment(Table):
    """A person or household entitled to a program, for one period or from-to."""

    id = AutoField()
    program_id = IntegerField()
    target = TextField()
    person_id = IntegerField()
    household_id = IntegerField()
    period = TextField(default="")
    valid_from = DayField()
    valid_to = DayField(null=True)
    quantity = QuantityField(null=True)
    grade = TextField(default="")
    care_level = TextField(default="")
    heads = IntegerField(null=True)
    cost_fen = FenField(null=True)
    approved_fen = FenField(null=True)
    stated_fen = FenField(null=True)
    computed_fen = FenField()
    trace = TextField(default="")
    more_facts = TextField(default="{}")
    stated_account = TextField(default="")
    remark = TextField(default="")
    stop_reason = TextField(default="")
    state = TextField(default="active")
    run_id = IntegerField(null=True)
