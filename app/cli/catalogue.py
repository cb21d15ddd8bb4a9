"""report make/phone, and the part of report list that shows the catalogue: any report as a workbook."""

import argparse
from pathlib import Path

from app.access.queries import several_posts_line
from app.access.use_cases import log_export
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.reports.catalogue.report import Report, make_sheets
from app.reports.catalogue.shelf import SHELVES, entries, find_report
from app.reports.sheet_book import write_sheets
from app.reports.sheet_model import SheetModel, cell_text, masked
from app.reports.use_cases import set_department_phones
from models.domain.permission import GRANTS, posts_text


def add_commands(commands: Commands) -> None:
    """The catalogue's commands."""
    make = commands.add("report make", _make, "按报表目录输出一张报表（report list 查看目录和条件）")
    make.add_argument("name", metavar="NAME", help="报表的名称或中文名")
    make.add_argument("--to", type=Path, required=True, metavar="FILE", help="写到哪个文件（.xlsx）")
    make.add_argument("--masked", action="store_true", help="遮盖证件号、账号、电话")
    for name, label in _parameters().items():
        make.add_argument(f"--{name}", dest=f"given_{name}", metavar="VALUE", help=label)
    phone = commands.add("report phone", _phone, "设置明白卡上主管部门的电话（写空的取消）")
    phone.add_argument("department", metavar="DEPARTMENT")
    phone.add_argument("phone", metavar="PHONE")


def _phone(desk: Desk, options: argparse.Namespace) -> Answer:
    done = set_department_phones(desk, phones={options.department: options.phone})
    said = f"已设为 {options.phone}" if options.phone.strip() else "已取消"
    return Answer(done.answer, [f"明白卡上“{options.department}”的电话{said}。"])


def _parameters() -> dict[str, str]:
    """Every parameter that any report asks for, with its label, once each."""
    return {one.name: one.label for report in entries() for one in report.parameters}


def _make(desk: Desk, options: argparse.Namespace) -> Answer:
    report = find_report(options.name)
    given = {
        name: value for name in _parameters() if (value := getattr(options, f"given_{name}")) is not None
    }
    models = make_sheets(desk, report, given)
    if options.masked:
        models = [masked(model) for model in models]
    rows = sum(model.row_count for model in models)
    log_export(desk, what=report.title, rows=rows)
    write_sheets(options.to, models, created=desk.now, below=several_posts_line(desk.store))
    return Answer(
        {
            "report": report.name,
            "title": report.title,
            "given": report.read(desk.store, given, desk.day),
            "file": str(options.to),
            "rows": rows,
            "sheets": [_sheet_json(model) for model in models],
        },
        [f"{report.title}已写到 {options.to}：{len(models)} 张表，{rows:,} 行。", *_totals(models)],
    )


def _sheet_json(model: SheetModel) -> dict[str, object]:
    """A sheet's size and its sums by heading; money in fen."""
    sums = {
        column.heading: value
        for column, value in zip(model.columns, model.sums(model.rows), strict=True)
        if column.total
    }
    return {"name": model.name, "title": model.title, "rows": model.row_count, "totals": sums}


def _totals(models: list[SheetModel]) -> list[str]:
    """The last line of sums of a report of one sheet, where it has one."""
    if len(models) != 1 or not models[0].has_totals or not models[0].total_label:
        return []
    (model,) = models
    sums = zip(model.columns, model.total, strict=True)
    words = "，".join(
        f"{column.heading} {cell_text(column, value)}" for column, value in sums if column.total
    )
    return [f"{model.total_label}：{words}。"]


def catalogue_json() -> list[dict[str, object]]:
    """The catalogue for scripts."""
    return [
        {
            "name": report.name,
            "title": report.title,
            "about": report.about,
            "grouping": report.grouping,
            "landscape": report.landscape,
            "posts": [str(post) for post in GRANTS[report.permission]],
            "columns": [column.heading for column in report.columns],
            "parameters": [
                {"name": one.name, "label": one.label, "needed": one.needed} for one in report.parameters
            ],
        }
        for report in entries()
    ]


def catalogue_lines() -> list[str]:
    """The catalogue for people, shelf by shelf."""
    rows = [
        (shelf, report.name, report.title, _asked(report), posts_text(GRANTS[report.permission]))
        for shelf, reports in SHELVES
        for report in reports
    ]
    return [
        "报表目录（report make 名称 --条件 值 --to 文件）：",
        *table(["类别", "名称", "报表", "条件", "岗位"], rows),
    ]


def _asked(report: Report) -> str:
    return "、".join(
        f"--{one.name} {one.label}{'' if one.needed else '（可不写）'}" for one in report.parameters
    )
