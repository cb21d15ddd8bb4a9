"""Money, numbers, dates, IDs and accounts are read from ASCII by strict patterns: what Python's own readers would let pass does not.

`int('1_000')`, `float('nan')`, digits of other scripts: each reader of a cell refuses them, all readers in one test.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk import Desk
from app.enrolment.queries import preview_roster
from app.intake.cells import read_account, read_id, read_past_day
from app.registry.queries import preview_people
from app.registry.steps import take_people
from models.domain.dates import date_from_cell
from models.domain.division import group_number
from models.domain.money import fen_from_cell, fen_from_text
from models.domain.period import read_period
from models.domain.quantity import quantity_from_cell, quantity_from_text, rate_from_cell, rate_from_text
from models.domain.refusal import Refusal, Unreadable
from models.domain.written import ratio_of_cell, ratio_of_text
from tests.app.enrolment.test_roster import LAND, make
from tests.app.intake.test_repairs import ROSTER, roster_row
from tests.builders import Make, id_number
from tests.sheets import codes, workbook

__all__ = ["make"]


class Refused(Exception):
    """The reader did not take it."""


def _refusing(read: Callable[[Any], object]) -> Callable[[str], object]:
    def reader(text: str) -> object:
        try:
            return read(text)
        except Unreadable as refusal:
            raise Refused from refusal

    return reader


def _given(read: Callable[[Any], object | None]) -> Callable[[str], object]:
    def reader(text: str) -> object:
        found = read(text)
        if found is None:
            raise Refused
        return found

    return reader


def _faultless(read: Callable[[object], tuple[str, str | None]]) -> Callable[[str], object]:
    def reader(text: str) -> object:
        found, fault = read(text)
        if fault is not None:
            raise Refused
        return found

    return reader


READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "money in a cell": (_refusing(fen_from_cell), "1234.50"),
    "money as text": (_refusing(fen_from_text), "1,234.50"),
    "quantity in a cell": (_refusing(quantity_from_cell), "1234.5"),
    "quantity as text": (_refusing(quantity_from_text), "3.575"),
    "rate in a cell": (_refusing(rate_from_cell), "100.58"),
    "rate as text": (_refusing(rate_from_text), "100.58"),
    "number in a cell": (_given(ratio_of_cell), "1234"),
    "number as text": (_given(ratio_of_text), "-12.30"),
    "date": (_refusing(date_from_cell), "2024-03-15"),
    "compact date": (_refusing(date_from_cell), "20240315"),
    "date in Chinese": (_refusing(date_from_cell), "2024年3月15日"),
    "past day": (_refusing(read_past_day), "1949-12-31"),
    "serial as text": (_refusing(read_past_day), "20090"),
    "month": (_refusing(lambda cell: read_past_day(cell, month_is_enough=True)), "1949年12月"),
    "group": (_given(group_number), "12组"),
    "period": (_refusing(lambda text: read_period(text, "month")), "2024-06"),
    "resident ID": (_faultless(read_id), "330624195703145103"),
    "account": (_faultless(read_account), "6217000000000000129"),
}
OTHER_SCRIPTS = (
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "๐๑๒๓๔๕๖๗๘๙",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
)


@pytest.mark.parametrize("kind", READERS)
def test_the_sound_text_is_read(kind: str) -> None:
    read, sound = READERS[kind]
    read(sound)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40)
@given(pick=st.data())
def test_digits_of_other_scripts_are_refused(kind: str, pick: st.DataObject) -> None:
    read, sound = READERS[kind]
    places = [place for place, letter in enumerate(sound) if letter in "0123456789"]
    chosen = pick.draw(st.sets(st.sampled_from(places), min_size=1))
    script = pick.draw(st.sampled_from(OTHER_SCRIPTS))
    text = "".join(script[int(letter)] if place in chosen else letter for place, letter in enumerate(sound))
    with pytest.raises(Refused):
        read(text)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40)
@given(pick=st.data())
def test_underscores_and_signs_inside_are_refused(kind: str, pick: st.DataObject) -> None:
    read, sound = READERS[kind]
    place = pick.draw(st.integers(1, len(sound) - 1))
    inside = pick.draw(st.sampled_from(["_", "e", "E", "x", "+", "٫", "−-", "\u0660", "j"]))
    text = sound[:place] + inside + sound[place:]
    with pytest.raises(Refused):
        read(text)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e3",
        "1E+3",
        "0x10",
        "0b1",
        "1_000",
        "½",
        "Ⅷ",
        "三",
        "True",
        "None",
        "",
        " ",
    ],
)
def test_what_python_would_read(kind: str, text: str) -> None:
    if (kind, text) in {("group", "三")}:
        return  # 三 is the third group
    with pytest.raises(Refused):
        READERS[kind][0](text)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=24))
def test_what_is_read_is_ascii_after_the_lossless_clean_up(kind: str, text: str) -> None:
    """Whatever a reader takes has ASCII digits, or full-width ones (and 一二三 in a group's name)."""
    try:
        READERS[kind][0](text)
    except Refused:
        return
    digits = [letter for letter in text if letter.isnumeric() and not re.fullmatch("[0-9０-９]", letter)]
    assert kind == "group" or not digits


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("补贴金额（元）", "٢٥١.٤٥", "amount.not_a_number"),
        ("补贴金额（元）", "2_51.45", "amount.not_a_number"),
        ("补贴金额（元）", "nan", "amount.not_a_number"),
        ("补贴面积（亩）", "２٫5", "quantity.not_a_number"),
        ("补贴面积（亩）", "1e1", "quantity.not_a_number"),
        ("账号", "٦217000000000000129", "account.format"),
        ("身份证号码", "٣30624195501010015", "id.format"),
    ],
)
def test_a_roster_refuses_them(
    desk: Desk, make: Make, tmp_path: Path, heading: str, cell: str, code: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", ("名册", [ROSTER, roster_row(make, **{heading: cell})]))
    assert codes(preview_roster(desk, path=path, program=LAND, period="2024")) == [(2, code)]


# -- names, and the encodings they come in ------------------------------------------------------------------------

PEOPLE = "村,组,姓名,与户主关系,身份证号码\n上溪村,1组,{name},户主,{id_number}\n"
PRIVATE = "张\ue001三"
"""A private character of some county's input method: asked about, never lost."""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("name", "code"),
    [(PRIVATE, "name.odd"), ("王\ue5e5", "name.odd"), ("王𬭩", None), ("龙䶮", None), ("㼆㱔", None)],
)
def test_a_rare_name_keeps_its_characters(
    desk: Desk, tmp_path: Path, encoding: str, name: str, code: str | None
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(PEOPLE.format(name=name, id_number=id_number(1)).encode(encoding))
    with desk.store.trying():
        outcome = take_people(desk, path)
        kept = desk.store.value("SELECT name FROM person")
    assert [found.code for found in outcome.findings] == ([] if code is None else [code])
    assert kept == name
    assert kept.encode("gb18030") == name.encode("gb18030")


def test_bytes_that_are_no_gb18030_are_not_ignored(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    body = (
        PEOPLE.format(name="张\x00\x00三", id_number=id_number(1))
        .encode("gb18030")
        .replace(b"\x00\x00", b"\xff\xfe\xff")
    )
    path.write_bytes(body)
    with pytest.raises(Refusal):
        preview_people(desk, path=path)
