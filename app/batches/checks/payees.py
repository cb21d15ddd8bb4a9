"""Checks of who is paid, and into which account: IDs, twice, payees, accounts."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.batches.checks.scope import LINE, LIVE, Scope, each_once, row_about, rows_about
from app.batches.computing import LEAF
from app.batches.sheet import CheckRow
from app.registry.merging import SAME
from models.domain.bankaccount import luhn_fails
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.idnumber import id_fault
from models.domain.masking import mask_account
from models.domain.matching import NEW_ACCOUNT_NEEDED


def bad_ids(scope: Scope) -> Iterator[CheckRow]:
    """Resident IDs, of beneficiary or payee, that the national standard refuses."""
    rows = scope.store.each(
        f"SELECT {LINE}, x.id_kind, p.payee_id_number, p.payee_name, coalesce(y.id_kind, '') FROM payment p"
        f" JOIN person x ON x.id = p.person_id LEFT JOIN person y ON y.id = p.payee_id WHERE {LIVE} ORDER BY p.line",
        (scope.batch.id,),
    )
    for row in rows:
        if row[4] == "resident" and id_fault(row[3]) is not None:
            yield row_about(row, "身份证号不符合国家标准的校验规则，请核对证件。")
        elif row[7] == "resident" and row[5] != row[3] and id_fault(row[5]) is not None:
            yield row_about(row, f"收款人 {row[6]} 的身份证号不符合国家标准的校验规则，请核对证件。")


def other_documents(scope: Scope) -> Iterator[CheckRow]:
    """People who stand in the registry by another document."""
    rows = scope.rows(
        f"SELECT {LINE} FROM payment p JOIN person x ON x.id = p.person_id WHERE {LIVE} AND x.id_kind = 'other' ORDER BY p.line"
    )
    return rows_about(rows, "登记的证件不是居民身份证，请核实证件和身份。")


def twice_in_batch(scope: Scope) -> list[CheckRow]:
    """A beneficiary who stands twice in the batch, also under a record merged into another."""
    rows = scope.rows(
        "SELECT id, line, name, id_number, first FROM (SELECT p.id, p.line, p.name, p.id_number,"
        f" min(p.line) OVER (PARTITION BY p.{scope.key}) AS first FROM payment p WHERE {LIVE}) WHERE line > first ORDER BY line"
    )
    merged = scope.rows(
        f"WITH {SAME} SELECT {LINE}, o.line FROM same JOIN payment p ON p.person_id = same.id JOIN payment o"
        f" ON o.person_id = same.other AND o.batch_id = p.batch_id AND o.bucket <> 'stopped' WHERE {LIVE} AND p.line > o.line"
        " ORDER BY p.line, o.line"
    )
    return each_once(
        [
            *rows_about(rows, "与本批次第 {0} 行是同一受益人（户）。"),
            *rows_about(merged, "与本批次第 {0} 行是同一个人（两条记录已合并）。"),
        ]
    )


def twice_in_period(scope: Scope) -> list[CheckRow]:
    """A beneficiary who is paid the same program and period elsewhere: another batch, a merged record, earlier books."""
    rows = scope.rows(
        f"SELECT {LINE}, b.number, o.line FROM payment p JOIN payment o ON o.{scope.key} = p.{scope.key}"
        " AND o.program_id = p.program_id AND o.period = p.period AND o.target = p.target AND o.batch_id <> p.batch_id"
        f" JOIN batch b ON b.id = o.batch_id WHERE {LIVE} AND p.bucket NOT IN {LEAF} AND o.bucket NOT IN {LEAF} ORDER BY p.line"
    )
    merged = scope.rows(
        f"WITH {SAME} SELECT {LINE}, b.number, o.line FROM same JOIN payment p ON p.person_id = same.id JOIN payment o"
        " ON o.person_id = same.other AND o.program_id = p.program_id AND o.period = p.period AND o.batch_id <> p.batch_id"
        f" JOIN batch b ON b.id = o.batch_id WHERE {LIVE} AND p.bucket NOT IN {LEAF} AND o.bucket NOT IN {LEAF} ORDER BY p.line"
    )
    past = scope.rows(
        f"SELECT {LINE}, o.run_id FROM payment p JOIN past_payment o ON o.{scope.key} = p.{scope.key}"
        " AND o.program_id = p.program_id AND o.period = p.period AND o.target = p.target AND o.outcome = 'paid'"
        f" WHERE {LIVE} AND p.source_id IS NULL ORDER BY p.line"
    )
    return each_once(
        [
            *rows_about(rows, "同一项目同一期间，批次 {0} 第 {1} 行已有这一笔。"),
            *rows_about(
                merged, "同一项目同一期间，批次 {0} 第 {1} 行已有同一个人的这一笔（两条记录已合并）。"
            ),
            *rows_about(past, "同一项目同一期间，以前的发放里已有这一笔（第 {0} 次导入）。"),
        ]
    )


def stopped_in_period(scope: Scope) -> Iterator[CheckRow]:
    """Who was stopped, or closed unpaid, in another batch of the same program and period: it may be so, not in silence."""
    rows = scope.rows(
        f"SELECT {LINE}, b.number, o.bucket, o.changed_on, o.reason FROM payment p JOIN payment o ON o.{scope.key} = p.{scope.key}"
        " AND o.program_id = p.program_id AND o.period = p.period AND o.target = p.target AND o.batch_id <> p.batch_id"
        f" AND o.source_id IS NULL JOIN batch b ON b.id = o.batch_id WHERE {LIVE} AND b.state <> 'cancelled'"
        " AND o.bucket IN ('stopped', 'closed_unpaid') ORDER BY p.line, o.id",
    )
    for row in rows:
        how = BUCKET_NAMES[Bucket(row[5])]
        yield row_about(row, f"批次 {row[4]} 在 {row[6]} 对 {row[2]} {how}：{row[7] or '没有写明原因'}。")


def payee_missing(scope: Scope) -> Iterator[CheckRow]:
    """Payments of households without a head."""
    rows = scope.rows(f"SELECT {LINE} FROM payment p WHERE {LIVE} AND p.payee_id IS NULL ORDER BY p.line")
    return rows_about(rows, "没有收款人（这一户没有登记户主）。")


def payee_unrelated(scope: Scope) -> Iterator[CheckRow]:
    """Payees who are neither beneficiary, head nor registered guardian or collector."""
    rows = scope.rows(
        f"SELECT {LINE}, p.payee_name FROM payment p JOIN household h ON h.id = p.household_id WHERE {LIVE}"
        " AND p.payee_id <> p.person_id AND p.payee_id IS NOT h.head_id AND p.payee_id_number <> p.head_id_number"
        " AND NOT EXISTS (SELECT 1 FROM guardian g WHERE g.person_id = p.person_id AND g.id_number = p.payee_id_number)"
        " ORDER BY p.line"
    )
    return rows_about(rows, "收款人 {0} 不是受益人、户主，也没有登记为监护人或代领人。")


def collects_many(scope: Scope) -> Iterator[CheckRow]:
    """Payees who collect for more people than the setting says."""
    rows = scope.rows(
        "WITH many AS MATERIALIZED (SELECT p.payee_id, count(DISTINCT p.person_id) AS people FROM payment p"
        f" WHERE {LIVE} AND p.payee_id <> p.person_id GROUP BY p.payee_id HAVING people > ?2)"
        f" SELECT {LINE}, p.payee_name, many.people FROM payment p JOIN many ON many.payee_id = p.payee_id"
        f" WHERE {LIVE} AND p.payee_id <> p.person_id ORDER BY p.line",
        scope.limits["check.collects_people"],
    )
    return rows_about(rows, "收款人 {0} 在本批次代 {1} 人领取。")


def account_missing(scope: Scope) -> Iterator[CheckRow]:
    """Payees without an account."""
    rows = scope.rows(
        f"SELECT {LINE}, p.payee_name FROM payment p WHERE {LIVE} AND p.account_number = '' AND p.payee_id IS NOT NULL"
        " ORDER BY p.line"
    )
    return rows_about(rows, "收款人 {0} 没有登记账号。")


def account_shared(scope: Scope) -> list[CheckRow]:
    """The number is another household's too, by the registry or by this batch."""
    registered = scope.rows(
        f"SELECT {LINE}, p.account_number, x.name FROM payment p JOIN person y ON y.id = p.payee_id"
        " JOIN account a ON a.number = p.account_number AND a.valid_to IS NULL AND a.person_id <> p.payee_id"
        f" JOIN person x ON x.id = a.person_id WHERE {LIVE} AND x.household_id <> y.household_id ORDER BY p.line, a.id"
    )
    here = scope.rows(
        "WITH shared AS MATERIALIZED (SELECT p.account_number, count(DISTINCT y.household_id) AS households FROM payment p"
        f" JOIN person y ON y.id = p.payee_id WHERE {LIVE} AND p.account_number <> '' GROUP BY p.account_number"
        " HAVING households > 1)"
        f" SELECT {LINE}, p.account_number, shared.households FROM payment p JOIN shared"
        f" ON shared.account_number = p.account_number WHERE {LIVE} ORDER BY p.line"
    )
    return each_once(
        [
            *(
                row_about(row, f"账号 {mask_account(row[4])} 也登记在另一户 {row[5]} 名下。")
                for row in registered
            ),
            *(row_about(row, f"账号 {mask_account(row[4])} 在本批次由 {row[5]} 户共用。") for row in here),
        ]
    )


def account_luhn(scope: Scope) -> Iterator[CheckRow]:
    """Cards whose check digit is wrong; a passbook 存折 has none."""
    rows = scope.store.each(
        f"SELECT {LINE}, p.account_number, coalesce(a.medium, '') FROM payment p LEFT JOIN account a ON a.person_id = p.payee_id"
        f" AND a.valid_to IS NULL AND a.number = p.account_number WHERE {LIVE} AND length(p.account_number) BETWEEN 16 AND 19"
        " ORDER BY p.line",
        (scope.batch.id,),
    )
    for row in rows:
        if luhn_fails(row[4]) and "折" not in row[5]:
            yield row_about(row, f"卡号 {mask_account(row[4])} 不符合银行卡校验规则，请核对。")


def account_changed(scope: Scope) -> Iterator[CheckRow]:
    """Counted back from the day the batch was made, so that the check says the same at submission and approval."""
    made = date.fromisoformat(scope.batch.created_on)
    since = made - timedelta(days=scope.limits["check.account_days"])
    rows = scope.rows(
        "WITH left_behind AS MATERIALIZED (SELECT person_id, count(*) AS times, max(valid_to) AS latest FROM account"
        " WHERE valid_to > ?2 GROUP BY person_id HAVING latest >= ?3 OR times > 1)"
        f" SELECT {LINE}, p.payee_name, c.latest, c.times FROM payment p JOIN left_behind c ON c.person_id = p.payee_id"
        f" WHERE {LIVE} ORDER BY p.line",
        (made - timedelta(days=365)).isoformat(),
        since.isoformat(),
    )
    return rows_about(rows, "收款人 {0} 最近一次换账号在 {1}，一年内换过 {2} 次。")


def account_failed_before(scope: Scope) -> Iterator[CheckRow]:
    """A reissue to the name and number that the bank refused for being what they are."""
    kinds = ", ".join(f"'{kind}'" for kind in NEW_ACCOUNT_NEEDED)
    rows = scope.rows(
        f"SELECT {LINE}, p.account_number, s.reason FROM payment p JOIN payment s ON s.id = p.source_id WHERE {LIVE}"
        " AND p.account_number = s.account_number AND p.account_holder = s.account_holder"
        f" AND s.reason_class IN ({kinds}) ORDER BY p.line"
    )
    for row in rows:
        yield row_about(
            row, f"上次因“{row[5]}”没有发成，户名和账号 {mask_account(row[4])} 没有换过，会再次失败。"
        )
