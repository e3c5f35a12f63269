"""A small icon font instead of the theme's 860 kB of icon script and fonts.

When the pages are finished, the icons they name are cut out of the fonts that the theme brings. The theme's own style
sheets use the same code points, so its icons stay as they are.
"""
import re
import shutil
from pathlib import Path

from fontTools import subset
from sphinx.util import logging

log = logging.getLogger(__name__)
FONTS = {"solid": "fa-solid-900.ttf", "brands": "fa-brands-400.ttf"}
STYLES = {"fa-solid", "fa-brands", "fa-lg"}     # the theme's fa-lg stays at the size of the text

# The classes that pages and the theme's style sheets expect, drawn with our fonts.
CSS = """\
@font-face{font-family:"lr solid";font-weight:900;font-display:block;src:url(solid.woff) format("woff")}
@font-face{font-family:"lr brands";font-weight:400;font-display:block;src:url(brands.woff) format("woff")}
:root{--fa-font-solid:900 1em/1 "lr solid";--fa-font-brands:400 1em/1 "lr brands"}
.fa-solid,.fas,.fa{display:inline-block;font:var(--fa-font-solid);text-rendering:auto;-webkit-font-smoothing:antialiased}
.fa-brands,.fab{display:inline-block;font:var(--fa-font-brands)}
.btn .fa-solid,.btn .fas,.btn .fab{min-width:1.25em;text-align:center}
.search-button-field>i.fa-solid{display:inline-block}
.bd-search input{padding-left:2rem}
.bd-sidebar-secondary.hide:not(:hover) .onthispage::after{font-family:"lr solid"}
"""


def code_points(css):
    """Icon name -> code point, as the icon set's own style sheet tells them."""
    known = {}
    for names, point in re.findall(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"', css):
        known.update((name, int(point, 16)) for name in re.findall(r"fa-[\w-]+", names))
    return known


def cut(source, points, name, target):
    """Write the glyphs of those code points as a woff font of that name."""
    font = subset.load_font(str(source), subset.Options())
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False, notdef_outline=False))
    cutter.populate(unicodes=points)
    cutter.subset(font)
    for record in font["name"].names:                       # the licence keeps the name "Font Awesome" for the whole set
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = name
    font.flavor = "woff"
    font["head"].modified = font["head"].created            # same pages, same bytes
    font.save(target)


def ship(app, error):
    static = Path(app.outdir) / "_static"
    whole = static / "vendor" / "fontawesome"
    if error or app.builder.format != "html" or not whole.exists():
        return
    known = code_points(next(whole.glob("*/css/all.min.css")).read_text(encoding="utf-8"))
    pages = "".join(page.read_text(encoding="utf-8") for page in sorted(Path(app.outdir).rglob("*.html")))
    sheets = "".join(css.read_text(encoding="utf-8") for css in sorted((static / "styles").glob("*.css")))
    classes = {name for value in re.findall(r'class="([^"]*\bfa-[^"]*)"', pages) for name in value.split()}
    names = sorted(classes & known.keys())
    for name in sorted(name for name in classes - known.keys() - STYLES if name.startswith("fa-")):
        log.warning("icon: a class in a page, must be a solid or brand icon that the theme brings, got %s", name, type="icons")
    wanted = {known[name] for name in names}
    wanted |= {ord(sign) for sign in sheets if 0xE000 <= ord(sign) < 0xF900}
    wanted |= {int(point, 16) for point in re.findall(r'"\\(f[0-9a-f]{3})"', sheets)}
    out = static / "icons"
    out.mkdir(exist_ok=True)
    for kind, file in FONTS.items():
        cut(next(whole.glob(f"*/webfonts/{file}")), wanted, f"lr {kind}", out / f"{kind}.woff")
    rules = "".join(f'.{name}::before{{content:"\\{known[name]:x}"}}\n' for name in names)
    (out / "icons.css").write_text(CSS + rules, encoding="utf-8")
    shutil.copy(next(whole.glob("*/LICENSE.txt")), out / "LICENSE.txt")
    shutil.rmtree(whole)


def setup(app):
    app.add_css_file("icons/icons.css", priority=200)
    app.connect("build-finished", ship)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
