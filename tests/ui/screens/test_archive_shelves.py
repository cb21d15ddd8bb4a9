"""档案's further tabs by the keys a clerk presses: filed by drag, bound, lent, returned, appraised, watched, carried out, a year sealed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel

from app.archive.disposal.use_cases import propose_disposal
from app.archive.lending.use_cases import lend_volume
from app.archive.opened import copies_folder
from app.archive.shelves.queries import find_filings, volume_view, volumes
from app.archive.shelves.use_cases import bind_volume, bind_year, file_paper, make_volume, set_codes
from app.archive.use_cases import archive_batch, make_dossier
from app.archive.yearly.queries import packages
from app.desk import Desk
from app.reports.use_cases import submit_report
from app.yearend.queries import year_state
from app.yearend.use_cases import ask_reopen
from models.domain.flows.disposal_flow import DisposalKind
from tests.app.ledger.lived import Lived, live
from tests.ui.conftest import Opened
from tests.ui.screens.answering import acts, answer, enter, press
from ui.routes import Place, Room
from ui.screens.archive import tab as archive_tab
from ui.screens.archive.filings_tab import FilingsTab
from ui.screens.archive.screen import ArchiveScreen
from ui.screens.archive.volumes_tab import VolumesTab
from ui.screens.archive.years_tab import YearsTab

DAY = "2024-07-02"
CLOSING = "2025-01-10"


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    found = live(admin, tmp_path)
    set_codes(found.month.later(found.month.clerk, DAY), fonds="Z109")
    return found


def opened_at(
    open_frame: Callable[..., Opened], tab: str, day: str = DAY, name: str = "经办甲"
) -> tuple[Opened, ArchiveScreen]:
    opened = open_frame(name, date.fromisoformat(day))
    opened.frame.go(Place(Room.ARCHIVE, tab=tab))
    screen = opened.frame.screen_now
    assert isinstance(screen, ArchiveScreen)
    opened.settle()
    return opened, screen


def dropped(tab: FilingsTab, paths: list[Path]) -> None:
    """Drag files over the area and let them go."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, buttons, keys = QPoint(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab.drop.dragEnterEvent(QDragEnterEvent(where, Qt.DropAction.CopyAction, mime, buttons, keys))
    tab.drop.dropEvent(QDropEvent(QPointF(where), Qt.DropAction.CopyAction, mime, buttons, keys))


def test_files_are_dropped_named_one_after_another_and_opened(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = lived.month.store
    opened, screen = opened_at(open_frame, "filings")
    tab = screen.parts["filings"]
    assert isinstance(tab, FilingsTab)
    one, two = tmp_path / "通知.pdf", tmp_path / "照片.jpg"
    one.write_bytes(b"%PDF-1.4 %%EOF")
    two.write_bytes(b"\xff\xd8\xff\xe0 photo")
    dropped(tab, [one, two])
    labels = cast(list[QLabel], screen.question.findChildren(QLabel))
    assert "通知.pdf（还有 1 个）" in [label.text() for label in labels]
    answer(opened, screen, title="补贴通知", dated="2024-06-01", document="县财〔2024〕3号", pages="2")
    answer(opened, screen, title="公示照片", dated="2024-06-02")
    papers = {paper.title: paper for paper in find_filings(store, "")}
    assert papers["补贴通知"].document == "县财〔2024〕3号"
    assert papers["公示照片"].class_code == "SX"
    assert papers["补贴通知"].pages == 2

    handed: list[Path] = []

    def hand(path: Path) -> bool:
        handed.append(path)
        return True

    monkeypatch.setattr(archive_tab, "open_with_system", hand)
    assert tab.table is not None
    tab.table.go_to_id(papers["补贴通知"].id)
    press(opened, "F7")
    opened.settle()
    (copy,) = handed
    assert copy.read_bytes() == one.read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o400
    assert copy.parent.stat().st_mode & 0o077 == 0
    assert copies_folder(store.folder) in copy.parents
    assert store.value("SELECT subject FROM audit_line WHERE act = 'archive.open'") == "file 通知.pdf"
    enter(tab.table.view)
    opened.settle()
    assert len(handed) == 2
    opened.frame.office.close()
    assert not copies_folder(store.folder).exists()


def test_a_question_left_stops_the_rest(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    opened, screen = opened_at(open_frame, "filings")
    paths = [tmp_path / f"{n}.txt" for n in range(3)]
    for path in paths:
        path.write_text(path.name)
    tab = screen.parts["filings"]
    assert isinstance(tab, FilingsTab)
    dropped(tab, paths)
    screen.question.reject()
    opened.settle()
    assert tab.waiting == []
    assert find_filings(lived.month.store, "") == []


def test_volumes_are_filled_bound_lent_and_returned(open_frame: Callable[..., Opened], lived: Lived) -> None:
    store = lived.month.store
    july = lived.month.later(lived.month.clerk, DAY)
    make_dossier(july, batch_id=lived.first)
    archive_batch(july, batch_id=lived.first)
    opened, screen = opened_at(open_frame, "volumes")
    press(opened, "F9")
    answer(opened, screen, year="2024")
    found = volumes(store, 2024)
    assert [one.class_code for one in found] == ["FF", "PZ"]
    press(opened, "F3")
    answer(opened, screen, title="往来文件", class_code="WS", year="2024", shelf="1 柜")
    table = screen.parts["volumes"].table
    assert table is not None
    table.go_to_id(found[1].id)
    press(opened, "F6")
    opened.settle()
    assert volume_view(store, found[1].id).volume.state == "bound"
    table.go_to_id(found[1].id)
    press(opened, "F7")
    answer(opened, screen, borrower="县审计局", purpose="审计")
    assert volume_view(store, found[1].id).borrower == "县审计局"
    screen.show_tab("loans")
    opened.settle()
    loans = screen.parts["loans"].table
    assert loans is not None
    loans.go_to_row(0)
    press(opened, "F9")
    answer(opened, screen, remark="完好")
    assert volume_view(store, found[1].id).borrower == ""


def test_the_places_of_a_code_are_written_in_chinese(open_frame: Callable[..., Opened], lived: Lived) -> None:
    opened, screen = opened_at(open_frame, "volumes")
    tab = screen.parts["volumes"]
    assert isinstance(tab, VolumesTab)
    tab.ask_codes()
    assert screen.question.values()["template"].startswith("{{全宗号}}-KU·{{年度}}")
    answer(opened, screen, fonds="J12", template="｛｛全宗号｝｝·{{门类}}·{{年度}}·{{保管期限}}·{{顺序号:3}}")
    assert "J12·PZ·2024·D30·001" in screen.bar.words.text()
    tab.ask_codes()
    assert screen.question.values()["template"].endswith("{{顺序号:3}}")
    answer(opened, screen, template="{{全宗号}}-{{年}}")
    assert "不认识“{{年}}”" in screen.question.bar.words.text()
    screen.question.reject()


def test_papers_and_labels_are_looked_at_before_they_are_printed(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    july = lived.month.later(lived.month.clerk, DAY)
    bind_year(july, year=2024)
    volume = volumes(july.store, 2024)[0]
    bind_volume(july, volume=volume.code)
    lend_volume(july, volume=volume.code, borrower="县审计局", purpose="审计", due=date(2024, 7, 20))
    propose_disposal(
        july, kind=DisposalKind.HAND_OVER, volumes=_another(july, tmp_path), reason="满一年", taker="县档案馆"
    )
    opened, screen = opened_at(open_frame, "volumes")
    parts: dict[str, Any] = dict(screen.parts)
    for tab, act, words in (
        ("volumes", "print_papers", "案卷封面"), ("volumes", "print_labels", "标签"), ("loans", "print_register", "借阅登记"),
        ("due", "print_due", "鉴定"), ("due", "print_custody", "保管清册"), ("disposals", "print_list", "移交清册"),
        ("years", "print_closing", "余额结转"),
    ):  # fmt: skip
        screen.show_tab(tab)
        opened.settle()
        if parts[tab].table is not None:
            parts[tab].table.go_to_row(0)
        getattr(parts[tab], act)()
        assert words in screen.preview.windowTitle(), (tab, act, screen.preview.windowTitle())
        opened.settle()
        screen.preview.close()


def _another(desk: Desk, tmp_path: Path) -> list[int]:
    """One more bound volume."""
    path = tmp_path / "通知.pdf"
    path.write_bytes(b"%PDF-1.4 %%EOF")
    filing = file_paper(desk, path=path, class_code="WS", title="通知", dated=date(2024, 3, 1)).answer[
        "filing"
    ]
    made = make_volume(desk, class_code="WS", year=2024, title="通知", filings=[int(str(filing))]).answer
    bind_volume(desk, volume=str(made["code"]))
    return [int(str(made["volume"]))]


def test_an_impossible_year_is_refused_in_the_question(
    open_frame: Callable[..., Opened], lived: Lived
) -> None:
    opened, screen = opened_at(open_frame, "volumes")
    press(opened, "F3")
    answer(opened, screen, title="往来文件", class_code="WS", year="二四年")
    assert "四位数的年份" in screen.question.bar.words.text()
    screen.question.reject()


def test_three_people_destroy_by_the_screen(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    store = lived.month.store
    july = lived.month.later(lived.month.clerk, DAY)
    path = tmp_path / "旧台账.csv"
    path.write_text("a")
    filing = file_paper(
        july, path=path, class_code="XB", title="旧台账", dated=date(2021, 3, 1), responsible="上溪村"
    ).answer["filing"]
    made = make_volume(july, class_code="XB", year=2021, title="旧台账", filings=[int(str(filing))])
    bind_volume(july, volume=str(made.answer["code"]))
    opened, screen = opened_at(open_frame, "due")
    due = screen.parts["due"].table
    assert due is not None
    due.go_to_row(0)
    press(opened, "F9")
    answer(opened, screen, reason="期满")
    assert acts(opened)["编制销毁清册"]
    for name in ("复核丙", "审批丁"):
        other, theirs = opened_at(open_frame, "disposals", name=name)
        table = theirs.parts["disposals"].table
        assert table is not None
        table.go_to_row(0)
        assert not acts(other)["执行"]
        press(other, "F9")
        answer(other, theirs)
    opened, screen = opened_at(open_frame, "disposals")
    table = screen.parts["disposals"].table
    assert table is not None
    table.go_to_row(0)
    press(opened, "F6")
    answer(opened, screen)
    assert store.value("SELECT count(*) FROM discarded_file") == 1
    assert [one.state for one in volumes(store, 2021)] == ["destroyed"]


def test_a_year_is_closed_sealed_and_verified_by_the_screen(
    open_frame: Callable[..., Opened], lived: Lived, tmp_path: Path
) -> None:
    store = lived.month.store
    july = lived.month.later(lived.month.clerk, DAY)
    opened, screen = opened_at(open_frame, "years", CLOSING)
    tab = screen.parts["years"]
    assert isinstance(tab, YearsTab)
    assert "2024-06（未上报）" in tab.card.stops.item(0, 0).text()
    press(opened, "F9")
    assert "还不能结账" in screen.bar.words.text()
    assert not acts(opened)["封存"]
    for batch in (lived.first, lived.again):
        make_dossier(july, batch_id=batch)
        archive_batch(july, batch_id=batch)
    submit_report(july, month="2024-06")
    bind_year(july, year=2024)
    for one in volumes(store, 2024):
        bind_volume(july, volume=one.code)
    tab.load()
    opened.settle()
    press(opened, "F9")
    answer(opened, screen, carry="yes")
    assert year_state(store, 2024) == "closed"
    out = tmp_path / "2024.zip"
    tab.seal(out)
    opened.settle()
    (kept,) = packages(store, 2024)
    assert kept.head_shown in screen.bar.words.text()
    tab.verify(out)
    opened.settle()
    assert "全部相符" in screen.bar.words.text()
    body = bytearray(out.read_bytes())
    body[len(body) // 2] ^= 1
    out.write_bytes(body)
    tab.verify(out)
    opened.settle()
    assert "全部相符" not in screen.bar.words.text()
    ask_reopen(lived.month.later(lived.month.clerk, CLOSING), year=2024, reason="漏记")
    other, theirs = opened_at(open_frame, "years", CLOSING, "审批丁")
    assert acts(other)["批准反结账"]
    theirs.parts["years"].ask_approve()  # type: ignore[attr-defined]
    answer(other, theirs)
    assert year_state(store, 2024) == "open"


def test_an_auditor_looks_and_changes_nothing(open_frame: Callable[..., Opened], lived: Lived) -> None:
    for tab, words in (
        ("filings", "归档文件"), ("volumes", "自动组卷"), ("loans", "归还"), ("due", "编制销毁清册"), ("disposals", "监督签字"),
        ("years", "年终结账"),
    ):  # fmt: skip
        opened, _ = opened_at(open_frame, tab, name="审计戊")
        assert not acts(opened)[words], tab
