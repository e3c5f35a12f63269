"""The figures of the built site, moved in Chromium: the page draws lrlearn's numbers, privately, lightly, and says when it cannot."""
import json
import random
import re

import pytest
from pictures import close, same_picture

from lrlearn import svg
from lrlearn.figure import Figure
from lrlearn.live.sliders import count

PAGES = ["intro", "cosine"]
MOVE = """(figure, [slider, position]) => new Promise((done, failed) => {
  figure.addEventListener("lr-drawn", done, {once: true});
  setTimeout(() => failed(new Error("no picture within 20 s")), 20000);
  const control = figure.querySelectorAll(".lr-row input, .lr-row select")[slider];
  control.value = position;
  control.dispatchEvent(new Event("input"));
}).then(() => null)"""


@pytest.fixture(scope="module")
def context(browser):
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context


class Visit:
    """A page that was opened, with everything that it asked for and complained about."""

    def __init__(self, context, address, **routes):
        self.page, self.requests, self.complaints = context.new_page(), [], []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        for pattern, handler in routes.items():
            self.page.route(f"**/{pattern}", handler)
        self.page.goto(address)

    def figures(self):
        """Every figure, once it is live."""
        found = self.page.locator("figure.lr-live").all()
        for i, figure in enumerate(found):
            figure.scroll_into_view_if_needed()
            self.page.locator("figure.lr-live").nth(i).and_(self.page.locator("[data-state=live]")).wait_for()
        return found


@pytest.fixture(scope="module", params=PAGES)
def visit(request, context, server):
    return Visit(context, f"{server}/book/{request.param}.html")


def positions(figure):
    return figure.evaluate("f => [...f.querySelectorAll('.lr-row input, .lr-row select')].map((c) => +c.value)")


def agrees(figure, kernel):
    """Hold the numbers and the picture in the page against lrlearn's at the same slider positions."""
    values = kernel.values(positions(figure))
    if "curves" in kernel.spec:
        for got, want in zip(json.loads(figure.evaluate("f => f.numbers()")), kernel.numbers(values), strict=True):
            assert len(got) == len(want) and all(map(close, got, want)), values
    shown = figure.evaluate("f => f.querySelector('svg').outerHTML")
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', shown).groups())
    svg.SPACE[:] = width, height
    try:
        assert same_picture(figure.evaluate("(f, text) => { const t = document.createElement('template'); t.innerHTML = text; return t.innerHTML; }", kernel.picture(values)), shown), values
    finally:
        svg.SPACE[:] = 640, 320


def test_every_slider_draws_lrlearns_numbers(visit):
    figures = visit.figures()
    assert figures
    rng = random.Random(0)
    for figure in figures:
        spec = json.loads(figure.get_attribute("data-lr"))
        kernel = Figure(spec)
        agrees(figure, kernel)
        for i, slider in enumerate(spec["sliders"]):
            last = count(slider) - 1
            for position in {0, last, rng.randint(0, last), rng.randint(0, last)}:
                figure.evaluate(MOVE, [i, position])
                agrees(figure, kernel)
        for _ in range(5):
            for i, slider in enumerate(spec["sliders"]):
                figure.evaluate(MOVE, [i, rng.randrange(count(slider))])
            agrees(figure, kernel)
        assert figure.locator(".lr-says").is_hidden()


def test_sliders_by_keyboard_and_by_name(visit):
    for figure in visit.figures():
        spec = json.loads(figure.get_attribute("data-lr"))
        for slider in spec["sliders"]:
            control = figure.get_by_label(re.compile(rf"^{slider['label']}\b"))
            if "labels" in slider:
                assert control.locator("option").all_inner_texts() == slider["labels"]
                continue
            control.press("Home")
            assert control.input_value() == "0"
            control.press("ArrowRight")
            said = control.get_attribute("aria-valuetext")
            assert said == figure.locator("output").nth(spec["sliders"].index(slider)).inner_text()
            assert float(said) == Figure(spec).values([1] * len(spec["sliders"]))[slider["key"]]
            control.press("End")
            assert control.input_value() == str(count(slider) - 1)


def test_nothing_leaves_the_site_and_nothing_complains(visit, server):
    visit.figures()
    assert not [r.url for r in visit.requests if not r.url.startswith((server, "data:"))]
    assert visit.complaints == []


def test_the_page_is_light(context, server):
    for name in PAGES:
        visit = Visit(context, f"{server}/book/{name}.html")
        visit.figures()
        sent = {r.url: sum(r.sizes()[k] for k in ("responseBodySize", "responseHeadersSize")) for r in visit.requests if r.url.startswith(server)}
        ours = sum(size for url, size in sent.items() if "/lrlive/" in url)
        visit.page.close()
        worlds = any(url.endswith("/lrlive/worlds.json") for url in sent)
        assert 100_000 < ours <= 250_000 + 10_000 * worlds and sum(sent.values()) <= 550_000, (name, ours, sum(sent.values()))


def test_without_javascript_the_pictures_show(browser, server, site):
    with browser.new_context(java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(f"{server}/book/cosine.html")
        figures = page.locator("figure.lr-live").all()
        assert figures
        for figure in figures:
            assert figure.locator("svg polyline").first.is_visible() and figure.locator(".lr-controls").is_hidden()
            assert "need JavaScript" in figure.inner_text()


def test_a_phone_has_room_for_everything(browser, server):
    with browser.new_context(viewport={"width": 390, "height": 844}) as phone:
        visit = Visit(phone, f"{server}/book/cosine.html")
        for figure in visit.figures():
            box = figure.locator("svg").first.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and 0.7 < box["height"] / box["width"] < 0.8
            drawn = figure.evaluate("f => f.querySelector('svg').viewBox.baseVal.width")
            assert abs(drawn - box["width"]) <= 1                # drawn for this width, so the words keep their size
        pictures = visit.page.locator("div.cell_output > a.image-reference > img").all()
        assert pictures and all(picture.bounding_box()["width"] > 500 for picture in pictures)       # readable words, to be scrolled
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def change(old, new):
    """A route that changes one of the package's files on its way to the page."""
    def handler(route):
        text = route.fetch().text()
        assert json.dumps(old)[1:-1] in text
        route.fulfill(body=text.replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1]), content_type="application/json")

    return handler


def test_a_failing_formula_is_one_sentence_under_its_figure(context, server):
    broken = change("    return eta_min + (base_lr", "    return (T_max - 150) / (T_max - 150) * eta_min + (base_lr")
    visit = Visit(context, f"{server}/book/cosine.html", **{"py.json": broken})
    figure = next(f for f in visit.figures() if '"key": "T_max"' in f.get_attribute("data-lr") and "cosine" in f.get_attribute("data-lr"))
    sliders = json.loads(figure.get_attribute("data-lr"))["sliders"]
    i = [s["key"] for s in sliders].index("T_max")
    figure.evaluate(MOVE, [i, 150 - sliders[i]["min"]])
    assert re.fullmatch(r"No picture at .*T_max=150.*: ZeroDivisionError: .*\.", figure.locator(".lr-says").inner_text())
    figure.evaluate(MOVE, [i, 10])
    assert figure.locator(".lr-says").is_hidden() and visit.complaints == []


@pytest.mark.parametrize("pattern", ["py.json", "micropython.wasm", "micropython.mjs"])
def test_a_failing_start_is_one_sentence_and_the_picture_stays(context, server, pattern):
    visit = Visit(context, f"{server}/book/cosine.html", **{pattern: lambda route: route.fulfill(status=404, body="gone")})
    figure = visit.page.locator("figure.lr-live[data-state=failed]").first
    figure.wait_for()
    assert re.fullmatch(r"The sliders could not start, so the picture stays as it is. \(.+\)", figure.locator(".lr-says").inner_text())
    assert figure.locator("svg polyline").first.is_visible()
    visit.page.close()


def test_after_a_failed_start_the_next_move_tries_again(context, server):
    calls = []

    def once(route):
        calls.append(route.request.url)
        route.fulfill(status=503, body="busy") if len(calls) == 1 else route.continue_()

    visit = Visit(context, f"{server}/book/intro.html", **{"py.json": once})
    visit.page.locator("figure.lr-live[data-state=failed]").first.wait_for()
    figure = visit.page.locator("figure.lr-live").first
    figure.evaluate(MOVE, [0, 3])
    assert len(calls) == 2 and figure.get_attribute("data-state") == "live" and figure.locator(".lr-says").is_hidden()
    visit.page.close()


def test_the_cheat_sheet_prints_on_two_pages(context, server):
    page = context.new_page()
    page.goto(f"{server}/book/cheatsheet.html")
    printed = page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/MediaBox \[0 0 59\d\S* 84\d\S*\]", printed) and len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
