"""Programs on the screen."""

from datetime import date

from app.pages import Column, Listing, Shows
from models.domain.policy import FAMILY_NAMES, FREQUENCY_NAMES


def programs_on(day: date) -> Listing:
    """All programs with the policy in force on a day; those that have a policy first."""
    today = day.isoformat()
    now = (
        "(SELECT y.{0} FROM policy y WHERE y.program_id = g.id AND y.valid_from <= '" + today + "'"
        " AND (y.valid_to IS NULL OR y.valid_to >= '" + today + "') ORDER BY y.valid_from DESC LIMIT 1)"
    )
    has = "EXISTS (SELECT 1 FROM policy y WHERE y.program_id = g.id)"
    return Listing(
        name="programs",
        title="补贴项目",
        source="program g",
        id="g.id",
        order=f"NOT {has}, g.code",
        columns=(
            Column("name", "名称", "g.name", width=24),
            Column("code", "编码", "g.code", Shows.CODE, 13),
            Column("policy", "政策",
                   f"CASE WHEN {now.format('id')} IS NOT NULL THEN 'now' WHEN {has} THEN 'other' ELSE 'none' END",
                   Shows.CODE, 8, words={"now": "执行中", "other": "未执行", "none": "没有"}),
            Column("family", "算法", now.format("family"), Shows.CODE, 9, words=FAMILY_NAMES),
            Column("frequency", "频次", now.format("frequency"), Shows.CODE, 7, words=FREQUENCY_NAMES),
            Column("document", "现行文号", now.format("document"), Shows.CODE, 18),
            Column("department", "主管部门", "g.department", width=10),
            Column("short", "银行摘要", "g.bank_short_name", width=12),
            Column("level", "资金级次", "g.level", Shows.CODE, 8, hidden=True),
            Column("through_card", "一卡通", "g.through_card", Shows.CODE, 7, words={"1": "是", "0": "否"}),
            Column("is_local", "地方项目", "g.is_local", Shows.CODE, 9, words={"1": "是", "0": "否"}, hidden=True),
            Column("versions", "版数", "(SELECT count(*) FROM policy y WHERE y.program_id = g.id)", Shows.COUNT, 6),
        ),
    )  # fmt: skip
