"""What cannot be scaled is refused in the dialogs, and not after them. usage: targets.py PLUGIN"""
import sys
import time

import numpy
from PIL import Image

from desktop import Desktop, draw, expect, run_cases, wait_for, write_xcf

WIDTH, HEIGHT = 240, 180
OBJECT = (250, 20, 180)


def expect_refusal(desktop, dialog, title, is_ready=None):
    """OK cannot be pressed."""
    desktop.still(dialog, is_ready)
    desktop.keys("alt+o")
    time.sleep(1)
    expect(desktop.windows(f"^{title}$") and not desktop.windows("^GIMP Message$"), "OK could be pressed")


with Desktop(sys.argv[1]) as of_palette, Desktop(sys.argv[1]) as of_layers, Desktop(sys.argv[1]) as of_lock:
    draw(of_palette.folder + "/noise.png", WIDTH, HEIGHT)
    Image.open(of_palette.folder + "/noise.png").quantize(16).save(of_palette.folder + "/indexed.png")
    pixels = numpy.random.default_rng(1).integers(0, 200, (HEIGHT, WIDTH, 4)) | (0, 0, 0, 255)
    pixels[90:150, 150:210] = OBJECT + (255,)
    layers = [("below", 0, 0, pixels), ("above", 10, 10, pixels[:40, :30])]
    write_xcf(of_layers.folder + "/layers.xcf", layers)
    write_xcf(of_lock.folder + "/lock.xcf", layers, locked=["above"])

    def indexed():
        """an indexed image itself is refused at once, as target of both dialogs; a new one is not"""
        desktop, main = of_palette, of_palette.start_gimp(of_palette.folder + "/indexed.png")
        dialog = desktop.open_dialog(main, "Shrink")
        desktop.keys("alt+t", "Down")
        expect_refusal(desktop, dialog, "Shrink")
        desktop.keys("Escape")
        desktop.wait_for_end(main)
        dialog = desktop.open_dialog(main, "Upscale")
        expect_refusal(desktop, dialog, "Upscale")
        desktop.keys("alt+t", "Down", "Down")
        desktop.still(dialog)
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        desktop.expect_size(main, 2 * WIDTH, 2 * HEIGHT)

    def unselected():
        """a layer that the selection does not touch is refused at once as well, the whole image is not"""
        desktop, main = of_layers, of_layers.start_gimp(of_layers.folder + "/layers.xcf")
        desktop.select(main, OBJECT)
        dialog = desktop.open_dialog(main, "Upscale")
        desktop.still(dialog)
        desktop.keys("alt+t", "Down")
        expect_refusal(desktop, dialog, "Upscale")
        desktop.keys("alt+t", "Up")
        desktop.still(dialog)
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        desktop.expect_size(main, 2 * WIDTH, 2 * HEIGHT)

    def locked():
        """an object that is locked can have a heatmap, but cannot be moved"""
        desktop, main = of_lock, of_lock.start_gimp(of_lock.folder + "/lock.xcf")
        dialog = desktop.open_dialog(main, "Place")
        expect_refusal(desktop, dialog, "Place", lambda: True)
        desktop.keys("alt+m", "alt+e")
        desktop.still(dialog, lambda: True)
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        wait_for("a heatmap", lambda: "3 layers" in desktop.title(main))

    def is_quiet():
        """no message of GLib, GTK or GIMP about the plug-in"""
        messages = of_palette.messages() + of_layers.messages() + of_lock.messages()
        expect(not messages, "\n".join(messages))

    run_cases(of_layers, [indexed, unselected, locked, is_quiet])
