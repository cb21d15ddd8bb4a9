# CPython 3.11 from Debian's own source package, compiled in the old root. Sourced, never run.
# shellcheck shell=bash

INTERPRETER_SUITE=bookworm
BUILD_ROOT="$CACHE/roots/build-$ARCHITECTURE"
INTERPRETER=/opt/python311

# the compiler, what CPython links, and the libraries that PyInstaller must find for the xcb platform
BUILD_PACKAGES=(
    gcc libc6-dev make patch xz-utils binutils zlib1g-dev libbz2-dev liblzma-dev libffi-dev libssl-dev libexpat1-dev uuid-dev
    libegl1 libgl1 libglib2.0-0 libfontconfig1 libfreetype6 libxkbcommon0 libdbus-1-3 libxkbcommon-x11-0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
    libxcb-randr0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libwayland-client0 libwayland-cursor0 libx11-xcb1 libsm6 libice6
    fonts-wqy-microhei
)

# apt checks the signatures; it gets lists and keys of its own, so that the machine's are neither needed nor changed
fetch_interpreter_source() {
    local state="$CACHE/apt-source" into="$CACHE/interpreter-source"
    if ls "$into"/python3.11_*.dsc >/dev/null 2>&1; then return; fi
    say "取 CPython 源代码（Debian $INTERPRETER_SUITE 的源代码包）"
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$into"
    printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "$(debian_archive)" "$INTERPRETER_SUITE" > "$state/sources.list"
    local options=(
        -qq -o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$state/lists"
        -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root
    )
    apt-get "${options[@]}" update
    (cd "$into" && apt-get "${options[@]}" source --download-only python3.11)
}

make_interpreter() {
    make_root "build-$ARCHITECTURE" "$BUILD_SUITE" "${BUILD_PACKAGES[@]}"
    fetch_interpreter_source
    local key
    key="$(cat "$HERE/interpreter_inside.sh" "$HERE/glibc_pins.h" "$CACHE"/interpreter-source/*.dsc | sha256sum) $(cat "$CACHE/done/root-build-$ARCHITECTURE")"
    if done_once "interpreter-$ARCHITECTURE" "$key"; then return; fi
    say "编译 CPython（在 Debian $BUILD_SUITE 里，约十分钟）"
    rm -rf "$BUILD_ROOT/build" && mkdir -p "$BUILD_ROOT/build"
    dpkg-source --no-check -x "$CACHE"/interpreter-source/python3.11_*.dsc "$BUILD_ROOT/build/cpython" >/dev/null
    cp "$HERE/interpreter_inside.sh" "$HERE/glibc_pins.h" "$BUILD_ROOT/build/"
    in_root "$BUILD_ROOT" bash /build/interpreter_inside.sh "$INTERPRETER" > "$CACHE/interpreter.log" 2>&1 \
        || { tail -30 "$CACHE/interpreter.log" >&2; stop "CPython 没有编译成功"; }
    rm -rf "$BUILD_ROOT/build"
    finished "interpreter-$ARCHITECTURE" "$key"
}
