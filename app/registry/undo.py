"""Undoing a run of people, accounts or a list: what it brought goes, what it changed is as before, or what stands in the way is said."""

from app.intake.before import put_back
from models.store.opening import Store

# (what blocks, SQL that counts it for run ?1)
_PEOPLE_BLOCKERS = (
    ("{} 个账号", "SELECT count(*) FROM account a JOIN person p ON p.id = a.person_id WHERE p.run_id = ?1"),
    (
        "{} 条享受资格",
        "SELECT count(*) FROM enrolment e JOIN person p ON p.id = e.person_id WHERE p.run_id = ?1",
    ),
    (
        "{} 笔发放明细",
        "SELECT count(*) FROM payment m JOIN person p ON p.id = m.person_id WHERE p.run_id = ?1",
    ),
    (
        "{} 位收款人",
        "SELECT count(*) FROM payment m JOIN person p ON p.id = m.payee_id WHERE p.run_id = ?1 AND m.payee_id <> m.person_id",
    ),
    (
        "{} 条名单比对",
        "SELECT count(*) FROM comparison_hit h JOIN person p ON p.id = h.person_id"
        " JOIN comparison_entry e ON e.id = h.entry_id WHERE p.run_id = ?1 AND e.run_id > ?1",
    ),
    (
        "{} 位后来加入这些户的人员",
        "SELECT count(*) FROM person p JOIN household h ON h.id = p.household_id"
        " WHERE h.run_id = ?1 AND coalesce(p.run_id, 0) <> ?1"
        " AND NOT EXISTS (SELECT 1 FROM import_before b WHERE b.run_id = ?1 AND b.table_name = 'person' AND b.row_id = p.id)",
    ),
)
_LIVED_WITH = (
    (
        "{} 次户变动",
        "SELECT count(*) FROM household_event v WHERE EXISTS (SELECT 1 FROM household h WHERE h.run_id = ?1 AND h.id IN"
        " (v.household_id, v.other_id)) OR v.after_run >= ?1 AND (EXISTS (SELECT 1 FROM json_each(v.body, '$.person') j"
        " JOIN import_before b ON b.run_id = ?1 AND b.table_name = 'person' AND b.row_id = CAST(j.key AS INTEGER))"
        " OR EXISTS (SELECT 1 FROM json_each(v.body, '$.household') j JOIN import_before b ON b.run_id = ?1"
        " AND b.table_name = 'household' AND b.row_id = CAST(j.key AS INTEGER))"
        " OR EXISTS (SELECT 1 FROM json_each(v.body, '$.person') j JOIN person p ON p.id = CAST(j.key AS INTEGER)"
        " WHERE p.run_id = ?1))",
    ),
    (
        "{} 次人员合并",
        "SELECT count(*) FROM person_merge m WHERE EXISTS (SELECT 1 FROM person p WHERE p.run_id = ?1 AND p.id IN"
        " (m.kept_id, m.merged_id))",
    ),
    (
        "{} 条以前的发放",
        "SELECT count(*) FROM past_payment m JOIN person p ON p.id = m.person_id WHERE p.run_id = ?1",
    ),
    (
        "{} 份归档文件",
        "SELECT count(*) FROM filing f WHERE EXISTS (SELECT 1 FROM person p WHERE p.run_id = ?1 AND p.id = f.person_id)"
        " OR EXISTS (SELECT 1 FROM household h WHERE h.run_id = ?1 AND h.id = f.household_id)",
    ),
    (
        "{} 条生存认证或暂停",
        "SELECT (SELECT count(*) FROM survival_certificate c JOIN person p ON p.id = c.person_id WHERE p.run_id = ?1)"
        " + (SELECT count(*) FROM suspension s JOIN person p ON p.id = s.person_id WHERE p.run_id = ?1)",
    ),
)
_LIST_BLOCKERS = (
    (
        "{} 条已核实的比对命中",
        "SELECT count(*) FROM comparison_hit h JOIN comparison_entry e ON e.id = h.entry_id WHERE e.run_id = ?1"
        " AND h.state <> 'open'",
    ),
)
_ACCOUNT_BLOCKERS = (
    (
        "{} 笔用到这些账号、已经提交的发放明细",
        "SELECT count(*) FROM payment m JOIN batch b ON b.id = m.batch_id AND b.state NOT IN ('draft', 'rejected', 'cancelled')"
        " JOIN account a ON a.person_id = m.payee_id AND a.number = m.account_number WHERE a.run_id = ?1",
    ),
)
_LATER_CHANGES = (
    "{} 处后来的导入又改过",
    "SELECT count(*) FROM import_before later JOIN import_run r ON r.id = later.run_id AND r.state = 'done'"
    " JOIN {table} t ON t.id = later.row_id WHERE later.table_name = '{table}' AND later.run_id > ?1"
    " AND (t.run_id = ?1 OR EXISTS (SELECT 1 FROM import_before mine WHERE mine.run_id = ?1"
    " AND mine.table_name = later.table_name AND mine.row_id = later.row_id))",
)

_TABLES = {"people": ("person", "household"), "accounts": ("account",), "list": ()}
_BLOCKERS = {
    "people": (*_PEOPLE_BLOCKERS, *_LIVED_WITH),
    "accounts": _ACCOUNT_BLOCKERS,
    "list": _LIST_BLOCKERS,
}


def blockers(store: Store, run_id: int, kind: str) -> list[str]:
    """What stands on the run's rows, each as words with its number; empty when the run can be undone."""
    words, sql = _LATER_CHANGES
    checks = [*_BLOCKERS[kind], *((words, sql.replace("{table}", table)) for table in _TABLES[kind])]
    found = [(text, int(store.value(query, (run_id,)))) for text, query in checks]
    return [text.format(count) for text, count in found if count]


def take_back(store: Store, run_id: int, kind: str) -> None:
    """Remove what the run brought and put back what it changed, inside `writing`."""
    if kind == "list":
        store.execute(
            "DELETE FROM comparison_hit WHERE entry_id IN (SELECT id FROM comparison_entry WHERE run_id = ?)",
            (run_id,),
        )
        store.execute("DELETE FROM comparison_entry WHERE run_id = ?", (run_id,))
        return
    if kind == "people":
        store.execute("DELETE FROM guardian WHERE run_id = ?", (run_id,))
        store.execute(
            "DELETE FROM comparison_hit WHERE person_id IN (SELECT id FROM person WHERE run_id = ?)",
            (run_id,),
        )
        store.execute(
            "UPDATE household SET head_id = NULL WHERE head_id IN (SELECT id FROM person WHERE run_id = ?)",
            (run_id,),
        )
        put_back(store, run_id, "person")
        put_back(store, run_id, "household")
        store.execute("DELETE FROM person WHERE run_id = ?", (run_id,))
        store.execute("DELETE FROM household WHERE run_id = ?", (run_id,))
    else:
        store.execute("DELETE FROM account WHERE run_id = ?", (run_id,))
        put_back(store, run_id, "account")
    store.execute("DELETE FROM import_before WHERE run_id = ?", (run_id,))
