"""A chapter in JupyterLab, driven in Chromium: the stored picture shows at once; when it is run there are sliders, and they draw."""
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import nbformat
import outputs
import pytest

import lrlearn as ll

PICTURE = ".lm-Widget.jp-OutputArea-output svg[role=img]"
HOMES = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
START = 120                                                 # seconds, on a busy machine


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """(its folder, its address): JupyterLab as the book's environment has it, with nothing of the user's settings."""
    folder = tmp_path_factory.mktemp("lab")
    homes = {name: str(folder / "home" / name) for name in HOMES}
    (folder / "book").mkdir()
    settings = (
        "--no-browser", "--allow-root", "--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
        f"--ServerApp.root_dir={folder / 'book'}", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    )
    with open(folder / "log", "w") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *settings], env={**os.environ, **homes}, stdout=log, stderr=log)
    try:
        yield folder / "book", address(folder, server)
    finally:
        server.terminate()
        server.wait(START)


def address(folder, server):
    """Where the server listens, once it answers."""
    for _ in range(10 * START):
        assert server.poll() is None, (folder / "log").read_text()
        for found in (folder / "home" / "JUPYTER_RUNTIME_DIR").glob("jpserver-*.json"):
            with suppress(OSError, ValueError):             # it writes its address before it listens
                url = json.loads(found.read_text())["url"]
                urllib.request.urlopen(f"{url}api").close()
                return url
        time.sleep(0.1)
    raise AssertionError((folder / "log").read_text())


def stored(path, *cells):
    """A notebook as the book's are: run, and stored with its outputs."""
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])))
    outputs.run(path)


def opened(page, url, name):
    page.goto(f"{url}lab/tree/{name}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()         # its kernel has started


def run_all(page):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()


def drawn(page):
    """The points of the first curve in the picture above the sliders."""
    return page.locator(PICTURE).first.locator("polyline").first.get_attribute("points")


def test_the_picture_is_there_before_a_run_and_sliders_move_it_after(lab, browser):
    folder, url = lab
    stored(folder / "cosine.ipynb", "import lrlearn as ll", "ll.explore(ll.cosine)")
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(1000 * START)
        opened(page, url, "cosine.ipynb")
        still = page.locator(".jp-OutputArea-output figure img")
        still.wait_for()
        assert still.evaluate("image => image.complete && image.naturalWidth > 300") and not page.locator(".widget-slider").count()
        run_all(page)
        handle = page.locator(".widget-slider [role=slider]").first
        handle.wait_for()
        assert page.locator(".widget-slider").count() == len(ll.explore(ll.cosine).figure.spec["sliders"]) and not still.count()
        before, said = drawn(page), page.locator(".widget-readout").first.inner_text()
        handle.press("ArrowLeft")
        page.wait_for_function("([where, old]) => document.querySelector(where + ' polyline').getAttribute('points') !== old", arg=[PICTURE, before])
        assert page.locator(".widget-readout").first.inner_text() != said
