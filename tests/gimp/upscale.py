"""plug-in-triptych-upscale, from Python: all cases in one start of GIMP."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support
import upscale_filters
import upscale_pixels
import upscale_refusals
import upscale_structure

support.run_cases()
