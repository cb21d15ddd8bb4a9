"""Where backups lie and which of them stay: their names, what each says of itself, thinning to days, weeks and months."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from app.backups.container import BackupDamaged, broken_member, read_container
from models.domain.refusal import Refusal, WorldError

NAME: Final = re.compile(r"乡财备份-(?P<township>.+)-(?P<at>\d{8}-\d{6})\.xcbak")
DAYS, WEEKS, MONTHS = 7, 5, 12
"""How many days, weeks and months back one backup each is kept, besides all of the newest day."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in a folder, by its name alone."""

    path: Path
    township: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BackupView:
    """What a backup says of itself; `fault` is why it cannot be used, or ''."""

    file: str
    made_at: str
    business_date: str
    head: str
    lines: int
    rows: int
    files: int
    bytes: int
    cipher: str
    fault: str = ""


def file_name(township: str, at: datetime) -> str:
    """The name of a backup made now; what no folder takes becomes a dash."""
    return re.sub(r'[\\/:*?"<>|]', "-", f"乡财备份-{township}-{at:%Y%m%d-%H%M%S}.xcbak")


def kept_in(folder: Path, township: str | None = None) -> list[Kept]:
    """The backups of a folder, the newest first; of one township where it is named."""
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        match = NAME.fullmatch(path.name)
        if match is not None and (township is None or path.name.startswith(f"乡财备份-{township}-")):
            with suppress(ValueError):  # a time that no clock shows: somebody named it by hand
                found.append(Kept(path, match["township"], datetime.strptime(match["at"], "%Y%m%d-%H%M%S")))
    return sorted(found, key=lambda one: (one.at, one.path.name), reverse=True)


def to_thin(kept: Iterable[Kept]) -> list[Kept]:
    """Those that may go: all of the newest day stay, then the newest of each of some days, weeks and months."""
    ordered = sorted(kept, key=lambda one: one.at, reverse=True)
    if not ordered:
        return []
    stays = {one.path for one in ordered if one.at.date() == ordered[0].at.date()}
    for most, period in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        newest: dict[str, Path] = {}
        for one in ordered:
            newest.setdefault(one.at.strftime(period), one.path)
        stays |= set(list(newest.values())[:most])
    return [one for one in ordered if one.path not in stays]


def thin(folder: Path, township: str) -> list[str]:
    """Take away what `to_thin` names; gives the names. What cannot be removed stays, and nothing is lost by it."""
    gone = []
    for one in to_thin(kept_in(folder, township)):
        try:
            one.path.unlink()
        except OSError:
            continue
        gone.append(one.path.name)
    return gone


def backups_in(folder: Path) -> list[BackupView]:
    """Every backup of a folder with its label, whatever its name, the newest first; what cannot be restored says so."""
    if not folder.is_dir():
        return []
    named = {one.path: f"{one.at}" for one in kept_in(folder)}
    views = [
        _view(path, named.get(path, ""))
        for path in folder.iterdir()
        if path.suffix.lower() == ".xcbak" and path.is_file()
    ]
    return sorted(views, key=lambda one: (one.made_at, one.file), reverse=True)


def fault_of(path: Path) -> str:
    """Why a backup cannot be restored, found by reading every byte of it without any key; '' where it is whole."""
    try:
        broken = broken_member(path)
    except (Refusal, WorldError) as no:
        return _words_of(no)
    return _DAMAGED.format(f"{broken} 与清单不一致") if broken else ""


def _view(path: Path, named_at: str) -> BackupView:
    size = path.stat().st_size
    try:
        about = read_container(path)
    except (Refusal, WorldError) as no:
        return BackupView(path.name, named_at, "", "", 0, 0, 0, size, "", _words_of(no))
    return BackupView(
        path.name,
        about.made_at,
        about.business_date,
        about.head,
        about.lines,
        about.rows,
        len(about.files),
        size,
        about.cipher,
    )


_DAMAGED: Final = "损坏，不能恢复：{}"


def _words_of(no: Refusal | WorldError) -> str:
    """The reason alone where it is damage: the file's name stands beside it."""
    return _DAMAGED.format(no.facts["fault"]) if isinstance(no, BackupDamaged) else no.sentence
