"""Times of the built site in Chromium, printed. Nothing is asserted; read the table."""
import json
import statistics
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests")]

import serve
from browser import launch
from playwright.sync_api import sync_playwright

WATCH = """
addEventListener("lr-drawn", () => { window.firstLive ??= performance.now(); });
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift = (window.shift ?? 0) + e.value; })
  .observe({type: "layout-shift", buffered: true});
"""
MOVES = """async (figure) => {
  const slider = figure.querySelector("input[type=range]"), times = [];
  for (let i = 0; i < 200; i++) {
    const drawn = new Promise((done) => figure.addEventListener("lr-drawn", done, {once: true}));
    const began = performance.now();
    slider.value = Math.round((i * 37) % (+slider.max + 1));
    slider.dispatchEvent(new Event("input"));
    await drawn;
    times.push([+figure.dataset.ms, performance.now() - began]);
  }
  return times;
}"""
SLOW = {"offline": False, "downloadThroughput": 5e6 / 8, "uploadThroughput": 5e6 / 8, "latency": 60}
RUNS = 5


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
        page.goto(address)
        page.locator("figure.lr-live[data-state=live]").first.wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
        paint = page.evaluate("performance.getEntriesByType('paint').find((e) => e.name == 'first-contentful-paint').startTime")
        return {"first paint, ms": paint, "first slider live, ms": page.evaluate("window.firstLive"),
                "layout shift": page.evaluate("window.shift ?? 0"), "whole page, kB": sum(size) / 1000}
    finally:
        browser.close()


def redraws(playwright, address):
    """The sliders of the page's first curve figure, moved 200 times: ms of work, and ms until the picture stands."""
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


def main():
    with serve.serve(ROOT / "_build" / "html") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pages = [f"http://127.0.0.1:{server.server_port}/book/{name}.html" for name in ("intro", "cosine")]
        print(f"cold visits in Chromium, medians of {RUNS}")
        for slow in (False, True):
            print("\n" + ("5 Mbit/s, 60 ms, processor four times slower" if slow else "localhost"))
            for address in pages:
                visits = [load(playwright, address, slow) for _ in range(RUNS)]
                shown = ", ".join(f"{name} {statistics.median(v[name] for v in visits):.3g}" for name in visits[0])
                print(f"  {address.rsplit('/')[-1]:14} {shown}")
        print("\n200 redraws: work (until the picture stands), ms")
        for address in pages:
            for name, times in redraws(playwright, address).items():
                work, whole = ([sorted(t)[len(t) // 2], sorted(t)[int(len(t) * 0.95)]] for t in zip(*times))
                print(f"  {name:34} median {work[0]:5.1f} ({whole[0]:5.1f})   p95 {work[1]:5.1f} ({whole[1]:5.1f})")
        server.shutdown()


if __name__ == "__main__":
    main()
