"""Dossiers, the volumes and papers of the archive, loans, lists of what goes, and packages of whole years."""

from peewee import AutoField, CompositeKey, IntegerField, TextField

from models.tables.base import DayField, Table


class Dossier(Table):
    """A batch's dossier as made."""

    id = AutoField()
    batch_id = IntegerField()
    name = TextField()
    sha256 = TextField()
    made_on = DayField()


class ArchiveClass(Table):
    """A class 门类 and how long it is kept; years NULL is 永久, `least_years` what the rules ask."""

    code = TextField(primary_key=True)
    name = TextField()
    least_years = IntegerField(null=True)
    years = IntegerField(null=True)


class Volume(Table):
    """A volume 案卷 under its archive code 档号; `held_for` says why it may not go."""

    id = AutoField()
    code = TextField()
    fonds = TextField()
    year = IntegerField()
    class_code = TextField()
    years = IntegerField(null=True)
    number = IntegerField()
    title = TextField()
    responsible = TextField()
    note = TextField()
    shelf = TextField()
    filled_from = TextField()
    subject = TextField()
    held_for = TextField()
    state = TextField()
    made_on = DayField()
    bound_on = DayField(null=True)
    operator_id = IntegerField()


class Filing(Table):
    """One paper or file of the archive; its file is NULL for paper alone, and after its destruction."""

    id = AutoField()
    class_code = TextField()
    year = IntegerField()
    title = TextField()
    responsible = TextField()
    document = TextField()
    document_key = TextField()
    dated = DayField()
    pages = IntegerField()
    remark = TextField()
    volume_id = IntegerField(null=True)
    place = IntegerField(null=True)
    file_sha256 = TextField(null=True)
    file_name = TextField()
    was_sha256 = TextField()
    person_id = IntegerField(null=True)
    household_id = IntegerField(null=True)
    batch_id = IntegerField(null=True)
    filed_on = DayField()
    operator_id = IntegerField()


class Loan(Table):
    """A volume lent out, and when it came back."""

    id = AutoField()
    volume_id = IntegerField()
    borrower = TextField()
    purpose = TextField()
    approved_by = TextField()
    lent_on = DayField()
    due_on = DayField()
    lent_by = IntegerField()
    returned_on = DayField(null=True)
    returned_by = IntegerField(null=True)
    remark = TextField()


class Disposal(Table):
    """A list of volumes to destroy or to hand over."""

    id = AutoField()
    kind = TextField()
    number = TextField()
    reason = TextField()
    taker = TextField()
    state = TextField()
    made_on = DayField()
    operator_id = IntegerField()
    done_on = DayField(null=True)
    done_by = IntegerField(null=True)


class DisposalVolume(Table):
    """A volume on such a list, with the appraisal's opinion 鉴定意见."""

    disposal_id = IntegerField()
    volume_id = IntegerField()
    opinion = TextField()

    class Meta:
        primary_key = CompositeKey("disposal_id", "volume_id")


class DisposalWitness(Table):
    """Who watched 监销、监交."""

    disposal_id = IntegerField()
    operator_id = IntegerField()
    signed_on = DayField()

    class Meta:
        primary_key = CompositeKey("disposal_id", "operator_id")


class DiscardedFile(Table):
    """What is left of a destroyed file: its name, its size, its hash."""

    sha256 = TextField(primary_key=True)
    name = TextField()
    size = IntegerField()
    disposal_id = IntegerField()


class YearPackage(Table):
    """An archive package of a year, by the head that stands on paper."""

    id = AutoField()
    year = IntegerField()
    name = TextField()
    head = TextField()
    files = IntegerField()
    size = IntegerField()
    made_on = DayField()
    operator_id = IntegerField()
