"""公示: what hangs and how long yet, what is to be put up, the masked list, objections and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from app.audit.queries import head
from app.changes import Changes, Topic
from app.desk import Desk
from app.notices.listings import OBJECTIONS, TO_POST, notices_on
from app.notices.queries import notices_of, print_notice
from app.notices.steps import objection_phone
from app.notices.use_cases import (
    decide_objection,
    keep_photo,
    object_to,
    publicize_batch,
    set_objection_phone,
)
from app.pages import Column
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.printing.paper import A3, A4
from ui.printing.sheets.style import WALL
from ui.routes import Place, Room
from ui.screens.notices.notice_card import NoticeCard
from ui.screens.notices.paper import notice_code, notice_sheets
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.splits import side_by_side

_MOST_PRINTED = 5_000


class NoticesScreen(TabbedScreen):
    """Three lists, and beside them the notice of the batch that is current."""

    room: ClassVar[Room] = Room.NOTICES
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.NOTICES, Topic.BATCHES, Topic.PAYMENTS})
    help_page = "notices"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.notices = self.make_table(
            notices_on(office.today), tone_of=_tone_of, frozen=1, empty="还没有公示。批次复核以后，到“待公示”里按 F9 张贴。"
        )  # fmt: skip
        self.to_post = self.make_table(
            TO_POST, frozen=1, empty="没有等着公示的批次。按政策不公示的项目，复核以后直接审批。"
        )
        self.objections = self.make_table(OBJECTIONS, tone_of=_tone_of, frozen=1, empty="没有人提出异议。")
        self.card = NoticeCard(office)
        self.card.loaded.connect(self.tools_changed)
        self.card.photos.taken.connect(self.ask_photo)
        self.column.removeWidget(self.tabs)
        self.column.addWidget(side_by_side(self.tabs, self.card, (620, 540)), 1)
        for table in (self.notices, self.to_post, self.objections):
            table.chosen.connect(self._follow)
            table.add_row_action("打开批次", self._open_batch)
        self.notices.opened.connect(lambda _one: self._open_batch())
        self.to_post.opened.connect(lambda _one: self.ask_post())
        self.objections.opened.connect(lambda _one: self.ask_decision())
        self.card.objections.cellDoubleClicked.connect(lambda _row, _column: self.ask_decision())
        self.add_tab("notices", "公示", self.notices)
        self.add_tab("to_post", "待公示", self.to_post)
        self.add_tab("objections", "异议", self.objections)
        self.begin()

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """Put up, print, save; objections and their outcome."""
        may = self.office.may(Permission.PUBLICIZE)
        has_list = self.card.posted is not None
        made = (
            [self._tool_of("post", "张贴公示", "speakerphone", "F9", self.ask_post, enabled=may)]
            if self.tab == "to_post"
            else [
                self._tool_of("object", "登记异议", "hand-stop", "Ctrl+N", self.ask_objection, enabled=may),
                self._tool_of("decide", "处理异议", "check", "F2", self.ask_decision, enabled=may),
            ]
        )
        return [
            *made,
            self._tool_of("paper", "打印名单", "printer", "Ctrl+T", self.print_list, enabled=has_list),
            self._tool_of(
                "save", "存为工作簿", "file-spreadsheet", "Ctrl+S", self.ask_save, enabled=has_list
            ),
            self._tool_of("photo", "存照片", "photo", "", self.pick_photo, enabled=may and has_list),
            self._tool_of("batch", "打开批次", "cash-banknote", "", self._open_batch),
            self._tool_of(
                "phone",
                "异议电话",
                "pencil",
                "",
                self.ask_phone,
                enabled=self.office.may(Permission.SET_RULES),
            ),
            self._tool_of("holidays", "节假日", "calendar-due", "", self._go_holidays),
            *self.table_tools(),
        ]

    def refresh(self) -> None:
        """Every list, the counts on their names, and the notice that is shown."""
        super().refresh()
        store = self.office.store
        waiting = store.value(f"SELECT count(*) FROM {TO_POST.source} WHERE {TO_POST.where}")
        undecided = store.value("SELECT count(*) FROM objection WHERE outcome = ''")
        for place, (words, count) in enumerate((("待公示", waiting), ("异议", undecided)), 1):
            self.tabs.setTabText(place, f"{words} {count}" if count else words)

    def load_tab(self, name: str) -> None:
        """The countdown counts from today; the card follows the list."""
        if name == "notices":
            self.notices.load(notices_on(self.office.today))
        table = self.table_now()
        if table is not None and table.rows and table.current_id() is None:
            table.go_to_row(0)
        self._follow()

    def open_at(self, place: Place) -> None:
        """The notice of a batch, or the batch among those to be posted."""
        store = self.office.store
        if place.id:
            notice = store.value("SELECT max(id) FROM public_notice WHERE batch_id = ?", (place.id,))
            objected = store.value(
                "SELECT min(id) FROM objection WHERE batch_id = ? AND outcome = ''", (place.id,)
            )
            self.show_tab(place.tab or ("to_post" if notice is None else "notices"))
            table = self.table_now()
            wanted = {"notices": notice, "to_post": place.id, "objections": objected}[self.tab]
            if table is not None and wanted is not None:
                table.go_to_id(int(wanted))
            if objected is not None:
                self.card.tabs.setCurrentIndex(1)
        else:
            self.show_tab(place.tab)
        table = self.table_now()
        if table is not None:
            table.view.setFocus()

    # -- which batch ---------------------------------------------------------------------------------------------

    def _batch(self) -> int:
        table = self.table_now()
        chosen = None if table is None else table.current_id()
        if chosen is None:
            return 0
        if self.tab == "to_post":
            return chosen
        name = "public_notice" if self.tab == "notices" else "objection"
        return int(self.office.store.value(f"SELECT batch_id FROM {name} WHERE id = ?", (chosen,)) or 0)

    @Slot()
    def _follow(self) -> None:
        if self.sender() is not None and self.sender() not in (self.table_now(), self.tabs):
            return
        self.card.show_batch(self._batch())

    def _batch_or_say(self) -> int:
        batch = self._batch()
        if not batch:
            self.bar.say("请先在表中选中一行。", Tone.CALM)
        return batch

    @Slot()
    def _open_batch(self) -> None:
        if batch := self._batch_or_say():
            self.go.emit(Place(Room.BATCHES, tab="notice", id=batch))

    @Slot()
    def _go_holidays(self) -> None:
        self.go.emit(Place(Room.SYSTEM, tab="holidays"))

    # -- putting up ----------------------------------------------------------------------------------------------

    @Slot()
    def ask_post(self) -> None:
        """Put the list up for the policy's days, or for more."""
        batch = self.to_post.current_id()
        posted = self.card.posted
        if batch is None or posted is None or posted.batch.id != batch:
            self.bar.say("请先选中一个批次。", Tone.CALM)
            return
        rows = sum(len(part.lines) for part in posted.lists)
        fen = Fen(sum(part.fen for part in posted.lists))

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            written = given["days"].strip()
            return publicize_batch(desk, batch_id=batch, days=int(written) if written.isdecimal() else None)

        words = (
            f"{posted.program}，{len(posted.lists)} 个村 {rows:,} 行，合计 {yuan_text(fen)} 元。"
            f"今天张贴，明天（{posted.first_day}）起算。"
        )
        if not posted.phone:
            words += "还没有设置异议电话，名单上会留空。"
        least = str(posted.policy.publicity_days)
        self.ask(
            "张贴公示", f"张贴 {rows:,} 行", [Asked("days", "公示天数", "code", least, hint=f"不少于 {least}")],
            work, "已张贴。请打印名单贴到各村，并记得拍照留存。", words=words,
        )  # fmt: skip

    @Slot()
    def print_list(self) -> None:
        """Preview the list of the village that is chosen, or of all, on A4 or A3."""
        posted, villages = self.card.posted, self.card.villages()
        if posted is None:
            return
        rows = sum(len(part.lines) for part in villages)
        if rows > _MOST_PRINTED:
            self.bar.say(
                f"全部有 {rows:,} 行，一次最多打印 {_MOST_PRINTED:,} 行。请先选一个村，或存为工作簿再打印。", Tone.WARN
            )  # fmt: skip
            return
        code = notice_code(posted, head(self.office.store))
        self.preview_sheets(notice_sheets(posted, villages), papers=(A4, A3), style=WALL, qr=code)

    @Slot()
    def ask_save(self) -> None:
        """Ask where the workbook goes."""
        if not (batch := self._batch_or_say()):
            return
        name = f"公示-{self.card.posted.batch.number}.xlsx" if self.card.posted else "公示.xlsx"
        chosen, _ = QFileDialog.getSaveFileName(
            self, "公示名单存到", str(Path.home() / name), "Excel 工作簿 (*.xlsx)"
        )
        if chosen:
            self.save(batch, Path(chosen))

    def save(self, batch: int, path: Path) -> None:
        """Write the posted list, one sheet a village, masked."""
        if not any(one.state != "withdrawn" for one in notices_of(self.office.store, batch)):
            self.bar.say("这个批次还没有张贴，存盘的名单要写公示日期。请先按 F9 张贴。", Tone.WARN)
            return
        self.do(
            "写公示名单",
            lambda desk: print_notice(desk.store, batch_id=batch, path=path),
            lambda done: f"公示名单已写到 {path}：{done['villages']} 个村 {done['rows']} 行，一村一张。",
        )

    # -- objections ----------------------------------------------------------------------------------------------

    @Slot()
    def ask_objection(self) -> None:
        """Take an objection down."""
        if not (batch := self._batch_or_say()):
            return

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return object_to(desk, batch_id=batch, person=given["person"], text=given["text"])

        self.ask(
            "登记异议",
            "登记异议",
            [
                Asked("person", "提出人", hint="姓名和村，可以匿名", needed=True),
                Asked("text", "内容", "long", hint="对谁、对哪一项有异议", needed=True),
            ],
            work,
            "异议已登记。处理之前，这个批次不能审批。",
            words=self.card.title.text(),
        )

    @Slot(object)
    def ask_photo(self, path: Path) -> None:
        """Ask on which wall a photo was taken and when, then keep it."""
        posted, batch = self.card.posted, self.card.batch
        villages = [part.village for part in posted.lists] if posted is not None else []

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            day = date.fromisoformat(given["day"])
            return keep_photo(desk, batch_id=batch, path=path, place=given["place"], taken_on=day)

        self.ask(
            "存公示照片", "存进案卷",
            [
                Asked("place", "贴在哪里(&P)", "choice", choices=[*((one, one) for one in villages), ("", "财政所公示栏")]),
                Asked("day", "拍摄日期(&D)", "day", self.office.today.isoformat()),
            ],
            work, "照片已存，编制案卷时一起归档。", words=path.name,
        )  # fmt: skip
        self.card.tabs.setCurrentIndex(2)

    @Slot()
    def pick_photo(self) -> None:
        """Pick a photo of the list on its wall."""
        if self._batch_or_say():
            self.card.tabs.setCurrentIndex(2)
            self.card.photos.pick()

    def _objection(self) -> int | None:
        if self.tab == "objections":
            return self.objections.current_id()
        table = self.card.objections
        open_row = next((row for row in range(table.rowCount()) if table.item(row, 3).text() == "未处理"), 0)
        key = table.key() if table.currentRow() >= 0 else table.key(open_row)
        return key if isinstance(key, int) else None

    @Slot()
    def ask_decision(self) -> None:
        """Say what became of an objection."""
        objection = self._objection()
        if objection is None:
            self.bar.say("请先选中一条异议。", Tone.CALM)
            return
        person, body, decided = self.office.store.rows(
            "SELECT person, body, outcome FROM objection WHERE id = ?", (objection,)
        )[0]
        if decided:
            self.bar.say("这条异议已经处理过，结果不能再改。有新情况请另行登记。", Tone.CALM)
            return

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return decide_objection(
                desk, objection_id=objection, outcome=given["outcome"], answer=given["answer"]
            )

        self.ask(
            "处理异议",
            "记下结论",
            [
                Asked("outcome", "结论", "choice", choices=[("rejected", "异议不成立"), ("upheld", "异议成立")]),
                Asked("answer", "给提出人的答复", "long", needed=True),
            ],
            work,
            "异议已处理。成立的，请到批次里停发该笔，或退回批次改正后重算。",
            words=f"{person}：{body}",
        )  # fmt: skip

    @Slot()
    def ask_phone(self) -> None:
        """The phone that stands on every notice."""
        self.ask(
            "异议电话",
            "保存",
            [
                Asked("phone", "电话", value=objection_phone(self.office.store), hint="0575-86021234", needed=True)
            ],
            lambda desk, given: set_objection_phone(desk, phone=given["phone"]),
            "异议电话已保存，以后的公示都印这个号码。",
        )  # fmt: skip


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    if column.name == "state":
        return {"posted": Tone.CALM, "over": Tone.GOOD, "withdrawn": Tone.MUTED}.get(str(value))
    if column.name == "outcome":
        return {"upheld": Tone.BAD, "rejected": Tone.GOOD}.get(str(value))
    return Tone.WARN if column.name == "undecided" and value else None
