"""What the cases share: TAP, pictures made of numbers, and the procedure under test."""
import array
import os
import traceback

import gi
gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio, GLib, GObject

NAME = "plug-in-triptych-upscale"
SHRINK = "plug-in-triptych-shrink"
DECOMPOSE = "plug-in-triptych-decompose"
PLACE = "plug-in-triptych-place"
SCRATCH = os.environ["TRIPTYCH_SCRATCH"]
STEP = {"u8": 1 / 255, "half": 2e-3, "u16": 1e-4}  # of a precision, if it is larger than 1e-4
PRECISIONS = {
    "u8": Gimp.Precision.U8_NON_LINEAR, "u16": Gimp.Precision.U16_NON_LINEAR,
    "u32": Gimp.Precision.U32_NON_LINEAR, "half": Gimp.Precision.HALF_NON_LINEAR,
    "float": Gimp.Precision.FLOAT_NON_LINEAR, "double": Gimp.Precision.DOUBLE_NON_LINEAR,
    "u8 linear": Gimp.Precision.U8_LINEAR, "u16 linear": Gimp.Precision.U16_LINEAR,
    "half linear": Gimp.Precision.HALF_LINEAR, "float linear": Gimp.Precision.FLOAT_LINEAR,
    "u16 perceptual": Gimp.Precision.U16_PERCEPTUAL, "float perceptual": Gimp.Precision.FLOAT_PERCEPTUAL,
}
_tap = open(os.environ["TRIPTYCH_TAP"], "w", buffering=1)
_cases = []


def case(function):
    """Registers function as one case: it passes unless it raises. Its docstring is the case's name."""
    _cases.append(function)
    return function


def cases_for_formats(keeps):
    """A case for each precision: keeps(precision, gray, alpha) checks that a constant stays constant."""
    for precision in PRECISIONS:
        def function(precision=precision):
            kinds = {(False, False), (True, True)}
            if precision in ("u8", "float linear"):
                kinds |= {(False, True), (True, False)}
            for gray, alpha in sorted(kinds):
                keeps(precision, gray, alpha)
        function.__doc__ = f"a constant stays constant, {precision}, RGB and gray, with alpha and without"
        case(function)


def run_cases():
    for number, function in enumerate(_cases, 1):
        known = {i.get_id() for i in Gimp.get_images()}
        try:
            function()
            _tap.write(f"ok {number} - {function.__doc__}\n")
        except Exception:
            for line in traceback.format_exc().splitlines():
                _tap.write(f"# {line}\n")
            _tap.write(f"not ok {number} - {function.__doc__}\n")
        for image in Gimp.get_images():
            if image.get_id() not in known:
                image.delete()
    _tap.write("# done\n")


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError(f"{what}: got {got!r}, expected {expected!r}")


def near(got, expected, tolerance, what=""):
    """Compares two numbers or two sequences of numbers."""
    if not hasattr(got, "__len__"):
        got, expected = [got], [expected]
    equal(len(got), len(expected), f"{what}: length")
    worst = max(range(len(got)), key=lambda i: abs(got[i] - expected[i]) if got[i] == got[i] else 1e30)
    if not abs(got[worst] - expected[worst]) <= tolerance:
        raise AssertionError(f"{what}: number {worst} is {got[worst]}, expected {expected[worst]}")


def new_image(width, height, gray=False, precision="u8"):
    return Gimp.Image.new_with_precision(width, height, Gimp.ImageBaseType.GRAY if gray else Gimp.ImageBaseType.RGB,
                                         PRECISIONS[precision])


def pixel_format(drawable, linear=False):
    """Straight alpha, floats; (name, number of components)."""
    alpha = "A" if drawable.has_alpha() else ""
    if isinstance(drawable, Gimp.Channel):
        return "Y float", 1
    if drawable.is_gray():
        return ("Y" if linear else "Y'") + alpha + " float", 1 + len(alpha)
    return ("RGB" if linear else "R'G'B'") + alpha + " float", 3 + len(alpha)


def put(drawable, function, linear=False):
    """Fills drawable: function (x, y) gives a pixel, a tuple of floats."""
    width, height = drawable.get_width(), drawable.get_height()
    name = pixel_format(drawable, linear)[0]
    data = array.array("f", [v for y in range(height) for x in range(width) for v in function(x, y)])
    buffer = drawable.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), name, data.tobytes())
    buffer.flush()
    drawable.update(0, 0, width, height)


def get(drawable, linear=False):
    """All pixels: a flat array of floats, and the number of components."""
    name, n = pixel_format(drawable, linear)
    rect = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    return array.array("f", drawable.get_buffer().get(rect, 1.0, name, Gegl.AbyssPolicy.NONE)), n


def pixel(drawable, x, y, linear=False):
    data, n = get(drawable, linear)
    start = (y * drawable.get_width() + x) * n
    return list(data[start:start + n])


def add_layer(image, width, height, function, alpha=True, name="layer", parent=None, x=0, y=0, linear=False):
    """A new layer at the top of parent, or of the image."""
    gray = image.get_base_type() == Gimp.ImageBaseType.GRAY
    kinds = (Gimp.ImageType.GRAY_IMAGE, Gimp.ImageType.GRAYA_IMAGE) if gray else \
            (Gimp.ImageType.RGB_IMAGE, Gimp.ImageType.RGBA_IMAGE)
    layer = Gimp.Layer.new(image, name, width, height, kinds[alpha], 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, parent, 0)
    layer.set_offsets(x, y)
    put(layer, function, linear)
    return layer


def waves(n, alpha=None):
    """A smooth picture of n colour components, and alpha if given."""
    def function(x, y):
        colour = [0.5 + 0.4 * ((x * (c + 1) % 16) / 8 - 1 if (x // 16) % 2 else 1 - (x * (c + 1) % 16) / 8) *
                  (1 - abs(y % 12 - 6) / 6) for c in range(n)]
        return colour + ([] if alpha is None else [alpha])
    return function


def simple_image(width=24, height=16, gray=False, precision="u8", alpha=True, function=None):
    image = new_image(width, height, gray, precision)
    n = 1 if gray else 3
    add_layer(image, width, height, function or waves(n, 1.0 if alpha else None), alpha)
    return image


def add_mask(layer, function):
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    put(mask, function)
    return mask


def add_group(image, name="group", parent=None):
    group = Gimp.GroupLayer.new(image, name)
    image.insert_layer(group, parent, 0)
    return group


def add_blur(layer, radius=3.0):
    effect = Gimp.DrawableFilter.new(layer, "gegl:gaussian-blur", "blur")
    config = effect.get_config()
    config.set_property("std-dev-x", radius)
    config.set_property("std-dev-y", radius)
    layer.append_filter(effect)
    return effect


def add_shadow(layer, x, y):
    """A filter that reaches out of layer."""
    effect = Gimp.DrawableFilter.new(layer, "gegl:dropshadow", "shadow")
    for key, value in ("x", x), ("y", y), ("radius", 0):
        effect.get_config().set_property(key, float(value))
    layer.append_filter(effect)


def seen(image):
    """All that the image shows, as pixels."""
    return get(Gimp.Layer.new_from_visible(image, image, "seen"))[0]


def half(x, y):
    return [1.0] if x < 8 else [0.0]


def disc(x, y):
    return [0.3, 0.6, 0.9, 1.0 if (x - 7.5) ** 2 + (y - 7.5) ** 2 < 30 else 0.0]


def run(image, drawables=None, name=NAME, **arguments):
    """The values that the procedure returns, status first."""
    procedure = Gimp.get_pdb().lookup_procedure(name)
    config = procedure.create_config()
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_layers()[:1] if drawables is None else drawables)
    if procedure.find_argument("model"):
        arguments.setdefault("model", "fast")
    for key, value in arguments.items():
        config.set_property(key.replace("_", "-"), value)
    return procedure.run(config)


def upscale(image, drawables=None, **arguments):
    """Runs the procedure, which must succeed; the image and the layers that it returns."""
    values = run(image, drawables, **arguments)
    equal(values.index(0), Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error())
    return values.index(1), list(values.get_core_object_array(2))


def shrink(image, **arguments):
    """Runs plug-in-triptych-shrink, which must succeed; the image and the fidelity that it returns."""
    values = run(image, name=SHRINK, **arguments)
    equal(values.index(0), Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error())
    return values.index(1), values.index(2)


def decompose(image, drawables=None, **arguments):
    """Runs plug-in-triptych-decompose, which must succeed; the group, background, effects and foreground."""
    values = run(image, drawables, name=DECOMPOSE, **arguments)
    equal(values.index(0), Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error())
    return [values.index(i) for i in range(1, 5)]


def find_places(image, layer=None, **arguments):
    """Runs plug-in-triptych-place for layer, or the topmost, which must succeed; (x, y, scale, score) of each place."""
    values = run(image, [layer or image.get_layers()[0]], name=PLACE, **arguments)
    equal(values.index(0), Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error())
    array_value = GObject.Value(GObject.GType.from_name("GimpDoubleArray"))
    array_value.set_boxed(values.index(1))
    numbers = Gimp.value_get_double_array(array_value)
    equal(len(numbers) % 4, 0, "four numbers for each place")
    return [tuple(numbers[i:i + 4]) for i in range(0, len(numbers), 4)]


def same_places(got, expected, what=""):
    """But for what conversions in GIMP, which are not the same in each run, make of the last digits."""
    near([v for p in got for v in p], [v for p in expected for v in p], 0.02, what)


def other_places(got, expected, what=""):
    try:
        same_places(got, expected)
    except AssertionError:
        return
    raise AssertionError(what)


def size(item):
    return item.get_width(), item.get_height()


def place(layer):
    return tuple(layer.get_offsets()[1:]) + size(layer)


def digest(image):
    """All that a failed run must leave alone."""
    def layers(items):
        for i in items:
            yield (i.get_id(), i.get_name(), place(i), None if i.is_group() else bytes(get(i)[0]), len(i.get_filters()),
                   i.get_mask() and bytes(get(i.get_mask())[0]),
                   list(layers(i.get_children())) if i.is_group() else None)
    return (size(image), list(layers(image.get_layers())), image.is_dirty(), Gimp.Selection.bounds(image),
            [(c.get_id(), bytes(get(c)[0])) for c in image.get_channels()], len(Gimp.get_images()))


def refuses(image, *words, drawables=None, **arguments):
    """The run must fail with an error that holds all the words, and leave the image alone."""
    before = digest(image)
    values = run(image, drawables, **arguments)
    message = Gimp.get_pdb().get_last_error()
    equal(values.index(0), Gimp.PDBStatusType.EXECUTION_ERROR, "status")
    for word in words:
        if word not in message:
            raise AssertionError(f"“{word}” is not in “{message}”")
    equal(digest(image), before, "the image after a failed run")


def strangers(image):
    """Layers named “stranger” that image does not have, with a mask: not inserted yet, and of another image."""
    single = Gimp.Layer.new(image, "stranger", 24, 16, Gimp.ImageType.RGBA_IMAGE, 100, Gimp.LayerMode.NORMAL)
    other = add_layer(simple_image(), 24, 16, waves(3, 1.0), name="stranger")
    return [single, other, add_mask(other, lambda x, y: [1.0])]


def has_arguments(name, numbers, choices):
    """numbers: least, most and default by argument; choices: default by argument."""
    procedure = Gimp.get_pdb().lookup_procedure(name)
    for key, expected in numbers.items():
        argument = procedure.find_argument(key)
        equal((argument.minimum, argument.maximum, argument.default_value), expected, key)
    for key, default in choices.items():
        equal(procedure.find_argument(key).get_default_value(), default, key)


def is_documented(name, label, keys):
    """Menu, documentation, and labels with mnemonics and tooltips of the arguments."""
    procedure = Gimp.get_pdb().lookup_procedure(name)
    equal(procedure.get_menu_label(), label)
    equal(procedure.get_menu_paths(), ["<Image>/Filters/Triptych"])
    for text in procedure.get_blurb(), procedure.get_help(), procedure.get_authors():
        if not text:
            raise AssertionError("no documentation")
    letters = []
    for key in keys:
        argument = procedure.find_argument(key)
        if len(argument.get_blurb()) < 12:
            raise AssertionError(f"{key} has no tooltip")
        letters.append(argument.get_nick().split("_")[1][0].lower())
    equal(len(set(letters)), len(letters), "mnemonics")
    if set(letters) & set("ocrhls"):
        raise AssertionError("a mnemonic of GIMP's buttons")
