#!/usr/bin/env python3
"""Cuts the sample of Fashion-MNIST in data/fashion-mnist from the full set.

usage: cut-sample.py [FULL_SET] [OUT]

FULL_SET is a folder with the four IDX files of Fashion-MNIST (default: where Debian's package
dataset-fashion-mnist puts them), OUT the folder to write (default: fashion-mnist beside this script).
Takes the first 9000 training and the first 1500 test images; the same input gives the same bytes.
"""
import gzip
import pathlib
import struct
import sys

TAKE = {"train": 9000, "t10k": 1500}
IMAGE = 28 * 28


def write(path, data):
    # No name and no time in the gzip header, so that the result depends on the data alone.
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(data)


def main():
    here = pathlib.Path(__file__).resolve().parent
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here / "fashion-mnist"
    target.mkdir(parents=True, exist_ok=True)
    for part, count in TAKE.items():
        images = gzip.open(source / f"{part}-images-idx3-ubyte.gz").read()
        labels = gzip.open(source / f"{part}-labels-idx1-ubyte.gz").read()
        assert struct.unpack(">4I", images[:16])[0] == 0x803 and struct.unpack(">2I", labels[:8])[0] == 0x801
        write(target / f"{part}-images-idx3-ubyte.gz",
              struct.pack(">4I", 0x803, count, 28, 28) + images[16:16 + count * IMAGE])
        write(target / f"{part}-labels-idx1-ubyte.gz",
              struct.pack(">2I", 0x801, count) + labels[8:8 + count])


if __name__ == "__main__":
    main()
