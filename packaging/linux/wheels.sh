# The libraries, from wheels by hash, laid out for the old userland. Sourced, never run.
# shellcheck shell=bash

SITE="$BUILD_ROOT/opt/site"

# what a wheel may be tagged with so that it loads on the oldest desktops; the gate looks at the files themselves afterwards
wheel_platforms() {
    local machine="$1" minor
    if [ "$machine" = aarch64 ]; then printf -- '--platform manylinux_2_31_aarch64 --platform manylinux_2_30_aarch64 '; fi
    for minor in 28 27 26 24 17 12 5; do printf -- '--platform manylinux_2_%s_%s ' "$minor" "$machine"; done
    printf -- '--platform manylinux2014_%s --platform manylinux2010_%s --platform manylinux1_%s' "$machine" "$machine" "$machine"
}

# unpack_wheels MACHINE SITE: fetched once into the cache, checked by hash each time, laid out for that machine
unpack_wheels() {
    local machine="$1" site="$2" lock="$REPOSITORY/requirements/build.txt" wheels="$CACHE/wheels-$ARCHITECTURE" for_target
    local pip=("$REPOSITORY/.venv/bin/python" -m pip --quiet --disable-pip-version-check)
    read -ra for_target <<< "--only-binary=:all: --implementation cp --python-version 3.11 $(wheel_platforms "$machine")"
    mkdir -p "$wheels"
    "${pip[@]}" download --require-hashes --no-deps -r "$lock" "${for_target[@]}" --find-links "$wheels" --dest "$wheels" 2>&1 \
        | grep -v "neither a file nor a directory" || [ "${PIPESTATUS[0]}" -eq 0 ] || stop "取不到安装包"
    rm -rf "$site"
    "${pip[@]}" install --no-index --find-links "$wheels" --require-hashes --no-deps --no-compile -r "$lock" "${for_target[@]}" --target "$site"
}

make_site() {
    local machine=x86_64 key
    if [ "$ARCHITECTURE" = arm64 ]; then machine=aarch64; fi
    key="$(digest "$REPOSITORY/requirements/build.txt" "$HERE/wheels.sh") $(cat "$CACHE/done/interpreter-$ARCHITECTURE")"
    if done_once "site-$ARCHITECTURE" "$key" && [ -d "$SITE" ]; then return; fi
    say "取安装包（按摘要核对）"
    unpack_wheels "$machine" "$SITE"
    finished "site-$ARCHITECTURE" "$key"
}
