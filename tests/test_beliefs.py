"""Beliefs: each sentence has a verdict, what it rests on, and a place; and every known error of the notes is set right.

tests/errata.json lists the errors that were found in the notes: 4.4/1 to 4.4/30 of the first list, 1a/1 to 1a/20 and 1b/1 to
1b/29 of the second. Each has the places where it is set right: a sentence of Beliefs, or a heading of a chapter.
"""
import json
import re
from pathlib import Path

import pytest

from tests.test_coverage import WRITTEN, headings
from tests.test_glossary import anchor

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
TEXT = (BOOK / "beliefs.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^### (.+)\n\n((?:.+\n)+)", TEXT, re.M))
VERDICTS = ("True", "Half true", "False", "Outdated", "Open")
GRADES = ("proven", "replicated", "single study", "single studies", "folklore", "measured here")
ERRATA = json.loads((ROOT / "tests" / "errata.json").read_text(encoding="utf-8"))
ITEMS = [f"{part}/{n}" for part, last in (("4.4", 30), ("1a", 20), ("1b", 29)) for n in range(1, last + 1)]


def test_at_least_forty_each_once():
    assert len(ENTRIES) == TEXT.count("\n### ") >= 40
    assert len({anchor(belief) for belief in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("belief, text", ENTRIES.items(), ids=ENTRIES)
def test_a_belief_has_a_verdict_a_ground_and_a_place(belief, text):
    verdict, grade = re.match(r"\*\*(.+?)\*\*(?: \*\((.+?)\)\*)?", text).groups()
    assert verdict in VERDICTS
    assert "{cite}" in text if grade is None else grade.startswith(GRADES), "a grade, or a source"
    places = re.findall(r"\]\((\w+)\.ipynb(?:#([^)]+))?\)", text)
    assert places, "its experiment, or its chapter"
    for chapter, heading in places:
        assert chapter in WRITTEN
        assert not heading or heading in map(anchor, headings(chapter)), (chapter, heading)


def test_every_verdict_is_given():
    assert {re.match(r"\*\*(.+?)\*\*", text)[1] for text in ENTRIES.values()} == set(VERDICTS)


def faults(errata, entries, written, headings_of):
    """What is wrong with the list, in sentences."""
    said = [f"{item}: has no row" for item in ITEMS if item not in errata]
    said += [f"{item}: is no item" for item in errata if item not in ITEMS]
    for item, row in errata.items():
        if not row["places"]:
            said.append(f"{item}: is set right nowhere")
        for page, heading in row["places"]:
            if page != "beliefs" and page not in written:
                said.append(f"{item}: {page} is not written")
            elif heading not in (entries if page == "beliefs" else headings_of(page)):
                said.append(f"{item}: {page} has no heading {heading!r}")
    return said


def test_every_known_error_is_set_right():
    said = faults(ERRATA, ENTRIES, WRITTEN, headings)
    assert not said, "\n".join(said)


@pytest.mark.parametrize("row, complaint", [
    ({"places": [["beliefs", "Old"]]}, None),
    ({"places": []}, "1a/1: is set right nowhere"),
    ({"places": [["beliefs", "New"]]}, "1a/1: beliefs has no heading 'New'"),
    ({"places": [["cosine", "New"]]}, "1a/1: cosine has no heading 'New'"),
    ({"places": [["sine", "Title"]]}, "1a/1: sine is not written"),
])
def test_the_guard_notices(row, complaint):
    good = {item: {"places": [["cosine", "Title"]]} for item in ITEMS}
    assert faults(good | {"1a/1": row}, ["Old"], ["cosine"], lambda page: ["Title"]) == ([complaint] if complaint else [])
    assert faults({item: good[item] for item in ITEMS[1:]}, [], ["cosine"], lambda page: ["Title"]) == ["4.4/1: has no row"]
