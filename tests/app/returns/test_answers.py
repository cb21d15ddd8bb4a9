"""A bank's answer is read exactly, or not at all."""

from pathlib import Path

import openpyxl
import pytest

from app.bankfiles.profiles import NoSuchProfile, shipped_profiles
from app.bankfiles.sheet import sheet_bytes
from app.returns.answers import (
    AnswerEmpty,
    AnswerLine,
    AnswerTotalsDiffer,
    NotThisAnswer,
    UnknownAnswer,
    read_answer,
)

CARD = "6228580000000000017"
RURAL = ["序号", "户名", "账号", "金额", "摘要", "证件号码", "处理状态", "失败原因"]
ICBC = ["姓名", "卡号", "应处理金额", "备注", "实处理金额", "处理标志"]


def read(
    path: Path, headings: list[str], *rows: tuple[str | int, ...], profile: str | None = None
) -> list[AnswerLine]:
    path.write_bytes(sheet_bytes(headings, rows))
    return list(read_answer(path, path.read_bytes(), shipped_profiles(), profile).lines)


def rural(status: str, reason: str = "", fen: int = 100) -> tuple[str | int, ...]:
    return "1", "张三", CARD, fen, "补贴", "330624195501010010", status, reason


def icbc(flag: str, done: int | str, fen: int = 100) -> tuple[str | int, ...]:
    return "张三", CARD, fen, "补贴", done, flag


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (rural("成功"), "paid"),
        (rural("失败", "账户已销户"), "failed"),
        (rural("失败"), "failed"),
        (rural("", "户名不符"), "failed"),
        (rural("处理中"), None),
        (rural(""), None),
        (rural("已转人工"), None),
    ],
)
def test_what_a_rural_bank_means(tmp_path: Path, row: tuple[str | int, ...], verdict: str | None) -> None:
    (line,) = read(tmp_path / "a.xlsx", RURAL, row)
    assert line.verdict == verdict
    assert bool(line.note) == (verdict is None)
    assert (line.serial, line.name, line.account, line.fen, line.remark) == ("1", "张三", CARD, 100, "补贴")


@pytest.mark.parametrize(
    ("row", "verdict", "reason"),
    [
        (icbc("全部成功", 100), "paid", ""),
        (icbc("账户已销户", 0), "failed", "账户已销户"),
        (icbc("201", 0), "failed", "201 无此账号"),
        (icbc("全部成功", 99), None, "全部成功"),
        (icbc("全部成功", ""), None, "全部成功"),
        (icbc("账户已销户", 100), None, "账户已销户"),
        (icbc("成功", ""), None, "成功"),
        (icbc("处理中", 0), None, "处理中"),
    ],
)
def test_only_wholly_done_is_success(
    tmp_path: Path, row: tuple[str | int, ...], verdict: str | None, reason: str
) -> None:
    (line,) = read(tmp_path / "a.xlsx", ICBC, row)
    assert (line.verdict, line.reason) == (verdict, reason)


def test_headings_are_found_under_a_title_in_another_order_with_units(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["代发结果"])
    sheet.append([])
    sheet.append(["失败原因", "处理状态", "户 名", "账号", "金额（元）", "网点"])
    sheet.append([None, "成功", "张三", CARD, 1.5, "一支行"])
    sheet.append(["失败原因", "处理状态", "户 名", "账号", "金额（元）", "网点"])
    sheet.append(["销户", "失败", "李四", CARD, "2.50", "一支行"])
    sheet.append(["合计", None, None, None, 4, None])
    sheet.append(["制表：王五"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    lines = read_answer(path, path.read_bytes(), shipped_profiles()).lines
    assert [(line.line, line.name, line.fen, line.verdict) for line in lines] == [
        (1, "张三", 150, "paid"), (2, "李四", 250, "failed"),
    ]  # fmt: skip


def test_all_sheets_with_the_headings_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("一", "二"):
        sheet = book.create_sheet(name)
        sheet.append(ICBC)
        sheet.append(["张三", CARD, 1, "补贴", 1, "全部成功"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert [line.line for line in read_answer(path, path.read_bytes(), shipped_profiles()).lines] == [1, 2]


def test_a_total_that_is_not_the_sum_refuses_the_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(ICBC)
    sheet.append(["张三", CARD, 1.5, "补贴", 1.5, "全部成功"])
    sheet.append(["合计", None, 2, None, None, None])
    path = tmp_path / "a.xlsx"
    book.save(path)
    with pytest.raises(AnswerTotalsDiffer) as no:
        read_answer(path, path.read_bytes(), shipped_profiles())
    assert "2.00 元" in no.value.sentence
    assert "1 笔、1.50 元" in no.value.sentence


def test_an_account_stored_as_a_number_decides_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(ICBC)
    sheet.append(["张三", int(CARD), 1, "补贴", 1, "全部成功"])
    sheet.append(["李四", 12345678, 1, "补贴", 1, "全部成功"])
    sheet.append(["王五", "12345678", 1.005, "补贴", 1, "全部成功"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    first, second, third = read_answer(path, path.read_bytes(), shipped_profiles()).lines
    assert (first.verdict, first.note) == (None, "账号在文件里存成了数字，末几位已丢失")
    assert (second.account, second.verdict) == ("12345678", "paid")
    assert (third.fen, third.verdict) == (None, None)


def text(*lines: str) -> bytes:
    return "\r\n".join([*lines, ""]).encode("gbk")


GOOD = (
    f"1 B-1 张三 {CARD} 330624195501010010 001 100 补贴 100 全部成功",
    f"2 B-1 李四 {CARD} - 001 250 补贴 0 账户 已销户",
)


def test_text_with_ten_fields(tmp_path: Path) -> None:
    answer = read_answer(tmp_path / "a.txt", text(*GOOD, "合计 2 350 1 100 0001"), shipped_profiles())
    assert answer.profile.name == "icbc_text"
    assert [(line.serial, line.name, line.fen, line.verdict, line.reason) for line in answer.lines] == [
        ("1", "张三", 100, "paid", ""), ("2", "李四", 250, "failed", "账户 已销户"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "refusal", "said"),
    [
        (text(*GOOD, "合计 3 350"), AnswerTotalsDiffer, "3 笔"),
        (text(*GOOD, "合计 2 351"), AnswerTotalsDiffer, "3.51 元"),
        (text(*GOOD, "合计 二 351"), NotThisAnswer, "合计行"),
        (text(GOOD[0], "2 B-1 李四"), NotThisAnswer, "第 2 行有 3 个字段，应为 10 个"),
        ("张𠮷".encode(), NotThisAnswer, "不是 GBK 编码"),
        (text("合计 0 0"), AnswerEmpty, "没有一行"),
    ],
)
def test_text_that_cannot_be_read_whole_is_refused(
    tmp_path: Path, body: bytes, refusal: type[Exception], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        read_answer(tmp_path / "a.txt", body, shipped_profiles(), "icbc_text")


def test_files_that_are_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pytest.raises(UnknownAnswer, match="处理状态"):
        read(path, ["序号", "户名", "账号", "金额"], ("1", "张三", CARD, 1))
    with pytest.raises(NotThisAnswer, match="处理标志"):
        read(path, RURAL, rural("成功"), profile="icbc")
    with pytest.raises(AnswerEmpty):
        read(path, RURAL)
    with pytest.raises(NoSuchProfile):
        read(path, RURAL, rural("成功"), profile="none")
