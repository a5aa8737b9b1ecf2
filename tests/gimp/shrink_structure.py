"""What becomes of an image's structure, and what the procedure refuses."""
from support import *


def half(x, y):
    return [1.0] if x < 20 else [0.0]


@case
def whole_image():
    """target image: layers, groups, masks, channels, selection, guides, profile and the rest are kept"""
    image = simple_image(40, 40)
    group = add_group(image)
    layer = add_layer(image, 16, 12, waves(3, 1.0), parent=group, x=10, y=-4, name="naïve “é”")
    layer.set_opacity(40)
    layer.set_mode(Gimp.LayerMode.MULTIPLY)
    mask = add_mask(layer, half)
    add_blur(image.get_layers()[1])
    channel = Gimp.Channel.new(image, "channel", 40, 40, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    put(channel, half)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 8, 8, 12, 20)
    guide = image.add_vguide(30)
    image.set_resolution(123, 45)
    image.attach_parasite(Gimp.Parasite.new("note", Gimp.PARASITE_PERSISTENT, b"kept"))
    profile = Gimp.ColorProfile.new_rgb_adobe()
    image.set_color_profile(profile)
    layer.set_lock_content(True)
    result, _ = shrink(image, target="image")
    equal(result.get_id(), image.get_id())
    equal((size(image), place(layer), size(mask), size(channel)), ((20, 20), (5, -2, 8, 6), (8, 6), (20, 20)))
    equal([i.get_name() for i in image.get_layers() + group.get_children()], ["group", "layer", "naïve “é”"])
    equal((layer.get_opacity(), layer.get_mode(), layer.get_lock_content()), (40.0, Gimp.LayerMode.MULTIPLY, True))
    equal(image.get_layers()[1].get_filters(), [], "filters are applied")
    near([pixel(channel, 2, 2)[0], pixel(channel, 17, 2)[0]], [1, 0], 0.02, "channel")
    near(list(Gimp.Selection.bounds(image)[2:]), [4, 4, 10, 14], 2, "selection")
    equal((image.get_guide_position(guide), image.get_resolution()[1:]), (15, (123.0, 45.0)))
    equal(bytes(image.get_parasite("note").get_data()), b"kept")
    equal(bool(image.get_color_profile().is_equal(profile)), True, "profile")


@case
def untouched():
    """new-image: the original is untouched and not dirty, the copy has everything"""
    image = simple_image(20, 20)
    group = add_group(image)
    layer = add_layer(image, 10, 10, waves(3, 1.0), parent=group, x=3, y=3)
    add_mask(layer, half)
    add_blur(layer)
    image.clean_all()
    before = digest(image)
    copy, _ = shrink(image)
    for now, then in zip(digest(image)[:-1], before):
        equal(now, then, "the original")
    equal([p for p in image.get_parasite_list() if p.startswith("triptych")], [], "notes of the original")
    equal((image.is_dirty(), copy.undo_is_enabled(), size(copy)), (False, True, (10, 10)))
    equal([i.get_name() for i in copy.get_layers()], ["group", "layer"])


@case
def text():
    """a text layer becomes smaller with the image"""
    image = simple_image(100, 40)
    layer = Gimp.TextLayer.new(image, "Text", Gimp.context_get_font(), 20, Gimp.Unit.pixel())
    image.insert_layer(layer, None, 0)
    before = size(layer)
    copy, _ = shrink(image)
    near(list(size(copy.get_layers()[0])), [before[0] / 2, before[1] / 2], 1.01)


@case
def not_smaller():
    """a result that is not smaller"""
    for target in "image", "new-image":
        for arguments in ({"scale_x": 1.0, "scale_y": 1.0}, {"width": 24, "height": 16}, {"width": 25, "height": 8},
                          {"width": 300}, {"scale_x": 0.99, "scale_y": 0.99}):
            refuses(simple_image(24, 16), "would not become smaller", "24 × 16", name=SHRINK, target=target,
                    **arguments)
    refuses(simple_image(1, 1), "would not become smaller", name=SHRINK)


@case
def refusals():
    """no layers, an indexed image as target, a floating selection, a layer that would vanish, no display"""
    refuses(new_image(8, 8), "no layers", name=SHRINK, drawables=[])
    image = simple_image(8, 8, alpha=False)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 4, False, False, "")
    refuses(image, "indexed", "new image", name=SHRINK, target="image")
    image = simple_image(20, 20)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 5, 5, 10, 10)
    Gimp.Selection.float(image, image.get_layers(), 0, 0)
    refuses(image, "floating selection", name=SHRINK)
    image = simple_image(40, 40)
    add_layer(image, 1, 1, waves(3, 1.0), name="speck", x=20, y=20)
    refuses(image, "“speck” would vanish", name=SHRINK, scale_x=0.1, scale_y=0.1)
    refuses(simple_image(), "no display", name=SHRINK, run_mode=Gimp.RunMode.INTERACTIVE)


@case
def arguments():
    """ranges, defaults, labels, tooltips and documentation"""
    has_arguments(SHRINK, {"scale-x": (0.05, 1, 0.5), "scale-y": (0.05, 1, 0.5), "width": (0, 524288, 0),
                           "height": (0, 524288, 0), "strength": (0, 1, 1)},
                  {"model": "balanced", "target": "new-image"})
    is_documented(SHRINK, "_Shrink...", ["scale-x", "scale-y", "width", "height", "model", "strength", "target"])
