"""Bank layouts that an office learned from an example. Frozen: a later change is a later file.

`body` is the layout as a shipped profile's file has it, as JSON: how a file to the bank is written, how the bank's answer is
read, or both. An answer is known again by its headings, so no two layouts of the office may have the same.
"""

SQL = """
CREATE TABLE bank_profile (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE CHECK (name <> '' AND name = trim(name)),
    body           TEXT NOT NULL CHECK (json_type(body) = 'object'),
    fingerprint    TEXT UNIQUE CHECK (fingerprint <> ''),
    example_name   TEXT NOT NULL CHECK (example_name <> ''),
    example_sha256 TEXT NOT NULL CHECK (length(example_sha256) = 64),
    operator_id    INTEGER NOT NULL REFERENCES operator (id),
    learned_on     TEXT NOT NULL
) STRICT;
"""
