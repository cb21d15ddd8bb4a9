"""Remembered words of banks and relations."""

import pytest

from app.desk import Desk
from app.registry.aliases import AliasEmpty, Aliases, AliasStandsAlready, aliases
from app.registry.use_cases import name_alias


def test_a_word_is_remembered_in_every_spelling(desk: Desk) -> None:
    name_alias(desk, kind="bank", alias="农 商行", name="新昌农商银行")
    banks = Aliases(desk.store, "bank")
    assert banks.meant("农商行") == "新昌农商银行"
    assert banks.meant(" 农商 行") == "新昌农商银行"
    assert banks.meant("工商银行") == "工商银行"
    assert Aliases(desk.store, "relation").meant("农商行") == "农商行"
    assert aliases(desk.store, "bank") == [("农商行", "新昌农商银行")]


def test_a_word_does_not_change_its_meaning_in_silence(desk: Desk) -> None:
    name_alias(desk, kind="relation", alias="老婆", name="配偶")
    name_alias(desk, kind="relation", alias="老婆", name="配偶")
    with pytest.raises(AliasStandsAlready):
        name_alias(desk, kind="relation", alias="老婆", name="妻")
    name_alias(desk, kind="relation", alias="老婆", name="妻", again=True)
    assert aliases(desk.store, "relation") == [("老婆", "妻")]
    with pytest.raises(AliasEmpty):
        name_alias(desk, kind="relation", alias=" ", name="妻")
