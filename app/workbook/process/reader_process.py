"""The process in which files are read (`python -m app.workbook.process.reader_process`): a hostile file can only hurt it.

It takes one request after another from standard input (REQUEST, name, bytes) and answers with frames on standard
output. It opens no file and writes none; its memory is limited for each file; its parent ends it when it takes too long.
"""

import marshal
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from app.workbook.process import frames
from app.workbook.process.limits import LARGE, SMALL, limit_memory, limit_time
from app.workbook.unreadable import DamagedWorkbook, EncryptedWorkbook, TooMuchMemory, UnreadableWorkbook


def main() -> None:
    """Serve requests until standard input ends."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    devnull = os.open(os.devnull, os.O_RDWR)
    os.dup2(devnull, 0)
    os.dup2(devnull, 1)  # whatever a library prints must not get between the frames
    serve(source, target)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer every request of `source` on `target`."""

    def send(kind: int, packed: bytes) -> None:
        target.write(frames.HEADER.pack(kind, len(packed)))
        target.write(packed)
        target.flush()

    with suppress(OSError):  # a pipe that breaks, or will not take more: who reads has gone, or must ask anew
        for wanted, seconds, name, body in _requests(source):
            limit_memory(SMALL, len(body))
            limit_time(seconds)
            try:
                read(body, name, send, wanted)
            except UnreadableWorkbook as no:
                send(frames.REFUSED, marshal.dumps((type(no).__name__, no.facts)))
            except MemoryError:
                refused = _too_much_memory(name)
                limit_memory(LARGE)
                send(frames.REFUSED, refused)
            except OSError:
                raise
            except BaseException as fault:  # a panic of the library's Rust side is no Exception
                if isinstance(fault, KeyboardInterrupt | SystemExit):
                    raise
                send(frames.FAILED, marshal.dumps(_where(fault)))
            del body
            send(frames.DONE, b"")


def _requests(source: BinaryIO) -> Iterator[tuple[int, int, str, bytes]]:
    while len(header := source.read(frames.REQUEST.size)) == frames.REQUEST.size:
        wanted, seconds, of_name, of_body = frames.REQUEST.unpack(header)
        yield wanted, seconds, source.read(of_name).decode(), source.read(of_body)


def _too_much_memory(name: str) -> bytes:
    facts = {"name": name, "limit": limit_memory.in_force // 1_000_000}
    return marshal.dumps((TooMuchMemory.__name__, facts))


def _where(fault: BaseException) -> str:
    """The places of a traceback, without the values of the file that its message may quote."""
    import traceback  # the slowest of all imports of this process, for what hardly ever happens

    places = [
        f"{Path(step.filename).name}:{step.lineno}" for step in traceback.extract_tb(fault.__traceback__)
    ]
    return f"{type(fault).__name__} at {' < '.join(reversed(places))}"


# -- what a file is -------------------------------------------------------------------------------------------

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


def read(body: bytes, name: str, send: frames.Send, wanted: int = frames.READ_AND_LOOK) -> None:
    """Read a file by what its bytes are. Raises UnreadableWorkbook; what is needed is imported when it is."""
    if body.startswith(_ZIP):
        _read_package(body, name, send, wanted)
    elif wanted == frames.LOOK:
        return
    elif body.startswith(_OLE):
        from app.workbook.kinds.old_workbook import read_old_workbook

        read_old_workbook(body, name, send)
    else:
        from app.workbook.kinds.text_tables import read_text

        read_text(body, name, send)


def _read_package(body: bytes, name: str, send: frames.Send, wanted: int) -> None:
    from app.workbook.kinds.gate import Package, manifest_is_encrypted, refusal_of_zip
    from app.workbook.kinds.xlsx_parts import BrokenPart, main_part

    package = Package(body, name)
    if package.find("content.xml") is not None or package.find("mimetype") is not None:
        from app.workbook.kinds.open_document import read_open_document

        if manifest_is_encrypted(package):
            raise EncryptedWorkbook(name=name)
        if package.find("content.xml") is None:
            raise refusal_of_zip(body, name)
        if wanted != frames.LOOK:
            read_open_document(package, send)
        return
    try:
        part = main_part(package)
    except BrokenPart as fault:
        raise DamagedWorkbook(name=name) from fault
    if part is None or ("xl/" not in part.casefold() and "workbook" not in part.casefold()):
        raise refusal_of_zip(body, name)
    if part.casefold().endswith(".bin"):
        from app.workbook.kinds.binary_workbook import read_binary

        if wanted != frames.LOOK:
            read_binary(package, part, send)
        return
    from app.workbook.kinds.xlsx import look_at_xlsx, read_xlsx

    if wanted == frames.LOOK:
        look_at_xlsx(package, part, send)
    else:
        read_xlsx(package, part, send, look=wanted == frames.READ_AND_LOOK)


if __name__ == "__main__":
    main()
