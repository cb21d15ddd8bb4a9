#!/usr/bin/env bash
# Fetches what the Windows build takes from the package registry, by hash, into the cache; what is there is not fetched again.
set -euo pipefail
source "$(dirname "$0")/settings.sh"
mkdir -p "$CACHE"

fetch() {  # NAME LIST OPTIONS...: a folder of the cache that belongs to just this list
    local folder="$CACHE/$1-$(sha256sum "$2" | cut -c1-16)" list="$2"
    shift 2
    if [ ! -e "$folder/complete" ]; then
        rm -rf "$folder"
        "$PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$folder" -r "$list" "$@" >&2
        touch "$folder/complete"
    fi
    printf '%s\n' "$folder"
}

# what only Linux needs is left out by name: the markers of a list are judged for the machine that downloads
mkdir -p "$WORK"
"$PYTHON" "$HERE/libraries.py" list "$ROOT/requirements/runtime.txt" > "$WORK/libraries.txt"
fetch interpreter "$HERE/interpreter.txt" --no-build-isolation
fetch libraries "$WORK/libraries.txt" --platform win_amd64 --python-version 3.11 --only-binary=:all:
