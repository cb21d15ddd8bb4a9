"""How large the parts of a sheet are written: on A4 as an office writes them, on A3 to be read standing."""

from dataclasses import dataclass
from typing import Final

from ui.printing.fonts import Face, Role, face
from ui.printing.paper import A3, A4, A4_WIDE, Paper

_TABLE_POINTS: Final = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)


@dataclass(frozen=True)
class Style:
    """Points of each part; `table` are the sizes that the table may take, the largest that fits is taken."""

    title: float
    text: float
    small: float
    table: tuple[float, ...]

    def larger(self, times: float) -> "Style":
        """The same, enlarged."""
        return Style(
            self.title * times,
            self.text * times,
            self.small * times,
            tuple(one * times for one in self.table),
        )

    @property
    def title_face(self) -> Face:
        """方正小标宋."""
        return face(Role.TITLE, self.title)

    @property
    def text_face(self) -> Face:
        """仿宋, for the preface and the line over the table."""
        return face(Role.TEXT, self.text)

    @property
    def remark_face(self) -> Face:
        """楷体, for notes."""
        return face(Role.REMARK, self.text)


LIST: Final = Style(17.0, 10.5, 8.0, _TABLE_POINTS)
"""A list or a return that an office files."""
WALL: Final = Style(20.0, 13.0, 9.0, (13.0, 12.5, 12.0, 11.5, 11.0, *_TABLE_POINTS))
"""A notice on A4, on the wall."""


def style_on(paper: Paper, style: Style) -> Style:
    """A style for the paper: A3 is A4 enlarged."""
    return style.larger(paper.width / A4.width) if paper == A3 else style


def paper_of(*, landscape: bool) -> Paper:
    """A4, turned where a sheet is wide."""
    return A4_WIDE if landscape else A4
