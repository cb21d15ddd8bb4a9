"""How the windows look: Fusion, our own palettes, a Chinese font, Qt's own texts in Chinese.

Contrast of every text is at least 4.5:1 on its ground (3:1 where it is disabled); sizes are for elderly eyes as well.
"""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.resources import resource
from models.domain.refusal import WorldError

TEXT_SIZES: Final = (10.5, 12.0, 13.5, 15.0)
"""Text sizes in points that a clerk may choose; the first is the usual one (五号)."""

TEXT_SIZE_NAMES: Final = ("小", "中", "大", "特大")
"""What the sizes are called, in the same order."""

CHINESE_FONTS: Final = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimSun",
)
"""Screen fonts, the best first. Those that know rare name characters (𠮷 㐂 䶮) stand before those that do not."""

_Role = QPalette.ColorRole

_ACTIVE: Final = {
    "light": {
        _Role.Window: "#f4f6fa",
        _Role.WindowText: "#1f2937",
        _Role.Base: "#ffffff",
        _Role.AlternateBase: "#f3f6fb",
        _Role.Text: "#1f2937",
        _Role.PlaceholderText: "#667085",
        _Role.Button: "#ffffff",
        _Role.ButtonText: "#1f2937",
        _Role.BrightText: "#b42318",
        _Role.Highlight: "#1f5fb0",
        _Role.HighlightedText: "#ffffff",
        _Role.ToolTipBase: "#ffffff",
        _Role.ToolTipText: "#1f2937",
        _Role.Link: "#1f5fb0",
        _Role.LinkVisited: "#6941a5",
        _Role.Light: "#ffffff",
        _Role.Midlight: "#e8edf5",
        _Role.Mid: "#c3cbd8",
        _Role.Dark: "#98a2b3",
        _Role.Shadow: "#667085",
    },
    "dark": {
        _Role.Window: "#1d2430",
        _Role.WindowText: "#e6eaf0",
        _Role.Base: "#151b25",
        _Role.AlternateBase: "#1a212d",
        _Role.Text: "#e6eaf0",
        _Role.PlaceholderText: "#98a4b5",
        _Role.Button: "#2a3342",
        _Role.ButtonText: "#e6eaf0",
        _Role.BrightText: "#ff8a80",
        _Role.Highlight: "#2f6fc4",
        _Role.HighlightedText: "#ffffff",
        _Role.ToolTipBase: "#2a3342",
        _Role.ToolTipText: "#e6eaf0",
        _Role.Link: "#7fb2ff",
        _Role.LinkVisited: "#c3a6ff",
        _Role.Light: "#3a4557",
        _Role.Midlight: "#313b4b",
        _Role.Mid: "#465165",
        _Role.Dark: "#11161e",
        _Role.Shadow: "#0b0f15",
    },
}


class Tone(StrEnum):
    """What a colour says; never said by the colour alone."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    CALM = "calm"
    MUTED = "muted"


_TONES: Final = {
    "light": {Tone.GOOD: "#067647", Tone.WARN: "#93500b", Tone.BAD: "#b42318", Tone.CALM: "#1f5fb0", Tone.MUTED: "#5b6677"},
    "dark": {Tone.GOOD: "#6ce9a6", Tone.WARN: "#fdc66b", Tone.BAD: "#ff9c94", Tone.CALM: "#8fc0ff", Tone.MUTED: "#a3aebd"},
}  # fmt: skip
_GROUNDS: Final = {
    "light": {Tone.GOOD: "#e7f6ee", Tone.WARN: "#fdf3df", Tone.BAD: "#fdecea", Tone.CALM: "#e6effb", Tone.MUTED: "#eef1f6"},
    "dark": {Tone.GOOD: "#173b2b", Tone.WARN: "#423315", Tone.BAD: "#472220", Tone.CALM: "#1d3557", Tone.MUTED: "#2a3342"},
}  # fmt: skip
_SIDE: Final = {
    "light": {"side": "#24324a", "side_text": "#d7dfec", "side_chosen": "#1f5fb0", "side_over": "#30415f"},
    "dark": {"side": "#121822", "side_text": "#c3ccd9", "side_chosen": "#2f6fc4", "side_over": "#222c3b"},
}

_DISABLED_TEXT: Final = {"light": "#7b8698", "dark": "#8792a3"}


class Shade(StrEnum):
    """Which of the two palettes."""

    LIGHT = "light"
    DARK = "dark"


class _Worn:
    """The shade that the application wears now."""

    shade = Shade.LIGHT


def shade_now() -> Shade:
    """The shade worn now."""
    return _Worn.shade


def colour(tone: Tone) -> QColor:
    """The colour of a text in this tone, in the shade worn now."""
    return QColor(_TONES[_Worn.shade][tone])


def ground(tone: Tone) -> QColor:
    """The ground for a text in this tone, in the shade worn now."""
    return QColor(_GROUNDS[_Worn.shade][tone])


class NoChineseFont(WorldError):
    """The machine has no font that can show Chinese."""

    form = "这台电脑没有中文字体，界面无法显示。请安装中文字体（Debian：fonts-wqy-microhei 或 fonts-noto-cjk）后重新打开程序。"


class NoChineseTexts(WorldError):
    """Qt's own Chinese texts (确定, 取消 …) are missing from the installation."""

    form = "程序缺少界面翻译文件 {name}，安装不完整。请重新安装程序。"


def palette(shade: Shade) -> QPalette:
    """The palette of one shade, disabled texts included."""
    made = QPalette()
    for role, colour in _ACTIVE[shade].items():
        made.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED_TEXT[shade]))
    made.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, made.color(_Role.Mid))
    made.setColor(QPalette.ColorGroup.Disabled, _Role.HighlightedText, made.color(_Role.WindowText))
    return made


def chinese_font(points: float = TEXT_SIZES[0]) -> QFont:
    """The screen font, `points` high: the best of CHINESE_FONTS that is installed, else any that writes Chinese, else our own.

    Raises NoChineseFont.
    """
    installed = _chinese_families() or _carried_families()
    if not installed:
        raise NoChineseFont
    family = next((name for name in CHINESE_FONTS if name in installed), installed[0])
    font = QFont(family)
    font.setPointSizeF(points)
    return font


def _chinese_families() -> list[str]:
    return QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)


def _carried_families() -> list[str]:
    """An installed program carries a font for machines that have none; it is loaded only there."""
    for file in sorted(resource("fonts").glob("*.tt[cf]")):
        QFontDatabase.addApplicationFont(str(file))
    return _chinese_families()


def load_chinese_texts(application: QApplication) -> None:
    """Make Qt's own buttons and dialogs speak Chinese, and dates and numbers follow zh_CN.

    Raises NoChineseTexts.
    """
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    name = "qtbase_zh_CN"
    translator = QTranslator(application)
    if not translator.load(name, QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        raise NoChineseTexts(name=f"{name}.qm")
    application.installTranslator(translator)


def wear(application: QApplication, shade: Shade, points: float) -> None:
    """Change palette, style sheet and text size of everything that is open. Raises NoChineseFont."""
    _Worn.shade = shade
    worn = palette(shade)
    application.setPalette(worn)
    application.setFont(chinese_font(points))
    application.setStyleSheet(_style_sheet(shade, worn))


def _style_sheet(shade: Shade, worn: QPalette) -> str:
    """The few rules that a palette cannot say, with the shade's colours put in."""
    text = resource("style.qss").read_text(encoding="utf-8")
    words = {role.name.lower(): worn.color(role).name() for role in _ACTIVE[shade]}
    words |= _SIDE[shade] | {f"ground_{tone}": name for tone, name in _GROUNDS[shade].items()}
    words |= {str(tone): name for tone, name in _TONES[shade].items()}
    for name in sorted(words, key=len, reverse=True):
        text = text.replace(f"@{name}", words[name])
    return text


def dress(application: QApplication, shade: Shade = Shade.LIGHT, points: float = TEXT_SIZES[0]) -> None:
    """Give the whole application its style, palette, font and language. Raises NoChineseFont, NoChineseTexts."""
    application.setStyle("Fusion")
    wear(application, shade, points)
    load_chinese_texts(application)
