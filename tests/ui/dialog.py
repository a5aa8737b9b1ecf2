"""The dialog of Upscale in GIMP. usage: dialog.py PLUGIN"""
import sys
import time

import numpy

from desktop import Desktop, draw, expect, run_cases, split, wait_for

WIDTH, HEIGHT = 320, 240
MARGIN = 20   # px of the preview's rim that no case looks at
GRIP = slice(175, 210)  # rows of the split's grip


with Desktop(sys.argv[1]) as desktop:
    picture = desktop.folder + "/noise.png"
    draw(picture, WIDTH, HEIGHT)
    main = desktop.start_gimp(picture)
    dialog = None

    def size_is(width, height):
        desktop.expect_size(main, width, height)

    def open_dialog():
        global dialog
        dialog = desktop.open_dialog(main, "Upscale")

    def is_closed():
        desktop.wait_for_end(main)

    def focus_preview():
        line = split(desktop.still(dialog))
        desktop.x("mousemove", "--window", dialog, line - 60, 60, "click", 1)
        desktop.x("mousemove", "--window", dialog, 5, 5)

    enter = desktop.enter

    def opens():
        """the menu opens the dialog, at most 1000 x 700 px large, with before and after"""
        open_dialog()
        pixels = desktop.still(dialog)
        height, width, _ = pixels.shape
        expect(width <= 1000 and height <= 700, f"the dialog is {width}x{height} px large")
        line = split(pixels)
        part = pixels[30:300, 30:line - MARGIN]
        expect(part.std() > 10, "there is no picture left of the split")

    def split_moves():
        """the split follows the mouse and uncovers the other side"""
        old = desktop.still(dialog)
        line = split(old)
        desktop.drag(dialog, (line, 60), (line + 80, 60))
        new = desktop.still(dialog)
        expect(abs(split(new) - line - 80) <= 2, f"the split went from {line} to {split(new)}")
        shown = slice(line + 5, line + 60)
        difference = numpy.abs(old[30:110, shown] - new[30:110, shown]).mean()
        expect(difference > 0.2, f"before and after look the same: they differ by {difference:.3f}")
        same = slice(MARGIN, line - 20)
        expect((old[30:110, same] == new[30:110, same]).all(), "before has changed as well")

    def pans():
        """the picture follows the mouse, pixel for pixel, and only what comes into view is computed"""
        old = desktop.still(dialog)
        before = len(desktop.previews())
        line = split(old)
        desktop.drag(dialog, (line - 60, 150), (line - 90, 110))
        new = desktop.still(dialog)
        expect((old[140:300, 60:200] == new[100:260, 30:170]).all(), "the view has not moved by 30, 40 px")
        desktop.drag(dialog, (line - 90, 110), (line - 60, 150))
        expect((desktop.still(dialog)[30:300, 30:line - 30] == old[30:300, 30:line - 30]).all(), "the way back differs")
        share = desktop.computed(before)
        expect(0 < share < 0.6, f"computed anew: {share:.0%} of the preview")

    def obeys_keys():
        """with the keyboard the view moves, the split moves, and Home centers both"""
        focus_preview()
        old = desktop.still(dialog)
        line = split(old)
        desktop.keys("shift+Left")
        moved = desktop.still(dialog)
        expect(split(moved) < line - 10, "Shift and the left arrow key do not move the split")
        desktop.keys("Right")
        expect((desktop.still(dialog)[140:300, 30:100] != moved[140:300, 30:100]).any(),
               "the right arrow key does not move the view")
        desktop.keys("Home")
        home = desktop.still(dialog)
        expect(split(home) < line, "Home does not center the split")
        desktop.keys("Left", "Left", "Up", "ctrl+Right", "Home")
        same = desktop.still(dialog) == home
        same[GRIP, split(home) - 15:split(home) + 15] = True  # its edge is smoothed a little differently at times
        expect(same[30:300, 30:400].all(), "Home is not always the same")

    def helps():
        """F1 and the Help button open the help"""
        for key in "F1", "alt+h":
            desktop.focus(dialog)
            desktop.keys(key)
            window = desktop.window("^Help$", 10)
            desktop.focus(window)
            desktop.keys("Escape")
            wait_for("the help closing", lambda: not desktop.windows("^Help$"))
        desktop.focus(dialog)

    def changes_factor():
        """another factor changes the preview and what is said about the result"""
        old = desktop.still(dialog)
        enter("alt+w", "3")
        new = desktop.still(dialog)
        line = split(old)
        expect((old[30:110, 30:line - 30] != new[30:110, 30:line - 30]).any(), "the preview has not changed")
        texts = slice(old.shape[1] - 340, None)
        rows = numpy.flatnonzero((old[:, texts] != new[:, texts]).any(axis=(1, 2)))
        expect(len(rows) and rows[-1] - rows[0] > 150, "only the factors have changed, or nothing")

    def enlarges():
        """OK scales the image; one undo takes it back, one redo brings it again"""
        desktop.keys("alt+o")
        is_closed()
        size_is(3 * WIDTH, 3 * HEIGHT)
        desktop.keys("ctrl+z")
        size_is(WIDTH, HEIGHT)
        desktop.keys("ctrl+y")
        size_is(3 * WIDTH, 3 * HEIGHT)
        desktop.keys("ctrl+z")
        size_is(WIDTH, HEIGHT)

    def cancels():
        """Cancel leaves the image as it is, with nothing to undo"""
        title = desktop.title(main)
        open_dialog()
        enter("alt+w", "2.5")
        desktop.keys("Escape")
        is_closed()
        expect(desktop.title(main) == title, f"the title is {desktop.title(main)}")
        desktop.keys("ctrl+y")   # still there: nothing has come on top of it
        size_is(3 * WIDTH, 3 * HEIGHT)
        desktop.keys("ctrl+z")
        size_is(WIDTH, HEIGHT)

    def takes_pixels():
        """a size in pixels, unchained, is taken as it is, and repeated as it is"""
        open_dialog()
        desktop.keys("alt+w", "Tab", "Tab", "space", "Tab", "Down", "Down")   # chain, then unit
        enter("alt+w", "321")
        enter("alt+g", "123")
        desktop.keys("alt+w", "Return")
        is_closed()
        size_is(321, 123)
        desktop.keys("ctrl+z")
        size_is(WIDTH, HEIGHT)
        desktop.keys("ctrl+f")
        size_is(321, 123)
        is_closed()
        desktop.keys("ctrl+z")
        size_is(WIDTH, HEIGHT)

    def notices_changes():
        """an image that is changed while the result is computed stays as it is"""
        open_dialog()
        enter("alt+w", "24")
        desktop.keys("alt+o")
        wait_for("the dialog closing", lambda: not desktop.windows("^Upscale$"))
        desktop.focus(main)
        desktop.keys("ctrl+shift+d")   # duplicates the layer
        expect(desktop.is_running(), "the result came too soon")
        wait_for("the plug-in ending", lambda: not desktop.is_running(), 120)
        desktop.close_message("changed in the meantime")
        is_closed()
        size_is(WIDTH, HEIGHT)
        wait_for("a second layer", lambda: "2 layers" in desktop.title(main))
        desktop.keys("ctrl+z")
        wait_for("a single layer", lambda: "1 layer" in desktop.title(main))
        size_is(WIDTH, HEIGHT)

    def notices_closing():
        """an image that is closed while the result is computed ends in a message"""
        title = desktop.title(main)
        desktop.keys("ctrl+d")
        wait_for("a copy of the image", lambda: desktop.title(main) != title)
        open_dialog()
        enter("alt+w", "8")   # more than is read at once
        desktop.keys("alt+o")
        is_closed()
        size_is(8 * WIDTH, 8 * HEIGHT)
        open_dialog()
        desktop.keys("alt+o")
        wait_for("the dialog closing", lambda: not desktop.windows("^Upscale$"))
        desktop.focus(main)
        expect(desktop.is_running(), "the result came too soon")
        desktop.keys("ctrl+w")
        desktop.focus(desktop.window("^Close"))
        desktop.keys("alt+d")   # as the copy was not saved
        desktop.close_message("was deleted")
        is_closed()
        expect(not desktop.messages(), "\n".join(desktop.messages()))
        wait_for("the first image", lambda: desktop.title(main) == title)

    def refuses():
        """a result that does not fit into memory cannot be asked for"""
        open_dialog()
        enter("alt+w", "524288")
        enter("alt+g", "524288")
        desktop.still(dialog)
        desktop.keys("alt+o", "alt+w", "Return")
        time.sleep(1)
        expect(desktop.windows("^Upscale$"), "OK could be pressed")
        desktop.keys("Escape")
        is_closed()
        size_is(WIDTH, HEIGHT)

    def survives_closing():
        """an image that is closed under the dialog ends in a message"""
        open_dialog()
        desktop.still(dialog)
        desktop.focus(main)
        desktop.keys("ctrl+w")
        wait_for("the image closing", lambda: "noise" not in desktop.title(main))
        desktop.focus(dialog)
        desktop.keys("alt+o")
        desktop.close_message("changed in the meantime")
        is_closed()

    def is_quiet():
        """no message of GLib, GTK or GIMP about the plug-in"""
        expect(not desktop.messages(), "\n".join(desktop.messages()))

    run_cases(desktop, [opens, split_moves, pans, obeys_keys, helps, changes_factor, enlarges, cancels, notices_changes,
                        notices_closing, takes_pixels, refuses, survives_closing, is_quiet])
