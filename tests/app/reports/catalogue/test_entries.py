"""The catalogue itself: what it asks for and refuses, and the reports that need more than one month: who came and went,
what is doubtful, what is still open after a year.
"""

from pathlib import Path

import pytest

from app.access.use_cases import add_operator
from app.batches.payments.use_cases import close_payment, stop_payment
from app.batches.steps import NoSuchBatch
from app.batches.use_cases import approve_batch, reissue_batch, review_batch, submit_batch
from app.desk import Desk
from app.funds.queries import ledger_balance
from app.ledger.queries import NotMonth
from app.registry.use_cases import decide_hit, import_list
from app.reports.catalogue.comings import NoPeriodBefore
from app.reports.catalogue.households import WhoseCard
from app.reports.catalogue.parameters import NotAChoice, NotYear, VillageNotHere
from app.reports.catalogue.phones import departments
from app.reports.catalogue.report import ParameterMissing, ParameterUnknown, SpanBackwards, make_sheets
from app.reports.catalogue.shelf import NoSuchReport, entries, find_report
from app.reports.sheet_model import SheetModel
from app.returns.use_cases import bounce_payment
from models.domain.masking import has_leak
from models.domain.money import Fen, yuan_text
from models.domain.permission import NotPermitted, Post
from models.domain.posting import Ledger
from models.domain.refusal import Refusal
from tests.app.batches.months import AGED, LAND, Month
from tests.app.ledger.lived import live, to_bank_and_back
from tests.app.reports.catalogue.golden import ELSEWHERE
from tests.conftest import PASSWORD, seat
from tests.sheets import workbook


@pytest.fixture
def month(admin: Desk) -> Month:
    made = Month(admin)
    made.policy()
    made.fund(fen=400_000)
    return made


def one(desk: Desk, name: str, **given: str) -> SheetModel:
    (sheet,) = make_sheets(desk, find_report(name), given)
    return sheet


def test_names_are_told_apart_and_every_entry_says_what_it_is() -> None:
    found = entries()
    assert len({report.name for report in found}) == len({report.title for report in found}) == len(found)
    for report in found:
        assert report.name.isascii()
        assert report.about.endswith("。")
        assert report.grouping
        assert len({one.name for one in report.parameters}) == len(report.parameters)
        assert find_report(report.title) is find_report(f" {report.name} ") is report
    with pytest.raises(NoSuchReport, match="没有“花名册”"):
        find_report("花名册")


@pytest.mark.parametrize(
    ("name", "given", "refusal"),
    [
        ("roster", {"month": "2024-06"}, ParameterUnknown),
        ("roster", {"batch": ""}, ParameterMissing),
        ("roster", {"batch": "2080502-2024-06-01"}, NoSuchBatch),
        ("history", {}, ParameterMissing),
        ("funds-monthly", {"month": "六月"}, NotMonth),
        ("funds-yearly", {"year": "24"}, NotYear),
        ("summary-village", {"program": "没有的项目"}, Refusal),
        ("registry", {"village": "无名村"}, VillageNotHere),
        ("summary-cross", {"figure": "多少"}, NotAChoice),
        ("special-account", {"from": "2024-07", "until": "2024-06"}, SpanBackwards),
        ("card", {"village": ""}, WhoseCard),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_a_sentence(
    desk: Desk, name: str, given: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as no:
        make_sheets(desk, find_report(name), given)
    assert no.value.sentence.endswith("。")


def test_an_administrator_makes_no_report(admin: Desk) -> None:
    for report in entries():
        with pytest.raises(NotPermitted):
            make_sheets(admin, report, {})


def test_an_auditor_makes_every_report_that_needs_no_more_than_its_defaults(
    admin: Desk, tmp_path: Path
) -> None:
    live(admin, tmp_path)
    auditor = seat(admin, "审计戊")
    for report in entries():
        if report.name not in ELSEWHERE | {"history"}:
            given = {"batch": "2080502-2024-06-01"} if report.name == "changes" else {}
            for sheet in make_sheets(auditor, report, given):
                assert "审计戊" in sheet.made
                assert len(sheet.title) > 6
                if report.columns and report.name != "roster":
                    assert tuple(sheet.columns) == tuple(report.columns)


def test_who_holds_several_posts_is_said_elsewhere_on_the_sheet(admin: Desk) -> None:
    add_operator(admin, name="兼岗己", posts=[Post.CLERK, Post.REVIEWER], password=PASSWORD)
    assert "兼岗" not in one(seat(admin, "经办甲"), "summary-village").made


def test_choices_are_what_the_office_has(month: Month) -> None:
    batch = month.create() if month.aged(2) else 0
    parameter = {one.name: one for report in entries() for one in report.parameters}
    assert [choice.value for choice in parameter["batch"].choices(month.store)] == ["2080502-2024-06-01"]
    assert "编制" in parameter["batch"].choices(month.store)[0].words
    assert [choice.value for choice in parameter["village"].choices(month.store)] == [
        "上溪村",
        "下溪村",
        "石门村",
    ]
    assert [choice.value for choice in parameter["program"].choices(month.store)] == [AGED]
    assert parameter["month"].choices(month.store)[0].words == "2024年6月"
    assert [choice.value for choice in parameter["quarter"].choices(month.store)] == ["2024Q2", "2024Q1"]
    assert batch


# -- who came and went ---------------------------------------------------------------------------------------------


def test_who_is_new_gone_or_changed(month: Month) -> None:
    make = month.make
    stays, dies, stops, grows = month.aged(4)
    month.approved(month.create())
    for person in (stays, grows):
        make.enrolment(person, AGED, period="2024-07", fen=5000)
    (new,) = month.aged(1, period="2024-07")
    with month.store.writing():
        month.store.execute("UPDATE person SET birth = '1930-05-01' WHERE id = ?", (grows,))
        month.store.execute("UPDATE person SET is_dead = 1, died_on = '2024-06-20' WHERE id = ?", (dies,))
        month.store.execute(
            "UPDATE enrolment SET state = 'stopped', stop_reason = '迁往外县' WHERE person_id = ?", (stops,)
        )
    month.clerk = month.later(month.clerk, "2024-07-02")
    sheet = one(month.clerk, "changes", batch=_number(month, month.create(period="2024-07")))

    def names(title: str) -> dict[str, tuple[object, ...]]:
        rows = next((group.rows for group in sheet.groups if group.title.startswith(title)), [])
        return {str(row[4]): tuple(row[6:]) for row in rows}

    ids = {person: make.id_number_of(person) for person in (dies, stops, grows, new)}
    assert names("一、新增") == {ids[new]: (0, 5000, 5000, "")}
    assert names("二、减少") == {
        ids[dies]: (5000, 0, -5000, "2024-06-20 死亡"),
        ids[stops]: (5000, 0, -5000, "迁往外县"),
    }
    assert names("三、金额变动") == {ids[grows]: (5000, 10_000, 5000, "")}
    assert sheet.preface == ["2024年7月与2024年6月相比：新增 1，减少 2，金额变动 1。"]
    assert sheet.total[8] == 5000 - 10_000 + 5000


def _number(month: Month, batch: int) -> str:
    return str(month.store.value("SELECT number FROM batch WHERE id = ?", (batch,)))


def test_a_first_batch_is_all_new_and_a_reissue_has_no_period_before(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    sheet = one(lived.month.clerk, "changes", batch=_number(lived.month, lived.first))
    assert [group.title for group in sheet.groups] == ["一、新增（5 人）"]
    with pytest.raises(NoPeriodBefore, match="补发批次"):
        one(lived.month.clerk, "changes", batch=_number(lived.month, lived.again))


# -- what is doubtful ------------------------------------------------------------------------------------------------


def test_doubts_are_the_lists_and_the_checks(month: Month, tmp_path: Path) -> None:
    dead, teacher = month.aged(2)
    month.approved(month.create())
    numbers = [month.make.id_number_of(person) for person in (dead, teacher)]
    names = [
        month.store.value("SELECT name FROM person WHERE id = ?", (person,)) for person in (dead, teacher)
    ]
    deaths = workbook(
        tmp_path / "死亡.xlsx",
        ("表", [["姓名", "身份证号", "死亡日期"], [names[0], numbers[0], "2024-05-02"]]),
    )
    payroll = workbook(
        tmp_path / "供养.xlsx", ("表", [["姓名", "身份证号", "单位"], [names[1], numbers[1], "镇小学"]])
    )
    import_list(month.clerk, path=deaths, kind="deaths")
    import_list(month.clerk, path=payroll, kind="payroll")
    entry = month.store.value("SELECT entry_id FROM comparison_hit WHERE person_id = ?", (teacher,))
    decide_hit(month.clerk, entry=entry, person=teacher, decision="dismissed", reason="同名退休人员")
    sheet = one(month.clerk, "doubts", state="all")
    rows = {str(row[5]): row for row in sheet.groups[0].rows}
    assert rows[numbers[0]][1] == "死亡人员"
    assert "2024-05-02 死亡" in str(rows[numbers[0]][6])
    assert (rows[numbers[0]][8], rows[numbers[1]][8]) == ("待核实", "排除：同名退休人员")
    still_open = one(month.clerk, "doubts", state="还没核实的")
    assert [row[5] for group in still_open.groups for row in group.rows] == [numbers[0]]
    assert one(month.clerk, "doubts", **{"from": "2023-01", "until": "2023-12"}).row_count == 0


def test_what_was_paid_after_a_death_is_counted(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    month = lived.month
    person = month.column("person_id", month.payment(lived.first, 4))
    name, number = month.store.row("SELECT name, id_number FROM person WHERE id = ?", (person,)) or ("", "")
    deaths = workbook(
        tmp_path / "死亡.xlsx", ("表", [["姓名", "身份证号", "死亡日期"], [name, number, "2024-05-02"]])
    )
    import_list(month.later(month.clerk, "2024-06-25"), path=deaths, kind="deaths")
    sheet = one(month.later(month.clerk, "2024-06-25"), "doubts")
    (row,) = [row for group in sheet.groups for row in group.rows if row[5] == number]
    assert (row[7], "死亡后仍发 1 期" in str(row[6])) == (5000, True)


# -- what is open after a year ---------------------------------------------------------------------------------------


def test_what_came_back_and_was_settled_a_year_later(month: Month, tmp_path: Path) -> None:
    month.aged(3)
    batch = month.create()
    month.approved(batch)
    to_bank_and_back(month, batch, tmp_path / "1", {1: "账户已销户", 2: "户名不符"}, "2024-06-20")
    now = month.later(month.clerk, "2024-12-30")
    assert [one(now, "backlog", year=year).row_count for year in ("2023", "2024")] == [0, 2]
    approver = month.later(month.approver, "2025-03-04")
    close_payment(approver, payment_id=month.payment(batch, 1), reason="找不到人")
    sheet = one(month.later(month.clerk, "2025-03-05"), "backlog", year="2025")
    (group,) = sheet.groups
    assert group.title == "2024年退回"
    settled, still = group.rows
    assert (settled[8], settled[13], settled[14], settled[15]) == (5000, 5000, 0, "关闭未付：找不到人")
    assert (still[8], still[13], still[14]) == (5000, 0, 5000)
    assert settled[11] == "2024-06 记-0004"
    assert settled[12] == "新财〔2024〕1号"
    assert sheet.words_of(sheet.total) == "伍拾元整"


# -- what hangs on a wall --------------------------------------------------------------------------------------------


def test_a_notice_has_a_sheet_a_village_and_shows_nothing_private(month: Month) -> None:
    month.policy(LAND)
    month.fund(LAND)
    for village in ("上溪村", "下溪村"):
        for _ in range(3):
            person = month.make.person(village=village)
            month.make.enrolment(person, LAND, target="household", period="2024", fen=25_145, quantity=25_000)
    batch = month.create(LAND, "2024")
    stop_payment(month.clerk, payment_id=month.payment(batch, 1), reason="外嫁")
    found = make_sheets(month.clerk, find_report("notice"), {"batch": _number(month, batch)})
    assert [(sheet.name, sheet.row_count, sheet.landscape) for sheet in found] == [
        ("上溪村", 2, False),
        ("下溪村", 3, False),
    ]
    for sheet in found:
        texts = [
            sheet.title,
            sheet.left,
            *sheet.preface,
            *sheet.notes,
            *(str(cell) for row in sheet.rows for cell in row),
        ]
        assert not any(has_leak(text) for text in texts)
        assert sheet.total[-1] == 25_145 * sheet.row_count
    roster = one(month.clerk, "roster", batch=_number(month, batch))
    assert roster.columns[12].heading == "数量（亩）"
    assert roster.total[12] == 25_000 * 5
    assert "另有 1 笔 251.45 元停发" in roster.notes[0]


def test_departments_are_those_of_the_programs(desk: Desk) -> None:
    assert "民政" in departments(desk.store)


def test_the_special_account_over_the_turn_of_a_year(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    january = lived.month.later(lived.month.clerk, "2025-01-05")
    bounce_payment(january, payment_id=lived.month.payment(lived.first, 4), reason="账户已销户")
    account = one(january, "special-account", **{"from": "2024-06", "until": "2025-01"})
    (facts,) = account.preface
    held = yuan_text(ledger_balance(january.store, Ledger.DEPOSIT))
    assert facts.count(f"期末余额 {held} 元") == 2
    moved = [sum(int(str(row[place])) for row in account.rows) for place in (4, 5, 7, 8)]
    assert Fen(moved[0] - moved[1]) == ledger_balance(january.store, Ledger.DEPOSIT)
    assert moved[2:] == [5000, 0]


def test_money_waits_until_its_reissue_is_sent(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    month = lived.month
    december = month.later(month.clerk, "2024-12-20")
    bounce_payment(december, payment_id=month.payment(lived.first, 4), reason="账户已销户")
    again = int(str(reissue_batch(december, batch_id=lived.first).answer["batch"]))

    def waiting(day: str) -> list[tuple[object, object]]:
        sheet = one(month.later(month.clerk, day), "backlog", year="2024")
        return [(row[-3], row[-2]) for row in sheet.rows]

    assert waiting("2024-12-20") == [(0, 5000)]
    day = "2024-12-31"
    submit_batch(month.later(month.clerk, day), batch_id=again, reasons=month.reasons(again))
    review_batch(month.later(month.reviewer, day), batch_id=again)
    approve_batch(month.later(month.approver, day), batch_id=again)
    assert waiting("2025-01-02") == [(0, 5000)]
    to_bank_and_back(month, again, tmp_path / "again", {}, day="2025-01-05")
    assert waiting("2025-01-05") == [(5000, 0)]


def test_a_line_stopped_in_a_reissue_is_no_benefit_stopped(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    december = lived.month.later(lived.month.clerk, "2024-12-20")
    bounce_payment(december, payment_id=lived.month.payment(lived.first, 4), reason="账户已销户")
    again = int(str(reissue_batch(december, batch_id=lived.first).answer["batch"]))
    stop_payment(december, payment_id=lived.month.payment(again, 1), reason="等本人回来办卡")
    assert one(december, "stops", **{"from": "2024-12", "until": "2024-12"}).row_count == 0
    (row,) = one(december, "failures", **{"from": "2024-12", "until": "2024-12"}).rows
    assert str(row[-1]).startswith("待补发")
