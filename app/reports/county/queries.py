"""Windows of the county's forms: which there are, what their tags are, one of them filled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from app.desk import Desk
from app.pages import Column as ShownColumn
from app.pages import Join, Listing, Shows
from app.reports.county.checking import needs_batch
from app.reports.county.tags import ROW_SETS, SINGLE, Tag, nearest, tag_key
from app.reports.county.values import Asked, FormValues
from app.workbook.filling.form import Form
from app.workbook.writing import Column, SheetSpec, write_workbook
from models.domain.refusal import Refusal
from models.store.opening import Store


class NoSuchForm(Refusal):
    """No form of that name."""

    form = "没有名为“{name}”的上级表样。{known}"


class BatchNotChosen(Refusal):
    """A form that speaks of one batch, filled without one."""

    form = "表样“{name}”里有按批次填的标签，要先选定一个批次。请用 --batch 写明批次编号。"
    in_window = "表样“{name}”里有按批次填的标签，请先选定一个批次。"


@dataclass(frozen=True, slots=True)
class CountyForm:
    """A form that is kept: its name, the file as received, how many tags it has, who added it and when."""

    id: int
    name: str
    file_name: str
    sha256: str
    tags: int
    added_on: str
    operator: str


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form with its values: the workbook, the name it should have, and how many rows the repeated rows became."""

    name: str
    file_name: str
    body: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class ListedTag:
    """A line of the list of tags; `mark` is the tag of the repeated row in which it may stand, '' for anywhere."""

    mark: str
    tag: Tag

    @property
    def written(self) -> str:
        """As it is typed into a cell."""
        return f"{{{{{self.tag.name}}}}}"

    @property
    def where(self) -> str:
        """Where it may stand, in words."""
        return f"写有“{{{{{self.mark}}}}}”的行" if self.mark else "任何单元格、页眉页脚"


_FORMS: Final = """
    SELECT f.id, f.name, f.file_name, f.sha256, f.tags, f.added_on, o.name FROM county_form f
      JOIN operator o ON o.id = f.operator_id WHERE f.withdrawn_on IS NULL
"""


def forms(store: Store) -> list[CountyForm]:
    """The forms that are in use, by name."""
    return [CountyForm(*row) for row in store.rows(f"{_FORMS} ORDER BY f.name")]


def find_form(store: Store, name: str) -> CountyForm:
    """The form of a name, or of the one name that begins so. Raises NoSuchForm."""
    wanted = name.strip()
    known = forms(store)
    for found in (
        [one for one in known if one.name == wanted],
        [one for one in known if one.name.startswith(wanted)],
    ):
        if len(found) == 1 and wanted:
            return found[0]
    said = f"现有：{'、'.join(one.name for one in known)}。" if known else "请先登记上级发来的表样。"
    raise NoSuchForm(name=name, known=said)


def form_file(store: Store, name: str) -> tuple[CountyForm, bytes]:
    """A form and its file as received. Raises NoSuchForm."""
    found = find_form(store, name)
    return found, store.files.read(found.sha256, found.file_name)


def filled_form(desk: Desk, name: str, month: str, batch: str = "") -> FilledForm:
    """A form filled with a month's figures, and a batch's where it asks for one.

    Raises NoSuchForm, NotMonth, NoSuchBatch, BatchNotChosen, NotAForm, FormTooLong.
    """
    known, body = form_file(desk.store, name)
    form = Form(body, known.file_name)
    if not batch and needs_batch(form):
        raise BatchNotChosen(name=known.name)
    values = FormValues(desk.store, Asked(month, batch, desk.operator.name, desk.day))
    filled = form.filled(values.value_of, values.rows_of, tag_key)
    marks = {tag for cell in form.tag_cells for tag in cell.tags}
    rows = sum(len(found) for mark in marks if (found := values.rows_of(mark)) is not None)
    of_what = f"{values.month}" + (f"-{values.batch.number}" if values.batch is not None else "")
    return FilledForm(known.name, f"{known.name}-{of_what}.xlsx", filled, rows)


# -- the list of tags -------------------------------------------------------------------------------------------


def listed_tags() -> Iterator[ListedTag]:
    """Every tag, those for anywhere first; a set of rows begins with its mark."""
    for tag in SINGLE:
        yield ListedTag("", tag)
    for row_set in ROW_SETS:
        yield ListedTag(
            row_set.mark,
            Tag(row_set.mark, f"写在要逐行填的那一行：{row_set.meaning}", "", row_set.needs_batch),
        )
        for tag in row_set.tags:
            yield ListedTag(row_set.mark, tag)


def tags_like(written: str) -> list[ListedTag]:
    """The tags whose name or meaning holds a text, or the nearest one."""
    text = written.strip().strip("{}｛｝")
    found = [one for one in listed_tags() if tag_key(text) in one.tag.name or text in one.tag.meaning]
    close = nearest(text)
    return found or [one for one in listed_tags() if close and one.tag.name == close]


def write_tag_list(path: Path, created: datetime) -> int:
    """Write the list of tags as a workbook, to be kept beside the form; gives how many there are. Raises the WorldErrors of writing."""
    tags: Sequence[ListedTag] = list(listed_tags())
    spec = SheetSpec(
        "标签清单",
        (
            Column("标签", width=26),
            Column("含义", width=44),
            Column("填出来的样子", width=30),
            Column("可以写在哪里", width=34),
        ),
        ((one.written, one.tag.meaning, one.tag.example, one.where) for one in tags),
        title="上级表样标签清单",
        left="把标签连同两对花括号写进单元格；要逐行填的行再写一个“每…一行”的标签。",
        notes=("“实发”和“发放”是同一个意思，写哪个都可以；标签可以和文字写在同一格。",),
    )
    write_workbook(path, [spec], created=created)
    return len(tags)


FORMS: Final = Listing(
    name="county_forms",
    title="上级表样",
    source="county_form f",
    id="f.id",
    where="f.withdrawn_on IS NULL",
    order="f.name",
    joins=(Join("o", "JOIN operator o ON o.id = f.operator_id"),),
    columns=(
        ShownColumn("name", "表样", "f.name", width=15),
        ShownColumn("file_name", "文件", "f.file_name", width=17),
        ShownColumn("tags", "标签", "f.tags", Shows.COUNT, 6),
        ShownColumn("added_on", "登记日期", "f.added_on", Shows.DAY, 11),
        ShownColumn("operator", "登记人", "o.name", width=9, hidden=True),
        ShownColumn("sha256", "校验值", "substr(f.sha256, 1, 12)", Shows.CODE, 14, hidden=True),
    ),
)  # fmt: skip
"""The forms in use."""
