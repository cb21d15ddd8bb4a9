"""Disposal on the screen: the volumes by the day they are due, and the lists made."""

from typing import Final

from app.archive.shelves.listings import RETENTION_SQL
from app.pages import Column, Join, Listing, Shows
from models.domain.flows.disposal_flow import DISPOSAL_KIND_NAMES, DISPOSAL_STATE_NAMES

DUE: Final = Listing(
    name="due_volumes",
    title="到期鉴定",
    source="volume v",
    id="v.id",
    where="v.state = 'bound'",
    order="v.years IS NULL, v.year + v.years, v.code",
    joins=(
        Join("c", "JOIN archive_class c ON c.code = v.class_code"),
        Join("l", "LEFT JOIN loan l ON l.volume_id = v.id AND l.returned_on IS NULL"),
    ),
    columns=(
        Column("code", "档号", "v.code", Shows.CODE, 24),
        Column("title", "题名", "v.title", width=32),
        Column("since", "可销毁日期", "CASE WHEN v.years IS NULL THEN '' ELSE printf('%04d-01-01', v.year + v.years + 1) END", Shows.DAY, 11),
        Column("years", "保管期限", RETENTION_SQL.format(years="v.years"), Shows.CODE, 9),
        Column("year", "年度", "CAST(v.year AS TEXT)", Shows.CODE, 6),
        Column("class", "门类", "c.name", width=14),
        Column("held_for", "未了结事项", "v.held_for", width=16),
        Column("borrower", "借阅人", "l.borrower", width=8),
    ),
)  # fmt: skip
"""Bound volumes, the first to fall due first."""

DISPOSALS: Final = Listing(
    name="disposals",
    title="销毁和移交清册",
    source="disposal d",
    id="d.id",
    order="d.id DESC",
    joins=(Join("o", "JOIN operator o ON o.id = d.operator_id"),),
    columns=(
        Column("number", "编号", "d.number", Shows.CODE, 13),
        Column("kind", "种类", "d.kind", Shows.CODE, 7, words=DISPOSAL_KIND_NAMES),
        Column("state", "状态", "d.state", Shows.CODE, 9, words=DISPOSAL_STATE_NAMES),
        Column("volumes", "案卷", "(SELECT count(*) FROM disposal_volume x WHERE x.disposal_id = d.id)", Shows.COUNT, 6, total=True),
        Column("reason", "依据", "d.reason", width=24),
        Column("taker", "接收方", "d.taker", width=14),
        Column("made_on", "编制日期", "d.made_on", Shows.DAY, 11),
        Column("operator", "编制人", "o.name", width=8),
        Column("witnesses", "监督人",
               "(SELECT group_concat(n.name, '、') FROM disposal_witness w JOIN operator n ON n.id = w.operator_id"
               " WHERE w.disposal_id = d.id)", width=14),
        Column("done_on", "执行日期", "d.done_on", Shows.DAY, 11),
    ),
)  # fmt: skip
"""Lists of volumes to destroy or to hand over, the latest first."""
