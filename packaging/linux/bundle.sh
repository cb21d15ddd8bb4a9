# The folder that is installed: PyInstaller in the old root, then trimmed, gated and described. Sourced, never run.
# shellcheck shell=bash

BUNDLE="$CACHE/bundle-$ARCHITECTURE/xiangcai"

# the tree as it is, without what git ignores: at the same place in every build, so that no path of this machine gets in
copy_sources() {
    local into="$BUILD_ROOT/src"
    rm -rf "$into" && mkdir -p "$into"
    (cd "$REPOSITORY" && git ls-files -z --cached --others --exclude-standard -- \
        app models ui resources LICENSE pyproject.toml build.spec packaging/common packaging/linux \
        | while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done \
        | tar --create --null --files-from=- --mode='u=rwX,go=rX' --owner=0 --group=0 --mtime="@$SOURCE_DATE_EPOCH" ) \
        | tar --extract --directory "$into"
    find "$into" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

make_bundle() {
    copy_sources
    say "打包（PyInstaller）"
    in_root "$BUILD_ROOT" bash /src/packaging/linux/bundle_inside.sh "$INTERPRETER" /opt/site > "$CACHE/bundle.log" 2>&1 \
        || { tail -40 "$CACHE/bundle.log" >&2; stop "打包没有成功"; }
    rm -rf "$BUNDLE" && mkdir -p "$(dirname "$BUNDLE")"
    mv "$BUILD_ROOT/src/dist/xiangcai" "$BUNDLE"
    mv "$BUILD_ROOT/src/dist/parts.json" "$(dirname "$BUNDLE")/"
    say "检查 glibc 下限和依赖"
    python3 "$COMMON/elf_gate.py" "$BUNDLE" --architecture "$ARCHITECTURE"
    say "打包目录 $(du -sm --apparent-size "$BUNDLE" | cut -f1) MB"
}
