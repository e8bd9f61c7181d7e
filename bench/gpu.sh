#!/usr/bin/env bash
# Everything about a card in one run: publishes `bench/Cards` as one file that needs no .NET, checks every kernel of the library on the device, and
# times the large ones. Parts by name: `bench/gpu.sh publish FOLDER` here, then there `FOLDER/Cards cuda [check|time]`.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${2:-$(mktemp -d)}
if [ "${1:-publish}" = publish ]; then
  dotnet publish bench/Cards -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true \
    -p:DebugType=none -p:SatelliteResourceLanguages=en -o "$out" -v quiet --nologo
  ls -la "$out/Cards"
  [ $# -ge 1 ] && exit 0
fi
"$out/Cards" "${MAGEDSL_DEVICE:-cuda}"
