# Bare Debian roots and commands inside them. Sourced, never run.
# Every mount is made in a private namespace and ends with its command: removing a root can never remove what lies outside it.
# shellcheck shell=bash

# make_root NAME SUITE PACKAGES…: a bare root with these packages, made once
make_root() {
    local name="$1" suite="$2"
    shift 2
    local root="$CACHE/roots/$name" packages key
    packages="$(printf '%s,' "$@")"
    key="$suite $packages"
    if done_once "root-$name" "$key"; then return; fi
    say "建立根目录 $name（Debian $suite）"
    [ "$(id -u)" -eq 0 ] || stop "debootstrap 需要 root"
    rm -rf "$root"
    mkdir -p "$root" "$CACHE/debs/$suite"
    unshare --mount --propagation private debootstrap --variant=minbase --arch="$ARCHITECTURE" \
        --cache-dir="$CACHE/debs/$suite" --include="${packages%,}" "$suite" "$root" "$(debian_archive)" \
        > "$CACHE/root-$name.log" 2>&1 || { tail -20 "$CACHE/root-$name.log" >&2; stop "debootstrap $suite"; }
    finished "root-$name" "$key"
}

# in_root ROOT COMMAND…: without a network, with proc, dev and a tmp of its own
in_root() {
    local root="$1"
    shift
    unshare --mount --net --pid --fork --propagation private bash -euc '
        root="$1"; shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/dev/shm"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        exec chroot "$root" /usr/bin/env -i HOME=/tmp PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8 TZ=UTC \
            SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" PYTHONHASHSEED=0 "$@"
    ' in_root "$root" "$@"
}
