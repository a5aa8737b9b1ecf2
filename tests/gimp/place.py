"""plug-in-triptych-place, from Python: all cases in one start of GIMP."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support
import place_pixels
import place_structure
import place_settle
import place_refusals

support.run_cases()
