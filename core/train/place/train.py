#!/usr/bin/env python3
"""Train the placer for a given time, on scenes of prepare.py.

AdamW with a cosine over the time, an average of the weights as the result. Beside the question where the object was,
the network has to say what kind of thing is where in the scene (where that is annotated) and what the object is: with
so few pictures that teaches it more than the question does.
"""
import argparse
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

import loop

from . import data, export, model

BATCH = 16
# (height, width), how often
CANVASES = [((160, 192), 9), ((192, 160), 7), ((128, 192), 6), ((192, 128), 2), ((192, 192), 2)]
DROPOUT = 0.15
SWAP = 0.3  # how often another object of the kind and about the shape is asked for


class Stock:
    """The scenes of one or several files."""

    def __init__(self, paths):
        self.scenes, self.questions, self.crops, self.categories = [], [], [], []
        for path in paths:
            f = np.load(path)
            at, label_at, first, first_crop = 0, 0, len(self.scenes), len(self.crops)
            images, labels = f["images"], f["labels"]
            for h, w, lh, lw in f["sizes"]:
                self.scenes.append((images[at:at + 3*h*w].reshape(h, w, 3),
                                    labels[label_at:label_at + lh*lw].reshape(lh, lw)))
                self.questions.append([])
                at, label_at = at + 3*h*w, label_at + lh*lw
            for scene, crop, *box in f["questions"]:
                self.questions[first + int(scene)].append((first_crop + int(crop), tuple(box)))
            self.crops += list(f["crops"])
            self.categories += list(f["categories"])
        self.like, shape = {}, {}
        for scene, questions in zip(self.scenes, self.questions):
            h, w = scene[0].shape[:2]
            for crop, box in questions:
                shape[crop] = math.log(box[2]*w/(box[3]*h))
        self.aspect = shape
        for crop, aspect in shape.items():
            self.like.setdefault((self.categories[crop], round(aspect*2)), []).append(crop)
        self.wide = [i for i, s in enumerate(self.scenes) if s[0].shape[1] > 1.1*s[0].shape[0]]
        self.high = [i for i, s in enumerate(self.scenes) if s[0].shape[0] > 1.1*s[0].shape[1]]

    def for_canvas(self, height, width):
        return self.wide if width > height else self.high if height > width else range(len(self.scenes))


def random_crop(rng, shape, boxes, canvas):
    """A part (x0, y0, x1, y1) of a scene, in its px, that holds the first box and whose shape fits the canvas."""
    h, w = shape
    fits = canvas[1]/canvas[0]
    bounds = (0.55, fits) if fits < 1 else (fits, 1.8) if fits > 1 else (0.8, 1.25)
    aspect = np.clip(w/h*math.exp(rng.uniform(-0.15, 0.15)), *bounds)
    most_w = min(w, h*aspect)
    share = 1 if rng.random() < 0.5 else rng.uniform(0.6, 1)
    cx, cy, bw, bh = boxes[0]
    need = max(bw*w*1.02, bh*h*1.02*aspect)
    cw = min(max(most_w*share, need), most_w)
    ch = cw/aspect
    def start(length, centre, side, whole):
        low, high = max(centre + side/2 - length, 0), min(centre - side/2, whole - length)
        if low > high:
            low = high = (low + high)/2
        return max(min(rng.uniform(low, high), whole - length), 0)
    x0, y0 = start(cw, cx*w, bw*w, w), start(ch, cy*h, bh*h, h)
    return x0, y0, min(x0 + cw, w), min(y0 + ch, h)


def jitter(rng, a):
    """Other brightness, contrast and colours of (h, w, 3) in 0..1."""
    if rng.random() < 0.15:
        return a
    gray = a.mean(2, keepdims=True)
    a = gray + (a - gray)*(rng.uniform(0.4, 1.3) if rng.random() < 0.85 else 0)
    a = (a - 0.5)*rng.uniform(0.7, 1.25) + 0.5 + rng.uniform(-0.12, 0.12)
    return (a*np.array([rng.uniform(0.88, 1.12) for _ in range(3)], np.float32)).clip(0, 1)


def degrade(rng, image):
    """Sometimes a little blurred, as enlarged from a smaller one, or noisy, so that filling shows less."""
    if rng.random() < 0.4:
        s = rng.uniform(0.45, 0.9)
        small = image.resize((max(round(image.width*s), 1), max(round(image.height*s), 1)), Image.BILINEAR)
        image = small.resize(image.size, Image.BILINEAR)
    return image


def crop_planes(rng, crop):
    """An object (64, 64, 4) as the network sees it, of any sharpness: how many pixels it had must not tell its size."""
    image = Image.fromarray(crop)
    side = int(model.OBJECT*math.exp(-rng.uniform(0, 1.3)))
    image = image.resize((side, side), Image.BILINEAR).resize((model.OBJECT, model.OBJECT), Image.BILINEAR)
    a = np.asarray(image, np.float32)/255
    if rng.random() < 0.5:
        a = a[:, ::-1]
    a = np.concatenate([jitter(rng, a[..., :3]), a[..., 3:]], 2)
    return model.object_planes(torch.from_numpy(np.ascontiguousarray(a)).permute(2, 0, 1))


def sample(stock, rng, index, canvas):
    """planes, labels (h/8, w/8), extent in cells; for each question (planes, category, log aspect, box in cells)."""
    image, labels = stock.scenes[index]
    asked = list(stock.questions[index])
    rng.shuffle(asked)
    h, w = image.shape[:2]
    x0, y0, x1, y1 = random_crop(rng, (h, w), [box for _, box in asked], canvas)
    scale = min(canvas[0]/(y1 - y0), canvas[1]/(x1 - x0), model.SIDE/max(x1 - x0, y1 - y0))
    width, height = min(round((x1 - x0)*scale), canvas[1]), min(round((y1 - y0)*scale), canvas[0])
    part = degrade(rng, Image.fromarray(image).resize((width, height), Image.BILINEAR, box=(x0, y0, x1, y1)))
    a = jitter(rng, np.asarray(part, np.float32)/255)
    if rng.random() < 0.3:
        a = a + np.random.default_rng(rng.getrandbits(32)).standard_normal(a.shape, np.float32)*rng.uniform(0, 0.05)
    cells_h, cells_w = canvas[0]//model.CELL, canvas[1]//model.CELL
    ly = ((np.arange(cells_h) + 0.5)*model.CELL/height*(y1 - y0) + y0)/h*labels.shape[0]
    lx = ((np.arange(cells_w) + 0.5)*model.CELL/width*(x1 - x0) + x0)/w*labels.shape[1]
    told = labels[ly.clip(0, labels.shape[0] - 1).astype(int)][:, lx.clip(0, labels.shape[1] - 1).astype(int)].copy()
    told[(np.arange(cells_h) + 0.5)*model.CELL >= height] = data.UNKNOWN
    mirror = rng.random() < 0.5
    if mirror:
        a = a[:, ::-1]
        n = math.ceil(width/model.CELL)
        told[:, :n] = told[:, :n][:, ::-1].copy()
    told[:, (np.arange(cells_w) + 0.5)*model.CELL >= width] = data.UNKNOWN
    picture = torch.zeros(3, *canvas)
    picture[:, :height, :width] = torch.from_numpy(np.ascontiguousarray(a)).permute(2, 0, 1)
    inside = torch.zeros(*canvas)
    inside[:height, :width] = 1
    planes = model.scene_planes(picture, inside, width, height)
    questions = []
    for crop, (cx, cy, bw, bh) in asked:
        x, y = (cx*w - x0)*scale, (cy*h - y0)*scale
        if not (0 <= x < width and 0 <= y < height):
            continue
        bw, bh = bw*w*scale, bh*h*scale
        seen = ((min(x + bw/2, width) - max(x - bw/2, 0))/bw)*((min(y + bh/2, height) - max(y - bh/2, 0))/bh)
        if seen < 0.95:
            continue
        category, aspect = stock.categories[crop], math.log(bw/bh)
        if category != data.NO_CATEGORY and rng.random() < SWAP:
            like = stock.like[(category, round(stock.aspect[crop]*2))]
            crop = like[rng.randrange(len(like))]
        x = width - x if mirror else x
        box = [v/model.CELL for v in (x, y, bw, bh)]
        questions.append((crop_planes(rng, stock.crops[crop]), int(category), aspect, box))
    return planes, torch.from_numpy(told.astype(np.int64)), (width/model.CELL, height/model.CELL), questions


def batch(stock, rng, n=BATCH):
    canvas = rng.choices([c for c, _ in CANVASES], [n for _, n in CANVASES])[0]
    choice = stock.for_canvas(*canvas)
    samples = []
    while len(samples) < n:
        s = sample(stock, rng, choice[rng.randrange(len(choice))], canvas)
        if s[3]:
            samples.append(s)
    planes, labels, extents, questions = zip(*samples)
    owner = torch.tensor([i for i, q in enumerate(questions) for _ in q])
    crops, categories, aspects, boxes = zip(*[q for qs in questions for q in qs])
    return (torch.stack(planes).contiguous(memory_format=torch.channels_last), torch.stack(labels),
            torch.tensor(extents)[owner], owner, torch.stack(crops).contiguous(memory_format=torch.channels_last),
            torch.tensor(categories), torch.tensor(aspects), torch.tensor(boxes))


def target(boxes, extent, h, w):
    """(n, 16, h, w), each of sum 1: around the box, as far as it would still be met about right."""
    x, y, bw, bh = boxes.unbind(1)
    size = torch.log(torch.sqrt(bw*bh)/extent.max(1).values/model.SMALLEST)/model.STEP
    def bell(n, centre, sigma):
        t = torch.exp(-0.5*((torch.arange(n) + 0.5 - centre[:, None])/sigma[:, None])**2)
        return t/t.sum(1, keepdim=True).clamp(min=1e-9)
    gx, gy = bell(w, x, (0.12*bw).clamp(min=0.4)), bell(h, y, (0.12*bh).clamp(min=0.4))
    gs = bell(model.SIZES, size.clamp(0, model.SIZES - 1) + 0.5, torch.full_like(size, 0.7))
    return gs[:, :, None, None]*gy[:, None, :, None]*gx[:, None, None]


class Helpers(nn.Module):
    """What is only asked for during training."""

    def __init__(self):
        super().__init__()
        self.kinds = nn.Conv2d(model.MIXED, 1 + len(data.GROUPS), 1)
        self.category = nn.Linear(model.VECTOR, 80)


def losses(net, helpers, b, bf16):
    planes, labels, extent, owner, crops, categories, aspects, boxes = b
    with torch.autocast(planes.device.type, torch.bfloat16, enabled=bf16):
        features = net.scene_features(planes, DROPOUT)
        seen = net.object(crops)
        kinds = helpers.kinds(F.relu(features))
    seen = F.relu(seen.float()).mean((2, 3))
    told = torch.cat([F.dropout(seen, DROPOUT, net.training), aspects[:, None], crops[:, 3].mean((1, 2))[:, None]], 1)
    vector = F.relu(net.vector(told))
    features = features.float()
    logits = net.volume(features[owner], vector, aspects, extent)
    wanted = target(boxes, extent, *logits.shape[2:])
    place = -(wanted.flatten(1)*logits.flatten(1).log_softmax(1)).sum(1)
    place = place + (wanted*(wanted + 1e-12).log()).flatten(1).sum(1)
    category = F.cross_entropy(helpers.category(vector), categories, ignore_index=data.NO_CATEGORY,
                               label_smoothing=0.1)
    kind = F.cross_entropy(kinds.float(), labels, ignore_index=data.UNKNOWN)
    return place.mean(), *(v if torch.isfinite(v) else torch.zeros(()) for v in (category, kind))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    loop.add_arguments(p, rate=1.5e-3, report=2)
    p.add_argument("stock", nargs="+", help="files of prepare.py")
    p.add_argument("--pretext", nargs="+", default=[],
                   help="files of pretext.py: half of the steps at the begin, none at the end")
    p.add_argument("--decay", type=float, default=0.05, help="of the weights")
    p.add_argument("--init", help="weights to start from")
    a = p.parse_args()

    loop.start(a)
    stock, extra = Stock(a.stock), Stock(a.pretext)
    net = (export.load(a.init) if a.init else model.Placer()).train().to(a.device, memory_format=torch.channels_last)
    helpers = Helpers().to(a.device)
    print("%d and %d scenes, %d objects, %d parameters" %
          (len(stock.scenes), len(extra.scenes), len(stock.crops), sum(q.numel() for q in net.parameters())),
          flush=True)

    def prepare(rng, share):
        other = extra.scenes and rng.random() < 0.5*(1 - share)
        return tuple(batch(extra if other else stock, rng))

    def loss(rng, draw):
        with torch.device(a.device):
            place, category, kind = losses(net, helpers, draw(), not a.fp32)
        return place + 0.3*category + 0.7*kind, [place.detach(), category.detach(), kind.detach()]

    def report(average, numbers):
        return "place %.3f  category %.3f  kinds %.3f" % tuple(numbers)

    optimizer = torch.optim.AdamW([*net.parameters(), *helpers.parameters()], lr=a.rate, betas=(0.9, 0.99),
                                  weight_decay=a.decay)
    loop.Training(a, net, optimizer, prepare, loss, report, {"helpers": helpers}, clip=5.0).run()


if __name__ == "__main__":
    main()
