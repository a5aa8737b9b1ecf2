"""Training samples: rendered still lifes whose layers are known, and photographs into which an object is put together
with a shadow and a reflection."""
import csv
import json
import pathlib
import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFilter

VALIDATION_SHARE = 12  # one scene in so many is kept out of training
SIZES = ((144, 192), (144, 192), (160, 176), (176, 160), (192, 144), (128, 208))  # height, width; about the same area
LEAST_AREA = 60  # px, of an object that counts
GAMMA = 2.2


class Stills:
    """What stills.py writes; more() picks up what has been rendered since."""

    def __init__(self, folder):
        self.folder, self.known, self.training, self.validation = pathlib.Path(folder), set(), [], []
        self.more()

    def more(self):
        for file in sorted(self.folder.glob("*.npz")):
            if file.name.endswith(".part.npz") or file in self.known:
                continue
            self.known.add(file)
            with np.load(file) as held:
                full, clean, alpha = held["full"], held["clean"], held["alpha"]
            kept_out = int(file.stem) % VALIDATION_SHARE == 0
            for c, a in zip(clean, alpha):
                if (a > 127).sum() >= LEAST_AREA:
                    (self.validation if kept_out else self.training).append((full, c, a))

    def sample(self, rng):
        return rng.choice(self.training)


class Composites:
    """Photographs, and objects cut out by their outlines from pictures under a free licence."""

    def __init__(self, photographs, objects):
        photographs, objects = pathlib.Path(photographs), pathlib.Path(objects)
        with open(photographs/"MANIFEST.tsv", newline="", encoding="utf-8") as f:
            files = [photographs/row["file"] for row in csv.DictReader(f, delimiter="\t")]
        self.grounds = [np.asarray(Image.open(f).convert("RGB").reduce(2)) for f in files]
        listed = json.loads((objects/"instances.json").read_text())
        pictures = {p["id"]: p for p in listed["images"] if p["free"]}
        self.objects = []
        for outline in listed["annotations"]:
            picture = pictures.get(outline["image_id"])
            if picture and not outline.get("iscrowd") and isinstance(outline["segmentation"], list):
                self.cut_out(objects/"images"/picture["file_name"], outline)

    def cut_out(self, file, outline):
        x, y, w, h = outline["bbox"]
        if outline["area"] < 1500 or outline["area"] < 0.15*w*h:
            return
        with Image.open(file) as held:
            picture = held.convert("RGB")
        if x < 2 or y < 2 or x + w > picture.width - 2 or y + h > picture.height - 2:
            return
        mask = Image.new("L", picture.size)
        for part in outline["segmentation"]:
            ImageDraw.Draw(mask).polygon(part, fill=255)
        box = (int(x) - 2, int(y) - 2, int(x + w) + 2, int(y + h) + 2)
        mask = mask.filter(ImageFilter.GaussianBlur(0.7))
        self.objects.append((np.asarray(picture.crop(box)), np.asarray(mask.crop(box))))

    def ground(self, rng, height, width):
        """(3, h, w), linear light."""
        p = rng.choice(self.grounds)
        share = rng.uniform(0.4, 1)*min(p.shape[0]/height, p.shape[1]/width)
        h, w = height*share, width*share
        y, x = rng.uniform(0, p.shape[0] - h), rng.uniform(0, p.shape[1] - w)
        held = Image.fromarray(p).resize((width, height), Image.BICUBIC, (x, y, x + w, y + h))
        held = held.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else held
        ground = torch.from_numpy(np.array(held)).permute(2, 0, 1).float().div_(255)
        return (even(ground, rng) if rng.random() < 0.5 else ground).pow(GAMMA)

    def place(self, rng, height, width, low, high):
        """One object standing or in the air: (colours, coverage, y of the floor below it), in the picture's size."""
        colours, mask = rng.choice(self.objects)
        factor = rng.uniform(low, high)*min(height/mask.shape[0], width/mask.shape[1])
        size = max(8, round(mask.shape[1]*factor)), max(8, round(mask.shape[0]*factor))
        colours, mask = (Image.fromarray(p).resize(size, Image.BICUBIC) for p in (colours, mask))
        if rng.random() < 0.5:
            colours, mask = (p.transpose(Image.FLIP_LEFT_RIGHT) for p in (colours, mask))
        x = rng.randint(0, width - size[0]) if size[0] < width else 0
        y = rng.randint((height - size[1])//3, max((height - size[1])//3, height - size[1] - 4))
        full, coverage = Image.new("RGB", (width, height)), Image.new("L", (width, height))
        full.paste(colours, (x, y))
        coverage.paste(mask, (x, y))
        coverage = torch.from_numpy(np.array(coverage)).float().div_(255)
        full = torch.from_numpy(np.array(full)).permute(2, 0, 1).float().div_(255).pow_(GAMMA)
        return full, coverage, y + size[1] - 2 + (round(rng.uniform(0, 0.6)*size[1]) if rng.random() < 0.2 else 0)

    def sample(self, rng):
        height, width = rng.choice(SIZES)
        def lamp(least, most):
            depth = rng.uniform(0.08, 0.7)*rng.choice((-1, -1, 1))
            return rng.uniform(-2.4, 2.4), depth, most - (most - least)*rng.random()**2
        lamps = [lamp(0.3, 0.97)]
        if rng.random() < 0.3:
            lamps.append(lamp(0.1, 0.4))
        soft, contact = 0.004*25**rng.random(), rng.uniform(0, 0.7)*(rng.random() < 0.7)
        tint = torch.tensor([rng.uniform(0.9, 1.1) for _ in range(3)]).view(3, 1, 1)
        shine = rng.uniform(0.04, 0.3) if rng.random() < 0.35 else 0
        fade = rng.uniform(0.3, 3)
        ground = self.ground(rng, height, width)
        light = torch.ones(1, height, width)
        objects = [self.place(rng, height, width, 0.2, 0.5) for _ in range(rng.randrange(3))]
        objects.append(self.place(rng, height, width, 0.25, 0.6))
        for i, (colours, coverage, foot) in enumerate(objects):
            last = i == len(objects) - 1
            if last:
                clean = ground.clone()
            shade = torch.ones(1, height, width)
            for slant, depth, power in lamps:
                shade = shade - power*cast(coverage, foot, slant, depth, soft)
            shade = shade.clamp(min=0.03)*(1 - contact*touch(coverage, foot))
            before, light = light, torch.minimum(light, shade)
            ground = ground*(light/before).pow(tint)
            if shine:
                mirrored, seen = mirror(colours*coverage, coverage, foot, fade)
                ground = ground*(1 - shine*seen) + shine*mirrored
            ground = ground + coverage*(colours - ground)
            if not last:
                light = light + coverage*(1 - light)
        coverage = objects[-1][1]
        if (coverage > 0.5).sum() < LEAST_AREA:
            return self.sample(rng)
        full, clean = (p.clamp(0, 1).pow(1/GAMMA).mul(255).round().byte().permute(1, 2, 0).numpy()
                       for p in (ground, clean))
        return full, clean, coverage.mul(255).round().byte().numpy()


def even(ground, rng):
    """Brighter and with less in it: most shadows that are seen lie on streets, sand, lawns and walls."""
    side = rng.randrange(1, 5)
    broad = F.interpolate(F.adaptive_avg_pool2d(ground[None], side), ground.shape[1:], mode="bicubic")[0]
    light = rng.uniform(0.4, 0.9)/broad.mean().clamp(min=0.05)
    return (broad*light + rng.uniform(0, 0.7)*(ground - broad)).clamp(0, 1)


def blur(plane, sigma):
    held = Image.fromarray(plane.mul(255).round().byte().numpy()).filter(ImageFilter.GaussianBlur(sigma))
    return torch.from_numpy(np.array(held)).float().div_(255)


def warp(planes, source_y, source_x):
    """planes: (c, h, w), looked up at places in pixels; 0 outside."""
    h, w = planes.shape[1:]
    grid = torch.stack([(source_x + 0.5)*2/w - 1, (source_y + 0.5)*2/h - 1], -1)
    return F.grid_sample(planes[None], grid[None], align_corners=False)[0]


def rows_and_columns(h, w):
    return torch.meshgrid(torch.arange(h).float(), torch.arange(w).float(), indexing="ij")


def cast(coverage, foot, slant, depth, soft):
    """The shadow on a floor: a point as high as z lands at slant*z to the side and depth*z below the foot; the higher,
    the softer."""
    h, w = coverage.shape
    y, x = rows_and_columns(h, w)
    depth = depth if abs(depth) > 0.05 else 0.05
    z = (y - foot)/depth
    inside = (z >= -1).float()
    softest = max(1.0, soft*h)
    sheets = torch.stack([blur(coverage, s) for s in (0.3*softest, softest, 2*softest)])
    seen = warp(sheets, foot - z.clamp(min=0), x - slant*z)*inside
    level = (z/(0.5*h)).clamp(0, 1)*2
    weight = [(1 - level).clamp(min=0), 1 - (level - 1).abs(), (level - 1).clamp(min=0)]
    return blur(sum(a*b for a, b in zip(weight, seen)), 0.3*softest)[None]


def touch(coverage, foot):
    """Darkness where an object meets the floor."""
    h, w = coverage.shape
    y, x = rows_and_columns(h, w)
    near = (coverage[max(0, min(foot, h - 1) - h//16):foot + 1].amax(0) > 0.5).nonzero()
    if len(near) == 0:
        return torch.zeros(1, h, w)
    left, right = near.min().item(), near.max().item()
    radius = max(3.0, 0.6*(right - left + 1))
    d = ((x - 0.5*(left + right))/radius)**2 + ((y - foot)/max(2.0, 0.25*radius))**2
    return torch.exp(-1.5*d)[None]


def mirror(colours, coverage, foot, fade):
    """Object and coverage upside down below its foot, weaker with the distance."""
    h, w = coverage.shape
    y, x = rows_and_columns(h, w)
    source = 2*foot - y
    planes = warp(torch.cat([colours, coverage[None]]), source.clamp(max=foot), x)
    planes = planes*(y >= foot)*torch.exp(-fade*(y - foot).clamp(min=0)/h)
    return planes[:3], planes[3:]


def box_of(alpha):
    """(left, top, right, bottom) of what is covered by more than half."""
    covered = np.asarray(alpha) > 127
    rows, columns = np.nonzero(covered.any(1))[0], np.nonzero(covered.any(0))[0]
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def window_of(box, height, width, margins):
    """The box with margins (left, top, right, bottom) in units of its longer side, within the picture."""
    unit = max(box[2] - box[0], box[3] - box[1])
    return (max(0, round(box[0] - margins[0]*unit)), max(0, round(box[1] - margins[1]*unit)),
            min(width, round(box[2] + margins[2]*unit)), min(height, round(box[3] + margins[3]*unit)))


def size_of(window, longer_side, multiple):
    """Height and width, multiples of multiple, at which a network sees a window."""
    w, h = window[2] - window[0], window[3] - window[1]
    scale = longer_side/max(w, h)
    return [max(multiple, round(n*scale/multiple)*multiple) for n in (h, w)]


def spoil(alpha, rng):
    """An (h, w) uint8 coverage as a matting from a rough selection may give it."""
    if rng.random() < 0.4:
        return alpha
    held = Image.fromarray(alpha)
    if rng.random() < 0.6:
        h, w = alpha.shape
        y, x = rows_and_columns(h, w)
        bend = F.interpolate(torch.randn(1, 2, 6, 8), (h, w), mode="bicubic")[0]*rng.uniform(0, 2)
        p = warp(torch.from_numpy(np.array(held)).float()[None], y + bend[0], x + bend[1])
        held = Image.fromarray(p[0].round().byte().numpy())
    kind = rng.randrange(5)
    if kind < 2:
        held = held.filter((ImageFilter.MaxFilter, ImageFilter.MinFilter)[kind](3))
    if rng.random() < 0.3:
        held = held.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.5)))
    spoiled = np.asarray(held)
    return spoiled if (spoiled > 127).sum() >= LEAST_AREA//3 else alpha


def cut(sample, rng, height, width):
    """A window around the object, in the given size: full, clean, alpha as float tensors."""
    full, clean, alpha = sample
    low = 0.6 if rng.random() < 0.7 else 0.2
    window = list(window_of(box_of(alpha), *alpha.shape, [rng.uniform(low, 2.4) for _ in range(4)]))
    box = box_of(alpha)
    for across in (0, 1):  # not stretched by more than a fifth
        size, other = window[2 + across] - window[across], window[3 - across] - window[1 - across]
        most = 1.2*other*(width/height if across == 0 else height/width)
        if size > most:
            spare = size - max(most, box[2 + across] - box[across])
            before = min(rng.uniform(0, spare), box[across] - window[across])
            after = min(spare - before, window[2 + across] - box[2 + across])
            window[across] += int(before)
            window[2 + across] -= int(after)
    if rng.random() < 0.5:
        full, clean, alpha = (np.ascontiguousarray(p[:, ::-1]) for p in (full, clean, alpha))
        window[0], window[2] = alpha.shape[1] - window[2], alpha.shape[1] - window[0]
    held = [np.array(Image.fromarray(p).resize((width, height), Image.BILINEAR, tuple(window)))
            for p in (full, clean, alpha)]
    return held if (held[2] > 127).sum() >= LEAST_AREA//2 else None


def tint(full, clean, grounds, rng):
    """Other colours and textures for both, as if things were made of something else."""
    gamma = rng.uniform(0.8, 1.25)
    slope = torch.tensor([rng.uniform(0.75, 1.2) for _ in range(3)]).view(3, 1, 1)
    if rng.random() < 0.3:
        slope[:] = slope[0]
    full, clean = full.pow(gamma)*slope, clean.pow(gamma)*slope
    if rng.random() < 0.35:
        texture = grounds(rng, *full.shape[1:]).pow(1/GAMMA)
        texture = 1 + rng.uniform(0.3, 1)*(texture/texture.mean().clamp(min=0.05) - 1)
        top = max(1.0, (clean*texture).flatten().kthvalue(int(0.98*clean.numel())).values.item())
        full, clean = full*texture/top, clean*texture/top
    if rng.random() < 0.1:
        full, clean = (p.mean(0, keepdim=True).expand(3, -1, -1) for p in (full, clean))
    if rng.random() < 0.3:
        noise = torch.randn(full.shape)*rng.uniform(0, 0.03)
        full, clean = full + noise, clean + noise
    return full.clamp(0, 1), clean.clamp(0, 1)


def strength(full, clean, alpha, rng):
    """The full picture with weaker or stronger effects; weak ones are also what a first look leaves, strong ones what
    the sun makes: a shadow's gain to the power, a reflection times the power, but not by much."""
    power = 0.3*15**rng.random()
    shadow = clean*(full/clean.clamp(min=1e-3)).clamp(max=1).pow(power)
    reflection = clean + min(power, 1.5)*(full - clean)
    return (full + (1 - alpha)*(torch.where(full < clean, shadow, reflection) - full)).clamp(0, 1)


def develop(pictures, rng):
    """As cameras do: the darkest become black and contrast rises, so that shadows in the sun lose all they held."""
    black, bend = rng.uniform(0, 0.3), rng.uniform(0, 0.8)
    pictures = [((p - black)/(1 - black)).clamp(0, 1) for p in pictures]
    return [p + bend*(p*p*(3 - 2*p) - p) for p in pictures]


def batch(stills, composites, rng, count, composite_share=0.25, smaller=False):
    """(full, clean, given, alpha, boxes): pictures (n, 3, h, w), coverage as found and as it is (n, 1, h, w)."""
    height, width = (n//24*16 if smaller else n for n in rng.choice(SIZES))
    parts = []
    while len(parts) < count:
        source = composites if rng.random() < composite_share else stills
        held = cut(source.sample(rng), rng, height, width)
        if held is None:
            continue
        full, clean = (torch.from_numpy(p).permute(2, 0, 1).float()/255 for p in held[:2])
        full, clean = tint(full, clean, composites.ground, rng) if rng.random() < 0.7 else (full, clean)
        given = spoil(held[2], rng)
        planes = [torch.from_numpy(p.copy())[None].float()/255 for p in (given, held[2])]
        full = strength(full, clean, planes[1], rng) if rng.random() < 0.5 else full
        full, clean = develop((full, clean), rng) if rng.random() < 0.4 else (full, clean)
        parts.append((full, clean, *planes, torch.tensor([int(n) for n in box_of(given)])))
    return [torch.stack(p) for p in zip(*parts)]
