"""Every report of the catalogue against the truth, on two samples and on townships made up from seeds."""

from collections.abc import Iterator

import pytest

from app.desk import Desk
from app.ledger.queries import trial_balance
from app.reports.catalogue.report import make_sheets
from app.reports.catalogue.shelf import find_report
from app.reports.figures import monthly_figures
from app.reports.sheet_model import SheetModel
from models.domain.masking import has_leak
from tests.app.reports.catalogue.lived_through import Told, figures, lived_through, told

SOURCES = ("yunxi-by-village", "yunxi-old-xls", 3, 11, 27)
SPAN = {"from": "2024-01", "until": "2024-06"}


@pytest.fixture(scope="module", params=SOURCES, ids=str, name="desk")
def _desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with lived_through(request.param, tmp_path_factory.mktemp("lived")) as desk:
        yield desk


def sheets(desk: Desk, name: str, **given: str) -> list[SheetModel]:
    return make_sheets(desk, find_report(name), given)


def one(desk: Desk, name: str, given: dict[str, str]) -> SheetModel:
    (sheet,) = sheets(desk, name, **given)
    return sheet


def column(sheet: SheetModel, heading: str) -> list[object]:
    return [row[sheet.place(heading)] for row in sheet.rows]


def total(sheet: SheetModel, heading: str) -> int:
    value = sheet.sums(sheet.rows)[sheet.place(heading)]
    assert isinstance(value, int)
    return value


def test_the_townships_have_everything_in_them(desk: Desk) -> None:
    outcomes = {line.outcome for line in told(desk.store)}
    assert {"paid", "failed", "stopped", "closed_unpaid", "recovered", "returned"} <= outcomes
    assert any(line.again for line in told(desk.store))


@pytest.mark.parametrize(
    ("name", "key", "leading"),
    [
        ("summary-village", "village", 2),
        ("summary-program", "program", 3),
        ("summary-department", "department", 2),
    ],
)
def test_summaries_are_what_became_of_every_payment(desk: Desk, name: str, key: str, leading: int) -> None:
    lines = told(desk.store)
    sheet = one(desk, name, SPAN)
    found = {row[leading - 1]: list(row[leading:]) for row in sheet.rows}
    expected = {
        word: figures([line for line in lines if getattr(line, key) == word])
        for word in {getattr(line, key) for line in lines}
    }
    assert found == expected
    assert sheet.total[leading:] == figures(lines)
    assert total(sheet, "应发金额") == sum(
        total(sheet, heading) for heading in ("实发金额", "待处理金额", "在途金额", "关闭未付", "追回")
    )


def test_a_summary_of_one_program_or_village_is_its_share(desk: Desk) -> None:
    lines = told(desk.store)
    line = lines[0]
    code = desk.store.value("SELECT code FROM program WHERE name = ?", (line.program,))
    village = one(desk, "summary-village", SPAN | {"program": code})
    assert village.total[2:] == figures([each for each in lines if each.program == line.program])
    program = one(desk, "summary-program", SPAN | {"village": line.village})
    assert program.total[3:] == figures([each for each in lines if each.village == line.village])


def test_months_without_an_approval_have_nothing(desk: Desk) -> None:
    assert one(desk, "summary-village", {"from": "2024-01", "until": "2024-05"}).row_count == 0


@pytest.mark.parametrize(("figure", "place"), [("owed", 3), ("paid", 5)])
def test_villages_against_programs(desk: Desk, figure: str, place: int) -> None:
    lines = told(desk.store)
    sheet = one(desk, "summary-cross", SPAN | {"figure": figure})

    def of(village: str, program: str) -> int:
        return figures([line for line in lines if (line.village, line.program) == (village, program)])[place]

    programs = [head.heading for head in sheet.columns[2:-1]]
    for row in sheet.rows:
        assert list(row[2:-1]) == [of(str(row[1]), program) for program in programs]
        assert row[-1] == sum(cell for cell in row[2:-1] if isinstance(cell, int))
    assert total(sheet, "合计") == figures(lines)[place]


def test_rosters_list_everybody_who_is_not_stopped(desk: Desk) -> None:
    for number, payments, fen in desk.store.rows(
        "SELECT b.number, count(p.id), sum(p.owed_fen) FROM batch b JOIN payment p ON p.batch_id = b.id"
        " WHERE p.bucket <> 'stopped' GROUP BY b.id"
    ):
        sheet = one(desk, "roster", {"batch": number})
        assert (sheet.row_count, total(sheet, "金额")) == (payments, fen)
        ids = [row[0] for row in desk.store.rows(
            "SELECT p.id_number FROM payment p JOIN batch b ON b.id = p.batch_id WHERE b.number = ? AND p.bucket <> 'stopped'"
            " ORDER BY p.village_id, p.line", (number,),
        )]  # fmt: skip
        assert column(sheet, "享受人身份证号") == ids
        assert [group.title for group in sheet.groups] == list(dict.fromkeys(column(sheet, "村")))
        assert column(sheet, "序号") == list(range(1, payments + 1))


def test_failures_are_those_of_the_monthly_return(desk: Desk) -> None:
    sheet = one(desk, "failures", SPAN)
    month = monthly_figures(desk.store, "2024-06").month_total
    assert (sheet.row_count, total(sheet, "金额")) == (month.failed_payments, month.failed_fen)
    for group in sheet.groups:
        said = [str(row[sheet.place("处理情况")]) for row in group.rows]
        assert all(word.startswith(("已补发", "关闭未付", "待补发")) for word in said)
    waiting = sum(str(word).startswith("待补发") for word in column(sheet, "处理情况"))
    assert waiting == desk.store.value("SELECT count(*) FROM payment WHERE bucket IN ('failed', 'returned')")


def test_stopped_and_recovered(desk: Desk) -> None:
    sheet = one(desk, "stops", SPAN)
    assert total(sheet, "停发金额") == desk.store.value(
        "SELECT sum(owed_fen) FROM payment WHERE bucket = 'stopped'"
    )
    assert total(sheet, "追回金额") == desk.store.value(
        "SELECT sum(fen) FROM month_tally WHERE event = 'recovered'"
    )


def test_periods_add_up(desk: Desk) -> None:
    month = monthly_figures(desk.store, "2024-06")
    for name, given in (
        ("funds-monthly", {"month": "2024-06"}),
        ("funds-quarterly", {"quarter": "2024Q2"}),
        ("funds-yearly", {"year": "2024"}),
    ):
        sheet = one(desk, name, given)
        here = sheet.sums(sheet.groups[0].rows)
        for heading, fen in (
            ("已到位", month.year_total.received_fen), ("应发金额", month.year_total.owed_fen), ("实发金额", month.year_total.paid_fen),
            ("失败金额", month.year_total.failed_fen), ("补发金额", month.year_total.reissued_fen),
        ):  # fmt: skip
            assert here[sheet.place(heading)] == fen, (name, heading)
        assert here[sheet.place("到位减实发")] == month.year_total.balance_fen
    quiet = one(desk, "funds-quarterly", {"quarter": "2024年一季度"})
    assert quiet.sums(quiet.rows)[quiet.place("实发金额")] == 0


def test_money_stands_as_the_books_say(desk: Desk) -> None:
    store = desk.store
    balances = {row.ledger: row for row in trial_balance(store).rows}
    account = one(desk, "special-account", SPAN)
    assert total(account, "收入") - total(account, "支出") == balances["deposit"].closing_debit_fen
    assert f"期末余额 {balances['deposit'].closing_debit_fen / 100:,.2f} 元" in account.preface[0]
    assert (total(account, "年收入"), total(account, "年支出")) == (
        balances["deposit"].debit_fen,
        balances["deposit"].credit_fen,
    )
    execution = one(desk, "allotments", {"year": "2024"})
    expense = balances["expense"].closing_debit_fen
    assert total(execution, "已用金额") == expense
    assert total(execution, "到账金额") == store.value("SELECT sum(fen) FROM receipt")
    level = one(desk, "summary-level", {"year": "2024"})
    assert total(level, "净使用") == expense
    assert {group.title for group in level.groups} == {"省资金", "县资金"}
    assert one(desk, "allotments", {"year": "2023"}).row_count == 0


def test_every_household_has_its_card(desk: Desk) -> None:
    store = desk.store
    paid = 0
    for (village,) in store.rows("SELECT name FROM village"):
        sheet = one(desk, "card", {"year": "2024", "village": village})
        paid += total(sheet, "实发金额")
        assert sheet.row_count == sum(
            line.village == village and line.outcome != "stopped" for line in told(store)
        )
        for row in sheet.rows:
            assert not any(has_leak(str(cell)) for cell in row)
    lines = told(store)
    assert paid == figures(lines)[5]
    line = next(each for each in lines if each.outcome == "paid")
    id_number = store.value("SELECT id_number FROM person WHERE id = ?", (line.person,))
    own = one(desk, "card", {"year": "2024", "person": id_number})
    assert total(own, "补贴金额") == sum(
        each.owed for each in lines if each.household == line.household and each.outcome != "stopped"
    )
    assert len(own.groups) == 1


def test_everybody_has_a_history(desk: Desk) -> None:
    lines = told(desk.store)
    people = {line.person for line in lines[:: max(1, len(lines) // 12)]}
    people |= {line.person for line in lines if line.again}
    for person in people:
        id_number = desk.store.value("SELECT id_number FROM person WHERE id = ?", (person,))
        sheet = one(desk, "history", {"person": id_number})
        own = [row for row in sheet.rows if row[sheet.place("身份")] == "享受人"]
        assert sum(int(str(row[sheet.place("实发金额")])) for row in own) == _paid(lines, person)
        # what was reissued is owed once, in whichever row
        owed = [row[sheet.place("应发金额")] for row in own]
        assert sum(one for one in owed if isinstance(one, int)) == sum(
            line.owed for line in lines if line.person == person
        )


def _paid(lines: list[Told], person: int) -> int:
    return sum(
        line.owed - line.recovered for line in lines if line.person == person and line.outcome == "paid"
    )


def test_the_registry_is_everybody(desk: Desk) -> None:
    found = {sheet.name: sheet for sheet in sheets(desk, "registry")}
    for village, people in desk.store.rows(
        "SELECT v.name, count(*) FROM person p JOIN household h ON h.id = p.household_id JOIN village v ON v.id = h.village_id GROUP BY v.id"
    ):
        ids = column(found[village], "身份证号")
        assert len(ids) == len(set(ids)) == people


def test_policies_are_those_of_the_year(desk: Desk) -> None:
    sheet = one(desk, "policies", {"year": "2024"})
    assert sheet.row_count == desk.store.value("SELECT count(*) FROM policy")
    assert one(desk, "policies", {"year": "1999"}).row_count == 0


def test_nothing_waits_from_earlier_years_until_there_is_a_year(desk: Desk) -> None:
    sheet = one(desk, "backlog", {"year": "2024"})
    assert total(sheet, "结存金额") == desk.store.value(
        "SELECT sum(owed_fen) FROM payment WHERE bucket IN ('failed', 'returned')"
    )
    assert all(str(cell).startswith("2024-06 记-") for cell in column(sheet, "退回凭证"))
    assert one(desk, "backlog", {"year": "2023"}).row_count == 0
