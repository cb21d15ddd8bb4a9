"""The archive on the screen: batches that can be filed or are, and every file that the office keeps as received."""

from typing import Final

from app.pages import Column, Join, Listing, Shows

PURPOSES: Final = {
    "import.people": "户籍底册",
    "import.accounts": "账户清册",
    "import.roster": "花名册",
    "import.allotments": "指标表",
    "import.list": "比对名单",
    "import.survival": "生存认证",
    "import.history": "以前的发放",
    "notice": "公示名单",
    "notice_photo": "公示照片",
    "bank_file": "报盘文件",
    "bank_return": "回盘文件",
    "dossier": "案卷",
    "monthly_return": "上报的月报",
    "opening": "期初数",
    "archive": "归档文件",
}
"""What a kept file is."""

DOSSIERS: Final = Listing(
    name="dossiers",
    title="案卷",
    source="batch b",
    id="b.id",
    where="b.state IN ('settled', 'archived')",
    order="b.state DESC, b.id DESC",
    joins=(Join("g", "JOIN program g ON g.id = b.program_id"),),
    columns=(
        Column("number", "批次号", "b.number", Shows.CODE, 22),
        Column("program", "补贴项目", "g.name", width=16),
        Column("period", "期间", "b.period", Shows.CODE, 8),
        Column("state", "状态", "b.state", Shows.CODE, 8, words={"settled": "待归档", "archived": "已归档"}),
        Column("payments", "笔数", "b.payments", Shows.COUNT, 6, total=True),
        Column("owed_fen", "应发（元）", "b.owed_fen", Shows.MONEY, 12, total=True),
        Column("made_on", "案卷日期", "(SELECT max(d.made_on) FROM dossier d WHERE d.batch_id = b.id)", Shows.DAY, 11),
        Column("settled_on", "结清日期", "b.settled_on", Shows.DAY, 11),
        Column("name", "案卷文件", "(SELECT d.name FROM dossier d WHERE d.batch_id = b.id ORDER BY d.id DESC LIMIT 1)", width=28),
    ),
)  # fmt: skip
"""Settled batches, those not filed yet first."""

# a kept file has no number of its own, only its hash
KEPT_FILES: Final = Listing(
    name="kept_files",
    title="存档文件",
    source="(SELECT row_number() OVER (ORDER BY s.stored_at, s.name, s.sha256) AS id, s.name AS name, s.purpose AS purpose,"
    " s.size AS size, s.stored_at AS stored_at, s.sha256 AS sha256 FROM stored_file s) f",
    id="f.id",
    order="f.id DESC",
    columns=(
        Column("stored_at", "收存时间", "f.stored_at", Shows.CODE, 20),
        Column("purpose", "类别", "f.purpose", Shows.CODE, 11, words=PURPOSES),
        Column("name", "文件", "f.name", width=46),
        Column("size", "大小（字节）", "f.size", Shows.COUNT, 12, total=True),
        Column("sha256", "校验值", "f.sha256", Shows.CODE, 26),
    ),
)  # fmt: skip
"""Everything that came in or went out as a file, the latest first."""
