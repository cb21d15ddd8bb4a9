"""Programs, their dated policies, which exclude each other."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

from models.tables.base import DayField, FlagField, Table


class Program(Table):
    """What is paid: a subsidy program 补贴项目."""

    id = AutoField()
    code = TextField()
    name = TextField()
    bank_short_name = TextField()
    bank_short_name_12 = TextField(default="")
    department = TextField()
    level = TextField(default="")
    through_card = FlagField(default=1)
    is_local = FlagField(default=0)


class Policy(Table):
    """A dated version of a program's rule; `parameters` is JSON."""

    id = AutoField()
    program_id = IntegerField()
    version = IntegerField()
    document = TextField()
    document_key = TextField()
    valid_from = DayField()
    valid_to = DayField(null=True)
    family = TextField()
    frequency = TextField()
    target = TextField()
    parameters = TextField()


class ProgramConflict(Table):
    """Two programs that exclude each other; the lower code first."""

    program_a = TextField()
    program_b = TextField()
    mode = TextField()
    scope = TextField()

    class Meta:
        primary_key = CompositeKey("program_a", "program_b")
