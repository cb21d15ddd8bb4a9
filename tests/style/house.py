"""What the style tests share: the tree of this repository and its source files."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("app", "models", "ui")
NOT_OURS = {
    ".git",
    ".venv",
    "build",
    "dist",
    "node_modules",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
}
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".sh",
    ".spec",
    ".csv",
    ".html",
    ".qss",
    ".cfg",
    ".ini",
    ".json",
    "",
}


def sources(*folders: str) -> list[Path]:
    """Every Python file under these folders of the repository."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def where(path: Path, node: ast.AST | None = None) -> str:
    """A place to click on: “app/desk.py:12”."""
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the repository with its text; what is made, cached or binary is left out."""
    for path in sorted(ROOT.rglob("*")):
        if not path.is_file() or path.suffix not in TEXTS or NOT_OURS & set(path.relative_to(ROOT).parts):
            continue
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:  # a GBK sample is a sample
            continue
