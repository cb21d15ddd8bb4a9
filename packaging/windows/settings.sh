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

# need TOOL:PACKAGE…: installs what this machine lacks
need() {
    local tool missing=()
    for tool in "$@"; do command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}"); done
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    [ "$(id -u)" -eq 0 ] || { echo "缺少工具，请先安装：sudo apt-get install ${missing[*]}" >&2; exit 1; }
    apt-get update -qq || true # one list that cannot be refreshed at this moment is no reason to stop: the installation decides
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
