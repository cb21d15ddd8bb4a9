"""An approved batch goes to the bank."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from app.bankfiles import use_cases
from app.bankfiles.layout import CannotBeWritten
from app.bankfiles.profiles import NoSuchProfile, find_profile
from app.bankfiles.queries import KeptButNotWritten, NoBankFiles, bank_files, write_bank_files
from app.bankfiles.use_cases import NoAccountToSend, NothingToSend, make_bank_files
from app.desk import Desk
from app.workbook.reading import open_workbook
from models.domain.flows.roads import NoRoad
from models.domain.money import Fen
from models.domain.permission import NotPermitted
from models.domain.posting import Event, come_back
from models.store.vouchers import post_voucher
from tests.app.bankfiles.batches import LAND, a_batch, balances, buckets
from tests.builders import Make
from tests.faults import each_statement_failing


@pytest.fixture
def make(desk: Desk) -> Make:
    return Make(desk)


def test_an_approved_batch_flies(desk: Desk, make: Make, tmp_path: Path) -> None:
    batch = a_batch(make, [make.person("张三"), make.person("李•四")], fen=[100, 250])
    answer = make_bank_files(desk, batch_id=batch, profile="rural_bank").answer
    (path, control) = write_bank_files(desk.store, batch_id=batch, folder=tmp_path / "out")
    assert (answer["count"], answer["total_fen"]) == (2, 350)
    assert answer["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert answer["files"] == [{"name": path.name, "count": 2, "total_fen": 350, "sha256": answer["sha256"]}]
    rows = [row for _, row in open_workbook(path).sheets[0].rows()]
    assert rows[0] == ["序号", "户名", "账号", "金额", "摘要", "证件号码"]
    assert [row[:2] + row[3:5] for row in rows[1:]] == [
        ["1", "张三", 1.0, rows[1][4]],
        ["2", "李•四", 2.5, rows[1][4]],
    ]
    assert desk.store.row("SELECT state, sent_on FROM batch WHERE id = ?", (batch,)) == ("sent", desk.day)
    assert buckets(desk, batch) == {"in_flight": 2}
    # everything approved has left the account
    assert balances(desk) == {"deposit": 0, "expense": 350, "funded": -350, "payable": 0}
    assert "金额 3.50 元" in control.read_text(encoding="utf-8-sig")
    assert "叁元伍角整" in control.read_text(encoding="utf-8-sig")


def test_every_attempt_says_what_was_sent(desk: Desk, make: Make) -> None:
    person = make.person("李·四")
    batch = a_batch(make, [person], fen=777)
    make_bank_files(desk, batch_id=batch, profile="icbc")
    number = desk.store.value("SELECT number FROM account WHERE person_id = ?", (person,))
    short = desk.store.value("SELECT bank_short_name FROM program WHERE code = '2130122'")
    assert desk.store.rows("SELECT line, serial, name, account_number, fen, remark, state FROM attempt") == [
        (1, "1", "李·四", number, 777, short, "open")
    ]


def test_stopped_payments_stay_and_the_lines_close_up(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person() for _ in range(3)])
    with desk.store.writing():
        desk.store.execute(
            "UPDATE payment SET bucket = 'stopped', reason = '已迁出' WHERE batch_id = ? AND line = 2",
            (batch,),
        )
    answer = make_bank_files(desk, batch_id=batch, profile="icbc_text").answer
    assert answer["count"] == 2
    assert buckets(desk, batch) == {"in_flight": 2, "stopped": 1}
    assert desk.store.rows("SELECT serial FROM attempt ORDER BY id") == [("1",), ("2",)]


def test_several_files_have_one_hash_of_their_hashes(
    desk: Desk, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        use_cases, "find_profile", lambda known, name: replace(find_profile(known, name), line_limit=2)
    )
    batch = a_batch(make, [make.person() for _ in range(5)])
    answer = make_bank_files(desk, batch_id=batch, profile="icbc_text").answer
    hashes = [file.sha256 for file in bank_files(desk.store, batch)]
    assert [file.lines for file in bank_files(desk.store, batch)] == [2, 2, 1]
    assert answer["sha256"] == sha256("\n".join(hashes).encode()).hexdigest()
    assert len(write_bank_files(desk.store, batch_id=batch, folder=tmp_path)) == 4


def test_a_reissue_pays_out_of_what_came_back(desk: Desk, make: Make) -> None:
    people = [make.person(), make.person()]
    first = a_batch(make, people, fen=500)
    make_bank_files(desk, batch_id=first, profile="rural_bank")
    with desk.store.writing():
        desk.store.execute("UPDATE attempt SET state = 'failed'")
        desk.store.execute("UPDATE payment SET bucket = 'failed'")
        voucher = post_voucher(
            desk.store, day=desk.day, event=Event.FAIL, summary="失败", legs=come_back(first, make.program(LAND), Fen(1000)),
            operator_id=desk.operator.id, batch_id=first,
        )  # fmt: skip
    assert voucher
    again = a_batch(make, people[:1], fen=500, source=first, number="2130122-2024-02")
    make_bank_files(desk, batch_id=again, profile="rural_bank")
    assert desk.store.rows(
        "SELECT ledger, debit_fen, credit_fen, batch_id FROM voucher_line l WHERE voucher_id ="
        " (SELECT id FROM voucher WHERE event = 'reissue') ORDER BY id"
    ) == [("returned", 500, 0, first), ("deposit", 0, 500, again)]


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "reviewed", "publicized", "sent", "settled", "cancelled"]
)
def test_only_an_approved_batch_goes_out(desk: Desk, make: Make, state: str) -> None:
    batch = a_batch(make, [make.person()], state=state)
    with pytest.raises(NoRoad, match="报盘"):
        make_bank_files(desk, batch_id=batch, profile="rural_bank")


def test_nothing_is_kept_when_a_name_cannot_be_written(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person("张𠮷")])
    with pytest.raises(CannotBeWritten, match="张𠮷"):
        make_bank_files(desk, batch_id=batch, profile="icbc_text")
    assert buckets(desk, batch) == {"pending": 1}
    assert desk.store.rows("SELECT * FROM stored_file") == []
    assert list((desk.store.folder / "files").glob("*/*")) == []


def test_other_refusals(desk: Desk, make: Make, reviewer: Desk) -> None:
    batch = a_batch(make, [make.person(), make.person(account=None)])
    with pytest.raises(NoAccountToSend, match="第 2 行"):
        make_bank_files(desk, batch_id=batch, profile="rural_bank")
    with pytest.raises(NoSuchProfile, match="rural_bank"):
        make_bank_files(desk, batch_id=batch, profile="none")
    with pytest.raises(NotPermitted, match="报盘"):
        make_bank_files(reviewer, batch_id=batch, profile="rural_bank")
    with pytest.raises(NoBankFiles, match="bank-file"):
        write_bank_files(desk.store, batch_id=batch, folder=Path("/nowhere"))
    with desk.store.writing():
        desk.store.execute("UPDATE payment SET bucket = 'stopped' WHERE batch_id = ?", (batch,))
    with pytest.raises(NothingToSend, match="全部已停发"):
        make_bank_files(desk, batch_id=batch, profile="rural_bank")


def test_files_that_did_not_reach_the_folder_are_written_again(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    batch = a_batch(make, [make.person()])
    make_bank_files(desk, batch_id=batch, profile="rural_bank")
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(KeptButNotWritten, match="bank-file-again"):
        write_bank_files(desk.store, batch_id=batch, folder=tmp_path / "taken")
    first = write_bank_files(desk.store, batch_id=batch, folder=tmp_path / "a")
    second = write_bank_files(desk.store, batch_id=batch, folder=tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_fault_at_any_statement_leaves_nothing(desk: Desk, make: Make) -> None:
    batch = a_batch(make, [make.person(), make.person()])

    def act() -> None:
        make_bank_files(desk, batch_id=batch, profile="rural_bank")

    assert each_statement_failing(desk.store, act) > 10


@pytest.mark.parametrize(
    ("doctoring", "said"),
    [
        ("INSERT INTO attempt (payment_id, bank_file_id, line, serial, name, account_number, fen, remark, state)"
         " SELECT payment_id, bank_file_id, 99, '99', name, account_number, fen, remark, 'open' FROM attempt",
         "UNIQUE"),
        ("DELETE FROM attempt", "attempt_stays"),
        ("UPDATE attempt SET fen = fen + 1", "attempt_is_final"),
        ("UPDATE attempt SET account_number = '12345678'", "attempt_is_final"),
        ("UPDATE payment SET account_number = '12345678'", "payment_is_locked"),
        ("UPDATE payment SET owed_fen = owed_fen + 1", "payment_is_locked"),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_doctoring(desk: Desk, make: Make, doctoring: str, said: str) -> None:
    batch = a_batch(make, [make.person()])
    make_bank_files(desk, batch_id=batch, profile="rural_bank")
    with pytest.raises(Exception, match=said), desk.store.writing():
        desk.store.execute(doctoring)
