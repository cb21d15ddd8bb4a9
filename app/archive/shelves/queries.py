"""Windows of the shelves: one volume with what lies in it, and papers by any word on them."""

from dataclasses import dataclass
from typing import Final

from app.archive.shelves.steps import NoSuchFiling, VolumeRow, load_volume, volumes_where
from app.registry.queries import find_people
from models.domain.document_number import document_key
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class FilingView:
    """A paper of the archive; `code` is its volume's with its 顺序号, '' while it is in none."""

    id: int
    class_code: str
    year: int
    title: str
    responsible: str
    document: str
    dated: str
    pages: int
    remark: str
    volume_id: int | None
    place: int | None
    volume_code: str
    file_sha256: str
    file_name: str
    was_sha256: str
    person_id: int | None
    person: str
    id_number: str
    batch: str
    filed_on: str

    @property
    def code(self) -> str:
        """The archive code of the paper: its volume's and its 顺序号 in three digits."""
        return f"{self.volume_code}-{self.place:03d}" if self.place else ""


_FILING: Final = (
    "SELECT f.id, f.class_code, f.year, f.title, f.responsible, f.document, f.dated, f.pages, f.remark, f.volume_id, f.place,"
    " coalesce(v.code, ''), coalesce(f.file_sha256, ''), f.file_name, f.was_sha256, f.person_id, coalesce(p.name, ''),"
    " coalesce(p.id_number, ''), coalesce(b.number, ''), f.filed_on FROM filing f LEFT JOIN volume v ON v.id = f.volume_id"
    " LEFT JOIN person p ON p.id = f.person_id LEFT JOIN batch b ON b.id = f.batch_id"
)


def filing_of(store: Store, filing_id: int) -> FilingView:
    """A paper by its number. Raises NoSuchFiling."""
    row = store.row(f"{_FILING} WHERE f.id = ?", (filing_id,))
    if row is None:
        raise NoSuchFiling(filing=filing_id)
    return FilingView(*row)


def contents_of(store: Store, volume_id: int) -> list[FilingView]:
    """What lies in a volume, in its order."""
    return [
        FilingView(*row)
        for row in store.rows(f"{_FILING} WHERE f.volume_id = ? ORDER BY f.place", (volume_id,))
    ]


def loose_filings(store: Store, year: int | None = None) -> list[FilingView]:
    """The papers that lie in no volume yet, of a year or of all, the earliest first."""
    return [
        FilingView(*row)
        for row in store.rows(
            f"{_FILING} WHERE f.volume_id IS NULL AND f.year = coalesce(?, f.year) ORDER BY f.dated, f.id",
            (year,),
        )
    ]


def find_filings(store: Store, asked: str, year: int | None = None, most: int = 200) -> list[FilingView]:
    """Papers whom a text may mean: a part of the title, an archive code, a document number, a batch, a person by name or ID.

    Ordered by year (the latest first), code, date.
    """
    asked = asked.strip()
    clauses, parameters = ["1"], []
    if asked:
        people = find_people(store, asked)
        marks = ", ".join("?" * len(people))
        clauses = [
            "instr(f.title, ?) OR instr(f.file_name, ?) OR instr(coalesce(v.code, ''), ?) OR instr(coalesce(v.title, ''), ?)"
            f" OR f.document_key = ? OR b.number = ? OR f.responsible = ? OR f.person_id IN ({marks})"
            f" OR f.household_id IN (SELECT household_id FROM person WHERE id IN ({marks}))"
        ]
        parameters = [asked, asked, asked, asked, document_key(asked), asked, asked, *people, *people]
    return [
        FilingView(*row)
        for row in store.rows(
            f"{_FILING} WHERE ({clauses[0]}) AND f.year = coalesce(?, f.year)"
            " ORDER BY f.year DESC, v.code, f.place, f.dated, f.id LIMIT ?",
            (*parameters, year, most),
        )
    ]


@dataclass(frozen=True, slots=True)
class VolumeView:
    """A volume with its papers, who has it now ('' on the shelf), and its number of pages."""

    volume: VolumeRow
    class_name: str
    papers: tuple[FilingView, ...]
    borrower: str

    @property
    def pages(self) -> int:
        """All its pages."""
        return sum(paper.pages for paper in self.papers)

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last day of what lies in it 起止日期, ('', '') while it is empty."""
        days = sorted(paper.dated for paper in self.papers)
        return (days[0], days[-1]) if days else ("", "")


def volume_view(store: Store, volume: int | str) -> VolumeView:
    """One volume by id or archive code. Raises NoSuchVolume."""
    row = load_volume(store, volume)
    return VolumeView(
        row,
        str(store.value("SELECT name FROM archive_class WHERE code = ?", (row.class_code,))),
        tuple(contents_of(store, row.id)),
        str(
            store.value("SELECT borrower FROM loan WHERE volume_id = ? AND returned_on IS NULL", (row.id,))
            or ""
        ),
    )


def volumes(store: Store, year: int | None = None, state: str = "") -> list[VolumeRow]:
    """The volumes, of a year or a state where one is named, by code."""
    return volumes_where(
        store, "year = coalesce(?, year) AND state = coalesce(nullif(?, ''), state)", (year, state)
    )
