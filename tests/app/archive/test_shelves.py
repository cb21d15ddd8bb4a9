"""库房: papers filed and found, volumes with codes that are never given twice, bound volumes that nobody changes."""

import os
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from app.archive.queries import verify_office
from app.archive.shelves.listings import FILINGS, VOLUMES
from app.archive.shelves.papers import box_label, volume_papers
from app.archive.shelves.queries import contents_of, filing_of, find_filings, volume_view, volumes
from app.archive.shelves.refusals import (
    AlreadyFiled,
    AnotherVolume,
    ClassNameMissing,
    DatedInFuture,
    DoesNotBelong,
    NothingInFile,
    NothingInside,
    NothingToBind,
    NotOpen,
    TitleMissing,
    TooShort,
    UnbindReasonMissing,
)
from app.archive.shelves.steps import FondsMissing, NoSuchClass, NoSuchVolume, archive_classes
from app.archive.shelves.use_cases import (
    bind_volume,
    bind_year,
    correct_filing,
    describe_volume,
    file_paper,
    fill_volume,
    make_volume,
    set_class,
    set_codes,
    take_out,
    unbind_volume,
)
from app.archive.use_cases import archive_batch, make_dossier
from app.desk import Desk
from app.doctor import check_up
from app.funds.use_cases import add_interest
from app.pages import ids_holding, ids_of, rows_of
from app.registry.undo import blockers
from models.domain.archive_code import WrongTemplate
from models.domain.flows.roads import NoRoad
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from models.store.durable import CannotRead
from tests.app.ledger.lived import live
from tests.builders import Make
from tests.conftest import seat
from tests.faults import each_statement_failing

DAY = date(2024, 5, 20)


@pytest.fixture
def shelves(desk: Desk) -> Desk:
    """A clerk whose office has its fonds number."""
    set_codes(desk, fonds="z109")
    return desk


def paper(tmp_path: Path, name: str = "通知.pdf", body: bytes = b"%PDF-1.4 one %%EOF") -> Path:
    path = tmp_path / name
    path.write_bytes(body)
    return path


def filed(desk: Desk, title: str = "关于下达补贴资金的通知", **more: object) -> int:
    given: dict[str, object] = {"path": None, "class_code": "WS", "title": title, "dated": DAY, **more}
    return int(str(file_paper(desk, **given).answer["filing"]))  # type: ignore[arg-type]


def bound(desk: Desk) -> list[dict[str, str]]:
    """What the volumes that fill themselves answer."""
    return cast(list[dict[str, str]], bind_year(desk, year=2024).answer["volumes"])


def test_a_file_is_filed_as_it_is_and_found_by_any_word_on_it(shelves: Desk, tmp_path: Path) -> None:
    make = Make(shelves)
    person = make.person("欧阳青")
    member = make.person("欧阳小青", household=make.household_of(person))
    body = b"%PDF-1.4 scan %%EOF"
    one = filed(
        shelves, "欧阳青申请表", path=paper(tmp_path, "扫描 1.pdf", body), person=make.id_number_of(person), document="浙财农[2024]012号",
        responsible="云溪镇人民政府", pages=3, remark="原件",
    )  # fmt: skip
    two = filed(shelves, "合影", class_code="SX", dated=date(2023, 3, 1))
    view = filing_of(shelves.store, one)
    assert (view.document, view.year, view.pages, view.person, view.code) == (
        "浙财农〔2024〕012号",
        2024,
        3,
        "欧阳青",
        "",
    )
    assert shelves.store.files.read(view.file_sha256) == body
    for asked in ("申请表", "扫描 1", "浙财农〔2024〕12号", "欧阳青", make.id_number_of(person), make.id_number_of(person)[-6:],
                  make.id_number_of(member), "云溪镇人民政府"):  # fmt: skip
        assert [found.id for found in find_filings(shelves.store, asked)] == [one], asked
    assert {found.id for found in find_filings(shelves.store, "")} == {one, two}
    assert [found.id for found in find_filings(shelves.store, "", 2023)] == [two]
    assert find_filings(shelves.store, "没有的") == []
    assert ids_holding(shelves.store, FILINGS, "申请表") == {one}
    assert list(ids_of(shelves.store, FILINGS)) == [one, two]
    assert verify_office(shelves.store).bad == ()
    assert check_up(shelves.store) == []


def test_what_cannot_be_filed_is_refused(shelves: Desk, tmp_path: Path) -> None:
    with pytest.raises(TitleMissing):
        filed(shelves, "  ")
    with pytest.raises(DatedInFuture, match="2024-06-04"):
        filed(shelves, dated=date(2024, 6, 4))
    with pytest.raises(NoSuchClass, match="PZ 会计凭证"):
        filed(shelves, class_code="QQ")
    with pytest.raises(NothingInFile):
        filed(shelves, path=paper(tmp_path, "空.pdf", b""))
    with pytest.raises(CannotRead):
        filed(shelves, path=tmp_path / "没有.pdf")
    filed(shelves, "第一次", path=paper(tmp_path))
    with pytest.raises(AlreadyFiled, match="第一次"):
        filed(shelves, "又一次", path=paper(tmp_path, "另一个名字.pdf"))
    with pytest.raises(NotPermitted):
        filed(seat(shelves, "审批丁"), "不归我")
    assert shelves.store.value("SELECT count(*) FROM filing") == 1
    assert shelves.store.value("SELECT count(*) FROM stored_file") == 1


def test_volumes_take_the_next_code_of_their_class_and_year(shelves: Desk) -> None:
    codes = [
        make_volume(shelves, class_code=kind, year=year, title="卷").answer["code"]
        for kind, year in (("WS", 2024), ("WS", 2024), ("NB", 2024), ("会计凭证", 2023), ("WS", 2024))
    ]
    assert codes == [
        "Z109-KU·2024-D30-WS-0001", "Z109-KU·2024-D30-WS-0002", "Z109-KU·2024-Y-NB-0001", "Z109-KU·2023-D30-PZ-0001",
        "Z109-KU·2024-D30-WS-0003",
    ]  # fmt: skip
    set_codes(shelves, template="{class}·{year}·{retention}·{no:3}·{fonds}")
    made = make_volume(shelves, class_code="WS", year=2024, title="卷").answer["code"]
    assert made == "WS·2024·D30·004·Z109"  # what was given stays, the numbers go on
    assert volume_view(shelves.store, "Z109-KU·2024-D30-WS-0001").volume.number == 1


def test_no_code_without_a_fonds_number(desk: Desk) -> None:
    with pytest.raises(FondsMissing):
        make_volume(desk, class_code="WS", year=2024, title="卷")
    with pytest.raises(WrongTemplate):
        set_codes(desk, template="{fonds}")


def test_classes_are_kept_no_shorter_than_the_rules_ask(shelves: Desk) -> None:
    with pytest.raises(TooShort, match="30 年"):
        set_class(shelves, code="PZ", years=29)
    with pytest.raises(TooShort, match="永久"):
        set_class(shelves, code="NB", years=100)
    with pytest.raises(ClassNameMissing):
        set_class(shelves, code="Q1", name="别的")
    set_class(shelves, code="XB", years=5)
    set_class(shelves, code="CL", name="车辆", years=None)
    known = {one.code: one.kept for one in archive_classes(shelves.store)}
    assert (known["PZ"], known["XB"], known["CL"], known["NB"]) == ("30 年", "5 年", "永久", "永久")
    with pytest.raises(Exception, match="CHECK"), shelves.store.writing():
        shelves.store.execute("UPDATE archive_class SET years = 10 WHERE code = 'PZ'")


def test_papers_go_into_volumes_and_out_in_order(shelves: Desk) -> None:
    one, two, three = (filed(shelves, f"第 {number} 件", pages=number) for number in (1, 2, 3))
    old = filed(shelves, "旧的", dated=date(2023, 1, 5))
    code = str(
        make_volume(shelves, class_code="WS", year=2024, title="往来文件", filings=[one]).answer["code"]
    )
    fill_volume(shelves, volume=code, filings=[two, three])
    with pytest.raises(AnotherVolume, match=code.replace("·", ".")):
        make_volume(shelves, class_code="WS", year=2024, title="再来", filings=[two])
    with pytest.raises(DoesNotBelong, match="2023"):
        fill_volume(shelves, volume=code, filings=[old])
    take_out(shelves, volume=code, filings=[one])
    inside = contents_of(shelves.store, volume_view(shelves.store, code).volume.id)
    assert [(paper.place, paper.title) for paper in inside] == [(1, "第 2 件"), (2, "第 3 件")]
    assert inside[0].code == f"{code}-001"
    correct_filing(shelves, filing=two, title="改正的题名", document="新财〔2024〕8号")
    with pytest.raises(NoSuchVolume):
        bind_volume(shelves, volume="Z109")
    describe_volume(shelves, volume=code, note="缺一页", shelf="A-1-2")
    bind_volume(shelves, volume=code)
    for act in (
        lambda: take_out(shelves, volume=code, filings=[two]),
        lambda: fill_volume(shelves, volume=code, filings=[one]),
        lambda: correct_filing(shelves, filing=two, title="再改"),
        lambda: filed(shelves, "新的", volume=code),
    ):
        with pytest.raises(NotOpen, match="已成卷"):
            act()
    with pytest.raises(NoRoad):
        bind_volume(shelves, volume=code)
    with pytest.raises(UnbindReasonMissing):
        unbind_volume(shelves, volume=code, reason="")
    cover, contents, note, spine = volume_papers(shelves.store, code, "经办甲")
    assert ("档号", code) in list(cover.rows)
    assert [(row[0], row[1], row[3], row[5]) for row in contents.rows] == [
        (1, "新财〔2024〕8号", "改正的题名", "1-2"), (2, "", "第 3 件", "3-5"),
    ]  # fmt: skip
    assert ("本卷情况说明", "缺一页") in list(note.rows)
    assert ("题名", "往来文件") in list(spine.rows)
    label = box_label(shelves.store, code)
    assert (label.retention, label.span) == ("30 年", "2024-05-20")
    unbind_volume(shelves, volume=code, reason="补一件")
    fill_volume(shelves, volume=code, filings=[one])
    assert "拆卷：补一件" in volume_view(shelves.store, code).volume.note
    assert [row[0] for row in shelves.store.rows("SELECT state FROM volume")] == ["open"]
    assert len(rows_of(shelves.store, VOLUMES, list(ids_of(shelves.store, VOLUMES)))) == 1


def test_an_empty_volume_is_not_bound(shelves: Desk) -> None:
    code = str(make_volume(shelves, class_code="WS", year=2024, title="空").answer["code"])
    with pytest.raises(NothingInside):
        bind_volume(shelves, volume=code)


def test_the_database_forbids_what_the_doors_refuse(shelves: Desk) -> None:
    one, two = filed(shelves, "一"), filed(shelves, "二")
    made = make_volume(shelves, class_code="WS", year=2024, title="卷", filings=[one])
    bind_volume(shelves, volume=str(made.answer["code"]))
    number = made.answer["volume"]
    for sql, fault in (
        (f"UPDATE filing SET title = 'x' WHERE id = {one}", "filing_is_bound"),
        (f"UPDATE filing SET volume_id = {number}, place = 2 WHERE id = {two}", "filing_is_bound"),
        (f"DELETE FROM filing WHERE id = {two}", "filing_stays"),
        (f"UPDATE volume SET code = 'x' WHERE id = {number}", "volume_keeps_its_code"),
        (f"UPDATE volume SET state = 'destroyed' WHERE id = {number}", "volume_goes_by_a_list"),
        ("DELETE FROM volume", "volume_stays"),
    ):
        with pytest.raises(Exception, match=fault), shelves.store.writing():
            shelves.store.execute(sql)


def test_a_year_binds_its_vouchers_and_dossiers_by_itself(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    desk = lived.month.later(lived.month.clerk, "2024-07-01")
    set_codes(desk, fonds="Z109")
    make_dossier(desk, batch_id=lived.first)
    archive_batch(desk, batch_id=lived.first)
    made = bound(desk)
    assert [one["title"] for one in made] == ["2024年6月会计凭证", "2024年高龄津贴发放案卷"]
    vouchers, dossiers = volumes(desk.store, 2024)[::-1]
    assert (vouchers.class_code, dossiers.class_code) == ("PZ", "FF")
    (book,) = contents_of(desk.store, vouchers.id)
    count = desk.store.value("SELECT count(*) FROM voucher WHERE month = '2024-06'")
    assert book.remark == f"记-0001至记-{count:04d}"
    assert (book.pages, book.dated) == (count, "2024-06-20")
    (package,) = contents_of(desk.store, dossiers.id)
    assert package.batch == "2080502-2024-06-01"
    assert package.document == "新民〔2024〕2号"
    with pytest.raises(NothingToBind, match="2024"):
        bind_year(desk, year=2024)
    # what came later goes beside: the month is bound already, July begins
    bind_volume(desk, volume=vouchers.code)
    add_interest(desk, fen=Fen(500))
    make_dossier(desk, batch_id=lived.again)
    archive_batch(desk, batch_id=lived.again)
    later = lived.month.later(lived.month.clerk, "2024-08-01")
    titles = [one["title"] for one in bound(later)]
    assert titles == ["2024年7月会计凭证", "2024年高龄津贴发放案卷"]
    assert len(contents_of(desk.store, dossiers.id)) == 2
    assert find_filings(desk.store, "2080502-2024-06-01")[0].id == package.id
    assert check_up(desk.store) == []


def test_late_vouchers_of_a_bound_month_come_into_a_further_volume(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    desk = lived.month.later(lived.month.clerk, "2024-07-01")
    set_codes(desk, fonds="Z109")
    bind_year(desk, year=2024)
    first = volumes(desk.store, 2024)[0]
    bind_volume(desk, volume=first.code)
    from app.funds.use_cases import add_receipt

    add_receipt(desk, allotment_id=1, fen=Fen(100), received_on=date(2024, 6, 29))
    (made,) = bound(desk)
    assert made["title"] == "2024年6月会计凭证（续 1）"
    (book,) = contents_of(desk.store, volume_view(desk.store, made["code"]).volume.id)
    assert book.pages == 1


def test_a_month_that_was_taken_out_of_its_volume_is_not_filed_twice(admin: Desk, tmp_path: Path) -> None:
    """What a person changed beside it, its volume or its remark, does not make the vouchers new."""
    lived = live(admin, tmp_path)
    desk = lived.month.later(lived.month.clerk, "2024-07-01")
    set_codes(desk, fonds="Z109")
    bind_year(desk, year=2024)
    (volume,) = volumes(desk.store, 2024)
    (book,) = contents_of(desk.store, volume.id)
    correct_filing(desk, filing=book.id, remark="附原始凭证 3 张")
    with pytest.raises(NothingToBind):
        bind_year(desk, year=2024)
    take_out(desk, volume=volume.code, filings=[book.id])
    with pytest.raises(NothingToBind):
        bind_year(desk, year=2024)
    fill_volume(desk, volume=volume.code, filings=[book.id])
    assert len(contents_of(desk.store, volume.id)) == 1


def test_a_file_whose_name_is_no_text_is_refused(shelves: Desk, tmp_path: Path) -> None:
    source = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb2\xb9\xcc\xf9.pdf"))  # 补贴 in GBK
    source.write_bytes(b"%PDF-1.4 %%EOF")
    with pytest.raises(CannotRead, match="文件名里有认不出的字符"):
        filed(shelves, path=source)


def test_a_fault_at_any_statement_leaves_nothing(shelves: Desk, tmp_path: Path) -> None:
    source = paper(tmp_path)
    assert each_statement_failing(shelves.store, lambda: filed(shelves, path=source)) > 5
    one = int(shelves.store.value("SELECT id FROM filing"))
    assert (
        each_statement_failing(
            shelves.store,
            lambda: make_volume(shelves, class_code="WS", year=2024, title="卷", filings=[one]),
        )
        > 5
    )


def test_a_sample_is_drawn_and_a_bad_file_in_it_named(shelves: Desk, tmp_path: Path) -> None:
    for number in range(12):
        filed(
            shelves,
            f"第 {number} 件",
            path=paper(tmp_path, f"{number}.pdf", f"%PDF-1.4 {number} %%EOF".encode()),
        )
    store = shelves.store
    assert verify_office(store, 5).files == 5
    assert verify_office(store, 50).files == verify_office(store).files == 12
    for (sha256,) in store.rows("SELECT file_sha256 FROM filing"):
        path = store.files.path_of(sha256)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    found = verify_office(store, 3)
    assert (found.files, len(found.bad)) == (3, 3)
    assert found.bad[0].fault == "内容已被改动"


def test_an_import_of_people_with_papers_is_not_undone(shelves: Desk) -> None:
    """The paper names the person: what it names does not go."""
    make = Make(shelves)
    person = make.person("欧阳青")
    store = shelves.store
    with store.writing():
        sha256 = store.keep_file(b"x", "户籍.xlsx", "import.people", shelves.at)
        run = store.insert(
            "INSERT INTO import_run (kind, file_name, file_sha256, mapping, rows, accepted, rejected, state, operator_id,"
            " business_date) VALUES ('people', 'x', ?, '', 1, 1, 0, 'done', ?, ?)",
            (sha256, shelves.operator.id, shelves.day),
        )
        store.execute("DELETE FROM account")
        store.execute("UPDATE person SET run_id = ?", (run,))
    assert blockers(store, run, "people") == []
    filed(shelves, "申请表", person=make.id_number_of(person))
    assert blockers(store, run, "people") == ["1 份归档文件"]
