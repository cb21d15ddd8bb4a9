"""Tags in texts: {{镇名}}, full-width braces and blanks inside allowed, and what stands in their place."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from models.domain.money import Fen, yuan_plain, yuan_text

_TAG: Final = re.compile(r"[{｛]{2}[\s\u3000]*([^{}｛｝]*?)[\s\u3000]*[}｝]{2}")
_BRACES: Final = re.compile(r"[{｛]+[^{}｛｝]*[}｝]*|[^{}｛｝]*[}｝]+")
BRACES: Final = "{｛"


class Filling(NamedTuple):
    """What stands in a tag's place: how it reads in a sentence; as a number where it stands in a cell alone ('' for a text)."""

    text: str
    number: str = ""
    is_money: bool = False


BLANK: Final = Filling("")
ROW_MARK: Final = Filling("")
"""What the tag that marks a repeated row becomes: nothing, and what stands beside it in the cell stands there alone."""


def money(fen: int) -> Filling:
    """An amount: 1,234.50 in a sentence, a number in a cell of its own."""
    return Filling(yuan_text(Fen(fen)), yuan_plain(Fen(fen)), is_money=True)


def count(number: int) -> Filling:
    """A count."""
    return Filling(str(number), str(number))


def tags_in(text: str) -> list[str]:
    """The names of the tags in a text, in order."""
    return [found[1] for found in _TAG.finditer(text)]


def odd_braces(text: str) -> list[str]:
    """What stands in braces that are no tag's, as written: {镇名}, {{镇名}, 镇名}}."""
    rest = _TAG.sub("", text)
    return [found[0] for found in _BRACES.finditer(rest)]


def only_tag(text: str, value_of: Callable[[str], Filling]) -> str | None:
    """The name of the tag that is the whole text, a row's mark beside it or not; None for any other text."""
    if _TAG.sub("", text).strip():
        return None
    names = [name for name in tags_in(text) if value_of(name) is not ROW_MARK]
    return names[0] if len(names) == 1 else None


def with_values(text: str, value_of: Callable[[str], Filling]) -> str:
    """The text with every tag's value in its place."""
    return _TAG.sub(lambda found: value_of(found[1]).text, text)
