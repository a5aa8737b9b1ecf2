#!/usr/bin/env python3
"""Take objects out of the pictures of a folder, several times each, and keep the scenes for train.py."""
import argparse

import numpy as np

from . import data

MOST_ASKED, MOST_DECOYS = 4, 5


class Kept:
    """What a file for train.py holds: scenes, what is seen where in them, and which object was where."""

    def __init__(self):
        self.images, self.labels, self.sizes, self.questions, self.crops, self.categories = [], [], [], [], [], []

    def add_crop(self, crop, category):
        """Its number."""
        self.crops.append(crop)
        self.categories.append(category)
        return len(self.crops) - 1

    def add(self, image, label, asked):
        """asked: (number of a crop, centre and sides relative to the picture) of each object that was taken out."""
        self.questions += [(len(self.images), number, *box) for number, box in asked]
        self.sizes.append((*image.shape[:2], *label.shape))
        self.images.append(image.ravel())
        self.labels.append(label.ravel())

    def save(self, path):
        np.savez(path, images=np.concatenate(self.images), labels=np.concatenate(self.labels),
                 sizes=np.array(self.sizes, np.int32), questions=np.array(self.questions, np.float64),
                 crops=np.stack(self.crops), categories=np.array(self.categories, np.int32))
        print("%d objects, %d scenes, %d questions" % (len(self.crops), len(self.images), len(self.questions)))


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
    kept = Kept()
    for p in pictures:
        number = {i: kept.add_crop(o.crop, o.category) for i, o in enumerate(p.objects) if o.usable}
        for image, label, asked in scenes_of(p, shapes, groups, a.times, rng):
            boxes = [p.objects[i].box for i in asked]
            kept.add(image, label, [(number[i], (x/p.size[0], y/p.size[1], w/p.size[0], h/p.size[1]))
                                    for i, (x, y, w, h) in zip(asked, boxes)])
    kept.save(a.out)


if __name__ == "__main__":
    main()
