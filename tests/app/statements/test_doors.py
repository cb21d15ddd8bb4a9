"""A statement in the office: taken, matched with a lived month, interest posted from it, reconciled, undone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.desk import Desk
from app.doctor import check_up
from app.funds.use_cases import add_charge, add_interest
from app.ledger.books import bank_book
from app.ledger.use_cases import reverse_voucher
from app.reports.use_cases import submit_report
from app.statements.queries import (
    CHARGE,
    INTEREST,
    NoStatementYet,
    NoSuchStatement,
    NoSuchStatementLine,
    lines_of_statement,
    proposals,
    reconcile,
    statements,
)
from app.statements.steps import take_apart
from app.statements.use_cases import (
    AlreadyMatched,
    KindNotSaid,
    NothingChosen,
    NotMatched,
    NotOfThatKind,
    NotOnTheAccount,
    NotTheLast,
    PostedStands,
    SidesDiffer,
    StatementInFuture,
    StatementKnown,
    StatementLeavesGap,
    StatementOverlaps,
    UndoneWithoutReason,
    match_statements,
    pair_by_hand,
    post_from_line,
    take_statement,
    undo_statement,
    unpair,
)
from app.yearend.use_cases import close_year
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from tests.app.ledger.lived import Lived, live
from tests.faults import each_statement_failing
from tests.sheets import workbook

HEAD = ["交易日期", "摘要", "借方发生额", "贷方发生额", "余额", "流水号"]


def statement(path: Path, moves: Sequence[tuple[str, str, int]], opening: int = 0, span: str = "") -> Path:
    """A statement of (day, summary, fen in); `span` is the line over its headings."""
    rows: list[Sequence[object]] = [[span], HEAD] if span else [HEAD]
    balance = opening
    for place, (day, summary, fen) in enumerate(moves, 1):
        balance += fen
        sides = ("", f"{fen / 100:.2f}") if fen > 0 else (f"{-fen / 100:.2f}", "")
        rows.append([day, summary, *sides, f"{balance / 100:.2f}", f"S{place:04d}"])
    return workbook(path, ("明细", rows))


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def clerk(lived: Lived, day: str = "2024-07-05") -> Desk:
    return lived.month.later(lived.month.clerk, day)


def as_booked(lived: Lived) -> list[tuple[str, str, int]]:
    """What the books have on the account, as a bank would state it."""
    return [
        (line.day, line.summary, line.debit_fen - line.credit_fen)
        for line in bank_book(lived.month.store).lines
        if line.debit_fen != line.credit_fen
    ]


def test_a_statement_that_says_what_the_books_say(lived: Lived, tmp_path: Path) -> None:
    desk, moves = clerk(lived), as_booked(lived)
    answer = take_statement(desk, path=statement(tmp_path / "6月.xlsx", moves)).answer
    assert (answer["lines"], answer["open_lines"], answer["agrees"]) == (len(moves), 0, True)
    found = reconcile(desk.store)
    assert (found.bank_items, found.book_items, found.start_fen) == ((), (), 0)
    assert found.bank_fen == found.book_fen == bank_book(desk.store).closing_fen
    assert all(one.vouchers and one.how == "auto" for one in lines_of_statement(desk.store, 1))


def test_what_either_side_has_alone_stands_in_four_groups(lived: Lived, tmp_path: Path) -> None:
    """The bank has interest and a charge that nobody booked; it has neither the interest booked nor the last money sent."""
    moves = as_booked(lived)
    sent = next(one for one in reversed(moves) if one[2] < 0)
    kept = [one for one in moves if one != sent and "利息" not in one[1]]
    kept += [
        ("2024-06-21", "结息", 2_34),
        ("2024-06-28", "对公账户管理费", -5_00),
        ("2024-06-28", "来账", 9_99),
    ]
    desk = clerk(lived)
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", kept))
    found = reconcile(desk.store)
    assert [one.fen for one in found.bank_in] == [2_34, 9_99]
    assert [one.fen for one in found.bank_out] == [-5_00]
    assert [one.fen for one in found.book_in] == [1_00]
    assert [one.fen for one in found.book_out] == [sent[2]]
    assert found.agrees
    assert found.adjusted_bank_fen == found.bank_fen + 1_00 + sent[2]
    assert found.adjusted_book_fen == found.book_fen + 2_34 + 9_99 - 5_00
    assert [(one.proposal, one.fen) for one in proposals(desk.store)] == [(INTEREST, 2_34), (CHARGE, -5_00)]


def test_interest_and_charges_are_posted_on_the_banks_day(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    moves = [*as_booked(lived), ("2024-06-21", "结息", 2_34), ("2024-06-28", "账户管理费", -1_00)]
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", moves))
    first, second = proposals(desk.store)
    with pytest.raises(NotOfThatKind, match=r"是收入 2.34 元，不能登记为手续费"):
        post_from_line(desk, line_id=first.id, kind=CHARGE)
    answer = post_from_line(desk, line_id=first.id).answer
    assert (answer["kind"], answer["fen"]) == (INTEREST, 2_34)
    post_from_line(desk, line_id=second.id)
    with pytest.raises(AlreadyMatched):
        post_from_line(desk, line_id=first.id)
    rows = desk.store.rows("SELECT posted_on, event, summary FROM voucher ORDER BY id DESC LIMIT 2")
    assert rows == [
        ("2024-06-28", "charge", f"专户手续费 账户管理费 {second.reference}"),
        ("2024-06-21", "interest", f"专户利息 结息 {first.reference}"),
    ]
    assert proposals(desk.store) == []
    assert reconcile(desk.store).bank_items == ()
    # a mistake is reversed in red; the line is open again, and may be posted anew
    reverse_voucher(desk, voucher=str(answer["voucher"]), reason="登记错了")
    assert match_statements(desk).answer["open_lines"] == 1
    assert [one.id for one in proposals(desk.store)] == [first.id]
    assert reconcile(desk.store).agrees


def test_the_same_file_an_overlap_a_gap_and_days_to_come_are_refused(lived: Lived, tmp_path: Path) -> None:
    desk, moves = clerk(lived), as_booked(lived)
    path = statement(tmp_path / "6月.xlsx", moves)
    take_statement(desk, path=path)
    with pytest.raises(StatementKnown, match="已经登记过，编号 1"):
        take_statement(desk, path=path)
    with pytest.raises(StatementOverlaps, match="有重复的日期"):
        take_statement(desk, path=statement(tmp_path / "b.xlsx", moves[:1]))
    closing = statements(desk.store)[0].closing_fen
    with pytest.raises(StatementLeavesGap, match=r"差 0.01 元"):
        take_statement(desk, path=statement(tmp_path / "c.xlsx", [("2024-07-01", "来账", 5)], closing + 1))
    with pytest.raises(StatementInFuture, match="2024-07-30"):
        take_statement(desk, path=statement(tmp_path / "d.xlsx", [("2024-07-30", "来账", 5)], closing))
    take_statement(desk, path=statement(tmp_path / "e.xlsx", [("2024-07-01", "来账", 5)], closing))
    assert len(statements(desk.store)) == 2
    # the first one's table is as it was: what came later is none of it
    assert reconcile(desk.store, 1).bank_items == ()
    assert [one.fen for one in reconcile(desk.store).bank_items] == [5]


def test_money_on_the_way_at_the_months_end(lived: Lived, tmp_path: Path) -> None:
    """Booked on 30 June, at the bank on 2 July: open at the end of June, settled at the end of the next statement."""
    desk = clerk(lived, "2024-06-30")
    add_charge(desk, fen=Fen(80), remark="六月")
    moves = [one for one in as_booked(lived) if one[2] != -80]
    span = "账单期间：2024-06-01 至 2024年6月30日"
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", moves, span=span))
    later = clerk(lived)
    closing = statements(desk.store)[0].closing_fen
    take_statement(later, path=statement(tmp_path / "7月.xlsx", [("2024-07-02", "手续费", -80)], closing))
    june, july = reconcile(desk.store, 1), reconcile(desk.store, 2)
    assert (june.day, [one.fen for one in june.book_out]) == ("2024-06-30", [-80])
    assert july.bank_items == july.book_items == ()
    assert june.agrees
    assert july.agrees


def test_a_statement_that_begins_after_the_books(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    book = bank_book(desk.store).closing_fen
    take_statement(desk, path=statement(tmp_path / "7月.xlsx", [("2024-07-01", "来账", 5)], book))
    found = reconcile(desk.store)
    assert (found.agrees, found.book_items, found.start_fen) == (True, (), 0)
    undo_statement(desk, statement_id=1, reason="重来")
    take_statement(desk, path=statement(tmp_path / "x.xlsx", [("2024-07-01", "来账", 5)], book + 77))
    found = reconcile(desk.store)
    assert (found.agrees, found.difference_fen, found.start_fen) == (False, 77, 77)


def test_by_hand(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    moves = as_booked(lived)
    interest = next(one for one in moves if "利息" in one[1])
    rest = [one for one in moves if one != interest]
    # the bank gave the interest in two parts a day apart: no rule pairs that
    parts = [("2024-06-21", "结息一", 40), ("2024-06-22", "结息二", 60)]
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", [*rest, *parts]))
    open_lines = [one for one in lines_of_statement(desk.store, 1) if not one.vouchers]
    voucher = desk.store.row("SELECT month || '/' || number FROM voucher WHERE event = 'interest'")
    assert voucher is not None
    ids = [one.id for one in open_lines]
    with pytest.raises(SidesDiffer, match=r"合计 0.40 元，凭证合计 1.00 元，差 -0.60 元"):
        pair_by_hand(desk, lines=ids[:1], vouchers=[voucher[0]])
    with pytest.raises(NothingChosen):
        pair_by_hand(desk, lines=ids, vouchers=[])
    approval = desk.store.row("SELECT month || '/' || number FROM voucher WHERE event = 'approve'")
    assert approval is not None
    with pytest.raises(NotOnTheAccount):
        pair_by_hand(desk, lines=ids, vouchers=[approval[0]])
    pair_by_hand(desk, lines=ids, vouchers=[voucher[0]])
    with pytest.raises(AlreadyMatched, match="银行明细"):
        pair_by_hand(desk, lines=ids, vouchers=[voucher[0]])
    assert reconcile(desk.store).bank_items == ()
    unpair(desk, line_id=ids[0])
    assert {one.id for one in lines_of_statement(desk.store, 1) if not one.vouchers} == set(ids)
    with pytest.raises(NotMatched):
        unpair(desk, line_id=ids[0])
    with pytest.raises(NoSuchStatementLine):
        unpair(desk, line_id=999)


def test_undone_from_the_last_and_never_over_what_was_posted(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    path = statement(tmp_path / "6月.xlsx", [*as_booked(lived), ("2024-06-28", "结息", 50)])
    take_statement(desk, path=path)
    closing = statements(desk.store)[0].closing_fen
    take_statement(desk, path=statement(tmp_path / "7月.xlsx", [("2024-07-01", "来账", 5)], closing))
    with pytest.raises(NotTheLast, match="编号 2"):
        undo_statement(desk, statement_id=1, reason="取错")
    with pytest.raises(UndoneWithoutReason):
        undo_statement(desk, statement_id=2, reason=" ")
    undo_statement(desk, statement_id=2, reason="取错")
    posted = post_from_line(desk, line_id=proposals(desk.store)[0].id).answer
    with pytest.raises(PostedStands, match=str(posted["voucher"])):
        undo_statement(desk, statement_id=1, reason="取错")
    reverse_voucher(desk, voucher=str(posted["voucher"]), reason="取错")
    undo_statement(desk, statement_id=1, reason="取错")
    assert statements(desk.store) == []
    with pytest.raises(NoStatementYet):
        reconcile(desk.store)
    with pytest.raises(NoSuchStatement):
        lines_of_statement(desk.store, 1)
    take_statement(desk, path=path)  # the same file is welcome again
    assert [one.id for one in statements(desk.store)] == [3]


def test_only_who_manages_funds(lived: Lived, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        take_statement(lived.month.reviewer, path=statement(tmp_path / "x.xlsx", as_booked(lived)))


def test_a_fault_at_any_statement_leaves_nothing(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    path = statement(tmp_path / "6月.xlsx", [*as_booked(lived), ("2024-06-28", "结息", 50)])
    each_statement_failing(desk.store, lambda: take_statement(desk, path=path))
    line = proposals(desk.store)[0].id
    each_statement_failing(desk.store, lambda: post_from_line(desk, line_id=line))


def test_a_day_may_go_on_in_the_next_statement_but_not_come_twice(lived: Lived, tmp_path: Path) -> None:
    """A day whose sums cancel opens and closes with one balance, so that the balances alone would let it in again."""
    desk, moves = clerk(lived), [("2024-07-01", "来账", 5_00), ("2024-07-01", "冲正", -5_00)]
    take_statement(desk, path=statement(tmp_path / "a.xlsx", moves, 10_00))
    again = statement(tmp_path / "b.xlsx", moves, 10_00, span="另一次打印")
    with pytest.raises(StatementOverlaps, match="有重复的日期"):
        take_statement(desk, path=again)
    later = [("2024-07-01", "来账", 7_00)]
    assert take_statement(desk, path=statement(tmp_path / "c.xlsx", later, 10_00)).answer["lines"] == 1


def test_money_whose_words_say_nothing_is_not_posted_by_itself(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    take_statement(
        desk,
        path=statement(tmp_path / "6月.xlsx", [*as_booked(lived), ("2024-06-28", "来账 拨款", 1_000_00)]),
    )
    (line,) = [one for one in lines_of_statement(desk.store, 1) if not one.is_matched]
    with pytest.raises(KindNotSaid, match=r"“来账 拨款”1,000.00 元看不出是利息还是手续费"):
        post_from_line(desk, line_id=line.id)
    assert post_from_line(desk, line_id=line.id, kind=INTEREST).answer["fen"] == 1_000_00


def test_interest_of_a_year_that_is_closed_by_now_is_booked_today(lived: Lived, tmp_path: Path) -> None:
    submit_report(clerk(lived), month="2024-06")
    desk = clerk(lived, "2025-01-10")
    close_year(desk, year=2024)
    take_statement(
        desk, path=statement(tmp_path / "年.xlsx", [*as_booked(lived), ("2024-12-21", "结息", 2_34)])
    )
    post_from_line(desk, line_id=proposals(desk.store)[0].id)
    rows = desk.store.rows("SELECT posted_on, event FROM voucher ORDER BY id DESC LIMIT 1")
    assert rows == [("2025-01-10", "interest")]
    assert all(one.is_matched for one in lines_of_statement(desk.store, 1))


def test_what_the_bank_itself_took_back_is_matched_alone(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    wrong = [("2024-06-28", "来账 错账", 9_99), ("2024-06-29", "冲正", -9_99)]
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", [*as_booked(lived), *wrong]))
    one, other = (line.id for line in lines_of_statement(desk.store, 1) if not line.is_matched)
    with pytest.raises(NothingChosen, match="合计为 0"):
        pair_by_hand(desk, lines=[one], vouchers=[])
    pair_by_hand(desk, lines=[one, other], vouchers=[])
    assert reconcile(desk.store).bank_items == ()
    with pytest.raises(AlreadyMatched):
        post_from_line(desk, line_id=one, kind=INTEREST)
    assert match_statements(desk).answer["open_lines"] == 0
    assert check_up(desk.store) == []
    unpair(desk, line_id=other)
    assert [item.fen for item in reconcile(desk.store).bank_items] == [9_99, -9_99]


def test_a_reversal_that_the_bank_has_too_stays_matched(lived: Lived, tmp_path: Path) -> None:
    """Booked, credited, taken back by both: what a person laid together is not taken apart by matching again."""
    desk = clerk(lived)
    latest = "SELECT month || '/' || number FROM voucher ORDER BY id DESC LIMIT 1"
    add_interest(desk, fen=Fen(7_77))
    voucher = str(desk.store.value(latest))
    reverse_voucher(desk, voucher=voucher, reason="银行记错")
    red = str(desk.store.value(latest))
    moves = [*as_booked(lived), ("2024-07-01", "结息", 7_77), ("2024-07-02", "冲正", -7_77)]
    moves = [one for one in moves if one[0] < "2024-07-05"]
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", moves))
    with desk.store.writing():  # as if nobody had matched the two vouchers with each other yet
        alone = "SELECT id FROM statement_match WHERE id NOT IN (SELECT match_id FROM statement_line WHERE match_id > 0)"
        take_apart(desk.store, [int(desk.store.value(alone))])
    lines = [one.id for one in lines_of_statement(desk.store, 1) if not one.is_matched]
    pair_by_hand(desk, lines=lines, vouchers=[voucher, red])
    match_statements(desk)
    assert all(one.how == "hand" for one in lines_of_statement(desk.store, 1) if one.id in lines)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE statement_line SET fen = fen + 1", "statement_line_is_final"),
        ("DELETE FROM statement_line", "statement_line_stays"),
        ("DELETE FROM bank_statement", "statement_stays"),
        ("UPDATE bank_statement SET closing_fen = 0", "statement_is_final"),
        ("UPDATE statement_line SET match_id = NULL", "statement_line_of_whole_match"),
        ("DELETE FROM matched_deposit", "matched_deposit_of_whole_match"),
        ("UPDATE statement_match SET how = 'hand'", "match_is_final"),
        ("UPDATE bank_statement SET undone_on = taken_on", "statement_undone_unmatched"),
        ("INSERT INTO statement_match (id, how, matched_on, operator_id) VALUES (99, 'hand', '2024-07-01', 1)", "match_must_agree"),
        ("INSERT INTO bank_statement SELECT 9, profile, file_name, '0', first_day, last_day, opening_fen, closing_fen, lines,"
         " taken_on, operator_id, NULL FROM bank_statement", "statement_must_add_up"),
        ("INSERT INTO statement_line (statement_id, place, line, day, fen, balance_fen) VALUES (1, 99, 99, '2024-06-01', 1, 1)",
         "statement_line_comes_first"),
    ],
)  # fmt: skip
def test_the_database_forbids(lived: Lived, tmp_path: Path, sql: str, said: str) -> None:
    desk = clerk(lived)
    take_statement(desk, path=statement(tmp_path / "6月.xlsx", as_booked(lived)))
    with pytest.raises(Exception, match=said), desk.store.writing():
        desk.store.execute(sql)
