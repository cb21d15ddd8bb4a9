"""A generated township written in any combination of layout options reads back to itself."""

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.intake.cells import read_id, read_past_day, text_in, word_of
from app.workbook.columns import DATA_ROW, PEOPLE, DataRow, Table, data_rows, find_tables
from app.workbook.reading import open_workbook
from tests.layouts import ENCODINGS, Book, Cell, Layout
from tests.townships import GIVEN, RARE, RELATIONS, SURNAMES, VILLAGES, id_number

Line = dict[str, str]

FIELDS = (
    "serial",
    "village",
    "household_no",
    "head",
    "name",
    "relation",
    "sex",
    "id_number",
    "birth",
    "phone",
    "remark",
)
MERGED = ("village", "household_no", "head")


def township(rng: Random) -> list[list[Line]]:
    """Households of people as they truly are, village by village."""
    households = []
    for number in range(rng.randrange(1, 9)):
        village = VILLAGES[number * len(VILLAGES) // 9]
        members: list[Line] = []
        for place in range(rng.choice((1, 1, 2, 3, 4))):
            birth = date(rng.randrange(1930, 2020), rng.randrange(1, 13), rng.randrange(1, 29))
            sex = rng.choice("男女")
            name = rng.choice(
                (rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN), rng.choice(RARE[:2]))
            )
            members.append(
                {
                    "village": village,
                    "household_no": f"H{number:09d}",
                    "name": name,
                    "head": members[0]["name"] if members else name,
                    "relation": rng.choice(RELATIONS) if place else "户主",
                    "sex": sex,
                    "id_number": id_number(rng, birth, sex),
                    "birth": birth.isoformat(),
                    "phone": f"138{rng.randrange(10**8):08d}",
                    "remark": rng.choice(("", "低保户", "常年在外，已联系")),
                }
            )
        households.append(members)
    return households


def dressed(layout: Layout, line: Line, serial: int) -> dict[str, Cell]:
    """The line's cells as a clerk types them."""
    cells: dict[str, Cell] = {name: text or None for name, text in line.items()}
    cells["serial"] = serial
    cells["id_number"] = layout.noisy(line["id_number"])
    cells["phone"] = layout.rng.choice((line["phone"], int(line["phone"])))
    cells["birth"] = layout.day(date.fromisoformat(line["birth"]))
    cells["unknown"] = layout.rng.choice(("汉族", "小学", None))
    return cells


def written(
    layout: Layout, households: list[list[Line]], path: Path
) -> tuple[Path, list[tuple[str, int, Line]]]:
    """The workbook, and where each line stands in it."""
    book = Book(layout)
    places: list[tuple[str, int, Line]] = []
    by_sheet: dict[str, list[list[Line]]] = defaultdict(list)
    for members in households:
        by_sheet[members[0]["village"] if layout.by_village else "名册"].append(members)
    count = 0
    for sheet, its_households in by_sheet.items():
        book.begin(sheet, "云溪镇户籍底册")
        for members in its_households:
            first = 0
            last = 0
            for line in members:
                count += 1
                last = book.add(sheet, dressed(layout, line, count))
                first = first or last
                places.append((sheet, last, line))
            if len(members) > 1 and layout.merges and layout.kind not in ("csv", "txt"):
                for name in MERGED:
                    book.merge(sheet, name, first, last)
            book.pause(sheet, count)
        if layout.footer:
            total: dict[str, Cell] = {"name": f"共{count}人", layout.order[0]: layout.footer}
            book.add(sheet, total)
        book.close(sheet)
    return book.write(path), places


def line_of(table: Table, row: DataRow) -> Line:
    """A row as it was before it was written, cleaned as intake cleans it."""
    cells = dict(zip(table.fields, row.cells, strict=True))
    line = {}
    for name in FIELDS[1:]:
        if name not in cells:
            continue
        cell = cells[name]
        if name == "id_number":
            line[name] = read_id(cell)[0]
        elif name == "birth":
            line[name] = read_past_day(cell.date() if isinstance(cell, datetime) else cell)
        elif name == "phone":
            line[name] = word_of(cell)
        else:
            line[name] = text_in(cell)
    return line


@settings(max_examples=150)
@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(("xlsx", "xlsx", "ods", "csv", "txt", "html")),
    encoding=st.sampled_from(ENCODINGS),
    levels=st.integers(1, 3),
    by_village=st.booleans(),
    merges=st.booleans(),
    footer=st.sampled_from(("", "合计", "总计：", "本页小计")),
    left_out=st.sets(
        st.sampled_from(("serial", "household_no", "head", "relation", "sex", "phone", "remark"))
    ),
)
def test_a_township_in_any_layout_reads_back_to_itself(
    tmp_path: Path,
    seed: int,
    kind: str,
    encoding: str,
    levels: int,
    by_village: bool,
    merges: bool,
    footer: str,
    left_out: set[str],
) -> None:
    rng = Random(seed)
    households = township(rng)
    layout = Layout(rng, [name for name in FIELDS if name not in left_out], by_village=by_village, kind=kind)
    layout.levels, layout.encoding, layout.merges, layout.footer = levels, encoding, merges, footer
    path, places = written(layout, households, tmp_path / "名册")
    found = [
        (table.sheet.name, row.number, line_of(table, row))
        for table in find_tables(open_workbook(path), PEOPLE)
        for row in data_rows(table)
        if row.kind == DATA_ROW
    ]
    names = [name for name in FIELDS[1:] if name not in left_out]
    expected = [
        (sheet if kind in ("xlsx", "ods") else found[0][0], row, {name: line[name] for name in names})
        for sheet, row, line in places
    ]
    assert found == expected


ONE_ROW = ("name", "id_number", "relation", "sex")


@settings(max_examples=80)
@given(
    seed=st.integers(0, 2**32),
    style=st.sampled_from(("numbers", "groups", "one group")),
    has_own_head=st.booleans(),
)
def test_a_township_of_one_row_a_household_reads_back_to_itself(
    tmp_path: Path, seed: int, style: str, has_own_head: bool
) -> None:
    rng = Random(seed)
    households = township(rng)
    most = max(max(map(len, households)) - has_own_head, 2)
    fields = [name for name in ONE_ROW if name != "sex" or rng.random() < 0.5]
    rng.shuffle(fields)
    title = {"name": "姓名", "id_number": "身份证号", "relation": "与户主关系", "sex": "性别"}
    members = range(1, most + 1)
    heads = [("户主姓名", "name"), ("户主身份证号", "id_number")] if has_own_head else []
    left = ["村", *(heading for heading, _ in heads)]
    if style == "numbers":
        heading_rows: list[list[Cell]] = [
            [*left, *(f"成员{at}{title[name]}" for at in members for name in fields)]
        ]
    else:
        empty: list[Cell] = [None] * (len(fields) - 1)
        if style == "groups":
            groups = [cell for at in members for cell in (f"家庭成员{at}", *empty)]
        else:
            groups = ["家庭成员情况", *([None] * (len(fields) * most - 1))]
        under: list[Cell] = [title[name] for _ in members for name in fields]
        heading_rows = [[*left, *groups], [*([None] * len(left)), *under]]
    rows: list[list[Cell]] = [["云溪镇名册"], *heading_rows]
    expected = []
    for household in households:
        row: list[Cell] = [household[0]["village"], *(household[0][name] for _, name in heads)]
        for line in household[has_own_head:]:
            row += [line[name] for name in fields]
        rows.append(row)
        for place, line in enumerate(household):
            own = {
                name: line[name]
                for name in fields
                if not (has_own_head and not place and name in ("relation", "sex"))
            }
            expected.append((len(rows), household[0]["id_number"], {"village": line["village"], **own}))
    layout = Layout(rng, ["village"], by_village=False, kind="xlsx")
    layout.has_formulas = False
    book = Book(layout)
    book.sheets["名册"] = rows
    path = book.write(tmp_path / "名册")
    (table,) = find_tables(open_workbook(path), PEOPLE)
    found = []
    for row_read in data_rows(table):
        cells = dict(zip(table.fields, row_read.cells, strict=True))
        own = {name: str(cells[name]) for name in ("village", *fields) if cells[name] is not None}
        found.append((int(row_read.number), cells["head_id"], own))
    assert found == expected
