#!/usr/bin/env python3
"""How well Decompose finds objects from selections of different care, as the mean IoU with their outlines.

usage: selections.py CLI FOLDER [COUNT]   CLI: triptych-cli; FOLDER holds images/ and an instances.json in COCO's format
Needs Debian's python3-numpy and python3-pil. Outlines are polygons, which are not exact themselves. Of the pictures
only every eighth by id is asked about: the others may have taught the network for outlines.
"""
import json, pathlib, random, subprocess, sys, tempfile
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

LEAST, MOST = 3000, 30000 # px, of the objects
HELD_OUT = 8 # every so many-th picture


def smooth(mask, blur):
    return mask.filter(ImageFilter.GaussianBlur(blur)).point(lambda v: 255 if v > 100 else 0)


def framed(mask, shape, around, below=None):
    """What of ImageDraw fills a box so many px around the object's, and another number below it."""
    left, top, right, bottom = mask.getbbox()
    box = Image.new("L", mask.size)
    sides = left - around, top - around, right + around - 1, bottom + (around if below is None else below) - 1
    getattr(ImageDraw.Draw(box), shape)(sides, fill=255)
    return box


def height(mask):
    return mask.getbbox()[3] - mask.getbbox()[1]


KINDS = {
    "around, 5 px": lambda mask: smooth(mask.filter(ImageFilter.MaxFilter(9)), 3),
    "around, 13 px": lambda mask: smooth(mask.filter(ImageFilter.MaxFilter(25)), 5),
    "rectangle": lambda mask: framed(mask, "rectangle", 5),
    "rectangle, without a tenth of the height": lambda mask: framed(mask, "rectangle", 5, -round(0.1*height(mask))),
    "ellipse": lambda mask: framed(mask, "ellipse", round(0.05*height(mask)) + 5),
    "inside, 4 px": lambda mask: smooth(mask.filter(ImageFilter.MinFilter(9)), 2),
}


def read(folder, count):
    """(picture, mask) of some objects."""
    listed = json.loads((folder / "instances.json").read_text())
    pictures = {p["id"]: p for p in sorted(listed["images"], key=lambda p: p["id"])[::HELD_OUT]}
    objects = [o for o in listed["annotations"] if o["image_id"] in pictures and not o.get("iscrowd")
               and isinstance(o["segmentation"], list) and LEAST < o["area"] < MOST]
    for o in random.Random(1).sample(objects, count):
        picture = Image.open(folder / "images" / pictures[o["image_id"]]["file_name"]).convert("RGB")
        mask = Image.new("L", picture.size)
        for polygon in o["segmentation"]:
            ImageDraw.Draw(mask).polygon(polygon, fill=255)
        yield picture, mask


def iou(a, b):
    a, b = (np.asarray(m, float) for m in (a, b))
    return np.minimum(a, b).sum() / np.maximum(a, b).sum()


def find(cli, picture, selection):
    with tempfile.TemporaryDirectory() as held:
        held = pathlib.Path(held)
        picture.save(held / "picture.png")
        selection.save(held / "selection.png")
        subprocess.run([cli, "decompose", held / "picture.png", "--select", held / "selection.png", "--effects", "none",
                        "--out", held / "layers"], check=True)
        return Image.open(held / "layers" / "foreground.png").getchannel("A").copy()


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    objects = list(read(pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) == 4 else 60))
    print("| selected | IoU of the selection | of Foreground | worse than the selection |\n|---|---|---|---|")
    for kind, select in KINDS.items():
        rows = [(iou(s, mask), iou(find(sys.argv[1], picture, s), mask))
                for picture, mask in objects for s in [select(mask)] if s.getbbox()]
        before, after = np.mean(rows, 0)
        worse = sum(a < b for b, a in rows)
        print("| %s | %.3f | %.3f | %d of %d |" % (kind, before, after, worse, len(rows)), flush=True)


main()
