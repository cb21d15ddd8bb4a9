"""更正: a person's record corrected with a reason; what stood before stays in the log."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.changes import Changes
from app.desk import Desk
from app.registry.use_cases import correct_person
from ui.theme import Tone
from ui.widgets.asking import Asked, Question

if TYPE_CHECKING:
    from ui.screens.registry.screen import RegistryScreen


def ask_correction(screen: "RegistryScreen", person: int) -> Question:
    """Ask for the corrected values and the reason."""
    office = screen.office
    row = office.store.row("SELECT name, relation, phone, remark FROM person WHERE id = ?", (person,))
    assert row is not None  # the card of somebody is open  # noqa: S101

    def answer(question: Question, values: Mapping[str, str]) -> None:
        def work(desk: Desk) -> Changes:
            return correct_person(
                desk, person_id=person, name=values["name"], relation=values["relation"], phone=values["phone"],
                remark=values["remark"], reason=values["reason"],
            )  # fmt: skip

        def done(made: Changes) -> None:
            question.accept()
            fields = made.answer["changed"]
            assert isinstance(fields, list)  # the door's own form  # noqa: S101
            screen.bar.say(f"已更正：{'、'.join(map(str, fields))}。", Tone.GOOD)

        office.act("更正", work, done=done, refused=question.refuse)

    question = Question(
        f"更正 {row[0]}",
        "更正",
        [
            Asked("name", "姓名", value=str(row[0]), needed=True),
            Asked("relation", "与户主关系", value=str(row[1])),
            Asked("phone", "联系电话", "code", str(row[2])),
            Asked("remark", "备注", value=str(row[3])),
            Asked("reason", "更正原因", hint="例如：照户口本改正", needed=True),
        ],
        answer,
        words="已经编制的发放明细不受影响。证件号错了，请用户籍底册重新导入；换账号请按 F4“登记账户”。",
        parent=screen,
    )
    question.open()
    return question
