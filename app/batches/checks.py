"""The pre-flight check 体检 (DOMAIN §9): each check is one small query over a batch's live payments.

Blockers stop a batch, warnings want a written reason. A reissue is not compared with last period and needs neither notice
nor funds: its people were posted, and its money came back.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from app.batches.computing import LEAF, received_in_year
from app.batches.sheet import CheckCode, CheckResult, CheckRow, CheckSheet, Level, Stage, row_of_batch
from app.batches.steps import BatchRow, live_sum, posted_first
from app.funds.queries import allotments
from app.programs.queries import (
    NoPolicyInForce,
    ProgramView,
    StoredPolicy,
    conflicts_of,
    policy_for,
    policy_of,
    program_of,
)
from app.registry.household_cards import QUESTION_WORDS
from app.registry.list_hits import MEANT
from app.registry.merging import SAME
from models.domain.bankaccount import luhn_fails
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.exclusion import RELIEF_PROGRAMS, SCOPE_NAMES, conflicting
from models.domain.idnumber import id_fault
from models.domain.masking import mask_account, mask_id
from models.domain.money import Fen, yuan_text
from models.domain.period import (
    NotPeriod,
    Period,
    first_day,
    last_day,
    period_text,
    periods_overlap,
    previous_period,
)
from models.domain.quantity import Quantity, quantity_text
from models.store.opening import Row, Store

LIMITS: Final = {
    "check.change_percent": (20, "与上期相比，金额、数量、村合计变动超过百分之几要说明"),
    "check.account_days": (30, "编制前多少天内换过账号要说明"),
    "check.collects_people": (5, "一人代领超过几人要说明"),
    "check.usual_times": (5, "金额超过本批次中位数几倍要说明"),
    "check.equal_people": (5, "一个村至少几户金额完全相同要说明"),
}
"""Settings of the checks: default and meaning."""

_FEWEST_FOR_USUAL: Final = 10
_LIVE: Final = "p.batch_id = ?1 AND p.bucket <> 'stopped'"
_LINE: Final = "p.id, p.line, p.name, p.id_number"


@dataclass(frozen=True)
class Scope:
    """What the checks of one batch look at; `day` is the business date."""

    store: Store
    batch: BatchRow
    day: date
    stage: Stage

    @cached_property
    def program(self) -> ProgramView:
        """The batch's program."""
        return program_of(self.store, self.batch.program_id)

    @cached_property
    def stored(self) -> StoredPolicy:
        """The policy that the batch was computed by."""
        return policy_of(self.store, self.batch.policy_id)

    @property
    def of_person(self) -> bool:
        """Whether the program pays persons, not households."""
        return self.stored.policy.target == "person"

    @cached_property
    def limits(self) -> dict[str, int]:
        """The settings of the checks."""
        return check_limits(self.store)

    @cached_property
    def live(self) -> tuple[int, Fen]:
        """Number and fen of the live payments."""
        return live_sum(self.store, self.batch.id)

    @cached_property
    def last_period(self) -> Period | None:
        """The period before, where the program was paid in it; None for one-off programs and reissues."""
        if self.stored.policy.frequency == "once" or self.batch.is_reissue:
            return None
        try:
            before = previous_period(self.batch.period)
        except NotPeriod:
            return None
        paid = self.store.value(
            "SELECT 1 FROM payment WHERE program_id = ?1 AND period = ?2 AND source_id IS NULL"
            " AND bucket NOT IN ('stopped', 'closed_unpaid') UNION ALL SELECT 1 FROM past_payment WHERE program_id = ?1"
            " AND period = ?2 AND outcome = 'paid' LIMIT 1",
            (self.batch.program_id, before),
        )
        return before if paid else None

    @cached_property
    def last_is_taken_over(self) -> bool:
        """Whether payments of the period before were taken over from old workbooks."""
        return bool(
            self.store.value(
                "SELECT 1 FROM past_payment WHERE program_id = ? AND period = ? AND outcome = 'paid' LIMIT 1",
                (self.batch.program_id, self.last_period),
            )
        )

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of a query whose first parameter ?1 is the batch."""
        return self.store.rows(sql, (self.batch.id, *parameters))


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


def check_limits(store: Store) -> dict[str, int]:
    """The settings of the checks, by name; whoever has not set one gets its default."""
    stored: dict[str, str] = dict(store.rows("SELECT name, body FROM setting WHERE name LIKE 'check.%'"))
    return {name: int(stored.get(name, default)) for name, (default, _) in LIMITS.items()}


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


# -- rows ---------------------------------------------------------------------------------------------------


def _line(row: Row, sentence: str) -> CheckRow:
    """A row of a check from a query that begins with `_LINE`."""
    return CheckRow(row[0], row[1], row[2], mask_id(row[3]), sentence)


def _said(rows: Iterable[Row], form: str) -> Iterator[CheckRow]:
    """Rows whose facts after `_LINE` fill the form's {0}, {1} …."""
    for row in rows:
        yield _line(row, form.format(*row[4:]))


def _once(rows: Iterable[CheckRow]) -> list[CheckRow]:
    """Each payment once, with the first sentence found, in the order of the lines."""
    found: dict[int | None, CheckRow] = {}
    for row in rows:
        found.setdefault(row.payment_id, row)
    return sorted(found.values(), key=lambda row: row.line)


# -- the dead -----------------------------------------------------------------------------------------------

# known from the registry, else from an exact hit on a list of deaths
_DEAD: Final = f"""
    WITH dead AS MATERIALIZED (
        SELECT person_id, coalesce(max(own), min(listed)) AS died_on FROM (
            SELECT id AS person_id, died_on AS own, NULL AS listed FROM person WHERE is_dead = 1
            UNION ALL
            SELECT x.person_id, NULL, e.happened_on FROM comparison_entry e JOIN comparison_hit x ON x.entry_id = e.id
             WHERE e.kind = 'deaths' AND {MEANT}) GROUP BY person_id)"""


def _died(day: str | None) -> str:
    return f"已于 {day} 死亡" if day else "已死亡（日期不详）"


def _last_month(scope: Scope) -> str:
    return last_day(scope.batch.period).isoformat()[:7]


def _person_deceased(scope: Scope) -> Iterator[CheckRow]:
    if not scope.of_person:
        return
    rows = scope.rows(
        f"{_DEAD} SELECT {_LINE}, d.died_on FROM dead d JOIN payment p ON p.person_id = d.person_id WHERE {_LIVE}"
        " AND (d.died_on IS NULL OR substr(d.died_on, 1, 7) < ?2) ORDER BY p.line",
        _last_month(scope),
    )
    for row in rows:
        yield _line(row, f"{row[2]} {_died(row[4])}，不应再发 {period_text(scope.batch.period)}的补贴。")


def _head_deceased(scope: Scope) -> Iterator[CheckRow]:
    if scope.of_person:
        return
    rows = scope.rows(
        f"{_DEAD} SELECT {_LINE}, x.name, d.died_on FROM dead d JOIN person x ON x.id = d.person_id"
        f" JOIN payment p ON p.household_id = x.household_id AND p.head_id_number = x.id_number WHERE {_LIVE} ORDER BY p.line"
    )
    for row in rows:
        yield _line(row, f"户主 {row[4]} {_died(row[5])}，请先变更户主。")


def _payee_deceased(scope: Scope) -> Iterator[CheckRow]:
    """Dead payees whom the two checks above do not name already."""
    named_above = (
        "p.payee_id = p.person_id AND (d.died_on IS NULL OR substr(d.died_on, 1, 7) < ?2)"
        if scope.of_person
        else "p.payee_id_number = p.head_id_number AND ?2 = ?2"
    )
    rows = scope.rows(
        f"{_DEAD} SELECT {_LINE}, p.payee_name, d.died_on FROM payment p JOIN dead d ON d.person_id = p.payee_id WHERE {_LIVE}"
        f" AND NOT ({named_above}) ORDER BY p.line",
        _last_month(scope),
    )
    for row in rows:
        yield _line(row, f"收款人 {row[4]} {_died(row[5])}，请先变更收款人或账户。")


def _death_near(scope: Scope) -> list[CheckRow]:
    how = {
        "one_digit": "身份证号只差一位",
        "name_and_birth": "姓名和出生日期相同",
        "name_and_village": "姓名和村相同",
    }
    rows = _hits(scope, "deaths", "x.how <> 'exact' AND x.state = 'open'")
    return _once(
        _line(
            row,
            f"{row[4]}与死亡名单上的 {row[5]}（{mask_id(row[6])}）{row[9] or how[row[7]]}，请核实是否同一人。",
        )
        for row in rows
    )


# -- people on lists ----------------------------------------------------------------------------------------


def _hits(scope: Scope, kind: str, how: str = MEANT) -> list[Row]:
    """Payments whose beneficiary or payee a list may mean: `_LINE`, who, the listed name and ID, how, the list's source, why."""
    listed = (
        "WITH hit AS MATERIALIZED (SELECT x.person_id, e.name, e.id_number, x.how, e.source, x.why FROM comparison_entry e"
        f" JOIN comparison_hit x ON x.entry_id = e.id WHERE e.kind = ?2 AND {how})"
    )
    return scope.rows(
        f"{listed} SELECT {_LINE}, '受益人', hit.name, hit.id_number, hit.how, hit.source, hit.why FROM hit"
        f" JOIN payment p ON p.person_id = hit.person_id WHERE {_LIVE} UNION ALL"
        f" SELECT {_LINE}, '收款人', hit.name, hit.id_number, hit.how, hit.source, hit.why FROM payment p JOIN hit"
        f" ON hit.person_id = p.payee_id WHERE {_LIVE} AND p.payee_id <> p.person_id",
        kind,
    )


def _on_payroll(scope: Scope) -> list[CheckRow]:
    """财政供养人员 beside relief: the programs of the exclusion rules, and local items, whose rules we cannot know."""
    if scope.program.code not in RELIEF_PROGRAMS and not scope.program.is_local:
        return []
    return _once(
        _line(row, f"{row[4]}在财政供养人员名单上（{row[8] or '未注明单位'}）。")
        for row in _hits(scope, "payroll")
    )


def _relocated(scope: Scope) -> list[CheckRow]:
    return _once(
        _line(row, f"{row[4]}在搬迁名单上，请核实现住地和享受资格。") for row in _hits(scope, "relocation")
    )


def _cadre(scope: Scope) -> list[CheckRow]:
    rows = scope.rows(
        "WITH hit AS MATERIALIZED (SELECT c.id, c.name, c.household_id FROM comparison_entry e JOIN comparison_hit x"
        f" ON x.entry_id = e.id JOIN person c ON c.id = x.person_id WHERE e.kind = 'cadres' AND {MEANT})"
        f" SELECT {_LINE}, iif(hit.id = p.person_id, '本人', '同户 ' || hit.name || ' ') FROM hit"
        f" JOIN payment p ON p.household_id = hit.household_id WHERE {_LIVE} ORDER BY hit.id <> p.person_id"
    )
    return _once(_said(rows, "{0}在村干部名单上。"))


def _survival_overdue(scope: Scope) -> Iterator[CheckRow]:
    """Who is suspended until certified, or whose last certificate for the program is over."""
    rows = scope.rows(
        f"SELECT {_LINE}, coalesce((SELECT s.starts_on FROM suspension s WHERE s.program_id = p.program_id"
        " AND s.person_id = p.person_id AND s.ended_on IS NULL), '') AS since, coalesce((SELECT max(c.valid_until)"
        " FROM survival_certificate c WHERE c.program_id = p.program_id AND c.person_id = p.person_id), '') AS until"
        f" FROM payment p WHERE {_LIVE} AND (since <> '' AND since <= ?3 OR until <> '' AND until < ?2) ORDER BY p.line",
        scope.day.isoformat(),
        last_day(scope.batch.period).isoformat(),
    )
    for row in rows:
        yield _line(
            row,
            f"{row[2]} 因没有生存认证，从 {row[4]} 起暂停发放。"
            if row[4]
            else f"{row[2]} 的生存认证到 {row[5]} 已过期。",
        )


def _undecided(scope: Scope) -> list[CheckRow]:
    """Payments on an enrolment that a household event left open."""
    rows = scope.rows(
        f"SELECT {_LINE}, v.happened_on, q.kind FROM enrolment_question q JOIN payment p ON p.enrolment_id = q.enrolment_id"
        f" JOIN household_event v ON v.id = q.event_id WHERE {_LIVE} AND q.state = 'open' ORDER BY p.line, q.id"
    )
    return _once(_line(row, f"{row[4]} 的户变动还没有处理完：{QUESTION_WORDS[row[5]]}。") for row in rows)


# -- IDs, twice, payees -------------------------------------------------------------------------------------


def _bad_ids(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.store.each(
        f"SELECT {_LINE}, x.id_kind, p.payee_id_number, p.payee_name, coalesce(y.id_kind, '') FROM payment p"
        f" JOIN person x ON x.id = p.person_id LEFT JOIN person y ON y.id = p.payee_id WHERE {_LIVE} ORDER BY p.line",
        (scope.batch.id,),
    )
    for row in rows:
        if row[4] == "resident" and id_fault(row[3]) is not None:
            yield _line(row, "身份证号不符合国家标准的校验规则，请核对证件。")
        elif row[7] == "resident" and row[5] != row[3] and id_fault(row[5]) is not None:
            yield _line(row, f"收款人 {row[6]} 的身份证号不符合国家标准的校验规则，请核对证件。")


def _other_documents(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.rows(
        f"SELECT {_LINE} FROM payment p JOIN person x ON x.id = p.person_id WHERE {_LIVE} AND x.id_kind = 'other' ORDER BY p.line"
    )
    return _said(rows, "登记的证件不是居民身份证，请核实证件和身份。")


def _key(scope: Scope) -> str:
    return "person_id" if scope.of_person else "household_id"


def _twice_in_batch(scope: Scope) -> list[CheckRow]:
    rows = scope.rows(
        "SELECT id, line, name, id_number, first FROM (SELECT p.id, p.line, p.name, p.id_number,"
        f" min(p.line) OVER (PARTITION BY p.{_key(scope)}) AS first FROM payment p WHERE {_LIVE}) WHERE line > first ORDER BY line"
    )
    merged = scope.rows(
        f"WITH {SAME} SELECT {_LINE}, o.line FROM same JOIN payment p ON p.person_id = same.id JOIN payment o"
        f" ON o.person_id = same.other AND o.batch_id = p.batch_id AND o.bucket <> 'stopped' WHERE {_LIVE} AND p.line > o.line"
        " ORDER BY p.line, o.line"
    )
    return _once(
        [
            *_said(rows, "与本批次第 {0} 行是同一受益人（户）。"),
            *_said(merged, "与本批次第 {0} 行是同一个人（两条记录已合并）。"),
        ]
    )


def _twice_in_period(scope: Scope) -> list[CheckRow]:
    rows = scope.rows(
        f"SELECT {_LINE}, b.number, o.line FROM payment p JOIN payment o ON o.{_key(scope)} = p.{_key(scope)}"
        " AND o.program_id = p.program_id AND o.period = p.period AND o.target = p.target AND o.batch_id <> p.batch_id"
        f" JOIN batch b ON b.id = o.batch_id WHERE {_LIVE} AND o.bucket NOT IN {LEAF} ORDER BY p.line"
    )
    merged = scope.rows(
        f"WITH {SAME} SELECT {_LINE}, b.number, o.line FROM same JOIN payment p ON p.person_id = same.id JOIN payment o"
        " ON o.person_id = same.other AND o.program_id = p.program_id AND o.period = p.period AND o.batch_id <> p.batch_id"
        f" JOIN batch b ON b.id = o.batch_id WHERE {_LIVE} AND o.bucket NOT IN {LEAF} ORDER BY p.line"
    )
    past = scope.rows(
        f"SELECT {_LINE}, o.run_id FROM payment p JOIN past_payment o ON o.{_key(scope)} = p.{_key(scope)}"
        " AND o.program_id = p.program_id AND o.period = p.period AND o.target = p.target AND o.outcome = 'paid'"
        f" WHERE {_LIVE} AND p.source_id IS NULL ORDER BY p.line"
    )
    return _once(
        [
            *_said(rows, "同一项目同一期间，批次 {0} 第 {1} 行已有这一笔。"),
            *_said(merged, "同一项目同一期间，批次 {0} 第 {1} 行已有同一个人的这一笔（两条记录已合并）。"),
            *_said(past, "同一项目同一期间，以前的发放里已有这一笔（第 {0} 次导入）。"),
        ]
    )


def _stopped_in_period(scope: Scope) -> Iterator[CheckRow]:
    """Who was stopped, or closed unpaid, in another batch of the same program and period: it may be so, not in silence."""
    rows = scope.rows(
        f"SELECT {_LINE}, b.number, o.bucket, o.changed_on, o.reason FROM payment p JOIN payment o ON o.{_key(scope)} = p.{_key(scope)}"
        " AND o.program_id = p.program_id AND o.period = p.period AND o.target = p.target AND o.batch_id <> p.batch_id"
        f" AND o.source_id IS NULL JOIN batch b ON b.id = o.batch_id WHERE {_LIVE} AND b.state <> 'cancelled'"
        " AND o.bucket IN ('stopped', 'closed_unpaid') ORDER BY p.line, o.id",
    )
    for row in rows:
        how = BUCKET_NAMES[Bucket(row[5])]
        yield _line(row, f"批次 {row[4]} 在 {row[6]} 对 {row[2]} {how}：{row[7] or '没有写明原因'}。")


def _payee_missing(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.rows(f"SELECT {_LINE} FROM payment p WHERE {_LIVE} AND p.payee_id IS NULL ORDER BY p.line")
    return _said(rows, "没有收款人（这一户没有登记户主）。")


def _payee_unrelated(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.rows(
        f"SELECT {_LINE}, p.payee_name FROM payment p JOIN household h ON h.id = p.household_id WHERE {_LIVE}"
        " AND p.payee_id <> p.person_id AND p.payee_id IS NOT h.head_id AND p.payee_id_number <> p.head_id_number"
        " AND NOT EXISTS (SELECT 1 FROM guardian g WHERE g.person_id = p.person_id AND g.id_number = p.payee_id_number)"
        " ORDER BY p.line"
    )
    return _said(rows, "收款人 {0} 不是受益人、户主，也没有登记为监护人或代领人。")


def _collects_many(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.rows(
        "WITH many AS MATERIALIZED (SELECT p.payee_id, count(DISTINCT p.person_id) AS people FROM payment p"
        f" WHERE {_LIVE} AND p.payee_id <> p.person_id GROUP BY p.payee_id HAVING people > ?2)"
        f" SELECT {_LINE}, p.payee_name, many.people FROM payment p JOIN many ON many.payee_id = p.payee_id"
        f" WHERE {_LIVE} AND p.payee_id <> p.person_id ORDER BY p.line",
        scope.limits["check.collects_people"],
    )
    return _said(rows, "收款人 {0} 在本批次代 {1} 人领取。")


def _over_cap(scope: Scope) -> Iterator[CheckRow]:
    cap = scope.stored.policy.cap_per_household
    if cap is None:
        return
    received = received_in_year(scope.store, scope.batch.program_id, scope.batch.period, scope.batch.id)
    here: dict[int, int] = dict(
        scope.rows(
            f"SELECT p.household_id, sum(p.owed_fen) FROM payment p WHERE {_LIVE} GROUP BY p.household_id"
        )
    )
    for row in scope.rows(f"SELECT {_LINE}, p.household_id FROM payment p WHERE {_LIVE} ORDER BY p.line"):
        whole = here[row[4]] + received.get(row[4], 0)
        if whole > cap:
            over = yuan_text(Fen(whole - cap))
            yield _line(
                row,
                f"该户本年合计 {yuan_text(Fen(whole))} 元，超过每户上限 {yuan_text(cap)} 元，多 {over} 元。",
            )


# -- accounts -----------------------------------------------------------------------------------------------


def _account_missing(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.rows(
        f"SELECT {_LINE}, p.payee_name FROM payment p WHERE {_LIVE} AND p.account_number = '' AND p.payee_id IS NOT NULL"
        " ORDER BY p.line"
    )
    return _said(rows, "收款人 {0} 没有登记账号。")


def _account_shared(scope: Scope) -> list[CheckRow]:
    """The number is another household's too, by the registry or by this batch."""
    registered = scope.rows(
        f"SELECT {_LINE}, p.account_number, x.name FROM payment p JOIN person y ON y.id = p.payee_id"
        " JOIN account a ON a.number = p.account_number AND a.valid_to IS NULL AND a.person_id <> p.payee_id"
        f" JOIN person x ON x.id = a.person_id WHERE {_LIVE} AND x.household_id <> y.household_id ORDER BY p.line, a.id"
    )
    here = scope.rows(
        "WITH shared AS MATERIALIZED (SELECT p.account_number, count(DISTINCT y.household_id) AS households FROM payment p"
        f" JOIN person y ON y.id = p.payee_id WHERE {_LIVE} AND p.account_number <> '' GROUP BY p.account_number"
        " HAVING households > 1)"
        f" SELECT {_LINE}, p.account_number, shared.households FROM payment p JOIN shared"
        f" ON shared.account_number = p.account_number WHERE {_LIVE} ORDER BY p.line"
    )
    return _once(
        [
            *(
                _line(row, f"账号 {mask_account(row[4])} 也登记在另一户 {row[5]} 名下。")
                for row in registered
            ),
            *(_line(row, f"账号 {mask_account(row[4])} 在本批次由 {row[5]} 户共用。") for row in here),
        ]
    )


def _account_luhn(scope: Scope) -> Iterator[CheckRow]:
    rows = scope.store.each(
        f"SELECT {_LINE}, p.account_number, coalesce(a.medium, '') FROM payment p LEFT JOIN account a ON a.person_id = p.payee_id"
        f" AND a.valid_to IS NULL AND a.number = p.account_number WHERE {_LIVE} AND length(p.account_number) BETWEEN 16 AND 19"
        " ORDER BY p.line",
        (scope.batch.id,),
    )
    for row in rows:
        if luhn_fails(row[4]) and "折" not in row[5]:
            yield _line(row, f"卡号 {mask_account(row[4])} 不符合银行卡校验规则，请核对。")


def _account_changed(scope: Scope) -> Iterator[CheckRow]:
    """Counted back from the day the batch was made, so that the check says the same at submission and approval."""
    made = date.fromisoformat(scope.batch.created_on)
    since = made - timedelta(days=scope.limits["check.account_days"])
    rows = scope.rows(
        "WITH left_behind AS MATERIALIZED (SELECT person_id, count(*) AS times, max(valid_to) AS latest FROM account"
        " WHERE valid_to > ?2 GROUP BY person_id HAVING latest >= ?3 OR times > 1)"
        f" SELECT {_LINE}, p.payee_name, c.latest, c.times FROM payment p JOIN left_behind c ON c.person_id = p.payee_id"
        f" WHERE {_LIVE} ORDER BY p.line",
        (made - timedelta(days=365)).isoformat(),
        since.isoformat(),
    )
    return _said(rows, "收款人 {0} 最近一次换账号在 {1}，一年内换过 {2} 次。")


# -- against last period ------------------------------------------------------------------------------------


_OLD_BOOKS: Final = """WITH was AS MATERIALIZED (
    SELECT id, program_id, period, target, person_id, household_id, village_id, name, id_number, payee_name, account_number,
           owed_fen, enrolment_id, source_id, bucket FROM payment
     WHERE program_id = (SELECT program_id FROM batch WHERE id = ?1) AND period = ?2
    UNION ALL
    SELECT -id, program_id, period, target, person_id, household_id, village_id, name, id_number, nullif(payee_name, ''),
           nullif(account_number, ''), owed_fen, NULL, NULL, 'paid' FROM past_payment
     WHERE program_id = (SELECT program_id FROM batch WHERE id = ?1) AND period = ?2 AND outcome = 'paid') """
"""Last period's payments, those taken over from old workbooks among them: what the old books did not say is NULL."""


def _last(scope: Scope) -> tuple[str, str]:
    """Where last period's payments are read from: what stands before the query, and the table. ?2 is that period."""
    return (_OLD_BOOKS, "was") if scope.last_is_taken_over else ("", "payment")


def _was(scope: Scope) -> str:
    """The join with last period's payment `q` of the same beneficiary; ?2 is that period."""
    return (
        f"{_last(scope)[1]} q ON q.{_key(scope)} = p.{_key(scope)} AND q.program_id = p.program_id AND q.period = ?2"
        " AND q.target = p.target AND q.source_id IS NULL AND q.bucket NOT IN ('stopped', 'closed_unpaid')"
    )


def _against_last(
    scope: Scope, columns: str, condition: str, *parameters: object, joins: str = ""
) -> list[Row]:
    if scope.last_period is None:
        return []
    return scope.rows(
        f"{_last(scope)[0]}SELECT {_LINE}, {columns} FROM payment p JOIN {_was(scope)} {joins} WHERE {_LIVE} AND {condition}"
        " ORDER BY p.line",
        scope.last_period,
        *parameters,
    )


def _last_new(scope: Scope) -> Iterator[CheckRow]:
    if scope.last_period is None:
        return iter(())
    rows = scope.rows(
        f"{_last(scope)[0]}SELECT {_LINE} FROM payment p LEFT JOIN {_was(scope)} WHERE {_LIVE} AND q.id IS NULL ORDER BY p.line",
        scope.last_period,
    )
    return _said(rows, f"上期（{period_text(scope.last_period)}）没有，本期新增。")


def _last_gone(scope: Scope) -> Iterator[CheckRow]:
    """Those paid last period who are in no batch of this one."""
    if scope.last_period is None:
        return
    key = _key(scope)
    with_old_books, last = _last(scope)
    rows = scope.rows(
        f"{with_old_books}SELECT q.name, q.id_number, v.name, q.owed_fen FROM {last} q JOIN village v ON v.id = q.village_id"
        " WHERE q.program_id = ?3 AND q.period = ?2 AND q.target = ?4 AND q.source_id IS NULL"
        " AND q.bucket NOT IN ('stopped', 'closed_unpaid') AND ?1 = ?1"
        f" AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.program_id = ?3 AND p.period = ?5 AND p.{key} = q.{key}"
        " AND p.target = ?4 AND p.bucket <> 'stopped') ORDER BY q.village_id, q.id",
        scope.last_period,
        scope.batch.program_id,
        scope.stored.policy.target,
        scope.batch.period,
    )
    for name, id_number, village, fen in rows:
        yield CheckRow(
            None, 0, name, mask_id(id_number), f"{village} {name} 上期发 {yuan_text(Fen(fen))} 元，本期没有。"
        )


def _last_amount(scope: Scope) -> Iterator[CheckRow]:
    for row in _against_last(
        scope,
        "q.owed_fen, p.owed_fen",
        "abs(p.owed_fen - q.owed_fen) * 100 > ?3 * q.owed_fen",
        scope.limits["check.change_percent"],
    ):
        yield _line(
            row, f"上期 {yuan_text(row[4])} 元，本期 {yuan_text(row[5])} 元，{_change(row[4], row[5])}。"
        )


def _last_account(scope: Scope) -> Iterator[CheckRow]:
    for row in _against_last(
        scope,
        "q.account_number, p.account_number",
        "p.account_number <> q.account_number AND p.account_number <> ''",
    ):
        yield _line(row, f"上期账号 {mask_account(row[4]) or '（空）'}，本期账号 {mask_account(row[5])}。")


def _last_name(scope: Scope) -> Iterator[CheckRow]:
    for row in _against_last(
        scope,
        "q.name, p.name, q.payee_name, p.payee_name",
        "(p.name <> q.name OR p.payee_name <> q.payee_name)",
    ):
        changed = [
            f"{what}上期“{before}”，本期“{now}”"
            for what, before, now in (("受益人", row[4], row[5]), ("收款人", row[6], row[7]))
            if before is not None and before != now
        ]
        yield _line(row, "，".join(changed) + "。")


def _last_quantity(scope: Scope) -> Iterator[CheckRow]:
    policy = scope.stored.policy
    if policy.family not in ("per_unit", "pool"):
        return
    rows = _against_last(
        scope,
        "f.quantity, e.quantity",
        "abs(e.quantity - f.quantity) * 100 > ?3 * f.quantity",
        scope.limits["check.change_percent"],
        joins="JOIN enrolment e ON e.id = p.enrolment_id JOIN enrolment f ON f.id = q.enrolment_id",
    )
    for row in rows:
        before, now = (quantity_text(Quantity(row[place])) for place in (4, 5))
        yield _line(
            row, f"上期 {before} {policy.unit}，本期 {now} {policy.unit}，{_change(row[4], row[5])}。"
        )


def _last_village(scope: Scope) -> Iterator[CheckRow]:
    """Whole villages, over all batches of both periods."""
    if scope.last_period is None:
        return
    with_old_books, last = _last(scope)
    rows = scope.rows(
        f"{with_old_books}SELECT v.name, before.fen, now.fen FROM"
        " (SELECT village_id, sum(owed_fen) AS fen FROM payment WHERE program_id = ?3 AND period = ?4 AND source_id IS NULL"
        "   AND bucket NOT IN ('stopped', 'closed_unpaid') GROUP BY village_id) now JOIN"
        f" (SELECT village_id, sum(owed_fen) AS fen FROM {last} WHERE program_id = ?3 AND period = ?2 AND source_id IS NULL"
        "   AND bucket NOT IN ('stopped', 'closed_unpaid') GROUP BY village_id) before ON before.village_id = now.village_id"
        " JOIN village v ON v.id = now.village_id WHERE abs(now.fen - before.fen) * 100 > ?5 * before.fen"
        " AND EXISTS (SELECT 1 FROM batch_tally t WHERE t.batch_id = ?1 AND t.village_id = v.id) ORDER BY v.id",
        scope.last_period,
        scope.batch.program_id,
        scope.batch.period,
        scope.limits["check.change_percent"],
    )
    for village, before, now in rows:
        sentence = (
            f"{village}上期合计 {yuan_text(before)} 元，本期 {yuan_text(now)} 元，{_change(before, now)}。"
        )
        yield CheckRow(None, 0, village, "", sentence)


def _change(before: int, now: int) -> str:
    """How much more or less, in whole percent."""
    if not before:
        return "上期为 0"
    return f"{'增' if now > before else '减'} {abs(now - before) * 100 // before}%"


# -- amounts ------------------------------------------------------------------------------------------------


def _unusual(scope: Scope) -> Iterator[CheckRow]:
    count = scope.live[0]
    if count < _FEWEST_FOR_USUAL:
        return
    usual = scope.rows(
        f"SELECT p.owed_fen FROM payment p WHERE {_LIVE} ORDER BY p.owed_fen LIMIT 1 OFFSET ?2", count // 2
    )[0][0]
    times = scope.limits["check.usual_times"]
    for row in scope.rows(
        f"SELECT {_LINE}, p.owed_fen FROM payment p WHERE {_LIVE} AND p.owed_fen > ?2 ORDER BY p.line",
        usual * times,
    ):
        yield _line(row, f"{yuan_text(row[4])} 元，超过本批次中位数 {yuan_text(usual)} 元的 {times} 倍。")


def _equal_amounts(scope: Scope) -> Iterator[CheckRow]:
    """In a means-tested program every household's income differs; a village where all get the same was not tested."""
    if scope.stored.policy.family != "top_up":
        return
    rows = scope.rows(
        "SELECT v.name, count(*) AS households, min(p.owed_fen) FROM payment p JOIN village v ON v.id = p.village_id"
        f" WHERE {_LIVE} GROUP BY p.village_id HAVING households >= ?2 AND min(p.owed_fen) = max(p.owed_fen) ORDER BY p.village_id",
        scope.limits["check.equal_people"],
    )
    for village, households, fen in rows:
        sentence = f"{village} {households} 户的金额都是 {yuan_text(fen)} 元，请核实是否逐户核算。"
        yield CheckRow(None, 0, village, "", sentence)


# -- other programs -----------------------------------------------------------------------------------------


def _conflicts(scope: Scope) -> list[CheckRow]:
    """What the exclusion matrix says beside entitlements and payments that share a month with this period."""
    matrix = conflicting(scope.program.code, conflicts_of(scope.store, scope.program.code))
    period = scope.batch.period
    found = []
    for by_person in (True, False):
        codes = [code for code, pair in matrix.items() if (pair.scope == "person") == by_person]
        if not codes:
            continue
        held = _held(scope, codes, "person_id" if by_person else "household_id")
        for row in (*held, *(_held_by_other_records(scope, codes) if by_person else ())):
            code, other, its_period = row[4:7]
            if its_period and not periods_overlap(its_period, period):
                continue
            pair = matrix[code]
            when = period_text(its_period) if its_period else "长期"
            found.append(_line(row, f"{SCOPE_NAMES[pair.scope]}还有“{other}”（{when}），按规定{pair.mode}。"))
    return _once(found)


def _held_by_other_records(scope: Scope, codes: Sequence[str]) -> list[Row]:
    """As `_held`, of the other records of the same person (merged by a mark)."""
    period = scope.batch.period
    marks = ", ".join(f"?{place}" for place in range(5, 5 + len(codes)))
    return scope.rows(
        f"WITH {SAME} SELECT {_LINE}, g.code, g.name, o.period FROM same JOIN payment p ON p.person_id = same.id"
        " JOIN enrolment o ON o.person_id = same.other JOIN program g ON g.id = o.program_id"
        f" WHERE {_LIVE} AND g.code IN ({marks}) AND o.state = 'active' AND o.valid_from <= ?3 AND coalesce(o.valid_to, ?2) >= ?2"
        f" UNION ALL SELECT {_LINE}, g.code, g.name, o.period FROM same JOIN payment p ON p.person_id = same.id"
        " JOIN payment o ON o.person_id = same.other JOIN program g ON g.id = o.program_id"
        f" WHERE {_LIVE} AND g.code IN ({marks}) AND o.bucket NOT IN {LEAF} AND substr(o.period, 1, 4) = ?4 ORDER BY 2",
        first_day(period).isoformat(),
        last_day(period).isoformat(),
        period[:4],
        *codes,
    )


def _held(scope: Scope, codes: Sequence[str], key: str) -> list[Row]:
    """`_LINE`, code, name and period of the other programs' enrolments and payments of the same person or household."""
    period = scope.batch.period
    marks = ", ".join(f"?{place}" for place in range(5, 5 + len(codes)))
    return scope.rows(
        f"SELECT {_LINE}, g.code, g.name, o.period FROM enrolment o JOIN program g ON g.id = o.program_id"
        f" JOIN payment p ON p.{key} = o.{key} WHERE {_LIVE} AND g.code IN ({marks}) AND o.state = 'active'"
        " AND o.valid_from <= ?3 AND coalesce(o.valid_to, ?2) >= ?2"
        f" UNION ALL SELECT {_LINE}, g.code, g.name, o.period FROM payment o JOIN program g ON g.id = o.program_id"
        f" JOIN payment p ON p.{key} = o.{key} WHERE {_LIVE} AND g.code IN ({marks}) AND o.bucket NOT IN {LEAF}"
        " AND substr(o.period, 1, 4) = ?4 ORDER BY 2",
        first_day(period).isoformat(),
        last_day(period).isoformat(),
        period[:4],
        *codes,
    )


# -- the batch as a whole -----------------------------------------------------------------------------------


def _policy_not_in_force(scope: Scope) -> Iterator[CheckRow]:
    try:
        _, now = policy_for(scope.store, scope.batch.program_id, scope.batch.period)
    except NoPolicyInForce as refusal:
        yield row_of_batch(refusal.sentence)
        return
    if now.id != scope.batch.policy_id:
        yield row_of_batch(
            f"本批次按第 {scope.stored.version} 版政策计算，{period_text(scope.batch.period)}现行的是第 {now.version} 版"
            f"（{now.policy.document}）。"
        )


def _funds_short(scope: Scope) -> Iterator[CheckRow]:
    available = sum(max(one.available_fen, 0) for one in allotments(scope.store, scope.batch.program_id))
    owed = scope.live[1]
    if available < owed:
        yield row_of_batch(
            f"项目的资金指标可用 {yuan_text(Fen(available))} 元，应发 {yuan_text(owed)} 元，差 {yuan_text(Fen(owed - available))} 元。"
        )


def _notice(scope: Scope) -> Row | None:
    return scope.store.row(
        "SELECT first_day, last_day FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn' ORDER BY id DESC LIMIT 1",
        (scope.batch.id,),
    )


def _notice_missing(scope: Scope) -> Iterator[CheckRow]:
    if posted_first(scope.store, scope.batch) and _notice(scope) is None:
        yield row_of_batch("按政策要先公示再审批，还没有公示。")


def _notice_too_short(scope: Scope) -> Iterator[CheckRow]:
    notice = _notice(scope) if posted_first(scope.store, scope.batch) else None
    if notice is not None and scope.day.isoformat() <= notice[1]:
        yield row_of_batch(f"公示期 {notice[0]} 至 {notice[1]}，{scope.day.isoformat()} 还没有期满。")


def _objection_open(scope: Scope) -> Iterator[CheckRow]:
    for objection, person, raised_on in scope.store.rows(
        "SELECT id, person, raised_on FROM objection WHERE batch_id = ? AND outcome = '' ORDER BY id",
        (scope.batch.id,),
    ):
        yield row_of_batch(f"{person} {raised_on} 提出的第 {objection} 号异议还没有处理结果。")


def _entered_and_reviewed(scope: Scope) -> Iterator[CheckRow]:
    """The reviewer of the batch is the one who brought in its rosters."""
    for name, file_name in scope.store.rows(
        "SELECT DISTINCT o.name, r.file_name FROM batch_act a JOIN operator o ON o.id = a.operator_id"
        " JOIN import_run r ON r.operator_id = o.id AND r.kind = 'roster' WHERE a.batch_id = ?1 AND a.step = 'review'"
        " AND EXISTS (SELECT 1 FROM payment p JOIN enrolment e ON e.id = p.enrolment_id WHERE p.batch_id = ?1 AND e.run_id = r.id)",
        (scope.batch.id,),
    ):
        yield row_of_batch(f"复核人 {name} 就是导入花名册“{file_name}”的人。")


_MEND: Final = "请停发这些款项，或退回批次改正资料后重算。"

CHECKS: Final[tuple[Check, ...]] = (
    Check(CheckCode.PERSON_DECEASED, "受益人已死亡", "blocker", _person_deceased, _MEND),
    Check(CheckCode.HEAD_DECEASED, "户主已死亡", "blocker", _head_deceased, "请先变更户主后重算，或停发这些款项。"),
    Check(CheckCode.PAYEE_DECEASED, "收款人已死亡", "blocker", _payee_deceased, _MEND),
    Check(CheckCode.ID_BAD, "身份证号有误", "blocker", _bad_ids, _MEND),
    Check(CheckCode.TWICE_IN_BATCH, "批次内重复", "blocker", _twice_in_batch, _MEND),
    Check(CheckCode.TWICE_IN_PERIOD, "同项目同期间重复", "blocker", _twice_in_period, _MEND),
    Check(CheckCode.PAYEE_MISSING, "没有收款人", "blocker", _payee_missing, "请先登记户主后重算，或停发这些款项。"),
    Check(CheckCode.PAYEE_UNRELATED, "收款人与受益人无关", "blocker", _payee_unrelated, "请先登记监护人或代领人，或停发这些款项。"),
    Check(CheckCode.OVER_CAP, "超过每户上限", "blocker", _over_cap, _MEND, not_for_reissue=True),
    Check(CheckCode.ACCOUNT_MISSING, "没有收款账号", "blocker", _account_missing, "请先登记账户后重算，或停发这些款项。"),
    Check(
        CheckCode.POLICY_NOT_IN_FORCE, "政策不是现行有效", "blocker", _policy_not_in_force, "请登记政策或退回批次重算。",
        not_for_reissue=True,
    ),
    Check(
        CheckCode.FUNDS_SHORT, "资金不足", "blocker", _funds_short, "请先登记指标和到账后再审批。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.NOTICE_MISSING, "没有公示", "blocker", _notice_missing, "请先公示。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.NOTICE_TOO_SHORT, "公示期未满", "blocker", _notice_too_short, "请等公示期满。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.OBJECTION_OPEN, "异议未处理", "blocker", _objection_open, "请先处理异议。",
        only_at_approval=True, not_for_reissue=True,
    ),
    Check(
        CheckCode.STOPPED_IN_PERIOD, "同期曾停发或关闭", "warning", _stopped_in_period,
        "请核对当时停发、关闭的原因是否已经消除。", not_for_reissue=True,
    ),
    Check(CheckCode.CONFLICT, "与其他项目互斥", "warning", _conflicts),
    Check(CheckCode.OTHER_DOCUMENT, "证件不是居民身份证", "warning", _other_documents),
    Check(CheckCode.ACCOUNT_SHARED, "账号由多户共用", "warning", _account_shared),
    Check(CheckCode.ACCOUNT_LUHN, "银行卡号校验不符", "warning", _account_luhn),
    Check(CheckCode.ACCOUNT_CHANGED, "近期换过账号", "warning", _account_changed, not_for_reissue=True),
    Check(CheckCode.LAST_NEW, "比上期新增", "warning", _last_new, not_for_reissue=True),
    Check(CheckCode.LAST_GONE, "比上期减少", "warning", _last_gone, not_for_reissue=True),
    Check(CheckCode.LAST_AMOUNT, "金额比上期变动大", "warning", _last_amount, not_for_reissue=True),
    Check(CheckCode.LAST_ACCOUNT, "账号与上期不同", "warning", _last_account, not_for_reissue=True),
    Check(CheckCode.LAST_NAME, "姓名与上期不同", "warning", _last_name, not_for_reissue=True),
    Check(CheckCode.LAST_QUANTITY, "面积（数量）比上期变动大", "warning", _last_quantity, not_for_reissue=True),
    Check(CheckCode.LAST_VILLAGE, "村合计比上期变动大", "warning", _last_village, not_for_reissue=True),
    Check(CheckCode.UNUSUAL, "金额明显偏高", "warning", _unusual, not_for_reissue=True),
    Check(CheckCode.EQUAL_AMOUNTS, "整村金额相同", "warning", _equal_amounts, not_for_reissue=True),
    Check(CheckCode.COLLECTS_MANY, "一人代领多人", "warning", _collects_many),
    Check(CheckCode.ON_PAYROLL, "财政供养人员", "warning", _on_payroll),
    Check(CheckCode.CADRE, "村干部或其家属", "warning", _cadre),
    Check(CheckCode.RELOCATED, "在搬迁名单上", "warning", _relocated),
    Check(CheckCode.DEATH_NEAR, "疑似已死亡", "warning", _death_near),
    Check(CheckCode.SURVIVAL, "生存认证逾期", "warning", _survival_overdue),
    Check(CheckCode.UNDECIDED, "享受资格待定", "warning", _undecided),
    Check(
        CheckCode.ENTERED_AND_REVIEWED, "录入与复核同一人", "warning", _entered_and_reviewed,
        only_at_approval=True, not_for_reissue=True,
    ),
)  # fmt: skip
