"""疑似同一人: records of the registry that look alike; each pair is merged, or found to be two people and not shown again."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction

from app.intake.before_after import before_after
from app.registry.merging import duplicates
from app.registry.use_cases import merge_people, set_apart
from ui.screens.intake.page import IntakePage
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked, Question
from ui.widgets.facts import TextTable, card, heading, quiet
from ui.widgets.pieces import PIECES, PiecesDelegate

_HEADINGS = ("相似度", "姓名", "身份证号", "村", "姓名", "身份证号", "村", "依据")
_ONE, _OTHER = 2, 5
_MOST = 500
_LOOK = "在全部人员里找姓名、身份证号、出生日期都很接近的两条记录。人多时要几十秒，可以先做别的。"

Record = Mapping[str, Any]


class NearPage(IntakePage):
    """The pairs found, the surest first. They are looked for when somebody asks: it takes a while."""

    name: ClassVar[str] = "near"
    words: ClassVar[str] = "疑似同一人"

    def __init__(self, screen: ListScreen) -> None:
        super().__init__(screen)
        self.pairs: list[tuple[Record, Record]] = []
        self.count = heading("还没有查找", 1.2)
        self.hint = quiet(_LOOK)
        self.table = TextTable(_HEADINGS, right=[0], stretch=7)
        self.table.itemSelectionChanged.connect(screen.tools_changed)
        self._delegate = PiecesDelegate(Tone.WARN)
        for column in (_ONE, _OTHER):
            self.table.setItemDelegateForColumn(column, self._delegate)
        self.column.addWidget(card(self.count, self.hint))
        self.column.addWidget(self.table, 1)
        self.table.nothing.setText("")

    def enter(self) -> None:
        """To the rows."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def tools(self) -> Sequence[QAction]:
        """Look for pairs; one person or two."""
        chosen = self.chosen is not None
        return [
            self.tool("find", "查找", "list-check", "F8", self.find),
            self.tool("merge", "是同一人，合并", "check", "F9", self.ask_merge, enabled=chosen),
            self.tool("apart", "不是同一人", "x", "Del", self.ask_apart, enabled=chosen),
        ]

    @property
    def chosen(self) -> tuple[Record, Record] | None:
        """The two records of the current row."""
        row = self.table.currentRow()
        return self.pairs[row] if 0 <= row < len(self.pairs) else None

    @Slot()
    def find(self) -> None:
        """Compare the registry with itself."""
        self.bar.clear()
        self.office.read("查找疑似同一人", lambda desk: duplicates(desk.store, most=_MOST), self._found)

    def _found(self, found: Mapping[str, Any]) -> None:
        pairs: Sequence[Mapping[str, Any]] = found["pairs"]
        row = self.table.currentRow()
        self.pairs = [(pair["one"], pair["other"]) for pair in pairs]
        self.table.fill(
            [
                [str(pair["score"]), *_cells(pair["one"]), *_cells(pair["other"]), str(pair["why"])]
                for pair in pairs
            ]
        )
        for place, (one, other) in enumerate(self.pairs):
            shown = before_after(str(one["id_number"]), str(other["id_number"]))
            for column, pieces in zip((_ONE, _OTHER), shown, strict=True):
                cell = self.table.item(place, column)
                cell.setText("".join(piece.text for piece in pieces))
                cell.setData(PIECES, pieces)
        self.table.fit_columns()
        more = f"，先显示最像的 {_MOST} 对" if found["count"] > len(pairs) else ""
        self.count.setText(f"疑似同一人 {found['count']:,} 对{more}" if pairs else "没有疑似同一人的记录")
        self.hint.setText(
            "身份证号里不同的字加了底色和下划线。合并只做标记，可以撤销；认定不是同一人的，以后不再列出。"
            if pairs
            else _LOOK
        )
        if pairs:
            self.table.selectRow(min(max(row, 0), len(pairs) - 1))
        self.holder.tools_changed.emit()

    @Slot()
    def ask_merge(self) -> Question | None:
        """Which record stays, and by what; the other is marked as the same person."""
        pair = self.chosen
        if pair is None:
            return None
        one, other = pair
        numbers = {str(one["person"]): str(one["id_number"]), str(other["person"]): str(other["id_number"])}
        return self.holder.ask(
            "合并两条记录",
            "合并",
            [
                Asked("keep", "保留哪一条(&K)", "choice", choices=[(str(record["person"]), _words(record)) for record in pair]),
                Asked("reason", "依据(&R)", "text", hint="例如：派出所证明为同一人", needed=True),
            ],
            lambda desk, given: merge_people(
                desk,
                keep=numbers[given["keep"]],
                other=next(number for person, number in numbers.items() if person != given["keep"]),
                reason=given["reason"],
            ),
            self._merged,
        )  # fmt: skip

    def _merged(self, done: Any) -> str:
        both = done.answer["had_by_both"]
        self.find()
        if not both:
            return "已合并，发放检查按一个人对待。"
        return (
            "已合并。两条记录都有"
            + "、".join(f"“{one['program_name']}”" for one in both)
            + "，请停掉其中一份。"
        )

    @Slot()
    def ask_apart(self) -> Question | None:
        """By what they are two people; the pair is not shown again."""
        pair = self.chosen
        if pair is None:
            return None
        one, other = (int(record["person"]) for record in pair)
        return self.holder.ask(
            "不是同一人",
            "登记",
            [Asked("reason", "依据(&R)", "text", hint="例如：已与村里核实，是双胞胎", needed=True)],
            lambda desk, given: set_apart(desk, one=one, other=other, reason=given["reason"]),
            self._apart,
            words=f"{pair[0]['name']} 和 {pair[1]['name']} 登记为不同的人，以后不再列为疑似同一人。",
        )

    def _apart(self, _done: Any) -> str:
        self.find()
        return "已登记为不同的人，以后不再列出。"


def _cells(record: Record) -> tuple[str, str, str]:
    return str(record["name"]), "", str(record["village"])


def _words(record: Record) -> str:
    return f"{record['name']} 末四位 {str(record['id_number'])[-4:]}（{record['village']}，享受 {record['enrolments']} 项，发放 {record['payments']} 笔）"
