"""One person's account at the counter 换账户: somebody brings a new card or passbook; the old one ends that day."""

from dataclasses import dataclass

from app.desk import Desk
from models.domain.bankaccount import account_fault, clean_account, luhn_fails
from models.domain.masking import mask_account
from models.domain.person_name import clean_name
from models.domain.refusal import Refusal
from models.store.opening import Store


class NobodysAccount(Refusal):
    """No person of that number."""

    form = "没有这个人，可能刚被合并或撤销。请重新查找后再登记账户。"


class AccountUnreadable(Refusal):
    """Not 8 to 32 digits."""

    form = "账号“{written}”不对：应当是 8 到 32 位数字，现在是 {length} 位。请照存折或卡面重新输入。"


class AccountReasonMissing(Refusal):
    """A new account without a reason."""

    form = "登记账户要写明原因，例如“本人换了新存折，原账户已销户”。请填写后重试。"


class AccountSame(Refusal):
    """The number that stands already, with the same bank and holder."""

    form = "“{name}”登记的就是这个账号（{account}），不用再登记。"


class AccountNeedsWord(Refusal):
    """A number that is doubtful, and nobody has said that it is right."""

    form = "账号 {account} {doubt}。请对照原件；确认无误的，加 --checked 再登记。"
    in_window = "账号 {account} {doubt}。请对照原件；确认无误的，请勾选“已对照原件”再登记。"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What came of it: the account that ended, if one did, and what is doubtful about the new one."""

    account_id: int
    name: str
    old: str
    doubt: str


def register_one(
    desk: Desk,
    *,
    person_id: int,
    number: str,
    bank: str,
    holder: str,
    medium: str,
    checked: bool,
    reason: str,
) -> NewAccount:
    """End somebody's account and begin another, inside `writing`; the same number only takes another bank or holder.

    Raises NobodysAccount, AccountUnreadable, AccountReasonMissing, AccountSame, AccountNeedsWord.
    """
    store = desk.store
    row = store.row(
        "SELECT name, household_id FROM person WHERE id = ? AND merged_into IS NULL", (person_id,)
    )
    if row is None:
        raise NobodysAccount
    name, household = row
    cleaned = clean_account(number)
    if account_fault(cleaned) is not None:
        raise AccountUnreadable(written=number.strip(), length=len(cleaned))
    if not reason.strip():
        raise AccountReasonMissing
    doubt = doubt_of(store, cleaned, household, medium)
    if doubt and not checked:
        raise AccountNeedsWord(account=mask_account(cleaned), doubt=doubt)
    held_by = clean_name(holder) if holder.strip() else str(name)
    old = store.row(
        "SELECT id, number, holder, bank, medium, valid_from FROM account WHERE person_id = ? AND valid_to IS NULL",
        (person_id,),
    )
    wanted = (held_by, bank.strip(), medium.strip())
    if old is not None and old[1] == cleaned:
        if old[2:5] == wanted:
            raise AccountSame(name=name, account=mask_account(cleaned))
        store.execute(
            "UPDATE account SET holder = ?, bank = ?, medium = ?, row_digest = NULL, row_run = NULL WHERE id = ?", (*wanted, old[0])
        )  # fmt: skip
        return NewAccount(int(old[0]), str(name), "", doubt)
    if old is not None:
        store.execute("UPDATE account SET valid_to = ? WHERE id = ?", (max(desk.day, old[5]), old[0]))
    account_id = store.insert(
        "INSERT INTO account (person_id, number, holder, bank, medium, valid_from) VALUES (?, ?, ?, ?, ?, ?)",
        (person_id, cleaned, *wanted, desk.day),
    )
    return NewAccount(account_id, str(name), "" if old is None else str(old[1]), doubt)


def doubt_of(store: Store, number: str, household: int, medium: str) -> str:
    """Why somebody should look again at a number: its check digit, or another household that has it; '' for nothing."""
    if "折" not in medium and luhn_fails(number):
        return "没有通过银行卡校验，可能输错了一位"
    other = store.value(
        "SELECT p.name FROM account a JOIN person p ON p.id = a.person_id"
        " WHERE a.number = ? AND a.valid_to IS NULL AND p.household_id <> ? ORDER BY a.id LIMIT 1",
        (number, household),
    )
    return f"已经登记在另一户“{other}”名下" if other else ""
