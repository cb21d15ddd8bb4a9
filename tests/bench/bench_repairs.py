"""The number-damage doctor against a county's people, and a large workbook that comes again mended."""

from app.intake.repairs import Candidate, Doubt, Proposal, find_proposals
from app.registry.use_cases import import_people
from tests.bench.bench_people import _insert_bare
from tests.bench.measuring import WORKBOOKS, Measured, bench, empty_office, timed
from tests.bench.townships import people, write_people

COUNTY = 420_000
DAMAGED = 30_000


def _doubt(place: int, row: tuple[object, ...]) -> Doubt:
    """One of the county's people under a damaged number: lost digits, a wrong digit, a letter, a missing one."""
    number = str(row[7])
    cell: object
    if place % 4 == 0 and number.isdigit():
        cell, code = float(number[:15] + "000"), "id.precision_lost"
    elif place % 4 == 1:
        cell, code = number[:9] + str((int(number[9]) + 1) % 10) + number[10:], "id.checksum"
    elif place % 4 == 2:
        cell, code = number.replace("1", "l", 1), "id.format"
    else:
        cell, code = number[:8] + number[9:], "id.length"
    return Doubt("底册", place, "id_number", "身份证号码", cell, code, str(row[4]), None)


def _nobody(person: Candidate) -> bool:
    return person.person_id < 0


@bench("proposals for 30,000 damaged IDs among 420,000", "large")
def proposals() -> Measured:
    """Every damaged number is somebody's; the floor is one pass over the registry's rows."""
    with empty_office() as desk:
        _insert_bare(desk, COUNTY)
        chosen = (row for row in people(COUNTY) if int(str(row[0])) % 14 == 1)
        doubts = [_doubt(place, row) for place, row in enumerate(chosen)][:DAMAGED]
        found: list[Proposal] = []
        ours = timed(lambda: found.extend(find_proposals(desk.store, 0, doubts, _nobody)))
        floor = timed(
            lambda: sum(1 for _ in desk.store.each("SELECT id_number, name_key, household_id FROM person"))
        )
    return Measured(
        ours,
        floor,
        "one pass over the registry's rows",
        notes={"asked": len(doubts), "proposed": len(found)},
    )


@bench("a mended workbook, 30,000 rows, 300 of them changed")
def mended() -> Measured:
    """The second import of a workbook beside its first one: unchanged rows are checked and not written."""
    first = write_people(WORKBOOKS / "people-30000.xlsx", 30_000)
    second = write_people(WORKBOOKS / "people-30000-mended.xlsx", 30_000, changed_each=100)
    answers = []
    with empty_office() as desk:
        floor = timed(lambda: import_people(desk, path=first))
        ours = timed(lambda: answers.append(import_people(desk, path=second).answer))
    return Measured(
        ours,
        floor,
        "the first import of the workbook",
        notes={"unchanged": int(str(answers[0]["unchanged"]))},
    )
