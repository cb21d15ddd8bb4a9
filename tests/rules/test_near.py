"""One slip of the pen: exactly the texts at distance one."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from models.domain.near import one_slip_away

DIGITS = "0123456789X"
ID = "330624195810179114"
SLIPS = [ID[:3] + ID[4] + ID[3] + ID[5:], ID[:-1], ID + "0", ID[:5] + "X" + ID[6:], ID[:7] + "00" + ID[9:]]


@given(st.one_of(st.text(DIGITS, min_size=15, max_size=20), st.sampled_from(SLIPS)))
def test_a_text_is_one_slip_away_when_its_distance_is_one(other: str) -> None:
    assert (other in one_slip_away(ID)) == (OSA.distance(other, ID) == 1)


@given(st.text(DIGITS, min_size=1, max_size=20))
def test_every_slip_is_at_distance_one(number: str) -> None:
    assert {OSA.distance(slip, number) for slip in one_slip_away(number)} == {1}
