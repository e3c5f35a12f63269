"""What makes the pages a book: numbers and words under figures, equations, lengths, contents, search, what a link shows."""
import html
import json
import re
import struct
from pathlib import Path

import look
import pytest
import social
import sparks
import yaml
from docutils import nodes

ROOT = Path(__file__).resolve().parents[2]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [Path(chapter["file"]).name for part in TOC["parts"][:-1] for chapter in part["chapters"]]
NAMES = [Path(TOC["root"]).name, *CHAPTERS, *[Path(chapter["file"]).name for chapter in TOC["parts"][-1]["chapters"]]]
OWNER, NAME = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"].split("/")[-2:]
ADDRESS = f"https://{OWNER.lower()}.github.io/{NAME}/"


@pytest.fixture(scope="module")
def pages(site):
    return {name: (site / "book" / f"{name}.html").read_text(encoding="utf-8") for name in NAMES}


def words(piece):
    return html.unescape(re.sub(r"<[^>]+>", "", piece)).strip()


def heading(text):
    return words(re.search(r'<h1>((?:(?!</h1>).)*)<a class="headerlink"', text, re.S)[1])


def outputs(name, mime):
    path = ROOT / "book" / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
    return ["".join(out["data"][mime]) for cell in cells for out in cell.get("outputs", ()) if mime in out.get("data", {})]


# -- figures and equations ---------------------------------------------------------------------------------------------

def test_every_figure_and_equation_has_the_next_number_and_an_anchor(pages):
    total = {"figure": 0, "equation": 0}
    for name, text in pages.items():
        before = f"{CHAPTERS.index(name) + 1}." if name in CHAPTERS else ""
        figures = len([1 for stored in outputs(name, "text/html") if '<figure class="lr-' in stored]) + len(outputs(name, "image/png"))
        for kind, count, shown in [
            ("figure", figures, re.findall(r'<figcaption id="([^"]*)"><b>Figure ([\d.]+)</b>', text)),
            ("equation", len(re.findall(r'<div class="math\b', text)), re.findall(r'<span class="eqno" id="([^"]*)">\(([\d.]+)\)', text)),
        ]:
            assert [number for _, number in shown] == [f"{before}{i + 1}" for i in range(count)], (name, kind)
            for anchor, number in shown:
                assert anchor == f"{kind}-{number.replace('.', '-')}"
                assert text.count(f'id="{anchor}"') == 1 and text.count(f'class="headerlink" href="#{anchor}"') == 1, (name, anchor)
            total[kind] += count
    assert total["figure"] > 100 and total["equation"] > 50


def test_a_caption_is_in_its_figure_and_says_what_is_shown(pages):
    for name, text in pages.items():
        figures = re.findall(r"<figure\b.*?</figure>", text, re.S)
        assert len(figures) == text.count("<figcaption") == text.count("</figure>"), name
        for figure in figures:
            (caption,) = re.findall(r"<figcaption.*?</b>(.*?)</figcaption>", figure, re.S)
            said = words(caption.split("<a ")[0])
            assert re.fullmatch(r"[A-Z\d].{8,160}\.", said), (name, said)


@pytest.mark.parametrize("alt, caption", [
    ("Validation loss of four floors, eight seeds each: 0 to 30 percent.", "Validation loss of four floors, eight seeds each."),
    ("learning rate of cosine over update t", "Learning rate of cosine over update t."),
    ("Left: loss against the peak; it rises. Right: the rate.", "Loss against the peak."),
    ("Loss at 0.5 of the peak. Below it, more.", "Loss at 0.5 of the peak."),
])
def test_a_caption_is_the_first_sentence_of_the_words_for_the_blind(alt, caption):
    assert look.caption(alt) == caption


def test_a_link_to_a_figure_shows_the_figure(browser, server):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{server}/book/cosine.html#figure-9-3")
    page.wait_for_function("""() => {
      const { top, bottom } = document.querySelector("figure:has(> #figure-9-3) img").getBoundingClientRect();
      return top >= 0 && bottom > top && bottom <= innerHeight;
    }""", timeout=20_000)
    page.close()


FAR = "document.querySelector('#exercises p').checkVisibility({contentVisibilityAuto: true})"


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_far_away_is_not_laid_out_at_first_and_a_link_lands_there_all_the_same(browser, server, width):
    with browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.add_init_script("window.requestIdleCallback = () => {}")         # a browser that never has time
        page.goto(f"{server}/book/cosine.html")
        assert not page.evaluate(FAR)
        for place in ("exercises", "live-3", "in-pytorch"):         # at once, and after the figures on the way have been drawn
            page.goto(f"{server}/book/intro.html")
            page.goto(f"{server}/book/cosine.html#{place}")
            page.wait_for_load_state("networkidle")
            page.wait_for_function("""() => [...document.querySelectorAll("figure.lr-live")].every((figure) => {
              const { top, bottom } = figure.getBoundingClientRect();
              return figure.dataset.state === "live" || bottom < 0 || top > innerHeight;
            })""")
            assert page.evaluate(FAR)
            assert 0 <= page.locator(f"#{place}").bounding_box()["y"] < 100, place


def test_all_is_laid_out_when_the_browser_has_time_and_what_is_read_stays_where_it_is(browser, server):
    place = "document.querySelector('#a-warm-up-in-front').getBoundingClientRect().top"
    with browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.add_init_script("window.held = []; window.requestIdleCallback = (work) => held.push(work)")
        page.goto(f"{server}/book/cosine.html")
        page.evaluate("scrollTo(0, document.body.scrollHeight * 0.6)")
        page.wait_for_timeout(300)
        before = page.evaluate(place)
        page.evaluate("""async () => {
          while (held.length) { held.shift()(); await new Promise(requestAnimationFrame); }
        }""")
        page.wait_for_function("[...document.querySelectorAll('article img')].every((picture) => picture.complete)")
        assert page.evaluate(FAR)
        assert page.evaluate("[...document.querySelectorAll('article section > section')].every((part) => part.style.contentVisibility === 'visible')")
        assert abs(page.evaluate(place) - before) < 2


# -- the line under the title, and the contents ------------------------------------------------------------------------

def test_a_chapter_says_its_number_length_figures_and_exercises(pages):
    for i, name in enumerate(CHAPTERS):
        (line,) = re.findall(r'</h1>\s*<p class="lr-about">(.*?)</p>', pages[name])
        live = len([1 for stored in outputs(name, "text/html") if '<figure class="lr-live"' in stored])
        source = (ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8")
        checks = len(set(re.findall(r"\bex\.(\w+)\.check\(", source)))
        shape = rf"Chapter {i + 1} of {len(CHAPTERS)} · about (\d+) minutes to read · {live} live figures? · {checks} exercises?"
        assert 5 <= int(re.fullmatch(shape, line)[1]) <= 60, (name, line)
        assert "Reading takes" not in source, name              # it is counted, not written by hand
    assert not [name for name in NAMES if name not in CHAPTERS and "lr-about" in pages[name]]


def test_minutes_are_words_and_lines_of_code():
    code = "x = 1\n" * 40 + "ex.one.check(x)\nex.one.check(2)\nex.two.check(3)\n"
    cell = nodes.container("", nodes.literal_block(code, code), classes=["cell_input"])
    page = nodes.section("", nodes.paragraph("", "word " * 400), cell, nodes.literal_block("", "an output of many words"))
    assert look.length(page) == (4, 2)


def test_the_opening_page_shows_every_chapter_with_a_curve_and_its_question(pages):
    (contents,) = re.findall(r'<div class="lr-contents">.*?</div>', pages[NAMES[0]], re.S)
    entries = re.findall(r'<li><a href="(\w+)\.html">(<svg.*?</svg>)<span><b>(\d+) (.*?)</b> (.*?)</span>', contents, re.S)
    assert [name for name, *_ in entries] == CHAPTERS
    for i, (name, picture, number, title, question) in enumerate(entries):
        assert int(number) == i + 1 and title == html.escape(heading(pages[name]), quote=False)
        assert "<polyline" in picture and "nan" not in picture, name
        assert 15 < len(words(question)) <= 220 and question.endswith("?") and "\\" not in question, question
    assert len({picture for _, picture, *_ in entries}) == len(CHAPTERS)
    assert [words(part) for part in re.findall(r'<p class="lr-part">(.*?)</p>', contents)] == [part["caption"] for part in TOC["parts"][:-1]]


def test_no_curve_is_drawn_for_nothing():
    assert set(sparks.LINES) | set(sparks.SAME) <= set(CHAPTERS)


def test_the_first_screen_of_the_opening_page_can_be_played(browser, server):
    for width, height in [(1280, 900), (390, 844)]:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{server}/book/{NAMES[0]}.html")
        page.locator("figure.lr-live[data-state=live]").wait_for()
        for control in page.locator("figure.lr-live .lr-row :is(input, select)").all():
            box = control.bounding_box()
            assert box["y"] + box["height"] <= height, (width, box)
        page.get_by_label("schedule").select_option("cosine")
        page.get_by_label("base_lr").press("End")
        page.locator("figure.lr-live svg[aria-label*='Loss left']").or_(page.locator("figure.lr-live svg[aria-label*=Landed]")).wait_for()
        page.close()


# -- finding the way ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("term, wanted", [
    ("warm-up", "warmup"), ("cosine", "cosine"), ("sharpness", "edge_of_stability"), ("学习率", "glossary"), ("预热", "glossary"),
    ("CosineAnnealingLR", "cosine"), ("half-life", "exponential_decay"), ("muP", "scaling"),
])
def test_the_search_finds_a_term(browser, server, term, wanted):
    page = browser.new_page()
    page.goto(f"{server}/search.html?q={term}")
    page.locator("#search-results li a").first.wait_for()
    page.locator("#search-results p.search-summary").filter(has_text="found").wait_for()
    hits = page.locator("#search-results li > a:first-child").evaluate_all("found => found.map((a) => a.getAttribute('href').split('/').pop().split('.')[0])")
    page.close()
    assert wanted in hits[:5], hits[:10]


def test_previous_and_next_go_through_the_book(pages):
    for before, after in zip(NAMES, NAMES[1:]):
        assert re.search(rf'class="right-next"\s+href="{after}\.html"', pages[before]), before
        assert re.search(rf'class="left-prev"\s+href="{before}\.html"', pages[after]), after


def test_edit_leads_to_the_file(pages):
    for name, text in pages.items():
        (path,) = set(re.findall(rf'href="https://github\.com/{OWNER}/{NAME}/edit/main/([^"]*)"', text))
        assert (ROOT / path).is_file() and Path(path).stem == name


def test_what_is_copied_is_the_code(browser, server):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server}/book/cosine.html")
    cell = page.locator("div.cell_input", has_text="print(schedule)").first
    cell.hover()
    cell.locator("button.copybtn").click()
    page.wait_for_timeout(200)
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()
    stored = json.loads((ROOT / "book" / "cosine.ipynb").read_text(encoding="utf-8"))["cells"]
    assert copied.strip() in {"".join(cell["source"]).strip() for cell in stored}


# -- what a link shows elsewhere ---------------------------------------------------------------------------------------

def test_a_link_shows_a_title_a_sentence_and_a_picture(pages, site):
    described = {}
    for name, text in pages.items():
        tags = {key: html.unescape(value) for key, value in re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]*|description)" content="([^"]*)"', text)}
        assert tags["og:url"] == f"{ADDRESS}book/{name}.html" and tags["og:image"] == f"{ADDRESS}_static/card.png", name
        assert f'<link rel="canonical" href="{tags["og:url"]}"' in text, name
        assert tags["og:title"] == heading(text) and tags["twitter:card"] == "summary_large_image", name
        assert 15 < len(tags["og:description"]) <= 202 and "\\" not in tags["og:description"] and tags["description"] == tags["og:description"], name
        described[name] = tags["og:description"]
    assert len(set(described.values())) == len(NAMES)
    for file, size in [("card.png", (1200, 630)), ("touch-icon.png", (180, 180))]:
        data = (site / "_static" / file).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == size and len(data) < 150_000
    assert all('<link rel="apple-touch-icon" href="../_static/touch-icon.png">' in text for text in pages.values())


@pytest.mark.parametrize("repository, address", [
    ("https://github.com/Ada/book", "https://ada.github.io/book/"), ("https://github.com/ada/book.git", "https://ada.github.io/book/"),
    ("https://example.org/ada/book", ""), ("", ""),
])
def test_the_address_of_the_site_follows_the_repository(repository, address):
    assert social.published(repository) == address


def test_the_card_is_the_same_bytes_every_time(tmp_path):
    for name in ("a.png", "b.png"):
        social.card(tmp_path / name, "Title")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
