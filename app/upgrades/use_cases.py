"""The doors of upgrades: that one begins, or is gone back on, stands in the trail with the backup that was made for it."""

from pathlib import Path

from app.changes import Changes, changes
from app.desk import Desk, use_case
from models.domain.permission import Permission


@use_case("upgrade.begin", Permission.UPGRADE, dated=False)
def begin_upgrade(desk: Desk, *, here: str, version: str, sha256: str, backup: Path) -> Changes:
    """Write down that the program goes from `here` to `version` by the installer of that SHA-256, after this backup."""
    return changes(
        subject=f"upgrade {version}",
        counts={"from": here, "to": version, "sha256": sha256, "backup": backup.name},
        answer={"from": here, "version": version, "backup": str(backup)},
    )


@use_case("upgrade.back", Permission.UPGRADE, dated=False)
def begin_going_back(desk: Desk, *, here: str, version: str, backup: Path) -> Changes:
    """Write down that the program goes back from `here` to the older `version`, after this backup."""
    return changes(
        subject=f"upgrade {version}",
        counts={"from": here, "to": version, "backup": backup.name},
        answer={"from": here, "version": version, "backup": str(backup)},
    )
