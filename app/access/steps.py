"""What the doors and windows of access share: the office's settings about its people."""

from typing import Final

from app.desk import Desk

CONFIRMED: Final = "recovery.confirmed_at"
SECOND_REVIEW: Final = "review.second_above_fen"


def put_setting(desk: Desk, name: str, body: str) -> None:
    """Write a setting of the office, inside `writing`."""
    desk.store.execute(
        "INSERT INTO setting (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        (name, body),
    )
