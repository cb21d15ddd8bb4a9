"""Doors of access: operators come, go and change their passwords; keys are renewed; what is uncovered is written down."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from app.access.queries import NotAnOperator, sit_down
from app.access.steps import CONFIRMED, SECOND_REVIEW, put_setting
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case, write_audit_line
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission, Post, posts_text, refuse_mixed_posts
from models.domain.refusal import Refusal
from models.store.keyslots import RECOVERY, RecoveryCodeWrong, WrongPassword, code_as_typed
from models.store.new_key import rekeying
from models.store.opening import open_with_recovery_code
from models.tables import Operator

_LEAST_REASON: Final = 2


class OperatorExists(Refusal):
    """The name is taken; two people of one name would be one in the audit trail."""

    form = "操作员“{name}”已经存在。同名的人请加上区分字，例如“{name}（二）”。"


class NoPost(Refusal):
    """An operator without a post can do nothing."""

    form = "没有给操作员“{name}”指定岗位。请至少选一个：经办、复核、审批、审计、系统管理员。"


class NameNotUsable(Refusal):
    """A name that would be confused with something else."""

    form = "“{name}”不能作操作员姓名。请填写本人姓名。"


class LastAdministrator(Refusal):
    """Nobody would be left who can add operators."""

    form = "“{name}”是最后一位系统管理员，不能移除或改岗。请先添加另一位系统管理员。"


class NoReasonToUnmask(Refusal):
    """Whole numbers are shown for a reason only."""

    form = "查看完整证件号和账号要写明原因，原因会记入日志。请填写后重试。"


class NobodyToUnmask(Refusal):
    """No person of that number."""

    form = "没有编号为 {person} 的人员。请先查找人员再查看。"


class LimitNotAnAmount(Refusal):
    """An amount that is none."""

    form = "第二复核的起点金额 {yuan} 元不对，应大于 0。不需要第二复核时请关闭这项设置。"


# -- who may open the office --------------------------------------------------------------------------------


@use_case("operator.add", Permission.MANAGE_OPERATORS, dated=False)
def add_operator(desk: Desk, *, name: str, posts: Sequence[Post], password: str) -> Changes:
    """A new operator with posts and a first password.

    Several of 经办, 复核, 审批 may go to one person of a small office (it prints on every sheet); 系统管理员 and 审计 stand
    alone. Raises OperatorExists, NoPost, PostsApart, NameNotUsable, PasswordTooShort.
    """
    name = name.strip()
    if not name or name == RECOVERY:
        raise NameNotUsable(name=name)
    held = _posts(name, posts)
    if Operator.select().where(Operator.name == name).exists():
        raise OperatorExists(name=name)
    new_id = desk.store.insert(
        "INSERT INTO operator (name, posts, created_at) VALUES (?, ?, ?)", (name, ",".join(held), desk.at)
    )
    desk.store.keyslots.add(name, password)
    return changes(
        Topic.OPERATORS,
        subject=f"operator {new_id}",
        counts={"posts": posts_text(held)},
        answer={"operator": new_id, "name": name, "posts": list(held)},
    )


@use_case("operator.posts", Permission.MANAGE_OPERATORS, dated=False)
def change_posts(desk: Desk, *, name: str, posts: Sequence[Post]) -> Changes:
    """Other posts for an operator. Raises NotAnOperator, NoPost, PostsApart, LastAdministrator."""
    operator_id, before = _operator(desk, name)
    held = _posts(name, posts)
    if Post.ADMIN not in held:
        _refuse_last_administrator(desk, name, before)
    desk.store.execute("UPDATE operator SET posts = ? WHERE id = ?", (",".join(held), operator_id))
    return changes(
        Topic.OPERATORS,
        subject=f"operator {operator_id}",
        counts={"from": posts_text(before), "to": posts_text(held)},
        answer={"operator": operator_id, "name": name, "posts": list(held)},
    )


@use_case("operator.remove", Permission.MANAGE_OPERATORS, dated=False)
def remove_operator(desk: Desk, *, name: str) -> Changes:
    """An operator leaves: the slot is gone, what they did stays under their name.

    Somebody who copied the key while they could still reads old copies; after a leak renew the key (`rekey`).
    Raises NotAnOperator, LastAdministrator, LastSlot.
    """
    operator_id, posts = _operator(desk, name)
    _refuse_last_administrator(desk, name, posts)
    desk.store.execute("UPDATE operator SET active = 0 WHERE id = ?", (operator_id,))
    if name in desk.store.keyslots.names:
        desk.store.keyslots.remove(name)
    return changes(
        Topic.OPERATORS, subject=f"operator {operator_id}", answer={"operator": operator_id, "name": name}
    )


@use_case("operator.password", None, dated=False)
def change_password(desk: Desk, *, old: str, new: str) -> Changes:
    """One's own password; the data key is wrapped anew. Raises WrongPassword, PasswordTooShort."""
    name = desk.operator.name
    if not desk.store.keyslots.opens(name, old):
        raise WrongPassword(operator=name)
    desk.store.keyslots.add(name, new)
    return changes(subject=f"operator {desk.operator.id}", answer={"name": name})


@use_case("operator.reset", Permission.MANAGE_OPERATORS, dated=False)
def reset_password(desk: Desk, *, name: str, password: str) -> Changes:
    """A new password for somebody who forgot theirs. Raises NotAnOperator, PasswordTooShort."""
    operator_id, _ = _operator(desk, name)
    desk.store.keyslots.add(name, password)
    return changes(
        Topic.OPERATORS, subject=f"operator {operator_id}", answer={"operator": operator_id, "name": name}
    )


def _posts(name: str, posts: Sequence[Post]) -> list[Post]:
    if not posts:
        raise NoPost(name=name)
    refuse_mixed_posts(name, posts)
    return sorted(set(posts), key=list(Post).index)


def _operator(desk: Desk, name: str) -> tuple[int, list[Post]]:
    row = desk.store.row("SELECT id, posts FROM operator WHERE name = ? AND active = 1", (name,))
    if row is None:
        raise NotAnOperator(name=name)
    return row[0], [Post(post) for post in row[1].split(",")]


def _refuse_last_administrator(desk: Desk, name: str, posts: Sequence[Post]) -> None:
    others = [
        row[0]
        for row in desk.store.rows("SELECT posts FROM operator WHERE active = 1 AND name <> ?", (name,))
        if Post.ADMIN in row[0].split(",")
    ]
    if Post.ADMIN in posts and not others:
        raise LastAdministrator(name=name)


# -- the recovery code and the data key ---------------------------------------------------------------------


@use_case("recovery.confirm", None, dated=False)
def confirm_recovery_code(desk: Desk, *, written: str) -> Changes:
    """The recovery code, typed back once from paper: only then the set-up is over. Raises RecoveryCodeWrong."""
    if not desk.store.keyslots.opens(RECOVERY, code_as_typed(written)):
        raise RecoveryCodeWrong
    put_setting(desk, CONFIRMED, desk.at)
    return changes(Topic.OPERATORS, subject="recovery", answer={"confirmed": True})


@use_case("recovery.renew", Permission.MANAGE_OPERATORS, dated=False)
def renew_recovery_code(desk: Desk) -> Changes:
    """A new recovery code; the old paper opens nothing any more. The answer alone carries it, the log does not."""
    code = desk.store.keyslots.renew_code()
    put_setting(desk, CONFIRMED, "")
    return changes(Topic.OPERATORS, subject="recovery", answer={"recovery_code": code})


def recover_access(folder: Path, *, code: str, name: str, password: str, now: datetime) -> Changes:
    """Open an office with its printed recovery code and give an operator a new password; the code is used up and renewed.

    Raises RecoveryCodeWrong, LockedOut, NotAnOperator, PasswordTooShort and what opening raises.
    """
    store = open_with_recovery_code(folder, code, now)
    try:
        return _recover(sit_down(store, name, now), password=password)
    finally:
        store.close()


@use_case("operator.recover", None, dated=False)
def _recover(desk: Desk, *, password: str) -> Changes:
    keyslots = desk.store.keyslots
    keyslots.add(desk.operator.name, password)
    new_code = keyslots.renew_code()
    put_setting(desk, CONFIRMED, "")
    return changes(
        Topic.OPERATORS,
        subject=f"operator {desk.operator.id}",
        answer={"name": desk.operator.name, "recovery_code": new_code},
    )


def renew_data_key(desk: Desk, *, password: str) -> Changes:
    """A new data key after a leak 更换密钥: everything is written anew; everybody else gets a new password from the administrator.

    The store is closed by it, whatever comes of it. Raises NotPermitted, WrongPassword, RekeyRefused, FileDamaged and the
    WorldErrors of writing; then the office is what it was.
    """
    post = desk.require(Permission.MANAGE_OPERATORS)
    if not desk.store.keyslots.opens(desk.operator.name, password):
        raise WrongPassword(operator=desk.operator.name)
    try:
        with rekeying(desk.store, desk.operator.name, password) as (fresh, code):
            done = changes(
                Topic.OPERATORS,
                subject="office",
                answer={"recovery_code": code, "without_password": _others(desk)},
            )
            with fresh.writing():
                at_fresh = replace(desk, store=fresh)
                put_setting(at_fresh, CONFIRMED, "")
                write_audit_line(at_fresh, "office.rekey", post, done)
    finally:
        desk.store.close()
    return done


def _others(desk: Desk) -> list[str]:
    return [
        row[0]
        for row in desk.store.rows(
            "SELECT name FROM operator WHERE active = 1 AND id <> ? ORDER BY id", (desk.operator.id,)
        )
    ]


# -- what is uncovered, and how many look -------------------------------------------------------------------


@use_case("person.unmask", Permission.UNMASK, dated=False)
def unmask_person(desk: Desk, *, person_id: int, reason: str) -> Changes:
    """The whole ID, phone and accounts of one person, for a reason that is logged. Raises NoReasonToUnmask, NobodyToUnmask."""
    if len(reason.strip()) < _LEAST_REASON:
        raise NoReasonToUnmask
    row = desk.store.row("SELECT name, id_number, phone FROM person WHERE id = ?", (person_id,))
    if row is None:
        raise NobodyToUnmask(person=person_id)
    accounts = [
        {"number": number, "holder": holder, "bank": bank, "valid_from": start, "valid_to": end}
        for number, holder, bank, start, end in desk.store.rows(
            "SELECT number, holder, bank, valid_from, valid_to FROM account WHERE person_id = ? ORDER BY valid_from, id",
            (person_id,),
        )
    ]
    return changes(
        subject=f"person {person_id}",
        counts={"reason": reason.strip()},
        answer={
            "person": person_id,
            "name": row[0],
            "id_number": row[1],
            "phone": row[2],
            "accounts": accounts,
        },
    )


@use_case("table.export", Permission.EXPORT, dated=False)
def log_export(desk: Desk, *, what: str, rows: int) -> Changes:
    """Write down that a table goes out to a file 导出: what it shows and how many rows."""
    return changes(subject=f"export {what}", counts={"rows": rows})


@use_case("table.print", None, dated=False)
def log_print(desk: Desk, *, what: str, rows: int) -> Changes:
    """Write down that something went to paper 打印: what, and how many rows of it. Everybody may print what they may see."""
    return changes(subject=f"print {what}", counts={"rows": rows})


@use_case("office.second_review", Permission.SET_OFFICE, dated=False)
def set_second_review(desk: Desk, *, above_fen: Fen | None) -> Changes:
    """From which sum on a batch needs a second reviewer 第二复核; None for never. Raises LimitNotAnAmount."""
    if above_fen is not None and above_fen <= 0:
        raise LimitNotAnAmount(yuan=yuan_text(above_fen))
    put_setting(desk, SECOND_REVIEW, "" if above_fen is None else str(above_fen))
    return changes(
        Topic.OPERATORS,
        subject="setting second_review",
        counts={"above_fen": above_fen or 0},
        answer={"above_fen": above_fen},
    )
