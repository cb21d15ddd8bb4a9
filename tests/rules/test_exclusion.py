"""The exclusion matrix: both directions, the catalogue's codes, levels of findings."""

import csv
from itertools import combinations
from pathlib import Path

import pytest

from models.domain.exclusion import DEFAULT_CONFLICTS, RELIEF_PROGRAMS, conflict, conflicting, merged

CATALOGUE = Path(__file__).parents[2] / "resources" / "programs.csv"


def codes() -> set[str]:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        return {row["code"] for row in csv.DictReader(file)}


def test_defaults_name_catalogue_programs_once_a_pair_lower_code_first() -> None:
    named = {code for pair in DEFAULT_CONFLICTS for code in pair[:2]}
    assert named <= codes()
    assert codes() >= RELIEF_PROGRAMS
    assert all(pair.program_a < pair.program_b for pair in DEFAULT_CONFLICTS)
    assert len({pair[:2] for pair in DEFAULT_CONFLICTS}) == len(DEFAULT_CONFLICTS)


@pytest.mark.parametrize(
    ("program", "other", "mode"),
    [
        ("2081902", "2082102", "互斥"),
        ("2082102", "2081107", "互斥"),
        ("2082102", "2081108", "互斥"),
        ("2082501", "2081107", "互斥"),
        ("2082501", "2082502", "互斥"),
        ("2081108", "2081002", "择高"),
        ("2100701", "2100705", "择高"),
        ("2080705", "2110401", "互斥"),
    ],
)
def test_the_pairs_of_the_matrix_are_found_from_either_side(program: str, other: str, mode: str) -> None:
    assert conflicting(program, DEFAULT_CONFLICTS)[other].mode == mode
    assert conflicting(other, DEFAULT_CONFLICTS)[program].mode == mode


def test_a_program_outside_the_matrix_excludes_nothing() -> None:
    assert conflicting("2130122", DEFAULT_CONFLICTS) == {}


def test_only_mutual_exclusion_is_an_error() -> None:
    assert [conflict("1", "2", mode).level for mode in ("互斥", "择高", "提示")] == [
        "error",
        "warning",
        "warning",
    ]


def test_an_office_replaces_a_pair_and_adds_others() -> None:
    changed = conflict("2082102", "2081902", "提示", "household")
    added = conflict("2130122", "2110501", "提示", "plot")
    both = merged(DEFAULT_CONFLICTS, [changed, added])
    assert len(both) == len(DEFAULT_CONFLICTS) + 1
    assert conflicting("2081902", both)["2082102"] == changed
    assert all(a < b for a, b in combinations(both, 2))
