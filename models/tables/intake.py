"""Import runs, what they found and what they changed."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

from models.tables.base import DayField, FenField, Table


class ImportRun(Table):
    """One workbook taken in."""

    id = AutoField()
    kind = TextField()
    list_kind = TextField(default="")
    program_id = IntegerField(null=True)
    period = TextField(default="")
    file_name = TextField()
    file_sha256 = TextField()
    mapping = TextField()
    rows = IntegerField()
    accepted = IntegerField()
    rejected = IntegerField()
    accepted_fen = FenField(default=0)
    cleaned_cells = IntegerField(default=0)
    unchanged = IntegerField(default=0)
    given_mapping = TextField(default="")
    follows = IntegerField(null=True)
    state = TextField()
    operator_id = IntegerField()
    business_date = DayField()


class ImportFinding(Table):
    """A problem of one cell of a run."""

    id = AutoField()
    run_id = IntegerField()
    sheet = TextField()
    row = IntegerField()
    column_name = TextField()
    written = TextField()
    level = TextField()
    code = TextField()
    sentence = TextField()


class ImportProposal(Table):
    """What the registry makes of a damaged number 改正建议, until somebody decides."""

    id = AutoField()
    run_id = IntegerField()
    sheet = TextField()
    row = IntegerField()
    field = TextField()
    column_name = TextField()
    written = TextField()
    code = TextField()
    proposed = TextField()
    why = TextField()
    state = TextField(default="open")
    taken_by_run = IntegerField(null=True)
    decided_on = DayField(null=True)
    decided_by = IntegerField(null=True)


class ImportUnchanged(Table):
    """How many rows of a run stood as an earlier run had taken them in."""

    run_id = IntegerField()
    earlier_run = IntegerField()
    rows = IntegerField()

    class Meta:
        primary_key = CompositeKey("run_id", "earlier_run")


class ImportBefore(Table):
    """A row as it was before a run changed it (JSON)."""

    id = AutoField()
    run_id = IntegerField()
    table_name = TextField()
    row_id = IntegerField()
    body = TextField()


class ColumnMapping(Table):
    """What a workbook's heading means, as somebody said once; `body` is heading → field (JSON)."""

    id = AutoField()
    kind = TextField()
    name = TextField()
    fingerprint = TextField()
    body = TextField()
    headings = TextField()
    operator_id = IntegerField()
    remembered_on = DayField()
