"""The shelves on the screen: papers and volumes."""

from typing import Final

from app.pages import Column, Join, Listing, Shows
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES

RETENTION_SQL: Final = "coalesce({years} || ' 年', '永久')"

_CODE: Final = "coalesce(v.code || '-' || printf('%03d', f.place), '')"

FILINGS: Final = Listing(
    name="filings",
    title="归档文件",
    source="filing f",
    id="f.id",
    order="f.year DESC, f.id DESC",
    joins=(
        Join("v", "LEFT JOIN volume v ON v.id = f.volume_id"),
        Join("c", "JOIN archive_class c ON c.code = f.class_code"),
        Join("p", "LEFT JOIN person p ON p.id = f.person_id"),
        Join("b", "LEFT JOIN batch b ON b.id = f.batch_id"),
        Join("s", "LEFT JOIN stored_file s ON s.sha256 = f.file_sha256"),
    ),
    columns=(
        Column("title", "题名", "f.title", width=34),
        Column("code", "档号", _CODE, Shows.CODE, 27),
        Column("document", "文号", "f.document", Shows.CODE, 18),
        Column("responsible", "责任者", "f.responsible", width=13),
        Column("dated", "日期", "f.dated", Shows.DAY, 11),
        Column("year", "年度", "CAST(f.year AS TEXT)", Shows.CODE, 6),
        Column("class", "门类", "c.name", width=13),
        Column("person", "人员", "p.name", width=8),
        Column("id_number", "证件号码", "p.id_number", Shows.ID, 20, hidden=True),
        Column("batch", "批次", "b.number", Shows.CODE, 17),
        Column("pages", "页数", "f.pages", Shows.COUNT, 6, total=True),
        Column("file", "文件", "f.file_name", width=22),
        Column("size", "大小（字节）", "s.size", Shows.COUNT, 11, total=True, hidden=True),
        Column("filed_on", "归档日期", "f.filed_on", Shows.DAY, 11, hidden=True),
        Column("remark", "备注", "f.remark", width=14),
    ),
)  # fmt: skip
"""Every paper of the archive, the latest first."""

VOLUMES: Final = Listing(
    name="volumes",
    title="案卷目录",
    source="volume v",
    id="v.id",
    order="v.code DESC",
    joins=(
        Join("c", "JOIN archive_class c ON c.code = v.class_code"),
        Join("l", "LEFT JOIN loan l ON l.volume_id = v.id AND l.returned_on IS NULL"),
    ),
    columns=(
        Column("code", "档号", "v.code", Shows.CODE, 24),
        Column("title", "题名", "v.title", width=30),
        Column("state", "状态", "v.state", Shows.CODE, 8, words=VOLUME_STATE_NAMES),
        Column("year", "年度", "CAST(v.year AS TEXT)", Shows.CODE, 6),
        Column("class", "门类", "c.name", width=13),
        Column("years", "保管期限", RETENTION_SQL.format(years="v.years"), Shows.CODE, 8),
        Column("papers", "件数", "(SELECT count(*) FROM filing f WHERE f.volume_id = v.id)", Shows.COUNT, 6, total=True),
        Column("pages", "页数", "(SELECT coalesce(sum(f.pages), 0) FROM filing f WHERE f.volume_id = v.id)", Shows.COUNT, 6, total=True),
        Column("responsible", "责任者", "v.responsible", width=13),
        Column("shelf", "存放位置", "v.shelf", Shows.CODE, 10),
        Column("borrower", "借阅人", "l.borrower", width=8),
        Column("held_for", "未了结事项", "v.held_for", width=14),
        Column("bound_on", "成卷日期", "v.bound_on", Shows.DAY, 11),
    ),
)  # fmt: skip
"""The volumes, the latest code first."""
