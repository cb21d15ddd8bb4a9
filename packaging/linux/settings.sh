# What every script here shares: where things lie, which suite is built in, what the version is. Sourced, never run.
# shellcheck shell=bash

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
REPOSITORY="$(cd "$HERE/../.." && pwd)"
COMMON="$REPOSITORY/packaging/common"

# everything heavy lies outside the tree; with it in place a second run needs no network
CACHE="${XIANGCAI_INSTALLER_CACHE:-/var/tmp/xiangcai-installers}"
OUT="${XIANGCAI_INSTALLER_OUT:-$REPOSITORY/dist}"

# Debian 11 has glibc 2.31; glibc_pins.h brings what is compiled there down to 2.28
BUILD_SUITE=bullseye
ARCHITECTURE="${XIANGCAI_ARCHITECTURE:-amd64}"

APP_ID=org.xiangcai.yikatong
PROGRAM_HOME="/opt/apps/$APP_ID"

VERSION="$(sed -n 's/^version = "\(.*\)"$/\1/p' "$REPOSITORY/pyproject.toml")"
SOURCE_DATE_EPOCH="$(git -C "$REPOSITORY" log -1 --format=%ct 2>/dev/null || echo 1767225600)"
export SOURCE_DATE_EPOCH PYTHONHASHSEED=0 LC_ALL=C.UTF-8 TZ=UTC

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
stop() { printf '停止：%s\n' "$*" >&2; exit 1; }

# need TOOL:PACKAGE…: installs what this machine lacks
need() {
    local tool missing=()
    for tool in "$@"; do command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}"); done
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    [ "$(id -u)" -eq 0 ] || stop "缺少工具，请先安装：sudo apt-get install ${missing[*]}"
    # one list that cannot be refreshed at this moment is no reason to stop: the installation decides
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# the Debian archive that this machine itself uses: no host is written down here
debian_archive() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -1
}

# done_once NAME KEY: whether a step was already finished with the same key; finished NAME KEY: it is now
done_once() { [ "$(cat "$CACHE/done/$1" 2>/dev/null || true)" = "$2" ]; }
finished() { mkdir -p "$CACHE/done" && printf '%s' "$2" > "$CACHE/done/$1"; }

digest() { cat "$@" | sha256sum | cut -c1-64; }
