"""What the theme leaves unsaid to those who listen to a page or go through it by keyboard, put into the finished pages.

tests/site asks axe-core about the result.
"""
import re

from finished import rewrite

MENDS = [(re.compile(pattern), mended) for pattern, mended in (
    # What can be pressed is called by the words on it.
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'(<button class="btn search-button-field [^>]*) aria-label="Search"', r"\1"),
    # A corner without words heads nothing.
    (r"<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>", r"<td\1></td>"),
    # Everything stands in a landmark; the sidebar holds the title and the search, too.
    (r'<div class="bd-sidebar-primary ', '<div role="navigation" aria-label="Book" class="bd-sidebar-primary '),
    # What can be scrolled can be reached; the theme looks after code alone.
    (r'<div class="pst-scrollable-table-container">', '<div class="pst-scrollable-table-container" tabindex="0">'),
    # An entry of a list is an item; the role for a bibliography's entries is no longer in use.
    (r'role="doc-biblioentry"', 'role="listitem"'),
)]


def mend(text):
    for pattern, mended in MENDS:
        text = pattern.sub(mended, text)
    return text


def write(app, error):
    rewrite(app, error, mend)


def setup(app):
    app.connect("build-finished", write, priority=900)      # before the policy takes the hashes of the scripts
    return {"parallel_read_safe": True, "parallel_write_safe": False}
