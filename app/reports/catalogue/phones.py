"""The departments' phones, printed on 明白卡 so that people know whom to ask."""

import json
from typing import Final

from models.domain.refusal import Refusal
from models.store.opening import Store

SETTING: Final = "report.department_phones"


class DepartmentUnknown(Refusal):
    """A department that no program belongs to."""

    form = "没有主管部门“{department}”的补贴项目。请写下列部门之一：{known}。"


class DepartmentPhoneUnusable(Refusal):
    """A number that nobody could call."""

    form = "“{department}”的电话“{phone}”无法使用。请填写 7 至 20 位的电话号码，区号与号码之间可以用“-”分开，例如 0575-86021234。"


def checked_phone(store: Store, department: str, phone: str) -> str:
    """A department's phone as it is kept, "" for none. Raises DepartmentUnknown, DepartmentPhoneUnusable."""
    known = departments(store)
    if department not in known:
        raise DepartmentUnknown(department=department, known="、".join(known))
    phone = phone.strip()
    digits = sum(sign in "0123456789" for sign in phone)
    if phone and (not 7 <= digits <= 20 or set(phone) - set("0123456789-（）() 转")):
        raise DepartmentPhoneUnusable(department=department, phone=phone)
    return phone


def department_phones(store: Store) -> dict[str, str]:
    """Department → phone, of those that somebody set."""
    body = store.value("SELECT body FROM setting WHERE name = ?", (SETTING,))
    return {} if body is None else dict(json.loads(body))


def departments(store: Store) -> list[str]:
    """The departments that the office's programs have."""
    return [
        row[0]
        for row in store.rows(
            "SELECT DISTINCT department FROM program WHERE department <> '' ORDER BY department"
        )
    ]
