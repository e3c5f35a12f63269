"""The glossary: an entry a word, in order, with its Chinese name, and links to the chapters that are there."""
import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^### (.+)\n\n((?:.+\n)+)", TEXT, re.M))
WRITTEN = set(re.findall(r"book/(\w+)", (ROOT / "_toc.yml").read_text()))
PLAN = json.loads((ROOT / "tests" / "coverage.json").read_text(encoding="utf-8"))["chapters"]
every_entry = pytest.mark.parametrize("term, text", ENTRIES.items(), ids=ENTRIES)


def anchor(heading):
    """The anchor that MyST gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_there_are_entries_in_order():
    assert len(ENTRIES) == TEXT.count("\n### ") >= 90
    assert yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"][-1]["chapters"].count({"file": "book/glossary"}) == 1
    keys = [re.sub("[^a-z0-9 ]", " ", term.lower()) for term in ENTRIES]
    assert keys == sorted(keys) and len({anchor(term) for term in ENTRIES}) == len(ENTRIES)
    letters = re.findall(r"^##+ (.+)$", TEXT, re.M)
    for letter, term in zip(letters, letters[1:]):
        if len(letter) == 1:
            assert term[0].upper() == letter


@every_entry
def test_an_entry_begins_with_chinese_and_says_where(term, text):
    assert re.match(r'<span lang="zh">[^<]+</span>\. \[?[A-Z]', text)
    text = " ".join(text.split())
    sees = re.findall(r"See ((?:(?:\[[^]]+\]\(\w+\.(?:ipynb|md)\)|\*[^*]+\*)(?:, )?)+)\.$", text)
    assert len(sees) == 1, "its last words are: See, and the chapters"
    for name, target in re.findall(r"\[([^]]+)\]\((\w+)\.(?:ipynb|md)\)", sees[0]):
        assert target in WRITTEN, f"{target} is not in _toc.yml yet: *{name}*"
    for name in re.findall(r"\*([^*]+)\*", sees[0]):
        chapter = name.lower().replace(" ", "_")
        assert chapter in PLAN and chapter not in WRITTEN, f"{chapter} is there now: [{name}]({chapter}.ipynb)"
    for target in re.findall(r"\]\(#([^)]+)\)", text):
        assert target in map(anchor, ENTRIES), target


def test_links_from_chapters_lead_to_entries():
    anchors = {anchor(term) for term in ENTRIES}
    for notebook in (ROOT / "book").glob("*.ipynb"):
        for target in re.findall(r"\(glossary\.md#([^)]+)\)", notebook.read_text(encoding="utf-8")):
            assert target in anchors, (notebook.name, target)
