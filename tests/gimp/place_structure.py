"""What counts as the scene, and what becomes of the image's structure."""
from support import *
from place_pixels import WHERE, box, centre, scene, with_object


def places_of(image, layer, **arguments):
    return find_places(image, layer, apply=False, **arguments)


def half_picture(x, y):
    return [0.9, 0.8, 0.1] if x > 40 else [0.1, 0.1, 0.3]


@case
def below():
    """what is above the object, or hidden, does not matter; what is below does, with its filters and modes"""
    image, layer = with_object()
    expected = places_of(image, layer)
    add_layer(image, 96, 72, lambda x, y: [1.0, 0.0, 1.0, 1.0], name="above")
    group = add_group(image)
    add_layer(image, 96, 72, lambda x, y: [0.0, 0.0, 1.0, 1.0], name="above, too", parent=group)
    same_places(places_of(image, layer), expected, "with layers above")
    hidden = add_layer(image, 96, 72, lambda x, y: half_picture(x, y) + [1.0], name="hidden")
    image.reorder_item(hidden, None, 3)
    hidden.set_visible(False)
    equal([i.get_name() for i in image.get_layers()], ["group", "above", "object", "hidden", "layer"])
    same_places(places_of(image, layer), expected, "with a hidden layer")
    hidden.set_visible(True)
    other_places(places_of(image, layer), expected, "a layer below the object does not matter")


@case
def background():
    """a background: only that layer counts, whether visible or not, as it is by itself"""
    image, layer = with_object()
    expected = places_of(image, layer)
    other = add_layer(image, 96, 72, lambda x, y: half_picture(x, y) + [1.0], name="other")
    image.reorder_item(other, None, 1)
    scene_layer = image.get_layers()[2]
    same_places(places_of(image, layer, background=scene_layer), expected)
    scene_layer.set_visible(False)
    scene_layer.set_opacity(30)
    same_places(places_of(image, layer, background=scene_layer), expected, "hidden")
    equal((scene_layer.get_visible(), scene_layer.get_opacity()), (False, 30.0), "the background stays as it is")
    other_places(places_of(image, layer, background=other), expected, "the background does not matter")


@case
def background_offset():
    """a background that lies elsewhere: places are in px of the image, the heatmap lies over it"""
    image, layer = with_object()
    part = add_layer(image, 40, 30, waves(3, 1.0), name="part", x=50, y=40)
    image.reorder_item(part, None, 1)
    for x, y, *_ in find_places(image, layer, background=part, heatmap=True):
        if not (50 <= x <= 90 and 40 <= y <= 70):
            raise AssertionError(f"{x}, {y} is outside of the background")
    equal(place(image.get_layers()[1]), (50, 40, 40, 30))
    find_places(image, layer, background=part, scale=1, **WHERE)
    near(centre(layer)[:2], [60, 30], 1)


@case
def background_kinds():
    """a group, a channel or a layer below another as background"""
    image, layer = with_object()
    group = add_group(image)
    inner = add_layer(image, 96, 72, waves(3, 1.0), parent=group)
    channel = Gimp.Channel.new(image, "channel", 96, 72, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    put(channel, lambda x, y: [y / 72])
    for chosen in group, inner, channel:
        equal(len(find_places(image, layer, background=chosen, count=1)), 1)


@case
def grouped():
    """an object in a group stays there; what is below it in the group and below the group counts"""
    image = scene()
    group = add_group(image)
    under = add_layer(image, 96, 72, lambda x, y: half_picture(x, y) + [1.0], name="under", parent=group)
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name="object", parent=group, x=9, y=9)
    over = add_layer(image, 96, 72, lambda x, y: [1.0, 1.0, 1.0, 1.0], name="over", parent=group)
    expected = places_of(image, layer)
    over.set_visible(False)
    same_places(places_of(image, layer), expected, "with nothing above it in the group")
    under.set_visible(False)
    other_places(places_of(image, layer), expected, "the layer below it in the group does not matter")
    find_places(image, layer, scale=2, heatmap=True, **WHERE)
    equal([i.get_name().split(",")[0] for i in group.get_children()], ["over", "object", "Heatmap", "under"])
    equal(centre(layer), (60, 30, 16, 24))


@case
def group_as_object():
    """a group is moved as it is; of another size it stays, hidden, and a scaled copy takes its place"""
    image = scene()
    group = add_group(image, "things")
    add_layer(image, 20, 16, box(4, 2, 12, 14), parent=group)
    find_places(image, group, scale=1, **WHERE)
    equal(centre(group.get_children()[0]), (60, 30, 8, 12))
    before = place(group)
    find_places(image, group, scale=2, **WHERE)
    equal([i.get_name() for i in image.get_layers()], ["things, scaled", "things", "layer"])
    equal((place(group), group.get_visible()), (before, False))
    near(centre(image.get_layers()[0]), (60, 30, 16, 24), 0.01)
    equal([i.get_name() for i in image.get_selected_layers()], ["things, scaled"])


@case
def text():
    """a text stays a text"""
    image = scene()
    layer = Gimp.TextLayer.new(image, "Text", Gimp.context_get_font(), 10, Gimp.Unit.pixel())
    image.insert_layer(layer, None, 0)
    find_places(image, layer, scale=1, **WHERE)
    equal(len(image.get_layers()), 2)
    find_places(image, layer, scale=2, **WHERE)
    equal((len(image.get_layers()), layer.get_visible(), layer.get_text()), (3, False, "Text"))


@case
def only_asked():
    """without apply and heatmap the image stays as it is"""
    image, layer = with_object()
    image.clean_all()
    before = digest(image)
    find_places(image, apply=False)
    equal(digest(image), before)


@case
def locked_visibility():
    """what has its visibility or position locked is hidden, shown and moved all the same where nobody sees it"""
    def searched(lock, grouped):
        image, layer = with_object()
        if grouped:
            group = add_group(image)
            image.reorder_item(layer, group, 0)
        above = add_layer(image, 96, 72, lambda x, y: [0.9, 0.1, 0.1, 1.0])
        bottom = image.get_layers()[-1]
        bottom.set_visible(False)
        for item in layer, above, bottom:
            item.set_lock_visibility(lock)
            item.set_lock_position(lock)
        return find_places(image, group if grouped else layer, background=bottom, apply=False)

    for grouped in False, True:
        same_places(searched(True, grouped), searched(False, grouped), "a group" if grouped else "a layer")


@case
def kept():
    """name, opacity, mode, attributes, lock of alpha, profile and other layers are kept"""
    image, layer = with_object()
    layer.set_opacity(40)
    layer.set_mode(Gimp.LayerMode.MULTIPLY)
    layer.set_lock_alpha(True)
    layer.attach_parasite(Gimp.Parasite.new("note", Gimp.PARASITE_PERSISTENT, b"kept"))
    profile = Gimp.ColorProfile.new_rgb_adobe()
    image.set_color_profile(profile)
    other = bytes(get(image.get_layers()[1])[0])
    find_places(image, scale=1.7, **WHERE)
    equal((layer.get_name(), layer.get_opacity(), layer.get_mode(), layer.get_lock_alpha()),
          ("object", 40.0, Gimp.LayerMode.MULTIPLY, True))
    equal(bytes(layer.get_parasite("note").get_data()), b"kept")
    equal(bool(image.get_color_profile().is_equal(profile)), True, "profile")
    equal(bytes(get(image.get_layers()[1])[0]), other, "the scene")


@case
def not_numbers():
    """NaN and infinities count as 0"""
    image, layer = with_object(scene(precision="float"))
    bottom = image.get_layers()[1]
    put(bottom, lambda x, y: [float("nan"), float("inf"), 0.2] if x == 50 else [0.4, 0.4, 0.4])
    for f in find_places(image, layer, heatmap=True):
        if not all(v == v and abs(v) < 1e6 for v in f):
            raise AssertionError(f)
