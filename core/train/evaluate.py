#!/usr/bin/env python3
"""Y-PSNR of a checkpoint or weights file on a folder of pictures, in PyTorch.

The protocol is that of the super-resolution papers: the small picture by antialiased bicubic, 8 bits, luma only,
a border of the factor left out, the mean of the pictures' PSNR.
"""
import argparse
import math
import pathlib

import numpy as np
import torch
from PIL import Image

import data
import export
import model

LUMA = torch.tensor([65.481, 128.553, 24.966]).view(1, 3, 1, 1)/255


def psnr_y(a, b, border_y, border_x):
    a, b = (a.clamp(0, 1)*255).round(), (b.clamp(0, 1)*255).round()
    d = ((a - b)*LUMA).sum(1)[:, border_y:a.shape[2] - border_y, border_x:a.shape[3] - border_x]
    return 10*math.log10(255**2/max(d.pow(2).mean().item(), 1e-9))


@torch.no_grad()
def measure(net, pictures, scale_y, scale_x, device="cpu", clean_up=0.0, jpeg=None):
    """Mean Y-PSNR of the net over (h, w, 3) uint8 arrays; jpeg: quality the small pictures were saved with."""
    results = []
    for p in pictures:
        h, w = int(p.shape[0]/scale_y), int(p.shape[1]/scale_x)
        height, width = round(h*scale_y), round(w*scale_x)
        big = torch.from_numpy(p[:height, :width].copy()).permute(2, 0, 1)[None].float()/255
        small = data.reduce(big, h, w)
        if jpeg:
            small = data.through_jpeg(small[0], jpeg, subsampling=2)[None]
        result = net(small.to(device), height, width, torch.full((1,), clean_up, device=device)).float().cpu()
        results.append(psnr_y(result, big, math.ceil(scale_y), math.ceil(scale_x)))
    return sum(results)/len(results)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("weights", help="a .safetensors file")
    p.add_argument("folder")
    p.add_argument("--scales", default="2,3,4")
    p.add_argument("--clean-up", type=float, default=0.0)
    p.add_argument("--jpeg", type=int, help="save the small pictures with this quality first")
    p.add_argument("--device", default="cpu")
    a = p.parse_args()
    net = export.load(a.weights).to(a.device)
    files = sorted(f for f in pathlib.Path(a.folder).rglob("*") if f.suffix.lower() in (".png", ".jpg"))
    pictures = [np.asarray(Image.open(f).convert("RGB")) for f in files]
    for scale in a.scales.split(","):
        x, _, y = scale.partition("x")
        value = measure(net, pictures, float(y or x), float(x), a.device, a.clean_up, a.jpeg)
        print("x%-8s n=%d  Y %.2f dB" % (scale, len(pictures), value), flush=True)


if __name__ == "__main__":
    main()
