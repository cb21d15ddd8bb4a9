"""Every kind of file is read exactly, from cell A1, or refused with a sentence."""

import hashlib
import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.workbook.reading import (
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    NoTableInPage,
    NotAWorkbook,
    NotYetReadable,
    UnpairedQuote,
    UnreadableText,
    UnreadableWorkbook,
    open_workbook,
    read_workbook,
    sha256_of,
)
from models.store.durable import CannotRead
from tests.app.workbook.crafted import SAMPLES, workbook
from tests.corpus.binaries import compound

FILES = Path(__file__).parent / "files"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def rows_of(body: bytes, name: str = "表.csv") -> list[tuple[int, list[object]]]:
    return [(number, list(cells)) for number, cells in read_workbook(body, name).sheets[0].rows()]


def zipped(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return packed.getvalue()


def test_rows_and_columns_are_counted_from_a1(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"甲": [["a", None, 3], [None, True, "乙"]]}, at=(4, 3))
    (sheet,) = open_workbook(path).sheets
    assert list(sheet.rows()) == [
        (1, [None] * 5),
        (2, [None] * 5),
        (3, [None] * 5),
        (4, [None, None, "a", None, 3.0]),
        (5, [None, None, None, True, "乙"]),
    ]


def test_old_excel_is_counted_from_a1_too() -> None:
    sheet, hidden = open_workbook(FILES / "merged.xls").sheets
    rows = dict(sheet.rows())
    assert rows[1] == rows[2] == rows[4] == [None] * 7
    assert rows[3] == [None, "云溪镇发放花名册", None, None, None, None, None]
    assert rows[6][:6] == [None, "A1", "上溪村", "孔水健", "330624195810179114", 300]
    assert (sheet.hidden, hidden.hidden, hidden.is_empty) == (False, True, True)


def test_cells_keep_their_types_and_blanks_are_nothing(tmp_path: Path) -> None:
    written: list[object] = [
        1,
        2.5,
        "文",
        False,
        date(2024, 3, 1),
        datetime(2024, 3, 1, 5, 6),
        time(3, 4),
        "  ",
        "\u3000\t",
        " a ",
    ]
    (sheet,) = open_workbook(workbook(tmp_path / "a.xlsx", {"甲": [written]})).sheets
    ((_, cells),) = sheet.rows()
    expected = [
        1.0,
        2.5,
        "文",
        False,
        date(2024, 3, 1),
        datetime(2024, 3, 1, 5, 6),
        time(3, 4),
        None,
        None,
        " a ",
    ]
    assert cells == expected
    assert [type(cell) for cell in cells] == [type(cell) for cell in expected]


def test_merges_over_rows_are_told_and_filled_when_asked(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["标题", None],
        ["户号", "姓名"],
        ["A1", "甲"],
        [None, "乙"],
        [None, "丙"],
        ["A2", "丁"],
    ]
    path = workbook(tmp_path / "a.xlsx", {"甲": rows}, merges=["A1:B1", "A3:A5"])
    (sheet,) = open_workbook(path).sheets
    assert sheet.merge_starts == {(3, 0): 5}
    assert [cells[0] for _, cells in sheet.rows()] == ["标题", "户号", "A1", None, None, "A2"]
    assert [cells[0] for _, cells in sheet.rows(fill=True)] == ["标题", "户号", "A1", "A1", "A1", "A2"]
    assert [cells[1] for _, cells in sheet.rows(fill=True)] == [None, "姓名", "甲", "乙", "丙", "丁"]


def test_merges_of_old_excel_are_filled_too() -> None:
    sheet = open_workbook(FILES / "merged.xls").sheets[0]
    assert sheet.merge_starts == {(6, 1): 8, (6, 2): 8, (6, 5): 8}
    filled = dict(sheet.rows(fill=True))
    assert [filled[row][1:3] for row in (6, 7, 8)] == [["A1", "上溪村"]] * 3
    assert filled[9][1] == "合计"


def test_a_sheet_can_be_read_again_and_again(tmp_path: Path) -> None:
    (sheet,) = open_workbook(workbook(tmp_path / "a.xlsx", {"甲": [["a"], ["b"]]})).sheets
    assert list(sheet.rows()) == list(sheet.rows()) != []


def test_hidden_and_empty_sheets_are_known(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"甲": [["a"]], "乙": [["b"]], "丙": []}, hidden=["乙"])
    sheets = open_workbook(path).sheets
    assert [(sheet.name, sheet.hidden, sheet.is_empty) for sheet in sheets] == [
        ("甲", False, False),
        ("乙", True, False),
        ("丙", False, True),
    ]


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.et", "a", "无后缀名.tmp"])
def test_the_content_decides_not_the_name(tmp_path: Path, name: str) -> None:
    made = workbook(tmp_path / "made.xlsx", {"甲": [["a", 1]]})
    assert rows_of(made.read_bytes(), name) == [(1, ["a", 1.0])]
    old = (FILES / "merged.xls").read_bytes()
    assert read_workbook(old, name).sheets[0].name == "花名册"
    assert rows_of("姓名\t金额\r\n张三\t1".encode("gb18030"), name) == [
        (1, ["姓名", "金额"]),
        (2, ["张三", "1"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_tables_of_every_encoding_and_separator(encoding: str, separator: str, line_end: str) -> None:
    text = line_end.join(separator.join(row) for row in (["姓名", "账号", "备注"], ["张三", "00123", ""]))
    assert rows_of(text.encode(encoding)) == [(1, ["姓名", "账号", "备注"]), (2, ["张三", "00123", None])]


def test_rare_characters_survive_gb18030() -> None:
    assert rows_of("姓名,𬭩垚䶮\r\n".encode("gb18030")) == [(1, ["姓名", "𬭩垚䶮"])]


def test_rows_of_text_tables_are_numbered_as_excel_numbers_them() -> None:
    body = '标题\n\n姓名,住址,备注\n张三,"上溪村\n3组, 5号",无\n李四\n'.encode()
    assert rows_of(body) == [
        (1, ["标题", None, None]),
        (2, [None, None, None]),
        (3, ["姓名", "住址", "备注"]),
        (4, ["张三", "上溪村\n3组, 5号", "无"]),
        (5, ["李四", None, None]),
    ]


def test_numbers_that_a_system_kept_from_excel() -> None:
    assert rows_of(b'a,="00123",=1+1\n') == [(1, ["a", "00123", "=1+1"])]


def test_a_separator_line_is_obeyed() -> None:
    assert rows_of("sep=;\n姓名;1,5\n".encode())[1] == (2, ["姓名", "1,5"])


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", EmptyFile),
        (b"\r\n  \t\0", EmptyFile),
        (b"%PDF-1.7 ...", NotAWorkbook),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), NotAWorkbook),
        (zipped({"照片.txt": b"x"}), NotAWorkbook),
        (zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), NotAWorkbook),
        (zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a"}), DamagedWorkbook),
        (
            zipped({"content.xml": b"\1\2", "META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
            EncryptedWorkbook,
        ),
        (compound({"EncryptedPackage": b"x"}), EncryptedWorkbook),
        (compound({"WordDocument": b"x"}), NotAWorkbook),
        (compound({"Workbook": b"x"}), DamagedWorkbook),
        (OLE + bytes(600), DamagedWorkbook),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", NotYetReadable),
        ("<html><body><p>系统正在维护</p></body></html>".encode(), NoTableInPage),
        (b'<?xml version="1.0"?><Workbook/>', NotYetReadable),
        (b"a,b\n\x00\x01\x02\x03", NotAWorkbook),
        (b"\xff\xff\x81 a,b\n" * 3, UnreadableText),
        ('姓名,备注\n"张三,1\n李四,2\n'.encode(), UnpairedQuote),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    body: bytes, refusal: type[UnreadableWorkbook]
) -> None:
    with pytest.raises(refusal) as refused:
        list(read_workbook(body, "花名册.xls").sheets[0].rows())
    assert "花名册.xls" in refused.value.sentence
    assert refused.value.sentence.endswith("。")
    assert type(refused.value) is refusal


def test_an_old_workbook_with_a_password(tmp_path: Path) -> None:
    body = bytearray((FILES / "merged.xls").read_bytes())
    after_bof = body.index(b"\x09\x08\x10\x00") + 20
    body[after_bof] = 0x2F  # FILEPASS in the place of the record after the BOF
    with pytest.raises(EncryptedWorkbook):
        read_workbook(bytes(body), "a.xls")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="位置不存在"):
        open_workbook(tmp_path / "没有.xlsx")
    with pytest.raises(CannotRead):
        sha256_of(tmp_path / "没有.xlsx")


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc" * 100_000)
    assert sha256_of(path) == hashlib.sha256(b"abc" * 100_000).hexdigest()


TORN = {
    "xlsx": (SAMPLES / "yunxi-by-village" / "tkgy.xlsx").read_bytes(),
    "xls": (FILES / "merged.xls").read_bytes(),
    "csv": '姓名,备注\n张三,"甲"\n'.encode("gb18030"),
}


@pytest.mark.parametrize("kind", TORN)
@settings(max_examples=60)
@given(keep=st.floats(0, 1))
@example(keep=0.999)
def test_a_torn_file_is_read_or_refused(kind: str, keep: float) -> None:
    body = TORN[kind]
    try:
        for sheet in read_workbook(body[: int(len(body) * keep)], "a").sheets:
            assert all(number > 0 for number, _ in sheet.rows())
    except UnreadableWorkbook:
        return


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        for sheet in read_workbook(body, "a").sheets:
            assert all(number > 0 for number, _ in sheet.rows())
    except UnreadableWorkbook:
        return


def test_a_large_sheet_is_never_whole_in_python(tmp_path: Path) -> None:
    body = "\n".join(f"{row},上溪村,张三,330624195810179114" for row in range(40_000)).encode()
    (sheet,) = read_workbook(body, "a.csv").sheets
    assert sheet.grid.width == 4
    tracemalloc.start()
    assert sum(1 for _ in sheet.rows()) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000  # 40,000 rows held would be more than 10 MB


@pytest.mark.parametrize("township", ["yunxi", "yunxi-by-village", "yunxi-old-xls"])
def test_every_sample_opens(township: str) -> None:
    paths = [path for path in (SAMPLES / township).iterdir() if path.suffix in (".xlsx", ".xls")]
    assert len(paths) == 13
    for path in paths:
        for sheet in open_workbook(path).sheets:
            assert not sheet.hidden
            assert not sheet.is_empty
