"""How long the archive must be kept (保管期限, DOMAIN §11): minimum years from 1 January after the year."""

from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple


class Retention(NamedTuple):
    """A kind of archive: its Chinese name and its years, None for 永久 (for ever)."""

    label: str
    years: int | None


RETENTION: Final = MappingProxyType(
    {
        "voucher": Retention("会计凭证", 30),
        "general_ledger": Retention("总账", 30),
        "detail_ledger": Retention("明细账", 30),
        "periodic_report": Retention("月、季度财务报告", 10),
        "bank_statement": Retention("银行对账单", 10),
        "bank_reconciliation": Retention("银行存款余额调节表", 10),
        "annual_accounts": Retention("年度决算", None),
        "transfer_list": Retention("会计档案移交清册", 30),
        "custody_list": Retention("会计档案保管清册", None),
        "destruction_list": Retention("会计档案销毁清册", None),
        "subordinate_return": Retention("下级报送报表", 2),
    }
)


def destroyable_on(year: int, years: int | None) -> date | None:
    """Give the first day on which papers of `year` may be destroyed, None for never (2024, 30 → 2055-01-01).

    The years count from 1 January after the year. Unsettled matters are never destroyed, whatever this day
    says.
    """
    return None if years is None else date(year + years + 1, 1, 1)


def retention_code(years: int | None) -> str:
    """Give the code of a retention in archive codes: D30 for 30 years, Y for 永久."""
    return "Y" if years is None else f"D{years}"
