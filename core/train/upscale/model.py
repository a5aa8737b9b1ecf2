"""The upscaler: a residual trunk at the small size and a heat-field head for any factor per axis.

One class for each function of core/rescale/network.c, with the same names and the same weight paths.
The head follows "Thera: Aliasing-Free Arbitrary-Scale Super-Resolution with Neural Heat Fields"
(Becker et al., 2023, eq. 4 to 8), with one attenuation for each axis instead of one for both.
"""
import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import nn

from pyramid import Block


@dataclasses.dataclass(frozen=True)
class Shape:
    """Everything that sets the size of a network."""
    channels: int
    blocks: int
    frequencies: int


MODELS = {
    "fast": Shape(channels=32, blocks=6, frequencies=24),
    "balanced": Shape(channels=48, blocks=7, frequencies=24),
    "best": Shape(channels=64, blocks=16, frequencies=24),
}

INPUTS = 4  # red, green, blue, clean-up


class HeatField(nn.Module):
    """Each small pixel holds a short Fourier series; an output pixel averages it over its own area."""

    def __init__(self, channels, frequencies):
        super().__init__()
        angle = torch.rand(frequencies)*math.pi
        radius = torch.rand(frequencies).sqrt()*math.pi
        # (y, x) in radians per small pixel
        self.nu = nn.Parameter(torch.stack([radius*angle.cos(), radius*angle.sin()], 1))
        self.k = nn.Parameter(torch.tensor(0.1))
        self.coef = nn.Conv2d(channels, 3*2*frequencies, 1)
        self.coef.weight.data.mul_(0.1)

    def forward(self, features, height, width, rows, columns):
        h, w = features.shape[2:]
        scale_y, scale_x = height/h, width/w
        y, x = (rows + 0.5)/scale_y, (columns + 0.5)/scale_x
        iy = y.floor().long().clamp(0, h - 1)
        ix = x.floor().long().clamp(0, w - 1)
        phase_y = (y - iy - 0.5)[:, None]*self.nu[:, 0]
        phase_x = (x - ix - 0.5)[:, None]*self.nu[:, 1]
        heat = torch.exp(-self.k.abs()*((self.nu[:, 0]/scale_y)**2 + (self.nu[:, 1]/scale_x)**2))
        cy, sy = phase_y.cos()[:, None], phase_y.sin()[:, None]
        cx, sx = phase_x.cos()[None], phase_x.sin()[None]
        basis = torch.cat([(cy*cx - sy*sx)*heat, (sy*cx + cy*sx)*heat], -1)  # rows, columns, 2n
        series = self.coef(features).permute(0, 2, 3, 1).index_select(1, iy).index_select(2, ix)
        series = series.unflatten(3, (3, -1))
        return (series*basis[None, :, :, None]).sum(-1).permute(0, 3, 1, 2)


class Upscaler(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.head = nn.Conv2d(INPUTS, shape.channels, 3, padding=1)
        self.body = nn.Sequential(*[Block(shape.channels) for _ in range(shape.blocks)])
        self.tail = nn.Conv2d(shape.channels, shape.channels, 3, padding=1)
        self.field = HeatField(shape.channels, shape.frequencies)

    def trunk(self, small, clean_up):
        """small: (n, 3, h, w) in 0..1; clean_up: (n,) in 0..1. Returns (n, channels, h, w)."""
        plane = clean_up.view(-1, 1, 1, 1).expand(-1, 1, *small.shape[2:])
        f = self.head(torch.cat([small - 0.5, plane], 1).to(memory_format=torch.channels_last))
        return F.relu(f + self.tail(self.body(f)))

    def forward(self, small, height, width, clean_up, rows=None, columns=None):
        """The picture at height x width, or only its pixels at the given rows and columns."""
        rows = torch.arange(height, device=small.device) if rows is None else rows
        columns = torch.arange(width, device=small.device) if columns is None else columns
        base = F.interpolate(small, size=(height, width), mode="bicubic", align_corners=False)
        base = base.index_select(2, rows).index_select(3, columns)
        features = self.trunk(small, clean_up)
        with torch.autocast(small.device.type, enabled=False):
            return base + self.field(features.float(), height, width, rows, columns)
