"""登记账户: one person's new card or passbook at the counter; a doubtful number asks for a look at the original."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.changes import Changes
from app.desk import Desk
from app.registry.use_cases import register_account
from models.domain.masking import mask_account
from ui.theme import Tone
from ui.widgets.asking import Asked, Question

if TYPE_CHECKING:
    from ui.screens.registry.screen import RegistryScreen

_MEDIA = [("", "没有注明"), ("社保卡", "社保卡"), ("银行卡", "银行卡"), ("存折", "存折")]


def ask_account(screen: "RegistryScreen", person: int) -> Question:
    """Ask for the number, the bank and the reason."""
    store = screen.office.store
    name = str(store.value("SELECT name FROM person WHERE id = ?", (person,)))
    now = store.row(
        "SELECT number, bank, medium FROM account WHERE person_id = ? AND valid_to IS NULL", (person,)
    )
    banks = [
        row[0]
        for row in store.rows(
            "SELECT bank FROM account WHERE bank <> '' GROUP BY bank ORDER BY count(*) DESC LIMIT 1"
        )
    ]

    def work(desk: Desk, given: Mapping[str, str]) -> Changes:
        return register_account(
            desk, person_id=person, number=given["number"], bank=given["bank"], holder=given["holder"],
            medium=given["medium"], checked=given["checked"] == "yes", reason=given["reason"],
        )  # fmt: skip

    def said(done: Changes) -> str:
        old = "原账户今天停用，" if done.answer["changed"] else ""
        return f"{name} 的账户已登记。{old}以后编制的批次发到新账户；已经报盘的不受影响。"

    stands = (
        f"现在登记的是 {mask_account(now[0])}{f'（{now[1]}）' if now[1] else ''}。"
        if now
        else "还没有登记账户。"
    )
    return screen.ask(
        f"登记账户：{name}",
        "登记",
        [
            Asked("number", "账号(&A)", "code", hint="照存折或卡面输入，可以扫码", needed=True),
            Asked("bank", "开户银行(&B)", value=str(now[1] if now and now[1] else banks[0] if banks else "")),
            Asked(
                "medium", "介质(&M)", "choice", str(now[2]) if now and now[2] in dict(_MEDIA) else "", _MEDIA
            ),
            Asked("holder", "户名(&H)", value=name, needed=True),
            Asked("checked", "核对", "ticks", choices=[("yes", "已对照原件")]),
            Asked("reason", "原因(&R)", hint="例如：本人换了新存折，原账户已销户", needed=True),
        ],
        work,
        said,
        words=stands,
        tone=lambda done: Tone.WARN if done.answer["doubt"] else Tone.GOOD,
    )
