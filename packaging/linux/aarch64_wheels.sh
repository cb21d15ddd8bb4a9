#!/usr/bin/env bash
# What can be told of aarch64 on an x86_64 machine: every library of the lock has a wheel for it, and none asks for more than
# Kylin V10 SP1 has (glibc 2.31). The package itself is made by build.sh on an aarch64 Debian with XIANGCAI_ARCHITECTURE=arm64.
set -euo pipefail
cd "$(dirname "$0")"
export XIANGCAI_ARCHITECTURE=arm64
. ./settings.sh
. ./interpreter.sh
. ./wheels.sh

need aarch64-linux-gnu-objdump:binutils-aarch64-linux-gnu
site="$CACHE/site-arm64"
unpack_wheels aarch64 "$site"
# what the bundle leaves out is not looked at
python3 - "$COMMON" "$site" <<'PYTHON'
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from what_is_shipped import is_shipped

site = Path(sys.argv[2])
for path in sorted(site.rglob("*.so*")):
    if not is_shipped(str(path.relative_to(site)), str(path)):
        path.unlink()
PYTHON
python3 "$COMMON/elf_gate.py" "$site" --architecture arm64 --versions-only
