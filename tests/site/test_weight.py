"""What every page of the built site weighs: each file that its browser fetches, compressed as a server sends it."""
import base64
import functools
import gzip
import hashlib
import html
import io
import json
import re
from pathlib import Path

import fewer_styles
import one_sheet
import pydata_sphinx_theme
import pytest
import tinycss2
from browser import lay_out
from PIL import Image, ImageChops

ANSWER = 300                            # bytes of an answer's headers, at most
LIMIT = 550_000
FACE = re.compile(r'font-family:"?KaTeX_(\w+)"?((?:;font-[a-z]+:\w+)*);src:url\(([^)]*)\)')
RULE = re.compile(r'([^{}]*)\{font(?:-family)?:[^;}]*?KaTeX_(\w+)([^}]*)\}')


@functools.cache
def sent(path):
    """Bytes on the wire."""
    body = path.read_bytes()
    return ANSWER + len(body if path.suffix in (".png", ".webp", ".woff", ".woff2") else gzip.compress(body, 6))


def math_fonts(sheet, words):
    """The fonts of KaTeX's sheet in which a page with those class attributes has a sign."""
    def face(family, style):
        return family, "italic" in style, bool(re.search("weight:700|boldsymbol", style))

    css = sheet.read_text(encoding="utf-8")
    files = {face(family, style): sheet.parent / file for family, style, file in FACE.findall(css)}
    for selectors, family, style in RULE.findall(css.replace("@font-face", "@")):
        needed = [set(re.findall(r"\.([\w-]+)", re.split(r"[ >]", selector.removesuffix(">span"))[-1])) for selector in selectors.split(",")]
        if "@" not in selectors and any(classes <= had for classes in needed for had in words):
            yield files[face(family, style)]


def files_of(page):
    """The page and every file that it fetches by itself, pictures far below and fonts included."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"<(?:script|img)\b[^>]*? src=\"([^\"]+)\"", text)
    found += re.findall(r"<link\b[^>]*?rel=\"(?:stylesheet|icon|modulepreload|preload)\"[^>]*? href=\"([^\"]+)\"", text)
    files = {page} | {(page.parent / html.unescape(address).split("?")[0]).resolve() for address in found if not address.startswith("data:")}
    words = {frozenset(value.split()) for value in re.findall(r'class="([^"]*)"', text)}
    (static,) = {file.parent for file in files if file.name == "all.css"}
    files |= set(math_fonts(static / "katex/katex.min.css", words))
    for icon, font in (("fa-solid", "solid"), ("fas", "solid"), ("fa-brands", "brands"), ("fab", "brands")):
        if any(icon in had for had in words):
            files.add(static / f"icons/{font}.woff")
    return files


@pytest.fixture(scope="module")
def chapters(site):
    found = sorted((site / "book").glob("*.html"))
    assert len(found) > 30
    return found


def test_every_page_is_light(site, chapters):
    weights = {page.stem: sum(map(sent, files_of(page))) for page in [*chapters, site / "search.html"]}
    assert not {name: weight for name, weight in weights.items() if weight > LIMIT}
    assert max(weights.values()) > 400_000                  # the interpreter alone weighs half of that


@pytest.mark.parametrize("name", ["intro", "cosine"])
def test_the_browser_fetches_what_is_counted(site, server, browser, name):
    counted = files_of(site / "book" / f"{name}.html")
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page, fetched = context.new_page(), {}
        page.on("requestfinished", lambda request: fetched.update({request.url.split("?")[0]: request}))
        page.goto(f"{server}/book/{name}.html")
        lay_out(page)
        for place in page.locator("article figure, article img").all():
            place.evaluate("""(node) => {               // and a picture is waited for
              node.scrollIntoView();
              if (node.tagName === "IMG" && !node.complete) return new Promise((done) => { node.onload = node.onerror = () => done(null); });
            }""")
        page.locator("figure.lr-live[data-state=live]").first.wait_for()
        page.wait_for_load_state("networkidle")
        files = {site / url.removeprefix(f"{server}/"): request for url, request in fetched.items() if url.startswith(server)}
        assert files.keys() == counted
        for file, request in files.items():
            sizes = request.sizes()
            assert sizes["responseBodySize"] + sizes["responseHeadersSize"] <= sent(file), file


def test_pictures_are_webp_and_as_sharp(site):
    """Each picture of a stored notebook, against the one that is sent: no pixel further than 7 of 255, a third of the bytes."""
    stored = {}
    for notebook in (Path(__file__).resolve().parents[2] / "book").glob("*.ipynb"):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                if "image/png" in output.get("data", {}):
                    body = base64.b64decode(output["data"]["image/png"])
                    stored[hashlib.sha256(body).hexdigest()] = body
    assert stored
    pictures = {path.stem: path for path in (site / "_images").glob("*.webp")}
    assert pictures.keys() == stored.keys()
    for name, path in pictures.items():
        drawn, shown = Image.open(io.BytesIO(stored[name])).convert("RGB"), Image.open(path).convert("RGB")
        assert max(high for _, high in ImageChops.difference(drawn, shown).getextrema()) <= 7
        size = drawn.width * drawn.height                   # what fills an area keeps its colour, as the fields of a table in colours
        areas = {colour for count, colour in drawn.getcolors(size) if count > 0.002 * size}
        assert areas <= {colour for _, colour in shown.getcolors(size)}
    assert sum(path.stat().st_size for path in pictures.values()) < sum(map(len, stored.values())) / 3


def test_a_rule_goes_when_no_page_and_no_script_can_use_it():
    css = """/*! MIT */ /* words */ .a, .gone > p { x: 1 } .gone:not(.a) { x: 2 } p:not(.gone) { x: 3 } .tip-top { x: 4 } .a\\:b { x: 5 }
    @media print { .gone { x: 6 } } @media screen { .a.gone { x: 7 } .a { x: 8 } } @font-face { src: url(f.woff) } #id { x: 9 }"""
    kept = fewer_styles.fewer(tinycss2.parse_stylesheet(css, skip_whitespace=True), {"a"}, ("tip-",))
    assert re.sub(r"\s", "", kept) == (
        "/*!MIT*/.a{x:1}p:not(.gone){x:3}.tip-top{x:4}.a\\:b{x:5}@mediascreen{.a{x:8}}@font-face{src:url(f.woff)}#id{x:9}")


def test_every_page_has_one_sheet_that_holds_the_others_with_their_files(site, chapters):
    for page in [*chapters, site / "search.html", site / "genindex.html"]:
        assert re.findall(r'<link rel="stylesheet"[^>]*?_static/([^"?]+)', page.read_text(encoding="utf-8")) == ["all.css"]
    static = site / "_static"
    one, at = (static / "all.css").read_text(encoding="utf-8"), 0
    for sheet in one_sheet.files(static):
        text = one_sheet.FIRST.sub("", sheet.read_text(encoding="utf-8"))
        for address in re.findall(r"url\((?!\"?data:)([^)]+)\)", text):
            assert (sheet.parent / address).is_file()
            text = text.replace(f"url({address})", f"url({(sheet.parent / address).relative_to(static)})")
        at = one.index(text, at)                            # in this order: a later one wins
    assert len(one_sheet.files(static)) == len(one_sheet.SHEETS) and "@charset" not in one and "@import" not in one


def test_a_sheet_that_the_one_does_not_hold_is_told():
    page = '<link rel="stylesheet" href="../_static/basic.css"><link rel="stylesheet" type="text/css" href="../_static/other.css?v=1" />'
    assert one_sheet.unknown(page) == ["other.css"]


def test_the_themes_rules_for_what_a_page_has_are_all_there(site, chapters):
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/styles"
    used = {word for page in chapters for value in re.findall(r'class="([^"]*)"', page.read_text(encoding="utf-8")) for word in value.split()}
    for name in ("bootstrap.css", "pydata-sphinx-theme.css"):
        whole, ours = (re.findall(r"[{}]\s*\.([\w-]+)(?=\s*[{,])", path.read_text(encoding="utf-8")) for path in (theme / name, site / "_static/styles" / name))
        assert 0 < len(ours) < len(whole)
        assert used & set(whole) <= set(ours)
