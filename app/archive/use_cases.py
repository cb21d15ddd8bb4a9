"""The doors of the archive: a dossier is made, a batch is archived."""

import hashlib

from app.archive.contents import dossier_files
from app.archive.packing import pack
from app.batches.steps import BatchRow, check_road, load_batch, move, record_act
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.programs.queries import policy_of
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState, BatchStep
from models.domain.permission import Permission
from models.domain.refusal import Refusal

_MAKE = "dossier.make"
_ARCHIVE = "batch.archive"


class NotSettled(Refusal):
    """Money of the batch is still on its way, so its dossier could not be whole."""

    form = "批次 {number} 现在是“{state}”，结清以后才能编制案卷。请先办完在途、失败和退票的款项。"


class NoDossier(Refusal):
    """A batch cannot be archived without its dossier."""

    form = "批次 {number} 还没有案卷，不能归档。请先用 dossier {number} --out 文件.zip 编制案卷。"
    in_window = "批次 {number} 还没有案卷，不能归档。请先在“档案”里编制案卷。"


class DossierIsOld(Refusal):
    """Something of the batch changed after its dossier was made."""

    form = "批次 {number} 的案卷编制于 {made_on}，之后又有变动，与现在的记录不一致。请重新编制案卷后再归档。"


@use_case(_MAKE, Permission.ARCHIVE)
def make_dossier(desk: Desk, *, batch_id: int | str) -> Changes:
    """Make the dossier 案卷 of a settled or archived batch and keep it; unchanged, it is the same bytes every time.

    The answer has its SHA-256, by which the caller reads it from the store. Raises NoSuchBatch, NotSettled, FileDamaged.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    if batch.state not in (BatchState.SETTLED, BatchState.ARCHIVED):
        raise NotSettled(number=batch.number, state=BATCH_STATE_NAMES[batch.state])
    store.execute(
        "UPDATE public_notice SET state = 'ended' WHERE batch_id = ? AND state = 'posted' AND last_day < ?",
        (batch.id, desk.day),
    )
    files = dossier_files(store, batch, desk.day)
    body = pack(files)
    name = f"案卷-{batch.number}.zip".replace("/", "-")
    sha256 = store.keep_file(body, name, "dossier", desk.at)
    known = store.value("SELECT id FROM dossier WHERE batch_id = ? AND sha256 = ?", (batch.id, sha256))
    dossier_id = known or store.insert(
        "INSERT INTO dossier (batch_id, name, sha256, made_on) VALUES (?, ?, ?, ?)",
        (batch.id, name, sha256, desk.day),
    )
    return changes(
        Topic.ARCHIVE,
        subject=_subject(batch),
        counts={"dossier": dossier_id, "files": len(files) + 1, "sha256": sha256},
        answer={
            "dossier": dossier_id,
            "batch": batch.id,
            "number": batch.number,
            "name": name,
            "files": len(files) + 1,
            "size": len(body),
            "sha256": sha256,
            "contents": sorted(files),
        },
    )


class NoticeNotOver(Refusal):
    """A batch is closed for good with its notice."""

    form = "批次 {number} {what}，不能归档。请先办完公示，再编制案卷归档。"


@use_case(_ARCHIVE, Permission.ARCHIVE)
def archive_batch(desk: Desk, *, batch_id: int | str) -> Changes:
    """Archive a settled batch 归档; its dossier, made anew for the day it bears, must still be the same bytes.

    Raises NoSuchBatch, NoRoad, NoticeNotOver, NoDossier, DossierIsOld, FileDamaged when the dossier is not whole.
    """
    store = desk.store
    batch = load_batch(store, batch_id)
    check_road(store, batch, BatchStep.ARCHIVE)
    _refuse_unfinished_notice(desk, batch)
    last = store.row(
        "SELECT id, name, sha256, made_on FROM dossier WHERE batch_id = ? ORDER BY id DESC LIMIT 1",
        (batch.id,),
    )
    if last is None:
        raise NoDossier(number=batch.number)
    dossier_id, name, sha256, made_on = last
    store.files.read(sha256, name)
    if hashlib.sha256(pack(dossier_files(store, batch, made_on))).hexdigest() != sha256:
        raise DossierIsOld(number=batch.number, made_on=made_on)
    move(desk, batch, BatchStep.ARCHIVE)
    record_act(desk, batch.id, BatchStep.ARCHIVE, f"案卷 {sha256[:12]}")
    return changes(
        Topic.BATCHES,
        Topic.ARCHIVE,
        subject=_subject(batch),
        counts={"dossier": dossier_id},
        answer={
            "batch": batch.id,
            "number": batch.number,
            "state": BatchState.ARCHIVED.value,
            "dossier": dossier_id,
            "sha256": sha256,
        },
    )


def _refuse_unfinished_notice(desk: Desk, batch: BatchRow) -> None:
    """What is posted after payment has been posted, its days are over and its objections decided."""
    store = desk.store
    policy = policy_of(store, batch.policy_id).policy
    if not batch.is_reissue and policy.publicity == "after" and policy.listing != "none":
        last_day = store.value(
            "SELECT max(last_day) FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn'", (batch.id,)
        )
        if last_day is None or last_day >= desk.day:
            raise NoticeNotOver(
                number=batch.number, what=f"公示到 {last_day} 才结束" if last_day else "还没有公示"
            )
    if store.value("SELECT 1 FROM objection WHERE batch_id = ? AND outcome = '' LIMIT 1", (batch.id,)):
        raise NoticeNotOver(number=batch.number, what="有异议还没有处理")


def _subject(batch: BatchRow) -> str:
    return f"batch {batch.id}"
