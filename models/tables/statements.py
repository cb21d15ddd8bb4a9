"""The special account's statements, their lines, and what of them the books have."""

from peewee import AutoField, IntegerField, TextField

from models.tables.base import DayField, FenField, Table


class BankStatement(Table):
    """A statement of the special account 银行对账单."""

    id = AutoField()
    profile = TextField()
    file_name = TextField()
    sha256 = TextField()
    first_day = DayField()
    last_day = DayField()
    opening_fen = FenField()
    closing_fen = FenField()
    lines = IntegerField()
    taken_on = DayField()
    operator_id = IntegerField()
    undone_on = DayField(null=True)


class StatementLine(Table):
    """A movement on it; fen is what came in, below 0 what went out."""

    id = AutoField()
    statement_id = IntegerField()
    place = IntegerField()
    line = IntegerField()
    day = DayField()
    fen = FenField()
    balance_fen = FenField()
    counterparty = TextField(default="")
    counterparty_account = TextField(default="")
    reference = TextField(default="")
    summary = TextField(default="")
    match_id = IntegerField(null=True)


class StatementMatch(Table):
    """Movements of the bank and of the books that are the same money."""

    id = AutoField()
    how = TextField()
    matched_on = DayField()
    operator_id = IntegerField()


class MatchedDeposit(Table):
    """A leg on 代发专户存款 that a match has."""

    voucher_line_id = IntegerField(primary_key=True)
    match_id = IntegerField()
