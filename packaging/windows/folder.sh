#!/usr/bin/env bash
# Makes the program's folder for Windows: FOLDER gets the checked interpreter, the trimmed libraries, our own files, the doors.
set -euo pipefail
source "$(dirname "$0")/settings.sh"
folder="$1" version="${2:-$VERSION}"
{ read -r interpreter; read -r libraries; } < <("$HERE/fetch.sh")

rm -rf "$folder"
mkdir -p "$folder/lib" "$WORK"
"$PYTHON" "$HERE/interpreter.py" "$interpreter" "$libraries" "$folder"
"$PYTHON" "$HERE/libraries.py" unpack "$libraries" "$folder/lib"

# our own: what git knows, so that nothing that lies about in a working copy is shipped
git -C "$ROOT" ls-files -z --cached --others --exclude-standard -- app models ui resources LICENSE |
    (cd "$ROOT" && while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done) |
    tar -C "$ROOT" --null --files-from=- -cf - | tar -C "$folder" -xf -
printf '%s\n' python311.zip . lib > "$folder/python311._pth"
schema="$(cd "$ROOT" && "$PYTHON" -c 'from models.store.migrations import MIGRATIONS; print(len(MIGRATIONS))')"
printf '{"way": "windows", "platform": "windows-x64", "version": "%s", "schema": %s}\n' "$version" "$schema" > "$folder/installed.json"

# every wheel's licence lies in its .dist-info; Qt's name theirs without its text
mkdir -p "$folder/licences"
cp "$HERE"/licences/*.txt "$folder/licences/"
mv "$folder/LICENSE-Python.txt" "$folder/licences/Python.txt"

# compiled once and for all: the folder may be one that nobody can write into
"$PYTHON" -m compileall -q -j 1 --invalidation-mode unchecked-hash -s "$folder" "$folder/app" "$folder/models" "$folder/ui" "$folder/lib"

# the doors
build="$WORK/launcher"
rm -rf "$build"; mkdir -p "$build"
"$PYTHON" "$HERE/icon.py" "$ROOT/packaging/common/xiangcai.svg" "$build/xiangcai.ico"
cp "$HERE"/launcher.* "$build/"
numbers="$(printf '%s.0.0.0' "$version" | tr '.' '\n' | head -4 | paste -sd,)"
(
    cd "$build"
    x86_64-w64-mingw32-windres -DFOUR_NUMBERS="$numbers" -DVERSION_TEXT="\\\"$version\\\"" launcher.rc launcher.o
    flags=(-O2 -s -Wall -Wextra -municode -static -Wl,--no-insert-timestamp)
    x86_64-w64-mingw32-gcc "${flags[@]}" -DWINDOW -mwindows launcher.c launcher.o -o "$folder/xiangcai.exe"
    x86_64-w64-mingw32-gcc "${flags[@]}" launcher.c launcher.o -o "$folder/xiangcai-cli.exe"
)
cp "$build/xiangcai.ico" "$folder/"
"$PYTHON" "$HERE/gate.py" "$folder"
find "$folder" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
