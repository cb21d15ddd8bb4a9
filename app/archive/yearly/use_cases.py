"""The door of whole years: a closed year is checked, packed and sealed 年度封存."""

from pathlib import Path

from app.archive.shelves.steps import office_name
from app.archive.yearly.checks import check_year
from app.archive.yearly.contents import fill_package
from app.archive.yearly.packing import faults_of_package, packing, spoken_head
from app.changes import Changes, Topic, changes
from app.desk import Desk, use_case
from app.yearend.queries import year_state
from models.domain.flows.year_flow import YEAR_STATE_NAMES, YearState
from models.domain.permission import Permission
from models.domain.refusal import Refusal, WorldError


class YearNotClosed(Refusal):
    """A year that may still change is not sealed."""

    form = "{year} 年现在是“{state}”，不能封存。请先办理年终结账。"


class ChecksFailed(Refusal):
    """The four checks found something."""

    form = "{year} 年四性检测有 {count} 项不通过，没有封存。第一项是“{name}”：{words}。请处理后再封存；确实无法补齐的，可以注明后照样封存。"


class PackageNotWhole(WorldError):
    """What was written is not what is read back: the disk."""

    form = "档案包写完以后重新核对，“{name}”{fault}。多半是磁盘有问题，请换一个磁盘重新封存。"


@use_case("year.package", Permission.ARCHIVE, dated=False)
def make_year_package(desk: Desk, *, year: int, path: Path, anyway: bool = False) -> Changes:
    """Seal a closed year into a package at `path`: a zip where the name ends so, else a new folder; the answer has its head.

    What was written is read back and verified before it counts. With `anyway` failed checks are recorded in the package and
    do not stop it. Raises YearNotClosed, ChecksFailed, FileDamaged, PlaceTaken, PackageNotWhole and the WorldErrors of writing.
    """
    store = desk.store
    state = year_state(store, year)
    if state is YearState.OPEN:
        raise YearNotClosed(year=year, state=YEAR_STATE_NAMES[state])
    checks = check_year(store, year)
    failed = [one for one in checks if not one.passed]
    if failed and not anyway:
        raise ChecksFailed(year=year, count=len(failed), name=failed[0].name, words=failed[0].words)
    with packing(path) as into:
        fill_package(desk, into, year, checks)
        head = into.seal(f"{office_name(store)} {year} 年度电子会计档案，封存于 {desk.at}")
    _, _, faults = faults_of_package(path, head)
    if faults:
        raise PackageNotWhole(name=faults[0][0], fault=faults[0][1])
    files = len(into.lines) + 1
    package = store.insert(
        "INSERT INTO year_package (year, name, head, files, size, made_on, operator_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (year, path.name, head, files, into.size, desk.day, desk.operator.id),
    )
    return changes(
        Topic.ARCHIVE,
        subject=f"year {year}",
        counts={"year": year, "files": files, "bytes": into.size, "head": head, "failed": len(failed)},
        answer={
            "package": package,
            "year": year,
            "file": str(path),
            "files": files,
            "size": into.size,
            "head": head,
            "head_shown": spoken_head(head),
            "checks_failed": [one.name for one in failed],
        },
    )
