"""Doors of access: operators come, go and change their passwords."""

from collections.abc import Sequence

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from models.domain.permission import Permission, Post, posts_text
from models.domain.refusal import Refusal
from models.store.keyslots import RECOVERY
from models.tables import Operator


class OperatorExists(Refusal):
    """The name is taken; two people of one name would be one in the audit trail."""

    form = "操作员“{name}”已经存在。同名的人请加上区分字，例如“{name}（二）”。"


class NoPost(Refusal):
    """An operator without a post can do nothing."""

    form = "没有给操作员“{name}”指定岗位。请至少选一个：经办、复核、审批、审计、系统管理员。"


class NameNotUsable(Refusal):
    """A name that would be confused with something else."""

    form = "“{name}”不能作操作员姓名。请填写本人姓名。"


@use_case("operator.add", Permission.MANAGE_OPERATORS, dated=False)
def add_operator(desk: Desk, *, name: str, posts: Sequence[Post], password: str) -> Changes:
    """A new operator with posts and a first password.

    Raises OperatorExists, NoPost, NameNotUsable, PasswordTooShort.
    """
    name = name.strip()
    if not name or name == RECOVERY:
        raise NameNotUsable(name=name)
    if not posts:
        raise NoPost(name=name)
    if Operator.select().where(Operator.name == name).exists():
        raise OperatorExists(name=name)
    held = sorted(set(posts), key=list(Post).index)
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
