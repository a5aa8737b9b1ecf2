#!/usr/bin/env python3
"""Y-PSNR on folders of pictures, of a weights file in PyTorch or of the command-line tool.

The protocol is that of the super-resolution papers: the small picture by antialiased bicubic, 8 bits, luma only,
a border of the factor left out, the mean of the pictures' PSNR; and how much that is above plain bicubic.
"""
import argparse
import math
import pathlib
import subprocess
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, PngImagePlugin

from . import data, export

STRENGTH, MOST_MISSING = 1.2, 6/255
LUMA = torch.tensor([65.481, 128.553, 24.966]).view(1, 3, 1, 1)/255


def psnr_y(a, b, border_y, border_x):
    a, b = (a.clamp(0, 1)*255).round(), (b.clamp(0, 1)*255).round()
    d = ((a - b)*LUMA).sum(1)[:, border_y:a.shape[2] - border_y, border_x:a.shape[3] - border_x]
    return 10*math.log10(255**2/max(d.pow(2).mean().item(), 1e-9))


def to_image(picture):
    return Image.fromarray((picture[0].clamp(0, 1)*255).round().byte().permute(1, 2, 0).numpy())


def from_image(image):
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None].float()/255


# Ways to enlarge a (1, 3, h, w) picture to height x width.

def bicubic(small, height, width):
    return F.interpolate(small, size=(height, width), mode="bicubic", antialias=True, align_corners=False)


def agreeing(result, small):
    """The twin of core/rescale/back-project.c."""
    missing = (small - bicubic(result, *small.shape[2:])).clamp(-MOST_MISSING, MOST_MISSING)
    return result + STRENGTH*F.interpolate(missing, size=result.shape[2:], mode="bicubic", align_corners=False)


def by_net(net, device="cpu", clean_up=0.0):
    @torch.no_grad()
    def enlarge(small, height, width):
        result = net(small.to(device), height, width, torch.full((1,), clean_up, device=device)).float().cpu()
        return result if clean_up else agreeing(result, small)
    return enlarge


def by_tool(cli, command, *options, note=None):
    """note: a PngInfo that goes with the picture; what comes with the result takes its place."""
    def scale(picture, height, width):
        with tempfile.TemporaryDirectory() as folder:
            names = [str(pathlib.Path(folder)/name) for name in ("in.png", "out.png")]
            to_image(picture).save(names[0], pnginfo=note)
            subprocess.run([cli, command, *names, "--size", "%dx%d" % (width, height), *options], check=True)
            result = Image.open(names[1])
            if note is not None:
                note.chunks.clear()
                for key, text in result.text.items():
                    note.add_text(key, text)
            return from_image(result)
    return scale


def through(enlarge, factor):
    """By factor only, and with Lanczos from there on."""
    def enlarge_twice(small, height, width):
        middle = enlarge(small, round(small.shape[2]*factor), round(small.shape[3]*factor))
        return from_image(to_image(middle).resize((width, height), Image.LANCZOS))
    return enlarge_twice


def psnr(a, b):
    return -10*math.log10(max((a - b).pow(2).mean().item(), 1e-10))


def measure(enlarge, pictures, scale_y, scale_x, jpeg=None, reduce=data.reduce):
    """Mean Y-PSNR over (h, w, 3) uint8 arrays, and how like the small pictures are to plain ones; jpeg: quality they
    were saved with."""
    results, likeness = [], []
    for p in pictures:
        h, w = int(p.shape[0]/scale_y), int(p.shape[1]/scale_x)
        height, width = round(h*scale_y), round(w*scale_x)
        big = torch.from_numpy(p[:height, :width].copy()).permute(2, 0, 1)[None].float()/255
        small = reduce(big, h, w)
        likeness.append(psnr(small, data.reduce(big, h, w)))
        if jpeg:
            small = data.through_jpeg(small[0], jpeg, subsampling=2)[None]
        results.append(psnr_y(enlarge(small, height, width), big, math.ceil(scale_y), math.ceil(scale_x)))
    return sum(results)/len(results), sum(likeness)/len(likeness)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", help="a .safetensors file, or the command-line tool")
    p.add_argument("folders", nargs="+")
    p.add_argument("--scales", default="2,3,4", help="factors, or WIDTHxHEIGHT factors")
    p.add_argument("--model", default="balanced", help="of the tool")
    p.add_argument("--clean-up", default="0", help="0..1, or auto (of the tool)")
    p.add_argument("--jpeg", type=int, help="save the small pictures with this quality first")
    p.add_argument("--through", type=float, help="enlarge by this factor only, and with Lanczos from there on")
    p.add_argument("--round-trip", action="store_true", help="the tool makes the small pictures, too")
    p.add_argument("--device", default="cpu")
    a = p.parse_args()
    if a.what.endswith(".safetensors"):
        if a.clean_up == "auto":
            p.error("--clean-up auto is for the command-line tool")
        enlarge = by_net(export.load(a.what).to(a.device), a.device, float(a.clean_up))
    else:
        note = PngImagePlugin.PngInfo() if a.round_trip else None
        enlarge = by_tool(a.what, "upscale", "--model", a.model, "--clean-up", a.clean_up, note=note)
    if a.through:
        enlarge = through(enlarge, a.through)
    reduce = by_tool(a.what, "shrink", "--model", a.model, note=note) if a.round_trip else data.reduce
    for folder in a.folders:
        files = sorted(f for f in pathlib.Path(folder).rglob("*") if f.suffix.lower() in (".png", ".jpg"))
        pictures = [np.asarray(Image.open(f).convert("RGB")) for f in files]
        for scale in a.scales.split(","):
            x, _, y = scale.partition("x")
            factors = float(y or x), float(x)
            value, likeness = measure(enlarge, pictures, *factors, a.jpeg, reduce)
            base, _ = measure(bicubic, pictures, *factors, a.jpeg)
            print("%-8s n=%-3d x%-8s Y %.2f dB  bicubic %.2f  gain %+.2f" %
                  (pathlib.Path(folder).name, len(pictures), scale, value, base, value - base)
                  + ("  small picture %.2f dB" % likeness if a.round_trip else ""), flush=True)


if __name__ == "__main__":
    main()
