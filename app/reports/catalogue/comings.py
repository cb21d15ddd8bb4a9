"""新增与减少人员表: who is in a batch's period and was not in the one before, who is gone, whose amount changed."""

from typing import Final

from app.batches.steps import load_batch
from app.programs.queries import policy_of, program_of
from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SUBTOTAL, Difference, Group, Row, SheetModel, filled
from app.workbook.table_columns import Column
from models.domain.period import Period, period_text, previous_period
from models.domain.refusal import Refusal


class NoPeriodBefore(Refusal):
    """A batch that nothing came before."""

    form = "批次 {number} 是{why}，没有上期可以比较。请选按年、按季或按月发放的正常批次。"


COLUMNS: Final = (
    looks.SERIAL, looks.VILLAGE, looks.GROUP, looks.named(looks.NAME, "享受人"), looks.ID_NUMBER,
    looks.named(looks.NAME, "收款人"), looks.money("上期金额", 13), looks.money("本期金额", 13), looks.money("增减", 13),
    Column("原因", width=26),
)  # fmt: skip
_DERIVED: Final = {"增减": Difference(("本期金额",), ("上期金额",))}

# both periods' live payments of the program, the old books beside ours; all batches of a period together
_BOTH: Final = """
    WITH listed (side, key, village_id, group_text, name, id_number, payee_name, owed_fen, person_id) AS (
      SELECT CASE p.period WHEN ?2 THEN 1 ELSE 0 END, p.{key}, p.village_id, p.group_text, p.name, p.id_number, p.payee_name,
             p.owed_fen, p.person_id
        FROM payment p JOIN batch b ON b.id = p.batch_id
       WHERE p.program_id = ?1 AND p.period IN (?2, ?3) AND p.target = ?4 AND p.source_id IS NULL AND b.state <> 'cancelled'
         AND p.bucket NOT IN ('stopped', 'closed_unpaid')
      UNION ALL
      SELECT 0, m.{key}, m.village_id, '', m.name, m.id_number, m.payee_name, m.owed_fen, m.person_id
        FROM past_payment m WHERE m.program_id = ?1 AND m.period = ?3 AND m.target = ?4 AND m.outcome = 'paid')
    SELECT CASE WHEN q.key IS NULL THEN 0 WHEN p.key IS NULL THEN 1 ELSE 2 END AS kind, v.name,
           coalesce(p.group_text, q.group_text), coalesce(p.name, q.name), coalesce(p.id_number, q.id_number),
           coalesce(p.payee_name, q.payee_name), coalesce(q.owed_fen, 0), coalesce(p.owed_fen, 0),
           x.is_dead, coalesce(x.died_on, ''), coalesce((SELECT e.stop_reason FROM enrolment e WHERE e.program_id = ?1
             AND e.{key} = k.key AND e.stop_reason <> '' ORDER BY e.id DESC LIMIT 1), '')
      FROM (SELECT DISTINCT key FROM listed) k LEFT JOIN listed p ON p.key = k.key AND p.side = 1
      LEFT JOIN listed q ON q.key = k.key AND q.side = 0 JOIN village v ON v.id = coalesce(p.village_id, q.village_id)
      JOIN person x ON x.id = coalesce(p.person_id, q.person_id)
     WHERE p.key IS NULL OR q.key IS NULL OR p.owed_fen <> q.owed_fen ORDER BY kind, v.id, 3, k.key"""


def _comings(asked: Asked) -> list[SheetModel]:
    store = asked.store
    batch = load_batch(store, asked["batch"])
    policy = policy_of(store, batch.policy_id).policy
    if batch.is_reissue or policy.frequency == "once":
        raise NoPeriodBefore(number=batch.number, why="补发批次" if batch.is_reissue else "一次性补贴的批次")
    before = previous_period(batch.period)
    groups: dict[int, list[Row]] = {0: [], 1: [], 2: []}
    key = "person_id" if policy.target == "person" else "household_id"
    for kind, *cells, is_dead, died_on, stop_reason in store.rows(
        _BOTH.format(key=key), (batch.program_id, batch.period, before, policy.target)
    ):
        rows = groups[kind]
        why = _why(kind, is_dead=bool(is_dead), died_on=died_on, stop_reason=stop_reason)
        rows.append(filled(COLUMNS, _DERIVED, [len(rows) + 1, *cells, 0, why]))
    name = program_of(store, batch.program_id).name
    return [
        SheetModel(
            name="新增与减少人员表",
            title=f"{asked.township}{name}新增与减少人员表（{period_text(batch.period)}）",
            columns=COLUMNS,
            groups=[
                Group(rows, f"{title}（{len(rows)} 人）" if policy.target == "person" else f"{title}（{len(rows)} 户）", SUBTOTAL)
                for rows, title in zip(groups.values(), ("一、新增", "二、减少", "三、金额变动"), strict=True)
                if rows
            ],
            preface=[_compared(batch.period, before, groups)],
            left=asked.office,
            derived=_DERIVED,
            signatures=looks.FOUR_SIGNATURES,
            made=asked.made,
            page_sums=True,
            frozen_columns=2,
        )
    ]  # fmt: skip


def _compared(period: Period, before: Period, groups: dict[int, list[Row]]) -> str:
    return (
        f"{period_text(period)}与{period_text(before)}相比：新增 {len(groups[0])}，减少 {len(groups[1])}，"
        f"金额变动 {len(groups[2])}。"
    )


def _why(kind: int, *, is_dead: bool, died_on: str, stop_reason: str) -> str:
    """Why somebody is gone, as far as the office knows."""
    if kind != 1:
        return ""
    if is_dead:
        return f"{died_on or '日期不详'} 死亡"
    return stop_reason or "本期没有享受资格"


COMINGS: Final = Report(
    name="changes",
    title="新增与减少人员表",
    about="一个批次的期间与上期相比，新增了谁、减少了谁、谁的金额变了。",
    parameters=(parameters.BATCH_OF_PERIODS,),
    sheets=_comings,
    columns=COLUMNS,
    grouping="新增、减少、金额变动",
)
