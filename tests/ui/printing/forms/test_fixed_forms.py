"""Covers, labels, the recovery code and QR codes: everything they say is on the paper, and inside it."""

from dataclasses import dataclass
from datetime import datetime

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from tests.ui.printing.reading import pages_of, text_of
from ui.printing.forms.covers import Cover, cover_document
from ui.printing.forms.labels import SPINES, face_labels, spine_labels
from ui.printing.forms.recovery_code import recovery_code_document
from ui.printing.frame import Foot
from ui.printing.ink import Ink
from ui.printing.qr import paint_qr

pytestmark = pytest.mark.usefixtures("qapp")


@dataclass(frozen=True)
class Label:
    """A box as the archive describes it."""

    title: str
    code: str = "Z109-KU·2024-D30-PZ-0001"
    office: str = "石门镇财政所"
    fonds: str = "Z109"
    class_name: str = "会计凭证"
    year: str = "2024"
    retention: str = "30 年"
    span: str = "0001 至 0024"


def test_a_cover_says_its_facts() -> None:
    facts = [("批次号", "2130122-2024-01"), ("保管期限", "30 年"), ("校验码", "0c574a0f 696715ee")]
    text = text_of(
        cover_document(
            [Cover("石门镇财政所", "耕地地力保护补贴2024年发放案卷", facts, "石门镇财政所案卷")],
            Foot("打印：甲"),
        )
    )
    for words in (
        "石门镇财政所",
        "耕地地力保护补贴2024年发放案卷",
        *(part for fact in facts for part in fact),
        "打印：甲",
    ):
        assert words in text


def test_faces_are_two_on_a_page_and_spines_as_many_as_fit() -> None:
    labels = [Label(f"2024年{month}月记账凭证") for month in range(1, 13)]
    faces = pages_of(face_labels(labels))
    assert len(faces) == 6
    assert "2024年1月记账凭证" in faces[0]
    assert "2024年2月记账凭证" in faces[0]
    counts = [len(pages_of(spine_labels(labels, thick))) for thick in SPINES]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


@pytest.mark.parametrize("thick", SPINES)
def test_a_spine_has_every_sign_of_a_long_title(thick: int) -> None:
    title = "石门镇财政所困难残疾人生活补贴和重度残疾人护理补贴2024年度发放案卷第三卷"
    text = "".join(text_of(spine_labels([Label(title)], thick)).split())
    missing = [sign for sign in title if sign not in text]
    assert not missing
    assert "2024" in text  # a number stands on one line


def test_the_recovery_code_is_whole() -> None:
    code = "K7QF-2M9X-PL4T-8RWA-ZC3N-5HVD-J6YB-E1SG"
    text = "".join(text_of(recovery_code_document("石门镇财政所", code, datetime(2024, 6, 1, 9, 0))).split())
    assert code in text
    assert "密封" in text


@settings(deadline=None, max_examples=15)
@given(st.text("石门镇财政所公示2024 0123456789abcdef\n〔〕", min_size=1, max_size=80))
def test_a_code_is_painted_module_by_module(text: str) -> None:
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = 8
    side = (len(rows) + 4) * size
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_qr(Ink(painter), QRectF(0, 0, side, side), text)
    painter.end()
    for line, row in enumerate(rows):
        for column, black in enumerate(row):
            seen = image.pixelColor((column + 2) * size + size // 2, (line + 2) * size + size // 2)
            assert (seen.name() == "#000000") == bool(black)
