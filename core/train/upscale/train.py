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

PATCHES, SIDE, SAMPLES, MARGIN = 16, 36, 52, 3
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


def some(rng, length, margin):
    """Sorted places of the samples of one axis, away from the patch's border."""
    places = range(margin, length - margin)
    return torch.tensor(sorted(rng.sample(places, min(SAMPLES, len(places)))))


def loss_of(net, big, small, clean_up, rng, scales, bf16):
    height, width = big.shape[2:]
    margin = 0 if rng.random() < BORDERS else MARGIN
    rows, columns = (some(rng, n, math.ceil(margin*s)) for n, s in zip((height, width), scales))
    rows, columns = rows.to(small.device), columns.to(small.device)
    with torch.autocast(small.device.type, torch.bfloat16, enabled=bf16):
        result = net(small, height, width, clean_up, rows, columns)
    d = result - big.index_select(2, rows).index_select(3, columns)
    luma = (d*evaluate.LUMA.to(d.device)).sum(1)
    return 0.5*d.abs().mean() + luma.abs().mean()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("data", help="folder of pictures with MANIFEST.tsv")
    loop.add_arguments(p, rate=1e-3, report=5)
    p.add_argument("--model", choices=model.MODELS, default="fast")
    p.add_argument("--init", help="weights to start from, of a network that is not larger")
    a = p.parse_args()

    loop.start(a)
    training, validation = data.read_pictures(a.data)
    stock = data.enlarge_stock(training, random.Random(a.seed))
    validation = [v[:256, :256] for v in validation[::2]]
    net = model.Upscaler(model.MODELS[a.model])
    if a.init:
        start_from(net, a.init)
    net = net.to(a.device, memory_format=torch.channels_last)
    print("%d training pictures, %d for validation, %d parameters" %
          (len(stock), len(validation), sum(t.numel() for t in net.parameters())), flush=True)

    def loss(rng, share):
        scales = data.random_scales(rng)
        big, small, clean_up = (t.to(a.device) for t in data.batch(stock, rng, PATCHES, SIDE, *scales))
        value = loss_of(net, big, small, clean_up, rng, scales, not a.fp32)
        return value, [value.item()]

    def report(average, numbers):
        enlarge = evaluate.by_net(average, a.device)
        scores = ["%.3f" % evaluate.measure(enlarge, validation, s, s)[0] for s in (2, 3, 4)]
        return "loss %.5f  validation %s" % (*numbers, " / ".join(scores))

    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    loop.Training(a, net, optimizer, loss, report, about={"model": a.model}).run()


if __name__ == "__main__":
    main()
