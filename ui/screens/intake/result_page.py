"""检查结果: what an import would do, before anything is written: rows by verdict, what is to be confirmed, findings, changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.intake.before_after import Piece, before_after
from app.registry.run_changes import masked
from app.workbook.columns import column_letters
from models.domain.masking import mask_numbers
from models.domain.money import Fen, yuan_text
from ui.theme import Tone, colour
from ui.widgets.facts import TextTable, card, heading, quiet
from ui.widgets.finding_table import FindingTable
from ui.widgets.pieces import PIECES, PiecesDelegate
from ui.widgets.splits import one_over_other

_MOST = 1_000
_MOST_TO_CONFIRM = 4
_NUMBERS = ("number", "phone")
_SAID_ALREADY = frozenset(("sheet.mapping_remembered",))
"""Remarks about what somebody confirmed before."""

Found = Mapping[str, Any]
Around = Sequence[tuple[int, tuple[str, ...]]]


class ResultPage(QWidget):
    """`chosen` carries the finding whose place in the workbook is to be shown by `show_around`."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.verdict = heading("", 1.2)
        self.more = quiet("")
        self.to_confirm = quiet("")
        self.asked = card(heading("入库前请确认"), self.to_confirm)
        self.findings = FindingTable()
        self.findings.chosen.connect(self.chosen)
        self.around = TextTable([])
        self.around_words = quiet("选中一条问题，这里显示原表里的那一行。")
        self.changes = TextTable(["姓名", "证件号", "哪一项", "原来", "改成"], stretch=4)
        self.proposals = TextTable(
            ["工作表", "行", "栏目", "表上写的", "建议改成", "依据"], right=[1], stretch=5
        )
        self._delegates = [PiecesDelegate(tone) for tone in (Tone.BAD, Tone.GOOD) * 2]
        for table, column, delegate in zip(
            (self.changes, self.changes, self.proposals, self.proposals),
            (3, 4, 3, 4),
            self._delegates,
            strict=True,
        ):
            table.setItemDelegateForColumn(column, delegate)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._findings(), "问题")
        self.tabs.addTab(self.changes, "改动")
        self.tabs.addTab(self.proposals, "改正建议")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.addWidget(card(self.verdict, self.more))
        whole.addWidget(self.asked)
        whole.addWidget(self.tabs, 1)

    def _findings(self) -> QWidget:
        below = QWidget()
        box = QVBoxLayout(below)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.around_words)
        box.addWidget(self.around, 1)
        return one_over_other(self.findings, below, (320, 150))

    def fill(self, found: Found) -> None:
        """Show what a check found."""
        self.verdict.setText(
            f"共 {found['rows']:,} 行：可以入库 {found['accepted']:,} 行，退回 {found['rejected']:,} 行"
        )
        self.more.setText("；".join(_figures(found)) or "没有发现问题。")
        to_confirm = sentences_to_confirm(found)
        more = len(to_confirm) - _MOST_TO_CONFIRM
        self.to_confirm.setText(
            "\n".join(
                [*to_confirm[:_MOST_TO_CONFIRM], *([f"另有 {more} 条，入库时一并列出。"] if more > 0 else [])]
            )
        )
        self.to_confirm.setStyleSheet(f"color: {colour(Tone.WARN).name()}")
        self.asked.setVisible(bool(to_confirm))
        self.findings.fill(found["findings"])
        self._fill_changes(found.get("changes", ()))
        self._fill_proposals(found.get("proposals", ()))
        self.tabs.setCurrentIndex(0)
        self.findings.view.setFocus()

    def _fill_changes(self, changes: Sequence[Found]) -> None:
        hidden = [masked(one) for one in changes[:_MOST]]
        self.changes.fill(
            [[str(one["name"]), str(one["id"]), str(one["field_name"]), "", ""] for one in hidden]
        )
        for row, (whole, one) in enumerate(zip(changes, hidden, strict=False)):
            both = [str(whole[part] or "") for part in ("old", "new")]
            shown = (
                before_after(*both)
                if one["field"] in _NUMBERS
                else tuple([Piece(text, False)] for text in both)
            )
            _put(self.changes, row, (3, 4), shown)
        self.changes.fit_columns()
        self.changes.nothing.setText("没有改动登记过的内容。空的单元格不会抹掉原来的内容。")
        more = f"，先显示 {_MOST:,} 处" if len(changes) > _MOST else ""
        self.tabs.setTabText(1, f"改动 {len(changes):,} 处{more}" if changes else "改动")

    def _fill_proposals(self, proposals: Sequence[Found]) -> None:
        few = proposals[:_MOST]
        self.proposals.fill(
            [[str(one["sheet"]), str(one["row"]), str(one["column"]), "", "", str(one["why"])] for one in few]
        )
        for row, one in enumerate(few):
            _put(self.proposals, row, (3, 4), before_after(str(one["written"]), str(one["proposed"])))
        self.proposals.fit_columns()
        self.tabs.setTabText(2, f"改正建议 {len(proposals):,} 条" if proposals else "改正建议")
        self.tabs.setTabToolTip(2, "入库以后在“改正建议”里决定，程序不会自己改")

    def show_around(self, found: Found, rows: Around) -> None:
        """The rows of the workbook around a finding, its own one marked."""
        width = max((len(cells) for _, cells in rows), default=0)
        self.around.setColumnCount(width + 1)
        self.around.setHorizontalHeaderLabels(["行", *(column_letters(place) for place in range(width))])
        self.around.fill([_line(number, cells, width, found) for number, cells in rows])
        here = next((place for place, (number, _) in enumerate(rows) if number == found["row"]), 0)
        # the first is shown while the page is still being laid out: it is stood on when that is done
        QTimer.singleShot(0, self.around, lambda: self._stand_on(here))
        self.around_words.setText(
            f"{mask_numbers(found['sentence'])}\n原表“{found['sheet']}”第 {found['row']} 行附近："
        )

    def _stand_on(self, row: int) -> None:
        if cell := self.around.item(row, 0):
            self.around.scrollToItem(cell, TextTable.ScrollHint.PositionAtCenter)


def _line(number: int, cells: Sequence[str], width: int, found: Found) -> list[str | tuple[str, Tone]]:
    blank = [""] * (width - len(cells))
    if number != found["row"]:
        return [str(number), *cells, *blank]
    marked: list[str | tuple[str, Tone]] = [
        (cell, Tone.BAD) if cell == found["written"] else cell for cell in cells
    ]
    return [(f"▶ {number}", Tone.BAD), *marked, *blank]


def _put(table: TextTable, row: int, columns: Sequence[int], shown: Sequence[Sequence[Piece]]) -> None:
    for column, pieces in zip(columns, shown, strict=True):
        cell = table.item(row, column)
        cell.setText("".join(piece.text for piece in pieces))
        cell.setData(PIECES, list(pieces))


def sentences_to_confirm(found: Found) -> list[str]:
    """What was noticed of the file itself, and nobody confirmed yet: hidden rows, struck-through ones, cells in error."""
    return [
        mask_numbers(str(remark["sentence"]))
        for remark in found.get("remarks", ())
        if remark["code"] not in _SAID_ALREADY
    ]


_FIGURES: Sequence[tuple[str, Callable[[Any], str]]] = (
    ("accepted_fen", lambda fen: f"可入库金额 {yuan_text(Fen(fen))} 元"),
    ("unchanged", lambda rows: f"{rows:,} 行与以前导入的相同，没有重读" if rows else ""),
    ("updated", lambda rows: f"更新 {rows:,} 人" if rows else ""),
    ("cleaned_cells", lambda cells: f"自动整理了 {cells:,} 格空格、全角等写法" if cells else ""),
    ("unread_sheets", lambda names: f"没有读的工作表：{'、'.join(names)}" if names else ""),
    ("hits", lambda hits: f"比中 {len(hits):,} 人" if hits else ""),
)


def _figures(found: Found) -> list[str]:
    verdicts = found["verdicts"]
    warned = verdicts["warned"]
    said = [
        f"通过 {verdicts['passed']:,}，警告 {warned:,}，拒绝 {verdicts['rejected']:,}"
        if warned or found["rejected"]
        else ""
    ]
    said += [words(found[name]) for name, words in _FIGURES if name in found]
    return [one for one in said if one]
