#!/usr/bin/env python3
"""Train one upscaler for a given time.

Adam with a cosine over the time, L1 on the colours and on their luma, an average of the weights as the result. The
checkpoint in OUT holds everything, so a stopped run goes on with --resume; --minutes counts from the first start.
"""
import argparse
import copy
import ctypes
import math
import pathlib
import random
import time

import numpy as np
import torch

import data
import evaluate
import export
import model

WARM_UP = 300
PATCHES, SIDE, SAMPLES, MARGIN = 16, 36, 52, 3
BORDERS = 0.25  # share of the steps that count the patches' own borders, which pictures have as well
AVERAGE_DECAY = 0.999


def keep_memory():
    """Freed buffers stay with the process: handing them back and faulting them in again took a third of a step."""
    trim_threshold, mmap_threshold, arena_max = -1, -3, -8
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(mmap_threshold, 1 << 30)
        libc.mallopt(trim_threshold, 2**31 - 1)
        libc.mallopt(arena_max, 1)


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
    p.add_argument("out", type=pathlib.Path, help="checkpoint to write")
    p.add_argument("--model", choices=model.MODELS, default="fast")
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--device", default="cpu")
    p.add_argument("--resume", action="store_true", help="go on from OUT")
    p.add_argument("--init", help="weights to start from, of a network that is not larger")
    p.add_argument("--rate", type=float, default=1e-3, help="at the start of the cosine")
    p.add_argument("--fp32", action="store_true", help="no bfloat16 in the trunk")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()

    keep_memory()
    torch.manual_seed(a.seed)
    rng = random.Random(a.seed)
    training, validation = data.read_pictures(a.data)
    stock = data.enlarge_stock(training, rng)
    validation = [v[:256, :256] for v in validation[::2]]
    net = model.Upscaler(model.MODELS[a.model])
    if a.init:
        start_from(net, a.init)
    net = net.to(a.device, memory_format=torch.channels_last)
    average = copy.deepcopy(net).requires_grad_(False)
    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    step, spent = 0, 0.0
    if a.resume:
        state = torch.load(a.out, map_location=a.device, weights_only=True)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["minutes"]
        rng.seed(a.seed + step)
        torch.manual_seed(a.seed + step)
    print("%d training pictures, %d for validation, %d parameters" %
          (len(stock), len(validation), sum(t.numel() for t in net.parameters())), flush=True)

    def report(minutes):
        scores = ["%.3f" % evaluate.measure(average, validation, s, s, a.device) for s in (2, 3, 4)]
        print("step %d  %.1f min  loss %.5f  validation %s" % (step, minutes, total/max(1, counted), " / ".join(scores)),
              flush=True)
        held = a.out.with_suffix(".part")
        torch.save({"model": a.model, "net": net.state_dict(), "average": average.state_dict(),
                    "optimizer": optimizer.state_dict(), "step": step, "minutes": minutes}, held)
        held.replace(a.out)

    begin = time.monotonic() - spent*60
    total, counted, reported = 0.0, 0, spent
    while (minutes := (time.monotonic() - begin)/60) < a.minutes:
        rate = a.rate*min(1, (step + 1)/WARM_UP)*0.5*(1 + math.cos(math.pi*minutes/a.minutes))
        for group in optimizer.param_groups:
            group["lr"] = rate + 1e-6
        scales = data.random_scales(rng)
        big, small, clean_up = (t.to(a.device) for t in data.batch(stock, rng, PATCHES, SIDE, *scales))
        loss = loss_of(net, big, small, clean_up, rng, scales, not a.fp32)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            decay = min(AVERAGE_DECAY, step/(step + 10))
            for mean, t in zip(average.parameters(), net.parameters()):
                mean.lerp_(t, 1 - decay)
        total, counted = total + loss.item(), counted + 1
        if minutes - reported >= 5:
            report(minutes)
            total, counted, reported = 0.0, 0, minutes
    report(a.minutes)


if __name__ == "__main__":
    main()
