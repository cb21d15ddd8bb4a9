"""What the tests of batches share."""

import pytest

from app.desk import Desk
from tests.app.batches.months import Month


@pytest.fixture
def month(admin: Desk) -> Month:
    """An office with the policy of 高龄津贴 and 10,000 yuan for it."""
    month = Month(admin)
    month.policy()
    month.fund()
    return month
