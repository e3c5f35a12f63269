"""Math becomes HTML and MathML when the site is built: readable without JavaScript, and no script is sent.

sphinxcontrib.katex puts the formulas into the pages. It drops every option and hides a wrong formula in red text, so
its one rendering function is replaced here: macros work, and a wrong formula is a warning that names its place.
"""
import functools
import html
import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinxcontrib import katex

import npm

# Shorthands for every formula of the book; \def in one formula does not reach the next.
MACROS = {r"\argmin": r"\operatorname*{arg\,min}"}

log = logging.getLogger(__name__)
plain = katex.render_latex


@functools.cache
def rendered(latex, display):
    return plain(latex, {"displayMode": display, "throwOnError": True, "strict": "ignore", "macros": dict(MACROS)})


def render_latex(latex, options=None):
    try:
        return rendered(latex, bool(options))               # the package passes options for display math only
    except katex.KaTeXError:                                # check() has said so, with the place
        return f'<code class="katex-error">{html.escape(latex)}</code>'


def check(app, doctree, docname):
    """Warn of every formula that KaTeX does not know."""
    if app.builder.format != "html":
        return
    for node in doctree.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))):
        try:
            rendered(node.astext(), isinstance(node, nodes.math_block))
        except katex.KaTeXError as error:
            log.warning("%s", error, location=node, type="katex")


def configure(app, config):
    dist = npm.install() / "katex" / "dist"
    katex.NODEJS_BINARY = str(npm.NODE)
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0      # a busy machine is no error
    katex.render_latex = render_latex
    config.html_math_renderer = "katex"
    config.katex_prerender = True
    config.katex_js_path = str(dist / "katex.min.js")
    config.katex_css_path = "katex/katex.min.css"


def drop_css(app, pagename, templatename, context, doctree):
    """Leave KaTeX's style sheets out of a page without math."""
    if 'class="katex"' not in context.get("body", ""):
        context["css_files"][:] = [css for css in context["css_files"] if "katex" not in str(css.filename)]


def copy(app, error):
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
    app.connect("doctree-resolved", check)
    app.connect("html-page-context", drop_css, priority=900)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
