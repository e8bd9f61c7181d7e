#!/usr/bin/env python3
"""What NVIDIA's assembler makes of a kernel, for which no card is needed: registers, spills, and the loops by how many instructions each has.

    bench/sass.py Attention.SelfAttention --backward --precision bf16

All after the name goes to `mage-dsl kernels show`. It wants ptxas and nvdisasm (Debian, non-free: nvidia-cuda-toolkit) in the path."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

KINDS = {"products": "HMMA|HGMMA", "global": "LDG|STG|LDGSTS", "shared": "LDS|STS|LDSM", "divisions": "MUFU.RCP", "roots": "MUFU.RSQ"}


def texts(name, options):
    """The PTX of all that is launched, by name."""
    root = Path(__file__).parent.parent
    command = ["dotnet", "run", "-c", "Release", "--project", root / "src/Cli", "--", "kernels", "show", name, "--device", "cuda", "--code", *options]
    shown = subprocess.run(command, capture_output=True, text=True)
    if shown.returncode != 0:
        sys.exit(shown.stderr.strip() or shown.stdout.strip())
    for part in re.split(r"^ *// (?=\w+(?: of \w+)?$)", shown.stdout, flags=re.M)[1:]:
        title, text = part.split("\n", 1)
        begin, end = text.find(".version"), text.rfind("\n  }")
        if 0 <= begin < end:
            yield title, text[begin:end] + "\n}\n"


def assembled(text, folder):
    """What ptxas says, and the instructions with their labels."""
    source, binary = folder / "kernel.ptx", folder / "kernel.cubin"
    source.write_text(text)
    target = "sm_90a" if "wgmma." in text else "sm_90"
    said = subprocess.run(["ptxas", "-v", f"-arch={target}", source, "-o", binary], capture_output=True, text=True)
    if said.returncode != 0:
        sys.exit(said.stderr.strip())
    listing = subprocess.run(["nvdisasm", "-c", binary], capture_output=True, text=True, check=True).stdout
    return said.stderr, [line.strip() for line in listing.split("\n") if re.match(r"\s*(/\*[0-9a-f]+\*/\s+\S|\.L_\w+:)", line)]


def loops(lines):
    """The instructions of each loop: from a label to a branch back to it."""
    labels = {}
    for number, line in enumerate(lines):
        if line.startswith("."):
            labels[line.rstrip(":")] = number
        elif (branch := re.search(r"BRA `\((\.L_\w+)\)", line)) and (begin := labels.get(branch[1], number)) < number:
            body = [line for line in lines[begin:number + 1] if not line.startswith(".")]
            if len(body) > 1:
                yield len(body), {kind: found for kind, words in KINDS.items() if (found := sum(bool(re.search(rf"\b({words})\b", x)) for x in body))}


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    for tool in ("ptxas", "nvdisasm"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not here: apt-get install nvidia-cuda-toolkit (Debian's non-free packages)")
    with tempfile.TemporaryDirectory() as folder:
        for title, text in texts(sys.argv[1], sys.argv[2:]):
            said, lines = assembled(text, Path(folder))
            registers, spilled = re.search(r"Used (\d+) registers", said)[1], re.search(r"(\d+) bytes spill stores", said)[1]
            count = sum(not line.startswith(".") and "NOP" not in line for line in lines)
            print(f"{title}: {count} instructions, {registers} registers, {spilled} bytes spilled")
            for size, kinds in loops(lines):
                print(f"    loop of {size}" + "".join(f", {number} {kind}" for kind, number in kinds.items()))


main()
