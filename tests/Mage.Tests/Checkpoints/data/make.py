"""Makes tiny.pth, old.pth and tiny.json with PyTorch (1.13 was used): a file of torch.save with everything that the reader knows, the same in the
format before PyTorch 1.6, and the values that the reader should find. Run in this folder: python3 make.py"""
import argparse
import collections
import json

import torch

torch.manual_seed(7)
base = torch.randn(6, 4)
shared = torch.arange(24, dtype=torch.float32)
state = collections.OrderedDict()
state["float32"] = torch.randn(2, 3)
state["float64"] = torch.randn(2, 3, dtype=torch.float64)
state["float16"] = torch.tensor([0.5, -2.0, 65504.0, 6e-8, float("inf")], dtype=torch.float16)
state["bfloat16"] = torch.tensor([1.0, -3.140625, 3e38, 1e-40], dtype=torch.bfloat16)
state["int64"] = torch.tensor([[1, -2], [2147483647, -2147483648]])
state["int32"] = torch.tensor([3, -4], dtype=torch.int32)
state["uint8"] = torch.tensor([0, 7, 255], dtype=torch.uint8)
state["bool"] = torch.tensor([True, False, True])
state["scalar"] = torch.tensor(4.25)
state["empty"] = torch.zeros(0, 3)
state["transposed"] = base.t()
state["strided"] = base[1::2, ::3]
state["expanded"] = torch.tensor([[1.5], [2.5]]).expand(2, 3)
state["shared.first"] = shared[:12].view(3, 4)
state["shared.second"] = shared[10:22].view(2, 6)
state["parameter"] = torch.nn.Parameter(torch.randn(3))
state["half.transposed"] = torch.arange(6, dtype=torch.float16).view(2, 3).t()
everything = {
    "model": state, "epoch": 3, "big": 2**80, "rate": 1e-3, "none": None, "list": [1, "two", (3.0, False)],
    "args": argparse.Namespace(blr=1.5e-4, name="grün"),
}
torch.save(everything, "tiny.pth")
torch.save({"weight": torch.randn(2)}, "old.pth", _use_new_zipfile_serialization=False)
with open("tiny.json", "w") as file:
    json.dump({key: {"shape": list(value.shape), "values": [str(v) for v in value.detach().double().reshape(-1).tolist()]}
               for key, value in state.items()}, file, indent=1)
