"""What a printed book has: numbers for chapters, figures and equations, a line on how long a chapter is, a contents page.

All of it is made when the page is, so that it shows without JavaScript, and all of it is counted, never written by hand.
"""
import functools
import html
import json
import re
from pathlib import Path

import yaml
from docutils import nodes

import sparks

# The figures of a finished page: live or still ones, and the pictures of cells. SIGNS are numbered from above, each kind by itself.
FIGURE = re.compile(
    r'(?P<live><figure class="lr-(?:live|still)".*?)</figure>|(?P<picture><a class="reference internal image-reference".*?</a>)', re.S)
EQUATION = re.compile(r'<div class="math[^>]*>')
WORDS = re.compile(r"\w[\w'’.-]*")
SENTENCE = re.compile(r"(.+?[.?!])(?=\s|$)")
WORDS_A_MINUTE, LINES_A_MINUTE = 200, 20
CONTENTS = re.compile(r'<div class="lr-contents">.*?</div>', re.S)


def parts(app):
    """[(caption, [page, ...]), ...] as the table of contents has them; the last part, the back matter, has no chapters."""
    return listed(Path(app.srcdir) / app.config.external_toc_path)


@functools.cache
def listed(contents):
    toc = yaml.safe_load(contents.read_text(encoding="utf-8"))
    return [(part["caption"], [chapter["file"] for chapter in part["chapters"]]) for part in toc.get("parts", ())]


def number(app, pagename):
    """The number of the chapter, from 1; None for every other page."""
    chapters = [page for _, pages in parts(app)[:-1] for page in pages]
    return chapters.index(pagename) + 1 if pagename in chapters else None


def caption(words):
    """What a figure shows, from its words for those who cannot see it: up to the first colon or full stop.

    A word alone, such as Left, says where and not what; then it is what follows.
    """
    short, *rest = re.split(r"[:.](?=\s|$)", words.strip(), maxsplit=2)
    if " " not in short and rest:
        short = rest[0].strip().split(";")[0]
    return short[:1].upper() + short[1:] + "."


def numbered(body, chapter):
    """The page with a number and an anchor at every figure and equation: 5.3 is the third of chapter 5."""
    before = f"{chapter}." if chapter else ""
    counts = {"figure": 0, "equation": 0}

    def sign(kind, what):
        counts[kind] += 1
        shown = f"{before}{counts[kind]}"
        anchor = f"{kind}-{shown.replace('.', '-')}"
        return shown, anchor, f'<a class="headerlink" href="#{anchor}" title="Link to this {what}">#</a>'

    def figure(found):
        start = found["live"] or found["picture"]
        words = re.search(r"""\b(?:alt|aria-label)=(["'])(.*?)\1""", start, re.S)
        words = html.unescape(words[2]) if words else ""
        data = re.search(r' data-lr="([^"]*)" id="live-', start)
        if data:                                # tells what the figure is; the picture's own label tells its state
            words = json.loads(html.unescape(data[1]))["alt"]
        shown, anchor, link = sign("figure", "figure")
        told, says = "", re.search(r"<figcaption>(.*)</figcaption>", start, re.S)
        if says:                                # a figure that moves in a notebook only says so itself
            start, told = start.replace(says[0], ""), " " + says[1]
        under = f'<figcaption id="{anchor}"><b>Figure {shown}</b> {html.escape(caption(words), quote=False)}{told}{link}</figcaption></figure>'
        return start + under if found["live"] else f'<figure class="lr-picture">{start}{under}'

    def equation(found):
        shown, anchor, link = sign("equation", "equation")
        return f'{found[0]}<span class="eqno" id="{anchor}">({shown}){link}</span>'

    return EQUATION.sub(equation, FIGURE.sub(figure, body)), counts


def length(doctree):
    """(minutes, exercises): words at 200 a minute and lines of code at 20, in whole minutes; and what the page checks."""
    code = [node for node in doctree.findall(nodes.literal_block) if "cell_input" in node.parent.get("classes", ())]
    lines = sum(len(node.astext().strip().splitlines()) for node in code)
    held = (nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment)
    words = sum(len(WORDS.findall(text.astext())) for text in doctree.findall(nodes.Text) if not isinstance(text.parent, held))
    exercises = {name for node in code for name in re.findall(r"\bex\.(\w+)\.check\(", node.astext())}
    return max(1, round(words / WORDS_A_MINUTE + lines / LINES_A_MINUTE)), len(exercises)


def several(n, word):
    return f"{n} {word}" + "s" * (n != 1)


def about(app, pagename, doctree, body):
    """The line under a chapter's title."""
    chapter, of = number(app, pagename), sum(len(pages) for _, pages in parts(app)[:-1])
    minutes, exercises = length(doctree)
    live = body.count('<figure class="lr-live"')
    said = [f"Chapter {chapter} of {of}", f"about {several(minutes, 'minute')} to read"]
    said += [several(live, "live figure")] * bool(live) + [several(exercises, "exercise")] * bool(exercises)
    return f'<p class="lr-about">{" · ".join(said)}</p>'


def first_sentences(doctree, most):
    """The first sentences of a page's first paragraph, at most so many characters long, without the label of a question."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split()).removeprefix("The question. ")
        text = re.sub(r"\\([A-Za-z]+)", lambda letter: html.unescape(f"&{letter[1]};"), text)      # \eta of a formula is η
        found = SENTENCE.findall(text) or [text]
        said = found[0].strip()
        for sentence in found[1:]:
            if len(said) + 1 + len(sentence.strip()) > most:
                break
            said += " " + sentence.strip()
        return said if len(said) <= most else said[:most].rsplit(" ", 1)[0] + " …"
    return ""


def ask(app, doctree):
    """Keep what a page is about: the contents page shows it, and need not load every page for it."""
    app.env.metadata[app.env.docname]["question"] = first_sentences(doctree, 220)          # a chapter asks whole questions


def contents(app, pagename):
    """Every chapter with a small curve and its question, part by part."""
    out = ['<div class="lr-contents">']
    count = 0
    for caption_, pages in parts(app)[:-1]:
        out.append(f'<p class="lr-part">{html.escape(caption_)}</p><ul>')
        for page in pages:
            count += 1
            address = app.builder.get_relative_uri(pagename, page)
            title = html.escape(app.env.titles[page].astext())
            question = app.env.metadata[page]["question"]
            out.append(f'<li><a href="{address}">{sparks.svg(Path(page).name)}<span><b>{count} {title}</b> {html.escape(question)}</span></a></li>')
        out.append("</ul>")
    return "".join(out) + "</div>"


def page(app, pagename, templatename, context, doctree):
    body = context.get("body")
    if not body or doctree is None:
        return
    chapter = number(app, pagename)
    if chapter:
        body = body.replace("</h1>", "</h1>\n" + about(app, pagename, doctree, body), 1)
    body, _ = numbered(body, chapter)
    if 'class="lr-contents"' in body:
        body = CONTENTS.sub(lambda found: contents(app, pagename), body)
    context["body"] = body


def setup(app):
    app.connect("doctree-read", ask)
    app.connect("html-page-context", page, priority=960)    # after the figures are in the page
    return {"parallel_read_safe": True, "parallel_write_safe": False}
