"""Who can unlock the office: the data key, wrapped once per operator's password and once by a recovery code.

`keyslots.json` lies beside the database. A slot holds the 32-byte data key under AES-256-GCM with a key drawn from the
password by Argon2id. Losing every slot loses the data: there is no other way in.
"""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.domain.refusal import Refusal
from models.store.durable import read_bytes, replacing

RECOVERY = "恢复码"
"""The name of the slot that the printed recovery code opens."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L, which are misread on paper
_CODE_LENGTH = 26


class WrongPassword(Refusal):
    """The password does not open this operator's slot."""

    form = "操作员“{operator}”的密码不正确。请重新输入；忘记密码请由系统管理员重设。"


class NoSlot(Refusal):
    """Nobody of that name can open this office."""

    form = "这个办公点没有操作员“{operator}”。请核对姓名，或请系统管理员添加。"


class DamagedKeyslots(Refusal):
    """The key file is not what we wrote."""

    form = "密钥文件“{name}”已损坏，打不开办公点。请用最近的备份恢复。"


class PasswordTooShort(Refusal):
    """A password that could be guessed."""

    form = "密码只有 {length} 位，至少要 {least} 位。请换一个更长的密码。"


LEAST_PASSWORD = 6


@dataclass(frozen=True)
class KdfCost:
    """What one guess at a password costs: memory in KiB, passes, lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


FULL_COST = KdfCost()


def _wrapping_key(secret: str, salt: bytes, cost: KdfCost) -> bytes:
    kdf = Argon2id(
        salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    return kdf.derive(secret.encode("utf-8"))


def _wrap(data_key: bytes, name: str, secret: str, cost: KdfCost) -> dict[str, object]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_wrapping_key(secret, salt, cost)).encrypt(nonce, data_key, name.encode("utf-8"))
    return {
        "kdf": "argon2id",
        "cost": asdict(cost),
        "cipher": "aes-256-gcm",
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }


def new_recovery_code() -> str:
    """26 characters for paper, without look-alikes, about 128 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


class Keyslots:
    """The slots of one office. `data_key` is known once a slot was opened."""

    def __init__(
        self, path: Path, slots: dict[str, dict[str, object]], data_key: bytes, cost: KdfCost
    ) -> None:
        self._path = path
        self._slots = slots
        self._cost = cost
        self.data_key = data_key

    @classmethod
    def make(
        cls, path: Path, operator: str, password: str, cost: KdfCost = FULL_COST
    ) -> tuple["Keyslots", str]:
        """A new data key with its first operator's slot and the recovery slot; returns the recovery code too."""
        keyslots = cls(path, {}, secrets.token_bytes(32), cost)
        code = new_recovery_code()
        keyslots._slots[RECOVERY] = _wrap(keyslots.data_key, RECOVERY, code, cost)
        keyslots.add(operator, password)
        return keyslots, code

    @classmethod
    def open(cls, path: Path, operator: str, password: str) -> "Keyslots":
        """Unlock with one operator's password. Raises NoSlot, WrongPassword, DamagedKeyslots."""
        try:
            slots = json.loads(read_bytes(path))["slots"]
            slot = slots.get(operator)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedKeyslots(name=path.name) from error
        if slot is None:
            raise NoSlot(operator=operator)
        try:
            cost = KdfCost(**slot["cost"])
            salt, nonce, sealed = (base64.b64decode(slot[part]) for part in ("salt", "nonce", "sealed"))
            data_key = AESGCM(_wrapping_key(password, salt, cost)).decrypt(
                nonce, sealed, operator.encode("utf-8")
            )
        except InvalidTag as error:
            raise WrongPassword(operator=operator) from error
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedKeyslots(name=path.name) from error
        return cls(path, slots, data_key, cost)

    def add(self, operator: str, password: str) -> None:
        """Give an operator a slot, or a new password; the file is replaced as a whole."""
        if len(password) < LEAST_PASSWORD:
            raise PasswordTooShort(length=len(password), least=LEAST_PASSWORD)
        self._slots[operator] = _wrap(self.data_key, operator, password, self._cost)
        self.write()

    def write(self) -> None:
        """Write the key file whole."""
        body = json.dumps({"format": 1, "slots": self._slots}, ensure_ascii=False, indent=1)
        with replacing(self._path) as part:
            part.write_text(body, encoding="utf-8")
