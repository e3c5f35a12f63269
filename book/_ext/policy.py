"""A content security policy in every page: nothing from another host, no script that was not there at build time."""
import base64
import hashlib
import html
import re

from finished import rewrite

# What the theme's buttons run on a click. On every page, since the search page reads the others' text.
CLICKS = ("toggleFullScreen()", "window.print()")


def digest(script):
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def policy(text):
    """The policy for a page's HTML. Styles are free: each formula carries some hundred of its own."""
    found = re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.S)
    scripts = [body for attributes, body in found if "src=" not in attributes and body.strip()]
    clicks = [*CLICKS, *(html.unescape(value) for value in re.findall(r'\son[a-z]+="([^"]*)"', text))]
    hashes = [*dict.fromkeys(map(digest, scripts)), "'unsafe-hashes'", *dict.fromkeys(map(digest, clicks))]
    return (
        "default-src 'none'; base-uri 'none'; form-action 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        f"style-src 'self' 'unsafe-inline'; script-src 'self' 'wasm-unsafe-eval' {' '.join(hashes)}"
    )


def guard(text):
    return text.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy(text)}">', 1)


def write(app, error):
    rewrite(app, error, guard)


def setup(app):
    app.connect("build-finished", write, priority=999)      # last: it takes the hashes of what the others wrote
    return {"parallel_read_safe": True, "parallel_write_safe": False}
