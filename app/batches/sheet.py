"""The check sheet 体检表: what each check found, with reasons; frozen as canonical JSON under its SHA-256."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from app.batches.steps import BatchRow
from app.desk import Desk
from models.domain.buckets import Tally
from models.domain.refusal import Refusal
from models.store.opening import Store

Level = Literal["blocker", "warning"]
Stage = Literal["submit", "approve"]

LEVEL_NAMES: Final[dict[Level, str]] = {"blocker": "不能通过", "warning": "需要说明"}
STAGE_NAMES: Final[dict[Stage, str]] = {"submit": "提交", "approve": "审批"}
_MOST_NAMED: Final = 5
_SHORTEST_REASON: Final = 2


class CheckCode(StrEnum):
    """Every check of DOMAIN §9 that the office's own records allow."""

    PERSON_DECEASED = "person.deceased"
    HEAD_DECEASED = "head.deceased"
    PAYEE_DECEASED = "payee.deceased"
    ID_BAD = "id.bad"
    TWICE_IN_BATCH = "payment.twice_in_batch"
    TWICE_IN_PERIOD = "payment.twice_in_period"
    PAYEE_MISSING = "payee.missing"
    PAYEE_UNRELATED = "payee.unrelated"
    OVER_CAP = "household.over_cap"
    ACCOUNT_MISSING = "account.missing"
    POLICY_NOT_IN_FORCE = "policy.not_in_force"
    FUNDS_SHORT = "funds.short"
    NOTICE_MISSING = "notice.missing"
    NOTICE_TOO_SHORT = "notice.too_short"
    OBJECTION_OPEN = "notice.objection_open"
    STOPPED_IN_PERIOD = "payment.stopped_in_period"
    CONFLICT = "program.conflict"
    OTHER_DOCUMENT = "id.other_document"
    ACCOUNT_SHARED = "account.shared"
    ACCOUNT_LUHN = "account.luhn"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_FAILED = "account.failed_before"
    LAST_NEW = "last.new"
    LAST_GONE = "last.gone"
    LAST_AMOUNT = "last.amount_changed"
    LAST_ACCOUNT = "last.account_changed"
    LAST_NAME = "last.name_changed"
    LAST_QUANTITY = "last.quantity_changed"
    LAST_VILLAGE = "last.village_jumped"
    UNUSUAL = "amount.unusual"
    EQUAL_AMOUNTS = "amount.equal_in_village"
    COLLECTS_MANY = "payee.collects_many"
    ON_PAYROLL = "person.on_payroll"
    CADRE = "person.cadre"
    RELOCATED = "person.relocated"
    DEATH_NEAR = "person.death_near"
    SURVIVAL = "person.survival_overdue"
    UNDECIDED = "enrolment.undecided"
    ENTERED_AND_REVIEWED = "operator.entered_and_reviewed"


class CheckRow(NamedTuple):
    """One line that a check found; `payment_id` None and `line` 0 for what concerns the batch or a village as a whole."""

    payment_id: int | None
    line: int
    name: str
    id_masked: str
    sentence: str


@dataclass(frozen=True)
class CheckResult:
    """What one check found; no rows means 通过. `reason` is what somebody answers to a warning."""

    code: CheckCode
    name: str
    level: Level
    rows: tuple[CheckRow, ...]
    advice: str = ""
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.rows


@dataclass(frozen=True)
class CheckSheet:
    """All checks of one batch at one moment; `checked` are the live payments that were looked at."""

    batch_id: int
    number: str
    stage: Stage
    checked: Tally
    results: tuple[CheckResult, ...]

    @property
    def blockers(self) -> tuple[CheckResult, ...]:
        """Blockers that found something and that no reason lifts."""
        return tuple(
            one for one in self.results if one.rows and one.level == "blocker" and one.code not in LIFTABLE
        )

    @property
    def to_explain(self) -> tuple[CheckResult, ...]:
        """What found something and passes with a written reason only."""
        return tuple(
            one for one in self.results if one.rows and (one.level == "warning" or one.code in LIFTABLE)
        )

    def as_json(self) -> dict[str, object]:
        """The sheet for scripts and for keeping; IDs are masked."""
        return {
            "batch": self.batch_id,
            "number": self.number,
            "stage": self.stage,
            "payments": self.checked.payments,
            "owed_fen": self.checked.fen,
            "blockers": len(self.blockers),
            "warnings": len(self.to_explain),
            "checks": [
                {
                    "code": one.code.value,
                    "name": one.name,
                    "level": one.level,
                    "passed": one.passed,
                    "reason": one.reason,
                    "advice": one.advice,
                    "rows": [
                        {
                            "payment": row.payment_id,
                            "line": row.line,
                            "name": row.name,
                            "id_masked": row.id_masked,
                            "sentence": row.sentence,
                        }
                        for row in one.rows
                    ],
                }
                for one in self.results
            ],
        }


LIFTABLE: Final = frozenset({CheckCode.NOTICE_TOO_SHORT})
"""Blockers that a written reason lifts: a notice is not passed earlier without one (DOMAIN §3)."""


class PreflightBlocked(Refusal):
    """The check found what must not be paid."""

    form = "批次 {number} 体检有 {count} 项不能通过：{found}。{advice}"


class NoticeTooShort(Refusal):
    """The notice has not ended."""

    form = "{found}公示期满后再审批；确需提前的，请用 --reason {code}=理由 写明理由。"
    in_window = "{found}公示期满后再审批；确需提前的，请在“体检”里这一项写明理由。"


class NeedsReason(Refusal):
    """Warnings without a written reason."""

    form = "批次 {number} 体检有 {count} 项需要书面说明：{found}。请核对后逐项用 --reason 代码=理由 说明，例如 --reason {code}=已核实。"
    in_window = "批次 {number} 体检有 {count} 项需要书面说明：{found}。请在“体检”里逐项写明核实情况。"


class NoSuchCheck(Refusal):
    """A reason for a check that does not exist."""

    form = "没有代码为“{code}”的体检项目。可用的代码：{known}。"


def with_reasons(store: Store, sheet: CheckSheet, reasons: Mapping[str, str]) -> CheckSheet:
    """The sheet with the reasons given now, and with those that the submission's sheet gave for the same rows.

    A reason carries over while the check finds nothing that it did not find then. Raises NoSuchCheck.
    """
    known = {code.value for code in CheckCode}
    for code in reasons:
        if code not in known:
            raise NoSuchCheck(code=code, known="、".join(sorted(known)))
    given = {
        code: reason.strip() for code, reason in reasons.items() if len(reason.strip()) >= _SHORTEST_REASON
    }
    before = _reasons_at_submission(store, sheet) if sheet.stage == "approve" else {}
    return replace(
        sheet,
        results=tuple(
            replace(one, reason=given.get(one.code.value) or _carried(one, before))
            if one in sheet.to_explain
            else one
            for one in sheet.results
        ),
    )


def _reasons_at_submission(store: Store, sheet: CheckSheet) -> dict[str, tuple[str, set[tuple[object, str]]]]:
    body = store.value(
        "SELECT body FROM check_sheet WHERE batch_id = ? AND stage = 'submit' ORDER BY id DESC LIMIT 1",
        (sheet.batch_id,),
    )
    checks = json.loads(body)["checks"] if body else []
    return {
        one["code"]: (one["reason"], {(row["payment"], row["sentence"]) for row in one["rows"]})
        for one in checks
        if one["reason"]
    }


def _carried(result: CheckResult, before: Mapping[str, tuple[str, set[tuple[object, str]]]]) -> str:
    reason, rows = before.get(result.code.value, ("", set()))
    return reason if {(row.payment_id, row.sentence) for row in result.rows} <= rows else ""


def refuse_unless_passed(sheet: CheckSheet, *, but: CheckCode | None = None) -> None:
    """Stop a batch that must not go on, `but` set aside. Raises PreflightBlocked, NoticeTooShort, NeedsReason."""
    blockers = [one for one in sheet.blockers if one.code is not but]
    if blockers:
        advice = "".join(dict.fromkeys(one.advice for one in blockers if one.advice))
        raise PreflightBlocked(
            number=sheet.number,
            count=len(blockers),
            found="；".join(_named(one) for one in blockers),
            advice=advice,
        )
    unexplained = [one for one in sheet.to_explain if not one.reason]
    for one in unexplained:
        if one.code is CheckCode.NOTICE_TOO_SHORT:
            raise NoticeTooShort(found=one.rows[0].sentence, code=one.code.value)
    if unexplained:
        raise NeedsReason(
            number=sheet.number,
            count=len(unexplained),
            found="；".join(f"{one.code.value}（{one.name} {len(one.rows)} 行）" for one in unexplained),
            code=unexplained[0].code.value,
        )


def _named(result: CheckResult) -> str:
    """A check with its first lines: 没有收款账号 3 笔（第 4 行 张三、第 9 行 李四等）."""
    rows = result.rows
    if rows[0].payment_id is None:
        return f"{result.name}：{rows[0].sentence.rstrip('。')}"
    lines = "、".join(f"第 {row.line} 行 {row.name}" for row in rows[:_MOST_NAMED])
    return f"{result.name} {len(rows)} 笔（{lines}{'等' if len(rows) > _MOST_NAMED else ''}）"


def freeze(desk: Desk, batch: BatchRow, sheet: CheckSheet) -> str:
    """Keep a sheet for good, inside `writing`; gives the SHA-256 of its canonical JSON."""
    body = canonical(sheet)
    digest = sha256(body.encode()).hexdigest()
    desk.store.execute(
        "INSERT INTO check_sheet (batch_id, stage, body, sha256, made_on) VALUES (?, ?, ?, ?, ?)",
        (batch.id, sheet.stage, body, digest, desk.day),
    )
    return digest


def canonical(sheet: CheckSheet) -> str:
    """The one way to write a sheet: keys sorted, no blanks, text as it is."""
    return json.dumps(sheet.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row_of_batch(sentence: str) -> CheckRow:
    """A row that concerns the batch as a whole."""
    return CheckRow(None, 0, "", "", sentence)


def rows_of(results: Sequence[CheckResult], payment_id: int) -> list[tuple[CheckResult, CheckRow]]:
    """What the checks say of one payment."""
    return [(one, row) for one in results for row in one.rows if row.payment_id == payment_id]
