"""The frozen list of a batch: one hash over everything that three people put their names to."""

import json
from hashlib import sha256
from typing import Final

from models.store.opening import Store

_FROZEN: Final = (
    "line", "person_id", "household_id", "payee_id", "village_id", "group_text", "name", "id_number", "head_name",
    "head_id_number", "payee_name", "payee_id_number", "account_number", "account_holder", "bank", "quantity_text",
    "rate_text", "owed_fen", "trace", "bucket = 'stopped'",
)  # fmt: skip


def snapshot_sha256(store: Store, batch_id: int) -> str:
    """The SHA-256 of a batch's rows as canonical JSON, one a line in the order of the lines, under its policy version.

    Which payments are stopped counts too: who comes back with another list comes back changed.
    """
    policy_id = store.value("SELECT policy_id FROM batch WHERE id = ?", (batch_id,))
    whole = sha256(f"policy {policy_id}\n".encode())
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in store.each(
        f"SELECT {', '.join(_FROZEN)} FROM payment WHERE batch_id = ? ORDER BY line", (batch_id,)
    ):
        whole.update(encode(row).encode())
        whole.update(b"\n")
    return whole.hexdigest()
