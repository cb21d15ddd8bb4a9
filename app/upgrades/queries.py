"""Windows of upgrades: what the trail knows of the last one."""

import json
from dataclasses import dataclass

from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class LastUpgrade:
    """When the program last changed, from which version to which, and the backup that was made before."""

    at: str
    operator: str
    before: str
    version: str
    backup: str
    is_back: bool


def last_upgrade(store: Store) -> LastUpgrade | None:
    """The last upgrade or going back that began from this office, or None."""
    return next(iter(_upgrades(store, "'upgrade.begin', 'upgrade.back'")), None)


def backup_before(store: Store, version: str) -> str:
    """The name of the backup that was made when the program last went away from that version, '' where none was."""
    return next((one.backup for one in _upgrades(store, "'upgrade.begin'") if one.before == version), "")


def _upgrades(store: Store, acts: str) -> list[LastUpgrade]:
    rows = store.rows(
        "SELECT l.at, coalesce(o.name, ''), l.act, l.counts FROM audit_line l LEFT JOIN operator o ON o.id = l.operator_id"
        f" WHERE l.act IN ({acts}) ORDER BY l.seq DESC LIMIT 50"
    )
    found = []
    for at, operator, act, text in rows:
        counts = json.loads(text)
        found.append(
            LastUpgrade(
                at[:16], operator, counts["from"], counts["to"], counts["backup"], act == "upgrade.back"
            )
        )
    return found
