"""MAGE in plain PyTorch, as a peer for the benchmarks: the same architecture and the same work per step as src/Mage/Model.

    python3 bench/peers/mage_torch.py base            times a training step and a decoding iteration by itself
    python3 bench/peers/mage_torch.py base --serve    answers one request per line: step, decode (what `bench -- step` uses)
    python3 bench/peers/mage_torch.py attention --serve

Debian: python3-torch, python3-numpy, libopenblas0-openmp. Tokens are random ids; there is no tokenizer and no data.
"""
import argparse
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CODES, WORDS, TOKENS = 1024, 2025, 256
CLASS_TOKEN, MASK_TOKEN = 1100, 2024
SIZES = {  # width, encoder depth and heads, decoder depth and heads, batch
    "base": (768, 12, 12, 8, 16, 4),
    "small": (256, 6, 8, 4, 8, 16),
}


def dense(inputs, outputs):
    layer = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def attend(q, k, v, drop):
    """Softmax attention over [batch, heads, tokens, channels]."""
    weights = torch.softmax((q @ k.transpose(-2, -1)) * q.shape[-1] ** -0.5, dim=-1)
    return drop(weights) @ v


class Block(nn.Module):
    """Pre-norm: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, width, heads, rate=0.1):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = dense(width, 3 * width), dense(width, width)
        self.fc1, self.fc2 = dense(width, 4 * width), dense(4 * width, width)
        self.drop = nn.Dropout(rate)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        mixed = attend(q, k, v, self.drop).transpose(1, 2).reshape(b, t, d)
        x = x + self.drop(self.proj(mixed))
        return x + self.drop(self.fc2(self.drop(F.gelu(self.fc1(self.norm2(x))))))


class Mage(nn.Module):
    def __init__(self, width, depth, heads, decoder_depth, decoder_heads):
        super().__init__()
        self.words, self.places = nn.Embedding(WORDS, width), nn.Embedding(1 + TOKENS, width)
        self.embed_norm, self.embed_drop = nn.LayerNorm(width, eps=1e-6), nn.Dropout(0.1)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.to_decoder = dense(width, width)
        self.positions = nn.Parameter(torch.empty(1, 1 + TOKENS, width))
        self.decoder_blocks = nn.ModuleList(Block(width, decoder_heads) for _ in range(decoder_depth))
        self.decoder_norm = nn.LayerNorm(width, eps=1e-6)
        self.head, self.head_norm = dense(width, width), nn.LayerNorm(width)
        self.head_bias = nn.Parameter(torch.zeros(WORDS))
        for table in (self.words.weight, self.places.weight, self.positions):
            nn.init.normal_(table, std=0.02)

    def logits(self, ids, masked, kept=None):
        """ids [b, 1 + t] with the class token first; masked, and which slots are kept (None: all), bool of that shape."""
        x = self.embed_drop(self.embed_norm(self.words(ids) + self.places.weight))
        b, t, d = x.shape
        x = x if kept is None else x[kept].view(b, -1, d)
        for block in self.blocks:
            x = block(x)
        x = self.to_decoder(self.norm(x))
        padding = x[:, :1].expand(b, t, d)  # the class token of each image stands for what is hidden
        if kept is not None:
            slots = padding.clone()
            slots[kept] = x.reshape(-1, d)
            x = slots
        x = torch.where(masked.unsqueeze(-1), padding, x) + self.positions
        for block in self.decoder_blocks:
            x = block(x)
        x = self.head_norm(F.gelu(self.head(self.decoder_norm(x))))
        scores = torch.matmul(x, self.words.weight.detach().t()) + self.head_bias
        return scores[:, 1:, :CODES]

    def loss(self, codes, rate):
        """Cross-entropy with label smoothing, mean over the masked tokens."""
        b, t = codes.shape
        rank = torch.rand(b, t).argsort(1).argsort(1)
        none = torch.zeros(b, 1, dtype=torch.bool)
        dropped = torch.cat([none, rank < math.ceil(0.5 * t)], 1)
        masked = torch.cat([none, rank < math.ceil(rate * t)], 1)
        ids = torch.cat([torch.full((b, 1), CLASS_TOKEN), codes], 1).masked_fill(masked, MASK_TOKEN)
        log_p = torch.log_softmax(self.logits(ids, masked, ~dropped), -1)
        right = log_p.gather(-1, codes.unsqueeze(-1)).squeeze(-1)
        losses = -(0.9 * right + 0.1 * log_p.mean(-1))
        mask = masked[:, 1:].float()
        return (losses * mask).sum() / mask.sum()


class Model:
    """Training steps and decoding iterations of one size."""

    def __init__(self, size):
        *shape, self.batch = SIZES[size]
        self.model = Mage(*shape)
        self.codes = torch.randint(0, CODES, (self.batch, TOKENS))
        decay = [p for p in self.model.parameters() if p.dim() > 1]
        rest = [p for p in self.model.parameters() if p.dim() <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=1e-4, betas=(0.9, 0.95))
        self.ids, self.iteration = None, 0

    def step(self):
        """Seconds of forward and backward, and of clipping and AdamW."""
        self.model.train()
        start = time.perf_counter()
        self.optimizer.zero_grad(set_to_none=True)
        self.model.loss(self.codes, 0.5 + 0.4 * torch.rand(()).item()).backward()
        middle = time.perf_counter()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 3.0)
        self.optimizer.step()
        return middle - start, time.perf_counter() - middle

    def decode(self, iterations=2, temperature=6.0):
        """Seconds of one decoding iteration."""
        self.model.eval()
        step = self.iteration % iterations
        if step == 0:
            self.ids = torch.full((self.batch, TOKENS), MASK_TOKEN)
        self.iteration += 1
        start = time.perf_counter()
        with torch.no_grad():
            unknown = self.ids == MASK_TOKEN
            first = torch.full((self.batch, 1), CLASS_TOKEN)
            known = torch.zeros(self.batch, 1, dtype=torch.bool)
            scores = self.model.logits(torch.cat([first, self.ids], 1), torch.cat([known, unknown], 1))
            drawn = torch.distributions.Categorical(logits=scores).sample()
            drawn = torch.where(unknown, drawn, self.ids)
            done = (step + 1) / iterations
            chance = torch.softmax(scores, -1).gather(-1, drawn.unsqueeze(-1)).squeeze(-1)
            noise = -torch.log(-torch.log(torch.rand(chance.shape).clamp(1e-20, 1 - 1e-7)))
            sure = torch.where(unknown, chance.log() + temperature * (1 - done) * noise, torch.tensor(math.inf))
            hide = max(1, min(int(unknown[0].sum()) - 1, math.floor(TOKENS * math.cos(math.pi / 2 * done))))
            limit = sure.sort(-1)[0][:, hide - 1:hide]
            self.ids = torch.where(sure <= limit, torch.tensor(MASK_TOKEN), drawn)
        return (time.perf_counter() - start,)


class Attention:
    """Attention alone, without projections or dropout."""

    def step(self, batch=16, heads=12, tokens=257, channels=64):
        """Seconds of the forward pass, and of forward and backward."""
        inputs = [torch.randn(batch, heads, tokens, channels, requires_grad=True) for _ in range(3)]
        upstream = torch.randn(batch, heads, tokens, channels)
        start = time.perf_counter()
        with torch.no_grad():
            attend(*inputs, nn.Identity())
        middle = time.perf_counter()
        attend(*inputs, nn.Identity()).backward(upstream)
        return middle - start, time.perf_counter() - middle


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=[*SIZES, "attention"])
    parser.add_argument("--serve", action="store_true", help="answer requests from standard input")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    subject = Attention() if options.what == "attention" else Model(options.what)
    if options.serve:
        print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", flush=True)
        for line in sys.stdin:
            print(*getattr(subject, line.strip())(), flush=True)
        return
    for name in ("step",) if options.what == "attention" else ("step", "decode"):
        runs = [getattr(subject, name)() for _ in range(1 + options.repeats)][1:]
        medians = [sorted(times)[len(times) // 2] for times in zip(*runs)]
        print(options.what, name, *(f"{1e3 * seconds:.0f} ms" for seconds in medians), flush=True)


if __name__ == "__main__":
    main()
