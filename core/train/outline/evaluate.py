"""How well objects are found from selections of different care, as the mean IoU with their outlines, at the network's
size."""
import random

import numpy as np
import torch
from PIL import ImageFilter

from effects.data import size_of

from . import data, model

KINDS = {
    "around": lambda mask, px: data.smooth(mask, px, 40),
    "far around": lambda mask, px: data.smooth(mask, 2.5*px, 25),
    "rectangle": lambda mask, px: data.framed(mask, [round(px)]*4, "rectangle"),
    "cut": lambda mask, px: data.framed(mask, [round(px)]*3 + [round(-3*px)], "rectangle"),
    "ellipse": lambda mask, px: data.framed(mask, [round(2*px)]*4, "ellipse"),
    "inside": lambda mask, px: data.smooth(mask.filter(ImageFilter.MinFilter(3)), 0.5*px, 160),
}
OFF = 0.04  # of an object's size: how far off the first is


def questions(objects, count):
    """For each kind [(picture, mask, selection)] of objects drawn by chance, each as a batch of one."""
    asked = {kind: [] for kind in KINDS}
    for picture, polygons in random.Random(1).sample(objects, count):
        picture, mask = data.crop_of(picture, np.asarray(data.mask_of(picture, polygons)))
        for kind, select in KINDS.items():
            selection = select(mask, OFF*data.CROP)
            if selection.getbbox():
                window = data.window_around(selection, data.MARGIN)
                size = size_of(window, data.LONGER_SIDE, model.MULTIPLE)
                asked[kind].append(data.as_batch([data.look(picture, mask, selection, window, *size)]))
    return asked


def iou(a, b):
    return (torch.minimum(a, b).sum()/torch.maximum(a, b).sum()).item()


@torch.no_grad()
def measure(net, asked, device):
    """For each kind the mean IoU (of the selections, of what is found)."""
    scores = {}
    for kind, batches in asked.items():
        rows = []
        for picture, mask, selection in batches:
            found = net(model.inputs_of(picture, selection).to(device, memory_format=torch.channels_last)).cpu()
            rows.append((iou(selection, mask), iou((found > 0).float(), mask)))
        scores[kind] = tuple(sum(n)/len(n) for n in zip(*rows))
    return scores
