#!/usr/bin/env bash
# Tries the .deb that build.sh made, in bare roots of older suites: install, a month, upgrade, a window with pictures, purge.
# XIANGCAI_TRIAL_SUITES="bullseye bookworm trixie" names the suites; pictures are left in dist/pictures.
set -euo pipefail
cd "$(dirname "$0")"
. ./settings.sh
. ./roots.sh
. ./bundle.sh
. ./deb.sh
. ./trial_roots.sh

now="$OUT/${APP_ID}_${VERSION}_$ARCHITECTURE.deb"
[ -e "$now" ] || stop "没有 $now：请先运行 packaging/linux/build.sh"
GIVEN="$CACHE/given" PICTURES="$OUT/pictures"
mkdir -p "$GIVEN" "$PICTURES"

# the version before: the same program under an older number, with a file that the new one does not have
make_before() {
    local version="$VERSION~before" tree="$CACHE/deb-before"
    before="$GIVEN/${APP_ID}_${version}_$ARCHITECTURE.deb"
    lay_out "$tree" "$version"
    echo "left by the version before" > "$tree$PROGRAM_HOME/files/_internal/left_by_before.txt"
    control "$tree" "$version"
    dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$before" >/dev/null
}

make_before
cp "$now" "$HERE/trial_inside.sh" "$GIVEN/"
for suite in "${TRIAL_SUITES[@]}"; do
    make_trial_root "$suite"
    say "在 Debian $suite 里试（glibc $(glibc_of "$suite")）"
    begin_trial "$suite"
    in_trial "$suite" online bash /mnt/given/trial_inside.sh "$(basename "$before")" "$(basename "$now")" "$APP_ID" "$suite"
done
say "全部通过；图片在 $PICTURES"
