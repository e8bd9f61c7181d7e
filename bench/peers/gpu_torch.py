"""PyTorch on the card that bench/Cards was timed on, and a table of both.

    Cards cuda time | tee times.md; python3 gpu_torch.py --ours times.md

What is timed, and how, is as there: several calls at once and then a wait for the device, the median of five. Beside float32 (without TF32) PyTorch is
timed with its products in TF32 and with everything in bfloat16; what has no products, and the model block by block, compiled by torch.compile as well,
and the faster one counts.
"""
import argparse
import contextlib
import sys
import time

import torch
import torch.nn.functional as F

from mage_gpu import CODES, MASK_TOKEN, Mage, TOKENS, VIT_B

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--ours", help="what Cards printed")
parser.add_argument("--device", default="cuda")
parser.add_argument("--fraction", type=int, default=1, help="rows are divided by it")
parser.add_argument("--budget", type=float, default=120, help="seconds after which nothing more begins")
parser.add_argument("--name", default="", help="only what has this in its name")
parser.add_argument("--precisions", default="float32,TF32,bfloat16", help="in which, and in which order")
OPTIONS = parser.parse_args()
DEVICE, START = torch.device(OPTIONS.device), time.perf_counter()
PRECISIONS = OPTIONS.precisions.split(",")


def wait():
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def median(work, seconds=0.1):
    """Seconds of one, of several that are asked for at once."""
    def timed(count):
        start = time.perf_counter()
        for _ in range(count):
            work()
        wait()
        return (time.perf_counter() - start) / count
    timed(2)
    together = max(1, min(50, int(seconds / timed(1))))
    return sorted(timed(together) for _ in range(5))[2]


def cases(fraction):
    """Name, shapes of the inputs (of ids: how many there are, and the shape), function, how many inputs want a gradient, whether it has products."""
    rows, tokens = 16448 // fraction, 64 // min(fraction, 64)

    def attention(x, scale, shift, qkv, qkv_bias, proj, proj_bias):
        b, t, d = x.shape
        q, k, v = F.linear(F.layer_norm(x, (d,), scale, shift, 1e-6), qkv, qkv_bias).view(b, t, 3, 12, d // 12).permute(2, 0, 3, 1, 4).unbind(0)
        return x + F.linear(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d), proj, proj_bias)

    return [
        (f"layer norm {rows}x768", [(rows, 768), (768,), (768,)], lambda x, w, b: F.layer_norm(x, (768,), w, b, 1e-6), 3, False),
        (f"softmax {rows}x1024", [(rows, 1024)], lambda x: torch.softmax(x, -1), 1, False),
        (f"GELU {rows}x3072", [(rows, 3072)], F.gelu, 1, False),
        (f"dropout + residual {rows}x768", [(rows, 768), (rows, 768)], lambda x, y: y + F.dropout(x, 0.1), 2, False),
        (f"cross-entropy {rows}x2025", [(rows, 2025), (2025, (rows,))],
         lambda x, y: F.cross_entropy(x, y, label_smoothing=0.1, reduction="none"), 1, False),
        (f"embedding {rows}x768 of 2025", [(2025, 768), (2025, (rows,))], lambda t, i: F.embedding(i, t), 1, False),
        (f"linear {rows}x768 to 2304", [(rows, 768), (2304, 768), (2304,)], F.linear, 3, True),
        (f"linear {rows}x3072 to 768", [(rows, 3072), (768, 3072), (768,)], F.linear, 3, True),
        (f"perceptron {rows}x768x3072", [(rows, 768), (3072, 768), (3072,), (768, 3072), (768,)],
         lambda x, w1, b1, w2, b2: F.linear(F.gelu(F.linear(x, w1, b1)), w2, b2), 5, True),
        (f"attention {tokens}x257, 12 heads of 64", [(tokens, 257, 768), (768,), (768,), (2304, 768), (2304,), (768, 768), (768,)], attention, 7, True),
    ]


def tensor(shape, kind):
    if isinstance(shape[-1], tuple):
        return torch.randint(0, shape[0], shape[1], device=DEVICE)
    return (0.2 * torch.rand(shape, device=DEVICE) - 0.1).to(kind)


def kernel(shapes, function, differentiated, has_products, precision):
    """Seconds forward, and forward and backward."""
    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    inputs = [tensor(shape, kind) for shape in shapes]
    wanted = [x.requires_grad_() for x in inputs[:differentiated]]
    functions = [function]
    if not has_products and DEVICE.type == "cuda":
        torch._dynamo.reset()
        functions.append(torch.compile(function, dynamic=False))

    def both(call):
        result = call(*inputs)
        torch.autograd.grad(result, wanted, torch.ones_like(result))

    def forward(call):
        with torch.no_grad():
            call(*inputs)

    return (min(median(lambda: forward(call)) for call in functions), min(median(lambda: both(call)) for call in functions))


def adamw(parameters):
    extra = {"fused": True} if DEVICE.type == "cuda" else {}
    groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.05},
              {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0}]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=1e-4, betas=(0.9, 0.95), **extra)


def update(count, precision):
    if precision == "TF32":
        raise NotImplementedError("has no products")
    parameter = torch.nn.Parameter(tensor((1, count), torch.bfloat16 if precision == "bfloat16" else torch.float32))
    parameter.grad = torch.ones_like(parameter)
    return median(adamw([parameter]).step), None


def model(batch, sizes, precision):
    """Seconds of a decoding iteration, and of a training step."""
    torch.manual_seed(0)
    subject = Mage(DEVICE, *sizes)
    codes = torch.randint(0, CODES, (batch, TOKENS), device=DEVICE)
    half = torch.where(torch.rand(batch, TOKENS, device=DEVICE) < 0.5, torch.full_like(codes, MASK_TOKEN), codes)
    optimizer = adamw(subject.parameters)

    def cast():
        return torch.autocast(DEVICE.type, dtype=torch.bfloat16) if precision == "bfloat16" else contextlib.nullcontext()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with cast():
            loss = subject.loss(codes)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(subject.parameters, 3.0)
        optimizer.step()

    def decode():
        with torch.no_grad(), cast():
            subject.iterate(half, 0.5)

    times = median(decode), median(step)
    if DEVICE.type != "cuda":
        return times
    torch._dynamo.reset()
    subject.block = torch.compile(subject.block, dynamic=False)
    return min(times[0], median(decode)), min(times[1], median(step))


def everything(fraction):
    """Name, and what times it at a precision: seconds of what the first column has, and of the second."""
    for name, *case in cases(fraction):
        yield name, lambda precision, case=case: kernel(*case, precision)
    count = 86_800_000 // fraction
    yield f"AdamW {count / 1e6:.1f} M", lambda precision: update(count, precision)
    if fraction == 1:
        yield "ViT-B, 64 images: decoding iteration, training step", lambda precision: model(64, VIT_B, precision)
    else:
        yield "32 wide, 1+1 blocks, 1 image: decoding iteration, training step", lambda precision: model(1, (32, 1, 2, 1, 2), precision)


def ours(path):
    """Microseconds of both columns by name, from the table that Cards prints."""
    found = {}
    with open(path) if path else contextlib.nullcontext([]) as lines:
        for cells in ([cell.strip() for cell in line.split("|")] for line in lines):
            if len(cells) > 6:
                with contextlib.suppress(ValueError):
                    found[cells[1]] = [float(cells[i]) if cells[i] else None for i in (3, 6)]
    return found


def main():
    known = ours(OPTIONS.ours)
    name = torch.cuda.get_device_name() if DEVICE.type == "cuda" else "the processor"
    print(f"PyTorch {torch.__version__} on {name}; microseconds, and in brackets how many times as long as that ours takes\n")
    heads = [f"{what}{precision}" for what in ("", "with backward, ") for precision in ("ours", *PRECISIONS)]
    print("| " + " | ".join(["", *heads]) + " |\n|" + "---|" + "--:|" * len(heads), flush=True)
    for name, timed in everything(OPTIONS.fraction):
        if OPTIONS.name not in name:
            continue
        columns = [[], []]
        for precision in PRECISIONS:
            torch.set_float32_matmul_precision("high" if precision == "TF32" else "highest")
            times = None, None
            if time.perf_counter() - START < OPTIONS.budget:
                try:
                    times = timed(precision)
                except NotImplementedError:
                    pass
                except Exception as error:  # the rest goes on
                    print(f"{name}, {precision}: {' '.join(str(error).split())[:200]}", file=sys.stderr)
            for column, seconds in zip(columns, times):
                column.append(seconds)
        cells = [name]
        for mine, column in zip(known.get(name, (None, None)), columns):
            cells.append("" if mine is None else f"{mine:.1f}")
            cells += ["" if s is None else f"{1e6 * s:.1f}" + ("" if mine is None else f" ({mine / s / 1e6:.2f})") for s in column]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
