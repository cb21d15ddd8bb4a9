"""Masking for what leaves the office (DOMAIN §8): of the output, never of what is stored."""

import re
from typing import Final

from models.domain.written import without_unseen

_STAR: Final = "*"
_COMPOUND_SURNAMES: Final = frozenset(
    (
        *("欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛"),
        *("尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容"),
        *("仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "令狐", "呼延", "轩辕", "拓跋", "百里"),
        *("东郭", "西门", "南门", "第五", "段干", "完颜"),
    )
)
# A run of twelve digits, or an ID written in its groups with blanks or dashes between them.
_LEAK: Final = re.compile(
    r"[0-9０-９]{12}|(?<![0-9０-９])[0-9０-９]{6}[\s\-－]?[0-9０-９]{8}[\s\-－]?[0-9０-９]{3}[0-9０-９XxＸｘ]"
)
_RUN: Final = re.compile(r"[0-9０-９]{12,}[XxＸｘ]?")
_LEAST_PHONE: Final = 11
_FEWEST_BESIDE_TAIL: Final = 8


def mask_id(text: str) -> str:
    """Mask an ID: its first 6 and last 4 characters stay, 18 digits show 8 stars.

    A shorter number shows a third in front and a quarter behind, so that most of it is always hidden.
    """
    head, tail = min(6, len(text) // 3), min(4, len(text) // 4)
    return text[:head] + _STAR * (len(text) - head - tail) + text[len(text) - tail :]


def mask_phone(text: str) -> str:
    """Mask a phone number: 138****1234; of a number shorter than 11 characters, at most the last 4 stay."""
    if len(text) >= _LEAST_PHONE:
        return text[:3] + _STAR * (len(text) - 7) + text[-4:]
    return _tail_only(text)


def mask_account(text: str) -> str:
    """Mask an account number: four stars and its last 4 digits, its length hidden as well."""
    return "****" + (text[-4:] if len(text) >= _FEWEST_BESIDE_TAIL else "") if text else ""


def mask_name(text: str) -> str:
    """Mask a name: the surname (a compound one whole) and a star for each further character; 姓+*."""
    kept = 2 if len(text) > 2 and text[:2] in _COMPOUND_SURNAMES else 1
    return text[:kept] + _STAR * max(len(text) - kept, 1) if text else ""


def has_leak(text: str) -> bool:
    """Say whether a public text holds an 18-digit ID or a run of 12 or more digits (DOMAIN §8).

    Full-width digits count, characters that cannot be seen do not hide a run, nor do blanks or dashes
    between the three groups of an ID.
    """
    return _LEAK.search(without_unseen(text)) is not None


def mask_numbers(text: str) -> str:
    """Mask every run of twelve or more digits in a sentence that a screen shows: its last 4 characters stay."""
    return _RUN.sub(lambda found: mask_account(found[0]), text)


def _tail_only(text: str) -> str:
    shown = 4 if len(text) >= _FEWEST_BESIDE_TAIL - 1 else 0
    return _STAR * (len(text) - shown) + text[len(text) - shown :]
