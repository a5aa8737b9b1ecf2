#!/usr/bin/env python3
"""Questions that need no annotation, for train.py --pretext: pieces of photographs, objects of rendered still lifes.

A piece has the shape of some object and lies anywhere; its hole is filled, with decoys elsewhere. That where a piece
came from teaches what belongs together is after "Unsupervised Visual Representation Learning by Context Prediction"
(Doersch et al., 2015). A still life was rendered without the object as well, so nothing is filled there.
"""
import argparse

import numpy as np
from PIL import Image

from . import data, picture, prepare
from effects.data import Stills
from upscale.data import read_pictures

PIECES, DECOYS = 3, 4  # at most, of a scene
TRIES = 3  # places of which a piece takes the one with the most detail


def box_of(x0, y0, x1, y1, width, height):
    """Centre and sides, relative to the picture."""
    return (x0 + x1)/2/width, (y0 + y1)/2/height, (x1 - x0)/width, (y1 - y0)/height


def detail(gray, mask):
    x0, y0, x1, y1 = data.bounds(mask)
    return gray[y0:y1, x0:x1][mask[y0:y1, x0:x1]].std()


def take_pieces(image, shapes, rng):
    """(scene, [(crop, box)]): up to PIECES pieces of an image taken out of it, at the size that scenes are kept at."""
    width, height = data.small_size(image.size, data.KEPT)
    small = np.asarray(image.resize((width, height), Image.BILINEAR))
    gray, taken, holes, asked = small.mean(2), np.zeros((height, width), bool), [], []
    for _ in range(rng.integers(1, PIECES + 1)):
        shape = shapes[rng.integers(len(shapes))]
        shape = shape[:, ::-1] if rng.random() < 0.5 else shape
        found = [m for m in (data.place_decoy(shape, taken, rng) for _ in range(TRIES)) if m is not None]
        if not found:
            continue
        mask = max(found, key=lambda m: detail(gray, m))
        box = data.bounds(mask)
        part = [round(v*image.size[i % 2]/(width, height)[i % 2]) for i, v in enumerate(box)]
        if part[2] - part[0] < 4 or part[3] - part[1] < 4:
            continue
        colours = image.crop(part)
        alpha = Image.fromarray(mask[box[1]:box[3], box[0]:box[2]].astype(np.uint8)*255)
        asked.append((data.as_crop(colours, alpha.resize(colours.size, Image.BILINEAR)), box_of(*box, width, height)))
        hole = picture.grow(mask, int(rng.integers(1, 3)))
        taken |= hole
        holes.append(hole)
    holes += data.add_decoys(rng.integers(1, DECOYS + 1), shapes, taken, rng)
    scene = data.fill_all(small.astype(np.float32)/255, holes, rng)
    return (scene*255 + 0.5).astype(np.uint8), asked


def rendered(full, clean, alpha):
    """(scene, [(crop, box)]) of a still life without an object, of which alpha says what is seen."""
    mask = alpha > 127
    x0, y0, x1, y1 = data.bounds(mask)
    height, width = mask.shape
    size = data.small_size((width, height), data.KEPT)
    scene = np.asarray(Image.fromarray(clean).resize(size, Image.BILINEAR))
    crop = data.as_crop(*(Image.fromarray(p[y0:y1, x0:x1]) for p in (full, alpha)))
    return scene, [(crop, box_of(x0, y0, x1, y1, width, height))]


def keep(kept, scene, asked):
    if asked:
        kept.add(scene, np.full((1, 1), data.UNKNOWN, np.uint8),
                 [(kept.add_crop(crop, data.NO_CATEGORY), box) for crop, box in asked])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("objects", help="folder with instances.json and images/")
    p.add_argument("photographs", help="folder of pictures with MANIFEST.tsv")
    p.add_argument("stills", help="folder of effects.stills")
    p.add_argument("out", help="npz file to write")
    p.add_argument("--times", type=int, default=3, help="scenes of each picture")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()
    pictures = data.read_pictures(a.objects, lambda i: not data.is_held_out(i))
    shapes = data.hole_shapes(pictures)
    images = [Image.fromarray(q.image) for q in pictures]
    images += [Image.fromarray(q) for q in read_pictures(a.photographs)[0]]
    rng = np.random.default_rng(a.seed)
    kept = prepare.Kept()
    for image in images:
        for _ in range(a.times):
            keep(kept, *take_pieces(image, shapes, rng))
    for still in Stills(a.stills).training:
        keep(kept, *rendered(*still))
    kept.save(a.out)


if __name__ == "__main__":
    main()
