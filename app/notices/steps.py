"""What the doors and windows of notices share: the holiday table, and the masked list as it is put up."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from app.batches.steps import BatchRow
from app.programs.queries import policy_of, program_of
from app.resources import resource
from app.workbook.writing import Column, Kind, SheetSpec, write_workbook
from models.domain.masking import has_leak, mask_id, mask_name
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.policy import Policy
from models.domain.quantity import quantity_text
from models.domain.refusal import Refusal
from models.domain.traces import AT_AMOUNT_CAP, OVER_QUANTITY_CAP
from models.domain.workdays import holidays_from_rows
from models.store.opening import Store

PHONE_SETTING: Final = "notice.phone"
_WALL_SIZE: Final = 12
_ALWAYS_SHOWN: Final = frozenset({"number", "name", "id_masked", "fen"})
_OTHER_ID: Final = "（其他证件）"
_COLUMN_NAMES: Final = {
    "name": "姓名",
    "id_masked": "身份证号",
    "group": "组",
    "quantity": "数量",
    "rate": "标准",
    "remark": "备注",
}


class NotPosted(Refusal):
    """The program's policy says that its list is not put up."""

    form = "项目“{program}”按政策设置{why}，不张贴公示名单。批次复核后可以直接提交审批。"


class NoNoticeToPrint(Refusal):
    """The list is not put up yet."""

    form = "批次 {number} 还没有公示，没有可输出的名单。请先用 batch publicize 公示。"
    in_window = "批次 {number} 还没有公示，没有可输出的名单。请先在“发放批次”里按 F9 公示。"


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
    remark: str


@dataclass(frozen=True)
class VillageList:
    """The lines of one village."""

    village: str
    lines: Sequence[NoticeLine]

    @property
    def fen(self) -> Fen:
        """Their sum."""
        return Fen(sum(line.fen for line in self.lines))


@dataclass(frozen=True)
class Posted:
    """A list as it hangs on the wall, and what stands around it. `unchanged`: the rows are still those that were posted."""

    batch: BatchRow
    policy: Policy
    program: str
    township: str
    posted_on: str
    first_day: str
    last_day: str
    phone: str
    lists: Sequence[VillageList]
    unchanged: bool


def seed_holidays(store: Store) -> None:
    """Fill the office's holiday table from resources/holidays.csv, inside `writing`."""
    with open(resource("holidays.csv"), encoding="utf-8-sig", newline="") as stream:
        rows = [(row["day"], row["kind"], row["name"]) for row in csv.DictReader(stream)]
    store.execute_many("INSERT INTO holiday (day, kind, name) VALUES (?, ?, ?)", rows)


def holidays_of(store: Store) -> dict[date, bool]:
    """The office's holiday table: False for a weekday off, True for a weekend day worked."""
    return holidays_from_rows(store.rows("SELECT day, kind FROM holiday"))


def refuse_unposted(store: Store, batch: BatchRow, policy: Policy) -> None:
    """Raise NotPosted where the policy has no public list."""
    if policy.publicity == "none" or policy.listing == "none":
        why = "不需要公示" if policy.publicity == "none" else "不公开名单"
        raise NotPosted(program=program_of(store, batch.program_id).name, why=why)


def village_lists(store: Store, batch: BatchRow, policy: Policy) -> list[VillageList]:
    """The masked list of a batch, village by village in the office's order; stopped payments are not on it.

    Names are whole or 姓+*, or a number alone, IDs first 6 + stars + last 4, by the policy; no account, phone or address
    (DOMAIN §8). Raises PublicLeak when a text would show what may not be public.
    """
    found: dict[str, list[NoticeLine]] = {}
    for line, village, name, id_number, kind, group, quantity, rate, fen, trace in store.each(
        "SELECT p.line, v.name, p.name, p.id_number, x.id_kind, p.group_text, p.quantity_text, p.rate_text, p.owed_fen,"
        " p.trace FROM payment p JOIN village v ON v.id = p.village_id JOIN person x ON x.id = p.person_id"
        " WHERE p.batch_id = ? AND p.bucket <> 'stopped' ORDER BY v.id, p.line",
        (batch.id,),
    ):
        lines = found.setdefault(village, [])
        shown_name, shown_id = _shown(policy, line, name, id_number, kind)
        remark = _remark(policy, trace)
        lines.append(
            NoticeLine(len(lines) + 1, shown_name, shown_id, group, quantity, rate, Fen(fen), remark)
        )
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


def _remark(policy: Policy, trace: str) -> str:
    """Why the amount is less than quantity × rate: the cap that the payment's trace says was reached."""
    said = []
    if policy.quantity_cap is not None and OVER_QUANTITY_CAP in trace:
        said.append(f"按上限 {quantity_text(policy.quantity_cap)} {policy.unit}")
    if policy.amount_cap is not None and AT_AMOUNT_CAP in trace:
        said.append(f"按单笔上限 {yuan_text(policy.amount_cap)} 元")
    return "，".join(said)


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
    """The SHA-256 of a masked list, to prove later what hung on the wall; remarks follow from the frozen traces."""
    rows = [
        [part.village, line.number, line.name, line.id_masked, line.group, line.quantity, line.rate, line.fen]
        for part in lists
        for line in part.lines
    ]
    return sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def objection_phone(store: Store) -> str:
    """The phone for objections, '' when none is set."""
    return str(store.value("SELECT body FROM setting WHERE name = ?", (PHONE_SETTING,)) or "")


def posted_notice(store: Store, batch: BatchRow) -> Posted:
    """The notice of a batch that was posted last and not withdrawn. Raises NotPosted, NoNoticeToPrint, PublicLeak."""
    policy = policy_of(store, batch.policy_id).policy
    refuse_unposted(store, batch, policy)
    row = store.row(
        "SELECT posted_on, first_day, last_day, rows_sha256 FROM public_notice WHERE batch_id = ? AND state <> 'withdrawn'"
        " ORDER BY id DESC LIMIT 1",
        (batch.id,),
    )
    if row is None:
        raise NoNoticeToPrint(number=batch.number)
    posted_on, first_day, last_day, posted_rows = row
    lists = village_lists(store, batch, policy)
    return replace(
        as_posted(store, batch, policy, lists, posted_on=posted_on, first_day=first_day, last_day=last_day),
        unchanged=rows_sha256(lists) == posted_rows,
    )


def as_posted(
    store: Store,
    batch: BatchRow,
    policy: Policy,
    lists: Sequence[VillageList],
    *,
    posted_on: str,
    first_day: str,
    last_day: str,
) -> Posted:
    """A list with all that stands around it on the wall."""
    township = str(store.value("SELECT township FROM office"))
    program = program_of(store, batch.program_id).name
    phone = objection_phone(store)
    return Posted(
        batch, policy, program, township, posted_on, first_day, last_day, phone, lists, unchanged=True
    )


def write_notice(posted: Posted, path: Path) -> None:
    """Write a notice as a workbook, one sheet a village. The same notice gives the same bytes."""
    write_workbook(
        path,
        [_village_sheet(posted, village) for village in posted.lists],
        created=datetime.fromisoformat(posted.posted_on),
    )


def notice_bytes(posted: Posted) -> bytes:
    """A notice as a workbook's bytes, to be kept as it was put up."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "notice.xlsx"
        write_notice(posted, path)
        return path.read_bytes()


def kept_notices(store: Store, batch_id: int) -> list[tuple[str, str, bytes]]:
    """The lists of a batch as they were put up, in order: (day, state, workbook)."""
    return [
        (posted_on, state, store.files.read(sha256, "公示名单"))
        for posted_on, state, sha256 in store.rows(
            "SELECT posted_on, state, file_sha256 FROM public_notice WHERE batch_id = ? ORDER BY id",
            (batch_id,),
        )
    ]


def _village_sheet(posted: Posted, village: VillageList) -> SheetSpec:
    """A village's list as it hangs on the wall: type that can be read standing, no column that says nothing."""
    policy = posted.policy
    office = f"{posted.township}财政所"
    preface = f"根据{policy.document}，现将{posted.program}（{period_text(posted.batch.period)}）的发放对象和金额公示如下。"
    notes = [
        f"公示时间：{posted.first_day} 至 {posted.last_day}",
        f"对公示内容有异议的，请在公示期内向{office}反映。异议电话：{posted.phone or '＿＿＿＿＿＿＿＿＿＿'}",
    ]
    for text in (preface, *notes):
        refuse_leak(text, "说明", 0)
    shown = [
        (column, field)
        for column, field in _notice_columns(policy)
        if field in _ALWAYS_SHOWN or any(getattr(line, field) for line in village.lines)
    ]
    return SheetSpec(
        village.village,
        [column for column, _ in shown],
        ([getattr(line, field) for _, field in shown] for line in village.lines),
        title=f"{posted.township}{posted.program}{period_text(posted.batch.period)}发放公示",
        preface=[preface],
        left=f"村（社区）：{village.village}",
        right="单位：元",
        notes=notes,
        signatures=(f"公示单位：{office}（盖章）", f"张贴日期：{posted.posted_on}"),
        landscape=False,
        autofilter=False,
        size=_WALL_SIZE,
    )


def _notice_columns(policy: Policy) -> list[tuple[Column, str]]:
    """The columns that a list may have, each with the field of `NoticeLine` that it shows."""
    who = "户主姓名" if policy.target == "household" else "姓名"
    if policy.listing == "number":
        named = [(Column("公示编号", width=14, align="center", wrap=False), "name")]
    else:
        named = [
            (Column(who, width=13, align="center"), "name"),
            (Column("身份证号", width=22, align="center", wrap=False), "id_masked"),
        ]
    return [
        (Column("序号", Kind.COUNT, 6, align="center"), "number"),
        *named,
        (Column("组", width=8, align="center"), "group"),
        (Column(counted_as(policy), width=10, align="right"), "quantity"),
        (Column("补贴标准（元）", width=13, align="right"), "rate"),
        (Column("补贴金额（元）", Kind.MONEY, 15, total=True), "fen"),
        (Column("备注", width=14), "remark"),
    ]


def counted_as(policy: Policy) -> str:
    """What the quantities of a list are called."""
    if policy.family == "years":
        return "年限"
    return f"数量（{policy.unit}）" if policy.unit else "数量"
