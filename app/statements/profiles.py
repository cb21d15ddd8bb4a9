"""Layouts of statements 对账单格式 as data, one TOML file each: which headings mean what, in whatever order they stand."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from app.resources import resource
from models.domain.refusal import Refusal
from models.domain.written import without_blanks

FIELDS: Final = frozenset(
    {"day", "out", "in", "amount", "side", "balance", "counterparty", "counterparty_account", "reference", "summary"}
)  # fmt: skip
_UNIT: Final = re.compile(r"[（(](?:元|人民币|人民币元|CNY|RMB)[)）]$")


class NoSuchStatementProfile(Refusal):
    """No layout of that name."""

    form = "没有名为“{name}”的对账单格式。现有：{known}。"


class StatementProfileBroken(Refusal):
    """A layout's file that is not of the form."""

    form = "对账单格式文件“{name}”有误：{fault}。请改正后重试。"


@dataclass(frozen=True)
class StatementProfile:
    """A layout: the headings that each field goes by, the words of the two sides, how balances are called."""

    name: str
    title: str
    columns: Mapping[str, Sequence[str]]
    sides: Mapping[str, frozenset[str]]
    opening: Sequence[str]
    closing: Sequence[str]

    def places(self, heading_row: Sequence[object]) -> dict[str, int] | None:
        """Where each field stands in a row of headings (from 0); None where one that is needed is missing."""
        headings = [heading_key(cell) for cell in heading_row]
        found: dict[str, int] = {}
        for field, names in self.columns.items():
            place = next((headings.index(name) for name in map(heading_key, names) if name in headings), None)
            if place is not None and place not in found.values():
                found[field] = place
        needed = {"day", "balance", *({"out", "in"} if "out" in self.columns else {"amount"})}
        if self.sides:
            needed.add("side")
        return found if needed <= found.keys() else None


def heading_key(cell: object) -> str:
    """A heading as it is compared: no blanks, no unit in brackets, brackets alike."""
    text = without_blanks(str(cell or "")).replace("／", "/")
    return _UNIT.sub("", text)


@cache
def statement_profiles() -> Mapping[str, StatementProfile]:
    """All shipped layouts by name; the one that asks for most comes first. Raises StatementProfileBroken."""
    found = [read_statement_profile(path) for path in resource("statement_profiles").glob("*.toml")]
    ordered = sorted(found, key=lambda one: ("out" not in one.columns, not one.sides, one.name))
    return {one.name: one for one in ordered}


def find_statement_profile(name: str) -> StatementProfile:
    """The layout of a name or title. Raises NoSuchStatementProfile with those there are."""
    for one in statement_profiles().values():
        if name.strip() in (one.name, one.title):
            return one
    known = "、".join(f"{one.name}（{one.title}）" for one in statement_profiles().values())
    raise NoSuchStatementProfile(name=name, known=known)


def read_statement_profile(path: Path) -> StatementProfile:
    """Read one layout's file. Raises StatementProfileBroken with what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        columns, balances = table.pop("columns"), table.pop("balances")
        sides = {side: frozenset(words) for side, words in table.pop("sides", {}).items()}
        profile = StatementProfile(
            columns=columns, sides=sides, opening=balances["opening"], closing=balances["closing"], **table
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StatementProfileBroken(name=path.name, fault=f"缺少或多出字段（{error}）") from error
    if unknown := columns.keys() - FIELDS:
        raise StatementProfileBroken(name=path.name, fault=f"不认识的栏目 {'、'.join(sorted(unknown))}")
    if ("amount" in columns) == ("out" in columns and "in" in columns):
        raise StatementProfileBroken(name=path.name, fault="金额要么写 amount 一列，要么写 out、in 两列")
    if ("side" in columns) != (sides.keys() == {"out", "in"}):
        raise StatementProfileBroken(
            name=path.name, fault="写了 side 一列，就要在 sides 里写明 out、in 的字样"
        )
    return profile
