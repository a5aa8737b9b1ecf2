"""The dialog of Shrink in GIMP, and what Upscale then offers. usage: shrink.py PLUGIN"""
import sys
import time

import numpy

from desktop import Desktop, draw, expect, run_cases, split, wait_for

WIDTH, HEIGHT = 160, 120
OUTDATED = "Triptych: shrunk from 640 x 480 px for restorer-fast-1 to 99 x 99 px"

with Desktop(sys.argv[1]) as desktop:
    draw(desktop.folder + "/noise.png", WIDTH, HEIGHT, OUTDATED)
    main = desktop.start_gimp(desktop.folder + "/noise.png")
    dialog = None

    def open_dialog(title="Shrink"):
        global dialog
        dialog = desktop.open_dialog(main, title)

    def size_is(width, height):
        desktop.expect_size(main, width, height)

    def outdated():
        """a note that does not fit the image any more is not followed"""
        open_dialog("Upscale")
        desktop.still(dialog)
        desktop.keys("alt+i", "alt+o")
        desktop.wait_for_end(main)
        size_is(2 * WIDTH, 2 * HEIGHT)
        desktop.keys("ctrl+z")
        size_is(WIDTH, HEIGHT)

    def opens():
        """the menu opens the dialog, at most 1000 x 700 px large, with the original and what comes back"""
        open_dialog()
        pixels = desktop.still(dialog)
        height, width, _ = pixels.shape
        expect(width <= 1000 and height <= 700, f"the dialog is {width}x{height} px large")
        line = split(pixels)
        desktop.drag(dialog, (line, 60), (line - 60, 60))
        new = desktop.still(dialog)
        expect(abs(split(new) - line + 60) <= 2, f"the split went from {line} to {split(new)}")
        rows, columns = slice(130, 200), slice(line - 50, line - 5)
        difference = numpy.abs(pixels[rows, columns] - new[rows, columns]).mean()
        expect(0.02 < difference < 12, f"what comes back differs by {difference:.3f}")

    def shows_small():
        """the small picture is shown as well"""
        def preview():
            return desktop.still(dialog)[30:300, 30:450]

        old = preview()
        desktop.keys("alt+i")
        wait_for("another preview", lambda: (preview() != old).mean() > 0.02)
        desktop.keys("alt+b")
        wait_for("the old preview", lambda: (preview() == old).all())

    def changes_factor():
        """another factor changes what is said about the result"""
        old = desktop.still(dialog)
        desktop.enter("alt+w", "0.3")
        new = desktop.still(dialog)
        texts = slice(old.shape[1] - 340, None)
        rows = numpy.flatnonzero((old[:, texts] != new[:, texts]).any(axis=(1, 2)))
        expect(len(rows) and rows[-1] - rows[0] > 150, "only the factors have changed, or nothing")

    def refuses():
        """what is not smaller cannot be asked for, and nothing is left of what was shown before"""
        desktop.enter("alt+w", "0.5")
        line = split(desktop.still(dialog))

        def seen():
            return desktop.shot(dialog)[140:170, line + 5:line + 50].std()

        expect(seen() > 2, "there is no picture")
        desktop.enter("alt+w", "1")
        wait_for("the picture going", lambda: seen() < 0.5)
        desktop.keys("alt+o", "alt+w", "Return")
        time.sleep(1)
        expect(desktop.windows("^Shrink$"), "OK could be pressed")

    def helps():
        """F1 opens the help"""
        desktop.keys("F1")
        window = desktop.window("^Help$", 10)
        desktop.focus(window)
        desktop.keys("Escape")
        wait_for("the help closing", lambda: not desktop.windows("^Help$"))
        desktop.focus(dialog)

    def cancels():
        """Cancel closes the dialog at once, in the middle of computing, and leaves the image as it is"""
        before = len(desktop.previews())
        desktop.enter("alt+w", "0.9")
        wait_for("a new preview being asked for", lambda: len(desktop.previews()) > before)
        start = time.monotonic()
        desktop.keys("Escape")
        wait_for("the plug-in ending", lambda: not desktop.is_running())
        print(f"# ended {time.monotonic() - start:.2f} s after Escape was pressed")
        expect(time.monotonic() - start < 3, "it took seconds")
        desktop.focus(main)
        size_is(WIDTH, HEIGHT)

    def shrinks():
        """OK makes a new image"""
        open_dialog()
        desktop.still(dialog)
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        size_is(WIDTH // 2, HEIGHT // 2)

    def restores():
        """of that, Upscale offers the original's size; one undo brings the small picture and its note back"""
        for _ in range(2):
            open_dialog("Upscale")
            desktop.still(dialog)
            desktop.keys("alt+i")
            desktop.still(dialog)
            desktop.keys("alt+o")
            desktop.wait_for_end(main)
            size_is(WIDTH, HEIGHT)
            desktop.keys("ctrl+z")
            size_is(WIDTH // 2, HEIGHT // 2)

    def is_quiet():
        """no message of GLib, GTK or GIMP about the plug-in"""
        expect(not desktop.messages(), "\n".join(desktop.messages()))

    run_cases(desktop, [outdated, opens, shows_small, changes_factor, refuses, helps, cancels, shrinks, restores,
                        is_quiet])
