#!/usr/bin/env python3
"""How much of an object's effects is removed, on folders of scenes with known layers.

removed: 1 - sum|result - clean|/sum|full - clean| over the pixels without the object that differ by more than 6
levels; outside: the mean change, in levels, where neither object nor effect is within 16 px. Both are means over the
scenes; those with less than 200 pixels of effect count for outside only.
"""
import argparse
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from . import data, export, model

MARGINS = 2.2, 1.5  # around the object: of the first look, and of the second, at what that has left
LONGER_SIDE = 192
LEAST, FEWEST, NEAR = 6, 200, 16
TAPS, LIKENESS = 4, 0.01


def enlarge(maps, small, picture):
    """Maps at the size of small to that of picture, as effects.c does: of those around the ones of like colours."""
    def around(n_large, n):
        middle = (torch.arange(n_large) + 0.5)*n/n_large - 0.5
        places = [middle.floor() - TAPS//2 + 1 + k for k in range(TAPS)]
        return [(p.long().clamp(0, n - 1), (1 - (p - middle).abs()/(TAPS//2)).clamp(min=0)) for p in places]
    total, weights = 0, 0
    for y, weight_y in around(picture.shape[2], small.shape[2]):
        for x, weight_x in around(picture.shape[3], small.shape[3]):
            distance = (small[:, :, y][..., x] - picture).pow(2).sum(1, keepdim=True)
            weight = weight_y[:, None]*weight_x*(LIKENESS/(LIKENESS + distance)).pow(2)
            total, weights = total + weight*maps[:, :, y][..., x], weights + weight
    return total/weights


def see(net, inputs):
    """Gains and offsets (n, 6, h, w): the mean of what is found in the window and in its mirror image."""
    mirrored = inputs.flip(3)
    mirrored[:, model.PLACE_X] *= -1
    return 0.5*(torch.cat(net(inputs), 1) + torch.cat(net(mirrored), 1).flip(3))


def look(net, picture, alpha, box, margin, device):
    """Takes from picture (1, 3, h, w) what the network finds within the margin around the object."""
    window = data.window_of(box, *alpha.shape[2:], [margin]*4)
    height, width = data.size_of(window, LONGER_SIDE, model.MULTIPLE)
    picture, alpha = (p[:, :, window[1]:window[3], window[0]:window[2]] for p in (picture, alpha))
    small, given = (F.interpolate(p, (height, width), mode="bilinear", antialias=True) for p in (picture, alpha))
    scale = width/(window[2] - window[0]), height/(window[3] - window[1])
    seen = torch.tensor([[(box[i] - window[i % 2])*scale[i % 2] for i in range(4)]])
    maps = see(net, model.inputs_of(small, given, seen).to(device, memory_format=torch.channels_last)).cpu()
    gain, offset = enlarge(maps, small, picture).split(3, 1)
    change = gain*picture + offset - picture
    change = change*(change.abs().amax(1, keepdim=True)*255 - 1).clamp(0, 1)*(alpha <= 0.5)
    picture += change
    picture.clamp_(0, 1)


@torch.no_grad()
def remove(net, full, alpha, device="cpu"):
    """(h, w, 3) and (h, w) uint8 arrays to the picture without the effects, uint8."""
    picture, planes = (torch.from_numpy(np.array(p)).float().div_(255) for p in (full, alpha))
    picture, planes = picture.permute(2, 0, 1)[None].contiguous(), planes[None, None]
    for margin in MARGINS:
        look(net, picture, planes, data.box_of(alpha), margin, device)
    return (picture[0]*255).round().byte().permute(1, 2, 0).numpy()


def scores(full, clean, alpha, result):
    """(removed, or None if there is hardly an effect; outside)."""
    full, clean, result = (p.astype(np.int16) for p in (full, clean, result))
    effect = np.abs(full - clean).max(2) > LEAST
    counts = effect & (alpha == 0)
    removed = None
    if counts.sum() > FEWEST:
        removed = 1 - np.abs(result - clean)[counts].sum()/np.abs(full - clean)[counts].sum()
    taken = torch.from_numpy((effect | (alpha > 0)).astype(np.float32))[None, None]
    away = F.max_pool2d(taken, 2*NEAR + 1, 1, NEAR)[0, 0].numpy() == 0
    return removed, np.abs(result - full)[away].mean() if away.any() else 0.0


def measure(net, samples, device="cpu"):
    found = [scores(*s, remove(net, s[0], s[2], device)) for s in samples]
    removed = [f[0] for f in found if f[0] is not None]
    return sum(removed)/max(1, len(removed)), sum(f[1] for f in found)/max(1, len(found))


def read(folder, name):
    return np.array(Image.open(folder/name).convert("RGB" if name in ("full.png", "clean.png") else "L"))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("weights", help="a .safetensors file")
    p.add_argument("scenes", type=pathlib.Path, help="folder of folders with full, clean, alpha and select.png")
    p.add_argument("--out", type=pathlib.Path, help="folder to write the results to")
    p.add_argument("--device", default="cpu")
    a = p.parse_args()
    net = export.load(a.weights).to(a.device)
    for mask in ("alpha.png", "select.png"):
        total = []
        for folder in sorted(f for f in a.scenes.iterdir() if (f/"full.png").exists()):
            full, clean, alpha, given = (read(folder, n) for n in ("full.png", "clean.png", "alpha.png", mask))
            result = remove(net, full, given, a.device)
            total.append(scores(full, clean, alpha, result))
            removed, outside = total[-1]
            print("%s %s removed %s outside %.3f" %
                  (folder.name, mask, "-" if removed is None else "%.3f" % removed, outside))
            if a.out:
                a.out.mkdir(parents=True, exist_ok=True)
                Image.fromarray(result).save(a.out/("%s-%s" % (folder.name, mask)))
        removed = [t[0] for t in total if t[0] is not None]
        print("%s: removed %.3f, outside %.3f" % (mask, sum(removed)/max(1, len(removed)),
                                                  sum(t[1] for t in total)/max(1, len(total))), flush=True)


if __name__ == "__main__":
    main()
