"""bank-return, return list/confirm/set-aside, payment bounce/recover."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.returns.queries import returns, unsettled_lines
from app.returns.use_cases import bounce_payment, confirm_line, post_return, recover_payment, set_line_aside
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.money import Fen, fen_from_text, yuan_text


def add_commands(commands: Commands) -> None:
    """The returns' commands."""
    posted = commands.add("bank-return", _post, "登记回盘文件")
    posted.add_argument("file", type=Path, metavar="FILE")
    posted.add_argument("--batch", metavar="ID", help="属于哪个批次（不写则按内容判断）")
    posted.add_argument("--profile", metavar="NAME", help="银行格式（不写则按列名判断）")
    listed = commands.add("return list", _list, "已登记的回盘文件和待确认的明细")
    listed.add_argument("--batch", metavar="ID")
    confirmed = commands.add("return confirm", _confirm, "确认一行对不上的回盘明细是哪一笔")
    confirmed.add_argument("line", type=int, metavar="LINE", help="回盘明细编号，见 return list")
    confirmed.add_argument(
        "--payment",
        type=int,
        required=True,
        metavar="ID",
        help="发放明细编号，见 return list 的说明或 batch show",
    )
    confirmed.add_argument("--outcome", choices=("paid", "failed"), help="银行的文字看不出结果时指明")
    confirmed.add_argument("--note", default="", metavar="TEXT", help="核实情况")
    aside = commands.add(
        "return set-aside", _set_aside, "认定一行回盘明细无须认领（不是本所的款，或另有文件答复）"
    )
    aside.add_argument("line", type=int, metavar="LINE", help="回盘明细编号，见 return list")
    aside.add_argument("--reason", required=True, metavar="TEXT")
    bounced = commands.add("payment bounce", _bounce, "登记退票（已发放后被银行退回）")
    bounced.add_argument("payment", type=int, metavar="ID")
    bounced.add_argument("--reason", required=True, metavar="TEXT")
    recovered = commands.add("payment recover", _recover, "登记追回（全额或部分）")
    recovered.add_argument("payment", type=int, metavar="ID")
    recovered.add_argument("--reason", required=True, metavar="TEXT")
    recovered.add_argument("--yuan", metavar="YUAN", help="只追回一部分时的金额（元）")


def _post(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = post_return(desk, path=options.file, batch_id=options.batch, profile=options.profile).answer
    lines = []
    if "number" in answer:
        state = BATCH_STATE_NAMES[BatchState(str(answer["state"]))]
        lines.append(f"批次 {answer['number']}（{state}）：回盘 {answer['lines']} 行。")
    lines.append(
        f"登记 {answer['matched']} 笔（成功 {answer['paid']}，失败 {answer['failed']}），"
        f"对不上 {answer['unmatched']} 行（待确认 {answer['waiting']}），以前已登记 {answer['already_posted']} 行。"
    )
    if waiting := cast(Sequence[str], answer.get("other_batches_waiting", ())):
        lines.append(
            f"还在等回盘的批次：{'、'.join(waiting)}。如果这是其中一个批次的回盘，请用 --batch 指明。"
        )
    failures = cast(Sequence[Mapping[str, object]], answer["failures"])
    lines += [
        f"失败：第 {f['line']} 行 {f['payee']}（尾号 {f['account_tail']}）{yuan_text(Fen(cast(int, f['owed_fen'])))} 元，"
        f"{f['reason']}。{f['what_to_do']}（{f['due_on']} 前办结）"
        for f in failures
    ]
    unmatched = cast(Sequence[Mapping[str, object]], answer["unmatched_lines"])
    lines += [
        f"对不上：回盘明细 {u['return_line']}（第 {u['line']} 行 {u['name']} 尾号 {u['account_tail']}）{u['note']}"
        for u in unmatched
    ]
    return Answer(answer, lines)


def _list(desk: Desk, options: argparse.Namespace) -> Answer:
    posted, unsettled = returns(desk.store, options.batch), unsettled_lines(desk.store, options.batch)
    return Answer(
        {"returns": [one.as_json() for one in posted], "unsettled": [line.as_json() for line in unsettled]},
        [
            *table(
                ["回盘", "文件", "银行格式", "行数", "登记日期"],
                [(r.id, r.file_name, r.profile, r.lines, r.received_on) for r in posted],
            ),
            *table(
                ["明细", "文件", "行", "户名", "账号尾号", "金额", "处理结果", "原因", "说明"],
                [
                    (u.id, u.file_name, u.line, u.name, u.account_tail, "" if u.fen is None else yuan_text(u.fen),
                     u.answer, u.reason, u.note)
                    for u in unsettled
                ],
            ),
        ],
    )  # fmt: skip


def _confirm(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = confirm_line(
        desk, line_id=options.line, payment_id=options.payment, outcome=options.outcome, note=options.note
    ).answer
    outcome = BUCKET_NAMES[Bucket(str(answer["outcome"]))]
    return Answer(
        answer, [f"回盘明细 {answer['return_line']} 已确认为发放明细 {answer['payment']}：{outcome}。"]
    )


def _set_aside(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = set_line_aside(desk, line_id=options.line, reason=options.reason).answer
    return Answer(answer, [f"回盘明细 {answer['return_line']} 已认定无须认领：{answer['reason']}。"])


def _bounce(desk: Desk, options: argparse.Namespace) -> Answer:
    answer = bounce_payment(desk, payment_id=options.payment, reason=options.reason).answer
    fen = Fen(cast(int, answer["fen"]))
    return Answer(
        answer,
        [
            f"已登记退票 {yuan_text(fen)} 元（批次 {answer['number']}）。{answer['what_to_do']}（{answer['due_on']} 前办结）"
        ],
    )


def _recover(desk: Desk, options: argparse.Namespace) -> Answer:
    asked = None if options.yuan is None else fen_from_text(options.yuan)
    answer = recover_payment(desk, payment_id=options.payment, reason=options.reason, fen=asked).answer
    fen, left = Fen(cast(int, answer["fen"])), Fen(cast(int, answer["left_fen"]))
    rest = f"，尚未追回 {yuan_text(left)} 元" if left else "，已全部追回"
    return Answer(answer, [f"已登记追回 {yuan_text(fen)} 元（批次 {answer['number']}）{rest}。"])
