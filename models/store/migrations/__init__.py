"""The store's frozen steps: one file a version, plain SQL, importing no table class."""

from models.store.migrations import (
    m0001_first,
    m0002_county_and_statements,
    m0003_archives,
    m0004_notice_photo,
    m0005_person_apart,
    m0006_bank_profile,
    m0007_return_line_aside,
)

MIGRATIONS: tuple[str, ...] = (
    m0001_first.SQL,
    m0002_county_and_statements.SQL,
    m0003_archives.SQL,
    m0004_notice_photo.SQL,
    m0005_person_apart.SQL,
    m0006_bank_profile.SQL,
    m0007_return_line_aside.SQL,
)
"""In order; the office's `user_version` counts how many of them it has been through."""
