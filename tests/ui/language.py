"""The dialogs in another language. usage: language.py PLUGIN CATALOGUE"""
import gettext
import os
import subprocess
import sys
import tempfile

import numpy

from desktop import TITLES, Desktop, Failure, expect, run_cases, write_xcf

OBJECT = (250, 20, 180)
LOCALES = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES"}

plugin, catalogue = sys.argv[1:]
language = os.path.splitext(os.path.basename(catalogue))[0]
locale = LOCALES[language] + ".UTF-8"

with tempfile.TemporaryDirectory() as locales:
    localedef = subprocess.run(["localedef", "-i", LOCALES[language], "-f", "UTF-8", f"{locales}/{locale}"],
                               capture_output=True, text=True, check=False)
    with Desktop(plugin, LOCPATH=locales, LC_ALL=locale, LANG=locale, LANGUAGE=language) as desktop:

        def opens():
            """GIMP in this language opens the dialogs in it, and they fit a screen of 1024 x 768 px"""
            expect(not localedef.returncode, localedef.stderr)
            folder = f"{desktop.folder}/profile/plug-ins/triptych/locale/{language}/LC_MESSAGES"
            os.makedirs(folder)
            subprocess.run(["msgfmt", catalogue, "-o", folder + "/triptych.mo"], check=True)
            below = numpy.random.default_rng(1).integers(0, 200, (270, 360, 4)) | (0, 0, 0, 255)
            above = below[:160, :200].copy()
            above[55:105, 70:130] = OBJECT + (255,)
            write_xcf(desktop.folder + "/noise.xcf", [("below", 0, 0, below), ("above", 20, 20, above)])
            main = desktop.start_gimp(desktop.folder + "/noise.xcf")
            with open(folder + "/triptych.mo", "rb") as file:
                translations = gettext.GNUTranslations(file)
            titles = {name: translations.gettext(name) for name in TITLES}
            desktop.select(main, OBJECT)   # for Decompose
            sizes = {}
            for name, title in titles.items():
                expect(title != name, f"{catalogue} does not translate {name}")
                dialog = desktop.open_dialog(main, title, titles.values())
                _, _, *sizes[name] = desktop.geometry(dialog)
                desktop.keys("Escape")
                desktop.wait_for_end(main)
            print("#", sizes)
            expect(all(width <= 1000 and height <= 700 for width, height in sizes.values()), f"too large: {sizes}")

        def is_quiet():
            """no message of GLib, GTK or GIMP about the plug-in"""
            if desktop.messages():
                raise Failure("\n".join(desktop.messages()))

        run_cases(desktop, [opens, is_quiet])
