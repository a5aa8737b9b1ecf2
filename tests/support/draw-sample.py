"""draw-sample.py OUT.png [still-life|street]: draws a scene, always the same: the still life at a window that is
tests/demo/sample.png, or a street with lettering, wires, foliage and a facade.

The scene is drawn at four times its size and reduced with a slight blur, so that it has about the
sharpness of a photograph. Functions take and give arrays of height x width x 3, linear light, 0..1.
"""
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT, ZOOM = 480, 320, 4
W, H = WIDTH * ZOOM, HEIGHT * ZOOM
TABLE = int(H * 0.66)  # the row where the table begins
rng = np.random.default_rng(7)
yy, xx = np.mgrid[0:H, 0:W].astype(np.float32)


def rgb(*values):
    return (np.array(values, np.float32) / 255) ** 2.2


def noise(cell, octaves=4):
    """Smooth noise -1..1 whose largest features are cell px wide."""
    total = np.zeros((H, W), np.float32)
    weight = 1.0
    for _ in range(octaves):
        grid = rng.standard_normal((H // cell + 2, W // cell + 2)).astype(np.float32)
        layer = Image.fromarray(grid).resize((W + 2 * cell, H + 2 * cell), Image.BICUBIC)
        total += weight * np.asarray(layer)[:H, :W]
        weight /= 2
        cell = max(2, cell // 2)
    return total / np.abs(total).max()


def over(base, mask, colour):
    """colour (array or rgb) over base where mask is 1."""
    return base + mask[..., None] * (colour - base)


def drawn(draw_function):
    """A mask H x W from what draw_function draws in white, with soft edges."""
    mask = Image.new("L", (W, H))
    draw_function(ImageDraw.Draw(mask))
    return np.asarray(mask.filter(ImageFilter.GaussianBlur(0.8)), np.float32) / 255


def soft(mask, radius):
    return np.asarray(Image.fromarray(np.uint8(mask * 255)).filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def sphere(cx, cy, r):
    """Mask, and the normal's components, of a sphere at cx, cy with radius r px."""
    u, v = (xx - cx) / r, (yy - cy) / r
    q = u * u + v * v
    mask = np.clip((1 - np.sqrt(q)) * r / 1.5, 0, 1)
    return mask, u, v, np.sqrt(np.clip(1 - q, 0, 1))


def wall():
    """Bricks, lit from the left."""
    bw, bh = 176, 64
    row = np.floor(yy / bh)
    shifted = xx + (row % 2) * bw / 2 + 6 * noise(90)
    col = np.floor(shifted / bw)
    u, v = shifted - col * bw, yy - row * bh
    edge = np.minimum(np.minimum(u, bw - u), np.minimum(v, bh - v)) + 2.5 * noise(16)
    brick = np.clip((edge - 4) / 3, 0, 1)
    tone = rng.random((int(row.max()) + 1, int(col.max()) + 2)).astype(np.float32)
    pick = tone[row.astype(int), col.astype(int)]
    base = rgb(168, 96, 74) * (0.62 + 0.55 * pick[..., None]) * (1 + 0.22 * noise(24)[..., None])
    mortar = rgb(176, 164, 148) * (0.8 + 0.2 * noise(8)[..., None])
    return over(mortar, brick, base) * (0.95 - 0.45 * xx / W)[..., None]


def window(base):
    """A window with sky, hills and a lattice at the upper left."""
    x0, y0, x1, y1 = 120, 70, 860, 720
    t = np.clip((yy - y0) / (y1 - y0), 0, 1)[..., None]
    sky = rgb(96, 152, 214) * (1 - t) + rgb(240, 226, 204) * t
    clouds = np.clip(noise(220, 6) * 1.8 - 0.1, 0, 1)[..., None] * (1 - t) ** 0.4
    view = sky + clouds * (rgb(252, 250, 246) - sky) * 0.9
    for level, swing, colour in ((0.60, 40, (132, 152, 168)), (0.72, 55, (98, 128, 92)), (0.86, 30, (58, 92, 50))):
        line = y0 + level * (y1 - y0) + swing * np.sin(xx / (95 + swing) + level * 9) + 14 * noise(60)[0][None, :]
        view = over(view, np.clip((yy - line) / 2, 0, 1), rgb(*colour) * (1 + 0.3 * noise(12)[..., None]))
    pane = drawn(lambda d: d.rectangle((x0, y0, x1, y1), fill=255))
    frame = drawn(lambda d: d.rectangle((x0 - 34, y0 - 34, x1 + 34, y1 + 34), fill=255))
    grain = 1 + 0.07 * np.sin(yy / 3 + 14 * noise(200))[..., None]
    base = base * (1 - 0.55 * soft(frame, 26)[..., None])
    base = over(base, frame, rgb(232, 226, 212) * grain)
    base = over(base, pane, view * 1.25)

    def bars(d):
        d.rectangle(((x0 + x1) // 2 - 11, y0, (x0 + x1) // 2 + 11, y1), fill=255)
        for i in (1, 2):
            y = y0 + (y1 - y0) * i // 3
            d.rectangle((x0, y - 9, x1, y + 9), fill=255)

    return over(base, drawn(bars), rgb(222, 216, 202) * grain)


def table(base):
    """A woven, chequered cloth in perspective."""
    depth = np.clip((yy - TABLE) / (H - TABLE), 0.004, 1)
    far = 1 / (0.35 + depth)
    u, v = (xx - W * 0.45) * far * 1.4, far * 2100
    stripe_u, stripe_v = (np.sin(u / 60) > 0.2), (np.sin(v / 60) > 0.2)
    amount = (stripe_u * 0.5 + stripe_v * 0.5)[..., None]
    cloth = rgb(238, 232, 218) * (1 - amount) + rgb(36, 78, 122) * amount
    weave = 1 + 0.16 * np.sin(u / 2.6) * np.sin(v / 2.6) + 0.05 * noise(4, 1)
    mask = np.clip((yy - TABLE) / 2, 0, 1)
    return over(base, mask, cloth * weave[..., None] * (0.62 + 0.4 * (1 - xx / W))[..., None])


def shadow(base, cx, cy, rx, ry, depth=0.7):
    blob = np.exp(-(((xx - cx) / rx) ** 2 + ((yy - cy) / ry) ** 2) ** 1.4)
    return base * (1 - depth * blob * (yy > TABLE - 30))[..., None]


def fruit(base, cx, cy, r, colour, pores):
    base = shadow(base, cx + r * 0.7, cy + r * 0.86, r * 1.5, r * 0.34)
    mask, u, v, w = sphere(cx, cy, r)
    bump = pores * noise(10, 2)
    light = np.clip(-0.55 * u - 0.6 * v + 0.58 * w + bump, 0, None)
    rim = 0.10 * (1 - w) + 0.12 * np.clip(v, 0, 1)
    shine = np.clip(-0.42 * u - 0.48 * v + 0.77 * w + 0.4 * bump, 0, 1) ** 60
    skin = rgb(*colour) * (1 + 0.14 * noise(60)[..., None])
    return over(base, mask, skin * (0.12 + 1.05 * light + rim)[..., None] + 0.55 * shine[..., None])


def jar(base):
    """A glazed pot with a painted pattern, and grass and leaves in it."""
    cx, top, bottom, r = 1090, 560, 1010, 170
    t = np.clip((yy - top) / (bottom - top), 0, 1)
    half = r * (0.62 + 0.62 * np.sin(np.pi * (0.16 + 0.74 * t)) ** 1.2) * 0.86
    u = (xx - cx) / half
    inside = np.clip((1 - np.abs(u)) * half / 1.5, 0, 1) * (yy > top)
    inside = inside * np.clip((bottom + 34 * np.sqrt(np.clip(1 - u * u, 0, 1)) - 30 - yy) / 1.5, 0, 1)
    angle = np.arcsin(np.clip(u, -1, 1))
    zig = np.abs(((angle * 6 / np.pi + 40) % 1) - 0.5) * 80
    band = (np.abs(yy - 690 - zig) < 7) | (np.abs(yy - 860 + zig) < 7)
    band |= (np.abs(yy - 640) < 5) | (np.abs(yy - 915) < 5)
    dots = (((angle * 10 / np.pi + 40) % 1 - 0.5) * 60) ** 2 + (yy - 778) ** 2 < 160
    glaze = over(np.ones((H, W, 3), np.float32) * rgb(226, 220, 204), soft((band | dots).astype(np.float32), 1.2),
                 rgb(26, 70, 120))
    light = np.clip(-0.7 * u + 0.72 * np.sqrt(np.clip(1 - u * u, 0, 1)), 0, None)
    shine = np.exp(-((u + 0.45) / 0.09) ** 2) * np.clip(np.sin(np.pi * t), 0, 1) * 0.5
    base = shadow(base, cx + 190, bottom + 6, 330, 62)
    base = stems(base, cx, top)
    return over(base, inside, glaze * (0.14 + 0.95 * light)[..., None] + shine[..., None])


def stems(base, cx, top):
    for _ in range(150):
        lean, reach = rng.normal(0, 0.55), rng.uniform(240, 520)
        t = np.linspace(0, 1, 24)
        x = cx + rng.uniform(-80, 80) * (1 - t) + lean * reach * t ** 1.7
        y = top + 30 - reach * (t - 0.22 * abs(lean) * t ** 2)
        tone = rng.uniform(0.5, 1.3)
        colour = rgb(118, 140, 62) * tone if rng.random() < 0.7 else rgb(196, 176, 104) * tone
        base = strokes(base, list(zip(x, y)), rng.integers(3, 6), colour)
        if rng.random() < 0.3:
            base = leaf(base, x[-6], y[-6], lean, colour * 0.9)
    return base


def strokes(base, points, width, colour):
    """A thin line; only the box around it is touched."""
    x0, y0 = (max(0, int(min(p[i] for p in points)) - 9) for i in (0, 1))
    x1, y1 = (int(max(p[i] for p in points)) + 9 for i in (0, 1))
    x1, y1 = min(x1, W), min(y1, H)
    if x1 <= x0 or y1 <= y0:
        return base
    mask = Image.new("L", (x1 - x0, y1 - y0))
    ImageDraw.Draw(mask).line([(x - x0, y - y0) for x, y in points], fill=255, width=int(width), joint="curve")
    alpha = np.asarray(mask.filter(ImageFilter.GaussianBlur(0.8)), np.float32)[..., None] / 255
    base[y0:y1, x0:x1] += alpha * (colour - base[y0:y1, x0:x1])
    return base


def leaf(base, x, y, lean, colour):
    length, width, turn = rng.uniform(50, 95), rng.uniform(9, 17), lean + rng.normal(0, 0.8)
    t = np.linspace(0, np.pi, 16)
    along, across = length * (1 - np.cos(t)) / 2, width * np.sin(t)
    for side, tone in ((1, 1.15), (-1, 0.75)):
        px = x + along * np.sin(turn) + side * across * np.cos(turn)
        py = y - along * np.cos(turn) + side * across * np.sin(turn)
        mask = drawn(lambda d: d.polygon(list(zip(px, py)), fill=255))
        base = over(base, mask, colour * tone)
    return base


def book(base):
    """A lying book with a printed spine."""
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", 58)
    box = (1330, 968, 1890, 1078)
    base = shadow(base, 1640, 1086, 360, 40)
    cover = drawn(lambda d: d.rounded_rectangle(box, 16, fill=255))
    t = (yy - box[1]) / (box[3] - box[1])
    light = (0.45 + 0.75 * np.sin(np.pi * np.clip(t, 0, 1))) * (1 + 0.1 * noise(6, 2))
    base = over(base, cover, rgb(122, 34, 40) * light[..., None])

    def print_spine(d):
        d.text((1420, 987), "TRIPTYCH", font=font, fill=255)
        for x, width in ((1352, 8), (1378, 3), (1840, 3), (1866, 8)):
            d.line((x, 984, x, 1062), fill=255, width=width)

    return over(base, drawn(print_spine), rgb(232, 194, 110))


def basket(base):
    """A wicker bowl."""
    cx, top, bottom = 560, 900, 1090
    t = np.clip((yy - top) / (bottom - top), 0, 1)
    half = 330 * (1 - 0.34 * t ** 1.8)
    u = np.clip((xx - cx) / half, -1, 1)
    curve = 44 * np.sqrt(1 - u * u)
    inside = np.clip((1 - np.abs((xx - cx) / half)) * half / 1.5, 0, 1)
    inside = inside * np.clip((yy - top - curve) / 1.5, 0, 1) * np.clip((bottom + curve - yy) / 1.5, 0, 1)
    row = (yy - curve) / 15
    column = np.arcsin(u) * 15
    wicker = np.abs(np.sin(np.pi * row)) * (0.55 + 0.45 * np.sin(np.pi * column + np.pi * np.floor(row)))
    light = np.clip(-0.6 * u + 0.75 * np.sqrt(1 - u * u), 0.12, None)
    base = shadow(base, cx + 110, bottom + 36, 400, 56)
    return over(base, inside, rgb(204, 156, 92) * ((0.22 + 0.9 * wicker) * light * (1 + 0.15 * noise(8, 1)))[..., None])


def facade(base):
    """A wall of ashlar with rows of shuttered windows, and balconies before some."""
    x0, y0, x1, y1 = 0, 210, 1290, 1010
    front = drawn(lambda d: d.rectangle((x0, y0, x1, y1), fill=255))
    row = np.floor((yy - y0) / 40)
    joint = np.minimum((yy - y0) % 40, (xx + (row % 2) * 56) % 112)
    stone = rgb(206, 186, 156) * (1 + 0.16 * noise(30)[..., None] + 0.12 * noise(5, 2)[..., None])
    base = over(base, front, stone * (0.72 + 0.28 * np.clip(joint / 4, 0, 1))[..., None])
    for top in (262, 520, 778):
        for left in range(70, 1200, 246):
            base = shuttered(base, left, top, rgb(54, 92, 84) * rng.uniform(0.75, 1.25))
    for left in (38, 530, 1022):
        base = railing(base, left, left + 236, 700)
    return base


def shuttered(base, left, top, paint):
    right, bottom = left + 92, top + 176
    slats = 0.55 + 0.45 * np.abs(np.sin(np.pi * (yy - top) / 8))

    def shutters(d):
        d.rectangle((left - 52, top, left - 6, bottom), fill=255)
        d.rectangle((right + 6, top, right + 52, bottom), fill=255)

    def frame(d):
        for x in (left, (left + right) // 2, right):
            d.line((x, top, x, bottom), fill=255, width=6)
        for y in np.linspace(top, bottom, 5):
            d.line((left, y, right, y), fill=255, width=5)

    glass = rgb(70, 92, 116) * (0.4 + 1.2 * soft(np.clip(noise(70), 0, 1), 3))[..., None]
    base = over(base, drawn(lambda d: d.rectangle((left, top, right, bottom), fill=255)), glass)
    base = over(base, drawn(frame), rgb(238, 232, 220))
    base = over(base, drawn(shutters), paint * slats[..., None])
    return over(base, drawn(lambda d: d.rectangle((left - 12, bottom, right + 12, bottom + 12), fill=255)),
                rgb(226, 214, 190))


def railing(base, left, right, top):
    def iron(d):
        for y, width in ((top, 7), (top + 18, 3), (top + 74, 5)):
            d.line((left, y, right, y), fill=255, width=width)
        for x in range(left, right + 1, 12):
            d.line((x, top, x, top + 74), fill=255, width=3)
        for x in range(left + 6, right, 24):
            d.ellipse((x - 5, top + 22, x + 17, top + 44), outline=255, width=2)

    return over(base, drawn(iron), rgb(28, 28, 32))


def roof(base):
    """Round tiles in rows, each row half a tile aside of the one before."""
    row = np.floor((yy - 90) / 18)
    bow = np.abs(((xx + (row % 2) * 13) / 26) % 1 - 0.5)
    shade = np.clip((yy - 90) % 18 / 18 + 0.4 * np.cos(2 * np.pi * bow), 0, 1)
    slope = drawn(lambda d: d.polygon(((0, 90), (1190, 90), (1318, 216), (0, 216)), fill=255))
    return over(base, slope, rgb(178, 92, 64) * ((0.35 + 0.75 * shade) * (1 + 0.3 * noise(14)))[..., None])


def shop(base):
    """A signboard, a shop window and small print."""
    fonts = "/usr/share/fonts/truetype/dejavu/DejaVu"
    base = over(base, drawn(lambda d: d.rectangle((40, 1004, 1290, 1196), fill=255)), rgb(36, 52, 74))
    base = over(base, drawn(lambda d: d.rectangle((620, 1020, 1270, 1180), fill=255)), rgb(240, 232, 210))

    def gold(d):
        d.text((64, 1016), "BOOKS & MAPS", font=ImageFont.truetype(fonts + "Serif-Bold.ttf", 56), fill=255)
        d.text((66, 1104), "prints   globes   atlases", font=ImageFont.truetype(fonts + "Serif.ttf", 38), fill=255)
        d.rectangle((50, 1014, 604, 1186), outline=255, width=4)

    def ink(d):
        lines = ("Open from Monday to Saturday, 9.30 to 18.00", "Old engravings bought and sold: ask inside",
                 "Street plans 1:5000, hill walks 1:25000", "Repairs of bindings within 14 days")
        for i, line in enumerate(lines):
            d.text((640, 1026 + 38 * i), line, font=ImageFont.truetype(fonts + "Sans.ttf", 27), fill=255)

    return over(over(base, drawn(gold), rgb(236, 200, 120)), drawn(ink), rgb(30, 30, 34))


def tree(base):
    trunk = drawn(lambda d: d.polygon(((1590, 1200), (1612, 760), (1648, 760), (1690, 1200)), fill=255))
    base = over(base, trunk, rgb(92, 74, 58) * (0.8 + 0.5 * noise(9, 3))[..., None])
    for _ in range(40):
        x, y = 1630 + rng.normal(0, 16), 900 - rng.uniform(0, 180)
        reach, turn = rng.uniform(150, 420), rng.normal(0, 0.45)
        t = np.linspace(0, 1, 12)
        base = strokes(base, list(zip(x + reach * t * np.sin(turn * (0.5 + t / 2)), y - reach * t * np.cos(turn))),
                       rng.integers(3, 9), rgb(70, 56, 46))
    tone, mask = Image.new("L", (W, H)), Image.new("L", (W, H))
    on_tone, on_mask = ImageDraw.Draw(tone), ImageDraw.Draw(mask)
    for i in range(5200):  # the later, the nearer and the lighter
        angle, r = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        x, y = 1630 + 280 * r * np.cos(angle), 590 + 330 * r * np.sin(angle)
        length, turn = rng.uniform(12, 24), rng.uniform(0, 2 * np.pi)
        along, across = (length * np.sin(turn), -length * np.cos(turn)), (4 * np.cos(turn), 4 * np.sin(turn))
        leaf_points = [(x, y), (x + along[0] / 2 + across[0], y + along[1] / 2 + across[1]),
                       (x + along[0], y + along[1]), (x + along[0] / 2 - across[0], y + along[1] / 2 - across[1])]
        light = 0.25 + 0.35 * i / 5200 - 0.2 * r * np.sin(angle) + rng.uniform(-0.1, 0.2)
        on_tone.polygon(leaf_points, fill=int(np.clip(light, 0.05, 1) * 255))
        on_mask.polygon(leaf_points, fill=255)
    light = np.asarray(tone, np.float32)[..., None] / 255
    return over(base, soft(np.asarray(mask, np.float32) / 255, 0.8), rgb(120, 164, 62) * 1.7 * light)


def wires(base):
    """From the roof to beyond the right edge, sagging, and an aerial."""
    for y0, y1, sag, width in ((40, 128, 60, 2), (62, 190, 84, 3), (96, 262, 70, 2), (150, 420, 96, 4)):
        t = np.linspace(0, 1, 60)
        y = y0 + (y1 - y0) * t + sag * 4 * t * (1 - t)
        base = strokes(base, list(zip(700 + 1240 * t, y)), width, rgb(30, 30, 36))
    base = strokes(base, [(310, 96), (310, 8)], 4, rgb(60, 60, 66))
    for i, half in enumerate((70, 58, 58, 46, 46, 34)):
        base = strokes(base, [(310 - half, 14 + 9 * i), (310 + half, 17 + 9 * i)], 2, rgb(60, 60, 66))
    return base


def street():
    t = np.clip(yy / H, 0, 1)[..., None]
    sky = rgb(104, 156, 214) * (1 - t) + rgb(236, 226, 210) * t
    picture = sky + np.clip(noise(260, 6) * 1.6 - 0.1, 0, 1)[..., None] * (rgb(252, 250, 246) - sky) * 0.8
    picture = shop(roof(facade(picture)))
    paving = (np.minimum((xx + 34 * np.floor(yy / 22)) % 68, yy % 22) > 3) * 0.3 + 0.7
    ground = rgb(150, 142, 132) * (paving * (1 + 0.2 * noise(8, 3)))[..., None]
    picture = over(picture, np.clip((yy - 1196) / 2, 0, 1), ground)
    return wires(tree(picture)) * (1.04 - 0.2 * xx / W)[..., None]


def still_life():
    picture = table(window(wall()))
    picture = jar(picture)
    for cx, cy, r, colour, pores in ((430, 850, 118, (236, 142, 30), 0.16), (690, 862, 112, (196, 30, 34), 0.02),
                                     (560, 800, 122, (150, 176, 44), 0.03)):
        picture = fruit(picture, cx, cy, r, colour, pores)
    picture = basket(picture)
    picture = fruit(picture, 1000, 1120, 100, (240, 196, 40), 0.10)
    picture = book(picture)
    glow = np.exp(-((xx - 480) ** 2 + (yy - 400) ** 2) / 900 ** 2)[..., None]
    return picture * (0.86 + 0.3 * glow * rgb(255, 240, 214))


def main(path, scene="still-life"):
    picture = {"still-life": still_life, "street": street}[scene]()
    codes = np.clip(picture, 0, 1) ** (1 / 2.2)
    small = Image.fromarray(np.uint8(codes * 255 + 0.5)).filter(ImageFilter.GaussianBlur(1.3))
    small = np.asarray(small.resize((WIDTH, HEIGHT), Image.BOX), np.float32)
    small += rng.normal(0, 0.7, small.shape)  # a good sensor's noise
    Image.fromarray(np.uint8(np.clip(small + 0.5, 0, 255))).save(path, optimize=True)


main(*sys.argv[1:])
