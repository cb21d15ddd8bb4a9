"""What the bank answered is posted, once and only where it is certain."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.bankfiles.queries import write_bank_files
from app.bankfiles.sheet import sheet_bytes
from app.bankfiles.use_cases import make_bank_files
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.due import DueKind, due_now
from app.returns.belonging import NothingSent, NotSent, SeveralBatchesFit
from app.returns.listings import candidates
from app.returns.queries import NOTE, returns, unsettled_lines
from app.returns.steps import NoSuchPayment
from app.returns.use_cases import (
    AsideReasonMissing,
    LineAmountDiffers,
    LineSaysNothing,
    LineSetAside,
    LineSettled,
    NoSuchLine,
    NothingMatches,
    NotInFlight,
    PartlyRecovered,
    ReasonMissing,
    RecoverTooMuch,
    bounce_payment,
    confirm_line,
    post_return,
    recover_payment,
    set_line_aside,
)
from app.workbook.reading import open_workbook
from models.domain.flows.roads import NoRoad
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from models.domain.posting import NothingToPost
from tests.app.bankfiles.batches import a_batch, a_policy, balances, buckets
from tests.builders import Make
from tests.conftest import seat
from tests.faults import contents, each_statement_failing

PROFILES = ("rural_bank", "icbc", "icbc_text")


@pytest.fixture
def make(desk: Desk) -> Make:
    return Make(desk)


def sent(make: Make, batch: int, folder: Path, profile: str = "rural_bank") -> Path:
    """Send a batch and give the file that went to the bank."""
    make_bank_files(make.desk, batch_id=batch, profile=profile)
    return write_bank_files(make.store, batch_id=batch, folder=folder / str(batch))[0]


def table(path: Path) -> list[list[object]]:
    return [list(row) for _, row in open_workbook(path).sheets[0].rows()]


def rewrite(path: Path, rows: Sequence[Sequence[object]], name: str = "再.xlsx") -> Path:
    """The same workbook with other rows; amounts are yuan in `rows`."""
    cells = [
        [round(cell * 100) if isinstance(cell, float) else str(cell or "") for cell in row] for row in rows
    ]
    out = path.with_name(name)
    out.write_bytes(sheet_bytes([str(cell) for cell in cells[0]], cells[1:]))
    return out


def counts(answer: object) -> tuple[int, ...]:
    assert isinstance(answer, dict)
    return tuple(answer[name] for name in ("matched", "paid", "failed", "unmatched", "already_posted"))


@pytest.mark.parametrize("profile", PROFILES)
def test_out_and_back(desk: Desk, make: Make, tmp_path: Path, profile: str) -> None:
    batch = a_batch(make, [make.person() for _ in range(4)], fen=[100, 200, 300, 400])
    path = sent(make, batch, tmp_path, profile)
    back = answer_bank_file(
        path, tmp_path / "back", profile=profile, failures={2: "账户已销户", 3: "账号户名不符"}
    )
    answer = post_return(desk, path=back).answer
    assert counts(answer) == (4, 2, 2, 0, 0)
    assert buckets(desk, batch) == {"paid": 2, "failed": 2}
    assert (answer["batch"], answer["profile"], answer["state"]) == (batch, profile, "settling")
    failures = answer["failures"]
    assert isinstance(failures, list)
    assert [(f["line"], f["owed_fen"], f["reason_class"]) for f in failures] == [
        (2, 200, "closed"), (3, 300, "name_mismatch"),
    ]  # fmt: skip
    assert "新的账户" in failures[0]["what_to_do"]
    assert failures[0]["due_on"] == "2024-06-06"
    # of the 1,000 that left, 500 came back and wait to be dealt with
    assert balances(desk) == {
        "deposit": 500,
        "expense": 1000,
        "funded": -1000,
        "payable": 0,
        "returned": -500,
    }
    assert desk.store.rows("SELECT event, payments, fen FROM month_tally WHERE month = '2024-06' ORDER BY event") == [
        ("failed", 2, 500), ("paid", 2, 500),
    ]  # fmt: skip


def test_all_paid_is_settled(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person()])
    back = answer_bank_file(sent(make, batch, tmp_path), tmp_path / "b.xlsx", profile="rural_bank")
    assert post_return(desk, path=back).answer["state"] == "settled"
    assert desk.store.value("SELECT settled_on FROM batch WHERE id = ?", (batch,)) == desk.day


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_file_again_adds_nothing(desk: Desk, make: Make, tmp_path: Path, profile: str) -> None:
    batch = a_batch(make, [make.person(), make.person()])
    path = sent(make, batch, tmp_path, profile)
    back = answer_bank_file(path, tmp_path / "back", profile=profile, failures={1: "挂失"})
    post_return(desk, path=back)
    before = {name: rows for name, rows in contents(desk.store).items() if name not in ("audit_line", "seal")}
    answer = post_return(desk, path=back).answer
    assert counts(answer) == (0, 0, 0, 0, 2)
    assert (answer["batch"], answer["lines"]) == (batch, 2)
    assert {
        name: rows for name, rows in contents(desk.store).items() if name not in ("audit_line", "seal")
    } == before


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_not_listed_stays_in_flight(desk: Desk, make: Make, tmp_path: Path, profile: str) -> None:
    batch = a_batch(make, [make.person() for _ in range(3)])
    path = sent(make, batch, tmp_path, profile)
    part = answer_bank_file(path, tmp_path / "part", profile=profile, unlisted=[2])
    assert counts(post_return(desk, path=part).answer) == (2, 2, 0, 0, 0)
    assert buckets(desk, batch) == {"paid": 2, "in_flight": 1}
    whole = answer_bank_file(path, tmp_path / "whole", profile=profile)
    answer = post_return(desk, path=whole).answer
    # an overlapping file: only what is new counts
    assert counts(answer) == (1, 1, 0, 0, 2)
    assert answer["state"] == "settled"
    assert desk.store.value("SELECT sum(payments) FROM month_tally WHERE event = 'paid'") == 3


@pytest.mark.parametrize("profile", PROFILES)
def test_another_answer_than_before_waits_for_a_person(
    desk: Desk, make: Make, tmp_path: Path, profile: str
) -> None:
    batch = a_batch(make, [make.person(), make.person()])
    path = sent(make, batch, tmp_path, profile)
    post_return(desk, path=answer_bank_file(path, tmp_path / "a", profile=profile))
    other = answer_bank_file(path, tmp_path / "b", profile=profile, failures={1: "退票"})
    answer = post_return(desk, path=other).answer
    assert (*counts(answer), answer["waiting"]) == (0, 0, 0, 1, 1, 1)
    assert buckets(desk, batch) == {"paid": 2}
    (line,) = unsettled_lines(desk.store, batch)
    assert line.outcome == "waiting"
    assert "退票" in line.note


def test_twins_are_matched_by_their_number(desk: Desk, make: Make, tmp_path: Path) -> None:
    account = "6228580000000000017"
    twins = [make.person("张三", account=account) for _ in range(3)]
    batch = a_batch(make, twins, fen=500)
    path = sent(make, batch, tmp_path, "icbc")
    part = answer_bank_file(path, tmp_path / "part.xlsx", profile="icbc", unlisted=[3])
    assert counts(post_return(desk, path=part).answer) == (2, 2, 0, 0, 0)
    assert buckets(desk, batch) == {"paid": 2, "in_flight": 1}
    whole = answer_bank_file(path, tmp_path / "whole.xlsx", profile="icbc")
    assert counts(post_return(desk, path=whole).answer) == (1, 1, 0, 0, 2)


def test_more_twins_than_sent_wait(desk: Desk, make: Make, tmp_path: Path) -> None:
    twins = [make.person("张三", account="6228580000000000017") for _ in range(2)]
    batch = a_batch(make, twins, fen=500)
    path = sent(make, batch, tmp_path, "icbc")
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="icbc"))
    answer = post_return(desk, path=rewrite(path, [*rows, rows[1]])).answer
    assert (*counts(answer), answer["waiting"]) == (2, 2, 0, 1, 0, 1)


def test_the_banks_own_dot_is_the_same_name(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person("古丽•吐尔逊")])
    path = sent(make, batch, tmp_path)
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="rural_bank"))
    rows[1][1] = "古丽・ 吐尔逊"
    assert counts(post_return(desk, path=rewrite(path, rows)).answer) == (1, 1, 0, 0, 0)


def test_unknown_lines_are_kept_and_move_nothing(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person(), make.person()])
    path = sent(make, batch, tmp_path)
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="rural_bank"))
    stranger = ["3", "陌生人", "6228580000000009999", 7.77, rows[1][4], None, "成功", None]
    answer = post_return(desk, path=rewrite(path, [*rows, stranger])).answer
    assert (*counts(answer), answer["waiting"]) == (2, 2, 0, 1, 0, 0)
    (line,) = unsettled_lines(desk.store)
    assert (line.outcome, line.name, line.account_tail, line.fen, line.answer) == (
        "unknown", "陌生人", "9999", 777, "成功",
    )  # fmt: skip
    assert buckets(desk, batch) == {"paid": 2}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [(3, 999.99, "金额不同"), (1, "张叁", "户名不同"), (2, "6228580000000009999", "账号不同")],
)
def test_three_of_four_wait_for_a_person(
    desk: Desk, make: Make, tmp_path: Path, column: int, value: object, said: str
) -> None:
    batch = a_batch(
        make, [make.person("张三"), make.person("李四"), make.person("王五")], fen=[100, 200, 300]
    )
    path = sent(make, batch, tmp_path)
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="rural_bank"))
    rows[1][column] = value
    answer = post_return(desk, path=rewrite(path, rows)).answer
    assert (*counts(answer), answer["waiting"]) == (2, 2, 0, 1, 0, 1)
    assert buckets(desk, batch) == {"paid": 2, "in_flight": 1}
    (line,) = unsettled_lines(desk.store, batch)
    assert said in line.note
    payment = desk.store.value("SELECT id FROM payment WHERE batch_id = ? AND line = 1", (batch,))
    assert f"第 1 行 张三，编号 {payment}" in line.note  # by it the line is confirmed


def test_a_done_amount_that_differs_waits(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person(), make.person()], fen=[100, 200])
    path = sent(make, batch, tmp_path, "icbc")
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="icbc"))
    rows[1][4] = 0.5
    answer = post_return(desk, path=rewrite(path, rows)).answer
    assert (*counts(answer), answer["waiting"]) == (1, 1, 0, 1, 0, 1)
    assert "银行实处理 0.50 元" in unsettled_lines(desk.store, batch)[0].note


def test_a_bank_that_numbers_its_lines_anew_is_matched_by_the_rest(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    batch = a_batch(make, [make.person() for _ in range(4)], fen=[100, 200, 300, 400])
    path = sent(make, batch, tmp_path)
    head, *rows = table(
        answer_bank_file(path, tmp_path / "a.xlsx", profile="rural_bank", failures={4: "挂失"})
    )
    for number, row in enumerate(reversed(rows), start=1):
        row[0] = str(number)
    assert counts(post_return(desk, path=rewrite(path, [head, *rows])).answer) == (4, 3, 1, 0, 0)
    assert desk.store.value("SELECT bucket FROM payment WHERE line = 4") == "failed"


def test_the_batch_is_known_by_what_the_file_says(desk: Desk, make: Make, tmp_path: Path) -> None:
    people = [make.person(), make.person()]
    policy = a_policy(desk)
    first = a_batch(make, people, fen=[100, 200], policy_id=policy, number="A-1", period="2023")
    second = a_batch(make, people, fen=[100, 250], policy_id=policy, number="B-1", period="2024")
    sent(make, first, tmp_path)
    path = sent(make, second, tmp_path)
    back = answer_bank_file(path, tmp_path / "答.xlsx", profile="rural_bank")
    assert post_return(desk, path=back).answer["batch"] == second


def test_batches_that_fit_equally_are_not_guessed(desk: Desk, make: Make, tmp_path: Path) -> None:
    people = [make.person(), make.person()]
    policy = a_policy(desk)
    first = a_batch(make, people, policy_id=policy, number="A-1", period="2023")
    second = a_batch(make, people, policy_id=policy, number="B-1", period="2024")
    sent(make, first, tmp_path)
    path = sent(make, second, tmp_path)
    back = answer_bank_file(path, tmp_path / "答.xlsx", profile="rural_bank")
    with pytest.raises(SeveralBatchesFit, match="批次 A-1、批次 B-1"):
        post_return(desk, path=back)
    named = answer_bank_file(path, tmp_path / f"{path.stem}_回盘.xlsx", profile="rural_bank")
    assert post_return(desk, path=named).answer["batch"] == second
    assert post_return(desk, path=rewrite(back, table(back)[:2]), batch_id="A-1").answer["batch"] == first


def test_two_months_may_have_the_very_same_answer(desk: Desk, make: Make, tmp_path: Path) -> None:
    people = [make.person(), make.person()]
    policy = a_policy(desk)
    may = a_batch(make, people, policy_id=policy, number="A-1", period="2023")
    back = answer_bank_file(sent(make, may, tmp_path), tmp_path / "五月.xlsx", profile="rural_bank")
    assert counts(post_return(desk, path=back).answer) == (2, 2, 0, 0, 0)
    june = a_batch(make, people, policy_id=policy, number="B-1", period="2024")
    sent(make, june, tmp_path)
    # the bytes alone decide nothing, but they are not held against the batch that is named
    again = post_return(desk, path=back).answer
    assert (counts(again), again["batch"]) == ((0, 0, 0, 0, 2), may)
    assert again["other_batches_waiting"] == ["B-1"]
    assert counts(post_return(desk, path=back, batch_id=june).answer) == (2, 2, 0, 0, 0)
    assert counts(post_return(desk, path=back, batch_id=june).answer) == (0, 0, 0, 0, 2)
    assert buckets(desk, june) == {"paid": 2}


def test_one_file_may_answer_two_batches(desk: Desk, make: Make, tmp_path: Path) -> None:
    people = [make.person() for _ in range(4)]
    policy = a_policy(desk)
    first = a_batch(make, people[:2], policy_id=policy, number="A-1", fen=[100, 200])
    second = a_batch(make, people[2:], policy_id=policy, number="B-1", fen=[300, 400])
    tables = [
        table(answer_bank_file(sent(make, batch, tmp_path), tmp_path / f"{batch}.xlsx", profile="rural_bank"))
        for batch in (first, second)
    ]
    both = rewrite(tmp_path / "1.xlsx", [*tables[0], *tables[1][1:]])
    assert counts(post_return(desk, path=both, batch_id=first).answer) == (2, 2, 0, 2, 0)
    assert counts(post_return(desk, path=both, batch_id=second).answer) == (2, 2, 0, 2, 0)
    assert (buckets(desk, first), buckets(desk, second)) == ({"paid": 2}, {"paid": 2})


def test_a_partly_done_line_needs_the_persons_word(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person(), make.person()], fen=[100, 200])
    path = sent(make, batch, tmp_path, "icbc")
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="icbc"))
    rows[1][4] = 0.5
    post_return(desk, path=rewrite(path, rows))
    line = unsettled_lines(desk.store, batch)[0].id
    payment = desk.store.value("SELECT id FROM payment WHERE bucket = 'in_flight'")
    with pytest.raises(LineSaysNothing, match=r"银行实处理 0\.50 元"):
        confirm_line(desk, line_id=line, payment_id=payment)
    assert [one.payment for one in candidates(desk.store, line)] == [payment]
    with pytest.raises(LineAmountDiffers, match=r"银行处理的金额是 0\.50 元，报盘金额是 1\.00 元"):
        confirm_line(desk, line_id=line, payment_id=payment, outcome="paid")
    confirm_line(desk, line_id=line, payment_id=payment, outcome="failed")
    assert buckets(desk, batch) == {"paid": 1, "failed": 1}


def test_a_reissues_answer_is_not_taken_for_its_sources(desk: Desk, make: Make, tmp_path: Path) -> None:
    people = [make.person() for _ in range(3)]
    policy = a_policy(desk)
    first = a_batch(make, people, policy_id=policy, number="A-1")
    path = sent(make, first, tmp_path)
    post_return(
        desk, path=answer_bank_file(path, tmp_path / "a.xlsx", profile="rural_bank", failures={3: "未激活"})
    )
    again = a_batch(make, people[2:], policy_id=policy, number="A-2", source=first)
    path2 = sent(make, again, tmp_path)
    # a late copy of the first answer names all three, the reissue's own names one
    late = answer_bank_file(path, tmp_path / "late.xlsx", profile="rural_bank", failures={3: "未激活 "})
    assert counts(post_return(desk, path=late).answer) == (0, 0, 0, 0, 3)
    answer = post_return(desk, path=answer_bank_file(path2, tmp_path / "b.xlsx", profile="rural_bank")).answer
    assert (answer["batch"], *counts(answer)) == (again, 1, 1, 0, 0, 0)
    assert balances(desk)["deposit"] == 0


def test_refusals(desk: Desk, make: Make, reviewer: Desk, tmp_path: Path) -> None:
    other = tmp_path / "a.xlsx"
    headings = ["户名", "账号", "金额", "处理状态", "失败原因"]
    other.write_bytes(sheet_bytes(headings, [("陌生人", "12345678", 5, "成功", "")]))
    with pytest.raises(NothingSent):
        post_return(desk, path=other)
    batch = a_batch(make, [make.person()])
    with pytest.raises(NotSent, match="2130122-2024-01"):
        post_return(desk, path=other, batch_id=batch)
    sent(make, batch, tmp_path)
    with pytest.raises(NothingMatches, match="1 行没有一行"):
        post_return(desk, path=other)
    assert returns(desk.store) == []
    with pytest.raises(NotPermitted):
        post_return(reviewer, path=other)


@pytest.fixture
def doubtful(desk: Desk, make: Make, tmp_path: Path) -> tuple[int, int, int]:
    """A batch whose first line came back under another name, its line, and its payment."""
    batch = a_batch(make, [make.person("张三"), make.person("李四")], fen=[100, 200])
    path = sent(make, batch, tmp_path)
    rows = table(answer_bank_file(path, tmp_path / "a.xlsx", profile="rural_bank", failures={1: "户名不符"}))
    rows[1][1] = "张叁"
    post_return(desk, path=rewrite(path, rows))
    payment = desk.store.value("SELECT id FROM payment WHERE batch_id = ? AND line = 1", (batch,))
    return batch, unsettled_lines(desk.store, batch)[0].id, payment


def test_a_person_settles_a_waiting_line(desk: Desk, doubtful: tuple[int, int, int]) -> None:
    batch, line, payment = doubtful
    answer = confirm_line(desk, line_id=line, payment_id=payment, note="已电话核实").answer
    assert answer["outcome"] == "failed"
    assert buckets(desk, batch) == {"failed": 1, "paid": 1}
    assert unsettled_lines(desk.store) == []
    assert "经办甲" in desk.store.value("SELECT note FROM return_line WHERE id = ?", (line,))
    assert balances(desk)["returned"] == -100
    assert dict(desk.store.rows("SELECT event, payments FROM month_tally")) == {"failed": 1, "paid": 1}
    with pytest.raises(LineSettled):
        confirm_line(desk, line_id=line, payment_id=payment)


def test_confirming_refuses_what_cannot_be_the_line(desk: Desk, doubtful: tuple[int, int, int]) -> None:
    batch, line, payment = doubtful
    paid = desk.store.value("SELECT id FROM payment WHERE batch_id = ? AND line = 2", (batch,))
    with pytest.raises(NotInFlight):
        confirm_line(desk, line_id=line, payment_id=paid)
    with pytest.raises(NoSuchLine):
        confirm_line(desk, line_id=999, payment_id=payment)
    with pytest.raises(NoSuchPayment):
        confirm_line(desk, line_id=line, payment_id=999)
    with desk.store.writing():
        desk.store.execute("UPDATE return_line SET said = '' WHERE id = ?", (line,))
    with pytest.raises(LineSaysNothing, match="--outcome"):
        confirm_line(desk, line_id=line, payment_id=payment)
    with desk.store.writing():
        desk.store.execute("UPDATE return_line SET fen = 101 WHERE id = ?", (line,))
    with pytest.raises(LineAmountDiffers, match=r"1\.01 元，报盘金额是 1\.00 元"):
        confirm_line(desk, line_id=line, payment_id=payment, outcome="paid")


def test_a_line_that_is_nobodys_is_set_aside_with_its_reason(
    desk: Desk, doubtful: tuple[int, int, int]
) -> None:
    batch, line, payment = doubtful
    with pytest.raises(AsideReasonMissing):
        set_line_aside(desk, line_id=line, reason=" ")
    with pytest.raises(NoSuchLine):
        set_line_aside(desk, line_id=999, reason="不是本所的款项")
    assert (
        each_statement_failing(desk.store, lambda: set_line_aside(desk, line_id=line, reason="另有回盘")) > 1
    )
    assert unsettled_lines(desk.store, batch) == []
    assert [one for one in due_now(desk.store, desk.today) if one.kind is DueKind.RETURN_LINE] == []
    with pytest.raises(LineSetAside, match="另有回盘"):
        set_line_aside(desk, line_id=line, reason="又一次")
    kept = desk.store.row(
        "SELECT l.outcome, s.reason FROM return_line l JOIN return_line_aside s ON s.line_id = l.id"
    )
    assert kept == ("waiting", "另有回盘")
    note = (
        f"SELECT {NOTE} FROM return_line l LEFT JOIN return_line_aside s ON s.line_id = l.id WHERE l.id = ?"
    )
    assert str(desk.store.value(note, (line,))).endswith("无须认领：另有回盘")
    # said by mistake: the line can still be confirmed
    assert confirm_line(desk, line_id=line, payment_id=payment).answer["outcome"] == "failed"
    assert "无须认领" not in str(desk.store.value(note, (line,)))
    with pytest.raises(LineSettled):
        set_line_aside(desk, line_id=line, reason="不是")


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        ("UPDATE return_line_aside SET reason = '改'", "return_line_aside_stays"),
        ("DELETE FROM return_line_aside", "return_line_aside_is_kept"),
        (
            "INSERT INTO return_line_aside SELECT id, '否', '2024-06-01', 1 FROM return_line WHERE outcome = 'paid'",
            "of_nobodys",
        ),
    ],
)
def test_what_was_set_aside_is_kept_by_the_database(
    desk: Desk, doubtful: tuple[int, int, int], attempt: str, said: str
) -> None:
    set_line_aside(desk, line_id=doubtful[1], reason="另有回盘")
    with pytest.raises(Exception, match=said), desk.store.writing():
        desk.store.execute(attempt)


@pytest.fixture
def paid(desk: Desk, make: Make, tmp_path: Path) -> tuple[int, int]:
    """A settled batch of 500 and 300 fen, and its first payment."""
    batch = a_batch(make, [make.person(), make.person()], fen=[500, 300])
    post_return(
        desk, path=answer_bank_file(sent(make, batch, tmp_path), tmp_path / "b.xlsx", profile="rural_bank")
    )
    return batch, desk.store.value("SELECT id FROM payment WHERE batch_id = ? AND line = 1", (batch,))


@pytest.mark.parametrize("state", ["settled", "archived"])
def test_a_bounce_opens_the_batch_again(desk: Desk, paid: tuple[int, int], state: str) -> None:
    batch, payment = paid
    with desk.store.writing():
        desk.store.execute("UPDATE batch SET state = ? WHERE id = ?", (state, batch))
    answer = bounce_payment(desk, payment_id=payment, reason="账户为睡眠户").answer
    assert (answer["state"], answer["bucket"], answer["reason_class"]) == ("settling", "returned", "dormant")
    assert buckets(desk, batch) == {"returned": 1, "paid": 1}
    assert desk.store.row("SELECT state, settled_on FROM batch WHERE id = ?", (batch,)) == ("settling", None)
    assert balances(desk) == {"deposit": 500, "expense": 800, "funded": -800, "payable": 0, "returned": -500}
    assert desk.store.rows("SELECT state FROM attempt WHERE payment_id = ?", (payment,)) == [("bounced",)]
    with pytest.raises(NoRoad):
        bounce_payment(desk, payment_id=payment, reason="再退")


def test_a_whole_recovery_takes_the_expense_back(desk: Desk, paid: tuple[int, int]) -> None:
    batch, payment = paid
    answer = recover_payment(desk, payment_id=payment, reason="重复享受").answer
    assert (answer["bucket"], answer["fen"], answer["state"]) == ("recovered", 500, "settled")
    assert buckets(desk, batch) == {"recovered": 1, "paid": 1}
    assert balances(desk) == {"deposit": 500, "expense": 300, "funded": -800, "payable": 0}
    assert desk.store.row("SELECT payments, people, fen FROM month_tally WHERE event = 'recovered'") == (
        1,
        1,
        500,
    )


def test_recovering_by_parts(desk: Desk, paid: tuple[int, int]) -> None:
    batch, payment = paid
    assert recover_payment(desk, payment_id=payment, reason="多领", fen=Fen(120)).answer["left_fen"] == 380
    assert buckets(desk, batch) == {"paid": 2}
    with pytest.raises(RecoverTooMuch, match=r"4\.00 元超过了该笔尚未追回的 3\.80 元"):
        recover_payment(desk, payment_id=payment, reason="多领", fen=Fen(400))
    with pytest.raises(NothingToPost):
        recover_payment(desk, payment_id=payment, reason="多领", fen=Fen(0))
    with pytest.raises(PartlyRecovered, match=r"1\.20"):
        bounce_payment(desk, payment_id=payment, reason="退票")
    assert recover_payment(desk, payment_id=payment, reason="多领").answer["bucket"] == "recovered"
    assert desk.store.row("SELECT payments, fen FROM month_tally WHERE event = 'recovered'") == (1, 500)
    assert desk.store.value("SELECT recovered_fen FROM payment WHERE id = ?", (payment,)) == 500


def test_a_recovery_after_the_year_is_the_treasurys(admin: Desk, desk: Desk, paid: tuple[int, int]) -> None:
    from datetime import date

    later = seat(admin, "经办甲", date(2025, 1, 6))
    recover_payment(later, payment_id=paid[1], reason="死亡后领取")
    assert balances(desk) == {"deposit": 500, "expense": 800, "funded": -800, "payable": 0, "treasury": -500}


def test_reasons_are_asked_for(desk: Desk, paid: tuple[int, int], reviewer: Desk) -> None:
    for act in (bounce_payment, recover_payment):
        with pytest.raises(ReasonMissing):
            act(desk, payment_id=paid[1], reason="  ")
        with pytest.raises(NoSuchPayment, match="999"):
            act(desk, payment_id=999, reason="x")
        with pytest.raises(NotPermitted):
            act(reviewer, payment_id=paid[1], reason="x")


def test_a_fault_at_any_statement_of_a_return_leaves_nothing(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person(), make.person()])
    path = sent(make, batch, tmp_path)
    back = answer_bank_file(path, tmp_path / "b.xlsx", profile="rural_bank", failures={1: "挂失"})
    assert each_statement_failing(desk.store, lambda: post_return(desk, path=back)) > 15


def test_a_fault_at_any_statement_of_a_confirmation_leaves_nothing(
    desk: Desk, doubtful: tuple[int, int, int]
) -> None:
    _, line, payment = doubtful
    assert (
        each_statement_failing(desk.store, lambda: confirm_line(desk, line_id=line, payment_id=payment)) > 10
    )


def test_a_fault_at_any_statement_of_a_bounce_or_recovery_leaves_nothing(
    desk: Desk, paid: tuple[int, int]
) -> None:
    _, payment = paid
    other = payment + 1
    assert (
        each_statement_failing(desk.store, lambda: bounce_payment(desk, payment_id=payment, reason="退")) > 10
    )
    assert (
        each_statement_failing(desk.store, lambda: recover_payment(desk, payment_id=other, reason="追")) > 10
    )


@pytest.mark.parametrize(
    ("doctoring", "said"),
    [
        ("UPDATE attempt SET state = 'open'", "attempt_is_final"),
        ("UPDATE attempt SET state = 'failed'", "attempt_is_final"),
        ("UPDATE voucher_line SET debit_fen = 1", "voucher_line_is_final"),
        ("UPDATE return_line SET outcome = 'lost'", "CHECK"),
    ],
)
def test_the_database_itself_refuses_doctoring(
    desk: Desk, paid: tuple[int, int], doctoring: str, said: str
) -> None:
    with pytest.raises(Exception, match=said), desk.store.writing():
        desk.store.execute(doctoring)
