"""plug-in-triptych-shrink, from Python: all cases in one start of GIMP."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support
import shrink_pixels
import shrink_structure
import shrink_notes

support.run_cases()
