"""恢复码 on paper: large enough to be typed back without a slip, and how it is kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRectF

from ui.printing.breaking import balanced
from ui.printing.fonts import Role, face
from ui.printing.ink import HAIR, Ink, Side
from ui.printing.paper import A4, Document, Page, Place, mm

_SENTENCES: Final = (
    "所有操作员都忘记密码时，只有它能打开本办公点的数据；丢了，数据就找不回来。",
    "请装进信封密封，交单位负责人锁进保险柜；不要拍照，不要存进电脑。",
    "更换恢复码以后，这一张作废，请当场销毁。",
)


def recovery_code_document(office: str, code: str, printed: datetime) -> Document:
    """One page with the code, its signs in the groups that it is written in."""

    def page(ink: Ink, _place: Place) -> None:
        inside, text = A4.inside, face(Role.TEXT, 14)
        ink.words(QRectF(inside.left(), mm(40), inside.width(), mm(14)), f"{office}恢复码", face(Role.TITLE, 26), Side.AlignHCenter)  # fmt: skip
        large = face(Role.HEADING, 24)
        lines = balanced(large, code.replace("-", "- "), inside.width() - mm(20))
        box = QRectF(inside.left(), mm(70), inside.width(), len(lines) * large.height * 1.4 + mm(16))
        ink.frame(box, 3 * HAIR)
        ink.lines(box, [line.replace("- ", "-") for line in lines], large, Side.AlignHCenter)
        top = box.bottom() + mm(12)
        for sentence in _SENTENCES:
            top += ink.paragraph(QRectF(inside.left(), top, inside.width(), 0), f"　　{sentence}", text) + mm(
                2
            )
        signed = QRectF(inside.left(), top + mm(20), inside.width(), mm(8))
        ink.words(signed, "密封人：", text)
        ink.words(signed.adjusted(inside.width() / 2, 0, 0, 0), "保管人：", text)
        ink.words(signed.translated(0, mm(16)), f"打印：{printed:%Y-%m-%d %H:%M}", text)

    def pages() -> Iterator[Page]:
        yield page

    return Document("恢复码", A4, pages)
