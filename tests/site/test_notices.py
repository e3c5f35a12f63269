"""NOTICE.md tells of everything in the built site that is not ours, at its version; the site carries the licences. And the button
for errors leads to the form."""
import html
import json
import re
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import live_figures
import notices
import yaml

ROOT = Path(__file__).resolve().parents[2]
PARTS = notices.parts()
# Ours beside what stands in book/_static: live.js and live.css, the package's own files, and what the build puts together.
OURS = ("lrlive/live.js", "lrlive/live.css", *(f"lrlive/{name}" for name in live_figures.FLOORS), "all.css", "licences.txt", "card.png", "touch-icon.png")


def unlisted(files, parts):
    """The files that are neither ours nor in a row."""
    known = [pattern for part in parts for pattern in part.files]
    return [name for name in files if name not in OURS and not (ROOT / "book/_static" / name).exists() and not any(fnmatch(name, k) for k in known)]


def idle(files, parts):
    """The patterns of rows that name nothing."""
    return [pattern for part in parts for pattern in part.files if not any(fnmatch(name, pattern) for name in files)]


def pinned():
    """(home, package) -> its version."""
    pip = re.findall(r"^([a-z0-9.-]+)==(.+)$", (ROOT / "requirements.txt").read_text(), re.M)
    lock = json.loads((ROOT / "book/_ext/package-lock.json").read_text())["packages"]
    npm = {("npm", name.removeprefix("node_modules/")): facts.get("version") for name, facts in lock.items()}
    return {("pip", name): version for name, version in pip} | npm


def test_every_file_is_ours_or_listed_and_every_row_names_files(site):
    static = site / "_static"
    files = [path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file()]
    assert len(files) > 40 and not unlisted(files, PARTS) and not idle(files, PARTS)
    assert unlisted([*files, "vendor/other.js"], PARTS) == ["vendor/other.js"]
    assert set(idle(files, [*PARTS, PARTS[0]._replace(files=["gone.js"])])) == {"gone.js"}
    assert unlisted(files, [part for part in PARTS if part.what != "katex"]) == ["katex/katex.min.css"]


def test_a_package_stands_there_at_its_pinned_version():
    pins = pinned()
    for part in PARTS:
        assert (part.home, part.package) in pins, part
        if part.what == part.package or part.home == "npm":
            assert part.version == pins[part.home, part.package], part


def test_a_part_of_a_package_stands_there_at_the_version_that_the_site_holds(site):
    version = {part.what.split(",")[0]: part.version for part in PARTS}
    static = site / "_static"
    assert f"Bootstrap  v{version['Bootstrap']} " in (static / "styles/bootstrap.css").read_text(encoding="utf-8")[:200]
    assert f"clipboard.js v{version['clipboard.js']}\n" in (static / "clipboard.min.js").read_text(encoding="utf-8")[:200]
    theme = Path(notices.distribution("pydata-sphinx-theme").locate_file("pydata_sphinx_theme"))
    assert [path.parent.name for path in theme.rglob("fontawesome/*/LICENSE.txt")] == [version["Font Awesome Free"]]


def test_the_site_carries_the_licences(site):
    text = (site / "_static/licences.txt").read_text(encoding="utf-8")
    assert text.startswith((ROOT / "NOTICE.md").read_text(encoding="utf-8"))
    assert "SIL OPEN FONT LICENSE" in text and "Permission is hereby granted" in text
    own = [part for part in PARTS if part.what == part.package]
    assert len(own) >= 10 and all(re.search(rf"={{80}}\n{re.escape(part.what)}\n={{80}}\n\n\S", text) for part in own)
    for part in PARTS:                                      # one of both ways: its own text, or the one in NOTICE.md
        assert notices.texts(part) or part.licence in ("MIT", "OFL-1.1") or part.what.startswith("Font Awesome"), part


def test_every_footer_leads_there(site):
    pages = [path for path in site.rglob("*.html") if path != site / "index.html" and "_static" not in path.parts]
    for path in pages:
        [address] = re.findall(r'<a href="([^"]*licences\.txt)">', path.read_text(encoding="utf-8"))
        assert (path.parent / address).resolve() == (site / "_static/licences.txt").resolve(), path
    assert len(pages) > 30


def test_the_button_for_errors_leads_to_the_form_and_names_the_page(site):
    url = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
    for name in ("book/cosine", "book/glossary"):
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        [address] = {html.unescape(found) for found in re.findall(r'href="([^"]*/issues/new[^"]*)"', text)}
        asked = parse_qs(urlsplit(address).query)
        form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE" / asked.pop("template")[0]).read_text(encoding="utf-8"))
        assert address.startswith(f"{url}/issues/new?") and form["name"] == "Error in the book"
        assert asked.pop("title") == [f"Error: {name}"] and asked == {"where": [name]}
        assert form["body"][0]["id"] == "where"
