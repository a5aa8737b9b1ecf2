"""plug-in-triptych-upscale, from Python."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import *


@case
def defaults():
    """default arguments: twice the size, whole image, balanced"""
    image = simple_image()
    values = run(image, model="balanced")
    equal(values.index(0), Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error())
    equal(values.index(1).get_id(), image.get_id())
    equal([i.get_id() for i in values.index(2)], [i.get_id() for i in image.get_layers()])
    equal(size(image), (48, 32))
    equal(place(image.get_layers()[0]), (0, 0, 48, 32))


run_cases()
