#!/usr/bin/env bash
# Makes the two installers of a program folder: installer.sh FOLDER VERSION OUT_DIR [user|machine ...]
# Signing is one step for every file that Windows asks about: XIANGCAI_SIGN is a command that signs the file named by its last
# argument in place (sign.sh shows one); without it nothing is signed.
set -euo pipefail
source "$(dirname "$0")/settings.sh"
folder="$1" version="$2" out="$3"
shift 3
scopes=("$@")
[ "${#scopes[@]}" -gt 0 ] || scopes=(user machine)
four="$(printf '%s.0.0.0' "$version" | tr '.' '\n' | head -4 | paste -sd.)"
mkdir -p "$out" "$WORK"
for scope in "${scopes[@]}"; do
    defines=("-DVERSION=$version" "-DFOUR=$four" "-DSCOPE=$scope" "-DFOLDER=$folder" "-DHERE=$HERE")
    # a 64-bit installer: Windows itself tells the owner of a 32-bit system that it is not for that machine
    common=(-V2 -INPUTCHARSET UTF8 "-XTarget amd64-unicode")
    [ -z "${XIANGCAI_QUICK:-}" ] || defines+=(-DQUICK)
    [ -z "${XIANGCAI_SIGN:-}" ] || defines+=("-DSIGN=$XIANGCAI_SIGN \"%1\"")
    makensis "${common[@]}" "${defines[@]}" "-DOUT=$WORK/goback.exe" "$HERE/goback.nsi"
    touch -d "@$SOURCE_DATE_EPOCH" "$WORK/goback.exe"
    makensis "${common[@]}" "${defines[@]}" "-DGOBACK=$WORK/goback.exe" "-DOUT=$out/xiangcai-$version-windows-x64-$scope.exe" "$HERE/setup.nsi"
done
