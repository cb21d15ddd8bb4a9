#!/usr/bin/env bash
# Tries the Windows installers under wine, as an office would use them: test.sh [INSTALLER.exe]
# Without an installer the one that build.sh made is taken. WINE_ROOT may name a folder with a newer Debian that has wine and
# xvfb (wine_root.sh makes one); then the window is opened on a screen there and its picture is kept in $WORK/pictures.
set -euo pipefail
source "$(dirname "$0")/settings.sh"
need wine:wine makensis:nsis x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64-win32
installer="${1:-$DIST/xiangcai-$VERSION-windows-x64-user.exe}"
[ -e "$installer" ] || { echo "没有 $installer：请先运行 packaging/windows/build.sh" >&2; exit 1; }
[ -d "$WORK/program" ] || "$HERE/folder.sh" "$WORK/program"

# the version before: the same program under an older number, with a file in it that the new one does not have
rm -rf "$WORK/older"
cp -a "$WORK/program" "$WORK/older"
sed -i 's/"version": "[^"]*"/"version": "0.0.1"/' "$WORK/older/installed.json"
echo "left by the version before" > "$WORK/older/stale.txt"
XIANGCAI_QUICK=1 "$HERE/installer.sh" "$WORK/older" 0.0.1 "$WORK/installers" user
x86_64-w64-mingw32-gcc -shared -O2 -s -o "$WORK/bcryptprimitives.dll" "$HERE/wine_prng.c" -ladvapi32

"$PYTHON" "$HERE/try_installer.py" "$WORK/installers/xiangcai-0.0.1-windows-x64-user.exe" "$installer" "$VERSION" "$WORK"
if [ -n "${WINE_ROOT:-}" ]; then "$HERE/picture.sh" "$WINE_ROOT" "$WORK/program" "$WORK/pictures"; fi
