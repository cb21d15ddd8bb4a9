"""What became of the money that batches approved in some months owed: the figures behind 发放汇总表 and its totals.

A payment that failed and was paid again is looked at where its chain of reissues ends (补发 carries the same money), so every
fen that was owed is counted once: 应发 = 实发 + 待处理 + 在途 + 关闭未付 + 追回. What was stopped 停发 is beside it, not in it.
户次 and 人次 count a household or person once a batch, as the monthly return does.
"""

from typing import Final

from app.reports.catalogue import looks
from app.reports.sheet_model import Row
from models.store.opening import Store

FIGURE_COLUMNS: Final = (
    looks.count("户次", 8, group="应发"),
    looks.count("人次", 8, group="应发"),
    looks.count("笔数", 8, group="应发"),
    looks.money("应发金额", group="应发"),
    looks.count("实发笔数", 8, group="实发"),
    looks.money("实发金额", group="实发"),
    looks.money("其中补发", 13, group="实发"),
    looks.count("待处理笔数", 8, group="失败与退票待处理"),
    looks.money("待处理金额", 13, group="失败与退票待处理"),
    looks.money("在途金额"),
    looks.money("关闭未付", 12),
    looks.money("追回", 12),
    looks.count("停发笔数", 8, group="停发（不在应发内）"),
    looks.money("停发金额", 12, group="停发（不在应发内）"),
)  # fmt: skip

_LIVE: Final = "r.bucket <> 'stopped'"
_OPEN: Final = "f.bucket IN ('failed', 'returned')"
# a household or a person of one batch as one number
_HOUSEHOLD: Final = "r.batch_id * 10000000000 + r.household_id"
_PERSON: Final = "r.batch_id * 10000000000 + r.person_id"
_FIGURES: Final = f"""
    count(DISTINCT {_HOUSEHOLD}) FILTER (WHERE {_LIVE}), count(DISTINCT {_PERSON}) FILTER (WHERE {_LIVE}),
    count(*) FILTER (WHERE {_LIVE}), coalesce(sum(r.owed_fen) FILTER (WHERE {_LIVE}), 0),
    count(*) FILTER (WHERE f.bucket = 'paid'), coalesce(sum(f.owed_fen - f.recovered_fen) FILTER (WHERE f.bucket = 'paid'), 0),
    coalesce(sum(f.owed_fen - f.recovered_fen) FILTER (WHERE f.bucket = 'paid' AND f.id <> r.id), 0),
    count(*) FILTER (WHERE {_OPEN}), coalesce(sum(f.owed_fen) FILTER (WHERE {_OPEN}), 0),
    coalesce(sum(f.owed_fen) FILTER (WHERE f.bucket IN ('pending', 'in_flight')), 0),
    coalesce(sum(f.owed_fen) FILTER (WHERE f.bucket = 'closed_unpaid'), 0),
    coalesce(sum(f.recovered_fen), 0),
    count(*) FILTER (WHERE r.bucket = 'stopped'), coalesce(sum(r.owed_fen) FILTER (WHERE r.bucket = 'stopped'), 0)"""
# the first payments, each with the last of its chain; one that stands in 'reissued' always has a live successor
_CHAINS: Final = """
    WITH RECURSIVE chain (root, id, bucket) AS (
      SELECT p.id, p.id, p.bucket FROM batch b JOIN payment p ON p.batch_id = b.id
       WHERE b.kind = 'regular' AND b.state <> 'cancelled' AND substr(b.approved_on, 1, 7) BETWEEN ?1 AND ?2
         AND (?3 = '' OR b.program_id = (SELECT id FROM program WHERE code = ?3))
         AND (?4 = '' OR p.village_id = (SELECT id FROM village WHERE name = ?4))
      UNION ALL
      SELECT c.root, s.id, s.bucket FROM chain c JOIN payment s ON s.source_id = c.id AND s.bucket <> 'stopped'
       WHERE c.bucket = 'reissued')
    SELECT {keys}, {figures}
      FROM chain c JOIN payment r ON r.id = c.root JOIN payment f ON f.id = c.id
      JOIN program g ON g.id = r.program_id JOIN village v ON v.id = r.village_id
     WHERE c.bucket <> 'reissued' GROUP BY {keys} ORDER BY {order}"""


def outcomes(
    store: Store, first: str, last: str, *, keys: str, order: str, program: str = "", village: str = ""
) -> list[Row]:
    """Rows of `keys` (columns of r, f, program g, village v) and the figures of FIGURE_COLUMNS after them.

    Of the regular batches approved in the months `first` to `last`, of one program (code) or village (name) where given.
    """
    sql = _CHAINS.format(keys=keys, figures=_FIGURES, order=order)
    return list(store.rows(sql, (first, last, program, village)))


def sums(store: Store, first: str, last: str, *, keys: str, figure: str) -> list[tuple[int, ...]]:
    """Rows of `keys` (ids) and one sum: 'owed' (应发) or 'paid' (实发), for tables that cross two keys."""
    sql = {
        "owed": f"coalesce(sum(r.owed_fen) FILTER (WHERE {_LIVE}), 0)",
        "paid": "coalesce(sum(f.owed_fen - f.recovered_fen) FILTER (WHERE f.bucket = 'paid'), 0)",
    }[figure]
    return store.rows(_CHAINS.format(keys=keys, figures=sql, order=keys), (first, last, "", ""))
