"""Hits of comparison lists: exact and near with score and why; confirmed or dismissed once, and nobody's record changes."""

from pathlib import Path
from typing import Any

import pytest

from app.desk import Desk
from app.registry.list_hits import HitDecided, HitReasonMissing, NoSuchHit, find_more, list_hits
from app.registry.use_cases import decide_hit, import_list, import_people, undo_registry_run
from models.domain.idnumber import check_digit
from tests.app.batches.months import AGED
from tests.app.registry.test_merging import FIRST, put
from tests.builders import Make
from tests.faults import each_statement_failing
from tests.sheets import workbook

HEADINGS = ("姓名", "身份证号", "死亡日期", "来源")


def number(first17: str) -> str:
    return first17 + check_digit(first17)


def take(desk: Desk, path: Path, *rows: tuple[str, str]) -> int:
    """A list of the dead; gives its run."""
    sheet = [HEADINGS, *((name, id_number, "2024-02-10", "民政") for name, id_number in rows)]
    done = import_list(desk, path=workbook(path / "list.xlsx", ("名单", sheet)), kind="deaths")
    return int(str(done.answer["run"]))


def shown(desk: Desk, **asked: Any) -> list[tuple[Any, ...]]:
    return [(hit["person"], hit["how"], hit["score"]) for hit in list_hits(desk.store, **asked)]


def test_hits_have_a_score_and_say_why(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    one, other = put(make, "张晓明", FIRST), put(make, "李大海", "33062419600202002")
    make.enrolment(one, AGED)
    wrong = number(FIRST)[:-1] + ("0" if number(FIRST)[-1] != "0" else "1")
    take(
        desk,
        tmp_path,
        ("李大海", number("33062419600202002")),
        ("张小明", wrong),
        ("王五", number("33062419990101001")),
    )
    assert shown(desk) == [(other, "exact", 100), (one, "one_digit", 85)]
    near = list_hits(desk.store, near=True)[0]
    assert near["why"] == "身份证号只差一位，姓名读音相同"
    assert near["enrolments"] == [{"program": AGED, "program_name": "高龄津贴", "period": "2024-06"}]
    assert near["periods_paid_since"] == []
    assert shown(desk, near=False) == [(other, "exact", 100)]
    assert shown(desk, kind="cadres") == []


def test_looser_near_hits_are_added(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    one = put(make, "张晓明", FIRST)
    namesake = put(make, "赵铁柱", "33062419700101001")
    elder = put(make, "钱多多", "33062419300101001")
    run = take(
        desk, tmp_path,
        ("章小明", number("33062419550102001")),  # another day, a name that sounds so
        ("赵铁柱", number("33062419700909777")),
        ("钱多多", number("33062419990909777")),
    )  # fmt: skip
    with desk.store.writing():
        desk.store.execute("DELETE FROM comparison_hit")
        desk.store.execute("UPDATE comparison_entry SET village_id = ?", (make.village(),))
        assert find_more(desk.store, run) == 3
        assert find_more(desk.store, run) == 0
    assert shown(desk) == [
        (one, "alike", 88),
        (namesake, "name_and_village", 75),
        (elder, "name_and_village", 50),
    ]


def test_a_decision_is_kept_and_changes_nobody(desk: Desk, tmp_path: Path) -> None:
    make = Make(desk)
    person = put(make, "张晓明", FIRST)
    take(desk, tmp_path, ("张晓明", number(FIRST)))
    entry = int(str(list_hits(desk.store)[0]["entry"]))
    people = desk.store.rows("SELECT * FROM person")
    with pytest.raises(HitReasonMissing):
        decide_hit(desk, entry=entry, person=person, decision="confirmed", reason=" ")
    with pytest.raises(NoSuchHit):
        decide_hit(desk, entry=entry, person=person + 1, decision="confirmed", reason="核对")
    decide_hit(desk, entry=entry, person=person, decision="dismissed", reason="同名同号系录入错误，本人健在")
    with pytest.raises(HitDecided) as refused:
        decide_hit(desk, entry=entry, person=person, decision="confirmed", reason="核对")
    assert "排除" in refused.value.sentence
    assert list_hits(desk.store) == []
    kept = list_hits(desk.store, state="dismissed")[0]
    assert (kept["reason"], kept["decided_by"], kept["decided_on"]) == (
        "同名同号系录入错误，本人健在",
        "经办甲",
        "2024-06-03",
    )
    assert desk.store.rows("SELECT * FROM person") == people


def test_an_undone_list_hits_nobody(desk: Desk, tmp_path: Path) -> None:
    put(Make(desk), "张晓明", FIRST)
    run = take(desk, tmp_path, ("张晓明", number(FIRST)))
    undo_registry_run(desk, run_id=run)
    assert list_hits(desk.store, state="") == []


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    person = put(Make(desk), "张晓明", FIRST)
    take(desk, tmp_path, ("张晓明", number(FIRST)))
    entry = int(str(list_hits(desk.store)[0]["entry"]))
    each_statement_failing(
        desk.store, lambda: decide_hit(desk, entry=entry, person=person, decision="confirmed", reason="核对")
    )


def test_who_comes_after_the_list_is_hit_too(desk: Desk, tmp_path: Path) -> None:
    id_number = number("33062419600202002")
    take(desk, tmp_path, ("李大海", id_number))
    rows = [("村", "户编号", "姓名", "与户主关系", "身份证号"), ("上溪村", "1", "李大海", "户主", id_number)]
    done = import_people(desk, path=workbook(tmp_path / "people.xlsx", ("底册", rows)))
    person = desk.store.value("SELECT id FROM person WHERE id_number = ?", (id_number,))
    assert shown(desk) == [(person, "exact", 100)]
    # what met by itself does not stand in the way
    undo_registry_run(desk, run_id=int(str(done.answer["run"])))
    assert shown(desk) == []
