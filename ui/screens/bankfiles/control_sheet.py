"""代发控制表: what goes to the bank with the stick: counts, sums and hashes by file, the sum in words, lines to sign."""

from collections.abc import Sequence

from app.bankfiles.queries import BankFileView
from app.batches.queries import BatchView
from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column, Kind

_COLUMNS = (
    Column("份", Kind.COUNT, 6, align="center"),
    Column("文件", width=30),
    Column("校验码（SHA-256）", width=40),
    Column("笔数", Kind.COUNT, 10, total=True),
    Column("金额（元）", Kind.MONEY, 16, total=True),
)


def control_sheet(township: str, view: BatchView, files: Sequence[BankFileView]) -> SheetModel:
    """The sheet of a batch's files."""
    line = view.line
    return SheetModel(
        "control",
        f"{township}财政所代发控制表",
        _COLUMNS,
        [Group([[one.part, one.name, _in_groups(one.sha256), one.lines, one.total_fen] for one in files])],
        preface=[f"批次：{line.number}　项目：{line.program_name}　{line.period_shown}"],
        left=f"报盘日期：{files[0].made_on}",
        in_words="金额（元）",
        notes=["说明：银行收到文件后请核对份数、笔数、金额和校验码，一致后签收。"],
        signatures=("经办：", "复核：", "银行签收：", "日期："),
        landscape=False,
    )


def _in_groups(sha256: str) -> str:
    """A hash in groups that an eye can follow."""
    return " ".join(sha256[place : place + 8] for place in range(0, len(sha256), 8))
