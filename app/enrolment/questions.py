"""Enrolments that a household event left open 待定资格: somebody decides whether they go on or stop."""

from datetime import date
from typing import Literal

from app.desk import Desk
from app.enrolment.ending import end_enrolment
from models.domain.refusal import Refusal

Decision = Literal["kept", "stopped"]


class NoSuchQuestion(Refusal):
    """No open enrolment of that number."""

    form = "没有第 {question} 项待定资格。请用 enrolment undecided 查看。"
    in_window = "没有第 {question} 项待定资格，可能刚被别人处理过。请按 F5 重新读取。"


class QuestionDecided(Refusal):
    """It was decided before."""

    form = "第 {question} 项在 {day} 已经决定过（{reason}）。要再改，请更新花名册或登记新的变动。"


class QuestionReasonMissing(Refusal):
    """A decision without a reason."""

    form = "没有填写理由。请写明怎样核实的，例如“村委会核定土地归分出户”。"


class LastDayMissing(Refusal):
    """A stop without the last day that is still paid for."""

    form = "停止资格要写明享受到哪一天为止。请填写最后一天的日期。"


def write_decision(desk: Desk, question: int, decision: Decision, reason: str, last_day: date | None) -> int:
    """Keep the decision and end the enrolment where that was decided, inside `writing`; gives the enrolment.

    Raises NoSuchQuestion, QuestionDecided, QuestionReasonMissing, LastDayMissing.
    """
    store = desk.store
    if not reason.strip():
        raise QuestionReasonMissing
    found = store.row(
        "SELECT enrolment_id, state, decided_on, reason FROM enrolment_question WHERE id = ?", (question,)
    )
    if found is None:
        raise NoSuchQuestion(question=question)
    enrolment, state, day, known = found
    if state != "open":
        raise QuestionDecided(question=question, day=day, reason=known)
    if decision == "stopped":
        if last_day is None:
            raise LastDayMissing
        end_enrolment(store, enrolment, last_day, reason.strip())
    # whatever else is open about the enrolment is open no more when it stops
    store.execute(
        "UPDATE enrolment_question SET state = ?, reason = ?, decided_on = ?, decided_by = ? WHERE state = 'open'"
        " AND (id = ? OR ? AND enrolment_id = ?)",
        (decision, reason.strip(), desk.day, desk.operator.id, question, decision == "stopped", enrolment),
    )
    return int(enrolment)
