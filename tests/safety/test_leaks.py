"""A full run with people who can be recognised: no file outside the office folder names them, and no socket is opened."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import PASSWORD
from tests.safety.conftest import Reference, needs_strace
from tests.safety.month import CLERK, REVIEWER

ROOT = Path(__file__).parents[2]
CRASHES = """
import sys
import app.cli.registry as registry
from app.cli import main
def broken(desk, options):
    person = desk.store.row("SELECT id_number, name FROM person")
    raise ValueError(f"{person}")
registry._person = broken
for name in dir(registry):
    if name.startswith("_") and callable(getattr(registry, name)) and name not in ("_person",):
        pass
import app.cli.frame as frame
real = frame._at_desk
def at_desk(options):
    options.at_desk = broken
    return real(options)
frame._at_desk = at_desk
sys.exit(main(sys.argv[1:]))
"""


def markers(files: Path) -> list[str]:
    """IDs, accounts and names of the month."""
    found = set()
    for name in ("people", "accounts"):
        for line in (files / f"{name}.csv").read_text("utf-8-sig").splitlines()[1:]:
            found |= {
                cell
                for cell in line.split(",")
                if re.fullmatch(r"\d{16,}[\dX]?", cell) and not cell.startswith("3306241990010")
            }
            found |= {cell for cell in line.split(",") if cell.startswith("张")}
    assert len(found) >= 16
    return sorted(found)


def hits(path: Path, wanted: list[str]) -> list[str]:
    """Which markers a file holds, in any encoding that programs here write."""
    body = path.read_bytes()
    return [
        f"{path}: {marker[:6]}…"
        for marker in wanted
        for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
        if marker.encode(encoding) in body
    ]


def run(folder: Path, log: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A program whose home, temporary folder and place are all in `folder`, its opened files and sockets recorded."""
    places = {name: folder / name for name in ("home", "tmp", "config", "cache", "data", "state", "cwd")}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ, "HOME": str(places["home"]), "TMPDIR": str(places["tmp"]), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CONFIG_HOME": str(places["config"]), "XDG_CACHE_HOME": str(places["cache"]), "XDG_DATA_HOME": str(places["data"]),
        "XDG_STATE_HOME": str(places["state"]), "XIANGCAI_PASSWORD": PASSWORD,
    }  # fmt: skip
    return subprocess.run(
        ["strace", "-f", "-qq", "-y", "-A", "-e", "trace=openat,open,creat,rename,%network", "-o", str(log), sys.executable, *words],
        cwd=places["cwd"], env=environment, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def opened_to_write(log: Path) -> set[Path]:
    """Files that strace's log shows opened to be written or made.

    Line by line: of two processes that call at once, strace writes one call over two lines
    (`<unfinished ...>`, `<... resumed>`); the path and the flags are always on the first.
    """
    opened = re.compile(r'(?:openat|open|creat)\([^"]*"([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)')
    return {
        Path(found[1])
        for line in log.read_text("utf-8", "replace").splitlines()
        if (found := opened.search(line))
    }


def test_a_call_over_two_lines_is_read_as_what_it_was(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        '11 openat(AT_FDCWD</tmp>, "/venv/pyvenv.cfg", O_RDONLY|O_CLOEXEC <unfinished ...>\n'
        '12 openat(AT_FDCWD</tmp>, "/office/a", O_WRONLY|O_CREAT|O_CLOEXEC, 0666 <unfinished ...>\n'
        "11 <... openat resumed>) = 3</venv/pyvenv.cfg>\n"
        "12 <... openat resumed>) = 4</office/a>\n"
        '12 openat(AT_FDCWD</tmp>, "/office/b", O_RDWR) = 5</office/b>\n'
    )
    assert opened_to_write(log) == {Path("/office/a"), Path("/office/b")}


@needs_strace
def test_nothing_leaves_the_office_and_no_socket_is_opened(reference: Reference, tmp_path: Path) -> None:
    office, log, outside = reference.copy(tmp_path / "office"), tmp_path / "log", tmp_path / "outside"
    who = markers(reference.files)
    asked_for = tmp_path / "asked-for"  # files that the clerk asked for by name may name people
    at_desk = ("--office", str(office), "--as", CLERK)
    done = run(
        outside, log, "-m", "tests.safety.month", str(office), str(reference.files), str(tmp_path / "acks")
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    for words in (
        ("-m", "app", "batch", "show", "1", *at_desk),
        ("-m", "app", "import", "people", str(reference.files / "roster.csv"), *at_desk),  # refused
        ("-m", "app", "bank-file-again", "1", "--out", str(asked_for), *at_desk),
        ("-m", "app", "backup", str(tmp_path / "backups"), *at_desk),
        ("-m", "app", "doctor", *at_desk),
        ("-m", "app", "audit", "check", *at_desk),
        ("-m", "app", "operator", "password", "--office", str(office), "--as", REVIEWER),
        ("-c", CRASHES, "person", "张", *at_desk),
    ):
        done = run(outside, log, *words)
        assert done.returncode in (0, 1, 2, 4), (words, done.stderr)
        said += done.stderr
    crashed = done
    assert crashed.returncode == 4, crashed.stderr
    assert list((outside / "tmp").glob("*.log")), "the crash left no report to look into"

    touched = opened_to_write(log)
    lying_about = {path for path in outside.rglob("*") if path.is_file()} | set(
        (tmp_path / "backups").iterdir()
    )
    lying_about |= {path for path in office.rglob("*") if path.is_file()}  # enciphered, all of it
    seen = [hit for path in sorted(touched | lying_about) if path.is_file() and not path.is_relative_to(asked_for) and not str(path).startswith("/dev/") and not path.is_relative_to(reference.files) for hit in hits(path, who)]  # fmt: skip
    assert seen == []
    assert [marker for marker in who if marker in said] == []
    sockets = [
        line
        for line in log.read_text("utf-8", "replace").splitlines()
        if re.search(r"\b(socket|connect|bind|sendto)\(", line)
    ]
    assert sockets == []
    strangers = [path for path in touched if path.is_file() and not path.is_relative_to(tmp_path) and not path.is_relative_to(reference.files) and not str(path).startswith(("/dev/", "/proc/"))]  # fmt: skip
    assert strangers == []
    print(f"{len(who)} markers, {len(lying_about)} files and what the programs said: 0 hits; sockets: 0")


@needs_strace
def test_the_scan_finds_what_leaks(reference: Reference, tmp_path: Path) -> None:
    who = markers(reference.files)
    for number, encoding in enumerate(("utf-8", "gb18030", "utf-16-le")):
        path = tmp_path / f"{number}.log"
        path.write_bytes(f"… {who[0]} …".encode(encoding))
        assert hits(path, who)
