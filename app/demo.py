"""One month of the sample township, end to end: what `make demo` shows.

Real use cases on real workbooks; only the bank is played (`app.demo_bank`). Two programs are paid, a few lines fail, their accounts
are mended and they are paid again; then the books, the dossier and the monthly return must agree.
"""

import shutil
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import cast

from app.access.queries import several_posts_line, sit_down
from app.access.use_cases import add_operator
from app.archive.use_cases import archive_batch, make_dossier
from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.batches.payments.use_cases import stop_payment
from app.batches.queries import check_batch
from app.batches.sheet import Stage
from app.batches.steps import load_batch
from app.batches.use_cases import approve_batch, create_batch, reissue_batch, review_batch, submit_batch
from app.demo_bank import NAME as BANK
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.doctor import check_up
from app.enrolment.use_cases import import_roster
from app.founding import found_office
from app.intake.use_cases import import_allotments
from app.ledger.queries import trial_balance
from app.notices.steps import posted_notice, write_notice
from app.notices.use_cases import publicize_batch
from app.programs.use_cases import add_policies
from app.registry.use_cases import import_accounts, import_list, import_people
from app.reports.figures import monthly_figures
from app.reports.sheet import write_monthly
from app.reports.tie_out import tie_out, tie_out_sheets
from app.reports.use_cases import submit_report
from app.resources import resource
from app.returns.use_cases import post_return
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.money import Fen, yuan_text
from models.domain.permission import Post
from models.domain.refusal import Refusal
from models.store.durable import replacing, world_error
from models.store.opening import Store

PASSWORD = "yunxi-2024"  # noqa: S105 - published on purpose; keys alone, for no input method writes into a password field
"""Published: the sample office is for looking, never for real people."""

OPERATORS = {"王经办": Post.CLERK, "李复核": Post.REVIEWER, "陈审批": Post.APPROVER}
ROSTERS = ("gdbh", "stgyl", "ncdb", "tkgy", "gljt", "cjhl", "skym", "slh")
PROGRAMS = {
    "gdbh": "2130122",
    "stgyl": "2110501",
    "ncdb": "2081902",
    "tkgy": "2082102",
    "gljt": "2080502",
    "cjhl": "2081108",
    "skym": "2130321",
    "slh": "933062400001",
}
PAID = {"2080502": "icbc", "2130122": "rural_bank"}
"""The two programs that the demo pays, each through another bank's file."""
MONTH = "2024-06"
MARK = ".xiangcai-demo"
_FAILED_LINES = {2: "账户为睡眠户", 5: "户名不符", 9: "账户已销户"}


class NotADemoFolder(Refusal):
    """The folder holds something that the demo did not make."""

    form = "“{folder}”里已有别的内容，示例不会覆盖。请换一个空文件夹。"


@dataclass
class Month:
    """The month as it goes: whose desk, which day, what was made."""

    folder: Path
    store: Store
    say: Callable[[str], None]
    day: date = date(2024, 6, 3)
    made: list[tuple[str, Path]] = field(default_factory=list)

    def desk(self, name: str) -> Desk:
        """The desk of one of the operators, on the day reached."""
        return sit_down(self.store, name, datetime.now(), self.day)

    @property
    def clerk(self) -> Desk:
        """王经办's desk."""
        return self.desk("王经办")

    def pass_days(self, days: int) -> None:
        """Let days go by."""
        self.day += timedelta(days=days)

    def keep(self, what: str, path: Path) -> Path:
        """Note a file that was made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.made.append((what, path))
        return path


def run_demo(folder: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Walk one month of the sample township in `folder` (made anew) and give its figures.

    `say` hears what happens, a Chinese line at a time. Raises NotADemoFolder for a folder with other things in it.
    """
    month = _begin(folder, say)
    try:
        _take_in(month)
        batches = {_enter(month, code): profile for code, profile in PAID.items()}
        _wait_for_notices(month)
        for batch, profile in batches.items():
            _pay(month, batch, profile)
        figures = _close(month, batches)
    finally:
        month.store.close()
    say("")
    say("做出来的文件：")
    for what, path in month.made:
        say(f"  {what}：{path}")
    return figures


def _begin(folder: Path, say: Callable[[str], None]) -> Month:
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARK).exists():
                raise NotADemoFolder(folder=folder)
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).write_text("乡财一卡通示例，可以整个删除\n", encoding="utf-8")
    except OSError as error:
        raise world_error(error, folder) from error
    founded = found_office(
        folder / "办公点", township="云溪镇", code="330624199", villages=(), password=PASSWORD, now=datetime.now(),
        is_sample=True,
    )  # fmt: skip
    for name, post in OPERATORS.items():
        add_operator(founded.desk, name=name, posts=[post], password=PASSWORD)
    say(f"示例办公点“云溪镇”：{folder / '办公点'}")
    say(
        f"这是示例，人是编的、密码是公开的（{PASSWORD}），操作员：admin、{'、'.join(OPERATORS)}。不要存放真实数据。"
    )
    return Month(folder, founded.desk.store, say)


def _take_in(month: Month) -> None:
    """Workbooks as received: people, accounts, policies, allotments, rosters, then the list of deaths."""
    sample = resource("sample")
    clerk, say = month.clerk, month.say
    say("")
    say("一、收表")
    _said(say, "户籍底册", import_people(clerk, path=sample / "户籍底册.xlsx").answer)
    _said(say, "账户清册", import_accounts(clerk, path=sample / "账户清册.xlsx").answer)
    policies = tomllib.loads((sample / "policies.toml").read_text(encoding="utf-8"))["policy"]
    add_policies(clerk, tables=policies, source_name="policies.toml")
    say(f"  政策 {len(policies)} 项")
    _said(say, "资金指标", import_allotments(clerk, path=sample / "资金指标.xlsx").answer)
    for key in ROSTERS:
        done = import_roster(clerk, path=sample / f"{key}.xlsx", program=PROGRAMS[key], period=MONTH).answer
        _said(say, f"花名册 {key}", done)
    hits = cast(
        Sequence[object], import_list(clerk, path=sample / "死亡人员名单.xlsx", kind="deaths").answer["hits"]
    )
    import_list(clerk, path=sample / "财政供养人员名单.xlsx", kind="payroll")
    say(f"  死亡人员名单：比中 {len(hits)} 人（含相近号码，待核）")


def _said(say: Callable[[str], None], what: str, answer: Mapping[str, object]) -> None:
    money = f"，{yuan_text(Fen(cast(int, answer['accepted_fen'])))} 元" if "accepted_fen" in answer else ""
    say(f"  {what}：{answer['rows']} 行，通过 {answer['accepted']} 行，退回 {answer['rejected']} 行{money}")


def _enter(month: Month, code: str) -> int:
    """One program from 编制 to 公示; gives the batch."""
    say = month.say
    made = create_batch(month.clerk, program=code, period=MONTH).answer
    batch = cast(int, made["batch"])
    say("")
    say(f"二、编制 {_title(month.store, batch)}")
    say(f"  {made['payments']} 笔，{yuan_text(Fen(cast(int, made['owed_fen'])))} 元")
    _stop_blocked(month, batch)
    submit_batch(month.clerk, batch_id=batch, reasons=_reasons(month, batch, "submit"))
    review_batch(month.desk("李复核"), batch_id=batch, opinion="复核无误")
    publicize_batch(month.clerk, batch_id=batch)
    posted = posted_notice(month.store, load_batch(month.store, batch))
    number = str(month.store.value("SELECT number FROM batch WHERE id = ?", (batch,)))
    write_notice(posted, month.keep("公示表", month.folder / "公示" / f"公示-{number}.xlsx"))
    say("  李复核复核，公示表一村一张，不含账号和电话")
    return batch


def _wait_for_notices(month: Month) -> None:
    """The notices run their days."""
    last_day = date.fromisoformat(
        str(month.store.value("SELECT max(last_day) FROM public_notice WHERE state = 'posted'"))
    )
    month.day = last_day + timedelta(days=1)
    month.say("")
    month.say(f"三、公示到 {last_day} 期满，{month.day} 审批、报盘")


def _pay(month: Month, batch: int, profile: str) -> None:
    """One batch from 审批 to its last payment, with a reissue of what failed."""
    approve_batch(
        month.desk("陈审批"), batch_id=batch, opinion="同意发放", reasons=_reasons(month, batch, "approve")
    )
    month.say(f"  {_title(month.store, batch)}：陈审批审批，体检表随审批封存")
    failed = _through_bank(month, batch, profile, _FAILED_LINES)
    _mend_accounts(month, batch)
    again = cast(int, reissue_batch(month.clerk, batch_id=batch).answer["batch"])
    submit_batch(month.clerk, batch_id=again, reasons=_reasons(month, again, "submit"))
    review_batch(month.desk("李复核"), batch_id=again, opinion="与失败明细一致")
    approve_batch(
        month.desk("陈审批"), batch_id=again, opinion="同意补发", reasons=_reasons(month, again, "approve")
    )
    month.say(f"  补发 {_title(month.store, again)}：{failed} 笔")
    _through_bank(month, again, profile, {})


def _title(store: Store, batch: int) -> str:
    number, name = cast(
        tuple[str, str],
        store.row(
            "SELECT b.number, g.name FROM batch b JOIN program g ON g.id = b.program_id WHERE b.id = ?",
            (batch,),
        ),
    )
    return f"{number}（{name}）"


def _stop_blocked(month: Month, batch: int) -> None:
    """What the check blocks is stopped with the check's own sentence; nobody is paid past it."""
    sheet = check_batch(month.store, batch, month.day, "submit")
    stopped = {
        row.payment_id: row.sentence for result in sheet.blockers for row in result.rows if row.payment_id
    }
    for payment, sentence in stopped.items():
        stop_payment(month.clerk, payment_id=payment, reason=sentence)
    if stopped:
        month.say(f"  体检拦下 {len(stopped)} 笔，已停发：{next(iter(stopped.values()))}")


def _reasons(month: Month, batch: int, stage: Stage) -> dict[str, str]:
    """A written reason for every warning of the check."""
    sheet = check_batch(month.store, batch, month.day, stage)
    return {str(result.code): "示例：已逐户核对，情况属实" for result in sheet.to_explain}


def _through_bank(month: Month, batch: int, profile: str, failures: Mapping[int, str]) -> int:
    """报盘 and 回盘 with the demo bank; gives how many lines failed."""
    sent = make_bank_files(month.clerk, batch_id=batch, profile=profile).answer
    paths = write_bank_files(month.store, batch_id=batch, folder=month.folder / "报盘")
    month.pass_days(1)
    failed = 0
    *files, control_sheet = paths
    month.keep("报盘控制表", control_sheet)
    for path in files:
        month.keep("报盘文件", path)
        answer = month.keep(f"银行回盘（{BANK}）", month.folder / "回盘" / f"回盘-{path.name}")
        answer_bank_file(path, answer, profile=profile, failures=failures)
        posted = post_return(month.clerk, path=answer, batch_id=batch).answer
        failed += cast(int, posted["failed"])
        month.say(
            f"  报盘 {sent['count']} 笔 {yuan_text(Fen(cast(int, sent['total_fen'])))} 元；"
            f"回盘成功 {posted['paid']} 笔，失败 {posted['failed']} 笔"
        )
    month.pass_days(1)
    return failed


def _mend_accounts(month: Month, batch: int) -> None:
    """The people whose payment failed bring a new passbook."""
    store = month.store
    failed = store.rows(
        "SELECT payee_id, payee_name FROM payment WHERE batch_id = ? AND bucket = 'failed'", (batch,)
    )
    people = store.rows(
        f"SELECT name, id_number FROM person WHERE id IN ({', '.join('?' * len(failed))}) ORDER BY id",
        [row[0] for row in failed],
    )
    path = month.keep("失败人员的新账户", month.folder / "收到的表" / f"新账户-{batch}.csv")
    lines = ["姓名,身份证号码,开户银行,账号,介质"]
    lines += [
        f"{name},{number},新昌农商银行,2011{batch:02d}{place:09d},存折"
        for place, (name, number) in enumerate(people)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    import_accounts(month.clerk, path=path)
    month.say(f"  失败的 {len(failed)} 笔：本人换了新存折，账户已更新")


def _close(month: Month, batches: Iterable[int]) -> dict[str, object]:
    """Dossiers, the monthly return, and the figures that must agree."""
    say, store = month.say, month.store
    say("")
    say("四、归档与月报")
    for batch in batches:
        number = str(store.value("SELECT number FROM batch WHERE id = ?", (batch,)))
        path = month.keep("批次档案", month.folder / "档案" / f"档案-{number}.zip")
        made = make_dossier(month.clerk, batch_id=batch).answer
        with replacing(path) as part:
            part.write_bytes(store.files.read(str(made["sha256"])))
        archive_batch(month.clerk, batch_id=batch)
        say(f"  {_title(store, batch)}：案卷编好，批次归档")
    month.day = max(month.day, date(2024, 6, 30))
    submit_report(month.clerk, month=MONTH)
    path = month.keep("月报", month.folder / "月报" / f"云溪镇{MONTH}月报.xlsx")
    figures = monthly_figures(store, MONTH)
    tied = tie_out(store, MONTH, figures)
    say(
        f"  {MONTH} 月报已上报，{len(figures.rows)} 个项目，勾稽 {len(tied.ties)} 项，不符 {len(tied.failed)} 项"
    )
    write_monthly(
        path,
        figures,
        created=datetime.combine(month.day, time(17)),
        beside=tie_out_sheets(tied),
        posts=several_posts_line(month.store),
    )
    return _agreed(month)


def _agreed(month: Month) -> dict[str, object]:
    """The figures three ways: payments, books, return."""
    store, say = month.store, month.say
    buckets = {
        Bucket(bucket): (count, fen)
        for bucket, count, fen in store.rows(
            "SELECT bucket, count(*), sum(owed_fen) FROM payment GROUP BY bucket"
        )
    }
    paid_fen = buckets[Bucket.PAID][1]
    sent = store.value(
        "SELECT sum(credit_fen) FROM voucher_line WHERE ledger = 'deposit' AND batch_id IS NOT NULL"
    )
    back = store.value(
        "SELECT sum(debit_fen) FROM voucher_line WHERE ledger = 'deposit' AND batch_id IS NOT NULL"
    )
    returned = monthly_figures(store, MONTH).month_total.paid_fen
    problems = check_up(store)
    say("")
    say("五、对数")
    for bucket, (count, fen) in buckets.items():
        say(f"  {BUCKET_NAMES[bucket]}：{count} 笔 {yuan_text(Fen(fen))} 元")
    say(
        f"  明细实发 {yuan_text(Fen(paid_fen))} 元 ＝ 专户付出 {yuan_text(Fen(sent - (back or 0)))} 元 ＝ 月报实发 {yuan_text(Fen(returned))} 元"
    )
    balanced = trial_balance(store).balances
    say(
        f"  试算平衡：{'平' if balanced else '不平'}；系统体检：{'没有问题' if not problems else f'{len(problems)} 个问题'}"
    )
    return {
        "office": str(month.folder / "办公点"),
        "paid_fen": paid_fen,
        "books_fen": sent - (back or 0),
        "return_fen": returned,
        "balanced": balanced,
        "problems": [problem.sentence for problem in problems],
        "files": [str(path) for _, path in month.made],
    }
