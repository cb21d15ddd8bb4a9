#!/usr/bin/env bash
# The Windows installers from a clean checkout on Debian 12: dist/xiangcai-VERSION-windows-x64-{user,machine}.exe
set -euo pipefail
source "$(dirname "$0")/settings.sh"

need makensis:nsis osslsigncode:osslsigncode x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64-win32
[ -x "$PYTHON" ] || "$ROOT/setup.sh"

"$HERE/folder.sh" "$WORK/program"
if [ -n "${XIANGCAI_SIGN:-}" ]; then
    $XIANGCAI_SIGN "$WORK/program/xiangcai.exe"
    $XIANGCAI_SIGN "$WORK/program/xiangcai-cli.exe"
fi
"$HERE/installer.sh" "$WORK/program" "$VERSION" "$DIST"
{ read -r _; read -r libraries; } < <("$HERE/fetch.sh")
"$PYTHON" "$HERE/parts.py" "$libraries" "$ROOT/resources/licences.csv" > "$WORK/parts.json"
"$PYTHON" "$ROOT/packaging/common/sbom.py" "$WORK/parts.json" "$VERSION" "$DIST/xiangcai-$VERSION-windows-x64.cdx.json" "$libraries"
du -sh "$WORK/program" | sed 's/^/Windows 程序文件夹：/'
ls -l "$DIST"/xiangcai-"$VERSION"-windows-x64-*.exe
