"""MAGE in PyTorch as it is fast on a card: functions over tuples of parameters, scaled_dot_product_attention, no wait for the device within a step.

The same architecture and the same work per step as mage_torch.py and src/Mage/Model, but with fixed sizes, as bench/Cards has them: half of the tokens
are dropped, three quarters are masked. gpu_torch.py times it.
"""
import math

import torch
import torch.nn.functional as F

CODES, WORDS, TOKENS, CLASS_TOKEN, MASK_TOKEN = 1024, 2025, 256, 1100, 2024
DROPPED, MASKED = TOKENS // 2, TOKENS * 3 // 4
VIT_B = 768, 12, 12, 8, 16  # width, encoder depth and heads, decoder depth and heads


def drop(x, rate):
    return F.dropout(x, rate) if rate > 0 else x


def norm(x, weight, bias, eps=1e-6):
    return F.layer_norm(x.to(weight.dtype), (x.shape[-1],), weight, bias, eps)


def block(x, p, heads, rate):
    """Pre-norm: x + attention(norm(x)), then x + mlp(norm(x))."""
    norm1, shift1, qkv, qkv_bias, proj, proj_bias, norm2, shift2, fc1, bias1, fc2, bias2 = p
    b, t, d = x.shape
    q, k, v = F.linear(norm(x, norm1, shift1), qkv, qkv_bias).view(b, t, 3, heads, d // heads).permute(2, 0, 3, 1, 4).unbind(0)
    mixed = F.scaled_dot_product_attention(q, k, v, dropout_p=rate).transpose(1, 2).reshape(b, t, d)
    x = x + drop(F.linear(mixed, proj, proj_bias), rate)
    hidden = drop(F.gelu(F.linear(norm(x, norm2, shift2), fc1, bias1)), rate)
    return x + drop(F.linear(hidden, fc2, bias2), rate)


class Mage:
    def __init__(self, device, width, depth, heads, decoder_depth, decoder_heads):
        self.device, self.width, self.heads, self.decoder_heads, self.parameters = device, width, heads, decoder_heads, []
        self.embedding = (self.table(WORDS, width), self.table(1 + TOKENS, width), *self.scale())
        self.encoder = [self.layer() for _ in range(depth)]
        self.between = (*self.scale(), *self.dense(width, width), self.table(1, 1 + TOKENS, width))
        self.decoder = [self.layer() for _ in range(decoder_depth)]
        self.head = (*self.scale(), *self.dense(width, width), *self.scale())
        self.word_bias = self.own(torch.zeros(WORDS, device=device))
        self.block = block

    def own(self, tensor):
        self.parameters.append(torch.nn.Parameter(tensor))
        return self.parameters[-1]

    def table(self, *shape):
        return self.own(torch.empty(shape, device=self.device).normal_(std=0.02))

    def scale(self):
        return self.own(torch.ones(self.width, device=self.device)), self.own(torch.zeros(self.width, device=self.device))

    def dense(self, inputs, outputs):
        limit = math.sqrt(6 / (inputs + outputs))
        return (self.own(torch.empty(outputs, inputs, device=self.device).uniform_(-limit, limit)),
                self.own(torch.zeros(outputs, device=self.device)))

    def layer(self):
        d = self.width
        return (*self.scale(), *self.dense(d, 3 * d), *self.dense(d, d), *self.scale(), *self.dense(d, 4 * d), *self.dense(4 * d, d))

    def logits(self, words, places, masked, rate):
        """words and places of the slots that the encoder sees, the class token first; masked: of all slots, those without a word."""
        word_table, place_table, weight, bias = self.embedding
        x = drop(norm(F.embedding(words, word_table) + F.embedding(places, place_table), weight, bias), rate)
        for p in self.encoder:
            x = self.block(x, p, self.heads, rate)
        weight, bias, linear, linear_bias, positions = self.between
        x = F.linear(norm(x, weight, bias), linear, linear_bias)
        (b, k, d), t = x.shape, masked.shape[1]
        padding = x[:, :1].expand(b, t, d)  # the class token of each image stands for what is hidden
        slots = x if k == t else padding.scatter(1, places.unsqueeze(-1).expand(b, k, d), x)
        x = torch.where(masked.unsqueeze(-1), padding, slots) + positions
        for p in self.decoder:
            x = self.block(x, p, self.decoder_heads, rate)
        weight, bias, fc, fc_bias, norm_weight, norm_bias = self.head
        hidden = norm(F.gelu(F.linear(norm(x, weight, bias), fc, fc_bias)), norm_weight, norm_bias, 1e-5)
        return F.linear(hidden[:, 1:], word_table.detach()[:CODES], self.word_bias[:CODES]).float()

    def loss(self, codes, rate=0.1):
        """Cross-entropy with label smoothing, mean over the masked tokens."""
        b, t = codes.shape
        order = torch.rand(b, t, device=codes.device).argsort(1)
        kept = order[:, DROPPED:].sort(1)[0]
        hidden = torch.zeros(b, t, dtype=torch.bool, device=codes.device).scatter_(1, order[:, :MASKED], True)
        words = codes.masked_fill(hidden, MASK_TOKEN).gather(1, kept)
        words = torch.cat([torch.full((b, 1), CLASS_TOKEN, device=codes.device), words], 1)
        places = torch.cat([torch.zeros(b, 1, dtype=torch.long, device=codes.device), kept + 1], 1)
        masked = torch.cat([torch.zeros(b, 1, dtype=torch.bool, device=codes.device), hidden], 1)
        log_p = F.log_softmax(self.logits(words, places, masked, rate), -1)
        right = log_p.gather(-1, codes.unsqueeze(-1)).squeeze(-1)
        mask = hidden.float()
        return (-(0.9 * right + 0.1 * log_p.mean(-1)) * mask).sum() / mask.sum()

    def iterate(self, ids, done, temperature=6.0):
        """One decoding iteration: what is masked is drawn, and what is least certain masked again. done: the share of iterations with this one."""
        b, t = ids.shape
        unknown = ids == MASK_TOKEN
        first = torch.full((b, 1), CLASS_TOKEN, device=ids.device)
        places = torch.arange(1 + t, device=ids.device).expand(b, -1)
        masked = torch.cat([torch.zeros(b, 1, dtype=torch.bool, device=ids.device), unknown], 1)
        scores = self.logits(torch.cat([first, ids], 1), places, masked, 0.0)
        drawn = torch.argmax(scores - torch.log(-torch.log(torch.rand_like(scores))), -1)
        drawn = torch.where(unknown, drawn, ids)
        sure = F.log_softmax(scores, -1).gather(-1, drawn.unsqueeze(-1)).squeeze(-1)
        sure = sure - temperature * (1 - done) * torch.log(-torch.log(torch.rand_like(sure)))
        sure = sure.masked_fill(~unknown, math.inf)
        hide = (unknown.sum(1) - 1).clamp(max=math.floor(TOKENS * math.cos(math.pi / 2 * done)), min=1)
        limit = torch.sort(sure, -1)[0].gather(1, (hide - 1).unsqueeze(1))
        return drawn.masked_fill(sure <= limit, MASK_TOKEN)
