"""Two records that look alike and are two people. Frozen: a later change is a later file.

Somebody looked and said so; the pair is not asked about again until that is taken back. Whoever takes a
person away takes along what was said of them.
"""

SQL = """
CREATE TABLE person_apart (
    id            INTEGER PRIMARY KEY,
    one_id        INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    other_id      INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    reason        TEXT NOT NULL CHECK (reason <> ''),
    decided_on    TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    undone_on     TEXT,
    undone_by     INTEGER REFERENCES operator (id),
    CHECK (one_id < other_id),
    CHECK ((undone_on IS NULL) = (undone_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX person_apart_once ON person_apart (one_id, other_id) WHERE undone_on IS NULL;
CREATE INDEX person_apart_other ON person_apart (other_id);

CREATE TRIGGER person_apart_stays BEFORE UPDATE OF id, one_id, other_id, reason, decided_on, operator_id ON person_apart
BEGIN SELECT RAISE(ABORT, 'person_apart_stays'); END;
CREATE TRIGGER person_apart_undone_once BEFORE UPDATE ON person_apart WHEN OLD.undone_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'person_apart_undone_once'); END;
"""
