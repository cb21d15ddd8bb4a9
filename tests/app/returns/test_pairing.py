"""Lines paired with what was sent: the quick road for exact echoes says what the matching itself would say."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bankfiles.profiles import shipped_profiles
from app.returns import pairing
from app.returns.answers import Answer, AnswerLine, Verdict
from app.returns.pairing import SentAttempt, StoredLine, pair_lines
from models.domain.matching import Outcome
from models.domain.money import Fen

NAMES: Final = st.sampled_from(["张三", "李•四", "李·四"])
ACCOUNTS: Final = st.sampled_from(["6228580000000000017", "6228580000000000025"])
SUMS: Final = st.sampled_from([Fen(100), Fen(200)])
STATES: Final = st.sampled_from(["open", "open", "open", "paid", "failed", "bounced"])
VERDICTS: Final = st.sampled_from([Outcome.PAID, Outcome.PAID, Outcome.FAILED, None])

attempts = st.lists(st.tuples(NAMES, ACCOUNTS, SUMS, STATES), min_size=1, max_size=6)
answers = st.lists(
    st.tuples(st.integers(0, 7), st.one_of(st.none(), NAMES), st.one_of(st.none(), SUMS), VERDICTS),
    max_size=6,
)


def line_of(number: int, one: SentAttempt, name: str | None, fen: Fen | None, verdict: Verdict) -> AnswerLine:
    return AnswerLine(
        number, one.serial, name or one.name, one.account, fen or one.fen, one.remark, "", "", verdict, ""
    )


def without_the_quick_road(sent: list[SentAttempt], answer: Answer) -> list[StoredLine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            pairing, "_pair_echoes", lambda sent, lines, stored, **how: (list(sent), list(range(len(lines))))
        )
        return pair_lines(sent, answer)


@given(attempts, answers, st.booleans())
def test_the_quick_road_decides_as_the_matching_does(
    rows: list[tuple[str, str, Fen, str]],
    said: list[tuple[int, str | None, Fen | None, Verdict]],
    numbered: bool,
) -> None:
    sent = [
        SentAttempt(
            place, str(place) if numbered else "", name, account, fen, "补贴", state, place, 100 + place
        )
        for place, (name, account, fen, state) in enumerate(rows, start=1)
    ]
    lines = [
        line_of(number, sent[place % len(sent)], name, fen, verdict)
        for number, (place, name, fen, verdict) in enumerate(said, start=1)
    ]
    answer = Answer(shipped_profiles()["rural_bank"], lines)
    quick, whole = pair_lines(sent, answer), without_the_quick_road(sent, answer)
    # a line that waits may be told other candidates, never another outcome
    assert [line.outcome for line in quick] == [line.outcome for line in whole]
    # an attempt is answered once, and only an open one
    answered = [line.attempt_id for line in quick if line.outcome in ("paid", "failed")]
    assert len(set(answered)) == len(answered)
    assert {one.state for one in sent if one.id in answered} <= {"open"}
    for line, stored in zip(lines, quick, strict=True):
        if stored.outcome in ("paid", "failed"):
            assert stored.outcome == line.verdict
            (one,) = [one for one in sent if one.id == stored.attempt_id]
            assert (one.account, one.fen) == (line.account, line.fen)
