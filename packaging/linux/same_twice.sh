#!/usr/bin/env bash
# Builds the package a second time and compares: same_twice.sh [--interpreter]. With --interpreter everything is done anew,
# the old root and CPython too (in a cache of its own); without it only what is made from the tree.
set -euo pipefail
cd "$(dirname "$0")"
. ./settings.sh
first="$OUT/${APP_ID}_${VERSION}_$ARCHITECTURE.deb"
[ -e "$first" ] || stop "没有 $first：请先运行 packaging/linux/build.sh"

again="$CACHE"
if [ "${1:-}" = --interpreter ]; then
    again="$CACHE/again"
    rm -rf "$again" && mkdir -p "$again"
    # what was fetched is the same for both; what was made is not taken over
    cp -al "$CACHE/debs" "$CACHE/interpreter-source" "$CACHE/wheels-$ARCHITECTURE" "$again/"
fi
XIANGCAI_INSTALLER_CACHE="$again" XIANGCAI_INSTALLER_OUT="$CACHE/second" ./build.sh
python3 "$COMMON/compare.py" "$first" "$CACHE/second/$(basename "$first")"
