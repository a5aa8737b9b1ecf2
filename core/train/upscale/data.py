"""Training pictures: reading, splitting by photograph, drawing what is missing, cutting and damaging patches."""
import csv
import io
import json
import pathlib
import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont

VALIDATION_SHARE = 12  # one photograph in so many is kept out of training


def read_pictures(folder):
    """(training, validation): lists of (h, w, 3) uint8 arrays. Tiles of one photograph stay together."""
    folder = pathlib.Path(folder)
    with open(folder/"MANIFEST.tsv", newline="", encoding="utf-8") as f:
        rows = sorted(csv.DictReader(f, delimiter="\t"), key=lambda r: r["file"])
    photographs = sorted({(r["source_repo"], r["original_path"]) for r in rows})
    held_out = set(photographs[::VALIDATION_SHARE])
    training, validation = [], []
    for r in rows:
        picture = np.asarray(Image.open(folder/r["file"]).convert("RGB"))
        kept_out = (r["source_repo"], r["original_path"]) in held_out
        (validation if kept_out else training).append(picture)
    return training, validation


def read_free(folder, factor=0.6):
    """The pictures under a free licence of a folder with instances.json, smaller, which hides what JPEG did to them."""
    folder = pathlib.Path(folder)
    listed = json.loads((folder/"instances.json").read_text())
    pictures = [Image.open(folder/"images"/p["file_name"]).convert("RGB") for p in listed["images"] if p["free"]]
    return [np.asarray(p.resize((round(p.width*factor), round(p.height*factor)), Image.LANCZOS)) for p in pictures]


def draw_page(rng, side=512):
    """A page of text, lines and shapes: sharp edges that photographs seldom have."""
    def colour():
        return tuple(rng.randrange(256) for _ in range(3))
    scale = 3  # drawn large and averaged, so that edges fall between pixels
    page = Image.new("RGB", (side*scale, side*scale), colour() if rng.random() < 0.5 else (255, 255, 255))
    draw = ImageDraw.Draw(page)
    for _ in range(rng.randrange(4, 16)):
        box = [rng.randrange(side*scale) for _ in range(4)]
        box = [min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]) + 1, max(box[1], box[3]) + 1]
        kind = rng.randrange(4)
        if kind == 0:
            draw.ellipse(box, colour() if rng.random() < 0.5 else None, colour(), rng.randrange(1, 12))
        elif kind == 1:
            draw.polygon([(rng.randrange(side*scale), rng.randrange(side*scale)) for _ in range(4)], colour())
        elif kind == 2:
            step, ink = rng.randrange(8, 40), colour()
            slope = rng.randrange(-side, side)
            for x in range(box[0], box[2], step):
                draw.line([(x, box[1]), (x + slope, box[3])], ink, max(1, step//rng.randrange(2, 5)))
        else:
            draw.line([(rng.randrange(side*scale), rng.randrange(side*scale)) for _ in range(5)],
                      colour(), rng.randrange(2, 14), joint="curve")
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;()-"
    y = rng.randrange(20)
    while y < side*scale:
        size = rng.randrange(18, 110)
        font, ink = ImageFont.load_default(size), colour() if rng.random() < 0.4 else (0, 0, 0)
        if rng.random() < 0.6:
            words = ("".join(rng.choice(letters) for _ in range(rng.randrange(1, 10))) for _ in range(40))
            draw.text((rng.randrange(200), y), " ".join(words), ink, font)
        y += int(size*rng.uniform(1.0, 1.6))
    return np.asarray(page.resize((side, side), Image.BOX))


def enlarge_stock(pictures, rng, pages=48):
    """The pictures, reduced copies of them (finer detail, less JPEG damage) and drawn pages."""
    stock = list(pictures)
    for factor in (0.75, 0.5):
        for p in pictures:
            size = (round(p.shape[1]*factor), round(p.shape[0]*factor))
            stock.append(np.asarray(Image.fromarray(p).resize(size, Image.BICUBIC)))
    return stock + [draw_page(rng) for _ in range(pages)]


def reduce(big, height, width):
    """Antialiased bicubic (a = -0.5) to 8 bits, as the measuring scripts make their small pictures."""
    small = F.interpolate(big, size=(height, width), mode="bicubic", antialias=True, align_corners=False)
    return (small.clamp(0, 1)*255).round()/255


def through_jpeg(picture, quality, subsampling):
    """A (3, h, w) picture, saved and read again."""
    pixels = (picture.clamp(0, 1)*255).round().byte().permute(1, 2, 0).numpy()
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=quality, subsampling=subsampling)
    return torch.from_numpy(np.asarray(Image.open(held)).copy()).permute(2, 0, 1).float()/255


def damage(small, clean_up, rng):
    """One (3, h, w) picture with blur, sensor noise and JPEG (once or twice), as strong as clean_up says."""
    p = small
    if rng.random() < 0.3:
        sigma = rng.uniform(0.1, 0.3 + 0.6*clean_up)
        taps = torch.exp(-torch.arange(-2, 3).float()**2/(2*sigma*sigma))
        taps = (taps/taps.sum()).view(1, 1, 1, 5).expand(3, 1, 1, 5)
        q = F.conv2d(F.pad(p[None], (2, 2, 2, 2), mode="replicate"), taps, groups=3)
        p = F.conv2d(q, taps.transpose(2, 3), groups=3)[0]
    if rng.random() < 0.5:
        level = clean_up*rng.uniform(0.2, 1.0)*20/255
        p = p + torch.randn(p.shape if rng.random() < 0.6 else (1, *p.shape[1:]))*level
    for _ in range(2 if rng.random() < 0.2 else 1):
        if rng.random() < 0.85:
            quality = round(min(98.0, max(25.0, 95 - 80*clean_up + rng.uniform(-8, 8))))
            p = through_jpeg(p, quality, rng.choice((0, 2)))
    return (p.clamp(0, 1)*255).round()/255


def cut(stock, rng, height, width):
    """One patch; of two places the one with more detail, since flat ones teach nothing."""
    best, most = None, -1.0
    for _ in range(2):
        while True:
            p = rng.choice(stock)
            if p.shape[0] >= max(height, width) <= p.shape[1]:
                break
        turned = rng.random() < 0.5
        h, w = (width, height) if turned else (height, width)
        y, x = rng.randint(0, p.shape[0] - h), rng.randint(0, p.shape[1] - w)
        patch = p[y:y + h, x:x + w]
        green = patch[::2, ::2, 1].astype(np.int16)
        detail = np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean()
        if detail > most:
            best, most = patch.swapaxes(0, 1) if turned else patch, detail
    best = best[::-1] if rng.random() < 0.5 else best
    return best[:, ::-1] if rng.random() < 0.5 else best


def batch(stock, rng, count, side, scale_y, scale_x, damaged=0.125):
    """(big, small, clean_up): count patches whose small pictures are side x side."""
    height, width = round(side*scale_y), round(side*scale_x)
    cuts = np.stack([np.ascontiguousarray(cut(stock, rng, height, width)) for _ in range(count)])
    big = torch.from_numpy(cuts).permute(0, 3, 1, 2).float()/255
    if rng.random() < 0.3:  # an even area must stay even, and none is cut otherwise
        shade = rng.choice((0.0, 1.0, rng.random()))
        big[-1] = torch.tensor([shade if rng.random() < 0.6 else rng.random() for _ in range(3)]).view(3, 1, 1)
    small = reduce(big, side, side)
    clean_up = torch.zeros(count)
    for i in range(round(count*damaged)):
        clean_up[i] = rng.uniform(0.05, 1.0)
        small[i] = damage(small[i], clean_up[i].item(), rng)
    return big, small, clean_up


def random_scales(rng):
    """Factors (y, x): the common ones, any in 1..4, and unequal ones. Beyond x4 the network is not asked. Small ones
    are drawn more often: there most is left to learn, as there is most detail."""
    def one():
        return rng.choice((1.5, 2.0, 3.0, 4.0)) if rng.random() < 0.45 else 1.1*(4/1.1)**rng.random()**1.5
    if rng.random() < 0.2:
        return tuple(1.0 if rng.random() < 0.1 else one() for _ in range(2))
    s = one()
    return s, s
