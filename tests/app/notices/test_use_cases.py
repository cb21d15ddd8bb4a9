"""Lists are put up masked, for the days the rule says, and objections have an outcome."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk import Desk
from app.notices.queries import holidays, notices_of, objections_of, print_notice
from app.notices.steps import NoNoticeToPrint, NotPosted, PublicLeak, holidays_of, kept_notices
from app.notices.use_cases import (
    NoNoticeYet,
    NoSuchObjection,
    NothingOnNotice,
    ObjectionDecided,
    PhoneUnusable,
    PostedAfterPayment,
    ReissueNotPosted,
    TooFewDays,
    TooManyDays,
    UnknownHolidayKind,
    UnknownOutcome,
    WordsMissing,
    decide_objection,
    object_to,
    publicize_batch,
    set_holiday,
    set_objection_phone,
)
from models.domain.flows.roads import NoRoad
from models.domain.masking import has_leak
from models.domain.permission import NotPermitted
from tests.app.bankfiles.batches import a_batch, a_policy
from tests.builders import Make
from tests.faults import each_statement_failing


def kept(desk: Desk, batch: int) -> bytes | None:
    """The list as it was put up last; None for one that was not."""
    notices = kept_notices(desk.store, batch)
    return notices[-1][2] if notices else None


@pytest.fixture
def make(desk: Desk) -> Make:
    return Make(desk)


def cells(body: bytes | Path) -> dict[str, list[list[object]]]:
    """All cells of a workbook by sheet."""
    book = openpyxl.load_workbook(BytesIO(body) if isinstance(body, bytes) else body)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_seven_working_days_from_the_day_after_posting(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    answer = publicize_batch(desk, batch_id=batch).answer
    # Monday 3 June 2024; Monday 10 June is 端午节 and off: 4, 5, 6, 7, 11, 12, 13
    assert (answer["posted_on"], answer["first_day"], answer["last_day"]) == (
        "2024-06-03",
        "2024-06-04",
        "2024-06-13",
    )
    assert desk.store.value("SELECT state FROM batch WHERE id = ?", (batch,)) == "publicized"
    (notice,) = notices_of(desk.store, batch)
    assert (notice.days, notice.day_kind, notice.state) == (7, "workdays", "posted")


def test_the_days_follow_the_offices_own_table(desk: Desk, make: Make) -> None:
    set_holiday(desk, day=date(2024, 6, 5), kind="off", name="抗洪")
    set_holiday(desk, day=date(2024, 6, 10), kind="plain")
    batch = a_batch(make, [make.person()], state="reviewed")
    assert publicize_batch(desk, batch_id=batch).answer["last_day"] == "2024-06-13"


@pytest.mark.parametrize(
    ("days", "kind", "last"),
    [(7, "calendar", "2024-06-10"), (1, "months", "2024-07-03"), (10, "calendar", "2024-06-13")],
)
def test_calendar_days_and_months(desk: Desk, make: Make, days: int, kind: str, last: str) -> None:
    policy = a_policy(desk, publicity_days=days, publicity_kind=kind)
    batch = a_batch(make, [make.person()], state="reviewed", policy_id=policy)
    assert publicize_batch(desk, batch_id=batch).answer["last_day"] == last


def test_more_days_may_be_asked_for_and_never_fewer(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    with pytest.raises(TooFewDays, match="6 少于政策规定的 7个工作日"):
        publicize_batch(desk, batch_id=batch, days=6)
    for days in (251, 10_000_000):  # the second would lie beyond the calendar
        with pytest.raises(TooManyDays, match=f"{days} 太多，最多 250个工作日"):
            publicize_batch(desk, batch_id=batch, days=days)
    assert publicize_batch(desk, batch_id=batch, days=8).answer["last_day"] == "2024-06-14"


def test_posting_again_withdraws_what_hung_before(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    publicize_batch(desk, batch_id=batch)
    with desk.store.writing():
        desk.store.execute("UPDATE batch SET state = 'reviewed' WHERE id = ?", (batch,))
    publicize_batch(desk, batch_id=batch)
    assert [notice.state for notice in notices_of(desk.store, batch)] == ["withdrawn", "posted"]


def test_a_program_posted_after_payment_keeps_its_state(desk: Desk, make: Make) -> None:
    policy = a_policy(desk, publicity="after", publicity_days=1, publicity_kind="months")
    batch = a_batch(make, [make.person()], state="reviewed", policy_id=policy)
    with pytest.raises(PostedAfterPayment, match="已复核"):
        publicize_batch(desk, batch_id=batch)
    with desk.store.writing():
        desk.store.execute("UPDATE batch SET state = 'settled' WHERE id = ?", (batch,))
    assert publicize_batch(desk, batch_id=batch).answer["state"] == "settled"
    assert len(notices_of(desk.store, batch)) == 1


def test_who_is_not_posted(desk: Desk, make: Make, tmp_path: Path, approver: Desk) -> None:
    person = make.person()
    hidden = a_policy(desk, listing="none", publicity="none")
    batch = a_batch(make, [person], state="reviewed", policy_id=hidden)
    for act in (
        lambda: publicize_batch(desk, batch_id=batch),
        lambda: print_notice(desk.store, batch_id=batch, path=tmp_path / "a.xlsx"),
    ):
        with pytest.raises(NotPosted, match="不需要公示"):
            act()
    assert kept(desk, batch) is None
    with desk.store.writing():
        desk.store.execute("UPDATE payment SET bucket = 'failed'")
    again = a_batch(make, [person], state="reviewed", policy_id=hidden, number="再", source=batch)
    with pytest.raises(ReissueNotPosted, match="再"):
        publicize_batch(approver, batch_id=again)


@pytest.mark.parametrize("state", ["draft", "submitted", "publicized", "approved", "sent", "cancelled"])
def test_only_a_reviewed_batch_is_posted(desk: Desk, make: Make, state: str) -> None:
    batch = a_batch(make, [make.person()], state=state)
    with pytest.raises(NoRoad, match="公示"):
        publicize_batch(desk, batch_id=batch)


def test_stopped_people_are_not_on_the_list(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person("张三"), make.person("李四")], state="reviewed")
    with desk.store.writing():
        desk.store.execute("UPDATE payment SET bucket = 'stopped' WHERE line = 1")
    assert publicize_batch(desk, batch_id=batch).answer["rows"] == 1
    with desk.store.writing():
        desk.store.execute("UPDATE payment SET bucket = 'stopped'")
        desk.store.execute("UPDATE batch SET state = 'reviewed'")
    with pytest.raises(NothingOnNotice):
        publicize_batch(desk, batch_id=batch)


def test_the_printed_list(desk: Desk, make: Make, tmp_path: Path) -> None:
    set_objection_phone(desk, phone="0575-86021234")
    people = [make.person("张三"), make.person("李四", village="石门村"), make.person("王五")]
    batch = a_batch(make, people, fen=[12345, 5, 100000], state="reviewed")
    publicize_batch(desk, batch_id=batch)
    answer = print_notice(desk.store, batch_id=batch, path=tmp_path / "公示.xlsx")
    assert (answer["villages"], answer["rows"], answer["total_fen"], answer["unchanged"]) == (
        2,
        3,
        112350,
        True,
    )
    sheets = cells(tmp_path / "公示.xlsx")
    assert list(sheets) == ["上溪村", "石门村"]
    first = sheets["上溪村"]
    said = "\n".join(str(cell) for row in first for cell in row if cell)
    for part in (
        "云溪镇",
        "耕地地力保护补贴",
        "2024年",
        "新农〔2024〕3号",
        "2024-06-04 至 2024-06-13",
        "0575-86021234",
        "财政所",
    ):
        assert part in said
    rows = [row for row in first if isinstance(row[0], int)]
    masked = make.id_number_of(people[0])
    assert rows[0][:3] == [1, "张三", masked[:6] + "********" + masked[-4:]]
    assert [row[-1] for row in rows] == [123.45, 1000]
    assert rows[0][3:6] == ["1组", "2.50", "100.58"]
    account = desk.store.value("SELECT number FROM account WHERE person_id = ?", (people[0],))
    for text in (account, "13800001234", masked, "2130122"):
        assert text not in said
    assert kept(desk, batch) == (tmp_path / "公示.xlsx").read_bytes()


def test_a_list_that_changed_since_posting_says_so(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person(), make.person()], state="reviewed")
    publicize_batch(desk, batch_id=batch)
    with desk.store.writing():
        desk.store.execute("UPDATE payment SET bucket = 'stopped' WHERE line = 2")
    assert print_notice(desk.store, batch_id=batch, path=tmp_path / "a.xlsx")["unchanged"] is False


def test_names_by_the_policy(desk: Desk, make: Make) -> None:
    person = make.person("欧阳锋")
    surname = a_batch(
        make,
        [person],
        state="reviewed",
        policy_id=a_policy(desk, name_masking="surname"),
        period="2022",
        number="A",
    )
    number = a_batch(
        make,
        [person],
        state="reviewed",
        policy_id=a_policy(desk, listing="number"),
        period="2023",
        number="B",
    )
    for batch in (surname, number):
        publicize_batch(desk, batch_id=batch)
    (row,) = [row for row in cells(kept(desk, surname) or b"")["上溪村"] if row[0] == 1]
    assert row[1] == "欧阳*"
    (row,) = [row for row in cells(kept(desk, number) or b"")["上溪村"] if row[0] == 1]
    assert row[1] == "1 号"
    said = str(cells(kept(desk, number) or b""))
    assert "欧阳" not in said
    assert make.id_number_of(person)[:6] + "****" not in said


LEAKY: dict[str, Any] = {}  # one office for all examples: founding costs more than a list


@settings(max_examples=40)
@given(st.lists(st.text("甲乙丙丁0123456789Xx１２ -", min_size=1, max_size=24), min_size=3, max_size=3))
def test_no_cell_of_any_list_shows_what_may_not_be_public(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Whatever stands in names, groups and quantities: the list is refused, or holds no ID and no run of 12 digits."""
    from tests.conftest import found, seat

    office = LEAKY.get("office") or found(tmp_path_factory.mktemp("leak") / "office")
    LEAKY["office"] = office
    desk = seat(office, "经办甲")
    make = Make(desk)
    if "batch" not in LEAKY:
        LEAKY["batch"] = a_batch(make, [make.person()], state="reviewed")
    batch = LEAKY["batch"]
    with desk.store.writing():
        desk.store.execute("UPDATE batch SET state = 'draft'")
        desk.store.execute("UPDATE payment SET name = ?, group_text = ?, quantity_text = ?", tuple(texts))
        desk.store.execute("UPDATE batch SET state = 'reviewed'")
    if any(has_leak(text) for text in texts):
        with pytest.raises(PublicLeak) as no:
            publicize_batch(desk, batch_id=batch)
        assert not has_leak(no.value.sentence)
        return
    publicize_batch(desk, batch_id=batch)
    for rows in cells(kept(desk, batch) or b"").values():
        assert not any(has_leak(str(cell)) for row in rows for cell in row if cell is not None)


def test_an_objection_has_an_outcome(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    with pytest.raises(NoNoticeYet):
        object_to(desk, batch_id=batch, person="王某", text="面积不实")
    publicize_batch(desk, batch_id=batch)
    objection = object_to(desk, batch_id=batch, person="王某", text="面积不实").answer["objection"]
    assert isinstance(objection, int)
    assert [(o.person, o.text, o.outcome) for o in objections_of(desk.store, batch)] == [
        ("王某", "面积不实", "")
    ]
    with pytest.raises(UnknownOutcome):
        decide_objection(desk, objection_id=objection, outcome="maybe", answer="x")
    with pytest.raises(WordsMissing, match="答复"):
        decide_objection(desk, objection_id=objection, outcome="upheld", answer=" ")
    decide_objection(desk, objection_id=objection, outcome="upheld", answer="已复核，改为 2 亩")
    (decided,) = objections_of(desk.store, batch)
    assert (decided.outcome, decided.answer, decided.decided_on) == ("upheld", "已复核，改为 2 亩", desk.day)
    with pytest.raises(ObjectionDecided, match="成立"):
        decide_objection(desk, objection_id=objection, outcome="rejected", answer="x")
    with pytest.raises(NoSuchObjection, match="999"):
        decide_objection(desk, objection_id=999, outcome="rejected", answer="x")


def test_words_are_asked_for(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    publicize_batch(desk, batch_id=batch)
    with pytest.raises(WordsMissing, match="异议人"):
        object_to(desk, batch_id=batch, person="", text="x")
    with pytest.raises(WordsMissing, match="异议内容"):
        object_to(desk, batch_id=batch, person="王某", text="")
    with pytest.raises(NoNoticeToPrint):
        print_notice(desk.store, batch_id=a_batch(make, [make.person()], number="B"), path=Path("x"))


def test_the_holiday_table(desk: Desk, approver: Desk) -> None:
    assert ("2024-06-10", "off", "端午") in holidays(desk.store, 2024)
    assert holidays_of(desk.store)[date(2024, 10, 12)] is True
    set_holiday(desk, day=date(2027, 2, 8), kind="off", name="春节")
    assert holidays(desk.store, 2027) == [("2027-02-08", "off", "春节")]
    with pytest.raises(UnknownHolidayKind, match="half"):
        set_holiday(desk, day=date(2027, 2, 8), kind="half")
    with pytest.raises(NotPermitted):
        set_holiday(approver, day=date(2027, 2, 8), kind="off")


@pytest.mark.parametrize("phone", ["", "12345", "电话 86021234", "330624195501010010"])
def test_a_phone_that_cannot_be_shown_is_refused(desk: Desk, phone: str) -> None:
    with pytest.raises((PhoneUnusable, PublicLeak)):
        set_objection_phone(desk, phone=phone)


def test_without_a_phone_the_list_leaves_room_for_it(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    publicize_batch(desk, batch_id=batch)
    said = str(cells(kept(desk, batch) or b""))
    assert re.search("异议电话：＿+", said)


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person()], state="reviewed")
    assert each_statement_failing(desk.store, lambda: publicize_batch(desk, batch_id=batch)) > 8
    assert (
        each_statement_failing(desk.store, lambda: object_to(desk, batch_id=batch, person="王", text="疑"))
        > 4
    )
    assert (
        each_statement_failing(
            desk.store, lambda: decide_objection(desk, objection_id=1, outcome="upheld", answer="是")
        )
        > 4
    )
    assert each_statement_failing(desk.store, lambda: set_holiday(desk, day=date(2027, 1, 1), kind="off")) > 3
    assert each_statement_failing(desk.store, lambda: set_objection_phone(desk, phone="86021234")) > 3
