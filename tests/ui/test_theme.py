"""The looks: readable, Chinese, and Fusion."""

import pytest
from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QColor, QFontDatabase, QPalette, QRawFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from ui.theme import (
    CHINESE_FONTS,
    TEXT_SIZES,
    NoChineseFont,
    NoChineseTexts,
    Shade,
    chinese_font,
    dress,
    palette,
    wear,
)

Role = QPalette.ColorRole
PAIRS = [
    (Role.WindowText, Role.Window),
    (Role.BrightText, Role.Window),
    (Role.Text, Role.Base),
    (Role.Text, Role.AlternateBase),
    (Role.PlaceholderText, Role.Base),
    (Role.ButtonText, Role.Button),
    (Role.HighlightedText, Role.Highlight),
    (Role.ToolTipText, Role.ToolTipBase),
    (Role.Link, Role.Window),
    (Role.LinkVisited, Role.Window),
]


def luminance(colour: QColor) -> float:
    """WCAG 2 relative luminance."""
    channels = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: QColor, other: QColor) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21.0, abs=0.01)
    assert contrast(QColor("#767676"), QColor("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("shade", Shade)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_can_be_read(shade: Shade, text: Role, ground: Role) -> None:
    colours = palette(shade)
    assert contrast(colours.color(text), colours.color(ground)) >= 4.5


@pytest.mark.parametrize("shade", Shade)
def test_disabled_texts_can_be_made_out(shade: Shade) -> None:
    colours = palette(shade)
    disabled = QPalette.ColorGroup.Disabled
    for text, ground in (
        (Role.WindowText, Role.Window),
        (Role.Text, Role.Base),
        (Role.ButtonText, Role.Button),
    ):
        assert contrast(colours.color(disabled, text), colours.color(disabled, ground)) >= 3
        assert colours.color(disabled, text) != colours.color(text)


def test_the_shades_differ() -> None:
    light, dark = palette(Shade.LIGHT), palette(Shade.DARK)
    assert luminance(light.color(Role.Window)) > luminance(dark.color(Role.Window))


def test_qt_speaks_chinese(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.button(QDialogButtonBox.StandardButton.Ok).text() == "确定"
    assert "取消" in box.button(QDialogButtonBox.StandardButton.Cancel).text()


def test_fusion_whatever_the_desktop(qapp: QApplication) -> None:
    dress(qapp)
    qapp.setStyleSheet("")  # the style sheet wraps the style that it stands on
    assert qapp.style().name() == "fusion"


@pytest.mark.parametrize("points", TEXT_SIZES)
def test_the_font_writes_chinese_at_every_size(qtbot: QtBot, qapp: QApplication, points: float) -> None:
    dress(qapp, points=points)
    label = QLabel("财政所")
    qtbot.addWidget(label)
    assert label.font().pointSizeF() == points
    raw = QRawFont.fromFont(label.font())
    assert all(raw.supportsCharacter(ord(sign)) for sign in "财政所〔〕壹贰叁")


def test_the_best_installed_font_is_taken(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: ["Zzz", CHINESE_FONTS[6], CHINESE_FONTS[2]])
    assert chinese_font().family() == CHINESE_FONTS[2]
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: ["Zzz"])
    assert chinese_font().family() == "Zzz"


def test_no_chinese_font_is_said(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: [])
    with pytest.raises(NoChineseFont, match="请安装中文字体"):
        chinese_font()


def test_missing_translation_is_said(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QLibraryInfo, "path", lambda *_: "no-such-folder")
    with pytest.raises(NoChineseTexts, match="qtbase_zh_CN"):
        dress(qapp)


@pytest.mark.parametrize("shade", Shade)
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_what_is_not_ticked_yet_can_be_seen(
    qapp: QApplication, qtbot: QtBot, shade: Shade, kind: type[QAbstractButton]
) -> None:
    """Fusion draws the box darker than its ground: in dark nothing was left of it."""
    wear(qapp, shade, TEXT_SIZES[0])
    try:
        box = kind()
        qtbot.addWidget(box)
        box.show()
        picture = box.grab().toImage()
        ground = palette(shade).color(Role.Window)
        found = {
            picture.pixelColor(x, y).rgb() for x in range(picture.width()) for y in range(picture.height())
        }
        assert max(contrast(QColor(one), ground) for one in found) >= 3
    finally:
        wear(qapp, Shade.LIGHT, TEXT_SIZES[0])
