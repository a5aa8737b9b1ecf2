"""The placer: what is seen of a scene, what is seen of an object, and scores over sizes and positions from both.

One function or class for each of core/place/network.c, with the same names and the same weight paths. That the object
makes the filters which look for its place is after "Fast Object Placement Assessment" (Niu et al., 2022).
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from pyramid import Pyramid

SIDE = 192       # px, longer side of the scene as the network sees it
CELL = 8         # px of it, side of a cell
MULTIPLE = 32    # px, of the sides of the network's input
OBJECT = 48      # px, side of the object, stretched to a square
SIZES, SMALLEST, LARGEST = 16, 0.045, 0.9  # of the object, sqrt(width height), of the scene's longer side
STEP = math.log(LARGEST/SMALLEST)/(SIZES - 1)

SCENE_PLANES, SCENE_CHANNELS, SCENE_BLOCKS, TOP = 6, [16, 32, 48, 80, 112, 112], [0, 0, 1, 1, 1, 1], 3
OBJECT_PLANES, OBJECT_CHANNELS, OBJECT_BLOCKS = 4, [16, 32, 48, 64, 96], [0, 0, 1, 1, 1]
VECTOR, MIXED, WAVES_Y, WAVES_X = 96, 64, 6, 3
OVERHANG, OVERHANG_COST = 0.1, 20.0  # share of the object outside the scene that costs nothing, and what more costs


def sizes():
    return SMALLEST*torch.exp(STEP*torch.arange(SIZES))


def scene_planes(image, inside, width, height):
    """image (3, h, w) in 0..1, of which width x height px are the scene and inside (h, w) says which; the rest is
    padding. Returns (6, h, w): colours, inside, how far down, how far from the middle."""
    h, w = image.shape[1:]
    y = ((torch.arange(h) + 0.5)/height - 0.5)[:, None].expand(h, w)
    x = (2*((torch.arange(w) + 0.5)/width - 0.5).abs() - 0.5)[None].expand(h, w)
    return torch.cat([(image - 0.5)*inside, inside[None] - 0.5, (y*inside)[None], (x*inside)[None]])


def object_planes(crop):
    """(..., 4, h, w) in 0..1, straight alpha."""
    alpha = crop[..., 3:, :, :]
    return torch.cat([(crop[..., :3, :, :] - 0.5)*alpha, alpha - 0.5], -3)


class Placer(nn.Module):
    def __init__(self):
        super().__init__()
        self.scene = Pyramid(SCENE_PLANES, SCENE_CHANNELS, SCENE_BLOCKS, TOP)
        self.object = Pyramid(OBJECT_PLANES, OBJECT_CHANNELS, OBJECT_BLOCKS, len(OBJECT_CHANNELS) - 1)
        self.vector = nn.Linear(OBJECT_CHANNELS[-1] + 2, VECTOR)
        self.mix = nn.Conv2d(SCENE_CHANNELS[TOP], MIXED, 1)
        self.gain = nn.Linear(VECTOR, MIXED)
        self.shift = nn.Linear(VECTOR, MIXED)
        self.filters = nn.Linear(VECTOR, SIZES*MIXED)
        self.prior = nn.Linear(VECTOR, SIZES*(WAVES_Y + WAVES_X))
        for pyramid in (self.scene, self.object):
            for name, p in pyramid.named_parameters():
                if name.endswith("c2.weight"):
                    nn.init.zeros_(p)
                elif p.dim() == 4:
                    nn.init.kaiming_normal_(p, nonlinearity="relu" if "leave" not in name else "linear")
                else:
                    nn.init.zeros_(p)
        for layer in (self.gain, self.shift, self.filters, self.prior):
            layer.weight.data.mul_(0.3)

    def scene_features(self, planes, dropout=0.0):
        """(n, 6, h, w) -> (n, 64, h/8, w/8)."""
        features = self.scene.encode(planes)
        features[-1] = F.dropout2d(features[-1], dropout, self.training)
        return self.mix(F.dropout2d(F.relu(self.scene.decode(features)), dropout, self.training))

    def object_vector(self, planes, aspect, dropout=0.0):
        """planes (n, 4, 48, 48), aspect (n,): log of width / height. Returns (n, 96)."""
        seen = F.relu(self.object(planes)).mean((2, 3))
        covered = planes[:, 3].mean((1, 2))
        told = torch.cat([F.dropout(seen, dropout, self.training), aspect[:, None], covered[:, None]], 1)
        return F.relu(self.vector(told))

    def volume(self, features, vector, aspect, extent):
        """features (n, 64, h, w), extent (n, 2): width and height of the scene in cells. Returns (n, 16, h, w)."""
        n, _, h, w = features.shape
        mixed = F.relu(features*(1 + self.gain(vector))[..., None, None] + self.shift(vector)[..., None, None])
        filters = self.filters(vector).view(n, SIZES, MIXED)/math.sqrt(MIXED)
        logits = torch.einsum("nsc,nchw->nshw", filters, mixed)
        y = (torch.arange(h) + 0.5)[None]/extent[:, 1:]
        x = (torch.arange(w) + 0.5)[None]/extent[:, :1]
        waves_y = torch.cos(math.pi*torch.arange(1, WAVES_Y + 1)[None, :, None]*y[:, None])
        waves_x = torch.cos(2*math.pi*torch.arange(1, WAVES_X + 1)[None, :, None]*x[:, None])
        prior = self.prior(vector).view(n, SIZES, WAVES_Y + WAVES_X)
        logits = logits + torch.einsum("nsk,nkh->nsh", prior[..., :WAVES_Y], waves_y)[..., None]
        logits = logits + torch.einsum("nsk,nkw->nsw", prior[..., WAVES_Y:], waves_x)[:, :, None]
        return logits - cost(aspect, extent, h, w)

    def forward(self, planes, crop, aspect, extent):
        return self.volume(self.scene_features(planes), self.object_vector(crop, aspect), aspect, extent)


def box_sides(aspect, extent):
    """(n, 16) widths and heights, in cells, of an object of each size."""
    size = sizes()[None]*extent.max(1, keepdim=True).values
    root = torch.exp(aspect/2)[:, None]
    return size*root, size/root


def within(sides, length, n):
    """(n, 16, cells): the share of the object's side that is in the scene; half a cell more or less is not counted."""
    centre = torch.arange(n) + 0.5
    half, whole = sides[..., None]/2, length[:, None, None]
    out = F.relu(half - centre - 0.5) + F.relu(centre + half - whole - 0.5)
    return (1 - out/sides[..., None]).clamp(min=0)


def cost(aspect, extent, h, w):
    """(n, 16, h, w): what it costs to lie partly outside the scene; much with the centre outside."""
    width, height = box_sides(aspect, extent)
    share = within(height, extent[:, 1], h)[..., None]*within(width, extent[:, 0], w)[:, :, None]
    y, x = torch.arange(h) + 0.5, torch.arange(w) + 0.5
    beyond = (y[None] > extent[:, 1:])[:, None, :, None] | (x[None] > extent[:, :1])[:, None, None]
    return OVERHANG_COST*F.relu(1 - share - OVERHANG) + 100.0*beyond
