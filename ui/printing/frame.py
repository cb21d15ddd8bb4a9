"""What stands around every page: at the foot who printed it and when, the audit head, who holds several posts, x of y."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF

from app.access.queries import several_posts_line
from app.audit.queries import head
from app.desk import Desk
from ui.printing.breaking import broken
from ui.printing.fonts import Face, Role, face
from ui.printing.ink import Ink, Side
from ui.printing.paper import Paper, Place

SMALL: Final = 8.0
_LONGEST_NUMBER: Final = "　　第 99999 页　共 99999 页"


@dataclass(frozen=True)
class Foot:
    """The words at the foot, broken where they are long; the page's number stands at the right of their last line."""

    made: str = ""
    posts: str = ""
    """Who holds several posts, '' where nobody does."""

    def with_made(self, made: str) -> "Foot":
        """The foot of a sheet that says itself who made it, and perhaps who holds several posts."""
        return Foot(made, "" if self.posts in made else self.posts) if made else self

    def height(self, paper: Paper, points: float = SMALL) -> float:
        """What it takes of a page, in dots, the blank above it included."""
        small = face(Role.TEXT, points)
        return small.height * (0.6 + len(self._lines(paper, small)))

    def _lines(self, paper: Paper, small: Face) -> list[str]:
        room = paper.inside.width() - small.width(_LONGEST_NUMBER)
        return [
            line
            for text in (self.posts, self.made)
            if text or text is self.made
            for line in broken(small, text, room)
        ]

    def paint(self, ink: Ink, paper: Paper, place: Place, points: float = SMALL) -> None:
        """At the lower edge of what lies within the margins."""
        small, inside = face(Role.TEXT, points), paper.inside
        lines = self._lines(paper, small)
        box = QRectF(
            inside.left(),
            inside.bottom() - small.height * len(lines),
            inside.width(),
            small.height * len(lines),
        )
        ink.lines(box, lines, small)
        ink.words(box.adjusted(0, box.height() - small.height, 0, 0), place.words, small, Side.AlignRight)


def foot_of(desk: Desk) -> Foot:
    """The foot of what is printed at this desk now: a sheet is tied to the trail as it was when it was printed."""
    made = f"打印：{desk.operator.name}　{desk.now:%Y-%m-%d %H:%M}　日志校验码：{head(desk.store)}"
    return Foot(made, several_posts_line(desk.store))
