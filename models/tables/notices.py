"""Holidays, public notices, objections."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, Table


class Holiday(Table):
    """A day that breaks the week's rule."""

    day = DayField(primary_key=True)
    kind = TextField()
    name = TextField(default="")


class PublicNotice(Table):
    """A masked list put up in public 公示."""

    id = AutoField()
    batch_id = IntegerField()
    posted_on = DayField()
    days = IntegerField()
    day_kind = TextField()
    first_day = DayField()
    last_day = DayField()
    rows_sha256 = TextField()
    file_sha256 = TextField()
    state = TextField(default="posted")


class Objection(Table):
    """What somebody said against a notice, and the outcome."""

    id = AutoField()
    batch_id = IntegerField()
    person = TextField()
    body = TextField()
    raised_on = DayField()
    outcome = TextField(default="")
    answer = TextField(default="")
    decided_on = DayField(null=True)


class NoticePhoto(Table):
    """A photo of a notice on its wall."""

    id = AutoField()
    notice_id = IntegerField()
    taken_on = DayField()
    place = TextField(default="")
    name = TextField()
    sha256 = TextField()
