"""What the screens say of backups."""

from models.store.opening import Store


def last_backup(store: Store) -> str:
    """When the last backup was made, to the minute; '' when there is none."""
    found = store.value(
        "SELECT max(at) FROM audit_line WHERE act IN ('backup', 'backup.make', 'office.back_up')"
    )
    return str(found)[:16] if found else ""
