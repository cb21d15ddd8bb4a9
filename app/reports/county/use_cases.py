"""The doors of the county's forms: one is added once its tags are right, withdrawn, and filled for somebody outside."""

from pathlib import Path

from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.reports.county.checking import count_tags, faults_of, listed, needs_batch, row_sets
from app.reports.county.queries import find_form
from app.workbook.filling.form import Form
from app.workbook.reading import read_workbook
from models.domain.permission import Permission
from models.domain.refusal import Refusal
from models.store.durable import read_bytes


class FormWithoutTags(Refusal):
    """A workbook into which no tag was typed."""

    form = "“{file}”里没有标签。请打开它，在要填数的单元格写上标签（例如 {{{{镇名}}}}），保存后再登记。"


class FormTagsWrong(Refusal):
    """Tags that cannot be filled."""

    form = "“{file}”有 {count} 处标签不对，没有登记。{listed}请改正后重新登记。"


class FormKnown(Refusal):
    """The same file under the same name again."""

    form = "表样“{name}”已经登记过，文件完全相同，不用再登记。"


@use_case("county.add", Permission.REPORT, dated=False)
def add_form(desk: Desk, *, path: Path, name: str = "") -> Changes:
    """Keep a county's form, its tags checked; one of the same name is replaced, its file stays in the office.

    Raises NotAForm, FormWithoutTags, FormTagsWrong, FormKnown, and what reading a workbook raises.
    """
    store = desk.store
    body = read_bytes(path)
    _refuse_unreadable(body, path.name)
    form = Form(body, path.name)
    tags = count_tags(form)
    if not tags:
        raise FormWithoutTags(file=path.name)
    faults = faults_of(form)
    if faults:
        raise FormTagsWrong(file=path.name, count=len(faults), listed=listed(faults))
    called = name.strip() or path.stem.strip()
    sha256 = store.keep_file(body, path.name, "county_form", desk.at)
    if store.value(
        "SELECT 1 FROM county_form WHERE name = ? AND sha256 = ? AND withdrawn_on IS NULL", (called, sha256)
    ):
        raise FormKnown(name=called)
    # the day of an act that moves no money may lie before that of an earlier one
    store.execute(
        "UPDATE county_form SET withdrawn_on = max(added_on, ?) WHERE name = ? AND withdrawn_on IS NULL",
        (desk.day, called),
    )
    form_id = store.insert(
        "INSERT INTO county_form (name, file_name, sha256, tags, added_on, operator_id) VALUES (?, ?, ?, ?, ?, ?)",
        (called, path.name, sha256, tags, desk.day, desk.operator.id),
    )
    return changes(
        Topic.REPORTS,
        subject=f"county_form {form_id}",
        counts={"name": called, "tags": tags, "sha256": sha256},
        answer={
            "form": called,
            "tags": tags,
            "sheets": len({cell.sheet for cell in form.tag_cells}),
            "repeated": [one.mark for one in row_sets(form)],
            "needs_batch": needs_batch(form),
            "sha256": sha256,
        },
    )


@use_case("county.withdraw", Permission.REPORT, dated=False)
def withdraw_form(desk: Desk, *, name: str) -> Changes:
    """Use a form no more; its file stays in the office. Raises NoSuchForm."""
    found = find_form(desk.store, name)
    desk.store.execute(
        "UPDATE county_form SET withdrawn_on = max(added_on, ?) WHERE id = ?", (desk.day, found.id)
    )
    return changes(
        Topic.REPORTS,
        subject=f"county_form {found.id}",
        counts={"name": found.name},
        answer={"form": found.name},
    )


@use_case("county.fill", Permission.EXPORT, dated=False)
def log_filling(desk: Desk, *, name: str, month: str, batch: str = "", rows: int = 0) -> Changes:
    """Write down that a filled form goes out: it shows IDs and accounts whole, as the county asks. Raises NoSuchForm."""
    found = find_form(desk.store, name)
    counts: dict[str, int | str] = {"name": found.name, "month": month, "rows": rows}
    if batch:
        counts["batch"] = batch
    return changes(subject=f"county_form {found.id}", counts=counts, answer={"form": found.name})


def _refuse_unreadable(body: bytes, name: str) -> None:
    """A file from outside is read whole by the guarded reader first, in a process of its own: what it takes is safe to open here."""
    for sheet in read_workbook(body, name).sheets:
        _ = sheet.is_empty
