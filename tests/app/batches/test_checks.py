"""The pre-flight check: each check finds its lines and no others, and says them in a sentence."""

import pytest

from app.batches.checks.catalogue import CHECKS
from app.batches.checks.scope import LIMITS, check_limits
from app.batches.payments.use_cases import stop_payment
from app.batches.queries import check_batch
from app.batches.sheet import CheckCode
from app.batches.use_cases import (
    LimitNotPositive,
    NoSuchLimit,
    create_batch,
    recompute_batch,
    reissue_batch,
    set_check_limit,
)
from app.programs.use_cases import set_conflict
from models.domain.masking import has_leak
from tests.app.batches.months import AGED, HOME, LAND, LOW, OLD, Month

DISABLED = "2081107"  # 困难残疾人生活补贴


def found(month: Month, batch: int, code: CheckCode, stage: str = "submit") -> list[str]:
    """The sentences of one check over a batch; nothing public may stand in any of them."""
    sheet = check_batch(month.store, batch, month.clerk.today, stage)  # type: ignore[arg-type]
    for one in sheet.results:
        for row in one.rows:
            assert not has_leak(f"{row.sentence} {row.id_masked}")
    (result,) = [one for one in sheet.results if one.code is code]
    return [row.sentence for row in result.rows]


def sql(month: Month, statement: str, *parameters: object) -> None:
    with month.store.writing():
        month.store.execute(statement, parameters)


def listed(
    month: Month, kind: str, person: int, *, how: str = "exact", day: str | None = None, source: str = ""
) -> None:
    """The person stands on a comparison list."""
    store = month.store
    with store.writing():
        sha256 = store.keep_file(kind.encode(), "a.xlsx", "import", "2024-06-01")
        run = store.insert(
            "INSERT INTO import_run (kind, list_kind, file_name, file_sha256, mapping, rows, accepted, rejected, state,"
            " operator_id, business_date) VALUES ('list', ?, 'a.xlsx', ?, '{}', 1, 1, 0, 'undone', 1, '2024-06-01')",
            (kind, sha256),
        )
        entry = store.insert(
            "INSERT INTO comparison_entry (run_id, kind, name, name_key, id_number, happened_on, source)"
            " SELECT ?, ?, name, name_key, id_number, ?, ? FROM person WHERE id = ?",
            (run, kind, day, source, person),
        )
        store.execute(
            "INSERT INTO comparison_hit (entry_id, person_id, how) VALUES (?, ?, ?)", (entry, person, how)
        )


def test_a_clean_batch_passes_everything(month: Month) -> None:
    month.aged(3)
    sheet = check_batch(month.store, month.create(), month.clerk.today, "approve")
    assert [one.code for one in sheet.results if not one.passed] == []
    assert {one.code for one in sheet.results} == set(CheckCode)
    assert sheet.checked == (3, 15000)


@pytest.mark.parametrize(
    ("died_on", "blocks"), [("2024-05-31", True), ("2024-06-01", False), (None, True), ("2024-07-01", False)]
)
def test_dead_before_the_periods_last_month(month: Month, died_on: str | None, blocks: bool) -> None:
    person = month.aged(2)[0]
    month.make.person()
    batch = month.create()
    sql(month, "UPDATE person SET is_dead = 1, died_on = ? WHERE id = ?", died_on, person)
    sentences = found(month, batch, CheckCode.PERSON_DECEASED)
    assert bool(sentences) is blocks
    # who died within the period is owed it, but cannot receive it
    assert bool(found(month, batch, CheckCode.PAYEE_DECEASED)) is not blocks
    stop_payment(month.clerk, payment_id=month.payment(batch), reason="已死亡")
    assert not found(month, batch, CheckCode.PERSON_DECEASED)


def test_a_death_that_only_a_list_knows(month: Month) -> None:
    exact, near = month.aged(2)
    batch = month.create()
    listed(month, "deaths", exact, day="2024-03-09")
    listed(month, "deaths", near, how="one_digit", day="2024-03-09")
    (sentence,) = found(month, batch, CheckCode.PERSON_DECEASED)
    assert "已于 2024-03-09 死亡，不应再发 2024年6月的补贴" in sentence
    (sentence,) = found(month, batch, CheckCode.DEATH_NEAR)
    assert "身份证号只差一位" in sentence


def test_a_batch_still_computes_the_dead_so_that_the_check_shows_them(month: Month) -> None:
    person = month.aged(1)[0]
    sql(month, "UPDATE person SET is_dead = 1, died_on = '2024-02-01' WHERE id = ?", person)
    assert found(month, month.create(), CheckCode.PERSON_DECEASED)


def test_a_dead_head_of_a_household_program(month: Month) -> None:
    month.policy(LAND)
    head = month.make.person("王户主")
    month.make.enrolment(head, LAND, target="household", period="2024", quantity=10_000)
    batch = month.create(LAND, "2024")
    sql(month, "UPDATE person SET is_dead = 1, died_on = '2024-05-01' WHERE id = ?", head)
    assert found(month, batch, CheckCode.HEAD_DECEASED) == [
        "户主 王户主 已于 2024-05-01 死亡，请先变更户主。"
    ]
    assert not found(month, batch, CheckCode.PAYEE_DECEASED)
    assert not found(month, batch, CheckCode.PERSON_DECEASED)


def test_bad_ids_and_other_documents(month: Month) -> None:
    bad, other = month.aged(2)
    sql(month, "UPDATE person SET id_number = '330624194013011234' WHERE id = ?", bad)
    sql(month, "UPDATE person SET id_number = 'G12345678', id_kind = 'other' WHERE id = ?", other)
    batch = month.create()
    assert len(found(month, batch, CheckCode.ID_BAD)) == 1
    assert len(found(month, batch, CheckCode.OTHER_DOCUMENT)) == 1


def test_nobody_to_pay_to_and_no_account(month: Month) -> None:
    headless, poor = month.make.person(birth=OLD), month.make.person("王一", birth=OLD, account=None)
    for person in (headless, poor):
        month.make.enrolment(person, AGED)
    sql(month, "UPDATE household SET head_id = NULL WHERE id = ?", month.make.household_of(headless))
    batch = month.create()
    assert found(month, batch, CheckCode.PAYEE_MISSING) == ["没有收款人（这一户没有登记户主）。"]
    assert found(month, batch, CheckCode.ACCOUNT_MISSING) == ["收款人 王一 没有登记账号。"]


def test_a_payee_must_be_the_beneficiary_the_head_or_registered(month: Month) -> None:
    head = month.make.person("王户主", birth="19700101")
    child = month.make.person("王小孩", household=month.make.household_of(head), birth=OLD)
    stranger = month.make.person("李外人")
    month.make.enrolment(child, AGED)
    batch = month.create()
    assert not found(month, batch, CheckCode.PAYEE_UNRELATED)
    sql(
        month, "UPDATE payment SET (payee_id, payee_name, payee_id_number) = (SELECT id, name, id_number FROM person WHERE id = ?)",
        stranger,
    )  # fmt: skip
    (sentence,) = found(month, batch, CheckCode.PAYEE_UNRELATED)
    assert sentence.startswith("收款人 李外人 不是受益人、户主")
    sql(
        month,
        "INSERT INTO guardian (person_id, role, name, id_number) SELECT ?, 'collector', name, id_number FROM person WHERE id = ?",
        child,
        stranger,
    )
    assert not found(month, batch, CheckCode.PAYEE_UNRELATED)


def test_one_payee_for_many_people(month: Month) -> None:
    head = month.make.person(birth="19700101")
    for _ in range(6):
        month.make.enrolment(month.make.person(household=month.make.household_of(head), birth=OLD), AGED)
    batch = month.create()
    assert len(found(month, batch, CheckCode.COLLECTS_MANY)) == 6
    set_check_limit(month.clerk, name="check.collects_people", limit=6)
    assert not found(month, batch, CheckCode.COLLECTS_MANY)


def test_over_the_household_cap(month: Month) -> None:
    month.policy(HOME)
    person = month.make.person(birth=OLD)
    month.make.enrolment(person, HOME, target="household", cost=3_000_000)
    batch = month.create(HOME)
    assert not found(month, batch, CheckCode.OVER_CAP)
    sql(month, "UPDATE payment SET owed_fen = 2000001")
    assert found(month, batch, CheckCode.OVER_CAP) == [
        "该户本年合计 20,000.01 元，超过每户上限 20,000.00 元，多 0.01 元。"
    ]


def test_a_newer_policy_makes_the_batch_outdated(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    month.policy(**{"from": "2024-05-01", "document": "新民〔2024〕9号"})
    (sentence,) = found(month, batch, CheckCode.POLICY_NOT_IN_FORCE)
    assert sentence == "本批次按第 1 版政策计算，2024年6月现行的是第 2 版（新民〔2024〕9号）。"
    sql(month, "UPDATE policy SET valid_to = '2024-05-20' WHERE version = 2")
    (sentence,) = found(month, batch, CheckCode.POLICY_NOT_IN_FORCE)
    assert "没有生效的政策" in sentence


def test_twice_in_the_period_under_another_roof(month: Month) -> None:
    """The database forbids it too, so the second payment is made by a reissue that went astray."""
    month.aged(1)
    first = month.approved(month.create())
    month.answered(first, failed=[1])
    reissue_batch(month.clerk, batch_id=first)
    sql(month, "UPDATE payment SET bucket = 'closed_unpaid' WHERE batch_id = ?", first)
    again = month.create()
    sentences = found(month, again, CheckCode.TWICE_IN_PERIOD)
    assert sentences == ["同一项目同一期间，批次 2080502-2024-06-02 第 1 行已有这一笔。"]


# -- accounts -----------------------------------------------------------------------------------------------


def test_an_account_of_two_households(month: Month) -> None:
    first, second, _ = month.aged(3)
    sql(
        month,
        "UPDATE account SET number = (SELECT number FROM account WHERE person_id = ?) WHERE person_id = ?",
        first,
        second,
    )
    assert len(found(month, month.create(), CheckCode.ACCOUNT_SHARED)) == 2


def test_an_account_within_one_household_is_not_shared(month: Month) -> None:
    month.policy(**{"from": "2024-06-01", "document": "新民〔2024〕9号", "payee": "person"})
    head = month.make.person(birth=OLD)
    number = month.store.value("SELECT number FROM account WHERE person_id = ?", (head,))
    wife = month.make.person(household=month.make.household_of(head), birth=OLD, account=number)
    for person in (head, wife):
        month.make.enrolment(person, AGED)
    assert not found(month, month.create(), CheckCode.ACCOUNT_SHARED)


def test_a_guardian_who_died_gives_way_to_the_one_registered_after(month: Month) -> None:
    month.policy(**{"from": "2024-06-01", "document": "新民〔2024〕9号", "payee": "guardian"})
    old, new, (ward,) = month.make.person("李监护"), month.make.person("赵监护"), month.aged(1)
    register = "INSERT INTO guardian (person_id, role, name, id_number) SELECT ?, 'guardian', name, id_number FROM person WHERE id = ?"
    sql(month, register, ward, old)
    batch = month.create()
    assert month.column("payee_name", month.payment(batch)) == "李监护"
    sql(month, "UPDATE person SET is_dead = 1, died_on = '2024-06-02' WHERE id = ?", old)
    assert found(month, batch, CheckCode.PAYEE_DECEASED) == [
        "收款人 李监护 已于 2024-06-02 死亡，请用户籍底册导入现在的监护人，再重算。"
    ]
    sql(month, register, ward, new)
    recompute_batch(month.clerk, batch_id=batch)
    assert month.column("payee_name", month.payment(batch)) == "赵监护"
    assert found(month, batch, CheckCode.PAYEE_DECEASED) == []


def test_a_guardians_own_account_is_not_shared(month: Month) -> None:
    month.policy(**{"from": "2024-06-01", "document": "新民〔2024〕9号", "payee": "guardian"})
    guardian = month.make.person("李监护")
    for _ in range(2):
        child = month.make.person(birth=OLD, account=None)
        month.make.enrolment(child, AGED)
        sql(
            month,
            "INSERT INTO guardian (person_id, role, name, id_number) SELECT ?, 'guardian', name, id_number FROM person WHERE id = ?",
            child,
            guardian,
        )
    batch = month.create()
    assert set(month.store.rows("SELECT payee_name FROM payment")) == {("李监护",)}
    assert not found(month, batch, CheckCode.ACCOUNT_SHARED)
    assert not found(month, batch, CheckCode.PAYEE_UNRELATED)


def test_luhn_is_asked_of_cards_only(month: Month) -> None:
    card, book = month.aged(2)
    for person in (card, book):
        sql(
            month,
            "UPDATE account SET number = substr(number, 1, 18) || ((substr(number, 19) + 1) % 10) WHERE person_id = ?",
            person,
        )
    sql(month, "UPDATE account SET medium = '存折' WHERE person_id = ?", book)
    batch = month.create()
    assert len(found(month, batch, CheckCode.ACCOUNT_LUHN)) == 1


@pytest.mark.parametrize(
    ("changes", "warns"),
    [(["2024-05-20"], True), (["2024-02-01"], False), (["2023-09-01", "2024-02-01"], True)],
)
def test_accounts_changed_lately_or_twice_in_a_year(month: Month, changes: list[str], warns: bool) -> None:
    person = month.aged(1)[0]
    for day in changes:
        sql(
            month,
            "INSERT INTO account (person_id, number, holder, valid_from, valid_to) VALUES (?, '12345678', '甲', '2023-01-01', ?)",
            person,
            day,
        )
    assert bool(found(month, month.create(), CheckCode.ACCOUNT_CHANGED)) is warns


# -- against last period ------------------------------------------------------------------------------------


def test_nothing_is_compared_with_a_period_that_was_not_paid(month: Month) -> None:
    month.aged(2)
    sheet = check_batch(month.store, month.create(), month.clerk.today)
    assert not [one for one in sheet.results if one.code.startswith("last.") and one.rows]


def test_new_gone_changed(month: Month) -> None:
    stays, goes, grows, moves, renamed = people = month.aged(5, period="2024-05")
    month.create(period="2024-05")
    new = month.make.person("新来的", birth=OLD)
    for person in (stays, grows, moves, renamed, new):
        month.make.enrolment(person, AGED)
    sql(month, "UPDATE person SET birth = '1930-01-01' WHERE id = ?", grows)
    sql(month, "UPDATE account SET number = '6228480000000001' WHERE person_id = ?", moves)
    sql(month, "UPDATE person SET name = '改了名' WHERE id = ?", renamed)
    batch = month.create()
    gone = month.store.value("SELECT name FROM person WHERE id = ?", (goes,))
    assert found(month, batch, CheckCode.LAST_NEW) == ["上期（2024年5月）没有，本期新增。"]
    assert found(month, batch, CheckCode.LAST_GONE) == [f"上溪村 {gone} 上期发 50.00 元，本期没有。"]
    assert found(month, batch, CheckCode.LAST_AMOUNT) == ["上期 50.00 元，本期 100.00 元，增 100%。"]
    assert len(found(month, batch, CheckCode.LAST_ACCOUNT)) == 1
    (sentence,) = found(month, batch, CheckCode.LAST_NAME)
    assert "本期“改了名”，收款人上期" in sentence
    assert found(month, batch, CheckCode.LAST_VILLAGE) == []
    set_check_limit(month.clerk, name="check.change_percent", limit=10)
    assert found(month, batch, CheckCode.LAST_VILLAGE) == [
        "上溪村上期合计 250.00 元，本期 300.00 元，增 20%。"
    ]
    assert people


def test_who_is_in_another_batch_of_the_period_is_not_gone(month: Month) -> None:
    first, second = month.aged(2, period="2024-05")
    month.create(period="2024-05")
    month.make.enrolment(first, AGED)
    month.create()
    month.make.enrolment(second, AGED)
    assert not found(month, month.create(), CheckCode.LAST_GONE)


def test_land_that_grew(month: Month) -> None:
    month.policy(LAND)
    person = month.make.person()
    for period, quantity in (("2023", 10_000), ("2024", 12_001)):
        month.make.enrolment(person, LAND, target="household", period=period, quantity=quantity)
    sql(month, "UPDATE enrolment SET valid_from = '2023-01-01'")
    create_batch(month.clerk, program=LAND, period="2023")
    batch = month.create(LAND, "2024")
    assert found(month, batch, CheckCode.LAST_QUANTITY) == ["上期 1.00 亩，本期 1.2001 亩，增 20%。"]


def test_amounts_far_above_the_usual(month: Month) -> None:
    month.policy(LOW)
    for place in range(10):
        month.make.enrolment(month.make.person(), LOW, target="household", approved=10_000 + place)
    month.make.enrolment(month.make.person(), LOW, target="household", approved=50_031)
    batch = month.create(LOW)
    (sentence,) = found(month, batch, CheckCode.UNUSUAL)
    assert sentence == "500.31 元，超过本批次中位数 100.05 元的 5 倍。"


def test_a_means_tested_village_where_all_get_the_same(month: Month) -> None:
    month.policy(LOW)
    for _ in range(5):
        month.make.enrolment(month.make.person(), LOW, target="household", approved=30_000)
    month.make.enrolment(month.make.person(village="下溪村"), LOW, target="household", approved=30_000)
    batch = month.create(LOW)
    assert found(month, batch, CheckCode.EQUAL_AMOUNTS) == [
        "上溪村 5 户的金额都是 300.00 元，请核实是否逐户核算。"
    ]


# -- lists and other programs -------------------------------------------------------------------------------


def test_people_on_lists(month: Month) -> None:
    paid, cadre, relative, moved = month.aged(4)
    sql(month, "UPDATE person SET household_id = ? WHERE id = ?", month.make.household_of(cadre), relative)
    listed(month, "payroll", paid, source="县第一中学")
    listed(month, "cadres", cadre)
    listed(month, "relocation", moved)
    batch = month.create()
    name = month.store.value("SELECT name FROM person WHERE id = ?", (cadre,))
    # 高龄津贴 is no relief by the exclusion rules: a retired teacher may have it
    assert found(month, batch, CheckCode.ON_PAYROLL) == []
    assert found(month, batch, CheckCode.CADRE) == ["本人在村干部名单上。", f"同户 {name} 在村干部名单上。"]
    assert found(month, batch, CheckCode.RELOCATED) == ["受益人在搬迁名单上，请核实现住地和享受资格。"]
    month.policy(LOW)
    month.make.enrolment(paid, LOW, target="household", approved=30_000)
    relief = month.create(LOW)
    assert found(month, relief, CheckCode.ON_PAYROLL) == ["受益人在财政供养人员名单上（县第一中学）。"]


@pytest.mark.parametrize(("scope", "warns"), [("person", False), ("household", True)])
def test_the_exclusion_matrix_by_its_scope(month: Month, scope: str, warns: bool) -> None:
    head = month.make.person(birth=OLD)
    son = month.make.person(household=month.make.household_of(head))
    month.make.enrolment(head, AGED)
    month.make.enrolment(son, DISABLED, standing=True)
    batch = month.create()
    assert not found(month, batch, CheckCode.CONFLICT)
    set_conflict(month.clerk, program=AGED, other=DISABLED, mode="择高", scope=scope)
    sentences = found(month, batch, CheckCode.CONFLICT)
    assert bool(sentences) is warns
    if warns:
        assert sentences == ["同一户还有“困难残疾人生活补贴”（长期），按规定择高。"]


def test_exclusion_counts_payments_and_only_shared_months(month: Month) -> None:
    month.policy(LOW)
    person = month.aged(1)[0]
    month.make.enrolment(person, LOW, target="household", period="2024-05", approved=30_000)
    month.create(LOW, "2024-05")
    set_conflict(month.clerk, program=AGED, other=LOW)
    batch = month.create()
    assert not found(month, batch, CheckCode.CONFLICT)
    month.make.enrolment(person, LOW, target="household", period="2024-06", approved=30_000)
    month.create(LOW, "2024-06")
    sql(month, "UPDATE enrolment SET state = 'stopped' WHERE target = 'household'")
    (sentence,) = found(month, batch, CheckCode.CONFLICT)
    assert sentence == "同一人还有“农村居民最低生活保障金”（2024年6月），按规定互斥。"


def test_the_reviewer_who_brought_in_the_roster(month: Month) -> None:
    month.aged(1)
    batch = month.reviewed(month.create())
    store = month.store
    with store.writing():
        sha256 = store.keep_file(b"roster", "glj.xlsx", "import", "2024-06-01")
        run = store.insert(
            "INSERT INTO import_run (kind, file_name, file_sha256, mapping, rows, accepted, rejected, state, operator_id,"
            " business_date) VALUES ('roster', '高龄名册.xlsx', ?, '{}', 1, 1, 0, 'done', ?, '2024-06-01')",
            (sha256, month.reviewer.operator.id),
        )
        store.execute("UPDATE enrolment SET run_id = ?", (run,))
    sentences = found(month, batch, CheckCode.ENTERED_AND_REVIEWED, "approve")
    assert sentences == ["复核人 复核丙 就是导入花名册“高龄名册.xlsx”的人。"]


# -- the sheet ----------------------------------------------------------------------------------------------


def test_a_reissue_is_asked_neither_for_funds_nor_for_last_period(month: Month) -> None:
    month.aged(1)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1])
    again = int(str(reissue_batch(month.clerk, batch_id=batch).answer["batch"]))
    codes = {one.code for one in check_batch(month.store, again, month.clerk.today, "approve").results}
    assert CheckCode.FUNDS_SHORT not in codes
    assert CheckCode.LAST_NEW not in codes
    assert CheckCode.ACCOUNT_MISSING in codes


@pytest.mark.parametrize(
    ("reason", "mended", "warns"),
    [
        ("账户已销户", False, True),
        ("户名不符", False, True),
        ("账户已销户", True, False),
        ("睡眠户", False, False),  # the bank lifts it, the number stays
    ],
)
def test_a_reissue_to_what_the_bank_refused(month: Month, reason: str, mended: bool, warns: bool) -> None:
    month.aged(2)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1], reason=reason)
    if mended:
        sql(
            month,
            "UPDATE account SET number = '6228480402564890018' WHERE person_id = (SELECT payee_id FROM payment WHERE line = 1)",
        )
    again = int(str(reissue_batch(month.clerk, batch_id=batch).answer["batch"]))
    sentences = found(month, again, CheckCode.ACCOUNT_FAILED)
    assert [f"上次因“{reason}”没有发成，" in one for one in sentences] == [True] * warns


def test_what_counts_is_the_name_that_goes_to_the_bank(month: Month) -> None:
    month.aged(2)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1, 2], reason="户名不符")
    payee = "(SELECT payee_id FROM payment WHERE line = {})"
    sql(month, f"UPDATE account SET holder = '真名' WHERE person_id = {payee.format(1)}")
    sql(month, f"UPDATE person SET name = '真名', name_key = '真名' WHERE id = {payee.format(2)}")
    again = int(str(reissue_batch(month.clerk, batch_id=batch).answer["batch"]))
    sheet = check_batch(month.store, again, month.clerk.today, "submit")
    (result,) = [one for one in sheet.results if one.code is CheckCode.ACCOUNT_FAILED]
    assert [row.line for row in result.rows] == [2]


def test_a_settled_batch_is_not_doubled_by_its_own_reissue(month: Month) -> None:
    month.aged(2)
    batch = month.approved(month.create())
    month.answered(batch, failed=[1])
    again = month.approved(int(str(reissue_batch(month.clerk, batch_id=batch).answer["batch"])))
    for one in (batch, again):
        assert found(month, one, CheckCode.TWICE_IN_PERIOD) == []


def test_every_code_has_one_check_and_every_check_a_name() -> None:
    assert [check.code for check in CHECKS] == list(CheckCode)
    assert all(check.name for check in CHECKS)
    assert all(check.advice for check in CHECKS if check.level == "blocker")


def test_limits_are_settings(month: Month) -> None:
    assert check_limits(month.store) == {name: default for name, (default, _) in LIMITS.items()}
    with pytest.raises(NoSuchLimit, match="没有名为“x”的体检设置"):
        set_check_limit(month.clerk, name="x", limit=5)
    with pytest.raises(LimitNotPositive):
        set_check_limit(month.clerk, name="check.change_percent", limit=0)


def test_the_check_writes_nothing(month: Month) -> None:
    month.aged(1)
    batch = month.create()
    before = month.store.value("SELECT total_changes()")
    check_batch(month.store, batch, month.clerk.today, "approve")
    assert month.store.value("SELECT total_changes()") == before
