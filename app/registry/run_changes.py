"""What a run changed, field by field 逐项变动: the values kept before it beside those it left behind."""

import json
from collections.abc import Mapping
from typing import Final

from models.domain.masking import mask_account, mask_id, mask_phone
from models.store.opening import Store

FIELD_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "name": "姓名",
        "household_id": "所在户",
        "relation": "与户主关系",
        "sex": "性别",
        "birth": "出生日期",
        "phone": "联系电话",
        "remark": "备注",
        "is_dead": "是否死亡",
        "died_on": "死亡日期",
    },
    "household": {"village_id": "村（社区）", "group_text": "村民小组", "head_id": "户主"},
    "account": {
        "number": "账号",
        "holder": "户名",
        "bank": "开户银行",
        "medium": "介质",
        "valid_to": "账号",
    },
}
"""The fields that are shown, by table; keys and what follows from another field are left out."""

_OWNER: Final = {
    "person": "SELECT id_number, name FROM person WHERE id = ?",
    "household": "SELECT coalesce(p.id_number, h.number, ''), coalesce(p.name, h.number, '') FROM household h"
    " LEFT JOIN person p ON p.id = h.head_id WHERE h.id = ?",
    "account": "SELECT p.id_number, p.name FROM account a JOIN person p ON p.id = a.person_id WHERE a.id = ?",
}
_SHOWN_AS: Final = {
    "household_id": "SELECT coalesce(number, '第 ' || id || ' 户') FROM household WHERE id = ?",
    "village_id": "SELECT name FROM village WHERE id = ?",
    "head_id": "SELECT name FROM person WHERE id = ?",
}


def changes_of_run(store: Store, run_id: int) -> list[dict[str, object]]:
    """What a run of people or accounts changed: `{id, name, field, field_name, old, new}`, in the order of the rows.

    `id` is the person's ID (of a household its head's, else its number), whole: masking belongs to the output (`masked`).
    New rows are no change, an empty cell never is one. What later runs and household events changed again does not blur
    what this run left. For a dry run ask inside `trying`.
    """
    kept = store.rows(
        "SELECT id, table_name, row_id, body FROM import_before WHERE run_id = ? AND table_name IN ('person', 'household',"
        " 'account') ORDER BY table_name DESC, row_id, id",
        (run_id,),
    )
    before: dict[tuple[str, int], dict[str, object]] = {}
    for _, table, row_id, body in kept:
        # the first value kept of a field is the one before the run
        old = before.setdefault((table, row_id), {})
        for name, value in json.loads(body).items():
            old.setdefault(name, value)
    later = _Later(store, run_id)
    found = []
    for (table, row_id), old in before.items():
        owner: tuple[str, str] | None = None
        for name, field_name in FIELD_NAMES[table].items():
            if name not in old:
                continue
            new = later.value(table, row_id, name)
            if new == old[name]:
                continue
            owner = owner or store.rows(_OWNER[table], (row_id,))[0]
            if name == "valid_to":  # another number took its place: that is what changed
                found.append(_other_number(store, run_id, row_id, owner))
                continue
            found.append(
                {
                    "id": owner[0],
                    "name": owner[1],
                    "field": name,
                    "field_name": field_name,
                    "old": _shown(store, name, old[name]),
                    "new": _shown(store, name, new),
                }
            )
    return found


def _other_number(store: Store, run_id: int, account_id: int, owner: tuple[str, str]) -> dict[str, object]:
    old, new = store.rows(
        "SELECT a.number, (SELECT n.number FROM account n WHERE n.person_id = a.person_id AND n.run_id = ?) FROM account a"
        " WHERE a.id = ?",
        (run_id, account_id),
    )[0]
    return {
        "id": owner[0], "name": owner[1], "field": "number", "field_name": FIELD_NAMES["account"]["number"], "old": old, "new": new,
    }  # fmt: skip


class _Later:
    """The values that a run left: what the next run or event found, else what stands now."""

    def __init__(self, store: Store, run_id: int) -> None:
        self._store = store
        self._run_id = run_id
        is_last = not store.value(
            "SELECT 1 FROM import_before WHERE run_id > ?1 UNION ALL SELECT 1 FROM household_event WHERE after_run >= ?1 LIMIT 1",
            (run_id,),
        )
        self._kept: dict[tuple[str, int, str], object] = {}
        self._here: tuple[tuple[str, int], Mapping[str, object]] = (("", 0), {})
        if not is_last:
            self._load()

    def _load(self) -> None:
        """The earliest value kept after the run, field by field; a run stands before the events that came after it."""
        found: list[tuple[int, int, int, str, int, str, object]] = []
        for own, run, table, row_id, body in self._store.each(
            "SELECT l.id, l.run_id, l.table_name, l.row_id, l.body FROM import_before l WHERE l.run_id > ?1 AND EXISTS"
            " (SELECT 1 FROM import_before b WHERE b.run_id = ?1 AND b.table_name = l.table_name AND b.row_id = l.row_id)",
            (self._run_id,),
        ):
            found += [(run, 0, own, table, row_id, name, was) for name, was in json.loads(body).items()]
        for own, run, body in self._store.each(
            "SELECT id, after_run, body FROM household_event WHERE after_run >= ?", (self._run_id,)
        ):
            found += [
                (run, 1, own, table, int(row_id), name, was[0])
                for table, rows in json.loads(body).items()
                for row_id, columns in rows.items()
                for name, was in columns.items()
            ]
        for *_, table, row_id, name, was in sorted(found, key=lambda one: one[:3]):
            self._kept.setdefault((table, row_id, name), was)

    def value(self, table: str, row_id: int, name: str) -> object:
        """The value that the run left in a field."""
        if (table, row_id, name) in self._kept:
            return self._kept[table, row_id, name]
        if self._here[0] != (table, row_id):
            names = FIELD_NAMES[table]
            row = self._store.rows(f"SELECT {', '.join(names)} FROM {table} WHERE id = ?", (row_id,))[0]
            self._here = ((table, row_id), dict(zip(names, row, strict=True)))
        return self._here[1][name]


def _shown(store: Store, name: str, value: object) -> object:
    """A key as what it stands for; everything else as it is."""
    if value is None or name not in _SHOWN_AS:
        return ("是" if value else "否") if name == "is_dead" else value
    return store.value(_SHOWN_AS[name], (value,))


def masked(change: Mapping[str, object]) -> dict[str, object]:
    """A change as a screen shows it: ID, phone and account masked."""
    hide = {"phone": mask_phone, "number": mask_account}.get(str(change["field"]))
    shown = {**change, "id": mask_id(str(change["id"]))}
    if hide is not None:
        shown |= {part: hide(str(change[part] or "")) for part in ("old", "new")}
    return shown
