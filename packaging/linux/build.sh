#!/usr/bin/env bash
# From a clean checkout to the Linux installer: dist/*.deb with its list of parts and its hashes.
# The first run needs the network and takes about a quarter of an hour; later ones need none and take a few minutes.
set -euo pipefail
cd "$(dirname "$0")"
. ./settings.sh
. ./roots.sh
. ./interpreter.sh
. ./wheels.sh
. ./bundle.sh
. ./deb.sh

need debootstrap:debootstrap dpkg-source:dpkg-dev objdump:binutils unshare:util-linux
[ -x "$REPOSITORY/.venv/bin/python" ] || "$REPOSITORY/setup.sh"

make_interpreter
make_site
make_bundle
make_deb
"$REPOSITORY/.venv/bin/python" "$COMMON/digests.py" "$OUT"
