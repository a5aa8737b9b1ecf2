"""From scores over sizes and positions to the few placements to offer: the twin of core/place/cells.c and choice.c."""
import math

import numpy as np

from . import model

FINE = 48          # cells along the longer side of the scene that scores are offered for
TEMPERATURE = 4/3  # by which the network is surer than it is right
LEAN = 1           # power of the size that small ones weigh more by; see core/place/cells.h
LIKELY = 2000      # blocks of 2x2 cells, the most probable, that stand for all
APART = 2          # cells between candidates
FINER = (1, 1/2, 1/4)  # steps of cells and sizes around the best candidate
TOO_LIKE = 0.6     # IoU that two placements must not have


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


def probabilities(logits, temperature=TEMPERATURE):
    """After "On Calibration of Modern Neural Networks" (Guo et al., 2017)."""
    p = np.exp((logits - logits.max())/temperature)
    return p/p.sum()


def highest(values, count):
    """Indices of the count highest values, the highest first."""
    return np.argsort(-values, kind="stable")[:count]


def iou(boxes, others):
    """Of boxes (4, n) (centre x, y, width, height) with others (4, m): (n, m)."""
    x, y, w, h = (v[:, None] for v in boxes)
    ox = (np.minimum(x + w/2, others[0] + others[2]/2) - np.maximum(x - w/2, others[0] - others[2]/2)).clip(0)
    oy = (np.minimum(y + h/2, others[1] + others[3]/2) - np.maximum(y - h/2, others[1] - others[3]/2)).clip(0)
    both = ox*oy
    return both/(w*h + others[2]*others[3] - both)


class Chooser:
    """For one shape of scene and object: aspect of both is width / height."""

    def __init__(self, width, height, aspect, lean=LEAN):
        self.width, self.height, self.lean = width, height, lean
        self.columns, self.rows = fine_cells(width, height)
        smallest = model.SMALLEST*max(width, height)
        self.w, self.h = smallest*math.sqrt(aspect), smallest/math.sqrt(aspect)

    def box(self, size, row, column):
        """Of an object at a place among cells and sizes, or between them."""
        grown = np.exp(model.STEP*np.asarray(size))
        return np.stack([(column + 0.5)*self.width/self.columns, (row + 0.5)*self.height/self.rows,
                         self.w*grown, self.h*grown])

    def likely(self, p):
        """Boxes (4, n) in the middle of the most probable blocks, and their probabilities."""
        _, rows, columns = p.shape
        blocks = np.add.reduceat(np.add.reduceat(p, range(0, rows, 2), 1), range(0, columns, 2), 2)
        blocks *= np.exp(-self.lean*model.STEP*np.arange(model.SIZES))[:, None, None]
        found = highest(blocks.ravel(), LIKELY)
        size, row, column = np.unravel_index(found, blocks.shape)
        boxes = self.box(size, np.minimum(2*row + 0.5, rows - 1), np.minimum(2*column + 0.5, columns - 1))
        return boxes.astype(np.float32), blocks.ravel()[found].astype(np.float32)

    def best(self, p, count):
        """count boxes (centre x, y, width, height), each the one that raises the expected IoU of the best of them most:
        the greedy way to the maximum of a submodular function, after "An Analysis of Approximations for Maximizing
        Submodular Set Functions" (Nemhauser et al., 1978)."""
        likely, weight = self.likely(p)
        met, boxes = np.zeros(len(weight), np.float32), []

        def gain(box):
            return np.maximum(iou(box.astype(np.float32), likely) - met, 0)@weight

        places = np.mgrid[0:p.shape[0], 0:p.shape[1]:APART, 0:p.shape[2]:APART].reshape(3, -1).astype(float)
        candidates = self.box(*places)
        gains = np.concatenate([gain(some) for some in np.array_split(candidates, len(candidates[0])//32 + 1, 1)])
        while len(boxes) < count and gains.max() >= 0:
            known = None
            while (best := gains.argmax()) != known:  # gains only become less: few have to be known anew
                gains[best], known = gain(candidates[:, [best]])[0], best
            place, most = places[:, best], gains[best]
            for step in FINER:
                for axis in range(3):
                    for sign in (-1, 1):
                        moved = place.copy()
                        moved[axis] += sign*step
                        if not 0 <= moved[axis] <= p.shape[axis] - 1:
                            continue
                        box = self.box(*moved)[:, None]
                        value = gain(box)[0]
                        if value > most and not (boxes and iou(box, np.array(boxes).T).max() >= TOO_LIKE):
                            place, most = moved, value
            boxes.append(self.box(*place))
            met = np.maximum(met, iou(boxes[-1][:, None].astype(np.float32), likely)[0])
            gains[iou(boxes[-1][:, None], candidates)[0] >= TOO_LIKE] = -1
        return boxes
