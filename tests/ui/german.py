"""The dialogs in another language. usage: german.py PLUGIN CATALOGUE"""
import gettext
import os
import subprocess
import sys
import tempfile

import numpy

from desktop import TITLES, Desktop, Failure, run_cases, write_xcf

plugin, catalogue = sys.argv[1:]

with tempfile.TemporaryDirectory() as locales:
    os.makedirs(locales + "/de_DE.UTF-8")
    localedef = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", locales + "/de_DE.UTF-8"],
                               capture_output=True, text=True, check=False)
    with Desktop(plugin, LOCPATH=locales, LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8", LANGUAGE="de") as desktop:

        def opens():
            """GIMP in German opens the dialogs in German, and they fit a screen"""
            if localedef.returncode:
                raise Failure(localedef.stderr)
            folder = desktop.folder + "/profile/plug-ins/triptych/locale/de/LC_MESSAGES"
            os.makedirs(folder)
            subprocess.run(["msgfmt", catalogue, "-o", folder + "/triptych.mo"], check=True)
            pixels = numpy.random.default_rng(1).integers(0, 255, (90, 120, 4)) | (0, 0, 0, 255)
            write_xcf(desktop.folder + "/noise.xcf", [("below", 0, 0, pixels), ("above", 20, 20, pixels[:40, :30])])
            main = desktop.start_gimp(desktop.folder + "/noise.xcf")
            with open(folder + "/triptych.mo", "rb") as file:
                translations = gettext.GNUTranslations(file)
            titles = {name: translations.gettext(name) for name in TITLES}
            for name in "Upscale", "Shrink", "Place":
                title = titles[name]
                if title == name:
                    raise Failure(f"{catalogue} does not translate {name}")
                dialog = desktop.open_dialog(main, title, titles.values())
                _, _, width, height = desktop.geometry(dialog)
                if width > 1100 or height > 700:
                    raise Failure(f"the dialog is {width}x{height} px large")
                desktop.keys("Escape")
                desktop.wait_for_end(main)

        def is_quiet():
            """no message of GLib, GTK or GIMP about the plug-in"""
            if desktop.messages():
                raise Failure("\n".join(desktop.messages()))

        run_cases(desktop, [opens, is_quiet])
