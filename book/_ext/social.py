"""What a link to a page shows elsewhere: a title, a description, a picture. The addresses come from repository.url alone.

The picture and the icon for a phone's home screen are drawn from the package's curves when the site is built anew.
"""
import html
import re
from pathlib import Path

import look
from lrlearn import svg
from lrlearn.worlds import every

CARD, ICON = "_static/card.png", "_static/touch-icon.png"
SHOWN = ("cosine", "linear", "step_decay", "warmup, then cosine", "one_cycle", "wsd", "cosine_restarts", "exponential_decay", "inverse_sqrt")
ALT = "Learning rates of nine schedules over time, in nine small pictures"


def published(repository):
    """The address at which GitHub publishes a repository's pages; "" for a repository elsewhere.

    >>> published("https://github.com/Ada/book"), published("https://example.org/book")
    ('https://ada.github.io/book/', '')
    """
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?", repository)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def configure(app, config):
    config.html_baseurl = config.html_baseurl or published(config.html_theme_options.get("repository_url", ""))


def page(app, pagename, templatename, context, doctree):
    base = app.config.html_baseurl
    if not base or doctree is None:
        return
    tags = {
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": app.config.html_title, "og:title": html.unescape(context["title"]), "og:url": base + app.builder.get_target_uri(pagename),
        "og:description": look.first_sentences(doctree, 200),
        "og:image": base + CARD, "og:image:width": "1200", "og:image:height": "630", "og:image:alt": ALT,
    }
    lines = [f'<meta property="{name}" content="{html.escape(value)}">' for name, value in tags.items()]
    lines += [f'<meta name="description" content="{html.escape(tags["og:description"])}">', '<meta name="twitter:card" content="summary_large_image">']
    lines += [f'<link rel="apple-touch-icon" href="{context["pathto"](ICON, 1)}">']
    context["metatags"] = "\n".join([context.get("metatags", ""), *lines])


def card(target, title):
    """1200 by 630 px: the book's title above the curves of nine schedules."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    figure.text(0.06, 0.83, title, size=52, weight="bold", color="#222")
    figure.text(0.06, 0.74, "Every schedule as one function: to move, to check, to measure.", size=23, color="#444")
    menu = every(60)
    for i, name in enumerate(SHOWN):
        ax = figure.add_axes((0.06 + 0.1 * i, 0.14, 0.085, 0.46))
        ax.plot([menu[name](t, 1.0) for t in range(61)], color=svg.COLOURS[i % 3], linewidth=3.5, solid_capstyle="round", clip_on=False)
        ax.set(ylim=(0, 1.02), xticks=[], yticks=[])
        ax.spines[["top", "right"]].set_visible(False)
    save(figure, target)


def icon(target):
    """180 by 180 px: the falling curve of favicon.svg."""
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Line

    figure = Figure(figsize=(1.8, 1.8), dpi=100, facecolor="white")
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, 32), ylim=(32, 0))
    ax.axis("off")
    falls = Line([(5, 8), (14, 8), (18, 24), (27, 24)], [Line.MOVETO] + [Line.CURVE4] * 3)
    ax.add_patch(PathPatch(falls, fill=False, edgecolor=svg.COLOURS[0], linewidth=18, capstyle="round"))
    save(figure, target)


def save(figure, target):
    figure.savefig(target, metadata={"Software": None})     # the same bytes every time


def ship(app, error):
    out = Path(app.outdir)
    if error or app.builder.format != "html" or not app.config.html_baseurl or (out / CARD).exists() and (out / ICON).exists():
        return                                              # a quick build has them already, and does not wait for matplotlib
    import matplotlib

    with matplotlib.rc_context({"font.family": svg.FONT}):
        card(out / CARD, app.config.html_title)
        icon(out / ICON)


def setup(app):
    app.connect("config-inited", configure, priority=900)   # after the theme's options are there
    app.connect("html-page-context", page)
    app.connect("build-finished", ship)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
