"""Founding an office 新建办公点: its folder, its first administrator, the catalogue and the calendar it starts with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.access.queries import sit_down
from app.changes import changes
from app.desk import Desk, write_audit_line
from app.notices.steps import seed_holidays
from app.programs.steps import seed_catalogue, seed_conflicts
from app.registry.villages import add_village
from models.domain.permission import Permission, Post
from models.domain.refusal import Refusal
from models.store.keyslots import FULL_COST, KdfCost
from models.store.opening import create_office, discard_office

FIRST_OPERATOR = "admin"


class TownshipMissing(Refusal):
    """An office needs a name that goes on its papers."""

    form = "没有填写乡镇名称。请填写将印在公示和报表上的全称，例如“云溪镇”。"


class TownshipCodeWrong(Refusal):
    """The division code is not 6, 9 or 12 digits."""

    form = "行政区划代码“{code}”不对，应为 6、9 或 12 位数字。请核对后重填。"


@dataclass(frozen=True)
class Founded:
    """A new office: the administrator's desk and the recovery code to print and keep."""

    desk: Desk
    recovery_code: str


def found_office(
    folder: Path,
    *,
    township: str,
    code: str,
    villages: Sequence[str],
    password: str,
    now: datetime,
    cost: KdfCost = FULL_COST,
    is_sample: bool = False,
) -> Founded:
    """Make an office in `folder` with its administrator `admin`, the 55 catalogue programs, exclusions and holidays.

    Raises TownshipMissing, TownshipCodeWrong, VillageNameMissing, OfficeExists, PasswordTooShort; on any fault the folder is left without
    an office.
    """
    if not township.strip():
        raise TownshipMissing
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)):
        raise TownshipCodeWrong(code=code)
    store, recovery_code = create_office(folder, FIRST_OPERATOR, password, cost, now)
    try:
        with store.writing():
            at = now.isoformat(sep=" ", timespec="seconds")
            store.execute(
                "INSERT INTO office (id, township, code, is_sample, created_at) VALUES (1, ?, ?, ?, ?)",
                (township.strip(), code, int(is_sample), at),
            )
            store.execute(
                "INSERT INTO operator (name, posts, created_at) VALUES (?, ?, ?)",
                (FIRST_OPERATOR, Post.ADMIN.value, at),
            )
            seed_catalogue(store)
            seed_conflicts(store)
            seed_holidays(store)
            for village in villages:
                add_village(store, village)
            desk = sit_down(store, FIRST_OPERATOR, now)
            founded = changes(subject=f"office {township}", counts={"villages": len(villages)})
            write_audit_line(desk, "office.found", desk.require(Permission.MANAGE_OPERATORS), founded)
    except BaseException:  # a cancel too: half an office never stays
        discard_office(store)
        raise
    return Founded(desk, recovery_code)
