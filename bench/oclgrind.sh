#!/usr/bin/env bash
# Every kernel of the library on a device that Oclgrind simulates: it sees races between threads and what is read or written outside of memory
# (Debian: oclgrind). A quarter of an hour on two cores. Without a report at the end there was nothing to report.
set -euo pipefail
cd "$(dirname "$0")/.."
library=$(ls /usr/lib/oclgrind/liboclgrind-rt-icd.so /usr/lib/*/oclgrind/liboclgrind-rt-icd.so 2> /dev/null | head -1) || true
if [ -z "$library" ]; then
  echo "Oclgrind is not here: apt-get install oclgrind ocl-icd-libopencl1" >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "$library" > "$folder/oclgrind.icd"
# Row blocks want 48 KiB for a group.
OCL_ICD_VENDORS="$folder" OCLGRIND_LOCAL_MEM_SIZE=65536 OCLGRIND_DATA_RACES=1 OCLGRIND_LOG="$folder/log" dotnet run -c Release --project bench/Cards -- opencl check
cat "$folder/log"
[ ! -s "$folder/log" ]
