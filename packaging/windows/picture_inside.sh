# Inside the newer Debian: the sample office, the window, its pictures. The program's folder is mounted read-only, as it is for
# a login without rights.
set -euo pipefail
export WINEPREFIX=/opt/prefix WINEDEBUG=-all WINEARCH=win64 WINEDLLOVERRIDES="mscoree,mshtml=" DISPLAY=:7 LC_ALL=C.UTF-8
rm -rf "$WINEPREFIX"
rm -f /tmp/.X7-lock /tmp/.X11-unix/X7
Xvfb :7 -screen 0 1366x768x24 >/dev/null 2>&1 &
sleep 2
timeout 180 wineboot -i >/dev/null 2>&1
mkdir -p "$WINEPREFIX/drive_c/windows/Fonts"
cp /usr/share/fonts/truetype/wqy/*.ttc "$WINEPREFIX/drive_c/windows/Fonts/"
timeout 600 wine /opt/program/xiangcai-cli.exe demo 'C:\一卡通 数据\示例' 2>&1 | tail -1
wine /opt/program/xiangcai.exe 'C:\一卡通 数据\示例\办公点' >/opt/out/window.log 2>&1 &
sleep 25
picture() { xwd -root -silent | convert xwd:- "/opt/out/$1.png"; }
picture login
# the cursor stands in the name; what is Chinese is pasted, for there is no input method here
paste() { printf '%s' "$1" | xclip -selection clipboard; sleep 1; xdotool key ctrl+a ctrl+v; sleep 1; }
paste 王经办; xdotool key Tab
paste yunxi-2024; xdotool key Return
sleep 20
picture window
wineserver -k || true
