"""How what lies in a backup is enciphered and hashed: the office's choice, its names written beside every body.

AES-256-GCM with SHA-256, or 国密 SM4-GCM with SM3. A member is a row of pieces, each with a tag of its own that also says
which piece of which member it is and whether it is the last: a piece cut off, moved or changed does not open.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE: Final = 1 << 20
_PREFIX, _TAG = 8, 16


class PieceBroken(Exception):
    """A piece does not open: it was changed, cut, or is another's."""


class _Digest(Protocol):
    def update(self, body: bytes, /) -> object: ...
    def hexdigest(self) -> str: ...


class _Sm3:
    """SM3 with hashlib's manners."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, body: bytes, /) -> None:
        self._hash.update(body)

    def hexdigest(self) -> str:
        return self._hash.copy().finalize().hex()


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher and a hash that go together."""

    name: str
    cipher: str
    hash_name: str
    key_length: int

    def digest(self) -> _Digest:
        """A new hash."""
        return hashlib.sha256() if self.hash_name == "sha256" else _Sm3()

    def digest_of(self, stream: IO[bytes]) -> str:
        """The hash of all that is left in a stream, hex."""
        digest = self.digest()
        while piece := stream.read(PIECE):
            digest.update(piece)
        return digest.hexdigest()

    def key(self, data_key: bytes, salt: bytes, use: str) -> bytes:
        """The key of one container for one use, drawn from the office's data key."""
        purpose = f"xiangcai backup {self.name} {use}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=self.key_length, salt=salt, info=purpose).derive(
            data_key
        )

    def _cipher(self, key: bytes, mode: modes.GCM) -> Cipher[Any]:
        algorithm = algorithms.AES(key) if self.cipher == "aes-256-gcm" else algorithms.SM4(key)
        return Cipher(algorithm, mode)

    def enciphered(self, key: bytes, member: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """A member's body as it lies in the container."""
        prefix = secrets.token_bytes(_PREFIX)
        yield prefix
        number, piece = 0, next(pieces, b"")
        while True:
            following = next(pieces, None)
            cipher = self._cipher(key, modes.GCM(_nonce(prefix, number))).encryptor()
            cipher.authenticate_additional_data(_place(member, number, last=following is None))
            yield cipher.update(piece) + cipher.finalize() + cipher.tag
            if following is None:
                return
            number, piece = number + 1, following

    def deciphered(self, key: bytes, member: str, stream: IO[bytes]) -> Iterator[bytes]:
        """The body of a member again, a piece at a time. Raises PieceBroken."""
        prefix = stream.read(_PREFIX)
        number, piece = 0, stream.read(PIECE + _TAG)
        while True:
            following = stream.read(PIECE + _TAG)
            if len(prefix) < _PREFIX or len(piece) < _TAG:
                raise PieceBroken
            nonce = modes.GCM(_nonce(prefix, number), piece[-_TAG:])
            cipher = self._cipher(key, nonce).decryptor()
            cipher.authenticate_additional_data(_place(member, number, last=not following))
            try:
                yield cipher.update(piece[:-_TAG]) + cipher.finalize()
            except InvalidTag as error:
                raise PieceBroken from error
            if not following:
                return
            number, piece = number + 1, following


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + number.to_bytes(4, "big")


def _place(member: str, number: int, *, last: bool) -> bytes:
    return f"{member}\0{number}\0{int(last)}".encode()


def list_mac(key: bytes, body: bytes) -> str:
    """What proves that a container's list is the one that was written, hex."""
    return hmac.digest(key, body, "sha256").hex()


AES: Final = Suite("aes", "aes-256-gcm", "sha256", 32)
SM: Final = Suite("sm", "sm4-gcm", "sm3", 16)
SUITES: Final = {suite.name: suite for suite in (AES, SM)}
SUITE_NAMES: Final = {"aes": "AES-256-GCM 与 SHA-256", "sm": "国密 SM4-GCM 与 SM3"}
