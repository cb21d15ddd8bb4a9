"""Windows of disposal: what is due, what holds a volume back, one list with its volumes and witnesses."""

from dataclasses import dataclass
from typing import Final

from app.archive.shelves.steps import VolumeRow, volume_row, volumes_where
from models.domain.buckets import OPEN_BUCKETS
from models.domain.flows.disposal_flow import WITNESSES, DisposalKind, DisposalState
from models.domain.refusal import Refusal
from models.store.opening import Store

_OPEN: Final = ", ".join(f"'{bucket.value}'" for bucket in sorted(OPEN_BUCKETS))


class NoSuchDisposal(Refusal):
    """No list of that number."""

    form = "没有编号为“{disposal}”的清册。请核对编号。"


@dataclass(frozen=True, slots=True)
class DueVolume:
    """A volume whose retention is over: since when it may go, and what holds it back ('' for nothing)."""

    volume: VolumeRow
    since: str
    held: str


@dataclass(frozen=True, slots=True)
class DisposalView:
    """A list of volumes to destroy or hand over, who made it and who watched."""

    id: int
    kind: DisposalKind
    number: str
    reason: str
    taker: str
    state: DisposalState
    made_on: str
    operator_id: int
    operator: str
    done_on: str
    volumes: tuple[VolumeRow, ...]
    opinions: tuple[str, ...]
    witnesses: tuple[tuple[int, str, str], ...]
    """(operator, name, day signed)."""

    @property
    def wanting(self) -> int:
        """How many signatures are wanting."""
        return max(0, WITNESSES[self.kind] - len(self.witnesses))


def unsettled(store: Store, volume_id: int) -> str:
    """What holds a volume back, as one sentence, '' for nothing: money still open behind its papers, a loan, a remark, another list."""
    found = []
    held_for = store.value("SELECT held_for FROM volume WHERE id = ?", (volume_id,))
    if held_for:
        found.append(f"未了结事项：{held_for}")
    for (number,) in store.rows(
        "SELECT DISTINCT b.number FROM batch b WHERE (b.id IN (SELECT f.batch_id FROM filing f WHERE f.volume_id = ?1)"
        " OR b.id IN (SELECT coalesce(l.batch_id, w.batch_id) FROM volume v JOIN voucher w ON w.month = v.subject"
        " JOIN voucher_line l ON l.voucher_id = w.id WHERE v.id = ?1 AND v.filled_from = 'vouchers'))"
        f" AND EXISTS (SELECT 1 FROM payment p WHERE p.batch_id = b.id AND p.bucket IN ({_OPEN})) ORDER BY b.number",
        (volume_id,),
    ):
        found.append(f"批次 {number} 还有款项没有办完")
    borrower = store.value(
        "SELECT borrower FROM loan WHERE volume_id = ? AND returned_on IS NULL", (volume_id,)
    )
    if borrower is not None:
        found.append(f"“{borrower}”借阅未还")
    other = store.value(
        "SELECT d.number FROM disposal d JOIN disposal_volume v ON v.disposal_id = d.id WHERE v.volume_id = ?"
        " AND d.state IN ('proposed', 'witnessed')",
        (volume_id,),
    )
    if other is not None:
        found.append(f"已列入清册 {other}")
    return "；".join(found)


def due_volumes(store: Store, day: str) -> list[DueVolume]:
    """The bound volumes whose retention is over on `day` 到期, by code, with what holds each back."""
    return [
        DueVolume(volume, str(volume.destroyable_on), unsettled(store, volume.id))
        for volume in volumes_where(
            store,
            "state = 'bound' AND years IS NOT NULL AND printf('%04d-01-01', year + years + 1) <= ?",
            (day,),
        )
    ]


_DISPOSAL: Final = (
    "SELECT d.id, d.kind, d.number, d.reason, d.taker, d.state, d.made_on, d.operator_id, o.name, coalesce(d.done_on, '')"
    " FROM disposal d JOIN operator o ON o.id = d.operator_id"
)


def disposal_of(store: Store, disposal: int | str) -> DisposalView:
    """A list by id or number. Raises NoSuchDisposal."""
    column = "id" if isinstance(disposal, int) else "number"
    row = store.row(f"{_DISPOSAL} WHERE d.{column} = ?", (disposal,))
    if row is None:
        raise NoSuchDisposal(disposal=disposal)
    volumes = store.rows(
        "SELECT v.id, v.code, v.fonds, v.year, v.class_code, v.years, v.number, v.title, v.responsible, v.note, v.shelf,"
        " v.filled_from, v.subject, v.held_for, v.state, v.made_on, v.bound_on, l.opinion FROM disposal_volume l"
        " JOIN volume v ON v.id = l.volume_id WHERE l.disposal_id = ? ORDER BY v.code",
        (row[0],),
    )
    witnesses = store.rows(
        "SELECT w.operator_id, o.name, w.signed_on FROM disposal_witness w JOIN operator o ON o.id = w.operator_id"
        " WHERE w.disposal_id = ? ORDER BY w.signed_on, w.operator_id",
        (row[0],),
    )
    within = (
        tuple(volume_row(one[:-1]) for one in volumes),
        tuple(one[-1] for one in volumes),
        tuple(witnesses),
    )
    values = (row[0], DisposalKind(row[1]), *row[2:5], DisposalState(row[5]), *row[6:], *within)
    return DisposalView(*values)


def disposals(store: Store) -> list[DisposalView]:
    """All lists, the latest first."""
    return [disposal_of(store, int(row[0])) for row in store.rows("SELECT id FROM disposal ORDER BY id DESC")]
