"""Villages, households, people, accounts, comparison lists."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

from models.tables.base import DayField, FlagField, Table


class Village(Table):
    """A village of the office."""

    id = AutoField()
    code = TextField(default="")
    name = TextField()
    name_key = TextField()


class VillageAlias(Table):
    """Another name that the office confirmed for a village."""

    name_key = TextField(primary_key=True)
    village_id = IntegerField()


class BankAlias(Table):
    """Another name that the office confirmed for a bank."""

    name_key = TextField(primary_key=True)
    name = TextField()


class RelationAlias(Table):
    """Another word that the office confirmed for a relation 与户主关系."""

    name_key = TextField(primary_key=True)
    name = TextField()


class Household(Table):
    """A household 户."""

    id = AutoField()
    number = TextField(null=True)
    village_id = IntegerField()
    group_number = IntegerField(null=True)
    group_text = TextField(default="")
    head_id = IntegerField(null=True)
    ended_on = DayField(null=True)
    run_id = IntegerField(null=True)


class Person(Table):
    """A person, one row per ID number."""

    id = AutoField()
    id_number = TextField()
    id_kind = TextField()
    name = TextField()
    name_key = TextField()
    household_id = IntegerField()
    relation = TextField(default="")
    sex = TextField(default="")
    birth = DayField(null=True)
    phone = TextField(default="")
    remark = TextField(default="")
    is_dead = FlagField(default=0)
    died_on = DayField(null=True)
    merged_into = IntegerField(null=True)
    row_digest = IntegerField(null=True)
    row_run = IntegerField(null=True)
    run_id = IntegerField(null=True)


class PersonMerge(Table):
    """Two records of one person: the merged one is marked, and the mark can be taken off."""

    id = AutoField()
    kept_id = IntegerField()
    merged_id = IntegerField()
    reason = TextField()
    merged_on = DayField()
    operator_id = IntegerField()
    undone_on = DayField(null=True)
    undone_by = IntegerField(null=True)
    undone_reason = TextField(default="")


class PersonApart(Table):
    """Two records that look alike and that somebody found to be two people."""

    id = AutoField()
    one_id = IntegerField()
    other_id = IntegerField()
    reason = TextField()
    decided_on = DayField()
    operator_id = IntegerField()
    undone_on = DayField(null=True)
    undone_by = IntegerField(null=True)


class HouseholdEvent(Table):
    """What happened to a household 户变动, final; `body` holds the rows as they were (JSON)."""

    id = AutoField()
    kind = TextField()
    household_id = IntegerField()
    other_id = IntegerField(null=True)
    happened_on = DayField()
    reason = TextField()
    body = TextField(default="{}")
    after_run = IntegerField(default=0)
    operator_id = IntegerField()
    recorded_on = DayField()


class HouseholdSpan(Table):
    """Who was a household's head or member until an event ended it."""

    id = AutoField()
    household_id = IntegerField()
    person_id = IntegerField()
    role = TextField()
    valid_from = DayField(null=True)
    valid_to = DayField()
    event_id = IntegerField()


class Guardian(Table):
    """Who may receive for a person: guardian 监护人 or collector 代领人."""

    id = AutoField()
    person_id = IntegerField()
    role = TextField()
    name = TextField()
    id_number = TextField()
    relation = TextField(default="")
    reason = TextField(default="")
    run_id = IntegerField(null=True)


class Account(Table):
    """A bank account of a person, with dates; one is open."""

    id = AutoField()
    person_id = IntegerField()
    number = TextField()
    holder = TextField()
    bank = TextField(default="")
    medium = TextField(default="")
    valid_from = DayField()
    valid_to = DayField(null=True)
    row_digest = IntegerField(null=True)
    row_run = IntegerField(null=True)
    run_id = IntegerField(null=True)


class ComparisonEntry(Table):
    """A line of a list of deaths, payroll, relocations or cadres."""

    id = AutoField()
    run_id = IntegerField()
    kind = TextField()
    name = TextField()
    name_key = TextField()
    id_number = TextField()
    happened_on = DayField(null=True)
    source = TextField(default="")
    village_id = IntegerField(null=True)


class ComparisonHit(Table):
    """A person whom a list's line may mean."""

    entry_id = IntegerField()
    person_id = IntegerField()
    how = TextField()
    score = IntegerField(null=True)
    why = TextField(default="")
    state = TextField(default="open")
    reason = TextField(default="")
    decided_on = DayField(null=True)
    decided_by = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("entry_id", "person_id")
