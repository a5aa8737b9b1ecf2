#!/usr/bin/env python3
"""Train one upscaler for a given time.

Adam with a cosine over the time, L1 on the colours and on their luma, an average of the weights as the result. The
checkpoint in OUT holds everything, so a stopped run goes on with --resume; --minutes counts from the first start. With
several workers a run is not repeatable to the bit.
"""
import argparse
import copy
import ctypes
import dataclasses
import math
import pathlib
import random
import time

import numpy as np
import torch

from . import data, evaluate, export, model

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


@dataclasses.dataclass
class Run:
    """What the workers share: weights and step counts lie in shared memory."""
    arguments: argparse.Namespace
    net: model.Upscaler
    average: model.Upscaler
    optimizer: torch.optim.Adam
    stock: list
    validation: list
    steps: torch.Tensor
    begin: float

    def report(self, minutes, loss):
        a = self.arguments
        enlarge = evaluate.by_net(self.average, a.device)
        scores = ["%.3f" % evaluate.measure(enlarge, self.validation, s, s)[0] for s in (2, 3, 4)]
        step = self.steps.sum().item()
        print("step %d  %.1f min  loss %.5f  validation %s" % (step, minutes, loss, " / ".join(scores)), flush=True)
        held = a.out.with_suffix(".part")
        torch.save({"model": a.model, "net": self.net.state_dict(), "average": self.average.state_dict(),
                    "optimizer": self.optimizer.state_dict(), "step": step, "minutes": minutes}, held)
        held.replace(a.out)


def work(worker, run):
    """Train until the time is over. Several workers change the same weights without waiting for each other
    ("Hogwild!", Niu et al., 2011), so that none stands still when the machine has other work; the first one averages
    and reports."""
    a, net, optimizer = run.arguments, run.net, run.optimizer
    seed = a.seed + run.steps.sum().item() + 1000003*worker
    rng = random.Random(seed)
    torch.manual_seed(seed)
    total, counted, reported = 0.0, 0, (time.monotonic() - run.begin)/60
    while (minutes := (time.monotonic() - run.begin)/60) < a.minutes:
        step = run.steps.sum().item()
        rate = a.rate*min(1, (step + 1)/WARM_UP)*0.5*(1 + math.cos(math.pi*minutes/a.minutes))
        for group in optimizer.param_groups:
            group["lr"] = rate + 1e-6
        scales = data.random_scales(rng)
        big, small, clean_up = (t.to(a.device) for t in data.batch(run.stock, rng, PATCHES, SIDE, *scales))
        loss = loss_of(net, big, small, clean_up, rng, scales, not a.fp32)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        run.steps[worker] += 1
        if worker > 0:
            continue
        with torch.no_grad():
            decay = min(AVERAGE_DECAY, step/(step + 10))
            for mean, t in zip(run.average.parameters(), net.parameters()):
                mean.lerp_(t, 1 - decay)
        total, counted = total + loss.item(), counted + 1
        if minutes - reported >= 5:
            run.report(minutes, total/counted)
            total, counted, reported = 0.0, 0, minutes
    if worker == 0:
        run.report(a.minutes, total/max(1, counted))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("data", help="folder of pictures with MANIFEST.tsv")
    p.add_argument("out", type=pathlib.Path, help="checkpoint to write")
    p.add_argument("--model", choices=model.MODELS, default="fast")
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--device", default="cpu")
    p.add_argument("--workers", type=int, default=1, help="processes, each with one thread of the CPU")
    p.add_argument("--resume", action="store_true", help="go on from OUT")
    p.add_argument("--init", help="weights to start from, of a network that is not larger")
    p.add_argument("--rate", type=float, default=1e-3, help="at the start of the cosine")
    p.add_argument("--fp32", action="store_true", help="no bfloat16 in the trunk")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()

    keep_memory()
    torch.manual_seed(a.seed)
    if a.device == "cpu":
        torch.set_num_threads(1)
    training, validation = data.read_pictures(a.data)
    stock = data.enlarge_stock(training, random.Random(a.seed))
    validation = [v[:256, :256] for v in validation[::2]]
    net = model.Upscaler(model.MODELS[a.model])
    if a.init:
        start_from(net, a.init)
    net = net.to(a.device, memory_format=torch.channels_last)
    average = copy.deepcopy(net).requires_grad_(False)
    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    steps, spent = torch.zeros(a.workers, dtype=torch.int64), 0.0
    if a.resume:
        state = torch.load(a.out, map_location=a.device, weights_only=True)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        steps[0], spent = state["step"], state["minutes"]
    print("%d training pictures, %d for validation, %d parameters" %
          (len(stock), len(validation), sum(t.numel() for t in net.parameters())), flush=True)

    if a.device == "cpu":
        net.share_memory()
    run = Run(a, net, average, optimizer, stock, validation, steps.share_memory_(), time.monotonic() - spent*60)
    others = [torch.multiprocessing.get_context("fork").Process(target=work, args=(i, run), daemon=True)
              for i in range(1, a.workers)]
    for other in others:
        other.start()
    work(0, run)
    for other in others:
        other.join()


if __name__ == "__main__":
    main()
