"""The counter: one's own card by ID and account tail, nobody else's, nothing whole, nothing undecided."""

from datetime import date
from pathlib import Path

import pytest

from app.bankfiles.queries import write_bank_files
from app.bankfiles.use_cases import make_bank_files
from app.counter.queries import OwnCard, own_card
from app.demo_bank import answer_bank_file
from app.desk import Desk
from app.programs.use_cases import add_policies
from app.returns.use_cases import post_return
from models.domain.buckets import Bucket
from tests.app.bankfiles.batches import LAND, a_batch, a_policy
from tests.builders import Make
from tests.conftest import seat

DAY = "2024-06-20"


def card_of(desk: Desk, person: int, tail: str = "", day: str = DAY) -> OwnCard | None:
    number = Make(desk).id_number_of(person)
    account = desk.store.value(
        "SELECT number FROM account WHERE person_id = ? AND valid_to IS NULL", (person,)
    )
    return own_card(desk.store, number, tail or str(account or "")[-4:], day)


def test_one_sees_ones_own_payments_masked_and_in_plain_words(admin: Desk, tmp_path: Path) -> None:
    make = Make(admin)
    people = [make.person("章一平"), make.person("何小二")]
    batch = a_batch(make, people, fen=[12_345, 20_000])
    clerk = seat(admin, "经办甲", date(2024, 6, 10))
    assert [one.said for one in card_of(admin, people[0]).payments] == ["正在办理"]  # type: ignore[union-attr]
    make_bank_files(clerk, batch_id=batch, profile="rural_bank")
    assert card_of(admin, people[0]).payments[0].said == "已送银行，等待到账"  # type: ignore[union-attr]
    path = write_bank_files(clerk.store, batch_id=batch, folder=tmp_path)[0]
    answer = answer_bank_file(
        path, tmp_path / "回" / path.name, profile="rural_bank", failures={2: "账户为睡眠户"}
    )
    post_return(clerk, path=answer)
    first, second = card_of(admin, people[0]), card_of(admin, people[1])
    assert first is not None
    assert second is not None
    assert (first.name, first.paid_fen) == ("章**", 12_345)
    assert first.payments[0].bucket is Bucket.PAID
    assert first.payments[0].day == "2024-06-10"
    assert second.paid_fen == 0
    assert second.payments[0].advice == "原因：睡眠户。请您带证件到银行激活账户，激活后补发。"
    shown = repr(first) + repr(second)
    for (number,) in admin.store.rows("SELECT id_number FROM person UNION SELECT number FROM account"):
        assert number not in shown


@pytest.mark.parametrize("tail", ["0000", "", "12", "12345", "abcd", "％％％％"])
def test_another_tail_shows_nothing(admin: Desk, tail: str) -> None:
    person = Make(admin).person()
    number = Make(admin).id_number_of(person)
    assert own_card(admin.store, number, tail, DAY) is None


def test_nobody_and_somebody_elses_account_look_alike(admin: Desk) -> None:
    make = Make(admin)
    one, other = make.person(account="622848000000000007"), make.person(account="6217000000000000129")
    assert own_card(admin.store, make.id_number_of(one), "0129", DAY) is None
    assert own_card(admin.store, "110105194912310021", "0129", DAY) is None
    assert own_card(admin.store, make.id_number_of(other), "0129", DAY) is not None


def test_a_small_x_and_blanks_are_the_same_id(admin: Desk) -> None:
    make = Make(admin)
    person = make.person(account="6217000000000000129")
    with admin.store.writing():
        admin.store.execute("UPDATE person SET id_number = '11010519491231002X' WHERE id = ?", (person,))
    assert own_card(admin.store, " 11010519491231002x ", "0129", DAY) is not None


def test_what_is_still_at_the_desks_is_not_shown(admin: Desk) -> None:
    make = Make(admin)
    person = make.person()
    a_batch(make, [person], state="submitted")
    card = card_of(admin, person)
    assert card is not None
    assert card.payments == []


def test_a_member_without_an_account_uses_the_one_their_money_went_to(admin: Desk) -> None:
    make = Make(admin)
    person = make.person(account="6217000000000000129")
    a_batch(make, [person])
    with admin.store.writing():
        admin.store.execute("UPDATE account SET valid_to = '2024-06-01' WHERE person_id = ?", (person,))
    assert own_card(admin.store, make.id_number_of(person), "0129", DAY) is not None


def test_entitlements_name_standard_and_document(admin: Desk) -> None:
    make = Make(admin)
    person = make.person()
    a_policy(admin, LAND)
    make.enrolment(person, LAND, target="household", period="2024", fen=25_145, quantity=25_000)
    card = card_of(admin, person)
    assert card is not None
    (one,) = card.entitlements
    assert (one.term, one.fen, one.standard, one.document) == (
        "2024年",
        25_145,
        "100.58 元/亩",
        "新农〔2024〕3号",
    )
    assert card_of(admin, person, day="2026-01-05").entitlements == []  # type: ignore[union-attr]


def test_an_entitlement_without_a_policy_is_shown_all_the_same(admin: Desk) -> None:
    make = Make(admin)
    person = make.person()
    make.enrolment(person, LAND, standing=True)
    add_policies(seat(admin, "经办甲"), source_name="政策", tables=[
        {"program": LAND, "document": "新农〔2030〕3号", "from": "2030-01-01", "frequency": "year", "target": "household",
         "family": "per_unit", "unit": "亩", "rate": "100"},
    ])  # fmt: skip
    card = card_of(admin, person)
    assert card is not None
    assert card.entitlements[0].term == "2024-01-01 起，长期"
    assert card.entitlements[0].document == ""
