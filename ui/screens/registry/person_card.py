"""One person's whole card 人员卡: who, household, accounts, what they get, what was paid and why not, what lists say."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout

from app.access.use_cases import unmask_person
from app.changes import Changes
from app.desk import Desk
from app.registry.queries import person_card
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.masking import mask_account, mask_id, mask_phone
from models.domain.money import Fen, yuan_text
from models.domain.permission import Permission
from ui.office import Office
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import Pairs, TextTable, heading, quiet

_SHOWN_SECONDS = 120
LIST_NAMES = {"deaths": "死亡", "payroll": "财政供养", "relocation": "迁移", "cadres": "村干部"}
_HOW = {
    "exact": "证件号相同",
    "one_digit": "证件号差一位",
    "name_and_birth": "姓名和生日相同",
    "name_and_village": "姓名和村相同",
}
_ATTEMPTS = {"open": "已报盘", "paid": "成功", "failed": "失败", "bounced": "退票"}
_BAD_BUCKETS = {Bucket.FAILED, Bucket.RETURNED, Bucket.STOPPED}


class PersonCard(QFrame):
    """The card beside the list. Numbers are masked until somebody asks with a reason, and masked again after a while."""

    closed = Signal()
    person_asked = Signal(object)
    edit_asked = Signal(object)
    event_asked = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.office = office
        self.person = 0
        self.masked = True
        self.name = heading("", 1.3)
        self.place = quiet("")
        self.place.setWordWrap(False)
        self.uncover = QPushButton("显示完整号码(&M)")
        self.uncover.setEnabled(office.may(Permission.UNMASK))
        self.uncover.clicked.connect(self._ask_uncover)
        self.edit = QPushButton("更正(&E) F2")
        self.edit.setEnabled(office.may(Permission.IMPORT))
        self.edit.clicked.connect(lambda: self.edit_asked.emit(self.person))
        self.event_button = QPushButton("户变动(&V)")
        self.event_button.setEnabled(office.may(Permission.IMPORT))
        self.event_button.clicked.connect(lambda: self.event_asked.emit(self.person))
        close = QPushButton("关闭 Esc")
        close.clicked.connect(self.closed)
        top = QHBoxLayout()
        names = QVBoxLayout()
        names.addWidget(self.name)
        names.addWidget(self.place)
        top.addLayout(names, 1)
        buttons = QHBoxLayout()
        for button in (self.uncover, self.edit, self.event_button, close):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        self.pairs = Pairs(2)
        self.members = TextTable(["姓名", "与户主关系", "证件号"], stretch=2)
        self.members.cellDoubleClicked.connect(self._open_member)
        self.accounts = TextTable(["账号", "户名", "开户银行", "启用", "停用"], stretch=2)
        self.enrolments = TextTable(["项目", "期间", "金额", "状态", "计算依据"], right=[2], stretch=4)
        self.payments = TextTable(
            ["批次", "项目", "期间", "金额", "状态", "原因", "收款人", "报盘经过"], right=[3]
        )
        self.hits = TextTable(["名单", "名单上的姓名", "日期", "如何比中", "来源"], stretch=4)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tables = {
            "发放": self.payments,
            "享受": self.enrolments,
            "账户": self.accounts,
            "家庭": self.members,
            "比对": self.hits,
        }
        for words, table in self.tables.items():
            self.tabs.addTab(table, words)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        box.addLayout(top)
        box.addLayout(buttons)
        box.addWidget(self.pairs)
        box.addWidget(self.tabs, 1)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_SHOWN_SECONDS * 1000)
        self._again.timeout.connect(self._mask)

    def show_person(self, person: int) -> None:
        """Show somebody, masked."""
        self.masked = True
        self._again.stop()
        self.person = person
        self.fill()

    def fill(self) -> None:
        """Read the card anew."""
        if not self.person:
            return
        card = person_card(self.office.store, self.person)
        cover_id, cover_account, cover_phone = (
            (mask_id, mask_account, mask_phone) if self.masked else (str, str, str)
        )
        self.uncover.setText("显示完整号码(&M)" if self.masked else "重新打码(&M)")
        dead = f"　已故 {card['died_on'] or ''}" if card["is_dead"] else ""
        self.name.setText(f"{card['name']}{dead}")
        self.place.setText(" ".join(str(card[one]) for one in ("village", "group") if card[one]))
        self.pairs.fill(
            [
                ("证件号", cover_id(str(card["id_number"]))),
                ("户编号", str(card["household_no"] or "")),
                ("出生", f"{card['birth'] or ''}　{card['sex']}"),
                ("户主", f"{card['head'] or '（未定）'}（本人是{card['relation'] or '成员'}）"),
                ("电话", cover_phone(str(card["phone"]))),
                ("备注", str(card["remark"])),
            ]
        )
        self.members.fill(
            [
                [str(one["name"]), str(one["relation"]), cover_id(str(one["id_number"]))]
                for one in _rows(card, "members")
            ],
            [one["person"] for one in _rows(card, "members")],
        )
        self.accounts.fill(
            [
                [cover_account(str(one["number"])), str(one["holder"]), str(one["bank"]), str(one["valid_from"]),
                 str(one["valid_to"] or "在用")]
                for one in reversed(_rows(card, "accounts"))
            ]
        )  # fmt: skip
        self.enrolments.fill([_enrolment(one) for one in reversed(_rows(card, "enrolments"))])
        self.payments.fill([_payment(one) for one in reversed(_rows(card, "payments"))])
        self.hits.fill(
            [
                [LIST_NAMES.get(str(one["kind"]), str(one["kind"])), str(one["listed_name"]), str(one["happened_on"] or ""),
                 _HOW.get(str(one["how"]), str(one["how"])), str(one["source"])]
                for one in _rows(card, "comparison_hits")
            ]
        )  # fmt: skip
        for place, (words, table) in enumerate(self.tables.items()):
            self.tabs.setTabText(place, f"{words} {table.rowCount()}" if table.rowCount() else words)

    @Slot()
    def _ask_uncover(self) -> None:
        if not self.masked:
            self._mask()
            return

        def answer(question: Question, values: Mapping[str, str]) -> None:
            def uncovered(_done: Changes) -> None:
                question.accept()
                self.masked = False
                self._again.start()
                self.fill()

            person = self.person

            def work(desk: Desk) -> Changes:
                return unmask_person(desk, person_id=person, reason=values["reason"])

            self.office.act("查看完整号码", work, done=uncovered, refused=question.refuse)

        self.question = Question(
            "显示完整号码",
            "显示",
            [Asked("reason", "原因", hint="例如：核对银行退票户名", needed=True)],
            answer,
            words=f"证件号、电话和账号将完整显示 {_SHOWN_SECONDS // 60} 分钟。原因和您的姓名会记入日志。",
            parent=self,
        )
        self.question.open()

    @Slot()
    def _mask(self) -> None:
        self.masked = True
        self._again.stop()
        self.fill()

    @Slot(int, int)
    def _open_member(self, row: int, _column: int) -> None:
        person = self.members.key(row)
        if isinstance(person, int) and person != self.person:
            self.person_asked.emit(person)


def _rows(card: Mapping[str, object], name: str) -> Sequence[Mapping[str, Any]]:
    return cast(Sequence[Mapping[str, Any]], card[name])


def _enrolment(one: Mapping[str, Any]) -> list[str | tuple[str, Tone]]:
    span = str(one["period"]) or f"{one['valid_from']} 起" + (
        f"至 {one['valid_to']}" if one["valid_to"] else ""
    )
    state: str | tuple[str, Tone] = "享受中" if one["state"] == "active" else ("已停", Tone.BAD)
    return [str(one["program_name"]), span, yuan_text(Fen(one["computed_fen"])), state, str(one["trace"])]


def _payment(one: Mapping[str, Any]) -> list[str | tuple[str, Tone]]:
    bucket = Bucket(one["bucket"])
    words = BUCKET_NAMES[bucket]
    tone = Tone.GOOD if bucket is Bucket.PAID else Tone.BAD if bucket in _BAD_BUCKETS else Tone.MUTED
    attempts = str(one["attempts"] or "")
    for stored, shown in _ATTEMPTS.items():
        attempts = attempts.replace(f" {stored} ", f" {shown} ")
    return [
        str(one["batch"]), str(one["program_name"]), str(one["period"]), yuan_text(Fen(one["owed_fen"])), (words, tone),
        str(one["reason"]), f"{one['payee']} {mask_account(str(one['account']))}", attempts.replace("; ", "；"),
    ]  # fmt: skip
