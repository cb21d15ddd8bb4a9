"""Writing an office anew under a new data key 换密钥; `rekeying` finishes the switch, at once or at the next opening."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from models.domain.refusal import Refusal
from models.store.database import faults_as_sentences
from models.store.durable import sync_folder
from models.store.folder import DATABASE_NAME, FILES_NAME, KEYSLOTS_NAME
from models.store.health import page_faults
from models.store.keyslots import Keyslots
from models.store.opening import KEYSLOTS_HASH, Store
from models.store.rekeying import PART_NAME, finish_rekey


class RekeyRefused(Refusal):
    """What would be written anew is not whole."""

    form = "不能更换密钥：{fault}。数据没有改动。请先运行体检查明。"


@contextmanager
def rekeying(store: Store, operator: str, password: str) -> Iterator[tuple[Store, str]]:
    """Write the office anew under a new data key; gives it, for the line of the act, with its new recovery code.

    Its only slots are the operator's and the recovery code's: who else may open it is said anew, which is the point of it.
    On leaving well the switch is decided and done, and both stores are closed; else the office is what it was.
    Raises RekeyRefused, PasswordTooShort, FileDamaged and the WorldErrors of writing.
    """
    store.refuse_unless_writable()
    part = store.folder / PART_NAME
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    # made under another name first: the key file at its place is what decides
    keyslots, code = Keyslots.make(part / "undecided.json", operator, password, store.keyslots.cost)
    fresh = Store(part, keyslots)
    try:
        with faults_as_sentences(part):
            _write_anew(store, fresh)
        yield fresh, code
        _copy_files(store, fresh)
        fresh.close()
        sync_folder(part)
        os.replace(part / "undecided.json", part / KEYSLOTS_NAME)
        sync_folder(part)
    except BaseException:
        fresh.close()
        shutil.rmtree(part, ignore_errors=True)
        raise
    holding, store.holding = store.holding, None
    store.close()
    try:
        finish_rekey(store.folder)
    finally:
        if holding is not None:
            holding.let_go()


def _write_anew(store: Store, fresh: Store) -> None:
    connection = store.database.connection()
    if broken := store.seals.broken(connection):
        raise RekeyRefused(fault=f"有 {len(broken)} 组数据与封签不符")
    key = f"x'{fresh.keyslots.data_key.hex()}'"
    connection.execute("ATTACH DATABASE ? AS anew KEY ?", (str(fresh.folder / DATABASE_NAME), key))
    try:
        connection.execute("SELECT sqlcipher_export('anew')").fetchall()
        (version,) = connection.execute("PRAGMA main.user_version").fetchone()
        connection.execute(f"PRAGMA anew.user_version = {version}")
    finally:
        connection.execute("DETACH DATABASE anew")
    fresh.database.connect()
    inside = fresh.database.connection()
    inside.execute("BEGIN IMMEDIATE")
    inside.execute("UPDATE setting SET body = ? WHERE name = ?", (fresh.keyslots.sha256, KEYSLOTS_HASH))
    fresh.seals.forget_touched(inside)
    for sql, parameters in fresh.seals.seal_all(inside):
        inside.execute(sql, parameters)
    inside.execute("COMMIT")
    if said := page_faults(inside):
        raise RekeyRefused(fault=f"新写的数据库没有通过校验（{said[0]}）")


def _copy_files(store: Store, fresh: Store) -> None:
    (fresh.folder / FILES_NAME).mkdir(exist_ok=True)
    for sha256, name in store.rows("SELECT sha256, name FROM stored_file ORDER BY sha256"):
        fresh.files.stage(store.files.read(sha256, name))
        fresh.files.settle()
    sync_folder(fresh.folder / FILES_NAME)
