"""The dossier: everything in it, the same bytes again, and proof of every byte."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from app.archive.packing import SUMS, faults_of, pack
from app.archive.pages import csv_bytes, page, table_html
from app.archive.queries import dossiers, verify_office, verify_zip
from app.archive.use_cases import DossierIsOld, NoDossier, NotSettled, archive_batch, make_dossier
from app.batches.use_cases import approve_batch, review_batch, submit_batch
from app.desk import Desk
from app.doctor import check_up
from app.notices.use_cases import decide_objection, object_to, publicize_batch
from app.returns.use_cases import bounce_payment
from models.domain.flows.roads import NoRoad
from models.domain.permission import NotPermitted
from models.store.durable import CannotRead
from models.store.files import FileDamaged
from tests.app.batches.months import LAND, Month
from tests.app.ledger.lived import Lived, live, to_bank_and_back
from tests.faults import each_statement_failing

DAY = "2024-07-01"


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return live(admin, tmp_path)


def clerk(lived: Lived, day: str = DAY) -> Desk:
    return lived.month.later(lived.month.clerk, day)


def opened(desk: Desk, sha256: object) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(desk.store.files.read(str(sha256))))


def test_it_holds_everything_with_its_hashes(lived: Lived) -> None:
    desk = clerk(lived)
    answer = make_dossier(desk, batch_id=lived.first).answer
    package = opened(desk, answer["sha256"])
    names = package.namelist()
    assert [name for name in names if name != SUMS] == answer["contents"]
    assert {name.split("/")[0] for name in names} == {
        "2-体检表", "4-审批", "5-发放明细", "6-报盘", "7-回盘", "8-凭证", "index.html", SUMS,
    }  # fmt: skip
    sums = {line[66:]: line[:64] for line in package.read(SUMS).decode().splitlines()}
    assert sums == {name: hashlib.sha256(package.read(name)).hexdigest() for name in names if name != SUMS}
    frozen: dict[str, str] = dict(
        desk.store.rows("SELECT stage, sha256 FROM check_sheet WHERE batch_id = ?", (lived.first,))
    )
    kept = {
        json.loads(package.read(name))["stage"]: sums[name]
        for name in names
        if name.startswith("2") and name.endswith("json")
    }
    assert kept == frozen
    sent, (answered,) = (
        {hashlib.sha256(package.read(name)).hexdigest() for name in names if name.startswith(folder)}
        for folder in ("6", "7-回盘/2")
    )
    assert sent == {
        row[0] for row in desk.store.rows("SELECT sha256 FROM bank_file WHERE batch_id = ?", (lived.first,))
    }
    assert answered in {row[0] for row in desk.store.rows("SELECT sha256 FROM bank_return")}
    rows = workbook_rows(package, "5-发放明细/发放明细.xlsx")
    assert [row["去向"] for row in rows] == ["已补发", "已补发", "已发", "已发", "已发", "停发"]
    assert rows[0]["由此补发"] == "2080502-2024-06-02 第 1 行"
    assert (rows[2]["已追回（元）"], rows[2]["金额（元）"]) == (10, 50)
    assert "50.00" in str(rows[0]["计算过程"])
    vouchers = package.read("8-凭证/凭证.csv").decode("utf-8-sig")
    assert [vouchers.count(word) for word in ("审批", "停发冲销", "补发报盘", "利息")][3] == 0


def workbook_rows(package: zipfile.ZipFile, name: str) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(package.read(name))).worksheets[0]
    headings, *rows = sheet.values
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def test_no_table_of_it_loses_a_digit_when_it_is_opened(lived: Lived) -> None:
    desk = clerk(lived)
    package = opened(desk, make_dossier(desk, batch_id=lived.first).answer["sha256"])
    payments = workbook_rows(package, "5-发放明细/发放明细.xlsx")
    stored = desk.store.rows(
        "SELECT id_number, account_number FROM payment WHERE batch_id = ? ORDER BY line", (lived.first,)
    )
    assert [(row["证件号码"], row["银行账号"]) for row in payments] == [tuple(row) for row in stored]
    answers = workbook_rows(package, "7-回盘/回盘明细.xlsx")
    assert {row["账号"] for row in answers} <= {account for _, account in stored}
    for name in package.namelist():  # a spreadsheet reads 16 digits of a CSV as a number and keeps 15
        if name.endswith(".csv"):
            text = package.read(name).decode("utf-8-sig")
            assert not re.search(r"(?<![0-9A-Za-z])[0-9]{15,}(?![0-9A-Za-z])", text), name


def test_the_index_reads_without_the_program(lived: Lived) -> None:
    desk = clerk(lived)
    index = (
        opened(desk, make_dossier(desk, batch_id=lived.first).answer["sha256"]).read("index.html").decode()
    )
    for word in (
        "云溪镇",
        "高龄津贴",
        "2024年6月",
        "审批丁",
        "新财〔2024〕1号",
        "已迁出",
        "30 年，2055-01-01 起",
        "SHA256SUMS.txt",
    ):
        assert word in index, word
    assert "<script" not in index
    assert "http" not in index.replace("http-equiv", "")


def test_made_again_it_is_the_same_bytes(lived: Lived) -> None:
    desk = clerk(lived)
    first, second = (make_dossier(desk, batch_id=lived.first).answer for _ in range(2))
    assert first["sha256"] == second["sha256"]
    assert first["dossier"] == second["dossier"]
    later = make_dossier(clerk(lived, "2024-07-02"), batch_id=lived.first).answer
    assert later["sha256"] != first["sha256"]  # it bears its day
    assert [one.made_on for one in dossiers(desk.store, lived.first)] == [DAY, "2024-07-02"]


def test_a_posted_batch_brings_its_notice_and_objections(admin: Desk, tmp_path: Path) -> None:
    month = Month(admin)
    month.policy(LAND)
    month.fund(LAND)
    for quantity in (10_000, 20_000):
        month.make.enrolment(month.make.person(), LAND, target="household", period="2024", quantity=quantity)
    batch = month.create(LAND, "2024")
    submit_batch(month.clerk, batch_id=batch, reasons=month.reasons(batch))
    review_batch(month.reviewer, batch_id=batch)
    publicize_batch(month.clerk, batch_id=batch)
    objection = int(
        str(object_to(month.clerk, batch_id=batch, person="王某", text="面积不实").answer["objection"])
    )
    decide_objection(month.clerk, objection_id=objection, outcome="rejected", answer="已实测")
    approve_batch(month.later(month.approver, "2024-06-20"), batch_id=batch)
    with pytest.raises(NotSettled, match="已审批"):
        make_dossier(month.later(month.clerk, "2024-06-20"), batch_id=batch)
    to_bank_and_back(month, batch, tmp_path, {})
    desk = month.later(month.clerk, "2024-06-20")
    package = opened(desk, make_dossier(desk, batch_id=batch).answer["sha256"])
    assert [name for name in package.namelist() if name.startswith("3")] == [
        "3-公示/1-公示名单-2024-06-03.xlsx",
        "3-公示/公示记录.csv",
        "3-公示/异议.csv",
    ]
    assert "面积不实" in package.read("3-公示/异议.csv").decode("utf-8-sig")
    archive_batch(desk, batch_id=batch)
    assert month.state(batch) == "archived"
    assert check_up(desk.store) == []


def test_archiving_needs_a_dossier_of_what_is(lived: Lived) -> None:
    desk = clerk(lived)
    with pytest.raises(NoDossier, match="还没有案卷"):
        archive_batch(desk, batch_id=lived.first)
    make_dossier(desk, batch_id=lived.first)
    bounce_payment(desk, payment_id=lived.month.payment(lived.first, 4), reason="账户已销户")
    with pytest.raises(NotSettled, match="回盘中"):
        make_dossier(desk, batch_id=lived.first)
    with pytest.raises(NoRoad, match="回盘中"):
        archive_batch(desk, batch_id=lived.first)


def test_a_dossier_that_is_behind_is_refused(lived: Lived) -> None:
    desk = clerk(lived)
    make_dossier(desk, batch_id=lived.first)
    with desk.store.writing():
        desk.store.execute(
            "UPDATE payment SET reason = '改过' WHERE batch_id = ? AND line = 6", (lived.first,)
        )
    with pytest.raises(DossierIsOld, match="2024-07-01"):
        archive_batch(desk, batch_id=lived.first)
    make_dossier(desk, batch_id=lived.first)
    answer = archive_batch(desk, batch_id="2080502-2024-06-01").answer
    assert (answer["state"], lived.month.state(lived.first)) == ("archived", "archived")
    make_dossier(desk, batch_id=lived.first)  # an archived batch's dossier can be made again
    with pytest.raises(NoRoad):
        archive_batch(desk, batch_id=lived.first)


def test_only_a_clerk_archives(lived: Lived) -> None:
    with pytest.raises(NotPermitted):
        make_dossier(lived.month.later(lived.month.approver, DAY), batch_id=lived.first)


def test_a_source_that_is_not_whole_stops_the_dossier(lived: Lived) -> None:
    desk = clerk(lived)
    sha256 = desk.store.value("SELECT sha256 FROM bank_file WHERE batch_id = ?", (lived.first,))
    desk.store.files.path_of(sha256).unlink()
    with pytest.raises(FileDamaged, match="不在原处"):
        make_dossier(desk, batch_id=lived.first)


def test_a_fault_at_any_statement_leaves_nothing(lived: Lived) -> None:
    desk = clerk(lived)
    assert each_statement_failing(lived.month.store, lambda: make_dossier(desk, batch_id=lived.first)) > 10
    assert each_statement_failing(lived.month.store, lambda: archive_batch(desk, batch_id=lived.first)) > 10


# -- verifying ------------------------------------------------------------------------------------------------


def test_a_whole_office_and_a_whole_dossier_verify(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    answer = make_dossier(desk, batch_id=lived.first).answer
    found = verify_office(desk.store)
    assert (found.files, found.bad) == (5, ())
    path = tmp_path / "案卷.zip"
    path.write_bytes(desk.store.files.read(str(answer["sha256"])))
    assert verify_zip(path).bad == ()


FILES = {"a.txt": b"one", "乙/b.csv": b"two", "c.html": b"three"}


def rezipped(change: dict[str, bytes | None]) -> bytes:
    """A dossier with members replaced, added or (None) taken out, its own list left alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack(FILES))) as old, zipfile.ZipFile(stream, "w") as new:
        members: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        for name, body in (members | change).items():
            if body is not None:
                new.writestr(name, body)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, []),
        ({"乙/b.csv": b"twp"}, [("乙/b.csv", "内容已被改动")]),
        ({"c.html": None}, [("c.html", "缺失")]),
        ({"d.txt": b"new"}, [("d.txt", "不在校验清单里")]),
        ({SUMS: None}, [(SUMS, "案卷里没有校验清单")]),
        ({SUMS: b"\n"}, [(SUMS, "校验清单已被改动")]),
        ({"a.txt": b"x", "c.html": b"x"}, [("a.txt", "内容已被改动"), ("c.html", "内容已被改动")]),
    ],
)
def test_the_first_bad_file_is_named(change: dict[str, bytes | None], faults: list[tuple[str, str]]) -> None:
    assert faults_of(rezipped(change)) == faults


def contents(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return {name: package.read(name) for name in package.namelist() if name != SUMS}


def test_no_flipped_bit_anywhere_passes_for_other_content() -> None:
    body = pack(FILES)
    unnoticed = 0
    for place in range(len(body)):
        for bit in (1, 8, 128):
            doctored = body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]
            if not faults_of(doctored):
                unnoticed += 1
                assert contents(doctored) == FILES, place
    # times, versions and attributes of entries say nothing about what is in them
    assert unnoticed < 3 * len(body) // 2


def test_a_cut_or_missing_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(pack(FILES)[:-30])
    assert [bad.fault for bad in verify_zip(path).bad] == ["不是完整的压缩包，内容已损坏"]
    with pytest.raises(CannotRead, match="位置不存在"):
        verify_zip(tmp_path / "none.zip")


# -- pages ----------------------------------------------------------------------------------------------------


def test_nothing_on_a_page_can_run() -> None:
    evil = "<script>alert(1)</script>"
    html = page(evil, (evil, table_html([evil], [(evil,)]))).decode()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5
    assert csv_bytes(["姓名"], [("=1+1",), ("张三",), (None,)]).decode(
        "utf-8-sig"
    ) == "姓名\r\n'=1+1\r\n张三\r\n\r\n".replace("\r\n\r\n", '\r\n""\r\n')
