"""The tables, one file a room: columns and nothing else."""

from models.tables.access import Office, Operator, Setting
from models.tables.archive import Dossier
from models.tables.audit import AuditLine
from models.tables.bankfiles import Attempt, BankFile
from models.tables.batches import (
    Batch,
    BatchAct,
    BatchFunding,
    BatchFundingReturn,
    BatchTally,
    CheckSheet,
    MonthTally,
    Payment,
)
from models.tables.enrolment import Enrolment
from models.tables.files import StoredFile
from models.tables.funds import AccountEntry, Allotment, AllotmentChange, Receipt
from models.tables.intake import ImportBefore, ImportFinding, ImportRun
from models.tables.ledger import Voucher, VoucherLine, VoucherPosting
from models.tables.notices import Holiday, Objection, PublicNotice
from models.tables.programs import Policy, Program, ProgramConflict
from models.tables.registry import (
    Account,
    ComparisonEntry,
    ComparisonHit,
    Guardian,
    Household,
    Person,
    Village,
    VillageAlias,
)
from models.tables.reports import MonthlyReturn, OpeningFigure
from models.tables.returns import BankReturn, ReturnLine

__all__ = [
    "Account",
    "AccountEntry",
    "Allotment",
    "AllotmentChange",
    "Attempt",
    "AuditLine",
    "BankFile",
    "BankReturn",
    "Batch",
    "BatchAct",
    "BatchFunding",
    "BatchFundingReturn",
    "BatchTally",
    "CheckSheet",
    "ComparisonEntry",
    "ComparisonHit",
    "Dossier",
    "Enrolment",
    "Guardian",
    "Holiday",
    "Household",
    "ImportBefore",
    "ImportFinding",
    "ImportRun",
    "MonthTally",
    "MonthlyReturn",
    "Objection",
    "Office",
    "OpeningFigure",
    "Operator",
    "Payment",
    "Person",
    "Policy",
    "Program",
    "ProgramConflict",
    "PublicNotice",
    "Receipt",
    "ReturnLine",
    "Setting",
    "StoredFile",
    "Village",
    "VillageAlias",
    "Voucher",
    "VoucherLine",
    "VoucherPosting",
]
