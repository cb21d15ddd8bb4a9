"""The pre-flight check 体检 (DOMAIN §9): each check is one small query over a batch's live payments.

Blockers stop a batch, warnings want a written reason. A reissue is not compared with last period and needs neither notice
nor funds: its people were posted, and its money came back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.batches.checks import amounts, last_period, payees, programs, registry, whole
from app.batches.checks.scope import Scope
from app.batches.sheet import CheckCode, CheckResult, CheckRow, CheckSheet, Level, Stage
from app.batches.steps import BatchRow, live_sum
from models.store.opening import Store

Find = Callable[[Scope], Iterable[CheckRow]]


@dataclass(frozen=True)
class Check:
    """One check: its Chinese name, what it does with a batch that fails it, and how its lines are found."""

    code: CheckCode
    name: str
    level: Level
    find: Find
    advice: str = ""
    only_at_approval: bool = False
    not_for_reissue: bool = False


_MEND: Final = "请停发这些款项，或退回批次改正资料后重算。"

CHECKS: Final[tuple[Check, ...]] = (
    Check(CheckCode.PERSON_DECEASED, "受益人已死亡", "blocker", registry.person_deceased, _MEND),
    Check(CheckCode.HEAD_DECEASED, "户主已死亡", "blocker", registry.head_deceased, "请先变更户主后重算，或停发这些款项。"),
    Check(CheckCode.PAYEE_DECEASED, "收款人已死亡", "blocker", registry.payee_deceased, _MEND),
    Check(CheckCode.ID_BAD, "身份证号有误", "blocker", payees.bad_ids, _MEND),
    Check(CheckCode.TWICE_IN_BATCH, "批次内重复", "blocker", payees.twice_in_batch, _MEND),
    Check(CheckCode.TWICE_IN_PERIOD, "同项目同期间重复", "blocker", payees.twice_in_period, _MEND),
    Check(CheckCode.PAYEE_MISSING, "没有收款人", "blocker", payees.payee_missing, "请先登记户主后重算，或停发这些款项。"),
    Check(CheckCode.PAYEE_UNRELATED, "收款人与受益人无关", "blocker", payees.payee_unrelated, "请先登记监护人或代领人，或停发这些款项。"),
    Check(CheckCode.OVER_CAP, "超过每户上限", "blocker", amounts.over_cap, _MEND, not_for_reissue=True),
    Check(CheckCode.ACCOUNT_MISSING, "没有收款账号", "blocker", payees.account_missing, "请先登记账户后重算，或停发这些款项。"),
    Check(
        CheckCode.POLICY_NOT_IN_FORCE, "政策不是现行有效", "blocker", whole.policy_not_in_force, "请登记政策或退回批次重算。",
        not_for_reissue=True,
    ),
    Check(
        CheckCode.FUNDS_SHORT, "资金不足", "blocker", whole.funds_short, "请先登记指标和到账后再审批。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.NOTICE_MISSING, "没有公示", "blocker", whole.notice_missing, "请先公示。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.NOTICE_TOO_SHORT, "公示期未满", "blocker", whole.notice_too_short, "请等公示期满。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.OBJECTION_OPEN, "异议未处理", "blocker", whole.objection_open, "请先处理异议。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.STOPPED_IN_PERIOD, "同期曾停发或关闭", "warning", payees.stopped_in_period,
        "请核对当时停发、关闭的原因是否已经消除。", not_for_reissue=True,
    ),
    Check(CheckCode.CONFLICT, "与其他项目互斥", "warning", programs.conflicts),
    Check(CheckCode.OTHER_DOCUMENT, "证件不是居民身份证", "warning", payees.other_documents),
    Check(CheckCode.ACCOUNT_SHARED, "账号由多户共用", "warning", payees.account_shared),
    Check(CheckCode.ACCOUNT_LUHN, "银行卡号校验不符", "warning", payees.account_luhn),
    Check(CheckCode.ACCOUNT_CHANGED, "近期换过账号", "warning", payees.account_changed, not_for_reissue=True),
    Check(
        CheckCode.ACCOUNT_FAILED, "补发仍用失败的账号", "warning", payees.account_failed_before,
        "请先更正账户或姓名后重算；银行已经处理好的，写明情况。",
    ),
    Check(CheckCode.LAST_NEW, "比上期新增", "warning", last_period.last_new, not_for_reissue=True),
    Check(CheckCode.LAST_GONE, "比上期减少", "warning", last_period.last_gone, not_for_reissue=True),
    Check(CheckCode.LAST_AMOUNT, "金额比上期变动大", "warning", last_period.last_amount, not_for_reissue=True),
    Check(CheckCode.LAST_ACCOUNT, "账号与上期不同", "warning", last_period.last_account, not_for_reissue=True),
    Check(CheckCode.LAST_NAME, "姓名与上期不同", "warning", last_period.last_name, not_for_reissue=True),
    Check(CheckCode.LAST_QUANTITY, "面积（数量）比上期变动大", "warning", last_period.last_quantity, not_for_reissue=True),
    Check(CheckCode.LAST_VILLAGE, "村合计比上期变动大", "warning", last_period.last_village, not_for_reissue=True),
    Check(CheckCode.UNUSUAL, "金额明显偏高", "warning", amounts.unusual, not_for_reissue=True),
    Check(CheckCode.EQUAL_AMOUNTS, "整村金额相同", "warning", amounts.equal_amounts, not_for_reissue=True),
    Check(CheckCode.COLLECTS_MANY, "一人代领多人", "warning", payees.collects_many),
    Check(CheckCode.ON_PAYROLL, "财政供养人员", "warning", registry.on_payroll),
    Check(CheckCode.CADRE, "村干部或其家属", "warning", registry.cadre),
    Check(CheckCode.RELOCATED, "在搬迁名单上", "warning", registry.relocated),
    Check(CheckCode.DEATH_NEAR, "疑似已死亡", "warning", registry.death_near),
    Check(CheckCode.SURVIVAL, "生存认证逾期", "warning", registry.survival_overdue),
    Check(CheckCode.UNDECIDED, "享受资格待定", "warning", registry.undecided),
    Check(
        CheckCode.ENTERED_AND_REVIEWED, "录入与复核同一人", "warning", whole.entered_and_reviewed,
        only_at_approval=True, not_for_reissue=True,
    ),
)  # fmt: skip


def run_checks(store: Store, batch: BatchRow, day: date, stage: Stage) -> CheckSheet:
    """Check the live payments of a batch: at submission all but notice and funds, at approval the whole (DOMAIN §3)."""
    scope = Scope(store, batch, day, stage)
    results = [
        CheckResult(check.code, check.name, check.level, tuple(check.find(scope)), check.advice)
        for check in CHECKS
        if not (check.only_at_approval and stage == "submit")
        and not (check.not_for_reissue and batch.is_reissue)
    ]
    return CheckSheet(batch.id, batch.number, stage, live_sum(store, batch.id), tuple(results))
