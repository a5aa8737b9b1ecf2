#!/usr/bin/env python3
"""Take objects out of the pictures of a folder, several times each, and keep the scenes for train.py."""
import argparse

import numpy as np

from . import data

MOST_ASKED, MOST_DECOYS = 4, 5


def scenes_of(p, shapes, groups, times, rng):
    """(image, labels, indices of what is gone) several times over."""
    usable = [i for i, o in enumerate(p.objects) if o.usable]
    for _ in range(times if usable else 0):
        asked = list(rng.permutation(usable)[:rng.integers(1, MOST_ASKED + 1)])
        image, masks, _ = data.take_out(p, asked, shapes, rng.integers(1, MOST_DECOYS + 1), rng)
        yield image, data.label_map(p, masks, asked, groups), asked


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder", help="with instances.json and images/")
    p.add_argument("out", help="npz file to write")
    p.add_argument("--times", type=int, default=4, help="scenes of each picture")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--free", action="store_true", help="only pictures with a free licence")
    a = p.parse_args()
    pictures = data.read_pictures(a.folder, lambda i: not data.is_held_out(i))
    if a.free:
        pictures = [p for p in pictures if p.free]
    shapes, groups = data.hole_shapes(pictures), data.groups_of(a.folder)
    rng = np.random.default_rng(a.seed)
    images, labels, sizes, questions, crops, categories = [], [], [], [], [], []
    for p in pictures:
        number = {}
        for i, o in enumerate(p.objects):
            if o.usable:
                number[i] = len(crops)
                crops.append(o.crop)
                categories.append(o.category)
        for image, label, asked in scenes_of(p, shapes, groups, a.times, rng):
            for i in asked:
                x, y, w, h = p.objects[i].box
                questions.append((len(images), number[i], x/p.size[0], y/p.size[1], w/p.size[0], h/p.size[1]))
            sizes.append((*image.shape[:2], *label.shape))
            images.append(image.ravel())
            labels.append(label.ravel())
    np.savez(a.out, images=np.concatenate(images), labels=np.concatenate(labels), sizes=np.array(sizes, np.int32),
             questions=np.array(questions, np.float64), crops=np.stack(crops), categories=np.array(categories, np.int32))
    print("%d pictures, %d objects, %d scenes, %d questions" % (len(pictures), len(crops), len(images), len(questions)))


if __name__ == "__main__":
    main()
