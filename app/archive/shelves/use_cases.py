"""The doors of the shelves: how codes look, papers filed, volumes made, filled, bound and opened again."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from app.access.steps import put_setting
from app.archive.shelves.automatic import dossiers_of_year, vouchers_of_year
from app.archive.shelves.queries import filing_of
from app.archive.shelves.refusals import (
    AlreadyFiled,
    AnotherVolume,
    ClassNameMissing,
    DatedInFuture,
    DoesNotBelong,
    NothingInFile,
    NothingInside,
    NothingToBind,
    NotOpen,
    TitleMissing,
    TooShort,
    UnbindReasonMissing,
)
from app.archive.shelves.steps import (
    FIRST_YEAR,
    FONDS,
    LAST_YEAR,
    TEMPLATE,
    LentOut,
    OddYear,
    VolumeRow,
    archive_class,
    archive_classes,
    close_ranks,
    fonds_and_template,
    insert_volume,
    load_volume,
    next_place,
    office_name,
    years_text,
)
from app.batches.steps import load_batch
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.registry.queries import find_person
from models.domain.archive_code import ArchiveCode, code_template, fonds_of
from models.domain.document_number import document_key, document_text
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES, VolumeState, VolumeStep, follow
from models.domain.permission import Permission
from models.store.durable import read_bytes

_PURPOSE: Final = "archive"


# -- settings ------------------------------------------------------------------------------------------------


@use_case("archive.codes", Permission.ARCHIVE, dated=False)
def set_codes(desk: Desk, *, fonds: str = "", template: str = "") -> Changes:
    """Say how archive codes are made: the fonds number 全宗号 and the template; what is '' stays. Codes given stay as they are.

    Raises NotFonds, WrongTemplate.
    """
    if fonds.strip():
        put_setting(desk, FONDS, fonds_of(fonds))
    if template.strip():
        put_setting(desk, TEMPLATE, code_template(template).text)
    has, made = fonds_and_template(desk.store)
    example = made.code(ArchiveCode(has or "Z000", desk.today.year, 30, "PZ", 1))
    return changes(
        Topic.ARCHIVE,
        subject="setting archive.codes",
        counts={"fonds": has, "template": made.text},
        answer={"fonds": has, "template": made.text, "example": example},
    )


@use_case("archive.class", Permission.ARCHIVE, dated=False)
def set_class(desk: Desk, *, code: str, name: str = "", years: int | None = None) -> Changes:
    """Add a class 门类, or change how long one is kept (None: 永久), never below what the rules ask; volumes made keep theirs.

    Raises ClassNameMissing, TooShort.
    """
    store = desk.store
    code = code.strip().upper()
    known = {one.code: one for one in archive_classes(store)}.get(code)
    name = name.strip() or (known.name if known else "")
    if not name or not (code.isascii() and code.isalpha()):
        raise ClassNameMissing(code=code, name=name)
    least = known.least_years if known else 0
    if years is not None and (least is None or years < max(least, 1)):
        raise TooShort(name=name, least=years_text(least), years=years_text(years))
    store.execute(
        "INSERT INTO archive_class (code, name, least_years, years) VALUES (?, ?, 0, ?)"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, years = excluded.years",
        (code, name, years),
    )
    return changes(
        Topic.ARCHIVE,
        subject=f"class {code}",
        counts={"name": name, "years": years_text(years)},
        answer={"class": code, "name": name, "years": years},
    )


# -- papers --------------------------------------------------------------------------------------------------


@use_case("filing.add", Permission.ARCHIVE, dated=False)
def file_paper(
    desk: Desk,
    *,
    path: Path | None,
    class_code: str,
    title: str,
    dated: date,
    year: int | None = None,
    responsible: str = "",
    document: str = "",
    pages: int = 1,
    person: str = "",
    batch: str = "",
    remark: str = "",
    volume: int | str | None = None,
) -> Changes:
    """File a paper 归档: a scan, PDF, OFD, photo or workbook as it is, or paper alone (`path` None), into a volume or none yet.

    Its year is that of its day where none is given. Raises TitleMissing, DatedInFuture, OddYear, NothingInFile, AlreadyFiled, NoSuchClass,
    NobodyFound, SeveralFound, NoSuchBatch, NoSuchVolume, NotOpen, DoesNotBelong and the WorldErrors of reading.
    """
    store = desk.store
    if not title.strip():
        raise TitleMissing
    if dated > desk.today:
        raise DatedInFuture(day=dated, today=desk.day)
    kind = archive_class(store, class_code)
    year = year or dated.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OddYear(year=year)
    person_id = find_person(store, person) if person.strip() else None
    household_id = store.value("SELECT household_id FROM person WHERE id = ?", (person_id,))
    batch_id = load_batch(store, batch).id if batch.strip() else None
    into = None if volume is None else _open_volume(desk, volume)
    if into is not None:
        _refuse_stranger(into, title, kind.code, year, kind.name)
    sha256 = None if path is None else _keep(desk, path)
    filing_id = store.insert(
        "INSERT INTO filing (class_code, year, title, responsible, document, document_key, dated, pages, remark, volume_id, place,"
        " file_sha256, file_name, person_id, household_id, batch_id, filed_on, operator_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kind.code, year, title.strip(), responsible.strip(), document_text(document), document_key(document),
            dated.isoformat(), max(1, pages), remark.strip(), into and into.id, into and next_place(store, into.id), sha256,
            path.name if path else "", person_id, household_id, batch_id, desk.day, desk.operator.id,
        ),
    )  # fmt: skip
    view = filing_of(store, filing_id)
    return changes(
        Topic.ARCHIVE,
        subject=f"filing {filing_id}",
        counts={"class": kind.code, "year": year, "sha256": sha256 or ""},
        answer={"filing": filing_id, "class": kind.code, "year": year, "code": view.code, "sha256": sha256},
    )


def _keep(desk: Desk, path: Path) -> str:
    """Keep the file; the same bytes are filed once. Raises NothingInFile, AlreadyFiled, WorldErrors."""
    body = read_bytes(path)
    if not body:
        raise NothingInFile(name=path.name)
    sha256 = desk.store.keep_file(body, path.name, _PURPOSE, desk.at)
    known = desk.store.row(
        "SELECT f.title, f.dated, coalesce(v.code, '未装卷') FROM filing f LEFT JOIN volume v ON v.id = f.volume_id"
        " WHERE f.file_sha256 = ?",
        (sha256,),
    )
    if known is not None:
        raise AlreadyFiled(name=path.name, title=known[0], dated=known[1], where=known[2])
    return sha256


@use_case("filing.correct", Permission.ARCHIVE, dated=False)
def correct_filing(
    desk: Desk,
    *,
    filing: int,
    title: str | None = None,
    responsible: str | None = None,
    document: str | None = None,
    dated: date | None = None,
    pages: int | None = None,
    remark: str | None = None,
) -> Changes:
    """Correct what is written about a paper 著录; what is None stays. Not of one that is bound.

    Raises NoSuchFiling, TitleMissing, DatedInFuture, NotOpen.
    """
    store = desk.store
    was = filing_of(store, filing)
    if was.volume_id is not None:
        _open_volume(desk, was.volume_id)
    if title is not None and not title.strip():
        raise TitleMissing
    if dated is not None and dated > desk.today:
        raise DatedInFuture(day=dated, today=desk.day)
    store.execute(
        "UPDATE filing SET title = ?, responsible = ?, document = ?, document_key = ?, dated = ?, pages = ?, remark = ? WHERE id = ?",
        (
            was.title if title is None else title.strip(),
            was.responsible if responsible is None else responsible.strip(),
            was.document if document is None else document_text(document),
            document_key(was.document if document is None else document),
            was.dated if dated is None else dated.isoformat(),
            was.pages if pages is None else max(1, pages),
            was.remark if remark is None else remark.strip(),
            filing,
        ),
    )
    return changes(Topic.ARCHIVE, subject=f"filing {filing}", answer={"filing": filing})


# -- volumes -------------------------------------------------------------------------------------------------


@use_case("volume.make", Permission.ARCHIVE, dated=False)
def make_volume(
    desk: Desk,
    *,
    class_code: str,
    year: int,
    title: str,
    responsible: str = "",
    shelf: str = "",
    filings: Sequence[int] = (),
) -> Changes:
    """Make a volume 案卷 under the next archive code of its class and year, and lay papers into it.

    Raises OddYear, FondsMissing, NoSuchClass, TitleMissing, and what `fill_volume` raises.
    """
    kind = archive_class(desk.store, class_code)
    if not title.strip():
        raise TitleMissing
    made = insert_volume(
        desk,
        kind=kind,
        year=year,
        title=title.strip(),
        responsible=responsible.strip() or office_name(desk.store),
        shelf=shelf.strip(),
    )
    _lay_into(desk, made, filings)
    return _volume_changes(desk, made.id, {"filings": len(filings)})


@use_case("volume.fill", Permission.ARCHIVE, dated=False)
def fill_volume(desk: Desk, *, volume: int | str, filings: Sequence[int]) -> Changes:
    """Lay papers into an open volume, in the order given. Raises NoSuchVolume, NotOpen, NoSuchFiling, AnotherVolume, DoesNotBelong."""
    found = _open_volume(desk, volume)
    _lay_into(desk, found, filings)
    return _volume_changes(desk, found.id, {"filings": len(filings)})


@use_case("volume.take_out", Permission.ARCHIVE, dated=False)
def take_out(desk: Desk, *, volume: int | str, filings: Sequence[int]) -> Changes:
    """Take papers out of an open volume; those that stay close ranks. Raises NoSuchVolume, NotOpen, NoSuchFiling."""
    store = desk.store
    found = _open_volume(desk, volume)
    for one in filings:
        if filing_of(store, one).volume_id == found.id:
            store.execute("UPDATE filing SET volume_id = NULL, place = NULL WHERE id = ?", (one,))
    close_ranks(store, found.id)
    return _volume_changes(desk, found.id, {"filings": len(filings)})


@use_case("volume.describe", Permission.ARCHIVE, dated=False)
def describe_volume(
    desk: Desk,
    *,
    volume: int | str,
    title: str | None = None,
    responsible: str | None = None,
    note: str | None = None,
    shelf: str | None = None,
    held_for: str | None = None,
) -> Changes:
    """Change what is written about a volume: title, 责任者, the note 备考表, the shelf 柜架号, and the unsettled matter that holds
    it back from destruction ('' lifts it). Raises NoSuchVolume, TitleMissing.
    """
    found = load_volume(desk.store, volume)
    if title is not None and not title.strip():
        raise TitleMissing
    given = {
        "title": title,
        "responsible": responsible,
        "note": note,
        "shelf": shelf,
        "held_for": held_for,
    }
    for name, text in given.items():
        if text is not None:
            desk.store.execute(f"UPDATE volume SET {name} = ? WHERE id = ?", (text.strip(), found.id))
    return _volume_changes(desk, found.id, {"held_for": held_for} if held_for else {})


@use_case("volume.bind", Permission.ARCHIVE, dated=False)
def bind_volume(desk: Desk, *, volume: int | str) -> Changes:
    """Bind a volume 成卷: nothing in it changes any more. Raises NoSuchVolume, NoRoad, NothingInside."""
    store = desk.store
    found = load_volume(store, volume)
    state = follow(found.state, VolumeStep.BIND)
    if store.value("SELECT 1 FROM filing WHERE volume_id = ? LIMIT 1", (found.id,)) is None:
        raise NothingInside(code=found.code)
    store.execute("UPDATE volume SET state = ?, bound_on = ? WHERE id = ?", (state.value, desk.day, found.id))
    return _volume_changes(desk, found.id, {"state": state.value})


@use_case("volume.unbind", Permission.ARCHIVE, dated=False)
def unbind_volume(desk: Desk, *, volume: int | str, reason: str) -> Changes:
    """Open a bound volume again 拆卷; the reason is added to its note. Raises NoSuchVolume, NoRoad, UnbindReasonMissing, LentOut."""
    store = desk.store
    found = load_volume(store, volume)
    state = follow(found.state, VolumeStep.UNBIND)
    if not reason.strip():
        raise UnbindReasonMissing
    borrower = store.value(
        "SELECT borrower FROM loan WHERE volume_id = ? AND returned_on IS NULL", (found.id,)
    )
    if borrower is not None:
        raise LentOut(code=found.code, borrower=borrower, act="拆卷")
    note = "\n".join(filter(None, [found.note, f"{desk.day} {desk.operator.name}拆卷：{reason.strip()}"]))
    store.execute(
        "UPDATE volume SET state = ?, bound_on = NULL, note = ? WHERE id = ?", (state.value, note, found.id)
    )
    return _volume_changes(desk, found.id, {"state": state.value, "reason": reason.strip()})


@use_case("volume.automatic", Permission.ARCHIVE, dated=False)
def bind_year(desk: Desk, *, year: int) -> Changes:
    """Volumes by themselves 自动组卷: a year's vouchers a month each, its archived batches' dossiers a program each.

    Run again it adds what came since. Raises FondsMissing, NothingToBind, FileDamaged.
    """
    volumes = [*vouchers_of_year(desk, year), *dossiers_of_year(desk, year)]
    if not volumes:
        raise NothingToBind(year=year)
    return changes(
        Topic.ARCHIVE,
        subject=f"year {year}",
        counts={"volumes": len(volumes)},
        answer={"year": year, "volumes": [{"code": one.code, "title": one.title} for one in volumes]},
    )


def _open_volume(desk: Desk, volume: int | str) -> VolumeRow:
    found = load_volume(desk.store, volume)
    if found.state is not VolumeState.OPEN:
        raise NotOpen(code=found.code, state=VOLUME_STATE_NAMES[found.state])
    return found


def _lay_into(desk: Desk, volume: VolumeRow, filings: Sequence[int]) -> None:
    store = desk.store
    for one in filings:
        paper = filing_of(store, one)
        if paper.volume_id is not None:
            raise AnotherVolume(title=paper.title, code=paper.volume_code)
        name = archive_class(store, paper.class_code).name
        _refuse_stranger(volume, paper.title, paper.class_code, paper.year, name)
        store.execute(
            "UPDATE filing SET volume_id = ?, place = ? WHERE id = ?",
            (volume.id, next_place(store, volume.id), one),
        )


def _refuse_stranger(volume: VolumeRow, title: str, class_code: str, year: int, kind: str) -> None:
    if (class_code, year) != (volume.class_code, volume.year):
        raise DoesNotBelong(title=title, year=year, kind=kind, code=volume.code)


def _volume_changes(desk: Desk, volume_id: int, counts: dict[str, int | str]) -> Changes:
    found = load_volume(desk.store, volume_id)
    return changes(
        Topic.ARCHIVE,
        subject=f"volume {found.id}",
        counts=counts,
        answer={
            "volume": found.id,
            "code": found.code,
            "title": found.title,
            "state": found.state.value,
            "papers": int(
                desk.store.value("SELECT count(*) FROM filing WHERE volume_id = ?", (found.id,)) or 0
            ),
        },
    )
