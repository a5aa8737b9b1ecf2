#!/usr/bin/env python3
"""Renders still lifes with POV-Ray, each several times: whole, and without one of its objects at a time.

Writes OUT/SEED.npz: full (h, w, 3) and, for the objects that were left out in turn, clean (n, h, w, 3) and
alpha (n, h, w), all uint8. Needs povray and povray-includes.
"""
import argparse
import pathlib
import random
import subprocess
import tempfile

import numpy as np
from PIL import Image

HEADER = """#version 3.7;
global_settings { assumed_gamma 1.0 max_trace_level 6 }
#include "colors.inc"
#include "woods.inc"
#include "stones.inc"
"""
DARK = "pigment { color rgb 0 } finish { ambient 0 diffuse 0 }"
LIT = "pigment { color rgb 1 } finish { ambient 0 diffuse 0 emission 1 }"


def triple(values):
    return "<%s>" % ", ".join("%.4f" % v for v in values)


def tint(rng, low=0.05, high=0.95):
    return triple([rng.uniform(low, high) for _ in range(3)])


def grass(rng):
    blades = []
    for _ in range(rng.randrange(10, 34)):
        tip = (rng.uniform(-0.45, 0.45), rng.uniform(0.45, 1.0), rng.uniform(-0.45, 0.45))
        blades.append("cone { 0, %.4f, %s, 0.004 }" % (rng.uniform(0.015, 0.04), triple(tip)))
    return "union { %s" % " ".join(blades)


def wheel(rng):
    teeth, lean = rng.randrange(8, 16), rng.uniform(-10, 10)
    parts = ["box { <-.05, .34, -.09>, <.05, .5, .09> rotate z*%.2f }" % (360*i/teeth) for i in range(teeth)]
    return ("difference { union { cylinder { -z*.09, z*.09, .39 } %s } cylinder { -z, z, %.2f } "
            "rotate x*%.1f translate y*.5" % (" ".join(parts), rng.uniform(0.05, 0.28), lean))


def lump(rng):
    parts = []
    for _ in range(rng.randrange(3, 7)):
        centre = triple([rng.uniform(-.22, .22), rng.uniform(.25, .75), rng.uniform(-.22, .22)])
        parts.append("sphere { %s, %.3f, 1 }" % (centre, rng.uniform(.3, .42)))
    return "blob { threshold .5 %s" % " ".join(parts)


def vase(rng):
    radii = [rng.uniform(.2, .36), rng.uniform(.24, .38), rng.uniform(.15, .35), rng.uniform(.07, .15)]
    points = [(0, -.02), (radii[0], 0), (radii[1], .3), (radii[2], .55), (radii[3], .75), (radii[3], 1),
              (radii[3]*1.1, 1.04)]
    return "lathe { cubic_spline 7, %s" % ", ".join("<%.3f, %.3f>" % p for p in points)


def solid(rng):
    """An object of height about 1 that stands on y = 0; its text lacks texture and closing brace."""
    kind = rng.randrange(11)
    if kind == 0:
        return "sphere { y*.5, .5 scale %s" % triple([rng.uniform(.7, 1.1), 1, rng.uniform(.7, 1.1)])
    if kind == 1:
        return "torus { .35, %.3f rotate x*%.1f translate y*.5" % (rng.uniform(.08, .17), rng.uniform(55, 90))
    if kind == 2:
        return "cone { 0, %.3f, y, %.3f" % (rng.uniform(.25, .45), rng.uniform(0, .25))
    if kind == 3:
        r = rng.uniform(.25, .42)
        return "difference { cylinder { 0, y, %.3f } cylinder { y*.1, y*1.1, %.3f }" % (r, r*rng.uniform(.75, .92))
    if kind == 4:
        return "superellipsoid { <%.2f, %.2f> scale .45 translate y*.45" % (rng.uniform(.12, 1), rng.uniform(.12, 1))
    if kind == 5:
        sides = [rng.uniform(.2, .5), rng.uniform(.3, 1), rng.uniform(.2, .5)]
        return "box { <-1, 0, -1>, 1 scale %s" % triple(sides)
    return (vase, lump, wheel, grass, grass)[kind - 6](rng)


def surface(rng, glass_share):
    if rng.random() < glass_share:
        return ("pigment { color rgbt <%s, .75> } finish { ambient 0 diffuse .2 specular .8 roughness .005 "
                "reflection .1 } interior { ior 1.3 }" % tint(rng, .5)[1:-1])
    kind = rng.randrange(6)
    if kind < 2:
        return "pigment { color rgb %s } finish { ambient .1 diffuse %.2f }" % (tint(rng), rng.uniform(.6, .9))
    if kind == 2:
        return ("pigment { color rgb %s } finish { ambient .1 diffuse .7 specular .6 roughness .01 reflection %.2f }"
                % (tint(rng), rng.uniform(.02, .1)))
    if kind == 3:
        return "texture { T_Wood%d scale .5 }" % rng.randint(1, 20)
    if kind == 4:
        return "texture { T_Stone%d scale .4 }" % rng.randint(1, 24)
    return ("pigment { color rgb %s } finish { ambient .05 diffuse .4 specular .9 metallic roughness .02 "
            "reflection %.2f }" % (tint(rng, .4), rng.uniform(.2, .4)))


def wall(rng):
    a, b = tint(rng), tint(rng, .3, .9)
    pattern = rng.choice((
        "bozo color_map { [0 color rgb %s] [1 color rgb %s] } scale 3" % (a, b),
        "gradient <1, .3, 0> color_map { [0 color rgb %s] [.5 color rgb %s] } scale 2" % (a, b),
        "granite color_map { [0 color rgb %s] [1 color rgb %s] } scale 4" % (a, b),
        "brick color rgb %s, color rgb %s mortar .06 brick_size <1, .4, .5>" % (a, b)))
    return "plane { z, 4 pigment { %s } finish { ambient .15 diffuse .8 } }" % pattern


def room(rng):
    """Camera, then everything that stays: lights, floor, wall, sky."""
    camera = "camera { location %s look_at <0, .55, 0> angle %.1f right x*image_width/image_height }" % (
        triple([rng.uniform(-.7, .7), rng.uniform(1.5, 2.9), -5.2]), rng.uniform(42, 50))
    size = rng.choice((.3, .7, 1.0, 1.5, 2.0))
    lamps = [([rng.uniform(-5, 5), rng.uniform(4, 8), rng.uniform(-6, -1)], rng.uniform(.7, 1.05))]
    if rng.random() < .5:
        lamps.append(([rng.uniform(-6, 6), rng.uniform(5, 7), rng.uniform(-6, -4)], rng.uniform(.25, .45)))
    parts = ["light_source { %s color rgb %.3f area_light x*%.2f, z*%.2f, 7, 7 adaptive 1 jitter circular orient }"
             % (triple(place), power, size, size) for place, power in lamps]
    cover = "T_Wood%d" % rng.randint(1, 35) if rng.random() < .58 else "T_Stone%d" % rng.randint(1, 44)
    shine = "finish { reflection %.2f }" % rng.uniform(.07, .24) if rng.random() < .37 else ""
    parts.append("plane { y, 0 texture { %s scale .8 } %s }" % (cover, shine))
    parts += [wall(rng), "sky_sphere { pigment { color rgb <.6, .7, .8> } }"]
    return camera, parts


def places(rng):
    """(x, z, size) of the objects; the first stands in front."""
    taken = [(rng.uniform(-.9, .9), rng.uniform(-1.2, .2), rng.uniform(.65, 1.3))]
    wanted = rng.randint(3, 6)
    for _ in range(100):
        x, z = rng.uniform(-2.4, 2.4), rng.uniform(-.9, 2.2)
        if len(taken) < wanted and all(abs(x - p[0]) > .8 or abs(z - p[1]) > 1.2 for p in taken):
            taken.append((x, z, rng.uniform(.5, 1.3)))
    return taken


def table(rng):
    """A table, whose text lacks texture and closing brace, and (x, y, z, size) of the objects, some of which stand on
    it, others on the floor."""
    x, z = rng.uniform(-.9, .9), rng.uniform(-.6, 1)
    top, thick = rng.uniform(.3, .8), rng.uniform(.04, .1)
    w, d = rng.uniform(.8, 1.5), rng.uniform(.45, .8)
    leg = rng.uniform(.03, .07)
    parts = ["box { <%.3f, %.3f, %.3f>, <%.3f, %.3f, %.3f> }" % (x - w, top - thick, z - d, x + w, top, z + d)]
    parts += ["box { <%.3f, 0, %.3f>, <%.3f, %.3f, %.3f> }" % (x + sx*(w - .1) - leg, z + sz*(d - .1) - leg,
                                                             x + sx*(w - .1) + leg, top, z + sz*(d - .1) + leg)
              for sx in (-1, 1) for sz in (-1, 1)]
    taken, wanted = [], rng.randint(3, 6)
    for _ in range(100):
        on_it = not taken or rng.random() < .7
        size = rng.uniform(.3, .75) if on_it else rng.uniform(.5, 1.2)
        reach = .4*size
        if on_it and reach < min(w, d):
            spot = (x + rng.uniform(reach - w, w - reach), top, z + rng.uniform(reach - d, d - reach), size)
        else:
            spot = (rng.uniform(-2.4, 2.4), 0, rng.uniform(-.9, 2.2), size)
            if abs(spot[0] - x) < w + reach and abs(spot[2] - z) < d + reach:
                continue
        if len(taken) < wanted and all(max(abs(spot[0] - p[0]), abs(spot[2] - p[2])) > .45*(size + p[3])
                                       for p in taken):
            taken.append(spot)
    return "union { %s" % " ".join(parts), taken


def render(text, folder, width, height, quality, gamma):
    scene, picture = folder/"scene.pov", folder/"picture.png"
    scene.write_text(text)
    subprocess.run(["povray", "+I%s" % scene, "+O%s" % picture, "+W%d" % width, "+H%d" % height, "-D", "-GA", "+FN8",
                    "+WT1", "File_Gamma=%s" % gamma] + quality, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return np.asarray(Image.open(picture).convert("RGB"))


def make(seed, folder, width, height, targets, with_table):
    rng = random.Random(seed)
    camera, stays = room(rng)
    shapes, covers, hides = [], [], ["plane { y, 0 %s }" % DARK]
    if with_table:
        body, spots = table(rng)
        stays.append("%s %s }" % (body, surface(rng, 0)))
        hides.append("%s %s }" % (body, DARK))
    else:
        spots = [(x, 0, z, size) for x, z, size in places(rng)]
    for x, y, z, size in spots:
        shapes.append("%s rotate y*%.1f scale %.3f translate %s" % (solid(rng), rng.uniform(0, 360), size,
                                                                   triple((x, y, z))))
        covers.append(surface(rng, .06))
    def with_objects(kept):
        return "\n".join([HEADER, camera] + stays + ["%s %s }" % (shapes[i], covers[i]) for i in kept])
    everything = range(len(spots))
    fine = ["+A0.2", "+AM2", "+R2"]
    full = render(with_objects(everything), folder, width, height, fine, "sRGB")
    clean, alpha = [], []
    for k in everything[:targets]:
        held = ["%s %s }" % (shapes[i], LIT if i == k else DARK) for i in everything]
        text = "\n".join([HEADER, camera] + hides + held)
        alpha.append(render(text, folder, width, height, ["+A0.1", "+AM2", "+R3"], "1.0")[..., 0])
        clean.append(render(with_objects([i for i in everything if i != k]), folder, width, height, fine, "sRGB"))
    return {"full": full, "clean": np.stack(clean), "alpha": np.stack(alpha)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("first", type=int, help="seed of the first scene")
    p.add_argument("count", type=int)
    p.add_argument("--size", default="256x192")
    p.add_argument("--targets", type=int, default=3, help="objects of a scene that are left out in turn")
    p.add_argument("--table", action="store_true", help="some of the objects stand on a table")
    a = p.parse_args()
    width, height = (int(n) for n in a.size.split("x"))
    a.out.mkdir(parents=True, exist_ok=True)
    for seed in range(a.first, a.first + a.count):
        with tempfile.TemporaryDirectory() as folder:
            arrays = make(seed, pathlib.Path(folder), width, height, a.targets, a.table)
        held = a.out/("%d.part.npz" % seed)
        np.savez_compressed(held, **arrays)
        held.rename(a.out/("%d.npz" % seed))


if __name__ == "__main__":
    main()
