"""The built site as files: what its pages hold, what they load, what they forbid, and what turns a build red."""
import ast
import base64
import gzip
import hashlib
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import live_figures
import npm
import pytest
import serve
import yaml
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
EXT = ROOT / "book" / "_ext"
FETCHED = {"stylesheet", "preload", "modulepreload", "icon", "prefetch", "manifest"}


class Page(HTMLParser):
    """A page's tags in order, and the text of its inline scripts."""

    def __init__(self, path):
        super().__init__()
        self.path, self.text = path, path.read_text(encoding="utf-8")
        self.tags, self.inline, self.reading = [], [], False
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag == "script" and "src" not in attributes:
            self.inline.append("")
            self.reading = True

    def handle_data(self, data):
        if self.reading:
            self.inline[-1] += data

    def handle_endtag(self, tag):
        if tag == "script":
            self.reading = False

    def of(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]

    def loads(self):
        """Every address that the browser fetches by itself."""
        sources = [a["src"] for a in self.of("script", "img", "iframe", "embed", "source", "audio", "video") if "src" in a]
        return sources + [a["href"] for a in self.of("link") if FETCHED & set(a["rel"].split())]


@pytest.fixture(scope="module")
def pages(site):
    found = [Page(path) for path in sorted(site.rglob("*.html")) if path != site / "index.html" and "_static" not in path.parts]
    chapters = {site / "book" / f"{name}.html" for name in ("intro", "cosine", "api", "bibliography")}
    assert chapters | {site / "search.html"} <= {page.path for page in found}
    return found


def stored_figures(page):
    """The live figures' HTML in the notebook that the page was made from."""
    notebook = ROOT / "book" / page.path.with_suffix(".ipynb").name
    if page.path.parent.name != "book" or not notebook.exists():
        return []
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(output.get("data", {}).get("text/html", "")) for cell in cells for output in cell.get("outputs", ())]
    return [text for text in texts if '<figure class="lr-live"' in text]


def test_pages_load_local_files_only(site, pages):
    for page in pages:
        for address in page.loads():
            if not address.startswith("data:image/"):
                assert not re.match(r"[a-z]+:|//|/", address), (page.path, address)
                assert (page.path.parent / unquote(address.split("?")[0])).is_file(), (page.path, address)


def test_style_sheets_load_local_files_only(site):
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        css = sheet.read_text(encoding="utf-8")
        for address in re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]*)", css):
            assert address.startswith("data:") or (sheet.parent / re.split("[?#]", address)[0]).is_file(), (sheet, address)


def test_dead_weight_is_gone(site, pages):
    for page in pages:
        addresses = " ".join(page.loads()).lower()
        for heavy in ("fontawesome", "thebe", "mathjax", "require.js", "html-manager"):
            assert heavy not in addresses, (page.path, heavy)
        assert "thebe" not in page.text.lower(), page.path
    for path in site.rglob("*"):
        assert not re.search(r"fontawesome|thebe|mathjax|\.map$", path.relative_to(site).as_posix().lower()), path


def test_scripts_do_not_hold_the_page_back(site, pages):
    for page in pages:
        if page.path != site / "search.html":               # its own scripts need the others at once
            waits = [a for a in page.of("script") if "src" in a and not ("defer" in a or a.get("type") == "module")]
            assert not waits, (page.path, waits)


def test_every_page_has_one_strict_policy(pages):
    # What a click runs is allowed on every page, since the search page reads the others' text.
    clicks = {value for page in pages for _, a in page.tags for name, value in a.items() if name.startswith("on")}
    assert len(clicks) >= 2
    for page in pages:
        policies = [a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
        assert len(policies) == 1, page.path
        assert [tag for tag, _ in page.tags[:3]] == ["html", "head", "meta"]     # before anything that it rules
        assert page.tags[2][1]["content"] == policies[0]
        rules = {rule.split()[0]: rule.split()[1:] for rule in policies[0].split(";")}
        assert rules["default-src"] == ["'none'"]
        assert rules["connect-src"] == ["'self'"] and rules["img-src"] == ["'self'", "data:"]
        assert "'wasm-unsafe-eval'" in rules["script-src"]
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(rules["script-src"])
        assert not re.search(r"https?:|\*", policies[0])
        for script in [*filter(str.strip, page.inline), *clicks]:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in rules["script-src"], (page.path, script)


def test_inline_scripts_are_few(pages):
    for page in pages:
        assert 1 <= len(page.inline) <= 5, (page.path, len(page.inline))


def test_without_javascript_the_theme_is_light(pages):
    for page in pages:
        assert page.of("html")[0]["data-theme"] == "light", page.path


def test_favicon(pages):
    for page in pages:
        (icon,) = [a["href"] for a in page.of("link") if a["rel"] == "icon"]
        assert xml.parse(page.path.parent / icon).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_the_front_door_leads_to_the_first_page(site):
    target = re.search(r'url=([^"]+)"', (site / "index.html").read_text())[1]
    assert target == "book/intro.html" and (site / target).is_file()


def test_each_notebook_opens_in_colab_and_on_binder(pages):
    at = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]
    repository, opened = at["url"].removeprefix("https://github.com/"), 0
    for page in pages:
        notebook = f"book/{page.path.stem}.ipynb"
        wanted = {
            f"https://colab.research.google.com/github/{repository}/blob/{at['branch']}/{notebook}",
            f"https://mybinder.org/v2/gh/{repository}/{at['branch']}?urlpath=lab/tree/{notebook}",
        } if (ROOT / notebook).exists() and page.path.parent.name == "book" else set()
        found = [a["href"] for a in page.of("a") if re.match("https://(colab|mybinder)", a.get("href", ""))]
        assert len(found) == len(wanted) and set(found) == wanted, page.path.name
        opened += bool(wanted)
    assert opened == len(list((ROOT / "book").glob("*.ipynb")))


def test_math_is_html_and_mathml(site, pages):
    with_math = 0
    for page in pages:
        drawn = [a for a in page.of("span") if a.get("class") == "katex"]
        with_math += bool(drawn)
        assert len(drawn) == len(page.of("math")), page.path
        assert len(drawn) == len([a for a in page.of("span", "div") if "math" in (a.get("class") or "").split()]), page.path
        assert "katex-error" not in page.text, page.path
    assert 'class="katex"' in (site / "book/cosine.html").read_text(encoding="utf-8") and with_math


def test_every_link_leads_somewhere(site, pages):
    marks = {page.path: {a[key] for _, a in page.tags for key in ("id", "name") if key in a} for page in pages}
    links = [(page, a["href"]) for page in pages for a in page.of("a") if not re.match(r"[a-z]+:", a.get("href", "mailto:"))]
    assert len(links) > 37 * 37 and sum("#" in href for _, href in links) > 1000
    for page, href in links:
        file, _, mark = unquote(href).partition("#")
        target = (page.path.parent / file.partition("?")[0]).resolve() if file else page.path
        assert target.is_file(), (page.path.name, href)
        assert not mark or mark in marks[target], (page.path.name, href)


def test_every_mark_stands_once(pages):
    for page in pages:
        ids = [a["id"] for _, a in page.tags if "id" in a]
        twice = {name for name in ids if ids.count(name) > 1} - {"search-input"}       # the theme's two fields on the search page
        assert twice == set(), page.path.name


def test_every_picture_has_words(pages):
    """What a picture shows, for those who cannot see it; the small curve beside a schedule's name only repeats it."""
    pictures = [(page.path.name, a) for page in pages for a in page.of("img")]
    assert len(pictures) > 90
    for name, a in pictures:
        if "lr-spark" in (a.get("class") or "").split():
            assert a["alt"] == "", (name, a["alt"])
        else:
            assert re.search(r"\w{3,} \w", a.get("alt") or ""), (name, a.get("alt"), a["src"][:80])
            assert not re.search(r"\.(png|svg|webp|jpe?g)\b|\.\.\.|_images/", a["alt"]), (name, a["alt"])
    drawn = [(page.path.name, a) for page in pages for a in page.of("svg") if "role" in a]
    assert len(drawn) > 60
    for name, a in drawn:
        assert a["role"] == "img" and len(re.findall(r"\w+", a.get("aria-label") or "")) >= 4, (name, a.get("aria-label"))


def test_pictures_keep_their_room_and_wait(pages):
    pictures = [a for page in pages for a in page.of("img") if "_images/" in a["src"]]
    assert pictures                                         # the model chapter's experiments have some
    for picture in pictures:
        assert picture["width"].isdigit() and picture["height"].isdigit() and picture["loading"] == "lazy", picture


def test_live_figures_are_inline(pages):
    room = r'<div class="lr-controls" style="--rows:(\d+)"></div><noscript>'
    shape = r'<figure class="lr-live" data-lr="([^"]*)" id="live-\d+" data-offers="(?:call )?(?:beside )?link">(<svg .*?</svg>)' + room
    total = 0
    for page in pages:
        stored, shown = stored_figures(page), re.findall(shape, page.text, re.S)
        assert len(stored) == len(shown) == page.text.count('class="lr-live"'), page.path
        for text, (spec, svg, rows) in zip(stored, shown):
            assert len(json.loads(html.unescape(spec))["sliders"]) == int(rows), page.path
            assert svg == unquote(html.unescape(re.search(r'src="data:image/svg\+xml,([^"]*)"', text)[1])), page.path
            assert xml.fromstring(svg).get("role") == "img"
            assert xml.fromstring(svg).get("aria-label"), (page.path, "a figure has no words for those who cannot see it")
        started = re.findall(r'setTimeout\(\(\) => import\("([^"]*)"\)\)', "".join(page.inline))
        assert [s.rsplit("_static/")[-1] for s in started] == ["lrlive/live.js"] * bool(stored), page.path
        early = {a["href"].rsplit("/")[-1] for a in page.of("link") if "preload" in a["rel"]}
        worlds = {"worlds.json"} if any(re.search(r"lrlearn(\.| import )worlds", spec) for spec, _, _ in shown) else set()
        assert early == ({"live.js", "micropython.mjs", "micropython.wasm", "py.json"} | worlds if stored else set()), page.path
        total += len(shown)
    assert total >= 2                                       # the opening page and the model chapter have one each


@pytest.mark.parametrize("bundle", ["py.json", "worlds.json", "natives.json"])
def test_a_bundle_is_the_package_line_for_line_but_for_its_docstrings(site, bundle):
    sent = json.loads((site / "_static/lrlive" / bundle).read_text(encoding="utf-8"))["files"]
    package = ROOT / "lrlearn"
    needed = [package / name for name in ("__init__.py", "core.py", "figure.py", "svg.py")] + [*package.glob("schedules/**/*.py")]
    needed = needed if bundle == "py.json" else [*package.glob(f"{bundle.removesuffix('.json')}/**/*.py")]
    assert sorted(live_figures.page_files(bundle)) == sorted(needed)
    here = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in needed}
    assert sent.keys() == here.keys()
    for path, source in here.items():
        assert ast.dump(silent(source), include_attributes=True) == ast.dump(silent(sent[path]), include_attributes=True), path
        assert len(sent[path]) < len(source)


def silent(source):
    """The source's tree without docstrings; what is left keeps its lines and columns."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for place in ("lineno", "col_offset", "end_lineno", "end_col_offset") if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else ():
            setattr(node, place, 0)         # what ends with its docstring ends earlier
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            del node.body[0]
    return tree


def test_what_makes_figures_live_is_shipped(site):
    shipped = site / "_static" / "lrlive"
    micropython = npm.install() / "@micropython" / "micropython-webassembly-pyscript"
    sources = [EXT / "live.js", EXT / "live.css", micropython / "micropython.mjs", micropython / "micropython.wasm"]
    for source in sources:
        assert (shipped / source.name).read_bytes() == source.read_bytes()
    assert {file.name for file in shipped.iterdir()} == {source.name for source in sources} | {"py.json", "worlds.json", "natives.json"}


def test_every_icon_is_drawn(site, pages):
    css = (site / "_static/icons/icons.css").read_text(encoding="utf-8")
    point = {name: int(code, 16) for name, code in re.findall(r'\.(fa-[\w-]+)::before\{content:"\\([0-9a-f]+)"\}', css)}
    glyphs = set()
    for kind in ("solid", "brands"):
        file = site / "_static" / "icons" / f"{kind}.woff"
        assert file.stat().st_size < 8000
        font = TTFont(file)
        glyphs |= font.getBestCmap().keys()
        assert font["name"].getDebugName(1) == f"lr {kind}"     # the licence reserves the name of the whole set
    assert "OFL" in (site / "_static/icons/LICENSE.txt").read_text()
    used = set()
    for page in pages:
        classes = " ".join(a.get("class") or "" for _, a in page.tags)
        used |= set(re.findall(r"\bfa-[\w-]+", classes + "".join(page.inline)))
    used -= {"fa-solid", "fa-brands", "fa-lg"}
    assert "fa-github" in used and used <= point.keys()
    assert set(point.values()) <= glyphs


# -- what turns a build red --------------------------------------------------------------------------------------------

SPEC = {"sliders": [], "picture": {"label": "a", "call": "a", "takes": [], "fixed": "{}"}, "source": "def a(): return '<svg'", "alt": "a"}
FIGURE = (
    f'<figure class="lr-live" data-lr="{html.escape(json.dumps(SPEC))}"><img alt="a" '
    'src="data:image/svg+xml,&lt;svg xmlns=&#x27;http://www.w3.org/2000/svg&#x27;/&gt;"></figure>\n'
)
GOOD = "# Good\n\nInline $\\eta_t$ and\n\n$$ \\eta_t = 1 $$\n\n" + FIGURE
READABLE = "WARNING: live figure 1: its stored form, must be readable, got "
BAD = {                                 # page -> its text, and the complaint about it
    "inline.md": ("Text $\\unknown$ here.\n", r"inline\.md:3: WARNING: KaTeX parse error: Undefined control sequence: \\unknown"),
    "display.md": ("$$ a &= b \\\\ c &= d $$\n", r"display\.md:3: WARNING: KaTeX parse error"),
    "json.md": (FIGURE.replace("[],", "[,"), rf"json\.md: {READABLE}JSONDecodeError"),
    "sliders.md": (FIGURE.replace("sliders", "slides"), rf"sliders\.md: {READABLE}KeyError"),
    "drawing.md": (FIGURE.replace("return ", "return 1 / 0, "), rf"drawing\.md: {READABLE}ZeroDivisionError"),
    "svg.md": (FIGURE.replace("/&gt;", "&gt;"), rf"svg\.md: {READABLE}ParseError"),
    "other.md": (FIGURE.replace("2000/svg", "1999/xhtml"), rf"other\.md: {READABLE}ValueError: not an SVG picture"),
    "form.md": (FIGURE.replace("svg+xml", "png"), r"form\.md: WARNING: live figures: .* a description and a picture, got 0 of 1"),
    "icon.md": ('<i class="fa-solid fa-reply-all fa-no-such-thing"></i>\n', r"WARNING: icon: .* got fa-no-such-thing"),
}


def tiny_book(folder, pages):
    """A book of those pages with the extensions and settings of the real one."""
    folder.mkdir()
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["sphinx"]["local_extensions"] = dict.fromkeys(config["sphinx"]["local_extensions"], str(EXT))
    del config["bibtex_bibfiles"], config["html"]["favicon"]
    for key in [key for key in config["sphinx"]["config"] if key.startswith(("html_static", "html_css", "bibtex"))]:
        del config["sphinx"]["config"][key]
    (folder / "_config.yml").write_text(yaml.safe_dump(config))
    toc = {"format": "jb-book", "root": "good"}
    if pages:
        toc["chapters"] = [{"file": Path(name).stem} for name in pages]
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    for name, text in {"good.md": GOOD, **pages}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_good_page_builds(build, tmp_path):
    done = build(tiny_book(tmp_path / "book", {}), tmp_path / "out")
    assert done.returncode == 0, done.stdout
    page = (tmp_path / "out/_build/html/good.html").read_text(encoding="utf-8")
    assert page.count("<math") == 2
    assert "<svg xmlns='http://www.w3.org/2000/svg'/><div class=\"lr-controls\" style=\"--rows:0\"></div><noscript>" in page and 'id="live-1" data-offers="link"' in page


def test_bad_math_figures_and_icons_turn_the_build_red(build, tmp_path):
    done = build(tiny_book(tmp_path / "book", {name: f"# Page\n\n{text}" for name, (text, _) in BAD.items()}), tmp_path / "out")
    assert done.returncode != 0
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    for name, (_, complaint) in BAD.items():
        assert re.search(complaint, said), (name, said)
    assert said.count("WARNING") == len(BAD)                # and none about the good page


# -- packages that are not ours ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("folder", [EXT, ROOT / "tests" / "site"])
def test_the_lock_holds_hashes_and_no_registry(folder):
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert (folder / ".npmrc").read_text() == (EXT / ".npmrc").read_text()
    for name, facts in packages.items():
        assert "resolved" not in facts
        assert not name or facts["integrity"].startswith("sha512-")


def test_a_failed_install_says_so_and_leaves_what_was_there(tmp_path, monkeypatch):
    for name in npm.RECIPE:
        shutil.copy(EXT / name, tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "kept").write_text("here")
    lock = (tmp_path / "package-lock.json").read_text()
    (tmp_path / "package-lock.json").write_text(lock.replace("sha512-", "sha512-AAAA"))
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    sentence = rf"^npm ci: installs the packages of \S+/{tmp_path.name}/package-lock\.json, must succeed, got code ENOTCACHED"
    with pytest.raises(RuntimeError, match=sentence):
        npm.install(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {*npm.RECIPE, "node_modules", "cache"}
    assert (tmp_path / "node_modules" / "kept").read_text() == "here"


# -- the server of `make read` -----------------------------------------------------------------------------------------

def answer(address, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as got:
        return got.headers, got.read()


@pytest.mark.parametrize("path, kind", [
    ("book/cosine.html", "text/html"), ("_static/favicon.svg", "image/svg+xml"), ("_static/lrlive/py.json", "application/json"),
    ("_static/lrlive/live.js", "text/javascript"), ("_static/lrlive/micropython.mjs", "text/javascript"),
    ("_static/lrlive/micropython.wasm", "application/wasm"),
])
def test_served_compressed_and_with_its_type(site, server, path, kind):
    headers, body = answer(f"{server}/{path}", **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == (site / path).read_bytes()
    assert headers.get_content_type() == kind and headers["Cache-Control"] == "no-cache"
    headers, body = answer(f"{server}/{path}")
    assert headers["Content-Encoding"] is None and body == (site / path).read_bytes()


def test_served_folders_and_missing_pages(site, server):
    assert answer(f"{server}/")[1] == (site / "index.html").read_bytes()
    assert gzip.decompress(answer(f"{server}/", **{"Accept-Encoding": "gzip"})[1]) == (site / "index.html").read_bytes()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        answer(f"{server}/no_such_page.html")


def test_serving_takes_the_next_free_port_and_ends_quietly(tmp_path):
    (tmp_path / "index.html").write_text("here")
    with serve.serve(tmp_path) as first, serve.serve_near(tmp_path, first.server_port) as second:
        assert second.server_port > first.server_port and second.server_address[0] == "127.0.0.1"
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    command = subprocess.Popen([sys.executable, EXT / "serve.py", tmp_path], **pipes)
    address = re.search(r"http://127\.0\.0\.1:\d+/", command.stdout.readline())[0]
    assert answer(address)[1] == b"here"
    os.kill(command.pid, signal.SIGINT)
    out, errors = command.communicate(timeout=10)
    assert command.returncode == 0 and errors == ""


def test_serving_nothing_says_so(tmp_path):
    done = subprocess.run([sys.executable, EXT / "serve.py", tmp_path], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert done.stderr == f"folder: the built site, must hold index.html, got {tmp_path}\n"
