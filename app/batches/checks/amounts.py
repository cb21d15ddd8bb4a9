"""Checks of the amounts: over a household’s cap, far above the usual, equal for a whole village."""

from collections.abc import Iterator
from typing import Final

from app.batches.checks.scope import LINE, LIVE, Scope, row_about
from app.batches.computing import received_in_year
from app.batches.sheet import CheckRow
from models.domain.money import Fen, yuan_text

_FEWEST_FOR_USUAL: Final = 10


def over_cap(scope: Scope) -> Iterator[CheckRow]:
    """Households that get more in a year than the policy allows one."""
    cap = scope.stored.policy.cap_per_household
    if cap is None:
        return
    received = received_in_year(scope.store, scope.batch.program_id, scope.batch.period, scope.batch.id)
    here: dict[int, int] = dict(
        scope.rows(
            f"SELECT p.household_id, sum(p.owed_fen) FROM payment p WHERE {LIVE} GROUP BY p.household_id"
        )
    )
    for row in scope.rows(f"SELECT {LINE}, p.household_id FROM payment p WHERE {LIVE} ORDER BY p.line"):
        whole = here[row[4]] + received.get(row[4], 0)
        if whole > cap:
            over = yuan_text(Fen(whole - cap))
            yield row_about(
                row,
                f"该户本年合计 {yuan_text(Fen(whole))} 元，超过每户上限 {yuan_text(cap)} 元，多 {over} 元。",
            )


def unusual(scope: Scope) -> Iterator[CheckRow]:
    """Amounts many times the batch’s median 金额明显偏高; a small batch has no usual amount."""
    count = scope.live[0]
    if count < _FEWEST_FOR_USUAL:
        return
    usual = scope.rows(
        f"SELECT p.owed_fen FROM payment p WHERE {LIVE} ORDER BY p.owed_fen LIMIT 1 OFFSET ?2", count // 2
    )[0][0]
    times = scope.limits["check.usual_times"]
    for row in scope.rows(
        f"SELECT {LINE}, p.owed_fen FROM payment p WHERE {LIVE} AND p.owed_fen > ?2 ORDER BY p.line",
        usual * times,
    ):
        yield row_about(row, f"{yuan_text(row[4])} 元，超过本批次中位数 {yuan_text(usual)} 元的 {times} 倍。")


def equal_amounts(scope: Scope) -> Iterator[CheckRow]:
    """In a means-tested program every household's income differs; a village where all get the same was not tested."""
    if scope.stored.policy.family != "top_up":
        return
    rows = scope.rows(
        "SELECT v.name, count(*) AS households, min(p.owed_fen) FROM payment p JOIN village v ON v.id = p.village_id"
        f" WHERE {LIVE} GROUP BY p.village_id HAVING households >= ?2 AND min(p.owed_fen) = max(p.owed_fen) ORDER BY p.village_id",
        scope.limits["check.equal_people"],
    )
    for village, households, fen in rows:
        sentence = f"{village} {households} 户的金额都是 {yuan_text(fen)} 元，请核实是否逐户核算。"
        yield CheckRow(None, 0, village, "", sentence)
