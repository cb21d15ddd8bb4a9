#!/usr/bin/env bash
# Runs inside a bare desktop as root: installs, uses, upgrades and purges the package as an office would. Says each step; stops at
# the first that fails. $1 is the package before, $2 the package now; both lie in /mnt/given. Pictures go to /mnt/pictures.
set -euo pipefail
before="/mnt/given/$1" now="/mnt/given/$2" app_id="$3" suite="$4"
home="/opt/apps/$app_id"
# the clerk's folders have Chinese characters and a space in their names, as they do
clerk_home=/srv/clerk
offices="$clerk_home/一卡通数据"
sample="$offices/示例 月份"

step() { printf '  %s\n' "$*"; }
fail_with_picture() { import -window root "/mnt/pictures/$suite-failed.png"; fail "$1，图片 $suite-failed.png"; }
fail() { printf '没有通过：%s\n' "$*" >&2; exit 1; }
as_clerk() { setpriv --reuid=clerk --regid=clerk --clear-groups env HOME="$clerk_home" DISPLAY="${DISPLAY:-}" XAUTHORITY= "$@"; }
data_hash() { (cd "$offices" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum); }

install_package() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --allow-downgrades "$1" >/tmp/apt.log 2>&1 \
    || { tail -5 /tmp/apt.log >&2; fail "安装 $1"; }; }

month_headless() {
    [ "$(as_clerk xiangcai-cli demo "$sample" | tail -1)" = "三处数字一致。" ] || fail "命令行走完一个月"
    [[ "$(as_clerk xiangcai --command --help)" == *xiangcai-cli* ]] || fail "xiangcai --command"
}

# healthy [PROGRAM]
healthy() { as_clerk env XIANGCAI_PASSWORD=yunxi-2024 "${1:-xiangcai-cli}" doctor --office "$sample/办公点" --as 王经办 >/tmp/doctor.log 2>&1 \
    || { tail -5 /tmp/doctor.log >&2; fail "体检"; }; }

known_to_the_desktop() {
    desktop-file-validate "/usr/share/applications/$app_id.desktop" || fail "菜单项"
    # newer suites warn that there is no home page, and there is none
    appstreamcli validate --no-net "/usr/share/metainfo/$app_id.metainfo.xml" >/tmp/appstream.log 2>&1 || true
    if ! [ -s /tmp/appstream.log ] || grep '^E:' /tmp/appstream.log >&2; then fail "应用说明"; fi
    local file="$clerk_home/乡财备份-云溪镇-20240630-170000.xcbak"
    printf "PK\003\004" > "$file"
    [[ "$(as_clerk gio info -a standard::content-type "$file")" == *application/x-xiangcai-backup* ]] || fail "备份文件的类型"
    [[ "$(as_clerk gio mime application/x-xiangcai-backup)" == *"$app_id.desktop"* ]] || fail "备份文件用本程序打开"
    rm -f "$file"
    [ "$(readlink -f /usr/bin/xiangcai)" = "$home/files/xiangcai" ] || fail "命令 xiangcai"
}

# a screen of the size that old desktops have, and no Chinese font but ours
window() {
    local size="$1" name="$2" scale="$3"
    Xvfb :7 -screen 0 "${size}x24" -nolisten tcp >/dev/null 2>&1 &
    local screen=$!
    export DISPLAY=:7
    for _ in $(seq 120); do xdotool getdisplaygeometry >/dev/null 2>&1 && break; sleep 0.25; done
    as_clerk env QT_SCALE_FACTOR="$scale" xiangcai >/tmp/window.log 2>&1 &
    local program=$!
    wait_for_window 20 || fail "窗口没有打开：$(cat /tmp/window.log)"
    sleep 1
    import -window root "/mnt/pictures/$suite-$name-welcome.png"
    open_sample
    import -window root "/mnt/pictures/$suite-$name-home.png"
    kill "$program" 2>/dev/null || true
    wait "$program" 2>/dev/null || true
    kill "$screen" && wait "$screen" 2>/dev/null || true
    if grep -E "Traceback|could not|cannot" /tmp/window.log; then fail "窗口说了错"; fi
}

# wait_for_window SECONDS TITLE: and give it the keyboard, for there is no window manager to do so
wait_for_window() {
    local found
    for _ in $(seq "$(($1 * 4))"); do
        found="$(xdotool search --onlyvisible --name "${2:-乡财一卡通}" 2>/dev/null | tail -1)"
        if [ -n "$found" ]; then xdotool windowfocus --sync "$found" && return 0; fi
        sleep 0.25
    done
    return 1
}

# through the welcome window by keyboard: the sample is made, its operator is filled in, the password is pasted
open_sample() {
    xdotool key alt+s
    wait_for_window 180 登录 || fail_with_picture "示例没有做好"
    sleep 3
    printf '%s' yunxi-2024 | xclip -selection clipboard -in 2>/dev/null
    xdotool key ctrl+v
    sleep 0.5
    xdotool key Return
    wait_for_window 90 云溪镇 || fail_with_picture "示例办公点没有打开"
    sleep 3
}

# the window must find the font that the package carries
without_chinese_fonts() { [ -z "$(find /usr/share/fonts -iname '*wqy*' -o -iname '*cjk*' -o -iname '*droid*')" ] || fail "这里有中文字体，试不出后备字体"; }

useradd --create-home --home-dir "$clerk_home" clerk

step "安装旧版本 $(basename "$before")"
install_package "$before"
[ -e "$home/files/_internal/left_by_before.txt" ] || fail "旧版本不是旧版本"
known_to_the_desktop
step "命令行走完一个月"
month_headless
healthy
kept="$(data_hash)"

step "就地升级到 $(basename "$now")"
install_package "$now"
[ ! -e "$home/files/_internal/left_by_before.txt" ] || fail "旧版本的文件还在"
[ "$(data_hash)" = "$kept" ] || fail "升级动了办公点的数据"
healthy
known_to_the_desktop

step "做成便携版，从 U 盘文件夹里体检同一个办公点"
as_clerk mkdir "$clerk_home/U 盘"
as_clerk xiangcai-cli portable "$clerk_home/U 盘" >/tmp/portable.log 2>&1 || fail "便携版：$(cat /tmp/portable.log)"
healthy "$clerk_home/U 盘/xiangcai/xiangcai-cli"

step "没有中文字体，开窗口，打开示例办公点"
without_chinese_fonts
window 1366x768 window 1

step "清除"
healthy
kept="$(data_hash)"
apt-get purge -y -qq "$app_id" >/dev/null 2>&1 || fail "清除"
[ "$(data_hash)" = "$kept" ] || fail "清除动了办公点的数据"
[ ! -e /opt/apps ] || fail "还留着：$(find /opt/apps | head -3)"
left="$(find /usr/share /usr/bin -name "*$app_id*" -o -name 'xiangcai*')"
[ -z "$left" ] || fail "还留着：$left"
[ -z "$(dpkg -l "$app_id" 2>/dev/null | grep '^[hi]' || true)" ] || fail "包还登记着"
step "数据都在，程序没有留下任何文件"
