"""Live figures: the stored picture becomes part of the page, and the page gets what makes it move.

A notebook stores a live figure as an <img> with a data URI, which every viewer shows. Here it becomes inline SVG, with
room for its sliders. live.js, MicroPython and the package's own files are shipped beside the pages.
"""
import ast
import html
import json
import re
import shutil
import xml.etree.ElementTree as xml
from pathlib import Path
from urllib.parse import unquote

from sphinx.util import logging

import npm
from lrlearn.figure import Figure

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "lrlearn"
# The floors of the package that need nothing but math: what the page's MicroPython runs. Worlds are sent where a figure has
# one; calls of other frameworks, and the menu that the worlds hold, when a reader asks for them.
FLOORS = {
    "py.json": ("__init__.py", "core.py", "figure.py", "svg.py", "schedules/**/*.py"),
    "worlds.json": ("worlds/*.py",),
    "natives.json": ("natives/*.py",),
}
FIGURE = re.compile(r'<figure class="lr-live" data-lr="([^"]*)"><img\b[^>]*? src="data:image/svg\+xml,([^"]*)"[^>]*></figure>')
WORLDS = re.compile(r"lrlearn(\.| import )worlds")           # as functions that travel name them
NOSCRIPT = "<noscript><p>The sliders of this figure need JavaScript.</p></noscript>"

log = logging.getLogger(__name__)


def page_files(*bundles):
    """The files of the package in the bundles, or in all of them, in a fixed order."""
    return sorted(file for name in bundles or FLOORS for pattern in FLOORS[name] for file in PACKAGE.glob(pattern))


def py_json(*bundles):
    """Those files as the text of a bundle: path -> the file's text, its docstrings emptied."""
    files = {file.relative_to(PACKAGE.parent).as_posix(): light(file.read_text(encoding="utf-8")) for file in page_files(*bundles)}
    return json.dumps({"files": files})


def light(source):
    """The source with its docstrings emptied, line for line: nobody reads them in the page, and they weigh more than the code."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        held = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False)
        if held:
            string = node.body[0]
            first, last = string.lineno - 1, string.end_lineno - 1
            lines[first] = lines[first][: string.col_offset] + '""'
            lines[first + 1 : last + 1] = [""] * (last - first)
    return "\n".join(lines)


def inline(stored, picture, number=1):
    """The figure's HTML for the page, from the stored JSON and data URI as they stand in the attributes; number: which of the page.

    Raises an error when one of them cannot be read, or when the figure does not draw where its sliders begin.
    """
    spec = json.loads(html.unescape(stored))
    rows, offered = len(spec["sliders"]), " ".join(offers(spec))
    svg = unquote(html.unescape(picture))
    if xml.fromstring(svg).tag != "{http://www.w3.org/2000/svg}svg":
        raise ValueError("not an SVG picture")
    room = f'<div class="lr-controls" style="--rows:{rows}"></div>'
    return f'<figure class="lr-live" data-lr="{stored}" id="live-{number}" data-offers="{offered}">{svg}{room}{NOSCRIPT}</figure>'


def offers(spec):
    """What the page offers under the figure: its call, a schedule to lay beside it, a link."""
    figure = Figure(spec)
    values = figure.values()
    figure.picture(values)
    return ["call"] * bool(figure.schedules(values)) + ["beside"] * ("curves" in spec) + ["link"]


def page(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if '<figure class="lr-' not in body:
        return
    app.add_css_file("lrlive/live.css")
    figures = body.count('<figure class="lr-live"')
    done = 0

    def replace(found):
        nonlocal done
        done += 1
        try:
            return inline(*found.groups(), done)
        except Exception as error:                          # a figure's source is a reader's own Python
            what = f"live figure {done}: its stored form, must be readable, got {type(error).__name__}: {error}"
            log.warning("%s", what, location=pagename, type="lrlive")
            return found[0]

    context["body"] = FIGURE.sub(replace, body)
    if done != figures:
        what = f"live figures: their stored form, must be a description and a picture, got {done} of {figures}"
        log.warning("%s", what, location=pagename, type="lrlive")
    if figures:
        # templates/layout.html starts live.js, and has these fetched early.
        context["live_figures"] = ["py.json"] + ["worlds.json"] * bool(WORLDS.search(body))


def ship(app, error):
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir) / "_static" / "lrlive"
    out.mkdir(exist_ok=True)
    micropython = npm.install() / "@micropython" / "micropython-webassembly-pyscript"
    for file in (HERE / "live.js", HERE / "live.css", micropython / "micropython.mjs", micropython / "micropython.wasm"):
        shutil.copyfile(file, out / file.name)
    for name in FLOORS:
        (out / name).write_text(py_json(name), encoding="utf-8")


def setup(app):
    app.connect("html-page-context", page)
    app.connect("build-finished", ship)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
