"""Windows of the archive: the dossiers there are, and whether every file kept is still what was received."""

from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from app.archive.packing import faults_of, listed_in
from app.batches.steps import load_batch
from models.domain.refusal import Refusal, WorldError
from models.domain.retention import RETENTION, destroyable_on
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


def verify_office(store: Store, sample: int | None = None) -> Verified:
    """Every file the office keeps, or a `sample` of so many drawn by lot 抽查, in the order it came, and what is inside its dossiers."""
    kept = store.rows("SELECT sha256, name, purpose FROM stored_file ORDER BY stored_at, name, sha256")
    if sample is not None and sample < len(kept):
        drawn = SystemRandom().sample(range(len(kept)), max(1, sample))
        kept = [kept[place] for place in sorted(drawn)]
    bad: list[BadFile] = []
    for sha256, name, purpose in kept:
        fault = store.files.fault_of(sha256)
        if fault is not None:
            bad.append(BadFile(name, "缺失" if "不在原处" in fault else "内容已被改动"))
        elif purpose == "dossier":
            faults = faults_of(store.files.read(sha256, name))
            bad += [BadFile(f"{name}：{inner}", said) for inner, said in faults]
    return Verified(len(kept), tuple(bad))


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a dossier: its name, its size in bytes and its SHA-256 as the dossier's own list states it."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A batch in the archive: its last dossier (None before it was made), what is in it, and how long it is kept.

    `destroyable_on` is the first day on which its papers may go ('YYYY-MM-DD'); `fault` is why the dossier cannot be read, or ''.
    """

    dossier: DossierView | None
    size: int
    files: tuple[PackedFile, ...]
    years: int
    destroyable_on: str
    fault: str


def filed(store: Store, batch_id: int) -> Filed:
    """What the archive has of a batch. Raises NoSuchBatch."""
    batch = load_batch(store, batch_id)
    last = next(reversed(dossiers(store, batch.id)), None)
    body, fault = b"", ""
    if last is not None:
        try:
            body = store.files.read(last.sha256, last.name)
        except (Refusal, WorldError) as no:
            fault = no.sentence
    years = RETENTION["voucher"].years or 0
    settled_on = str(
        store.value("SELECT coalesce(settled_on, created_on) FROM batch WHERE id = ?", (batch.id,))
    )
    return Filed(
        last,
        len(body),
        tuple(PackedFile(*one) for one in listed_in(body)) if body else (),
        years,
        str(destroyable_on(int(settled_on[:4]), years) or ""),
        fault,
    )


class NoSuchFile(Refusal):
    """A file that the office does not keep."""

    form = "存档里没有这个文件（{sha256}）。请刷新后重试。"


def kept_file(store: Store, sha256: str) -> tuple[str, bytes]:
    """Name and bytes of a kept file as it was received. Raises NoSuchFile, FileDamaged."""
    name = store.value("SELECT name FROM stored_file WHERE sha256 = ?", (sha256,))
    if name is None:
        raise NoSuchFile(sha256=sha256[:12])
    return str(name), store.files.read(sha256, str(name))
