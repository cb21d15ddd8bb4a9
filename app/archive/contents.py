"""What a batch's dossier 案卷 holds: everything as it was received or frozen, and an index that needs no program to read."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from app.access.queries import several_posts_line
from app.archive.pages import Figure, csv_bytes, link, page, table_html, xlsx_bytes
from app.audit.queries import head_of
from app.bankfiles.queries import bank_files
from app.batches.queries import BatchView, batch_view
from app.batches.steps import BatchRow
from app.ledger.queries import VoucherView, lines_of, vouchers
from app.notices.photos import photo_bytes, photos_of
from app.notices.queries import notices_of, objections_of
from app.notices.steps import kept_notices
from app.returns.queries import NOTE, returns
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.notice_flow import NOTICE_STATE_NAMES, NoticeState
from models.domain.matching import REASON_NAMES, ReasonClass
from models.domain.money import Fen, yuan_plain, yuan_text
from models.domain.retention import RETENTION, destroyable_on
from models.store.opening import Store

INDEX: Final = "index.html"
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029<>:"/\\|?*]')
"""What some system does not take in a name, or takes for the end of a line."""
_OUTCOMES: Final = {
    "paid": "成功", "failed": "失败", "already_posted": "以前已登记", "waiting": "待确认", "unknown": "对不上",
}  # fmt: skip
_DAY_KINDS: Final = {"workdays": "个工作日", "calendar": "个自然日", "months": "个月"}
_LEVELS: Final = {"blocker": "必须处理", "warning": "需要说明"}
_STAGES: Final = {"submit": "提交时", "approve": "审批时"}


def dossier_files(store: Store, batch: BatchRow, made_on: str) -> dict[str, bytes]:
    """The files of a batch's dossier by their names in it. Raises FileDamaged when one that was kept is not whole."""
    view = batch_view(store, batch.id)
    files: dict[str, bytes] = {}
    for name, body in (
        *_sources(store, batch),
        *_check_sheets(store, batch),
        *_notice(store, batch),
        *_approval(view),
        *_payments(store, batch, made_on),
        *_to_bank_and_back(store, batch, made_on),
        *_vouchers(store, batch),
    ):
        files[_free(name, files)] = body
    files[INDEX] = _index(store, batch, view, files, made_on)
    return files


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """The name, numbered where two files were received under one."""
    path, again = PurePosixPath(name), 1
    while name.casefold() in {known.casefold() for known in taken}:
        again += 1
        name = str(path.with_name(f"{path.stem}（{again}）{path.suffix}"))
    return name


def safe_name(name: str) -> str:
    """A received file's name as it may stand in a zip on any system."""
    clean = _NOT_IN_NAMES.sub("_", name).strip(" .")
    return clean or "未命名"


def _yuan(fen: int) -> Figure:
    return Figure(yuan_text(Fen(fen)))


# -- 1 files as received ------------------------------------------------------------------------------------


def _sources(store: Store, batch: BatchRow) -> Iterator[tuple[str, bytes]]:
    """The workbooks that fed this batch's enrolments; of a reissue those of the batch whose payments it repeats."""
    for run_id, file_name, sha256 in store.rows(
        "WITH RECURSIVE chain (id) AS (SELECT ? UNION SELECT b.source_batch_id FROM batch b JOIN chain c ON b.id = c.id"
        " WHERE b.source_batch_id IS NOT NULL)"
        " SELECT r.id, r.file_name, r.file_sha256 FROM import_run r WHERE r.id IN (SELECT e.run_id FROM payment p"
        " JOIN enrolment e ON e.id = p.enrolment_id WHERE p.batch_id IN (SELECT id FROM chain)) ORDER BY r.id",
        (batch.id,),
    ):
        yield f"1-收到的花名册/{run_id}-{safe_name(file_name)}", store.files.read(sha256, file_name)


# -- 2 check sheets -----------------------------------------------------------------------------------------


def _check_sheets(store: Store, batch: BatchRow) -> Iterator[tuple[str, bytes]]:
    for number, (stage, made_on, body) in enumerate(
        store.rows(
            "SELECT stage, made_on, body FROM check_sheet WHERE batch_id = ? ORDER BY id", (batch.id,)
        ),
        1,
    ):
        name = f"2-体检表/{number}-{_STAGES[stage]}-{made_on}"
        yield f"{name}.json", body.encode()
        yield f"{name}.html", _check_page(batch, stage, made_on, body)


def _check_page(batch: BatchRow, stage: str, made_on: str, body: str) -> bytes:
    sheet = json.loads(body)
    checks = sheet.get("checks", [])
    found: list[tuple[str, str]] = [
        (
            "各项结论",
            table_html(
                ["项目", "类别", "结论", "说明"],
                [
                    (one["name"], _LEVELS.get(one["level"], one["level"]),
                     "通过" if one["passed"] else f"{len(one['rows'])} 行", one["reason"])
                    for one in checks
                ],
            ),
        )
    ]  # fmt: skip
    found += [
        (
            str(one["name"]),
            table_html(
                ["行", "姓名", "证件号", "情况"],
                [(row["line"], row["name"], row["id_masked"], row["sentence"]) for row in one["rows"]],
            ),
        )
        for one in checks
        if not one["passed"]
    ]
    digest = hashlib.sha256(body.encode()).hexdigest()
    return page(
        f"批次 {batch.number} 体检表（{_STAGES[stage]}，{made_on}）",
        *found,
        ("校验码", f"<code>{digest}</code>"),
    )


# -- 3 notice -----------------------------------------------------------------------------------------------


def _notice(store: Store, batch: BatchRow) -> Iterator[tuple[str, bytes]]:
    posted = notices_of(store, batch.id)
    if not posted:
        return
    yield (
        "3-公示/公示记录.csv",
        csv_bytes(
            ["张贴日期", "第一天", "最后一天", "天数", "情况", "名单校验码"],
            [
                (one.posted_on, one.first_day, one.last_day, f"{one.days}{_DAY_KINDS[one.day_kind]}",
                 NOTICE_STATE_NAMES[NoticeState(one.state)], one.rows_sha256)
                for one in posted
            ],
        ),
    )  # fmt: skip
    for number, (posted_on, state, body) in enumerate(kept_notices(store, batch.id), 1):
        withdrawn = "-已撤回" if state == NoticeState.WITHDRAWN else ""
        yield f"3-公示/{number}-公示名单-{posted_on}{withdrawn}.xlsx", body
    for number, photo in enumerate(photos_of(store, batch.id), 1):
        place = _NOT_IN_NAMES.sub("_", f"-{photo.place}") if photo.place else ""
        suffix = PurePosixPath(photo.name).suffix.lower()
        yield f"3-公示/照片/{number}-{photo.taken_on}{place}{suffix}", photo_bytes(store, photo)
    outcomes = {"": "待处理", "upheld": "成立", "rejected": "不成立"}
    objections = objections_of(store, batch.id)
    if objections:
        yield (
            "3-公示/异议.csv",
            csv_bytes(
                ["日期", "异议人", "内容", "结果", "答复", "处理日期"],
                [
                    (o.raised_on, o.person, o.text, outcomes[o.outcome], o.answer, o.decided_on)
                    for o in objections
                ],
            ),
        )


# -- 4 approvals --------------------------------------------------------------------------------------------

_ACT_HEADINGS: Final = ("业务日期", "办理", "操作员", "意见", "实际时间")


def _acts(view: BatchView) -> list[Sequence[object]]:
    return [(act.business_date, act.step_name, act.operator, act.opinion, act.at) for act in view.acts]


def _approval(view: BatchView) -> Iterator[tuple[str, bytes]]:
    yield "4-审批/办理记录.csv", csv_bytes(_ACT_HEADINGS, _acts(view))
    yield (
        "4-审批/资金来源.csv",
        csv_bytes(
            ["文号", "资金级次", "金额（元）", "停发退回（元）"],
            [
                (one.document, one.level, Figure(yuan_plain(one.fen)), Figure(yuan_plain(one.returned_fen)))
                for one in view.funding
            ],
        ),
    )


# -- 5 payments ---------------------------------------------------------------------------------------------


def _payments(store: Store, batch: BatchRow, made_on: str) -> Iterator[tuple[str, bytes]]:
    rows = store.each(
        "SELECT p.line, v.name, p.group_text, p.name, p.id_number, p.head_name, p.head_id_number, p.payee_name,"
        " p.payee_id_number, p.account_number, p.account_holder, p.bank, p.phone, p.quantity_text, p.rate_text, p.owed_fen,"
        " p.trace, p.bucket, p.recovered_fen, p.reason, p.changed_on, coalesce(s.number || ' 第 ' || o.line || ' 行', ''),"
        " coalesce((SELECT t.number || ' 第 ' || n.line || ' 行' FROM payment n JOIN batch t ON t.id = n.batch_id"
        " WHERE n.source_id = p.id AND n.bucket <> 'stopped'), '') FROM payment p JOIN village v ON v.id = p.village_id"
        " LEFT JOIN payment o ON o.id = p.source_id LEFT JOIN batch s ON s.id = o.batch_id WHERE p.batch_id = ?"
        " ORDER BY p.line",
        (batch.id,),
    )
    yield (
        "5-发放明细/发放明细.xlsx",
        xlsx_bytes(
            "发放明细",
            ["行", "村（社区）", "组", "姓名", "证件号码", "户主姓名", "户主证件号码", "收款人", "收款人证件号码", "银行账号",
             "户名", "开户银行", "联系电话", "数量", "标准", "金额（元）", "计算过程", "去向", "已追回（元）", "原因", "变动日期",
             "补发自", "由此补发"],
            ((*row[:17], BUCKET_NAMES[Bucket(row[17])], *row[18:]) for row in rows),
            made_on,
        ),
    )  # fmt: skip


# -- 6, 7 the bank ------------------------------------------------------------------------------------------


def _to_bank_and_back(store: Store, batch: BatchRow, made_on: str) -> Iterator[tuple[str, bytes]]:
    for file in bank_files(store, batch.id):
        yield f"6-报盘/{safe_name(file.name)}", store.files.read(file.sha256, file.name)
    for answer in returns(store, batch.id):
        yield f"7-回盘/{safe_name(answer.file_name)}", store.files.read(answer.sha256, answer.file_name)
    lines = store.rows(
        f"SELECT r.file_name, l.line, p.line, l.name, l.account_number, l.fen, l.answer, l.reason, l.outcome, {NOTE},"
        " a.state, a.reason_class, a.answered_on FROM return_line l JOIN bank_return r ON r.id = l.return_id"
        " LEFT JOIN attempt a ON a.id = l.attempt_id LEFT JOIN payment p ON p.id = a.payment_id"
        " LEFT JOIN return_line_aside s ON s.line_id = l.id"
        " WHERE p.batch_id = ?1 OR (a.id IS NULL AND s.line_id IS NOT NULL AND r.batch_id = ?1) ORDER BY l.return_id, l.line",
        (batch.id,),
    )
    if lines:
        yield (
            "7-回盘/回盘明细.xlsx",
            xlsx_bytes(
                "回盘明细",
                ["文件", "文件行", "明细行", "户名", "账号", "金额（元）", "银行答复", "银行原因", "登记结果", "备注", "原因类别",
                 "登记日期"],
                (
                    (*row[:8], _OUTCOMES.get(row[8], row[8]), row[9], REASON_NAMES[ReasonClass(row[11])] if row[11] else "",
                     row[12])
                    for row in lines
                ),
                made_on,
            ),
        )  # fmt: skip


# -- 8 vouchers ---------------------------------------------------------------------------------------------


def _vouchers_of(store: Store, batch: BatchRow) -> list[VoucherView]:
    """The batch's own vouchers and those of others with a line on it (the sending of its reissue)."""
    mine = {
        row[0]
        for row in store.rows(
            "SELECT id FROM voucher WHERE batch_id = ?1 UNION SELECT voucher_id FROM voucher_line WHERE batch_id = ?1",
            (batch.id,),
        )
    }
    return [one for one in vouchers(store) if one.id in mine]


def _vouchers(store: Store, batch: BatchRow) -> Iterator[tuple[str, bytes]]:
    found = [(one, lines_of(store, one.id)) for one in _vouchers_of(store, batch)]
    headings = [
        "凭证",
        "日期",
        "业务",
        "摘要",
        "科目",
        "借方（元）",
        "贷方（元）",
        "文号",
        "批次",
        "附件",
        "制单",
    ]
    rows = [
        (f"{one.month}/{one.name}", one.posted_on, one.event_name, one.summary, line.ledger_name,
         Figure(yuan_plain(line.debit_fen)) if line.debit_fen else "",
         Figure(yuan_plain(line.credit_fen)) if line.credit_fen else "", line.document, line.batch, one.attachments,
         one.operator)
        for one, lines in found
        for line in lines
    ]  # fmt: skip
    yield "8-凭证/凭证.csv", csv_bytes(headings, rows)
    yield "8-凭证/凭证.html", page(f"批次 {batch.number} 记账凭证", ("", table_html(headings, rows)))


# -- the index ----------------------------------------------------------------------------------------------


def _facts(store: Store, batch: BatchRow, view: BatchView, made_on: str) -> list[tuple[str, str | None]]:
    line = view.line
    kept = RETENTION["voucher"]
    until = destroyable_on(int((batch.settled_on or made_on)[:4]), kept.years)
    return [
        ("办公点", f"{store.value('SELECT township FROM office')}财政所"),
        ("批次", batch.number),
        ("补贴项目", f"{line.program_code} {line.program_name}"),
        ("期间", line.period_shown),
        ("种类", "补发" if batch.is_reissue else "正常发放"),
        ("发放依据", f"{view.document}（政策第 {view.policy_version} 版）"),
        ("补发自批次", line.source_number or "—"),
        ("由此补发的批次", "、".join(view.reissues) or "—"),
        ("应发", f"{line.payments} 笔 {yuan_text(line.owed_fen)} 元"),
        ("审批日期", batch.approved_on),
        ("审批时日志校验码", head_of(store, "batch.approve", f"batch {batch.id}") or "—"),
        ("报盘日期", batch.sent_on),
        ("结清日期", batch.settled_on),
        ("提交时明细校验码", batch.snapshot_sha256),
        ("案卷编制日期", made_on),
        ("保管期限", f"{kept.label} {kept.years} 年，{until} 起方可鉴定销毁" if until else "永久"),
        *([("人员兼岗", posts)] if (posts := several_posts_line(store)) else []),
    ]


def _buckets(view: BatchView) -> list[Sequence[object]]:
    """Where the money is, bucket by bucket, and the sum."""
    rows: list[Sequence[object]] = [
        (BUCKET_NAMES[bucket], tally.payments, _yuan(tally.fen))
        for bucket, tally in view.buckets.items()
        if tally.payments
    ]
    total = sum(tally.fen for tally in view.buckets.values())
    return [*rows, ("合计", sum(tally.payments for tally in view.buckets.values()), _yuan(total))]


def _index(store: Store, batch: BatchRow, view: BatchView, files: Mapping[str, bytes], made_on: str) -> bytes:
    township, line = store.value("SELECT township FROM office"), view.line
    contents = "".join(f"<li>{link(name)}</li>" for name in sorted(files))
    return page(
        f"{township} {line.program_name} {line.period_shown} 发放案卷",
        ("基本情况", table_html(["项目", "内容"], _facts(store, batch, view, made_on))),
        ("款项去向", table_html(["去向", "笔数", "金额（元）"], _buckets(view))),
        (
            "资金来源",
            table_html(
                ["文号", "资金级次", "金额（元）", "停发退回（元）"],
                [(one.document, one.level, _yuan(one.fen), _yuan(one.returned_fen)) for one in view.funding],
            ),
        ),
        ("办理记录", table_html(_ACT_HEADINGS, _acts(view))),
        (
            "报盘文件",
            table_html(
                ["文件", "笔数", "金额（元）", "日期", "SHA-256"],
                [
                    (file.name, file.lines, _yuan(file.total_fen), file.made_on, file.sha256)
                    for file in bank_files(store, batch.id)
                ],
            ),
        ),
        (
            "记账凭证",
            table_html(
                ["凭证", "日期", "业务", "摘要", "金额（元）"],
                [
                    (f"{one.month}/{one.name}", one.posted_on, one.event_name, one.summary, _yuan(one.fen))
                    for one in _vouchers_of(store, batch)
                ],
            ),
        ),
        ("卷内文件", f"<ul>{contents}</ul><p>每个文件的 SHA-256 见 {link('SHA256SUMS.txt')}。</p>"),
    )
