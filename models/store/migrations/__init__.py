"""The store's frozen steps: one file a version, plain SQL, importing no table class."""

from models.store.migrations import m0001_first

MIGRATIONS: tuple[str, ...] = (m0001_first.SQL,)
"""In order; the office's `user_version` counts how many of them it has been through."""
