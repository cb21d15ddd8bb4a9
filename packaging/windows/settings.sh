# Names and places of the Windows build, for the scripts beside this one. Downloads and half-made things never lie in the tree.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
HERE="$ROOT/packaging/windows"
PYTHON="$ROOT/.venv/bin/python"
CACHE="${XIANGCAI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xiangcai-packaging}/windows"
WORK="${XIANGCAI_WORK:-/var/tmp/xiangcai-windows}"
DIST="$ROOT/dist"
VERSION="$(sed -n 's/^version = "\(.*\)"/\1/p' "$ROOT/pyproject.toml" | head -1)"
# two builds of one commit give the same bytes: every time in them is the commit's
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git -C "$ROOT" log -1 --format=%ct 2>/dev/null || echo 1767225600)}"
export SOURCE_DATE_EPOCH PYTHONHASHSEED=0
