"""银行报盘与回盘 on the screen: out to a stick, back in, lines that a person settles, 补发 in one step."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.returns.use_cases import post_return
from models.domain.money import Fen
from tests.app.bankfiles.batches import a_batch, buckets
from tests.builders import Make
from tests.conftest import seat
from tests.ui.conftest import Opened
from tests.ui.printing.reading import text_of
from ui.routes import Place, Room
from ui.screens.bankfiles.screen import BankFilesScreen
from ui.theme import Tone

DAY = date(2024, 6, 10)
Open = Callable[..., Opened]


@pytest.fixture
def batch(admin: Desk) -> int:
    """An approved batch of six people."""
    make = Make(admin)
    return a_batch(
        make, [make.person() for _ in range(6)], fen=[10_000, 20_000, 30_000, 40_000, 50_000, 50_000]
    )


def at(opened: Opened, tab: str, place: int = 0) -> BankFilesScreen:
    opened.frame.go(Place(Room.BANKFILES, tab=tab, id=place))
    opened.settle()
    screen = opened.frame.screen_now
    assert isinstance(screen, BankFilesScreen)
    return screen


def sent_and_answered(admin: Desk, batch: int, folder: Path, failures: dict[int, str]) -> Path:
    clerk = seat(admin, "经办甲", DAY)
    make_bank_files(clerk, batch_id=batch, profile="rural_bank")
    path = write_bank_files(clerk.store, batch_id=batch, folder=folder)[0]
    return answer_bank_file(path, folder / "back" / path.name, profile="rural_bank", failures=failures)


def test_a_batch_goes_to_a_stick_by_keys_and_its_control_totals_are_shown(
    open_frame: Open, batch: int, tmp_path: Path
) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened, "send")
    page = screen.sending
    assert page.batch == batch
    assert "6 笔，合计 2,000.00 元" in page.to_send.text()
    QTest.keyClick(screen, Qt.Key.Key_F9)
    assert "请先选择写到哪个文件夹" in screen.bar.words.text()  # nothing was sent without a place to go to
    page.profile.setCurrentIndex(page.profile.findData("rural_bank"))
    page.folder.setText(str(tmp_path / "盘"))
    QTest.keyClick(screen, Qt.Key.Key_F9)
    assert "生成 6 笔" in screen.question.verb.text()
    screen.question.verb.click()
    opened.settle()
    assert "2,000.00" in page.totals.text()
    assert "贰仟元整" in page.words.text()
    written = sorted(one.name for one in (tmp_path / "盘").iterdir())
    assert len(written) == 2
    assert not page.may_send
    assert opened.office.remembered.get("bank")["profile"] == "rural_bank"  # type: ignore[index]
    page.write_again(tmp_path / "另一个盘")
    opened.settle()
    for name in written:
        assert (tmp_path / "盘" / name).read_bytes() == (tmp_path / "另一个盘" / name).read_bytes()


def test_a_stick_that_is_full_does_not_send_twice(open_frame: Open, batch: int, tmp_path: Path) -> None:
    opened = open_frame(day=DAY)
    screen = at(opened, "send")
    blocked = tmp_path / "不是文件夹"
    blocked.write_text("x")
    screen.sending.folder.setText(str(blocked))
    screen.sending.send()
    opened.settle()
    assert "不要重新报盘" in screen.bar.words.text()
    assert "bank-file" not in screen.bar.words.text()  # no command's name on a screen
    assert len(screen.sending.files) == 1


def test_who_may_not_send_cannot(open_frame: Open, batch: int) -> None:
    screen = at(open_frame("复核丙", DAY), "send")
    assert not screen.sending.may_send
    assert not screen.sending.make.isEnabled()


def test_the_control_sheet_says_count_sum_and_hash(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    sent_and_answered(admin, batch, tmp_path, {})
    screen = at(open_frame(day=DAY), "send", batch)
    page = screen.sending
    assert page.view is not None
    page.print_control()
    paper = "".join(text_of(page.preview.document).split())
    assert page.files[0].sha256[:32] in "".join(paper.split())
    assert paper.count("2,000.00") == 2
    assert "贰仟元整" in paper
    assert "银行签收：" in paper
    page.preview.close()


def test_an_answer_dropped_in_is_told_line_by_line(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    answer = sent_and_answered(admin, batch, tmp_path, {2: "账户为睡眠户"})
    opened = open_frame(day=DAY)
    screen = at(opened, "returns", batch)
    assert screen.coming.batch.currentData() == batch
    screen.coming.drop.dropped.emit(answer)
    opened.settle()
    assert "成功 5 笔，失败 1 笔" in screen.bar.words.text()
    assert screen.coming.tiles.buttons["failed"].text().endswith("1")
    assert screen.lines.model.text(0, 1) == "失败"
    assert "激活" in screen.lines.model.text(0, 6)
    screen.coming.tiles.buttons["paid"].click()
    assert screen.lines.rows == 5
    screen.coming.tiles.buttons["paid"].click()
    assert screen.lines.rows == 6
    screen.coming.post(answer)
    opened.settle()
    assert "没有重复登记" in screen.bar.words.text()
    assert screen.tabs.tabText(3) == "失败与退票 1"


def test_green_yellow_and_red() -> None:
    from ui.screens.bankfiles.returns_page import TONES

    assert TONES["paid"] is Tone.GOOD
    assert TONES["waiting"] is Tone.WARN
    assert TONES["unknown"] is Tone.BAD


def post_under_another_name(admin: Desk, batch: int, folder: Path) -> None:
    """An answer whose second line bears a name that was not sent."""
    answer = sent_and_answered(admin, batch, folder, {})
    book = openpyxl.load_workbook(answer)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(3, names.index("户名") + 1).value = "王大锤"
    book.save(answer)
    post_return(seat(admin, "经办甲", DAY), path=answer)


def test_a_line_under_another_name_waits_and_is_confirmed(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    post_under_another_name(admin, batch, tmp_path)
    opened = open_frame(day=DAY)
    screen = at(opened, "lines")
    assert screen.unsettled.rows == 1
    assert screen.tabs.tabText(2) == "待认领 1"
    screen.unsettled.go_to_row(0)
    QTest.keyClick(screen, Qt.Key.Key_F2)
    dialog = screen.dialog
    assert [one.fen for one in dialog.found] == [20_000]
    assert dialog.table.item(0, 5).text().startswith("最像")
    assert dialog.paid.isChecked()
    dialog.note.setText("电话核实")
    dialog.take()
    opened.settle()
    assert screen.unsettled.rows == 0
    assert buckets(admin, batch)["paid"] == 6


def test_a_line_that_is_nobodys_leaves_the_list_with_its_reason(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    post_under_another_name(admin, batch, tmp_path)
    opened = open_frame(day=DAY)
    screen = at(opened, "lines")
    assert screen.unsettled.rows == 1
    screen.unsettled.go_to_row(0)
    screen.ask_aside()
    screen.question.fields["reason"].setPlainText("另有回盘文件答复")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert screen.unsettled.rows == 0
    assert screen.tabs.tabText(2) == "待认领"
    assert "无须认领" in screen.bar.words.text()


def test_a_settled_line_is_not_confirmed_but_may_bounce(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    post_return(seat(admin, "经办甲", DAY), path=sent_and_answered(admin, batch, tmp_path, {}))
    opened = open_frame(day=DAY)
    screen = at(opened, "returns", batch)
    screen.lines.go_to_row(0)
    screen.ask_confirm()
    assert "不需要确认" in screen.bar.words.text()
    screen.ask_bounce()
    screen.question.fields["reason"].setText("账号已注销")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    screen = at(opened, "failed")
    assert screen.failed.rows == 1
    assert screen.failed.model.text(0, 3) == "退票"


def test_the_basket_has_a_clock_and_is_paid_again_in_one_step(
    open_frame: Open, admin: Desk, batch: int, tmp_path: Path
) -> None:
    answer = sent_and_answered(admin, batch, tmp_path, {1: "账户已销户", 4: "户名不符"})
    post_return(seat(admin, "经办甲", DAY), path=answer)
    store = admin.store
    payee = store.value("SELECT payee_id FROM payment WHERE bucket = 'failed' ORDER BY line LIMIT 1")
    with store.writing():
        store.execute("UPDATE account SET number = '201100000000001' WHERE person_id = ?", (payee,))
    # failed on Monday the 10th, which is a holiday in 2024 (端午): three working days are the 13th
    opened = open_frame(day=date(2024, 6, 14))
    screen = at(opened, "failed", batch)
    assert screen.failed.model.text(0, 0) == "2024-06-13"
    tiles = screen.mending.tiles.buttons
    assert tiles["late"].text().endswith("2")
    assert tiles["mended"].text().endswith("1")
    tiles["mended"].click()
    assert screen.failed.rows == 1
    screen.failed.view.selectAll()
    QTest.keyClick(screen, Qt.Key.Key_F9)
    field = screen.question.fields["which"]
    assert [field.itemText(n) for n in range(field.count())] == [  # type: ignore[attr-defined]
        "选中的 1 笔，100.00 元（2130122-2024-01）",
        "这些批次全部 2 笔，500.00 元（2130122-2024-01）",
    ]
    field.setCurrentIndex(1)  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert opened.frame.screen_now.room is Room.BATCHES
    new = store.row("SELECT kind, payments, owed_fen FROM batch ORDER BY id DESC LIMIT 1")
    assert new == ("reissue", 2, Fen(50_000))
    assert at(opened, "failed").failed.rows == 0


def test_closing_is_for_the_approver(open_frame: Open, admin: Desk, batch: int, tmp_path: Path) -> None:
    post_return(seat(admin, "经办甲", DAY), path=sent_and_answered(admin, batch, tmp_path, {1: "账户已销户"}))
    opened = open_frame("审批丁", DAY)
    screen = at(opened, "failed")
    screen.failed.view.selectAll()
    screen.ask_close()
    screen.question.fields["reason"].setPlainText("本人已故，无继承人")  # type: ignore[attr-defined]
    screen.question.take()
    opened.settle()
    assert screen.failed.rows == 0
    assert buckets(admin, batch)["closed_unpaid"] == 1


def test_an_empty_office_says_what_to_do(open_frame: Open) -> None:
    screen = at(open_frame(), "send")
    assert "审批以后" in screen.sending.table.empty.text()
    for tab in ("returns", "lines", "failed"):
        screen.show_tab(tab)
        table = screen.table_now()
        assert table is not None
        assert table.rows == 0
        assert table.empty.isVisible()
