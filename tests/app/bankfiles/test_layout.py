"""Payments laid out for a bank."""

from dataclasses import replace

import pytest

from app.bankfiles.layout import CannotBeWritten, Line, RemarkTooLong, lay_out, remark_of
from app.bankfiles.profiles import shipped_profiles
from app.programs.queries import ProgramView
from models.domain.money import Fen

ICBC, TEXT, RURAL = (shipped_profiles()[name] for name in ("icbc", "icbc_text", "rural_bank"))
CARD = "6228580000000000017"


def a_line(serial: int = 1, name: str = "张三", fen: int = 12345, account: str = CARD) -> Line:
    return Line(serial, serial, name, account, "330624195501010010", "农商行", Fen(fen), str(serial))


def body_of(profile: object, *lines: Line) -> bytes:
    (file,) = lay_out(profile, lines, remark="耕地补贴", batch_number="B-1", short_name="耕地补贴")  # type: ignore[arg-type]
    return file.body


def test_text_has_fields_in_fen_and_a_totals_line() -> None:
    assert body_of(TEXT, a_line(), a_line(2, "李四", 5)).decode("gbk") == (
        f"1 B-1 张三 {CARD} 330624195501010010 001 12345 耕地补贴\r\n"
        f"2 B-1 李四 {CARD} 330624195501010010 001 5 耕地补贴\r\n"
        "合计 2 12350\r\n"
    )


def test_an_empty_field_does_not_shift_the_others() -> None:
    line = a_line()._replace(id_number="")
    assert body_of(TEXT, line).decode("gbk").splitlines()[0].split(" ")[4] == "-"


@pytest.mark.parametrize(
    ("profile", "name", "said"),
    [
        (replace(ICBC, encoding="gbk"), "张𠮷", "GBK 写不出的字“𠮷”"),
        (TEXT, "张•三", "GBK 写不出的字“•”"),
        (TEXT, "买买提 阿不都", "空格"),
        (ICBC, "张" * 31, "占 62 字节，最多 60 字节"),
        (RURAL, "张\x07三", "控制字符"),
    ],
)
def test_names_that_cannot_be_written_are_all_named_before_any_file(
    profile: object, name: str, said: str
) -> None:
    lines = [a_line(), a_line(2, name), a_line(3, name)]
    with pytest.raises(CannotBeWritten) as no:
        body_of(profile, *lines)
    assert "有 2 处" in no.value.sentence
    assert "第 2 行" in no.value.sentence
    assert "第 3 行" in no.value.sentence
    assert said in no.value.sentence


def test_names_are_neither_changed_nor_refused_where_the_encoding_allows_them() -> None:
    assert body_of(RURAL, a_line(name="阿依•古丽𠮷"))


def test_sixty_bytes_fit() -> None:
    assert body_of(ICBC, a_line(name="张" * 30))


def a_program(short_name: str, short_name_12: str = "") -> ProgramView:
    return ProgramView(1, "2081107", "某项目", short_name, short_name_12, "民政", "", True, False)


def test_the_remark_is_the_first_short_name_that_fits() -> None:
    assert remark_of(RURAL, a_program("困难残疾人补贴")) == "困难残疾人补贴"
    assert remark_of(ICBC, a_program("困难残疾人补贴", "残补")) == "残补"
    assert remark_of(ICBC, a_program("残疾人补贴", "残补")) == "残疾人补贴"


def test_a_remark_that_does_not_fit_is_never_cut() -> None:
    with pytest.raises(RemarkTooLong) as no:
        remark_of(ICBC, a_program("困难残疾人补贴"))
    assert "占 14 字节，最多 12 字节" in no.value.sentence
    assert "program change 2081107 --short12" in no.value.sentence


def test_more_lines_than_a_file_takes_make_several_files() -> None:
    profile = replace(TEXT, line_limit=2)
    lines = [a_line(number, fen=number) for number in range(1, 6)]
    files = list(lay_out(profile, lines, remark="耕地补贴", batch_number="B/1", short_name="耕地补贴"))
    assert [(file.name, len(file.lines), file.total_fen) for file in files] == [
        ("B-1_1.txt", 2, 3), ("B-1_2.txt", 2, 7), ("B-1_3.txt", 1, 5),
    ]  # fmt: skip
    # serials run on, so that an answer to any of the files is unmistakable
    assert [file.body.decode("gbk").split(" ")[0] for file in files] == ["1", "3", "5"]
