#!/usr/bin/env python3
"""Train the network that brings back what Shrink makes, together with the small pictures.

Shrink looks for the small picture from which a network makes the large one. Here the network learns from such small
pictures while they are looked for: one backward pass tells both how the pixels should change, which they do as in
core/rescale/shrink-tile.c, and how the weights should. Rounding to 8 bits is in the loop, as in "Task-Aware Image
Downscaling" (Kim et al., 2018); that any factor goes through one network as in "Scale-arbitrary Invertible Image
Downscaling" (Xing et al., 2022). With several workers a run is not repeatable to the bit.
"""
import argparse
import math
import random

import torch

import loop

from . import data, evaluate, model, train

SIDE, LARGE_PIXELS, MOST = 36, 90000, 16  # of a small patch; of all large ones together; patches
GRAY = 0.3  # share of gray patches, which cannot carry anything in differences of their colours
GROUPS = 12  # in work at the same time, so that neighbouring steps see other pictures
STEPS, RATE, MEAN_DECAY, SQUARE_DECAY, EVEN = 32, 4/255, 0.7, 0.95, 0.01  # as in shrink-tile.c, which takes 40 steps
LUMA_SHARE, LIKENESS, CLOSE = 0.7, 0.02, 40.3


def random_scales(rng):
    def one():
        return float(rng.choice((1.5, 2, 2, 2.5, 3, 3, 4, 4))) if rng.random() < 0.6 else rng.uniform(1.1, 4.0)
    return (one(), one()) if rng.random() < 0.15 else (one(),)*2


class Group:
    """Large patches, and the small ones that are looked for; gray: their colours are equal and stay so."""

    def __init__(self, big, small, scales, device, steps=STEPS, gray=False):
        self.gray = gray
        self.big, self.start, self.scales, self.steps, self.age = big.to(device), small.to(device), scales, steps, 0
        self.values = self.start.clone().requires_grad_()
        self.mean, self.square = torch.zeros_like(self.start), torch.zeros_like(self.start)
        self.luma = evaluate.LUMA.to(device)

    def loss(self, net, bf16):
        """Root mean squared errors."""
        rounded = self.values + ((self.values.detach()*255).round()/255 - self.values.detach())
        height, width = self.big.shape[2:]
        with torch.autocast(rounded.device.type, torch.bfloat16, enabled=bf16):
            result = net(rounded, height, width, torch.zeros(len(rounded), device=rounded.device))
        d = result - self.big
        luma = (d*self.luma).sum(1)
        square = LUMA_SHARE*luma.square().mean((1, 2)) + (1 - LUMA_SHARE)*d.square().mean((1, 2, 3))
        self.error = (square + 1e-6).sqrt()
        return self.error.mean()

    @torch.no_grad()
    def step(self):
        """Change the pixels, after the backward pass."""
        count, pixels = len(self.big), self.big.shape[2]*self.big.shape[3]
        d = self.values.grad*self.error.detach().view(-1, 1, 1, 1)*(count*pixels)
        d = d.mean(1, keepdim=True).expand_as(d) if self.gray else d
        d = d + LIKENESS*self.scales[0]*self.scales[1]/3*(self.values - self.start)
        rate = RATE*0.5*(1 + math.cos(math.pi*self.age/self.steps))
        self.age += 1
        self.mean.lerp_(d, 1 - MEAN_DECAY)
        self.square.lerp_(d*d, 1 - SQUARE_DECAY)
        root = (self.square/(1 - SQUARE_DECAY**self.age)).sqrt() + EVEN
        values = (self.values - rate/(1 - MEAN_DECAY**self.age)*self.mean/root).clamp(0, 1)
        apart = (values - self.start).square().mean((1, 2, 3), keepdim=True)
        back = (10**(-CLOSE/10)/apart.clamp(min=1e-12)).sqrt().clamp(max=1)
        self.values.copy_(self.start + back*(values - self.start))
        self.values.grad = None


def validate(net, pictures, scale, bf16, steps=STEPS):
    """Y-PSNR of patches that are brought back, and how like the small ones are to plain ones."""
    side = round(SIDE*2/scale)*2
    length = round(side*scale)
    big = torch.stack([torch.from_numpy(p[40:40 + length, 40:40 + length].copy()) for p in pictures])
    big = big.permute(0, 3, 1, 2).float()/255
    group = Group(big, data.reduce(big, side, side), (scale, scale), "cpu", steps)
    for _ in range(steps):
        group.loss(net, bf16).backward()
        group.step()
    with torch.no_grad():
        small = (group.values*255).round()/255
        result = net(small, length, length, torch.zeros(len(small)))
    n = math.ceil(scale)
    scores = [evaluate.psnr_y(r[None], b[None], n, n) for r, b in zip(result, big)]
    return sum(scores)/len(scores), evaluate.psnr(small, group.start)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("data", help="folder of pictures with MANIFEST.tsv")
    loop.add_arguments(p, rate=5e-4, report=5)
    p.add_argument("--model", choices=model.MODELS, default="balanced")
    p.add_argument("--init", required=True, help="weights to start from, of a network that is not larger")
    a = p.parse_args()

    loop.start(a)
    training, validation = data.read_pictures(a.data)
    stock = data.enlarge_stock(training, random.Random(a.seed))
    net = model.Upscaler(model.MODELS[a.model])
    train.start_from(net, a.init)
    net = net.to(a.device, memory_format=torch.channels_last)
    groups, last = [None]*GROUPS, None

    def prepare(rng, share):
        scales = random_scales(rng)
        large = SIDE*SIDE*scales[0]*scales[1]
        count = max(2, min(MOST, round(LARGE_PIXELS/large)))
        big, small, _ = data.batch(stock, rng, count, SIDE, *scales, damaged=0)
        gray = rng.random() < GRAY
        if gray:
            big = big.mean(1, keepdim=True).expand_as(big).contiguous()
            small = data.reduce(big, SIDE, SIDE)
        return big, small, scales, gray

    def loss(rng, draw):
        nonlocal last
        if last:
            last.step()
        i = rng.randrange(GROUPS)
        if not groups[i] or groups[i].age == STEPS:
            big, small, scales, gray = draw()
            groups[i] = Group(big, small, scales, a.device, gray=gray)
        last = groups[i]
        value = last.loss(net, not a.fp32)
        return value, [value.detach()]

    def report(average, numbers):
        scores = ["%.2f (%.1f)" % validate(average, validation[:6], s, not a.fp32) for s in (2, 4)]
        return "loss %.5f  validation %s" % (*numbers, " / ".join(scores))

    print("before: %s" % report(net, [0]), flush=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    loop.Training(a, net, optimizer, prepare, loss, report, about={"model": a.model}).run()


if __name__ == "__main__":
    main()
