"""Posts 岗位 and what each may do (DOMAIN §1). Nothing lifts these: administrators never handle payments, auditors change
nothing, and three different people act on one batch whatever posts they hold.
"""

from collections.abc import Iterable
from enum import StrEnum

from models.domain.refusal import Refusal


class Post(StrEnum):
    """What somebody is in the office."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"


POST_NAMES = {
    Post.CLERK: "经办",
    Post.REVIEWER: "复核",
    Post.APPROVER: "审批",
    Post.AUDITOR: "审计",
    Post.ADMIN: "系统管理员",
}


class Permission(StrEnum):
    """One kind of act."""

    MANAGE_OPERATORS = "manage_operators"
    BACK_UP = "back_up"
    SET_RULES = "set_rules"
    IMPORT = "import"
    MANAGE_FUNDS = "manage_funds"
    PREPARE_BATCH = "prepare_batch"
    REVIEW_BATCH = "review_batch"
    PUBLICIZE = "publicize"
    APPROVE_BATCH = "approve_batch"
    REJECT_BATCH = "reject_batch"
    CANCEL_BATCH = "cancel_batch"
    STOP_PAYMENT = "stop_payment"
    CLOSE_PAYMENT = "close_payment"
    MARK_RETURNED = "mark_returned"
    EXPORT_BANK_FILE = "export_bank_file"
    POST_RETURN = "post_return"
    REPORT = "report"
    CONFIRM_REPORT = "confirm_report"
    ARCHIVE = "archive"
    WITNESS_DISPOSAL = "witness_disposal"
    CLOSE_YEAR = "close_year"
    REOPEN_YEAR = "reopen_year"
    UNMASK = "unmask"
    EXPORT = "export"
    SWITCH_OFFICE = "switch_office"
    SET_OFFICE = "set_office"
    UPGRADE = "upgrade"


PERMISSION_NAMES = {
    Permission.MANAGE_OPERATORS: "管理操作员",
    Permission.BACK_UP: "备份",
    Permission.SET_RULES: "维护项目与政策",
    Permission.IMPORT: "导入数据",
    Permission.MANAGE_FUNDS: "登记资金",
    Permission.PREPARE_BATCH: "编制与提交批次",
    Permission.REVIEW_BATCH: "复核批次",
    Permission.PUBLICIZE: "公示批次",
    Permission.APPROVE_BATCH: "审批批次",
    Permission.REJECT_BATCH: "退回批次",
    Permission.CANCEL_BATCH: "作废批次",
    Permission.STOP_PAYMENT: "停发与恢复",
    Permission.CLOSE_PAYMENT: "关闭未付款项",
    Permission.MARK_RETURNED: "登记退票与追回",
    Permission.EXPORT_BANK_FILE: "生成报盘文件",
    Permission.POST_RETURN: "登记回盘",
    Permission.REPORT: "编报月报",
    Permission.CONFIRM_REPORT: "确认月报",
    Permission.ARCHIVE: "归档",
    Permission.WITNESS_DISPOSAL: "监销和监交",
    Permission.CLOSE_YEAR: "年终结账",
    Permission.REOPEN_YEAR: "批准反结账",
    Permission.UNMASK: "查看完整证件号和账号",
    Permission.EXPORT: "导出表格",
    Permission.SWITCH_OFFICE: "用备份替换办公点",
    Permission.SET_OFFICE: "设置办公点",
    Permission.UPGRADE: "升级程序",
}

GRANTS: dict[Permission, tuple[Post, ...]] = {
    Permission.MANAGE_OPERATORS: (Post.ADMIN,),
    Permission.BACK_UP: (Post.ADMIN, Post.CLERK),
    Permission.SET_RULES: (Post.CLERK, Post.ADMIN),
    Permission.IMPORT: (Post.CLERK,),
    Permission.MANAGE_FUNDS: (Post.CLERK,),
    Permission.PREPARE_BATCH: (Post.CLERK,),
    Permission.REVIEW_BATCH: (Post.REVIEWER,),
    Permission.PUBLICIZE: (Post.CLERK, Post.REVIEWER, Post.APPROVER),
    Permission.APPROVE_BATCH: (Post.APPROVER,),
    Permission.REJECT_BATCH: (Post.REVIEWER, Post.APPROVER),
    Permission.CANCEL_BATCH: (Post.APPROVER, Post.CLERK),
    Permission.STOP_PAYMENT: (Post.CLERK, Post.APPROVER),
    Permission.CLOSE_PAYMENT: (Post.APPROVER,),
    Permission.MARK_RETURNED: (Post.CLERK, Post.APPROVER),
    Permission.EXPORT_BANK_FILE: (Post.CLERK, Post.APPROVER),
    Permission.POST_RETURN: (Post.CLERK,),
    Permission.REPORT: (Post.CLERK,),
    Permission.CONFIRM_REPORT: (Post.REVIEWER, Post.APPROVER),
    Permission.ARCHIVE: (Post.CLERK,),
    Permission.WITNESS_DISPOSAL: (Post.CLERK, Post.REVIEWER, Post.APPROVER),
    Permission.CLOSE_YEAR: (Post.CLERK,),
    Permission.REOPEN_YEAR: (Post.APPROVER,),
    Permission.UNMASK: (Post.CLERK, Post.REVIEWER, Post.APPROVER, Post.AUDITOR),
    Permission.EXPORT: (Post.CLERK, Post.REVIEWER, Post.APPROVER, Post.AUDITOR),
    Permission.SWITCH_OFFICE: (Post.ADMIN,),
    Permission.SET_OFFICE: (Post.ADMIN, Post.APPROVER),
    Permission.UPGRADE: (Post.ADMIN,),
}

_APART = frozenset({Post.ADMIN, Post.AUDITOR})


class NotPermitted(Refusal):
    """The operator holds no post that may do this."""

    form = "操作员“{operator}”的岗位是{posts}，不能{act}；这一步由{allowed}办理。请换有权限的操作员登录。"


class SamePerson(Refusal):
    """Somebody who already acted on this batch may not act on it a second time."""

    form = "“{operator}”已经在批次 {number} 上办理过“{done}”，不能再办理“{step}”。编制、复核、审批必须是三个人，请换另一位操作员。"


class PostsApart(Refusal):
    """Posts that nobody may hold together."""

    form = "“{operator}”不能同时担任{posts}：系统管理员不经办资金，审计人员不改动任何内容，都不能与其他岗位兼任。请分给两个人。"


def refuse_mixed_posts(operator: str, posts: Iterable[Post]) -> None:
    """Administrators never handle payments and auditors change nothing, so both posts stand alone. Raises PostsApart."""
    held = set(posts)
    if len(held) > 1 and held & _APART:
        raise PostsApart(operator=operator, posts=posts_text(held))


def post_for(posts: Iterable[Post], permission: Permission) -> Post | None:
    """The post under which one of these posts may act, or None."""
    held = set(posts)
    return next((post for post in GRANTS[permission] if post in held), None)


def posts_text(posts: Iterable[Post]) -> str:
    """The posts' Chinese names, “经办、复核”."""
    held = set(posts)
    return "、".join(POST_NAMES[post] for post in Post if post in held)
