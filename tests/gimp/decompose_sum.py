"""The layers, as GIMP itself composites them, are the picture; and where nothing was found they are empty."""
from decompose_scene import *


def soft(x, y):
    """Opaque, half transparent and transparent parts, also across the disc."""
    return 1.0 if x < 30 else 0.5 if x < 50 else 0.0


def ramp(x, y):
    return round(255 * x / (WIDTH - 1)) / 255


def cases_for_precisions():
    for precision in PRECISIONS:
        def function(precision=precision):
            kinds = [(False, None), (True, opaque)]
            if precision in ("u8", "u16", "float", "u8 linear"):
                kinds += [(False, soft), (True, ramp)]
            for gray, alpha in kinds:
                image = scene_image(gray, precision, alpha)
                layer = image.get_layers()[0]
                select_disc(image)
                group, background, effects, foreground = decompose(image)
                name = f"{precision}, gray {gray}, alpha {alpha and alpha.__name__}"
                is_sum(group, layer, name)
                near(pixel(background, 3, 3), pixel(layer, 3, 3), 0, f"{name}: far away")
                if alpha in (None, opaque):
                    if gray:
                        continue
                    near(pixel(background, *CENTRE)[0], 0.5, 0.3, f"{name}: where the disc was")
                image.delete()
        function.__doc__ = f"the sum, {precision}, RGB and gray, with alpha and without"
        case(function)


cases_for_precisions()


@case
def with_profile():
    """the sum in an image with a profile that is not sRGB"""
    for precision in "u8", "u16", "float linear", "u8 linear":
        image = scene_image(precision=precision)
        image.set_color_profile(Gimp.ColorProfile.new_rgb_adobe())
        select_disc(image)
        group = decompose(image)[0]
        is_sum(group, image.get_layers()[1], precision)


@case
def bright():
    """values outside of 0..1 in a float image, in the object, beside it and behind it"""
    image = scene_image(precision="float")
    layer = image.get_layers()[0]

    def function(x, y):
        colour = disc_scene(3)(x, y)
        return [3.0, -0.5, 1.2] if (x + y) % 9 == 0 else colour
    put(layer, function)
    select_disc(image)
    is_sum(decompose(image)[0], layer)


@case
def not_a_number():
    """NaN and infinities count as 0 and do not spread"""
    image = scene_image(precision="float")
    layer = image.get_layers()[0]
    scene = disc_scene(3)
    bad = {(36, 24): float("nan"), (30, 20): float("inf"), (50, 30): -float("inf")}
    put(layer, lambda x, y: [bad[x, y]] * 3 if (x, y) in bad else scene(x, y))
    select_disc(image)
    group, background, *_ = decompose(image)
    got, n = get(group)
    expected, m = get(layer)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            want = [0.0] * 3 if (x, y) in bad else expected[(y * WIDTH + x) * m:][:3]
            near(got[(y * WIDTH + x) * n:][:3], want, 1e-3, f"{x}, {y}")
    if any(v != v or abs(v) > 2 for v in get(background)[0]):
        raise AssertionError("the background has bad values")


@case
def takes_apart():
    """the object is in the foreground, opaque in its middle, and gone from the background"""
    image = scene_image()
    layer = image.get_layers()[0]
    select_disc(image)
    group, background, effects, foreground = decompose(image, effects="none")
    x, y, width, height = place(foreground)
    if not (20 <= x <= 28 and 8 <= y <= 16 and width <= 34 and height <= 34):
        raise AssertionError(f"the foreground lies at {place(foreground)}")
    near(pixel(foreground, CENTRE[0] - x, CENTRE[1] - y), pixel(layer, *CENTRE) + [1], 0.001)
    near(pixel(background, *CENTRE)[1], 0.5, 0.3, "green where the disc was")
    equal(size(background), size(layer))
    near(pixel(background, 55, 40), pixel(layer, 55, 40), 0, "the shadow stays")


@case
def same_each_time():
    """two runs give the same, another seed another background"""
    results = []
    for seed in 0, 0, 1:
        image = scene_image()
        select_disc(image)
        results.append([get(i)[0] for i in decompose(image, seed=seed)[1:]])
    for first, second in zip(*results[:2], strict=True):
        near(second, first, ROUNDING)
    backgrounds = results[0][0], results[2][0]
    if max(abs(a - b) for a, b in zip(*backgrounds, strict=True)) < 0.02:
        raise AssertionError("another seed fills the background in the same way")
