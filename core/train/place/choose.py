"""From scores over sizes and positions to the few placements to offer: the twin of core/place/peaks.c."""
import math

import numpy as np

from . import model

FINE = 48          # cells along the longer side of the scene that scores are offered for
REACH, REACH_SIZE = 0.2, 1.7  # how far off a placement still meets: of the object's sides, and in sizes
LEAN = 0.5         # towards small sizes, which meet less only because there are more places for them
TOO_LIKE = 0.6     # IoU that two placements must not have
COVERED_FROM, COVERED = 0.2, 0.55  # IoU from which on, and at which wholly, one placement stands for another


def fine_cells(width, height):
    scale = FINE/max(width, height)
    return max(round(width*scale), 1), max(round(height*scale), 1)


def blend(n_from, extent, n_to):
    """(n_to, n_from) linear interpolation of n_from cells, of which extent cover the scene, at n_to that do."""
    at = ((np.arange(n_to) + 0.5)/n_to*extent - 0.5).clip(0, max(math.floor(extent - 0.5), 0))
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, n_from - 1)
    m = np.zeros((n_to, n_from), np.float32)
    m[np.arange(n_to), low] += 1 - (at - low)
    m[np.arange(n_to), high] += at - low
    return m


def refine(logits, extent, fine):
    """Logits (16, h, w) at the fine cells (columns, rows) of the scene."""
    return np.einsum("ij,sjk,lk->sil", blend(logits.shape[1], extent[1], fine[1]), logits,
                     blend(logits.shape[2], extent[0], fine[0]))


def probabilities(logits):
    p = np.exp(logits - logits.max())
    return p/p.sum()


class Chooser:
    """For one shape of scene and object: aspect of both is width / height."""

    def __init__(self, width, height, aspect, reach=REACH, reach_size=REACH_SIZE, covered=(COVERED_FROM, COVERED),
                 lean=LEAN):
        self.width, self.height = width, height
        self.columns, self.rows = fine_cells(width, height)
        size = np.asarray(model.sizes())*max(width, height)
        self.w, self.h = size*math.sqrt(aspect), size/math.sqrt(aspect)
        self.x = (np.arange(self.columns) + 0.5)*width/self.columns
        self.y = (np.arange(self.rows) + 0.5)*height/self.rows
        def bells(x, sides):
            return np.exp(-0.5*((x[:, None] - x)/(reach*sides[:, None, None]))**2)
        self.bx, self.by = bells(self.x, self.w), bells(self.y, self.h)
        s = np.arange(model.SIZES)
        self.bs = np.exp(-0.5*((s[:, None] - s)/reach_size)**2)
        self.covered = covered
        self.lean = np.exp(-lean*model.STEP*s)[:, None, None]

    def gather(self, p):
        """The probability of everything that a placement would about meet."""
        near = np.einsum("sij,sjk,slk->sil", self.by, p, self.bx, optimize=True)
        return self.lean*np.einsum("st,tij->sij", self.bs, near)

    def iou(self, x, y, w, h):
        """Of a box with all others: (16, rows, columns)."""
        ox = (np.minimum(x + w/2, self.x + self.w[:, None]/2) - np.maximum(x - w/2, self.x - self.w[:, None]/2)).clip(0)
        oy = (np.minimum(y + h/2, self.y + self.h[:, None]/2) - np.maximum(y - h/2, self.y - self.h[:, None]/2)).clip(0)
        both = oy[:, :, None]*ox[:, None]
        return both/(w*h + (self.w*self.h)[:, None, None] - both)

    def peak(self, gathered, boxes):
        """The best placement unlike boxes, between cells and sizes by a parabola through the logarithm."""
        differs = np.ones(gathered.shape, bool)
        for box in boxes:
            differs &= self.iou(*box) < TOO_LIKE
        at = np.unravel_index((gathered*differs - ~differs).argmax(), gathered.shape)
        exact = []
        for axis in range(3):
            i = list(at)
            moved = 0.0
            if 0 < at[axis] < gathered.shape[axis] - 1:
                values = []
                for d in (-1, 0, 1):
                    i[axis] = at[axis] + d
                    values.append(math.log(gathered[tuple(i)] + 1e-30))
                curve = values[0] - 2*values[1] + values[2]
                if curve < -1e-9:
                    moved = min(max(0.5*(values[0] - values[2])/curve, -0.5), 0.5)
            exact.append(at[axis] + moved)
        s, y, x = exact
        grown = math.exp(model.STEP*(s - at[0]))
        return ((x + 0.5)*self.width/self.columns, (y + 0.5)*self.height/self.rows,
                self.w[at[0]]*grown, self.h[at[0]]*grown)

    def best(self, p, count):
        """count boxes (centre x, y, width, height), chosen one after the other where most probability is uncovered."""
        boxes, p = [], p.copy()
        for _ in range(count):
            box = self.peak(self.gather(p), boxes)
            boxes.append(box)
            low, high = self.covered
            p *= 1 - ((self.iou(*box) - low)/(high - low)).clip(0, 1)
        return boxes
