"""从样表学: a clerk points at the columns of a bank's file; whatever the rows do not bear out is refused, and nothing is lost."""

import re
from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.bankfiles.examples import Example, heading_row_of, seeming_columns, seeming_word
from app.bankfiles.fields import cell_text
from app.bankfiles.pointing import TooManyWords
from app.bankfiles.profiles import MEANINGS, ONLY_BACK, UNIT_NAMES, AmountUnit
from app.bankfiles.proving import MOST_WORDS, result_words
from app.bankfiles.use_cases import learn_profile
from app.changes import Changes
from app.desk import Desk
from app.workbook.columns import column_letters
from ui.office import Office
from ui.theme import Tone
from ui.widgets.column_grid import ColumnGrid
from ui.widgets.facts import TextTable, heading, quiet
from ui.widgets.notice_bar import NoticeBar

_SHOWN = 24
_HEADING_ROWS = 20
_MOST_BYTES = 999
_WORDS = {"success": "成功", "failure": "失败", "unfinished": "没有办完"}
_SEPARATORS = {"\t": "制表符", " ": "空格"}


class LearnDialog(QDialog):
    """`learned` carries what was learned, as the use case gives it."""

    learned = Signal(object)

    def __init__(
        self,
        office: Office,
        path: Path,
        example: Example,
        names: Collection[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("从样表学银行格式")
        self.resize(1060, 640)
        self.office, self.path, self.example = office, path, example
        self.held: dict[int, str] = {}
        self.bar = NoticeBar()
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.addItems(list(names))
        self.name.setCurrentText("")
        self.name.lineEdit().setPlaceholderText("例如：县农商行代发")
        self.heading_row = QSpinBox()
        self.heading_row.setRange(0, _HEADING_ROWS)
        self.heading_row.setSpecialValueText("没有列标题")
        self.heading_row.setPrefix("第 ")
        self.heading_row.setSuffix(" 行")
        self.heading_row.setValue(heading_row_of(example))
        self.heading_row.valueChanged.connect(self._guess)
        self.unit = QComboBox()
        for unit, words in UNIT_NAMES.items():
            self.unit.addItem(words, unit)
        self.most_bytes = QSpinBox()
        self.most_bytes.setRange(0, _MOST_BYTES)
        self.most_bytes.setSpecialValueText("不限")
        self.most_bytes.setSuffix(" 字节")
        self.grid = ColumnGrid()
        self.grid.chosen.connect(self._chosen)
        self.words = TextTable(["处理结果里的字样", "表示"], stretch=1)
        self.words.setFixedWidth(330)
        self.meanings: dict[str, QComboBox] = {}
        self.learn_button = QPushButton("学会 F9")
        self.learn_button.setObjectName("primary")
        self.learn_button.setShortcut("F9")
        self.learn_button.clicked.connect(self.learn)
        self._lay_out()
        self._guess()
        self.name.setFocus()

    def _lay_out(self) -> None:
        self.bytes_row, self.words_side = QWidget(), QWidget()
        left, right = QFormLayout(), QFormLayout()
        left.addRow("格式名称(&N)", self.name)
        left.addRow("金额单位(&U)", self.unit)
        right.addRow("列标题在(&H)", self.heading_row)
        right.addRow("摘要最多(&B)", self.most_bytes)
        asked = QHBoxLayout()
        asked.addLayout(left, 1)
        asked.addSpacing(24)
        asked.addLayout(right, 1)
        side = QVBoxLayout(self.words_side)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.words, 1)
        side.addWidget(quiet("钱是否发出全凭这些字样判断，请逐个核对。"))
        middle = QHBoxLayout()
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.words_side)
        leave = QPushButton("取消")
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        for button in (leave, self.learn_button):
            button.setAutoDefault(False)
            foot.addWidget(button)
        box = QVBoxLayout(self)
        box.setSpacing(8)
        box.addWidget(self.bar)
        box.addWidget(heading(self.example.name, 1.1))
        box.addWidget(
            quiet(
                f"{_form_words(self.example)}。第一行选每一列是什么；指了“处理结果”的是回盘，没有指的是报盘。"
            )
        )
        box.addLayout(asked)
        box.addLayout(middle, 1)
        box.addLayout(foot)

    # -- what is pointed at ----------------------------------------------------------------------------------

    @Slot()
    def _guess(self) -> None:
        """Another row of headings says other things of the columns."""
        self.held = seeming_columns(self.example, self.heading_row.value())
        self._suit_unit()
        self._show()

    def _suit_unit(self) -> None:
        """The unit that the heading of the amount says, where it says one."""
        headings = self.example.headings(self.heading_row.value())
        said = "".join(headings[place][-4:] for place, what in self.held.items() if what == "amount")
        for unit, words in UNIT_NAMES.items():
            if re.search(rf"[(（]{words}[)）]", said):
                self.unit.setCurrentIndex(self.unit.findData(unit))

    @Slot(int, str)
    def _chosen(self, place: int, what: str) -> None:
        if what and what != "constant":
            # a meaning is one column's: whichever had it before has none
            self.held = {one: held for one, held in self.held.items() if held != what}
        self.held.pop(place, None)
        if what:
            self.held[place] = what
        if what == "amount":
            self._suit_unit()
        self._show()

    def _show(self) -> None:
        row = self.heading_row.value()
        at = self.grid.horizontalScrollBar().value()
        self.grid.fill(
            {place: column_letters(place) for place in range(self.example.width)},
            [(number, [cell_text(cell) for cell in cells]) for number, cells in self.example.rows[:_SHOWN]],
            [row] if row else [],
            self.held,
            list(MEANINGS.items()),
        )
        self.grid.horizontalScrollBar().setValue(at)
        result = next((place for place, what in self.held.items() if what == "status"), None)
        self.words_side.setVisible(result is not None)
        self._show_words([] if result is None else result_words(self.example, row, result))
        self.most_bytes.setEnabled("remark" in self.held.values() and not self.is_answer)

    def _show_words(self, words: list[str]) -> None:
        too_many = len(words) > MOST_WORDS
        self.words.nothing.setText(TooManyWords(count=len(words)).sentence if too_many else "没有记录")
        if too_many:
            words = []  # a choice beside each of thousands would keep the window
        if words and list(self.meanings) == words:
            return
        self.words.fill([[word, ""] for word in words])
        self.meanings = {word: self._meaning_of(word) for word in words}
        for row, choice in enumerate(self.meanings.values()):
            self.words.setCellWidget(row, 1, choice)
            self.words.setRowHeight(row, choice.sizeHint().height() + 4)

    @staticmethod
    def _meaning_of(word: str) -> QComboBox:
        choice = QComboBox()
        choice.addItem("请选", "")
        for value, words in _WORDS.items():
            choice.addItem(words, value)
        choice.setCurrentIndex(max(0, choice.findData(seeming_word(word))))
        return choice

    @property
    def is_answer(self) -> bool:
        """Whether the columns are those of an answer."""
        return not ONLY_BACK.isdisjoint(self.held.values())

    # -- learning --------------------------------------------------------------------------------------------

    @Slot()
    def learn(self) -> None:
        """Have it proved and kept; a no stands above, and everything that was chosen stays."""
        work = self._work()

        def done(changes: Changes) -> None:
            self.accept()
            self.learned.emit(changes)

        self.bar.clear()
        self.office.act(
            "学银行格式", work, done=done, refused=lambda sentence: self.bar.say(sentence, Tone.BAD)
        )

    def _work(self) -> Callable[[Desk], Changes]:
        """What is to be learned, as it stands in the fields now."""
        name, path, row = self.name.currentText(), self.path, self.heading_row.value()
        unit: AmountUnit = "fen" if self.unit.currentData() == "fen" else "yuan"
        columns = {f"{column_letters(place)}列": what for place, what in self.held.items()}
        said = {word: str(choice.currentData()) for word, choice in self.meanings.items()}
        limited = [column for column, what in columns.items() if what == "remark" and self.most_bytes.value()]
        most_bytes = {column: self.most_bytes.value() for column in limited if not self.is_answer}

        def words(meaning: str) -> list[str]:
            return [word for word, means in said.items() if means == meaning]

        return lambda desk: learn_profile(
            desk, name=name, path=path, columns=columns, heading_row=row, amount_unit=unit, success=words("success"),
            failure=words("failure"), unfinished=words("unfinished"), most_bytes=most_bytes,
        )  # fmt: skip


def _form_words(example: Example) -> str:
    if example.file_type == "xlsx":
        return "工作簿"
    between = _SEPARATORS.get(example.separator, f"“{example.separator}”")
    return f"文本，{example.encoding.upper()} 编码，各列之间是{between}"
