"""Random slider positions over all live figures of the book: both Pythons draw the same, and never a sentence instead.

A thousand of them; LRLEARN_POSITIONS=10000 asks for more, as the weekly run does."""
import html
import json
import os
import random
import re
import sys
from pathlib import Path

import pytest
from pictures import close, same_picture

from lrlearn import figure as kernel
from lrlearn import svg
from lrlearn.live.sliders import count
from micropython.run import printed

BOOK = Path(__file__).resolve().parents[2] / "book"
TOTAL = int(os.environ.get("LRLEARN_POSITIONS", 1000))      # of all figures
LEAST, MOST = max(2, TOTAL // 500), TOTAL // 25     # of one
ROOMS = (640, 320), (360, 270)              # width and height in turn: a desktop's, and a phone's

# Prints the picture and the numbers behind it, line by line: a long answer would fill MicroPython's memory.
PROGRAM = """
import gc, json
from lrlearn import figure
plain = figure.Figure.numbers
def kept(self, values):
    self.kept = plain(self, values)
    return self.kept
figure.Figure.numbers = kept
for text, places in json.loads({jobs!r}):
    figure.define("a", text)
    for i, place in enumerate(places):
        print(json.dumps(figure.draw("a", json.dumps(place), *{rooms}[i % 2])))
        print(json.dumps(getattr(figure.FIGURES["a"], "kept", [])))
        gc.collect()
answer = "[]"
"""


def stored(notebook):
    """The descriptions of a notebook's live figures, as JSON."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = "".join("".join(output.get("data", {}).get("text/html", "")) for cell in cells for output in cell.get("outputs", ()))
    return [html.unescape(text) for text in re.findall(r'<figure class="lr-live" data-lr="([^"]*)"', texts)]


FIGURES = {notebook.stem: found for notebook in sorted(BOOK.glob("*.ipynb")) if (found := stored(notebook))}


def calls(text):
    """How many calls one picture takes: a measure of its time that is the same on every machine."""
    figure, made = kernel.Figure(json.loads(text)), 0

    def seen(*event):
        nonlocal made
        made += 1

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        figure.picture(figure.values())
    finally:
        sys.setprofile(before)
    return made


@pytest.fixture(scope="module")
def shares():
    """(notebook, index) -> how many positions: the quicker a figure, the more, so that each takes about as long."""
    cost = {(name, i): calls(text) for name, texts in FIGURES.items() for i, text in enumerate(texts)}
    budget, shares = 1.0, {}
    while sum(shares.values()) < TOTAL:
        budget *= 1.02
        shares = {key: min(MOST, max(LEAST, int(budget / made))) for key, made in cost.items()}
    return shares


@pytest.fixture(autouse=True)
def room():
    """The size of pictures is a setting of the module; the next test finds it as it was."""
    yield
    svg.SPACE[:] = 640, 320


@pytest.mark.parametrize("notebook", FIGURES)
def test_both_pythons_draw_the_same(notebook, shares):
    jobs = []
    for i, text in enumerate(FIGURES[notebook]):
        rng, sliders = random.Random(f"{notebook} {i}"), json.loads(text)["sliders"]
        jobs.append((text, [[rng.randrange(count(s)) for s in sliders] for _ in range(shares[notebook, i])]))
    answers = iter(printed(PROGRAM.format(jobs=json.dumps(jobs), rooms=ROOMS)))
    for text, places in jobs:
        kernel.define("a", text)
        figure = kernel.FIGURES["a"]
        for i, place in enumerate(places):
            values = figure.values(place)
            picture, numbers = json.loads(next(answers)), json.loads(next(answers))
            assert picture.startswith("<svg"), picture
            assert same_picture(picture, kernel.draw("a", json.dumps(place), *ROOMS[i % 2])), values
            if "curves" in figure.spec:
                for got, want in zip(numbers, figure.numbers(values), strict=True):
                    assert got == want or all(map(close, got, want)), values
    assert list(answers) == ["[]"]


def test_all_figures_are_tried():
    """As many as the notebooks' texts hold, however they are read."""
    held = {path.stem: path.read_text(encoding="utf-8").count('<figure class=\\"lr-live\\"') for path in BOOK.glob("*.ipynb")}
    assert {name: len(texts) for name, texts in FIGURES.items()} == {name: n for name, n in held.items() if n}
