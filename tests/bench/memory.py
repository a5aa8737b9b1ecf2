"""memory.py CLI SCRATCH: the most memory triptych-cli takes to double a picture, for two sizes of it.

Prints a Markdown table. The picture as it came, 8-bit RGB, is held in memory; the result is written row by row.
"""
import multiprocessing
import os
import pathlib
import subprocess
import sys
import time

import numpy as np
from PIL import Image

SIZES = [(3000, 2000), (6000, 4000)]


def draw(path, width, height):
    y, x = np.mgrid[0:height, 0:width].astype(np.uint16)
    picture = np.stack([x*y//61 % 256, (x//3) ^ (y//5), x + 2*y], -1).astype(np.uint8)
    Image.fromarray(picture).save(path, compress_level=1)


def measure(command):
    start = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit("%s failed" % " ".join(command))
    return usage.ru_maxrss/1024, time.monotonic() - start


def main(cli, scratch):
    small, large = pathlib.Path(scratch)/"small.png", pathlib.Path(scratch)/"large.png"
    print("### Memory of triptych-cli, twice the size on each axis, all processors\n")
    print("| model | picture, Mpx | result, Mpx | most memory, MB | of it the picture | working set, MB | s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for width, height in SIZES:
        # in a process of its own: the most memory of this one counts as the tool's, which begins as its copy
        drawing = multiprocessing.Process(target=draw, args=(small, width, height))
        drawing.start()
        drawing.join()
        mpx, held = width*height/1e6, width*height*3/2**20
        for model in ("fast", "balanced"):
            most, seconds = measure([cli, "upscale", str(small), str(large), "--scale", "2", "--model", model])
            print("| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |"
                  % (model, mpx, 4*mpx, most, held, most - held, seconds), flush=True)
    print(flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
