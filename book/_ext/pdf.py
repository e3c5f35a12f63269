"""The built site as one PDF, printed by Chromium: ``python pdf.py SITE PDF``.

Every chapter in the order of _toc.yml, in one document, so that a link between chapters is a link inside the PDF. The
contents are printed once more when it is known on which page each chapter begins.
"""
import html
import re
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import unquote

import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

import one_sheet
import serve

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "tests"))
from browser import launch  # noqa: E402  (the browser that the tests drive)

# What a page holds for its screen only.
SCREEN = re.compile(
    r"<script\b.*?</script>|<noscript\b.*?</noscript>|<button\b.*?</button>|<form\b.*?</form>|"
    r'<a class="headerlink".*?</a>|<div class="lr-controls".*?</div>| data-lr="[^"]*"| loading="lazy"', re.S)
LINK = re.compile(r'<a\b([^>]*?) href="([^"]*)"([^>]*)>(.*?)</a>', re.S)
# A formula, and its LaTeX: the words that a reader who listens gets, instead of a second tree of signs.
MATH = re.compile(r'<span class="katex"><span class="katex-mathml">.*?<annotation [^>]*>(.*?)</annotation></semantics></math></span>', re.S)
WIDTH = 672                             # of a line, in px: A4 less its margins of 16 mm

# A table, a formula or a picture that is wider than the page is made smaller until it fits.
FIT = """() => {
  for (const box of document.querySelectorAll("table, .katex-display, .cell_output pre, img, svg")) {
    const room = box.parentElement.closest("td, p, div, section, figure").clientWidth, wide = Math.max(box.scrollWidth, box.getBoundingClientRect().width);
    if (room && wide > room + 1 && !box.closest(".katex svg")) box.style.zoom = room / wide;
  }
}"""


def order(toc):
    """[(caption, [page, ...]), ...]; the first page stands alone, without a caption."""
    found = [("", [toc["root"]])]
    return found + [(part["caption"], [chapter["file"] for chapter in part["chapters"]]) for part in toc["parts"]]


def article(site, page):
    """What the page says, without its frame."""
    text = (site / f"{page}.html").read_text(encoding="utf-8")
    said = re.search(r'<article class="bd-article">(.*?)</article>', text, re.S)[1]
    return MATH.sub(lambda found: f'<span class="katex" role="img" aria-label="{found[1].replace(chr(34), "&quot;")}">', SCREEN.sub("", said)).strip()


def title(body):
    return re.search(r"<h1\b[^>]*>(.*?)</h1>", body, re.S)[1]


def own(name, body, names):
    """The page's body for the whole document: its ids begin with its name, and its links lead to such ids."""
    def link(found):
        before, address, after, words = found.groups()
        path, _, anchor = address.partition("#")
        if re.match(r"[a-z]+:", path):
            return found[0]
        target = Path(unquote(path)).stem if path else name
        if path and not (path.endswith(".html") and target in names):
            return words                                    # a picture's file, say
        return f'<a{before} href="#{target}{"--" + anchor if anchor else ""}"{after}>{words}</a>'

    body = re.sub(r'(?<=\s)(id|for|aria-labelledby)="([^"]+)"', rf'\1="{name}--\2"', LINK.sub(link, body))
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}--\1)", body)
    return re.sub(r"<details\b(?! open)", "<details open", body)


def styles(site):
    """Links to the style sheets, and the house's own with its sections renamed as ids are."""
    house = (site / "_static/custom.css").read_text(encoding="utf-8").replace("body:has(", ".lr-page:has(")
    house = re.sub(r"section#([\w-]+)", r'section[id$="--\1"]', house)
    sheets = [sheet.relative_to(site).as_posix() for sheet in one_sheet.files(site / "_static") if sheet.name != "custom.css"]
    links = "".join(f'<link rel="stylesheet" href="../{sheet}">' for sheet in sheets)
    return f"{links}<style>{house}</style><style>{(HERE / 'pdf.css').read_text(encoding='utf-8')}</style>"


def head(site, config):
    return f'<meta charset="utf-8"><title>{html.escape(config["title"])}</title>{styles(site)}'


def front(config, bodies, parts, numbers):
    """The title page and the table of contents. numbers: page by the chapter's name, as far as it is known."""
    title_, where = html.escape(config["title"]), config["repository"]["url"]
    out = [f'<section class="lr-front"><p>{title_}</p><p>{html.escape(config["author"])}</p><p><a href="{where}">{where}</a></p>',
           f'<p>{config["html"]["extra_footer"]}</p></section><nav class="lr-toc"><h1>Contents</h1>']
    for caption, names in parts:
        rows = (f'<li><a href="#{name}">{title(bodies[name])}</a><span>{numbers.get(name, "000")}</span></li>' for name in names)
        out.append(f"<p>{html.escape(caption)}</p><ol>{''.join(rows)}</ol>")
    return "".join([*out, "</nav>"])


def chapters(bodies):
    """Every page, one after the other, with links that lead to each other."""
    book = "".join(f'<section class="lr-page" id="{name}">{own(name, body, bodies)}</section>' for name, body in bodies.items())
    ids = set(re.findall(r'\sid="([^"]+)"', book))
    for anchor in re.findall(r'href="#([^"]+)"', book):
        if html.unescape(unquote(anchor)) not in ids:
            raise ValueError(f"link: in the joined pages, must lead to something in them, got #{anchor}")
    return book


def printed(browser, address, head, body, pdf):
    """Print an HTML document, as if it were a page of the site at that address."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
    page.emulate_media(media="print", color_scheme="light")
    text = f'<!doctype html><html lang="en" data-theme="light"><head>{head}</head><body><main class="bd-content">{body}</main></body></html>'
    page.route(address, lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(address, wait_until="networkidle", timeout=300_000)
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(FIT)
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    page.close()


def mend(writer, numbered):
    """Put the numbered pages of contents in the place of the others, and each title once into the outline.

    Chromium writes a heading twice into the outline when it stands first on its page.
    """
    for page, better in zip(writer.pages, numbered.pages):
        for key in ("/Contents", "/Resources"):
            page[NameObject(key)] = better.raw_get(key).clone(writer)
    entries = [writer.root_object["/Outlines"]["/First"]]
    while entries:
        entry = entries.pop().get_object()
        half = entry["/Title"][: len(entry["/Title"]) // 2]
        if entry["/Title"] == half * 2:
            entry[NameObject("/Title")] = TextStringObject(half)
        entries += [entry[key] for key in ("/First", "/Next") if key in entry]


def make(site, pdf, browser, toc=ROOT / "_toc.yml"):
    """Print the built site into the file with that browser. Returns its number of pages."""
    toc, config = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (toc, ROOT / "_config.yml"))
    parts = [(caption, [Path(page).name for page in pages]) for caption, pages in order(toc)]
    pages = [page for _, pages in order(toc) for page in pages]
    bodies = {Path(page).name: article(site, page) for page in pages}
    top = head(site, config)
    with serve.serve(site) as server, tempfile.TemporaryDirectory() as work:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address, whole, first = f"http://127.0.0.1:{server.server_port}/book/whole.html", f"{work}/whole.pdf", f"{work}/front.pdf"
        printed(browser, address, top, front(config, bodies, parts, {}) + chapters(bodies), whole)
        writer = PdfWriter(clone_from=whole)
        begins = writer.named_destinations
        numbers = {name: writer.get_destination_page_number(begins[f"/{name}"]) + 1 for name in bodies}
        printed(browser, address, top, front(config, bodies, parts, numbers), first)
        server.shutdown()
        mend(writer, PdfReader(first))
    writer.write(pdf)
    return len(writer.pages)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        print(f"{sys.argv[2]}: {make(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), launch(playwright))} pages")
