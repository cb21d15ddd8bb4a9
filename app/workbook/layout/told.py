"""What the clerk should know of how a workbook was read: by contents, by a remembered mapping, several people a row, hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.workbook.cell_values import cell_is_blank
from app.workbook.layout.forms import ACCOUNTS, PEOPLE, ROSTER
from app.workbook.layout.headings import field_named
from app.workbook.layout.tables import Table
from app.workbook.reading import Workbook
from app.workbook.remarks import Remark, column_name


@dataclass(frozen=True)
class ColumnsByContent(Remark):
    """Columns that no heading names and that were read as what they hold: (heading or letters, field's title)."""

    columns: tuple[tuple[str, str], ...]
    code = "sheet.columns_by_content"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        read = "、".join(f"“{heading}”读作“{title}”" for heading, title in self.columns)
        return (
            f"工作表“{self.sheet}”里有的栏没有认得的表头，按格子里的内容认出：{read}。"
            "请核对；不对的请改正表头，或指明哪一栏是什么（--mapping）后重新导入。"
        )


@dataclass(frozen=True)
class MembersAcross(Remark):
    """Rows that hold several people each; `read` says whether each was read."""

    most: int
    code = "sheet.members_across"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”一行登记一户，每行最多 {self.most} 人，已逐人读取，行数按人数计。请核对人数。"


@dataclass(frozen=True)
class ListsBeside(Remark):
    """Lists printed side by side on one sheet, read one after the other."""

    count: int
    code = "sheet.lists_beside"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”并排印着 {self.count} 列名单，已从左到右逐列读取，行数按人数计。请核对人数。"


@dataclass(frozen=True)
class HiddenSheet(Remark):
    """A sheet that nobody sees and that holds something; it is not read."""

    code = "sheet.hidden"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”是隐藏的，里面有内容，没有读取。如果也要导入，请取消隐藏后重新导入。"


@dataclass(frozen=True)
class MappingRemembered(Remark):
    """A sheet that was read by a mapping that the office remembers."""

    mapping: str
    code = "sheet.mapping_remembered"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return f"工作表“{self.sheet}”的表头以前确认过，按记住的对照“{self.mapping}”读取。"


@dataclass(frozen=True)
class TwinColumnsUnread(Remark):
    """Columns with the heading of the name or the ID that was read, which hold something else and were not read."""

    columns: tuple[str, ...]
    code = "sheet.twin_columns"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”里还有同名的栏没有读取：{'、'.join(self.columns)}。"
            "如果那里写的是另外的人，请改成一行一人后重新导入。"
        )


@dataclass(frozen=True)
class LooksLikeAnother(Remark):
    """A people file with columns of another kind of file and none of a household: as a rule the wrong kind was chosen."""

    read_as: str
    looks_like: str
    columns: tuple[str, ...]
    code = "sheet.looks_like_another"

    @property
    def sentence(self) -> str:
        """See `Remark`."""
        return (
            f"工作表“{self.sheet}”有{'、'.join(f'“{one}”' for one in self.columns)}栏，没有与户主关系，也没有户编号，"
            f"像是{self.looks_like}，现在按{self.read_as}读取。如果确实是{self.looks_like}，请不要入库，改选{self.looks_like}后重新检查。"
        )


_OF_HOUSEHOLDS: Final = ("relation", "household_no", "head", "head_id")
_TELLING: Final = (
    (ROSTER, ("amount", "quantity", "rate", "cost", "income", "months", "care_level", "grade")),
    (ACCOUNTS, ("account", "bank", "medium")),
)
"""Fields that a kind of file has and a people file does not."""
_LOOKED_AT: Final = 500


def _another_kind(table: Table) -> LooksLikeAnother | None:
    """What a people file rather looks like, told by the headings that were not read; None where nothing tells."""
    if table.form is not PEOPLE or any(one in table.columns for one in _OF_HOUSEHOLDS):
        return None
    header = table.header
    unread = [(column, key) for column, key in enumerate(header.keys) if key and column not in header.used]
    for form, telling in _TELLING:
        told = [header.written[column] for column, key in unread if field_named(key, form) in telling]
        if told:
            return LooksLikeAnother(table.sheet.name, table.form.title, form.title, tuple(told))
    return None


def _twins_unread(table: Table) -> list[str]:
    """The unread columns that bear the heading of the name's or the ID's and say something else there."""
    header = table.header
    twins = {
        column: header.columns[name]
        for name in ("name", "id_number")
        if name in header.columns and header.columns[name] < len(header.keys)
        for column, key in enumerate(header.keys)
        if key and key == header.keys[header.columns[name]] and column not in header.used
    }
    if not twins:
        return []
    lines = [line for _, line in islice(table.sheet.numbered_lines(header.last, ()), _LOOKED_AT)]
    return [
        f"{column_name(twin)} 列“{header.written[twin]}”"
        for twin, read in twins.items()
        if any(
            twin < len(line) and not cell_is_blank(line[twin]) and line[twin] != line[read] for line in lines
        )
    ]


def table_remarks(workbook: Workbook, tables: Sequence[Table]) -> list[Remark]:
    """What the clerk should know of how a workbook was read, and of what is hidden, struck out or in error in it.

    Reads to the end. Raises UnreadableWorkbook.
    """
    remarks: list[Remark] = []
    for table in tables:
        header, name = table.header, table.sheet.name
        if header.remembered:
            remarks.append(MappingRemembered(name, header.remembered))
        if header.by_content:
            named = ((header.headings[one], table.form.fields[one].title) for one in header.by_content)
            remarks.append(ColumnsByContent(name, tuple(named)))
        if header.lists:
            remarks.append(ListsBeside(name, len(header.lists)))
        elif header.members:
            remarks.append(MembersAcross(name, len(header.members)))
        if twins := _twins_unread(table):
            remarks.append(TwinColumnsUnread(name, tuple(twins)))
        if another := _another_kind(table):
            remarks.append(another)
        remarks += table.sheet.remarks
    remarks += [HiddenSheet(sheet.name) for sheet in workbook.sheets if sheet.hidden and not sheet.is_empty]
    return remarks
