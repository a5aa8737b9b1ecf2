"""Scenes with objects taken out, from pictures with outlines in COCO's format.

Each picture is kept several times, each time with some of its objects taken out and their holes filled, and with holes
of the same kind elsewhere (decoys), so that filling tells nothing. What is asked is where, and how large, an object
was.
"""
import dataclasses
import json
import math
import pathlib

import numpy as np
from PIL import Image, ImageDraw

from . import picture

KEPT = 240         # px, longer side of a stored scene
OBJECT = 64        # px, side of a stored object, stretched to a square
SMALLEST, LARGEST = 0.002, 0.45  # area of an object, of the picture's
GROUPS = ["person", "vehicle", "outdoor", "animal", "accessory", "sports", "kitchen", "food", "furniture",
          "electronic", "appliance", "indoor"]
NOTHING, UNKNOWN = 0, 255  # in label maps; 1 + the group otherwise
NO_CATEGORY = -1  # of what nobody annotated
HELD_OUT = 8  # every so many-th picture is for validation


@dataclasses.dataclass
class Object:
    box: tuple      # centre x, y and width, height, of the picture's px
    polygons: list
    category: int   # 0..79
    crop: np.ndarray  # (OBJECT, OBJECT, 4) uint8, straight alpha
    usable: bool    # as a question


@dataclasses.dataclass
class Picture:
    name: str
    image: np.ndarray  # (h, w, 3) uint8
    size: tuple        # width, height of the original
    objects: list
    all_annotated: bool
    free: bool


def outline(polygons, width, height, scale):
    """Coverage (height, width), 0..1, of polygons scaled by scale = (x, y)."""
    n = 2
    mask = Image.new("L", (width*n, height*n))
    draw = ImageDraw.Draw(mask)
    for p in polygons:
        xy = [(x*scale[0]*n, y*scale[1]*n) for x, y in zip(p[::2], p[1::2])]
        if len(xy) >= 3:
            draw.polygon(xy, fill=255)
    return np.asarray(mask.resize((width, height), Image.BOX), np.float32)/255


def is_usable(annotation, width, height):
    x, y, w, h = annotation["bbox"]
    cut = (x < 2) + (y < 2) + (x + w > width - 2) + (y + h > height - 2)
    return SMALLEST <= annotation["area"]/(width*height) <= LARGEST and cut <= 1 and min(w, h) >= 6


def as_crop(colours, alpha):
    """(OBJECT, OBJECT, 4) uint8 of a part of an image and its coverage, which are stretched."""
    cut = colours.convert("RGBA")
    cut.putalpha(alpha)
    return np.asarray(cut.resize((OBJECT, OBJECT), Image.BILINEAR))


def read_object(annotation, image, categories):
    width, height = image.size
    x, y, w, h = annotation["bbox"]
    x0, y0 = max(math.floor(x), 0), max(math.floor(y), 0)
    x1, y1 = min(math.ceil(x + w), width), min(math.ceil(y + h), height)
    crop = np.zeros((OBJECT, OBJECT, 4), np.uint8)
    usable = is_usable(annotation, width, height)
    if usable:
        moved = [[v - (x0, y0)[i % 2] for i, v in enumerate(p)] for p in annotation["segmentation"]]
        alpha = outline(moved, x1 - x0, y1 - y0, (1, 1))
        crop = as_crop(image.crop((x0, y0, x1, y1)), Image.fromarray((alpha*255).astype(np.uint8)))
    return Object((x + w/2, y + h/2, w, h), annotation["segmentation"], categories[annotation["category_id"]], crop,
                  usable)


def read_pictures(folder, keep=lambda index: True):
    """The pictures of a folder with instances.json and images/, sorted by id; keep says by index which ones."""
    folder = pathlib.Path(folder)
    told = json.loads((folder/"instances.json").read_text())
    categories = {c["id"]: i for i, c in enumerate(sorted(told["categories"], key=lambda c: c["id"]))}
    of = {}
    for a in told["annotations"]:
        if not a.get("iscrowd") and isinstance(a["segmentation"], list):
            of.setdefault(a["image_id"], []).append(a)
    pictures = []
    for i, entry in enumerate(sorted(told["images"], key=lambda e: e["id"])):
        if not keep(i):
            continue
        image = Image.open(folder/"images"/entry["file_name"]).convert("RGB")
        objects = [read_object(a, image, categories) for a in of.get(entry["id"], [])]
        pictures.append(Picture(entry["file_name"], np.asarray(image), image.size, objects,
                                entry.get("annotation_scope") != "single_person_only", entry.get("free", False)))
    return pictures


def groups_of(folder):
    """The group (0..11) of each category (0..79)."""
    told = json.loads((pathlib.Path(folder)/"instances.json").read_text())
    return [GROUPS.index(c["supercategory"]) for c in sorted(told["categories"], key=lambda c: c["id"])]


def is_held_out(index):
    return index % HELD_OUT == 0


def small_size(size, longest):
    scale = longest/max(size)
    return max(round(size[0]*scale), 1), max(round(size[1]*scale), 1)


def place_decoy(shape, taken, rng):
    """The hole's shape (h, w) somewhere in a mask like taken, off what is taken; None if there is no room."""
    h, w = taken.shape
    dh, dw = shape.shape
    if dh >= h or dw >= w:
        return None
    for _ in range(12):
        y, x = rng.integers(0, h - dh), rng.integers(0, w - dw)
        if (taken[y:y + dh, x:x + dw] & shape).mean() < 0.01:
            mask = np.zeros_like(taken)
            mask[y:y + dh, x:x + dw] = shape
            return mask
    return None


def bounds(mask):
    ys, xs = np.nonzero(mask)
    return xs.min(), ys.min(), xs.max() + 1, ys.max() + 1


def add_decoys(count, shapes, taken, rng):
    """The masks of up to so many holes of some of the shapes, which are taken from then on."""
    found = []
    for _ in range(count):
        mask = place_decoy(shapes[rng.integers(len(shapes))], taken, rng)
        if mask is not None:
            taken |= mask
            found.append(mask)
    return found


def take_out(p, asked, shapes, n_decoys, rng, longest=KEPT):
    """The picture, its longer side longest px, without the objects asked (indices) and with decoys.

    Returns scene (h, w, 3) uint8, the mask of each object at its size, and the decoys' boxes (relative x0, y0, x1, y1).
    """
    width, height = small_size(p.size, longest)
    scale = (width/p.size[0], height/p.size[1])
    scene = np.asarray(Image.fromarray(p.image).resize((width, height), Image.BILINEAR), np.float32)/255
    masks = [outline(o.polygons, width, height, scale) > 0.02 for o in p.objects]
    wider = int(rng.integers(1, 4))
    holes = [picture.grow(masks[i], wider) for i in asked]
    taken = np.zeros((height, width), bool)
    for m in masks + holes:
        taken |= m
    decoys = add_decoys(n_decoys, shapes, taken, rng)
    boxes = [tuple(v/(width, height)[i % 2] for i, v in enumerate(bounds(m))) for m in decoys]
    holes += decoys
    scene = fill_all(scene, holes, rng)
    return (scene*255 + 0.5).astype(np.uint8), masks, boxes


def fill_all(scene, holes, rng):
    """Fills holes one after the other, in random order, never from one that is still open."""
    rest = np.zeros(scene.shape[:2], bool)
    for hole in holes:
        rest |= hole
    for i in rng.permutation(len(holes)):
        now = holes[i] & rest
        if now.any():
            scene = picture.fill(scene, now, rng, rest)
            rest &= ~now
    return scene


def hole_shapes(pictures, longest=KEPT):
    """The holes that usable objects leave, cut out, to make decoys of."""
    shapes = []
    for p in pictures:
        width, height = small_size(p.size, longest)
        scale = (width/p.size[0], height/p.size[1])
        for o in p.objects:
            if o.usable and len(shapes) < 1500:
                mask = picture.grow(np.pad(outline(o.polygons, width, height, scale) > 0.02, 3), 2)
                if mask.any():
                    x0, y0, x1, y1 = bounds(mask)
                    shapes.append(mask[y0:y1, x0:x1])
    return shapes


def label_map(p, masks, gone, groups):
    """At a quarter of the size, 1 + the group of what is left to see; larger objects first."""
    h, w = masks[0].shape if masks else (4, 4)
    labels = np.full((h, w), NOTHING if p.all_annotated else UNKNOWN, np.uint8)
    for i in sorted(range(len(masks)), key=lambda i: -masks[i].sum()):
        labels[masks[i]] = UNKNOWN if i in gone else 1 + groups[p.objects[i].category]
    return labels[2::4, 2::4].copy()
