"""What a report is: an entry of the catalogue, with what is asked of it, its columns, who may make it, and its one layout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.audit.queries import head
from app.desk import Desk
from app.reports.catalogue.parameters import Parameter
from app.reports.sheet_model import SheetModel
from app.workbook.table_columns import Column
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.store.opening import Store


class ParameterUnknown(Refusal):
    """A report was given something that it does not ask for."""

    form = "报表“{report}”没有“{name}”这个条件，可以给的条件有：{known}。请去掉后重试。"


class ParameterMissing(Refusal):
    """A report was not given what it cannot do without."""

    form = "报表“{report}”要先给出{label}。请选好后重试。"


class SpanBackwards(Refusal):
    """Months from a later one to an earlier one."""

    form = "报表“{report}”的起始月份 {first} 晚于截止月份 {last}，里面不会有内容。请核对后重试。"


@dataclass(frozen=True)
class Asked:
    """A report as it is asked for: the office, the day, what was given (as stored, "" for nothing), and the line at the foot."""

    store: Store
    today: date
    given: Mapping[str, str]
    made: str

    def __getitem__(self, name: str) -> str:
        return self.given[name]

    @property
    def township(self) -> str:
        """The township's name."""
        return str(self.store.value("SELECT township FROM office"))

    @property
    def office(self) -> str:
        """Who fills the sheet in, as it stands over the table."""
        return f"填报单位：{self.township}财政所"


@dataclass(frozen=True)
class Report:
    """An entry: `name` as in commands, `title` and `about` for people; `columns` is empty where they follow from the figures.

    `grouping` says in words how its rows are put together.
    """

    name: str
    title: str
    about: str
    parameters: Sequence[Parameter]
    sheets: Callable[[Asked], list[SheetModel]]
    columns: Sequence[Column] = ()
    grouping: str = "不分组"
    landscape: bool = True
    permission: Permission = Permission.EXPORT

    def parameter(self, name: str) -> Parameter:
        """A parameter by its name. Raises ParameterUnknown."""
        found = next((one for one in self.parameters if one.name == name), None)
        if found is None:
            known = "、".join(f"{one.label}（--{one.name}）" for one in self.parameters) or "（没有）"
            raise ParameterUnknown(report=self.title, name=name, known=known)
        return found

    def defaults(self, store: Store, day: str) -> dict[str, str]:
        """What each parameter is where nobody says anything."""
        return {one.name: one.default(store, day) for one in self.parameters}

    def read(self, store: Store, given: Mapping[str, str], day: str) -> dict[str, str]:
        """What was given as the office stores it, with the defaults of the rest.

        Raises ParameterUnknown, ParameterMissing, SpanBackwards, and what reading a parameter raises.
        """
        for name in given:
            self.parameter(name)
        found = {}
        for one in self.parameters:
            written = given[one.name].strip() if one.name in given else one.default(store, day)
            if not written and one.needed:
                raise ParameterMissing(report=self.title, label=one.label)
            found[one.name] = one.read(store, written) if written else ""
        if found.get("from", "") > found.get("until", found.get("from", "")):
            raise SpanBackwards(report=self.title, first=found["from"], last=found["until"])
        return found


def make_sheets(desk: Desk, report: Report, given: Mapping[str, str]) -> list[SheetModel]:
    """A report's sheets as the office stands now. Raises NotPermitted, what `Report.read` raises, and what its figures raise."""
    desk.require(report.permission)
    return report.sheets(
        Asked(desk.store, desk.today, report.read(desk.store, given, desk.day), made_line(desk))
    )


def made_line(desk: Desk) -> str:
    """The line at the foot of every sheet: who made it, when, and the head of the audit trail."""
    return f"制表：{desk.operator.name}　{desk.at}　审计链 {head(desk.store)}"
