"""Remembered names of banks 银行 and words for relations 与户主关系: what the office confirmed once is read so ever after."""

from typing import Final, Literal

from app.intake.cells import word_of
from models.domain.refusal import Refusal
from models.store.opening import Store

AliasKind = Literal["bank", "relation"]
ALIAS_NAMES: Final[dict[AliasKind, str]] = {"bank": "银行", "relation": "与户主关系"}


class AliasEmpty(Refusal):
    """An alias, or what it stands for, without a single letter."""

    form = "别名和正式名称都要填写。请补全后重试。"


class AliasStandsAlready(Refusal):
    """The word is itself a proper name that other aliases stand for, or means something else already."""

    form = "“{alias}”已经记为“{known}”。要改记为“{name}”，请先用 --again 确认。"
    in_window = "“{alias}”已经记为“{known}”。要改记为“{name}”，请在“系统”的别名里改。"


class Aliases:
    """The remembered words of one kind, read once."""

    def __init__(self, store: Store, kind: AliasKind) -> None:
        self._names: dict[str, str] = dict(store.rows(f"SELECT name_key, name FROM {kind}_alias"))

    def meant(self, written: str) -> str:
        """The confirmed name for a word; a word that nobody confirmed is kept as it is written."""
        return self._names.get(word_of(written), written) if self._names else written


def remember(store: Store, kind: AliasKind, alias: str, name: str, *, again: bool = False) -> None:
    """Remember that a word means a name, inside `writing`. Raises AliasEmpty, AliasStandsAlready (unless `again`)."""
    key, meant = word_of(alias), name.strip()
    if not key or not meant:
        raise AliasEmpty
    known = store.value(f"SELECT name FROM {kind}_alias WHERE name_key = ?", (key,))
    if known is not None and known != meant and not again:
        raise AliasStandsAlready(alias=alias, known=known, name=meant)
    store.execute(
        f"INSERT INTO {kind}_alias (name_key, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name",
        (key, meant),
    )


def aliases(store: Store, kind: AliasKind) -> list[tuple[str, str]]:
    """(alias, name) of one kind, by name."""
    return [
        (row[0], row[1])
        for row in store.rows(f"SELECT name_key, name FROM {kind}_alias ORDER BY name, name_key")
    ]
