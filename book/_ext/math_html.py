"""Math becomes HTML and MathML when the site is built: readable without JavaScript, and no script is sent.

sphinxcontrib.katex puts the formulas into the pages. Its one rendering function is replaced here, for two reasons: it
hides a wrong formula in red text, where ours warns and names the place; and it talks to a server, which on a busy
machine is not up in time and then stays behind. Here one short Node process draws the formulas of the whole book.
"""
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

import npm

HERE = Path(__file__).resolve().parent
log = logging.getLogger(__name__)
read = []                               # the formulas of the pages that this build reads
drawn = {}                              # (LaTeX, display or not) -> {"html": ...} or {"error": ...}


def draw(formulas):
    """Draw what is not drawn yet, all in one go."""
    missing = [formula for formula in dict.fromkeys(formulas) if formula not in drawn]
    if not missing:
        return
    done = subprocess.run([npm.NODE, HERE / "math_html.cjs"], input=json.dumps(missing), capture_output=True, encoding="utf-8")
    if done.returncode:
        raise ExtensionError(f"math_html.cjs: draws the formulas, must run, got {done.stderr.strip()}")
    drawn.update(zip(missing, json.loads(done.stdout)))


def formulas_of(doctree):
    """Every formula's node, with its LaTeX and whether it is displayed."""
    found = doctree.findall(lambda node: isinstance(node, (nodes.math, nodes.math_block)))
    return {node: (node.astext(), isinstance(node, nodes.math_block)) for node in found}


def collect(app, doctree):
    read.extend(formulas_of(doctree).values())


def draw_read(app, env):
    """Draw the formulas of all pages that were read: one Node process for the book."""
    if app.builder.format == "html":
        draw(read)


def check(app, doctree, docname):
    """Draw what the page has got since it was read, and warn of each formula that KaTeX does not know."""
    if app.builder.format != "html":
        return
    formulas = formulas_of(doctree)
    draw(formulas.values())
    for node, formula in formulas.items():
        if "error" in drawn[formula]:
            log.warning("%s", drawn[formula]["error"], location=node, type="katex")


def render_latex(latex, options=None):
    formula = latex, bool(options)                          # the package passes options for display math only
    draw([formula])                                         # in a title, say, that another page's contents show
    return drawn[formula].get("html") or f'<code class="katex-error">{html.escape(latex)}</code>'


def configure(app, config):
    npm.install()
    katex.render_latex = render_latex
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"


def drop_css(app, pagename, templatename, context, doctree):
    """Leave KaTeX's style sheets out of a page without math."""
    if 'class="katex"' not in context.get("body", ""):
        context["css_files"][:] = [css for css in context["css_files"] if "katex" not in str(css.filename)]


def ship(app, error):
    """Ship KaTeX's style sheet with its woff2 fonts; every browser that shows the book reads woff2."""
    if error or app.builder.format != "html":
        return
    dist = npm.install() / "katex" / "dist"
    out = Path(app.outdir) / "_static" / "katex"
    (out / "fonts").mkdir(parents=True, exist_ok=True)
    css = (dist / "katex.min.css").read_text(encoding="utf-8")
    (out / "katex.min.css").write_text(re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", css), encoding="utf-8")
    for font in dist.glob("fonts/*.woff2"):
        shutil.copy(font, out / "fonts")


def setup(app):
    app.setup_extension("sphinxcontrib.katex")
    app.connect("config-inited", configure)
    app.connect("doctree-read", collect)
    app.connect("env-updated", draw_read)
    app.connect("doctree-resolved", check)
    app.connect("html-page-context", drop_css, priority=900)
    app.connect("build-finished", ship)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
