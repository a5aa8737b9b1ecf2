"""What the procedure refuses: each with a clear message, and the image as it was."""
from support import *
from place_pixels import WHERE, box, scene, with_object


def refuses_place(image, *words, layer=None, **arguments):
    refuses(image, *words, name=PLACE, **({"drawables": [layer]} if layer else {}), **arguments)


@case
def nothing_to_see():
    """an object, a background or a scene of which nothing is to be seen"""
    image = scene()
    layer = add_layer(image, 20, 16, lambda x, y: [0.5, 0.5, 0.5, 0.0], name="ghost")
    refuses_place(image, "“ghost”", "transparent")
    put(layer, lambda x, y: [0.5, 0.5, 0.5, 1.0])
    add_mask(layer, lambda x, y: [0.0])
    refuses_place(image, "“ghost”", "transparent")
    refuses_place(image, "nothing to be seen below the object", "background", layer=image.get_layers()[1])
    image, layer = with_object()
    empty = add_layer(image, 96, 72, lambda x, y: [0.5, 0.5, 0.5, 0.0])
    refuses_place(image, "background", "transparent", layer=layer, background=empty)
    image.get_layers()[-1].set_visible(False)
    empty.set_visible(False)
    refuses_place(image, "nothing to be seen below the object", layer=layer)


@case
def wrong_background():
    """a background of another image, the object itself, one outside of the image"""
    image, layer = with_object()
    other = scene()
    refuses_place(image, "another image", background=other.get_layers()[0])
    refuses_place(image, "“stranger” is not in the image", background=strangers(image)[0])
    refuses_place(image, "object itself", background=layer)
    group = add_group(image)
    inner = add_layer(image, 20, 16, box(4, 2, 12, 14), parent=group)
    refuses_place(image, "object itself", layer=group, background=inner)
    far = add_layer(image, 9, 9, waves(3, 1.0), x=500, y=500)
    refuses_place(image, "outside of the image", layer=layer, background=far)


@case
def one_number():
    """only one number of a position"""
    image, _ = with_object()
    refuses_place(image, "both x and y", x=20)
    refuses_place(image, "both x and y", y=0)


@case
def outside():
    """a position outside of the image"""
    image, _ = with_object()
    refuses_place(image, "outside of the image", x=97, y=30)
    refuses_place(image, "outside of the image", x=60, y=73, scale=1.0, apply=False)


@case
def not_one_layer():
    """no layer, two layers, a channel"""
    image, layer = with_object()
    channel = Gimp.Channel.new(image, "channel", 8, 8, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    for drawables in [], image.get_layers(), [channel]:
        refuses(image, "one layer", name=PLACE, drawables=drawables)


@case
def not_in_image():
    """an object that is not in the image"""
    image, _ = with_object()
    for drawable in strangers(image):
        refuses_place(image, "“stranger” is not in the image", layer=drawable)


@case
def indexed():
    """an indexed image"""
    image, _ = with_object()
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 4, False, False, "")
    refuses_place(image, "indexed", "RGB")


@case
def locked():
    """a locked layer, and one in a locked group, unless they stay as they are"""
    image, layer = with_object()
    for lock in layer.set_lock_content, layer.set_lock_position:
        lock(True)
        refuses_place(image, "“object” is locked")
        find_places(image, apply=False, count=1)
        lock(False)
    group = add_group(image)
    image.reorder_item(layer, group, 0)
    for lock in group.set_lock_content, group.set_lock_position:
        lock(True)
        refuses_place(image, "“group” is locked", layer=layer)
        find_places(image, layer, apply=False, heatmap=True, count=1)
        lock(False)
    layer.set_lock_position(True)
    refuses_place(image, "“object” is locked", layer=group)
    find_places(image, group, apply=False, count=1)
    layer.set_lock_position(False)
    group.set_lock_visibility(True)
    refuses_place(image, "visibility of the layer “group” is locked", layer=group)


@case
def floating_selection():
    """a floating selection"""
    image, layer = with_object()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 5, 5, 10, 10)
    Gimp.Selection.float(image, [layer], 0, 0)
    refuses_place(image, "floating selection", layer=layer)


@case
def too_large():
    """an object that would have more than 524288 px on a side, or take more memory than there is"""
    image, layer = with_object()
    layer.scale(1000, 1, False)
    refuses_place(image, "524288", scale=1000.0)
    image = scene()
    add_layer(image, 500, 500, lambda x, y: [0.5, 0.5, 0.5, 1.0])
    refuses_place(image, "memory", scale=1000.0)


@case
def no_display():
    """interactive without a display"""
    refuses_place(with_object()[0], "no display", run_mode=Gimp.RunMode.INTERACTIVE)


@case
def arguments():
    """ranges, defaults, labels, tooltips and documentation"""
    has_arguments(PLACE, {"scale": (0, 1024, 0), "x": (-1, 524288, -1), "y": (-1, 524288, -1), "count": (1, 50, 5)}, {})
    procedure = Gimp.get_pdb().lookup_procedure(PLACE)
    equal([procedure.find_argument(key).default_value for key in ("apply", "heatmap", "settle-in")],
          [True, False, False])
    is_documented(PLACE, "_Place...", ["background", "scale", "x", "y", "count", "apply", "heatmap", "settle-in"])
    equal(procedure.get_image_types(), "RGB*, GRAY*")
