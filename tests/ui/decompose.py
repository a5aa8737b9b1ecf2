"""The dialog of Decompose in GIMP. usage: decompose.py PLUGIN"""
import sys
import time

import numpy
from PIL import Image, ImageDraw

from desktop import Desktop, draw, expect, is_like, run_cases, wait_for

WIDTH, HEIGHT = 240, 180
DISC = (250, 20, 180)   # no other colour in the picture is near it
CANVAS = slice(30, 330), slice(30, 480)   # of the dialog: in the preview, at any size of it

with Desktop(sys.argv[1]) as desktop:
    draw(desktop.folder + "/scene.png", WIDTH, HEIGHT)
    scene = Image.open(desktop.folder + "/scene.png")
    ImageDraw.Draw(scene).ellipse((90, 60, 140, 110), fill=DISC)
    scene.save(desktop.folder + "/scene.png")
    main = desktop.start_gimp(desktop.folder + "/scene.png")
    dialog = None

    def of_disc(pixels):
        return is_like(pixels, DISC)

    def open_dialog():
        global dialog
        dialog = desktop.open_dialog(main, "Decompose")

    def layers_are(n):
        words = f" {n} layer"
        wait_for(f"“{words}” in the title “{desktop.title(main)}”", lambda: words in desktop.title(main))

    def wants_selection():
        """without a selection GIMP says what to do, and no dialog opens"""
        desktop.choose(main, "Decompose")
        time.sleep(3)
        expect(not desktop.windows("^Decompose$"), "a dialog without a selection")
        wait_for("the plug-in ending", lambda: not desktop.is_running())
        desktop.window("^GIMP Message$")
        wait_for("the message being closed", lambda: desktop.are_closed("^GIMP Message$"))

    def opens():
        """the menu opens the dialog, at most 1000 x 700 px large, with the object on checks"""
        desktop.select(main, DISC)
        open_dialog()
        pixels = desktop.still(dialog)
        height, width, _ = pixels.shape
        expect(width <= 1000 and height <= 700, f"the dialog is {width}x{height} px large")
        canvas = pixels[CANVAS]
        expect(of_disc(canvas).mean() > 0.01, "no object")
        expect(((canvas == 0x99).all(axis=2) | (canvas == 0x66).all(axis=2)).mean() > 0.4, "no checks")

    def switches():
        """background, effects, sum and outline are shown as well"""
        def seen(key):
            desktop.keys(key)
            return desktop.still(dialog)[CANVAS]

        shares = [of_disc(seen(key)).mean() for key in ("alt+b", "alt+g", "alt+u")]
        expect(shares[0] > 0.01 and shares[1] < 0.1 * shares[0] and abs(shares[2] - shares[0]) < 0.3 * shares[0],
               f"the disc's share of object, background and sum is {shares}")
        expect((seen("alt+i") != seen("alt+t")).any(), "outline and effects look alike")
        desktop.keys("alt+b")

    def takes_edge():
        """the width of the edge has a slider that is long enough to set it by single pixels"""
        def row():
            return desktop.still(dialog)[20:45, -265:]   # nothing of the preview

        old = row()
        desktop.enter("alt+e", "200")
        columns = numpy.flatnonzero((row() != old).any(axis=(0, 2)))   # from the slider's left end to the last button
        desktop.enter("alt+e", "0")
        expect(len(columns) and columns[-1] - columns[0] > 200, f"the columns that changed: {columns}")

    def corrects():
        """what is painted belongs to the object and is solved anew only there, and Clear marks takes it back"""
        desktop.keys("alt+j")   # which makes the dialog a little wider
        old = desktop.still(dialog)
        rows, columns = numpy.nonzero(of_disc(old[CANVAS]))
        start = CANVAS[1].start + columns.min() - 50, CANVAS[0].start + int(rows.mean())
        before = len(desktop.previews())
        desktop.drag(dialog, start, (start[0] + 10, start[1] + 30))
        wait_for("a new preview", lambda: len(desktop.previews()) > before)
        new = desktop.still(dialog)
        expect("what was painted" in desktop.previews()[before], "all was computed anew")
        expect((new[CANVAS] != old[CANVAS]).any(axis=2).mean() > 0.001, "nothing has changed")
        desktop.keys("alt+m")
        share = (desktop.still(dialog)[CANVAS] != old[CANVAS]).any(axis=2).mean()
        expect(share < 0.001, f"{share:.4f} of the preview differ from the old one")
        desktop.keys("alt+v")

    def marks_selection():
        """Mark selection says what is missing while nothing is selected"""
        def column():
            return desktop.still(dialog)[:450, -200:]

        desktop.keys("alt+j")
        old = column()
        desktop.focus(main)
        desktop.keys("ctrl+shift+a")
        desktop.focus(dialog)
        expect((column() != old).any(axis=2).mean() < 0.001, "something else has changed")
        desktop.keys("alt+k")
        expect((column() != old).any(axis=2).mean() > 0.01, "no word")
        desktop.keys("alt+m")
        expect((column() != old).any(axis=2).mean() < 0.001, "the word stays")
        desktop.keys("alt+v")
        desktop.focus(main)
        desktop.keys("ctrl+z")   # selects again
        desktop.focus(dialog)

    def zooms():
        """plus zooms in, Home shows all again"""
        old = desktop.still(dialog)
        x, y = CANVAS[1].start + 100, CANVAS[0].start + 100
        desktop.drag(dialog, (x, y), (x, y))   # which gives the preview the keyboard
        old = desktop.still(dialog)
        desktop.keys("plus", "plus")
        expect((desktop.still(dialog)[CANVAS] != old[CANVAS]).any(), "nothing was zoomed")
        desktop.keys("Home")
        expect((desktop.still(dialog)[CANVAS] == old[CANVAS]).mean() > 0.99, "it does not look as before")

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
        desktop.enter("alt+d", "7")
        wait_for("a new preview being asked for", lambda: len(desktop.previews()) > before)
        start = time.monotonic()
        desktop.keys("Escape")
        wait_for("the plug-in ending", lambda: not desktop.is_running())
        print(f"# ended {time.monotonic() - start:.2f} s after Escape was pressed")
        expect(time.monotonic() - start < 3, "it took seconds")
        desktop.focus(main)
        layers_are(1)

    def makes_layers():
        """OK makes a group of three layers, and one undo takes it back"""
        open_dialog()
        desktop.still(dialog)
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        layers_are(5)
        desktop.keys("ctrl+z")
        layers_are(1)
        desktop.keys("ctrl+y")
        layers_are(5)

    def is_quiet():
        """no message of GLib, GTK or GIMP about the plug-in"""
        expect(not desktop.messages(), "\n".join(desktop.messages()))

    run_cases(desktop, [wants_selection, opens, switches, takes_edge, corrects, marks_selection, zooms, helps, cancels,
                        makes_layers, is_quiet])
