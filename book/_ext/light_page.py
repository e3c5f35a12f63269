"""A light page: no thebe, one file for the small inline scripts, and no script or picture that holds the page back.

templates/layout.html is the other half: the page's head without the theme's icon script, and the theme mode set at once.
"""
import re
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
INLINE = {}                             # the inline scripts of this build, once each, in their order
SIZE = re.compile(r'(<img\b[^>]*)style="width: (\d+)px; height: (\d+)px;"')


def configure(app, config):
    config.templates_path.insert(0, str(HERE / "templates"))
    # jupyter-book loads thebe whatever the configuration says; what it connected is taken off.
    for event in ("builder-inited", "env-before-read-docs", "doctree-resolved"):
        for listener in list(app.events.listeners.get(event, ())):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)


def page(app, pagename, templatename, context, doctree):
    # Without JavaScript the theme has no colours for "auto"; with it, the head's script resolves "auto" at once.
    context["default_mode"] = "light"
    scripts = []
    for script in context["script_files"]:
        attributes = script.attributes
        if script.filename == "sphinx-thebe.js":
            continue
        if "body" in attributes and "type" not in attributes:
            if "pagename" not in attributes["body"]:        # the theme's version switcher alone reads it
                INLINE[attributes["body"]] = None
            continue
        if script.filename and pagename != "search":
            # A new object, since all pages share the old one. The search page's own scripts do not wait.
            script = type(script)(script.filename, priority=script.priority, **{**attributes, "defer": "defer"})
        scripts.append(script)
    context["script_files"][:] = scripts
    context["css_files"][:] = [css for css in context["css_files"] if css.filename != "_static/sphinx-thebe.css"]
    # Sizes as attributes: the picture shrinks in proportion and its room is known before it comes.
    if "body" in context:
        context["body"] = SIZE.sub(r'\1width="\2" height="\3" loading="lazy"', context["body"])


def clean(app, error):
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    if INLINE:                                              # nothing was written when nothing had changed
        (static / "page.js").write_text("".join(f"{body}\n" for body in INLINE), encoding="utf-8")
    shutil.rmtree(static / "locales", ignore_errors=True)   # the theme's sources of translations: no page asks for them
    for leftover in (*static.rglob("*.map"), *static.glob("*webpack-macros.html"), *static.glob("sphinx-thebe.*")):
        leftover.unlink()


def setup(app):
    app.add_js_file("page.js", priority=300)                # after Sphinx's own, before those that read its names
    app.connect("config-inited", configure)
    app.connect("html-page-context", page, priority=950)
    app.connect("build-finished", clean)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
