"""plug-in-triptych-decompose, from Python: all cases in one start of GIMP."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import support
import decompose_sum
import decompose_structure

support.run_cases()
