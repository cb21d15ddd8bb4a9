#!/usr/bin/env bash
# Makes a folder with a newer Debian (trixie) that has wine 10, which opens real windows: wine_root.sh FOLDER   (root only)
# The mirror is the one that this machine uses itself; nothing is mounted outside the command's own mount namespace.
set -euo pipefail
folder="$1"
[ ! -e "$folder/complete" ] || exit 0
command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
mirror="$(sed -n 's/^URIs: *//p;s/^deb \([^ ]*\) .*/\1/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -1)"
mkdir -p "$folder"
unshare --mount --propagation private debootstrap --variant=minbase trixie "$folder" "$mirror"
cp /etc/apt/apt.conf.d/*proxy* "$folder/etc/apt/apt.conf.d/" 2>/dev/null || true
unshare --mount --propagation private bash -euc '
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    chroot "$1" env DEBIAN_FRONTEND=noninteractive sh -euc "
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends wine wine64 xvfb xdotool xclip x11-apps imagemagick fonts-wqy-microhei >/dev/null"
' - "$folder"
touch "$folder/complete"
