"""Times of the built site in Chromium, printed. Nothing is asserted; read the table."""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests"), str(ROOT)]

import live_figures
import serve
from browser import launch
from playwright.sync_api import sync_playwright

import lrlearn as ll

WORLDS = ("bowl", "valley", "noise_floor", "noisy_valley", "double_well", "sharpness", "steps")
WATCH = """
addEventListener("lr-drawn", () => { window.firstLive ??= performance.now(); });
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift = (window.shift ?? 0) + e.value; })
  .observe({type: "layout-shift", buffered: true});
"""
# The figure's sliders and choices, moved in turn, so that every value of each is met.
MOVES = """async (figure) => {
  const controls = [...figure.querySelectorAll(".lr-row input, .lr-row select")], times = [];
  for (let i = 0; i < 200; i++) {
    const drawn = new Promise((done) => figure.addEventListener("lr-drawn", done, {once: true}));
    const began = performance.now(), control = controls[i % controls.length], last = control.options ? control.options.length - 1 : +control.max;
    control.value = Math.round((i * 37) % (last + 1));
    control.dispatchEvent(new Event("input"));
    await drawn;
    times.push([+figure.dataset.ms, performance.now() - began]);
  }
  return times;
}"""
SLOW = {"offline": False, "downloadThroughput": 5e6 / 8, "uploadThroughput": 5e6 / 8, "latency": 60}
RUNS = 5
# What the page is to stay below: (localhost, slow line and processor).
TARGETS = {"first paint, ms": (300, 800), "first slider live, ms": (700, 2000), "layout shift": (0.01, 0.01), "whole page, kB": (550, 550)}


def load(playwright, address, slow):
    """One cold visit in a new browser: times in ms, bytes in kB."""
    browser = launch(playwright)
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        if slow:
            wire.send("Network.emulateNetworkConditions", SLOW)
            wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        size = []
        wire.on("Network.loadingFinished", lambda e: size.append(e["encodedDataLength"]))
        time.sleep(1.5)                                     # a reader's browser does not start at the same moment
        page.goto(address)
        page.wait_for_load_state("networkidle")             # and then look: the scripts of the one who looks hold the page back
        page.locator("figure.lr-live[data-state=live]").first.wait_for(timeout=60_000)
        paint = page.evaluate("performance.getEntriesByType('paint').find((e) => e.name == 'first-contentful-paint').startTime")
        return {"first paint, ms": paint, "first slider live, ms": page.evaluate("window.firstLive"),
                "layout shift": page.evaluate("window.shift ?? 0"), "whole page, kB": sum(size) / 1000}
    finally:
        browser.close()


def redraws(playwright, address):
    """The sliders of every figure of the page, moved 200 times: ms of work, and ms until the picture stands."""
    browser = launch(playwright)
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.locator("figure.lr-live[data-state=live]").first.wait_for()
        out = {}
        for i, figure in enumerate(page.locator("figure.lr-live").all()):
            figure.scroll_into_view_if_needed()
            page.locator("figure.lr-live").nth(i).and_(page.locator("[data-state=live]")).wait_for()
            spec = json.loads(figure.get_attribute("data-lr"))
            names = ", ".join(part["label"] for part in spec.get("curves", [spec.get("picture")]))
            out[f"{address.rsplit('/')[-1]}: {names}"] = figure.evaluate(MOVES)
        return out
    finally:
        browser.close()


def measured(site):
    """The pages that are visited: the opening page, the model chapter, the chapters with most and with fewest live figures."""
    count = {page.stem: page.read_text(encoding="utf-8").count('class="lr-live"') for page in sorted((site / "book").glob("*.html"))}
    live = {name: figures for name, figures in count.items() if figures and name != "intro"}
    return {name: count[name] for name in ("intro", "cosine", max(live, key=live.get), min(live, key=live.get))}


def builds():
    """Seconds to build the site: the whole, one notebook changed, one page of Markdown changed, nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "_build"))
        command = [Path(sys.executable).with_name("jupyter-book"), "build", source, "--path-output", folder, "-W", "--keep-going", "-n", "-q"]
        change = {"whole": None, "one notebook changed": "cosine.ipynb", "one page of Markdown changed": "beliefs.md", "nothing changed": None}
        for what, name in change.items():
            if name:
                page = source / "book" / name
                page.write_text(re.sub("not known", "not yet known", page.read_text(encoding="utf-8")) + "\n", encoding="utf-8")
            began = time.perf_counter()
            done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT / "tests/quick")}, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"site: of this checkout, must build, got {done.stderr.strip().splitlines()[-1:]}")
            yield what, time.perf_counter() - began


def worlds_page(site):
    """The name of a page with every world alone on it, written beside what the built site ships."""
    stored = (live_figures.FIGURE.match(ll.explore(getattr(ll.worlds, name)).html()).groups() for name in WORLDS)
    figures = "".join(live_figures.inline(*found, number) for number, found in enumerate(stored, 1))
    head = '<link rel="stylesheet" href="_static/lrlive/live.css"><script type="module" src="_static/lrlive/live.js"></script>'
    head += "".join(f'<link rel="preload" as="fetch" crossorigin href="_static/lrlive/{name}.json">' for name in ("py", "worlds"))
    with tempfile.NamedTemporaryFile("w", dir=site, prefix="worlds", suffix=".html", delete=False) as page:
        page.write(f"<!doctype html><title>worlds</title>{head}<body>{figures}")
    for bundle in live_figures.FLOORS:                       # this checkout's files
        (site / "_static/lrlive" / bundle).write_text(live_figures.py_json(bundle), encoding="utf-8")
    return Path(page.name)


def main():
    with serve.serve(ROOT / "_build" / "html") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        figures = measured(ROOT / "_build" / "html")
        pages = [f"http://127.0.0.1:{server.server_port}/book/{name}.html" for name in figures]
        print(f"cold visits in Chromium, medians of {RUNS}; in brackets what it is to stay below")
        for slow in (False, True):
            print("\n" + ("5 Mbit/s, 60 ms, processor four times slower" if slow else "localhost"))
            for (name, several), address in zip(figures.items(), pages):
                visits = [load(playwright, address, slow) for _ in range(RUNS)]
                shown = ", ".join(f"{what} {statistics.median(v[what] for v in visits):.4g} ({TARGETS[what][slow]})" for what in TARGETS)
                print(f"  {name:18} {several} live: {shown}")
        worlds = worlds_page(ROOT / "_build" / "html")
        print("\n200 redraws: work (until the picture stands), ms; the work is to stay below 16")
        try:
            for address in (*pages, f"http://127.0.0.1:{server.server_port}/{worlds.name}"):
                for name, times in redraws(playwright, address).items():
                    work, whole = ([sorted(t)[len(t) // 2], sorted(t)[int(len(t) * 0.95)]] for t in zip(*times))
                    print(f"  {name.replace(worlds.name, 'worlds'):34} median {work[0]:5.1f} ({whole[0]:5.1f})   p95 {work[1]:5.1f} ({whole[1]:5.1f})")
        finally:
            worlds.unlink()
        server.shutdown()
    print("\nbuilding the site from stored outputs, s; the whole is to take 60, a change 10")
    for what, seconds in builds():
        print(f"  {what:30} {seconds:5.1f}", flush=True)


if __name__ == "__main__":
    main()
