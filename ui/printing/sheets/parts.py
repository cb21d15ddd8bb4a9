"""A table too wide for its paper: its columns on sheets that are laid side by side, the first ones repeated on each.

Squeezed together, numbers would run over two lines, and 10,000.00 would be read as 10,0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.reports.sheet_model import Difference, Row, Share, SheetModel
from ui.printing.sheets.columns import Need

Part = tuple[SheetModel, Sequence[Need]]


def side_by_side(
    model: SheetModel, needs: Sequence[Need], sizes: Sequence[float], width: float
) -> list[Part]:
    """The parts of a sheet that a paper of that width (dots) holds, each with the needs of its columns; the sheet itself where it fits.

    `sizes` are those that the table may take, in points; a part is set in a middling one where there is room for it.
    """
    if _room(needs, sizes[-1]) <= width:
        return [(model, needs)]
    leading = list(range(_leading(model)))
    rest = list(range(len(leading), len(needs)))
    for points in (sizes[len(sizes) // 2], sizes[-1]):
        cuts = list(_cut(needs, leading, rest, width / (points * 10)))
        if all(_room([needs[one] for one in (*leading, *cut)], points) <= width for cut in cuts):
            break
    if len(cuts) < 2:
        return [(model, needs)]
    found: list[Part] = []
    for number, cut in enumerate(cuts, 1):
        places = [*leading, *cut]
        said = f"{model.title}（第{number}部分，共{len(cuts)}部分）"
        found.append((_part(model, places, said, ends=number == len(cuts)), [needs[one] for one in places]))
    return found


def _room(needs: Sequence[Need], points: float) -> float:
    """What columns take at the least in a type of that size, in dots."""
    return sum(need.least for need in needs) * points * 10


def _leading(model: SheetModel) -> int:
    """How many columns say whose row it is: those before the first that is summed, one at least."""
    summed = next((place for place, column in enumerate(model.columns) if column.total), 0)
    return max(1, model.frozen_columns or summed)


def _cut(
    needs: Sequence[Need], leading: Sequence[int], rest: Sequence[int], characters: float
) -> Iterator[list[int]]:
    """The other columns in runs that fit beside the leading ones, one a run at least."""
    room = characters - sum(needs[one].least for one in leading)
    run: list[int] = []
    taken = 0.0
    for one in rest:
        if run and taken + needs[one].least > room:
            yield run
            run, taken = [], 0.0
        run.append(one)
        taken += needs[one].least
    if run:
        yield run


def _part(model: SheetModel, places: Sequence[int], title: str, *, ends: bool) -> SheetModel:
    """The sheet with some of its columns. What follows from columns of other parts stands with the value it has."""
    headings = {model.columns[place].heading for place in places}

    def cells(row: Row) -> Row:
        return [row[place] for place in places]

    return replace(
        model,
        title=title,
        columns=[model.columns[place] for place in places],
        groups=[replace(group, rows=[cells(row) for row in group.rows]) for group in model.groups],
        derived={
            heading: rule
            for heading, rule in model.derived.items()
            if heading in headings and headings.issuperset(_parts_of(rule))
        },
        in_words=model.in_words if model.in_words in headings else "",
        notes=model.notes if ends else (),
        signatures=model.signatures if ends else (),
    )


def _parts_of(rule: Difference | Share) -> Sequence[str]:
    return (*rule.plus, *rule.minus) if isinstance(rule, Difference) else (rule.part, rule.whole)
