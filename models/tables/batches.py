"""Batches, their payments, acts, funding and sums."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

from models.tables.base import DayField, FenField, MonthField, Table


class Batch(Table):
    """One program, one period, one run 发放批次."""

    id = AutoField()
    number = TextField()
    program_id = IntegerField()
    policy_id = IntegerField()
    period = TextField()
    kind = TextField()
    source_batch_id = IntegerField(null=True)
    state = TextField()
    rejected_desk = TextField(default="")
    payments = IntegerField()
    owed_fen = FenField()
    snapshot_sha256 = TextField(default="")
    created_on = DayField()
    approved_on = DayField(null=True)
    sent_on = DayField(null=True)
    settled_on = DayField(null=True)


class BatchAct(Table):
    """One act on a batch, final."""

    id = AutoField()
    batch_id = IntegerField()
    step = TextField()
    operator_id = IntegerField()
    at = TextField()
    business_date = DayField()
    opinion = TextField(default="")


class BatchFunding(Table):
    """Money of a batch by allotment."""

    batch_id = IntegerField()
    allotment_id = IntegerField()
    fen = FenField()

    class Meta:
        primary_key = CompositeKey("batch_id", "allotment_id")


class BatchFundingReturn(Table):
    """Funding given back by a stop after approval (negative when restored)."""

    id = AutoField()
    batch_id = IntegerField()
    allotment_id = IntegerField()
    payment_id = IntegerField()
    fen = FenField()
    returned_on = DayField()


class CheckSheet(Table):
    """A pre-flight check as it stood, frozen."""

    id = AutoField()
    batch_id = IntegerField()
    stage = TextField()
    body = TextField()
    sha256 = TextField()
    made_on = DayField()


class Payment(Table):
    """What one payee is owed in one batch 发放明细."""

    id = AutoField()
    batch_id = IntegerField()
    line = IntegerField()
    program_id = IntegerField()
    period = TextField()
    target = TextField()
    person_id = IntegerField()
    household_id = IntegerField()
    payee_id = IntegerField(null=True)
    enrolment_id = IntegerField(null=True)
    source_id = IntegerField(null=True)
    village_id = IntegerField()
    group_text = TextField()
    name = TextField()
    id_number = TextField()
    head_name = TextField()
    head_id_number = TextField()
    payee_name = TextField()
    payee_id_number = TextField()
    account_number = TextField()
    account_holder = TextField()
    bank = TextField()
    phone = TextField()
    quantity_text = TextField()
    rate_text = TextField()
    owed_fen = FenField()
    trace = TextField()
    bucket = TextField()
    recovered_fen = FenField(default=0)
    reason = TextField(default="")
    reason_class = TextField(default="")
    changed_on = DayField(default="")


class BatchTally(Table):
    """Sums of a batch by village and bucket."""

    batch_id = IntegerField()
    village_id = IntegerField()
    bucket = TextField()
    payments = IntegerField()
    fen = FenField()

    class Meta:
        primary_key = CompositeKey("batch_id", "village_id", "bucket")


class MonthTally(Table):
    """What happened to a batch's money in one month."""

    batch_id = IntegerField()
    month = MonthField()
    event = TextField()
    households = IntegerField()
    people = IntegerField()
    payments = IntegerField()
    fen = FenField()

    class Meta:
        primary_key = CompositeKey("batch_id", "month", "event")
