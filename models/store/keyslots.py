"""Who can unlock the office: the data key, wrapped once per operator's password and once by a recovery code.

`keyslots.json` lies beside the database. A slot holds the 32-byte data key under AES-256-GCM with a key drawn from the
password by Argon2id. Losing every slot loses the data: there is no other way in.

A change inside a transaction is written under a temporary name, its hash recorded in the transaction, and renamed after
the commit, as every file is (DESIGN §3); what a crash leaves in between is settled when the office is opened next.
"""

import base64
import hashlib
import json
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.domain.refusal import Refusal
from models.store.durable import put_in_place, read_bytes, replacing_own

RECOVERY = "恢复码"
"""The name of the slot that the printed recovery code opens."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L, which are misread on paper
_CODE_LENGTH = 26
_FORMAT = 1
STAGED_SUFFIX = ".new"


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


class KeyslotsMissing(Refusal):
    """The database is there and its key file is not."""

    form = "“{folder}”里有数据库，但缺少密钥文件“{name}”，任何密码都打不开。请从备份恢复，或把原来的密钥文件放回去。"


class RecoveryCodeWrong(Refusal):
    """What was typed is not the recovery code that was printed."""

    form = "恢复码不正确。请对照打印的恢复码重新输入（26 位，不区分大小写，没有 0、1 和字母 O、I、L）。"


class LastSlot(Refusal):
    """Taking this slot away would lock everybody out."""

    form = "“{operator}”是最后一位能打开办公点的操作员，不能移除。请先添加另一位操作员。"


class NewerKeyslots(Refusal):
    """A later program wrote the key file."""

    form = "密钥文件的格式是 {found}，本程序只认识到 {known}。请升级程序后再打开，数据没有改动。"


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


def code_as_typed(written: str) -> str:
    """A recovery code as people type it: groups, blanks, dashes, small and full-width letters mean the same."""
    folded = unicodedata.normalize("NFKC", written).upper()
    return "".join(letter for letter in folded if letter not in " -—－\t\r\n")


def code_on_paper(code: str) -> str:
    """The recovery code in groups that can be read aloud."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


Slots = dict[str, dict[str, object]]


class Keyslots:
    """The slots of one office. `data_key` is known once a slot was opened."""

    def __init__(self, path: Path, slots: Slots, data_key: bytes, cost: KdfCost) -> None:
        self._path = path
        self._slots = slots
        self._cost = cost
        self._before: Slots | None = None
        self.data_key = data_key

    @classmethod
    def make(
        cls, path: Path, operator: str, password: str, cost: KdfCost = FULL_COST
    ) -> tuple["Keyslots", str]:
        """A new data key with its first operator's slot and the recovery slot; returns the recovery code too."""
        keyslots = cls(path, {}, secrets.token_bytes(32), cost)
        code = new_recovery_code()
        keyslots._slots[RECOVERY] = _wrap(keyslots.data_key, RECOVERY, code, cost)
        keyslots._set(operator, password)
        keyslots.write()
        return keyslots, code

    @classmethod
    def open(cls, path: Path, operator: str, password: str) -> "Keyslots":
        """Unlock with one operator's password. Raises NoSlot, WrongPassword, DamagedKeyslots, NewerKeyslots, CannotRead."""
        slots = _read(path)
        slot = slots.get(operator)
        if slot is None:
            raise NoSlot(operator=operator)
        data_key, cost = _unwrap(path, operator, slot, password)
        return cls(path, slots, data_key, cost)

    @classmethod
    def open_with_code(cls, path: Path, written: str) -> "Keyslots":
        """Unlock with the printed recovery code. Raises RecoveryCodeWrong, DamagedKeyslots, NewerKeyslots, CannotRead."""
        try:
            return cls.open(path, RECOVERY, code_as_typed(written))
        except (WrongPassword, NoSlot) as error:
            raise RecoveryCodeWrong from error

    @property
    def cost(self) -> KdfCost:
        """What a guess costs in slots made from now on."""
        return self._cost

    @property
    def names(self) -> frozenset[str]:
        """Whose slots there are, without the recovery code's."""
        return frozenset(self._slots) - {RECOVERY}

    def opens(self, operator: str, password: str) -> bool:
        """Whether this password opens this slot (it costs one derivation)."""
        slot = self._slots.get(operator)
        if slot is None:
            return False
        try:
            return _unwrap(self._path, operator, slot, password)[0] == self.data_key
        except WrongPassword:
            return False

    def add(self, operator: str, password: str) -> None:
        """Give an operator a slot, or a new password, once the transaction is committed. Raises PasswordTooShort."""
        refuse_short(password)
        self._remember()
        self._set(operator, password)
        self._stage()

    def remove(self, operator: str) -> None:
        """Take an operator's slot away once the transaction is committed. Raises LastSlot, NoSlot."""
        if operator not in self._slots:
            raise NoSlot(operator=operator)
        if self.names == {operator}:
            raise LastSlot(operator=operator)
        self._remember()
        del self._slots[operator]
        self._stage()

    def renew_code(self) -> str:
        """A new recovery code instead of the old one, once the transaction is committed; gives it for the printer."""
        code = new_recovery_code()
        self._remember()
        self._slots[RECOVERY] = _wrap(self.data_key, RECOVERY, code, self._cost)
        self._stage()
        return code

    def _set(self, operator: str, password: str) -> None:
        refuse_short(password)
        self._slots[operator] = _wrap(self.data_key, operator, password, self._cost)

    # -- on the disk --------------------------------------------------------------------------------------

    @property
    def staged(self) -> Path:
        """Where a change waits for its commit."""
        return self._path.with_name(self._path.name + STAGED_SUFFIX)

    def _body(self) -> bytes:
        return json.dumps(
            {"format": _FORMAT, "slots": self._slots}, ensure_ascii=False, indent=1, sort_keys=True
        ).encode("utf-8")

    @property
    def sha256(self) -> str:
        """The hash of the key file as it is or, inside a transaction, as it will be."""
        return hashlib.sha256(self._body()).hexdigest()

    @property
    def is_staged(self) -> bool:
        """Whether a change waits for the commit."""
        return self._before is not None

    def write(self) -> None:
        """Write the key file whole, outside any transaction."""
        with replacing_own(self._path) as part:
            part.write_bytes(self._body())

    def _remember(self) -> None:
        if self._before is None:
            self._before = dict(self._slots)

    def _stage(self) -> None:
        with replacing_own(self.staged) as part:
            part.write_bytes(self._body())

    def settle(self) -> None:
        """After the commit: the staged file takes its name, or takes it at the next opening."""
        if self._before is not None:
            with suppress(OSError):
                put_in_place(self.staged, self._path)
            self._before = None

    def leave(self) -> None:
        """After a commit that failed: the slots are what they were here, the staged file stays for the next opening."""
        if self._before is not None:
            self._slots, self._before = self._before, None

    def forget(self) -> None:
        """After a rollback: the slots are what they were."""
        if self._before is not None:
            self._slots, self._before = self._before, None
            with suppress(OSError):  # what is left is settled at the next opening
                self.staged.unlink(missing_ok=True)

    def recover(self, recorded: str | None) -> None:
        """At opening: a staged file whose hash was committed takes its name, any other is removed."""
        if not self.staged.exists():
            return
        if recorded is not None and hashlib.sha256(read_bytes(self.staged)).hexdigest() == recorded:
            put_in_place(self.staged, self._path)
            self._slots = _read(self._path)
        else:
            self.staged.unlink()

    def file_is(self, recorded: str) -> bool:
        """Whether the file on the disk is the one that was last committed (an older one put back is not)."""
        return hashlib.sha256(read_bytes(self._path)).hexdigest() == recorded


def refuse_short(password: str) -> None:
    """Refuse a password that could be guessed. Raises PasswordTooShort."""
    if len(password) < LEAST_PASSWORD:
        raise PasswordTooShort(length=len(password), least=LEAST_PASSWORD)


def _read(path: Path) -> Slots:
    try:
        body = json.loads(read_bytes(path))
        found, slots = int(body["format"]), dict(body["slots"])
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedKeyslots(name=path.name) from error
    if found > _FORMAT:
        raise NewerKeyslots(found=found, known=_FORMAT)
    return slots


def _unwrap(path: Path, operator: str, slot: dict[str, object], password: str) -> tuple[bytes, KdfCost]:
    try:
        cost = KdfCost(**slot["cost"])  # type: ignore[arg-type]  # a damaged file ends in TypeError
        salt, nonce, sealed = (base64.b64decode(str(slot[part])) for part in ("salt", "nonce", "sealed"))
        key = _wrapping_key(password, salt, cost)
        return AESGCM(key).decrypt(nonce, sealed, operator.encode("utf-8")), cost
    except InvalidTag as error:
        raise WrongPassword(operator=operator) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedKeyslots(name=path.name) from error
