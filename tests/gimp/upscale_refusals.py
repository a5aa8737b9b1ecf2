"""What the procedure refuses: each with a clear message, and the image as it was."""
from support import *


@case
def no_layers():
    """an image without layers"""
    refuses(new_image(8, 8), "no layers")
    refuses(new_image(8, 8), "no layers", target="layer")


@case
def indexed():
    """an indexed image or layer"""
    image = simple_image(8, 8, alpha=False)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 4, False, False, "")
    refuses(image, "indexed", "RGB")
    refuses(image, "indexed", "new image", target="layer")


@case
def no_layer_chosen():
    """target layer with no layer, or only a channel"""
    image = simple_image(8, 8)
    channel = Gimp.Channel.new(image, "channel", 8, 8, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    refuses(image, "No layer is chosen", drawables=[], target="layer")
    refuses(image, "No layer is chosen", drawables=[channel], target="layer")


@case
def not_in_image():
    """target layer: a layer that is not in the image"""
    image = simple_image()
    for drawable in strangers(image):
        refuses(image, "“stranger” is not in the image", drawables=[drawable], target="layer")
        refuses(image, "“stranger” is not in the image", drawables=[image.get_layers()[0], drawable], target="layer")


@case
def too_large():
    """more than 524288 px on a side"""
    image = simple_image(20000, 1, function=lambda x, y: [0.5, 0.5, 0.5, 1.0])
    refuses(image, "524288", scale_x=32, scale_y=1)
    refuses(image, "524288", scale_x=32, scale_y=1, target="layer")
    refuses(image, "524288", scale_x=32, scale_y=1, target="new-image")
    tall = simple_image(2, 8)
    refuses(tall, "524288", width=500000)


@case
def too_much_memory():
    """more memory than there is"""
    for target in "image", "layer", "new-image":
        refuses(simple_image(), "memory", "smaller size", target=target, width=524288, height=524288)


@case
def vanishing():
    """a layer that would vanish"""
    image = simple_image(40, 40)
    add_layer(image, 1, 1, waves(3, 1.0), name="speck", x=20, y=20)
    refuses(image, "“speck” would vanish", scale_x=0.1, scale_y=0.1)
    image = simple_image(40, 40)
    group = add_group(image, "heap")
    add_layer(image, 1, 1, waves(3, 1.0), name="speck", parent=group, x=20, y=20)
    add_mask(group, lambda x, y: [1.0])
    refuses(image, "The layer “heap” would vanish", scale_x=0.1, scale_y=0.1)


@case
def locked():
    """target layer: a locked layer, and one in a locked group"""
    image = simple_image()
    layer = image.get_layers()[0]
    layer.set_lock_content(True)
    refuses(image, "“layer” is locked", target="layer")
    layer.set_lock_content(False)
    layer.set_lock_position(True)
    refuses(image, "“layer” is locked", target="layer")
    layer.set_lock_position(False)
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    image.reorder_item(layer, group, 0)
    group.set_lock_content(True)
    refuses(image, "“group” is locked", drawables=[layer], target="layer")
    group.set_lock_content(False)
    group.set_lock_position(True)
    refuses(image, "“group” is locked", drawables=[layer], target="layer")
    group.set_lock_position(False)
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    layer.set_lock_content(True)
    refuses(image, "“layer” is locked", drawables=[mask], target="layer")


@case
def selected_elsewhere():
    """target layer: a selection that does not touch the layer"""
    image = simple_image(40, 40)
    layer = add_layer(image, 8, 8, waves(3, 1.0), name="small")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 20, 20, 10, 10)
    refuses(image, "does not touch the layer “small”", drawables=[layer], target="layer")
    add_blur(layer)
    refuses(image, "does not touch the layer “small”", drawables=[layer], target="layer")


@case
def floating_selection():
    """a floating selection"""
    image = simple_image(20, 20)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 5, 5, 10, 10)
    Gimp.Selection.float(image, image.get_layers(), 0, 0)
    refuses(image, "floating selection")
    refuses(image, "floating selection", target="layer")


@case
def one_bad_of_many():
    """target layer with several layers: one that is refused stops all"""
    image = simple_image()
    locked = add_layer(image, 8, 8, waves(3, 1.0), name="locked")
    locked.set_lock_content(True)
    refuses(image, "“locked” is locked", drawables=image.get_layers()[::-1], target="layer")


@case
def no_display():
    """interactive without a display"""
    refuses(simple_image(), "no display", run_mode=Gimp.RunMode.INTERACTIVE)


@case
def ranges():
    """numbers outside of their range are not taken"""
    has_arguments(NAME, {"scale-x": (0.05, 32, 2), "scale-y": (0.05, 32, 2), "width": (0, 524288, 0),
                         "height": (0, 524288, 0), "clean-up": (0, 1, 0)},
                  {"model": "balanced", "target": "image"})


@case
def words():
    """labels, tooltips and documentation are there"""
    is_documented(NAME, "_Upscale...", ["scale-x", "scale-y", "width", "height", "model", "clean-up", "target"])
