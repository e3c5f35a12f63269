"""Chromium for the tests and the benchmark: Debian's package where it is, else the one that Playwright installs."""
from pathlib import Path

from playwright.sync_api import Error

DEBIAN = Path("/usr/bin/chromium")
QUIET = (                                   # no request of the browser's own, none to another host
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server",      # this machine, and nothing else
)


def launch(playwright):
    """A headless Chromium. Raises a RuntimeError of one sentence when there is none."""
    path = DEBIAN if DEBIAN.exists() else None
    try:
        return playwright.chromium.launch(executable_path=path, args=list(QUIET))
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        how = "apt install chromium, or playwright install chromium"
        raise RuntimeError(f"Chromium: drives the published pages, must be installed ({how}), got {reason}") from None


def lay_out(page):
    """Have all of the page laid out, what is far from the window, too."""
    page.add_style_tag(content="section { content-visibility: visible !important; }")
