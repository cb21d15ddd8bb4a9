"""Windows of the archive: the dossiers there are, and whether every file kept is still what was received."""

from dataclasses import dataclass
from pathlib import Path

from app.archive.packing import faults_of
from app.batches.steps import load_batch
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier as made."""

    id: int
    batch_id: int
    number: str
    name: str
    sha256: str
    made_on: str


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file that does not hold: its name, and what is wrong with it."""

    name: str
    fault: str

    @property
    def sentence(self) -> str:
        """Both, for a person."""
        return f"“{self.name}”{self.fault}"


@dataclass(frozen=True, slots=True)
class Verified:
    """How many files were looked at, and which do not hold, the first first."""

    files: int
    bad: tuple[BadFile, ...]


def dossiers(store: Store, batch: int | str | None = None) -> list[DossierView]:
    """The dossiers made, of one batch or all, the earliest first. Raises NoSuchBatch."""
    only = None if batch is None else load_batch(store, batch).id
    return [
        DossierView(*row)
        for row in store.rows(
            "SELECT d.id, d.batch_id, b.number, d.name, d.sha256, d.made_on FROM dossier d JOIN batch b ON b.id = d.batch_id"
            " WHERE d.batch_id = coalesce(?, d.batch_id) ORDER BY d.id",
            (only,),
        )
    ]


def verify_zip(path: Path) -> Verified:
    """A dossier's zip against its own list. Raises CannotRead."""
    faults = faults_of(path)
    return Verified(1, tuple(BadFile(f"{path.name}：{name}", fault) for name, fault in faults))


def verify_office(store: Store) -> Verified:
    """Every file the office keeps, in the order it came, and what is inside its dossiers."""
    kept = store.rows("SELECT sha256, name, purpose FROM stored_file ORDER BY stored_at, name, sha256")
    bad: list[BadFile] = []
    for sha256, name, purpose in kept:
        fault = store.files.fault_of(sha256)
        if fault is not None:
            bad.append(BadFile(name, "缺失" if "不在原处" in fault else "内容已被改动"))
        elif purpose == "dossier":
            faults = faults_of(store.files.read(sha256, name))
            bad += [BadFile(f"{name}：{inner}", said) for inner, said in faults]
    return Verified(len(kept), tuple(bad))
