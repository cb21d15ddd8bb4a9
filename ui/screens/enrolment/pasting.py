"""粘贴名单登记: a range copied in WPS begins somebody's entitlement row by row; every row says before what it would pay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from app.changes import Changes
from app.desk import Desk
from app.enrolment.listings import programs_to_start
from app.enrolment.single import asked_of, entitled
from app.enrolment.use_cases import start_enrolment
from app.registry.listings import recognise
from models.domain.money import yuan_text
from models.domain.refusal import Refusal
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.paste_dialog import PasteDialog, Verdict, clipboard_rows

if TYPE_CHECKING:
    from ui.screens.enrolment.screen import EnrolmentScreen

_LONGEST_FIGURE: Final = 8
"""Cells as long as an ID or an account, and names, say who it is; the figures beside them are the facts in their order."""


def paste_list(screen: "EnrolmentScreen") -> None:
    """Look at what is on the clipboard, each row with its verdict; then ask why, and begin the good ones."""
    rows = clipboard_rows()
    if not rows:
        screen.bar.say(
            "剪贴板里没有内容。请先在 WPS 里选中一片格子（证件号、数量等），按 Ctrl+C 复制。", Tone.CALM
        )
    elif code := screen.program_code():
        _look(screen, code, rows)
    else:
        _ask_program(screen, rows)


def _ask_program(screen: "EnrolmentScreen", rows: Sequence[Sequence[str]]) -> None:
    def answer(question: Question, given: dict[str, str]) -> None:
        question.accept()
        _look(screen, given["program"], rows)

    known = programs_to_start(screen.office.store, screen.office.today.isoformat())
    choices = [(code, f"{name}（{code}）") for code, name in known]
    screen.question = Question(
        "粘贴名单登记享受", "看结果", [Asked("program", "补贴项目(&P)", "choice", choices=choices, needed=True)], answer,
        parent=screen,
    )  # fmt: skip
    screen.question.open()


def _look(screen: "EnrolmentScreen", code: str, rows: Sequence[Sequence[str]]) -> None:
    office = screen.office
    first = office.today.replace(day=1)
    try:
        names = [fact.name for fact in asked_of(office.store, code, first)]
    except Refusal as no:
        screen.bar.say(no.window_sentence, Tone.BAD)
        return
    typed: dict[int, dict[str, str]] = {}

    def judge(pasted: Sequence[Sequence[str]]) -> list[Verdict]:
        found = recognise(office.store, pasted)
        return [verdict(row, one.person, one.words) for row, one in zip(pasted, found, strict=True)]

    def verdict(row: Sequence[str], person: int | None, words: str) -> Verdict:
        if person is None:
            return Verdict(row, words, good=False)
        if person in typed:
            return Verdict(row, "这个人上面已经有一行", good=False)
        facts = facts_of(row, names)
        try:
            made = entitled(office.store, code, person, first, facts)
        except Refusal as no:
            return Verdict(row, no.window_sentence, good=False)
        typed[person] = facts
        return Verdict(
            row, f"{words}　{yuan_text(made.entitlement.fen)} 元　{made.hint}".strip(), good=True, id=person
        )

    screen.pasting = PasteDialog("粘贴名单登记享受", "登记这些人", rows, judge, screen)
    screen.pasting.taken.connect(
        lambda people: _ask_why(screen, code, first, {one: typed[one] for one in people})
    )
    screen.pasting.open()


def facts_of(row: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The figures of a row, taken for the facts that the program asks, in their order."""
    figures = [cell for cell in row if cell and _is_fact(cell)]
    return dict(zip(names, figures, strict=False))


def _is_fact(cell: str) -> bool:
    plain = cell.replace(",", "").replace(".", "", 1)
    return (plain.isdecimal() and len(plain) <= _LONGEST_FIGURE) or cell.endswith(("级", "护理"))


def _ask_why(
    screen: "EnrolmentScreen", code: str, first: date, chosen: Mapping[int, Mapping[str, str]]
) -> Question:
    """The day and the reason for all of them; who is refused after all is named, the others stand."""

    def work(desk: Desk, given: Mapping[str, str]) -> Changes:
        day = date.fromisoformat(given["first"])
        made: list[Changes] = []
        refused: list[Refusal] = []
        for person, facts in chosen.items():
            try:
                made.append(
                    start_enrolment(
                        desk, program=code, person=person, first=day, facts=facts, reason=given["reason"]
                    )
                )
            except Refusal as no:
                refused.append(no)
        if not made:
            raise refused[0]
        told = {"begun": len(made), "refused": [no.window_sentence for no in refused]}
        return replace(made[-1], answer=told)

    def said(done: Changes) -> str:
        refused = done.answer["refused"]
        assert isinstance(refused, list)  # put there above  # noqa: S101
        more = f"{len(refused)} 人没有登记：{refused[0]}" if refused else ""
        return f"已登记 {done.answer['begun']} 人。{more}"

    return screen.ask(
        "登记享受", f"登记 {len(chosen)} 人",
        [
            Asked("first", "从哪天起(&F)", "day", first.isoformat()),
            Asked("reason", "理由(&R)", "long", hint="例如：村委会评议通过，民政所 6 月 3 日批准", needed=True),
        ],
        work, said, words=f"粘贴的 {len(chosen)} 人，长期享受到停止为止。",
        tone=lambda done: Tone.WARN if done.answer["refused"] else Tone.GOOD,
    )  # fmt: skip
