#!/usr/bin/env python3
"""How well triptych-cli takes scenes with known layers apart; prints a Markdown table. Needs NumPy and PIL only.

recompose: the largest error of the layers' sum; outside: the largest change of the background more than 16 px from
selection, object and effects; both in levels of 255. removed: the share of the effects that is gone. hole, all: PSNR of
the background where the object stood, and there and where its effects were; before: that of the untouched picture.
grain: gradients of the background where the object stood over the true ones. alpha: mean error of the coverage within
12 px of the edge over that of the selection.
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

import numpy as np
from PIL import Image, ImageFilter

LEAST, FEWEST = 6, 200  # levels that count as an effect; pixels of it that a scene must have for "removed"
APART, EDGE = 16, 12    # px


def read(path, mode):
    return np.asarray(Image.open(path).convert(mode)).astype(float)


def grown(mask, radius):
    image = Image.fromarray(mask.astype(np.uint8)*255)
    return np.asarray(image.filter(ImageFilter.MaxFilter(2*radius + 1))) > 0


def over(layer, below):
    alpha = layer[..., 3:]/255
    return alpha*layer[..., :3] + (1 - alpha)*below


def psnr(a, b, where):
    return 10*np.log10(255**2/max(((a - b)[where]**2).mean(), 1e-9))


def gradients(picture, where):
    across, down = (np.abs(np.diff(picture, axis=i)).sum(2) for i in (1, 0))
    return across[where[:, 1:]].mean() + down[where[1:]].mean()


def scores(scene, layers, seconds):
    full, clean = (read(scene/name, "RGB") for name in ("full.png", "clean.png"))
    alpha, selection = (read(scene/name, "L")/255 for name in ("alpha.png", "select.png"))
    background = read(layers/"background.png", "RGB")
    effects, foreground = (read(layers/name, "RGBA") for name in ("effects.png", "foreground.png"))
    differs = np.abs(full - clean).max(2) > LEAST
    hole, effect = alpha > 0, differs & (alpha == 0)
    away = ~grown(hole | effect | (selection > 0), APART)
    edge = grown(alpha > 0.5, EDGE) & grown(alpha <= 0.5, EDGE)
    total = np.rint(over(foreground, over(effects, background)))
    found, given = (np.abs(a - alpha)[edge].mean() for a in (foreground[..., 3]/255, selection))
    left, was = (np.abs(p - clean)[effect].sum() for p in (background, full))
    return {"recompose": np.abs(total - full).max(), "outside": np.abs(background - full)[away].max(initial=0),
            "removed": 1 - left/was if effect.sum() > FEWEST else np.nan,
            "hole": psnr(background, clean, hole), "all": psnr(background, clean, hole | effect),
            "before": psnr(full, clean, hole | effect), "grain": gradients(background, hole)/gradients(clean, hole),
            "alpha": found/given, "seconds": seconds}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("cli", help="triptych-cli")
    p.add_argument("scenes", type=pathlib.Path, help="folder of folders with full, clean, alpha and select.png")
    a = p.parse_args()
    rows = {}
    for scene in sorted(f for f in a.scenes.iterdir() if (f/"full.png").exists()):
        with tempfile.TemporaryDirectory() as out:
            begin = time.monotonic()
            subprocess.run([a.cli, "decompose", scene/"full.png", "--select", scene/"select.png", "--out", out],
                           check=True)
            rows[scene.name] = scores(scene, pathlib.Path(out), time.monotonic() - begin)
    print("| |", " | ".join(rows), "| mean |\n|---" + "|---"*(len(rows) + 1) + "|")
    for name in next(iter(rows.values())):
        values = [r[name] for r in rows.values()]
        print("|", name, "|", " | ".join("%.2f" % v for v in values), "| %.2f |" % np.nanmean(values))


if __name__ == "__main__":
    main()
