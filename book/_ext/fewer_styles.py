"""The theme's style sheets without the rules that no page of this book can use.

The theme brings all of Bootstrap, and a browser reads every rule before it paints. A rule goes when it asks for a class
that stands in no page and in no script. Scripts count word by word, since they add classes while a page is read; a word
that ends with a hyphen is the beginning of a class that they put together.
"""
import re
from pathlib import Path

import tinycss2

SHEETS = ("basic.css", "mystnb.*.css", "sphinx-design.min.css", "styles/*.css")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
INNER = re.compile(r"\([^()]*\)")       # what stands in :not(), :is() and the like asks for nothing for certain


def classes(selector):
    """The classes without which the selector matches nothing."""
    while INNER.search(selector):
        selector = INNER.sub("", selector)
    return set(CLASS.findall(selector)) if "\\" not in selector else set()


def selectors(prelude):
    """The selectors of a rule, one by one."""
    found = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return [tinycss2.serialize(tokens).strip() for tokens in found]


def fewer(rules, known, begun):
    """The text of the rules that ask for known classes only. Licences stay."""
    out = []
    for rule in rules:
        if rule.type == "comment":
            out += [rule.serialize()] * rule.value.startswith("!")
        elif rule.type == "qualified-rule":
            kept = [selector for selector in selectors(rule.prelude) if all(name in known or name.startswith(begun) for name in classes(selector))]
            out += [f"{','.join(kept)}{{{tinycss2.serialize(rule.content).strip()}}}"] * bool(kept)
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = fewer(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), known, begun)
            out += [f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"] * bool(inner)
        else:
            out.append(rule.serialize())
    return "\n".join(out)


def known(site):
    """Every class that a page has or a script may give."""
    pages = (page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    words = {word for text in pages for found in re.findall(r"""\bclass=(?:"([^"]*)"|'([^']*)')""", text) for word in "".join(found).split()}
    scripts = (script.read_text(encoding="utf-8") for script in (site / "_static").rglob("*.js"))
    return words.union(*(re.findall(r"[A-Za-z_][\w-]*", text) for text in scripts))


def ship(app, error):
    if error or app.builder.format != "html":
        return
    static, used = Path(app.outdir) / "_static", known(Path(app.outdir))
    begun = tuple(word for word in used if len(word) > 2 and word.endswith("-"))
    for sheet in (found for pattern in SHEETS for found in static.glob(pattern)):
        rules = tinycss2.parse_stylesheet(sheet.read_text(encoding="utf-8"), skip_whitespace=True)
        sheet.write_text(fewer(rules, used, begun), encoding="utf-8")


def setup(app):
    app.connect("build-finished", ship, priority=600)       # after the icons, which read the whole sheets
    return {"parallel_read_safe": True, "parallel_write_safe": True}
