"""Every page for everyone: by eye in both themes, by ear, by keyboard, on a phone, without motion, without JavaScript; and nothing is
asked of another host. Each page is opened once, with JavaScript, and the tests look at what was found.

axe takes seconds for a page, and all pages have the same theme and style sheets. So every third page is asked, in one theme, and
those that are unlike the others in both; a word of code is asked about once where others have its colour. LRLEARN_AXE=all asks
about every word of every page in both themes, as the weekly run does."""
import os
import re
from pathlib import Path

import npm
import pytest
import yaml
from browser import lay_out

from lrlearn import svg

ROOT = Path(__file__).resolve().parents[2]
# A formula's boxes are drawn for the eye alone; what is read aloud is the MathML beside them. They take the colour of the text.
WHERE = "{exclude: [['.katex-html']]}"
ALL = "{resultTypes: ['violations'], preload: false}"
COLOURS = "{resultTypes: ['violations'], preload: false, runOnly: ['color-contrast', 'link-in-text-block']}"
SHAPE = "{resultTypes: ['violations'], preload: false, rules: {'color-contrast': {enabled: false}}}"
EVERY = os.environ.get("LRLEARN_AXE") == "all"
# Plain text for a word of code of a kind that its box has had, and nothing for what axe leaves out anyway.
FEWER = """() => {
  const had = new Set();
  for (const word of document.querySelectorAll("pre span:not(:has(*))")) {
    const kind = [word, word.parentElement, word.closest("div")].map((node) => node.className + node.style.cssText).join();
    if (had.has(kind)) word.replaceWith(word.textContent);
    had.add(kind);
  }
  for (const boxes of document.querySelectorAll(".katex-html")) boxes.innerHTML = "";
}"""
PHONES = {"book/intro.html", "book/cosine.html", "book/cheatsheet.html", "book/seams.html", "search.html"}
FORBIDDEN = """(() => {
  window.forbidden = [];
  document.addEventListener("securitypolicyviolation", (e) => window.forbidden.push(`${e.effectiveDirective} ${e.blockedURI}`));
})()"""
CONTROLS = """() => [...document.querySelectorAll(".lr-row")].map((row) => {
  const control = row.querySelector("input, select"), slider = control.type === "range";
  const says = control.getAttribute("aria-valuetext"), shows = row.querySelector("output")?.innerText ?? null;
  return {name: control.labels[0]?.innerText.trim() ?? "", slider, says, shows};
})"""
# The colours that words and lines have in the live figures, and that of the page behind them.
PAINT = """() => {
  const found = {words: new Set(), lines: new Set()};
  for (const node of document.querySelectorAll(".lr-live > svg text, .lr-live > svg polyline, .lr-live > svg circle")) {
    const style = getComputedStyle(node), word = node.tagName === "text", colour = style.stroke === "none" || word ? style.fill : style.stroke;
    if (colour !== "none") found[word ? "words" : "lines"].add(colour);
  }
  const behind = getComputedStyle(document.body).backgroundColor;
  return {words: [...found.words], lines: [...found.lines], behind};
}"""


@pytest.fixture(scope="module")
def axe():
    """The text of axe-core, which names what some readers cannot use."""
    return (npm.install(Path(__file__).parent) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def asked(page, rules):
    """What axe finds: one line for each place."""
    found = page.evaluate(f"axe.run({WHERE}, {rules}).then((all) => all.violations)")
    return [f"{v['id']}: {node['target']} {node['html'][:120]}" for v in found for node in v["nodes"]]


def live(page):
    """The page's figures, once all of them are live."""
    figures = page.locator("figure.lr-live").all()
    for figure in figures:
        figure.scroll_into_view_if_needed()
        figure.and_(page.locator("[data-state=live]")).wait_for()
    return figures


def opened(page, server, path, axe, themes):
    """Open a page and look at all of it, at its colours in the themes: a dict of what was found."""
    seen = {"complaints": [], "outside": []}
    heard = {
        "console": lambda m: seen["complaints"].append(m.text) if m.type in ("error", "warning") else None,
        "pageerror": lambda error: seen["complaints"].append(str(error)),
        "request": lambda request: None if request.url.startswith((server, "data:")) else seen["outside"].append(request.url),
    }
    for event, hear in heard.items():
        page.on(event, hear)
    page.emulate_media(color_scheme="light")
    page.goto(f"{server}/{path}")
    lay_out(page)                                           # axe sees nothing else
    figures = live(page)
    seen["controls"] = page.evaluate(CONTROLS)
    if themes:
        page.evaluate(f"{axe}; undefined")
    if path in PHONES:
        page.set_viewport_size({"width": 390, "height": 844})
        live(page)
        page.wait_for_timeout(700)                          # the theme looks 300 ms later what can be scrolled
        seen["phone"] = asked(page, SHAPE)
        page.set_viewport_size({"width": 1280, "height": 900})
        live(page)
    if themes and not EVERY:
        page.evaluate(FEWER)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-theme={theme}]").wait_for(state="attached")
        seen[f"{theme} paint"] = page.evaluate(PAINT)
        if theme in themes:
            seen[theme] = asked(page, ALL if theme == themes[0] else COLOURS)
    for slider in [slider for figure in figures[:1] for slider in figure.locator("input[type=range]").all()[:1]]:
        slider.press("Home")
        slider.press("ArrowRight")
        last = int(slider.get_attribute("max"))
        seen["keys"] = [int(slider.input_value()), min(1, last)]
        slider.press("End")
        seen["keys"] += [int(slider.input_value()), last]
        seen["controls"] += page.evaluate(CONTROLS)         # what a moved slider says
    seen["forbidden"] = page.evaluate("window.forbidden")
    for event, hear in heard.items():
        page.remove_listener(event, hear)
    return seen


@pytest.fixture(scope="module")
def found(site, server, browser, axe):
    """path -> what was found there, for every page of the site."""
    paths = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    # No motion: a colour on its way from one theme to the other is neither.
    with browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as context:
        context.add_init_script(FORBIDDEN)
        page, seen = context.new_page(), {}
        for i, path in enumerate(paths):
            if path != "index.html":                        # it leads to the first page at once
                seen[path] = opened(page, server, path, axe, ("light", "dark") if EVERY or path in PHONES else [("light",), (), (), ("dark",), (), ()][i % 6])
    return seen


def only(found, key, empty=()):
    """The pages that have something there."""
    return {path: seen[key] for path, seen in found.items() if seen.get(key, empty)}


def test_every_page_is_opened(found):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    chapters = {f"{chapter['file']}.html" for part in toc["parts"] for chapter in part["chapters"]}
    assert found.keys() >= chapters | PHONES | {f"{toc['root']}.html", "genindex.html"}


@pytest.mark.parametrize("how", ["light", "dark", "phone"])
def test_axe_finds_nothing(found, how):
    asked_about = {path: seen[how] for path, seen in found.items() if how in seen}
    assert len(asked_about) >= (len(PHONES) if how == "phone" else len(found) if EVERY else len(found) / 5)
    assert only(found, how) == {}


def test_axe_would_find_something(browser, server, axe):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server}/genindex.html")
        page.evaluate(f"{axe}; undefined")
        bad = "<button></button><p style='color: #aaa; background: #fff'>pale</p><img src=''>"
        page.evaluate("bad => { document.querySelector('article').innerHTML += bad; }", bad)
        assert {line.split(":")[0] for line in asked(page, ALL)} == {"button-name", "color-contrast", "image-alt"}


def test_nothing_complains_and_nothing_is_forbidden(found):
    assert only(found, "complaints") == {} and only(found, "forbidden") == {}


def test_nothing_is_asked_of_another_host(found):
    assert only(found, "outside") == {}


def test_another_host_cannot_be_reached(browser):
    """The whole browser of the tests is held to this machine, so nothing that the pages need comes from elsewhere."""
    with browser.new_context() as context:
        page = context.new_page()
        for address in ("http://example.org/", "http://192.0.2.1/"):
            with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
                page.goto(address)


def test_every_slider_has_a_name_a_spoken_value_and_keys(found):
    controls = [(path, control) for path, seen in found.items() for control in seen["controls"]]
    assert len(controls) > 200
    for path, control in controls:
        assert re.match(r"\w", control["name"]), (path, control)
        assert not control["slider"] or control["says"] and control["says"] == control["shows"], (path, control)
    keys = only(found, "keys")
    assert len(keys) > 25
    for path, (stepped, one, ended, last) in keys.items():
        assert (stepped, ended) == (one, last), path


def luminance(colour):
    """Of a colour as rgb(r, g, b), as WCAG 2 defines it."""
    parts = [int(part) / 255 for part in re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour).groups()]
    return sum(share * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for share, c in zip((0.2126, 0.7152, 0.0722), parts))


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def too_pale(paint):
    """What words and lines have less contrast than AA asks for."""
    pale = [(kind, colour) for kind, least in (("words", 4.5), ("lines", 3)) for colour in paint[kind] if contrast(colour, paint["behind"]) < least]
    return [(*one, paint["behind"]) for one in pale]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_lines_of_live_figures_stand_out(found, theme):
    """axe knows the colours of HTML alone."""
    paints = {path: seen[f"{theme} paint"] for path, seen in found.items()}
    assert {path: too_pale(paint) for path, paint in paints.items() if too_pale(paint)} == {}
    assert len({colour for paint in paints.values() for colour in paint["words"]}) > 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_the_house_stands_out(browser, server, theme):
    with browser.new_context(color_scheme=theme) as context:
        page = context.new_page()
        page.goto(f"{server}/book/intro.html")
        [*_] = live(page)
        marks = "".join(f"<text fill='{c}'>a</text><polyline fill='none' stroke='{c}'/><circle fill='{c}'/>" for c in (*svg.COLOURS, "currentColor"))
        page.evaluate("marks => { document.querySelector('.lr-live > svg').innerHTML = marks; }", marks)
        paint = page.evaluate(PAINT)
        assert too_pale(paint) == [] and len(paint["words"]) >= 5 and contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)


def test_less_motion_for_those_who_ask(browser, server):
    moves = """() => ({scroll: getComputedStyle(document.documentElement).scrollBehavior, slow: [...document.querySelectorAll("*")].filter((node) =>
      getComputedStyle(node).transitionDuration !== "0s" || getComputedStyle(node).animationName !== "none").length})"""
    found = {}
    for wish in ("no-preference", "reduce"):
        with browser.new_context(reduced_motion=wish) as context:
            page = context.new_page()
            page.goto(f"{server}/book/cosine.html")
            found[wish] = page.evaluate(moves)
    assert found["no-preference"]["scroll"] == "smooth" and found["no-preference"]["slow"] > 10
    assert found["reduce"] == {"scroll": "auto", "slow": 0}


# What a page without JavaScript shows and what it does not.
PLAIN = """() => {
  const room = (node) => node.getBoundingClientRect(), whole = {visibilityProperty: true, opacityProperty: true};
  const seen = (node) => node.checkVisibility(whole) && room(node).width > 0 && room(node).height > 0;
  const all = (what) => [...document.querySelectorAll(what)];
  return {
    text: document.querySelector("main").innerText.length,
    hidden: all(".lr-live > svg, article img, .katex-html, article :is(h1, h2, h3, p, li, pre, table)").filter((node) =>
      !seen(node) && !node.closest("details:not([open])") && node.textContent.trim() + node.tagName !== "P")
      .map((node) => node.outerHTML.slice(0, 150)),
    empty: all(".lr-controls, .lr-row, .lr-tools, .copybtn, .bd-article button").filter(seen).length,
    figures: all(".lr-live > svg").length, told: all("noscript").filter((node) => node.closest(".lr-live")).length,
    formulas: all(".katex-html").length, links: all("nav a[href]").filter(seen).length,
  };
}"""


def test_without_javascript_every_page_is_whole(browser, server, found):
    with browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False) as context:
        page = context.new_page()
        plain = {}
        for path in found:
            page.goto(f"{server}/{path}", wait_until="domcontentloaded")
            plain[path] = page.evaluate(PLAIN)
        chapters = {path: seen for path, seen in plain.items() if path.startswith("book/")}
        assert {path: seen["hidden"] for path, seen in chapters.items() if seen["hidden"]} == {}
        assert [path for path, seen in plain.items() if seen["empty"] or seen["links"] < 37 or seen["figures"] != seen["told"]] == []
        assert min(seen["text"] for seen in chapters.values()) > 1000
        assert sum(seen["figures"] for seen in plain.values()) > 60 and sum(seen["formulas"] for seen in plain.values()) > 500
        page.goto(f"{server}/book/intro.html")
        page.locator("nav a", has_text="Cosine annealing").first.click()
        page.locator(".prev-next-footer a.right-next").click()
        assert page.url == f"{server}/book/warmup.html"


def test_the_policy_refuses_a_script_and_a_picture_that_were_not_there(browser, server):
    script, handler = (f"document.documentElement.dataset.{name} = 1" for name in ("added", "event"))
    added = f"<script>{script}</script><img onerror='{handler}' src='http://example.org/a.png'>"

    def add(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<article", added + "<article", 1))

    with browser.new_context() as context:
        context.add_init_script(FORBIDDEN)
        page = context.new_page()
        page.route("**/book/intro.html", add)
        page.goto(f"{server}/book/intro.html")
        live(page)                                          # the page's own scripts run
        assert set(page.evaluate("window.forbidden")) == {"script-src-elem inline", "script-src-attr inline", "img-src http://example.org/a.png"}
        assert page.evaluate("Object.keys(document.documentElement.dataset).filter((name) => ['added', 'event'].includes(name))") == []


def test_a_search_stays_here(browser, server):
    with browser.new_context() as context:
        context.add_init_script(FORBIDDEN)
        page, asked_for, complaints = context.new_page(), [], []
        page.on("request", lambda request: asked_for.append(request.url))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(f"{server}/search.html")
        page.locator("#search-input, input[name=q]").locator("visible=true").first.fill("cosine")
        page.keyboard.press("Enter")
        page.locator("#search-results li a", has_text="Cosine annealing").first.wait_for()
        page.locator("#search-results li p.context").first.wait_for()      # lines of the pages, which it reads
        assert all(url.startswith(server) for url in asked_for) and complaints == [] and page.evaluate("window.forbidden") == []
