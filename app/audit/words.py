"""The trail in the office's words: what was acted on, and the figures of an act."""

from collections.abc import Mapping
from typing import Final

from models.domain.buckets import BUCKET_NAMES
from models.domain.flows.batch_flow import BATCH_STATE_NAMES
from models.domain.flows.report_flow import REPORT_STATE_NAMES
from models.domain.money import Fen, yuan_text

SUBJECT_NAMES: Final = {
    "allotment": "资金指标", "backup": "备份", "bank": "银行", "batch": "批次", "county_form": "上级表样", "conflict": "项目互斥", "enrolment": "享受资格",
    "export": "导出", "hit": "名单命中", "holiday": "节假日", "household": "户", "office": "办公点", "opening": "期初数",
    "operator": "操作员", "payment": "款项", "person": "人员", "policies": "政策", "policy": "政策", "profile": "银行格式", "program": "项目",
    "receipt": "到账", "recovery": "恢复码", "relation": "与户主关系", "report": "月报", "return": "回盘", "run": "导入",
    "setting": "设置", "statement": "对账单", "upgrade": "程序", "village": "村", "villages": "村", "voucher": "凭证",
    "class": "门类", "filing": "归档文件", "volume": "案卷", "disposal": "清册", "year": "年度", "file": "文件",
}  # fmt: skip
"""The first word of a subject."""

_INSIDE: Final = {
    " alias ": " 别名 ", " event ": " 变动 ", " from ": " 自 ", " into ": " 并入 ", " line ": " 明细 ", " of ": " ", " person ": " 人员 ",
    " program ": " 项目 ", " second_review": " 第二复核", " notice.phone": " 异议电话", " archive.codes": " 档号", " backup": " 自动备份",
}  # fmt: skip

COUNT_NAMES: Final = {
    "above_fen": "起点金额", "accepted": "入库", "accepted_fen": "入库金额", "accounts": "账户", "adjusted_fen": "调整",
    "allotment": "资金指标", "allotted_fen": "指标", "already": "以前已编", "already_posted": "以前已登记", "approved_fen": "审批金额",
    "automatic": "自动备份", "backup": "备份", "batch": "批次", "bytes": "字节", "carried_fen": "结转", "certified": "已认证", "changed": "改动",
    "check_sha256": "体检表校验值", "closed_fen": "关闭金额", "cut_fen": "核减", "days": "天数", "declined": "不采纳", "direction": "方向", "dossier": "案卷",
    "failed": "失败", "failed_fen": "失败金额", "fen": "金额", "files": "文件", "followed": "接续", "forgotten": "清除", "from": "原来",
    "had_by_both": "两人都有", "head": "校验码", "hits": "比中", "kept": "保留", "kind": "种类", "last_day": "截止日", "level": "级别",
    "limit": "限额", "line": "行", "lines": "行数", "matched": "对上", "merged": "并入", "mode": "方式", "month": "月份", "name": "名称",
    "notice": "公示", "number": "编号", "objection": "异议", "occasion": "时机", "outcome": "结论", "owed_fen": "应发金额",
    "paid": "成功", "paid_fen": "实发金额", "payment": "款项", "payments": "笔数", "people": "人数", "period": "期间", "person": "人员",
    "policies": "政策", "posts": "岗位", "problems": "算不出", "profile": "银行格式", "program": "项目", "program_a": "项目甲",
    "program_b": "项目乙", "programs": "项目", "programs_made": "新项目", "proposals": "建议", "reason": "原因", "receipt": "到账",
    "received_fen": "到账金额", "received_on": "到账日期", "recovered_fen": "追回金额", "rejected": "退回", "removed": "取走",
    "return": "回盘", "return_line": "回盘行", "reversed_by": "红字凭证", "reversed_fen": "冲销金额", "rows": "行数", "run": "导入",
    "scope": "范围", "second": "第二位置", "sha256": "校验值", "snapshot_sha256": "明细校验值", "source": "来源", "starts_on": "起始日",
    "state": "状态", "success": "成功的字样", "suite": "算法", "tags": "标签", "to": "改为", "to_allotment": "结转到指标", "to_decide": "待定", "unmatched": "对不上",
    "used_fen": "已用金额", "valid_to": "停用日", "version": "版本", "villages": "村", "voucher": "凭证", "waiting": "待确认", "year": "年度",
    "class": "门类", "due_on": "应还日期", "filings": "件数", "fonds": "全宗号", "held_for": "未了结事项", "left_out": "不结转",
    "loan": "借阅", "returned_fen": "退回金额", "returns": "退回笔数", "template": "档号格式", "volumes": "案卷", "years": "保管期限",
}  # fmt: skip
"""What the figures of an act are called."""

_VALUES: Final = {
    **{str(state): name for state, name in REPORT_STATE_NAMES.items()},
    **{str(bucket): name for bucket, name in BUCKET_NAMES.items()},
    **{str(state): name for state, name in BATCH_STATE_NAMES.items()},
    "asked": "操作员要求", "exit": "退出时", "daily": "每天一次", "before_import": "导入前",
    "off": "放假", "work": "上班", "plain": "取消登记", "upheld": "异议成立", "aes": "AES-256", "sm": "国密", "household": "户",
    "to_bank": "报盘", "from_bank": "回盘", "exclusive": "互斥", "higher": "择高", "hint": "提示",
}  # fmt: skip

TABLE_NAMES: Final = {
    "account": "账户", "allotment": "资金指标", "allotment_change": "指标调整", "archive_class": "档案门类", "attempt": "报盘明细",
    "audit_line": "操作日志", "bank_alias": "银行别名", "bank_file": "报盘文件", "bank_profile": "银行格式", "bank_return": "回盘文件",
    "bank_statement": "对账单", "batch": "批次", "batch_act": "批次办理", "batch_funding": "批次资金来源",
    "batch_funding_return": "批次退回资金", "batch_tally": "批次合计", "check_sheet": "体检表", "column_mapping": "栏目对应",
    "comparison_entry": "比对名单", "comparison_hit": "名单命中", "county_form": "上级表样", "discarded_file": "已删文件", "disposal": "清册",
    "disposal_volume": "清册案卷", "disposal_witness": "监销人", "dossier": "批次案卷", "enrolment": "享受资格",
    "enrolment_question": "享受资格疑问", "enrolment_roll": "资格接续", "filing": "归档文件", "guardian": "监护人", "holiday": "节假日",
    "household": "户", "household_event": "户的变动", "household_span": "在户时间", "import_before": "导入前的内容",
    "import_finding": "导入检查", "import_proposal": "导入建议", "import_run": "导入", "import_unchanged": "导入未变的行", "loan": "借阅",
    "matched_deposit": "已对上的到账", "month_tally": "每月合计", "monthly_return": "月报", "notice_photo": "公示照片", "objection": "公示异议",
    "office": "办公点", "opening_figure": "期初数", "operator": "操作员", "past_payment": "以前的发放", "payment": "发放明细", "person": "人员",
    "person_apart": "认定的不同人", "person_merge": "合并的人员", "policy": "政策", "program": "项目", "program_conflict": "项目互斥",
    "public_notice": "公示", "receipt": "到账", "relation_alias": "与户主关系别名", "return_line": "回盘明细",
    "return_line_aside": "无须认领的回盘明细", "seal": "封签", "setting": "设置", "statement_line": "对账单明细", "statement_match": "对账结果",
    "stored_file": "文件", "survival_certificate": "生存认证", "suspension": "停发", "suspension_enrolment": "停发的享受资格",
    "village": "村", "village_alias": "村的别名", "volume": "案卷", "voucher": "凭证", "voucher_line": "凭证分录",
    "voucher_posting": "凭证记账", "year_balance": "年度余额", "year_close": "年终结账", "year_package": "年度封存", "year_return": "年终退回",
}  # fmt: skip
"""What the tables of an office hold, for a comparison of two."""


# what a row id is called in the office
_CALLED: Final = {
    "batch": "SELECT x.number FROM batch x WHERE x.id",
    "county_form": "SELECT x.name FROM county_form x WHERE x.id",
    "operator": "SELECT x.name FROM operator x WHERE x.id",
    "allotment": "SELECT x.document FROM allotment x WHERE x.id",
    "voucher": "SELECT x.month || ' ' || printf('记-%04d', x.number) FROM voucher x WHERE x.id",
    "village": "SELECT x.name FROM village x WHERE x.id",
    "volume": "SELECT x.code FROM volume x WHERE x.id",
    "filing": "SELECT x.title FROM filing x WHERE x.id",
    "disposal": "SELECT x.number FROM disposal x WHERE x.id",
}


def subject_sql(column: str) -> str:
    """SQL that writes a stored subject (“batch 12”) as the office calls it (“批次 2080502-2024-06-01”), for lists."""
    first = f"substr({column}, 1, instr({column} || ' ', ' ') - 1)"
    rest = plain = f"substr({column}, instr({column} || ' ', ' '))"
    for word, name in _INSIDE.items():
        rest = f"replace({rest}, '{word}', '{name}')"
    called = [
        f"WHEN '{word}' THEN '{SUBJECT_NAMES[word]} ' || coalesce(({sql} = CAST({plain} AS INTEGER)), trim({plain}))"
        for word, sql in _CALLED.items()
    ]
    others = [
        f"WHEN '{word}' THEN '{name}' || {rest}"
        for word, name in SUBJECT_NAMES.items()
        if word not in _CALLED
    ]
    return f"CASE {first} {' '.join(called + others)} ELSE {column} END"


def facts_of(counts: Mapping[str, object], more: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """The figures of an act in words, money in yuan; `more` names keys that are known elsewhere (codes of findings)."""
    names = {**COUNT_NAMES, **(more or {})}
    return [(names.get(key, "其他"), _value(key, value)) for key, value in counts.items()]


def _value(key: str, value: object) -> str:
    text = str(value)
    if (key == "fen" or key.endswith("_fen")) and text.lstrip("-").isdecimal():
        return f"{yuan_text(Fen(int(text)))} 元"
    if key.endswith("sha256"):
        return text[:12]
    return f"{value:,}" if isinstance(value, int) else _VALUES.get(text, text)
