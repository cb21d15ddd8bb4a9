"""One notice beside the list: how long it hangs yet, the masked list village by village, what was said against it."""

from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QProgressBar, QTabWidget, QVBoxLayout, QWidget

from app.desk import Desk
from app.notices.listings import DAY_KINDS, OUTCOMES
from app.notices.queries import notice_preview, notices_of, objections_of
from app.notices.steps import Posted, VillageList
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.policy import PUBLICITY_NAMES
from models.domain.refusal import Refusal
from ui.office import Office
from ui.screens.notices.photos_page import PhotosPage
from ui.theme import Tone, colour
from ui.widgets.facts import Pairs, TextTable, heading, quiet

MOST_SHOWN = 500
_OUTCOME_TONES = {"": Tone.WARN, "upheld": Tone.BAD, "rejected": Tone.GOOD}
_HEADINGS = ["序号", "姓名", "身份证号", "组", "数量", "标准", "金额（元）", "备注"]


class NoticeCard(QFrame):
    """`loaded` says that the list of the batch is here; `posted` is None until then and where there is none."""

    loaded = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("card")
        self.office = office
        self.batch = 0
        self.posted: Posted | None = None
        self.title = heading("", 1.15)
        self.title.setWordWrap(True)
        self.countdown = heading("", 1.35)
        self.meter = QProgressBar()
        self.meter.setTextVisible(False)
        self.meter.setFixedHeight(8)
        self.pairs = Pairs(2)
        self.village = QComboBox()
        self.village.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.village.currentIndexChanged.connect(self._show_village)
        self.sums = quiet("")
        self.changed = quiet("")
        self.lines = TextTable(_HEADINGS, right=[0, 4, 5, 6], stretch=1)
        least = self.fontMetrics().horizontalAdvance("国" * 3) + 14
        self.lines.horizontalHeader().setMinimumSectionSize(least)
        self.photos = PhotosPage(office)
        self.photos.counted.connect(self._count_photos)
        self.objections = TextTable(["提出人", "日期", "内容", "结论", "答复"], stretch=2)
        row = QHBoxLayout()
        row.addWidget(self.village)
        row.addWidget(self.sums, 1)
        names = QWidget()
        box = QVBoxLayout(names)
        box.setContentsMargins(0, 6, 0, 0)
        box.addLayout(row)
        box.addWidget(self.changed)
        box.addWidget(self.lines, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(names, "名单（张贴的样子）")
        self.tabs.addTab(self.objections, "异议")
        self.tabs.addTab(self.photos, "照片")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.countdown)
        column.addWidget(self.meter)
        column.addWidget(self.pairs)
        column.addWidget(self.tabs, 1)
        self.setMinimumWidth(460)

    def show_batch(self, batch: int) -> None:
        """Show the notice of a batch; 0 for none."""
        if batch and batch == self._reading:
            return  # its list is on the way
        self.batch = batch
        self.posted = None
        self.lines.fill([])
        self.village.clear()
        self.sums.setText("")
        self.changed.hide()
        self.meter.hide()
        self.countdown.setText("")
        if not batch:
            self.title.setText("没有选中公示")
            self.pairs.fill([])
            self.objections.fill([])
            self.tabs.setTabText(1, "异议")
            self.photos.show_batch(0, posted=False)
            self.loaded.emit()
            return
        self._fill_objections()
        self.photos.show_batch(batch, posted=self._hangs(batch))
        today = self.office.today

        def work(desk: Desk) -> Posted | str:
            try:
                return notice_preview(desk.store, batch, today)
            except Refusal as no:
                return no.window_sentence

        self._reading = batch
        self.office.read("读取公示名单", work, lambda found: self._show(batch, found))

    _reading = 0

    def _show(self, batch: int, found: Posted | str) -> None:
        if batch == self._reading:
            self._reading = 0
        if batch != self.batch:
            return
        if isinstance(found, str):
            self.title.setText("没有公示名单")
            self.countdown.setText("")
            self.sums.setText(found)
            self.pairs.fill([])
            self.loaded.emit()
            return
        self.posted = posted = found
        self.title.setText(f"{posted.program}　{period_text(posted.batch.period)}")
        rows = sum(len(part.lines) for part in posted.lists)
        notice = next((one for one in reversed(notices_of(self.office.store, batch)) if one.state != "withdrawn"), None)  # fmt: skip
        self._count_down(posted, notice.state if notice is not None else "")
        days = notice.days if notice is not None else posted.policy.publicity_days
        kind = notice.day_kind if notice is not None else posted.policy.publicity_kind
        self.pairs.fill(
            [
                ("批次", posted.batch.number),
                ("期限", f"{days} {DAY_KINDS[kind]}（{PUBLICITY_NAMES[posted.policy.publicity]}）"),
                ("公示", f"{posted.first_day} 至 {posted.last_day}"),
                ("名单", f"{len(posted.lists)} 个村 {rows:,} 行"),
                ("文号", posted.policy.document),
                ("异议电话", posted.phone or "还没有设置"),
            ]
        )
        self.changed.setText(
            "张贴以后有款项停发或恢复，现在的名单与墙上的不同。请重新打印张贴。"
            if not posted.unchanged
            else ""
        )
        self.changed.setVisible(not posted.unchanged)
        self.changed.setStyleSheet(f"color: {colour(Tone.WARN).name()}")
        self.village.blockSignals(True)
        self.village.clear()
        self.village.addItem(f"全部 {len(posted.lists)} 个村", None)
        for place, part in enumerate(posted.lists):
            self.village.addItem(f"{part.village}（{len(part.lines):,}）", place)
        self.village.setCurrentIndex(1 if len(posted.lists) > 1 else 0)
        self.village.blockSignals(False)
        self._show_village()
        self.loaded.emit()

    def _count_down(self, posted: Posted, state: str) -> None:
        today = self.office.today
        first, last = date.fromisoformat(posted.first_day), date.fromisoformat(posted.last_day)
        left, whole = (last - today).days, (last - first).days + 1
        if not state:
            words, tone = f"还没有张贴。今天张贴，公示到 {posted.last_day}", Tone.CALM
        elif state == "ended":
            words, tone = f"公示已期满（{posted.last_day}）", Tone.GOOD
        elif left < 0:
            words, tone = f"{posted.last_day} 期满，可以审批", Tone.GOOD
        elif left == 0:
            words, tone = "今天是最后一天", Tone.WARN
        else:
            words, tone = f"还有 {left} 天，到 {posted.last_day} 期满", Tone.CALM
        self.countdown.setText(words)
        self.countdown.setStyleSheet(f"color: {colour(tone).name()}")
        self.meter.setVisible(bool(state))
        self.meter.setRange(0, whole)
        self.meter.setValue(max(0, min(whole, whole - left - 1)))

    @Slot(int)
    def _count_photos(self, count: int) -> None:
        self.tabs.setTabText(2, f"照片 {count}" if count else "照片")

    def _hangs(self, batch: int) -> bool:
        return any(one.state != "withdrawn" for one in notices_of(self.office.store, batch))

    def _fill_objections(self) -> None:
        found = objections_of(self.office.store, self.batch)
        self.objections.fill(
            [
                [one.person, one.raised_on, one.text, (OUTCOMES[one.outcome], _OUTCOME_TONES[one.outcome]), one.answer]
                for one in found
            ],
            [one.id for one in found],
        )  # fmt: skip
        open_ones = sum(not one.outcome for one in found)
        if not found and self.tabs.currentIndex() == 1:
            self.tabs.setCurrentIndex(0)
        words = f"异议 {len(found)}" if found else "异议"
        self.tabs.setTabText(1, words + (f"（{open_ones} 条未处理）" if open_ones else ""))

    def villages(self) -> list[VillageList]:
        """The village that is chosen, or all."""
        if self.posted is None:
            return []
        place = self.village.currentData()
        return list(self.posted.lists) if place is None else [self.posted.lists[int(place)]]

    @Slot()
    def _show_village(self) -> None:
        chosen = self.villages()
        lines = [line for part in chosen for line in part.lines]
        fen = Fen(sum(part.fen for part in chosen))
        words = f"{len(lines):,} 行　{yuan_text(fen)} 元"
        if len(lines) > MOST_SHOWN:
            words += f"（这里显示前 {MOST_SHOWN} 行，打印和存盘是全部）"
        self.sums.setText(words)
        self.lines.fill(
            [
                [str(line.number), line.name, line.id_masked, line.group, line.quantity, line.rate, yuan_text(line.fen),
                 line.remark]
                for line in lines[:MOST_SHOWN]
            ]
        )  # fmt: skip
        for column, field in ((2, "id_masked"), (3, "group"), (4, "quantity"), (5, "rate"), (7, "remark")):
            self.lines.setColumnHidden(
                column, bool(lines) and not any(getattr(line, field) for line in lines)
            )
