"""What is due today 首页待办: everything in the office that waits for somebody, and the month at a glance. Only reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.access.queries import is_recovery_confirmed
from app.archive.disposal.queries import due_volumes
from app.backups.listings import last_backup
from app.notices.steps import holidays_of
from app.returns.queries import UNSETTLED
from app.yearend.queries import years
from models.domain.flows.batch_flow import BATCH_STATE_NAMES, BatchState
from models.domain.flows.year_flow import YearState
from models.domain.money import Fen, yuan_text
from models.domain.permission import GRANTS, Permission, Post
from models.domain.workdays import add_workdays
from models.store.opening import Store

BACKUP_EVERY_DAYS: Final = 7
CLOSE_YEAR_BY_MONTH: Final = 3
ALLOTMENT_IDLE_DAYS: Final = 30
RETURN_WITHIN_DAYS: Final = 3
MEND_WORKDAYS: Final = 3
NOTICE_SOON_DAYS: Final = 2


class DueKind(StrEnum):
    """What waits; a screen knows by it where to go."""

    BATCH = "batch"
    NOTICE = "notice"
    OBJECTION = "objection"
    FAILED = "failed"
    NOT_RETURNED = "not_returned"
    RETURN_LINE = "return_line"
    REPORT = "report"
    ALLOTMENT = "allotment"
    ACCOUNT = "account"
    QUESTION = "question"
    HIT = "hit"
    BACKUP = "backup"
    RECOVERY = "recovery"
    LEFTOVER = "leftover"
    YEAR = "year"
    LOAN = "loan"
    EXPIRED = "expired"
    DISPOSAL = "disposal"


class Urgency(StrEnum):
    """How it stands with its day."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"


_ASKS: Final = {
    DueKind.BATCH: Permission.PREPARE_BATCH,
    DueKind.NOTICE: Permission.PUBLICIZE,
    DueKind.OBJECTION: Permission.PUBLICIZE,
    DueKind.FAILED: Permission.PREPARE_BATCH,
    DueKind.NOT_RETURNED: Permission.POST_RETURN,
    DueKind.RETURN_LINE: Permission.POST_RETURN,
    DueKind.REPORT: Permission.REPORT,
    DueKind.ALLOTMENT: Permission.MANAGE_FUNDS,
    DueKind.ACCOUNT: Permission.IMPORT,
    DueKind.QUESTION: Permission.IMPORT,
    DueKind.HIT: Permission.IMPORT,
    DueKind.BACKUP: Permission.BACK_UP,
    DueKind.RECOVERY: Permission.MANAGE_OPERATORS,
    DueKind.LEFTOVER: Permission.PREPARE_BATCH,
    DueKind.YEAR: Permission.CLOSE_YEAR,
    DueKind.LOAN: Permission.ARCHIVE,
    DueKind.EXPIRED: Permission.ARCHIVE,
    DueKind.DISPOSAL: Permission.WITNESS_DISPOSAL,
}
"""Which act a line waits for; a batch's is that of its state."""
URGENCY_NAMES: Final = {Urgency.OVERDUE: "逾期", Urgency.TODAY: "今天", Urgency.SOON: "近期"}


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the home page: what waits, since or until when, and the row that it is about (0 for none)."""

    kind: DueKind
    urgency: Urgency
    title: str
    sentence: str
    id: int = 0
    day: str = ""
    asks: tuple[Permission, ...] = ()

    def is_for(self, posts: frozenset[Post]) -> bool:
        """Whether somebody with these posts can do what it asks for."""
        return any(posts.intersection(GRANTS[one]) for one in self.asks or (_ASKS[self.kind],))


@dataclass(frozen=True, slots=True)
class ProgramMonth:
    """A program's money in the batches of a month, in fen: paid, failed or returned, and still open."""

    program: str
    paid_fen: Fen
    failed_fen: Fen
    open_fen: Fen
    payments: int


def due_now(store: Store, today: date, posts: frozenset[Post] = frozenset(Post)) -> list[Due]:
    """Everything that waits: what somebody with these posts can do first, and of that what is overdue."""
    found = [
        one
        for lines in (
            _batches,
            _notices,
            _failed,
            _files,
            _months,
            _allotments,
            _registry,
            _years,
            _archive,
            _safety,
        )
        for one in lines(store, today)
    ]
    order = list(Urgency)
    return sorted(found, key=lambda one: (not one.is_for(posts), order.index(one.urgency), one.day or "9999"))


_WAITS: Final = {
    BatchState.DRAFT: "等经办提交复核",
    BatchState.REJECTED: "被退回，等经办改正后重新提交",
    BatchState.SUBMITTED: "等复核",
    BatchState.APPROVED: "等报盘",
    BatchState.SETTLED: "已结清，等归档",
}
_STATE_ASKS: Final = {
    BatchState.SUBMITTED: (Permission.REVIEW_BATCH,),
    BatchState.REVIEWED: (Permission.PUBLICIZE, Permission.APPROVE_BATCH),
    BatchState.APPROVED: (Permission.EXPORT_BANK_FILE,),
    BatchState.SETTLED: (Permission.ARCHIVE,),
}


def _batches(store: Store, today: date) -> Iterator[Due]:
    for one, number, program, state, owed, since in store.rows(
        "SELECT b.id, b.number, g.name, b.state, b.owed_fen, coalesce((SELECT max(a.business_date) FROM batch_act a"
        " WHERE a.batch_id = b.id), b.created_on) FROM batch b JOIN program g ON g.id = b.program_id"
        " WHERE b.state IN ('draft', 'rejected', 'submitted', 'reviewed', 'approved', 'settled') ORDER BY b.id"
    ):
        waits = _WAITS.get(BatchState(state), "已复核，等公示或审批")
        late = since < (today - timedelta(days=MEND_WORKDAYS)).isoformat() and state != "settled"
        yield Due(
            DueKind.BATCH,
            Urgency.TODAY if late else Urgency.SOON,
            f"{program} {BATCH_STATE_NAMES[BatchState(state)]}",
            f"批次 {number}，{yuan_text(Fen(owed))} 元，{waits}（{since} 起）",
            one,
            since,
            _STATE_ASKS.get(BatchState(state), ()),
        )


def _notices(store: Store, today: date) -> Iterator[Due]:
    day = today.isoformat()
    for batch, number, program, last_day in store.rows(
        "SELECT b.id, b.number, g.name, n.last_day FROM public_notice n JOIN batch b ON b.id = n.batch_id"
        " JOIN program g ON g.id = b.program_id WHERE n.state = 'posted' AND b.state = 'publicized' ORDER BY n.last_day"
    ):
        left = (date.fromisoformat(last_day) - today).days
        if left > NOTICE_SOON_DAYS:
            continue
        if last_day < day:
            urgency, words = Urgency.TODAY, f"公示已于 {last_day} 期满，可以审批"
        else:
            urgency, words = Urgency.SOON, f"公示到 {last_day} 期满（还有 {left} 天）"
        yield Due(DueKind.NOTICE, urgency, f"{program} 公示", f"批次 {number}，{words}", batch, last_day)
    for batch, number, person, raised_on in store.rows(
        "SELECT b.id, b.number, o.person, o.raised_on FROM objection o JOIN batch b ON b.id = o.batch_id WHERE o.outcome = ''"
    ):
        yield Due(
            DueKind.OBJECTION,
            Urgency.TODAY,
            "公示异议未处理",
            f"{person} {raised_on} 对批次 {number} 提出的异议还没有结论",
            batch,
            raised_on,
        )


def _failed(store: Store, today: date) -> Iterator[Due]:
    calendar = holidays_of(store)
    for batch, number, program, first, count, fen in store.rows(
        "SELECT b.id, b.number, g.name, min(p.changed_on), count(*), sum(p.owed_fen) FROM payment p JOIN batch b ON b.id ="
        " p.batch_id JOIN program g ON g.id = b.program_id WHERE p.bucket IN ('failed', 'returned') GROUP BY b.id"
    ):
        by = add_workdays(date.fromisoformat(first), MEND_WORKDAYS, calendar) if first else today
        urgency = Urgency.OVERDUE if by < today else Urgency.TODAY if by == today else Urgency.SOON
        yield Due(
            DueKind.FAILED,
            urgency,
            f"{program} 发放失败待更正",
            f"批次 {number} 有 {count} 笔、{yuan_text(Fen(fen))} 元未发出，应在 {by} 前更正补发",
            batch,
            by.isoformat(),
        )
    if today.month == 12:
        row = store.row(
            "SELECT count(*), coalesce(sum(owed_fen), 0) FROM payment WHERE bucket IN ('failed', 'returned')"
        )
        if row and row[0]:
            words = (
                f"还有 {row[0]} 笔、{yuan_text(Fen(row[1]))} 元失败或退票没有处理，12 月 31 日后转为历年退回"
            )
            yield Due(DueKind.LEFTOVER, Urgency.SOON, "年底未处理的失败款", words, day=f"{today.year}-12-31")


def _files(store: Store, today: date) -> Iterator[Due]:
    for batch, number, program, sent_on, count in store.rows(
        "SELECT b.id, b.number, g.name, min(f.made_on), count(*) FROM attempt a JOIN bank_file f ON f.id = a.bank_file_id"
        " JOIN batch b ON b.id = f.batch_id JOIN program g ON g.id = b.program_id WHERE a.state = 'open' GROUP BY b.id"
    ):
        by = date.fromisoformat(sent_on) + timedelta(days=RETURN_WITHIN_DAYS)
        yield Due(
            DueKind.NOT_RETURNED,
            Urgency.OVERDUE if by < today else Urgency.SOON,
            f"{program} 等银行回盘",
            f"批次 {number} 于 {sent_on} 报盘，还有 {count} 笔没有回盘结果",
            batch,
            by.isoformat(),
        )
    waiting = store.value(f"SELECT count(*) FROM return_line l WHERE {UNSETTLED}")
    if waiting:
        yield Due(
            DueKind.RETURN_LINE, Urgency.TODAY, "回盘待认领", f"有 {waiting} 行回盘结果对不上或要人工确认"
        )


def _months(store: Store, today: date) -> Iterator[Due]:
    this = today.strftime("%Y-%m")
    for (month,) in store.rows(
        "SELECT DISTINCT t.month FROM month_tally t LEFT JOIN monthly_return r ON r.month = t.month"
        " WHERE t.month < ? AND coalesce(r.state, 'unreported') IN ('unreported', 'sent_back') ORDER BY t.month",
        (this,),
    ):
        yield Due(
            DueKind.REPORT,
            Urgency.OVERDUE,
            f"{month} 月报未上报",
            "请核对后上报，上一个月报了才能报下一个月",
            day=month,
        )


def _allotments(store: Store, today: date) -> Iterator[Due]:
    before = (today - timedelta(days=ALLOTMENT_IDLE_DAYS)).isoformat()
    row = store.row(
        "SELECT count(*), coalesce(sum(a.allotted_fen), 0), min(a.issued_on) FROM allotment a WHERE a.withdrawn_on IS NULL"
        " AND a.issued_on < ? AND NOT EXISTS (SELECT 1 FROM batch_funding f WHERE f.allotment_id = a.id)",
        (before,),
    )
    if row and row[0]:
        yield Due(
            DueKind.ALLOTMENT,
            Urgency.TODAY,
            "资金指标闲置",
            f"有 {row[0]} 笔指标、{yuan_text(Fen(row[1]))} 元下达超过 {ALLOTMENT_IDLE_DAYS} 天还没有用过",
            day=row[2],
        )


def _registry(store: Store, _today: date) -> Iterator[Due]:
    missing = store.value(
        "SELECT count(DISTINCT coalesce(CASE WHEN e.target = 'household' THEN h.head_id END, e.person_id)) FROM enrolment e"
        " JOIN household h ON h.id = e.household_id WHERE e.state = 'active' AND NOT EXISTS (SELECT 1 FROM account a"
        " WHERE a.valid_to IS NULL AND a.person_id = coalesce(CASE WHEN e.target = 'household' THEN h.head_id END, e.person_id))"
    )
    if missing:
        yield Due(
            DueKind.ACCOUNT,
            Urgency.SOON,
            "缺少收款账号",
            f"有 {missing} 位享受对象或户主没有登记账号，不能报盘",
        )
    questions = store.value("SELECT count(*) FROM enrolment_question WHERE state = 'open'")
    if questions:
        yield Due(DueKind.QUESTION, Urgency.TODAY, "户变动待定", f"有 {questions} 项享受资格因户变动要作决定")
    hits = store.value("SELECT count(*) FROM comparison_hit WHERE state = 'open'")
    if hits:
        yield Due(
            DueKind.HIT, Urgency.SOON, "名单比对待核", f"死亡、财政供养等名单比中 {hits} 人，还没有核实"
        )


def _years(store: Store, today: date) -> Iterator[Due]:
    """Years that are over and open, those asked to be opened again."""
    for one in years(store):
        if one.state is YearState.REOPENING:
            words = f"{one.asked_by}申请：{one.reason}"
            yield Due(DueKind.YEAR, Urgency.TODAY, f"{one.year} 年反结账待批准", words)
        elif one.state is YearState.OPEN and one.year < today.year:
            late = date(one.year + 1, CLOSE_YEAR_BY_MONTH + 1, 1) <= today
            urgency = Urgency.OVERDUE if late else Urgency.SOON
            yield Due(
                DueKind.YEAR,
                urgency,
                f"{one.year} 年还没有结账",
                "月报报完、批次办完后，到“档案”的“年度封存”里结账",
            )


def _archive(store: Store, today: date) -> Iterator[Due]:
    """Volumes out too long, volumes whose retention is over, lists that wait for somebody."""
    for code, borrower, due_on in store.rows(
        "SELECT v.code, l.borrower, l.due_on FROM loan l JOIN volume v ON v.id = l.volume_id WHERE l.returned_on IS NULL"
        " AND l.due_on < ? ORDER BY l.due_on",
        (today.isoformat(),),
    ):
        yield Due(
            DueKind.LOAN,
            Urgency.OVERDUE,
            "案卷借阅超期",
            f"{borrower}借的 {code} 应在 {due_on} 前归还",
            day=due_on,
        )
    expired = due_volumes(store, today.isoformat())
    if expired:
        yield Due(DueKind.EXPIRED, Urgency.SOON, "案卷保管期满", f"有 {len(expired)} 卷可以鉴定")
    waiting = store.value("SELECT count(*) FROM disposal WHERE state IN ('proposed', 'witnessed')")
    if waiting:
        yield Due(DueKind.DISPOSAL, Urgency.SOON, "清册待办", f"有 {waiting} 份销毁或移交清册等人签字、执行")


def _safety(store: Store, today: date) -> Iterator[Due]:
    last = last_backup(store)
    if not last:
        yield Due(DueKind.BACKUP, Urgency.OVERDUE, "还没有备份", "请插上移动盘，到“系统”里做一次备份")
    elif date.fromisoformat(last[:10]) < today - timedelta(days=BACKUP_EVERY_DAYS):
        yield Due(DueKind.BACKUP, Urgency.OVERDUE, "该备份了", f"上次备份是 {last}", day=last[:10])
    if not is_recovery_confirmed(store):
        yield Due(
            DueKind.RECOVERY,
            Urgency.SOON,
            "恢复码没有确认",
            "请系统管理员在“系统”里打印恢复码，并照纸输入一遍",
        )


def months_with_money(store: Store) -> Sequence[str]:
    """The months in which batches lived, the latest first."""
    return [
        row[0]
        for row in store.rows(
            "SELECT DISTINCT substr(created_on, 1, 7) FROM batch WHERE state <> 'cancelled' UNION"
            " SELECT DISTINCT month FROM month_tally ORDER BY 1 DESC"
        )
    ]


def month_at_a_glance(store: Store, month: str) -> list[ProgramMonth]:
    """The programs whose batches were made in a month, the largest first."""
    return [
        ProgramMonth(*row)
        for row in store.rows(
            "SELECT g.name, sum(CASE WHEN t.bucket = 'paid' THEN t.fen ELSE 0 END),"
            " sum(CASE WHEN t.bucket IN ('failed', 'returned') THEN t.fen ELSE 0 END),"
            " sum(CASE WHEN t.bucket IN ('pending', 'in_flight') THEN t.fen ELSE 0 END), sum(t.payments)"
            " FROM batch_tally t JOIN batch b ON b.id = t.batch_id JOIN program g ON g.id = b.program_id"
            " WHERE b.state <> 'cancelled' AND b.created_on LIKE ? || '%' GROUP BY g.id ORDER BY sum(t.fen) DESC",
            (month,),
        )
    ]
