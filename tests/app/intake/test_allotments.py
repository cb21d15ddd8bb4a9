import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.desk import Desk
from app.funds.queries import allotments, ledger_balance, receipts
from app.funds.use_cases import add_allotment, add_receipt, adjust_allotment
from app.intake.allotments import (
    AllotmentRowRefused,
    take_allotments,
    withdraw_allotments,
)
from app.intake.source import AlreadyImported, Outcome, RunInUse
from app.programs.steps import read_policy_file
from app.programs.use_cases import add_policies
from models.domain.money import Fen
from models.domain.posting import Ledger
from tests.app.funds.money import legs, use
from tests.conftest import SAMPLES
from tests.faults import each_statement_failing

CODES = {
    "gdbh": "2130122",
    "stgyl": "2110501",
    "ncdb": "2081902",
    "tkgy": "2082102",
    "gljt": "2080502",
    "cjhl": "2081108",
    "skym": "2130321",
    "slh": "933062400001",
}
HEADINGS = [
    "序号",
    "文号",
    "资金级次",
    "补贴项目",
    "下达日期",
    "指标金额（元）",
    "到账日期",
    "到账金额（元）",
    "备注",
]
LAND, WOOD = "耕地地力保护补贴", "非国有林生态保护补偿（到人到户）"
ROW = [1, "财农〔2024〕8号", "中央", LAND, "2024-05-20", 100, "2024-05-28", 60, ""]


def workbook(
    folder: Path,
    rows: Sequence[Sequence[object]],
    headings: Sequence[str] = HEADINGS,
    title: str = "指标登记表",
) -> Path:
    path = folder / f"资金指标{len(list(folder.iterdir()))}.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "指标"
    for row in ([title], headings, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def take(desk: Desk, path: Path) -> Outcome:
    with desk.store.writing():
        return take_allotments(desk, path)


def withdraw(desk: Desk, run: int) -> None:
    with desk.store.writing():
        withdraw_allotments(desk, run)


def row(**cells: object) -> list[object]:
    names = [
        "serial",
        "document",
        "level",
        "program",
        "allotted_on",
        "allotted",
        "received_on",
        "received",
        "remark",
    ]
    return [cells.get(name, value) for name, value in zip(names, ROW, strict=True)]


# -- the three samples -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("township", ["yunxi", "yunxi-by-village", "yunxi-old-xls"])
def test_the_samples_come_in_as_their_truth_says(desk: Desk, township: str) -> None:
    add_policies(desk, tables=read_policy_file(SAMPLES / "policies.toml"), source_name="policies.toml")
    truth: dict[str, Any] = json.loads((SAMPLES / township / "truth.json").read_text(encoding="utf-8"))[
        "allotments"
    ]
    outcome = take(desk, SAMPLES / township / truth["file"])
    wanted = sorted((CODES[key], document, level, fen) for key, document, level, fen in truth["lines"])
    known = allotments(desk.store)
    assert (outcome.rows, outcome.accepted, outcome.rejected) == (len(wanted), len(wanted), 0)
    assert outcome.findings == []
    assert sorted((one.program_code, one.document, one.level, one.allotted_fen) for one in known) == wanted
    assert sorted((one.program_code, one.document, one.level, one.received_fen) for one in known) == wanted
    assert {(one.issued_on, one.year) for one in known} == {("2024-05-20", 2024)}
    assert {one.received_on for one in receipts(desk.store)} == {"2024-05-28"}
    assert ledger_balance(desk.store, Ledger.DEPOSIT) == sum(line[3] for line in wanted)
    assert desk.store.value("SELECT count(*) FROM voucher WHERE month = '2024-05'") == len(wanted)


def test_the_check_alone_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path, [ROW, row(document="财农〔2024〕9号", received="一百")])
    with desk.store.trying():
        checked = take_allotments(desk, path)
    assert (checked.rows, checked.accepted) == (2, 1)
    assert [(found.row, found.column, found.written, found.code) for found in checked.findings] == [
        (4, "到账金额（元）", "一百", "amount.not_a_number")
    ]
    assert allotments(desk.store) == []


def test_the_same_file_again_is_recognised(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path, [ROW])
    run = take(desk, path).run
    with pytest.raises(AlreadyImported) as no:
        take(desk, path)
    assert no.value.run == run


# -- amounts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"allotted": "约一百"}, "指标金额（元）", "amount.not_a_number"),
        ({"allotted": None, "received": None, "received_on": None}, "指标金额（元）", "amount.not_a_number"),
        ({"allotted": 0}, "指标金额（元）", "amount.not_positive"),
        ({"allotted": -5}, "指标金额（元）", "amount.not_positive"),
        ({"received": -5}, "到账金额（元）", "amount.not_positive"),
        ({"allotted": 100.005}, "指标金额（元）", "amount.decimals"),
        ({"received": "60.001"}, "到账金额（元）", "amount.decimals"),
    ],
)
def test_a_row_whose_amount_is_no_amount_is_rejected_alone(
    desk: Desk, tmp_path: Path, cells: dict[str, object], column: str, code: str
) -> None:
    outcome = take(desk, workbook(tmp_path, [row(**cells), row(document="财农〔2024〕9号")]))
    assert (outcome.rows, outcome.accepted, outcome.rejected) == (2, 1, 1)
    assert [(found.row, found.column, found.code, found.level) for found in outcome.findings] == [
        (3, column, code, "error")
    ]
    assert [one.document for one in allotments(desk.store)] == ["财农〔2024〕9号"]


def test_ten_thousands_of_yuan_are_scaled_exactly(desk: Desk, tmp_path: Path) -> None:
    headings = [heading.replace("元", "万元") for heading in HEADINGS]
    take(desk, workbook(tmp_path, [row(allotted=57.1, received="0.000001")], headings))
    assert [(one.allotted_fen, one.received_fen) for one in allotments(desk.store)] == [(57_100_000, 1)]
    outcome = take(desk, workbook(tmp_path, [row(document="别1号", allotted=0.0000001)], headings))
    assert [found.code for found in outcome.findings] == ["amount.decimals"]


def test_money_that_has_not_come_is_no_receipt(desk: Desk, tmp_path: Path) -> None:
    rows = [
        row(received=0),
        row(document="财农〔2024〕9号", received=None, received_on=None),
        row(document="财农〔2024〕10号", received="-"),
    ]
    assert take(desk, workbook(tmp_path, rows)).accepted == 3
    assert receipts(desk.store) == []
    assert {one.limit_fen for one in allotments(desk.store)} == {0}


def test_totals_and_notes_are_passed_over(desk: Desk, tmp_path: Path) -> None:
    rows: list[list[object]] = [ROW, ["合计", None, None, None, None, 100, None, 60], ["制表：甲"]]
    assert take(desk, workbook(tmp_path, rows)).rows == 1


# -- what keeps the file out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"document": None}, "第 4 行“文号”是空的"),
        ({"program": "火星补贴"}, "第 4 行“补贴项目”“火星补贴”不是登记的补贴项目"),
        ({"level": "国际"}, "第 4 行“资金级次”“国际”不是资金级次"),
        ({"allotted_on": "五月二十"}, "第 4 行“下达日期”“五月二十”不是日期"),
        ({"received_on": None}, "第 4 行“到账日期”是空的"),
        ({"received_on": "5月"}, "第 4 行“到账日期”“5月”不是日期"),
        (
            {"document": "财农〔2024〕08号", "allotted": 99},
            r"第 4 行“指标金额（元）”写的指标是 99\.00 元.*已登记 100\.00 元",
        ),
        (
            {"document": "财农〔2024〕99号", "allotted": None},
            "第 4 行“到账金额（元）”只有到账.*还没有登记资金指标",
        ),
        ({"document": "财农〔2024〕8号"}, "第 4 行“指标金额（元）”与工作表“指标”第 3 行是同一笔到账"),
    ],
)
def test_what_must_not_be_guessed_keeps_the_whole_file_out(
    desk: Desk, tmp_path: Path, cells: dict[str, object], sentence: str
) -> None:
    path = workbook(tmp_path, [ROW, row(**{"document": "财农〔2024〕9号", **cells})])
    with pytest.raises(AllotmentRowRefused, match=f"^工作表“指标”{sentence}"):
        take(desk, path)
    assert allotments(desk.store) == []
    assert desk.store.value("SELECT count(*) FROM import_run") == 0


@pytest.mark.parametrize(
    ("written", "level"),
    [("省级", "省"), ("中央财政", "中央"), ("县（区）", "县"), ("镇级", "乡镇"), (None, ""), ("区", "县")],
)
def test_levels_by_their_many_names(desk: Desk, tmp_path: Path, written: str | None, level: str) -> None:
    take(desk, workbook(tmp_path, [row(level=written)]))
    assert [one.level for one in allotments(desk.store)] == [level]


def test_a_program_by_code_or_by_name_with_other_brackets(desk: Desk, tmp_path: Path) -> None:
    rows = [
        row(program=2130122),
        row(program="2110501", document="a1号"),
        row(program=WOOD.replace("（", "(").replace("）", ")"), document="a2号"),
    ]
    take(desk, workbook(tmp_path, rows))
    assert [one.program_code for one in allotments(desk.store)] == ["2110501", "2110501", "2130122"]


# -- the same document again -----------------------------------------------------------------------------------


def test_a_second_line_of_a_document_adds_its_receipt(desk: Desk, tmp_path: Path) -> None:
    rows = [ROW, row(received=40, received_on="2024-06-01", document="财农[2024]008号")]
    take(desk, workbook(tmp_path, rows))
    (one,) = allotments(desk.store)
    assert (one.allotted_fen, one.received_fen, one.document) == (10_000, 10_000, "财农〔2024〕8号")
    assert [receipt.fen for receipt in receipts(desk.store)] == [6_000, 4_000]


def test_two_equal_receipts_of_one_day_are_two_while_the_allotment_holds_them(
    desk: Desk, tmp_path: Path
) -> None:
    take(desk, workbook(tmp_path, [row(received=50), row(received=50)]))
    assert [receipt.fen for receipt in receipts(desk.store)] == [5_000, 5_000]


def test_a_register_that_goes_on_books_only_what_is_new(desk: Desk, tmp_path: Path) -> None:
    take(desk, workbook(tmp_path, [ROW]))
    later = [ROW, row(received=40, received_on="2024-06-01"), row(document="财农〔2024〕9号")]
    outcome = take(desk, workbook(tmp_path, later))
    assert (outcome.rows, outcome.accepted) == (3, 3)
    assert [(one.document, one.received_fen) for one in allotments(desk.store)] == [
        ("财农〔2024〕8号", 10_000),
        ("财农〔2024〕9号", 6_000),
    ]


def test_an_adjusted_allotment_agrees_by_its_old_and_its_new_amount(desk: Desk, tmp_path: Path) -> None:
    take(desk, workbook(tmp_path, [ROW]))
    adjust_allotment(desk, allotment_id=1, fen=Fen(5_000), reason="追加")
    take(desk, workbook(tmp_path, [row(allotted=150, received=1), row(allotted=100, received=2)]))
    assert allotments(desk.store)[0].received_fen == 6_300


def test_a_file_of_receipts_alone(desk: Desk, tmp_path: Path) -> None:
    add_allotment(desk, program="2130122", document="财农〔2024〕8号", level="中央", fen=Fen(10_000))
    headings = ["文号", "补贴项目", "到账日期", "到账金额"]
    path = workbook(tmp_path, [["财农[2024]8号", LAND, "2024-05-28", 60]], headings)
    assert take(desk, path).accepted == 1
    assert allotments(desk.store)[0].received_fen == 6_000
    add_allotment(desk, program="2130122", document="财农〔2024〕8号", level="省", fen=Fen(10_000))
    with pytest.raises(AllotmentRowRefused, match="有几条资金指标，请写明资金级次"):
        take(desk, workbook(tmp_path, [["财农[2024]8号", LAND, "2024-05-29", 60]], headings))


# -- taking back -----------------------------------------------------------------------------------------------


def test_a_run_is_taken_back_in_red(desk: Desk, tmp_path: Path) -> None:
    add_allotment(desk, program="2130122", document="财农〔2024〕7号", level="中央", fen=Fen(10_000))
    rows = [ROW, row(received=40, received_on="2024-06-01"), row(document="财农〔2024〕7号", received=9)]
    path = workbook(tmp_path, rows)
    run = take(desk, path).run
    withdraw(desk, run)
    assert [(one.document, one.received_fen) for one in allotments(desk.store)] == [("财农〔2024〕7号", 0)]
    assert receipts(desk.store) == []
    assert {ledger_balance(desk.store, ledger) for ledger in Ledger} == {0}
    assert len(legs(desk.store, "reverse")) == 6
    assert desk.store.value("SELECT count(DISTINCT reverses_id) FROM voucher WHERE event = 'reverse'") == 3
    with desk.store.writing():
        desk.store.execute("UPDATE import_run SET state = 'undone' WHERE id = ?", (run,))
    assert take(desk, path).accepted == 3  # and in again


def test_what_was_built_on_a_run_keeps_it(desk: Desk, tmp_path: Path) -> None:
    add_allotment(desk, program="2130122", document="财农〔2024〕7号", level="中央", fen=Fen(10_000))
    run = take(desk, workbook(tmp_path, [ROW, row(document="财农〔2024〕7号", received=9)])).run
    new, old = (one.id for one in allotments(desk.store))
    use(desk, old, 500)
    use(desk, new, 100)
    adjust_allotment(desk, allotment_id=new, fen=Fen(1), reason="追加")
    add_receipt(desk, allotment_id=new, fen=Fen(1))
    with pytest.raises(RunInUse) as no:
        withdraw(desk, run)
    said = no.value.sentence
    assert "财农〔2024〕8号（耕地地力保护补贴）批次用过它的资金、有调整、核减或结转、后来另有到账" in said
    assert "财农〔2024〕7号（耕地地力保护补贴）的到账已用 5.00 元" in said
    assert len(allotments(desk.store)) == 2


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path, [ROW, row(document="财农〔2024〕9号")])
    assert each_statement_failing(desk.store, lambda: take(desk, path)) > 10
    assert each_statement_failing(desk.store, lambda: withdraw(desk, 1)) > 8
