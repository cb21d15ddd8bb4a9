"""Monthly returns, opening figures, the county's own forms."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, MonthField, Table


class OpeningFigure(Table):
    """What a program had reached before the office's first month (JSON)."""

    program_id = IntegerField(primary_key=True)
    month = MonthField()
    body = TextField()


class MonthlyReturn(Table):
    """The state of a month's return 月报."""

    month = MonthField(primary_key=True)
    state = TextField()
    figures = TextField()
    file_sha256 = TextField(null=True)
    changed_on = DayField()
    reason = TextField(default="")


class CountyForm(Table):
    """A form of the county 上级表样, its file kept as received."""

    id = AutoField()
    name = TextField()
    file_name = TextField()
    sha256 = TextField()
    tags = IntegerField()
    added_on = DayField()
    operator_id = IntegerField()
    withdrawn_on = DayField(null=True)
