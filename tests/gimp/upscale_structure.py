"""What becomes of an image's structure: layers, groups, masks, filters, channels, selection and the rest."""
from support import *

from gi.repository import GExiv2  # the version that GIMP has loaded


def has_ids(layers, expected):
    equal([i.get_id() for i in layers], [i.get_id() for i in expected], "layers returned")


@case
def attributes():
    """target image and layer keep all attributes of a layer"""
    for target in "image", "layer":
        image = simple_image(20, 20)
        layer = add_layer(image, 8, 6, waves(3, 1.0), name="naïve “é”", x=-3, y=5)
        layer.set_opacity(40)
        layer.set_mode(Gimp.LayerMode.MULTIPLY)
        layer.set_blend_space(Gimp.LayerColorSpace.RGB_LINEAR)
        layer.set_composite_space(Gimp.LayerColorSpace.RGB_PERCEPTUAL)
        layer.set_composite_mode(Gimp.LayerCompositeMode.UNION)
        layer.set_visible(False)
        layer.set_color_tag(Gimp.ColorTag.RED)
        layer.attach_parasite(Gimp.Parasite.new("note", Gimp.PARASITE_PERSISTENT, b"kept"))
        layer.set_tattoo(77)
        _, layers = upscale(image, [layer], target=target)
        has_ids(layers, image.get_layers() if target == "image" else [layer])
        equal(place(layer), (-6, 10, 16, 12) if target == "image" else (-7, 2, 16, 12), target)
        equal((layer.get_name(), layer.get_opacity(), layer.get_mode(), layer.get_blend_space(),
               layer.get_composite_space(), layer.get_composite_mode(), layer.get_visible(), layer.get_color_tag(),
               bytes(layer.get_parasite("note").get_data()), layer.get_tattoo()),
              ("naïve “é”", 40.0, Gimp.LayerMode.MULTIPLY, Gimp.LayerColorSpace.RGB_LINEAR,
               Gimp.LayerColorSpace.RGB_PERCEPTUAL, Gimp.LayerCompositeMode.UNION, False, Gimp.ColorTag.RED,
               b"kept", 77), target)


@case
def image_data():
    """resolution, metadata, parasites, unit, guides, sample points and paths"""
    image = simple_image(40, 20)
    image.set_resolution(123, 45)
    metadata = Gimp.Metadata.new()
    GExiv2.Metadata.set_tag_string(metadata, "Exif.Image.Artist", "A. Painter")
    image.set_metadata(metadata)
    image.attach_parasite(Gimp.Parasite.new("note", Gimp.PARASITE_PERSISTENT, b"kept"))
    guides = image.add_hguide(5), image.add_vguide(30)
    point = image.add_sample_point(10, 15)
    path = Gimp.Path.new(image, "path")
    image.insert_path(path, None, 0)
    stroke = path.bezier_stroke_new_moveto(4, 6)
    path.bezier_stroke_lineto(stroke, 20, 10)
    upscale(image, scale_x=3, scale_y=2)
    equal(size(image), (120, 40))
    equal(image.get_resolution()[1:], (123.0, 45.0))
    equal(GExiv2.Metadata.get_tag_string(image.get_metadata(), "Exif.Image.Artist"), "A. Painter")
    equal(bytes(image.get_parasite("note").get_data()), b"kept")
    equal([image.get_guide_position(i) for i in guides], [10, 90])
    equal(list(image.get_sample_point_position(point)), [30, 30])
    points = path.stroke_get_points(stroke)[1]
    near(points[2:4], [12, 12], 1e-6, "path")


@case
def channels():
    """channels and selection are scaled; a selection does not confine what is written"""
    image = simple_image(16, 16, function=lambda x, y: [0.5, 0.5, 0.5, 1.0])
    channel = Gimp.Channel.new(image, "channel", 16, 16, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    put(channel, half)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 4, 4, 6, 8)
    upscale(image, scale_x=2, scale_y=3)
    equal(size(channel), (32, 48))
    near(pixel(channel, 3, 20), [1], 0.02)
    near(pixel(channel, 28, 20), [0], 0.02)
    bounds = Gimp.Selection.bounds(image)
    near(list(bounds[2:]), [8, 12, 20, 36], 3, "selection")
    near(Gimp.Selection.value(image, 14, 24), 255, 0, "selected")
    near(get(image.get_layers()[0])[0], [0.5, 0.5, 0.5, 1.0] * (32 * 48), 1.01 / 255, "whole layer")


@case
def many_layers():
    """layers with offsets, partly outside, of odd sizes, at an odd factor: GIMP's own rounding"""
    image = simple_image(37, 29)
    places = [(-5, -7, 11, 13), (30, 20, 17, 3), (3, 4, 1, 1), (0, 0, 37, 29), (-20, 40, 5, 5)]
    layers = [add_layer(image, w, h, lambda x, y: [0.25, 0.5, 0.75, 1.0], x=x, y=y) for x, y, w, h in places]
    reference = image.duplicate()
    reference.scale(81, 50)
    upscale(image, width=81, height=50)
    for layer, other in zip(image.get_layers(), reference.get_layers()):
        equal(place(layer), place(other))
    for layer in layers:
        near(get(layer)[0], [0.25, 0.5, 0.75, 1.0] * (size(layer)[0] * size(layer)[1]), 2.01 / 255, "layer")


@case
def groups():
    """groups, nested and empty, with masks: structure and places as by GIMP's own scaling"""
    image = simple_image(40, 40)
    outer = add_group(image, "outer")
    add_layer(image, 16, 16, waves(3, 1.0), parent=outer, x=5, y=5, name="a")
    inner = add_group(image, "inner", outer)
    layer = add_layer(image, 16, 16, disc, parent=inner, x=11, y=3, name="b")
    add_group(image, "empty", outer)
    inner_mask = add_mask(inner, half)
    mask = add_mask(layer, half)
    upscale(image, scale_x=2, scale_y=3)
    equal([i.get_name() for i in image.get_layers()], ["outer", "layer"])
    equal([i.get_name() for i in outer.get_children()], ["empty", "inner", "a"])
    equal(place(layer), (22, 9, 32, 48))
    equal(place(inner), (22, 9, 32, 48))
    equal(place(outer.get_children()[2]), (10, 15, 32, 48))
    for name, item in ("mask", mask), ("group's mask", inner_mask):
        equal(size(item), (32, 48), name)
        near(pixel(item, 3, 24), [1], 0.02, name)
        near(pixel(item, 28, 24), [0], 0.02, name)


@case
def empty_groups():
    """groups of nothing, with masks, are in no size's way, and become what GIMP makes of them"""
    for scale in 0.1, 0.6, 2:
        for target in "image", "new-image":
            image = simple_image(40, 40)
            outer = add_group(image, "outer")
            inner = add_group(image, "inner", outer)
            for group in outer, inner, add_group(image, "other"):
                add_mask(group, lambda x, y: [1.0])
            reference = image.duplicate()
            reference.scale(int(40 * scale), int(40 * scale))
            result, layers = upscale(image, scale_x=scale, scale_y=scale, target=target)
            has_ids(layers, result.get_layers()[-1:])
            for a, b in zip(result.get_layers(), reference.get_layers(), strict=True):
                equal((a.get_name(), place(a), bool(a.get_mask())), (b.get_name(), place(b), bool(b.get_mask())))


@case
def locks():
    """target image: locked layers, groups and channels are scaled, and stay locked"""
    for target in "image", "new-image":
        image = simple_image(16, 16)
        group = add_group(image)
        layer = add_layer(image, 16, 16, disc, parent=group)
        text = Gimp.TextLayer.new(image, "T", Gimp.context_get_font(), 12, Gimp.Unit.pixel())
        image.insert_layer(text, group, 0)
        channel = Gimp.Channel.new(image, "channel", 16, 16, 50, Gegl.Color.new("red"))
        image.insert_channel(channel, None, 0)
        locked = image.get_layers()[1]
        for drawable in add_mask(locked, half), add_mask(group, half), add_mask(layer, half), channel:
            put(drawable, half)
        for item in locked, locked.get_mask(), group, text, channel:
            item.set_lock_content(True)
            item.set_lock_position(True)
            item.set_lock_visibility(True)
        layer.set_lock_alpha(True)
        image, _ = upscale(image, target=target)
        group, locked = image.get_layers()
        layer, channel = group.get_children()[1], image.get_channels()[0]
        for item in locked, group, group.get_children()[0], channel:
            equal((item.get_lock_content(), item.get_lock_position(), item.get_lock_visibility()), (True,) * 3)
        equal((layer.get_lock_content(), layer.get_lock_alpha()), (False, True))
        equal([size(i) for i in (layer, locked, channel)], [(32, 32)] * 3)
        near(pixel(layer, 16, 16), [0.3, 0.6, 0.9, 1.0], 0.02, "under a locked alpha, in a locked group")
        near(pixel(layer, 0, 0)[3], 0, 0.02, "its alpha")
        for drawable in locked.get_mask(), group.get_mask(), layer.get_mask(), channel:
            near(pixel(drawable, 3, 24) + pixel(drawable, 28, 24), [1, 0], 0.02, drawable.get_name())


@case
def locked_sources():
    """target layer: a new layer is made of what is locked, and comes whole into a locked group"""
    def check(image, source, expected):
        before = get(source)[0]
        _, layers = upscale(image, [source], target="layer")
        equal(place(layers[0]), expected)
        equal(layers[0].get_parent().get_id(), outer.get_id())
        equal(get(source)[0], before)
        equal(outer.get_lock_content() and outer.get_lock_position(), True)
        return layers[0]

    image = simple_image(60, 60)
    outer = add_group(image, "outer")
    layer = add_layer(image, 16, 16, disc, parent=outer, x=20, y=10)
    inner = add_group(image, "inner", outer)
    add_layer(image, 16, 16, disc, parent=inner, x=30, y=20)
    mask = add_mask(inner, half)
    text = Gimp.TextLayer.new(image, "Text", Gimp.context_get_font(), 20, Gimp.Unit.pixel())
    image.insert_layer(text, outer, 0)
    for item in outer, layer, inner, mask, text:
        item.set_lock_content(True)
        item.set_lock_position(True)
        item.set_lock_visibility(True)
    result = check(image, inner, (22, 12, 32, 32))
    near(pixel(result, 16, 16), [0.3, 0.6, 0.9, 1.0], 0.02, "group")
    near(pixel(result.get_mask(), 2, 2) + pixel(result.get_mask(), 30, 2), [1, 0], 0.02, "mask")
    width, height = size(text)
    check(image, text, (-(width // 2), -(height // 2), 2 * width, 2 * height))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 22, 12, 12, 10)
    result = check(image, layer, (16, 7, 24, 20))
    near(pixel(result, 12, 10), [0.3, 0.6, 0.9, 1.0], 0.02, "selected part")


@case
def other_locks():
    """target layer: locks of alpha, visibility and the mask keep nobody from scaling the layer"""
    image = simple_image(16, 16)
    layer = add_layer(image, 16, 16, disc)
    mask = add_mask(layer, half)
    layer.set_lock_alpha(True)
    for item in layer, mask:
        item.set_lock_visibility(True)
    mask.set_lock_content(True)
    mask.set_lock_position(True)
    upscale(image, [layer], target="layer")
    equal([size(i) for i in (layer, mask)], [(32, 32)] * 2)
    near(pixel(layer, 16, 16), [0.3, 0.6, 0.9, 1.0], 0.02)
    near(pixel(layer, 0, 0)[3], 0, 0.02, "alpha")
    near(pixel(mask, 3, 24) + pixel(mask, 28, 24), [1, 0], 0.02, "mask")
    equal((layer.get_lock_alpha(), layer.get_lock_visibility()), (True, True))


@case
def mask():
    """target layer: the mask stays a mask and is scaled, its attributes are kept"""
    image = simple_image(16, 16)
    layer = image.get_layers()[0]
    item = add_mask(layer, half)
    layer.set_apply_mask(False)
    upscale(image, [layer], target="layer", scale_x=3, scale_y=2)
    equal(layer.get_mask().get_id(), item.get_id())
    equal(size(item), (48, 32))
    equal(layer.get_apply_mask(), False)
    near(pixel(item, 10, 10), [1], 0.02)
    near(pixel(item, 40, 10), [0], 0.02)
    near(pixel(layer, 40, 10)[3], 1, 1e-6, "alpha")
    _, layers = upscale(image, [item], target="layer")
    has_ids(layers, [layer])
    equal(size(layer), (96, 64), "by way of its mask")


@case
def text():
    """a text layer: scaled with the image; as target it is left alone, and a scaled layer is put above it"""
    image = simple_image(100, 40)
    layer = Gimp.TextLayer.new(image, "Text", Gimp.context_get_font(), 20, Gimp.Unit.pixel())
    image.insert_layer(layer, None, 0)
    before = place(layer)
    copy, layers = upscale(image, target="new-image")
    equal(size(layers[0])[0] >= 2 * before[2] - 1, True, "scaled with the image")
    pixels = get(layer)[0]
    _, layers = upscale(image, [layer], target="layer")
    equal(place(layer), before)
    equal(get(layer)[0], pixels)
    equal(size(layers[0]), (2 * before[2], 2 * before[3]))
    equal([i.get_id() for i in image.get_layers()[:2]], [layers[0].get_id(), layer.get_id()])
    if not max(get(layers[0])[0][3::4]) > 0.9:
        raise AssertionError("the text is gone")


@case
def group_as_target():
    """a group as target is read: a scaled layer above it, with the group's mask"""
    image = simple_image(40, 40)
    group = add_group(image)
    child = add_layer(image, 16, 16, disc, parent=group, x=10, y=12)
    add_mask(group, half)
    _, layers = upscale(image, [group], target="layer")
    equal(place(child), (10, 12, 16, 16))
    equal(place(layers[0]), (2, 4, 32, 32))
    equal([i.get_id() for i in image.get_layers()[:2]], [layers[0].get_id(), group.get_id()])
    near(pixel(layers[0], 16, 16), [0.3, 0.6, 0.9, 1.0], 0.02, "inside")
    near(pixel(layers[0], 0, 0)[3], 0, 0.02, "outside")
    equal(size(layers[0].get_mask()), (32, 32))
    near(pixel(layers[0].get_mask(), 2, 2), [1], 0.02)
    near(pixel(layers[0].get_mask(), 30, 2), [0], 0.02)


@case
def layer_in_group():
    """target layer in a group stays where it is; the image and the other layers are untouched"""
    image = simple_image(40, 40)
    other = image.get_layers()[0]
    group = add_group(image)
    layers = [add_layer(image, 10, 8, waves(3, 1.0), parent=group, x=10, y=12, name=str(i)) for i in range(3)]
    before = get(other)[0]
    upscale(image, [layers[1]], target="layer", width=20, height=20)
    equal([i.get_name() for i in group.get_children()], ["2", "1", "0"])
    equal(place(layers[1]), (5, 6, 20, 20))
    equal(size(image), (40, 40))
    equal(get(other)[0], before)


@case
def several_layers():
    """target layer with several layers: all are scaled"""
    image = simple_image(40, 40)
    layers = [add_layer(image, 10 + i, 8, waves(3, 1.0), x=10, y=12) for i in range(3)]
    _, results = upscale(image, layers[:2], target="layer")
    has_ids(results, layers[:2])
    equal([size(i) for i in layers], [(20, 16), (22, 16), (12, 8)])


@case
def selection():
    """target layer with a selection: only that part, as a new layer; the original is untouched"""
    image = simple_image(60, 40, alpha=False, function=lambda x, y: [0.2, 0.5, 0.8])
    layer = image.get_layers()[0]
    layer.set_offsets(10, 5)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 15, 30, 10)
    before = get(layer)[0]
    _, layers = upscale(image, [layer], target="layer", scale_x=2, scale_y=2)
    equal(place(layers[0]), (0, 10, 40, 20))
    equal(bool(layers[0].has_alpha()), True)
    near(get(layers[0])[0], [0.2, 0.5, 0.8, 1.0] * 800, 1.01 / 255, "part")
    equal(place(layer), (10, 5, 60, 40))
    equal(get(layer)[0], before)
    equal(layers[0].get_name() != layer.get_name(), True, "a name of its own")
    _, layers = upscale(image, [layer], target="layer", width=10)
    equal(size(layers[0]), (10, 5), "proportions of the part")


@case
def soft_selection():
    """soft selections cut softly, without a fringe, and a layer mask is applied"""
    image = simple_image(60, 60, function=lambda x, y: [0.2, 0.5, 0.8, 1.0])
    layer = image.get_layers()[0]
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 15, 15, 30, 30)
    Gimp.Selection.feather(image, 8)
    add_mask(layer, lambda x, y: [1.0] if y < 30 else [0.0])
    _, layers = upscale(image, [layer], target="layer")
    data, n = get(layers[0])
    alphas = data[3::4]
    w, h = size(layers[0])
    if not len(set(alphas)) > 40:
        raise AssertionError("a hard edge")
    for i in range(0, len(data), 4):
        if data[i + 3] > 0.05:
            near(data[i:i + 3], [0.2, 0.5, 0.8], 0.02, "colour")
    near(alphas[(h // 4) * w + w // 2], 1, 0.1, "above")
    near(alphas[(3 * h // 4) * w + w // 2], 0, 0.02, "masked")


@case
def as_new_image():
    """new-image: the original is untouched and not dirty, the copy has everything"""
    image = simple_image(20, 20)
    group = add_group(image)
    layer = add_layer(image, 10, 10, waves(3, 1.0), parent=group, x=3, y=3)
    add_mask(layer, half)
    add_blur(layer)
    image.set_resolution(123, 45)
    image.clean_all()
    before = digest(image)
    copy, layers = upscale(image, target="new-image", scale_x=3)
    for now, then in zip(digest(image)[:-1], before):
        equal(now, then, "the original")
    equal(image.is_dirty(), False)
    equal(size(copy), (60, 40))
    equal(copy.get_resolution()[1:], (123.0, 45.0))
    equal([i.get_name() for i in copy.get_layers()], ["group", "layer"])
    equal([i.get_image().get_id() for i in layers], [copy.get_id()] * 2)
    equal(copy.undo_is_enabled(), True)


@case
def context():
    """the user's context is as before"""
    Gimp.context_set_interpolation(Gimp.InterpolationType.LINEAR)
    upscale(simple_image())
    equal(Gimp.context_get_interpolation(), Gimp.InterpolationType.LINEAR)
