"""Windows of sealed years: the packages made, and whether one on a disk is still what was sealed."""

from dataclasses import dataclass
from pathlib import Path

from app.archive.queries import BadFile
from app.archive.shelves.steps import office_name
from app.archive.yearly.packing import faults_of_package, spoken_head
from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column
from models.store.durable import CannotRead
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package as sealed; `head` is printed and proves the hash list."""

    id: int
    year: int
    name: str
    head: str
    files: int
    size: int
    made_on: str
    operator: str

    @property
    def head_shown(self) -> str:
        """The head in groups of eight."""
        return spoken_head(self.head)


@dataclass(frozen=True, slots=True)
class PackageVerified:
    """A package on a disk looked at: its head, whether this office sealed one of that head, what does not hold."""

    head: str
    files: int
    known: PackageView | None
    bad: tuple[BadFile, ...]


def packages(store: Store, year: int | None = None) -> list[PackageView]:
    """The packages sealed, of a year or all, the latest first."""
    return [
        PackageView(*row)
        for row in store.rows(
            "SELECT p.id, p.year, p.name, p.head, p.files, p.size, p.made_on, o.name FROM year_package p"
            " JOIN operator o ON o.id = p.operator_id WHERE p.year = coalesce(?, p.year) ORDER BY p.id DESC",
            (year,),
        )
    ]


def verify_package(path: Path, head: str = "", store: Store | None = None) -> PackageVerified:
    """A package on a disk against its own list, against a head from paper, and against what this office sealed. Raises CannotRead."""
    if not path.exists():
        raise CannotRead(name=path.name, cause="位置不存在")
    found, files, faults = faults_of_package(path, head)
    known = next((one for one in packages(store) if one.head == found), None) if store is not None else None
    bad = [BadFile(name, fault) for name, fault in faults]
    if store is not None and known is None and found and not bad:
        bad.append(BadFile("校验清单.txt", "不是本办公点封存的：校验头没有登记"))
    return PackageVerified(found, files, known, tuple(bad))


def package_cover(store: Store, package: PackageView, made: str) -> SheetModel:
    """The sheet that lies with a sealed package: the head that proves it, for paper."""
    return SheetModel(
        name="封存单",
        title=f"{office_name(store)}{package.year}年度电子会计档案封存单",
        columns=(Column("项目", width=16, align="center"), Column("内容", width=66)),
        groups=(
            Group(
                [
                    ("档案包", package.name),
                    ("文件数", f"{package.files:,} 个"),
                    ("大小", f"{package.size:,} 字节"),
                    ("封存日期", package.made_on),
                    ("封存人", package.operator),
                    ("校验头", package.head_shown),
                    (
                        "核验方法",
                        "在有 Python 3 的电脑上运行包里的 verify.py，最后显示的校验头应与本单一字不差。",
                    ),
                ]
            ),
        ),
        right="",
        total_label="",
        signatures=("封存人：", "监督人：　　　　　　　　日期："),
        made=made,
        landscape=False,
    )
