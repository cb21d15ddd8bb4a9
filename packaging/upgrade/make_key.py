"""Makes the publisher's key, once: the private one goes into a file that only the publisher has, the public one to the program.

    python packaging/upgrade/make_key.py PRIVATE.PEM "某某县财政局 2026-11"

The private key is written enciphered (the pass phrase is asked for, or taken from XIANGCAI_KEY_PASSWORD) and never into the
repository; the public one is added to resources/upgrade_keys.txt. Ship a version with a new key before signing with it.
"""

import getpass
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
KEYS: Final = ROOT / "resources" / "upgrade_keys.txt"
LEAST_SIGNS: Final = 12


def make_key(private: Path, password: str, whose: str, keys: Path = KEYS) -> str:
    """Write both halves; gives the public one, hex. Raises FileExistsError, ValueError (a weak pass phrase, a place in the tree)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    if private.resolve().is_relative_to(ROOT):
        raise ValueError("私钥不能放在程序的源代码文件夹里")
    if len(password) < LEAST_SIGNS:
        raise ValueError(f"口令至少要 {LEAST_SIGNS} 个字符")
    key = Ed25519PrivateKey.generate()
    body = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode()))
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as stream:
        stream.write(body)
    public = key.public_key().public_bytes_raw().hex()
    with open(keys, "a", encoding="utf-8") as stream:
        stream.write(f"{public}  {whose}\n")
    return public


def password_of(prompt: str) -> str:
    """The private key's pass phrase, never from an argument."""
    return os.environ.get("XIANGCAI_KEY_PASSWORD") or getpass.getpass(prompt)


def main() -> int:
    """The command."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        public = make_key(Path(sys.argv[1]), password_of("私钥口令（至少 12 个字符）："), sys.argv[2])
    except (OSError, ValueError) as error:
        print(f"没有做成密钥：{error}", file=sys.stderr)
        return 1
    print(
        f"私钥：{sys.argv[1]}（请存到两处离线的地方，口令另放）\n公钥 {public} 已写入 {KEYS.relative_to(ROOT)}，请提交。"
    )
    subprocess.run(["git", "-C", str(ROOT), "diff", "--stat", "--", str(KEYS)], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
