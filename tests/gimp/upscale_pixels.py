"""What becomes of pixels: every format, alpha, extreme values and sizes."""
import math
import subprocess

from support import *


def constant_stays(precision, gray, alpha):
    colour = [0.6] if gray else [0.2, 0.6, 0.4]
    value = colour + ([1.0] if alpha else [])
    for scale in 2.3, 0.7:
        image = simple_image(13, 9, gray, precision, alpha, lambda x, y: value)
        before = pixel(image.get_layers()[0], 0, 0)
        upscale(image, width=22 if scale > 1 else 7, height=round(9 * scale))
        layer = image.get_layers()[0]
        width, height = size(layer)
        equal((width, height), (22, 21) if scale > 1 else (7, 6), "size")
        equal(image.get_precision(), PRECISIONS[precision], "precision")
        equal(bool(layer.has_alpha()), alpha, "alpha")
        equal(bool(layer.is_gray()), gray, "gray")
        near(get(layer)[0], before * (width * height), STEP.get(precision.split()[0], 1e-4),
             f"{precision}, to {width} x {height}")


cases_for_formats(constant_stays)


@case
def detail():
    """a picture keeps its content: reduced again it is nearly the original"""
    for gray in False, True:
        image = simple_image(40, 30, gray)
        layer = image.get_layers()[0]
        before = get(layer)[0]
        upscale(image, scale_x=2, scale_y=2)
        after, n = get(image.get_layers()[0])
        reduced = [sum(after[((2 * y + j) * 80 + 2 * x + i) * n + c] for i in (0, 1) for j in (0, 1)) / 4
                   for y in range(30) for x in range(40) for c in range(n)]
        error = math.sqrt(sum((a - b) ** 2 for a, b in zip(reduced, before)) / len(before))
        if not error < 0.03:
            raise AssertionError(f"RMS error {error}")


@case
def command_line():
    """the same pixels as the command-line tool's"""
    cli = os.environ["TRIPTYCH_CLI"]
    image = simple_image(21, 17, alpha=True, function=lambda x, y: waves(3, (x + y) / 36)(x, y))
    files = [Gio.File.new_for_path(f"{SCRATCH}/{i}.png") for i in "ab"]
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, files[0], None)
    subprocess.run([cli, "upscale", files[0].get_path(), files[1].get_path(), "--size", "50x31", "--model", "fast"],
                   check=True)
    upscale(image, width=50, height=31)
    other = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, files[1]).get_layers()[0]
    layer = image.get_layers()[0]
    a, b = get(layer)[0], get(other)[0]
    for i in range(0, len(a), 4): # colour where it shows
        near(a[i + 3], b[i + 3], 1.01 / 255, "alpha")
        if a[i + 3] > 0.1:
            near(a[i:i + 3], b[i:i + 3], 2.01 / 255, "colour")


@case
def high_range():
    """float, linear: values above 1 and below 0 survive, NaN and infinities become 0 and do not spread"""
    def function(x, y):
        if (x, y) == (20, 20):
            return [math.nan, math.inf, -math.inf]
        return [8.0, -0.25, 0.5] if x < 10 else [0.25] * 3
    image = simple_image(32, 32, precision="float linear", alpha=False)
    layer = image.get_layers()[0]
    put(layer, function, linear=True)
    upscale(image)
    data, n = get(layer, linear=True)
    if not all(math.isfinite(v) for v in data):
        raise AssertionError("not finite")
    near(pixel(layer, 6, 6, linear=True), [8.0, -0.25, 0.5], 0.02, "bright")
    near(pixel(layer, 63, 6, linear=True), [0.25] * 3, 1e-3, "dark")
    near(pixel(layer, 63, 63, linear=True), [0.25] * 3, 1e-3, "far from the NaN")
    if not max(pixel(layer, 41, 41, linear=True)) < 0.15:
        raise AssertionError(f"NaN is {pixel(layer, 41, 41, linear=True)}, not 0")


@case
def hidden_colour():
    """colour under transparent pixels does not show"""
    for precision in "u8", "float":
        image = simple_image(24, 24, precision=precision,
                             function=lambda x, y: [1.0, 0.0, 0.0, 1.0] if x < 12 else [0.0, 1.0, 0.0, 0.0])
        upscale(image, scale_x=3, scale_y=2)
        data, n = get(image.get_layers()[0])
        for i in range(0, len(data), 4):
            if data[i + 3] > 0.02:
                near(data[i:i + 3], [1.0, 0.0, 0.0], 0.02, f"{precision}, pixel {i // 4}")
        near(pixel(image.get_layers()[0], 3, 3)[3], 1, 0.01, "opaque")
        near(pixel(image.get_layers()[0], 68, 3)[3], 0, 0.01, "transparent")


@case
def shrink_mixed():
    """factors below 1, and one above with one below; no aliasing"""
    image = simple_image(40, 40, alpha=False, function=lambda x, y: [(x + y) % 2] * 3)
    upscale(image, scale_x=0.25, scale_y=0.25)
    equal(size(image), (10, 10))
    near(get(image.get_layers()[0])[0], [0.5] * 300, 0.06, "checkerboard")
    image = simple_image(20, 30)
    upscale(image, scale_x=2.5, scale_y=0.3)
    equal(place(image.get_layers()[0]), (0, 0, 50, 9))


@case
def extremes():
    """1 x 1 px, extreme aspect, largest and smallest factor"""
    for width, height, arguments, result in (
            (1, 1, {}, (2, 2)), (1, 1, {"scale_x": 32, "scale_y": 32}, (32, 32)),
            (1, 1, {"scale_x": 0.05, "scale_y": 0.05}, (1, 1)), (3, 1, {"scale_x": 0.05, "scale_y": 32}, (1, 32)),
            (300, 1, {"scale_x": 2, "scale_y": 2}, (600, 2)), (2, 200, {"scale_x": 0.5, "scale_y": 3}, (1, 600)),
            (5, 4, {"scale_x": 1, "scale_y": 1}, (5, 4))):
        image = simple_image(width, height, function=lambda x, y: [0.2, 0.4, 0.6, 1.0])
        upscale(image, **arguments)
        equal(size(image), result)
        near(get(image.get_layers()[0])[0], [0.2, 0.4, 0.6, 1.0] * (result[0] * result[1]), 1.01 / 255, str(result))


@case
def identity():
    """factor 1 without clean-up changes nothing, and 16 bits keep all of them"""
    image = simple_image(19, 11, precision="u16")
    before = get(image.get_layers()[0])[0]
    upscale(image, scale_x=1, scale_y=1)
    near(get(image.get_layers()[0])[0], before, 1.01 / 65535, "identity")


@case
def models():
    """every model runs, and twice the same gives the same"""
    for model in "fast", "balanced", "best":
        data = []
        for _ in range(2):
            image = simple_image(12, 12)
            upscale(image, model=model, clean_up=0.5)
            data.append(get(image.get_layers()[0])[0])
        equal(data[0], data[1], model)


@case
def sizes():
    """width and height: both, one alone keeps proportions, both win over factors"""
    for arguments, result in (({"width": 33, "height": 7}, (33, 7)), ({"width": 30}, (30, 20)),
                              ({"height": 10, "scale_x": 4}, (15, 10)), ({"width": 1}, (1, 1)),
                              ({"scale_x": 1.5}, (36, 32))):
        image = simple_image(24, 16)
        upscale(image, **arguments)
        equal(size(image), result, str(arguments))
        equal(place(image.get_layers()[0]), (0, 0) + result, str(arguments))


@case
def profile():
    """a colour profile is kept, and its pixels are not converted"""
    for profile in Gimp.ColorProfile.new_rgb_adobe(), Gimp.ColorProfile.new_rgb_srgb_linear():
        image = simple_image(8, 8, precision="u16", alpha=False)
        image.set_color_profile(profile)
        layer = image.get_layers()[0]
        put(layer, lambda x, y: [0.7, 0.3, 0.5])
        raw = bytes(layer.get_buffer().get(Gegl.Rectangle.new(4, 4, 1, 1), 1.0, None, Gegl.AbyssPolicy.NONE))
        copy, layers = upscale(image, target="new-image", width=4)
        for result in copy, image:
            if not result.get_color_profile().is_equal(profile):
                raise AssertionError("another profile")
        after = bytes(layers[0].get_buffer().get(Gegl.Rectangle.new(2, 2, 1, 1), 1.0, None, Gegl.AbyssPolicy.NONE))
        near(array.array("H", after), array.array("H", raw), 8, profile.get_label())


@case
def indexed():
    """an indexed image becomes a new RGB image with the same colours"""
    image = simple_image(16, 16, alpha=False, function=lambda x, y: [1.0, 0.0, 0.0] if x < 8 else [0.0, 0.0, 1.0])
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 4, False, False, "")
    copy, layers = upscale(image, target="new-image")
    equal(image.get_base_type(), Gimp.ImageBaseType.INDEXED)
    equal(size(image), (16, 16))
    equal(copy.get_base_type(), Gimp.ImageBaseType.RGB)
    equal(size(copy), (32, 32))
    near(pixel(layers[0], 3, 3), [1, 0, 0], 0.02)
    near(pixel(layers[0], 28, 3), [0, 0, 1], 0.02)
