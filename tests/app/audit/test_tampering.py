"""Whoever edits past the program is found: 13 kinds of edits by SQL with triggers dropped, a cut tail, an older file swapped in."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from app.audit.queries import HeadNotInTrail, HeadNotReadable, check_trail, head, head_of
from app.bankfiles.queries import NotOurBankFile, known_bank_file, write_bank_files
from app.desk import Desk
from app.funds.use_cases import add_interest
from app.programs.use_cases import add_program
from app.registry.use_cases import add_villages
from models.domain.money import Fen
from models.store.folder import DATABASE_NAME
from models.store.opening import Store, open_office
from models.store.seals import SealBroken
from models.store.trail import AuditTailBroken
from tests.app.ledger.lived import Lived, live
from tests.conftest import NOW, PASSWORD, found
from tests.store.outside import edit_outside, outside

TIMES = 20


@dataclass
class Office:
    """An office that lived a month, as files to be spoilt again and again."""

    folder: Path
    store: Store
    lived: Lived


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("whole")
    admin = found(folder / "office")
    lived = live(admin, folder)
    admin.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Office(folder / "office", admin.store, lived)


@pytest.fixture
def spoilt(office: Office, tmp_path: Path) -> Store:
    """A copy of it."""
    return copy(office, tmp_path)


def copy(office: Office, to: Path) -> Store:
    shutil.rmtree(to / "office", ignore_errors=True)
    shutil.copytree(office.folder, to / "office")
    return Store(to / "office", office.store.keyslots)


def ids(store: Store, table: str) -> list[int]:
    with outside(store) as connection:
        return [row[0] for row in connection.execute(f"SELECT rowid FROM {table}")]


def one(change: str) -> Callable[[Store, Random], str]:
    """A statement on one row drawn by chance; `{table}`'s rowid is drawn, `{n}` is a small number."""

    def statement(store: Store, random: Random) -> str:
        table = (
            change.split("{", maxsplit=1)[0]
            .removeprefix("UPDATE ")
            .removeprefix("DELETE FROM ")
            .split(" ")[0]
        )
        return change.format(row=random.choice(ids(store, table)), n=random.randrange(1, 5000))

    return statement


KINDS: dict[str, Callable[[Store, Random], str]] = {
    "an amount owed": one("UPDATE payment SET owed_fen = owed_fen + {n} WHERE id = {row}"),
    "an account paid to": one("UPDATE payment SET account_number = '6228{n:015d}' WHERE id = {row}"),
    "where a payment is": one("UPDATE payment SET reason = '改{n}', bucket = CASE bucket WHEN 'paid' THEN 'failed' ELSE 'paid' END WHERE id = {row}"),
    "a payment taken away": one("DELETE FROM payment WHERE id = {row}"),
    "a batch's state": one("UPDATE batch SET state = CASE state WHEN 'approved' THEN 'draft' ELSE 'approved' END, settled_on = '{n}' WHERE id = {row}"),
    "who reviewed": one("UPDATE batch_act SET operator_id = operator_id % 5 + 1, opinion = '{n}' WHERE id = {row}"),
    "a voucher's leg": one("UPDATE voucher_line SET debit_fen = debit_fen * 2 + (debit_fen > 0) * {n}, credit_fen = credit_fen * 2 + (credit_fen > 0) * {n} WHERE id = {row}"),
    "a voucher's words": one("UPDATE voucher SET summary = summary || '{n}' WHERE id = {row}"),
    "an allotment": one("UPDATE allotment SET allotted_fen = allotted_fen + {n} WHERE id = {row}"),
    "a receipt": one("UPDATE receipt SET received_on = '2023-01-{n:04d}' WHERE id = {row}"),
    "somebody's account": one("UPDATE account SET number = '6228{n:015d}' WHERE id = {row}"),
    "an entitlement": one("UPDATE enrolment SET computed_fen = computed_fen + {n} WHERE id = {row}"),
    "an answer of the bank": one("UPDATE attempt SET state = CASE state WHEN 'paid' THEN 'failed' ELSE 'paid' END, reason = '{n}' WHERE id = {row}"),
    "a rate": one("UPDATE policy SET parameters = replace(parameters, '50', '{n}') || ' ' WHERE id = {row}"),
    "somebody's post": one("UPDATE operator SET posts = 'approver', created_at = '{n}' WHERE id = {row}"),
    "a line of the trail": one("UPDATE audit_line SET subject = subject || '{n}' WHERE seq = {row}"),
    "a line taken out of the trail": one("DELETE FROM audit_line WHERE seq = {row}"),
    "a funding line": lambda store, random: f"UPDATE batch_funding SET fen = fen + {random.randrange(1, 99)}",
    "a check sheet": one("UPDATE check_sheet SET body = replace(body, '\"passed\":false', '\"passed\":true') || ' ' WHERE id = {row} AND {n}"),
}  # fmt: skip
KINDS["a seal itself"] = lambda store, random: (
    f"UPDATE seal SET mac = '{random.randbytes(32).hex()}' WHERE kind = '{random.choice(['batch', 'month', 'root', 'head'])}'"
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_edit_is_found(kind: str, office: Office, tmp_path: Path) -> None:
    seed = int.from_bytes(kind.encode(), "big") % 10_000
    random = Random(seed)
    print(f"seed {seed}")
    whole = copy(office, tmp_path)
    body = (whole.folder / DATABASE_NAME).read_bytes()
    for _ in range(TIMES):
        for beside in ("-wal", "-shm"):
            (whole.folder / (DATABASE_NAME + beside)).unlink(missing_ok=True)
        (whole.folder / DATABASE_NAME).write_bytes(body)
        statement = KINDS[kind](whole, random)
        assert edit_outside(whole, statement) >= 1, statement
        whole.database.connect()
        assert check_trail(whole).problems, statement
        whole.close()


def test_the_whole_office_passes(office: Office) -> None:
    found_ = check_trail(office.store)
    assert found_.problems == ()
    assert found_.groups > 6


def test_an_act_that_meets_an_edit_is_refused_and_never_seals_it(spoilt: Store, office: Office) -> None:
    """Otherwise the next honest act would make the edit look like its own."""
    edit_outside(spoilt, "UPDATE payment SET name = '别人' WHERE id = 1")
    spoilt.database.connect()
    clerk = Desk(spoilt, office.lived.month.clerk.operator, NOW, office.lived.month.clerk.today)
    with pytest.raises(SealBroken, match="批次（编号 1）"), spoilt.writing():
        spoilt.execute("UPDATE payment SET reason = '改' WHERE id = 2")
    assert [one for one in check_trail(spoilt).problems if "批次（编号 1）" in one]
    add_villages(clerk, names=["新村"])  # what does not touch it goes on
    assert [one for one in check_trail(spoilt).problems if "批次（编号 1）" in one]
    spoilt.close()


def test_an_edit_behind_an_open_program_is_met_too(admin: Desk, tmp_path: Path) -> None:
    """What the program sealed itself it trusts only while nobody else wrote."""
    lived = live(admin, tmp_path)
    month = lived.month
    batch = month.later(month.clerk, "2024-06-21")
    add_interest(batch, fen=Fen(100))
    edit_outside(admin.store, "UPDATE voucher SET summary = '改' WHERE id = 1")
    with pytest.raises(SealBroken, match="2024-06 的凭证"):
        add_interest(batch, fen=Fen(100))


def test_rows_that_nobody_sealed_are_refused(spoilt: Store) -> None:
    edit_outside(
        spoilt,
        "INSERT INTO receipt (allotment_id, received_on, fen) SELECT id, '2024-06-01', 100 FROM allotment LIMIT 1",
    )
    spoilt.database.connect()
    assert "资金指标（编号 1）与封签不符，在本程序之外被改动过。" in check_trail(spoilt).problems
    spoilt.close()


# -- the end of the trail -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", range(1, TIMES + 1))
def test_a_cut_tail_is_found(spoilt: Store, office: Office, lines: int) -> None:
    printed = head(office.store)
    edit_outside(spoilt, f"DELETE FROM audit_line WHERE seq > (SELECT max(seq) - {lines} FROM audit_line)")
    spoilt.database.connect()
    assert any("末尾" in sentence for sentence in check_trail(spoilt).problems)
    with pytest.raises(HeadNotInTrail, match="截短"):
        check_trail(spoilt, printed)
    desk = Desk(spoilt, office.lived.month.clerk.operator, NOW, NOW.date())
    with pytest.raises(AuditTailBroken):
        add_villages(desk, names=["新村"])
    spoilt.close()


def test_an_older_file_swapped_in_is_found_by_the_printed_head(admin: Desk, tmp_path: Path) -> None:
    folder = admin.store.folder
    heads = []
    for number in range(TIMES):
        admin.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(folder / DATABASE_NAME, tmp_path / f"{number}.db")
        add_villages(Desk(admin.store, admin.operator, NOW, NOW.date()), names=[f"新{number}村"])
        heads.append(head(admin.store))
    check_trail(admin.store, heads[3].upper())
    assert (
        check_trail(admin.store, heads[3]).printed_line
        == admin.store.value("SELECT max(seq) FROM audit_line") - 16
    )
    admin.store.close()
    for number in range(TIMES):
        shutil.copyfile(tmp_path / f"{number}.db", folder / DATABASE_NAME)
        for beside in ("-wal", "-shm"):
            (folder / (DATABASE_NAME + beside)).unlink(missing_ok=True)
        store = open_office(folder, "admin", PASSWORD)
        assert check_trail(store).problems == ()  # nothing in the file itself can tell
        with pytest.raises(HeadNotInTrail, match="更早的一份"):
            check_trail(store, heads[-1])
        store.close()


def test_a_group_put_back_to_an_older_state_by_itself_is_found(admin: Desk) -> None:
    """Rows and seal together, as they once were: the root knows."""
    admin_desk = Desk(admin.store, admin.operator, NOW, NOW.date())
    add_program(admin_desk, code="933062400009", name="甲补贴", bank_short_name="甲", department="民政")
    older = admin.store.row("SELECT mac FROM seal WHERE kind = 'rules'")
    add_program(admin_desk, code="933062400010", name="乙补贴", bank_short_name="乙", department="民政")
    assert older is not None
    edit_outside(
        admin.store,
        "DELETE FROM program WHERE code = '933062400010'",
        f"UPDATE seal SET mac = '{older[0]}' WHERE kind = 'rules'",
    )
    assert check_trail(admin.store).problems == ("封签的总数与封签不符，在本程序之外被改动过。",)


def test_a_head_is_read_as_people_write_it(admin: Desk) -> None:
    assert check_trail(admin.store, f" {head(admin.store).upper()} ").printed_line is not None
    for written in ("", "123", "zzzzzzzz", "123456789"):
        with pytest.raises(HeadNotReadable):
            check_trail(admin.store, written)
    assert head_of(admin.store, "operator.add", "operator 2") != ""
    assert head_of(admin.store, "operator.add", "operator 99") == ""


def test_the_head_is_on_the_papers_of_an_approval(office: Office, tmp_path: Path) -> None:
    """What went to the bank and what is archived names the line of the trail that approved it."""
    printed = head_of(office.store, "batch.approve", "batch 1")
    assert check_trail(office.store, printed).printed_line is not None
    paths = write_bank_files(office.store, batch_id=1, folder=tmp_path)
    assert f"审批时日志校验码：{printed}" in paths[-1].read_text("utf-8-sig")
    assert "人员兼岗" not in paths[-1].read_text("utf-8-sig")
    with office.store.trying():
        office.store.execute("UPDATE operator SET posts = 'clerk,reviewer' WHERE name = '经办甲'")
        paths = write_bank_files(office.store, batch_id=1, folder=tmp_path)
    assert "人员兼岗：经办甲（经办、复核）" in paths[-1].read_text("utf-8-sig")


def test_one_byte_changed_in_an_exported_bank_file_is_found(office: Office, tmp_path: Path) -> None:
    path = write_bank_files(office.store, batch_id=1, folder=tmp_path)[0]
    assert known_bank_file(office.store, path)[0].lines == 5
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(NotOurBankFile):
            known_bank_file(office.store, path)
