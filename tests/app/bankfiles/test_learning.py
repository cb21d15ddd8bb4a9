"""A bank's layout is learned from an example: proved by every row, kept by the office, written and read by next month."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bankfiles.examples import (
    EmptyExample,
    heading_row_of,
    read_example,
    seeming_columns,
    seeming_word,
)
from app.bankfiles.layout import CannotBeWritten
from app.bankfiles.pointing import (
    CannotWriteLike,
    ColumnNotThere,
    ColumnSaidTwice,
    ExampleTotalDiffers,
    HeadingRowNotThere,
    LinesBelowOne,
    MeaningsMissing,
    MeaningUnknown,
    NoHeadings,
    NoLines,
    NotOfThisMeaning,
    PointedTwice,
    TooManyWords,
    UnitDiffers,
    WordsAtOdds,
    WordsUnsaid,
)
from app.bankfiles.profiles import NoSuchProfile, profiles
from app.bankfiles.proving import result_words
from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import (
    LooksTheSame,
    NameInLines,
    NameTaken,
    NoProfileName,
    NotLearned,
    ProfileInUse,
    ReadsTheSame,
    forget_profile,
    learn_profile,
    make_bank_files,
)
from app.desk import Desk
from app.doctor import check_up
from app.returns.answers import OnlyToSend, read_answer
from app.returns.use_cases import post_return
from app.workbook.reading import open_workbook
from models.domain.permission import NotPermitted
from models.domain.refusal import Refusal
from models.store.seals import SealBroken
from tests.app.bankfiles.banks import BANKS, CARDS, FERRY, HILLS, REEDS, Bank, Rows
from tests.app.bankfiles.batches import a_batch, buckets
from tests.builders import Make
from tests.faults import each_statement_failing
from tests.store.outside import edit_outside


@pytest.fixture
def make(desk: Desk) -> Make:
    return Make(desk)


def learn(
    desk: Desk, folder: Path, bank: Bank, direction: str, rows: Rows | None = None, **more: Any
) -> dict[str, Any]:
    """Learn one direction of a bank from its example, or from other rows."""
    folder.mkdir(exist_ok=True)
    usual = {"out": (bank.out, bank.out_columns, {}), "back": (bank.back, bank.back_columns, bank.words)}[
        direction
    ]
    path = bank.write(folder / f"{direction}{bank.suffix}", usual[0] if rows is None else rows)
    said = {"name": bank.name, "columns": usual[1], **usual[2], **bank.settings, **more}
    return dict(learn_profile(desk, path=path, **said).answer)


def sent(desk: Desk, make: Make, folder: Path, bank: Bank) -> tuple[int, Path]:
    """A batch of two payments that went to the bank, and its file."""
    batch = a_batch(make, [make.person("王一"), make.person("王二")], fen=[12345, 600])
    make_bank_files(desk, batch_id=batch, profile=bank.name)
    return batch, write_bank_files(desk.store, batch_id=batch, folder=folder)[0]


def rows_of(path: Path) -> list[list[object]]:
    return [list(row) for _, row in open_workbook(path).sheets[-1].rows()]


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.name)
def test_what_was_learned_is_told(desk: Desk, tmp_path: Path, bank: Bank) -> None:
    out = learn(desk, tmp_path, bank, "out")
    assert (out["lines"], out["total_fen"], out["can_send"], out["can_read"]) == (2, 10250, True, False)
    back = learn(desk, tmp_path, bank, "back")
    assert (back["lines"], back["total_fen"], back["can_send"], back["can_read"]) == (2, 10250, True, True)
    assert back["totals_line"] is (bank is not FERRY)
    assert check_up(desk.store) == []
    (line,) = desk.store.rows("SELECT act, subject, counts FROM audit_line ORDER BY seq DESC LIMIT 1")
    assert line[:2] == ("bank_profile.learn", f"profile {bank.name}")
    assert bank.words["success"][0] in line[2]


def cards(desk: Desk) -> list[str]:
    return [row[0] for row in desk.store.rows("SELECT number FROM account ORDER BY person_id")]


def test_a_file_between_bars_is_written_as_the_bank_shows_it(desk: Desk, make: Make, tmp_path: Path) -> None:
    learn(desk, tmp_path, REEDS, "out")
    _, path = sent(desk, make, tmp_path / "out", REEDS)
    one, two = cards(desk)
    assert path.suffix == ".txt"
    assert path.read_bytes().decode("gbk").split("\r\n") == [
        "编号|收款人|收款账号|币种|代发额(分)|附言", f"1|王一|{one}|CNY|12345|耕地地力补贴", f"2|王二|{two}|CNY|600|耕地地力补贴",
        "合计|2|||12945", "",
    ]  # fmt: skip


def test_a_workbook_is_written_as_the_bank_shows_it(desk: Desk, make: Make, tmp_path: Path) -> None:
    learn(desk, tmp_path, HILLS, "out")
    _, path = sent(desk, make, tmp_path / "out", HILLS)
    one, two = cards(desk)
    assert rows_of(path) == [
        ["客户姓名", "客户账号", "发放金额（元）", "证件号", "用途", "备用"],
        ["王一", one, 123.45, make.id_number_of(1), "耕地地力补贴", None],
        ["王二", two, 6.0, make.id_number_of(2), "耕地地力补贴", None],
        ["合计", None, 129.45, None, None, None],
    ]


def test_lines_between_blanks_are_written_as_the_bank_shows_them(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    learn(desk, tmp_path, FERRY, "out")
    _, path = sent(desk, make, tmp_path / "out", FERRY)
    one, two = cards(desk)
    assert path.read_bytes().decode("utf-8") == f"王一 {one} 123.45 07\r\n王二 {two} 6.00 07\r\n"


def answer_rows(bank: Bank, one: str, two: str) -> Rows:
    """Next month's answer; where there are headings the columns come in another order."""
    if bank is FERRY:
        return [["王一", one, "123.45", "07", "成功"], ["王二", two, "6.00", "07", "户名不符"]]
    if bank is REEDS:
        return [
            ["说明", "回执", "入账额(分)", "代发额(分)", "收款账号", "收款人", "编号"],
            ["", "S", 12345, 12345, one, "王一", 1],
            ["户名不符", "F", 0, 600, two, "王二", 2],
        ]
    return [
        ["批量代发结果清单"],
        ["交易说明", "交易码", "发放金额（元）", "客户账号", "客户姓名"],
        ["交易成功", "0000", 123.45, one, "王一"],
        ["账号户名不符", "E201", 6.0, two, "王二"],
    ]


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.name)
def test_next_month_the_answer_is_recognised(desk: Desk, make: Make, tmp_path: Path, bank: Bank) -> None:
    for other in BANKS:
        learn(desk, tmp_path / other.suffix, other, "back")
    learn(desk, tmp_path, bank, "out")
    batch, _ = sent(desk, make, tmp_path / "out", bank)
    path = bank.write(tmp_path / f"answer{bank.suffix}", answer_rows(bank, *cards(desk)))
    answer = post_return(desk, path=path).answer
    assert (answer["profile"], answer["paid"], answer["failed"], answer["unmatched"]) == (bank.name, 1, 1, 0)
    assert buckets(desk, batch) == {"paid": 1, "failed": 1}
    failures: Any = answer["failures"]
    assert failures[0]["reason_class"] == "name_mismatch"


def test_a_word_that_nobody_explained_decides_nothing(desk: Desk, make: Make, tmp_path: Path) -> None:
    learn(desk, tmp_path, FERRY, "out")
    learn(desk, tmp_path, FERRY, "back")
    batch, _ = sent(desk, make, tmp_path / "out", FERRY)
    one, two = cards(desk)
    rows = [["王一", one, "123.45", "07", "成功"], ["王二", two, "6.00", "07", "转人工"]]
    answer = post_return(desk, path=FERRY.write(tmp_path / "a.dat", rows)).answer
    assert (answer["paid"], answer["failed"], answer["unmatched"]) == (1, 0, 1)
    assert buckets(desk, batch) == {"paid": 1, "in_flight": 1}


def test_the_same_headings_as_a_shipped_layout_are_read_by_the_offices_own(
    desk: Desk, tmp_path: Path, make: Make
) -> None:
    """A bank that says 已达 where the shipped layout knows 成功."""
    batch = a_batch(make, [make.person("王一")], fen=100)
    make_bank_files(desk, batch_id=batch, profile="rural_bank")
    headings = ["序号", "户名", "账号", "金额", "摘要", "证件号码", "处理状态", "失败原因"]
    row: list[object] = ["1", "王一", cards(desk)[0], 1.0, "耕地地力补贴", "", "已达", None]
    columns = {"户名": "户名", "账号": "账号", "金额": "金额", "处理状态": "处理结果"}
    path = HILLS.write(tmp_path / "a.xlsx", [headings, row])
    learn_profile(desk, name="本县农商行", path=path, columns=columns, success=["已达"])
    assert post_return(desk, path=path).answer["profile"] == "本县农商行"
    assert buckets(desk, batch) == {"paid": 1}


def changed(rows: Rows, row: int, column: int, cell: object) -> Rows:
    found = [list(cells) for cells in rows]
    found[row][column] = cell
    return found


def without(columns: dict[str, str], *names: str) -> dict[str, str]:
    return {name: what for name, what in columns.items() if name not in names}


@pytest.mark.parametrize(
    ("bank", "direction", "rows", "more", "no", "said"),
    [
        # what each column was said to be
        (REEDS, "out", changed(REEDS.out, 2, 2, "转账"), {}, NotOfThisMeaning, "第 3 行“收款账号”列写的是“转账”"),
        (REEDS, "out", changed(REEDS.out, 1, 1, "92"), {}, NotOfThisMeaning, "不像户名"),
        (REEDS, "out", changed(REEDS.out, 1, 4, "100.50"), {}, NotOfThisMeaning, "不像金额（分）"),
        (REEDS, "back", changed(REEDS.back, 2, 4, "无"), {}, NotOfThisMeaning, "不像实处理金额"),
        (HILLS, "out", changed(HILLS.out, 1, 2, -3), {}, NotOfThisMeaning, "“-3”"),
        (HILLS, "out", changed(HILLS.out, 1, 1, 6228580000000000017.0), {}, NotOfThisMeaning, "账号"),
        (HILLS, "out", changed(HILLS.out, 2, 3, "李四"), {}, NotOfThisMeaning, "证件号码"),
        (REEDS, "out", None, {"amount_unit": "yuan"}, UnitDiffers, "写的单位是分，选的却是元"),
        (REEDS, "out", None, {"columns": {**REEDS.out_columns, "币种": "钱"}}, MeaningUnknown, "钱"),
        (REEDS, "out", None, {"columns": {**REEDS.out_columns, "姓": "户名"}}, ColumnNotThere, "没有“姓”"),
        (REEDS, "out", None, {"columns": {**REEDS.out_columns, "币种": "户名"}}, PointedTwice, "B列、D列"),
        (REEDS, "out", None, {"columns": {**REEDS.out_columns, "C列": "账号"}}, ColumnSaidTwice, "“收款账号”这一列指了两次"),
        (REEDS, "out", None, {"most_bytes": {"附言": 12, "F列": 20}}, ColumnSaidTwice, "“附言”"),
        (REEDS, "out", None, {"columns": without(REEDS.out_columns, "收款账号")}, MeaningsMissing, "账号"),
        (REEDS, "back", None, {"columns": without(REEDS.back_columns, "回执")}, MeaningsMissing, "处理结果"),
        # the whole of the example
        (REEDS, "out", changed(REEDS.out, 3, 4, 10251), {}, ExampleTotalDiffers, "2 笔、102.50 元"),
        (REEDS, "out", REEDS.out[:1], {}, NoLines, "没有一行明细"),
        (HILLS, "back", None, {"heading_row": 0, "columns": {"A列": "户名", "B列": "账号", "C列": "金额", "D列": "处理结果"}},
         NoHeadings, "在第几行"),
        (HILLS, "back", [*HILLS.back[:1], ["客户姓名", "客户账号", "发放金额（元）", "交易码", "交易码"], *HILLS.back[2:]],
         {"columns": without(HILLS.back_columns, "交易说明", "交易码") | {"D列": "处理结果"}}, PointedTwice, "D列、E列"),
        # what the program could not write
        (REEDS, "out", None, {"columns": without(REEDS.out_columns, "币种")}, CannotWriteLike, "“币种”列没有指明"),
        (REEDS, "out", changed(REEDS.out, 2, 3, "USD"), {}, CannotWriteLike, "写有“CNY”、“USD”"),
        (REEDS, "out", changed(REEDS.out, 1, 0, "0001"), {}, CannotWriteLike, "不是从 1 起"),
        (REEDS, "out", [["代发清单"], *REEDS.out], {"heading_row": 2}, CannotWriteLike, "列标题之上"),
        (REEDS, "out", [*REEDS.out[:2], [*REEDS.out[3][:4], 10050, ""], *REEDS.out[2:3]], {}, CannotWriteLike, "第 3 行"),
        (REEDS, "out", changed(REEDS.out, 3, 1, "共2笔"), {}, CannotWriteLike, "共2笔"),
        (HILLS, "out", [*HILLS.out[:3], ["合计", 102.5]], {}, CannotWriteLike, "不在金额列"),
        # the words that decide about money
        (HILLS, "back", None, {"failure": []}, WordsUnsaid, "“E201”"),
        (HILLS, "back", changed(HILLS.back[:3], 2, 3, "E201"), {"success": []}, WordsUnsaid, "成功时银行写什么"),
        (HILLS, "back", None, {"failure": ["E201", "0000"]}, WordsAtOdds, "又指为"),
        (HILLS, "back", changed(HILLS.back, 3, 3, "处理失败"), {"success": ["0000", "处理失败"]}, WordsAtOdds, "字面意思"),
        (HILLS, "back", changed(HILLS.back, 2, 3, "成功"), {"success": ["0000"], "failure": ["成功", "E201"]}, WordsAtOdds, "“成功”"),
        (REEDS, "back", changed(REEDS.back, 1, 4, 10000), {}, NotOfThisMeaning, "成功一笔的实处理金额"),
        (HILLS, "back", [*HILLS.back[:2], *(["张三", CARDS[0], 1.5, f"LS{one}"] for one in range(61))], {}, TooManyWords,
         "这一列有 61 种字样，不像处理结果"),
        (REEDS, "back", [], {}, EmptyExample, "没有内容"),
        # figures out of the example
        (REEDS, "back", None, {"heading_row": -1}, HeadingRowNotThere, "第 -1 行"),
        (HILLS, "back", None, {"heading_row": 99}, HeadingRowNotThere, "第 99 行"),
        (REEDS, "out", None, {"line_limit": -5}, LinesBelowOne, "最多 -5 行"),
        # names
        (REEDS, "out", None, {"name": " "}, NoProfileName, "起一个名称"),
        (REEDS, "out", None, {"name": "农商银行代发工作簿"}, NameTaken, "自带"),
        (REEDS, "out", None, {"name": "县农商行\n代发"}, NameInLines, "“县农商行 代发”里有换行"),
    ],
)  # fmt: skip
def test_refused(
    desk: Desk,
    tmp_path: Path,
    bank: Bank,
    direction: str,
    rows: Rows | None,
    more: dict[str, Any],
    no: type[Refusal],
    said: str,
) -> None:
    with pytest.raises(Refusal) as refused:
        learn(desk, tmp_path, bank, direction, rows, **more)
    if rows == [] and bank.suffix == ".txt":
        return  # an empty text is refused before it is an example
    assert isinstance(refused.value, no), refused.value.sentence
    assert said in refused.value.sentence
    assert desk.store.value("SELECT count(*) FROM bank_profile") == 0


def test_an_empty_sheet_is_no_example(tmp_path: Path) -> None:
    with pytest.raises(EmptyExample):
        read_example(HILLS.write(tmp_path / "a.xlsx", []))


def test_a_failed_word_may_hold_the_word_success(desk: Desk, tmp_path: Path) -> None:
    rows = changed(HILLS.back, 3, 3, "未成功")
    learn(desk, tmp_path, HILLS, "back", rows, failure=["未成功"])
    assert profiles(desk.store)[HILLS.name].answer.failure == {"未成功"}


def test_two_layouts_of_one_heading_would_be_taken_for_each_other(desk: Desk, tmp_path: Path) -> None:
    learn(desk, tmp_path, HILLS, "back")
    turned = [list(reversed([*row, *[None] * (5 - len(row))])) for row in HILLS.back]
    turned[0] = ["标题", None, None, None, None]
    with pytest.raises(LooksTheSame, match=HILLS.name):
        learn(desk, tmp_path, HILLS, "back", turned, name="另一家")
    learn(desk, tmp_path, HILLS, "back")  # the same name anew is no other layout
    assert desk.store.value("SELECT count(*) FROM bank_profile") == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda body: body.replace(b"\r\n", b"\n"), "行尾不是回车换行"),
        (lambda body: body.replace(b"\r\n", b"\n", 1), "行尾不是回车换行"),
        (lambda body: body.replace(b"|CNY|", b'|"CNY"|'), "写在引号里"),
        (lambda body: b'"' + body.replace(b"|", b'"|"').replace(b"\r\n", b'"\r\n"')[:-1], "写在引号里"),
        (lambda body: re.sub(rb"[0-9]{19}", rb'="\g<0>"', body), "写在引号里"),
    ],
)
def test_a_text_that_would_be_written_otherwise_is_not_learned(
    desk: Desk, tmp_path: Path, change: Callable[[bytes], bytes], fault: str
) -> None:
    """The bank's system may take only what it shows; its own answers come as they like."""
    said: dict[str, Any] = {"name": REEDS.name, **REEDS.settings}
    out = REEDS.write(tmp_path / "out.txt", REEDS.out)
    out.write_bytes(change(out.read_bytes()))
    with pytest.raises(CannotWriteLike, match=fault):
        learn_profile(desk, path=out, columns=REEDS.out_columns, **said)
    back = REEDS.write(tmp_path / "back.txt", REEDS.back)
    back.write_bytes(change(back.read_bytes()))
    answer = learn_profile(desk, path=back, columns=REEDS.back_columns, **said, **REEDS.words).answer
    assert (answer["lines"], answer["can_read"]) == (2, True)


def test_lines_without_headings_are_not_learned_in_two_units(desk: Desk, tmp_path: Path) -> None:
    rows = [
        [name, card, "150", word]
        for name, card, word in zip(("张三", "李四"), CARDS, ("成功", "销户"), strict=True)
    ]
    said: dict[str, Any] = {
        "columns": {"A": "户名", "B": "账号", "C": "金额", "D": "处理结果"},
        "heading_row": 0,
    }
    words: dict[str, Any] = {"success": ["成功"], "failure": ["销户"]}
    path = REEDS.write(tmp_path / "a.txt", rows)
    learn_profile(desk, name="元银行", path=path, **said, **words)
    with pytest.raises(ReadsTheSame, match="“元银行”相同"):
        learn_profile(desk, name="分银行", path=path, amount_unit="fen", **said, **words)
    rare = REEDS.write(tmp_path / "rare.txt", [["张三", *rows[0][1:]], ["李四", *rows[1][1:]]])
    rare.write_bytes(rare.read_bytes().decode("gbk").replace("李四", "李𬱖").encode("gb18030"))
    with pytest.raises(ReadsTheSame):
        learn_profile(desk, name="分银行", path=rare, amount_unit="fen", **said, **words)
    learn_profile(desk, name="元银行", path=path, amount_unit="fen", **said, **words)  # the same one anew
    # by their separator, their width and their words others are told apart
    commas = tmp_path / "commas.txt"
    commas.write_bytes(path.read_bytes().replace(b"|", b","))
    learn_profile(desk, name="逗号银行", path=commas, **said, **words)
    wide = REEDS.write(tmp_path / "wide.txt", [[*row, "01"] for row in rows])
    learn_profile(desk, name="五列银行", path=wide, **said, **words)
    coded = REEDS.write(
        tmp_path / "coded.txt", [[*row[:3], code] for row, code in zip(rows, ("S", "F"), strict=True)]
    )
    learn_profile(desk, name="代码银行", path=coded, **said, success=["S"], failure=["F"])
    known = profiles(desk.store)
    for name, file in (("元银行", path), ("逗号银行", commas), ("五列银行", wide), ("代码银行", coded)):
        assert read_answer(file, file.read_bytes(), known).profile.name == name


def test_bytes_are_counted_as_an_old_system_stores_them(desk: Desk, make: Make, tmp_path: Path) -> None:
    """Three bytes a character in UTF-8 are two for the bank."""
    learn(desk, tmp_path, FERRY, "out", most_bytes={"A列": 4})
    sent(desk, make, tmp_path / "out", FERRY)
    batch = a_batch(make, [make.person("欧阳修")], number="2130122-2024-02", period="2025")
    with pytest.raises(CannotBeWritten, match="占 6 字节，最多 4 字节"):
        make_bank_files(desk, batch_id=batch, profile=FERRY.name)


def test_only_one_direction_was_learned(desk: Desk, make: Make, tmp_path: Path) -> None:
    learn(desk, tmp_path, FERRY, "back")
    batch = a_batch(make, [make.person("王一")])
    with pytest.raises(NoSuchProfile):
        make_bank_files(desk, batch_id=batch, profile=FERRY.name)
    learn(desk, tmp_path, REEDS, "out")
    make_bank_files(desk, batch_id=batch, profile=REEDS.name)
    with pytest.raises(OnlyToSend, match=REEDS.name):
        post_return(desk, path=REEDS.write(tmp_path / "a.txt", REEDS.back), profile=REEDS.name)


def test_forgotten_unless_the_bank_has_yet_to_answer(desk: Desk, make: Make, tmp_path: Path) -> None:
    for direction in ("out", "back"):
        learn(desk, tmp_path, FERRY, direction)
    sent(desk, make, tmp_path / "out", FERRY)
    with pytest.raises(ProfileInUse, match="2 笔没有回盘"):
        forget_profile(desk, name=FERRY.name)
    post_return(desk, path=FERRY.write(tmp_path / "a.dat", answer_rows(FERRY, *cards(desk))))
    forget_profile(desk, name=FERRY.name)
    assert FERRY.name not in profiles(desk.store)
    with pytest.raises(NotLearned):
        forget_profile(desk, name="rural_bank")


def test_who_may_teach(reviewer: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        learn(reviewer, tmp_path, FERRY, "back")


def test_fields_in_quotes_and_a_separator_too_many(desk: Desk, make: Make, tmp_path: Path) -> None:
    """What a bank's system writes that has no headings and quotes everything."""
    path = tmp_path / "back.csv"
    path.write_bytes(
        f'"张三","{CARDS[0]}","1,100.50","成功",\r\n"李四","{CARDS[1]}","2.00","销户",\r\n'.encode("gb18030")
    )
    columns = {"A列": "户名", "B列": "账号", "C列": "金额", "D列": "处理结果"}
    said: dict[str, Any] = {"columns": columns, "heading_row": 0, "success": ["成功"], "failure": ["销户"]}
    assert learn_profile(desk, name="引号银行", path=path, **said).answer["total_fen"] == 110250
    batch = a_batch(make, [make.person("王一"), make.person("王二")], fen=[123456, 200])
    make_bank_files(desk, batch_id=batch, profile="rural_bank")
    one, two = cards(desk)
    answer = tmp_path / "next.csv"
    answer.write_bytes(f'"王一","{one}","1,234.56","成功",\n"王二","{two}","2.00","销户",\n'.encode("gbk"))
    assert post_return(desk, path=answer).answer["profile"] == "引号银行"
    assert buckets(desk, batch) == {"paid": 1, "failed": 1}


def test_a_headed_table_is_not_taken_for_lines_without_headings(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    """As many columns as a layout without headings has, but the file says itself what they are."""
    path = FERRY.write(tmp_path / "a.dat", FERRY.back)
    comma = tmp_path / "lines.csv"
    comma.write_bytes(path.read_bytes().replace(b" ", b","))
    learn_profile(desk, name="无标题", path=comma, heading_row=0, columns=FERRY.back_columns, **FERRY.words)
    headed = tmp_path / "headed.csv"
    headed.write_bytes(
        "户名,账号,金额,处理状态,失败原因\n王一,6228580000000000017,1.00,成功,\n".encode("gbk")
    )
    known = profiles(desk.store)
    assert read_answer(headed, headed.read_bytes(), known).profile.name == "rural_bank"
    assert read_answer(comma, comma.read_bytes(), known).profile.name == "无标题"


def test_a_word_put_in_by_another_program_is_found(desk: Desk, tmp_path: Path) -> None:
    learn(desk, tmp_path, HILLS, "back")
    assert edit_outside(desk.store, "UPDATE bank_profile SET body = replace(body, 'E201', 'E202')") == 1
    assert any("银行格式" in str(problem) for problem in check_up(desk.store))
    with pytest.raises(SealBroken):
        learn(desk, tmp_path, FERRY, "back")


def test_nothing_is_half_learned(desk: Desk, tmp_path: Path) -> None:
    assert each_statement_failing(desk.store, lambda: learn(desk, tmp_path, HILLS, "back")) > 1
    assert desk.store.value("SELECT count(*) FROM bank_profile") == 1


def test_the_window_is_told_what_the_columns_seem_to_be(tmp_path: Path) -> None:
    sheet = read_example(HILLS.write(tmp_path / "a.xlsx", HILLS.back))
    row = heading_row_of(sheet)
    assert (row, sheet.file_type, seeming_columns(sheet, row)) == (
        2,
        "xlsx",
        {0: "name", 1: "account", 2: "amount"},
    )
    words = result_words(sheet, row, 3)
    assert (words, [seeming_word(word) for word in words]) == (["0000", "E201"], ["success", ""])
    text = read_example(REEDS.write(tmp_path / "a.txt", REEDS.out))
    assert (heading_row_of(text), text.encoding, text.separator) == (1, "gbk", "|")
    assert heading_row_of(read_example(FERRY.write(tmp_path / "a.dat", FERRY.out))) == 0
