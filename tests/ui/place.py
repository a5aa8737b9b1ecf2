"""The dialog of Place in GIMP. usage: place.py PLUGIN"""
import re
import sys
import time

import numpy

from desktop import Desktop, expect, run_cases, wait_for, write_xcf

WIDTH, HEIGHT = 320, 240
MAGENTA = (255, 0, 255)


def draw_scene():
    """Sky, and ground with some grain."""
    pixels = numpy.full((HEIGHT, WIDTH, 4), 255)
    pixels[:, :, :3] = (120, 170, 230)
    grain = numpy.random.default_rng(1).integers(-20, 20, (HEIGHT - 110, WIDTH, 1))
    pixels[110:, :, :3] = numpy.array([90, 120, 60]) + grain
    return pixels


def draw_other():
    """A floor seen through a gate: nothing of it is where it is in the scene."""
    pixels = draw_scene()[:, ::-1] // 3
    pixels[:, 200:, :3] = (60, 50, 40)
    pixels[:, :, 3] = 255
    return pixels


def draw_object():
    """A magenta disc with margins."""
    y, x = numpy.mgrid[:48, :40]
    pixels = numpy.zeros((48, 40, 4))
    pixels[:, :] = MAGENTA + (0,)
    pixels[:, :, 3] = 255 * ((x - 19.5) ** 2 + (y - 23.5) ** 2 < 256)
    return pixels


with Desktop(sys.argv[1]) as desktop:
    write_xcf(desktop.folder + "/still.xcf", [("other", 0, 0, draw_other()), ("scene", 0, 0, draw_scene()),
                                             ("disc", 270, 180, draw_object())])
    main = desktop.start_gimp(desktop.folder + "/still.xcf")
    dialog = None

    def open_dialog():
        global dialog
        dialog = desktop.open_dialog(main, "Place")

    def still():
        return desktop.still(dialog, lambda: True)

    def where():
        """x, y and size of the object, as the dialog has said last."""
        with open(desktop.log.name) as file:
            said = re.findall("object at ([0-9]+), ([0-9]+), size ([0-9.]+)", file.read())
        return tuple(map(float, said[-1])) if said else None

    def magenta(window, rows=slice(None), columns=slice(None)):
        """Where most of what is magenta in a part of a window is, and how many pixels there are."""
        pixels = desktop.shot(window)[rows, columns]
        y, x = numpy.nonzero((numpy.abs(pixels - MAGENTA) < 40).all(axis=2))
        return (numpy.median(x), numpy.median(y), len(x)) if len(x) else (0, 0, 0)

    def disc():
        """The centre of the disc in GIMP's window, and how many pixels it has, once it no longer changes."""
        last = None

        def same():
            nonlocal last
            time.sleep(0.5)
            before, last = last, magenta(main, slice(100, 700), slice(200, 980))   # without previews in the docks
            return before == last
        wait_for("GIMP's window coming to rest", same)
        return last

    def is_at(expected):
        """Whether the disc is there in GIMP's window."""
        got = disc()
        return abs(got[0] - expected[0]) < 2 and abs(got[1] - expected[1]) < 2 and \
            abs(got[2] - expected[2]) < 0.1 * expected[2] + 20

    def layers_are(n):
        wait_for(f"the image having {n} layers, as in the title “{desktop.title(main)}”",
                 lambda: f"{n} layers" in desktop.title(main))

    def click(x, y):
        """On the scene, x and y in shares of the window's part that holds it."""
        desktop.x("mousemove", "--window", dialog, round(x * 500) + 12, round(y * 340) + 40, "click", 1)

    def make_small():
        """So that all of the object is in the picture."""
        while where()[2] > 1.5:
            desktop.keys("minus")

    def opens():
        """the menu opens the dialog, at most 1000 x 700 px large, with the scene, coloured, and the object"""
        open_dialog()
        pixels = still()
        height, width, _ = pixels.shape
        expect(width <= 1000 and height <= 700, f"the dialog is {width}x{height} px large")
        expect(magenta(dialog)[2] > 20, "the object is not shown")
        expect(pixels[30:300, 30:450].std() > 10, "the heatmap is flat")
        expect(where() is not None, "nothing is said about the place")

    def hides_colours():
        """the colours can be hidden"""
        old = still()
        desktop.keys("alt+w")
        hidden = still()
        expect((old != hidden).mean() > 0.2, "the colours are still there")
        desktop.keys("alt+w")
        expect((still() != old).mean() < 0.02, "the colours have changed")

    def comes(what, condition):
        wait_for(what, condition, 10)

    def shows_at(x, y):
        got = magenta(dialog)
        return abs(got[0] - x) < 3 and abs(got[1] - y) < 3

    def obeys_mouse():
        """the object follows the pointer, and a click puts it there"""
        click(0.3, 0.6)
        make_small()
        before = where()
        desktop.x("mousemove", "--window", dialog, 400, 120)
        comes("the object following the pointer", lambda: shows_at(400, 120))
        expect(where() == before, "pointing puts the object")
        desktop.x("click", 1)
        comes("the object being put", lambda: where() != before)
        desktop.x("mousemove", "--window", dialog, 5, 5)
        still()
        expect(shows_at(400, 120), f"the object is at {magenta(dialog)} after the click")

    def obeys_keys():
        """arrows move the object, plus and minus change its size, numbers and Home choose a place"""
        start = where()
        desktop.keys("Right", "Right")
        comes("two steps to the right", lambda: where() == (start[0] + 10, start[1], start[2]))
        desktop.keys("shift+Down")
        comes("a pixel down", lambda: where() == (start[0] + 10, start[1] + 1, start[2]))
        desktop.keys("plus")
        comes("a larger size", lambda: where()[2] > start[2])
        desktop.keys("minus", "minus")
        comes("a smaller size", lambda: where()[2] < start[2])
        expect(where()[:2] == (start[0] + 10, start[1] + 1), "another size moves the object")
        desktop.keys("Home")
        comes("the best place", lambda: where()[:2] != (start[0] + 10, start[1] + 1))
        best = where()
        desktop.keys("2")
        comes("the second place", lambda: where() != best)
        desktop.keys("1")
        comes("the best place again", lambda: where() == best)

    def chooses_size():
        """with the best size at each place, the best one comes back; the slider changes the heatmap"""
        desktop.keys("alt+b", "alt+z")   # its check box was cleared by plus and minus
        old = still()
        best = where()
        desktop.keys("Page_Up", "Page_Up")
        comes("another size", lambda: where()[2] != best[2])
        comes("another heatmap",
              lambda: (desktop.shot(dialog)[30:300, 30:450] != old[30:300, 30:450]).mean() > 0.1)
        desktop.keys("alt+b")
        comes("the best size", lambda: abs(where()[2] / best[2] - 1) < 0.01)

    def resets():
        """Reset brings back the best place, at the best size of each"""
        click(0.3, 0.6)
        desktop.keys("Home")
        desktop.x("mousemove", "--window", dialog, 5, 5)
        before = still()
        best = where()
        desktop.keys("alt+z", "Page_Up", "Page_Up")
        comes("another size", lambda: where()[2] != best[2])
        still()
        desktop.keys("alt+r")
        time.sleep(0.5)
        desktop.keys("Down", "Return")
        comes("the best place again", lambda: where() == best)
        expect((still() != before).any(axis=2).mean() < 0.02, "the dialog is another one than before")

    def lists():
        """the list chooses a place"""
        desktop.keys("alt+p", "End", "Home")
        still()
        first = where()
        desktop.keys("Down")
        comes("the second place", lambda: where() != first)
        desktop.keys("Up")
        comes("the first place", lambda: where() == first)

    def helps():
        """F1 opens the help"""
        desktop.focus(dialog)
        desktop.keys("F1")
        window = desktop.window("^Help$", 10)
        desktop.focus(window)
        desktop.keys("Escape")
        wait_for("the help closing", lambda: not desktop.windows("^Help$"))

    def cancels():
        """Cancel leaves the image as it is"""
        desktop.focus(dialog)
        desktop.keys("Escape")
        desktop.wait_for_end(main)
        expect(not desktop.title(main).startswith("*"), "the image is changed")
        layers_are(3)

    def applies():
        """Enter, also in a number, moves and scales the object; one undo takes it back, one redo brings it again"""
        start = disc()
        expect(start[2] > 100, "the disc is not to be seen in GIMP")
        open_dialog()
        click(0.3, 0.6)
        make_small()
        wanted = where()
        desktop.keys("alt+n", "Return")
        desktop.wait_for_end(main)
        wait_for("the disc moving", lambda: not is_at(start))
        moved = disc()
        for axis, old in enumerate((290, 204)):   # GIMP shows the image at 100 %
            expect(abs(moved[axis] - start[axis] - wanted[axis] + old) < 2,
                   f"wanted {wanted}, the disc went from {start} to {moved}")
        desktop.keys("ctrl+z")
        wait_for("the disc being back", lambda: is_at(start))
        desktop.keys("ctrl+y")
        wait_for("the disc being there again", lambda: is_at(moved))
        desktop.keys("ctrl+z")
        wait_for("the disc being back again", lambda: is_at(start))

    def adds_heatmap():
        """with a heatmap layer: four layers, and three again after one undo; repeated as it was"""
        start = disc()
        open_dialog()
        desktop.keys("alt+e", "alt+o")
        desktop.wait_for_end(main)
        layers_are(4)
        desktop.keys("ctrl+z")
        layers_are(3)
        wait_for("the disc being back", lambda: is_at(start))
        desktop.keys("ctrl+f")
        layers_are(4)
        desktop.wait_for_end(main)
        desktop.keys("ctrl+z")
        layers_are(3)

    def chooses_background():
        """another background has a picture and places of its own, and the one below the object comes back"""
        open_dialog()
        below = still()
        start = where()
        desktop.keys("alt+g", "Down", "Down")
        comes("other places", lambda: where() != start)
        other = still()
        expect(magenta(dialog)[2] > 20, "the object is not shown")
        expect((other[30:300, 30:450] != below[30:300, 30:450]).mean() > 0.5, "the picture is the same")
        desktop.keys("Up", "Up")
        comes("the same places again", lambda: where() == start)
        expect((still()[30:300, 30:450] != below[30:300, 30:450]).mean() < 0.02, "the picture has changed")

    def cancels_look():
        """Cancel is obeyed while a background is looked at"""
        desktop.keys("alt+g", "Down", "Down", "Escape")
        desktop.wait_for_end(main)
        layers_are(3)

    def repeats_background():
        """a place in a background is applied, and found again when repeated"""
        start = disc()
        open_dialog()
        below = where()
        desktop.keys("alt+g", "Down", "Down")
        comes("other places", lambda: where() != below)
        still()
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        wait_for("the disc moving", lambda: not is_at(start))
        moved = disc()
        desktop.keys("ctrl+z")
        wait_for("the disc being back", lambda: is_at(start))
        desktop.keys("ctrl+f")
        wait_for("the disc being there again", lambda: is_at(moved))
        desktop.wait_for_end(main)
        desktop.keys("ctrl+z")
        wait_for("the disc being back again", lambda: is_at(start))

    def settles_in():
        """settling in is shown at once; a shadow comes as a layer of its own, and one undo takes all of it back"""
        start = disc()
        open_dialog()
        desktop.keys("alt+w")
        click(0.3, 0.6)
        make_small()
        desktop.x("mousemove", "--window", dialog, 5, 5)
        old = still()
        desktop.keys("alt+i")
        settled = still()
        changed = (old != settled).any(axis=2)[30:300, 30:450]
        expect(0.001 < changed.mean() < 0.4, f"{changed.mean():.2%} of the picture have changed")
        expect((settled.astype(int) - old)[30:300, 30:450].sum(axis=2).min() < -60, "there is no shadow")
        desktop.keys("alt+i")
        expect((still() == old)[30:300, 30:450].all(), "without it the picture is another one")
        desktop.keys("alt+m")
        expect((desktop.keys("alt+i") or still() == old)[30:300, 30:450].all(), "it is there without moving")
        desktop.keys("alt+m", "alt+i", "alt+e", "alt+o")   # alt+e: no heatmap, as the last time
        desktop.wait_for_end(main)
        layers_are(4)
        desktop.keys("ctrl+z")
        layers_are(3)
        wait_for("the disc being back", lambda: is_at(start))
        desktop.keys("ctrl+y")
        layers_are(4)
        desktop.keys("ctrl+z")
        layers_are(3)
        wait_for("the disc being back again", lambda: is_at(start))

    def gives_up_after(title, *keys):
        """With these keys in GIMP's window while the dialog is open, OK does no more than end it."""
        open_dialog()
        desktop.focus(main)
        desktop.keys(*keys)
        wait_for(f"{title} in the title “{desktop.title(main)}”", lambda: title in desktop.title(main))
        before = desktop.title(main)
        desktop.focus(dialog)
        desktop.keys("alt+o")
        desktop.wait_for_end(main)
        expect(not desktop.messages(), "\n".join(desktop.messages()))
        expect(desktop.title(main) == before, f"“{before}” became “{desktop.title(main)}”")

    def survives_undo():
        """an object that is undone while the dialog is open stays so"""
        desktop.focus(main)
        desktop.keys("ctrl+shift+d")
        layers_are(4)
        gives_up_after("3 layers", "ctrl+z")

    def survives_closing():
        """an image that is closed while the dialog is open"""
        gives_up_after("GNU Image", "ctrl+w")

    def is_quiet():
        """no message of GLib, GTK or GIMP about the plug-in"""
        expect(not desktop.messages(), "\n".join(desktop.messages()))

    run_cases(desktop, [opens, hides_colours, obeys_mouse, obeys_keys, chooses_size, resets, lists, helps, cancels,
                        applies, adds_heatmap, chooses_background, cancels_look, repeats_background, settles_in,
                        survives_undo, survives_closing, is_quiet])
