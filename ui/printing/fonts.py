"""The faces of official paper: 方正小标宋 for titles, 黑体 for headings, 仿宋 for the text, 楷体 for remarks.

Where a machine lacks one, the nearest that is there stands in. Noto and 思源 come last: in a PDF of Qt their characters
are read back as Kangxi radicals where a glyph serves both (⽯ for 石); `ui.printing.unicode_maps` puts that right.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from ui.theme import NoChineseFont

_SONG: Final = ("SimSun", "宋体", "NSimSun", "STSong", "方正书宋_GBK", "FZShuSong-Z01", "AR PL UMing CN")
_PLAIN: Final = (
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Microsoft YaHei",
    "Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC",
)  # fmt: skip


class Role(Enum):
    """What a face is for, and which families serve it, the official one first."""

    TITLE = (
        "方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "华文中宋", "STZhongsong", "SimHei", "黑体",
        *_PLAIN,
    )  # fmt: skip
    HEADING = ("黑体", "SimHei", "方正黑体_GBK", "FZHei-B01S", "FZHei-B01", "STHeiti", "华文黑体", *_PLAIN)
    TEXT = (
        "仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "方正仿宋_GBK", "FZFangSong-Z02S", "FZFangSong-Z02", "STFangsong",
        "华文仿宋", *_SONG, *_PLAIN,
    )  # fmt: skip
    REMARK = (
        "楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "方正楷体_GBK", "FZKai-Z03S", "FZKai-Z03", "STKaiti", "华文楷体",
        "AR PL UKai CN", *_SONG, *_PLAIN,
    )  # fmt: skip


@lru_cache
def family_of(role: Role) -> str:
    """The family that serves a role on this machine. Raises NoChineseFont."""
    installed = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    if not installed:
        raise NoChineseFont
    every = set(QFontDatabase.families())  # an old 小标宋 does not say that it writes Chinese
    return next((name for name in role.value if name in every), installed[0])


@dataclass(frozen=True, eq=False)
class Face:
    """A font in one size, and how wide its characters are: remembered, for lists repeat a few thousand of them."""

    font: QFont

    @cached_property
    def metrics(self) -> QFontMetricsF:
        """The font's own measures, in dots."""
        return QFontMetricsF(self.font)

    @cached_property
    def _advances(self) -> dict[str, float]:
        return {}

    @cached_property
    def ascent(self) -> float:
        """From the base line up."""
        return self.metrics.ascent()

    @cached_property
    def height(self) -> float:
        """One line, leading included."""
        return max(self.metrics.height(), self.em * 1.3)

    @cached_property
    def em(self) -> float:
        """The size of the font, the width of one Chinese character."""
        return float(self.font.pixelSize())

    def width(self, text: str) -> float:
        """How wide a text is on one line."""
        known = self._advances
        try:
            return sum([known[sign] for sign in text])
        except KeyError:
            for sign in text:
                if sign not in known:
                    known[sign] = self.metrics.horizontalAdvance(sign)
            return sum([known[sign] for sign in text])


@lru_cache(maxsize=64)
def face(role: Role, points: float) -> Face:
    """A role's face, `points` high (a tenth of a point is told apart). Raises NoChineseFont."""
    font = QFont(family_of(role))
    font.setPixelSize(round(points * 10))
    font.setKerning(False)  # a text is then as wide as its characters are
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return Face(font)
