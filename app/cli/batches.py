"""batch create/show/check/list/recompute/submit/review/reject/approve/cancel/limit, payment stop/restore/close/why, reissue."""

import argparse
from collections.abc import Mapping, Sequence
from typing import cast

from app.batches.checks.scope import LIMITS, check_limits
from app.batches.payments.use_cases import close_payment, restore_payment, stop_payment
from app.batches.queries import (
    PAGE,
    BatchView,
    PaymentView,
    batch_view,
    batches,
    check_batch,
    payments_of,
    why,
)
from app.batches.sheet import LEVEL_NAMES, STAGE_NAMES, CheckSheet
from app.batches.use_cases import (
    approve_batch,
    cancel_batch,
    create_batch,
    recompute_batch,
    reissue_batch,
    reject_batch,
    review_batch,
    set_check_limit,
    submit_batch,
)
from app.cli.frame import Answer, Commands, Handler, NotAPair, pairs, table
from app.desk import Desk
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.masking import mask_account, mask_id, mask_phone
from models.domain.money import Fen, yuan_text
from models.domain.refusal import Refusal

_MOST_SAID = 20
_ROWS_SAID = 10


class NotFen(Refusal):
    """An amount of a funding line that is no whole number of fen."""

    form = "资金来源“{written}”的金额不对：要填写以分为单位的整数，例如 100.00 元写 10000。"


def add_commands(commands: Commands) -> None:
    """The batches' commands."""
    made = commands.add("batch create", _create, "按在册享受对象编制批次")
    made.add_argument("--program", required=True, metavar="P", help="项目编码，或唯一的名称")
    made.add_argument("--period", required=True, metavar="PERIOD", help="期间，例如 2024-06")
    listed = commands.add("batch list", _list, "批次一览")
    listed.add_argument("--state", choices=[state.value for state in BatchState], metavar="STATE")
    shown = _of_batch(commands, "batch show", _show, "一个批次的情况和明细")
    shown.add_argument("--bucket", metavar="BUCKET", help="只列某种款项状态的明细")
    shown.add_argument("--from-line", type=int, default=1, metavar="N", help="从第几条明细开始")
    shown.add_argument("--lines", type=int, default=PAGE, metavar="N", help="列多少条明细")
    checked = _of_batch(commands, "batch check", _check, "体检")
    checked.add_argument("--stage", choices=["submit", "approve"], help="按提交或审批的要求检查")
    _of_batch(commands, "batch recompute", _recompute, "重算编制中或被退回的批次")
    _passing_on(commands, "batch submit", _submit, "提交复核", reasons=True)
    _passing_on(commands, "batch review", _review, "复核")
    _with_words(commands, "batch reject", _reject, "退回")
    approved = _passing_on(commands, "batch approve", _approve, "审批", reasons=True)
    approved.add_argument(
        "--fund",
        action="append",
        default=[],
        metavar="DOCUMENT=FEN",
        help="资金来源，可多次；不写则按文号顺序安排",
    )
    _with_words(commands, "batch cancel", _cancel, "作废")
    limit = commands.add("batch limit", _limit, "查看或设置体检的界限")
    limit.add_argument("name", nargs="?", metavar="NAME")
    limit.add_argument("limit", nargs="?", type=int, metavar="N")
    again = _of_batch(commands, "reissue", _reissue, "补发失败和退票的款项")
    again.add_argument("--payment", type=int, action="append", metavar="ID", help="只补发这些明细，可多次")
    for name, handler, help_text, required in (
        ("payment stop", _stop, "停发一笔", True),
        ("payment restore", _restore, "恢复发放一笔", False),
        ("payment close", _close, "关闭一笔未付款项", True),
    ):
        one = commands.add(name, handler, help_text)
        one.add_argument("payment", type=int, metavar="ID")
        one.add_argument("--reason", required=required, default="", metavar="TEXT", help="原因")
        if handler is _close:
            one.add_argument("--refund", action="store_true", help="款项已退回财政，不转应缴财政款")
    explained = commands.add("payment why", _why, "一笔金额的计算过程和依据")
    explained.add_argument("payment", type=int, metavar="ID")


def _of_batch(commands: Commands, name: str, handler: Handler, help_text: str) -> argparse.ArgumentParser:
    parser = commands.add(name, handler, help_text)
    parser.add_argument("batch", metavar="BATCH", help="批次编号")
    return parser


def _passing_on(
    commands: Commands, name: str, handler: Handler, help_text: str, *, reasons: bool = False
) -> argparse.ArgumentParser:
    parser = _of_batch(commands, name, handler, help_text)
    parser.add_argument("--opinion", default="", metavar="TEXT", help="意见")
    if reasons:
        parser.add_argument(
            "--reason", action="append", default=[], metavar="CHECK=TEXT", help="对体检预警的书面说明，可多次"
        )
    return parser


def _with_words(commands: Commands, name: str, handler: Handler, help_text: str) -> None:
    parser = _of_batch(commands, name, handler, help_text)
    parser.add_argument("--opinion", "--reason", dest="opinion", default="", metavar="TEXT", help="原因")


def _funds(written: Sequence[str]) -> dict[str, int]:
    """DOCUMENT=FEN options; the same document twice adds up. Raises NotAPair, NotFen."""
    funds: dict[str, int] = {}
    for one in written:
        document, _, fen = one.rpartition("=")
        if not (document.strip() and fen.strip()):
            raise NotAPair(written=one, form_shown="文号=分")
        if not (fen.strip().isascii() and fen.strip().isdigit()):
            raise NotFen(written=one)
        funds[document.strip()] = funds.get(document.strip(), 0) + int(fen)
    return funds


# -- batches ------------------------------------------------------------------------------------------------


def _create(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = create_batch(desk, program=options.program, period=options.period).answer
    return Answer(answer, ["已编制", *_made_lines(answer)])


def _recompute(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = recompute_batch(desk, batch_id=options.batch).answer
    return Answer(answer, ["已重算", *_made_lines(answer)])


def _reissue(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = reissue_batch(desk, batch_id=options.batch, payment_ids=options.payment).answer
    return Answer(answer, [f"已编制补发批次（原批次 {answer['source']}）", *_made_lines(answer)])


def _made_lines(answer: Mapping[str, object]) -> list[str]:
    lines = [_summary(answer)]
    already = cast(Sequence[Mapping[str, object]], answer.get("already", ()))
    problems = cast(Sequence[Mapping[str, object]], answer.get("problems", ()))
    if already:
        lines.append(f"已在其他批次、没有再编入的 {len(already)} 人（户）。")
    if problems:
        lines.append(f"不能编入的 {len(problems)} 人（户）：")
        lines += [f"{one['name']} {one['id_masked']}：{one['sentence']}" for one in problems[:_MOST_SAID]]
        if len(problems) > _MOST_SAID:
            lines.append(f"……其余 {len(problems) - _MOST_SAID} 人（户）见 --json。")
    return lines


def _summary(answer: Mapping[str, object]) -> str:
    owed = yuan_text(Fen(cast(int, answer["owed_fen"])))
    state = BATCH_STATE_NAMES[BatchState(str(answer["state"]))]
    return f"批次 {answer['number']}：{answer['payments']} 笔，{owed} 元，{state}。"


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    found = batches(desk.store, options.state)
    return Answer(
        {"batches": [one.as_json() for one in found]},
        table(
            ["批次", "项目", "期间", "笔数", "金额", "状态", "编制日期"],
            [
                (
                    one.number,
                    one.program_name,
                    one.period_shown,
                    one.payments,
                    yuan_text(one.owed_fen),
                    one.state_name,
                    one.created_on,
                )
                for one in found
            ],
        ),
    )


def _show(desk: Desk, options: argparse.Namespace) -> Answer:
    view = batch_view(desk.store, options.batch)
    payments = payments_of(
        desk.store,
        view.line.id,
        bucket=options.bucket,
        offset=max(options.from_line - 1, 0),
        limit=max(options.lines, 0),
    )
    return Answer(
        {**view.as_json(), "lines": [_payment_json(one) for one in payments]}, _show_lines(view, payments)
    )


def _payment_json(one: PaymentView) -> dict[str, object]:
    """A payment for scripts: ID and account whole, as the registry and the bank file need them."""
    return {
        "payment": one.id,
        "line": one.line,
        "village": one.village,
        "group": one.group,
        "name": one.name,
        "id_number": one.id_number,
        "head_name": one.head_name,
        "payee_name": one.payee_name,
        "payee_id_number": one.payee_id_number,
        "account_number": one.account_number,
        "account_holder": one.account_holder,
        "bank": one.bank,
        "phone": one.phone,
        "quantity": one.quantity,
        "rate": one.rate,
        "owed_fen": one.owed_fen,
        "bucket": one.bucket.value,
        "recovered_fen": one.recovered_fen,
        "reason": one.reason,
        "source": one.source_id,
    }


def _show_lines(view: BatchView, payments: Sequence[PaymentView]) -> list[str]:
    line = view.line
    return [
        f"批次 {line.number}  {line.program_name}  {line.period_shown}  {line.state_name}",
        f"{line.payments} 笔，{yuan_text(line.owed_fen)} 元，按第 {view.policy_version} 版政策 {view.document}",
        *([f"原批次 {line.source_number}"] if line.source_number else []),
        "  ".join(
            f"{BUCKET_NAMES[bucket]} {tally.payments} 笔 {yuan_text(tally.fen)} 元"
            for bucket, tally in view.buckets.items()
            if tally.payments
        ),
        *(f"资金 {one.document} {yuan_text(Fen(one.fen - one.returned_fen))} 元" for one in view.funding),
        *(f"{act.business_date} {act.operator} {act.step_name} {act.opinion}".rstrip() for act in view.acts),
        f"现在可以办理：{'、'.join(view.next_steps) or '（无）'}",
        *table(
            [
                "编号",
                "行",
                "村",
                "受益人",
                "身份证号",
                "收款人",
                "账号",
                "电话",
                "数量",
                "标准",
                "金额",
                "状态",
                "原因",
            ],
            [
                (
                    one.id,
                    one.line,
                    one.village,
                    one.name,
                    mask_id(one.id_number),
                    one.payee_name,
                    mask_account(one.account_number),
                    mask_phone(one.phone),
                    one.quantity,
                    one.rate,
                    yuan_text(one.owed_fen),
                    BUCKET_NAMES[one.bucket],
                    one.reason,
                )
                for one in payments
            ],
        ),
    ]


def _check(desk: Desk, options: argparse.Namespace) -> Answer:
    sheet = check_batch(desk.store, options.batch, desk.today, options.stage)
    return Answer(sheet.as_json(), _check_lines(sheet))


def _check_lines(sheet: CheckSheet) -> list[str]:
    lines = [
        f"批次 {sheet.number} 体检（{STAGE_NAMES[sheet.stage]}）：{sheet.checked.payments} 笔，"
        f"{len(sheet.blockers)} 项不能通过，{len(sheet.to_explain)} 项需要说明。"
    ]
    for one in sheet.results:
        verdict = "通过" if one.passed else f"{len(one.rows)} 行，{LEVEL_NAMES[one.level]}"
        lines.append(
            f"{one.code.value}  {one.name}：{verdict}" + (f"  说明：{one.reason}" if one.reason else "")
        )
        for row in one.rows[:_ROWS_SAID]:
            who = f"第 {row.line} 行 {row.name} {row.id_masked}：" if row.payment_id is not None else ""
            lines.append(f"    {who}{row.sentence}")
        if len(one.rows) > _ROWS_SAID:
            lines.append(f"    ……其余 {len(one.rows) - _ROWS_SAID} 行见 --json。")
    return lines


def _submit(desk: Desk, options: argparse.Namespace) -> Answer:
    reasons = pairs(options.reason, "体检代码=理由")
    answer = submit_batch(desk, batch_id=options.batch, opinion=options.opinion, reasons=reasons).answer
    return Answer(answer, ["已提交", _summary(answer)])


def _review(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = review_batch(desk, batch_id=options.batch, opinion=options.opinion).answer
    return Answer(answer, ["已复核", _summary(answer)])


def _reject(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = reject_batch(desk, batch_id=options.batch, opinion=options.opinion).answer
    return Answer(answer, ["已退回", _summary(answer)])


def _approve(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = approve_batch(
        desk,
        batch_id=options.batch,
        opinion=options.opinion,
        funds=_funds(options.fund),
        reasons=pairs(options.reason, "体检代码=理由"),
    ).answer
    return Answer(answer, ["已审批", _summary(answer)])


def _cancel(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = cancel_batch(desk, batch_id=options.batch, opinion=options.opinion).answer
    return Answer(answer, [f"已作废，停发 {answer['stopped']} 笔", _summary(answer)])


def _limit(desk: Desk, options: argparse.Namespace) -> Answer:
    if options.name is not None and options.limit is not None:
        answer = set_check_limit(desk, name=options.name, limit=options.limit).answer
        return Answer(answer, [f"{answer['name']} 已设为 {answer['limit']}。"])
    limits = check_limits(desk.store)
    return Answer(
        {"limits": limits},
        table(["名称", "值", "含义"], [(name, limit, LIMITS[name][1]) for name, limit in limits.items()]),
    )


# -- payments -----------------------------------------------------------------------------------------------


def _stop(desk: Desk, options: argparse.Namespace) -> Answer:
    return _moved(stop_payment(desk, payment_id=options.payment, reason=options.reason).answer)


def _restore(desk: Desk, options: argparse.Namespace) -> Answer:
    return _moved(restore_payment(desk, payment_id=options.payment, reason=options.reason).answer)


def _close(desk: Desk, options: argparse.Namespace) -> Answer:
    return _moved(
        close_payment(
            desk, payment_id=options.payment, reason=options.reason, handed_back=options.refund
        ).answer
    )


def _moved(answer: Mapping[str, object]) -> Answer:
    # `owed_fen` of the answer is the batch's, beside its buckets
    bucket = BUCKET_NAMES[Bucket(str(answer["bucket"]))]
    fen = yuan_text(Fen(cast(int, answer["payment_fen"])))
    return Answer(answer, [f"第 {answer['line']} 行 {answer['name']} {fen} 元：{bucket}。", _summary(answer)])


def _why(desk: Desk, options: argparse.Namespace) -> Answer:
    found = why(desk.store, options.payment)
    return Answer(
        found.as_json(),
        [
            f"{found.program_name}  {found.period}  批次 {found.number} 第 {found.line} 行 {found.name}",
            f"{yuan_text(found.owed_fen)} 元：{found.trace}",
            f"依据：第 {found.policy_version} 版政策 {found.document}（{found.family}）"
            + (f"，花名册 {found.roster}" if found.roster else ""),
            f"现在：{BUCKET_NAMES[found.bucket]}" + (f"（{found.reason}）" if found.reason else ""),
        ],
    )
