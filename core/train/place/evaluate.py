#!/usr/bin/env python3
"""How often the best placements meet where an object was, by IoU; for pictures with outlines in COCO's format.

Every object is taken out of its picture alone and its hole filled, with decoys elsewhere; object and scene are then all
that is given. The rows named baseline know nothing of the object, and most of them nothing of the scene.
"""
import argparse
import json
import math
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
from PIL import Image

from . import choose, data, export, model

COUNT = 5
MEETS = 0.5


def network_size(width, height):
    w, h = data.small_size((width, height), model.SIDE)
    return w, h, *(math.ceil(n/model.MULTIPLE)*model.MULTIPLE for n in (w, h))


def read_scene(image):
    """An image as the network sees it: planes (6, h, w), width and height in cells."""
    w, h, canvas_w, canvas_h = network_size(*image.size)
    a = np.asarray(image.convert("RGB").resize((w, h), Image.BILINEAR), np.float32)/255
    colours, inside = torch.zeros(3, canvas_h, canvas_w), torch.zeros(canvas_h, canvas_w)
    colours[:, :h, :w], inside[:h, :w] = torch.from_numpy(a.copy()).permute(2, 0, 1), 1
    return model.scene_planes(colours, inside, w, h), (w/model.CELL, h/model.CELL)


def read_crop(crop):
    a = np.asarray(Image.fromarray(crop).resize((model.OBJECT, model.OBJECT), Image.BILINEAR), np.float32)/255
    return model.object_planes(torch.from_numpy(a).permute(2, 0, 1))


class ByNet:
    """The network in PyTorch, over a scene and its mirror image, as the C code runs it."""

    def __init__(self, net):
        self.net = net.eval()

    @torch.no_grad()
    def see(self, image):
        seen = []
        for mirrored in (False, True):
            planes, extent = read_scene(image.transpose(Image.FLIP_LEFT_RIGHT) if mirrored else image)
            seen.append((self.net.scene_features(planes[None]), extent, mirrored))
        return image.size, seen

    @torch.no_grad()
    def probabilities(self, scene, crop, aspect, seen_aspect=None):
        """scene: of see(); aspect: log of width / height; seen_aspect: that of another object, which crop is."""
        size, seen = scene
        shape = torch.tensor([aspect if seen_aspect is None else seen_aspect])
        vector = self.net.object_vector(read_crop(crop)[None], shape)
        logits = 0
        for features, extent, mirrored in seen:
            volume = self.net.volume(features, vector, torch.tensor([aspect]), torch.tensor([extent]))
            volume = choose.refine(volume[0].numpy(), extent, choose.fine_cells(*size))
            logits = logits + (volume[..., ::-1] if mirrored else volume)/2
        return choose.probabilities(logits)


def by_tool(cli, image, o):
    """Boxes from the command-line tool."""
    with tempfile.TemporaryDirectory() as folder:
        names = [str(pathlib.Path(folder)/name) for name in ("scene.png", "object.png")]
        image.save(names[0])
        w, h = max(round(o.box[2]), 1), max(round(o.box[3]), 1)
        Image.fromarray(o.crop).resize((w, h), Image.BILINEAR).save(names[1])
        command = [cli, "place", *names, "--count", str(COUNT)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return [(b["x"], b["y"], b["scale"]*w, b["scale"]*h) for b in told["placements"]]


def iou(a, b):
    return choose.iou(np.reshape(a, (4, 1)), np.reshape(b, (4, 1))).item()


class Score:
    def __init__(self):
        self.rows = []

    def add(self, boxes, box, width, height):
        met = [iou(b, box) for b in boxes]
        first = boxes[0]
        self.rows.append((met[0] >= MEETS, max(met) >= MEETS, max(met), met[0],
                          math.hypot(first[0] - box[0], first[1] - box[1])/math.hypot(width, height),
                          abs(math.log(first[2]*first[3]/(box[2]*box[3])))/2))

    def __str__(self):
        m = np.mean(np.array(self.rows, float), 0)
        return "top-1 %5.1f%%  top-5 %5.1f%%  best-5 IoU %.3f  first IoU %.3f  centre %.3f  log size %.3f  (n=%d)" % (
            100*m[0], 100*m[1], *m[2:], len(self.rows))


class Prior:
    """How often objects of the training pictures are so large and so high up (and so far left), whatever they are."""

    BINS = 24

    def __init__(self, questions):
        """questions: (size, x, y), of the longer side, the width and the height."""
        n = self.BINS
        self.sy, self.x = np.full((model.SIZES, n), 1e-3), np.full(n, 1e-3)
        for size, x, y in questions:
            s = np.exp(-0.5*(np.arange(model.SIZES) - math.log(size/model.SMALLEST)/model.STEP)**2)
            cells = (np.arange(n) + 0.5)/n
            self.sy += np.outer(s/s.sum(), np.exp(-0.5*((cells - y)/0.05)**2))
            self.x += np.exp(-0.5*((cells - x)/0.05)**2) + np.exp(-0.5*((1 - cells - x)/0.05)**2)

    def probabilities(self, width, height, aspect, with_x):
        columns, rows = choose.fine_cells(width, height)
        extent = np.array([[width, height]])/max(width, height)*24
        cost = model.cost(torch.tensor([math.log(aspect)]), torch.tensor(extent, dtype=torch.float32), 24, 24)
        cost = choose.refine(cost[0].numpy(), extent[0], (columns, rows))
        bins = (np.arange(rows) + 0.5)/rows*self.BINS
        p = self.sy[:, bins.astype(int)][:, :, None]*np.ones((1, 1, columns))
        if with_x:
            p = p*self.x[((np.arange(columns) + 0.5)/columns*self.BINS).astype(int)]
        return choose.probabilities(np.log(p) - cost, temperature=1)


def boxes_of_sizes(sizes, x, y, longest, aspect):
    return [(x, y, s*longest*math.sqrt(aspect), s*longest/math.sqrt(aspect)) for s in sizes]


def largest_free(p, without, size, aspect):
    """Centre of the largest circle that holds none of the other annotated objects, several times: it is filled up."""
    w, h = data.small_size(p.size, 64)
    ys, xs = np.mgrid[0:h, 0:w] + 0.5
    away = np.minimum(np.minimum(xs, w - xs), np.minimum(ys, h - ys))
    scale = w/p.size[0]
    others = [[v*scale for v in o.box] for i, o in enumerate(p.objects) if i != without]
    boxes = []
    for _ in range(COUNT):
        for cx, cy, bw, bh in others:
            away = np.minimum(away, np.hypot(np.maximum(abs(xs - cx) - bw/2, 0), np.maximum(abs(ys - cy) - bh/2, 0)))
        y, x = np.unravel_index(away.argmax(), away.shape)
        boxes += boxes_of_sizes([size], (x + 0.5)/scale, (y + 0.5)/scale, max(p.size), aspect)
        others = [[(x + 0.5), (y + 0.5), boxes[-1][2]*scale/2, boxes[-1][3]*scale/2]]
    return boxes


def training_questions(pictures):
    return [(math.sqrt(o.box[2]*o.box[3])/max(p.size), o.box[0]/p.size[0], o.box[1]/p.size[1])
            for p in pictures for o in p.objects if o.usable]


def examples(pictures, decoys, shapes, seed=1):
    """(picture, index of the object, scene without it)"""
    for n, p in enumerate(pictures):
        for i, o in enumerate(p.objects):
            if o.usable:
                rng = np.random.default_rng([seed, n, i])
                scene, _, _ = data.take_out(p, [i], shapes, decoys, rng, longest=max(p.size))
                yield p, i, Image.fromarray(scene)


def sizes_at(questions, quantiles):
    return np.quantile([q[0] for q in questions], quantiles)


def attraction(net, pictures, shapes):
    """How often one of the best 5 meets a decoy's box, with the decoy filled and with the picture as it was there."""
    hits = np.zeros((2, 2))
    for n, p in enumerate(pictures):
        o = next((o for o in p.objects if o.usable), None)
        if not o:
            continue
        aspect = o.box[2]/o.box[3]
        filled, _, boxes = data.take_out(p, [], shapes, 3, np.random.default_rng([7, n]), longest=max(p.size))
        for k, scene in enumerate((filled, p.image)):
            found = net.probabilities(net.see(Image.fromarray(scene)), o.crop, math.log(aspect))
            chosen = choose.Chooser(*p.size, aspect).best(found, COUNT)
            for x0, y0, x1, y1 in boxes:
                decoy = ((x0 + x1)/2*p.size[0], (y0 + y1)/2*p.size[1], (x1 - x0)*p.size[0], (y1 - y0)*p.size[1])
                hits[k] += max(iou(decoy, c) for c in chosen) >= 0.3, 1
    return hits[:, 0]/np.maximum(hits[:, 1], 1)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", help="a .safetensors file, a checkpoint (.pt), or the command-line tool")
    p.add_argument("folder", help="with instances.json and images/")
    p.add_argument("--prior", help="such a folder whose pictures for training the baselines come from; default: FOLDER")
    p.add_argument("--all", action="store_true",
                   help="all pictures of FOLDER, not only every eighth, which were held out")
    p.add_argument("--free", action="store_true", help="only pictures with a free licence")
    p.add_argument("--limit", type=int, help="only so many pictures")
    p.add_argument("--decoys", type=int, default=3, help="holes filled where nothing was")
    p.add_argument("--quick", action="store_true", help="the network only")
    a = p.parse_args()
    torch.set_num_threads(1)
    pictures = data.read_pictures(a.folder, lambda i: a.all or data.is_held_out(i))
    pictures = [q for q in pictures if q.free or not a.free][:a.limit]
    shapes = data.hole_shapes(pictures, 400)
    net = None if not a.what.endswith((".safetensors", ".pt")) else ByNet(export.load(a.what))
    if not a.quick:
        questions = training_questions(data.read_pictures(a.prior or a.folder, lambda i: not data.is_held_out(i)))
        prior, quantiles = Prior(questions), sizes_at(questions, (0.1, 0.3, 0.5, 0.7, 0.9))
    every = [(q, o) for q in pictures for o in q.objects if o.usable]
    other = np.random.default_rng(3).permutation(len(every))
    scores, rng = {}, np.random.default_rng(5)
    def add(name, boxes):
        scores.setdefault(name, Score()).add(boxes, o.box, *q.size)
    for number, (q, i, scene) in enumerate(examples(pictures, a.decoys, shapes)):
        o = q.objects[i]
        aspect = o.box[2]/o.box[3]
        chooser = choose.Chooser(*q.size, aspect)
        if net:
            seen = net.see(scene)
            add("placer", chooser.best(net.probabilities(seen, o.crop, math.log(aspect)), COUNT))
        else:
            add("placer", by_tool(a.what, scene, o))
        if a.quick:
            continue
        if net:
            oq, oo = every[other[number]]
            of_other = net.probabilities(seen, oo.crop, math.log(aspect), math.log(oo.box[2]/oo.box[3]))
            add("control: another object", chooser.best(of_other, COUNT))
            gray = net.see(Image.new("RGB", scene.size, (118, 112, 105)))
            add("control: gray scene", chooser.best(net.probabilities(gray, o.crop, math.log(aspect)), COUNT))
        chooser = choose.Chooser(*q.size, aspect, lean=0)  # which suits these better
        add("baseline: prior (y, size)", chooser.best(prior.probabilities(*q.size, aspect, False), COUNT))
        add("baseline: prior (x, y, size)", chooser.best(prior.probabilities(*q.size, aspect, True), COUNT))
        add("baseline: centre",
            boxes_of_sizes(quantiles[[2, 1, 3, 0, 4]], q.size[0]/2, q.size[1]/2, max(q.size), aspect))
        add("baseline: largest free area", largest_free(q, i, quantiles[2], aspect))
        add("baseline: uniform", [box for _ in range(COUNT) for box in boxes_of_sizes(
            [model.SMALLEST*math.exp(rng.uniform(0, 15*model.STEP))], *rng.uniform(0, q.size), max(q.size), aspect)])
    for name, score in scores.items():
        print("%-30s %s" % (name, score), flush=True)
    if net and not a.quick:
        print("decoys met by the best 5 (IoU >= 0.3): %.1f%% filled, %.1f%% as they were" %
              tuple(100*attraction(net, pictures, shapes)))


if __name__ == "__main__":
    main()
