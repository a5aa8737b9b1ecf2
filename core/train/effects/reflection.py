#!/usr/bin/env python3
"""Fit what tells reflections: the numbers in core/decompose/reflection.c.

Looks for a reflection in each still life, before the network for effects has seen it and after, with the signs that
reflection.c goes by, and how much less of the effects is left if the reflection is taken off. Prints the logistic
regression of whether that is less at all, each sample weighted by how much it matters, and how it does on those held
out: of the effects, the share that is left less, also if it was always known.
"""
import argparse
import functools
import multiprocessing

import numpy as np
import torch
import torch.nn.functional as F

from . import data, evaluate, export, mirror

APART = 1/6
INSIDE, OUTSIDE = 0.95, 0.05
LEAST = 0.03
LIKELY = 0.5, 0.6, 0.7, 0.8, 0.9
FARTHEST = 4
NAMES = ("explained", "strong", "relative", "coloured", "axis", "amiss", "alike")
FEWEST = 300  # px of an object
FAINT = 0.25  # of the mean effect, below which samples count less
MOST = 95     # percentile of what a sample counts
STEPS, RATE, DECAY = 3000, 0.5, 1e-3


def blurred(planes, sigma):
    reach = int(3*sigma + 0.5)
    weights = torch.exp(-0.5*(torch.arange(-reach, reach + 1)/sigma).square())
    weights, n = weights/weights.sum(), planes.shape[1]
    planes = F.conv2d(planes, weights.view(1, 1, 1, -1).repeat(n, 1, 1, 1), padding=(0, reach), groups=n)
    return F.conv2d(planes, weights.view(1, 1, -1, 1).repeat(n, 1, 1, 1), padding=(reach, 0), groups=n)


def look(picture, alpha, box):
    """picture: (1, 3, h, w), alpha: (1, 1, h, w). The mirror (5), the change of light in it (3), and its signs; None
    where hardly anything is there to be seen."""
    place, explained = mirror.find(picture, alpha, box)
    view = mirror.View(picture, alpha, box, mirror.SIDES[-1])
    seen = mirror.warped(view.alpha, view.box, place[None])
    left, top, right, bottom = view.box[0].tolist()
    sigma = APART*max(right - left, bottom - top)
    light, covered = blurred(torch.cat([view.free, view.free*view.light], 1), sigma), blurred(seen, sigma)
    n = light[:, :1] + 1e-3
    near = (covered > OUTSIDE)*view.free
    edge = near*(covered < 1 - OUTSIDE)
    step = (seen - blurred(view.free*seen, sigma)/n)*edge
    fits = step*(view.light - light[:, 1:]/n)
    change = fits.sum((0, 2, 3))/(step.square().sum() + 1e-6)
    is_left = (torch.arange(fits.shape[3]) + 0.5 < 0.5*(left + right) + place[2]*(right - left)).float()
    sides = [((fits*s).sum((0, 2, 3))*change).sum()/((step.square()*s).sum()*change.square().sum() + 1e-9)
             for s in (is_left, 1 - is_left)]
    inside, outside = (seen > INSIDE)*view.free, (seen < OUTSIDE)*near
    if inside.sum() < 1 or outside.sum() < 1:
        return None
    within, beside = ((view.light*p).sum((0, 2, 3))/p.sum() for p in (inside, outside))
    relative = change/beside.clamp(min=LEAST)
    signs = (torch.log(explained + 1), change.abs().max(), relative.mean(), relative.max() - relative.min(), place[0],
             (within - beside - change).square().sum().sqrt(), min(sides).clamp(-1, 1))
    return place, change, [float(s) for s in signs]


def without(picture, alpha, box, place, change):
    seen = mirror.warped(alpha, torch.tensor([box]), place[None])*(alpha <= 0.5)
    light = picture.pow(mirror.GAMMA) - seen*change.view(1, 3, 1, 1)
    return torch.where(seen > 0, light.clamp(0, 1).pow(1/mirror.GAMMA), picture), seen


def tensor(picture):
    planes = torch.from_numpy(picture.copy()).float()/255
    return (planes.permute(2, 0, 1) if planes.ndim == 3 else planes[None])[None]


def array(picture):
    return (picture[0]*255).round().byte().permute(1, 2, 0).numpy()


@torch.no_grad()
def samples_of(net, sample):
    """Of one still: signs, how much is left, and how much if the reflection is taken off, of how much effect."""
    torch.set_num_threads(1)
    full, clean, alpha = sample
    if (alpha > 127).sum() < FEWEST:
        return []
    box = [int(b) for b in data.box_of(alpha)]
    planes = tensor(alpha)
    after = evaluate.remove(net, full, alpha)
    effect = np.abs(full.astype(int) - clean).max(2) > evaluate.LEAST
    found = []
    for picture, seen_by_net in ((tensor(full), False), (tensor(after), True)):
        looked = look(picture, planes, box)
        if not looked:
            continue
        place, change, signs = looked
        taken, seen = without(picture, planes, box, place, change)
        taken = array(taken) if seen_by_net else evaluate.remove(net, array(taken), alpha)
        counts = (effect | (seen[0, 0].numpy() > 0.02)) & (alpha == 0)
        left, less = (np.abs(p.astype(int) - clean)[counts].sum() for p in (after, taken))
        found.append((signs, left, less, np.abs(full.astype(int) - clean)[effect & (alpha == 0)].sum()))
    return found


def gather(net, samples, workers):
    with multiprocessing.Pool(workers) as pool:
        found = sum(pool.map(functools.partial(samples_of, net), samples, chunksize=8), [])
    return [np.array(c, float) for c in zip(*found)]


def terms(signs, mean, spread):
    far = ((signs - mean)/spread).clip(-FARTHEST, FARTHEST)
    return np.concatenate([far, far**2, np.ones((len(far), 1))], 1)


def fit(signs, left, less, effect):
    mean, spread = signs.mean(0), signs.std(0)
    gain = left - less
    counts = np.minimum(np.abs(gain), np.percentile(np.abs(gain), MOST))/(effect + FAINT*effect.mean())
    held, weights = terms(signs, mean, spread), np.zeros(2*len(mean) + 1)
    for _ in range(STEPS):
        likely = 1/(1 + np.exp(-held @ weights))
        weights -= RATE*(held.T @ ((likely - (gain > 0))*counts)/counts.sum() + DECAY*weights)
    return mean, spread, weights


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("weights", help="weights file of the network for effects")
    p.add_argument("stills", help="folder that stills.py has written")
    p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    net, stills = export.load(a.weights).eval(), data.Stills(a.stills)
    mean, spread, weights = fit(*gather(net, stills.training, a.workers))
    signs, left, less, effect = gather(net, stills.validation, a.workers)
    likely = 1/(1 + np.exp(-terms(signs, mean, spread) @ weights))
    gain, total = left - less, effect.sum()/2  # each still is there twice
    for least in LIKELY:
        taken = likely > least
        print("held out, from %.1f on: %d of %d taken off, %d of them rightly, %.4f of the effects" %
              (least, taken.sum(), len(taken), (gain[taken] > 0).sum(), gain[taken].sum()/total))
    print("%.4f if it was known" % (gain.clip(0).sum()/total))
    for i, name in enumerate(NAMES):
        print("  [%s] = { %.4gf, %.4gf, %.3gf, %.3gf }," %
              (name.upper(), mean[i], spread[i], weights[i], weights[len(NAMES) + i]))
    print("bias %.3g" % weights[-1])


if __name__ == "__main__":
    main()
