"""Where the layers go, which masks count, and what is refused."""
import os
import resource

from decompose_scene import *


def coverage(x, y):
    return [1.0 if math.hypot(x - CENTRE[0], y - CENTRE[1]) < RADIUS + 2 else 0.0]


def add_channel(image, function, width=WIDTH, height=HEIGHT):
    channel = Gimp.Channel.new(image, "channel", width, height, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    put(channel, function)
    return channel


@case
def group_is_made():
    """a group above the layer, with three layers; the layer is kept, hidden; one undo step"""
    image = scene_image()
    layer = image.get_layers()[0]
    top = add_layer(image, 8, 8, waves(3, 1.0), name="top")
    select_disc(image)
    group, *layers = decompose(image, [layer])
    equal([i.get_id() for i in image.get_layers()], [top.get_id(), group.get_id(), layer.get_id()])
    equal([i.get_id() for i in group.get_children()], [i.get_id() for i in reversed(layers)])
    equal([i.get_name().split(" #")[0] for i in layers], ["Background", "Effects", "Foreground"])
    equal(group.get_name().split(" #")[0], "layer")
    equal((layer.get_visible(), group.get_visible()), (False, True))
    equal([i.get_mode() for i in layers], [Gimp.LayerMode.NORMAL] * 3)


@case
def masks_count():
    """the same from selection, channel, black and white layer, transparent layer, layer mask, selection drawable"""
    expected = None
    for kind in "selection", "channel", "painted", "transparent", "layer mask", "selection channel":
        image = scene_image(alpha=opaque)
        layer = image.get_layers()[0]
        mask = None
        if kind.startswith("selection"):
            image.select_item(Gimp.ChannelOps.REPLACE, add_channel(image, coverage))
        if kind == "selection channel":
            mask = image.get_selection()
        elif kind == "channel":
            mask = add_channel(image, coverage)
        elif kind == "painted":
            mask = add_layer(image, WIDTH, HEIGHT, lambda x, y: coverage(x, y) * 3, alpha=False)
        elif kind == "transparent":
            mask = add_layer(image, WIDTH, HEIGHT, lambda x, y: [0.2, 0.3, 0.1] + coverage(x, y))
        elif kind == "layer mask":
            mask = add_mask(layer, coverage)
            layer.set_apply_mask(False)
        # with a seed whose filling has no ties, which rounding decides
        result = decompose(image, [layer], seed=1, **({"mask": mask} if mask else {}))
        pixels = [get(i)[0] for i in result[1:]]
        expected = expected or pixels
        for got, first in zip(pixels, expected, strict=True):
            near(got, first, ROUNDING, kind)


@case
def soft_masks():
    """a soft selection, and the channel and layer mask that GIMP makes of it, are the same, whatever their encoding"""
    for precision in "u8", "u8 linear", "float":
        expected = None
        for kind in "selection", "channel", "layer mask":
            image = scene_image(precision=precision)
            layer = image.get_layers()[0]
            select_disc(image, radius=12)
            Gimp.Selection.feather(image, 16)
            mask = None
            if kind == "channel":
                mask = Gimp.Selection.save(image)
            elif kind == "layer mask":
                mask = layer.create_mask(Gimp.AddMaskType.SELECTION)
                layer.add_mask(mask)
                layer.set_apply_mask(False)
            foreground = decompose(image, [layer], edge=1.0, effects="none", **({"mask": mask} if mask else {}))[3]
            sums = place(foreground), sum(get(foreground)[0][3::4])
            expected = expected or sums
            equal(sums[0], expected[0], f"{kind}, {precision}")
            near(sums[1], expected[1], 1, f"{kind}, {precision}")


@case
def filtered_masks():
    """a layer counts as mask with its filters, which stay"""
    image = scene_image()
    layer = image.get_layers()[0]
    mask = add_layer(image, WIDTH, HEIGHT, lambda x, y: [1 - v for v in coverage(x, y)] * 3, alpha=False, name="mask")
    mask.append_filter(Gimp.DrawableFilter.new(mask, "gegl:invert-gamma", "invert"))
    filtered = decompose(image, [layer], mask=mask)
    equal(len(mask.get_filters()), 1, "filters of the mask")
    plain = decompose(image, [layer], mask=add_channel(image, coverage))
    for got, expected in zip(filtered[1:], plain[1:], strict=True):
        near(get(got)[0], get(expected)[0], ROUNDING)


@case
def offsets():
    """a layer that lies elsewhere, partly outside of the image; and a mask with offsets of its own"""
    for x, y in (11, 7), (-9, -5), (30, 40):
        image = new_image(WIDTH, HEIGHT)
        layer = add_layer(image, WIDTH, HEIGHT, disc_scene(3), alpha=False, x=x, y=y)
        mask = add_layer(image, 40, 40, lambda i, j: [1, 1, 1, coverage(i + 16, j + 4)[0]], x=x + 16, y=y + 4)
        group, background, _, foreground = decompose(image, [layer], mask=mask)
        is_sum(group, layer, f"at {x}, {y}")
        equal(place(background), place(layer))
        near(list(place(foreground)[:2]), [x + CENTRE[0] - RADIUS, y + CENTRE[1] - RADIUS], 3)
        if x == 11:
            select_disc(image, x, y)
            is_sum(decompose(image, [layer])[0], layer, "with a selection")


@case
def stays_in_its_group():
    """the group goes where the layer is, and takes over opacity, mode, mask and colour tag"""
    image = new_image(WIDTH, HEIGHT)
    outer = add_group(image, "outer")
    layer = add_layer(image, WIDTH, HEIGHT, disc_scene(3, opaque), parent=outer, name="naïve “é”")
    layer.set_opacity(40)
    layer.set_mode(Gimp.LayerMode.MULTIPLY)
    layer.set_color_tag(Gimp.ColorTag.BLUE)
    mask = add_mask(layer, lambda x, y: [0.25 if x < 20 else 1.0])
    select_disc(image)
    group, *_ = decompose(image, [layer])
    equal([i.get_id() for i in outer.get_children()], [group.get_id(), layer.get_id()])
    equal((group.get_opacity(), group.get_mode(), group.get_color_tag()),
          (40, Gimp.LayerMode.MULTIPLY, Gimp.ColorTag.BLUE))
    near(get(group.get_mask())[0], get(mask)[0], 0)
    is_sum(group, layer)


@case
def looks_the_same():
    """the whole image looks as before, with opacity, mode, a mask and a layer below"""
    image = new_image(WIDTH, HEIGHT)
    add_layer(image, WIDTH, HEIGHT, waves(3), alpha=False, name="below")
    layer = add_layer(image, WIDTH, HEIGHT, disc_scene(3, opaque), name="object")
    layer.set_opacity(70)
    add_mask(layer, lambda x, y: [0.5 if y < 20 else 1.0])
    select_disc(image)
    before = Gimp.Layer.new_from_visible(image, image, "before")
    decompose(image, [layer])
    after = Gimp.Layer.new_from_visible(image, image, "after")
    for i in before, after:
        image.insert_layer(i, None, 0)
    near(get(after)[0], get(before)[0], 1.01 / 255)


@case
def filters_are_applied():
    """non-destructive filters are in the layers"""
    image = scene_image()
    layer = image.get_layers()[0]
    plain = get(layer)[0]
    add_blur(layer, 2.0)
    select_disc(image)
    group, *_ = decompose(image)
    blurred = Gimp.Layer.new_from_visible(image, image, "seen")
    image.insert_layer(blurred, None, 0)
    is_sum(group, blurred)
    equal(max(abs(a - b) for a, b in zip(get(blurred)[0], plain)) > 0.1, True)
    equal(len(layer.get_filters()), 1, "the layer keeps its filter")


@case
def filters_reach_out():
    """filters that reach out of the layer to any side are in the layers, as far as a mask lets them"""
    kinds = [(-9, -7, alpha, mask) for alpha in (True, False) for mask in (None, False, True)]
    for x, y, alpha, mask in kinds[:-2] + kinds[-1:] + [(9, 7, True, None), (9, -7, True, False)]:
        image = new_image(WIDTH + 40, HEIGHT + 30)
        add_layer(image, WIDTH + 40, HEIGHT + 30, waves(3), alpha=False, name="below")
        layer = add_layer(image, WIDTH, HEIGHT, disc_scene(3, opaque if alpha else None), alpha, x=15, y=10)
        if mask is not None:
            add_mask(layer, lambda x, y: [0.3 if x < 9 else 1.0])
            layer.set_apply_mask(mask)
        add_shadow(layer, x, y)
        select_disc(image, 15, 10)
        what = f"{x}, {y}, alpha {alpha}, mask {mask}"
        before = seen(image)
        group, *_ = decompose(image, [layer])
        near(seen(image), before, ROUNDING, what)
        own, grown = (15, 10, WIDTH, HEIGHT), (15 + min(x, 0), 10 + min(y, 0), WIDTH + 9, HEIGHT + 7)
        equal(place(group), own if mask else grown, what)
        if mask is False:
            group.set_apply_mask(True)
            after = seen(image)
            group.set_visible(False)
            layer.set_visible(True)
            layer.set_apply_mask(True)
            near(after, seen(image), ROUNDING, what + ": the mask is switched on")


@case
def filters_keep_values():
    """values that no display shows stay as they are where a filter reaches out"""
    image = new_image(WIDTH + 20, HEIGHT + 20, precision="float")
    scene = disc_scene(3)
    layer = add_layer(image, WIDTH, HEIGHT, lambda x, y: [4 * v - 1 for v in scene(x, y)] + [1.0], x=10, y=10)
    add_shadow(layer, -9, -7)
    select_disc(image, 10, 10)
    before = seen(image)
    decompose(image, [layer])
    near(seen(image), before, 1e-4)
    equal(max(before) > 2, True)


@case
def filtered_mask_lies_right():
    """a layer as mask whose filter reaches out marks what it shows"""
    image = scene_image()
    layer = image.get_layers()[0]
    mask = add_layer(image, 20, 20, lambda x, y: [1.0, 1.0, 1.0, 1.0], x=40, y=30)
    add_shadow(mask, -14, -16)
    mask.set_visible(False)
    foreground = decompose(image, [layer], mask=mask, effects="none")[3]
    data, n = get(foreground)
    x, y, width, height = place(foreground)
    marked = [i for i in range(3, len(data), n) if data[i] > 0.5]
    equal(len(marked) > 100, True)
    near([x, y], [26, 14], 6, "the foreground's corner")


@case
def groups_and_texts():
    """groups, also with offsets, and texts are read"""
    image = new_image(WIDTH + 20, HEIGHT + 10)
    source = add_group(image, "source")
    add_layer(image, WIDTH, HEIGHT, disc_scene(3), alpha=False, parent=source, x=9, y=4)
    add_layer(image, 6, 6, lambda x, y: [0.1, 0.2, 0.9, 1.0], parent=source, x=70, y=40)
    select_disc(image, 9, 4)
    group, *_ = decompose(image, [source])
    is_sum(group, source)
    equal(place(group), place(source))
    text = Gimp.TextLayer.new(image, "Text", Gimp.context_get_font(), 20, Gimp.Unit.pixel())
    image.insert_layer(text, None, 0)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 2, 2, 12, 18)
    group, *_ = decompose(image, [text])
    is_sum(group, text)
    equal(isinstance(image.get_layers()[1], Gimp.TextLayer), True)


@case
def small_objects():
    """objects of 1 px, and of 1 px in a corner"""
    for x, y in (20, 20), (0, 0), (WIDTH - 1, HEIGHT - 1):
        image = scene_image()
        layer = image.get_layers()[0]
        image.select_rectangle(Gimp.ChannelOps.REPLACE, x, y, 1, 1)
        group, *_ = decompose(image)
        is_sum(group, layer, f"{x}, {y}")


@case
def thin_layers():
    """layers of one row, one column, and two pixels"""
    for width, height in (40, 1), (1, 40), (2, 1):
        image = simple_image(width, height)
        layer = image.get_layers()[0]
        image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, max(width // 3, 1), max(height // 3, 1))
        group, *_ = decompose(image)
        is_sum(group, layer, f"{width} x {height}")


@case
def edges_and_seeds():
    """every choice of effects, and ends of the ranges, keep the promise"""
    for arguments in ({"effects": "none"}, {"effects": "shadow"}, {"edge": 200.0}, {"edge": 0.5},
                      {"seed": 2 ** 31 - 1}):
        image = scene_image()
        select_disc(image)
        is_sum(decompose(image, **arguments)[0], image.get_layers()[1], str(arguments))


@case
def refusals():
    """nothing selected, elsewhere, everything; a mask that is black or of another image"""
    image = scene_image()
    refuses(image, "Select the object first", name=DECOMPOSE)
    channel = add_channel(image, lambda x, y: [0.0])
    refuses(image, "marks nothing of the layer “layer”", name=DECOMPOSE, mask=channel)
    put(channel, lambda x, y: [1.0])
    refuses(image, "All of the layer “layer”", name=DECOMPOSE, mask=channel)
    Gimp.Selection.all(image)
    refuses(image, "All of the layer “layer”", name=DECOMPOSE)
    small = add_layer(image, 8, 8, waves(3, 1.0), name="small", x=60, y=40)
    select_disc(image)
    refuses(image, "does not touch the layer “small”", name=DECOMPOSE, drawables=[small])
    other = scene_image()
    refuses(other, "belongs to another image", name=DECOMPOSE, mask=channel)


@case
def refuses_images():
    """no layer or two, an indexed image, a floating selection, a locked group, no display"""
    image = scene_image()
    select_disc(image)
    refuses(image, "Choose one layer", name=DECOMPOSE, drawables=[])
    for drawable in strangers(image):
        refuses(image, "“stranger” is not in the image", name=DECOMPOSE, drawables=[drawable])
    refuses(image, "Choose one layer", name=DECOMPOSE, drawables=[add_channel(image, coverage)])
    refuses(image, "no display", name=DECOMPOSE, run_mode=Gimp.RunMode.INTERACTIVE)
    outer = add_group(image, "outer")
    inner = add_layer(image, WIDTH, HEIGHT, disc_scene(3), alpha=False, parent=outer)
    outer.set_lock_content(True)
    refuses(image, "“outer” is locked", name=DECOMPOSE, drawables=[inner])
    image = scene_image()
    select_disc(image)
    Gimp.Selection.float(image, image.get_layers(), 0, 0)
    refuses(image, "floating selection", name=DECOMPOSE)
    image = scene_image()
    select_disc(image)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 4, False, False, "")
    refuses(image, "indexed", "RGB", name=DECOMPOSE)


@case
def too_much_memory():
    """more memory than there is, before anything is read"""
    side = 7000
    image = Gimp.Image.new(side, side, Gimp.ImageBaseType.RGB)
    layer, mask = (Gimp.Layer.new(image, "layer", side, height, Gimp.ImageType.RGBA_IMAGE, 100, Gimp.LayerMode.NORMAL)
                   for height in (side, 1))
    for i in layer, mask:
        image.insert_layer(i, None, 0)
    mask.fill(Gimp.FillType.WHITE)
    process, kind = os.getppid(), resource.RLIMIT_AS
    limits = resource.prlimit(process, kind)
    resource.prlimit(process, kind, (4 << 30, limits[1])) # of what GIMP starts
    try:
        values = run(image, [layer], name=DECOMPOSE, mask=mask)
    finally:
        resource.prlimit(process, kind, limits)
    equal(values.index(0), Gimp.PDBStatusType.EXECUTION_ERROR, "status")
    message = Gimp.get_pdb().get_last_error()
    equal(("This needs" in message, "cut the layer down" in message), (True, True), message)
    equal(len(image.get_layers()), 2)
    image.delete()


@case
def locked_layer():
    """a locked layer is only read"""
    image = scene_image()
    layer = image.get_layers()[0]
    layer.set_lock_content(True)
    select_disc(image)
    is_sum(decompose(image)[0], layer)


@case
def locked_visibility():
    """a layer that cannot be hidden would stay in sight"""
    image = scene_image()
    image.get_layers()[0].set_lock_visibility(True)
    select_disc(image)
    refuses(image, "visibility of the layer “layer” is locked", name=DECOMPOSE)


@case
def arguments():
    """ranges, defaults, labels, tooltips and documentation"""
    has_arguments(DECOMPOSE, {"edge": (0, 200, 0), "seed": (0, 2 ** 31 - 1, 0)}, {"effects": "all"})
    is_documented(DECOMPOSE, "_Decompose...", ["mask", "edge", "effects", "seed"])
