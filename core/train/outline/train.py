#!/usr/bin/env python3
"""Train the network that tells where an object is for a given time; loop.py tells how.

By the cross entropy, so that what it says may be taken for probabilities, and by the IoU.
"""
import argparse

import torch
import torch.nn.functional as F

import checkpoint
import loop

from . import data, evaluate, model

SAMPLES = 8
QUESTIONS = 120
IOU_WEIGHT = 0.3


def loss_of(net, pictures, masks, selections, bf16):
    x = model.inputs_of(pictures, selections).contiguous(memory_format=torch.channels_last)
    with torch.autocast(pictures.device.type, torch.bfloat16, enabled=bf16):
        found = net(x)
    p = found.sigmoid()
    both, either = (q.sum((1, 2, 3)) for q in (p*masks, p + masks - p*masks))
    return F.binary_cross_entropy_with_logits(found, masks) + IOU_WEIGHT*(1 - both/either.clamp(min=1)).mean()


def begin_with(net, path):
    """Takes what has the same name and shape from another network's weights; of the first layer its first inputs."""
    own, taken = net.state_dict(), {}
    for name, t in checkpoint.read(path).items():
        if name == "net.head.weight":
            t = t[:, :model.INPUTS]
        if name in own and own[name].shape == t.shape:
            taken[name] = t
    if len(taken) < len(own)/2:
        raise SystemExit("%s: weights of another network" % path)
    net.load_state_dict({**own, **taken})


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stills", help="folder that effects.stills writes to")
    p.add_argument("objects", help="folder of pictures with instances.json")
    loop.add_arguments(p, rate=1e-3, report=4)
    p.add_argument("--init", help="weights to start from, of this network or of that for effects")
    a = p.parse_args()

    loop.start(a)
    windows = data.Windows(a.stills, a.objects)
    net = model.Outline()
    if a.init:
        begin_with(net, a.init)
    net = net.train().to(a.device, memory_format=torch.channels_last)
    print("%d objects, %d of still lifes, %d parameters" % (len(windows.training), len(windows.stills),
                                                            sum(t.numel() for t in net.parameters())), flush=True)
    asked = evaluate.questions(windows.validation, QUESTIONS)

    def prepare(rng, share):
        return windows.batch(rng, SAMPLES)

    def loss(rng, draw):
        value = loss_of(net, *draw(), not a.fp32)
        return value, [value.detach()]

    def report(average, numbers):
        scores = evaluate.measure(average, asked, a.device)
        return "loss %.4f  validation %s" % (*numbers, "  ".join("%s %.3f (%.3f)" % (k, s[1], s[0])
                                                                 for k, s in scores.items()))

    optimizer = torch.optim.AdamW(net.parameters(), lr=a.rate, betas=(0.9, 0.99), weight_decay=1e-2)
    loop.Training(a, net, optimizer, prepare, loss, report, decay=0.998).run()


if __name__ == "__main__":
    main()
