"""Near matches: a township's 30,000 people against a county's 420,000, and the county's duplicates."""

from app.registry.near_people import near_pairs, near_people
from models.domain.idnumber import check_digit
from models.domain.sameness import Identity
from tests.bench.bench_people import _insert_bare
from tests.bench.measuring import Measured, bench, empty_office, timed
from tests.bench.townships import people

COUNTY = 420_000
ASKED = 30_000


def slipped(row: tuple[object, ...], place: int) -> Identity:
    """One of the county's people as another list has them: a slip in the ID, in the name, or nothing wrong at all."""
    number, name, birth = str(row[7]), str(row[4]), str(row[8])
    if place % 3 == 0:  # another day of birth, with the check digit that belongs to it
        first = number[:13] + str((int(number[13]) + 1) % 10) + number[14:17]
        number, birth = first + check_digit(first), f"{first[6:10]}-{first[10:12]}-{first[12:14]}"
    elif place % 3 == 1:
        name = name[0] + "晓" + name[-1]
    return Identity(place, number, name, birth)


@bench("near match, 30,000 against 420,000", "large")
def near() -> Measured:
    """Every asked person is there under a slip; the floor is reading the registry's rows once."""
    with empty_office() as desk:
        _insert_bare(desk, COUNTY)
        asked = [
            slipped(row, place)
            for place, row in enumerate(row for row in people(COUNTY) if int(str(row[0])) % 14 == 1)
        ][:ASKED]
        found: list[int] = []
        ours = timed(lambda: found.extend(pair.one for pair in near_people(desk.store, asked)))
        floor = timed(
            lambda: sum(1 for _ in desk.store.each("SELECT id_number, name_key, birth FROM person"))
        )
    return Measured(
        ours,
        floor,
        "one pass over the registry's rows",
        notes={"asked": len(asked), "found": len(set(found))},
    )


@bench("duplicates among 420,000 people", "large")
def duplicates() -> Measured:
    """The whole registry against itself."""
    with empty_office() as desk:
        _insert_bare(desk, COUNTY)
        pairs: list[object] = []
        ours = timed(lambda: pairs.extend(near_pairs(desk.store)))
        floor = timed(
            lambda: sum(1 for _ in desk.store.each("SELECT id_number, name_key, birth FROM person"))
        )
    return Measured(ours, floor, "one pass over the registry's rows", notes={"pairs": len(pairs)})
