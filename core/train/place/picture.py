"""Filling holes quickly at the low resolution that the network sees: not good pictures, but as good over decoys as over
what was really taken out."""
import numpy as np

RING = 4
CANDIDATES, POINTS = 48, 160


def grow(mask, n):
    """A mask, n px wider on all sides."""
    for _ in range(n):
        m = mask.copy()
        m[1:] |= mask[:-1]
        m[:-1] |= mask[1:]
        m[:, 1:] |= mask[:, :-1]
        m[:, :-1] |= mask[:, 1:]
        mask = m
    return mask


def pull_push(values, known):
    """values (h, w, c) where known (h, w, 1; 0..1), smoothly carried on everywhere else."""
    h, w = known.shape[:2]
    if min(h, w) < 2 or known.min() > 0:
        return values
    padded = [((0, h % 2), (0, w % 2), (0, 0)), ((h + 1)//2, 2, (w + 1)//2, 2, -1)]
    weights = np.pad(known, padded[0]).reshape(padded[1])
    sums = np.pad(values*known, padded[0]).reshape(padded[1])
    total = weights.sum((1, 3))
    coarse = pull_push(sums.sum((1, 3))/np.maximum(total, 1e-6), np.minimum(total, 1))
    big = np.pad(coarse, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = 0.75*big[1:-1, :, None] + 0.25*np.stack([big[:-2], big[2:]], 2)
    rows = rows.transpose(0, 2, 1, 3).reshape(-1, *rows.shape[1::2])[:h]
    both = 0.75*rows[:, 1:-1, None] + 0.25*np.stack([rows[:, :-2], rows[:, 2:]], 2)
    smooth = both.reshape(rows.shape[0], -1, both.shape[3])[:, :w]
    return known*values + (1 - known)*smooth


def carried_on(values, known):
    """As pull_push() where nothing is known, at half the resolution."""
    h, w = known.shape[:2]
    padded, halved = ((0, h % 2), (0, w % 2), (0, 0)), ((h + 1)//2, 2, (w + 1)//2, 2, -1)
    weights = np.pad(known, padded).reshape(halved).sum((1, 3))
    sums = np.pad(values*known, padded).reshape(halved).sum((1, 3))
    half = pull_push(sums/np.maximum(weights, 1e-6), np.minimum(weights, 1))
    return half.repeat(2, 0).repeat(2, 1)[:h, :w]


def some(rng, mask):
    ys, xs = np.nonzero(mask)
    if len(ys) > POINTS:
        pick = rng.choice(len(ys), POINTS, replace=False)
        ys, xs = ys[pick], xs[pick]
    return ys, xs


def sources(ys, xs, shift, width):
    """Where pixels are copied from: shifted, and mirrored as well where the third number is 1."""
    x = np.where(shift[..., 2:3] > 0, width - 1 - xs, xs)
    return ys + shift[..., 0:1], x + shift[..., 1:2]


def read(picture, usable, ys, xs):
    h, w = usable.shape
    inside = (ys >= 0) & (ys < h) & (xs >= 0) & (xs < w)
    ys, xs = ys.clip(0, h - 1), xs.clip(0, w - 1)
    return picture[ys, xs], inside & usable[ys, xs]


def fill_some(picture, hole, usable, rng):
    """Copies the best of some shifted copies of the picture into as much of hole as it covers, fitted to its border."""
    h, w = hole.shape
    ring = grow(hole, RING) & usable & ~hole
    if not ring.any():
        return False
    ys, xs = some(rng, ring)
    hy, hx = some(rng, hole)
    near = rng.random((CANDIDATES, 1)) < 0.6
    reach = max(np.ptp(hy), np.ptp(hx)) + 2*RING
    shift = np.where(near, rng.integers(-1.5*reach, 1.5*reach + 1, (CANDIDATES, 2)),
                     np.stack([rng.integers(-h//2, h//2 + 1, CANDIDATES), rng.integers(-w, w + 1, CANDIDATES)], 1))
    shift = np.concatenate([shift, rng.integers(0, 2, (CANDIDATES, 1))], 1)
    colours, given = read(picture, usable, *sources(ys, xs, shift, w))
    d = (colours - picture[ys, xs])*given[..., None]
    n = np.maximum(given.sum(1), 1)
    d -= 0.7*(d.sum(1)/n[:, None])[:, None]*given[..., None]
    cost = (d**2).sum((1, 2))/n + 0.02*(1 - given.mean(1))
    covered = read(picture, usable, *sources(hy, hx, shift, w))[1].mean(1)
    cost = cost + 0.05*(1 - covered) + 10*(covered < 0.15)
    best = shift[cost.argmin()]
    if covered[cost.argmin()] < 0.15:
        return False
    ally, allx = np.nonzero(hole)
    top, left = max(ally.min() - RING - 2, 0), max(allx.min() - RING - 2, 0)
    bottom, right = min(ally.max() + RING + 3, h), min(allx.max() + RING + 3, w)
    gy, gx = np.mgrid[top:bottom, left:right]
    colours, given = read(picture, usable, *sources(gy.ravel(), gx.ravel(), best, w))
    colours, given = colours.reshape(*gy.shape, 3), given.reshape(gy.shape)
    box = (slice(top, bottom), slice(left, right))
    known = ring[box] & given
    if not known.any():
        return False
    offset = carried_on(picture[box] - colours, known[..., None].astype(np.float32))
    done = hole[box] & given
    picture[box] = np.where(done[..., None], (colours + offset).clip(0, 1), picture[box])
    usable[box] |= done
    hole[box] &= ~done
    return True


def fill(picture, hole, rng, open_holes):
    """picture (h, w, 3) of float32 in 0..1, filled where hole; nothing is copied from open_holes, which holds hole."""
    usable, rest = ~open_holes, hole.copy()
    for _ in range(5):
        if not rest.any() or not fill_some(picture, rest, usable, rng):
            break
    if rest.any() and usable.any():
        smooth = carried_on(picture, usable[..., None].astype(np.float32))
        picture[rest] = (smooth[rest] + rng.normal(0, 0.02, (rest.sum(), 1))).clip(0, 1)
    return picture.astype(np.float32)
