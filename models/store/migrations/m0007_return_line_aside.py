"""Lines of a bank's answer that are nobody's: somebody looked and said why. Frozen: a later change is a later file."""

SQL = """
CREATE TABLE return_line_aside (
    line_id       INTEGER PRIMARY KEY REFERENCES return_line (id),
    reason        TEXT NOT NULL CHECK (reason <> ''),
    decided_on    TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id)
) STRICT;

CREATE TRIGGER return_line_aside_of_nobodys BEFORE INSERT ON return_line_aside
WHEN (SELECT outcome FROM return_line WHERE id = NEW.line_id) NOT IN ('waiting', 'unknown')
BEGIN SELECT RAISE(ABORT, 'return_line_aside_of_nobodys'); END;
CREATE TRIGGER return_line_aside_stays BEFORE UPDATE ON return_line_aside
BEGIN SELECT RAISE(ABORT, 'return_line_aside_stays'); END;
CREATE TRIGGER return_line_aside_is_kept BEFORE DELETE ON return_line_aside
BEGIN SELECT RAISE(ABORT, 'return_line_aside_is_kept'); END;
"""
