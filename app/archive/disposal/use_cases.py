"""The doors of disposal: a list is made, watched by others, carried out or withdrawn. Unsettled matters are held back."""

from collections.abc import Mapping, Sequence

from app.archive.disposal.queries import DisposalView, disposal_of, unsettled
from app.archive.shelves.steps import VolumeRow, load_volume
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from models.domain.flows.disposal_flow import (
    DISPOSAL_KIND_NAMES,
    DisposalKind,
    DisposalState,
    DisposalStep,
    follow,
)
from models.domain.flows.volume_flow import VolumeStep
from models.domain.flows.volume_flow import follow as follow_volume
from models.domain.permission import Permission
from models.domain.refusal import Refusal

_CODES = {DisposalKind.DESTROY: "销", DisposalKind.HAND_OVER: "移"}
_STEPS = {DisposalKind.DESTROY: VolumeStep.DESTROY, DisposalKind.HAND_OVER: VolumeStep.HAND_OVER}


class NotExpired(Refusal):
    """A volume whose retention is not over."""

    form = "案卷 {code} 保管期限 {kept}，{since}才可以销毁。请从清册中去掉。"


class HeldBack(Refusal):
    """A volume with an unsettled matter behind it."""

    form = "案卷 {code} 还不能{act}：{why}。请了结以后再列入清册。"


class NoVolumes(Refusal):
    """A list of nothing."""

    form = "清册里没有案卷。请先选中要{act}的案卷。"


class ReasonOrTakerMissing(Refusal):
    """A list without a reason, or a hand-over without a taker."""

    form = "{act}清册要写明{what}。请填写后重试。"


class OpinionOfAnother(Refusal):
    """An appraisal of a volume that is not on the list."""

    form = "鉴定意见写给了“{code}”，它不在这份清册的案卷里。请核对档号。"


class CannotWitness(Refusal):
    """Who made the list does not watch it; nobody watches twice."""

    form = (
        "“{operator}”{why}，不能在清册 {number} 上监督签字。编制和监督必须是不同的人，请换另一位操作员登录。"
    )


class WitnessesWanting(Refusal):
    """Not enough people watched."""

    form = "清册 {number} 还缺 {count} 位监督人签字，不能执行{act}。请另外的操作员登录后签字。"


@use_case("disposal.propose", Permission.ARCHIVE)
def propose_disposal(
    desk: Desk,
    *,
    kind: DisposalKind,
    volumes: Sequence[int | str],
    reason: str,
    taker: str = "",
    opinions: Mapping[str, str] | None = None,
) -> Changes:
    """Make a list of volumes to destroy 销毁清册 (retention over, appraised) or to hand over 移交清册 to `taker`.

    `opinions` says by archive code what the appraisal found 鉴定意见.
    Raises NoVolumes, ReasonOrTakerMissing, NoSuchVolume, NoRoad (not bound), NotExpired, HeldBack, OpinionOfAnother.
    """
    store = desk.store
    act = DISPOSAL_KIND_NAMES[kind]
    if not volumes:
        raise NoVolumes(act=act)
    if not reason.strip():
        raise ReasonOrTakerMissing(act=act, what="依据或理由")
    if kind is DisposalKind.HAND_OVER and not taker.strip():
        raise ReasonOrTakerMissing(act=act, what="接收单位或接收人")
    rows = list({row.id: row for row in (load_volume(store, one) for one in volumes)}.values())
    for row in rows:
        _refuse_unless_ready(desk, kind, row)
    said = opinions or {}
    for code in said.keys() - {row.code for row in rows}:
        raise OpinionOfAnother(code=code)
    year = desk.day[:4]
    count = 1 + int(
        store.value(
            "SELECT count(*) FROM disposal WHERE kind = ? AND substr(made_on, 1, 4) = ?", (kind.value, year)
        )
    )
    number = f"{_CODES[kind]}-{year}-{count:02d}"
    disposal_id = store.insert(
        "INSERT INTO disposal (kind, number, reason, taker, state, made_on, operator_id)"
        " VALUES (?, ?, ?, ?, 'proposed', ?, ?)",
        (kind.value, number, reason.strip(), taker.strip(), desk.day, desk.operator.id),
    )
    for row in rows:
        store.execute(
            "INSERT INTO disposal_volume (disposal_id, volume_id, opinion) VALUES (?, ?, ?)",
            (disposal_id, row.id, said.get(row.code, "").strip()),
        )
    return _told(desk, disposal_id)


def _refuse_unless_ready(desk: Desk, kind: DisposalKind, row: VolumeRow) -> None:
    follow_volume(row.state, _STEPS[kind])
    if kind is DisposalKind.DESTROY:
        since = row.destroyable_on
        if since is None or since > desk.today:
            said = f"{since} 起" if since else "永远不"
            raise NotExpired(code=row.code, kept=row.kept, since=said)
    why = unsettled(desk.store, row.id)
    if why:
        raise HeldBack(code=row.code, act=DISPOSAL_KIND_NAMES[kind], why=why)


@use_case("disposal.witness", Permission.WITNESS_DISPOSAL)
def witness_disposal(desk: Desk, *, disposal: int | str) -> Changes:
    """Sign as one who watches 监销、监交; the last signature that was wanting frees the list. Raises NoSuchDisposal, NoRoad, CannotWitness."""
    store = desk.store
    found = disposal_of(store, disposal)
    state = follow(found.state, DisposalStep.WITNESS)
    why = ""
    if desk.operator.id == found.operator_id:
        why = "编制了这份清册"
    elif desk.operator.id in {one[0] for one in found.witnesses}:
        why = "已经签过字"
    if why:
        raise CannotWitness(operator=desk.operator.name, why=why, number=found.number)
    store.execute(
        "INSERT INTO disposal_witness (disposal_id, operator_id, signed_on) VALUES (?, ?, ?)",
        (found.id, desk.operator.id, desk.day),
    )
    if found.wanting <= 1:
        store.execute("UPDATE disposal SET state = ? WHERE id = ?", (state.value, found.id))
    return _told(desk, found.id)


@use_case("disposal.carry_out", Permission.ARCHIVE)
def carry_out_disposal(desk: Desk, *, disposal: int | str) -> Changes:
    """Carry a list out: handed over, or destroyed with every file that nothing else in the office holds.

    What is destroyed leaves its titles and hashes. Raises NoSuchDisposal, WitnessesWanting, NoRoad, HeldBack.
    """
    store = desk.store
    found = disposal_of(store, disposal)
    if found.state is DisposalState.PROPOSED:
        raise WitnessesWanting(number=found.number, count=found.wanting, act=DISPOSAL_KIND_NAMES[found.kind])
    state = follow(found.state, DisposalStep.CARRY_OUT)
    store.execute(
        "UPDATE disposal SET state = ?, done_on = ?, done_by = ? WHERE id = ?",
        (state.value, desk.day, desk.operator.id, found.id),
    )
    gone = 0
    for row in found.volumes:
        _refuse_unless_ready(desk, found.kind, row)
        after = follow_volume(row.state, _STEPS[found.kind])
        store.execute("UPDATE volume SET state = ? WHERE id = ?", (after.value, row.id))
        if found.kind is DisposalKind.DESTROY:
            gone += _destroy_files(desk, found, row)
    return _told(desk, found.id, {"files": gone})


def _destroy_files(desk: Desk, found: DisposalView, volume: VolumeRow) -> int:
    """Remove a volume's files from the office; gives how many went. One that the books still lean on stays where they need it."""
    store = desk.store
    gone = 0
    for filing, sha256 in store.rows(
        "SELECT id, file_sha256 FROM filing WHERE volume_id = ? AND file_sha256 IS NOT NULL", (volume.id,)
    ):
        store.execute(
            "UPDATE filing SET was_sha256 = file_sha256, file_sha256 = NULL WHERE id = ?", (filing,)
        )
        if any(
            store.value(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", (sha256,))
            for table, column in _leaning(desk)
        ):
            continue
        name, size = store.rows("SELECT name, size FROM stored_file WHERE sha256 = ?", (sha256,))[0]
        store.execute(
            "INSERT INTO discarded_file (sha256, name, size, disposal_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (sha256, name, size, found.id),
        )
        store.execute("DELETE FROM stored_file WHERE sha256 = ?", (sha256,))
        store.files.discard(sha256)
        gone += 1
    return gone


def _leaning(desk: Desk) -> list[tuple[str, str]]:
    """(table, column) of everything that points to a kept file, as the schema itself says."""
    return [
        (str(row[0]), str(row[1]))
        for row in desk.store.rows(
            'SELECT m.name, f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
            " WHERE m.type = 'table' AND f.\"table\" = 'stored_file' ORDER BY 1, 2"
        )
    ]


@use_case("disposal.withdraw", Permission.ARCHIVE)
def withdraw_disposal(desk: Desk, *, disposal: int | str) -> Changes:
    """Take a list back before it is carried out 撤回: its volumes are free again. Raises NoSuchDisposal, NoRoad."""
    found = disposal_of(desk.store, disposal)
    state = follow(found.state, DisposalStep.WITHDRAW)
    desk.store.execute("UPDATE disposal SET state = ? WHERE id = ?", (state.value, found.id))
    return _told(desk, found.id)


def _told(desk: Desk, disposal_id: int, more: Mapping[str, int] | None = None) -> Changes:
    found = disposal_of(desk.store, disposal_id)
    return changes(
        Topic.ARCHIVE,
        subject=f"disposal {found.id}",
        counts={
            "number": found.number,
            "state": found.state.value,
            "volumes": len(found.volumes),
            **(more or {}),
        },
        answer={
            "disposal": found.id,
            "number": found.number,
            "kind": found.kind.value,
            "state": found.state.value,
            "volumes": [one.code for one in found.volumes],
            "witnesses": [name for _, name, _ in found.witnesses],
            "wanting": found.wanting,
            **(more or {}),
        },
    )
