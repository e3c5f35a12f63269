"""The licences of what the site holds and others have made: NOTICE.md and the packages' own texts as one file, named in every footer."""
import re
from collections import namedtuple
from importlib.metadata import distribution
from pathlib import Path

import npm

NOTICE = Path(__file__).resolve().parents[2] / "NOTICE.md"
Part = namedtuple("Part", "what version licence copyright home package files")


def parts():
    """The rows of the table in NOTICE.md, as Parts: home is pip or npm, files a list of patterns."""
    rows = re.findall(r"^\| (.+) \|$", NOTICE.read_text(encoding="utf-8"), re.M)[1:]
    cells = [row.split(" | ") for row in rows]
    return [Part(*four, *home.split(" "), re.findall("`([^`]+)`", files)) for *four, home, files in cells]


def texts(part):
    """The licence files that a package brings, when the row is about the package itself."""
    if part.what != part.package:
        return []
    if part.home == "npm":
        return [npm.install() / part.package / "LICENSE"]
    found = [file for file in distribution(part.package).files if ".dist-info" in str(file) and re.match("LICEN[CS]E", file.name)]
    return [Path(file.locate()) for file in found]


def page(app, pagename, templatename, context, doctree):
    address = context["pathto"]("_static/licences.txt", 1)
    context["theme_extra_footer"] = f'{context.get("theme_extra_footer", "")} <a href="{address}">Licences of its parts</a>.'


def ship(app, error):
    static = Path(app.outdir) / "_static"
    if error or app.builder.format != "html":
        return
    whole = NOTICE.read_text(encoding="utf-8")
    icons = static / "icons" / "LICENSE.txt"                # icons.py has put it there
    for name, file in [("Font Awesome Free", icons)] * icons.exists() + [(part.what, file) for part in parts() for file in texts(part)]:
        whole += f"\n\n{'=' * 80}\n{name}\n{'=' * 80}\n\n{file.read_text(encoding='utf-8').strip()}\n"
    (static / "licences.txt").write_text(whole, encoding="utf-8")


def setup(app):
    app.connect("html-page-context", page)
    app.connect("build-finished", ship, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
