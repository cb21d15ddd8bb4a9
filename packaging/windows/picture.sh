#!/usr/bin/env bash
# Opens the Windows program on a screen of 1366×768 under wine 10, logs in to the sample office and keeps pictures:
#   picture.sh WINE_ROOT PROGRAM OUT      (root only; WINE_ROOT is wine_root.sh's)
set -euo pipefail
root="$1" program="$2" out="$3"
mkdir -p "$out" "$root/opt/program" "$root/opt/out" "$root/opt/here"
cp "$(dirname "$0")/picture_inside.sh" "$root/opt/here/"
unshare --mount --pid --fork --propagation private bash -euc '
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    mount --bind "$2" "$1/opt/program"
    mount -o remount,ro,bind "$1/opt/program"
    mount --bind "$3" "$1/opt/out"
    chroot "$1" bash /opt/here/picture_inside.sh
' - "$root" "$program" "$out"
ls -l "$out"
