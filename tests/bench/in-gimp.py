"""Run by GIMP: enlarges what the file that BENCH_JOBS names lists, and writes the seconds of each job into it.

A job is {"small": PNG, "width", "height", "method", "out": PNG}. Methods are GIMP's interpolations and the models of
Triptych, each called as a script would; loading and saving are not timed.
"""
import json
import os
import pathlib
import time

import gi
gi.require_version("Gimp", "3.0")
from gi.repository import Gimp, Gio

MODELS = ("fast", "balanced", "best")


def upscale(image, model, width, height):
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-triptych-upscale")
    config = procedure.create_config()
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_layers()[:1])
    for name, value in (("width", width), ("height", height), ("model", model)):
        config.set_property(name, value)
    if procedure.run(config).index(0) != Gimp.PDBStatusType.SUCCESS:
        raise RuntimeError(Gimp.get_pdb().get_last_error())


def run(small, width, height, method, out):
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(small))
    start = time.monotonic()
    if method in MODELS:
        upscale(image, method, width, height)
    else:
        Gimp.context_set_interpolation(getattr(Gimp.InterpolationType, method.upper()))
        image.scale(width, height)
    seconds = time.monotonic() - start
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(out), None)
    image.delete()
    return seconds


path = pathlib.Path(os.environ["BENCH_JOBS"])
jobs = json.loads(path.read_text())
for job in jobs:
    job["seconds"] = run(**job)
path.write_text(json.dumps(jobs))
