#!/usr/bin/env bash
# Runs inside the old root, without a network: PyInstaller, then what only Linux needs done to the folder.
set -euo pipefail
interpreter="$1" site="$2"
cd /src
export PYTHONPATH="$site" LD_LIBRARY_PATH="$interpreter/lib"

"$interpreter/bin/python3.11" -m PyInstaller --noconfirm --clean --log-level WARN build.spec 2>&1
cd dist/xiangcai

ln -s xiangcai xiangcai-cli

# symbols for a debugger: two thirds of sqlcipher's library
find . -name '*.so*' -type f -exec strip --strip-unneeded {} +
"$interpreter/bin/python3.11" /src/packaging/linux/sorted_zip.py _internal/base_library.zip
"$interpreter/bin/python3.11" /src/packaging/linux/trim_icu.py _internal
"$interpreter/bin/python3.11" /src/packaging/linux/parts_inside.py . /src/build/build "$site"
install -D -m 644 /usr/share/fonts/truetype/wqy/wqy-microhei.ttc _internal/resources/fonts/wqy-microhei.ttc
find . -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
