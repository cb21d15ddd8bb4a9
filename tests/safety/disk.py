"""A disk that loses power: every write, sync and rename of a recorded run, and what may be on the platter at any cut.

The record is strace's. On an orderly disk what was done before the cut is there; on an unruly one everything since a file's
last sync is there or not, each write for itself, torn at sectors of 512 bytes, and a new name or a rename since its folder's
last sync is there or not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from random import Random
from typing import Final

SECTOR: Final = 512
TRACED: Final = "openat,pwrite64,write,lseek,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,read"

Node = int


@dataclass(frozen=True)
class Op:
    """One call: what it did to which file (by node) or name."""

    kind: str
    path: str
    body: bytes = b""
    offset: int = 0
    target: str = ""


_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+|\?)")


def _bytes(quoted: str) -> bytes:
    return bytes.fromhex(quoted.replace("\\x", ""))


def _text(quoted: str) -> str:
    return _bytes(quoted).decode("utf-8", "surrogateescape")


def _whole_lines(log: Path) -> Iterator[str]:
    """The record's calls; one that another thread's came between stands in two halves, and counts when it ends."""
    halves: dict[str, str] = {}
    for line in log.read_text("ascii", "replace").splitlines():
        process = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            halves[process] = line.removesuffix("<unfinished ...>").rstrip()
            continue
        resumed = re.match(r"^\d+ +<\.\.\. \w+ resumed>", line)
        if resumed:
            half, rest = halves.pop(process), line[resumed.end() :]
            line = half + ("" if rest.startswith((",", ")")) else " ") + rest
        yield line


def read_record(log: Path, under: Path) -> Iterator[Op]:
    """The calls of a record that touch what lies under a folder, in order."""
    inside = str(under)
    offsets: dict[tuple[str, str], int] = {}  # by process and descriptor, for plain writes

    def ours(path: str) -> bool:
        return path == inside or path.startswith(inside + "/")

    for line in _whole_lines(log):
        found = _CALL.match(line)
        if found is None or found[3] in ("?",) or int(found[3]) < 0:
            continue
        name, arguments, result = found[1], found[2], int(found[3])
        fd = re.match(r"(\d+)<((?:\\x[0-9a-f]{2})*)>", arguments)
        path = _text(fd[2]) if fd else ""
        key = (fd[1], path) if fd else ("", "")
        if name == "openat":
            opened = re.search(r'"((?:\\x[0-9a-f]{2})*)", ([A-Z_|0-9]+)', arguments)
            said = re.search(r"= (\d+)<((?:\\x[0-9a-f]{2})*)>", line)
            if opened is None or said is None:
                continue
            path, flags = _text(said[2]), opened[2].split("|")
            offsets[(said[1], path)] = -1 if "O_APPEND" in flags else 0
            if ours(path) and "O_CREAT" in flags:
                yield Op("create", path)
            if ours(path) and "O_TRUNC" in flags:
                yield Op("truncate", path, offset=0)
        elif name in ("read", "lseek"):
            offsets[key] = result if name == "lseek" else max(offsets.get(key, 0), 0) + result
        elif name in ("pwrite64", "write") and ours(path):
            body = re.search(r', "((?:\\x[0-9a-f]{2})*)", (\d+)(?:, (\d+))?$', arguments)
            if body is None:
                raise AssertionError(f"not a whole record: {line[:200]}")
            written = _bytes(body[1])[:result]
            at = int(body[3]) if name == "pwrite64" else offsets.get(key, 0)
            if name == "write" and at >= 0:
                offsets[key] = at + result
            yield Op("write", path, written, at)
        elif name == "ftruncate" and ours(path):
            yield Op("truncate", path, offset=int(arguments.rsplit(", ", 1)[1]))
        elif name in ("fsync", "fdatasync") and ours(path):
            yield Op("sync", path)
        elif name in ("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir"):
            names = [_text(one) for one in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
            if name.startswith("rename") and ours(names[0]):
                yield Op("rename", names[0], target=names[1])
            elif name.startswith("unlink") and ours(names[0]):
                yield Op("unlink", names[0])
            elif name == "mkdir" and ours(names[0]):
                yield Op("mkdir", names[0])


@dataclass
class Disk:
    """What is on the platter for certain, and what waits for a sync."""

    names: dict[str, Node] = field(default_factory=dict)
    bodies: dict[Node, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    # what programs see now
    seen: dict[str, Node] = field(default_factory=dict)
    waiting: list[tuple[Op, Node]] = field(default_factory=list)
    _next: int = 0

    @classmethod
    def of(cls, folder: Path) -> "Disk":
        """A disk that holds a folder, all of it on the platter."""
        disk = cls()
        for path in folder.rglob("*"):
            if path.is_file():
                disk._next += 1
                disk.names[str(path)] = disk._next
                disk.bodies[disk._next] = path.read_bytes()
            else:
                disk.folders.add(str(path))
        disk.seen = dict(disk.names)
        return disk

    def do(self, op: Op) -> None:
        """A call: it waits until its sync."""
        match op.kind:
            case "create":
                if op.path in self.seen:
                    return
                self._next += 1
                self.seen[op.path] = self._next
                self.bodies[self._next] = b""
                self.waiting.append((op, self._next))
            case "rename":
                node = self.seen.pop(op.path)
                self.seen[op.target] = node
                self.waiting.append((op, node))
            case "unlink":
                self.waiting.append((op, self.seen.pop(op.path)))
            case "mkdir":
                self.folders.add(op.path)  # an empty folder more or less is nothing to anybody
            case "sync":
                self._sync(op.path)
            case _:
                self.waiting.append((op, self.seen[op.path]))

    def _sync(self, path: str) -> None:
        """A file's bytes (and its own name), or a folder's names, are on the platter from now on."""
        if path in self.seen:
            node = self.seen[path]
            done = [
                one
                for one in self.waiting
                if one[1] == node and one[0].kind in ("write", "truncate", "create")
            ]
        else:
            done = [
                one
                for one in self.waiting
                if one[0].kind in ("create", "rename", "unlink")
                and path in (str(PurePosixPath(one[0].path).parent), str(PurePosixPath(one[0].target).parent))
            ]
        for op, node in done:
            _apply(op, node, self.names, self.bodies)
        finished = {id(one) for one in done}
        self.waiting = [one for one in self.waiting if id(one) not in finished]

    def orderly(self, torn: Op | None = None, random: Random | None = None) -> dict[str, bytes]:
        """What is found after a cut on a disk that does all in order; of the call under way only some sectors."""
        names, bodies = dict(self.names), dict(self.bodies)
        for op, node in self.waiting:
            _apply(op, node, names, bodies)
        if torn is not None and random is not None and torn.kind == "write" and torn.path in self.seen:
            part = random.randrange(0, len(torn.body) + 1) // SECTOR * SECTOR
            _apply(Op("write", torn.path, torn.body[:part], torn.offset), self.seen[torn.path], names, bodies)
        return {path: bodies[node] for path, node in names.items()}

    def unruly(self, random: Random) -> dict[str, bytes]:
        """What is found after a cut on a disk that writes what it likes when it likes, between syncs."""
        names, bodies = dict(self.names), dict(self.bodies)
        keeps = random.choice((0.1, 0.5, 0.9))
        for op, node in self.waiting:
            if random.random() >= keeps:
                continue
            if op.kind == "write" and random.random() < 0.3:
                for start in range(0, len(op.body), SECTOR):
                    if random.random() < 0.5:
                        piece = Op("write", op.path, op.body[start : start + SECTOR], op.offset + start)
                        _apply(piece, node, names, bodies)
            else:
                _apply(op, node, names, bodies)
        return {path: bodies[node] for path, node in names.items()}


def _apply(op: Op, node: Node, names: dict[str, Node], bodies: dict[Node, bytes]) -> None:
    match op.kind:
        case "create":
            names[op.path] = node
        case "rename":
            names.pop(op.path, None)
            names[op.target] = node
        case "unlink":
            if names.get(op.path) == node:
                del names[op.path]
        case "truncate":
            bodies[node] = bodies[node][: op.offset].ljust(op.offset, b"\0")
        case "write":
            body = bodies[node]
            at = len(body) if op.offset < 0 else op.offset
            bodies[node] = body[:at].ljust(at, b"\0") + op.body + body[at + len(op.body) :]
