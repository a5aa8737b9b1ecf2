"""Where a glossy floor shows an object upside down: the twin of core/decompose/mirror.c.

A mirror is (n, 5): where its axis lies below the object's box, in heights of that; how tall the reflection is for the
object's height; how far it lies to the right, in widths; how wide it is for the object's width; and how far to the right
lies what it shows below the axis, in widths for a height.
"""
import numpy as np
import torch
import torch.nn.functional as F

FLAT = (0, 1, 0, 1, 0)     # as under an object that stands straight, seen from afar
LEAST = (-0.6, 0.7, -0.15, 0.85, -0.35)
MOST = (0.15, 1.2, 0.15, 1.15, 0.35)
SIDES = (48, 112)      # px, of the object's longer side, one after the other
BESIDE, BELOW = 1/3, 1.3   # what is looked at: in longer sides, in heights,
MORE = 4                   # and px
# by how many pixels of that a mirror is moved: by each number alone, by its axis as its end stays, and by its lean as
# its middle stays
MOVES = ((1.2, 0, 0, 0, 0), (0, 1.2, 0, 0, 0), (0, 0, 1.2, 0, 0), (0, 0, 0, 1.2, 0), (1.2, -1.2, 0, 0, 0),
         (0, 0, 0, 0, 1.8), (0, 0, 0.9, 0, 1.8))
STARTS, KEPT = 10, 4
AXES_APART = 1/32
APART = 0.12
HALVINGS = 3
TAKEN = 0.03               # coverage that hides what is behind it
GAMMA = 2.2
FLOOR = 0.3                # share of the mean energy of the gradients in what is expected


def warped(planes, boxes, mirrors):
    """planes: (n or 1, c, h, w) as the mirrors (n, 5) show them; 0 above their axes. boxes: (n or 1, 4), in pixels."""
    n, (h, w) = len(mirrors), planes.shape[2:]
    left, top, right, bottom = boxes.float().unbind(1)
    axis, tall, across, wide, lean = mirrors.unbind(1)
    axis = (bottom + axis*(bottom - top))[:, None, None]
    middle, width = 0.5*(left + right)[:, None, None], (right - left)[:, None, None]
    y = torch.arange(h, device=planes.device).float()[None, :, None] + 0.5
    x = torch.arange(w, device=planes.device).float()[None, None, :] + 0.5
    below = (y - axis).clamp(min=0)
    source_y = axis - below/tall[:, None, None]
    source_x = middle + (x - middle - across[:, None, None]*width)/wide[:, None, None]
    source_x = source_x + lean[:, None, None]*width*below/(bottom - top)[:, None, None]
    grid = torch.stack([(source_x*2/w - 1).expand(n, h, w), (source_y*2/h - 1).expand(n, h, w)], -1)
    seen = F.grid_sample(planes.expand(n, -1, -1, -1), grid, align_corners=False)
    return seen*(y >= axis)[:, None]


def steps(planes):
    """(n, c, 2, h, w): differences to the right and down, 0 at the last."""
    return torch.stack([F.pad(planes.diff(dim=3), (0, 1)), F.pad(planes.diff(dim=2), (0, 0, 0, 1))], 2)


class View:
    """What is around the object, small, with how much each step of it tells."""

    def __init__(self, picture, alpha, box, side):
        """picture: (1, 3, h, w) in 0..1; alpha: (1, 1, h, w); box: left, top, right, bottom."""
        left, top, right, bottom = box
        longer, height = max(right - left, bottom - top), bottom - top
        beside = round(longer*BESIDE)
        x0, x1 = max(0, left - beside), min(picture.shape[3], right + beside)
        y0, y1 = max(0, top - MORE), min(picture.shape[2], bottom + round(BELOW*height) + MORE)
        scale = min(1, side/longer)
        size = max(4, round((y1 - y0)*scale)), max(4, round((x1 - x0)*scale))
        picture, alpha = (F.interpolate(p[:, :, y0:y1, x0:x1], size, mode="bilinear", antialias=True)
                          for p in (picture, alpha))
        across, down = size[1]/(x1 - x0), size[0]/(y1 - y0)
        self.box = torch.tensor([[(left - x0)*across, (top - y0)*down, (right - x0)*across, (bottom - y0)*down]])
        self.alpha, self.light = alpha, picture.clamp(0, 1).pow(GAMMA)
        self.free = (F.max_pool2d(alpha, 3, 1, 1) < TAKEN).float()
        free = self.free[0]
        free = torch.cat([free*F.pad(free[..., 1:], (0, 1)), free*F.pad(free[..., 1:, :], (0, 0, 0, 1))])  # (2, h, w)
        self.steps = steps(self.light)[0]*free  # (3, 2, h, w)
        near = max(5, side//8 | 1)
        around = F.avg_pool2d(self.steps.pow(2), near, 1, near//2)/(F.avg_pool2d(free, near, 1, near//2) + 1e-3)
        mean = self.steps.pow(2).sum((2, 3), keepdim=True)/free.sum((1, 2), keepdim=True).clamp(min=1)
        self.weights = free/(around + FLOOR*mean + 1e-5)  # (3, 2, h, w)

    def score(self, mirrors):
        """How much of the picture's steps those of the object's outline in the mirrors explain."""
        total = []
        for some in mirrors.split(256):
            seen = steps(warped(self.alpha, self.box, some))[:, 0]  # (n, 2, h, w)
            fits = seen.flatten(1) @ (self.steps*self.weights).flatten(1).T
            all_ = seen.pow(2).flatten(1) @ self.weights.flatten(1).T
            total.append((fits.pow(2)/(all_ + 1e-6)).sum(1))
        return torch.cat(total)


def climb(view, mirror, side):
    """The mirror near one, and its score, that none of those beside it exceeds."""
    step, best = 1/side, view.score(mirror[None])[0]
    moves = torch.tensor([m for move in MOVES for m in (move, [-v for v in move])])
    for _ in range(HALVINGS):
        while True:
            beside = mirror + moves*step
            beside = torch.maximum(torch.minimum(beside, torch.tensor(MOST)), torch.tensor(LEAST))
            scores = view.score(beside)
            i = scores.argmax()
            if not scores[i] > best*1.001:
                break
            mirror, best = beside[i], scores[i]
        step = step/2
    return mirror, best


def coarse(box):
    """Mirrors to begin with."""
    left, top, right, bottom = box
    deepest = -min(0.5, 0.5*(right - left)/(bottom - top))
    axes = np.arange(deepest, 0.1, AXES_APART)
    return torch.tensor([(a, t, x, w, l) for a in axes for t in (0.8, 0.9, 1, 1.1) for x in (-0.1, -0.05, 0, 0.05, 0.1)
                         for w in (0.92, 1, 1.08) for l in (-0.12, 0, 0.12)], dtype=torch.float32)


@torch.no_grad()
def find(picture, alpha, box):
    """The mirror (5) that explains most of the picture around the object, and how much, in units of expected energy."""
    box = [int(b) for b in box]
    mirrors = coarse(box)
    for side in SIDES:
        view = View(picture, alpha, box, side)
        if side == SIDES[0]:
            scores = view.score(mirrors)
            starts = []
            for i in scores.argsort(descending=True):
                if all((mirrors[i] - s)[:3].abs().sum() > APART for s in starts):
                    starts.append(mirrors[i])
                if len(starts) == STARTS:
                    break
        found = sorted((climb(view, m, side) for m in starts), key=lambda f: -f[1])[:KEPT]
        starts = [m for m, _ in found]
    return found[0]
