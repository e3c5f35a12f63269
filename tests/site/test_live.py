"""The figures of the built site, moved in Chromium: the page draws lrlearn's numbers, privately, lightly, and says when it cannot."""
import json
import random
import re
import threading

import pytest
import serve
from browser import lay_out
from pictures import close, same_picture
from playwright.sync_api import expect

from lrlearn import figure as kernel
from lrlearn import svg
from lrlearn.figure import Figure
from lrlearn.live.sliders import count
from lrlearn.natives import FRAMEWORKS

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


def agrees(figure, shown, beside=None):
    """Hold the numbers and the picture in the page against lrlearn's at the same slider positions, with the same laid beside."""
    values = shown.values(positions(figure))
    if "curves" in shown.spec:
        for got, want in zip(json.loads(figure.evaluate("f => f.numbers()")), shown.numbers(values), strict=True):
            assert len(got) == len(want) and all(map(close, got, want)), values
    picture = figure.evaluate("f => f.querySelector('svg').outerHTML")
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', picture).groups())
    svg.SPACE[:] = width, height
    try:
        assert same_picture(figure.evaluate("(f, text) => { const t = document.createElement('template'); t.innerHTML = text; return t.innerHTML; }", shown.picture(values, beside)), picture), values
    finally:
        svg.SPACE[:] = 640, 320


def test_every_slider_draws_lrlearns_numbers(visit):
    figures = visit.figures()
    assert figures
    rng = random.Random(0)
    for figure in figures:
        spec = json.loads(figure.get_attribute("data-lr"))
        shown = Figure(spec)
        agrees(figure, shown)
        for i, slider in enumerate(spec["sliders"]):
            last = count(slider) - 1
            for position in {0, last, rng.randint(0, last), rng.randint(0, last)}:
                figure.evaluate(MOVE, [i, position])
                agrees(figure, shown)
        for _ in range(5):
            for i, slider in enumerate(spec["sliders"]):
                figure.evaluate(MOVE, [i, rng.randrange(count(slider))])
            agrees(figure, shown)
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
        assert 100_000 < ours <= 255_000 + 12_000 * worlds and sum(sent.values()) <= 550_000, (name, ours, sum(sent.values()))


def test_without_javascript_the_pictures_show(browser, server, site):
    with browser.new_context(java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(f"{server}/book/cosine.html")
        figures = page.locator("figure.lr-live").all()
        assert figures
        for figure in figures:
            assert figure.locator("svg polyline").first.is_visible() and figure.locator(".lr-controls").is_hidden()
            figure.scroll_into_view_if_needed()
            expect(figure).to_contain_text("need JavaScript", use_inner_text=True)


def test_a_phone_has_room_for_everything(browser, server):
    with browser.new_context(viewport={"width": 390, "height": 844}) as phone:
        visit = Visit(phone, f"{server}/book/cosine.html")
        for figure in visit.figures():
            box = figure.locator("svg").first.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and 0.7 < box["height"] / box["width"] < 0.8
            drawn = figure.evaluate("f => f.querySelector('svg').viewBox.baseVal.width")
            assert abs(drawn - box["width"]) <= 1                # drawn for this width, so the words keep their size
        pictures = visit.page.locator("figure.lr-picture > a.image-reference > img").all()
        assert pictures and all(picture.bounding_box()["width"] > 450 for picture in pictures)       # readable words, to be scrolled
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
    lay_out(visit.page)
    figure = next(f for f in visit.figures() if '"key": "T_max"' in f.get_attribute("data-lr") and "cosine" in f.get_attribute("data-lr"))
    sliders = json.loads(figure.get_attribute("data-lr"))["sliders"]
    i = [s["key"] for s in sliders].index("T_max")
    figure.evaluate(MOVE, [i, 150 - sliders[i]["min"]])
    assert re.fullmatch(r"No picture at .*T_max=150.*: ZeroDivisionError: .*\.", figure.locator(".lr-says").inner_text())
    others = [other for other in visit.figures() if '"key": "T_max"' not in other.get_attribute("data-lr")]
    for other in others:                                    # the rest of the page lives on
        other.evaluate(MOVE, [0, 0])
        agrees(other, Figure(json.loads(other.get_attribute("data-lr"))))
        assert other.locator(".lr-says").is_hidden() and figure.locator(".lr-says").is_visible()
    assert others
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


def test_a_figure_that_python_refuses_is_one_sentence_and_no_error_of_the_page(context, server):
    refused = change("    FIGURES[key] = Figure(json.loads(text))", "    raise ValueError('not this figure')")
    visit = Visit(context, f"{server}/book/intro.html", **{"py.json": refused})
    figure = visit.page.locator("figure.lr-live[data-state=failed]").first
    figure.wait_for()
    assert figure.locator(".lr-says").inner_text().endswith("(ValueError: not this figure)") and visit.complaints == []
    visit.page.close()


def test_after_a_failed_start_the_next_move_tries_again(context, server):
    busy, served = [503], []

    def answer(route):
        if busy:
            return route.fulfill(status=busy[0], body="busy")
        served.append(route.request.url)
        route.continue_()

    visit = Visit(context, f"{server}/book/intro.html", **{"py.json": answer})
    visit.page.locator("figure.lr-live[data-state=failed]").first.wait_for()
    busy.clear()
    figure = visit.page.locator("figure.lr-live").first
    figure.evaluate(MOVE, [0, 3])
    assert len(served) == 1 and figure.get_attribute("data-state") == "live" and figure.locator(".lr-says").is_hidden()
    visit.page.close()


def test_a_move_during_a_start_that_fails_is_not_lost(context, server):
    kept, way = [], ["refuse"]

    def answer(route):
        if way[0] == "refuse":
            return route.fulfill(status=503, body="busy")
        return kept.append(route) if way[0] == "keep" else route.continue_()

    visit = Visit(context, f"{server}/book/intro.html", **{"py.json": answer})
    visit.page.locator("figure.lr-live[data-state=failed]").first.wait_for()
    visit.page.wait_for_load_state("networkidle")
    way[0] = "keep"
    slider = visit.page.locator("figure.lr-live .lr-row input").first
    slider.evaluate("(control) => control.dispatchEvent(new Event('input'))")
    for _ in range(100):
        if kept:
            break
        visit.page.wait_for_timeout(50)
    slider.evaluate("(control) => control.dispatchEvent(new Event('input'))")
    way[0] = "let through"
    kept[0].fulfill(status=503, body="busy")
    visit.page.locator("figure.lr-live[data-state=live]").first.wait_for()
    visit.page.close()


def test_the_first_figure_lives_while_the_page_is_still_on_its_way(context, site):
    """The server keeps back the end of the head until the script is there, the first figure until the interpreter has
    started, and what stands behind the figure until it lives."""
    whole = (site / "book/cosine.html").read_bytes()
    cuts = [0, whole.index(b'<link rel="preload"'), whole.index(b'<figure class="lr-live"'), whole.index(b"</figure>") + 20_000, len(whole)]
    gates = [threading.Event() for _ in cuts[2:]]

    class Halting(serve.Site):
        def do_GET(self):
            if not self.path.endswith("/cosine.html"):
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            for begin, end, gate in zip(cuts, cuts[1:], (*gates, None)):
                self.wfile.write(whole[begin:end])
                if gate:
                    gate.wait(60)

    with serve.serve(site, answers=Halting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url.rsplit("/")[-1]))
        try:
            page.goto(f"http://127.0.0.1:{server.server_port}/book/cosine.html", wait_until="commit")
            for gate in gates[:2]:
                page.wait_for_timeout(2000)
                gate.set()
            page.locator("#live-1[data-state=live]").wait_for(state="attached")
            assert page.evaluate("document.readyState") == "loading" and page.locator("figure.lr-live").count() == 1
            assert asked.count("micropython.wasm") == 1                   # one start, and no second try
        finally:
            for gate in gates:
                gate.set()
        page.locator("#live-3").scroll_into_view_if_needed()
        page.locator("#live-3[data-state=live]").wait_for()
        page.close()
        server.shutdown()


# -- from slider to Monday ---------------------------------------------------------------------------------------------

@pytest.fixture
def taken(browser, server):
    """visit(address) -> a page that may use the clipboard, and its figure with curves, live."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]) as context:
        def visit(address="/book/cosine.html", number=2):
            visit = Visit(context, server + address)
            figure = visit.page.locator(f"#live-{number}")
            figure.scroll_into_view_if_needed()
            figure.and_(visit.page.locator("[data-state=live]")).wait_for()
            return visit, figure

        yield visit


def clipboard(visit):
    return visit.page.evaluate("navigator.clipboard.readText()")


def spec_of(figure):
    return json.loads(figure.get_attribute("data-lr"))


def test_the_call_is_copied_for_every_framework_at_the_sliders_values(taken):
    visit, figure = taken()
    assert not [r.url for r in visit.requests if "natives.json" in r.url]           # few readers need it, so it is not sent
    kernel.define("shown", json.dumps(spec_of(figure)))
    figure.evaluate(MOVE, [0, 41])
    frameworks = figure.get_by_label("Call for")
    assert set(frameworks.evaluate("s => [...s.options].map((o) => o.value)")) == set(FRAMEWORKS)
    for framework in FRAMEWORKS:
        frameworks.select_option(framework)
        figure.get_by_role("button", name="Copy", exact=True).click()
        figure.get_by_text("The call is copied.").wait_for()
        want = kernel.call("shown", json.dumps(positions(figure)), framework)
        assert clipboard(visit) == want == figure.locator(".lr-call").inner_text() and "42" in want
    figure.evaluate(MOVE, [0, 10])
    visit.page.wait_for_timeout(200)
    assert "11" in figure.locator(".lr-call").inner_text()                  # what is shown follows the sliders
    assert visit.complaints == []


def test_without_the_files_of_the_calls_the_button_says_so(taken, browser, server):
    visit, figure = taken()
    visit.page.route("**/natives.json", lambda route: route.fulfill(status=404, body="gone"))
    figure.get_by_role("button", name="Copy", exact=True).click()
    figure.get_by_text("natives.json: 404").wait_for()
    figure.evaluate(MOVE, [0, 3])
    assert figure.get_attribute("data-state") == "live"


def test_the_number_under_the_pointer(taken):
    visit, figure = taken()
    shown = Figure(spec_of(figure))
    values = shown.values(positions(figure))
    box = figure.locator("svg").first.bounding_box()
    svg.SPACE[:] = round(box["width"]), round(box["height"])
    try:
        shown.picture(values)
        left, top, right, bottom = shown.shown.box()
    finally:
        svg.SPACE[:] = 640, 320
    for t in (0, 60, 150):
        visit.page.mouse.move(box["x"] + left + t / shown.spec["t_end"] * (right - left), box["y"] + (top + bottom) / 2)
        figure.locator(f".lr-told text:text-is('{t}')").wait_for()
        *lrs, at = figure.locator(".lr-told text").all_text_contents()
        assert at == str(t) and sorted(lrs) == sorted("%.4g" % curve[shown.times().index(t)] for curve in shown.numbers(values))
    visit.page.mouse.move(0, 0)
    figure.locator(".lr-told text").first.wait_for(state="detached")


def test_a_second_schedule_lies_beside_the_first(taken):
    visit, figure = taken()
    shown = Figure(spec_of(figure))
    beside = figure.get_by_label("Beside it", exact=True)
    beside.focus()
    beside.locator("option[value=wsd]").wait_for(state="attached")
    assert beside.locator("option").count() == 2 + 49
    for chosen, place in (("linear", 70), ("now", 20), ("", 30)):
        held = positions(figure) if chosen == "now" else chosen or None
        beside.select_option(chosen)
        figure.evaluate(MOVE, [0, place])
        agrees(figure, shown, held)
    assert visit.complaints == []


def test_the_address_keeps_what_was_moved(taken):
    visit, figure = taken()
    control = figure.get_by_label(re.compile("^T_max"))
    for _ in range(5):
        control.press("ArrowLeft")
    figure.get_by_label("Beside it", exact=True).focus()
    figure.locator("option[value=rex]").wait_for(state="attached")
    figure.get_by_label("Beside it", exact=True).select_option("rex")
    value = figure.locator("output").first.inner_text()
    figure.get_by_role("button", name="Copy a link").click()
    figure.get_by_text("The link to this picture is copied.").wait_for()
    link = clipboard(visit)
    assert link.endswith(f"/book/cosine.html?live-2.T_max={value}&live-2.beside=rex#live-2") and visit.page.url.split("#")[0] == link.split("#")[0]
    again, same = taken(link[link.index("/book"):])
    same.locator("svg text:text-is('rex')").wait_for()
    assert positions(same) == positions(figure) and same.locator("output").first.inner_text() == value
    assert same.get_by_label("Beside it", exact=True).input_value() == "rex" and again.complaints == []


@pytest.mark.parametrize("query", ["live-2.T_max=0.5", "live-2.T_max=", "live-2.nothing=3", "live-9.T_max=3", "live-2.beside=nonsense", "live-2.T_max=%3Cscript%3E"])
def test_an_address_of_nonsense_changes_nothing(taken, query):
    visit, figure = taken(f"/book/cosine.html?{query}#live-2")
    assert positions(figure) == [s["start"] for s in spec_of(figure)["sliders"]]
    assert figure.locator(".lr-says").is_hidden() and visit.complaints == []


def test_a_chosen_schedule_of_a_simulation_has_its_call_too(taken):
    visit, figure = taken("/book/noise.html", 1)
    figure.get_by_label("schedule").select_option(index=2)
    figure.get_by_label("Call for").select_option("keras")
    figure.get_by_role("button", name="Copy", exact=True).click()
    figure.get_by_text("The call is copied.").wait_for()
    assert clipboard(visit).startswith("keras.optimizers.schedules.CosineDecay(") and figure.get_by_label("Beside it", exact=True).count() == 0


def test_the_cheat_sheet_prints_on_two_pages(context, server):
    page = context.new_page()
    page.goto(f"{server}/book/cheatsheet.html")
    printed = page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/MediaBox \[0 0 59\d\S* 84\d\S*\]", printed) and len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
