"""What the office keeps: 补贴政策清单 of a year, 基础数据台账 of a village."""

from itertools import groupby
from typing import Final

from app.programs.describing import publicity_text, standard_text
from app.programs.queries import policies_of, programs
from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import Group, Row, SheetModel
from app.workbook.table_columns import Column
from models.domain.policy import FAMILY_NAMES, FREQUENCY_NAMES, PAYEE_NAMES, TARGET_NAMES

POLICY_COLUMNS: Final = (
    looks.SERIAL, looks.DEPARTMENT, looks.CODE, looks.PROGRAM, looks.DOCUMENT, Column("对象", width=7, align="center"),
    Column("频次", width=7, align="center"), Column("计算方式", width=10, align="center"), Column("补贴标准", width=34),
    Column("收款人", width=8, align="center"), Column("执行起止", width=24, align="center"), Column("公示", width=24),
    Column("一卡通", width=7, align="center"),
)  # fmt: skip


def _policies(asked: Asked) -> list[SheetModel]:
    year = asked["year"]
    rows: list[Row] = []
    for program in sorted(programs(asked.store), key=lambda one: (one.department, one.code)):
        for stored in policies_of(asked.store, program.id):
            one = stored.policy
            if one.valid_from.year > int(year) or (
                one.valid_to is not None and one.valid_to.year < int(year)
            ):
                continue
            rows.append(
                [len(rows) + 1, program.department, program.code, program.name, one.document, TARGET_NAMES[one.target],
                 FREQUENCY_NAMES[one.frequency], FAMILY_NAMES[one.family], standard_text(one), PAYEE_NAMES[one.payee],
                 f"{one.valid_from} 至 {one.valid_to or '现行'}", publicity_text(one), "是" if program.through_card else "否"]
            )  # fmt: skip
    return [
        SheetModel(
            name="补贴政策清单",
            title=f"{asked.township}惠民惠农补贴政策清单（{year}年）",
            columns=POLICY_COLUMNS,
            groups=[Group(rows)],
            left=asked.office,
            right=f"共 {len({row[2] for row in rows})} 个项目",
            total_label="",
            signatures=("单位负责人：", "制表："),
            made=asked.made,
            frozen_columns=4,
        )
    ]


POLICIES: Final = Report(
    name="policies",
    title="补贴政策清单",
    about="一个年度执行的每项补贴：文号、对象、标准、频次、起止、公示办法。",
    parameters=(parameters.YEAR,),
    sheets=_policies,
    columns=POLICY_COLUMNS,
    grouping="按主管部门排列",
)


# -- the registry --------------------------------------------------------------------------------------------------------

REGISTRY_COLUMNS: Final = (
    looks.SERIAL, Column("户编号", width=19, align="center", wrap=False), looks.GROUP, looks.named(looks.NAME, "户主"),
    looks.NAME, looks.ID_NUMBER, Column("与户主关系", width=11, align="center"), Column("性别", width=6, align="center"),
    looks.named(looks.DAY, "出生日期"), looks.PHONE, looks.ACCOUNT, looks.BANK, Column("享受的补贴", width=24), looks.REMARK,
)  # fmt: skip

_REGISTRY: Final = """
    SELECT v.name, coalesce(h.number, ''), h.group_text, coalesce(d.name, ''), p.name, p.id_number, p.relation, p.sex,
           coalesce(p.birth, ''), p.phone, coalesce(a.number, ''), coalesce(a.bank, ''),
           coalesce((SELECT group_concat(name, '、') FROM (SELECT DISTINCT g.bank_short_name AS name FROM enrolment e
             JOIN program g ON g.id = e.program_id WHERE e.person_id = p.id AND e.state = 'active' ORDER BY g.code)), ''),
           CASE p.is_dead WHEN 1 THEN '已故' || coalesce(' ' || p.died_on, '') ELSE p.remark END
      FROM person p JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id
      LEFT JOIN person d ON d.id = h.head_id LEFT JOIN account a ON a.person_id = p.id AND a.valid_to IS NULL
     WHERE p.merged_into IS NULL AND h.ended_on IS NULL AND (?1 = '' OR v.name = ?1)
     ORDER BY v.id, h.group_number, h.id, p.id <> h.head_id, p.id"""


def _registry(asked: Asked) -> list[SheetModel]:
    sheets = []
    for village, part in groupby(
        asked.store.each(_REGISTRY, (asked["village"],)), key=lambda row: str(row[0])
    ):
        rows: list[Row] = [[number, *row[1:]] for number, row in enumerate(part, 1)]
        households = len({(row[1], row[3]) for row in rows})
        sheets.append(
            SheetModel(
                name=village,
                title=f"{asked.township}{village}惠民惠农补贴基础数据台账",
                columns=REGISTRY_COLUMNS,
                groups=[Group(rows)],
                left=f"{asked.office}　截至 {asked.today}",
                right=f"共 {households:,} 户 {len(rows):,} 人",
                total_label="",
                signatures=("村（社区）负责人：", "审核：", "制表："),
                made=asked.made,
                frozen_columns=5,
            )
        )
    return sheets


REGISTRY: Final = Report(
    name="registry",
    title="基础数据台账",
    about="一个村（或全部村，一村一张）的户、人、账户和享受的补贴。",
    parameters=(parameters.VILLAGE.optional,),
    sheets=_registry,
    columns=REGISTRY_COLUMNS,
    grouping="一村一张，按户排列",
)
