"""The check-up 体检: the file whole, the books balanced and equal to the batches, no orphan states, the audit chain and every
kept file whole. It only looks; a problem is a value with a sentence, and nothing is ever repaired behind the office's back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from app.archive.queries import verify_office
from app.audit.queries import seal_problems, trail_problems
from app.funds.queries import allotments, ledger_balance
from app.ledger.books import APPROVED, allotment_books, booked_on_batches, expected_on_batches
from app.ledger.queries import trial_balance, voucher_name
from app.yearend.queries import moved_balances
from models.domain.buckets import BUCKET_NAMES, OPEN_BUCKETS, Bucket
from models.domain.money import Fen, yuan_text
from models.domain.posting import LEDGER_NAMES, Ledger
from models.store.health import page_faults, schema_faults
from models.store.opening import KEYSLOTS_HASH, Store

_MOST: Final = 50  # problems told of one check; the last then says how many more
_LIVE_STATES: Final = ", ".join(f"'{state.value}'" for state in APPROVED)
_OPEN: Final = ", ".join(f"'{bucket.value}'" for bucket in sorted(OPEN_BUCKETS))

Sentences = Iterator[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that should not be: the check's code, and a sentence that says where and by how much."""

    code: str
    sentence: str


def check_up(store: Store) -> list[Problem]:
    """Everything that is not as it should be, in the order of the checks; [] for a sound office.

    When the file itself is damaged only that is told: what else would be read from it proves nothing.
    """
    for code, check in _OF_THE_FILE:
        if found := _told(code, check, store):
            return found
    return [problem for code, check in _OF_THE_OFFICE for problem in _told(code, check, store)]


def _told(code: str, check: Callable[[Store], Sentences], store: Store) -> list[Problem]:
    found: list[Problem] = []
    for sentence in check(store):
        if len(found) == _MOST:
            found.append(Problem(code, f"以上只列出前 {_MOST} 处，还有更多。"))
            break
        found.append(Problem(code, sentence))
    return found


def _yuan(fen: int) -> str:
    return f"{yuan_text(Fen(fen))} 元"


# -- the file -----------------------------------------------------------------------------------------------


def _integrity(store: Store) -> Sentences:
    said = page_faults(store.database.connection())
    if said:
        yield f"数据库文件已损坏（{len(said)} 处，第一处：{said[0]}）。请停止录入，用最近的备份恢复。"


def _foreign_keys(store: Store) -> Sentences:
    for table, rowid, parent, _ in store.rows("PRAGMA foreign_key_check"):
        yield f"表 {table} 第 {rowid} 行指向的 {parent} 不存在。请用最近的备份恢复。"


# -- batches ------------------------------------------------------------------------------------------------


def _identity(store: Store) -> Sentences:
    for number, payments, owed, found, fen in store.each(
        "SELECT b.number, b.payments, b.owed_fen, coalesce(t.payments, 0), coalesce(t.fen, 0) FROM batch b LEFT JOIN"
        " (SELECT batch_id, count(*) AS payments, sum(owed_fen) AS fen FROM payment GROUP BY batch_id) t"
        " ON t.batch_id = b.id WHERE b.payments <> coalesce(t.payments, 0) OR b.owed_fen <> coalesce(t.fen, 0) ORDER BY b.id"
    ):
        yield f"批次 {number} 应发 {payments} 笔 {_yuan(owed)}，各去向合计 {found} 笔 {_yuan(fen)}，差 {_yuan(owed - fen)}。"


def _tallies(store: Store) -> Sentences:
    for number, bucket, payments, fen, kept_payments, kept in store.each(
        """
        WITH counted AS (SELECT batch_id, village_id, bucket, count(*) AS payments, sum(owed_fen) AS fen FROM payment
                          GROUP BY batch_id, village_id, bucket),
             both AS (SELECT batch_id, village_id, bucket, payments, fen, 0 AS kept_payments, 0 AS kept FROM counted
                      UNION ALL SELECT batch_id, village_id, bucket, 0, 0, payments, fen FROM batch_tally)
        SELECT b.number, t.bucket, sum(t.payments), sum(t.fen), sum(t.kept_payments), sum(t.kept)
          FROM both t JOIN batch b ON b.id = t.batch_id GROUP BY t.batch_id, t.village_id, t.bucket
        HAVING sum(t.payments) <> sum(t.kept_payments) OR sum(t.fen) <> sum(t.kept) ORDER BY t.batch_id, t.bucket"""
    ):
        name = BUCKET_NAMES[Bucket(bucket)]
        yield (
            f"批次 {number} “{name}”明细 {payments} 笔 {_yuan(fen)}，汇总表 {kept_payments} 笔 {_yuan(kept)}，"
            f"差 {_yuan(fen - kept)}。"
        )


# Each event of the month figures, counted anew from payments and attempts. A batch was owed what is live of it now.
_EVENTS: Final = f"""
    WITH counted (batch_id, event, payments, fen) AS (
      SELECT p.batch_id, 'owed', count(*), sum(p.owed_fen) FROM payment p JOIN batch b ON b.id = p.batch_id
       WHERE b.state IN ({_LIVE_STATES}) AND p.bucket <> 'stopped' GROUP BY p.batch_id
      UNION ALL
      SELECT p.batch_id, 'paid', count(*), sum(a.fen) FROM attempt a JOIN payment p ON p.id = a.payment_id
       WHERE a.state IN ('paid', 'bounced') GROUP BY p.batch_id
      UNION ALL
      SELECT p.batch_id, CASE a.state WHEN 'failed' THEN 'failed' ELSE 'returned' END, count(*), sum(a.fen)
        FROM attempt a JOIN payment p ON p.id = a.payment_id WHERE a.state IN ('failed', 'bounced')
       GROUP BY p.batch_id, a.state
      UNION ALL
      SELECT batch_id, 'recovered', count(*) FILTER (WHERE bucket = 'recovered'), sum(recovered_fen) FROM payment
       WHERE recovered_fen > 0 GROUP BY batch_id
      UNION ALL
      SELECT batch_id, 'closed_unpaid', count(*), sum(owed_fen) FROM payment WHERE bucket = 'closed_unpaid' GROUP BY batch_id),
    kept (batch_id, event, payments, fen) AS (
      SELECT batch_id, CASE event WHEN 'stopped' THEN 'owed' WHEN 'recovered_late' THEN 'recovered' ELSE event END,
             sum(CASE event WHEN 'stopped' THEN -payments ELSE payments END),
             sum(CASE event WHEN 'stopped' THEN -fen ELSE fen END) FROM month_tally GROUP BY 1, 2)
    SELECT b.number, u.event, sum(u.payments), sum(u.fen), sum(u.kept_payments), sum(u.kept) FROM (
      SELECT batch_id, event, payments, fen, 0 AS kept_payments, 0 AS kept FROM counted
      UNION ALL SELECT batch_id, event, 0, 0, payments, fen FROM kept) u JOIN batch b ON b.id = u.batch_id
     GROUP BY u.batch_id, u.event HAVING sum(u.payments) <> sum(u.kept_payments) OR sum(u.fen) <> sum(u.kept)
     ORDER BY u.batch_id, u.event
"""
_EVENT_NAMES: Final = {
    "owed": "应发",
    "paid": "实发",
    "failed": "失败",
    "returned": "退票",
    "recovered": "追回",
    "closed_unpaid": "关闭未付",
}


def _month_figures(store: Store) -> Sentences:
    for number, event, payments, fen, kept_payments, kept in store.each(_EVENTS):
        yield (
            f"批次 {number} 各月“{_EVENT_NAMES[event]}”合计 {kept_payments} 笔 {_yuan(kept)}，按明细应为 {payments} 笔 "
            f"{_yuan(fen)}，差 {_yuan(kept - fen)}。"
        )


def _locked_rows(store: Store) -> Sentences:
    """What states and attempts must say of each other; each query names the batch and the line."""
    for words, sql in (
        (
            "在途，但没有未答复的报盘记录",
            "p.bucket = 'in_flight' AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.payment_id = p.id AND a.state = 'open')",
        ),
        (
            "有未答复的报盘记录，但不在途",
            "p.bucket <> 'in_flight' AND p.id IN (SELECT a.payment_id FROM attempt a WHERE a.state = 'open')",
        ),
        (
            "已发，但没有成功的报盘记录",
            "p.bucket IN ('paid', 'recovered')"
            " AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.payment_id = p.id AND a.state = 'paid')",
        ),
        (
            "失败或退票，但报盘记录不是这样",
            "p.bucket IN ('failed', 'returned') AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.payment_id = p.id"
            " AND a.state = CASE p.bucket WHEN 'failed' THEN 'failed' ELSE 'bounced' END)",
        ),
        (
            "已补发，但没有补发它的明细",
            "p.bucket = 'reissued'"
            " AND NOT EXISTS (SELECT 1 FROM payment s WHERE s.source_id = p.id AND s.bucket <> 'stopped')",
        ),
        (
            "已有补发它的明细，但自己不是“已补发”",
            "p.bucket <> 'reissued'"
            " AND p.id IN (SELECT s.source_id FROM payment s WHERE s.source_id IS NOT NULL AND s.bucket <> 'stopped')",
        ),
    ):
        for number, line in store.each(
            f"SELECT b.number, p.line FROM payment p JOIN batch b ON b.id = p.batch_id WHERE {sql} ORDER BY p.id"
        ):
            yield f"批次 {number} 第 {line} 行：{words}。"


def _batch_states(store: Store) -> Sentences:
    has_open = f"EXISTS (SELECT 1 FROM payment p WHERE p.batch_id = b.id AND p.bucket IN ({_OPEN}))"
    has_pending = "EXISTS (SELECT 1 FROM payment p WHERE p.batch_id = b.id AND p.bucket = 'pending')"
    for words, sql in (
        ("已结清或已归档，但还有没办完的款项", f"b.state IN ('settled', 'archived') AND {has_open}"),
        ("回盘中，但已没有未办完的款项，应当结清", f"b.state = 'settling' AND NOT {has_open}"),
        ("已报盘，但还有待发的款项", f"b.state IN ('sent', 'settling') AND {has_pending}"),
        ("已作废，但还有没停发的款项",
         "b.state = 'cancelled' AND EXISTS (SELECT 1 FROM payment p WHERE p.batch_id = b.id AND p.bucket <> 'stopped')"),
        ("公示中，但没有张贴的公示",
         "b.state = 'publicized' AND NOT EXISTS (SELECT 1 FROM public_notice n WHERE n.batch_id = b.id AND n.state = 'posted')"),
        ("已归档，但没有案卷",
         "b.state = 'archived' AND NOT EXISTS (SELECT 1 FROM dossier d WHERE d.batch_id = b.id)"),
    ):  # fmt: skip
        for (number,) in store.rows(f"SELECT b.number FROM batch b WHERE {sql} ORDER BY b.id"):
            yield f"批次 {number} {words}。"


def _funding(store: Store) -> Sentences:
    for number, live, funded in store.rows(
        f"""
        SELECT b.number, coalesce(p.fen, 0), coalesce(f.fen, 0) - coalesce(r.fen, 0) FROM batch b
          LEFT JOIN (SELECT batch_id, sum(owed_fen) AS fen FROM payment WHERE bucket <> 'stopped' GROUP BY batch_id) p
            ON p.batch_id = b.id AND b.kind = 'regular' AND b.state IN ({_LIVE_STATES})
          LEFT JOIN (SELECT batch_id, sum(fen) AS fen FROM batch_funding GROUP BY batch_id) f ON f.batch_id = b.id
          LEFT JOIN (SELECT batch_id, sum(fen) AS fen FROM batch_funding_return GROUP BY batch_id) r ON r.batch_id = b.id
         WHERE coalesce(p.fen, 0) <> coalesce(f.fen, 0) - coalesce(r.fen, 0) ORDER BY b.id"""
    ):
        yield f"批次 {number} 未停发合计 {_yuan(live)}，资金来源合计 {_yuan(funded)}，差 {_yuan(live - funded)}。"
    for one in allotments(store):
        if one.available_fen < 0:
            yield f"资金指标 {one.document} 可用 {_yuan(one.limit_fen)}，已用 {_yuan(one.used_fen)}，超 {_yuan(-one.available_fen)}。"
    for document, used in store.rows(
        "SELECT a.document, coalesce((SELECT sum(fen) FROM batch_funding f WHERE f.allotment_id = a.id), 0)"
        " - coalesce((SELECT sum(fen) FROM batch_funding_return r WHERE r.allotment_id = a.id), 0) AS used FROM allotment a"
        " WHERE a.withdrawn_on IS NOT NULL AND used <> 0 ORDER BY a.id"
    ):
        yield f"资金指标 {document} 已经撤销，却还有批次用着它的 {_yuan(used)}。"


# -- books --------------------------------------------------------------------------------------------------


def _balance(store: Store) -> Sentences:
    for month, number in store.rows(
        "SELECT v.month, v.number FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id GROUP BY v.id"
        " HAVING sum(l.debit_fen) <> sum(l.credit_fen) ORDER BY v.month, v.number"
    ):
        yield f"凭证 {month}/{voucher_name(number)} 借贷不平。"
    total = trial_balance(store).total
    if total.debit_fen != total.credit_fen:
        yield f"全部凭证借方 {_yuan(total.debit_fen)}，贷方 {_yuan(total.credit_fen)}，差 {_yuan(total.debit_fen - total.credit_fen)}。"
    deposit = ledger_balance(store, Ledger.DEPOSIT)
    if deposit < 0:
        yield f"“{LEDGER_NAMES[Ledger.DEPOSIT]}”余额是 {_yuan(deposit)}，不应小于 0。请核对银行对账单，补记到账。"


def _books_and_batches(store: Store) -> Sentences:
    booked = {(batch, ledger): fen for batch, ledger, fen in booked_on_batches(store)}
    expected = {(batch, ledger): fen for batch, ledger, fen in expected_on_batches(store)}
    numbers: dict[int, str] = dict(store.rows("SELECT id, number FROM batch"))
    for batch, ledger in sorted(booked.keys() | expected.keys()):
        has, should = booked.get((batch, ledger), 0), expected.get((batch, ledger), 0)
        if has != should:
            name = LEDGER_NAMES[Ledger(ledger)]
            yield f"批次 {numbers[batch]} 的“{name}”账面 {_yuan(has)}，按款项去向应为 {_yuan(should)}，差 {_yuan(has - should)}。"


def _books_and_allotments(store: Store) -> Sentences:
    for one in allotment_books(store):
        known = one.allotment
        if known.received_fen != one.funded_fen:
            yield f"资金指标 {known.document} 到账 {_yuan(known.received_fen)}，账面拨入 {_yuan(one.funded_fen)}，差 {_yuan(known.received_fen - one.funded_fen)}。"
        spent = one.expense_fen
        if known.used_fen != spent:
            yield f"资金指标 {known.document} 已用 {_yuan(known.used_fen)}，账面支出 {_yuan(spent)}，差 {_yuan(known.used_fen - spent)}。"


def _closed_years(store: Store) -> Sentences:
    for year, one, now in moved_balances(store):
        of = "、".join(filter(None, [one.program, one.document]))
        yield (
            f"{year} 年已经结账，“{one.ledger_name}”{f'（{of}）' if of else ''}结账时 {_yuan(one.fen)}，现在的账上是 {_yuan(now)}，"
            f"差 {_yuan(now - one.fen)}。"
        )


def _numbering(store: Store) -> Sentences:
    for month, count, last in store.rows(
        "SELECT month, count(*), max(number) FROM voucher GROUP BY month HAVING count(*) <> max(number) ORDER BY month"
    ):
        yield f"{month} 的凭证编到 {voucher_name(last)}，只有 {count} 张，缺 {last - count} 张。"


# -- the trail and the files --------------------------------------------------------------------------------


def _audit(store: Store) -> Sentences:
    for sentence in trail_problems(store):
        yield f"{sentence}请保留现场并报告上级。"


def _seals(store: Store) -> Sentences:
    for sentence in seal_problems(store):
        yield f"{sentence}请保留现场并报告上级。"


_UNEVEN_STATEMENTS: Final = """
    SELECT s.id, s.file_name, s.closing_fen - s.opening_fen, coalesce(sum(l.fen), 0) FROM bank_statement s
      LEFT JOIN statement_line l ON l.statement_id = s.id GROUP BY s.id
    HAVING s.closing_fen - s.opening_fen <> coalesce(sum(l.fen), 0) OR s.lines <> count(l.id) ORDER BY s.id"""
_UNEVEN_MATCHES: Final = """
    SELECT id, bank, books FROM (
      SELECT m.id, (SELECT coalesce(sum(l.fen), 0) FROM statement_line l WHERE l.match_id = m.id) AS bank,
             (SELECT coalesce(sum(w.debit_fen - w.credit_fen), 0) FROM matched_deposit d JOIN voucher_line w
                ON w.id = d.voucher_line_id WHERE d.match_id = m.id) AS books FROM statement_match m)
     WHERE bank <> books ORDER BY id"""


def _statements(store: Store) -> Sentences:
    """Statements that do not lead from their opening to their closing balance, matches whose sides differ."""
    for statement, name, moved, found in store.each(_UNEVEN_STATEMENTS):
        yield (
            f"银行对账单“{name}”（编号 {statement}）期初到期末相差 {_yuan(moved)}，明细合计 {_yuan(found)}，"
            f"差 {_yuan(moved - found)}。请用最近的备份恢复。"
        )
    for match, bank, books in store.each(_UNEVEN_MATCHES):
        yield f"第 {match} 组对账，银行明细 {_yuan(bank)}，凭证 {_yuan(books)}，差 {_yuan(bank - books)}。请取消这组对账后重新核对。"


def _schema(store: Store) -> Sentences:
    for what in schema_faults(store.database.connection()):
        yield f"数据库结构的{what}，不是本程序建立的样子。请保留现场，用最近的备份恢复。"


def _keyslots(store: Store) -> Sentences:
    recorded = store.value("SELECT body FROM setting WHERE name = ?", (KEYSLOTS_HASH,))
    if recorded is not None and not store.keyslots.file_is(recorded):
        yield "密钥文件不是最后一次保存的那份，可能被换回旧的：已移除的操作员或旧密码也许又能打开。请由系统管理员更换密钥。"


def _files(store: Store) -> Sentences:
    for bad in verify_office(store).bad:
        yield f"存档文件{bad.sentence}。请从备份恢复这个文件。"


_OF_THE_FILE: Final[tuple[tuple[str, Callable[[Store], Sentences]], ...]] = (("file.integrity", _integrity),)
_OF_THE_OFFICE: Final[tuple[tuple[str, Callable[[Store], Sentences]], ...]] = (
    ("file.foreign_key", _foreign_keys),
    ("file.schema", _schema),
    ("access.keyslots", _keyslots),
    ("batch.identity", _identity),
    ("batch.tally", _tallies),
    ("batch.month_figures", _month_figures),
    ("batch.payment_state", _locked_rows),
    ("batch.state", _batch_states),
    ("batch.funding", _funding),
    ("books.balance", _balance),
    ("books.batch", _books_and_batches),
    ("books.allotment", _books_and_allotments),
    ("books.numbering", _numbering),
    ("books.statement", _statements),
    ("books.closed_year", _closed_years),
    ("audit.chain", _audit),
    ("audit.seals", _seals),
    ("archive.files", _files),
)
CHECKS: Final = tuple(code for code, _ in (*_OF_THE_FILE, *_OF_THE_OFFICE))

CHECK_NAMES: Final = {
    "file.integrity": "数据库文件完好",
    "file.foreign_key": "数据之间的指向都存在",
    "file.schema": "数据库结构是本程序建立的",
    "access.keyslots": "密钥文件是最后保存的那份",
    "batch.identity": "每个批次应发 = 各去向合计",
    "batch.tally": "批次汇总 = 明细合计",
    "batch.month_figures": "各月发生数 = 明细合计",
    "batch.payment_state": "款项状态与报盘记录一致",
    "batch.state": "批次状态与款项一致",
    "batch.funding": "资金来源 = 批次金额，指标没有超支",
    "books.statement": "银行对账单加减得平，对账两边相等",
    "books.closed_year": "已结账年度的账没有再动",
    "books.balance": "凭证借贷平衡",
    "books.batch": "账簿与批次一致",
    "books.allotment": "账簿与指标一致",
    "books.numbering": "凭证连续编号",
    "audit.chain": "操作日志首尾相接",
    "audit.seals": "数据没有在程序之外改动",
    "archive.files": "存档文件完好",
}
"""What each check proves, for people."""
