"""Windows of the statements: which there are, their lines, what the books have of them, and the balances reconciled."""

from dataclasses import dataclass
from typing import Final

from app.ledger.queries import voucher_name
from app.pages import Column, Join, Listing, Shows
from models.domain.money import Fen
from models.domain.posting import EVENT_NAMES, Event
from models.domain.refusal import Refusal
from models.store.opening import Row, Store

INTEREST: Final = "interest"
CHARGE: Final = "charge"
KIND_NAMES: Final = {INTEREST: "利息", CHARGE: "手续费"}
_INTEREST_WORDS: Final = ("利息", "结息", "批量结息")
_CHARGE_WORDS: Final = ("手续费", "工本费", "汇划费", "汇费", "管理费", "短信费", "邮电费", "服务费")


class NoSuchStatement(Refusal):
    """No statement of that number."""

    form = "没有编号为 {statement} 的银行对账单。请用 statement list 查看。"
    in_window = "没有这份银行对账单，可能刚被撤销。请按 F5 重新读取。"


class NoSuchStatementLine(Refusal):
    """No line of that number on a statement in use."""

    form = "没有编号为 {line} 的对账单明细。请用 statement show 查看编号。"
    in_window = "没有这一行对账单明细。请按 F5 重新读取。"


class NoStatementYet(Refusal):
    """Nothing to reconcile with."""

    form = "还没有登记银行对账单，没有可以核对的内容。请先登记代发专户的对账单。"


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement: its span, its balances in fen, how many of its lines the books have not."""

    id: int
    file_name: str
    profile: str
    first_day: str
    last_day: str
    opening_fen: Fen
    closing_fen: Fen
    lines: int
    open_lines: int
    taken_on: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A movement on a statement; `vouchers` are those it was matched with, none where the bank itself took it back (冲正).

    `proposal` is what it looks like where it is matched with nothing.
    """

    id: int
    statement_id: int
    row: int
    day: str
    fen: int
    balance_fen: int
    counterparty: str
    reference: str
    summary: str
    vouchers: str
    how: str
    proposal: str

    @property
    def is_matched(self) -> bool:
        """Whether it is open no more."""
        return bool(self.how)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Money that one side has and the other has not 未达账项: the day, what it is, fen in (below 0: out)."""

    id: int
    day: str
    words: str
    fen: int


@dataclass(frozen=True)
class Reconciliation:
    """The balances of the special account on a day, reconciled 余额调节表: what each side has alone, both adjusted balances.

    `start_fen` is by how much bank and books differed when the first statement began, beyond what has been matched since.
    """

    day: str
    bank_fen: Fen
    book_fen: Fen
    bank_items: tuple[Outstanding, ...]
    book_items: tuple[Outstanding, ...]
    start_day: str
    start_fen: Fen

    @property
    def bank_in(self) -> tuple[Outstanding, ...]:
        """银行已收、企业未收."""
        return tuple(one for one in self.bank_items if one.fen > 0)

    @property
    def bank_out(self) -> tuple[Outstanding, ...]:
        """银行已付、企业未付."""
        return tuple(one for one in self.bank_items if one.fen < 0)

    @property
    def book_in(self) -> tuple[Outstanding, ...]:
        """企业已收、银行未收."""
        return tuple(one for one in self.book_items if one.fen > 0)

    @property
    def book_out(self) -> tuple[Outstanding, ...]:
        """企业已付、银行未付."""
        return tuple(one for one in self.book_items if one.fen < 0)

    @property
    def adjusted_bank_fen(self) -> Fen:
        """The bank's balance with what the books have alone."""
        return Fen(self.bank_fen + sum(one.fen for one in self.book_items))

    @property
    def adjusted_book_fen(self) -> Fen:
        """The books' balance with what the bank has alone."""
        return Fen(self.book_fen + sum(one.fen for one in self.bank_items))

    @property
    def difference_fen(self) -> Fen:
        """By how much the adjusted balances differ; nothing but `start_fen` can make them."""
        return Fen(self.adjusted_bank_fen - self.adjusted_book_fen)

    @property
    def agrees(self) -> bool:
        """Whether both adjusted balances are one."""
        return self.difference_fen == 0


_STATEMENTS: Final = """
    SELECT s.id, s.file_name, s.profile, s.first_day, s.last_day, s.opening_fen, s.closing_fen, s.lines,
           (SELECT count(*) FROM statement_line l WHERE l.statement_id = s.id AND l.match_id IS NULL), s.taken_on, s.sha256
      FROM bank_statement s WHERE s.undone_on IS NULL
"""


def statements(store: Store) -> list[StatementView]:
    """The statements in use, the earliest first."""
    return [StatementView(*row) for row in store.rows(f"{_STATEMENTS} ORDER BY s.first_day, s.id")]


def statement_of(store: Store, statement_id: int) -> StatementView:
    """A statement in use. Raises NoSuchStatement."""
    row = store.row(f"{_STATEMENTS} AND s.id = ?", (statement_id,))
    if row is None:
        raise NoSuchStatement(statement=statement_id)
    return StatementView(*row)


_LINES: Final = """
    SELECT l.id, l.statement_id, l.line, l.day, l.fen, l.balance_fen, l.counterparty, l.reference, l.summary,
           coalesce((SELECT group_concat(name, '、') FROM (
             SELECT DISTINCT v.month || '/' || printf('记-%04d', v.number) AS name FROM matched_deposit d
               JOIN voucher_line w ON w.id = d.voucher_line_id JOIN voucher v ON v.id = w.voucher_id
              WHERE d.match_id = l.match_id ORDER BY v.month, v.number)), ''),
           coalesce(m.how, '')
      FROM statement_line l JOIN bank_statement s ON s.id = l.statement_id LEFT JOIN statement_match m ON m.id = l.match_id
     WHERE s.undone_on IS NULL
"""


def lines_of_statement(store: Store, statement_id: int) -> list[LineView]:
    """A statement's lines in the order of time. Raises NoSuchStatement."""
    statement_of(store, statement_id)
    return [
        _line(row) for row in store.rows(f"{_LINES} AND l.statement_id = ? ORDER BY l.place", (statement_id,))
    ]


def line_of(store: Store, line_id: int) -> LineView:
    """A line of a statement in use. Raises NoSuchStatementLine."""
    row = store.row(f"{_LINES} AND l.id = ?", (line_id,))
    if row is None:
        raise NoSuchStatementLine(line=line_id)
    return _line(row)


def proposals(store: Store) -> list[LineView]:
    """The lines that nobody booked and that look like interest or a charge, the earliest first."""
    found = (_line(row) for row in store.rows(f"{_LINES} AND l.match_id IS NULL ORDER BY l.day, l.id"))
    return [one for one in found if one.proposal]


def _line(row: Row) -> LineView:
    line, statement, number, day, fen, balance, counterparty, reference, summary, vouchers, how = row
    proposal = "" if how else proposal_of(fen, summary)
    return LineView(
        line, statement, number, day, fen, balance, counterparty, reference, summary, vouchers, how, proposal
    )


def proposal_of(fen: int, summary: str) -> str:
    """What a movement is by its words: interest that came in, a charge that went out, '' for neither."""
    if fen > 0 and any(word in summary for word in _INTEREST_WORDS):
        return INTEREST
    if fen < 0 and any(word in summary for word in _CHARGE_WORDS):
        return CHARGE
    return ""


# -- the books' side ------------------------------------------------------------------------------------------------

BOOK_MOVEMENTS: Final = f"""
    SELECT v.id, v.posted_on, sum(l.debit_fen - l.credit_fen) AS fen, v.month, v.number, v.event, v.summary,
           coalesce(b.number, ''), v.reverses_id, max(d.match_id) AS match_id
      FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id AND l.ledger = 'deposit' LEFT JOIN batch b ON b.id = v.batch_id
      LEFT JOIN matched_deposit d ON d.voucher_line_id = l.id
     WHERE v.event <> '{Event.OPENING}' GROUP BY v.id HAVING fen <> 0
"""
"""Each voucher that moved the special account, by its net amount. Opening balances are no movements: the bank has none of them."""

_BOOK: Final = "SELECT coalesce(sum(l.debit_fen - l.credit_fen), 0) FROM voucher_line l JOIN voucher v ON v.id = l.voucher_id WHERE l.ledger = 'deposit'"

# a match stands on a day when all of it had happened by then
_SETTLED: Final = """
    SELECT m.id FROM statement_match m
     WHERE NOT EXISTS (SELECT 1 FROM statement_line l WHERE l.match_id = m.id AND l.day > ?1)
       AND NOT EXISTS (SELECT 1 FROM matched_deposit d JOIN voucher_line l ON l.id = d.voucher_line_id
                         JOIN voucher v ON v.id = l.voucher_id WHERE d.match_id = m.id AND v.posted_on > ?1)
"""


def reconcile(store: Store, statement_id: int | None = None) -> Reconciliation:
    """The balances at the end of a statement, the last one where none is named. Raises NoStatementYet, NoSuchStatement."""
    known = statements(store)
    if not known:
        raise NoStatementYet
    chosen = known[-1] if statement_id is None else statement_of(store, statement_id)
    first, day = known[0], chosen.last_day
    bank_items = tuple(
        Outstanding(row[0], row[1], " ".join(filter(None, row[2:5])), row[5])
        for row in store.rows(
            "SELECT l.id, l.day, l.summary, l.counterparty, l.reference, l.fen FROM statement_line l JOIN bank_statement s"
            " ON s.id = l.statement_id WHERE s.undone_on IS NULL AND l.day <= ?1 AND l.statement_id IN"
            " (SELECT id FROM bank_statement WHERE undone_on IS NULL AND (last_day < ?1 OR id <= ?2))"
            f" AND (l.match_id IS NULL OR l.match_id NOT IN ({_SETTLED})) ORDER BY l.day, l.id",
            (day, chosen.id),
        )
    )
    book_items = tuple(
        Outstanding(
            row[0],
            row[1],
            f"{row[3]}/{voucher_name(row[4])} {_said(EVENT_NAMES[Event(row[5])], row[6])}",
            row[2],
        )
        for row in store.rows(
            f"SELECT * FROM ({BOOK_MOVEMENTS}) WHERE posted_on <= ?1 AND (posted_on >= ?2 OR match_id IS NOT NULL)"
            f" AND (match_id IS NULL OR match_id NOT IN ({_SETTLED})) ORDER BY posted_on, id",
            (day, first.first_day),
        )
    )
    before = store.value(
        f"{_BOOK} AND (v.event = '{Event.OPENING}' OR v.posted_on < ?) AND NOT EXISTS"
        " (SELECT 1 FROM matched_deposit d WHERE d.voucher_line_id = l.id)",
        (first.first_day,),
    )
    book = store.value(f"{_BOOK} AND (v.posted_on <= ?1 OR v.event = '{Event.OPENING}')", (day,))
    return Reconciliation(
        day,
        chosen.closing_fen,
        Fen(book),
        bank_items,
        book_items,
        first.first_day,
        Fen(first.opening_fen - before),
    )


def _said(event: str, summary: str) -> str:
    """What a voucher is about; most summaries begin with the act."""
    return summary if summary.startswith(event) else f"{event} {summary}"


# -- lists on the screen --------------------------------------------------------------------------------------------

HOW_NAMES: Final = {"auto": "自动", "hand": "手工", "posted": "据此记账", "": "未达"}

STATEMENT_LINES: Final = Listing(
    name="statement_lines",
    title="银行对账单",
    source="statement_line l",
    id="l.id",
    where="EXISTS (SELECT 1 FROM bank_statement s WHERE s.id = l.statement_id AND s.undone_on IS NULL)",
    order="l.day, l.statement_id, l.place",
    joins=(Join("m", "LEFT JOIN statement_match m ON m.id = l.match_id"),),
    columns=(
        Column("day", "日期", "l.day", Shows.DAY, 11),
        Column("summary", "摘要", "l.summary", width=18),
        Column("counterparty", "对方户名", "l.counterparty", width=20),
        Column("in_fen", "收入", "CASE WHEN l.fen > 0 THEN l.fen END", Shows.MONEY, 14, total=True),
        Column("out_fen", "支出", "CASE WHEN l.fen < 0 THEN -l.fen END", Shows.MONEY, 14, total=True),
        Column("balance_fen", "余额", "l.balance_fen", Shows.MONEY, 15),
        Column("how", "对账", "coalesce(m.how, '')", Shows.CODE, 9, words=HOW_NAMES),
        Column(
            "vouchers", "凭证",
            "(SELECT group_concat(name, '、') FROM (SELECT DISTINCT v.month || '/' || printf('记-%04d', v.number) AS name"
            " FROM matched_deposit d JOIN voucher_line w ON w.id = d.voucher_line_id JOIN voucher v ON v.id = w.voucher_id"
            " WHERE d.match_id = l.match_id ORDER BY v.month, v.number))", Shows.CODE, 20,
        ),
        Column("reference", "流水号", "l.reference", Shows.CODE, 18),
        Column("counterparty_account", "对方账号", "l.counterparty_account", Shows.ACCOUNT, 20, hidden=True),
        Column("line", "原表行", "l.line", Shows.COUNT, 7, hidden=True),
    ),
)  # fmt: skip
"""The bank's movements, with what the books have of them."""

OPEN_VOUCHERS: Final = Listing(
    name="open_vouchers",
    title="账上未达",
    source=f"({BOOK_MOVEMENTS}) v",
    id="v.id",
    where="v.match_id IS NULL AND v.posted_on >= (SELECT min(first_day) FROM bank_statement WHERE undone_on IS NULL)",
    order="v.posted_on, v.id",
    columns=(
        Column("posted_on", "日期", "v.posted_on", Shows.DAY, 11),
        Column("voucher", "凭证", "v.month || '/' || printf('记-%04d', v.number)", Shows.CODE, 15),
        Column("event", "业务", "v.event", Shows.CODE, 10, words=EVENT_NAMES),
        Column("summary", "摘要", "v.summary", width=26),
        Column("in_fen", "收入", "CASE WHEN v.fen > 0 THEN v.fen END", Shows.MONEY, 14, total=True),
        Column("out_fen", "支出", "CASE WHEN v.fen < 0 THEN -v.fen END", Shows.MONEY, 14, total=True),
    ),
)  # fmt: skip
"""The books' movements that no statement shows yet."""
