"""换账户 at the counter: the old account ends, a doubtful number needs a look at the original, nothing else moves."""

import pytest

from app.desk import Desk
from app.doctor import check_up
from app.registry.one_account import AccountNeedsWord, AccountReasonMissing, AccountSame, AccountUnreadable
from app.registry.use_cases import register_account
from tests.builders import Make, card_number

WHY = "本人换了新存折"


def accounts(desk: Desk, person: int) -> list[tuple[object, ...]]:
    return desk.store.rows(
        "SELECT number, bank, holder, valid_from, valid_to FROM account WHERE person_id = ? ORDER BY id",
        (person,),
    )


def test_a_first_account_then_another_then_only_its_bank(desk: Desk) -> None:
    person = Make(desk).person("郑小满", account=None)
    register_account(desk, person_id=person, number=f" {card_number(900)} ", bank="农行", reason=WHY)
    assert accounts(desk, person) == [(card_number(900), "农行", "郑小满", desk.day, None)]
    register_account(
        desk, person_id=person, number=card_number(901), bank="农行", holder="郑 小满", reason=WHY
    )
    assert accounts(desk, person) == [
        (card_number(900), "农行", "郑小满", desk.day, desk.day),
        (card_number(901), "农行", "郑 小满", desk.day, None),
    ]
    register_account(desk, person_id=person, number=card_number(901), bank="工行", reason=WHY)
    assert accounts(desk, person)[1][1] == "工行"
    with pytest.raises(AccountSame):
        register_account(desk, person_id=person, number=card_number(901), bank="工行", reason=WHY)
    assert len(accounts(desk, person)) == 2
    assert check_up(desk.store) == []


@pytest.mark.parametrize("number", ["1234567", "62284800000000000x", "", "9" * 33])
def test_what_is_no_number_is_refused(desk: Desk, number: str) -> None:
    person = Make(desk).person(account=None)
    with pytest.raises(AccountUnreadable):
        register_account(desk, person_id=person, number=number, reason=WHY)
    with pytest.raises(AccountReasonMissing):
        register_account(desk, person_id=person, number=card_number(3), reason="  ")
    assert accounts(desk, person) == []


def test_a_doubtful_number_needs_the_original(desk: Desk) -> None:
    make = Make(desk)
    one, other = make.person(account=card_number(77)), make.person(account=None)
    wrong = card_number(78)[:-1] + str((int(card_number(78)[-1]) + 1) % 10)
    for number in (wrong, card_number(77)):
        with pytest.raises(AccountNeedsWord) as no:
            register_account(desk, person_id=other, number=number, reason=WHY)
        assert number not in no.value.sentence
    assert accounts(desk, other) == []
    register_account(desk, person_id=other, number=wrong, medium="存折", reason=WHY)
    done = register_account(desk, person_id=other, number=card_number(77), checked=True, reason=WHY)
    assert "另一户" in str(done.answer["doubt"])
    assert accounts(desk, one)[0][0] == card_number(77)


def test_the_trail_keeps_no_number_whole(desk: Desk) -> None:
    person = Make(desk).person(account=card_number(55))
    register_account(desk, person_id=person, number=card_number(56), reason=WHY)
    said = str(desk.store.row("SELECT * FROM audit_line ORDER BY seq DESC LIMIT 1"))
    assert WHY in said
    assert card_number(55) not in said
    assert card_number(56) not in said
