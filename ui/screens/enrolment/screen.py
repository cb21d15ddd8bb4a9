"""享受对象: who is entitled to what from when to when and why; what household events leave open; starts, stops, suspensions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal, cast

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.changes import Changes, Topic
from app.desk import Desk
from app.enrolment.listings import (
    QUESTIONS,
    STATES,
    SUSPENSIONS,
    WITHOUT_ACCOUNT,
    enrolments_on,
    programs_with_enrolments,
)
from app.enrolment.single import usual_last_day
from app.enrolment.use_cases import certify_person, decide_enrolment, stop_enrolment, suspend_uncertified
from app.pages import Chosen, Column, Listing, View, sums_of
from models.domain.permission import Permission
from ui.office import Office
from ui.routes import Place, Room
from ui.screens.enrolment.enrolment_card import EnrolmentCard
from ui.screens.enrolment.start_dialog import StartDialog
from ui.screens.tabbed_screen import TabbedScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.facts import quiet
from ui.widgets.paste_dialog import PasteDialog
from ui.widgets.splits import side_by_side
from ui.widgets.tiles import Tile, Tiles

_STATE_TONES = {
    "active": Tone.GOOD,
    "ended": Tone.MUTED,
    "stopped": Tone.BAD,
    "suspended": Tone.WARN,
    "open": Tone.WARN,
}


class EnrolmentScreen(TabbedScreen):
    """Four lists; beside the first the enrolment that is current."""

    room: ClassVar[Room] = Room.ENROLMENT
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.ENROLMENTS, Topic.PEOPLE, Topic.PAYMENTS})
    help_page = "enrolment"

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        today = office.today.isoformat()
        self.enrolments = self.make_table(
            enrolments_on(today), tone_of=_tone_of, frozen=1,
            empty="还没有享受对象。导入花名册以后，通过的行就是享受对象；也可以按 Ctrl+N 逐个登记。",
        )  # fmt: skip
        self.no_account = self.make_table(
            enrolments_on(today).among(WITHOUT_ACCOUNT), tone_of=_tone_of, frozen=1, empty="所有享受对象都有收款账号。"
        )  # fmt: skip
        self.questions = self.make_table(QUESTIONS, frozen=1, empty="没有待决定的事项。")
        self.suspensions = self.make_table(
            SUSPENSIONS, tone_of=_tone_of, frozen=1, empty="没有暂停发放的人。"
        )
        self.card = EnrolmentCard(office)
        self.enrolments.chosen.connect(self._show)
        for table in (self.enrolments, self.no_account, self.questions, self.suspensions):
            table.opened.connect(lambda _one: self._open_person())
            table.add_row_action("打开人员卡", self._open_person)
        self.enrolments.add_row_action("停止享受…", self.ask_stop)
        self.add_tab("enrolments", "享受对象", self._list_page(), self.enrolments)
        self.add_tab("questions", "户变动待定", self.questions)
        self.add_tab("no_account", "没有账号", self.no_account)
        self.add_tab("suspensions", "暂停发放", self.suspensions)
        self.begin()

    def _list_page(self) -> QWidget:
        self.program = QComboBox()
        self.program.setMinimumContentsLength(24)
        self.program.currentIndexChanged.connect(self._choose_program)
        self.tiles = Tiles()
        self.tiles.chosen.connect(self._choose_state)
        row = QHBoxLayout()
        row.addWidget(quiet("项目"))
        row.addWidget(self.program)
        row.addSpacing(8)
        row.addWidget(self.tiles, 1)
        split = side_by_side(self.enrolments, self.card, (740, 420))
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addLayout(row)
        box.addWidget(split, 1)
        return page

    # -- what the frame asks -------------------------------------------------------------------------------------

    def tools(self) -> Sequence[QAction]:
        """Start, stop, decide; rosters bring most."""
        may = self.office.may(Permission.IMPORT)
        person = self._tool_of("person", "人员卡", "id", "", self._open_person)
        own = {
            "enrolments": lambda: [
                self._tool_of("start", "登记享受", "plus", "Ctrl+N", self.ask_start, enabled=may),
                self._tool_of("paste", "粘贴名单", "copy", "Ctrl+V", self.paste, enabled=may),
                self._tool_of("stop", "停止享受", "player-stop", "F4", self.ask_stop, enabled=may),
                self._tool_of("roster", "导入花名册", "table-import", "", self._go_intake, enabled=may),
                self._tool_of("turn", "转入新年度", "arrow-right", "", self._go_turn),
                person,
            ],
            "questions": lambda: [
                self._tool_of("decide", "作出决定", "check", "F9", self.ask_decision, enabled=may),
                person,
            ],
            "no_account": lambda: [
                self._tool_of("accounts", "导入账户清册", "table-import", "", self._go_accounts, enabled=may),
                person,
            ],
            "suspensions": lambda: [
                self._tool_of("certify", "认证恢复", "user-check", "F9", self.ask_certify, enabled=may),
                self._tool_of("suspend", "暂停未认证的", "hand-stop", "", self.ask_suspend, enabled=may),
                person,
            ],
        }[self.tab]()  # fmt: skip
        return [*own, *self.table_tools()]

    def refresh(self) -> None:
        """Every list, and the counts on their names."""
        super().refresh()
        store = self.office.store
        listing = enrolments_on(self.office.today.isoformat())
        counts = (
            ("questions", "户变动待定", store.value("SELECT count(*) FROM enrolment_question WHERE state = 'open'")),
            ("no_account", "没有账号", sums_of(store, listing.among(WITHOUT_ACCOUNT)).rows),
            ("suspensions", "暂停发放", store.value("SELECT count(*) FROM suspension WHERE ended_on IS NULL")),
        )  # fmt: skip
        for name, words, count in counts:
            self.tabs.setTabText(self._names.index(name), f"{words} {count}" if count else words)

    def load_tab(self, name: str) -> None:
        """The programs, the counts by state, the enrolment that is current."""
        if name != "enrolments":
            return
        chosen = self.program.currentData()
        self.program.blockSignals(True)
        self.program.clear()
        self.program.addItem("全部项目", None)
        for one, _code, words, count in programs_with_enrolments(self.office.store):
            self.program.addItem(f"{words}（{count:,}）", one)
        self.program.setCurrentIndex(max(0, self.program.findData(chosen)))
        self.program.blockSignals(False)
        self._choose_program()

    def _listing(self) -> Listing:
        listing = enrolments_on(self.office.today.isoformat())
        program = self.program.currentData()
        return listing if program is None else listing.among("e.program_id = ?", program)

    @Slot()
    def _choose_program(self) -> None:
        listing, store = self._listing(), self.office.store
        counts = {
            name: sums_of(store, listing, View(filters=(Chosen("state", (name,)),))).rows for name in STATES
        }
        self.tiles.fill(
            [
                Tile(name, words, f"{counts[name]:,}", _STATE_TONES[name] if counts[name] else Tone.MUTED)
                for name, words in STATES.items()
            ]
        )
        self._choose_state(self.tiles.now)

    @Slot(str)
    def _choose_state(self, name: str) -> None:
        view = self.enrolments.model.view
        others = tuple(one for one in view.filters if one.column != "state")
        chosen = (Chosen("state", (name,)),) if name else ()
        self.enrolments.load(self._listing(), View(filters=(*others, *chosen), sorts=view.sorts))
        if self.enrolments.rows and self.enrolments.current_id() is None:
            self.enrolments.go_to_row(0)
        self._show(self.enrolments.current_id())

    @Slot(object)
    def _show(self, chosen: Any) -> None:
        self.card.show_enrolment(chosen if isinstance(chosen, int) else None)

    # -- going elsewhere -----------------------------------------------------------------------------------------

    @Slot()
    def _go_intake(self) -> None:
        self.go.emit(Place(Room.INTAKE, tab="roster"))

    @Slot()
    def _go_turn(self) -> None:
        """Who goes on into the new year, with the differences: it is done with the closing of the year."""
        self.go.emit(Place(Room.ARCHIVE, tab="years"))

    @Slot()
    def _go_accounts(self) -> None:
        self.go.emit(Place(Room.INTAKE, tab="accounts"))

    @Slot()
    def _open_person(self) -> None:
        table = self.table_now()
        chosen = None if table is None else self.chosen_or_say(table, "一行")
        if chosen is None:
            return
        sql = {
            "questions": "SELECT e.person_id FROM enrolment_question q JOIN enrolment e ON e.id = q.enrolment_id WHERE q.id = ?",
            "suspensions": "SELECT person_id FROM suspension WHERE id = ?",
        }.get(self.tab, "SELECT person_id FROM enrolment WHERE id = ?")
        self.go.emit(Place(Room.REGISTRY, id=int(self.office.store.value(sql, (chosen,)))))

    # -- starting and stopping -----------------------------------------------------------------------------------

    def program_code(self) -> str:
        """The code of the program that is chosen, '' for all of them."""
        program = self.program.currentData()
        code = self.office.store.value("SELECT code FROM program WHERE id = ?", (program,)) if program else ""
        return str(code or "")

    @Slot()
    def paste(self) -> None:
        """Enrol the people of a list that was copied in WPS."""
        from ui.screens.enrolment.pasting import paste_list

        paste_list(self)

    pasting: PasteDialog

    @Slot()
    def ask_start(self) -> None:
        """Enrol somebody."""
        self.dialog = StartDialog(self.office, self.program_code(), self)
        self.dialog.accepted.connect(lambda: self.bar.say(self.dialog.done_words, Tone.GOOD))
        self.dialog.open()

    @Slot()
    def ask_stop(self) -> None:
        """End what is current, or all that are selected, after a day and with the reason."""
        chosen = self.enrolments.selected_ids() if self.tab == "enrolments" else []
        if not chosen or self.card.view is None:
            self.bar.say("请先选中要停止的享受对象，可以选多行。", Tone.CALM)
            return
        usual = usual_last_day(self.office.store, chosen[0], self.office.today)

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            last = date.fromisoformat(given["last"])
            done = [stop_enrolment(desk, enrolment=one, last=last, reason=given["reason"]) for one in chosen]
            return done[-1]

        one = self.card.view
        who = f"{one.name}：{one.program}，{one.term}" if len(chosen) == 1 else f"选中的 {len(chosen)} 项"
        self.ask(
            "停止享受",
            f"停止 {len(chosen)} 项",
            [
                Asked("last", "享受到哪一天", "day", usual.isoformat()),
                Asked("reason", "理由", "long", hint="例如：7 月 2 日复核，已不符合条件", needed=True),
            ],
            work,
            f"已停止 {len(chosen)} 项。已经编制的批次不受影响，要停发请到批次里办理。",
            words=f"{who}。按期名册的整期取消；长期的享受到所填的那一天为止。",
        )

    @Slot()
    def ask_decision(self) -> None:
        """Keep or stop what an event left open, with the reason."""
        chosen = self.chosen_or_say(self.questions, "一项")
        if chosen is None:
            return
        row = self.questions.model.row_values(self.questions.view.currentIndex().row())

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            decision = cast(Literal["kept", "stopped"], given["decision"])
            last = date.fromisoformat(given["last"]) if decision == "stopped" else None
            return decide_enrolment(
                desk, question=chosen, decision=decision, reason=given["reason"], last_day=last
            )

        self.ask(
            "作出决定",
            "记下决定",
            [
                Asked("decision", "怎么处理", "choice", choices=[("kept", "继续享受"), ("stopped", "停止享受")]),
                Asked("last", "停止的，享受到", "day", self.office.today.isoformat()),
                Asked("reason", "理由", "long", hint="例如：村委会核定土地归分出户", needed=True),
            ],
            work,
            "已作出决定。",
            words="" if row is None else f"{row[0]}：{row[1]}，{self.questions.listing.columns[2].words.get(str(row[2]), '')}。",
        )  # fmt: skip

    @Slot()
    def ask_certify(self) -> None:
        """Somebody came to the counter: certified, and what was missed is paid later."""
        chosen = self.chosen_or_say(self.suspensions, "一个人")
        if chosen is None:
            return
        name, number, code, program = self.office.store.rows(
            "SELECT p.name, p.id_number, g.code, g.name FROM suspension s JOIN person p ON p.id = s.person_id"
            " JOIN program g ON g.id = s.program_id WHERE s.id = ?",
            (chosen,),
        )[0]
        until = date(self.office.today.year + 1, self.office.today.month, 1).isoformat()

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return certify_person(
                desk, person=number, program=code, until=date.fromisoformat(given["until"]), manner=given["manner"]
            )  # fmt: skip

        self.ask(
            "认证恢复",
            "认证并恢复",
            [Asked("until", "认证有效到", "day", until), Asked("manner", "怎样认证的", value="本人到场")],
            work,
            f"{name} 已认证，暂停期间没有发的会补发。",
            words=f"{name}：{program}。",
        )

    @Slot()
    def ask_suspend(self) -> None:
        """Everybody of a program whose certificate does not hold gets no more from a day on."""
        choices = [
            (code, f"{words}（{count:,}）")
            for _one, code, words, count in programs_with_enrolments(self.office.store)
        ]
        if not choices:
            self.bar.say("还没有享受对象。", Tone.CALM)
            return

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return suspend_uncertified(
                desk, program=given["program"], starts_on=date.fromisoformat(given["from"]), reason=given["reason"]
            )  # fmt: skip

        self.ask(
            "暂停未认证的",
            "暂停",
            [
                Asked("program", "项目", "choice", choices=choices),
                Asked("from", "从哪天起", "day", self.office.today.isoformat()),
                Asked(
                    "reason",
                    "理由",
                    "long",
                    hint="例如：2024 年度生存认证截止 6 月 30 日仍未认证",
                    needed=True,
                ),
            ],
            work,
            "没有认证的人已暂停，认证以后恢复并补发。",
            words="这个项目里到那一天没有有效认证的人都会暂停。认证名单请先到“导入”里导入。",
        )


def _tone_of(column: Column, value: Any, _values: tuple[Any, ...]) -> Tone | None:
    return _STATE_TONES.get(str(value)) if column.name == "state" else None
