"""The pictures of the notebooks' cells as WebP: a fifth of the bytes of the PNG that a notebook stores, and as sharp.

Each colour channel keeps 18 levels, so that a line's soft edge takes few colours; no pixel changes by more than 7 of 255,
and white, black and each colour that fills an area stay. What is left is stored without loss. The notebooks keep their PNG,
which every viewer shows.
"""
import re
from pathlib import Path

import numpy as np
from PIL import Image

from finished import rewrite

STEP = 15                               # 255 is a multiple: white and black stay what they are
LEVELS = np.array([STEP * round(value / STEP) for value in range(256)], np.uint8)
AREA = 0.001                            # of a picture: a colour that takes more of it stays, or a table in colours would change its hues
NAMED = re.compile(r"(_images/[0-9a-f]{64})\.png")
SHOWN = re.compile(r"_images/([0-9a-f]{64})\.webp")


def fewer(pixels):
    """The picture in fewer colours."""
    colours = pixels @ np.array([1 << 16, 1 << 8, 1])
    each, counts = np.unique(colours, return_counts=True)
    areas = np.isin(colours, each[counts > AREA * colours.size])
    return Image.fromarray(np.where(areas[..., None], pixels, LEVELS[pixels]))


def convert(png):
    """Write the picture beside itself as .webp, and take the PNG away."""
    with Image.open(png) as picture:
        white = Image.new("RGBA", picture.size, "white")
        flat = Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    fewer(np.asarray(flat)).save(png.with_suffix(".webp"), lossless=True, quality=75, method=4)
    png.unlink()


def ship(app, error):
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for png in (site / "_images").glob("*.png"):
        if re.fullmatch("[0-9a-f]{64}", png.stem):          # a cell's: it is named by its content
            convert(png)
    rewrite(app, error, lambda text: NAMED.sub(r"\1.webp", text))
    # An incremental build leaves the pictures that a changed notebook no longer has.
    used = {name for page in site.rglob("*.html") for name in SHOWN.findall(page.read_text(encoding="utf-8"))}
    for picture in (site / "_images").glob("*.webp"):
        if picture.stem not in used:
            picture.unlink()


def setup(app):
    app.connect("build-finished", ship)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
