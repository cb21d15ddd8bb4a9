"""The shelf: where proved installers lie until somebody runs them, and where the last ones stay for going back (Linux).

Each version has a folder with its installer and the signed list it came with, so that it is proved again before it is used.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Final

from app.places import places
from app.upgrades.installation import Earlier, Installation
from app.upgrades.package import LIST, SIGNATURE, Upgrade, UpgradeDamaged, believed, take_out, version_parts
from models.domain.refusal import Refusal

KEPT: Final = 2
"""How many versions stay: the one that runs, and the one before it."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of the machine's user, and the publisher's keys."""

    folder: Path
    keys: list[bytes]

    def put(self, package: Path, upgrade: Upgrade, here: Installation) -> Path:
        """The installer for this machine, proved and kept; gives its path. Raises as `take_out`."""
        program = take_out(package, self.keys, here.platform, self.folder / upgrade.version)
        self._thin(here.platform)
        return program

    def before(self, here: Installation) -> Earlier | None:
        """The newest kept version that is older than this one, proved again. Raises UpgradeDamaged."""
        older = [
            one
            for one in self._kept(here.platform)
            if version_parts(one[0].version) < version_parts(here.version)
        ]
        if not older:
            return None
        upgrade, program = max(older, key=lambda one: version_parts(one[0].version))
        with open(program, "rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != upgrade.installers[here.platform].sha256:
                raise UpgradeDamaged(name=upgrade.version, member=program.name)
        return Earlier(upgrade.version, upgrade.schema, program)

    def _kept(self, platform: str) -> Iterator[tuple[Upgrade, Path]]:
        for place in self.folder.glob(f"*/{LIST}"):
            try:
                body, signature = place.read_bytes(), place.with_name(SIGNATURE).read_bytes()
                upgrade = believed(body, signature, name=place.parent.name, keys=self.keys)
            except (OSError, Refusal):
                continue
            installer = upgrade.installers.get(platform)
            if installer is not None and (program := place.with_name(installer.file)).is_file():
                yield upgrade, program

    def _thin(self, platform: str) -> None:
        kept = sorted(self._kept(platform), key=lambda one: version_parts(one[0].version), reverse=True)
        for _, program in kept[KEPT:]:
            rmtree(program.parent, ignore_errors=True)


def usual_shelf(keys: list[bytes]) -> Shelf:
    """The shelf of whoever is logged in at this machine; on a stick, the stick's."""
    return Shelf(places().sample.with_name("升级"), keys)
