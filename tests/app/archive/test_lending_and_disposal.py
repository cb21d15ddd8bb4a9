"""借阅、鉴定、销毁、移交: who has a volume is known, three people destroy one, what is unsettled stays, a file is really gone."""

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from app.archive.disposal.listings import DISPOSALS, DUE
from app.archive.disposal.papers import custody_sheet, disposal_sheet, due_sheet
from app.archive.disposal.queries import disposal_of, due_volumes
from app.archive.disposal.use_cases import (
    CannotWitness,
    HeldBack,
    NotExpired,
    NoVolumes,
    OpinionOfAnother,
    ReasonOrTakerMissing,
    WitnessesWanting,
    carry_out_disposal,
    propose_disposal,
    withdraw_disposal,
    witness_disposal,
)
from app.archive.lending.listings import LOANS, loan_register
from app.archive.lending.use_cases import (
    BorrowerMissing,
    DueBeforeLent,
    NotLent,
    NotOnShelf,
    lend_volume,
    take_back,
)
from app.archive.queries import verify_office
from app.archive.shelves.queries import contents_of, volume_view
from app.archive.shelves.steps import LentOut
from app.archive.shelves.use_cases import (
    bind_volume,
    bind_year,
    describe_volume,
    file_paper,
    make_volume,
    set_codes,
    unbind_volume,
)
from app.archive.use_cases import archive_batch, make_dossier
from app.desk import Desk
from app.doctor import check_up
from app.pages import ids_of, rows_of
from app.returns.use_cases import bounce_payment
from models.domain.flows.disposal_flow import DisposalKind
from models.domain.flows.roads import NoRoad
from models.domain.permission import NotPermitted
from models.store.opening import open_office
from tests.app.ledger.lived import live
from tests.conftest import NOW, PASSWORD, seat
from tests.faults import each_statement_failing

DESTROY, HAND_OVER = DisposalKind.DESTROY, DisposalKind.HAND_OVER
LATER = date(2027, 1, 1)  # papers of 2024 kept for two years


def volume(
    desk: Desk, tmp_path: Path, name: str = "报表.csv", *, kind: str = "XB", body: bytes = b"a,b\n1,2\n"
) -> str:
    """A bound volume with one file in it; gives its code."""
    path = tmp_path / name
    path.write_bytes(body + name.encode())
    done = file_paper(
        desk, path=path, class_code=kind, title=name, dated=date(2024, 5, 1), responsible="上溪村"
    )
    made = make_volume(
        desk, class_code=kind, year=2024, title=f"{name}卷", filings=[int(str(done.answer["filing"]))]
    )
    bind_volume(desk, volume=str(made.answer["code"]))
    return str(made.answer["code"])


@pytest.fixture
def shelves(desk: Desk) -> Desk:
    set_codes(desk, fonds="Z109")
    return desk


def bound(desk: Desk) -> list[dict[str, str]]:
    """What the volumes that fill themselves answer."""
    return cast(list[dict[str, str]], bind_year(desk, year=2024).answer["volumes"])


def on(desk: Desk, name: str = "经办甲", day: date = LATER) -> Desk:
    return seat(desk, name, day)


# -- lending --------------------------------------------------------------------------------------------------


def test_a_volume_goes_out_once_and_comes_back(shelves: Desk, tmp_path: Path) -> None:
    code = volume(shelves, tmp_path)
    due = date(2024, 6, 20)
    whole: dict[str, Any] = {"volume": code, "borrower": "县审计局", "purpose": "审计", "due": due}
    for given, no in (
        ({"borrower": " "}, BorrowerMissing),
        ({"purpose": ""}, BorrowerMissing),
        ({"due": date(2024, 6, 1)}, DueBeforeLent),
    ):
        with pytest.raises(no):
            lend_volume(shelves, **{**whole, **given})
    lend_volume(shelves, volume=code, borrower="县审计局", purpose="专项审计", due=due, approved_by="所长")
    assert volume_view(shelves.store, code).borrower == "县审计局"
    with pytest.raises(LentOut, match="县审计局"):
        lend_volume(shelves, volume=code, borrower="别人", purpose="看看", due=due)
    with pytest.raises(LentOut):
        unbind_volume(shelves, volume=code, reason="补件")
    with pytest.raises(HeldBack, match=r"县审计局.*未还"):
        propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="到期")
    take_back(shelves, volume=code, remark="完好")
    with pytest.raises(NotLent):
        take_back(shelves, volume=code)
    lend_volume(shelves, volume=code, borrower="村委会", purpose="核对", due=due)
    rows = rows_of(shelves.store, LOANS, list(ids_of(shelves.store, LOANS)))
    assert [(row[2], row[7]) for row in rows if row] == [("村委会", None), ("县审计局", "2024-06-03")]
    register = list(loan_register(shelves.store, "").rows)
    assert [(row[3], row[9]) for row in register] == [("县审计局", "完好"), ("村委会", "")]
    with pytest.raises(Exception, match="loan_is_final"), shelves.store.writing():
        shelves.store.execute("UPDATE loan SET borrower = 'x'")


def test_only_a_bound_volume_is_lent(shelves: Desk) -> None:
    code = str(make_volume(shelves, class_code="WS", year=2024, title="空").answer["code"])
    with pytest.raises(NotOnShelf, match="组卷中"):
        lend_volume(shelves, volume=code, borrower="某", purpose="看", due=date(2024, 7, 1))


# -- disposal -------------------------------------------------------------------------------------------------


def test_it_falls_due_on_the_first_of_january_after_its_years(shelves: Desk, tmp_path: Path) -> None:
    code = volume(shelves, tmp_path)
    kept = volume(shelves, tmp_path, "决算.csv", kind="NB")
    assert due_volumes(shelves.store, "2026-12-31") == []
    (due,) = due_volumes(shelves.store, "2027-01-01")
    assert (due.volume.code, due.since, due.held) == (code, "2027-01-01", "")
    with pytest.raises(NotExpired, match="2027-01-01 起"):
        propose_disposal(on(shelves, day=date(2026, 12, 31)), kind=DESTROY, volumes=[code], reason="到期")
    with pytest.raises(NotExpired, match="永远不"):
        propose_disposal(on(shelves), kind=DESTROY, volumes=[kept], reason="到期")
    rows = rows_of(shelves.store, DUE, list(ids_of(shelves.store, DUE)))
    assert [(row[0], row[2]) for row in rows if row] == [(code, "2027-01-01"), (kept, "")]
    sheet = due_sheet(shelves.store, "2027-01-01", "")
    assert [row[1] for row in sheet.rows] == [code]


def test_three_people_destroy_and_the_file_is_gone(shelves: Desk, tmp_path: Path) -> None:
    store = shelves.store
    code = volume(shelves, tmp_path)
    (paper,) = contents_of(store, volume_view(store, code).volume.id)
    whole: dict[str, Any] = {"kind": DESTROY, "volumes": [code], "reason": "到期"}
    for given, no in (({"volumes": []}, NoVolumes), ({"reason": " "}, ReasonOrTakerMissing)):
        with pytest.raises(no):
            propose_disposal(on(shelves), **{**whole, **given})
    with pytest.raises(OpinionOfAnother, match="Z109-不在册"):
        propose_disposal(on(shelves), **whole, opinions={code: "无保存价值", "Z109-不在册": "无保存价值"})
    made = propose_disposal(
        on(shelves), kind=DESTROY, volumes=[code], reason="保管期满", opinions={code: "无保存价值"}
    ).answer
    assert (made["number"], made["wanting"]) == ("销-2027-01", 2)
    number = str(made["number"])
    with pytest.raises(HeldBack, match="已列入清册 销-2027-01"):
        propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="再来一次")
    with pytest.raises(CannotWitness, match="编制了这份清册"):
        witness_disposal(on(shelves), disposal=number)
    with pytest.raises(NotPermitted):
        witness_disposal(on(shelves, "审计戊"), disposal=number)
    witness_disposal(on(shelves, "复核丙"), disposal=number)
    with pytest.raises(CannotWitness, match="已经签过字"):
        witness_disposal(on(shelves, "复核丙"), disposal=number)
    with pytest.raises(WitnessesWanting, match="还缺 1 位"):
        carry_out_disposal(on(shelves), disposal=number)
    witness_disposal(on(shelves, "审批丁"), disposal=number)
    with pytest.raises(NoRoad):
        witness_disposal(on(shelves, "经办乙"), disposal=number)
    path = store.files.path_of(paper.file_sha256)
    assert path.exists()
    assert carry_out_disposal(on(shelves), disposal=number).answer["files"] == 1
    assert not path.exists()
    assert volume_view(store, code).volume.state == "destroyed"
    (left,) = contents_of(store, volume_view(store, code).volume.id)
    assert (left.title, left.was_sha256, left.file_sha256) == (paper.title, paper.file_sha256, "")
    assert store.rows("SELECT sha256, name FROM discarded_file") == [(paper.file_sha256, "报表.csv")]
    found = disposal_of(store, number)
    assert [name for _, name, _ in found.witnesses] == ["复核丙", "审批丁"]
    sheet = disposal_sheet(store, number, "")
    assert next(iter(sheet.rows))[-1] == "无保存价值"
    assert "监销人：复核丙（2027-01-01）、审批丁（2027-01-01）" in sheet.notes[0]
    assert [row[6] for row in custody_sheet(store, "").rows] == ["已销毁"]
    with pytest.raises(NoRoad):
        withdraw_disposal(on(shelves), disposal=number)
    assert verify_office(store).bad == ()
    assert check_up(store) == []
    assert len(ids_of(store, DISPOSALS)) == 1


def test_unsettled_matters_are_held_back(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    july = lived.month.later(lived.month.clerk, "2024-07-01")
    set_codes(july, fonds="Z109")
    make_dossier(july, batch_id=lived.first)
    archive_batch(july, batch_id=lived.first)
    codes = [str(one["code"]) for one in bound(july)]
    for code in codes:
        bind_volume(july, volume=code)
    bounce_payment(july, payment_id=lived.month.payment(lived.first, 4), reason="账户已销户")
    far = lived.month.later(lived.month.clerk, "2024-07-01")
    far.today = date(2055, 1, 1)
    far.now = NOW.replace(year=2054)
    for code in codes:
        with pytest.raises(HeldBack, match="2080502-2024-06-01 还有款项没有办完"):
            propose_disposal(far, kind=DESTROY, volumes=[code], reason="到期")
    assert all(one.held for one in due_volumes(admin.store, "2055-01-01"))
    assert due_volumes(admin.store, "2054-12-31") == []


def test_a_remark_holds_back_and_is_lifted(shelves: Desk, tmp_path: Path) -> None:
    code = volume(shelves, tmp_path)
    describe_volume(shelves, volume=code, held_for="诉讼未结")
    with pytest.raises(HeldBack, match="诉讼未结"):
        propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="到期")
    describe_volume(on(shelves), volume=code, held_for="")
    number = propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="到期").answer["number"]
    for name in ("复核丙", "审批丁"):
        witness_disposal(on(shelves, name), disposal=str(number))
    describe_volume(on(shelves), volume=code, held_for="又有诉讼")
    with pytest.raises(HeldBack, match="又有诉讼"):  # what came up between the signatures and the act counts
        carry_out_disposal(on(shelves), disposal=str(number))
    withdraw_disposal(on(shelves), disposal=str(number))
    describe_volume(on(shelves), volume=code, held_for="")
    propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="再提")


def test_what_the_books_lean_on_stays(admin: Desk, tmp_path: Path) -> None:
    """A destroyed dossier is still the one that its batch was archived with: the shelf gives it up, the books keep it."""
    lived = live(admin, tmp_path)
    july = lived.month.later(lived.month.clerk, "2024-07-01")
    set_codes(july, fonds="Z109")
    make_dossier(july, batch_id=lived.first)
    archive_batch(july, batch_id=lived.first)
    codes = [str(one["code"]) for one in bound(july)]
    for code in codes:
        bind_volume(july, volume=code)
    people = [
        lived.month.later(one, "2024-07-01")
        for one in (lived.month.clerk, lived.month.reviewer, lived.month.approver)
    ]
    for desk in people:
        desk.today, desk.now = date(2055, 1, 1), NOW.replace(year=2054)
    clerk, reviewer, approver = people
    number = str(propose_disposal(clerk, kind=DESTROY, volumes=codes, reason="到期").answer["number"])
    witness_disposal(reviewer, disposal=number)
    witness_disposal(approver, disposal=number)
    assert (
        carry_out_disposal(clerk, disposal=number).answer["files"] == 1
    )  # the month's vouchers; the dossier stays
    assert verify_office(admin.store).bad == ()
    assert check_up(admin.store) == []


def test_a_hand_over_needs_a_taker_and_one_witness(shelves: Desk, tmp_path: Path) -> None:
    code = volume(shelves, tmp_path)
    with pytest.raises(ReasonOrTakerMissing, match="接收"):
        propose_disposal(shelves, kind=HAND_OVER, volumes=[code], reason="机构合并")
    number = str(
        propose_disposal(
            shelves, kind=HAND_OVER, volumes=[code], reason="满一年移交", taker="县档案馆"
        ).answer["number"]
    )
    assert number == "移-2024-01"
    witness_disposal(seat(shelves, "复核丙"), disposal=number)
    carry_out_disposal(shelves, disposal=number)
    store = shelves.store
    assert volume_view(store, code).volume.state == "handed_over"
    (paper,) = contents_of(store, volume_view(store, code).volume.id)
    assert store.files.read(paper.file_sha256)  # a copy stays to be looked at
    assert "接收方：县档案馆" in disposal_sheet(store, number, "").preface
    with pytest.raises(NotOnShelf, match="已移交"):
        lend_volume(shelves, volume=code, borrower="某", purpose="看", due=date(2024, 7, 1))


def test_the_database_forbids_a_destruction_without_three_people(shelves: Desk, tmp_path: Path) -> None:
    code = volume(shelves, tmp_path)
    disposal = int(
        str(propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="到期").answer["disposal"])
    )
    maker = int(shelves.operator.id)
    for sql, fault in (
        (
            f"UPDATE disposal SET state = 'done', done_on = 'x', done_by = 1 WHERE id = {disposal}",
            "disposal_needs_its_witnesses",
        ),
        (f"INSERT INTO disposal_witness VALUES ({disposal}, {maker}, 'x')", "disposal_witness_is_another"),
        (f"UPDATE volume SET state = 'destroyed' WHERE code = '{code}'", "volume_goes_by_a_list"),
        ("DELETE FROM disposal", "disposal_stays"),
        ("UPDATE filing SET file_sha256 = NULL", "filing_keeps_its_file"),
    ):
        with pytest.raises(Exception, match=fault), shelves.store.writing():
            shelves.store.execute(sql)
    connection = shelves.store.database.connection()
    connection.execute("UPDATE disposal SET reason = 'x'")
    assert any(one.code == "audit.seals" and "处置清册" in one.sentence for one in check_up(shelves.store))


def test_a_file_that_could_not_be_removed_goes_at_the_next_opening(
    shelves: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shelves.store
    code = volume(shelves, tmp_path)
    (paper,) = contents_of(store, volume_view(store, code).volume.id)
    number = str(propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="到期").answer["number"])
    for name in ("复核丙", "审批丁"):
        witness_disposal(on(shelves, name), disposal=number)
    path = store.files.path_of(paper.file_sha256)
    with monkeypatch.context() as broken:
        broken.setattr(type(store.files), "remove", lambda *_: None)
        carry_out_disposal(on(shelves), disposal=number)
    assert path.exists()
    store.close()
    again = open_office(store.folder, "经办甲", PASSWORD)
    assert not path.exists()
    again.close()


def test_a_fault_at_any_statement_leaves_nothing(shelves: Desk, tmp_path: Path) -> None:
    code = volume(shelves, tmp_path)
    number = str(propose_disposal(on(shelves), kind=DESTROY, volumes=[code], reason="到期").answer["number"])
    for name in ("复核丙", "审批丁"):
        witness_disposal(on(shelves, name), disposal=number)
    (paper,) = contents_of(shelves.store, volume_view(shelves.store, code).volume.id)
    desk = on(shelves)

    def act() -> None:
        assert shelves.store.files.path_of(paper.file_sha256).exists()
        carry_out_disposal(desk, disposal=number)

    assert each_statement_failing(shelves.store, act) > 10
