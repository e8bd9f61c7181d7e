"""Prints a line for each tensor of a safetensors file: key, shape and the sum of its numbers. With Python's safetensors where it is at hand, or else
by the few lines below, which follow its description of the format."""
import json
import math
import struct
import sys


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    end = 0
    for key, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, stop = entry["data_offsets"]
        assert start == end, key
        end = stop
        code, size = {"F32": ("f", 4), "F64": ("d", 8), "I32": ("i", 4)}[entry["dtype"]]
        count = math.prod(entry["shape"])
        assert stop - start == count * size, key
        yield key, entry["shape"], struct.unpack(f"<{count}{code}", data[8 + length + start:8 + length + stop])
    assert 8 + length + end == len(data)


try:
    from safetensors.numpy import load_file

    reader = "safetensors"
    tensors = [(key, list(value.shape), value.reshape(-1).tolist()) for key, value in load_file(sys.argv[1]).items()]
except ImportError:
    reader = "own lines"
    tensors = list(read(sys.argv[1]))
print(f"read by {reader}")
for key, shape, values in sorted(tensors):
    print(key, shape, repr(math.fsum(values)))
