"""Files as received, kept encrypted in the office folder and addressed by the SHA-256 of what was received.

A file is written under a temporary name, its hash recorded in the transaction, and renamed after the commit; what a
crash leaves in between is settled when the office is opened next.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.domain.refusal import Refusal
from models.store.durable import put_in_place, world_error

_MAGIC = b"XCF1"
_NONCE = 12


class FileDamaged(Refusal):
    """A kept file is missing or no longer what was received."""

    form = "存档文件“{name}”（{sha256}）{fault}。请从备份恢复这个文件。"


class FileStore:
    """The `files` folder of one office."""

    def __init__(self, folder: Path, data_key: bytes) -> None:
        self._folder = folder
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"xiangcai files").derive(data_key)
        self._cipher = AESGCM(key)
        self._staged: list[tuple[Path, Path]] = []
        self._discarded: list[str] = []

    def path_of(self, sha256: str) -> Path:
        """Where a file of that hash belongs."""
        return self._folder / sha256[:2] / sha256

    def place_of(self, sha256: str) -> Path:
        """Where a file of that hash lies: in its place, or still under its temporary name."""
        final = self.path_of(sha256)
        return final if final.exists() else _part_of(final)

    def stage(self, body: bytes) -> str:
        """Write `body` under a temporary name and give its SHA-256; `settle` makes it final."""
        sha256 = hashlib.sha256(body).hexdigest()
        final = self.path_of(sha256)
        part = _part_of(final)
        if self.place_of(sha256).exists() and self.fault_of(sha256) is None:
            return sha256
        nonce = secrets.token_bytes(_NONCE)
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            with open(part, "wb") as stream:
                stream.write(_MAGIC + nonce + self._cipher.encrypt(nonce, body, sha256.encode()))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            part.unlink(missing_ok=True)
            raise world_error(error, final) from error
        self._staged.append((part, final))
        return sha256

    def discard(self, sha256: str) -> None:
        """Remove a file that an appraisal let go 销毁, after the commit; what cannot be removed goes at the next opening."""
        self._discarded.append(sha256)

    def remove(self, sha256: str) -> None:
        """Remove a file that is wanted no more, where it can be."""
        for path in (self.path_of(sha256), _part_of(self.path_of(sha256))):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def settle(self) -> None:
        """After the commit: staged files take their names; one that cannot takes it at the next opening."""
        for part, final in self._staged:
            with suppress(OSError):
                put_in_place(part, final)
        for sha256 in self._discarded:
            self.remove(sha256)
        self.leave()

    def leave(self) -> None:
        """After a commit that failed: the parts stay for the next opening, which knows whether they are wanted."""
        self._staged.clear()
        self._discarded.clear()

    def forget(self) -> None:
        """After a rollback: staged files are removed."""
        for part, _ in self._staged:
            with suppress(OSError):  # what is left goes at the next opening
                part.unlink(missing_ok=True)
        self.leave()

    def recover(self, is_recorded: Callable[[str], bool]) -> None:
        """At opening: a part whose hash was committed takes its name, any other is removed."""
        for part in sorted(self._folder.glob("??/*.part")):
            sha256 = part.name.removesuffix(".part")
            if is_recorded(sha256):
                put_in_place(part, part.with_name(sha256))
            else:
                part.unlink()

    def read(self, sha256: str, name: str = "") -> bytes:
        """The file as received. Raises FileDamaged when it is missing or changed."""
        try:
            raw = self.place_of(sha256).read_bytes()
        except OSError as error:
            raise FileDamaged(name=name, sha256=sha256[:12], fault="不在原处") from error
        nonce, sealed = raw[len(_MAGIC) : len(_MAGIC) + _NONCE], raw[len(_MAGIC) + _NONCE :]
        try:
            body = self._cipher.decrypt(nonce, sealed, sha256.encode())
        except (InvalidTag, ValueError) as error:
            raise FileDamaged(name=name, sha256=sha256[:12], fault="内容已被改动") from error
        if raw[: len(_MAGIC)] != _MAGIC or hashlib.sha256(body).hexdigest() != sha256:
            raise FileDamaged(name=name, sha256=sha256[:12], fault="内容已被改动")
        return body

    def is_encrypted(self, sha256: str) -> bool:
        """Whether the file lies encrypted on the disk; one that is not there is not."""
        try:
            with open(self.place_of(sha256), "rb") as stream:
                return stream.read(len(_MAGIC)) == _MAGIC
        except OSError:
            return False

    def fault_of(self, sha256: str) -> str | None:
        """None for a whole file, else the sentence that says what is wrong with it."""
        try:
            self.read(sha256)
        except FileDamaged as fault:
            return fault.sentence
        return None


def _part_of(final: Path) -> Path:
    return final.with_name(final.name + ".part")
