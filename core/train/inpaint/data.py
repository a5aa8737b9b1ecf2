"""Training samples: windows of photographs and rendered still lifes with holes of objects' shapes."""
import json
import pathlib

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter

from upscale import data as photographs

VALIDATION_SHARE = 12  # one in so many is kept out of training
SIZES = ((64, 64), (56, 64), (64, 56), (48, 64), (64, 48), (40, 72), (72, 40))  # height, width
LEAST_AREA = 30  # px of a hole


def read_shapes(folder):
    """Masks of the objects in free pictures of a folder in the format of COCO, each cut to its box."""
    listed = json.loads((pathlib.Path(folder)/"instances.json").read_text())
    pictures = {p["id"] for p in listed["images"] if p["free"]}
    shapes = []
    for outline in listed["annotations"]:
        parts = outline["segmentation"]
        x, y, w, h = outline["bbox"]
        if (outline["image_id"] not in pictures or outline.get("iscrowd") or not isinstance(parts, list)
                or min(w, h) < 24):
            continue
        mask = Image.new("L", (round(w), round(h)))
        for part in parts:
            moved = [v - (x, y)[i % 2] for i, v in enumerate(part)]
            ImageDraw.Draw(mask).polygon(moved, fill=255)
        shapes.append(mask)
    return shapes


class Windows:
    """Of photographs, the free pictures of OBJECTS and the clean pictures of STILLS."""

    def __init__(self, stills, pictures, objects):
        self.shapes = read_shapes(objects)
        training, validation = photographs.read_pictures(pictures)
        free = photographs.read_free(objects, 1)
        self.training = [training, [p for i, p in enumerate(free) if i % VALIDATION_SHARE], []]
        self.validation = [validation, free[::VALIDATION_SHARE], []]
        for file in sorted(pathlib.Path(stills).glob("*.npz")):
            if not file.name.endswith(".part.npz"):
                with np.load(file) as held:
                    kept_out = int(file.stem) % VALIDATION_SHARE == 0
                    (self.validation if kept_out else self.training)[2].extend(held["clean"])

    @staticmethod
    def position(rng, length, size):
        """Rather in the middle, but sometimes cut by the border."""
        if rng.random() < 0.2:
            return round(rng.choice((-size*rng.random()/2, length - size*rng.uniform(0.5, 1))))
        return round((length - size)*(rng.random() + rng.random())/2)

    def hole(self, rng, height, width):
        mask = Image.new("L", (width, height))
        for _ in range(rng.choice((1, 1, 1, 1, 2))):
            size = [max(6, round(n*rng.uniform(0.15, 0.55))) for n in (width, height)]
            shape = rng.choice(self.shapes).resize(size, Image.BILINEAR).point(lambda v: 255 if v > 100 else 0)
            shape = shape.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else shape
            x, y = (self.position(rng, n, s) for n, s in zip((width, height), size))
            mask.paste(255, (x, y), shape)
        return mask.filter(ImageFilter.MaxFilter(rng.choice((1, 3, 3, 5))))

    def sample(self, rng, height, width, pictures):
        """(picture, known), both uint8."""
        p = rng.choice(rng.choice(pictures))
        share = rng.uniform(0.4, 1)*min(p.shape[0]/height, p.shape[1]/width)
        h, w = height*share, width*share
        y, x = rng.uniform(0, p.shape[0] - h), rng.uniform(0, p.shape[1] - w)
        window = Image.fromarray(p).resize((width, height), Image.BICUBIC, (x, y, x + w, y + h))
        window = window.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else window
        hole = np.asarray(self.hole(rng, height, width))
        if (hole > 0).sum() < LEAST_AREA:
            return self.sample(rng, height, width, pictures)
        return np.array(window), (hole == 0).astype(np.uint8)

    def batch(self, rng, count, pictures=None):
        """(picture, known) as floats, of one size; the colours varied."""
        height, width = rng.choice(SIZES)
        windows, known = zip(*(self.sample(rng, height, width, pictures or self.training) for _ in range(count)))
        windows = torch.from_numpy(np.stack(windows)).permute(0, 3, 1, 2).float()/255
        if not pictures:
            windows = vary(rng, windows)
        return windows, torch.from_numpy(np.stack(known))[:, None].float()


def vary(rng, pictures):
    """Other light and other colours."""
    for i in range(len(pictures)):
        gamma, gain = rng.uniform(0.7, 1.4), torch.tensor([rng.uniform(0.85, 1.1) for _ in range(3)]).view(3, 1, 1)
        pictures[i] = (pictures[i].pow(gamma)*gain).clamp(0, 1)
        if rng.random() < 0.15:
            pictures[i] = pictures[i].mean(0, keepdim=True)
        elif rng.random() < 0.3:
            pictures[i] = pictures[i][rng.sample(range(3), 3)]
    return pictures
