"""Matching: certain or waiting for a person, never guessed, nothing lost, nothing twice."""

from collections import Counter
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.matching import (
    REASON_NAMES,
    Matches,
    Outcome,
    ReasonClass,
    ReturnedLine,
    SentLine,
    match_lines,
    reason_class,
    what_to_do,
)
from models.domain.money import Fen

PAID, FAILED = Outcome.PAID, Outcome.FAILED


def sent(
    name: str = "孔水健", account: str = "6228584014259577928", fen: int = 10000, **more: object
) -> SentLine:
    facts: dict[str, Any] = {"serial": "", "remark": "耕地补贴", **more}
    return SentLine(name=name, account=account, fen=Fen(fen), **facts)


def answer(line: SentLine, outcome: Outcome = PAID, **changes: Any) -> ReturnedLine:
    returned = ReturnedLine(line.serial, line.name, line.account, line.fen, line.remark, outcome)
    return returned._replace(**changes)


def pairs(matches: Matches) -> list[tuple[int, int]]:
    return matches.certain


def test_a_line_that_agrees_in_all_four_is_certain() -> None:
    lines = [sent(), sent(name="何柏"), sent(fen=20000)]
    matches = match_lines(lines, [answer(lines[2]), answer(lines[0], FAILED)])
    assert pairs(matches) == [(2, 0), (0, 1)]
    assert matches.in_flight == [1]


def test_names_are_compared_by_key_and_accounts_without_blanks() -> None:
    line = sent(name="买买提·艾力", account="622848000000000007")
    returned = answer(line, name="买买提•艾力 ", account="6228 4800 0000 0000 07", remark="耕地补贴  ")
    assert pairs(match_lines([line], [returned])) == [(0, 0)]


def test_the_serial_decides_between_lines_that_are_otherwise_equal() -> None:
    lines = [sent(serial="A1"), sent(serial="A2")]
    matches = match_lines(lines, [answer(lines[1], FAILED), answer(lines[0])])
    assert pairs(matches) == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": "何柏"}, "户名"),
        ({"account": "1" * 19}, "账号"),
        ({"fen": Fen(1)}, "金额"),
        ({"fen": None}, "金额"),
    ],
)
def test_a_serial_that_contradicts_waits(changes: dict[str, Any], word: str) -> None:
    line = sent(serial="A1")
    matches = match_lines([line], [answer(line, **changes)])
    assert pairs(matches) == []
    assert [(wait.candidates, word in wait.why) for wait in matches.waiting] == [((0,), True)]
    assert matches.in_flight == [0]


def test_an_unknown_serial_falls_back_on_the_fields() -> None:
    line = sent(serial="A1")
    assert pairs(match_lines([line], [answer(line, serial="17")])) == [(0, 0)]


@pytest.mark.parametrize("outcomes", [(PAID, PAID), (PAID, FAILED), (FAILED,), (PAID,)])
def test_equal_twins_are_matched_by_count(outcomes: tuple[Outcome, ...]) -> None:
    twins = [sent(), sent()]
    matches = match_lines(twins, [answer(sent(), outcome) for outcome in outcomes])
    assert len(matches.certain) == len(outcomes)
    assert len({place for place, _ in matches.certain}) == len(outcomes)
    assert len(matches.in_flight) == 2 - len(outcomes)


def test_more_answers_than_twins_wait() -> None:
    matches = match_lines([sent(), sent()], [answer(sent())] * 3)
    assert len(matches.certain) == 2
    assert [wait.returned for wait in matches.waiting] == [2]


def test_one_line_answered_in_two_ways_waits() -> None:
    for serial in ("", "A1"):
        line = sent(serial=serial)
        matches = match_lines([line], [answer(line), answer(line, FAILED)])
        assert pairs(matches) == []
        assert [wait.returned for wait in matches.waiting] == [0, 1]


def test_one_line_said_twice_counts_once() -> None:
    line = sent(serial="A1")
    matches = match_lines([line], [answer(line), answer(line)])
    assert (matches.certain, matches.already) == ([(0, 0)], [(0, 1)])


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "孔水建"},
        {"account": "6228584014259577982"},
        {"fen": Fen(10001)},
        {"fen": None},
        {"remark": "x"},
    ],
)
def test_three_of_four_wait_for_a_person(changes: dict[str, Any]) -> None:
    matches = match_lines([sent(), sent(name="何柏", account="1" * 16)], [answer(sent(), **changes)])
    assert pairs(matches) == []
    assert [wait.candidates for wait in matches.waiting] == [(0,)]
    assert matches.in_flight == [0, 1]


def test_of_several_near_lines_the_likeliest_stands_first() -> None:
    lines = [sent(account="6228584014259000000"), sent(account="6228584014259577929")]
    assert match_lines(lines, [answer(sent())]).waiting[0].candidates == (1, 0)


def test_a_line_that_agrees_in_two_is_unknown_and_kept() -> None:
    matches = match_lines([sent()], [answer(sent(), name="何柏", fen=Fen(1))])
    assert (matches.certain, matches.waiting, matches.unknown) == ([], [], [0])


def test_a_bank_that_echoes_no_remark_is_matched_by_three_where_that_means_one_line() -> None:
    lines = [sent(), sent(name="何柏"), sent(name="何柏", remark="低保")]
    matches = match_lines(lines, [answer(lines[0], remark=None), answer(lines[1], remark=None)])
    assert pairs(matches) == [(0, 0)]
    assert matches.waiting[0].candidates == (1, 2)


def test_the_same_answer_again_adds_nothing() -> None:
    lines = [sent(outcome=PAID), sent(name="何柏", outcome=FAILED), sent(name="武涛华")]
    matches = match_lines(lines, [answer(lines[0]), answer(lines[1], FAILED), answer(lines[2])])
    assert matches.already == [(0, 0), (1, 1)]
    assert matches.certain == [(2, 2)]


def test_an_answer_against_an_earlier_one_waits() -> None:
    for serial in ("", "A1"):
        line = sent(serial=serial, outcome=PAID)
        matches = match_lines([line], [answer(line, FAILED)])
        assert matches.certain == matches.already == []
        assert "退票" in matches.waiting[0].why
        assert matches.in_flight == []


def test_twins_of_which_one_is_answered_need_the_whole_list() -> None:
    twins = [sent(outcome=PAID), sent()]
    short = match_lines(twins, [answer(sent())])
    assert (short.certain, short.already, len(short.waiting)) == ([], [], 1)
    whole = match_lines(twins, [answer(sent(), FAILED), answer(sent())])
    assert (whole.certain, whole.already) == ([(1, 0)], [(0, 1)])


lines_of_few = st.builds(
    sent,
    name=st.sampled_from(["孔水健", "孔 水健", "何柏"]),
    account=st.sampled_from(["6228584014259577928", "201087801860266"]),
    fen=st.integers(1, 3),
    serial=st.just(""),
    remark=st.sampled_from(["甲", "乙"]),
    outcome=st.sampled_from([None, PAID, FAILED]),
)
answers_of_few = st.builds(
    answer,
    lines_of_few,
    outcome=st.sampled_from(Outcome),
    remark=st.sampled_from(["甲", "乙", None]),
    serial=st.sampled_from(["", "0", "1", "9"]),
)


@given(st.lists(lines_of_few, max_size=7), st.lists(answers_of_few, max_size=9))
def test_every_answer_ends_in_one_place_and_no_line_is_answered_twice(
    lines: list[SentLine], answers: list[ReturnedLine]
) -> None:
    numbered = [line._replace(serial=str(place)) for place, line in enumerate(lines)]
    matches = match_lines(numbered, answers)
    ends = Counter(
        [at for _, at in matches.certain]
        + [at for _, at in matches.already]
        + [wait.returned for wait in matches.waiting]
        + matches.unknown
    )
    assert ends == Counter(range(len(answers)))
    matched = [place for place, _ in matches.certain]
    assert len(set(matched)) == len(matched)
    for place, at in matches.certain:
        ours, theirs = numbered[place], answers[at]
        assert ours.outcome is None
        assert (ours.account, ours.fen) == (theirs.account, theirs.fen)
    open_before = {place for place, line in enumerate(numbered) if line.outcome is None}
    assert set(matches.in_flight) == open_before - set(matched)


def test_posting_an_answer_twice_adds_nothing_the_second_time() -> None:
    lines = [sent(fen=fen) for fen in (1, 1, 2, 3)]
    answers = [answer(lines[0]), answer(lines[1], FAILED), answer(lines[2])]
    first = match_lines(lines, answers)
    posted = list(lines)
    for place, at in first.certain:
        posted[place] = posted[place]._replace(outcome=answers[at].outcome)
    second = match_lines(posted, answers)
    assert second.certain == []
    assert len(second.already) == 3


def test_a_county_is_matched_quickly() -> None:
    lines = [
        sent(name=f"张{place % 977}", account=f"{6228 * 10**15 + place}", fen=place % 500 + 1)
        for place in range(40_000)
    ]
    answers = [answer(line) for line in reversed(lines)]
    began = process_time()
    matches = match_lines(lines, answers)
    assert len(matches.certain) == 40_000
    assert process_time() - began < 5  # 0.1 s in fact; a quadratic way would take minutes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("户名不符", ReasonClass.NAME_MISMATCH),
        ("账号与户名不符", ReasonClass.NAME_MISMATCH),
        ("账号户名不一致", ReasonClass.NAME_MISMATCH),
        ("无此账号", ReasonClass.NO_ACCOUNT),
        ("帐号不存在", ReasonClass.NO_ACCOUNT),
        ("账号错误", ReasonClass.NO_ACCOUNT),
        ("201", ReasonClass.NO_ACCOUNT),
        ("已销户", ReasonClass.CLOSED),
        ("该卡已注销", ReasonClass.CLOSED),
        ("账户已结清", ReasonClass.CLOSED),
        ("202", ReasonClass.CLOSED),
        ("卡片挂失", ReasonClass.LOST),
        ("账户冻结", ReasonClass.FROZEN),
        ("全额止付", ReasonClass.FROZEN),
        ("203", ReasonClass.FROZEN),
        ("睡眠户", ReasonClass.DORMANT),
        ("久悬户", ReasonClass.DORMANT),
        ("长期不动户", ReasonClass.DORMANT),
        ("卡未激活", ReasonClass.INACTIVE),
        ("超过限额", ReasonClass.LIMIT),
        ("Ⅱ类户入账超限", ReasonClass.LIMIT),
        ("二类户", ReasonClass.LIMIT),
        ("身份证件过期", ReasonClass.ID_EXPIRED),
        ("账户状态异常", ReasonClass.ABNORMAL),
        ("处理失败", ReasonClass.OTHER),
        ("", ReasonClass.OTHER),
        ("0113", ReasonClass.OTHER),
    ],
)
def test_reasons_are_classed_by_their_words(text: str, expected: ReasonClass) -> None:
    assert reason_class(text) is expected
    assert reason_class(f" {text}　") is expected


def test_every_reason_says_what_to_do() -> None:
    assert set(REASON_NAMES) == set(ReasonClass)
    for reason in ReasonClass:
        assert what_to_do(reason).startswith("请")
        assert what_to_do(reason).endswith("。")
