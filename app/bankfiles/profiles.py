"""Bank layouts 银行格式 as data (DOMAIN §7): those that are shipped, one TOML file each, and those that the office learned.

A profile says how a file to the bank is written and how the bank's answer reads. Nothing about a bank is in code.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from app.resources import resource
from models.domain.refusal import Refusal
from models.store.opening import Store

FileType = Literal["xlsx", "text"]
AmountUnit = Literal["yuan", "fen"]

MEANINGS: Final[Mapping[str, str]] = {
    "serial": "序号", "name": "户名", "account": "账号", "id_number": "证件号码", "amount": "金额", "remark": "摘要", "bank": "开户行",
    "batch": "批次号", "constant": "固定内容", "status": "处理结果", "reason": "失败原因", "done_amount": "实处理金额",
}  # fmt: skip
"""What a column may hold, and what it is called."""
ONLY_BACK: Final = frozenset({"status", "reason", "done_amount"})
OUTGOING: Final = MEANINGS.keys() - ONLY_BACK
INCOMING: Final = MEANINGS.keys()
NEEDED_OUT: Final = frozenset({"name", "account", "amount"})
NEEDED_BACK: Final = NEEDED_OUT | {"status"}

UNIT_NAMES: Final[Mapping[str, str]] = {"yuan": "元", "fen": "分"}
_FILE_TYPES: Final = ("xlsx", "text")


class NoSuchProfile(Refusal):
    """No bank layout of that name."""

    form = "没有名为“{name}”的银行格式。现有：{known}。"


class ProfileBroken(Refusal):
    """A profile file that is not of the form."""

    form = "银行格式文件“{name}”有误：{fault}。请改正后重试。"


@dataclass(frozen=True)
class Column:
    """One column of a layout: its heading, what it holds, and how many bytes of the bank's encoding fit (0: any)."""

    heading: str
    holds: str
    most_bytes: int = 0
    constant: str = ""
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class FileForm:
    """How a file of one direction is: its kind, its columns in order, the fields of its totals line.

    `totals` holds words as they stand, `{count}`, `{sum}`, and '' for a field that says nothing. `separator` and `empty` (what
    an empty field is written as) are of text alone, and so is `heading_line`: a workbook always has its headings.
    """

    file_type: FileType
    encoding: str
    amount_unit: AmountUnit
    columns: tuple[Column, ...] = ()
    separator: str = ""
    empty: str = ""
    totals: tuple[str, ...] = ()
    heading_line: bool = True

    def column(self, holds: str) -> Column | None:
        """The first column that holds this."""
        return next((column for column in self.columns if column.holds == holds), None)

    @property
    def totals_word(self) -> str:
        """The word by which a totals line is known; '' where there is none."""
        return next((said for said in self.totals if said and not said.startswith("{")), "")


@dataclass(frozen=True, kw_only=True)
class AnswerForm(FileForm):
    """How the bank's answer reads: its columns, and which words mean what. `codes` spells out codes as reasons.

    `fingerprint` is that of all headings of the example that it was learned from ('' for a shipped one).
    """

    success: frozenset[str] = frozenset()
    failure: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    codes: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """The headings without which it is not this bank's answer."""
        return tuple(column.heading for column in self.columns if not column.optional)


@dataclass(frozen=True, kw_only=True)
class Profile(FileForm):
    """One bank layout, both directions; one that was learned may know only one of them, the other has no columns."""

    name: str
    title: str
    file_name: str
    line_limit: int
    answer: AnswerForm
    is_own: bool = False


@cache
def shipped_profiles() -> Mapping[str, Profile]:
    """All shipped profiles by name, in the order of their names. Raises ProfileBroken."""
    found = [read_profile(path) for path in sorted(resource("bank_profiles").glob("*.toml"))]
    return {profile.name: profile for profile in sorted(found, key=lambda profile: profile.name)}


def own_profiles(store: Store) -> Mapping[str, Profile]:
    """The profiles that the office learned, by name. Raises ProfileBroken."""
    rows = store.rows("SELECT name, body FROM bank_profile ORDER BY name")
    return {name: profile_of(name, own_table(name, json.loads(body))) for name, body in rows}


def own_table(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a profile that was learned, as a file of a shipped one has it; it is called as it is named."""
    return {"name": name, "title": name, "is_own": True, **body}


def profiles(store: Store) -> Mapping[str, Profile]:
    """All profiles by name: the office's own, then those that are shipped. Raises ProfileBroken."""
    return {**own_profiles(store), **shipped_profiles()}


def profiles_to_send(store: Store) -> Mapping[str, Profile]:
    """As `profiles`, those by which a file to the bank can be written."""
    return {name: profile for name, profile in profiles(store).items() if profile.columns}


def find_profile(known: Mapping[str, Profile], name: str) -> Profile:
    """The profile of that name. Raises NoSuchProfile with those there are."""
    if name not in known:
        raise NoSuchProfile(name=name, known="、".join(map(_named, known.values())))
    return known[name]


def _named(profile: Profile) -> str:
    return profile.name if profile.is_own else f"{profile.name}（{profile.title}）"


def read_profile(path: Path) -> Profile:
    """Read one profile file. Raises ProfileBroken with what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ProfileBroken(name=path.name, fault=str(error)) from error
    return profile_of(path.name, table)


def profile_of(name: str, table: Mapping[str, Any]) -> Profile:
    """Make a profile of its table; `name` is for the sentences. An answer is of the outgoing file's form where it says no other.

    Raises ProfileBroken with what is wrong in it.
    """
    try:
        rest = dict(table)
        answer = {**{key: rest[key] for key in _OF_THE_FORM if key in rest}, **rest.pop("answer", {})}
        words: dict[str, Any] = {key: frozenset(answer.pop(key, ())) for key in _WORDS}
        profile = Profile(
            columns=_columns(name, rest.pop("columns", ()), OUTGOING, NEEDED_OUT),
            totals=tuple(rest.pop("totals", ())),
            answer=AnswerForm(
                columns=_columns(name, answer.pop("columns", ()), INCOMING, NEEDED_BACK),
                totals=tuple(answer.pop("totals", ())),
                **words,
                **answer,
            ),
            **rest,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProfileBroken(name=name, fault=f"缺少或多出字段（{error}）") from error
    _check(name, profile)
    return profile


_WORDS: Final = ("success", "failure", "unfinished")
_OF_THE_FORM: Final = frozenset(one.name for one in fields(FileForm)) - {"columns"}


def _columns(
    name: str, rows: Iterable[Mapping[str, Any]], allowed: Iterable[str], needed: frozenset[str]
) -> tuple[Column, ...]:
    columns = tuple(Column(**row) for row in rows)
    held = [column.holds for column in columns]
    if unknown := set(held) - set(allowed):
        raise ProfileBroken(name=name, fault=f"不认识的列含义 {'、'.join(sorted(unknown))}")
    if held and (missing := needed - set(held)):
        raise ProfileBroken(name=name, fault=f"缺少含义为 {'、'.join(sorted(missing))} 的列")
    if len(set(held) - {"constant"}) != len([what for what in held if what != "constant"]):
        raise ProfileBroken(name=name, fault="同一含义出现在两列")
    return columns


def _check(name: str, profile: Profile) -> None:
    if not (profile.columns or profile.answer.columns):
        raise ProfileBroken(name=name, fault="报盘和回盘都没有列")
    if profile.answer.columns and not profile.answer.success:
        raise ProfileBroken(name=name, fault="没有写明成功的字样 success")
    if profile.line_limit < 1:
        raise ProfileBroken(name=name, fault="line_limit 必须大于 0")
    for form in (profile, profile.answer):
        if form.file_type not in _FILE_TYPES:
            raise ProfileBroken(name=name, fault=f"file_type 只能是 {'、'.join(_FILE_TYPES)}")
        if form.amount_unit not in UNIT_NAMES:
            raise ProfileBroken(name=name, fault=f"amount_unit 只能是 {'、'.join(UNIT_NAMES)}")
        if form.file_type == "text" and not form.separator:
            raise ProfileBroken(name=name, fault="文本格式必须写明 separator")
        try:
            "".encode(form.encoding)
        except LookupError as error:
            raise ProfileBroken(name=name, fault=f"不认识的编码 {form.encoding}") from error
