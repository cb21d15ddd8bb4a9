"""The county's own forms, and the special account's statements with what of them the books have. Frozen: a later change is a later file.

Lines come before their statement, and what is matched before its match, so that the database proves the whole when the
head is written: a statement whose lines do not lead from its opening to its closing balance, and a match whose two sides
differ, are refused.
"""

SQL = """
CREATE TABLE county_form (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL CHECK (trim(name) <> ''),
    file_name     TEXT NOT NULL,
    sha256        TEXT NOT NULL REFERENCES stored_file (sha256),
    tags          INTEGER NOT NULL CHECK (tags > 0),
    added_on      TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    withdrawn_on  TEXT CHECK (withdrawn_on >= added_on)
) STRICT;
CREATE UNIQUE INDEX county_form_one_a_name ON county_form (name) WHERE withdrawn_on IS NULL;
CREATE TRIGGER county_form_stays BEFORE DELETE ON county_form
BEGIN SELECT RAISE(ABORT, 'county_form_stays'); END;
CREATE TRIGGER county_form_is_final BEFORE UPDATE ON county_form
WHEN OLD.withdrawn_on IS NOT NULL OR NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.file_name <> OLD.file_name
  OR NEW.sha256 <> OLD.sha256 OR NEW.tags <> OLD.tags OR NEW.added_on <> OLD.added_on OR NEW.operator_id <> OLD.operator_id
BEGIN SELECT RAISE(ABORT, 'county_form_is_final'); END;

-- what the bank says of the special account; fen is what came in, below 0 what went out --------------------------------

CREATE TABLE bank_statement (
    id            INTEGER PRIMARY KEY,
    profile       TEXT NOT NULL,
    file_name     TEXT NOT NULL,
    sha256        TEXT NOT NULL REFERENCES stored_file (sha256),
    first_day     TEXT NOT NULL,
    last_day      TEXT NOT NULL,
    opening_fen   INTEGER NOT NULL,
    closing_fen   INTEGER NOT NULL,
    lines         INTEGER NOT NULL CHECK (lines > 0),
    taken_on      TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    undone_on     TEXT CHECK (undone_on >= taken_on),
    CHECK (first_day <= last_day)
) STRICT;
CREATE UNIQUE INDEX bank_statement_once ON bank_statement (sha256) WHERE undone_on IS NULL;

CREATE TABLE statement_match (
    id            INTEGER PRIMARY KEY,
    how           TEXT NOT NULL CHECK (how IN ('auto', 'hand', 'posted')),
    matched_on    TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id)
) STRICT;

CREATE TABLE statement_line (
    id            INTEGER PRIMARY KEY,
    statement_id  INTEGER NOT NULL REFERENCES bank_statement (id) DEFERRABLE INITIALLY DEFERRED,
    place         INTEGER NOT NULL CHECK (place > 0),
    line          INTEGER NOT NULL CHECK (line > 0),
    day           TEXT NOT NULL,
    fen           INTEGER NOT NULL CHECK (fen <> 0),
    balance_fen   INTEGER NOT NULL,
    counterparty  TEXT NOT NULL DEFAULT '',
    counterparty_account TEXT NOT NULL DEFAULT '',
    reference     TEXT NOT NULL DEFAULT '',
    summary       TEXT NOT NULL DEFAULT '',
    match_id      INTEGER REFERENCES statement_match (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (statement_id, place),
    UNIQUE (statement_id, line)
) STRICT;
CREATE INDEX statement_line_match ON statement_line (match_id) WHERE match_id IS NOT NULL;

CREATE TABLE matched_deposit (
    voucher_line_id INTEGER PRIMARY KEY REFERENCES voucher_line (id),
    match_id      INTEGER NOT NULL REFERENCES statement_match (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX matched_deposit_match ON matched_deposit (match_id);

CREATE TRIGGER statement_must_add_up BEFORE INSERT ON bank_statement
WHEN (SELECT count(*) <> NEW.lines OR coalesce(sum(fen), 0) <> NEW.closing_fen - NEW.opening_fen
           OR min(day) < NEW.first_day OR max(day) > NEW.last_day
        FROM statement_line WHERE statement_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'statement_must_add_up'); END;
CREATE TRIGGER statement_stays BEFORE DELETE ON bank_statement
BEGIN SELECT RAISE(ABORT, 'statement_stays'); END;
CREATE TRIGGER statement_is_final BEFORE UPDATE ON bank_statement
WHEN OLD.undone_on IS NOT NULL OR NEW.id <> OLD.id OR NEW.profile <> OLD.profile OR NEW.file_name <> OLD.file_name
  OR NEW.sha256 <> OLD.sha256 OR NEW.first_day <> OLD.first_day OR NEW.last_day <> OLD.last_day
  OR NEW.opening_fen <> OLD.opening_fen OR NEW.closing_fen <> OLD.closing_fen OR NEW.lines <> OLD.lines
  OR NEW.taken_on <> OLD.taken_on OR NEW.operator_id <> OLD.operator_id
BEGIN SELECT RAISE(ABORT, 'statement_is_final'); END;
CREATE TRIGGER statement_undone_unmatched BEFORE UPDATE OF undone_on ON bank_statement
WHEN EXISTS (SELECT 1 FROM statement_line WHERE statement_id = OLD.id AND match_id IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'statement_undone_unmatched'); END;

CREATE TRIGGER statement_line_comes_first BEFORE INSERT ON statement_line
WHEN EXISTS (SELECT 1 FROM bank_statement WHERE id = NEW.statement_id) OR NEW.match_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'statement_line_comes_first'); END;
CREATE TRIGGER statement_line_stays BEFORE DELETE ON statement_line
BEGIN SELECT RAISE(ABORT, 'statement_line_stays'); END;
CREATE TRIGGER statement_line_is_final BEFORE UPDATE OF id, statement_id, place, line, day, fen, balance_fen, counterparty,
    counterparty_account, reference, summary ON statement_line
BEGIN SELECT RAISE(ABORT, 'statement_line_is_final'); END;
CREATE TRIGGER statement_line_of_whole_match BEFORE UPDATE OF match_id ON statement_line
WHEN EXISTS (SELECT 1 FROM statement_match WHERE id IN (OLD.match_id, NEW.match_id))
  OR (NEW.match_id IS NOT NULL AND EXISTS (SELECT 1 FROM bank_statement WHERE id = NEW.statement_id AND undone_on IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'statement_line_of_whole_match'); END;

CREATE TRIGGER matched_deposit_is_one BEFORE INSERT ON matched_deposit
WHEN EXISTS (SELECT 1 FROM statement_match WHERE id = NEW.match_id)
  OR (SELECT ledger FROM voucher_line WHERE id = NEW.voucher_line_id) <> 'deposit'
BEGIN SELECT RAISE(ABORT, 'matched_deposit_is_one'); END;
CREATE TRIGGER matched_deposit_is_final BEFORE UPDATE ON matched_deposit
BEGIN SELECT RAISE(ABORT, 'matched_deposit_is_final'); END;
CREATE TRIGGER matched_deposit_of_whole_match BEFORE DELETE ON matched_deposit
WHEN EXISTS (SELECT 1 FROM statement_match WHERE id = OLD.match_id)
BEGIN SELECT RAISE(ABORT, 'matched_deposit_of_whole_match'); END;

CREATE TRIGGER match_must_agree BEFORE INSERT ON statement_match
WHEN (SELECT coalesce(sum(fen), 0) FROM statement_line WHERE match_id = NEW.id)
  <> (SELECT coalesce(sum(l.debit_fen - l.credit_fen), 0) FROM matched_deposit d JOIN voucher_line l ON l.id = d.voucher_line_id
       WHERE d.match_id = NEW.id)
  OR (SELECT count(*) FROM matched_deposit WHERE match_id = NEW.id) = 0
    AND (SELECT count(*) FROM statement_line WHERE match_id = NEW.id) < 2 -- what the bank itself took back: no voucher of ours
BEGIN SELECT RAISE(ABORT, 'match_must_agree'); END;
CREATE TRIGGER match_is_final BEFORE UPDATE ON statement_match
BEGIN SELECT RAISE(ABORT, 'match_is_final'); END;
"""
