"""The county's form in the office: added when its tags are right, filled with a lived month, replaced, withdrawn."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from app.desk import Desk
from app.reports.county.checking import faults_of
from app.reports.county.queries import (
    BatchNotChosen,
    NoSuchForm,
    filled_form,
    find_form,
    form_file,
    forms,
    listed_tags,
    tags_like,
    write_tag_list,
)
from app.reports.county.tags import ROW_SETS, SINGLE
from app.reports.county.use_cases import (
    FormKnown,
    FormTagsWrong,
    FormWithoutTags,
    add_form,
    log_filling,
    withdraw_form,
)
from app.reports.county.values import Asked, FormValues
from app.reports.figures import monthly_figures
from app.returns.use_cases import bounce_payment
from app.workbook.filling.beside import box_texts
from app.workbook.filling.form import Form, NotAForm
from app.workbook.reading import OverInflated
from models.domain.money import Fen, yuan_text
from models.domain.permission import NotPermitted
from tests.app.ledger.lived import Lived, live
from tests.faults import each_statement_failing
from tests.office import recalculated

MONTH = "2024-06"
GOOD = {
    "A1": "{{镇名}}{{月份}}发放表", "A2": "{{每个项目一行}}{{序号}}", "B2": "{{项目名称}}", "C2": "{{本月 实发金额}}", "D2": "{{累计应发金额}}",
    "B3": "合计", "C3": "=SUM(C2:C2)", "D3": "=SUM(D2)", "A4": "大写：{{本月发放金额大写}}", "A5": "{{每个村一行}}{{村名}}",
    "C5": "{{本月发放金额}}", "D5": "{{本月应发金额}}", "C6": "=SUM(C5:C5)", "D6": "=SUM(D5:D5)",
}  # fmt: skip


def workbook(folder: Path, cells: dict[str, str], name: str = "县表") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表1"
    for ref, text in cells.items():
        sheet[ref] = text
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def clerk(lived: Lived) -> Desk:
    return lived.month.later(lived.month.clerk, "2024-07-02")


def test_a_form_is_kept_as_received_and_filled(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    path = workbook(tmp_path, GOOD)
    answer = add_form(desk, path=path).answer
    assert (answer["form"], answer["tags"], answer["repeated"], answer["needs_batch"]) == (
        "县表", 12, ["每个项目一行", "每个村一行"], False,
    )  # fmt: skip
    assert form_file(desk.store, "县表")[1] == path.read_bytes()
    filled = filled_form(desk, "县表", MONTH)
    assert filled.file_name == "县表-2024-06.xlsx"
    (tmp_path / "f.xlsx").write_bytes(filled.body)
    sheet = recalculated(tmp_path / "f.xlsx")["表1"]
    found = monthly_figures(desk.store, MONTH)
    assert sheet["A1"].value == "云溪镇2024年6月发放表"
    assert (sheet["A2"].value, sheet["B2"].value) == (1, found.rows[0].name)
    paid, owed = found.month_total.paid_fen, found.year_total.owed_fen
    assert (sheet["C3"].value, sheet["D3"].value) == (paid / 100, owed / 100)
    villages = len(desk.store.rows("SELECT id FROM village"))
    assert filled.rows == len(found.rows) + villages
    # the villages' sums are the programs' sums
    last = sheet.max_row
    assert (sheet.cell(last, 3).value, sheet.cell(last, 4).value) == (paid / 100, owed / 100)


def test_every_tag_of_the_list_has_a_value(lived: Lived) -> None:
    store, batch = lived.month.store, str(lived.first)
    values = FormValues(store, Asked(MONTH, batch, "经办甲", "2024-07-02"))
    for tag in SINGLE:
        assert values.value_of(tag.name).text, tag.name
    for row_set in ROW_SETS:
        rows = values.rows_of(row_set.mark)
        assert rows, row_set.mark
        assert row_set.names == set(rows[0]), row_set.mark
    assert len({(one.mark, one.tag.name) for one in listed_tags()}) == len(list(listed_tags()))


def test_the_values_are_those_of_the_books(lived: Lived) -> None:
    values = FormValues(lived.month.store, Asked(MONTH, str(lived.first), "经办甲", "2024-07-02"))
    assert [values.value_of(name).text for name in ("单位", "月份", "年", "填报日期", "制表人")] == [
        "云溪镇财政所", "2024年6月", "2024", "2024年7月2日", "经办甲",
    ]  # fmt: skip
    # 400.00 received; 4 of 50.00 paid less 10.00 recovered; 1.00 interest; 50.00 closed and owed to the treasury
    assert (values.value_of("本月实发金额").number, values.value_of("结余").number) == ("190.00", "210.00")
    assert values.value_of("本月发放金额大写").text == "壹佰玖拾元整"
    assert values.value_of("批次笔数").number == "5"
    people = values.rows_of("每人一行")
    assert people is not None
    assert [row["去向"].text for row in people] == ["已补发", "已补发", "已发", "已发", "已发"]
    assert {row["金额"].number for row in people} == {"50.00"}
    failed = values.rows_of("每笔失败一行")
    assert failed is not None
    assert sorted(row["失败原因"].text for row in failed) == ["户名不符", "账户已销户"]
    month = FormValues(lived.month.store, Asked(MONTH)).rows_of("每笔失败一行")
    assert month is not None
    assert len(month) == 3  # the bounce of the reissue too
    batches = FormValues(lived.month.store, Asked(MONTH)).rows_of("每个批次一行")
    assert batches is not None
    assert [(row["种类"].text, row["发放金额"].number) for row in batches] == [
        ("发放", "140.00"),
        ("补发", "50.00"),
    ]


def test_wrong_tags_are_named_with_their_cells(desk: Desk, tmp_path: Path) -> None:
    wrong = {
        "A1": "{{镇明}}", "A2": "{镇名}", "A3": "{{村名}}", "A4": "{{每个村一行}}", "B4": "{{项目名称}}", "C4": "{{每个项目一行}}",
        "A5": "{{月份}", "A6": "{{不相干的话}}", "A7": "集合 {甲、乙}",
    }  # fmt: skip
    path = workbook(tmp_path, wrong)
    found = {(one.cell, one.written): one.sentence for one in faults_of(Form(path.read_bytes(), "x"))}
    assert found["A1", "镇明"] == "没有“{{镇明}}”这个标签。是不是“{{镇名}}”？"
    assert "请写成“{{镇名}}”" in found["A2", "{镇名}"]
    assert "再写“{{每个村一行}}”" in found["A3", "村名"]
    assert "没有“{{项目名称}}”" in found["B4", "项目名称"]
    assert "一行只能写一个" in found["C4", "每个项目一行"]
    assert "请写成“{{月份}}”" in found["A5", "{{月份}"]
    assert "请对照标签清单" in found["A6", "不相干的话"]
    assert len(found) == 7  # braces that are no tag's are the county's own
    with pytest.raises(FormTagsWrong, match=r"有 7 处标签不对.*“表1”A1：没有“\{\{镇明\}\}”"):
        add_form(desk, path=path)
    assert forms(desk.store) == []


def test_formulas_that_would_be_wrong_are_named_with_their_cells(desk: Desk, tmp_path: Path) -> None:
    cells = {
        "A2": "{{每个项目一行}}{{项目名称}}", "B2": "{{本月发放金额}}", "C2": "=B2/10000", "A3": "=A2", "B3": "=SUM(B2)", "C3": "=SUM(C2:C2)",
        "B4": "=B2+B3", "C4": "=C2", "B5": "=ROUND(SUM($B$2),2)", "A6": '="单位："&"{{镇名}}"', "B6": "=B3-B5",
    }  # fmt: skip
    path = workbook(tmp_path, cells)
    found = {one.cell: one.sentence for one in faults_of(Form(path.read_bytes(), "x"))}
    assert set(found) == {"B4", "C4", "A6"}
    assert "只算第一行。要合计请写成 SUM(B2)" in found["B4"]
    assert "填不进去" in found["A6"]
    with pytest.raises(FormTagsWrong, match="“表1”B4：公式只取了"):
        add_form(desk, path=path)


def test_tags_in_text_boxes_are_found_over_their_runs() -> None:
    drawing = (
        '<xdr:txBody xmlns:xdr="x" xmlns:a="y"><a:p><a:r><a:rPr lang="zh-CN"/><a:t>单位：{{镇</a:t></a:r><a:r><a:t>名}}</a:t></a:r></a:p>'
        "<a:p/><a:p><a:r><a:t>说明</a:t></a:r></a:p></xdr:txBody>"
    )
    assert box_texts(drawing.encode()) == ["单位：{{镇名}}", "说明"]


def test_a_bounce_stands_in_the_month_in_which_it_came(lived: Lived) -> None:
    """So that the rows of a month are its 本月失败金额."""
    store = lived.month.store
    july = lived.month.later(lived.month.clerk, "2024-07-10")
    bounce_payment(july, payment_id=lived.month.payment(lived.first, 4), reason="账户已销户")
    for month, fen in (("2024-06", "150.00"), ("2024-07", "50.00")):
        values = FormValues(store, Asked(month))
        rows = values.rows_of("每笔失败一行")
        assert rows
        assert values.value_of("本月失败金额").number == fen
        assert sum(float(row["金额"].number) for row in rows) == float(fen)
        assert {row["失败日期"].text[:7] for row in rows} == {month}


def test_a_workbook_without_tags_or_of_another_kind_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(FormWithoutTags, match="没有标签"):
        add_form(desk, path=workbook(tmp_path, {"A1": "合计"}))
    (tmp_path / "old.csv").write_text("村,金额\n{{村名}},{{金额}}\n", encoding="utf-8")
    with pytest.raises(NotAForm, match="另存为"):
        add_form(desk, path=tmp_path / "old.csv")


def test_a_file_that_swells_is_refused_before_it_is_opened(desk: Desk, tmp_path: Path) -> None:
    good = workbook(tmp_path, GOOD)
    with (
        zipfile.ZipFile(good) as before,
        zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            swollen = part.replace(b"</sheetData>", b" " * 40_000_000 + b"</sheetData>")
            after.writestr(name, swollen)
    with pytest.raises(OverInflated, match="膨胀"):
        add_form(desk, path=tmp_path / "bomb.xlsx")


def test_a_form_of_the_same_name_takes_the_place_of_the_first(desk: Desk, tmp_path: Path) -> None:
    first = workbook(tmp_path, {"A1": "{{镇名}}"})
    add_form(desk, path=first, name="附表1")
    with pytest.raises(FormKnown, match="完全相同"):
        add_form(desk, path=first, name="附表1")
    second = workbook(tmp_path, {"A1": "{{镇名}}", "A2": "{{月份}}"}, "新")
    add_form(desk, path=second, name="附表1")
    (one,) = forms(desk.store)
    assert (one.tags, form_file(desk.store, "附表1")[1]) == (2, second.read_bytes())
    kept = desk.store.value("SELECT count(*) FROM stored_file WHERE purpose = 'county_form'")
    assert kept == 2  # what was filled from the first can still be explained
    withdraw_form(desk, name="附表1")
    with pytest.raises(NoSuchForm, match="请先登记"):
        find_form(desk.store, "附表1")


def test_a_form_by_batch_asks_for_one(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    cells = {
        "A1": "{{批次项目}}清册",
        "A2": "{{每人一行}}{{序号}}",
        "B2": "{{收款人姓名}}",
        "C2": "{{账号}}",
        "D2": "{{金额}}",
        "D3": "=SUM(D2:D2)",
    }
    assert add_form(desk, path=workbook(tmp_path, cells), name="清册").answer["needs_batch"] is True
    with pytest.raises(BatchNotChosen, match="--batch"):
        filled_form(desk, "清册", MONTH)
    filled = filled_form(desk, "清", MONTH, str(lived.first))
    sheet = openpyxl.load_workbook(io.BytesIO(filled.body)).active
    assert sheet is not None
    assert filled.rows == 5
    assert sheet["C2"].data_type == "s"
    assert sheet["D7"].value == "=SUM(D2:D6)"
    assert "-2080502-2024-06-01.xlsx" in filled.file_name


def test_posts_and_the_trail(lived: Lived, tmp_path: Path, reviewer: Desk) -> None:
    desk = clerk(lived)
    path = workbook(tmp_path, GOOD)
    with pytest.raises(NotPermitted):
        add_form(reviewer, path=path)
    add_form(desk, path=path)
    log_filling(desk, name="县表", month=MONTH, rows=9)
    acts = [row[0] for row in desk.store.rows("SELECT act FROM audit_line ORDER BY seq DESC LIMIT 2")]
    assert acts == ["county.fill", "county.add"]


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path, GOOD)
    each_statement_failing(desk.store, lambda: add_form(desk, path=path))


def test_the_list_of_tags_is_a_workbook(desk: Desk, tmp_path: Path) -> None:
    written = write_tag_list(tmp_path / "t.xlsx", desk.now)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    texts = {row[0].value for row in sheet.iter_rows() if row[0].value}
    assert {"{{镇名}}", "{{本月发放金额}}", "{{每个村一行}}"} <= texts
    assert written == len(list(listed_tags()))
    assert next(one.tag.name for one in tags_like("本月实发金额")) == "本月发放金额"
    assert [one.tag.name for one in tags_like("镇明")] == ["镇名"]


def test_money_in_a_sentence_has_its_commas(lived: Lived) -> None:
    values = FormValues(lived.month.store, Asked(MONTH))
    assert values.value_of("专户余额").text == yuan_text(
        Fen(int(values.value_of("专户余额").number.replace(".", "")))
    )
