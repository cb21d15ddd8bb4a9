"""Bank layouts 银行格式 as data: one TOML file a profile (DOMAIN §7).

A profile says how a file to the bank is written and how the bank's answer reads. Nothing about a bank is in code.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal

from app.resources import resource
from models.domain.refusal import Refusal

FileType = Literal["xlsx", "text"]
AmountUnit = Literal["yuan", "fen"]

OUTGOING: Final = frozenset(
    {"serial", "name", "account", "id_number", "amount", "remark", "bank", "batch", "constant"}
)
INCOMING: Final = OUTGOING | {"status", "reason", "done_amount"}

_NEEDED_OUT: Final = frozenset({"name", "account", "amount"})
_NEEDED_BACK: Final = frozenset({"name", "account", "amount", "status"})
_FILE_TYPES: Final = ("xlsx", "text")
_UNITS: Final = ("yuan", "fen")


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


@dataclass(frozen=True)
class AnswerForm:
    """How the bank's answer reads: its columns, and which words mean what. `codes` spells out codes as reasons."""

    columns: tuple[Column, ...]
    success: frozenset[str]
    failure: frozenset[str]
    unfinished: frozenset[str]
    codes: Mapping[str, str] = field(default_factory=dict)

    def holds(self, what: str) -> bool:
        """Whether the answer carries a column of that kind."""
        return any(column.holds == what for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The headings without which it is not this bank's answer."""
        return tuple(column.heading for column in self.columns if not column.optional)


@dataclass(frozen=True)
class Profile:
    """One bank layout, both directions."""

    name: str
    title: str
    file_type: FileType
    encoding: str
    amount_unit: AmountUnit
    file_name: str
    line_limit: int
    columns: tuple[Column, ...]
    answer: AnswerForm
    separator: str = ""
    empty: str = ""
    totals_word: str = ""

    def column(self, holds: str) -> Column | None:
        """The first outgoing column that holds this."""
        return next((column for column in self.columns if column.holds == holds), None)


@cache
def profiles() -> Mapping[str, Profile]:
    """All shipped profiles by name, in the order of their names. Raises ProfileBroken."""
    found = [read_profile(path) for path in sorted(resource("bank_profiles").glob("*.toml"))]
    return {profile.name: profile for profile in sorted(found, key=lambda profile: profile.name)}


def find_profile(name: str) -> Profile:
    """The profile of that name. Raises NoSuchProfile with those there are."""
    known = profiles()
    if name not in known:
        raise NoSuchProfile(name=name, known="、".join(f"{p.name}（{p.title}）" for p in known.values()))
    return known[name]


def read_profile(path: Path) -> Profile:
    """Read one profile file. Raises ProfileBroken with what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        answer = table.pop("answer")
        profile = Profile(
            columns=_columns(path, table.pop("columns"), OUTGOING, _NEEDED_OUT),
            answer=AnswerForm(
                columns=_columns(path, answer.pop("columns"), INCOMING, _NEEDED_BACK),
                success=frozenset(answer.pop("success")),
                failure=frozenset(answer.pop("failure")),
                unfinished=frozenset(answer.pop("unfinished")),
                codes=answer.pop("codes", {}),
            ),
            **table,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProfileBroken(name=path.name, fault=f"缺少或多出字段（{error}）") from error
    if answer:
        raise ProfileBroken(name=path.name, fault=f"不认识的字段 {'、'.join(answer)}")
    _check(path, profile)
    return profile


def _columns(
    path: Path, rows: Iterable[Mapping[str, object]], allowed: frozenset[str], needed: frozenset[str]
) -> tuple[Column, ...]:
    columns = tuple(Column(**row) for row in rows)  # type: ignore[arg-type]  # a wrong field is a TypeError above
    held = [column.holds for column in columns]
    if unknown := set(held) - allowed:
        raise ProfileBroken(name=path.name, fault=f"不认识的列含义 {'、'.join(sorted(unknown))}")
    if missing := needed - set(held):
        raise ProfileBroken(name=path.name, fault=f"缺少含义为 {'、'.join(sorted(missing))} 的列")
    if len(set(held) - {"constant"}) != len([what for what in held if what != "constant"]):
        raise ProfileBroken(name=path.name, fault="同一含义出现在两列")
    return columns


def _check(path: Path, profile: Profile) -> None:
    if profile.file_type not in _FILE_TYPES:
        raise ProfileBroken(name=path.name, fault=f"file_type 只能是 {'、'.join(_FILE_TYPES)}")
    if profile.amount_unit not in _UNITS:
        raise ProfileBroken(name=path.name, fault=f"amount_unit 只能是 {'、'.join(_UNITS)}")
    if profile.file_type == "text" and not profile.separator:
        raise ProfileBroken(name=path.name, fault="文本格式必须写明 separator")
    if profile.line_limit < 1:
        raise ProfileBroken(name=path.name, fault="line_limit 必须大于 0")
    try:
        "".encode(profile.encoding)
    except LookupError as error:
        raise ProfileBroken(name=path.name, fault=f"不认识的编码 {profile.encoding}") from error
