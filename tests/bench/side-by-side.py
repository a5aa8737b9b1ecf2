"""side-by-side.py SCRATCH OUT.png: details of our scenes three times as large, as they are, by GIMP and by Triptych."""
import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

from pictures import in_gimp

SCALE, WIDTH, HEIGHT, GAP = 3, 112, 74, 6  # px of the small pictures, px of the sheet
DETAILS = [("street", 10, 232), ("street", 250, 116), ("still-life", 232, 66)]  # left, top
COLUMNS = {"300 %": None, "GIMP, cubic": "cubic", "Triptych, balanced": "balanced"}


def main(scratch, out):
    scratch = pathlib.Path(scratch)
    large = {}
    for job in in_gimp([{"small": str(scratch/"scenes"/(scene + ".png")), "width": 480*SCALE, "height": 320*SCALE,
                         "method": method, "out": str(scratch/("%s-%s.png" % (scene, method)))}
                        for scene in ("still-life", "street") for method in COLUMNS.values() if method], scratch):
        large[pathlib.Path(job["small"]).stem, job["method"]] = Image.open(job["out"])
    width, height = WIDTH*SCALE + GAP, HEIGHT*SCALE + GAP
    sheet = Image.new("RGB", (len(COLUMNS)*width - GAP, 24 + len(DETAILS)*height - GAP), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 15)
    for column, (name, method) in enumerate(COLUMNS.items()):
        draw.text((column*width, 2), name, "black", font)
        for row, (scene, left, top) in enumerate(DETAILS):
            box = (left, top, left + WIDTH, top + HEIGHT)
            if method:
                detail = large[scene, method].crop(tuple(SCALE*v for v in box))
            else:
                detail = Image.open(scratch/"scenes"/(scene + ".png")).crop(box)
                detail = detail.resize((WIDTH*SCALE, HEIGHT*SCALE), Image.NEAREST)
            sheet.paste(detail, (column*width, 24 + row*height))
    # 256 colours are enough for this and a third of the bytes
    sheet.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(out, optimize=True)


main(*sys.argv[1:])
