#!/usr/bin/env python3
"""Draw the sample picture of the demo: usage: draw-sample.py OUT.png

A house front with tiles, a sign, a fence, a tree and grass, drawn four times as large and averaged, so that edges
fall between pixels as in a photograph.
"""
import math
import random
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

W, H, S = 480, 320, 4
rng = random.Random(7)
noise = np.random.default_rng(7)


def shade(colour, by):
    return tuple(max(0, min(255, int(c + by))) for c in colour)


def sky():
    y, x = np.mgrid[0:H*S, 0:W*S]
    t = (y/(H*S))[..., None]
    base = np.array([92, 142, 205])*(1 - t) + np.array([232, 226, 214])*t
    cloud = np.zeros((H*S, W*S))
    for octave in range(1, 6):
        n = 2**octave
        grid = Image.fromarray(noise.random((n + 1, n*2 + 1)).astype(np.float32))
        cloud += np.asarray(grid.resize((W*S, H*S), Image.BICUBIC))/n
    cloud = np.clip((cloud - 0.85)*1.6, 0, 0.85)[..., None]
    return Image.fromarray((base*(1 - cloud) + 250*cloud).clip(0, 255).astype(np.uint8))


def roof(draw):
    for row in range(13):
        y = (96 + row*6)*S
        left, right = (150 - row*6)*S, (352 + row*6)*S
        for i in range(44):
            x0, x1 = left + (right - left)*i/44, left + (right - left)*(i + 1)/44
            tile = shade((150, 72, 52), rng.randint(-24, 20))
            draw.rectangle([x0, y, x1, y + 6*S], tile)
            draw.pieslice([x0, y + 2*S, x1, y + 8*S], 0, 180, shade(tile, -18))
            draw.line([x0, y, x0, y + 6*S], shade(tile, -45), 2)


def wall(draw):
    draw.rectangle([96*S, 174*S, 406*S, 280*S], (196, 178, 152))
    for row in range(18):
        y = (174 + row*6)*S
        for i in range(-1, 27):
            x = (96 + i*12 + (row % 2)*6)*S
            brick = shade((186, 150, 118), rng.randint(-22, 22))
            box = [max(x + 2, 96*S), y + 2, min(x + 12*S - 2, 406*S), y + 6*S - 2]
            if box[2] > box[0]:
                draw.rectangle(box, brick)


def window(draw, x, y):
    draw.rectangle([x*S, y*S, (x + 44)*S, (y + 54)*S], (240, 236, 226))
    for i in range(2):
        for j in range(3):
            box = [(x + 3 + i*20)*S, (y + 3 + j*17)*S, (x + 21 + i*20)*S, (y + 18 + j*17)*S]
            draw.rectangle(box, (58, 74, 92))
            draw.polygon([(box[0], box[3]), (box[0], box[1] + 20), (box[2] - 20, box[1]), (box[2], box[1])],
                         (110, 134, 158))
    for k in range(18):  # a blind
        draw.line([(x + 3)*S, (y + 3 + k)*S, (x + 41)*S, (y + 3 + k)*S], (214, 206, 188), 2)


def sign(draw):
    draw.rounded_rectangle([196*S, 182*S, 306*S, 206*S], 12, (34, 58, 48), (226, 204, 138), 5)
    draw.text((251*S, 194*S), "BAKERY & TEA", (240, 226, 180), ImageFont.load_default(13*S), anchor="mm")
    draw.rectangle([232*S, 212*S, 270*S, 280*S], (92, 52, 36))
    for k in range(5):
        draw.line([(236 + k*7)*S, 214*S, (236 + k*7)*S, 280*S], (66, 36, 26), 3)
    draw.text((251*S, 222*S), "open 8-18", (232, 222, 200), ImageFont.load_default(7*S), anchor="mm")
    draw.ellipse([263*S, 246*S, 267*S, 250*S], (228, 190, 90))


def branch(draw, x, y, angle, length, width):
    x1, y1 = x + math.cos(angle)*length, y - math.sin(angle)*length
    draw.line([x, y, x1, y1], (74, 56, 42), max(2, int(width)))
    if length < 7*S:
        for _ in range(9):
            a, r = rng.uniform(0, 2*math.pi), rng.uniform(0, 6*S)
            cx, cy, w = x1 + math.cos(a)*r, y1 + math.sin(a)*r, rng.uniform(1.0, 2.2)*S
            leaf = shade((84, 122, 50), rng.randint(-40, 44))
            draw.ellipse([cx - w, cy - w*0.6, cx + w, cy + w*0.6], leaf)
        return
    for turn in (rng.uniform(0.25, 0.6), rng.uniform(-0.6, -0.25), rng.uniform(-0.15, 0.15)):
        branch(draw, x1, y1, angle + turn, length*rng.uniform(0.66, 0.8), width*0.66)


def fence_and_grass(draw):
    draw.rectangle([0, 278*S, W*S, H*S], (92, 118, 58))
    for i in range(40):
        x = i*12*S
        draw.polygon([(x, 262*S), (x + 3*S, 256*S), (x + 6*S, 262*S), (x + 6*S, 300*S), (x, 300*S)],
                     (236, 234, 228), (188, 184, 176))
    for y in (268, 288):
        draw.rectangle([0, y*S, W*S, (y + 3)*S], (226, 223, 215))
    for _ in range(5200):
        x, y = rng.uniform(0, W*S), rng.uniform(292*S, (H + 8)*S)
        draw.line([x, y, x + rng.uniform(-4, 4)*S, y - rng.uniform(4, 13)*S],
                  shade((98, 134, 58), rng.randint(-46, 50)), rng.choice((2, 3, 4)))


def main():
    picture = sky()
    draw = ImageDraw.Draw(picture)
    wall(draw)
    roof(draw)
    for x, y in ((116, 196), (342, 196)):
        window(draw, x, y)
    sign(draw)
    branch(draw, 436*S, 292*S, math.pi/2 + 0.08, 52*S, 11*S)
    branch(draw, 44*S, 290*S, math.pi/2 - 0.1, 40*S, 8*S)
    fence_and_grass(draw)
    for i in range(9):  # wires
        draw.line([(x*S, (20 + i*7 + 14*math.sin(math.pi*x/W))*S) for x in range(0, W + 1, 8)], (60, 66, 78), 2)
    picture = picture.filter(ImageFilter.GaussianBlur(1.4)).resize((W, H), Image.BOX)
    values = np.asarray(picture).astype(float) + noise.normal(0, 1.2, (H, W, 1))
    Image.fromarray(values.round().clip(0, 255).astype(np.uint8)).save(sys.argv[1], optimize=True)


main()
