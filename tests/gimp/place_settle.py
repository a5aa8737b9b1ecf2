"""Settling in: colours and a shadow that fit the scene, and all else as it was."""
from support import *
from place_pixels import HEIGHT, WHERE, WIDTH, box, centre, scene, with_object
from place_structure import places_of

SHADOW = "Contact shadow"


def dark(gray=False, precision="u8"):
    n = 1 if gray else 3
    return simple_image(WIDTH, HEIGHT, gray, precision, False, lambda x, y: [0.2 + 0.02 * (x % 5)] * n)


def settle(image, layer=None, **arguments):
    find_places(image, layer, settle_in=True, **({"scale": 1.0} | WHERE | arguments))


def alphas(layer):
    data, n = get(layer)
    return data[n - 1::n]


def names(image):
    return [i.get_name().split(",")[0] for i in image.get_layers()]


@case
def settles():
    """an object in the dark gets darker, not gray and not black, with the same alpha, and a shadow below it"""
    image = dark()
    layer = add_layer(image, 20, 16, lambda x, y: [0.9, 0.5, 0.3, (x % 4) / 3 if y < 14 else 0.0], name="object")
    before = alphas(layer)
    settle(image)
    equal(names(image), ["object", SHADOW, "layer"])
    near(alphas(layer), before, 1e-6, "alpha")
    equal(place(layer), (50, 23, 20, 16))
    red, green, blue = pixel(layer, 3, 3)[:3]
    if not (0.5 < red < 0.85 and red > 1.4 * green > 1.4 * blue > 0.14):
        raise AssertionError(f"the colours are {red}, {green}, {blue}")
    equal([i.get_id() for i in image.get_selected_layers()], [layer.get_id()], "chosen layers")


@case
def shadow_lies_right():
    """the shadow is black, darkest at the foot, none at the head, and fades downwards"""
    image = dark()
    layer = add_layer(image, 40, 40, box(5, 0, 35, 30), name="object")
    settle(image)
    shadow = image.get_layers()[1]
    x, y, width, height = place(shadow)
    left, top, object_width, object_height = centre(layer)
    left, bottom = left - object_width / 2, top + object_height / 2
    down = [pixel(shadow, round(60 - x), j)[3] for j in range(height)]
    foot = round(bottom - y)
    if not max(down) > 0.4 or abs(down.index(max(down)) - foot) > 2:
        raise AssertionError(f"the foot is in row {foot} of {down}")
    if sorted(down[foot + 1:], reverse=True) != down[foot + 1:] or down[0] > 0.02 or down[-1] > 0.02:
        raise AssertionError(f"{down} does not fade")
    data, n = get(shadow)
    equal(max(max(data[c::n]) for c in range(3)), 0.0, "black")
    equal((shadow.get_mode(), shadow.get_opacity(), shadow.get_visible()), (Gimp.LayerMode.NORMAL, 100.0, True))


@case
def asked_for():
    """off by default, and nothing without apply"""
    image, layer = with_object()
    before = bytes(get(layer)[0])
    find_places(image, scale=1, **WHERE)
    equal((bytes(get(layer)[0]), len(image.get_layers())), (before, 2))
    image.clean_all()
    state = digest(image)
    find_places(image, apply=False, settle_in=True)
    equal(digest(image), state)


@case
def scaled():
    """with another size and a heatmap: object, shadow, heatmap, scene"""
    image = dark()
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name="object")
    settle(image, scale=2, heatmap=True)
    equal(names(image), ["object", SHADOW, "Heatmap", "layer"])
    equal(centre(layer), (60, 30, 16, 24))
    if not 0.5 < pixel(layer, 16, 16)[0] < 0.85:
        raise AssertionError(f"the colour is {pixel(layer, 16, 16)}")


@case
def again():
    """the shadow of an earlier run is no part of the scene"""
    image = dark()
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name="object")
    settle(image)
    expected = places_of(image, layer)
    image.get_layers()[1].set_visible(False)
    same_places(places_of(image, layer), expected)
    twin = image.get_layers()[1].copy()   # somebody else's
    image.insert_layer(twin, None, 1)
    twin.detach_parasite("triptych-shadow")
    twin.set_visible(True)
    put(twin, lambda x, y: [1.0, 1.0, 1.0, 1.0])
    other_places(places_of(image, layer), expected)


@case
def again_in_group():
    """nor is it, or a heatmap, part of a group that is the background"""
    image = dark()
    group = add_group(image)
    image.reorder_item(image.get_layers()[1], group, 0)
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name="object", parent=group)
    settle(image, layer, background=group, heatmap=True)
    equal([i.get_name().split(",")[0] for i in group.get_children()], ["object", SHADOW, "Heatmap", "layer"])
    got = places_of(image, layer, background=group)
    for made in group.get_children()[1:3]:
        made.set_visible(False)
    same_places(got, places_of(image, layer, background=group))


@case
def moved():
    """an object that is moved leaves no shadow behind"""
    image = dark()
    add_layer(image, 20, 16, box(4, 2, 12, 14), name="object")
    settle(image)
    before = place(image.get_layers()[1])
    settle(image, x=30)
    equal(names(image), ["object", SHADOW, "layer"])
    equal(place(image.get_layers()[1]), (before[0] - 30,) + before[1:])
    find_places(image, scale=1, **WHERE)
    equal(names(image), ["object", "layer"])


def beside():
    """Two objects with their shadows: the image, and a function that finds one of its layers by name."""
    image = dark()
    for x, name in (25, "left"), (70, "right"):
        layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name=name)
        settle(image, layer, x=x)
        image.get_layers()[1].set_name(name + " shadow")
    return image


def find(image, name):
    return next(i for i in image.get_layers() if i.get_name() == name)


@case
def duplicated():
    """in a copy of the image each object takes its own shadow with it, and no other"""
    for name, other in ("left", "right"), ("right", "left"):
        image = beside().duplicate()
        find_places(image, find(image, name), scale=1, **WHERE)
        equal(sorted(names(image)), sorted([name, "layer", other, other + " shadow"]))
        find_places(image, find(image, other), scale=1, **WHERE)
        equal(sorted(names(image)), sorted([name, "layer", other]))


@case
def copied():
    """a copy of an object leaves the shadow alone, and has one of its own from then on"""
    image = beside()
    image.insert_layer(find(image, "left").copy(), None, 0)
    image.get_layers()[0].set_name("copy")
    settle(image, find(image, "copy"))
    equal(sorted(names(image)), sorted(["copy", SHADOW, "left", "left shadow", "right", "right shadow", "layer"]))
    find_places(image, find(image, "copy"), scale=1, **WHERE)
    find_places(image, find(image, "left"), scale=1, **WHERE)
    equal(sorted(names(image)), sorted(["copy", "left", "right", "right shadow", "layer"]))


@case
def copied_first():
    """an object that was copied still takes its shadow with it, but not in a copy of the image"""
    for copy in False, True:
        image = beside()
        image.insert_layer(find(image, "left").copy(), None, 0)
        image.get_layers()[0].set_name("copy")
        image = image.duplicate() if copy else image
        find_places(image, find(image, "left"), scale=1, **WHERE)
        equal("left shadow" in names(image), copy, f"the shadow in a copy {copy}")


@case
def unowned():
    """a shadow of which only the tattoo fits stays"""
    image = beside()
    find(image, "left").detach_parasite("triptych-object")
    find_places(image, find(image, "left"), scale=1, **WHERE)
    equal("left shadow" in names(image), True)


@case
def one_heatmap():
    """a new heatmap takes the place of the object's last one, and of no other's"""
    image = beside()
    for scale in 1, 2:
        for name in "left", "right":
            find_places(image, find(image, name), apply=False, heatmap=True, scale=scale)

    def sizes():
        return sorted(i.get_name().split()[3] for i in image.get_layers() if "Heatmap" in i.get_name())
    equal(sizes(), ["200", "200"])
    image = image.duplicate()
    find_places(image, find(image, "left"), apply=False, heatmap=True, scale=1)
    equal(sizes(), ["100", "200"])
    find_places(image, find(image, "left"), scale=1)
    equal((sizes(), len(image.get_layers())), (["100", "200"], 6))


@case
def masked():
    """a mask stays, and what it hides has no shadow"""
    image = dark()
    layer = add_layer(image, 60, 20, lambda x, y: [0.9, 0.9, 0.9, 1.0], name="object")
    mask = add_mask(layer, lambda x, y: [1.0 if x < 20 else 0.0])
    before = bytes(get(mask)[0])
    settle(image)
    equal(bytes(get(layer.get_mask())[0]), before)
    x, _, width, _ = place(image.get_layers()[1])
    near([x + width / 2, width], [60, 40], 20, "the shadow")
    if not 0.5 < pixel(layer, 5, 5)[0] < 0.85:
        raise AssertionError(f"the colour is {pixel(layer, 5, 5)}")


@case
def filtered():
    """filters are applied, once"""
    image = dark()
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name="object")
    add_blur(layer, 1.0)
    settle(image)
    equal((len(layer.get_filters()), size(layer)), (0, (20, 16)))


@case
def not_plain():
    """a group and a text stay as they are, hidden, below a copy that settles in"""
    image = dark()
    group = add_group(image, "things")
    inner = add_layer(image, 20, 16, box(4, 2, 12, 14), parent=group)
    before = bytes(get(inner)[0])
    settle(image, group)
    equal(names(image), ["things", SHADOW, "things", "layer"])
    equal((group.get_visible(), bytes(get(inner)[0])), (False, before))
    image = dark()
    text = Gimp.TextLayer.new(image, "Text", Gimp.context_get_font(), 20, Gimp.Unit.pixel())
    image.insert_layer(text, None, 0)
    settle(image)
    equal((text.get_visible(), text.get_text(), len(image.get_layers())), (False, "Text", 4))


@case
def grouped():
    """in a group, the shadow comes into it too; with a background"""
    image = dark()
    group = add_group(image)
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14), name="object", parent=group)
    settle(image, layer, background=image.get_layers()[1])
    equal([i.get_name() for i in group.get_children()], ["object", SHADOW])


def settles_in(precision, gray):
    """The colour that 0.9 becomes, and the darkest of the shadow."""
    image = dark(gray, precision)
    layer = add_layer(image, 20, 16, box(4, 2, 12, 14, 1 if gray else 3), name="object")
    settle(image)
    data, n = get(image.get_layers()[1])
    return pixel(layer, 8, 8)[0], max(data[n - 1::n])


@case
def precisions():
    """the same in other precisions and encodings, RGB and gray"""
    expected = settles_in("u8", False)
    for i, precision in enumerate(["u8 linear", "u16", "half linear", "float linear", "u16 perceptual", "double"]):
        near(settles_in(precision, i % 2 == 1), expected, 0.02, precision)


@case
def values_survive():
    """values outside of 0 to 1 survive, NaN does not"""
    image = dark(precision="float")
    layer = add_layer(image, 20, 16, lambda x, y: [float("nan") if x == 3 else 2.5, -0.5, 0.5, 1.0], name="object")
    settle(image)
    red, green, blue = pixel(layer, 9, 9)[:3]
    if not (red > 1.2 and green < -0.2 and 0.2 < blue < 0.5):
        raise AssertionError(f"{red}, {green}, {blue}")
    equal(all(v == v for v in get(layer)[0]), True, "no NaN")
