"""体检表 on paper: what every check found, each line of it, the reasons given, and the seal of a frozen one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.batches.queries import BatchView
from app.batches.sheet import STAGE_NAMES, Level
from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column, Kind
from models.domain.money import Fen, yuan_text

_CONCLUSIONS: Final = (
    Column("序号", Kind.COUNT, align="center"),
    Column("体检项目"),
    Column("类别", align="center", wrap=False),
    Column("结论", align="center", wrap=False),
    Column("说明（理由）"),
)
_LINES: Final = (
    Column("明细行", align="center", wrap=False),
    Column("姓名"),
    Column("证件号", wrap=False),
    Column("情况"),
)
_LEVELS: Final[dict[Level, str]] = {"blocker": "拦截项", "warning": "说明项"}
"""What a check is, whether it found something or not."""
_SIGNATURES: Final = ("经办：", "复核：", "审批：", "日期：")


def check_sheets(township: str, view: BatchView, body: Mapping[str, Any]) -> list[SheetModel]:
    """The conclusions, and behind them the lines found; `body` is a sheet as it is kept, frozen or as it stands now."""
    line, stage = view.line, STAGE_NAMES[body["stage"]]
    title = f"{township}财政所批次体检表（{stage}）"
    about = f"批次：{line.number}　项目：{line.program_name}　{line.period_shown}"
    checks: Sequence[Mapping[str, Any]] = body["checks"]
    blockers, warnings = body["blockers"], body["warnings"]
    found = f"体检 {body['payments']:,} 笔，{yuan_text(Fen(body['owed_fen']))} 元；不能通过 {blockers} 项，需要说明 {warnings} 项。"
    first = SheetModel(
        "check",
        title,
        _CONCLUSIONS,
        [Group([_conclusion(number, check) for number, check in enumerate(checks, 1)])],
        preface=[found],
        left=about,
        right="",
        total_label="",
        notes=[_seal(body)],
        signatures=_SIGNATURES,
        landscape=False,
    )
    return [first, *_behind(title, about, checks)]


def _conclusion(number: int, check: Mapping[str, Any]) -> list[str | int]:
    found = "通过" if check["passed"] else f"{len(check['rows']):,} 行"
    return [number, check["name"], _LEVELS[check["level"]], found, check["reason"]]


def _behind(title: str, about: str, checks: Sequence[Mapping[str, Any]]) -> list[SheetModel]:
    groups = [
        Group(
            [
                [str(row["line"] or ""), row["name"], row["id_masked"], row["sentence"]]
                for row in check["rows"]
            ],
            title=f"{check['name']}（{_LEVELS[check['level']]}）：{len(check['rows']):,} 行",
        )
        for check in checks
        if not check["passed"]
    ]
    if not groups:
        return []
    return [
        SheetModel(
            "check_lines",
            f"{title}附：逐行情况",
            _LINES,
            groups,
            left=about,
            right="",
            total_label="",
            landscape=False,
        )
    ]


def _seal(body: Mapping[str, Any]) -> str:
    digest = str(body.get("sha256", ""))
    if not digest:
        return "说明：这是打印时的体检结果，没有封存；提交和审批时的体检表随批次封存。"
    groups = " ".join(digest[place : place + 8] for place in range(0, 32, 8))
    return f"封存日期：{body['made_on']}　校验码（SHA-256 前 32 位）：{groups}"
