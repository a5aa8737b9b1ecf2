"""What becomes of pixels: every format, alpha, extreme sizes; and what comes back of them."""
import math

from support import *


def detailed(n, alpha=None):
    """Fine waves with a hard edge: what a reduction loses."""
    def function(x, y):
        wave = 0.5 + 0.25 * math.sin(0.9 * x + 0.5 * y) + 0.15 * math.cos(1.1 * y - 0.3 * x)
        colour = [wave if 2 * x > 3 * y else 1 - wave] * n
        return colour + ([] if alpha is None else [alpha])
    return function


def psnr(layer, before):
    """Of the colours of layer, in dB, against what get() said before; both opaque."""
    after, n = get(layer)
    equal(len(after), len(before), "length")
    pairs = [(a, b) for i, (a, b) in enumerate(zip(after, before)) if n % 2 or i % n != n - 1]
    return -10 * math.log10(sum((a - b) ** 2 for a, b in pairs) / len(pairs))


def keeps_format(precision, gray, alpha):
    value = ([0.6] if gray else [0.2, 0.6, 0.4]) + ([1.0] if alpha else [])
    image = simple_image(13, 9, gray, precision, alpha, lambda x, y: value)
    before = pixel(image.get_layers()[0], 0, 0)
    small, fidelity = shrink(image, scale_x=0.55, scale_y=0.5)
    layer = small.get_layers()[0]
    equal((size(small), size(layer)), ((7, 5), (7, 5)), "size")
    equal(small.get_precision(), PRECISIONS[precision], "precision")
    equal((bool(layer.has_alpha()), bool(layer.is_gray())), (alpha, gray), "alpha, gray")
    near(get(layer)[0], before * 35, STEP.get(precision.split()[0], 1e-4), precision)
    equal(fidelity > 45, True, f"a fidelity of {fidelity} dB")
    equal(size(image), (13, 9), "the original")


cases_for_formats(keeps_format)


@case
def fidelity():
    """the fidelity is that of what Upscale brings back, and better than of a plain reduction, for gray that restored"""
    for gray, alpha, precision in ((False, False, "u8"), (True, True, "u8"), (False, True, "u16"),
                                   (True, False, "float")):
        original = simple_image(40, 32, gray, precision, alpha, detailed(1 if gray else 3, 1.0 if alpha else None))
        before = get(original.get_layers()[0])[0]
        small, expected = shrink(original, scale_x=0.5, scale_y=0.5)
        if gray:
            plain, _ = shrink(original, scale_x=0.5, scale_y=0.5, strength=0.0)
        else:
            plain, _ = upscale(original, target="new-image", scale_x=0.5, scale_y=0.5)
        for image in small, plain:
            upscale(image, width=40, height=32)
            equal(size(image), (40, 32))
        ours, theirs = psnr(small.get_layers()[0], before), psnr(plain.get_layers()[0], before)
        near(ours, expected, 0.15, f"{precision}: fidelity")
        if not ours > theirs + 0.1:
            raise AssertionError(f"{precision}: {ours} dB, {theirs} dB from a plain reduction")


@case
def likeness():
    """the small picture looks like a plain reduction; with strength 0 it is one"""
    original = simple_image(40, 32, alpha=False, function=detailed(3))
    plain, _ = upscale(original, target="new-image", scale_x=0.5, scale_y=0.5)
    before = get(plain.get_layers()[0])[0]
    small, high = shrink(original)
    equal(psnr(small.get_layers()[0], before) > 38, True, "likeness")
    reduced, low = shrink(original, strength=0.0)
    near(get(reduced.get_layers()[0])[0], before, 1.01 / 255, "strength 0")
    _, middle = shrink(original, strength=0.3)
    equal(low < middle < high, True, f"{low} < {middle} < {high} dB")


@case
def lowest():
    """of several layers the lowest fidelity counts, and masks and channels do not"""
    image = simple_image(32, 32, function=lambda x, y: [0.4, 0.4, 0.4, 1.0])
    _, even = shrink(image)
    add_layer(image, 32, 32, detailed(3, 1.0))
    _, both = shrink(image)
    image.get_layers()[1].set_visible(False)
    add_mask(image.get_layers()[1], lambda x, y: [(x + y) % 2])
    _, masked = shrink(image)
    equal(even > 45 > both, True, f"{even} dB, {both} dB")
    near(masked, both, 1e-4)


@case
def transparency():
    """alpha is reduced, colour under transparent pixels does not show, and nothing visible is not a number"""
    image = simple_image(24, 24, function=lambda x, y: [1.0, 0.0, 0.0, 1.0] if x < 12 else [0.0, 1.0, 0.0, 0.0])
    small, _ = shrink(image)
    data, _ = get(small.get_layers()[0])
    for i in range(0, len(data), 4):
        if data[i + 3] > 0.02:
            near(data[i:i + 3], [1.0, 0.0, 0.0], 0.03, f"pixel {i // 4}")
    near(data[3], 1, 0.01, "opaque")
    near(data[47], 0, 0.01, "transparent")
    _, nothing = shrink(simple_image(8, 8, function=lambda x, y: [0.3, 0.2, 0.1, 0.0]))
    equal(nothing, 200.0, "fidelity of nothing")


@case
def sizes():
    """width and height: both, one alone keeps proportions, both win over factors; down to one pixel"""
    for arguments, result in (({}, (12, 8)), ({"width": 7, "height": 15}, (7, 15)), ({"width": 12}, (12, 8)),
                              ({"height": 4, "scale_x": 0.9}, (6, 4)), ({"width": 1}, (1, 1)),
                              ({"width": 24, "height": 15}, (24, 15)), ({"scale_x": 1 / 1.5, "scale_y": 1.0}, (16, 16)),
                              ({"scale_x": 0.05, "scale_y": 0.05}, (1, 1))):
        small, _ = shrink(simple_image(24, 16), **arguments)
        equal(size(small), result, str(arguments))
        equal(place(small.get_layers()[0]), (0, 0) + result, str(arguments))


@case
def high_range():
    """float, linear: values outside of 0..1 survive; NaN and infinities do not spread"""
    def function(x, y):
        if (x, y) == (20, 20):
            return [math.nan, math.inf, -math.inf]
        return [8.0, -0.25, 0.5] if x < 10 else [0.25] * 3
    image = simple_image(32, 32, precision="float linear", alpha=False)
    put(image.get_layers()[0], function, linear=True)
    small, fidelity = shrink(image)
    layer = small.get_layers()[0]
    equal(all(math.isfinite(v) for v in get(layer, linear=True)[0]), True, "finite")
    near(pixel(layer, 1, 1, linear=True), [8.0, -0.25, 0.5], 0.1, "bright")
    near(pixel(layer, 15, 1, linear=True), [0.25] * 3, 0.01, "dark")
    equal(math.isfinite(fidelity), True, "fidelity")


@case
def repeats():
    """every model runs, and twice the same gives the same"""
    original = simple_image(20, 16, alpha=False, function=detailed(3))
    for model in "fast", "balanced", "best":
        results = [shrink(original, model=model, strength=0.3) for _ in range(2)]
        equal(get(results[0][0].get_layers()[0])[0], get(results[1][0].get_layers()[0])[0], model)
        equal(results[0][1], results[1][1], model)


@case
def indexed():
    """an indexed image becomes a new RGB image"""
    image = simple_image(16, 16, alpha=False, function=lambda x, y: [1.0, 0.0, 0.0] if x < 8 else [0.0, 0.0, 1.0])
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 4, False, False, "")
    small, _ = shrink(image)
    equal((image.get_base_type(), size(image)), (Gimp.ImageBaseType.INDEXED, (16, 16)))
    equal((small.get_base_type(), size(small)), (Gimp.ImageBaseType.RGB, (8, 8)))
    near(pixel(small.get_layers()[0], 1, 1), [1, 0, 0], 0.05)
    near(pixel(small.get_layers()[0], 6, 1), [0, 0, 1], 0.05)
