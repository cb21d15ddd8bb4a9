"""户变动: the head died, another head, a move, one household into another; with day and reason."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from app.changes import Changes
from app.desk import Desk
from app.registry.use_cases import (
    record_head_change,
    record_head_death,
    record_merge,
    record_move,
    record_split,
)
from models.domain.masking import mask_id
from ui.theme import Tone
from ui.widgets.asking import Asked, Question

if TYPE_CHECKING:
    from ui.screens.registry.screen import RegistryScreen

_KINDS = (
    ("head_death", "户主死亡，另选户主"),
    ("head_change", "更换户主"),
    ("split", "分户：几个人另立一户"),
    ("move", "迁到另一个村"),
    ("merge", "并入另一户"),
)
_ALWAYS = {"kind", "day", "reason"}
_ASKED = {
    "head_death": _ALWAYS | {"member"},
    "head_change": _ALWAYS | {"member"},
    "split": _ALWAYS | {"member", "members"},
    "move": _ALWAYS | {"village"},
    "merge": _ALWAYS | {"into"},
}


def ask_event(screen: "RegistryScreen", person: int) -> Question:
    """Ask what happened, when and why; what enrolments it leaves open is said after."""
    store = screen.office.store
    row = store.row("SELECT id_number, household_id, name FROM person WHERE id = ?", (person,))
    assert row is not None  # the card of somebody is open  # noqa: S101
    household = str(row[0])
    members = store.rows(
        "SELECT id_number, name, relation FROM person WHERE household_id = ? AND is_dead = 0 AND merged_into IS NULL ORDER BY id",
        (row[1],),
    )
    villages = store.rows("SELECT name FROM village ORDER BY id")

    def answer(question: Question, values: Mapping[str, str]) -> None:
        def done(made: Changes) -> None:
            question.accept()
            open_questions = made.counts.get("to_decide", 0)
            more = f"有 {open_questions} 项享受资格要作决定，在“享受对象”里办。" if open_questions else ""
            screen.bar.say(f"户变动已登记。{more}", Tone.WARN if open_questions else Tone.GOOD)

        screen.office.act(
            "登记户变动", lambda desk: _record(desk, household, values), done=done, refused=question.refuse
        )

    known = [(one[0], f"{one[1]}　{one[2]}　{mask_id(one[0])}") for one in members]
    question = Question(
        f"{row[2]} 这一户的变动",
        "登记",
        [
            Asked("kind", "发生了什么", "choice", choices=_KINDS),
            Asked("day", "日期", "day", screen.office.today.isoformat()),
            Asked(
                "member",
                "新户主（分户时：新户的户主）",
                "choice",
                choices=known,
            ),
            Asked("members", "一起分出去的人", "ticks", choices=known),
            Asked("village", "迁到", "choice", choices=[(one[0], one[0]) for one in villages]),
            Asked("into", "并入哪一户", "code", hint="那一户的户编号，或任何一人的身份证号"),
            Asked("reason", "原因", needed=True),
        ],
        answer,
        words="以前的户主和成员会留在历史里。",
        parent=screen,
    )
    kind = question.fields["kind"]
    assert isinstance(kind, QComboBox)  # a choice is one  # noqa: S101
    kind.currentIndexChanged.connect(lambda _place: question.ask_only(_ASKED[str(kind.currentData())]))
    question.ask_only(_ASKED[str(kind.currentData())])
    question.open()
    return question


def _record(desk: Desk, household: str, given: Mapping[str, str]) -> Changes:
    day, reason, member = date.fromisoformat(given["day"]), given["reason"], given["member"]
    if given["kind"] == "head_death":
        return record_head_death(desk, household=household, died_on=day, new_head=member, reason=reason)
    if given["kind"] == "head_change":
        return record_head_change(desk, household=household, new_head=member, on=day, reason=reason)
    if given["kind"] == "split":
        leaving = [one for one in given["members"].split(",") if one]
        return record_split(
            desk, household=household, members=list(dict.fromkeys([member, *leaving])), new_head=member, on=day,
            reason=reason,
        )  # fmt: skip
    if given["kind"] == "move":
        return record_move(desk, household=household, village=given["village"], on=day, reason=reason)
    return record_merge(desk, household=household, into=given["into"], on=day, reason=reason)
