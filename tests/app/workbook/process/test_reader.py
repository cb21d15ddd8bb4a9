"""The reading process: what it may take, what becomes of it, and that it never takes ours along."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from app.workbook.process import reader
from app.workbook.reading import (
    DamagedWorkbook,
    RowsOutOfOrder,
    TooLarge,
    TooMuchMemory,
    TooSlow,
    read_workbook,
)
from tests.corpus.packages import cells, ods, xlsx
from tests.corpus.table_cases import row, table, text

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the limit is another one there")
SMALL = "姓名,金额\n张三,1\n".encode()


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No process is warm before or after; the test may change how one starts."""
    end_processes()
    yield monkeypatch
    end_processes()


def end_processes() -> None:
    """Also those that a thread has yet to give back: a process that a test changed must not serve another one."""
    for thread in threading.enumerate():
        if thread.name == "workbook reader":
            thread.join()
    reader.end_warm_process()


def started_with(monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    """Let the process run this line before it serves."""
    head, tail = reader._START.split("; from ", 1)
    monkeypatch.setattr(reader, "_START", f"{head}\n{before}\nfrom {tail}")


def test_one_process_serves_file_after_file(fresh_process: pytest.MonkeyPatch) -> None:
    seen = set()
    for _ in range(3):
        list(read_workbook(SMALL, "a.csv").sheets[0].rows())
        wait_until(lambda: bool(reader._warm))
        seen.add(reader._warm[0].popen.pid)
    assert len(seen) == 1


def wait_until(is_so: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_process_can_be_started_before_it_is_needed(fresh_process: pytest.MonkeyPatch) -> None:
    reader.warm_up()
    reader.warm_up()
    (process,) = reader._warm
    assert len(list(read_workbook(SMALL, "a.csv").sheets[0].rows())) == 2
    wait_until(lambda: bool(reader._warm))
    assert reader._warm == [process]


def test_a_process_that_died_meanwhile_is_replaced(fresh_process: pytest.MonkeyPatch) -> None:
    list(read_workbook(SMALL, "a.csv").sheets[0].rows())
    wait_until(lambda: bool(reader._warm))
    reader._warm[0].popen.kill()
    reader._warm[0].popen.wait()
    assert len(list(read_workbook(SMALL, "a.csv").sheets[0].rows())) == 2


@pytest.mark.parametrize(
    "death", ["import os; os.abort()", "import sys; sys.exit(3)", "import os; os.kill(os.getpid(), 9)"]
)
def test_a_process_that_dies_is_a_sentence(fresh_process: pytest.MonkeyPatch, death: str) -> None:
    started_with(
        fresh_process,
        f"import app.workbook.kinds.text_tables as t\ndef die(*_):\n    {death}\nt.read_text = die",
    )
    with pytest.raises(DamagedWorkbook):
        read_workbook(SMALL, "a.csv")


def test_our_own_mistake_is_a_refusal_and_a_line_in_the_log(
    fresh_process: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started_with(
        fresh_process, "import app.workbook.kinds.text_tables as t\nt.separator_of = lambda _: 1 / 0"
    )
    with pytest.raises(DamagedWorkbook):
        list(read_workbook(SMALL, "a.csv").sheets[0].rows())
    assert "ZeroDivisionError at " in caplog.text
    assert "张三" not in caplog.text


@pytest.mark.parametrize(
    ("act", "patience"),
    [("time.sleep(60)", 1), pytest.param("[0 for _ in iter(int, 1)]", 100, marks=POSIX)],
)
def test_a_process_that_takes_too_long_is_ended(
    fresh_process: pytest.MonkeyPatch, act: str, patience: int
) -> None:
    started_with(
        fresh_process, f"import app.workbook.kinds.text_tables as t, time\nt.separator_of = lambda _: {act}"
    )
    fresh_process.setattr(reader, "SECONDS", 1)
    fresh_process.setattr(reader, "PATIENCE", patience)
    with pytest.raises(TooSlow, match="超过 1 秒仍未完成，已停止"):
        read_workbook(SMALL, "a.csv")
    assert reader._warm == []


@POSIX
def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_is_read(
    fresh_process: pytest.MonkeyPatch,
) -> None:
    started_with(
        fresh_process,
        "from app.workbook.process import limits\nlimits.SMALL = limits.LARGE = 120_000_000",
    )
    texts = "".join(f"<si><t>{place:020}</t></si>" for place in range(1_200_000))
    with pytest.raises(TooMuchMemory, match="内存"):
        read_workbook(xlsx(cells(1, "甲"), strings=texts), "a.xlsx")
    assert len(list(read_workbook(SMALL, "a.csv").sheets[0].rows())) == 2


def test_a_library_that_prints_does_not_get_between_the_frames(fresh_process: pytest.MonkeyPatch) -> None:
    started_with(
        fresh_process,
        "import app.workbook.kinds.text_tables as t, os\nold = t.separator_of\n"
        "def talk(text):\n    print('hello'); os.write(1, b'hello'); return old(text)\nt.separator_of = talk",
    )
    assert len(list(read_workbook(SMALL, "a.csv").sheets[0].rows())) == 2


def test_more_than_can_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_KEPT", 10_000)
    body = "\n".join(f"{number},上溪村" for number in range(5_000)).encode()
    with pytest.raises(TooLarge):
        list(read_workbook(body, "a.csv").sheets[0].rows())


def test_rows_are_at_hand_before_the_file_is_read_to_its_end(fresh_process: pytest.MonkeyPatch) -> None:
    started_with(
        fresh_process,
        "import app.workbook.process.frames as f, time\nold = f.pack_end\n"
        "def late(*a):\n    time.sleep(3)\n    return old(*a)\nf.pack_end = late",
    )
    began = time.monotonic()
    rows = read_workbook(SMALL, "a.csv").sheets[0].rows()
    assert next(rows)[1] == ["姓名", "金额"]
    assert time.monotonic() - began < 2.5


def test_rows_that_come_again_after_others_were_handed_on(fresh_process: pytest.MonkeyPatch) -> None:
    started_with(
        fresh_process,
        "import app.workbook.kinds.sheet_xml as s, time\nold = s.SheetReader._read\n"
        "def slow(*a):\n    old(*a); time.sleep(0.5)\ns.SheetReader._read = slow",
    )
    many = "".join(cells(number, "甲" * 20, f"n:{number}") for number in range(1, 12_000)) + cells(5, "乙")
    rows = read_workbook(xlsx(many), "a.xlsx").sheets[0].rows()
    assert next(rows)[0] == 1
    with pytest.raises(RowsOutOfOrder, match="行号前后不一致"):
        list(rows)


def test_rows_that_come_again_before_anybody_asked_are_sorted() -> None:
    many = "".join(cells(number, f"n:{number}") for number in range(1, 12_000)) + cells(5, "乙")
    (sheet,) = read_workbook(xlsx(many), "a.xlsx").sheets
    assert [remark.code for remark in sheet.remarks] == ["sheet.repeated_cells"]
    read = dict(sheet.rows())
    assert (read[5], read[4], len(read)) == (["乙"], [4.0], 11_999)


def test_a_large_workbook_is_looked_at_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGE_FILE", 0)
    (sheet,) = read_workbook(xlsx(cells(1, "甲", "n:1.5")), "a.xlsx").sheets
    assert sheet.remarks == []
    assert sheet._received.looked(sheet._sheet)[:2] == (2, 1.5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("large_file", [0, reader.LARGE_FILE])
def test_a_second_look_that_disagrees_is_said(fresh_process: pytest.MonkeyPatch, large_file: int) -> None:
    fresh_process.setattr(reader, "LARGE_FILE", large_file)
    started_with(
        fresh_process,
        "import app.workbook.kinds.sheet_xml as s\ns.float = lambda text: float(text) + 1",
    )
    (sheet,) = read_workbook(xlsx(cells(1, "甲", "n:1.5")), "a.xlsx").sheets
    (remark,) = sheet.remarks
    assert remark.code == "sheet.look_differs"
    assert "读到 2 个有内容的格子、数字合计 2.50，复核是 2 个、合计 1.50" in remark.sentence


def test_many_files_at_once() -> None:
    failures: list[BaseException] = []

    def read(place: int) -> None:
        try:
            (sheet,) = read_workbook(f"{place},乙".encode(), "a.csv").sheets
            assert [cells for _, cells in sheet.rows()] == [[str(place), "乙"]]
        except BaseException as fault:
            failures.append(fault)

    threads = [threading.Thread(target=read, args=(place,)) for place in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_nothing_is_left_running_when_the_program_ends() -> None:
    code = (
        "from app.workbook.process import reader\nfrom app.workbook.reading import read_workbook\n"
        "print(len(list(read_workbook(b'a,b', 'a.csv').sheets[0].rows())))\n"
        "import time\nwhile not reader._warm: time.sleep(0.01)\nprint(reader._warm[0].popen.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    count, pid = map(int, done.stdout.split())
    assert count == 1
    with pytest.raises(ProcessLookupError):
        import os

        os.kill(pid, 0)


def test_a_file_that_is_left_half_read_does_no_harm() -> None:
    body = ods(table("".join(row(text(str(number))) for number in range(20_000))))
    for _ in range(3):
        rows = read_workbook(body, "a.ods").sheets[0].rows()
        assert next(rows) == (1, ["0"])
    assert len(list(read_workbook(SMALL, "a.csv").sheets[0].rows())) == 2


def test_the_headless_program_serves_when_it_is_told_to(fresh_process: pytest.MonkeyPatch) -> None:
    """What a frozen program does: there is no interpreter beside it that could run a line of Python."""
    command = [sys.executable, "-X", "utf8", "-m", "app", reader.PROCESS_ARGUMENT]
    fresh_process.setattr(reader, "_command", lambda: command)
    (heading, only) = read_workbook(SMALL, "a.csv").sheets[0].rows()
    assert (heading[1], only[1]) == (["姓名", "金额"], ["张三", "1"])


@pytest.mark.parametrize(
    ("desktop", "reads"), [("xiangcai", "xiangcai-cli"), ("xiangcai.exe", "xiangcai-cli.exe")]
)
def test_a_frozen_program_reads_with_the_headless_one_beside_it(
    monkeypatch: pytest.MonkeyPatch, desktop: str, reads: str
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", f"/opt/乡财/{desktop}")
    assert reader._command() == [f"/opt/乡财/{reads}", reader.PROCESS_ARGUMENT]
    recipes = ("common/start.py", "linux/bundle_inside.sh", "windows/folder.sh")
    texts = [(reader._ROOT / "packaging" / recipe).read_text("utf-8") for recipe in recipes]
    assert all(reader.HEADLESS_PROGRAM in text for text in texts), "no installer makes that program"
