"""What a small picture remembers, and for how long."""
from shrink_pixels import detailed, psnr
from support import *

PARASITE = "triptych-shrink"
COMMENT = "gimp-comment"


def read(image, name):
    """The text of a parasite, None without it."""
    parasite = image.get_parasite(name)
    return None if parasite is None else bytes(b % 256 for b in parasite.get_data()).rstrip(b"\0").decode()


def attach(image, name, data):
    """As a file gives it: not undoable."""
    signed = [b - 256 if b > 127 else b for b in data]
    image.attach_parasite(Gimp.Parasite.new(name, Gimp.PARASITE_PERSISTENT, signed))


def set_comment(image, text):
    attach(image, COMMENT, text.encode() + b"\0")


def saved(image, name):
    """image after saving and loading; as PNG with what the export dialog calls the comment."""
    file = Gio.File.new_for_path(f"{SCRATCH}/{name}")
    if name.endswith(".png"):
        procedure = Gimp.get_pdb().lookup_procedure("file-png-export")
        config = procedure.create_config()
        config.set_property("image", image)
        config.set_property("file", file)
        config.set_property("include-comment", True)
        procedure.run(config)
    else:
        Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)


@case
def written():
    """the note is a parasite and a line of the comment, which keeps what was there"""
    for comment in None, "Taken at dawn", "Two\nlines, naïve “é”":
        image = simple_image(25, 16)
        if comment is not None:
            set_comment(image, comment)
        small, _ = shrink(image)
        note = "Triptych: shrunk from 25 x 16 px for restorer-fast-1 to 13 x 8 px"
        equal(read(small, PARASITE), note)
        equal(read(small, COMMENT), note if comment is None else f"{comment}\n{note}")
        equal(read(image, COMMENT), comment, "the original's")
        upscale(small, width=25, height=16)
        equal((read(small, PARASITE), read(small, COMMENT)), (None, comment), "afterwards")


@case
def files():
    """through PNG and XCF: the note is there, the size comes back, and more than from a plain reduction"""
    original = simple_image(41, 33, alpha=False, function=detailed(3))
    before = get(original.get_layers()[0])[0]
    set_comment(original, "Taken at dawn")
    small, fidelity = shrink(original)
    plain, _ = upscale(original, target="new-image", scale_x=0.5, scale_y=0.5)
    upscale(plain, width=41, height=33)
    for name in "small.png", "small.xcf":
        image = saved(small, name)
        equal(size(image), (21, 17), name)
        equal("shrunk from 41 x 33 px" in read(image, COMMENT), True, f"{name}: comment “{read(image, COMMENT)}”")
        if name.endswith("xcf"):
            equal(read(image, PARASITE), read(small, PARASITE), name)
        equal(get(image.get_layers()[0])[0], get(small.get_layers()[0])[0], f"{name}: pixels")
        upscale(image, width=41, height=33)
        equal(size(image), (41, 33), name)
        ours, theirs = psnr(image.get_layers()[0], before), psnr(plain.get_layers()[0], before)
        near(ours, fidelity, 0.15, name)
        equal(ours > theirs + 0.1, True, f"{name}: {ours} dB, {theirs} dB from a plain reduction")
        equal((read(image, PARASITE), read(image, COMMENT)), (None, "Taken at dawn"), f"{name}, afterwards")


@case
def layers():
    """layers between the small pixels come back to where they were, with their masks; one that was moved stays there"""
    original = simple_image(101, 67, alpha=False, function=detailed(3))
    layer = add_layer(original, 51, 37, detailed(3, 1.0), parent=add_group(original), x=13, y=7)
    mask = add_mask(layer, half)
    before = [get(drawable)[0] for drawable in (layer, original.get_layers()[1], mask)]
    layer.set_lock_position(True)
    small, fidelity = shrink(original)
    for name in "copy", "layers.xcf":
        image = small.duplicate() if name == "copy" else saved(small, name)
        upscale(image, width=101, height=67)
        back = image.get_layers()[0].get_children()[0]
        equal((place(back), size(back.get_mask())), ((13, 7, 51, 37), (51, 37)), name)
        equal((back.get_lock_position(), back.get_parasite(PARASITE)), (True, None), name)
        near(min(psnr(back, before[0]), psnr(image.get_layers()[1], before[1])), fidelity, 0.15, name)
        near(list(get(back.get_mask())[0]), list(before[2]), 0.3, f"{name}, mask")
    moved = small.get_layers()[0].get_children()[0]
    moved.set_lock_position(False)
    x, y, width, height = place(moved)
    moved.set_offsets(x - 3, y)
    upscale(small, width=101, height=67)
    near(list(place(moved)), [2 * x - 6, 2 * y, 2 * width, 2 * height], 2)


@case
def replaced():
    """shrunk once more the image has one note, the new one"""
    small, _ = shrink(simple_image(24, 16))
    smaller, _ = shrink(small, target="image")
    equal(read(smaller, PARASITE), "Triptych: shrunk from 12 x 8 px for restorer-fast-1 to 6 x 4 px")
    equal(read(smaller, COMMENT), read(smaller, PARASITE))


@case
def removed():
    """any scaling of the image or of a layer in place takes the note away; a new layer leaves it"""
    for target in "image", "layer", "new-image":
        small, _ = shrink(simple_image(24, 16))
        result, _ = upscale(small, target=target, scale_x=3, scale_y=3)
        equal((read(result, PARASITE), read(result, COMMENT)), (None, None), target)
        if target == "new-image":
            equal(read(small, PARASITE) is None, False, "the original's")
    small, _ = shrink(simple_image(24, 16))
    small.select_rectangle(Gimp.ChannelOps.REPLACE, 2, 2, 5, 5)
    upscale(small, target="layer")
    equal(read(small, PARASITE) is None, False, "of a selected part")


@case
def damaged():
    """a comment or parasite that only looks like a note does no harm"""
    image = simple_image(12, 8)
    set_comment(image, "Triptych: shrunk from 99999999999 x 0 px for huge to 12 x 8 px")
    attach(image, PARASITE, b"Triptych: shrunk from \xff")
    before = read(image, COMMENT)
    upscale(image)
    equal((size(image), image.get_parasite(PARASITE), read(image, COMMENT)), ((24, 16), None, before))
