"""Whether two builds are the same, byte for byte; if not, which files differ.

python3 compare.py ONE OTHER      two folders or two .deb files; exit code 1 when they differ
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path


def described(folder: Path) -> dict[str, str]:
    """Every file below → its mode and hash; a link's target, a folder's mode."""
    return {str(path.relative_to(folder)): _described(path) for path in sorted(folder.rglob("*"))}


def _described(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    mode = f"{path.stat().st_mode & 0o7777:o}"
    if path.is_dir():
        return f"folder {mode}"
    with path.open("rb") as stream:
        return f"{mode} {hashlib.file_digest(stream, 'sha256').hexdigest()}"


def differences(one: Path, other: Path) -> list[str]:
    """A line for each file that is in only one of them or not the same in both."""
    first, second = described(one), described(other)
    only = [f"只在一边：{name}" for name in sorted(first.keys() ^ second.keys())]
    return only + [
        f"不同：{name}" for name in sorted(first.keys() & second.keys()) if first[name] != second[name]
    ]


def unpacked(package: Path, folder: Path) -> Path:
    """A folder as it is; a .deb unpacked into `folder`, its control files beside the rest."""
    if package.is_dir():
        return package
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(folder)], check=True)
    return folder


def main() -> int:
    """Compare; gives the exit code."""
    one, other = Path(sys.argv[1]), Path(sys.argv[2])
    if one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes():
        print(f"{one.name}：两次构建逐字节相同")
        return 0
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        found = differences(unpacked(one, Path(first)), unpacked(other, Path(second)))
    if not found and one.is_dir():
        print(f"{one.name}：两次构建逐字节相同")
        return 0
    print("\n".join(found or ["内容相同，包本身不同（压缩或时间）"]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
