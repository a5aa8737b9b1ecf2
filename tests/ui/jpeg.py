"""What the dialog of Upscale offers for a JPEG. usage: jpeg.py PLUGIN"""
import sys

from PIL import Image

from desktop import Desktop, draw, expect, run_cases

WIDTH, HEIGHT = 320, 240

with Desktop(sys.argv[1]) as desktop:
    draw(desktop.folder + "/noise.png", WIDTH, HEIGHT)
    Image.open(desktop.folder + "/noise.png").save(desktop.folder + "/blocks.jpg", quality=30)
    Image.open(desktop.folder + "/blocks.jpg").save(desktop.folder + "/blocks.png")   # this GIMP reads no others
    main = desktop.start_gimp(desktop.folder + "/blocks.png")

    def cleans_up():
        """a button sets the clean-up that fits the blocks, and no other number"""
        dialog = desktop.open_dialog(main, "Upscale")
        old = desktop.still(dialog)
        desktop.keys("alt+j")
        new = desktop.still(dialog)
        right = slice(260, 420)   # of the split, which is in the middle
        expect((old[30:110, right] != new[30:110, right]).mean() > 0.3, "the preview has hardly changed")
        desktop.enter("alt+u", "0")
        expect((desktop.still(dialog)[30:110, right] == old[30:110, right]).all(), "not the clean-up was changed")
        desktop.enter("alt+w", "3")
        desktop.keys("alt+j", "alt+o")
        desktop.wait_for_end(main)
        desktop.expect_size(main, 3 * WIDTH, 3 * HEIGHT)

    def knows_others():
        """what has been enlarged since has no blocks, and nothing is offered"""
        dialog = desktop.open_dialog(main, "Upscale")
        desktop.still(dialog)
        before = len(desktop.previews())
        desktop.keys("alt+j")
        desktop.still(dialog)
        expect(len(desktop.previews()) == before, "another preview was asked for")
        desktop.keys("Escape")
        desktop.wait_for_end(main)

    def is_quiet():
        """no message of GLib, GTK or GIMP about the plug-in"""
        expect(not desktop.messages(), "\n".join(desktop.messages()))

    run_cases(desktop, [cleans_up, knows_others, is_quiet])
