#!/usr/bin/env bash
# Signs one file in place on Linux: XIANGCAI_SIGN=packaging/windows/sign.sh. The certificate is named by the environment and
# never lies in the tree: XIANGCAI_PKCS12 (a .p12), XIANGCAI_PKCS12_PASSWORD, and XIANGCAI_TIMESTAMP where there is a network.
set -euo pipefail
: "${XIANGCAI_PKCS12:?XIANGCAI_PKCS12 没有指明证书文件}"
words=(sign -pkcs12 "$XIANGCAI_PKCS12" -h sha256 -n 乡财一卡通 -in "$1" -out "$1.signed")
[ -z "${XIANGCAI_PKCS12_PASSWORD:-}" ] || words+=(-readpass <(printf '%s' "$XIANGCAI_PKCS12_PASSWORD"))
[ -z "${XIANGCAI_TIMESTAMP:-}" ] || words+=(-ts "$XIANGCAI_TIMESTAMP")
osslsigncode "${words[@]}" >/dev/null
mv "$1.signed" "$1"
