"""What is found, where the object's pixels go, and what the heatmap layer shows."""
from support import *

WIDTH, HEIGHT = 96, 72
WHERE = {"x": 60, "y": 30}


def sky(x, y):
    return [0.4, 0.6, 0.9] if y < 40 else [0.3, 0.5 + 0.01 * (x % 8), 0.2]


def scene(gray=False, precision="u8", alpha=False):
    function = (lambda x, y: sky(x, y)[:1] + [1.0] * alpha) if gray else lambda x, y: sky(x, y) + [1.0] * alpha
    return simple_image(WIDTH, HEIGHT, gray, precision, alpha, function)


def box(left, top, right, bottom, n=3):
    """An object with margins that are transparent."""
    return lambda x, y: [0.9] * n + [1.0 if left <= x < right and top <= y < bottom else 0.0]


def with_object(image=None, **arguments):
    image = image or scene()
    n = 1 if image.get_base_type() == Gimp.ImageBaseType.GRAY else 3
    return image, add_layer(image, 20, 16, box(4, 2, 12, 14, n), name="object", **arguments)


def centre(layer, threshold=0.5):
    """Of what is visible of it, in px of the image, and its size."""
    data, n = get(layer)
    width, height = size(layer)
    xs = [i for i in range(width) if any(data[(j * width + i) * n + n - 1] > threshold for j in range(height))]
    ys = [j for j in range(height) if any(data[(j * width + i) * n + n - 1] > threshold for i in range(width))]
    x, y = place(layer)[:2]
    return x + (xs[0] + xs[-1] + 1) / 2, y + (ys[0] + ys[-1] + 1) / 2, xs[-1] + 1 - xs[0], ys[-1] + 1 - ys[0]


@case
def finds():
    """five places by default, best first, with scores from 0 to 1, within the picture and all different"""
    image, layer = with_object()
    found = find_places(image, apply=False)
    if not 2 <= len(found) <= 5:
        raise AssertionError(f"{len(found)} places")
    scores = [f[3] for f in found]
    if not all(0 <= s <= 1 for s in scores):
        raise AssertionError(f"scores {scores}")
    for x, y, scale, _ in found:
        if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT and scale > 0):
            raise AssertionError(f"{found}")
    equal(len(set(found)), len(found), "places")
    same_places(found, find_places(image, apply=False), "the second run")
    same_places(find_places(image, apply=False, count=1), found[:1], "count 1")
    equal(place(layer), (0, 0, 20, 16))


@case
def applies_best():
    """the object gets the best place and size"""
    image, layer = with_object()
    x, y, scale, _ = find_places(image)[0]
    equal([i.get_id() for i in image.get_layers()][0], layer.get_id())
    equal(size(layer), (max(round(20 * scale), 1), max(round(16 * scale), 1)))
    near(centre(layer)[:2], [x, y], 1.5, "centre")


@case
def fixed_position():
    """a position alone: only the size is searched for"""
    image, layer = with_object()
    found = find_places(image, apply=False, **WHERE)
    for f in found:
        equal(f[:2], (60, 30))
    equal(len({f[2] for f in found}), len(found), "sizes")


@case
def fixed_size():
    """a size alone: only the position is searched for"""
    image, layer = with_object()
    for f in find_places(image, apply=False, scale=1.5):
        equal(f[2], 1.5)


@case
def all_fixed():
    """position and size: one place, whatever the count"""
    image, layer = with_object()
    found = find_places(image, apply=False, scale=1.5, count=50, **WHERE)
    equal([f[:3] for f in found], [(60, 30, 1.5)])


@case
def moves():
    """size 1: the layer is moved, its pixels stay as they are, the visible part has its centre there"""
    image, layer = with_object(x=-7, y=50)
    before = get(layer)
    find_places(image, scale=1, **WHERE)
    equal(get(layer), before)
    equal(centre(layer), (60, 30, 8, 12))
    equal(size(layer), (20, 16))


@case
def grows():
    """twice as large: four times the pixels, centred there"""
    image, layer = with_object()
    find_places(image, scale=2, **WHERE)
    equal(size(layer), (40, 32))
    equal(centre(layer), (60, 30, 16, 24))
    near(pixel(layer, 16, 16), [0.9, 0.9, 0.9, 1.0], 0.02)
    near(pixel(layer, 2, 2)[3], 0, 0.02)


@case
def shrinks():
    """half as large, antialiased"""
    image, layer = with_object()
    find_places(image, scale=0.5, **WHERE)
    equal(size(layer), (10, 8))
    near(centre(layer), (60, 30, 4, 6), 0.51)


@case
def half_pixels():
    """an odd centre: within half a pixel of where it was asked for"""
    for x, y, scale in (40.3, 20.8, 1), (41.5, 33.5, 1.35), (0, 0, 0.3), (96, 72, 2.5):
        image, layer = with_object()
        find_places(image, scale=scale, x=x, y=y)
        near(centre(layer)[:2], [x, y], 1.01, f"{x}, {y}, {scale}")


@case
def one_pixel():
    """an object of one pixel, and a scene of one"""
    image = scene()
    layer = add_layer(image, 1, 1, lambda x, y: [0.5, 0.5, 0.5, 1.0])
    find_places(image, scale=3, x=30, y=30)
    near(place(layer), (28.5, 28.5, 3, 3), 0.51)
    find_places(image, scale=0.01, x=30, y=30)
    equal(size(layer), (1, 1))
    image = simple_image(1, 1, alpha=False)
    add_layer(image, 4, 4, waves(3, 1.0))
    find_places(image, heatmap=True)


@case
def odd_sizes():
    """an object larger than the scene, one far outside, one long and thin, a scene long and thin"""
    image = scene()
    layer = add_layer(image, 300, 200, waves(3, 1.0), x=-1000, y=5000)
    scale = find_places(image)[0][2]
    if not scale < 1:
        raise AssertionError(f"an object larger than the scene becomes {scale} times as large")
    x, y, width, height = place(layer)
    if not (-width < x < WIDTH and -height < y < HEIGHT):
        raise AssertionError(f"the object lies at {x}, {y}")
    image = scene()
    add_layer(image, 90, 2, waves(3, 1.0))
    find_places(image)
    image = simple_image(400, 3, alpha=False)
    add_layer(image, 8, 8, waves(3, 1.0))
    find_places(image, heatmap=True)


@case
def without_alpha():
    """an object without alpha is a rectangle"""
    image = scene()
    layer = add_layer(image, 10, 10, waves(3), alpha=False)
    find_places(image, scale=2, **WHERE)
    equal(place(layer), (50, 20, 20, 20))
    equal(layer.has_alpha(), False)


@case
def masked():
    """what a layer mask hides does not count; the mask is scaled with its layer"""
    image = scene()
    layer = add_layer(image, 20, 16, waves(3), alpha=False)
    mask = add_mask(layer, lambda x, y: [1.0] if x < 10 and y < 8 else [0.0])
    find_places(image, scale=2, **WHERE)
    equal(place(layer), (50, 22, 40, 32))
    equal(size(mask), (40, 32))
    near([pixel(mask, 10, 8)[0], pixel(mask, 30, 20)[0]], [1, 0], 0.01)
    find_places(image, scale=1, x=20, y=20)
    equal(place(layer), (10, 12, 40, 32))
    layer.set_apply_mask(False)
    find_places(image, scale=1, **WHERE)
    equal(place(layer), (40, 14, 40, 32), "a mask that is not applied")
    mask_chosen = [mask]
    equal(run(image, mask_chosen, name=PLACE, scale=1.0, x=20, y=20).index(0), Gimp.PDBStatusType.SUCCESS)
    equal(place(layer), (0, 4, 40, 32), "the mask as drawable")


@case
def filtered():
    """non-destructive filters: kept by a move, applied by a new size"""
    image, layer = with_object()
    add_blur(layer, 1.0)
    find_places(image, scale=1, **WHERE)
    equal(len(layer.get_filters()), 1)
    find_places(image, scale=2, **WHERE)
    equal((len(layer.get_filters()), size(layer)), (0, (40, 32)))
    if not 0.1 < pixel(layer, 8, 16)[3] < 0.9:
        raise AssertionError("the edge is not blurred")


@case
def enlarged():
    """a filter that enlarges its layer: size and centre are those of what is seen"""
    for scale, sign in (1, 1), (2, 1), (0.5, 1), (1, -1), (2, -1), (0.5, -1):
        image, layer = with_object(x=9, y=5)
        add_shadow(layer, 30 * sign, 20 * sign)
        find_places(image, layer, scale=scale, x=48, y=36)
        equal(len(layer.get_filters()), int(scale == 1), "filters")
        for i in image.get_layers()[1:]:
            i.set_visible(False)
        shown = Gimp.Layer.new_from_visible(image, image, "seen")
        near(centre(shown, 0.2), (48, 36, scale * (8 + 30), scale * (12 + 20)), 1.6, f"size {scale}, {sign}")
        dx, dy = round(sign * scale * 15), round(sign * scale * 10)
        near(pixel(shown, 48 + dx, 36 + dy)[:3], [0.0] * 3, 0.1, "the shadow")
        near(pixel(shown, 48 - dx, 36 - dy)[:3], [0.9] * 3, 0.1, "the object")


@case
def again():
    """an object that lies where it was placed is not scaled again for a pixel more or less"""
    for width, height in (60, 60), (90, 66):
        image = scene()
        layer = add_layer(image, width, height, box(2, 2, width - 2, height - 2))
        find_places(image, layer)
        before, pixels = size(layer), get(layer)[0]
        find_places(image, layer)
        equal(size(layer), before, f"{width} x {height}")
        near(get(layer)[0], pixels, 0, f"{width} x {height}")


@case
def selection():
    """the selection does not matter and stays"""
    image, layer = with_object()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 1, 1, 3, 3)
    find_places(image, scale=2, **WHERE)
    equal(centre(layer), (60, 30, 16, 24))
    equal(tuple(Gimp.Selection.bounds(image)[2:]), (1, 1, 4, 4))


@case
def gray():
    """gray images, with a heatmap"""
    image, layer = with_object(scene(gray=True))
    find_places(image, scale=2, heatmap=True, **WHERE)
    equal(centre(layer), (60, 30, 16, 24))
    heat = image.get_layers()[1]
    equal((heat.is_gray(), size(heat)), (True, (WIDTH, HEIGHT)))


@case
def heat():
    """the heatmap layer: translucent, of the scene's size, below the object, the lighter the better the place"""
    image, layer = with_object()
    found = find_places(image, heatmap=True, apply=False)
    scale = found[0][2]
    equal(len(image.get_layers()), 3)
    top, heat_layer, bottom = image.get_layers()
    equal(top.get_id(), layer.get_id())
    equal(place(heat_layer), (0, 0, WIDTH, HEIGHT))
    equal((heat_layer.get_opacity(), heat_layer.get_mode()), (60.0, Gimp.LayerMode.NORMAL))
    if f"{100 * scale:.0f} %" not in heat_layer.get_name():
        raise AssertionError(heat_layer.get_name())
    data, n = get(heat_layer)
    light = [0.21 * data[i] + 0.72 * data[i + 1] + 0.07 * data[i + 2] for i in range(0, len(data), n)]
    if not max(light) > min(light) + 0.1:
        raise AssertionError(f"the heatmap is flat: {min(light)} to {max(light)}")
    same_places(find_places(image, layer, apply=False), found, "with the heatmap below the object")
    points = [(u, v) for u in range(8, WIDTH, 20) for v in range(8, HEIGHT, 20)]
    scores = [find_places(image, layer, apply=False, scale=scale, x=u + 0.5, y=v + 0.5)[0][3] for u, v in points]
    by_score = [light[v * WIDTH + u] for _, (u, v) in sorted(zip(scores, points))]
    near(by_score, sorted(by_score), 0.01, "the higher the score, the lighter")
    equal([i.get_id() for i in image.get_selected_layers()], [layer.get_id()], "chosen layers")


@case
def heat_name():
    """the heatmap layer's name says the size as the dialog does"""
    for scale, words in (2, "200 %"), (0.1, "10 %"), (0.064, "6.4 %"), (0.004, "0.4 %"):
        image, _ = with_object()
        find_places(image, scale=scale, heatmap=True, apply=False)
        equal(image.get_layers()[1].get_name(), "Heatmap, object at " + words)


def keeps(precision, gray, alpha):
    image, layer = with_object(scene(gray, precision, alpha))
    find_places(image, scale=2, heatmap=True, **WHERE)
    equal(centre(layer), (60, 30, 16, 24), f"{precision}, gray {gray}")
    tolerance = 2 * STEP.get(precision, 1e-4) + 2e-3
    near(pixel(layer, 16, 16), [0.9] * (1 if gray else 3) + [1.0], tolerance + 0.01, "a pixel")


cases_for_formats(keeps)
