"""The tie-out: everything holds in a month lived by the doors; what is broken on purpose is named with its program and batch."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.desk import Desk
from app.funds.use_cases import add_allotment
from app.reports import use_cases
from app.reports.figures import monthly_figures
from app.reports.queries import month_to_report, reports
from app.reports.tie_out import BATCHES, BEFORE, BOOKS, Part, Tie, TieOut, tie_out, tie_out_sheets, untied
from app.reports.use_cases import submit_report
from app.returns.use_cases import bounce_payment
from models.domain.money import Fen
from models.store.opening import Store
from tests.app.batches.months import AGED, LAND
from tests.app.ledger.lived import Lived, live


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def clerk(lived: Lived, day: str) -> Desk:
    return lived.month.later(lived.month.clerk, day)


def said(found: TieOut) -> dict[str, list[tuple[str, int]]]:
    return {tie.name: [(part.words, part.difference_fen) for part in tie.wrong] for tie in found.failed}


def break_into(store: Store, *statements: str) -> None:
    """Change rows behind the program's back, as another program would."""
    connection = store.database.connection()
    names = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in names:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in names:
        connection.execute(sql)


def test_everything_holds_in_a_lived_month(lived: Lived) -> None:
    found = tie_out(lived.month.store, "2024-06")
    assert said(found) == {}
    assert found.changed == ()
    assert len(found.ties) > 20
    assert {tie.kind for tie in found.ties} == {"上月累计", "合计", "资金", "账簿", "批次"}
    by_name = {tie.name: tie for tie in found.ties}
    assert by_name["各批次 + 期初 = 累计实发金额"].left_fen == 19_000
    assert by_name["累计到位 − 累计实发 = 结余"].left_fen == 21_000


def test_it_holds_over_months_reported_or_not(lived: Lived) -> None:
    store = lived.month.store
    submit_report(clerk(lived, "2024-07-01"), month="2024-06")
    bounce_payment(
        clerk(lived, "2024-07-10"), payment_id=lived.month.payment(lived.first, 4), reason="账户已销户"
    )
    lived.month.policy(LAND)
    lived.month.fund(LAND, fen=9_000)
    for month in ("2024-07", "2024-08"):  # July is not reported
        assert said(tie_out(store, month)) == {}, month
    submit_report(clerk(lived, "2024-08-01"), month="2024-07")
    assert said(tie_out(store, "2024-08")) == {}


def test_it_holds_after_a_month_in_which_money_was_only_allotted(lived: Lived) -> None:
    store = lived.month.store
    add_allotment(
        clerk(lived, "2024-08-01"), program=AGED, document="新财〔2024〕99号", fen=Fen(1_046_531), level="县", issued_on=date(2024, 7, 28),
    )  # fmt: skip
    assert [one.month for one in reports(store)] == ["2024-06", "2024-07"]
    assert said(tie_out(store, "2024-08")) == {}
    submit_report(clerk(lived, "2024-08-01"), month="2024-06")
    assert said(tie_out(store, "2024-08")) == {}


def test_a_month_that_has_not_begun_is_not_to_be_reported(lived: Lived) -> None:
    store = lived.month.store
    add_allotment(
        clerk(lived, "2024-07-01"), program=AGED, document="新财〔2024〕98号", fen=Fen(100_000), level="县", issued_on=date(2024, 6, 28), year=2025,
    )  # fmt: skip
    assert [one.month for one in reports(store)] == ["2024-06"]
    assert month_to_report(store) == "2024-06"


def test_what_was_booked_into_a_reported_month_is_listed_and_the_next_month_still_holds(lived: Lived) -> None:
    store = lived.month.store
    submit_report(clerk(lived, "2024-06-30"), month="2024-06")
    bounce_payment(
        clerk(lived, "2024-06-30"), payment_id=lived.month.payment(lived.first, 4), reason="账户已销户"
    )
    found = tie_out(store, "2024-06")
    assert {(one.span, one.field, one.now - one.reported) for one in found.changed} >= {
        ("month", "paid_fen", -5_000), ("year", "failed_fen", 5_000),
    }  # fmt: skip
    assert said(found) == {}
    assert [model.name for model in tie_out_sheets(found)] == ["勾稽表", "上报后的变化"]
    assert said(tie_out(store, "2024-07")) == {}


def test_a_changed_voucher_is_named_by_program_batch_and_document(lived: Lived) -> None:
    store = lived.month.store
    break_into(
        store,
        "UPDATE voucher_line SET debit_fen = debit_fen + 700 WHERE id = (SELECT l.id FROM voucher_line l JOIN voucher v"
        " ON v.id = l.voucher_id WHERE v.event = 'approve' AND l.ledger = 'expense' LIMIT 1)",
    )
    found = tie_out(store, "2024-06")
    number = store.value("SELECT number FROM batch WHERE id = ?", (lived.first,))
    wrong = said(found)
    assert wrong["账簿“补贴支出” + 期初 = 累计应发金额"] == [("高龄津贴", 700)]
    assert wrong["各批次应发 = 账簿“补贴支出”"] == [(f"批次 {number}", -700)]
    assert [difference for _, difference in wrong["账簿“补贴支出” = 各指标已用"]] == [700]
    assert {tie.kind for tie in found.failed} == {BOOKS, BATCHES}
    sheet = tie_out_sheets(found)[0]
    assert [row[2] for row in sheet.rows if row[0] is None and row[5] == -700] == [f"　批次 {number}"]
    assert "3 项不符" in sheet.left


def test_a_changed_payment_is_named_by_its_batch(lived: Lived) -> None:
    store = lived.month.store
    break_into(
        store,
        "UPDATE attempt SET state = 'failed' WHERE id = (SELECT min(id) FROM attempt WHERE state = 'paid')",
    )
    number = store.value("SELECT number FROM batch WHERE id = ?", (lived.first,))
    assert said(tie_out(store, "2024-06")) == {
        "各批次已发（汇总）= 银行答复成功的各笔": [(f"批次 {number}", 5_000)]
    }
    assert untied(tie_out(store, "2024-06")) == [
        f"各批次已发（汇总）= 银行答复成功的各笔：批次 {number} 差 50.00 元"
    ]


def test_what_does_not_tie_is_said_when_the_month_is_reported(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tie_out(lived.month.store, "2024-06")
    broken = Tie(BOOKS, "账簿 = 批次", 100, 99, (Part("批次 1", 100, 99),))
    monkeypatch.setattr(use_cases, "tie_out", lambda *_: replace(found, ties=(*found.ties, broken)))
    answer = submit_report(clerk(lived, "2024-07-01"), month="2024-06").answer
    assert answer["checks_failed"] == ["账簿 = 批次：批次 1 差 0.01 元"]


def test_a_return_changed_after_it_was_sent_is_named_by_its_program(lived: Lived) -> None:
    store = lived.month.store
    submit_report(clerk(lived, "2024-07-01"), month="2024-06")
    sent = json.loads(store.value("SELECT figures FROM monthly_return"))
    sent["programs"][0]["year"]["paid_fen"] += 1
    body = json.dumps(sent, ensure_ascii=False).replace("'", "''")
    july = monthly_figures(store, "2024-07")
    break_into(store, f"UPDATE monthly_return SET figures = '{body}'")
    # the figures of July were computed before somebody changed what June said
    found = tie_out(store, "2024-07", july)
    assert said(found) == {"累计实发金额 = 上月累计 + 本月": [("高龄津贴", -1)]}
    assert found.failed[0].kind == BEFORE
