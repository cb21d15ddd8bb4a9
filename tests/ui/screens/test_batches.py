"""发放批次: made, checked, explained, passed on by three people, payments stopped; the panel always says zero."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit

from app.desk import Desk
from tests.app.batches.months import AGED, Month
from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from ui.routes import Place, Room
from ui.screens.batches.screen import BatchesScreen
from ui.screens.funds.screen import FundsScreen
from ui.widgets.asking import Question
from ui.widgets.step_bar import At


@pytest.fixture
def month(admin: Desk) -> Month:
    made = Month(admin)
    made.policy()
    made.fund()
    made.aged(4)
    return made


def at_batches(opened: Opened, batch: int = 0) -> BatchesScreen:
    opened.frame.go(Place(Room.BATCHES, id=batch))
    opened.settle()
    screen = opened.frame.screen_now
    assert isinstance(screen, BatchesScreen)
    return screen


def fill(question: Question, **values: str) -> None:
    for name, text in values.items():
        field = question.fields[name]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(text))
        elif isinstance(field, QPlainTextEdit):
            field.setPlainText(text)
        else:
            assert isinstance(field, QLineEdit)
            field.setText(text)


def words_of(question: Question) -> str:
    """Everything that a question says."""
    labels: list[QLabel] = list(question.findChildren(QLabel))
    return "\n".join(label.text() for label in labels)


def explain(screen: BatchesScreen) -> None:
    """Write a reason for every warning, as a clerk does."""
    checks = screen.page.checks
    screen.page.tabs.setCurrentIndex(1)
    for one in checks.unexplained:
        checks.list.setCurrentRow(checks._shown.index(one))
        checks.reason.setText("已逐户核实")
        checks.reason.textEdited.emit("已逐户核实")
    assert not checks.unexplained


def pass_on(opened: Opened, screen: BatchesScreen) -> str:
    """The act that is next; gives what the confirmation said."""
    explain(screen)
    screen.go_forward()
    words = screen.question.verb.text()
    screen.question.take()
    opened.settle()
    return words


def test_a_batch_is_made_and_passes_three_desks(open_frame: Callable[..., Opened], month: Month) -> None:
    opened = open_frame("经办甲")
    screen = at_batches(opened)
    screen.ask_new()
    fill(screen.question, program=AGED, period="2024-06")
    screen.question.take()
    opened.settle()
    assert screen.is_open
    assert "4 笔，200.00 元" in screen.bar.words.text()
    assert "零差异" in screen.page.panel.verdict.text()
    assert pass_on(opened, screen) == "提交复核 4 笔"
    assert "已提交复核：4 笔，200.00 元" in screen.bar.words.text()
    batch = screen.page.batch
    assert month.state(batch) == "submitted"
    opened.frame.hand_over()

    opened = open_frame("复核丙")
    screen = at_batches(opened, batch)
    assert screen.page.tabs.currentIndex() == 2  # the difference first
    assert pass_on(opened, screen) == "复核 4 笔"
    opened.frame.hand_over()

    opened = open_frame("审批丁")
    screen = at_batches(opened, batch)
    assert pass_on(opened, screen) == "审批 4 笔"
    assert month.state(batch) == "approved"
    done = [step.name for step in screen.page.bar.steps if step.at is At.DONE]
    assert done == ["编制", "提交", "复核", "审批"]
    assert [step.who for step in screen.page.bar.steps][:4] == ["经办甲", "经办甲", "复核丙", "审批丁"]
    assert screen.page.funding.rowCount() == 1
    assert screen.page.vouchers.rowCount() == 1
    assert "下一步：报盘" in screen.page.panel.next_title.text()
    month.identity()


def test_the_same_person_is_refused_and_nothing_typed_is_lost(
    open_frame: Callable[..., Opened], month: Month, admin: Desk
) -> None:
    from app.access.use_cases import add_operator
    from models.domain.permission import Post
    from tests.conftest import PASSWORD, seat

    add_operator(admin, name="兼岗己", posts=[Post.CLERK, Post.REVIEWER], password=PASSWORD)
    month.clerk = seat(admin, "兼岗己")
    from app.batches.use_cases import create_batch, submit_batch

    batch = int(str(create_batch(month.clerk, program=AGED, period="2024-06").answer["batch"]))
    submit_batch(month.clerk, batch_id=batch, reasons=month.reasons(batch))
    opened = open_frame("兼岗己")
    screen = at_batches(opened, batch)
    screen.go_forward()
    fill(screen.question, opinion="我自己看过了")
    screen.question.take()
    opened.settle()
    assert "必须是三个人" in screen.question.bar.words.text()
    assert screen.question.values()["opinion"] == "我自己看过了"
    screen.question.reject()
    assert month.state(batch) == "submitted"


def test_warnings_without_a_reason_stop_it_and_the_cursor_goes_there(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    shared = month.make.person(
        birth="19400501", account=str(month.store.value("SELECT number FROM account LIMIT 1"))
    )
    month.make.enrolment(shared, AGED, period="2024-06")
    batch = month.create()
    opened = open_frame()
    screen = at_batches(opened, batch)
    assert screen.page.checks.unexplained
    screen.go_forward()
    assert screen.page.tabs.currentIndex() == 1
    assert "没有说明" in screen.bar.words.text()
    assert month.state(batch) == "draft"


def test_payments_are_stopped_and_restored_with_a_reason(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    batch = month.create()
    opened = open_frame()
    screen = at_batches(opened, batch)
    screen.ask_stop()
    assert "选中" in screen.bar.words.text()
    screen.page.payments.select_row(0)
    screen.ask_stop()
    assert "停发 1 笔" in screen.question.verb.text()
    fill(screen.question, reason="已转居民养老")
    screen.question.take()
    opened.settle()
    assert month.column("bucket", month.payment(batch, 1)) == "stopped"
    assert "零差异" in screen.page.panel.verdict.text()
    screen.page.payments.select_row(0)
    screen.ask_restore()
    fill(screen.question, reason="查实仍在本村")
    screen.question.take()
    opened.settle()
    assert month.column("bucket", month.payment(batch, 1)) == "pending"
    month.identity()


def test_a_rejected_batch_says_why_and_goes_back_to_its_desk(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    batch = month.create()
    from app.batches.use_cases import submit_batch

    submit_batch(month.clerk, batch_id=batch, reasons=month.reasons(batch))
    opened = open_frame("复核丙")
    screen = at_batches(opened, batch)
    screen.ask_reject()
    screen.question.take()
    assert "退回原因" in screen.question.bar.words.text()
    fill(screen.question, reason="张甲的账号不对")
    screen.question.take()
    opened.settle()
    assert month.state(batch) == "rejected"
    opened.frame.hand_over()
    opened = open_frame("经办甲")
    screen = at_batches(opened, batch)
    assert "张甲的账号不对" in screen.page.panel.next_words.text()
    assert any(step.at is At.REFUSED for step in screen.page.bar.steps)


def test_why_somebody_gets_what(open_frame: Callable[..., Opened], month: Month) -> None:
    batch = month.create()
    opened = open_frame()
    screen = at_batches(opened, batch)
    screen.page.show_why(month.payment(batch, 1))
    assert "50.00" in screen.page.why.text
    screen.page.why.print_slip()
    paper = text_of(screen.page.why.preview.document)
    assert screen.page.why.shown.trace in paper
    assert "伍拾元整" in paper
    screen.page.why.preview.close()
    screen.page.why.close()


def test_the_check_sheet_is_printed_as_it_stands_and_then_as_it_was_frozen(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    batch = month.create()
    opened = open_frame()
    screen = at_batches(opened, batch)
    screen.print_check()
    opened.settle()
    assert "没有封存" in text_of(screen.preview.document)
    screen.preview.close()
    month.reviewed(batch)
    screen.open_batch(batch)
    screen.print_check()
    opened.settle()
    paper = "".join(text_of(screen.preview.document).split())
    digest = str(month.store.value("SELECT sha256 FROM check_sheet WHERE batch_id = ?", (batch,)))
    assert digest[:32] in paper
    assert "没有封存" not in paper
    screen.preview.close()


def test_a_batch_without_policy_is_refused_in_the_question(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    opened = open_frame()
    screen = at_batches(opened)
    screen.ask_new()
    fill(screen.question, program=AGED, period="2019-01")
    screen.question.take()
    opened.settle()
    assert "没有生效的政策" in screen.question.bar.words.text()
    assert screen.question.values()["period"] == "2019-01"
    screen.question.reject()


def test_what_a_post_may_not_do_is_grey(open_frame: Callable[..., Opened], month: Month) -> None:
    batch = month.create()
    opened = open_frame("审计戊")
    at_batches(opened, batch)
    able = {action.text().split(" ")[0] for action in opened.frame.tools.actions() if action.isEnabled()}
    assert able == {"打印体检表", "导出", "打印", "列设置"}


def test_before_money_of_an_earlier_year_is_carried_over_the_question_says_so(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    """The allotment of 2024 pays in 2025: what will stand in the list afterwards is said before the yes."""
    batch = month.reviewed(month.create())
    opened = open_frame("审批丁", date(2025, 1, 8))
    screen = at_batches(opened, batch)
    explain(screen)
    screen.go_forward()
    said = words_of(screen.question)
    assert "新财〔2024〕1号（2024 年度）10,000.00 元" in said
    assert "余额全部结转到 2025 年度" in said
    screen.question.take()
    opened.settle()
    assert month.state(batch) == "approved"
    opened.frame.go(Place(Room.FUNDS))
    opened.settle()
    funds = opened.frame.screen_now
    assert isinstance(funds, FundsScreen)
    names = [column.name for column in funds.allotments.listing.columns]
    shown = [names.index(one) for one in ("document", "year", "origin", "available_fen")]
    assert sorted(funds.allotments.model.texts(range(2), shown)) == [
        ["新财〔2024〕1号", "2024", "已转2025年", "0.00"],
        ["新财〔2024〕1号", "2025", "2024年结转", "9,800.00"],
    ]


def test_money_of_this_year_is_not_spoken_of(open_frame: Callable[..., Opened], month: Month) -> None:
    opened = open_frame("审批丁")
    screen = at_batches(opened, month.reviewed(month.create()))
    explain(screen)
    screen.go_forward()
    assert "结转" not in words_of(screen.question)
    screen.question.reject()


def test_missing_money_is_said_from_the_draft_on_and_stops_nothing_yet(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    batch = month.create()
    with month.store.writing():
        month.store.execute("UPDATE receipt SET fen = 14000")
    opened = open_frame("经办甲")
    screen = at_batches(opened, batch)
    page = screen.page
    assert "资金不足" in page.tabs.tabText(1)
    assert "资金还差 60.00 元" in page.checks.verdict.text()
    assert "资金还差 60.00 元，审批以前请登记指标和到账" in page.panel.next_words.text()
    assert pass_on(opened, screen) == "提交复核 4 笔"
    assert month.state(batch) == "submitted"
    opened.frame.hand_over()
    opened = open_frame("经办甲")
    month.fund(fen=6_000)
    page = at_batches(opened, batch).page
    assert "资金" not in page.panel.next_words.text()


def test_large_letters_cut_neither_the_verdict_nor_what_was_found(
    open_frame: Callable[..., Opened], month: Month
) -> None:
    account = str(month.store.value("SELECT number FROM account LIMIT 1"))
    shared = month.make.person(birth="19400501", account=account)
    month.make.enrolment(shared, AGED, period="2024-06")
    batch = month.create()
    with month.store.writing():
        month.store.execute("DELETE FROM receipt")
    opened = open_frame()
    screen = at_batches(opened, batch)
    narrow = screen.page.checks.list.width(), screen.page.panel.width()
    try:
        opened.frame.set_text_size(3)
        screen.page.tabs.setCurrentIndex(1)
        opened.settle()
        checks = screen.page.checks
        assert checks.list.width() > narrow[0]
        assert screen.page.panel.width() > narrow[1]
        verdict = checks.verdict
        assert verdict.height() >= verdict.heightForWidth(verdict.width())
        checks.rows.setCurrentCell(0, 0)
        assert checks.sentence.isVisible()
        assert checks.sentence.text() == checks.rows.item(0, 3).text() != ""
    finally:
        opened.frame.set_text_size(0)
    opened.settle()
    assert (screen.page.checks.list.width(), screen.page.panel.width()) == narrow
