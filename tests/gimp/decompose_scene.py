"""A picture with a disc and its shadow, for the cases of plug-in-triptych-decompose."""
import math

from support import *

WIDTH, HEIGHT = 72, 56
CENTRE = 36, 24
RADIUS = 11
# Each run is a process, and babl takes the conversions that are fastest just then: a value may round the other way.
ROUNDING = 1.01 / 255


def disc_scene(n, alpha=None):
    """n colours, and alpha if given, a function of x and y."""
    def function(x, y):
        covered = min(max(RADIUS + 0.5 - math.hypot(x - CENTRE[0], y - CENTRE[1]), 0), 1)
        shadow = min(max(13 - math.hypot((x - 46) / 1.4, (y - 33) * 1.2), 0), 3) / 3
        colour = []
        for c in range(n):
            ground = 0.5 + 0.15 * math.sin(x * 0.7 + c) + 0.1 * math.cos(y * 0.9 - c)
            ground *= 1 - 0.45 * shadow
            body = (0.95, 0.15, 0.02)[c] + 0.04 * math.sin(y)
            colour.append(min(max(covered * body + (1 - covered) * ground, 0), 1))
        return colour + ([] if alpha is None else [alpha(x, y)])
    return function


def scene_image(gray=False, precision="u8", alpha=None):
    return simple_image(WIDTH, HEIGHT, gray, precision, alpha is not None, disc_scene(1 if gray else 3, alpha))


def select_disc(image, x=0, y=0, radius=RADIUS + 2):
    """A rough outline: an ellipse around a disc whose layer lies at x, y."""
    image.select_ellipse(Gimp.ChannelOps.REPLACE, x + CENTRE[0] - radius, y + CENTRE[1] - radius, 2 * radius,
                         2 * radius)


def opaque(x, y):
    return 1.0


def is_sum(group, layer, what="", step=1 / 255):
    """What GIMP makes of the group is what the layer shows."""
    (got, n), (expected, m) = get(group), get(layer)
    if n != m:   # a group always has alpha
        expected = array.array("f", [v for i in range(0, len(expected), m) for v in (*expected[i:i + m], 1.0)])
    if n in (2, 4):   # what is transparent has no colour
        for i in range(0, len(got), n):
            if expected[i + n - 1] == 0:
                got[i:i + n - 1] = expected[i:i + n - 1]
    near(got, expected, step + 1e-4, f"sum {what}")
