"""The tables, one file a room: columns and nothing else."""

from models.tables.access import Office, Operator, Setting
from models.tables.archive import Dossier
from models.tables.audit import AuditLine, Seal
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
from models.tables.enrolment import (
    Enrolment,
    EnrolmentQuestion,
    PastPayment,
    SurvivalCertificate,
    Suspension,
    SuspensionEnrolment,
)
from models.tables.files import StoredFile
from models.tables.funds import Allotment, AllotmentChange, Receipt
from models.tables.intake import (
    ColumnMapping,
    ImportBefore,
    ImportFinding,
    ImportProposal,
    ImportRun,
    ImportUnchanged,
)
from models.tables.ledger import Voucher, VoucherLine, VoucherPosting
from models.tables.notices import Holiday, Objection, PublicNotice
from models.tables.programs import Policy, Program, ProgramConflict
from models.tables.registry import (
    Account,
    BankAlias,
    ComparisonEntry,
    ComparisonHit,
    Guardian,
    Household,
    HouseholdEvent,
    HouseholdSpan,
    Person,
    PersonMerge,
    RelationAlias,
    Village,
    VillageAlias,
)
from models.tables.reports import MonthlyReturn, OpeningFigure
from models.tables.returns import BankReturn, ReturnLine

__all__ = [
    "Account",
    "Allotment",
    "AllotmentChange",
    "Attempt",
    "AuditLine",
    "BankAlias",
    "BankFile",
    "BankReturn",
    "Batch",
    "BatchAct",
    "BatchFunding",
    "BatchFundingReturn",
    "BatchTally",
    "CheckSheet",
    "ColumnMapping",
    "ComparisonEntry",
    "ComparisonHit",
    "Dossier",
    "Enrolment",
    "EnrolmentQuestion",
    "Guardian",
    "Holiday",
    "Household",
    "HouseholdEvent",
    "HouseholdSpan",
    "ImportBefore",
    "ImportFinding",
    "ImportProposal",
    "ImportRun",
    "ImportUnchanged",
    "MonthTally",
    "MonthlyReturn",
    "Objection",
    "Office",
    "OpeningFigure",
    "Operator",
    "PastPayment",
    "Payment",
    "Person",
    "PersonMerge",
    "Policy",
    "Program",
    "ProgramConflict",
    "PublicNotice",
    "Receipt",
    "RelationAlias",
    "ReturnLine",
    "Seal",
    "Setting",
    "StoredFile",
    "SurvivalCertificate",
    "Suspension",
    "SuspensionEnrolment",
    "Village",
    "VillageAlias",
    "Voucher",
    "VoucherLine",
    "VoucherPosting",
]
