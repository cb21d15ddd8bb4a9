# The .deb: everything under /opt/apps/<id> (entries, files, info), dependencies from what the files really need. Sourced, never run.
# shellcheck shell=bash

PLATFORM=linux-x64
if [ "$ARCHITECTURE" = arm64 ]; then PLATFORM=linux-arm64; fi
# the program carries a font of its own, so that dpkg -i on a machine without a network is never held up by one
FONTS="fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei | fonts-droid-fallback"

COMPRESSION=(-Zxz -z9)
# much quicker to make, and larger: for trying out recipes only
if [ -n "${XIANGCAI_QUICK:-}" ]; then COMPRESSION=(-Zgzip -z1); fi

filled() { sed -e "s|@HOME@|$PROGRAM_HOME|g" -e "s|@VERSION@|$1|g" -e "s|@DATE@|$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)|g"; }

lay_out() {
    local tree="$1" version="$2" home="$1$PROGRAM_HOME"
    rm -rf "$tree" && mkdir -p "$home/entries/applications" "$home/entries/mime/packages" "$home/entries/metainfo" "$tree/DEBIAN"
    cp -a "$BUNDLE" "$home/files"
    # by which the program knows how it came here, and so which upgrade fits
    printf '{"way": "deb", "platform": "%s", "version": "%s"}\n' "$PLATFORM" "$version" > "$home/files/_internal/installed.json"
    filled "$version" < "$HERE/maintainer/links" > "$home/files/links"
    chmod 755 "$home/files/links"
    cp "$HERE/desktop/$APP_ID.desktop" "$home/entries/applications/"
    cp "$HERE/desktop/$APP_ID.xml" "$home/entries/mime/packages/"
    filled "$version" < "$HERE/desktop/$APP_ID.metainfo.xml" > "$home/entries/metainfo/$APP_ID.metainfo.xml"
    "$REPOSITORY/.venv/bin/python" "$COMMON/icons.py" "$COMMON/xiangcai.svg" "$home/entries/icons" "$APP_ID"
    cat > "$home/info" <<INFO
{"appid": "$APP_ID", "name": "乡财一卡通", "version": "$version", "arch": ["$ARCHITECTURE"],
 "permissions": {"autostart": false, "notification": false, "trayicon": false, "clipboard": true, "account": false,
  "bluetooth": false, "camera": false, "audio_record": false, "installed_apps": false}}
INFO
}

control() {
    local tree="$1" version="$2" script
    for script in postinst prerm postrm; do
        filled "$version" < "$HERE/maintainer/$script" > "$tree/DEBIAN/$script"
        chmod 755 "$tree/DEBIAN/$script"
    done
    (cd "$tree" && find opt -type f -print0 | sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
    cat > "$tree/DEBIAN/control" <<CONTROL
Package: $APP_ID
Version: $version
Architecture: $ARCHITECTURE
Maintainer: Xiangcai developers <xiangcai@localhost>
Installed-Size: $(du -k -s --apparent-size "$tree/opt" | cut -f1)
Depends: $(python3 "$COMMON/elf_gate.py" "$BUNDLE" --architecture "$ARCHITECTURE" --depends)
Recommends: $FONTS, xdg-utils
Suggests: libcups2t64 | libcups2
Section: misc
Priority: optional
Description: 乡财一卡通：乡镇财政惠民惠农补贴发放管理
 花名册导入、检查、复核、公示、审批，银行报盘与回盘，台账、档案和月报。
 数据加密存放在本机，不联网。卸载和清除都不会动办公点的数据。
CONTROL
}

make_deb() {
    local version="${1:-$VERSION}" tree="$CACHE/deb-$ARCHITECTURE" file
    file="$OUT/${APP_ID}_${version}_$ARCHITECTURE.deb"
    say "制作 $(basename "$file")"
    lay_out "$tree" "$version"
    control "$tree" "$version"
    find "$tree" -type d -exec chmod 755 {} + -o -type f -exec chmod u=rwX,go=rX {} +
    find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    mkdir -p "$OUT"
    dpkg-deb --root-owner-group "${COMPRESSION[@]}" --build "$tree" "$file" >/dev/null
    python3 "$COMMON/sbom.py" "$(dirname "$BUNDLE")/parts.json" "$version" "${file%.deb}.cdx.json" "$CACHE/wheels-$ARCHITECTURE"
    say "安装包 $(du -m --apparent-size "$file" | cut -f1) MB，装好 $(du -sm --apparent-size "$tree/opt" | cut -f1) MB"
}
