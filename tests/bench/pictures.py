"""pictures.py SCRATCH FOLDER...: what users of GIMP have, and Triptych, on pictures that were made small.

Prints a Markdown table for each folder. The protocol is that of the super-resolution papers: the small picture by
antialiased bicubic, 8 bits, PSNR of luma only, a border of the factor left out, the mean of the pictures' PSNR. Seconds
are those of all pictures of the folder.

G'MIC's upscale_smart is the strongest for any factor in Debian's package. It sharpens, and lays the corners' pixels
onto the corners instead of the edges onto the edges; both cost it PSNR. Its networks (CNN2X) came with later versions,
which download the weights, so that they cannot be had here; scale_dcci2x knows the factor 2 only.
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import time

import numpy as np
from PIL import Image

SCALES = (2, 3, 4)
IN_GIMP = {"GIMP, linear": "linear", "GIMP, cubic": "cubic", "GIMP, NoHalo": "nohalo", "GIMP, LoHalo": "lohalo",
           "Triptych, fast": "fast", "Triptych, balanced": "balanced", "Triptych, best": "best"}
ORDER = [*list(IN_GIMP)[:4], "Pillow, Lanczos", "G'MIC, upscale_smart", *list(IN_GIMP)[4:]]


def in_gimp(jobs, scratch):
    """Runs jobs (see in-gimp.py) and returns them with their seconds."""
    path, log = scratch/"jobs.json", scratch/"gimp.log"
    path.write_text(json.dumps(jobs))
    script = pathlib.Path(__file__).with_name("in-gimp.py")
    with open(log, "w") as output:
        result = subprocess.run(["gimp-console", "-nidf", "--quit", "--batch-interpreter=python-fu-eval", "-b",
                                 "import runpy; runpy.run_path(%r)" % str(script)],
                                env=os.environ | {"BENCH_JOBS": str(path)}, stdout=output, stderr=output)
    jobs = json.loads(path.read_text())
    if result.returncode != 0 or not all("seconds" in job for job in jobs):
        raise SystemExit("GIMP failed:\n" + "\n".join(log.read_text().splitlines()[-20:]))
    return jobs


def psnr_y(a, b, border):
    d = (a.astype(np.float64) - b) @ np.array([65.481, 128.553, 24.966])/255
    d = d[border:-border, border:-border]
    return 10*math.log10(255**2/max(np.mean(d*d), 1e-9))


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


def lanczos(small, width, height, out):
    picture = Image.open(small)
    start = time.monotonic()
    picture = picture.resize((width, height), Image.LANCZOS)
    seconds = time.monotonic() - start
    picture.save(out)
    return seconds


def gmic(small, width, height, out):
    """G'MIC has no clock that leaves out its start, which takes a tenth of a second or so."""
    start = time.monotonic()
    result = subprocess.run(["gmic", small, "upscale_smart", "%d,%d" % (width, height), "round", "cut", "0,255",
                             "output", out], stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise SystemExit("G'MIC failed:\n" + result.stderr)
    return time.monotonic() - start


def measure(folder, scratch):
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp"))
    if not files:
        raise SystemExit("There is no picture in %s." % folder)
    jobs, wanted = [], []
    for scale in SCALES:
        for file in files:
            stem = "%s/%d-%s" % (scratch, scale, file.stem)
            picture = Image.open(file).convert("RGB")
            w, h = picture.width//scale, picture.height//scale
            picture = picture.crop((0, 0, w*scale, h*scale))
            picture.resize((w, h), Image.BICUBIC).save(stem + ".png")
            for i, name in enumerate(ORDER):
                jobs.append({"small": stem + ".png", "width": w*scale, "height": h*scale, "method": IN_GIMP.get(name),
                             "out": "%s-%d.png" % (stem, i)})
                wanted.append((name, scale, np.asarray(picture)))
    done = iter(in_gimp([job for job in jobs if job["method"]], scratch))
    results = {}
    for job, (name, scale, picture) in zip(jobs, wanted):
        if job["method"]:
            seconds = next(done)["seconds"]
        else:
            function = lanczos if "Lanczos" in name else gmic
            seconds = function(job["small"], job["width"], job["height"], job["out"])
        result = psnr_y(pixels(job["out"]), picture, scale), seconds
        results.setdefault((name, scale), []).append(result)
        os.unlink(job["out"])
    return len(files), results


def main(scratch, *folders):
    for folder in map(pathlib.Path, folders):
        n, results = measure(folder, pathlib.Path(scratch))
        print("### %s: %d pictures, Y-PSNR and seconds for all of them\n" % (folder.name, n))
        print("| method |" + "".join(" x%d, dB | s |" % scale for scale in SCALES))
        print("|---|" + "--:|--:|"*len(SCALES))
        for name in ORDER:
            row = "| %s |" % name
            for scale in SCALES:
                psnr, seconds = np.array(results[name, scale]).T
                row += " %.2f | %.2f |" % (psnr.mean(), seconds.sum())
            print(row)
        print(flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
