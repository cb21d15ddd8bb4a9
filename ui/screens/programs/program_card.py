"""One program beside the list: what it is, its versions by date, what the chosen one says, whom it excludes."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.programs.describing import policy_words
from app.programs.queries import (
    ProgramView,
    StoredPolicy,
    conflicts_of,
    policies_of,
    program_of,
    programs,
)
from ui.office import Office
from ui.theme import Tone
from ui.widgets.facts import Pairs, TextTable, heading, quiet


class ProgramCard(QFrame):
    """`version_opened` says that a version was double-clicked or entered."""

    version_opened = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setMinimumWidth(430)
        self.office = office
        self.program: ProgramView | None = None
        self.known: list[StoredPolicy] = []
        self.title = heading("", 1.15)
        self.title.setWordWrap(True)
        self.pairs = Pairs(2)
        self.versions = TextTable(["版", "从", "到", "文号"], stretch=3)
        self.versions.nothing.setText("还没有政策，按 Ctrl+N 登记")
        self.versions.currentCellChanged.connect(self._show_version)
        self.versions.cellDoubleClicked.connect(self.version_opened)
        self.words = Pairs(1)
        self.excluded = quiet("")
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 10)
        box.setSpacing(8)
        box.addWidget(self.title)
        box.addWidget(self.pairs)
        box.addWidget(heading("政策"))
        box.addWidget(self.versions)
        box.addWidget(self.words)
        box.addWidget(self.excluded)
        box.addStretch()

    def show_program(self, program: int | None) -> None:
        """Show a program, the latest version first."""
        if program is None:
            self.program, self.known = None, []
            self.title.setText("没有选中项目")
            self.pairs.fill([])
            self.versions.fill([])
            self.words.fill([])
            self.excluded.setText("")
            return
        store = self.office.store
        self.program = one = program_of(store, program)
        self.known = list(reversed(policies_of(store, program)))
        self.title.setText(one.name)
        self.pairs.fill(
            [
                ("编码", one.code),
                ("主管部门", one.department),
                ("银行摘要", one.bank_short_name),
                ("12 字节摘要", one.bank_short_name_12 or "还没有设置"),
                ("资金级次", one.level),
                ("发放", "一卡通" if one.through_card else "不通过一卡通"),
            ]
        )
        today = self.office.today
        self.versions.fill(
            [
                [
                    (f"第 {stored.version} 版", Tone.GOOD) if self._holds(stored) else f"第 {stored.version} 版",
                    stored.policy.valid_from.isoformat(),
                    stored.policy.valid_to.isoformat() if stored.policy.valid_to else "现行" if stored.policy.valid_from <= today else "待执行",
                    stored.policy.document,
                ]
                for stored in self.known
            ],
            [stored.version for stored in self.known],
        )  # fmt: skip
        self.versions.fit_height(5)
        self._show_excluded(one)
        if self.known:
            self.versions.selectRow(0)
        self._show_version()

    def _holds(self, stored: StoredPolicy) -> bool:
        until = stored.policy.valid_to
        return stored.policy.valid_from <= self.office.today and (until is None or self.office.today <= until)

    def _show_excluded(self, one: ProgramView) -> None:
        names = {known.code: known.name for known in programs(self.office.store)}
        found = [
            f"{names.get(pair.other(one.code), pair.other(one.code))}（{pair.mode}）"
            for pair in conflicts_of(self.office.store, one.code)
        ]
        self.excluded.setText(f"互斥：{'、'.join(found)}" if found else "没有设互斥")

    @property
    def version(self) -> StoredPolicy | None:
        """The version that is chosen."""
        row = self.versions.currentRow()
        return self.known[row] if 0 <= row < len(self.known) else self.known[0] if self.known else None

    @Slot()
    def _show_version(self) -> None:
        self.words.fill(policy_words(self.version.policy) if self.version is not None else [])
