"""The roster: what is said of each cell, what becomes an enrolment, what an undo takes back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.enrolment.queries import preview_roster
from app.enrolment.use_cases import import_roster, undo_roster_run
from app.intake.source import AlreadyImported, RunInUse
from app.programs.use_cases import add_policies
from tests.builders import Make, card_number, id_number
from tests.faults import contents, each_statement_failing
from tests.sheets import codes, workbook

LAND, OLD_AGE, MINIMUM, DESTITUTE = "2130122", "2080502", "2081902", "2082102"

POLICIES: list[dict[str, Any]] = [
    {
        "program": LAND, "document": "新农〔2024〕3号", "from": "2024-01-01", "frequency": "year", "target": "household",
        "family": "per_unit", "unit": "亩", "rate": "100.58",
    },
    {
        "program": OLD_AGE, "document": "新民〔2024〕2号", "from": "2024-01-01", "frequency": "month", "target": "person",
        "family": "tiered", "by": "age", "tiers": {"80": "50", "90": "100"},
    },
    {
        "program": MINIMUM, "document": "新民〔2024〕6号", "from": "2024-01-01", "frequency": "month", "target": "household",
        "family": "top_up", "approved_amount": True, "conflicts": [DESTITUTE],
    },
    {
        "program": DESTITUTE, "document": "新民〔2024〕7号", "from": "2024-01-01", "frequency": "month", "target": "person",
        "family": "tiered", "by": "care_level", "tiers": {"全自理": "1298"}, "conflicts": [MINIMUM],
    },
]  # fmt: skip

HEADINGS = ("村", "户主姓名", "身份证号码", "补贴面积（亩）", "补贴标准（元/亩）", "补贴金额（元）", "账号")


@pytest.fixture
def make(desk: Desk) -> Make:
    """Two heads of households, 王一 and 王二, and the policies."""
    tables = [{**policy, "from": date(2024, 1, 1)} for policy in POLICIES]
    add_policies(desk, tables=tables, source_name="test")
    make = Make(desk)
    make.person("王一")
    make.person("王二")
    return make


def row(make: Make, person: int = 1, /, **cells: object) -> tuple[object, ...]:
    good: dict[str, object] = {
        "村": "上溪村", "户主姓名": {1: "王一", 2: "王二"}[person], "身份证号码": make.id_number_of(person), "补贴面积（亩）": 2.5,
        "补贴标准（元/亩）": 100.58, "补贴金额（元）": 251.45, "账号": card_number(person),
    }  # fmt: skip
    return tuple({**good, **cells}[heading] for heading in HEADINGS)


def take(
    desk: Desk, path: Path, *rows: tuple[object, ...], program: str = LAND, period: str = "2024"
) -> dict[str, Any]:
    return dict(
        import_roster(
            desk, path=workbook(path, ("名册", [HEADINGS, *rows])), program=program, period=period
        ).answer
    )


@pytest.mark.parametrize(
    ("cells", "code", "accepted"),
    [
        ({}, None, 1),
        ({"身份证号码": None}, "id.missing", 0),
        ({"身份证号码": id_number(77)}, "person.unknown", 0),
        ({"身份证号码": 330624195501010000.0}, "id.precision_lost", 0),
        ({"户主姓名": None}, "name.missing", 0),
        ({"户主姓名": "王三"}, "name.mismatch", 0),
        ({"户主姓名": "王 一"}, None, 1),
        ({"村": "别村"}, "village.unknown", 0),
        ({"村": "石门村"}, "village.mismatch", 1),
        ({"账号": card_number(9)}, "account.mismatch", 1),
        ({"账号": None}, None, 1),
        ({"账号": "未办卡"}, "account.format", 1),
        ({"账号": 6228580000000000019.0}, "account.precision_lost", 1),
        ({"补贴面积（亩）": "约2.5"}, "quantity.not_a_number", 0),
        ({"补贴面积（亩）": None}, "quantity.not_a_number", 0),
        ({"补贴金额（元）": "待定"}, "amount.not_a_number", 0),
        ({"补贴金额（元）": None}, "amount.not_a_number", 0),
        ({"补贴金额（元）": -251.45}, "amount.not_positive", 0),
        ({"补贴金额（元）": 0}, "amount.not_positive", 0),
        ({"补贴金额（元）": 251.445}, "amount.decimals", 0),
        ({"补贴金额（元）": "251.45"}, None, 1),
        ({"补贴金额（元）": 251.46}, "amount.mismatch", 0),
        ({"补贴标准（元/亩）": 100}, "rate.mismatch", 1),
        ({"补贴标准（元/亩）": None}, None, 1),
    ],
)
def test_one_wrong_cell_gives_one_finding(
    desk: Desk, make: Make, tmp_path: Path, cells: dict[str, object], code: str | None, accepted: int
) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make, **cells))
    assert codes(answer) == ([(2, code)] if code else [])
    assert answer["accepted"] == accepted
    assert answer["accepted_fen"] == 25145 * accepted
    assert answer["accepted_fen_by_village"] == ({"上溪村": 25145} if accepted else {})


def test_an_amount_that_differs_is_shown_with_the_trace(desk: Desk, make: Make, tmp_path: Path) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make, **{"补贴金额（元）": 300}))
    sentence = answer["findings"][0]["sentence"]
    assert "251.45" in sentence
    assert "100.58" in sentence
    assert answer["findings"][0]["written"] == "300"


def test_twice_in_the_roster_is_a_duplicate_of_the_later_row(desk: Desk, make: Make, tmp_path: Path) -> None:
    answer = take(desk, tmp_path / "a.xlsx", row(make), row(make, 户主姓名="王十"), row(make, 2))
    assert codes(answer) == [(3, "payment.duplicate")]


def test_another_member_of_a_household_is_the_same_beneficiary(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    member = make.person("王子", household=make.household_of(1))
    answer = take(
        desk, tmp_path / "a.xlsx", row(make), row(make, 户主姓名="王子", 身份证号码=make.id_number_of(member))
    )
    assert codes(answer) == [(3, "payment.duplicate")]


@pytest.mark.parametrize(
    ("written", "wrong"), [(502.90, False), (502.91, True), ("502.90", False), ("伍佰元", False)]
)
def test_the_total_counts_rejected_rows_and_unreadable_ones_as_nothing(
    desk: Desk, make: Make, tmp_path: Path, written: object, wrong: bool
) -> None:
    stated = "补贴金额（元）"
    rows = [row(make), row(make, 2, 户主姓名="错名"), row(make, 2, 身份证号码=None, **{stated: "待定"})]
    answer = take(desk, tmp_path / "a.xlsx", *rows, ("合计", None, None, None, None, written, None))
    assert ("total.mismatch" in [code for _, code in codes(answer)]) is wrong


def test_the_unit_of_a_column_in_ten_thousands(desk: Desk, make: Make, tmp_path: Path) -> None:
    headings = ("户主姓名", "身份证号码", "补贴面积（亩）", "补贴金额（万元）")
    rows = [headings, ("王一", make.id_number_of(1), 1000, 10.058)]
    answer = import_roster(
        desk, path=workbook(tmp_path / "a.xlsx", ("表", rows)), program=LAND, period="2024"
    ).answer
    assert codes(answer) == []
    assert answer["accepted_fen"] == 10058000


class TestPeople:
    """Programs paid to persons."""

    HEADINGS = ("姓名", "身份证号", "金额")

    def take(
        self, desk: Desk, path: Path, *rows: tuple[object, ...], program: str = OLD_AGE
    ) -> dict[str, Any]:
        file = workbook(path, ("表", [self.HEADINGS, *rows]))
        return dict(import_roster(desk, path=file, program=program, period="2024-06").answer)

    def test_age_on_the_last_day_of_the_month(self, desk: Desk, make: Make, tmp_path: Path) -> None:
        people = [
            make.person("甲", birth="19440630"),
            make.person("乙", birth="19440701"),
            make.person("丙", birth="19340601"),
        ]
        rows = [(name, make.id_number_of(person), 50) for name, person in zip("甲乙丙", people, strict=True)]
        answer = self.take(desk, tmp_path / "a.xlsx", *rows)
        assert codes(answer) == [(3, "age.outside"), (4, "amount.mismatch")]

    @pytest.mark.parametrize(
        ("died", "refused"), [("2024-05-31", True), ("2024-06-01", False), (None, False)]
    )
    def test_the_dead_are_refused_from_the_month_after(
        self, desk: Desk, make: Make, tmp_path: Path, died: str | None, refused: bool
    ) -> None:
        person = make.person("甲", birth="19400101")
        with desk.store.writing():
            desk.store.execute("UPDATE person SET is_dead = 1, died_on = ? WHERE id = ?", (died, person))
        answer = self.take(desk, tmp_path / "a.xlsx", ("甲", make.id_number_of(person), 50))
        assert codes(answer) == ([(2, "person.deceased")] if refused else [])

    def test_a_program_that_excludes_another(self, desk: Desk, make: Make, tmp_path: Path) -> None:
        make.enrolment(1, DESTITUTE, period="2024-06")
        rows = [("王一", make.id_number_of(1), 300)]
        answer = self.take(desk, tmp_path / "a.xlsx", *rows, program=MINIMUM)
        assert codes(answer) == [(2, "program.conflict")]
        assert answer["accepted"] == 0
        assert "特困" in answer["findings"][0]["sentence"]

    def test_another_period_does_not_exclude(self, desk: Desk, make: Make, tmp_path: Path) -> None:
        make.enrolment(1, DESTITUTE, period="2024-05")
        with desk.store.writing():
            desk.store.execute("UPDATE enrolment SET valid_to = '2024-05-31'")
        answer = self.take(desk, tmp_path / "a.xlsx", ("王一", make.id_number_of(1), 300), program=MINIMUM)
        assert codes(answer) == []

    def test_missing_account_is_said_only_when_none_is_registered(
        self, desk: Desk, make: Make, tmp_path: Path
    ) -> None:
        poor = make.person("丁", birth="19400101", account=None)
        answer = self.take(desk, tmp_path / "a.xlsx", ("丁", make.id_number_of(poor), 50))
        assert codes(answer) == [(2, "account.missing")]
        assert answer["accepted"] == 1


def test_an_empty_roster_is_no_rows(desk: Desk, make: Make, tmp_path: Path) -> None:
    answer = take(desk, tmp_path / "a.xlsx", ("合计", None, None, None, None, 0, None))
    assert (answer["rows"], answer["accepted"], answer["findings"]) == (0, 0, [])


def test_a_second_roster_of_the_period_updates_and_undo_gives_the_first_back(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    take(desk, tmp_path / "a.xlsx", row(make))
    changed = row(make, **{"补贴面积（亩）": 5, "补贴金额（元）": 502.90})
    answer = take(desk, tmp_path / "b.xlsx", changed, row(make, 2))
    assert (answer["accepted"], answer["updated"]) == (2, 1)
    assert desk.store.rows("SELECT computed_fen FROM enrolment ORDER BY id") == [(50290,), (25145,)]
    undo_roster_run(desk, run_id=answer["run"])
    assert desk.store.rows("SELECT computed_fen FROM enrolment") == [(25145,)]


def test_the_same_file_twice_and_the_dry_run(desk: Desk, make: Make, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("名册", [HEADINGS, row(make)]))
    before = contents(desk.store)
    preview = preview_roster(desk, path=path, program=LAND, period="2024-06")
    assert contents(desk.store) == before
    answer = import_roster(desk, path=path, program="耕地地力保护补贴", period="2024").answer
    assert {**preview, "run": answer["run"]} == answer
    assert answer["period"] == "2024"
    with pytest.raises(AlreadyImported):
        import_roster(desk, path=path, program=LAND, period="2024")


def test_undo_is_refused_while_payments_live_on_the_roster(desk: Desk, make: Make, tmp_path: Path) -> None:
    from app.batches.use_cases import create_batch

    run = take(desk, tmp_path / "a.xlsx", row(make))["run"]
    create_batch(desk, program=LAND, period="2024")
    with pytest.raises(RunInUse, match="批次"):
        undo_roster_run(desk, run_id=run)


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, make: Make, tmp_path: Path) -> None:
    take(desk, tmp_path / "a.xlsx", row(make))
    path = workbook(
        tmp_path / "b.xlsx",
        ("名册", [HEADINGS, row(make, **{"补贴面积（亩）": 5, "补贴金额（元）": 502.90}), row(make, 2)]),
    )
    assert (
        each_statement_failing(
            desk.store, lambda: import_roster(desk, path=path, program=LAND, period="2024")
        )
        > 8
    )


COUNTED: list[dict[str, Any]] = [
    {
        "program": "933062400021", "name": "居家适老化改造补贴", "bank_short_name": "适老化改造", "department": "民政",
        "document": "新商务〔2024〕9号", "from": date(2024, 1, 1), "frequency": "once", "target": "household",
        "family": "share_of_cost", "by": "head_age", "tiers": {"60": "50%", "80": "60%"}, "cap_per_household": "20000",
    },
    {
        "program": "2081901", "document": "新民〔2024〕8号", "from": date(2024, 1, 1), "frequency": "month",
        "target": "household", "family": "top_up", "line": "1000",
    },
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "heading", "written", "code"),
    [
        (0, "改造费用（元）", "六千八", "amount.not_a_number"),
        (0, "改造费用（元）", "6800.123", "amount.decimals"),
        (0, "改造费用（元）", None, "amount.mismatch"),
        (0, "改造费用（元）", 6800, None),
        (1, "保障人数", "三人", "quantity.not_a_number"),
        (1, "家庭月收入", "无收入", "amount.not_a_number"),
        (1, "家庭月收入", 0, None),
    ],
)
def test_the_cell_that_cannot_be_counted_by_is_named(
    desk: Desk, make: Make, tmp_path: Path, place: int, heading: str, written: object, code: str | None
) -> None:
    """Not “缺少费用” under 补贴金额 for a cost that stands there in words."""
    add_policies(desk, tables=COUNTED, source_name="counted")
    good = [
        {"改造费用（元）": 6800, "补贴金额（元）": 3400},
        {"保障人数": 3, "家庭月收入": 0, "补贴金额（元）": 3000},
    ][place]
    cells = {
        "户主姓名": "王一",
        "身份证号码": make.id_number_of(1),
        "账号": card_number(1),
        **good,
        heading: written,
    }
    path = workbook(tmp_path / "a.xlsx", ("名册", [tuple(cells), tuple(cells.values())]))
    answer = dict(import_roster(desk, path=path, program=COUNTED[place]["program"], period="2024-06").answer)
    named = "补贴金额（元）" if written is None else heading
    told = [(one["column"], one["code"]) for one in answer["findings"]]  # type: ignore[attr-defined]
    assert told == ([] if code is None else [(named, code)])
    assert answer["accepted"] == (1 if code is None else 0)
