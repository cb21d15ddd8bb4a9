"""Who is entitled to what."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

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
    suspension_id = IntegerField(null=True)
    row_digest = IntegerField(null=True)
    run_id = IntegerField(null=True)


class EnrolmentQuestion(Table):
    """An enrolment that a household event leaves open until somebody decides."""

    id = AutoField()
    event_id = IntegerField()
    enrolment_id = IntegerField()
    kind = TextField()
    state = TextField(default="open")
    reason = TextField(default="")
    decided_on = DayField(null=True)
    decided_by = IntegerField(null=True)


class SurvivalCertificate(Table):
    """Somebody certified as living 生存认证, for one program, until a day."""

    id = AutoField()
    run_id = IntegerField(null=True)
    program_id = IntegerField()
    person_id = IntegerField()
    certified_on = DayField()
    valid_until = DayField()
    manner = TextField(default="")


class Suspension(Table):
    """Somebody gets no more of a program from a day on, until certified."""

    id = AutoField()
    program_id = IntegerField()
    person_id = IntegerField()
    starts_on = DayField()
    reason = TextField()
    made_on = DayField()
    operator_id = IntegerField()
    ended_on = DayField(null=True)
    ended_by_run = IntegerField(null=True)


class SuspensionEnrolment(Table):
    """An enrolment that a suspension cut short, as it was."""

    suspension_id = IntegerField()
    enrolment_id = IntegerField()
    state = TextField()
    valid_to = DayField(null=True)

    class Meta:
        primary_key = CompositeKey("suspension_id", "enrolment_id")


class PastPayment(Table):
    """A payment of an earlier month or year, taken over from an old workbook; never in the books."""

    id = AutoField()
    run_id = IntegerField()
    program_id = IntegerField()
    period = TextField()
    target = TextField()
    person_id = IntegerField()
    household_id = IntegerField()
    village_id = IntegerField()
    name = TextField()
    id_number = TextField()
    payee_name = TextField(default="")
    account_number = TextField(default="")
    owed_fen = FenField()
    paid_on = DayField(null=True)
    outcome = TextField()
    reason = TextField(default="")
