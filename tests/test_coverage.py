"""What the five notes that this book grew out of promise stands in a chapter: tests/coverage.json says where.

"chapters" is the plan of the book, "sections" every section of the notes, and a row says which chapter covers a section
under which heading. The heading is null as long as the chapter is not written.
"""
import json
from collections import Counter
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
TABLE = json.loads((ROOT / "tests" / "coverage.json").read_text(encoding="utf-8"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
WRITTEN = [Path(file).stem for file in (TOC["root"], *(chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]))]


def headings(chapter):
    """The headings of a chapter, as they are typed."""
    page = ROOT / "book" / f"{chapter}.md"
    if page.exists():
        lines = page.read_text(encoding="utf-8").splitlines()
    else:
        cells = nbformat.read(page.with_suffix(".ipynb"), as_version=4).cells
        lines = [line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    fenced = False
    found = []
    for line in lines:
        fenced ^= line.startswith(("```", ":::"))
        if line.startswith("#") and not fenced:
            found.append(line.lstrip("#").strip())
    return found


def faults(rows, sections, chapters, written, headings_of):
    """What is wrong with the table, in sentences."""
    said = [f"{section}: has no row" for section in sections if section not in {row["section"] for row in rows}]
    said += [f"{section}: stands in the list twice" for section, times in Counter(sections).items() if times > 1]
    said += [f"{chapter}: is in _toc.yml and not in the plan" for chapter in written if chapter not in chapters]
    places = Counter((row["section"], row["chapter"], row["heading"]) for row in rows)
    said += [f"{place}: stands in the table twice" for place, times in places.items() if times > 1]
    for row in rows:
        section, chapter, heading = row["section"], row["chapter"], row["heading"]
        if section not in sections:
            said.append(f"{section}: is no section of the notes")
        if not section.startswith(f"{row['seed']}: "):
            said.append(f"{section}: is not of note {row['seed']}")
        if chapter not in chapters:
            said.append(f"{section}: {chapter} is not in the plan")
        elif heading is None and chapter in written:
            said.append(f"{section}: {chapter} is written, so name the heading that covers it")
        elif heading is not None and chapter not in written:
            said.append(f"{section}: {chapter} is not written, so it has no heading {heading!r}")
        elif heading is not None and heading not in headings_of(chapter):
            said.append(f"{section}: {chapter} has no heading {heading!r}")
    return said


def test_every_section_has_its_place():
    said = faults(TABLE["rows"], TABLE["sections"], TABLE["chapters"], WRITTEN, headings)
    assert not said, "\n".join(said)


def test_there_are_five_notes():
    assert {row["seed"] for row in TABLE["rows"]} == {1, 2, 3, 4, 5}
    assert {row["chapter"] for row in TABLE["rows"] if row["heading"]} >= {"cosine", "inside_pytorch"}


GOOD = [{"seed": 1, "section": "1: a", "chapter": "old", "heading": "A"}, {"seed": 1, "section": "1: b", "chapter": "new", "heading": None}]


@pytest.mark.parametrize("change, complaint", [
    ({}, None),
    ({"heading": None}, "1: a: old is written, so name the heading that covers it"),
    ({"heading": "B"}, "1: a: old has no heading 'B'"),
    ({"chapter": "new"}, "1: a: new is not written, so it has no heading 'A'"),
    ({"chapter": "other"}, "1: a: other is not in the plan"),
    ({"seed": 2}, "1: a: is not of note 2"),
    ({"section": "1: c"}, "1: a: has no row\n1: c: is no section of the notes"),
    ({"section": "1: b", "chapter": "new", "heading": None}, "1: a: has no row\n('1: b', 'new', None): stands in the table twice"),
])
def test_the_guard_notices(change, complaint):
    rows = [GOOD[0] | change, GOOD[1]]
    said = faults(rows, ["1: a", "1: b"], ["old", "new"], ["old"], lambda chapter: ["Title", "A"])
    assert "\n".join(said) == (complaint or "")
