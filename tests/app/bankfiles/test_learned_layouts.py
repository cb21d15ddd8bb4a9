"""What a learned layout then writes and reads: its unit, its line ends, its totals, words that it never saw, another bank's file."""

from pathlib import Path

from openpyxl import Workbook, load_workbook

from app.bankfiles.profiles import profiles
from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import learn_profile, make_bank_files
from app.desk import Desk
from app.returns.answers import UNDECIDED, read_answer
from tests.app.bankfiles.banks import CARDS, REEDS
from tests.app.bankfiles.batches import a_batch
from tests.builders import Make

NAME = "县银行"
BARE = {"A列": "户名", "B列": "账号", "C列": "金额"}
ANSWERED = {**BARE, "D列": "处理结果"}
PEOPLE = tuple(zip(("张三", "李四"), CARDS, strict=True))


def text(path: Path, *lines: str) -> Path:
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("gbk"))
    return path


def written(desk: Desk, folder: Path) -> Path:
    """The file to the bank of a batch of 123.45 and 6.00 yuan."""
    make = Make(desk)
    batch = a_batch(make, [make.person("王一"), make.person("王二")], fen=[12_345, 600])
    make_bank_files(desk, batch_id=batch, profile=NAME)
    return write_bank_files(desk.store, batch_id=batch, folder=folder)[0]


def test_a_workbook_in_fen_is_written_in_fen(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["户名", "账号", "金额（分）"])
    for (name, card), fen in zip(PEOPLE, (10_000, 25_000), strict=True):
        sheet.append([name, card, fen])
    book.save(tmp_path / "样表.xlsx")
    columns = {"户名": "户名", "账号": "账号", "金额（分）": "金额"}
    learn_profile(desk, name=NAME, path=tmp_path / "样表.xlsx", columns=columns, amount_unit="fen")
    out = load_workbook(written(desk, tmp_path / "出")).active
    assert out is not None
    assert [row[2] for row in out.iter_rows(min_row=2, values_only=True)] == [12_345, 600]


def test_a_separator_at_the_end_of_lines_is_kept(desk: Desk, tmp_path: Path) -> None:
    lines = [f"{name}|{card}|100.00|" for name, card in PEOPLE]
    learn_profile(desk, name=NAME, path=text(tmp_path / "样表.txt", *lines), columns=BARE, heading_row=0)
    first, *_ = written(desk, tmp_path / "出").read_bytes().decode("gbk").split("\r\n")
    assert first.startswith("王一|")
    assert first.endswith("|123.45|")


def test_a_sum_that_equals_the_count_is_still_the_sum(desk: Desk, tmp_path: Path) -> None:
    example = text(
        tmp_path / "样表.txt", *(f"{name}|{card}|1.00|成功" for name, card in PEOPLE), "合计|2|2.00"
    )
    learn_profile(desk, name=NAME, path=example, columns=ANSWERED, heading_row=0, success=["成功"])
    later = text(
        tmp_path / "回盘.txt", *(f"{name}|{card}|100.00|成功" for name, card in PEOPLE), "合计|2|200.00"
    )
    assert len(read_answer(later, later.read_bytes(), profiles(desk.store)).lines) == len(PEOPLE)


def test_a_word_that_was_never_said_decides_nothing_whatever_stands_beside_it(
    desk: Desk, tmp_path: Path
) -> None:
    example = REEDS.write(tmp_path / "样表.txt", REEDS.back)
    learn_profile(
        desk, name=REEDS.name, path=example, columns=REEDS.back_columns, **REEDS.words, **REEDS.settings
    )
    rows = [
        REEDS.back[0],
        [1, "张三", CARDS[0], 10_050, "", "P", "银行处理中"],
        [2, "李四", CARDS[1], 200, 200, "S", "成功"],
    ]
    later = REEDS.write(tmp_path / "回盘.txt", rows)
    first, second = read_answer(later, later.read_bytes(), profiles(desk.store)).lines
    assert (first.verdict, "不认识" in first.note) == (UNDECIDED, True)
    assert second.verdict != UNDECIDED


def test_a_layout_without_headings_does_not_stand_in_another_banks_way(desk: Desk, tmp_path: Path) -> None:
    bare = text(
        tmp_path / "甲.txt", *(f"{name},{card},100.00,成功" for name, card in PEOPLE), "合计,2,200.00"
    )
    learn_profile(desk, name="甲银行", path=bare, columns=ANSWERED, heading_row=0, success=["成功"])
    headings = "户名,账号,金额,处理结果"
    headed = text(
        tmp_path / "乙.csv",
        headings,
        *(f"{name},{card},100.00,成功" for name, card in PEOPLE),
        "合计,,200.00,",
    )
    learn_profile(
        desk, name="乙银行", path=headed, columns={one: one for one in headings.split(",")}, success=["成功"]
    )
    assert read_answer(headed, headed.read_bytes(), profiles(desk.store)).profile.name == "乙银行"
