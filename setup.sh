#!/usr/bin/env bash
# Sets up what is missing and nothing else: system packages (Debian 12, as root or through sudo) and .venv from the hash-locked list.
# With everything present it needs neither root nor network.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# fonts for what is printed and shown; LibreOffice and poppler look at what was made; the rest is what Qt loads
packages=(
    make binutils fonts-wqy-microhei fonts-wqy-zenhei libreoffice-calc-nogui poppler-utils xvfb
    libegl1 libgl1 libglib2.0-0 libxkbcommon0 libdbus-1-3 libfontconfig1
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libxcb-shape0
)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else stop "缺少系统软件包，安装需要 root 或 sudo：${missing[*]}（missing system packages: run as root or install sudo）"
    fi
}

find_python() {
    for candidate in python3.11 python3; do
        if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

missing=()
if command -v dpkg-query >/dev/null; then
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ -x .venv/bin/python ] || find_python >/dev/null || missing+=(python3 python3-venv)
fi
if [ "${#missing[@]}" -gt 0 ]; then
    say "安装系统软件包：${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

stamp="$(sha256sum requirements/dev.txt | cut -c1-64)"
if [ "$(cat .venv/stamp 2>/dev/null || true)" != "$stamp" ] || ! .venv/bin/python -c 'import sys' 2>/dev/null; then
    python="$(find_python)" || stop "需要 Python 3.11（Python 3.11 with venv is needed）"
    say "建立 .venv（$("$python" --version)）"
    rm -rf .venv
    "$python" -m venv .venv
    # one environment for both commands: the demo's libraries are the tests' libraries
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
    printf '%s' "$stamp" > .venv/stamp
fi
