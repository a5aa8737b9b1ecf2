#!/usr/bin/env python3
"""Train one upscaler for a given time.

Adam with a cosine over the time, L1 on the colours and on their luma, an average of the weights as the result. The
checkpoint in OUT holds everything, so a stopped run goes on with --resume; --minutes counts from the first start. With
several workers a run is not repeatable to the bit.
"""
import argparse
import math
import random

import numpy as np
import torch

import loop

from . import data, evaluate, export, model

MARGIN = 3  # small pixels
SAMPLES = 1.45  # of an axis, for each small pixel
BORDERS = 0.25  # share of the steps that count the patches' own borders, which pictures have as well


def read_weights(path):
    """{name: tensor} of a weights file, or of a sketch (.npz)."""
    if path.endswith(".npz"):
        return {name.replace("dec.", "field."): torch.from_numpy(t.astype(np.float32))
                for name, t in np.load(path).items()}
    return export.load(path).state_dict()


def start_from(net, path):
    """Grow from weights of a network that is not larger: the picture does not change at first.

    What is new keeps its random weights, save where it would reach what was there: those weights and what new
    blocks add to the trunk start at zero ("Net2Net: Accelerating Learning via Knowledge Transfer", Chen et al., 2015).
    """
    own, given = net.state_dict(), read_weights(path)
    for name, t in own.items():
        if name in given:
            old = given[name].reshape(given[name].shape if t.dim() else ())
            kept = tuple(slice(0, n) for n in old.shape)
            if t.dim() == 4:
                t[:old.shape[0], old.shape[1]:] = 0
            t[kept] = old
        elif ".c2." in name:
            t.zero_()


def some(rng, length, margin, count):
    """Sorted places of the samples of one axis, away from the patch's border."""
    places = range(margin, length - margin)
    return torch.tensor(sorted(rng.sample(places, min(count, len(places)))))


def sample(stock, rng, patches, side):
    """Small patches, and the rows and columns of the large ones that are asked for."""
    scales = data.random_scales(rng)
    big, small, clean_up = data.batch(stock, rng, patches, side, *scales)
    margin = 0 if rng.random() < BORDERS else MARGIN
    rows, columns = (some(rng, n, math.ceil(margin*s), round(SAMPLES*side)) for n, s in zip(big.shape[2:], scales))
    wanted = big.index_select(2, rows).index_select(3, columns)
    return small, *big.shape[2:], clean_up, rows, columns, wanted


def loss_of(net, small, height, width, clean_up, rows, columns, wanted, bf16):
    with torch.autocast(small.device.type, torch.bfloat16, enabled=bf16):
        result = net(small, height, width, clean_up, rows, columns)
    d = result - wanted
    luma = (d*evaluate.LUMA.to(d.device)).sum(1)
    return 0.5*d.abs().mean() + luma.abs().mean()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("data", help="folder of pictures with MANIFEST.tsv")
    loop.add_arguments(p, rate=1e-3, report=5)
    p.add_argument("--model", choices=model.MODELS, default="fast")
    p.add_argument("--init", help="weights to start from, of a network that is not larger")
    p.add_argument("--objects", help="folder of pictures with instances.json, to use the free ones as well")
    p.add_argument("--patches", type=int, default=16, help="of one step")
    p.add_argument("--side", type=int, default=36, help="of a small patch in pixels")
    p.add_argument("--compile", action="store_true", help="the trunk by torch.compile: for GPUs")
    a = p.parse_args()

    loop.start(a)
    pictures, validation = data.read_pictures(a.data)
    stock = data.enlarge_stock(pictures, random.Random(a.seed)) + (data.read_free(a.objects) if a.objects else [])
    validation = [v[:256, :256] for v in validation[::2]]
    net = model.Upscaler(model.MODELS[a.model])
    if a.init:
        start_from(net, a.init)
    net = net.to(a.device, memory_format=torch.channels_last)
    print("%d training pictures, %d for validation, %d parameters" %
          (len(stock), len(validation), sum(t.numel() for t in net.parameters())), flush=True)

    def prepare(rng, share):
        return sample(stock, rng, a.patches, a.side)

    def loss(rng, draw):
        value = loss_of(net, *draw(), not a.fp32)
        return value, [value.detach()]

    def report(average, numbers):
        enlarge = evaluate.by_net(average, a.device)
        scores = ["%.3f" % evaluate.measure(enlarge, validation, s, s)[0] for s in (2, 3, 4)]
        return "loss %.5f  validation %s" % (*numbers, " / ".join(scores))

    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    training = loop.Training(a, net, optimizer, prepare, loss, report, about={"model": a.model})
    if a.compile:
        net.trunk = torch.compile(net.trunk)
    training.run()


if __name__ == "__main__":
    main()
