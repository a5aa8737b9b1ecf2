#!/usr/bin/env python3
"""Train the network that finds shadows and reflections, for a given time.

Adam with a cosine over the time; the loss is the share of the effects that is left, where every wrong change elsewhere
counts as well; an average of the weights as the result. The checkpoint in OUT holds everything, so a stopped run goes
on with --resume; --minutes counts from the first start. Still lifes that appear in the folder meanwhile are used, too.
With several workers a run is not repeatable to the bit.
"""
import argparse

import torch

import loop

from . import data, evaluate, export, model

SAMPLES = 4
SMALLER = 0.35  # share of the time in which samples have two thirds of the size: twice as many teach more at first
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


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stills", help="folder that stills.py writes to")
    p.add_argument("photographs", help="folder of pictures with MANIFEST.tsv")
    p.add_argument("objects", help="folder of pictures with instances.json")
    loop.add_arguments(p, rate=6e-4, report=4)
    p.add_argument("--composites", type=float, default=0.25, help="share of the samples made from photographs")
    p.add_argument("--validate", type=int, default=60, help="samples of the validation, spread over all held out")
    p.add_argument("--init", help="weights to start from")
    a = p.parse_args()

    loop.start(a)
    stills, composites = data.Stills(a.stills), data.Composites(a.photographs, a.objects)
    net = (export.load(a.init) if a.init else model.Effects()).train().to(a.device, memory_format=torch.channels_last)
    print("%d samples for training, %d for validation, %d objects, %d parameters" %
          (len(stills.training), len(stills.validation), len(composites.objects),
           sum(t.numel() for t in net.parameters())), flush=True)
    held_out = stills.validation[::max(1, len(stills.validation)//a.validate)]
    taken = 0

    def prepare(rng, share):
        nonlocal taken
        taken += 1
        if taken % LOOK_AGAIN == 0:
            stills.more()
        return tuple(data.batch(stills, composites, rng, SAMPLES, a.composites, share < SMALLER))

    def loss(rng, draw):
        value = loss_of(net, draw(), not a.fp32)
        return value, [value.detach()]

    def report(average, numbers):
        scores = evaluate.measure(average, held_out, a.device)
        return "loss %.4f  validation: removed %.3f  outside %.2f  of %d for training" % (*numbers, *scores,
                                                                                           len(stills.training))

    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    loop.Training(a, net, optimizer, prepare, loss, report, decay=0.998).run()


if __name__ == "__main__":
    main()
