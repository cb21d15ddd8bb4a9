"""Import runs, what they found and what they changed."""

from peewee import AutoField, IntegerField, TextField

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


class ImportBefore(Table):
    """A row as it was before a run changed it (JSON)."""

    id = AutoField()
    run_id = IntegerField()
    table_name = TextField()
    row_id = IntegerField()
    body = TextField()
