#!/usr/bin/env python3
"""Holes to fill, and how well they were filled, beside OpenCV's Telea.

usage: inpaint.py scenes SCENES FOLDER            SCENES holds NNN/{full,clean,alpha}.png
       inpaint.py photos PHOTOS INSTANCES FOLDER  holes of the objects' shapes (COCO polygons) in photographs
       inpaint.py measure FOLDER [PEER]...        after bench-inpaint FOLDER; PEER: also filled them, to NAME.PEER.png
Needs Debian's python3-opencv, python3-numpy and python3-pil.
"""
import json, math, pathlib, random, sys
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

MARGIN = 3 # px that a hole reaches beyond the object


def load(path, mode):
    return np.asarray(Image.open(path).convert(mode))


def grow(mask, radius):
    return np.asarray(Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(2 * radius + 1))) > 0


def opened(mask): # without specks, which are the renderer's noise
    return grow(~grow(~mask, 1), 1)


def save(folder, name, picture, truth, hole, counted):
    for suffix, pixels in ("", picture), (".truth", truth), (".hole", hole), (".counted", counted):
        pixels = pixels.astype(np.uint8) * 255 if pixels.dtype == bool else pixels
        Image.fromarray(pixels).save(folder / (name + suffix + ".png"))


def scenes(source, folder):
    for scene in sorted(pathlib.Path(source).iterdir()):
        if not (scene / "clean.png").exists():
            continue
        full, clean = load(scene / "full.png", "RGB"), load(scene / "clean.png", "RGB")
        counted = load(scene / "alpha.png", "L") > 0
        effect = opened(np.abs(full.astype(int) - clean).max(2) > 6)
        save(folder, scene.name, full, clean, grow(counted | effect, MARGIN), counted)


def photos(source, instances, folder, count=16):
    chance = random.Random(5)
    objects = [o for o in json.load(open(instances))["annotations"] if not o["iscrowd"] and min(o["bbox"][2:]) > 60]
    pictures = sorted(p for p in pathlib.Path(source).iterdir() if p.suffix in (".jpg", ".jpeg", ".png"))
    for path in chance.sample(pictures, count):
        picture = load(path, "RGB")
        height, width = picture.shape[:2]
        polygons = chance.choice(objects)["segmentation"]
        points = np.concatenate([np.array(p).reshape(-1, 2) for p in polygons])
        low, high = points.min(0), points.max(0)
        scale = math.sqrt(0.14 * width * height / np.prod(high - low)) # about 8 % are the object's
        scale = min(scale, *(0.7 * np.array([width, height]) / (high - low)))
        at = [chance.uniform(0, n - e * scale) for n, e in zip((width, height), high - low)]
        mask = Image.new("L", (width, height))
        for polygon in polygons:
            moved = (np.array(polygon).reshape(-1, 2) - low) * scale + at
            ImageDraw.Draw(mask).polygon([tuple(p) for p in moved], fill=255)
        counted = np.asarray(mask) > 0
        hole = grow(counted, MARGIN)
        cut = picture.copy()
        cut[hole] = (255, 0, 255)
        save(folder, path.stem, cut, picture, hole, counted)


def psnr(a, b, where):
    return 10 * math.log10(255 ** 2 / max(np.mean((a - b)[where] ** 2), 1e-3))


def energy(a, where):
    g = np.abs(np.diff(a, axis=0))[:, :-1].sum(2) + np.abs(np.diff(a, axis=1))[:-1].sum(2)
    return g[where[:-1, :-1]].mean()


def measure(folder, *peers):
    folder, rows, kinds = pathlib.Path(folder), [], ["filled", "telea", *peers]
    form = "%-28s" + "".join("   %s %%5.2f dB  grain %%.2f" % k for k in ["ours", "Telea", *peers])
    for path in sorted(folder.glob("*.hole.png")):
        name = str(path)[:-len(".hole.png")]
        truth, counted = load(name + ".truth.png", "RGB").astype(float), load(name + ".counted.png", "L") > 0
        telea = pathlib.Path(name + ".telea.png")
        if not telea.exists():
            hole = load(path, "L")
            Image.fromarray(cv2.inpaint(load(name + ".png", "RGB"), hole, 5, cv2.INPAINT_TELEA)).save(telea)
        row = []
        for kind in kinds:
            filled = load("%s.%s.png" % (name, kind), "RGB").astype(float)
            row += [psnr(filled, truth, counted), energy(filled, counted) / max(energy(truth, counted), 1e-6)]
        rows.append(row)
        if "-q" not in sys.argv:
            print(form % (pathlib.Path(name).name[:28], *row))
    print(form % ("mean", *np.mean(rows, 0)))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kind, *rest = [a for a in sys.argv[1:] if a != "-q"]
    if kind == "measure":
        return measure(*rest)
    *sources, folder = rest
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    {"scenes": scenes, "photos": photos}[kind](*sources, folder)


main()
