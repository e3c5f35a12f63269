"""One style sheet for every page: a browser waits for one answer before it paints, and not for fourteen."""
import hashlib
import re
from pathlib import Path

from sphinx.util import logging

from finished import rewrite

# In the order in which the pages have them: a later one wins. All pages have the same, or a part of these.
SHEETS = (
    "basic.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css", "pygments.css", "styles/sphinx-book-theme.css",
    "icons/icons.css", "togglebutton.css", "copybutton.css", "mystnb.*.css", "sphinx-design.min.css", "katex/katex.min.css",
    "katex-math.css", "lrlive/live.css", "custom.css",
)
LINK = re.compile(r'\s*<link rel="stylesheet"[^>]*? href="([^"]*?_static/)([^"?]+)[^>]*>')
ADDRESS = re.compile(r"url\((?![\"']?data:)")
FIRST = re.compile(r'^\ufeff?(@charset "UTF-8";)?', re.I)         # a sheet may begin so, and only begin; the pages say it, too

log = logging.getLogger(__name__)


def files(static):
    """The sheets that are there, in their order."""
    return [file for pattern in SHEETS for file in sorted(static.glob(pattern))]


def together(static):
    """The sheets, one after the other; an address in them begins at the folder."""
    texts = []
    for file in files(static):
        folder = file.parent.relative_to(static).as_posix()
        texts.append(ADDRESS.sub("url(" if folder == "." else f"url({folder}/", FIRST.sub("", file.read_text(encoding="utf-8"))))
    return "\n".join(texts)


def unknown(text):
    """The style sheets of a page that the one does not hold."""
    return [name for _, name in LINK.findall(text) if not any(Path(name).match(pattern) for pattern in SHEETS)]


def ship(app, error):
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    sheet = together(static)
    (static / "all.css").write_text(sheet, encoding="utf-8")
    version = hashlib.sha256(sheet.encode()).hexdigest()[:8]

    def one(text):
        for name in unknown(text):
            log.warning("style sheet: of a page, must be in one_sheet.SHEETS, got %s", name, type="one_sheet")
        first = LINK.search(text)
        if not first:
            return text
        rest = LINK.sub("", text[first.end():])
        return f'{text[: first.start()]}\n<link rel="stylesheet" href="{first[1]}all.css?v={version}">{rest}'

    rewrite(app, error, one)


def setup(app):
    app.connect("build-finished", ship, priority=700)       # after fewer_styles, before the policy
    return {"parallel_read_safe": True, "parallel_write_safe": False}
