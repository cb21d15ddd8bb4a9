"""The hashes of what is handed out: SHA256SUMS and SM3SUMS, in the form that `sha256sum -c` reads.

python digests.py FOLDER      every installer, upgrade package and list of parts in it
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SM3, Hash

HANDED_OUT = (".deb", ".exe", ".xcup", ".cdx.json")
_PIECE = 1 << 20


def sha256(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sm3(path: Path) -> str:
    """SM3 (GB/T 32905) in hex; `openssl dgst -sm3` gives the same."""
    digest = Hash(SM3())
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.finalize().hex()


LISTS: dict[str, Callable[[Path], str]] = {"SHA256SUMS": sha256, "SM3SUMS": sm3}


def write_lists(folder: Path) -> list[Path]:
    """Write both lists; gives the files that are listed."""
    listed = sorted(path for path in folder.iterdir() if path.name.endswith(HANDED_OUT))
    for name, digest in LISTS.items():
        (folder / name).write_text("".join(f"{digest(path)}  {path.name}\n" for path in listed), "utf-8")
    return listed


if __name__ == "__main__":
    for path in write_lists(Path(sys.argv[1])):
        print(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB")
