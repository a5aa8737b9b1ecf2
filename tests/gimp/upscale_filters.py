"""What becomes of filters that stay editable."""
from support import *


@case
def live_filters():
    """filters are applied: the result is what was to be seen"""
    for target in "image", "layer", "new-image":
        image = simple_image(32, 32, function=lambda x, y: [float(x >= 16)] * 3 + [1.0])
        layer = image.get_layers()[0]
        add_blur(layer)
        result, layers = upscale(image, [layer], target=target)
        equal(layers[0].get_filters(), [], "filters left")
        x, y, w, h = place(layers[0])
        ramp = [pixel(layers[0], i, h // 2, linear=True)[0] for i in range(w)] # as the filter works
        middle = ramp[w // 2]
        near(middle, 0.5, 0.15, f"{target}: middle")
        near(ramp[w // 2 - 6] , 0.2, 0.12, f"{target}: the blurred edge") # 3 px of a blur of 3 px: a sixth
        if target == "new-image":
            equal(len(layer.get_filters()), 1, "filters of the original")
            equal(size(layer), (32, 32))


def is_twice(image, layer, before, target, x, y, what):
    """What was to be seen of layer, alone in image, at 200 %: flat colours, so their middles are to be found again."""
    grown = x + min(before[0], 0), y + min(before[1], 0), 16 + abs(before[0]), 16 + abs(before[1])
    equal(size(layer), (2 * grown[2], 2 * grown[3]), what)
    left, top = (2 * grown[0], 2 * grown[1]) if target == "image" else \
        (grown[0] - grown[2] // 2, grown[1] - grown[3] // 2)
    near(place(layer)[:2], [left, top], 1, what)
    at = place(layer)[:2]
    for (i, j), expected in ((8, 8), [0.3, 0.6, 0.9, 1.0]), ((8 + before[0], 8 + before[1]), [0.0, 0.0, 0.0, 0.5]):
        i, j = 2 * (i - min(before[0], 0)), 2 * (j - min(before[1], 0))
        near(pixel(layer, i, j), expected, 0.03, f"{what}, {i}, {j}")


@case
def filters_reach_out():
    """filters that reach out of the layer to any side: what was to be seen, where it belongs"""
    for target in "image", "layer":
        for dx, dy in (-20, -24), (20, 24), (20, -24):
            for alpha in True, False:
                image = new_image(90, 80)
                layer = add_layer(image, 16, 16, lambda x, y: [0.3, 0.6, 0.9] + [1.0] * alpha, alpha, x=36, y=30)
                add_shadow(layer, dx, dy)
                upscale(image, [layer], target=target)
                equal(layer.get_filters(), [])
                is_twice(image, layer, (dx, dy), target, 36, 30, f"{target}, {dx}, {dy}, alpha {alpha}")


@case
def filters_and_masks():
    """a mask that is applied cuts off what filters add to the layer; one that is not does not, and still fits"""
    for target in "image", "layer":
        for sign in 1, -1:
            for applied in True, False:
                image = new_image(90, 80)
                layer = add_layer(image, 16, 16, lambda x, y: [0.3, 0.6, 0.9, 1.0], x=36, y=30)
                mask = add_mask(layer, half)
                layer.set_apply_mask(applied)
                add_shadow(layer, 20 * sign, 24 * sign)
                upscale(image, [layer], target=target)
                what = f"{target}, {sign}, applied {applied}"
                if applied:
                    equal(place(layer), (72, 60, 32, 32) if target == "image" else (28, 22, 32, 32), what)
                    near(pixel(layer, 16, 16), [0.3, 0.6, 0.9, 1.0], 0.03, what)
                else:
                    is_twice(image, layer, (20 * sign, 24 * sign), target, 36, 30, what)
                equal((layer.get_apply_mask(), size(mask)), (applied, size(layer)), what)
                left, top = (0, 0) if applied or sign > 0 else (40, 48)
                near([pixel(mask, left + i, top + 16)[0] for i in (4, 28)], [1, 0], 0.02, what)


@case
def hidden_filters():
    """filters that are switched off stay so on their layer; the others are applied, lowest first"""
    def filtered(order, hidden=True):
        image = simple_image(32, 32, function=lambda x, y: [float(x >= 16)] * 3 + [1.0])
        layer = image.get_layers()[0]
        for operation in order:
            if operation == "gegl:gaussian-blur":
                add_blur(layer)
            else:
                layer.append_filter(Gimp.DrawableFilter.new(layer, operation, operation))
            if hidden:
                layer.append_filter(Gimp.DrawableFilter.new(layer, "gegl:invert-gamma", "off"))
                layer.get_filters()[0].set_visible(False)
        return image

    blur, blocks, seen = "gegl:gaussian-blur", "gegl:pixelize", []
    for order in [blur], [blur, blocks], [blocks, blur]:
        image = filtered(order, hidden=False)
        visible = Gimp.Layer.new_from_visible(image, image, None)
        image.insert_layer(visible, None, 0)
        seen.append(get(upscale(image, [visible], target="layer")[1][0])[0])
        for target in "image", "layer", "new-image":
            _, layers = upscale(filtered(order), target=target)
            equal([(i.get_name(), i.get_visible()) for i in layers[0].get_filters()], [("off", False)] * len(order))
            near(get(layers[0])[0], seen[-1], 0.02, f"{order}, {target}")
    equal(max(abs(a - b) for a, b in zip(*seen[1:])) > 0.2, True, "the order matters")
    for target in "image", "layer":
        image = filtered([])
        layer = image.get_layers()[0]
        layer.append_filter(Gimp.DrawableFilter.new(layer, "gegl:invert-gamma", "off"))
        layer.get_filters()[0].set_visible(False)
        upscale(image, target=target)
        equal([i.get_visible() for i in layer.get_filters()], [False], "nothing else on it")
        near(pixel(layer, 60, 30), [1, 1, 1, 1], 0.02)


@case
def scaled_filters():
    """new-image: what stays a filter, on a group or switched off, fits the new size; in the image itself it is kept"""
    def columns(image):
        visible = Gimp.Layer.new_from_visible(image, image, None)
        return [pixel(visible, x, image.get_height() // 2, linear=True)[0] for x in range(image.get_width())]

    def settings(layer, *names):
        config = layer.get_filters()[0].get_config()
        return [config.get_property(i) for i in names]

    lengths = "x", "y", "radius", "grow-radius", "opacity"
    for kind in "u8", "float":
        image = simple_image(96, 64, precision=kind, function=lambda x, y: [0.0, 0.0, 0.0, 1.0])
        group = add_group(image)
        edge = add_layer(image, 96, 64, lambda x, y: [float(x >= 48)] * 3 + [1.0], parent=group)
        add_blur(group, 4.0)
        before = columns(image)
        off = Gimp.DrawableFilter.new(edge, "gegl:dropshadow", "off")
        for key, value in zip(lengths, (-7.0, 3.0, 5.0, 90.0, 0.4)):
            off.get_config().set_property(key, value)
        off.set_opacity(0.25)
        off.set_blend_mode(Gimp.LayerMode.MULTIPLY)
        edge.append_filter(off)
        off.set_visible(False)
        copy, layers = upscale(image, target="new-image")
        equal(settings(copy.get_layers()[0], "std-dev-x", "std-dev-y"), [8.0, 8.0])
        after = columns(copy)
        near([(a + b) / 2 for a, b in zip(after[::2], after[1::2])], before, 0.02, "the blurred edge")
        copy, layers = upscale(image, target="new-image", scale_x=4, scale_y=1)
        equal(settings(copy.get_layers()[0], "std-dev-x", "std-dev-y"), [16.0, 4.0])
        equal(settings(layers[0], *lengths), [-28.0, 3.0, 10.0, 100.0, 0.4])
        left = layers[0].get_filters()[0]
        equal((left.get_opacity(), left.get_blend_mode(), left.get_visible()), (0.25, Gimp.LayerMode.MULTIPLY, False))
        equal(settings(image.duplicate().get_layers()[0], "std-dev-x"), [4.0], "the original")
        upscale(image, target="image")
        equal(settings(image.duplicate().get_layers()[0], "std-dev-x"), [4.0], "what undo could not bring back")


@case
def filtered_group():
    """a group with a filter and a mask, as target and with a selection: what was to be seen"""
    for selected in False, True:
        image = simple_image(60, 60)
        group = add_group(image)
        add_layer(image, 32, 32, lambda x, y: [float(x >= 16)] * 3 + [1.0], parent=group, x=10, y=12)
        add_blur(group)
        add_mask(group, lambda x, y: [1.0] if y < 16 else [0.0])
        group.set_opacity(50)
        if selected:
            image.select_rectangle(Gimp.ChannelOps.REPLACE, 10, 12, 32, 32)
        image.clean_all()
        _, layers = upscale(image, [group], target="layer")
        equal(place(layers[0]), (-6, -4, 64, 64))
        equal(len(group.get_filters()), 1)
        near(pixel(layers[0], 32, 8, linear=True)[:3], [0.5] * 3, 0.15, "blurred")
        near(pixel(layers[0], 2, 8, linear=True), [0, 0, 0, 1], 0.02, "dark")
        if selected:
            near(pixel(layers[0], 2, 60)[3], 0, 0.02, "masked")
        else:
            near(pixel(layers[0].get_mask(), 2, 8) + pixel(layers[0].get_mask(), 2, 60), [1, 0], 0.02, "mask")
