# Bare desktops to try the package in, and commands inside a copy that is thrown away. Sourced, never run.
# shellcheck shell=bash

TRIAL_SUITES=(${XIANGCAI_TRIAL_SUITES:-bullseye bookworm})
# a window system, hands and eyes; what the package itself needs it must bring or ask for
TRIAL_PACKAGES=(
    xvfb xauth xdotool xclip imagemagick procps passwd util-linux libglib2.0-bin shared-mime-info desktop-file-utils appstream
)

make_trial_root() { make_root "trial-$1" "$1" "${TRIAL_PACKAGES[@]}"; }

# begin_trial SUITE: an empty layer over the bare root
begin_trial() { rm -rf "$CACHE/trials/$1" && mkdir -p "$CACHE/trials/$1"/{layer,work,root}; }

# in_trial SUITE online|offline COMMAND…: what it changes stays until the next begin_trial
in_trial() {
    local suite="$1" network="$2" cut=()
    shift 2
    [ "$network" = offline ] && cut=(--net)
    unshare --mount "${cut[@]}" --pid --fork --propagation private bash -euc '
        lower="$1" trial="$2" debs="$3" given="$4" out="$5"; shift 5
        mount -t overlay -o "lowerdir=$lower,upperdir=$trial/layer,workdir=$trial/work" trial "$trial/root"
        cd "$trial/root"
        mount -t proc proc proc
        mount --rbind /dev dev
        mount -t tmpfs tmpfs dev/shm
        mount -t tmpfs -o mode=1777 tmpfs tmp
        mkdir -p mnt/given mnt/pictures
        mount --bind "$given" mnt/given
        mount --bind "$out" mnt/pictures
        mount --bind "$debs" var/cache/apt/archives
        ip link set lo up 2>/dev/null || true
        exec chroot . /usr/bin/env -i HOME=/tmp PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8 TZ=Asia/Shanghai "$@"
    ' in_trial "$CACHE/roots/trial-$suite" "$CACHE/trials/$suite" "$CACHE/debs/$suite" "$GIVEN" "$PICTURES" "$@"
}

glibc_of() { chroot "$CACHE/roots/trial-$1" dpkg-query -W -f '${Version}' libc6; }
