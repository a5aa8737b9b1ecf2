#!/usr/bin/env python3
"""Train the network that finds shadows and reflections, for a given time.

Adam with a cosine over the time; the loss is the share of the effects that is left, where every wrong change elsewhere
counts as well; an average of the weights as the result. The checkpoint in OUT holds everything, so a stopped run goes
on with --resume; --minutes counts from the first start. Still lifes that appear in the folder meanwhile are used, too.
With several workers a run is not repeatable to the bit.
"""
import argparse
import copy
import dataclasses
import math
import pathlib
import random
import time

import torch

from upscale.train import keep_memory

from . import data, evaluate, model

WARM_UP = 200
SAMPLES = 4
SMALLER = 0.35  # share of the time in which samples have two thirds of the size: twice as many teach more at first
AVERAGE_DECAY = 0.998
FAINT, FAINT_SQUARED = 0.004, 2e-4  # mean differences of full and clean below which mistakes no longer count more
LOOK_AGAIN = 100  # steps


def squared_up_to(values, limit=0.15):
    low = values.abs().clamp(max=limit)
    return low*(2*values.abs() - low)


def loss_of(net, samples, bf16):
    """Absolute and squared errors as shares of the effects. Absolute ones alone would be least for a network that
    leaves everything as it is: effects cover little of a picture. Large errors count no more than their amount."""
    full, clean, given, alpha, boxes = samples
    with torch.autocast(full.device.type, torch.bfloat16, enabled=bf16):
        x = model.inputs_of(full, given, boxes).to(memory_format=torch.channels_last)
        gain, offset = net(x)
    counts = (alpha < 0.5/255).float()
    def mean(values):
        return (values*counts).mean((1, 2, 3))
    wrong, effect = gain*full + offset - clean, full - clean
    share = mean(wrong.abs())/(mean(effect.abs()) + FAINT)
    squared = mean(squared_up_to(wrong))/(mean(squared_up_to(effect)) + FAINT_SQUARED)
    return (0.5*share + squared).mean() + 0.05*mean(offset.abs()).mean()


@dataclasses.dataclass
class Run:
    """What the workers share: weights and step counts lie in shared memory."""
    arguments: argparse.Namespace
    net: model.Effects
    average: model.Effects
    optimizer: torch.optim.Adam
    stills: data.Stills
    composites: data.Composites
    steps: torch.Tensor
    begin: float

    def report(self, minutes, loss):
        a = self.arguments
        scores = evaluate.measure(self.average, self.stills.validation[:a.validate], a.device)
        step = self.steps.sum().item()
        print("step %d  %.1f min  loss %.4f  validation: removed %.3f  outside %.2f  of %d for training" %
              (step, minutes, loss, *scores, len(self.stills.training)), flush=True)
        held = a.out.with_suffix(".part")
        torch.save({"net": self.net.state_dict(), "average": self.average.state_dict(),
                    "optimizer": self.optimizer.state_dict(), "step": step, "minutes": minutes}, held)
        held.replace(a.out)


def work(worker, run):
    """Train until the time is over. Several workers change the same weights without waiting for each other
    ("Hogwild!", Niu et al., 2011); the first one averages and reports."""
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
        samples = data.batch(run.stills, run.composites, rng, SAMPLES, a.composites, minutes < SMALLER*a.minutes)
        samples = [t.to(a.device) for t in samples]
        loss = loss_of(net, samples, not a.fp32)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        run.steps[worker] += 1
        counted += 1
        if counted % LOOK_AGAIN == 0:
            run.stills.more()
        if worker > 0:
            continue
        with torch.no_grad():
            decay = min(AVERAGE_DECAY, step/(step + 10))
            for mean, t in zip(run.average.parameters(), net.parameters()):
                mean.lerp_(t, 1 - decay)
        total += loss.item()
        if minutes - reported >= a.report:
            run.report(minutes, total/counted)
            total, counted, reported = 0.0, 0, minutes
    if worker == 0:
        run.report(a.minutes, total/max(1, counted))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stills", help="folder that stills.py writes to")
    p.add_argument("photographs", help="folder of pictures with MANIFEST.tsv")
    p.add_argument("objects", help="folder of pictures with instances.json")
    p.add_argument("out", type=pathlib.Path, help="checkpoint to write")
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--device", default="cpu")
    p.add_argument("--workers", type=int, default=1, help="processes, each with one thread of the CPU")
    p.add_argument("--resume", action="store_true", help="go on from OUT")
    p.add_argument("--rate", type=float, default=6e-4, help="at the start of the cosine")
    p.add_argument("--composites", type=float, default=0.25, help="share of the samples made from photographs")
    p.add_argument("--validate", type=int, default=60, help="samples of the validation")
    p.add_argument("--report", type=float, default=4, help="minutes between two reports")
    p.add_argument("--fp32", action="store_true", help="no bfloat16 in the network")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()

    keep_memory()
    torch.manual_seed(a.seed)
    if a.device == "cpu":
        torch.set_num_threads(1)
    stills, composites = data.Stills(a.stills), data.Composites(a.photographs, a.objects)
    net = model.Effects().to(a.device, memory_format=torch.channels_last)
    average = copy.deepcopy(net).requires_grad_(False)
    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    steps, spent = torch.zeros(a.workers, dtype=torch.int64), 0.0
    if a.resume:
        state = torch.load(a.out, map_location=a.device, weights_only=True)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        steps[0], spent = state["step"], state["minutes"]
    print("%d samples for training, %d for validation, %d objects, %d parameters" %
          (len(stills.training), len(stills.validation), len(composites.objects),
           sum(t.numel() for t in net.parameters())), flush=True)

    if a.device == "cpu":
        net.share_memory()
    run = Run(a, net, average, optimizer, stills, composites, steps.share_memory_(), time.monotonic() - spent*60)
    others = [torch.multiprocessing.get_context("fork").Process(target=work, args=(i, run), daemon=True)
              for i in range(1, a.workers)]
    for other in others:
        other.start()
    work(0, run)
    for other in others:
        other.join()


if __name__ == "__main__":
    main()
