"""The first start where much is missing: a small screen under large scaling, no Chinese font, no folder that may be written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from ui import __main__ as desktop
from ui.screen_fit import LEAST_HEIGHT, LEAST_WIDTH, fitting_factor
from ui.screens.access.set_up import SetUpWindow
from ui.theme import NoChineseFont, NoChineseTexts

_ASK = """
from ui.__main__ import start
application, entrance = start([])
application.processEvents()
screen = application.primaryScreen()
window = entrance.window
from app.places import places
from ui.failures import open_log
open_log(places().log)
print(screen.availableSize().width(), screen.availableSize().height(), screen.devicePixelRatio(),
      window.isVisible(), max(window.width(), window.minimumSizeHint().width()), max(window.height(), window.minimumSizeHint().height()))
"""


def started(**environment: str) -> "subprocess.CompletedProcess[str]":
    """Start the desktop in a process of its own; gives what it said of its screen and window."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", _ASK], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )  # fmt: skip


def holder(tmp_path: Path, width: int, height: int) -> str:
    """The platform's name for a screen of that many real pixels."""
    file = tmp_path / "screens.json"
    screen = {
        "name": "S",
        "x": 0,
        "y": 0,
        "width": width,
        "height": height,
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    file.write_text(json.dumps({"screens": [screen]}))
    return f"offscreen:configfile={file}"


# -- small screens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1366, 728, 1.0),
        (1024, 632, 1.0),
        (1092, 574, 574 / 632),
        (910, 472, 472 / 632),
        (800, 900, 800 / 1024),
    ],
)
def test_the_factor_makes_the_least_window_fit(width: int, height: int, expected: float) -> None:
    assert fitting_factor(QSize(width, height)) == pytest.approx(expected)


@pytest.mark.parametrize("scaling", ["1", "1.25", "1.5", "2", "nonsense"])
def test_the_window_fits_1366_by_768_under_any_scaling(tmp_path: Path, scaling: str) -> None:
    done = started(QT_QPA_PLATFORM=holder(tmp_path, 1366, 768), QT_SCALE_FACTOR=scaling, HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    width, height, _, visible, least_width, least_height = done.stdout.split()
    assert visible == "True"
    assert int(width) >= LEAST_WIDTH
    assert int(height) >= LEAST_HEIGHT
    assert int(least_width) <= int(width)
    assert int(least_height) <= int(height)


def test_a_large_screen_keeps_the_scaling_that_was_asked_for(tmp_path: Path) -> None:
    done = started(QT_QPA_PLATFORM=holder(tmp_path, 1920, 1080), QT_SCALE_FACTOR="1.5", HOME=str(tmp_path))
    assert done.stdout.split()[:3] == ["1280", "720", "1.5"], done.stderr


# -- no font ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="fontconfig")
def test_without_a_chinese_font_a_sentence_is_said_and_it_ends(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(
        f'<?xml version="1.0"?><fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>'
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "ui"], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == desktop.WORLD_FAILED
    assert "没有中文字体" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("fault", "english"), [(NoChineseFont(), True), (NoChineseTexts(name="qtbase_zh_CN.qm"), False)]
)
def test_a_program_started_by_a_click_says_it_in_a_box(
    monkeypatch: pytest.MonkeyPatch, fault: NoChineseFont | NoChineseTexts, english: bool
) -> None:
    said: list[str] = []

    def fail(_arguments: object) -> None:
        raise fault

    monkeypatch.setattr(desktop, "start", fail)
    monkeypatch.setattr(sys, "argv", ["xiangcai"])
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    assert desktop.main() == desktop.WORLD_FAILED
    assert said == []  # a console was there to say it
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert desktop.main() == desktop.WORLD_FAILED
    assert len(said) == 1
    assert said[0].startswith(fault.sentence)
    assert ("no Chinese font" in said[0]) is english


# -- no rights ----------------------------------------------------------------------------------------------


def test_a_home_that_cannot_be_written_still_opens_a_window(tmp_path: Path) -> None:
    wall = tmp_path / "a file"
    wall.write_text("nothing can be made below it")
    places = (
        "HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
        "XDG_DOCUMENTS_DIR",
    )
    done = started(**{name: str(wall / name) for name in places})
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[3] == "True"
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("cheap_keys")
def test_a_new_office_where_nothing_may_be_written_is_refused_with_a_sentence(
    qtbot: QtBot, tmp_path: Path
) -> None:
    wall = tmp_path / "a file"
    wall.write_text("nothing can be made below it")
    window = SetUpWindow(wall / "一卡通数据")
    qtbot.addWidget(window)
    window.show()
    window.township.setText("云溪镇")
    window.code.setText("330624199")
    window.villages.setPlainText("上溪村\n")
    window.folder.setText(str(wall / "一卡通数据" / "云溪镇"))
    window.take()
    window.password.setText("云溪-密码-2024")
    window.again.setText("云溪-密码-2024")
    window.take()
    assert not window.bar.isHidden()
    assert "无法写入" in window.bar.words.text()
    # another folder is all it takes
    assert window.township.text() == "云溪镇"


def test_every_key_of_the_set_up_leads_to_a_field(qtbot: QtBot, tmp_path: Path) -> None:
    window = SetUpWindow(tmp_path)
    qtbot.addWidget(window)
    labels: list[QLabel] = list(window.findChildren(QLabel))
    with_keys = [one for one in labels if "(&" in one.text()]
    assert len(with_keys) >= 4
    assert not [one.text() for one in with_keys if one.buddy() is None]
