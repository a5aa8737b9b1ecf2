#!/usr/bin/env python3
"""Train the network that guesses what holes hold for a given time; loop.py tells how.

The colours by their distance, so that single far ones do not rule; how sure they are by the logarithm of their squared
errors nearby.
"""
import argparse
import random

import torch
import torch.nn.functional as F

import loop

from . import data, evaluate, export, model

SAMPLES = 8


def loss_of(net, pictures, known, bf16):
    x = model.inputs_of(pictures, known)
    with torch.autocast(pictures.device.type, torch.bfloat16, enabled=bf16):
        colours, logarithm = net(x.contiguous(memory_format=torch.channels_last))
    holes = 1 - known
    squares = (colours - pictures).square().mean(1, keepdim=True)
    nearby = F.avg_pool2d(squares.detach()*holes, 5, 1, 2)/F.avg_pool2d(holes, 5, 1, 2).clamp(min=1e-6)
    surprise = (logarithm - (nearby + 1e-4).log()).abs()
    distance = (squares + 1e-4).sqrt()
    return ((distance + 0.01*surprise)*holes).sum()/holes.sum()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stills", help="folder that effects.stills writes to")
    p.add_argument("photographs", help="folder of pictures with MANIFEST.tsv")
    p.add_argument("objects", help="folder of pictures with instances.json")
    loop.add_arguments(p, rate=1e-3, report=2)
    p.add_argument("--init", help="weights to start from")
    a = p.parse_args()

    loop.start(a)
    windows = data.Windows(a.stills, a.photographs, a.objects)
    net = (export.load(a.init) if a.init else model.Guess()).train().to(a.device, memory_format=torch.channels_last)
    print("%s pictures, %d shapes, %d parameters" % ("/".join(str(len(p)) for p in windows.training),
                                                     len(windows.shapes), sum(t.numel() for t in net.parameters())),
          flush=True)
    rng = random.Random(1)
    validation = [windows.batch(rng, 8, [windows.validation[i % 3]]) for i in range(18)]

    def prepare(rng, share):
        return windows.batch(rng, SAMPLES)

    def loss(rng, draw):
        value = loss_of(net, *draw(), not a.fp32)
        return value, [value.detach()]

    def report(average, numbers):
        scores = evaluate.measure(average, validation, a.device)
        return "loss %.4f  validation %s" % (*numbers, "  ".join("%.2f (%.2f)" % s for s in scores))

    optimizer = torch.optim.Adam(net.parameters(), lr=a.rate, betas=(0.9, 0.99))
    loop.Training(a, net, optimizer, prepare, loss, report, decay=0.998).run()


if __name__ == "__main__":
    main()
