"""Files as received, by hash."""

from peewee import IntegerField, TextField

from models.tables.base import Table


class StoredFile(Table):
    """A file kept as received."""

    sha256 = TextField(primary_key=True)
    name = TextField()
    size = IntegerField()
    purpose = TextField()
    stored_at = TextField()
