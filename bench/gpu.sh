#!/usr/bin/env bash
# Everything about a card in one run, in less than six minutes without wgmma. Parts by name, else all of them:
#   publish   bench/Cards as a folder that needs no .NET, with this script in it: on another machine `FOLDER/gpu.sh` does the rest
#   check     every kernel of the library against its definition, several at once, and large ones in every precision
#   time      large kernels, AdamW and ViT-B, in every precision
#   wgmma     some of these times in all ways that cards of compute capability 9.0 have to multiply (MAGEDSL_WGMMA, MAGEDSL_FLOAT32)
#   profile   where a training step and a decoding iteration spend their time, in the last precision
#   peers     the same in PyTorch, and a table with ratios to the last precision
# MAGEDSL_DEVICE is the device (cuda), PRECISIONS in what it multiplies (float32 tf32 bf16), FOLDER the folder (artifacts/cards), FRACTION what
# rows are divided by (1), MAGEDSL_PYTHON the interpreter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
device=${MAGEDSL_DEVICE:-cuda}
fraction=${FRACTION:-1}
read -ra precisions <<< "${PRECISIONS:-float32 tf32 bf16}"
last=${precisions[-1]}
python=${MAGEDSL_PYTHON:-python3}
if [ -f "$here/Cards" ]; then
  parts=(check time wgmma profile peers)
  out=$here
else
  parts=(publish check time wgmma profile peers)
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
    # What is wrong makes the whole fail, after the rest. Each kernel is a process, so that one which takes the device down leaves the others theirs.
    check)
      {
        "$out/Cards" "$device" names | sed 's/^/float32 /'
        for precision in "${precisions[@]}"; do printf "$precision %s\n" linear perceptron attention PreNormBlock; done
      } | xargs -P "$(nproc)" -L 1 bash -c 'MAGEDSL_PRECISION=$2 timeout 100 "$0" "$1" check "$3" || { echo "$3 in $2: failed"; exit 1; }' \
        "$out/Cards" "$device" || wrong=1
      ;;
    time)
      for precision in "${precisions[@]}"; do
        MAGEDSL_PRECISION=$precision timeout 60 "$out/Cards" "$device" time "$fraction" | tee "$out/times-$precision.md"
      done
      ;;
    wgmma)
      for precision in "${precisions[@]}"; do
        if [ "$precision" = float32 ]; then
          for name in linear perceptron attention "training step"; do
            for way in fma tf32x3; do
              echo "MAGEDSL_FLOAT32=$way"
              MAGEDSL_FLOAT32=$way timeout -k 5 40 "$out/Cards" "$device" time "$fraction" "$name" || wrong=1
            done
          done
          continue
        fi
        for name in linear perceptron PreNormBlock; do
          MAGEDSL_WGMMA=wide MAGEDSL_PRECISION=$precision timeout -k 5 60 "$out/Cards" "$device" check "$name" || wrong=1
        done
        for name in linear perceptron "training step"; do
          for switch in off narrow on wide; do
            echo "MAGEDSL_WGMMA=$switch"
            MAGEDSL_WGMMA=$switch MAGEDSL_PRECISION=$precision timeout -k 5 40 "$out/Cards" "$device" time "$fraction" "$name" || wrong=1
          done
        done
      done
      ;;
    profile) MAGEDSL_PRECISION=$last timeout 60 "$out/Cards" "$device" profile "$fraction" ;;
    peers)
      if ! "$python" -c 'import torch' 2> /dev/null; then
        echo "there is no PyTorch here (Debian: python3-torch), so nothing to compare with"
      elif [ ! -f "$out/times-$last.md" ]; then
        echo "nothing was timed yet, so nothing to compare: $0 time peers" >&2
        exit 1
      else
        place=$([ "$device" = cuda ] && echo cuda || echo cpu)
        timeout 200 "$python" "$out/peers/gpu_torch.py" --ours "$out/times-$last.md" --device "$place" --fraction "$fraction"
      fi
      ;;
    *)
      echo "there is no part '$part': publish, check, time, wgmma, profile, peers" >&2
      exit 2
      ;;
  esac
done
exit $wrong
