"""Document numbers (文号) such as 浙财农〔2024〕12号, by which policies and allotments are known (DOMAIN §5).

Every text has a key: where a number has an unusual form its cleaned text is the key, so that an office's
own papers still compare equal to themselves. The caller keeps the number as it was written.
"""

import re
from typing import Final

from models.domain.written import compacted

_OPENING: Final = "[［【(（〔﹝〈《<＜「『{｛〖⟦"
_CLOSING: Final = "]］】)）〕﹞〉》>＞」』}｝〗⟧"
_BRACKETS: Final = str.maketrans(_OPENING + _CLOSING, "〔" * len(_OPENING) + "〕" * len(_CLOSING))
_YEAR: Final = re.compile(rf"[{re.escape(_OPENING)}]([0-9]{{4}})[{re.escape(_CLOSING)}]")
_LEADING_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")


def document_key(text: str) -> str:
    """Give the form in which document numbers are compared: 浙财社[2024]010号 → 浙财社〔2024〕10号.

    Brackets of any kind become 〔〕, full-width digits ASCII; blanks and the leading zeros of every number
    are dropped.
    """
    return _LEADING_ZEROS.sub("", compacted(text).translate(_BRACKETS))


def document_text(text: str) -> str:
    """Give a document number for display: the brackets round its year as 〔〕, ASCII digits, no blanks.

    Other brackets and leading zeros stay as the issuing office wrote them.
    """
    return _YEAR.sub(r"〔\1〕", compacted(text))
