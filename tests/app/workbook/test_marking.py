"""The marked workbook: the clerk's own file back, all of it as it was, with what is wrong shown in it."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from app.workbook.marked_copy import marked_copy
from app.workbook.marking import Marked, mark_workbook, write_marked
from app.workbook.marks import (
    FILLS,
    MARK_HEADING,
    MOST_NOTES,
    NOTE_SEPARATOR,
    SUMMARY_SHEET,
    SUMMARY_TITLE,
    Mark,
    Summary,
    is_summary,
    mark_height,
)
from app.workbook.reading import read_workbook
from app.workbook.safe_file import WouldOverwriteInput
from tests.app.workbook.rich import (
    HEADING_ROW,
    fills,
    links,
    loaded,
    notes,
    parts,
    rich_workbook,
    sheet_facts,
    zipped,
)
from tests.office import converted

SUMMARY = Summary("花名册.xlsx", 12, 10, 2, ("附表（隐藏）",))
RED, YELLOW = FILLS["error"], FILLS["warning"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def mark(
    row: int, column: int | None, sentence: str = "请改正。", level: str = "error", sheet: str = "花名册"
) -> Mark:
    return Mark(sheet, row, column, level, sentence, "身份证号", "身份证号位数不对")


def marked(body: bytes, marks: Sequence[Mark], heading_row: int = HEADING_ROW) -> Marked:
    done = mark_workbook(body, "花名册.xlsx", marks, {"花名册": heading_row}, SUMMARY)
    for name, part in parts(done.body).items():
        if name.endswith((".xml", ".rels")):
            expat.ParserCreate().Parse(part, True)
    return done


MARKS = (
    mark(5, 3, "身份证号是 17 位。"),
    mark(5, 2, "姓名“<张&三>”可疑。", "warning"),
    mark(9, 4, "面积不是数字。"),
    mark(9, 4, "面积与登记不一致。", "warning"),
    mark(7, 1, "村名认不出。"),
    mark(14, None, "这一行没有列。", "warning"),
)


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    return rich_workbook(tmp_path / "花名册.xlsx").read_bytes()


def test_everything_else_is_as_it_was(body: bytes) -> None:
    done = marked(body, MARKS)
    assert (done.suffix, done.rebuilt) == (".xlsx", "")
    before, after = loaded(body), loaded(done.body)
    assert after.sheetnames == [SUMMARY_SHEET, "封面", "花名册", "别的表"]
    for name in ("封面", "别的表"):
        assert sheet_facts(after[name]) == sheet_facts(before[name])
    ours = sheet_facts(after["花名册"], but_columns=[7])
    theirs = sheet_facts(before["花名册"], but_columns=[7])
    widths = ours.pop("widths")
    assert theirs.pop("widths").items() <= widths.items()  # type: ignore[attr-defined]
    assert widths["H"][2] == 60  # type: ignore[index]
    assert widths["I"][3], "the hidden columns beside ours stay hidden"  # type: ignore[index]
    two_lines = {5: (30, False, 0), 9: (30, True, 0)}
    assert ours["heights"] == {**theirs.pop("heights"), **two_lines}  # type: ignore[dict-item]
    del ours["heights"]
    assert ours == theirs


def test_the_parts_that_marking_does_not_touch_are_the_same_bytes(body: bytes) -> None:
    before, after = parts(body), parts(marked(body, MARKS).body)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "docProps/app.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet2.xml",
        "xl/comments2.xml",
        "xl/drawings/vmlDrawing2.vml",
    }
    assert set(after) - set(before) == {"xl/worksheets/sheet4.xml"}


def test_wrong_cells_have_the_colour_of_their_level(body: bytes) -> None:
    before, after = fills(loaded(body)["花名册"]), fills(loaded(marked(body, MARKS).body)["花名册"])
    ours = {"D5": RED, "C5": YELLOW, "E9": RED, "B4": RED, "A14": YELLOW}
    assert after == {**before, **ours, "H3": "FFD9E1F2"}


def test_each_wrong_cell_has_one_note_and_the_clerks_own_notes_stay(body: bytes) -> None:
    after = notes(loaded(marked(body, MARKS).body)["花名册"])
    assert after == {
        "D5": "【错误】身份证号是 17 位。",
        "C5": f"张三家的事\n{NOTE_SEPARATOR}\n【提醒】姓名“<张&三>”可疑。",
        "E9": "【错误】面积不是数字。\n【提醒】面积与登记不一致。",
        "B4": "【错误】第 7 行：村名认不出。",
        "A14": "【提醒】这一行没有列。",
    }


def test_the_last_column_says_what_is_wrong_in_each_row(body: bytes) -> None:
    sheet = loaded(marked(body, MARKS).body)["花名册"]
    column = {row: sheet.cell(row, 8).value for row in range(1, 20) if sheet.cell(row, 8).value}
    assert column == {
        3: MARK_HEADING,
        5: "【提醒】身份证号：姓名“<张&三>”可疑。\n【错误】身份证号：身份证号是 17 位。",
        7: "【错误】身份证号：村名认不出。",
        9: "【错误】身份证号：面积不是数字。\n【提醒】身份证号：面积与登记不一致。",
        14: "【提醒】身份证号：这一行没有列。",
    }
    assert sheet["H5"].alignment.wrap_text
    assert sheet["H3"].font.b


def test_the_first_sheet_counts_and_says_what_to_do(body: bytes) -> None:
    sheet = loaded(marked(body, MARKS).body)[SUMMARY_SHEET]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == [SUMMARY_TITLE]
    assert rows[1] == ["文件：花名册.xlsx。共 12 行，通过 10 行，退回 2 行。"]
    assert ["错误", "身份证号位数不对", 3, 1, "第 5 行", "身份证号是 17 位。"] in rows
    assert ["提醒", "身份证号位数不对", 3, 1, "第 5 行", "姓名“<张&三>”可疑。"] in rows
    assert [1, "花名册", 3, 3, "第 5 行", "第 5、7、9、14 行，共 4 行"] in rows
    assert any("附表（隐藏）" in str(row) for row in rows)
    assert set(links(sheet).values()) == {"'花名册'!C5", "'花名册'!D5"}


def test_numbers_that_count_sheets_move_on(body: bytes) -> None:
    book = loaded(marked(body, MARKS).body)
    assert book.active.title == "花名册"
    assert book["别的表"].defined_names["本表"].value == "别的表!$A$1"
    assert book.defined_names["全部"].value == "花名册!$A$1:$G$9"
    assert book["花名册"].print_title_rows == "$1:$3"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book] == [False, False, True, False]
    titles = parts(marked(body, MARKS).body)["docProps/app.xml"].decode()
    assert f"<vt:lpstr>{SUMMARY_SHEET}</vt:lpstr><vt:lpstr>封面</vt:lpstr>" in titles
    assert "<vt:i4>4</vt:i4>" in titles


def test_marked_again_nothing_is_there_twice(body: bytes) -> None:
    once = marked(body, MARKS).body
    again = marked(once, MARKS).body
    assert parts(again) == parts(once)


def test_marked_again_when_mended_nothing_of_the_first_marking_is_left(body: bytes) -> None:
    once = marked(body, MARKS).body
    clean = marked(once, []).body
    before, after = loaded(body)["花名册"], loaded(clean)["花名册"]
    assert fills(after) == fills(before)
    assert notes(after) == notes(before)
    ours, theirs = sheet_facts(after), sheet_facts(before)
    assert ours["cells"] == theirs["cells"]
    assert loaded(clean)[SUMMARY_SHEET]["A3"].value == "没有发现问题，不用改。"


def test_saved_by_another_program_and_marked_again(body: bytes) -> None:
    """openpyxl writes shared texts and numbers styles anew, as office programs do."""
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(marked(body, MARKS).body)).save(saved)
    done = marked(saved.getvalue(), [mark(6, 3, "又错了。")])
    assert done.rebuilt == ""
    again = loaded(done.body)
    assert again.sheetnames == [SUMMARY_SHEET, "封面", "花名册", "别的表"]
    sheet = again["花名册"]
    assert {row: sheet.cell(row, 8).value for row in range(1, 20) if sheet.cell(row, 8).value} == {
        3: MARK_HEADING,
        6: "【错误】身份证号：又错了。",
    }
    assert sheet.cell(3, 9).value is None
    coloured = {cell for cell, colour in fills(sheet).items() if colour in (RED, YELLOW)}
    assert coloured == {"D6"}
    assert notes(sheet) == {"D6": "【错误】又错了。", "C5": "张三家的事\n"}


def test_a_sheet_of_the_clerks_own_with_our_name_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "花名册"  # type: ignore[union-attr]
    book.active["A1"] = "姓名"  # type: ignore[index]
    book.create_sheet(SUMMARY_SHEET)["A1"] = "我们自己的汇总"
    book.save(path)
    done = loaded(marked(path.read_bytes(), [mark(2, 0)], 1).body)
    assert done.sheetnames == [f"{SUMMARY_SHEET}（2）", "花名册", SUMMARY_SHEET]
    assert done[SUMMARY_SHEET]["A1"].value == "我们自己的汇总"


def test_a_marked_workbook_is_known_by_its_page() -> None:
    assert is_summary("问题汇总（2）", SUMMARY_TITLE)
    assert not is_summary("问题汇总", "我们自己的汇总")


# -- XML of every hand ----------------------------------------------------------------------------------------


def bare(sheet_xml: str, *, styles: bool = True, main: str = MAIN) -> bytes:
    """A workbook of one sheet written by hand."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    if main != MAIN:
        office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/s/one.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<w:workbook xmlns:w="{main}" xmlns:rel="{office}"><w:sheets><w:sheet name="花名册" sheetId="7" rel:id="a1"/></w:sheets></w:workbook>',
        "xl/_rels/workbook.xml.rels": f'<p:Relationships xmlns:p="{package}/relationships"><p:Relationship Id="a1" Type="{office}/worksheet" Target="/xl/s/one.xml"/>'
        + (f'<p:Relationship Id="a2" Type="{office}/styles" Target="styles.xml"/>' if styles else "")
        + "</p:Relationships>",
        "xl/s/one.xml": sheet_xml.replace("MAIN", main).replace("OFFICE", office),
    }
    if styles:
        files["xl/styles.xml"] = (
            f'<?xml version="1.0"?><s:styleSheet xmlns:s="{main}"><s:numFmts count="1"><s:numFmt numFmtId="164" formatCode="0.0"/></s:numFmts>'
            '<s:fonts count="1"><s:font><s:sz val="12"/></s:font></s:fonts><s:fills count="1"><s:fill><s:patternFill patternType="none"/></s:fill></s:fills>'
            '<s:borders count="1"><s:border/></s:borders><s:cellStyleXfs count="1"><s:xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></s:cellStyleXfs><s:cellXfs count="2"><s:xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
            '<s:xf numFmtId="164" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"><s:alignment horizontal="right"/></s:xf></s:cellXfs><s:cellStyles count="1"><s:cellStyle name="Normal" xfId="0" builtinId="0"/></s:cellStyles></s:styleSheet>'
        )
    return zipped(
        {name: text.encode("utf-16" if "UTF-16" in text else "utf-8") for name, text in files.items()}
    )


HANDS = {
    "prefixes": '<x:worksheet xmlns:x="MAIN"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>姓名</x:t></x:is></x:c></x:row>'
    '<x:row r="2"><x:c r="A2" s="1"/><x:c r="C2" s=\'1\'><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    "no row numbers": '<worksheet xmlns="MAIN"><sheetData><row><c t="inlineStr"><is><t>姓名</t></is></c></row>'
    '<row><c s="1"/><c/><c s="1"><v>5</v></c></row></sheetData></worksheet>',
    "empty rows": '<worksheet xmlns="MAIN"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    '<row r="2" s="1" customFormat="1"/></sheetData><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/></worksheet>',
    "no rows": '<worksheet xmlns="MAIN"><sheetData/></worksheet>',
    "rows missing": '<worksheet xmlns="MAIN"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    '<row r="9"><c r="A9"><v>1</v></c></row></sheetData></worksheet>',
    "comments and CDATA": '<worksheet xmlns="MAIN"><!-- <sheetData> --><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[</c></row> <姓名>]]></t></is></c></row>'
    '<!-- <row r="2"> --><row r="2"><c r="A2" s="1"><v>1</v></c><!-- <c r="B2"/> --></row></sheetData></worksheet>',
    "blanks and quotes": "<worksheet xmlns='MAIN' xmlns:q = 'urn:q'>\n <sheetData>\n <row r = '1' q:r='4'>\n <c r = \"A1\" t='inlineStr' ><is><t>姓名</t></is></c >\n</row >\n"
    "<row r='2'\n ><c q:r=\"Z9\"\n r='A2' s='1' ><v>1</v></c></row>\n</sheetData>\n</worksheet>".replace("</c >", "</c>"),
    "what comes after": '<worksheet xmlns="MAIN" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><sheetPr/><dimension ref="A1"/><cols><col min="1" max="9" width="8"/></cols><sheetData><row r="1" spans="1:1"><c r="A1" t="inlineStr"><is><r><rPr><color rgb="FF000000"/><charset val="134"/></rPr><t>姓名</t></r></is></c></row>'
    '<row r="2" spans="1:1"><c r="A2" s="1"><f t="shared" ref="A2:A3" si="0">1+1</f><v>2</v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v>2</v></c><extLst/></row></sheetData>'
    '<mergeCells count="1"><mergeCell ref="A5:B6"/></mergeCells><mc:AlternateContent><mc:Choice Requires="x"><controls/></mc:Choice></mc:AlternateContent><extLst/></worksheet>',
}  # fmt: skip


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("styles", [True, False])
@pytest.mark.parametrize("hand", HANDS)
def test_xml_of_every_hand(hand: str, *, strict: bool, styles: bool) -> None:
    text = HANDS[hand] if styles else re.sub(r" s=['\"]1['\"]", "", HANDS[hand])
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main" if strict else MAIN
    body = bare(text, styles=styles, main=main)
    done = marked(body, [mark(2, 0, "甲"), mark(2, 1, "乙", "warning"), mark(4, 2, "丙")], 1)
    assert done.rebuilt == ""
    after = read_workbook(done.body, "a.xlsx")
    before = read_workbook(body, "a.xlsx")
    assert [sheet.name for sheet in after.sheets] == [SUMMARY_SHEET, "花名册"]
    old = {number: list(row) for number, row in before.sheets[0].rows()}
    new = {number: list(row) for number, row in after.sheets[1].rows()}
    for number, row in old.items():
        assert new[number][: len(row)] == row or not any(row)
    assert [[cell for cell in row if isinstance(cell, str) and "】" in cell] for row in new.values() if row][
        1:2
    ] == [["【错误】身份证号：甲\n【提醒】身份证号：乙"]]
    if not strict:
        sheet = loaded(done.body)["花名册"]
        colours = {cell: colour for cell, colour in fills(sheet).items() if colour in (RED, YELLOW)}
        assert colours == {"A2": RED, "B2": YELLOW, "C4": RED}
        assert set(notes(sheet)) == {"A2", "B2", "C4"}
    assert parts(
        marked(done.body, [mark(2, 0, "甲"), mark(2, 1, "乙", "warning"), mark(4, 2, "丙")], 1).body
    ) == parts(done.body)


REFUSED = {
    "a row twice": '<worksheet xmlns="MAIN"><sheetData><row r="2"><c r="A2"><v>1</v></c></row><row r="2"/></sheetData></worksheet>',
    "cells out of order": '<worksheet xmlns="MAIN"><sheetData><row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row></sheetData></worksheet>',
    "other rows": '<worksheet xmlns="MAIN" xmlns:x="MAIN"><sheetData><x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row></sheetData></worksheet>',
    "a style that is not there": '<worksheet xmlns="MAIN"><sheetData><row r="2"><c r="A2" s="99"><v>1</v></c></row></sheetData></worksheet>',
    "another encoding": '<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="MAIN"><sheetData><row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>',
}


@pytest.mark.parametrize("hand", REFUSED)
def test_what_cannot_be_patched_safely_is_made_anew_and_said(hand: str) -> None:
    done = mark_workbook(bare(REFUSED[hand]), "a.xlsx", [mark(2, 0)], {"花名册": 1}, SUMMARY)
    assert "已按内容另做一份标注" in done.rebuilt
    sheet = loaded(done.body)["花名册"]
    assert sheet["A2"].value == 1
    assert sheet["A2"].fill.fgColor.rgb == RED


def test_the_first_two_fills_are_never_ours() -> None:
    """A program shows them as none and as grey dots whatever the file says."""
    styles = parts(marked(bare(HANDS["prefixes"]), [mark(2, 0)], 1).body)["xl/styles.xml"].decode()
    listed = re.findall(r"<s:fill>.*?</s:fill>", styles)
    assert "gray125" in listed[1]
    assert RED in listed[2]


def test_the_column_stands_beside_what_is_filled_not_beside_formats(tmp_path: Path) -> None:
    """Formatted blanks to the last column of the sheet, hidden from the third on."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("花名册")
    border = book.add_format({"border": 1})
    sheet.write_row(0, 0, ["姓名", "金额"], border)
    for row in (1, 2):
        sheet.write_row(row, 0, ["张三", 5], border)
        for column in range(2, 16_384):
            sheet.write_blank(row, column, None, border)
    sheet.set_column(2, 16_383, 5, border, {"hidden": True})
    book.close()
    done = marked(path.read_bytes(), [mark(2, 1)], 1)
    assert done.rebuilt == ""
    after = loaded(done.body)["花名册"]
    assert after["C2"].value == "【错误】身份证号：请改正。"
    assert not after.column_dimensions["C"].hidden
    rest = after.column_dimensions["D"]
    assert (rest.min, rest.max, rest.hidden) == (4, 16_384, True)


def test_a_text_longer_than_a_cell_is_cut() -> None:
    done = marked(bare(HANDS["prefixes"]), [mark(2, 0, "长" * 40_000)], 1)
    sheet = loaded(done.body)["花名册"]
    assert len(sheet["D2"].value) == 32_767
    assert sheet["D2"].value.endswith("…")
    assert len(notes(sheet)["A2"]) == 2_000


def test_boxes_of_a_form_stay_where_a_sheet_has_no_notes() -> None:
    """Buttons stand in the same drawing as notes."""
    sheet = (
        '<worksheet xmlns="MAIN" xmlns:q="OFFICE"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        '<legacyDrawing q:id="d1"/></worksheet>'
    )
    files = parts(bare(sheet))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    files["xl/s/_rels/one.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="d1" Type="{office}/vmlDrawing" Target="d.vml"/></Relationships>'
    ).encode()
    button = '<v:shape id="_x0000_s2049"><v:textbox>确定<br></v:textbox><x:ClientData ObjectType="Button"/></v:shape>'
    files["xl/s/d.vml"] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="2"/>'
        f"</o:shapelayout>{button}</xml>"
    ).encode()
    done = parts(marked(zipped(files), [mark(1, 0)], 1).body)
    drawing = done["xl/s/d.vml"].decode()
    assert button in drawing
    assert '_x0000_s2050" type="#_x0000_t202"' in drawing
    assert 'data="2"' in drawing
    assert done["xl/s/one.xml"].count(b"legacyDrawing") == 1
    assert b"comments" in done["xl/s/_rels/one.xml.rels"]


def test_a_workbook_shared_by_several_people_is_made_anew() -> None:
    files = parts(bare(HANDS["empty rows"]))
    files["xl/revisions/revisionHeaders.xml"] = b"<headers/>"
    assert "多人共享" in mark_workbook(zipped(files), "a.xlsx", [mark(2, 0)], {"花名册": 1}, SUMMARY).rebuilt


def test_ten_thousand_notes_are_too_many_but_every_row_is_coloured_and_said() -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 10_001))
    body = bare(f'<worksheet xmlns="MAIN"><sheetData>{rows}</sheetData></worksheet>')
    done = marked(body, [mark(row, 0) for row in range(2, 10_001)], 1)
    sheet = loaded(done.body)["花名册"]
    assert len(notes(sheet)) == MOST_NOTES
    assert len(fills(sheet)) == 9_999
    assert sheet["B10000"].value == "【错误】身份证号：请改正。"


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).filter(lambda text: text[:1] != "="),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9),
    st.booleans(),
)


@settings(max_examples=60)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8),
    places=st.lists(st.tuples(st.integers(2, 12), st.integers(0, 7), st.sampled_from(["error", "warning"])), max_size=6),
    writer=st.sampled_from(["openpyxl", "xlsxwriter"]),
)  # fmt: skip
def test_any_sheet_keeps_its_values(
    rows: list[list[Any]], places: list[tuple[int, int, str]], writer: str
) -> None:
    out = io.BytesIO()
    if writer == "openpyxl":
        book = openpyxl.Workbook()
        book.active.title = "花名册"  # type: ignore[union-attr]
        for row in rows:
            book.active.append([None if cell == "" else cell for cell in row])  # type: ignore[union-attr]
        book.save(out)
    else:
        made = xlsxwriter.Workbook(out)
        sheet = made.add_worksheet("花名册")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell:
                    sheet.write_string(number, column, cell)
                elif cell is not None and cell != "":
                    sheet.write(number, column, cell)
        made.close()
    marks = [mark(row, column, f"第{row}行", level) for row, column, level in places]
    done = marked(out.getvalue(), marks, 1)
    assert done.rebuilt == ""
    before, after = loaded(out.getvalue())["花名册"], loaded(done.body)["花名册"]
    values = {
        cell.coordinate: cell.value for row in after.iter_rows() for cell in row if cell.value is not None
    }
    for row in before.iter_rows():
        for cell in row:
            if cell.value is not None:
                assert values.pop(cell.coordinate) == cell.value
    assert all(text == MARK_HEADING or str(text).startswith("【") for text in values.values())
    assert len(values) == len({row for row, _, _ in places}) + bool(places)


# -- made anew ------------------------------------------------------------------------------------------------


def test_a_text_table_comes_back_as_a_workbook_with_every_digit(tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    path.write_bytes("姓名,身份证号,金额\n张三,330624195703145103,0012.50\n李四,,3\n".encode("gb18030"))
    marks = [mark(3, 1, "身份证号是空的。"), mark(2, 2, "请核对。", "warning")]
    done = mark_workbook(path.read_bytes(), path.name, marks, {"花名册": 1}, SUMMARY)
    assert done.suffix == ".xlsx"
    assert "另做一份" in done.rebuilt
    book = loaded(done.body)
    assert book.sheetnames == [SUMMARY_SHEET, "花名册"]
    sheet = book["花名册"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["姓名", "身份证号", "金额", MARK_HEADING],
        ["张三", "330624195703145103", "0012.50", "【提醒】身份证号：请核对。"],
        ["李四", None, "3", "【错误】身份证号：身份证号是空的。"],
    ]
    assert sheet["B2"].number_format == "@"
    assert fills(sheet) == {"B3": RED, "C2": YELLOW}
    assert set(notes(sheet)) == {"B3", "C2"}
    assert write_marked(tmp_path / "回单.csv", done, [path]) == tmp_path / "回单.xlsx"


def test_an_old_workbook_keeps_its_merges_and_dates(tmp_path: Path) -> None:
    body = (Path(__file__).parent / "files" / "merged.xls").read_bytes()
    before = read_workbook(body, "merged.xls")
    name = before.sheets[0].name
    done = mark_workbook(body, "merged.xls", [mark(3, 0, sheet=name)], {name: 1}, SUMMARY)
    after = read_workbook(done.body, "回单.xlsx")
    old = [row for _, row in before.sheets[0].rows(fill=True)]
    new = [row for _, row in after.sheets[1].rows(fill=True)]
    assert [row[: len(old[0])] for row in new[: len(old)]] == old


def test_error_cells_and_rows_between_blank_ones_stay_in_the_copy(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "花名册"  # type: ignore[union-attr]
    for place, value in (("A1", "姓名"), ("A2", "=1/0"), ("B2", "#REF!"), ("A9", 7)):
        book.active[place] = value  # type: ignore[index]
    book.active["B2"].data_type = "e"  # type: ignore[index]
    path = tmp_path / "a.xlsx"
    book.save(path)
    workbook = read_workbook(path.read_bytes(), path.name)
    sheet = loaded(marked_copy(workbook, [mark(5, 0), mark(9, 0), mark(12, 0)], {"花名册": 1}, SUMMARY))[
        "花名册"
    ]
    assert sheet["B2"].value == "=#REF!"
    assert sheet["A9"].value == 7
    assert {cell for cell, colour in fills(sheet).items() if colour == RED} == {"A5", "A9", "A12"}
    assert [sheet.cell(row, 3).value is not None for row in (5, 9, 12)] == [True, True, True]


def test_a_copy_marked_again_has_one_column_and_one_page(tmp_path: Path) -> None:
    body = "姓名,金额\n张三,1\n李四,2\n".encode()
    once = mark_workbook(body, "花名册.csv", [mark(2, 1)], {"花名册": 1}, SUMMARY)
    again = mark_workbook(once.body, "花名册.xlsx", [mark(3, 1)], {"花名册": 1}, SUMMARY)
    assert again.rebuilt == ""
    book = loaded(again.body)
    assert book.sheetnames == [SUMMARY_SHEET, "花名册"]
    assert [cell.value for cell in book["花名册"][1]] == ["姓名", "金额", MARK_HEADING]
    assert [cell.value for cell in book["花名册"][2]] == ["张三", "1", None]
    assert {cell for cell, colour in fills(book["花名册"]).items() if colour == RED} == {"B3"}
    assert set(notes(book["花名册"])) == {"B3"}


# -- files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "suffix", "written"),
    [
        ("回单.xlsx", ".xlsx", "回单.xlsx"),
        ("回单.XLSX", ".xlsx", "回单.XLSX"),
        ("回单.xls", ".xlsx", "回单.xlsx"),
        ("回单.xlsx", ".xlsm", "回单.xlsm"),
        ("回单2024.6", ".xlsx", "回单2024.6.xlsx"),
    ],
)
def test_the_name_ends_as_the_contents_ask(asked: str, suffix: str, written: str) -> None:
    assert Marked(b"", suffix).named(Path(asked)) == Path(written)


def test_the_clerks_file_is_never_written_over(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "花名册.xlsx"
    with pytest.raises(WouldOverwriteInput):
        write_marked(path, marked(body, MARKS), [path])
    assert path.read_bytes() == body


def test_a_workbook_with_macros_stays_one(body: bytes) -> None:
    files = parts(body)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(kind, macro)
    assert marked(zipped(files), MARKS).suffix == ".xlsm"


# -- LibreOffice ----------------------------------------------------------------------------------------------


@pytest.mark.office
def test_libreoffice_opens_it_and_what_it_saved_is_marked_again(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "回单.xlsx"
    path.write_bytes(marked(body, MARKS).body)
    saved = converted(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "again").read_bytes()
    sheet = loaded(saved)["花名册"]
    coloured = {cell: colour for cell, colour in fills(sheet).items() if colour in (RED, YELLOW)}
    assert coloured == {"D5": RED, "C5": YELLOW, "E9": RED, "B4": RED, "A14": YELLOW}
    assert set(notes(sheet)) == {"D5", "C5", "E9", "B4", "A14"}
    again = marked(saved, [mark(6, 3, "又错了。")])
    assert again.rebuilt == ""
    book = loaded(again.body)
    assert book.sheetnames == [SUMMARY_SHEET, "封面", "花名册", "别的表"]
    now = {cell for cell, colour in fills(book["花名册"]).items() if colour in (RED, YELLOW)}
    assert now == {"D6"}
    column = {
        row: book["花名册"].cell(row, 8).value for row in range(1, 20) if book["花名册"].cell(row, 8).value
    }
    assert column == {3: MARK_HEADING, 6: "【错误】身份证号：又错了。"}
    assert notes(book["花名册"])["D6"] == "【错误】又错了。"
    assert NOTE_SEPARATOR not in notes(book["花名册"])["C5"]


# -- what is said is seen ----------------------------------------------------------------------------------------


def _fixed(path: Path, default: bool) -> bytes:
    """Rows of a height of their own, or all of one by the sheet's word."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, ["姓名", "身份证号"])
    if default:
        sheet.set_default_row(16)
    for row in range(1, 4):
        sheet.write_row(row, 0, ["张三", "33062419570314"])
    if not default:
        sheet.set_row(1, 16)
        sheet.set_row(2, 99)
    book.close()
    return path.read_bytes()


LONG = "身份证号是 14 位，应为 18 位。请照证件逐位核对，改正后重新导入这一行；原件遗失的请向派出所查询。" * 2


@pytest.mark.parametrize("default", [False, True])
def test_a_row_grows_until_what_is_said_is_seen(tmp_path: Path, default: bool) -> None:
    body = _fixed(tmp_path / "a.xlsx", default)
    marks = [mark(2, 1, LONG), mark(3, 1, LONG), mark(4, 1, "短。")]
    sheet = loaded(marked(body, marks, 1).body)["花名册"]
    needed = mark_height(str(sheet["C2"].value))
    assert needed >= 15 * 4
    usual = 15.75 if default else None
    grown = [usual, needed, needed if default else 99, usual]
    assert [sheet.row_dimensions[row].height for row in range(1, 5)] == grown
    copied = loaded(marked_copy(read_workbook(body, "a.xls"), marks, {"花名册": 1}, SUMMARY))["花名册"]
    assert [copied.row_dimensions[row].height for row in range(1, 5)] == [None, needed, needed, None]


def test_no_row_grows_beyond_what_excel_allows() -> None:
    assert mark_height("长" * 20_000) == 409
