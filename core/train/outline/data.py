"""Training samples: windows of pictures around rough selections, drawn as users do, of objects whose outlines are
known."""
import json
import math
import pathlib

import numpy as np
import torch
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from effects.data import Stills, window_of
from inpaint.data import vary
from place.data import is_held_out

LEAST_AREA = 600  # px, of an object
SIZES = ((128, 128), (112, 128), (128, 112), (96, 128), (128, 96), (80, 128), (128, 80))  # height, width
MARGIN = 0.3      # around the selection, of the longer side of its box
LONGER_SIDE = 128 # px, as the network sees it
CROP = 96         # px: the longer side of an object's box where its selection is drawn
AROUND = 0.8      # of the longer side: what is kept around it
STILLS, COMPOSITES = 0.35, 0.15  # shares of the samples


def read_objects(folder):
    """[(picture, polygons)] to train with and to validate with."""
    folder = pathlib.Path(folder)
    listed = json.loads((folder/"instances.json").read_text())
    pictures = {}
    for i, told in enumerate(sorted(listed["images"], key=lambda p: p["id"])):
        with Image.open(folder/"images"/told["file_name"]) as held:
            pictures[told["id"]] = is_held_out(i), np.asarray(held.convert("RGB"))
    found = [], []
    for o in listed["annotations"]:
        if not o.get("iscrowd") and isinstance(o["segmentation"], list) and o["area"] >= LEAST_AREA:
            held_out, picture = pictures[o["image_id"]]
            found[held_out].append((picture, o["segmentation"]))
    return found


def mask_of(picture, polygons):
    mask = Image.new("L", (picture.shape[1], picture.shape[0]))
    for polygon in polygons:
        ImageDraw.Draw(mask).polygon(polygon, fill=255)
    return mask


def smooth(mask, blur, least):
    return mask.filter(ImageFilter.GaussianBlur(blur)).point(lambda v: 255 if v > least else 0)


def framed(mask, margins, shape):
    """shape: what of ImageDraw fills a box, "rectangle" or "ellipse"; margins: px left, above, right and below."""
    box, drawn = mask.getbbox(), Image.new("L", mask.size)
    sides = [b + m*(1 if i > 1 else -1) for i, (b, m) in enumerate(zip(box, margins))]
    if sides[0] < sides[2] and sides[1] < sides[3]:
        getattr(ImageDraw.Draw(drawn), shape)(sides, fill=255)
    return drawn


def careless(rng, size):
    """Margins of a box, now and then one that cuts off a part of the object."""
    margins = [size*rng.uniform(-0.05, 0.14) for _ in range(4)]
    if rng.random() < 0.4:
        margins[rng.randrange(4)] = -size*rng.uniform(0, 0.25)
    return [round(m) for m in margins]


def lasso(rng, mask, n, loose):
    """A polygon of n corners around the middle, each beyond what is seen in its direction."""
    ys, xs = np.nonzero(np.asarray(mask) > 127)
    y, x = ys.mean(), xs.mean()
    at, far = np.arctan2(ys - y, xs - x), np.hypot(ys - y, xs - x)
    sector = ((at + math.pi)/(2*math.pi)*n).astype(int) % n
    corners = []
    for i in range(n):
        here = far[(sector == i) | (sector == (i + 1) % n)]
        radius = (here.max() if len(here) else 0.3*far.max())*(1 + loose*rng.random()) + 1
        angle = (i + 1)*2*math.pi/n - math.pi
        corners.append((x + radius*math.cos(angle), y + radius*math.sin(angle)))
    drawn = Image.new("L", mask.size)
    ImageDraw.Draw(drawn).polygon(corners, fill=255)
    return drawn


def wobbling(rng, mask, blur, least):
    """The outline moved in and out by an unsteady hand."""
    step = rng.randrange(8, 32)
    small = [max(2, n//step) for n in mask.size]
    noise = Image.fromarray(np.array([[rng.randrange(-40, 41) + 128 for _ in range(small[0])]
                                      for _ in range(small[1])], np.uint8)).resize(mask.size, Image.BICUBIC)
    moved = ImageChops.add(mask.filter(ImageFilter.GaussianBlur(blur)), noise, 1, -128)
    return moved.point(lambda v: 255 if v > least else 0)


def draw(rng, mask):
    """A rough selection of an object; mask: of mode L, CROP px large."""
    kind, size = rng.random(), max(math.sqrt((np.asarray(mask) > 127).sum()), 4)
    blur = size*0.012*25**rng.random()
    if kind < 0.25:
        drawn = smooth(mask, blur, rng.uniform(15, 60))
    elif kind < 0.34:
        drawn = smooth(mask, 0.4*blur, rng.uniform(150, 235))
    elif kind < 0.55:
        drawn = framed(mask, careless(rng, size), "rectangle")
    elif kind < 0.69:
        drawn = framed(mask, careless(rng, size), "ellipse")
    elif kind < 0.81:
        drawn = lasso(rng, mask, rng.randrange(5, 24), 0.3)
    elif kind < 0.95:
        drawn = wobbling(rng, mask, max(blur, 2), rng.uniform(45, 110))
    else:
        drawn = smooth(mask, 0.7, 127)
    return drawn if drawn.getbbox() else mask.point(lambda v: 255 if v > 127 else 0)


def crop_of(picture, mask):
    """(h, w, 3) and (h, w) uint8 to images, the object in the middle and CROP px large."""
    box = Image.fromarray(mask).getbbox()
    left, top, right, bottom = window_of(box, *mask.shape, [AROUND]*4)
    factor = CROP/max(box[2] - box[0], box[3] - box[1])
    size = max(1, round((right - left)*factor)), max(1, round((bottom - top)*factor))
    return [Image.fromarray(p[top:bottom, left:right]).resize(size, Image.BILINEAR) for p in (picture, mask)]


def window_around(selection, margin):
    return window_of(selection.getbbox(), selection.height, selection.width, [margin]*4)


def look(picture, mask, selection, window, height, width):
    """Picture (h, w, 3), mask and selection (h, w) as the network sees them."""
    return [np.array(p.resize((width, height), Image.BILINEAR, window)) for p in (picture, mask, selection)]


def as_batch(samples):
    """[(picture, mask, selection)] to tensors (n, c, h, w) in 0..1."""
    pictures, masks, selections = (torch.from_numpy(np.stack(p)).float()/255 for p in zip(*samples))
    return pictures.permute(0, 3, 1, 2), masks[:, None], selections[:, None]


class Windows:
    """Of the pictures of OBJECTS, of objects cut out of some and put into others, and of the still lifes of STILLS."""

    def __init__(self, stills, objects):
        self.training, self.validation = read_objects(objects)
        self.stills = Stills(stills).training

    def composite(self, rng, picture, mask):
        """The object in a part of another picture."""
        other = rng.choice(self.training)[0]
        h, w = (min(a, b) for a, b in zip(other.shape[:2], picture.shape[:2]))
        y, x = (rng.randrange(a - b + 1) for a, b in zip(other.shape[:2], (h, w)))
        ground = Image.fromarray(other[y:y + h, x:x + w]).resize((picture.shape[1], picture.shape[0]), Image.BILINEAR)
        ground.paste(Image.fromarray(picture), (0, 0), mask.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.2))))
        return np.asarray(ground)

    def scene(self, rng):
        """A picture (h, w, 3) and the coverage of an object there (h, w), uint8."""
        kind = rng.random()
        if kind < STILLS:
            full, _, alpha = rng.choice(self.stills)
            return full, alpha
        picture, polygons = rng.choice(self.training)
        mask = mask_of(picture, polygons)
        if not mask.getbbox():
            return self.scene(rng)
        if kind < STILLS + COMPOSITES:
            picture = self.composite(rng, picture, mask)
        return picture, np.asarray(mask)

    def sample(self, rng, height, width):
        picture, mask = crop_of(*self.scene(rng))
        if mask.getextrema()[1] < 128:
            return self.sample(rng, height, width)
        selection = draw(rng, mask)
        window = window_around(selection, MARGIN*rng.uniform(0.6, 1.5))
        sample = look(picture, mask, selection, window, height, width)
        return [np.ascontiguousarray(p[:, ::-1]) for p in sample] if rng.random() < 0.5 else sample

    def batch(self, rng, count):
        height, width = rng.choice(SIZES)
        pictures, masks, selections = as_batch([self.sample(rng, height, width) for _ in range(count)])
        return vary(rng, pictures), masks, selections
