"""What the doors of the shelves, of lending and of disposal share: classes, codes, one volume, one paper."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.desk import Desk
from models.domain.archive_code import DEFAULT_TEMPLATE, ArchiveCode, CodeTemplate, code_template
from models.domain.flows.volume_flow import VolumeState
from models.domain.refusal import Refusal
from models.domain.retention import destroyable_on, retention_code
from models.store.opening import Row, Store

FONDS: Final = "archive.fonds"
TEMPLATE: Final = "archive.template"
FOR_EVER: Final = "永久"
FIRST_YEAR: Final = 1949
LAST_YEAR: Final = 2150


class FondsMissing(Refusal):
    """No volume gets a code before the office has its fonds number."""

    form = "还没有填写全宗号，不能编档号。请先在“档案”里按“档号设置”填写，或用 archive codes --fonds 填写。"
    in_window = "还没有填写全宗号，不能编档号。请先在“档案”里按“档号设置”填写。"


class NoSuchClass(Refusal):
    """A class that the office does not have."""

    form = "没有门类“{code}”。现有门类：{known}。"


class NoSuchVolume(Refusal):
    """No volume of that code or number."""

    form = "没有案卷“{volume}”。请核对档号。"


class NoSuchFiling(Refusal):
    """No paper of that number."""

    form = "没有编号为 {filing} 的归档文件。请刷新后重试。"


class OddYear(Refusal):
    """A year that no archive has."""

    form = "年度“{year}”不对，要写四位数的年份，如 2024。"


class LentOut(Refusal):
    """A volume that is not on its shelf."""

    form = "案卷 {code} 借给了“{borrower}”，还没有归还，现在不能{act}。请先登记归还。"


@dataclass(frozen=True, slots=True)
class ArchiveClassView:
    """A class 门类: how long it is kept here and what the rules ask at least; None is 永久."""

    code: str
    name: str
    least_years: int | None
    years: int | None

    @property
    def kept(self) -> str:
        """“30 年” or 永久."""
        return years_text(self.years)


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """A volume as stored."""

    id: int
    code: str
    fonds: str
    year: int
    class_code: str
    years: int | None
    number: int
    title: str
    responsible: str
    note: str
    shelf: str
    filled_from: str
    subject: str
    held_for: str
    state: VolumeState
    made_on: str
    bound_on: str | None

    @property
    def retention(self) -> str:
        """The code of its retention: D30, Y."""
        return retention_code(self.years)

    @property
    def kept(self) -> str:
        """“30 年” or 永久."""
        return years_text(self.years)

    @property
    def destroyable_on(self) -> date | None:
        """The first day on which it may be destroyed, None for never."""
        return destroyable_on(self.year, self.years)


_VOLUME: Final = (
    "SELECT id, code, fonds, year, class_code, years, number, title, responsible, note, shelf, filled_from, subject, held_for,"
    " state, made_on, bound_on FROM volume"
)


def years_text(years: int | None) -> str:
    """“30 年” or 永久."""
    return FOR_EVER if years is None else f"{years} 年"


def archive_classes(store: Store) -> list[ArchiveClassView]:
    """The classes 门类, by code."""
    return [
        ArchiveClassView(*row)
        for row in store.rows("SELECT code, name, least_years, years FROM archive_class ORDER BY code")
    ]


def archive_class(store: Store, code: str) -> ArchiveClassView:
    """A class by its code or its whole name. Raises NoSuchClass."""
    wanted = code.strip()
    known = archive_classes(store)
    for one in known:
        if wanted.upper() == one.code or wanted == one.name:
            return one
    raise NoSuchClass(code=wanted, known="、".join(f"{one.code} {one.name}" for one in known))


def fonds_and_template(store: Store) -> tuple[str, CodeTemplate]:
    """The office's fonds number ('' before it is given) and its template of codes."""
    kept: dict[str, str] = dict(
        store.rows("SELECT name, body FROM setting WHERE name IN (?, ?)", (FONDS, TEMPLATE))
    )
    return kept.get(FONDS, ""), code_template(kept.get(TEMPLATE, DEFAULT_TEMPLATE))


def volume_row(row: Row) -> VolumeRow:
    """A row of `volume` in the order of its own query."""
    values = (*row[:14], VolumeState(row[14]), *row[15:])
    return VolumeRow(*values)


def load_volume(store: Store, volume: int | str) -> VolumeRow:
    """A volume by id or archive code. Raises NoSuchVolume."""
    column = "id" if isinstance(volume, int) else "code"
    row = store.row(f"{_VOLUME} WHERE {column} = ?", (volume,))
    if row is None:
        raise NoSuchVolume(volume=volume)
    return volume_row(row)


def volumes_where(store: Store, where: str, parameters: tuple[object, ...] = ()) -> list[VolumeRow]:
    """The volumes that a condition over `volume` holds for, by code."""
    return [volume_row(row) for row in store.rows(f"{_VOLUME} WHERE {where} ORDER BY code", parameters)]


def insert_volume(
    desk: Desk,
    *,
    kind: ArchiveClassView,
    year: int,
    title: str,
    responsible: str,
    shelf: str = "",
    filled_from: str = "",
    subject: str = "",
) -> VolumeRow:
    """A new open volume under the next code of its class and year, inside `writing`. Raises OddYear, FondsMissing."""
    store = desk.store
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OddYear(year=year)
    fonds, template = fonds_and_template(store)
    if not fonds:
        raise FondsMissing
    number = 1 + int(
        store.value(
            "SELECT coalesce(max(number), 0) FROM volume WHERE fonds = ? AND year = ? AND class_code = ?",
            (fonds, year, kind.code),
        )
    )
    code = template.code(ArchiveCode(fonds, year, kind.years, kind.code, number))
    volume_id = store.insert(
        "INSERT INTO volume (code, fonds, year, class_code, years, number, title, responsible, shelf, filled_from, subject, state,"
        " made_on, operator_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)",
        (
            code, fonds, year, kind.code, kind.years, number, title, responsible, shelf, filled_from, subject, desk.day,
            desk.operator.id,
        ),
    )  # fmt: skip
    return load_volume(store, volume_id)


def next_place(store: Store, volume_id: int) -> int:
    """The next 顺序号 of a volume."""
    return 1 + int(
        store.value("SELECT coalesce(max(place), 0) FROM filing WHERE volume_id = ?", (volume_id,))
    )


def close_ranks(store: Store, volume_id: int) -> None:
    """After papers left a volume: its 顺序号 run from 1 without gaps again."""
    rows = store.rows("SELECT id, place FROM filing WHERE volume_id = ? ORDER BY place", (volume_id,))
    for place, (filing, was) in enumerate(rows, 1):
        if place != was:
            store.execute("UPDATE filing SET place = ? WHERE id = ?", (place, filing))


def office_name(store: Store) -> str:
    """What stands for the office as 责任者 and 立档单位."""
    return f"{store.value('SELECT township FROM office')}财政所"
