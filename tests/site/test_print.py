"""The book as one PDF: every chapter, links that lead somewhere, a table of contents with the right numbers, A4."""
import html
import re
from pathlib import Path

import pdf
import pytest
import yaml
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def names():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [Path(page).name for _, pages in pdf.order(toc) for page in pages]


@pytest.fixture(scope="module")
def book(site, browser, tmp_path_factory):
    target = tmp_path_factory.mktemp("print") / "book.pdf"
    pages = pdf.make(site, target, browser)
    reader = PdfReader(target)
    assert len(reader.pages) == pages
    return reader


def plain(text):
    """Letters and digits alone: how a line is broken and which hyphen is drawn does not count."""
    return re.sub(r"\W+", "", text)


def test_a4_no_page_empty_and_no_more_than_a_book(book, names):
    assert 8 * len(names) < len(book.pages) < 20 * len(names)
    for number, page in enumerate(book.pages, 1):
        assert [round(float(side)) for side in page.mediabox[2:]] in ([595, 842], [594, 842], [595, 841], [594, 841])
        seen = page.extract_text().strip()
        assert len(seen) > 20, number                       # more than the number at its foot
        assert number == 1 or re.search(rf"(^|\n)\s*{number}\s*(\n|$)", seen), number


def titles(outline):
    for entry in outline:
        yield from titles(entry) if isinstance(entry, list) else [entry]


def test_every_chapter_is_in_the_outline_and_begins_where_the_contents_say(book, names, site):
    found = {plain(entry.title): book.get_destination_page_number(entry) + 1 for entry in reversed([*titles(book.outline)])}
    contents = "".join(plain(page.extract_text()) for page in book.pages[1:3])
    begins = []
    for name in names:
        title = re.sub("<[^>]*>", "", re.sub(r'<a class="headerlink".*?</a>', "", pdf.title((site / f"book/{name}.html").read_text(encoding="utf-8"))))
        shown = plain(html.unescape(title))
        begins.append(found[shown])
        assert plain(book.pages[found[shown] - 1].extract_text()).startswith((shown, f"{found[shown]}{shown}")), name
        assert f"{shown}{found[shown]}" in contents, name
    assert begins == sorted(set(begins))
    sheet = begins[names.index("cheatsheet")]
    assert begins[names.index("cheatsheet") + 1] == sheet + 2          # two pages, here as alone


def test_links_lead_somewhere(book, names):
    inside, outside = [], []
    for page in book.pages:
        for link in (mark.get_object() for mark in page.get("/Annots") or ()):
            action = link.get("/A", {})
            outside += [action["/URI"]] if "/URI" in action else []
            inside += [str(target) for target in (link.get("/Dest"), action.get("/D")) if target is not None]
    assert len(inside) > 20 * len(names) and set(inside) <= book.named_destinations.keys()
    assert {f"/{name}" for name in names} <= set(inside)
    assert outside and all(re.match(r"https?://(?!127\.|localhost)", address) for address in outside)


def test_a_link_into_nothing_is_one_sentence():
    page = '<h1>A</h1><a href="b.html#gone">b</a>'
    with pytest.raises(ValueError, match=r"^link: in the joined pages, must lead to something in them, got #b--gone$"):
        pdf.chapters({"a": page, "b": "<h1>B</h1>"})
