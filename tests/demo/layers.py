#!/usr/bin/env python3
"""Draws what Decompose makes of still lifes of core/train/effects/stills.py: each picture, its background, and the
object moved together with its effects.

usage: layers.py TRIPTYCH-CLI OUT.jpg STILL.npz:OBJECT:SHIFT...      SHIFT: px to the right

layers.jpg is of 7000.npz:0:125 7004.npz:0:-120 7002.npz:0:-120 7046.npz:0:110, rendered with --size 768x576.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageFilter

SIZE = (400, 300)  # px of each picture shown
SELECTION = 9      # px by which a hurried user selects too much


def decompose(cli, full, alpha, folder):
    grown = Image.fromarray(alpha).filter(ImageFilter.MaxFilter(2*SELECTION + 1)).filter(ImageFilter.GaussianBlur(4))
    full.save(folder/"full.png")
    grown.point(lambda v: 255 if v > 127 else 0).save(folder/"select.png")
    subprocess.run([cli, "decompose", folder/"full.png", "--select", folder/"select.png", "--out", folder], check=True)
    return [Image.open(folder/(name + ".png")).convert("RGBA") for name in ("background", "effects", "foreground")]


def row(cli, still):
    path, place, shift = still.rsplit(":", 2)
    scene = np.load(path)
    full = Image.fromarray(scene["full"])
    with tempfile.TemporaryDirectory() as folder:
        background, *layers = decompose(cli, full, scene["alpha"][int(place)], pathlib.Path(folder))
    moved = background.copy()
    for layer in layers:
        moved.alpha_composite(layer.crop((max(0, -int(shift)), 0, *layer.size)), (max(0, int(shift)), 0))
    return [p.convert("RGB").resize(SIZE, Image.LANCZOS) for p in (full, background, moved)]


def main():
    cli, out, *stills = sys.argv[1:]
    sheet = Image.new("RGB", (3*SIZE[0], len(stills)*SIZE[1]))
    for y, still in enumerate(stills):
        for x, picture in enumerate(row(cli, still)):
            sheet.paste(picture, (x*SIZE[0], y*SIZE[1]))
    sheet.save(out, quality=90)


main()
