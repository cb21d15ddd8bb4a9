"""组卷: volumes made, filled by themselves or by hand, bound, lent, and their covers, contents, notes, spines and labels printed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction

from app.archive.disposal.use_cases import propose_disposal
from app.archive.lending.use_cases import lend_volume
from app.archive.shelves.listings import VOLUMES
from app.archive.shelves.papers import box_label, volume_papers
from app.archive.shelves.queries import filing_of, volume_view
from app.archive.shelves.steps import archive_classes, fonds_and_template
from app.archive.shelves.use_cases import (
    bind_volume,
    bind_year,
    describe_volume,
    make_volume,
    set_class,
    set_codes,
    take_out,
    unbind_volume,
)
from app.changes import Changes
from app.desk import Desk
from models.domain.flows.disposal_flow import DisposalKind
from ui.printing import preview
from ui.printing.forms.labels import face_labels, spine_labels
from ui.screens.archive.tab import ArchiveTab
from ui.screens.archive.volume_card import VolumeCard
from ui.screens.list_screen import ListScreen
from ui.theme import Tone
from ui.widgets.asking import Asked
from ui.widgets.paged_table import good_bad
from ui.widgets.splits import side_by_side

_LOAN_DAYS = 14
_SPINE_MM = 30


class VolumesTab(ArchiveTab):
    """The volumes, and the one that is chosen."""

    name = "volumes"
    words = "组卷"

    def __init__(self, holder: ListScreen) -> None:
        super().__init__(holder)
        table = self.make_table(
            VOLUMES, tone_of=good_bad(frozenset({"bound"}), frozenset()),
            empty="还没有案卷。先按“档号设置”填全宗号，再按 F9 自动组卷。",
        )  # fmt: skip
        for words, act in (
            ("拆卷", self.ask_unbind),
            ("取出右边选中的材料", self.take_papers_out),
            ("编制移交清册", self.ask_hand_over),
        ):
            table.add_row_action(words, act)
        self.card = VolumeCard(self.office)
        table.chosen.connect(self._follow)
        self.card.papers.doubleClicked.connect(lambda _index: self.open_paper())
        self.column.addWidget(side_by_side(table, self.card, (690, 480)), 1)

    def load(self) -> None:
        """The card follows the list."""
        if self.table is not None:
            if self.table.current_id() is None:
                self.table.go_to_row(0)
            self._follow(self.table.current_id())

    @Slot(object)
    def _follow(self, volume: int | None) -> None:
        self.card.show_volume(volume)

    def tools(self) -> Sequence[QAction]:
        """Fill by themselves, make, bind, describe, lend, print, set up; the rarer acts stand in the row's own menu."""
        may = self.may()
        return [
            self.act("auto", "自动组卷", "refresh", "F9", self.ask_auto, enabled=may),
            self.act("make", "立卷", "plus", "F3", self.ask_make, enabled=may),
            self.act("bind", "成卷", "check", "F6", self.bind, enabled=may),
            self.act("describe", "案卷说明", "pencil", "F2", self.ask_describe, enabled=may),
            self.act("lend", "借出", "user", "F7", self.ask_lend, enabled=may),
            self.act("papers", "封面目录", "printer", "", self.print_papers),
            self.act("labels", "脊背标签", "letter-case", "", self.print_labels),
            self.act("codes", "档号设置", "settings", "", self.ask_codes, enabled=may),
            self.act("class", "门类期限", "clock", "", self.ask_class, enabled=may),
            *self.holder.table_tools(),
        ]

    # -- making ----------------------------------------------------------------------------------------------------

    @Slot()
    def ask_auto(self) -> None:
        """Ask for the year whose vouchers and dossiers are laid into volumes."""
        year = self.office.today.year - (self.office.today.month <= 3)
        self.holder.ask(
            "自动组卷", "组卷", [Asked("year", "年度(&Y)", "code", str(year), needed=True)],
            lambda desk, given: bind_year(desk, year=_year(given["year"])), _bound,
            words="已过完的月份，凭证按月成一卷；已归档的批次，案卷按项目成一卷。以前组过的不会重复。",
        )  # fmt: skip

    @Slot()
    def ask_make(self) -> None:
        """Ask what the new volume is."""
        classes = [(one.code, f"{one.name}（{one.kept}）") for one in archive_classes(self.store)]

        def work(desk: Desk, given: Mapping[str, str]) -> Changes:
            return make_volume(
                desk,
                class_code=given["class_code"],
                year=_year(given["year"]),
                title=given["title"],
                responsible=given["responsible"],
                shelf=given["shelf"],
            )

        self.holder.ask(
            "立卷", "立卷",
            [
                Asked("title", "题名(&T)", needed=True),
                Asked("class_code", "门类(&C)", "choice", "WS", classes),
                Asked("year", "年度(&Y)", "code", str(self.office.today.year), needed=True),
                Asked("responsible", "责任者(&R)", hint="不填是本单位"),
                Asked("shelf", "存放位置(&S)", hint="如 1 柜 2 层"),
            ],
            work, lambda done: f"已立卷，档号 {done.answer['code']}。到“在库”里选中材料按 F6 装卷。",
        )  # fmt: skip

    @Slot()
    def bind(self) -> None:
        """Bind the selected volumes, one act each."""
        picked = self.picked()
        if not picked:
            return

        def work(desk: Desk) -> Changes:
            done = [bind_volume(desk, volume=one) for one in picked]
            return done[-1]

        self.holder.do("成卷", work, lambda _done: f"{len(picked)} 卷已成卷，卷内材料不再变动。")

    @Slot()
    def ask_unbind(self) -> None:
        """Ask why the chosen volume is opened again."""
        volume = self.chosen()
        if volume is not None:
            self.holder.ask(
                "拆卷", "拆卷", [Asked("reason", "原因(&R)", "long", needed=True)],
                lambda desk, given: unbind_volume(desk, volume=volume, reason=given["reason"]), "已拆卷，原因记在备考表里。",
            )  # fmt: skip

    @Slot()
    def ask_describe(self) -> None:
        """Change what is written about the chosen volume."""
        volume = self.chosen()
        if volume is None:
            return
        row = volume_view(self.store, volume).volume
        self.holder.ask(
            "案卷说明", "保存",
            [
                Asked("title", "题名(&T)", value=row.title, needed=True),
                Asked("responsible", "责任者(&R)", value=row.responsible),
                Asked("shelf", "存放位置(&S)", value=row.shelf),
                Asked("note", "备考(&N)", "long", row.note, hint="缺损、修改、补充、移出等情况"),
                Asked("held_for", "未了结事项(&H)", value=row.held_for, hint="填了就不能销毁，了结后清空"),
            ],
            lambda desk, given: describe_volume(desk, volume=volume, **given), "已保存。",
        )  # fmt: skip

    @Slot()
    def take_papers_out(self) -> None:
        """Take the papers that are selected in the card out of the volume."""
        volume, papers = self.chosen(), self.card.picked_papers()
        if volume is None:
            return
        if not papers:
            self.bar.say("请先在右边的卷内材料里选中要取出的。", Tone.CALM)
            return
        self.holder.do(
            "取出材料", lambda desk: take_out(desk, volume=volume, filings=papers), lambda _done: f"已取出 {len(papers)} 件。"
        )  # fmt: skip

    @Slot()
    def open_paper(self) -> None:
        """Open the file of the paper that is chosen in the card."""
        papers = self.card.picked_papers()
        sha256 = filing_of(self.store, papers[0]).file_sha256 if papers else ""
        if sha256:
            self.open_file(sha256)

    # -- out of the room -------------------------------------------------------------------------------------------

    @Slot()
    def ask_lend(self) -> None:
        """Ask who borrows the chosen volume."""
        volume = self.chosen()
        if volume is None:
            return
        due = self.office.today + timedelta(days=_LOAN_DAYS)
        self.holder.ask(
            "借出案卷", "借出",
            [
                Asked("borrower", "借阅人(&B)", needed=True, hint="单位和姓名"),
                Asked("purpose", "用途(&P)", needed=True),
                Asked("approved_by", "批准人(&A)"),
                Asked("due", "应还日期(&D)", "day", due.isoformat()),
            ],
            lambda desk, given: lend_volume(
                desk,
                volume=volume,
                borrower=given["borrower"],
                purpose=given["purpose"],
                approved_by=given["approved_by"],
                due=date.fromisoformat(given["due"]),
            ),
            lambda done: f"案卷 {done.answer['code']} 已借给{done.answer['borrower']}，{done.answer['due_on']} 前归还。",
            words=self.text_of("title"),
        )  # fmt: skip

    @Slot()
    def ask_hand_over(self) -> None:
        """Ask to whom the selected volumes are handed over."""
        picked = self.picked()
        if picked:
            self.holder.ask(
                "编制移交清册", "编制",
                [Asked("taker", "接收方(&T)", needed=True, hint="如县档案馆"), Asked("reason", "移交原因(&R)", needed=True)],
                lambda desk, given: propose_disposal(
                    desk, kind=DisposalKind.HAND_OVER, volumes=picked, reason=given["reason"], taker=given["taker"]
                ),
                lambda done: f"清册 {done.answer['number']} 已编制，请另一个人到“移交”里监交签字。", words=f"选中 {len(picked)} 卷。",
            )  # fmt: skip

    # -- papers and settings ---------------------------------------------------------------------------------------

    @Slot()
    def print_papers(self) -> None:
        """Cover, contents, note and spine of the selected volumes as they will be printed."""
        sheets = [sheet for one in self.picked() for sheet in volume_papers(self.store, one, "")]
        if sheets:
            self.show_papers(sheets)

    @Slot()
    def print_labels(self) -> None:
        """Labels for the boxes and spines of the selected volumes."""
        labels = [box_label(self.store, one) for one in self.picked()]
        if labels:
            self.holder.preview = preview(
                [face_labels(labels), spine_labels(labels, _SPINE_MM)], self.holder, office=self.office
            )

    @Slot()
    def ask_codes(self) -> None:
        """Ask for the fonds number and the template of codes."""
        fonds, template = fonds_and_template(self.store)
        self.holder.ask(
            "档号设置", "保存",
            [
                Asked("fonds", "全宗号(&F)", "code", fonds, hint="档案馆给本单位的号，如 Z109"),
                Asked("template", "档号格式(&T)", value=template.shown, needed=True),
            ],
            lambda desk, given: set_codes(desk, **given), lambda done: f"以后的档号像这样：{done.answer['example']}。",
            words="双花括号里的五项由程序填写，可以换先后，每项一次；“顺序号:4”的 4 是位数。其余的字照写。已给出的档号不变。",
        )  # fmt: skip

    @Slot()
    def ask_class(self) -> None:
        """Ask for a class and how long it is kept."""
        self.holder.ask(
            "门类和保管期限", "保存",
            [
                Asked("code", "门类代码(&C)", "code", hint="大写字母，如 PZ；新的就增加一个", needed=True),
                Asked("name", "名称(&N)", hint="改已有的可以不填"),
                Asked("years", "保管年数(&Y)", "code", hint="空着是永久"),
            ],
            lambda desk, given: set_class(
                desk, code=given["code"], name=given["name"], years=_year(given["years"]) if given["years"].strip() else None
            ),
            "已保存，只影响以后立的案卷。",
            words="现在：" + "；".join(f"{one.code} {one.name} {one.kept}" for one in archive_classes(self.store)),
        )  # fmt: skip


def _year(text: str) -> int:
    """A year or a number of years as typed; what is none gives 0, which the acts refuse."""
    return int(text) if text.strip().isascii() and text.strip().isdecimal() else 0


def _bound(done: Changes) -> str:
    made = done.answer["volumes"]
    return f"自动组卷完成，{len(made) if isinstance(made, list) else 0} 卷有新材料。核对后按 F6 成卷。"
