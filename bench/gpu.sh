#!/usr/bin/env bash
# Everything about a card in one run, in less than six minutes. Parts by name, else all of them:
#   publish   bench/Cards as a folder that needs no .NET, with this script in it: on another machine `FOLDER/gpu.sh` does the rest
#   check     every kernel of the library against its definition
#   time      large kernels, AdamW and ViT-B
#   peers     the same in PyTorch, and a table with ratios
# MAGEDSL_DEVICE is the device (cuda), MAGEDSL_PRECISION in what it multiplies while it is timed (float32),
# FOLDER the folder (artifacts/cards), FRACTION what rows are divided by (1), MAGEDSL_PYTHON the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
device=${MAGEDSL_DEVICE:-cuda}
fraction=${FRACTION:-1}
python=${MAGEDSL_PYTHON:-python3}
if [ -f "$here/Cards" ]; then
  parts=(check time peers)
  out=$here
else
  parts=(publish check time peers)
  out=${FOLDER:-$root/artifacts/cards}
fi
[ $# -eq 0 ] || parts=("$@")
wrong=0
for part in "${parts[@]}"; do
  case $part in
    publish)
      dotnet publish "$here/Cards" -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true \
        -p:DebugType=none -p:SatelliteResourceLanguages=en -o "$out" -v quiet --nologo
      mkdir -p "$out/peers"
      cp "$here/gpu.sh" "$out"
      cp "$here"/peers/gpu_torch.py "$here"/peers/mage_gpu.py "$out/peers"
      du -sh "$out"
      ;;
    # What is wrong makes the whole fail, after the rest.
    check) timeout 150 "$out/Cards" "$device" check || wrong=1 ;;
    time) timeout 100 "$out/Cards" "$device" time "$fraction" | tee "$out/times.md" ;;
    peers)
      if ! "$python" -c 'import torch' 2> /dev/null; then
        echo "there is no PyTorch here (Debian: python3-torch), so nothing to compare with"
      elif [ ! -f "$out/times.md" ]; then
        echo "nothing was timed yet, so nothing to compare: $0 time peers" >&2
        exit 1
      else
        place=$([ "$device" = cuda ] && echo cuda || echo cpu)
        timeout 200 "$python" "$out/peers/gpu_torch.py" --ours "$out/times.md" --device "$place" --fraction "$fraction"
      fi
      ;;
    *)
      echo "there is no part '$part': publish, check, time, peers" >&2
      exit 2
      ;;
  esac
done
exit $wrong
