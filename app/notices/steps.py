"""What the doors and windows of notices share: the holiday table, and the masked list as it is put up."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple

from app.batches.steps import BatchRow
from app.resources import resource
from models.domain.masking import has_leak, mask_id, mask_name
from models.domain.money import Fen
from models.domain.policy import Policy, read_policy
from models.domain.refusal import Refusal
from models.domain.workdays import holidays_from_rows
from models.store.opening import Store

PHONE_SETTING: Final = "notice.phone"
_OTHER_ID: Final = "（其他证件）"
_COLUMN_NAMES: Final = {"name": "姓名", "id_masked": "身份证号", "group": "组", "quantity": "数量", "rate": "标准"}


class NotPosted(Refusal):
    """The program's policy says that its list is not put up."""

    form = "项目“{program}”按政策设置{why}，不张贴公示名单。批次复核后可以直接提交审批。"


class PublicLeak(Refusal):
    """Something that may not be public stands in a text that would be."""

    form = "公示内容里“{column}”的“{shown}”含有身份证号或 12 位以上的数字，不能公示（第 {line} 行）。请先更正该处的文字后重试。"


class NoticeLine(NamedTuple):
    """One masked line: what may be seen in public, and the fen it says."""

    number: int
    name: str
    id_masked: str
    group: str
    quantity: str
    rate: str
    fen: Fen


@dataclass(frozen=True)
class VillageList:
    """The lines of one village."""

    village: str
    lines: Sequence[NoticeLine]

    @property
    def fen(self) -> Fen:
        """Their sum."""
        return Fen(sum(line.fen for line in self.lines))


def seed_holidays(store: Store) -> None:
    """Fill the office's holiday table from resources/holidays.csv, inside `writing`."""
    with open(resource("holidays.csv"), encoding="utf-8-sig", newline="") as stream:
        rows = [(row["day"], row["kind"], row["name"]) for row in csv.DictReader(stream)]
    store.execute_many("INSERT INTO holiday (day, kind, name) VALUES (?, ?, ?)", rows)


def holidays_of(store: Store) -> dict[date, bool]:
    """The office's holiday table: False for a weekday off, True for a weekend day worked."""
    return holidays_from_rows(store.rows("SELECT day, kind FROM holiday"))  # type: ignore[arg-type]  # two text columns


def policy_of(store: Store, batch: BatchRow) -> Policy:
    """The policy version that the batch was computed by."""
    return read_policy(json.loads(store.value("SELECT parameters FROM policy WHERE id = ?", (batch.policy_id,))))


def refuse_unposted(store: Store, batch: BatchRow, policy: Policy) -> None:
    """Raise NotPosted where the policy has no public list."""
    if policy.publicity == "none" or policy.listing == "none":
        why = "不需要公示" if policy.publicity == "none" else "不公开名单"
        raise NotPosted(program=program_name(store, batch), why=why)


def program_name(store: Store, batch: BatchRow) -> str:
    """The full name of the batch's program."""
    return str(store.value("SELECT name FROM program WHERE id = ?", (batch.program_id,)))


def village_lists(store: Store, batch: BatchRow, policy: Policy) -> list[VillageList]:
    """The masked list of a batch, village by village in the office's order; stopped payments are not on it.

    Names are whole or 姓+*, or a number alone, IDs first 6 + stars + last 4, by the policy; no account, phone or address
    (DOMAIN §8). Raises PublicLeak when a text would show what may not be public.
    """
    found: dict[str, list[NoticeLine]] = {}
    for line, village, name, id_number, kind, group, quantity, rate, fen in store.each(
        "SELECT p.line, v.name, p.name, p.id_number, x.id_kind, p.group_text, p.quantity_text, p.rate_text, p.owed_fen"
        " FROM payment p JOIN village v ON v.id = p.village_id JOIN person x ON x.id = p.person_id"
        " WHERE p.batch_id = ? AND p.bucket <> 'stopped' ORDER BY v.id, p.line",
        (batch.id,),
    ):
        lines = found.setdefault(village, [])
        shown_name, shown_id = _shown(policy, line, name, id_number, kind)
        lines.append(NoticeLine(len(lines) + 1, shown_name, shown_id, group, quantity, rate, Fen(fen)))
    lists = [VillageList(village, lines) for village, lines in found.items()]
    for village in lists:
        _refuse_leaks(village)
    return lists


def _shown(policy: Policy, line: int, name: str, id_number: str, kind: str) -> tuple[str, str]:
    """The name and the ID as the public may see them."""
    if policy.listing == "number":
        return f"{line} 号", ""
    shown_id = mask_id(id_number) if kind == "resident" else _OTHER_ID
    return (mask_name(name) if policy.name_masking == "surname" else name), shown_id


def _refuse_leaks(village: VillageList) -> None:
    refuse_leak(village.village, "村（社区）", village.lines[0].number)
    for column in NoticeLine._fields:
        texts = [str(getattr(line, column)) for line in village.lines]
        # one look over the whole column, then for the culprit: "|" joins no two runs of digits
        if column not in ("number", "fen") and has_leak("|".join(texts)):
            for line, text in zip(village.lines, texts, strict=True):
                refuse_leak(text, _COLUMN_NAMES[column], line.number)


def refuse_leak(text: str, column: str, line: int) -> None:
    """Raise PublicLeak when a text may not be public; the refusal itself shows no more than its first characters."""
    if has_leak(text):
        raise PublicLeak(column=column, shown=text[:4] + "…", line=line)


def rows_sha256(lists: Sequence[VillageList]) -> str:
    """The SHA-256 of a masked list, to prove later what hung on the wall."""
    rows = [
        [part.village, line.number, line.name, line.id_masked, line.group, line.quantity, line.rate, line.fen]
        for part in lists
        for line in part.lines
    ]
    return sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def objection_phone(store: Store) -> str:
    """The phone for objections, '' when none is set."""
    return str(store.value("SELECT body FROM setting WHERE name = ?", (PHONE_SETTING,)) or "")
