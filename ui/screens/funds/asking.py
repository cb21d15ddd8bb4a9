"""What the money screen asks: allotments, receipts, changes, the special account. Amounts are yuan as the document has them."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from app.changes import Changes
from app.desk import Desk
from app.funds.queries import AllotmentView, allotments
from app.funds.use_cases import (
    add_allotment,
    add_charge,
    add_interest,
    add_receipt,
    adjust_allotment,
    carry_allotment_over,
    cut_allotment,
    hand_to_treasury,
    open_allotment,
    open_treasury,
    reverse_receipt,
    withdraw_allotment,
)
from app.programs.queries import programs
from app.programs.steps import LEVELS
from models.domain.dates import date_from_cell
from models.domain.money import Fen, fen_from_text, yuan_text
from models.store.opening import Store
from ui.routes import Place, Room
from ui.screens.screen import Screen
from ui.theme import Tone
from ui.widgets.asking import Asked, Question

Values = Mapping[str, str]
AccountAct = Callable[..., Changes]

ACCOUNT_ACTS: Mapping[str, tuple[str, str, AccountAct]] = {
    "interest": ("登记利息", "银行结息单上的金额，记入应缴财政款。", add_interest),
    "charge": ("登记手续费", "银行扣的手续费，从应缴财政款里减。", add_charge),
    "treasury": ("上缴财政", "把应缴财政款交回财政。", hand_to_treasury),
    "opening": ("应缴财政款期初", "启用时专户里属于财政的钱：以前的利息和退回款。", open_treasury),
}


def _figure(done: Changes, name: str) -> str:
    return yuan_text(Fen(cast(int, done.answer[name])))


def _standing(act: str) -> Callable[[Changes], str]:
    def said(done: Changes) -> str:
        return (
            f"{act}：{done.answer['document']}，指标 {_figure(done, 'allotted_fen')} 元，到账 {_figure(done, 'received_fen')} 元，"
            f"已用 {_figure(done, 'used_fen')} 元，可用 {_figure(done, 'available_fen')} 元。"
        )

    return said


def _of_new(screen: Screen, act: str) -> Callable[[Changes], str]:
    """Stand on the new allotment: what is received next is meant for it."""

    def said(done: Changes) -> str:
        screen.open_at(Place(Room.FUNDS, id=cast(int, done.answer["allotment"])))
        return _standing(act)(done)

    return said


def _what(screen: Screen) -> list[Asked]:
    """The fields that name a new allotment."""
    store = screen.office.store
    known = [(one.code, f"{one.name}（{one.code}）") for one in programs(store)]
    return [
        Asked("program", "补贴项目(&P)", "choice", choices=known, needed=True),
        Asked("document", "文号(&W)", hint="浙财农〔2024〕12号", needed=True),
        Asked("level", "资金级次(&J)", "choice", value="县", choices=[*((one, one) for one in LEVELS), ("", "未注明")]),
        Asked("issued_on", "下达日期(&D)", "day", value=screen.office.today.isoformat()),
    ]  # fmt: skip


def ask_allotment(screen: Screen) -> Question:
    """Enter an allotment by hand."""

    def work(desk: Desk, values: Values) -> Changes:
        return add_allotment(
            desk,
            program=values["program"],
            document=values["document"],
            fen=fen_from_text(values["yuan"]),
            level=values["level"],
            issued_on=date_from_cell(values["issued_on"]),
            remark=values["remark"],
        )

    fields = [
        *_what(screen),
        Asked("yuan", "指标金额（元）(&M)", "code", needed=True),
        Asked("remark", "备注(&B)"),
    ]
    words = "一份文件给几个项目的，每个项目登记一条。整张指标表可以到“导入”一次导入。"
    return screen.ask("登记指标", "登记", fields, work, _of_new(screen, "已登记指标"), words=words)


def ask_opening(screen: Screen) -> Question:
    """Enter an allotment as it stands when the office begins within a year."""

    def work(desk: Desk, values: Values) -> Changes:
        return open_allotment(
            desk,
            program=values["program"],
            document=values["document"],
            allotted=fen_from_text(values["allotted"]),
            received=fen_from_text(values["received"]),
            used=fen_from_text(values["used"]),
            level=values["level"],
            issued_on=date_from_cell(values["issued_on"]),
        )

    fields = [
        *_what(screen),
        Asked("allotted", "指标金额（元）(&M)", "code", needed=True),
        Asked("received", "已到账（元）(&R)", "code", value="0"),
        Asked("used", "已发放（元）(&U)", "code", value="0"),
    ]
    words = "年中启用本程序时，把以前下达、还没用完的指标按现在的样子登记一次。"
    return screen.ask("期初指标", "登记期初", fields, work, _of_new(screen, "已登记期初指标"), words=words)


def named(one: AllotmentView) -> str:
    """An allotment in one line, for a choice."""
    return f"{one.document} {one.program_name} {one.level} {one.year}"


def ask_receipt(screen: Screen, allotment: int | None) -> Question:
    """Enter money received against an allotment."""
    known = allotments(screen.office.store)
    chosen = allotment if allotment is not None else (known[-1].id if known else 0)

    def work(desk: Desk, values: Values) -> Changes:
        return add_receipt(
            desk,
            allotment_id=_id_of(desk.store, values["allotment"]),
            fen=fen_from_text(values["yuan"]),
            received_on=date_from_cell(values["received_on"]),
            remark=values["remark"],
            attachments=int(values["attachments"] or 0) if values["attachments"].isdecimal() else 0,
        )

    def said(done: Changes) -> str:
        over = cast(int, done.answer["over_fen"])
        more = (
            f"到账比指标多 {yuan_text(Fen(over))} 元，多出的不能使用；有追加文件的请登记调整。"
            if over
            else ""
        )
        return _standing(f"已登记到账 {_figure(done, 'receipt_fen')} 元")(done) + more

    fields = [
        Asked("allotment", "资金指标(&W)", "choice", value=str(chosen), choices=[(str(one.id), named(one)) for one in known]),
        Asked("yuan", "到账金额（元）(&M)", "code", needed=True),
        Asked("received_on", "到账日期(&D)", "day", value=screen.office.today.isoformat()),
        Asked("remark", "备注(&B)", hint="银行回单号等"),
        Asked("attachments", "附件张数(&F)", "code", value="1"),
    ]  # fmt: skip
    words = "照银行回单登记，凭证按到账日期自动生成。" if known else "还没有资金指标，请先登记指标。"
    return screen.ask(
        "登记到账", "登记", fields, work, said, words=words,
        tone=lambda done: Tone.WARN if done.answer["over_fen"] else Tone.GOOD,
    )  # fmt: skip


def _id_of(store: Store, written: str) -> int:
    """The allotment that was chosen, or named by typing its document. Raises NoSuchAllotment, AmbiguousAllotment."""
    from app.funds.queries import find_allotment

    return find_allotment(store, written).id


def ask_change(screen: Screen, one: AllotmentView, *, cutting: bool) -> Question:
    """Adjust or cut an allotment, with the reason."""
    verb = "核减" if cutting else "调整"

    def work(desk: Desk, values: Values) -> Changes:
        door = cut_allotment if cutting else adjust_allotment
        return door(
            desk,
            allotment_id=one.id,
            fen=fen_from_text(values["yuan"]),
            reason=values["reason"],
            document=values["document"],
        )

    fields = [
        Asked("yuan", "核减金额（元）(&M)" if cutting else "调整金额（元）(&M)", "code", hint="" if cutting else "增加填正数，减少填负数", needed=True),
        Asked("document", f"{verb}文号(&W)", hint="没有文件的可以不填"),
        Asked("reason", "原因(&R)", "long", needed=True),
    ]  # fmt: skip
    most = yuan_text(Fen(one.allotted_fen - one.used_fen))
    words = f"{named(one)}：现有指标 {yuan_text(one.allotted_fen)} 元，已用 {yuan_text(one.used_fen)} 元，最多可减 {most} 元。"
    return screen.ask(f"指标{verb}", verb, fields, work, _standing(f"已{verb}指标"), words=words)


def ask_carry(screen: Screen, one: AllotmentView) -> Question:
    """Carry what an allotment has left into a later year."""

    def work(desk: Desk, values: Values) -> Changes:
        year = int(values["year"]) if values["year"].isdecimal() else None
        return carry_allotment_over(desk, allotment_id=one.id, year=year, reason=values["reason"])

    def said(done: Changes) -> str:
        return f"{one.document} 的余额 {_figure(done, 'carried_fen')} 元已结转到 {done.answer['year']} 年，列为新的一条指标。"

    fields = [
        Asked("year", "结转到年度(&Y)", "code", value=str(one.year + 1), needed=True),
        Asked("reason", "原因(&R)", hint="年终结转"),
    ]
    words = f"{named(one)}：将结转可用余额 {yuan_text(one.available_fen)} 元。没有到账的部分留在原年度。"
    return screen.ask("指标结转", "结转", fields, work, said, words=words)


def ask_withdraw(screen: Screen, one: AllotmentView) -> Question:
    """Take back an allotment entered by mistake."""

    def work(desk: Desk, values: Values) -> Changes:
        return withdraw_allotment(desk, allotment_id=one.id, reason=values["reason"])

    words = f"将撤销 {named(one)}，{yuan_text(one.allotted_fen)} 元。只有误登、没有到账和使用的指标才能撤销。"
    return screen.ask(
        "撤销指标", "撤销", [Asked("reason", "原因(&R)", "long", needed=True)], work,
        lambda _done: f"{one.document} 的资金指标已撤销。", words=words,
    )  # fmt: skip


def ask_reverse_receipt(screen: Screen, receipt: int, shown: Sequence[str]) -> Question:
    """Take back a receipt entered by mistake: its voucher is reversed in red."""

    def work(desk: Desk, values: Values) -> Changes:
        return reverse_receipt(desk, receipt_id=receipt, reason=values["reason"])

    words = f"将红字冲销 {shown[0]} 到账的 {shown[1]} {shown[2]} 元。原凭证保留，另生成一张红字凭证。"
    return screen.ask(
        "冲销到账", "红字冲销", [Asked("reason", "原因(&R)", "long", needed=True)], work,
        _standing("已冲销到账"), words=words,
    )  # fmt: skip


def ask_account(screen: Screen, act: str) -> Question:
    """Interest, a charge, what is handed over, or the opening balance for the treasury."""
    title, words, door = ACCOUNT_ACTS[act]

    def work(desk: Desk, values: Values) -> Changes:
        return door(desk, fen=fen_from_text(values["yuan"]), remark=values["remark"])

    def said(done: Changes) -> str:
        return (
            f"{title} {_figure(done, 'fen')} 元已记账。专户存款 {_figure(done, 'deposit_fen')} 元，"
            f"应缴财政款 {_figure(done, 'treasury_fen')} 元。"
        )

    fields = [Asked("yuan", "金额（元）(&M)", "code", needed=True), Asked("remark", "摘要(&B)")]
    return screen.ask(title, "登记", fields, work, said, words=words)
