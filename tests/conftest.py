"""What all tests share: cheap keys, an empty office, desks for its people."""

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.access.queries import sit_down
from app.access.use_cases import add_operator
from app.desk import Desk
from app.founding import found_office
from models.domain.permission import Post
from models.store.keyslots import KdfCost

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")

CHEAP = KdfCost(memory_kib=64, passes=1, lanes=1)
"""A key derivation that costs nothing; one test uses the real one."""

NOW = datetime(2024, 6, 3, 9, 0, 0)
PASSWORD = "云溪-2024"
VILLAGES = ("上溪村", "下溪村", "石门村")
SAMPLES = Path(__file__).parent / "samples"

PEOPLE = {
    "经办甲": [Post.CLERK],
    "经办乙": [Post.CLERK],
    "复核丙": [Post.REVIEWER],
    "审批丁": [Post.APPROVER],
    "审计戊": [Post.AUDITOR],
}


def found(
    folder: Path,
    villages: tuple[str, ...] = VILLAGES,
    people: Mapping[str, list[Post]] = PEOPLE,
    password: str = PASSWORD,
) -> Desk:
    """A new office in `folder` with one operator a post; gives the administrator's desk."""
    founded = found_office(
        folder, township="云溪镇", code="330624199", villages=villages, password=password, now=NOW, cost=CHEAP
    )
    for name, posts in people.items():
        add_operator(founded.desk, name=name, posts=posts, password=password)
    return founded.desk


def seat(desk: Desk, name: str, day: date | None = None) -> Desk:
    """The same office with another operator at the desk, on `day`."""
    return sit_down(desk.store, name, NOW, day or NOW.date())


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Desk]:
    """The administrator of an empty office of three villages."""
    desk = found(tmp_path / "office")
    yield desk
    desk.store.close()


@pytest.fixture
def desk(admin: Desk) -> Desk:
    """The clerk."""
    return seat(admin, "经办甲")


@pytest.fixture
def reviewer(admin: Desk) -> Desk:
    """The reviewer."""
    return seat(admin, "复核丙")


@pytest.fixture
def approver(admin: Desk) -> Desk:
    """The approver."""
    return seat(admin, "审批丁")
