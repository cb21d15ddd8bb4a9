"""One policy on a form: what every policy has, what its way of computing asks, terms and notice; tried as one types."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.programs.drafting import Draft, check_draft, entered_from
from app.programs.queries import ProgramView
from models.domain.policy import (
    BY_NAMES,
    FAMILY_NAMES,
    FREQUENCY_NAMES,
    PAYEE_NAMES,
    PUBLICITY_NAMES,
    TARGET_NAMES,
    Policy,
)
from ui.office import Office
from ui.screens.programs.formula_edit import FormulaEdit
from ui.screens.programs.trial_panel import TrialPanel
from ui.theme import Tone, colour, ground
from ui.widgets.facts import heading, quiet
from ui.widgets.rows_editor import RowsEditor

_AFTER_MS = 120
_FAMILY_HINTS = {
    "per_unit": "数量 × 标准，例如耕地地力按亩、生猪按头。",
    "fixed": "每人（户）一个固定的数，按月、季、年或一次。",
    "tiered": "按年龄、残疾等级或护理等级分档，例如高龄津贴。",
    "top_up": "保障标准线减去人均收入，或按核定金额，例如低保。",
    "share_of_cost": "费用 × 年龄段比例，每户有上限，例如适老化改造。",
    "years": "年限 × 每年标准，例如离任村干部。",
    "back_pay": "按时段补发或扣回差额。",
    "pool": "县里给总额，按数量平均分到每户，分毫不差。",
    "formula": "以上都不合适时，自己写公式。",
}
_FAMILY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "per_unit": ("unit", "rate", "quantity_cap"),
    "fixed": ("rate", "months_per_period"),
    "tiered": ("by", "tiers", "months_per_period"),
    "top_up": ("approved_amount", "line", "floor", "add_ons", "months_per_period"),
    "share_of_cost": ("by", "tiers", "cap_per_household"),
    "years": ("rate", "months_per_period"),
    "back_pay": ("segments",),
    "pool": ("unit", "total"),
    "formula": ("formula",),
}
_ALL_FAMILY_FIELDS = (
    "by", "approved_amount", "unit", "rate", "line", "floor", "total", "quantity_cap", "tiers", "add_ons", "segments", "formula",
    "cap_per_household", "months_per_period",
)  # fmt: skip
_WORDS = {
    "document": "文号(&D)", "from": "从(&F)", "to": "到(&T)", "frequency": "发放频次(&Q)", "target": "发放对象(&O)",
    "family": "计算方式(&M)", "unit": "计量单位", "rate": "补贴标准（元）", "quantity_cap": "数量上限", "months_per_period": "每期月数",
    "by": "分档依据", "tiers": "分档标准", "line": "保障标准线（元/月）", "floor": "人均最低补差（元）", "add_ons": "分类施保增发",
    "approved_amount": "", "cap_per_household": "每户上限（元）", "segments": "各时段标准", "total": "分配总额（元）",
    "formula": "公式", "publicity": "公示方式", "publicity_days": "公示天数", "publicity_kind": "天数按", "listing": "名单", "name_masking": "姓名",
    "payee": "收款人", "first_month": "从哪个月发起", "stop_month": "停发", "death_month": "死亡停发", "least_age": "最低年龄（周岁）",
    "most_age": "最高年龄（周岁）", "amount_cap": "单笔上限（元）",
}  # fmt: skip
_CHOICES: Mapping[str, Sequence[tuple[str, str]]] = {
    "frequency": [(str(one), words) for one, words in FREQUENCY_NAMES.items()],
    "target": [(str(one), words) for one, words in TARGET_NAMES.items()],
    "family": [(str(one), words) for one, words in FAMILY_NAMES.items()],
    "by": [(str(one), words) for one, words in BY_NAMES.items()],
    "publicity": [(str(one), words) for one, words in PUBLICITY_NAMES.items()],
    "publicity_kind": [("workdays", "工作日"), ("calendar", "自然日"), ("months", "月")],
    "listing": [("name", "按姓名"), ("number", "只写编号，不写姓名"), ("none", "不公开名单")],
    "name_masking": [("full", "写全名"), ("surname", "姓加星号")],
    "payee": [(str(one), words) for one, words in PAYEE_NAMES.items()],
    "first_month": [("", "整期都发"), *((one, one) for one in ("申请当月", "批准当月", "批准次月", "满龄当月", "满龄次月"))],
    "stop_month": [("次月", "从次月停"), ("当月", "当月就停")],
    "death_month": [("次月", "从次月停"), ("当月", "当月就停")],
}  # fmt: skip
_HINTS = {
    "document": "浙财农〔2024〕12号", "from": "2024-01-01", "to": "长期执行的不填", "unit": "亩、头、人", "rate": "100.58",
    "quantity_cap": "不填就是不限", "months_per_period": "0：标准就是整期的", "line": "1050", "floor": "没有不填",
    "cap_per_household": "不填就是不限", "total": "1000000", "least_age": "不限不填", "most_age": "不限不填", "amount_cap": "不限不填",
}  # fmt: skip
_TERMS = ("first_month", "stop_month", "death_month", "least_age", "most_age", "amount_cap", "payee")
_NOTICE = ("publicity", "publicity_days", "publicity_kind", "listing", "name_masking")
_LISTED_AGES = ("age", "head_age")


class PolicyPage(QWidget):
    """The form at the left, the trial at the right. `checked` says that the draft is another now."""

    checked = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.program: ProgramView | None = None
        self.draft = Draft(None, {})
        self.writable = True
        self._filling = False
        self.fields: dict[str, QWidget] = {}
        self.title = heading("", 1.15)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.hint = quiet("")
        self.trial = TrialPanel(office.today)
        self.first = QFormLayout()
        self.second = QFormLayout()
        self.third = QFormLayout()
        for form in (self.first, self.second, self.third):
            form.setSpacing(7)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._make_fields()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for form, words in ((self.first, "标准"), (self.second, "起止与限制"), (self.third, "公示")):
            self.tabs.addTab(_scrolled(form), words)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.title)
        left.addWidget(self.tabs, 1)
        left.addWidget(self.verdict)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 5)
        row.addWidget(self.trial, 6)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self.check)

    # -- making --------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        for name in ("document", "from", "to", "frequency", "target", "family"):
            self._add(self.first, name)
        self.first.addRow("", self.hint)
        for name in _ALL_FAMILY_FIELDS:
            self._add(self.first, name)
        for name in _TERMS:
            self._add(self.second, name)
        for name in _NOTICE:
            self._add(self.third, name)
        self.third.addRow(
            "", quiet("公示从张贴的第二天起算。隐私要紧的项目（如孤儿、艾滋病）只写编号，或不公开名单。")
        )

    def _add(self, form: QFormLayout, name: str) -> None:
        field: QWidget
        if name in _CHOICES:
            field = QComboBox()
            for value, words in _CHOICES[name]:
                field.addItem(words, value)
            field.currentIndexChanged.connect(self._edited)
            if name in ("family", "by"):
                field.currentIndexChanged.connect(self._family_changed)
        elif name in ("tiers", "add_ons", "segments"):
            headings = {
                "tiers": ["档次", "标准（元）"],
                "add_ons": ["对象", "增发（元或 %）"],
                "segments": ["起月", "止月", "每月标准"],
            }[name]
            field = RowsEditor(headings)
            field.edited.connect(self._edited)
        elif name == "formula":
            field = FormulaEdit()
            field.edited.connect(self._edited)
        elif name == "approved_amount":
            field = QCheckBox("按花名册上的核定金额发放")
            field.toggled.connect(self._edited)
        else:
            field = QLineEdit()
            field.setPlaceholderText(_HINTS.get(name, ""))
            field.textChanged.connect(self._edited)
        self.fields[name] = field
        form.addRow(_WORDS[name], field)

    # -- showing -------------------------------------------------------------------------------------------------

    def write(self, program: ProgramView, like: Policy | None) -> None:
        """A new version, begun with what the last one said."""
        self._show(program, like, writable=True)
        self.title.setText(f"登记政策：{program.name}")
        self._filling = True
        for name in ("from", "to", "document"):
            self._put(name, "")
        self._filling = False
        self.check()
        document = self.fields["document"]
        document.setFocus()

    def look(self, program: ProgramView, version: int, policy: Policy) -> None:
        """A version that is registered: to be read and tried, not changed."""
        self._show(program, policy, writable=False)
        self.title.setText(f"{program.name}　第 {version} 版")

    def _show(self, program: ProgramView, policy: Policy | None, *, writable: bool) -> None:
        self._filling = True
        self.dirty = False
        self.program, self.writable = program, writable
        self.trial.policy = None
        entered = entered_from(policy) if policy is not None else {"publicity_days": "7"}
        for name in self.fields:
            self._put(name, entered.get(name, ""))
        formula = self.fields["formula"]
        if isinstance(formula, FormulaEdit):
            columns = entered.get("columns", [])
            formula.fill(str(entered.get("formula", "")), list(columns) if isinstance(columns, list) else [])
        self._kept = {
            name: value for name, value in entered.items() if name in ("conflicts", "through_card", "level")
        }
        for place in range(self.tabs.count()):
            self.tabs.widget(place).setEnabled(writable)
        self.tabs.setCurrentIndex(0)
        self._filling = False
        self._family_changed()
        self.check()

    _kept: Mapping[str, object] = {}

    def _put(self, name: str, value: Any) -> None:
        field = self.fields[name]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(max(0, field.findData(value)))
        elif isinstance(field, RowsEditor):
            field.fill(value if isinstance(value, list) else [])
        elif isinstance(field, QCheckBox):
            field.setChecked(value is True)
        elif isinstance(field, QLineEdit):
            field.setText(str(value))

    @Slot()
    def _family_changed(self) -> None:
        family = self._value("family")
        self.hint.setText(_FAMILY_HINTS[str(family)])
        asked = _FAMILY_FIELDS[str(family)]
        for name in _ALL_FAMILY_FIELDS:
            self.first.setRowVisible(self.fields[name], name in asked)
        tiers, by = self.fields["tiers"], self.fields["by"]
        if isinstance(tiers, RowsEditor) and isinstance(by, QComboBox):
            by_age = by.currentData() in _LISTED_AGES
            second = "比例（如 60%）" if family == "share_of_cost" else "标准（元）"
            tiers.setHorizontalHeaderLabels(["满多少周岁" if by_age else "等级", second])

    # -- checking ------------------------------------------------------------------------------------------------

    def _value(self, name: str) -> object:
        field = self.fields[name]
        if isinstance(field, QComboBox):
            return field.currentData()
        if isinstance(field, RowsEditor):
            return field.rows()
        if isinstance(field, QCheckBox):
            return field.isChecked()
        if isinstance(field, FormulaEdit):
            return field.formula()
        return field.text() if isinstance(field, QLineEdit) else ""

    def entered(self) -> dict[str, object]:
        """What stands on the form, the fields of other families left out."""
        program = self.program
        asked = _FAMILY_FIELDS[str(self._value("family"))]
        entered: dict[str, object] = {"program": program.code if program is not None else "", **self._kept}
        for name in self.fields:
            if name not in _ALL_FAMILY_FIELDS or name in asked:
                entered[name] = self._value(name)
        if "formula" in asked:
            formula = self.fields["formula"]
            entered["columns"] = formula.columns() if isinstance(formula, FormulaEdit) else []
        return entered

    @Slot()
    def _edited(self) -> None:
        if not self._filling:
            self.dirty = self.writable
            self._timer.start()

    dirty = False

    @Slot()
    def check(self) -> None:
        """Say whether the form makes a policy, and try it."""
        self._timer.stop()
        self.draft = check_draft(self.entered())
        good = self.draft.policy is not None
        if not self.writable:
            words, tone = "这一版已经登记，不能改。要改请登记新的一版。", Tone.CALM
        elif good:
            words, tone = "✓ 填写完整，按 F9 登记。旧的一版自动止于新版开始的前一天。", Tone.GOOD
        else:
            words, tone = self.draft.sentence, Tone.WARN
        self.verdict.setText(words)
        self.verdict.setStyleSheet(
            f"background: {ground(tone).name()}; color: {colour(tone).name()}; padding: 6px 10px; border-radius: 4px"
        )
        self.trial.show_policy(self.draft.policy)
        self.checked.emit()

    def go_to_fault(self) -> None:
        """Put the keyboard where the form lacks something."""
        field = self.fields.get(self.draft.field)
        if field is None:
            return
        for place, names in enumerate((("document", "from", "to"), _TERMS, _NOTICE)):
            if self.draft.field in names:
                self.tabs.setCurrentIndex(place)
        field.setFocus()


def _scrolled(form: QFormLayout) -> QScrollArea:
    inner = QWidget()
    box = QVBoxLayout(inner)
    box.setContentsMargins(2, 8, 12, 4)
    box.addLayout(form)
    box.addStretch()
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(inner)
    return area
