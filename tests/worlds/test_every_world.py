"""What every world promises: sliders from its card, any schedule, a picture at every position, plain errors."""
import inspect
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

import lrlearn as ll
from lrlearn import CARDS, FOLDS, Schedule, card_of, cosine, explore, svg, worlds
from lrlearn.core import WORLDS, breaks
from lrlearn.figure import Figure
from lrlearn.live.sliders import count
from lrlearn.worlds.menu import NAMES

ALL = ("bowl", "valley", "noise_floor", "noisy_valley", "landing", "double_well", "sharpness", "steps", "guide")
each = pytest.mark.parametrize("name", ALL)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shown():
    return {name: explore(getattr(worlds, name)) for name in ALL}


@each
def test_its_card_says_the_same_as_its_function(name):
    world = getattr(worlds, name)
    facts = card_of(world)
    assert facts is WORLDS[name] and facts.world and name not in CARDS and name not in FOLDS
    arguments = inspect.signature(world).parameters
    assert [p.name for p in facts.params] == list(arguments)
    assert [p.default for p in facts.params] == [a.default for a in arguments.values()]
    assert all(breaks(p, p.default) is None and p.note and p.note[0].islower() for p in facts.params)
    assert set(re.findall(r"^(\w+)  +\S", inspect.getdoc(world), re.M)) == set(arguments)
    keys = re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "book" / "references.bib").read_text(), re.M)
    assert facts.title and facts.latex and facts.paper in keys and "Source: " in inspect.getdoc(world)


@each
def test_every_parameter_has_a_slider_that_begins_at_its_default(name, shown):
    world, values = getattr(worlds, name), shown[name].figure.values()
    assert values == {p: a.default for p, a in inspect.signature(world).parameters.items()}
    assert shown[name].html().startswith('<figure class="lr-live"')


@pytest.mark.parametrize("name", [name for name in ALL if name != "guide"])
def test_any_schedule_can_be_chosen(name, shown):
    figure = shown[name].figure
    place = next(i for i, s in enumerate(figure.spec["sliders"]) if s["key"] == "schedule")
    assert figure.spec["sliders"][place]["labels"] == list(NAMES)
    pictures = set()
    for i in range(len(NAMES)):
        positions = [s["start"] for s in figure.spec["sliders"]]
        positions[place] = i
        pictures.add(sound(figure.picture(figure.values(positions))))
    assert len(pictures) > 0.6 * len(NAMES)                          # some differ by less than a pixel, or warm up by themselves


def sound(picture):
    """The picture without its words for the blind, when it is right: XML, finite, with a title that fits."""
    assert not re.search(r"\b(nan|inf)\b", picture) and xml.fromstring(picture) is not None
    assert all(abs(float(x)) < 1e9 for x in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", picture.split(">", 1)[1]))
    return re.sub(r"aria-label='[^']*'", "", picture)


@each
@pytest.mark.parametrize("size", [(640, 320), (360, 270)])
def test_a_picture_at_every_position(name, shown, size):
    figure, rng = shown[name].figure, random.Random(name)
    sliders = figure.spec["sliders"]
    ends = [[s["start"] if s is not moved else end for s in sliders] for moved in sliders for end in (0, count(moved) - 1)]
    corners = [[rng.choice((0, count(s) - 1)) for s in sliders] for _ in range(30)]
    anywhere = [[rng.randrange(count(s)) for s in sliders] for _ in range(120)]
    svg.SPACE[:] = size
    try:
        for positions in ends + corners + anywhere:
            sound(figure.picture(figure.values(positions)))
    finally:
        svg.SPACE[:] = 640, 320


@each
def test_it_travels_to_the_page_lightly(name, shown):
    spec = shown[name].figure.spec
    again = Figure(spec)
    assert again.picture(again.values()) == shown[name].svg
    assert len(spec["source"]) < 200 and len(shown[name].html()) < 22_000
    code = {s["key"]: s.get("code") for s in spec["sliders"]}.get("schedule")
    assert name in ("steps", "guide") or re.fullmatch(r"every\(\d+\)", code)


@each
def test_the_widget_moves_it(name, shown):
    picture, *controls, says = shown[name].widget().children
    before = picture.value
    controls[0].value = controls[0].options[0][1] if hasattr(controls[0], "options") else controls[0].min
    assert picture.value != before and picture.value.startswith("<svg") and says.value == ""


@each
def test_every_slider_changes_the_picture(name, shown):
    figure = shown[name].figure
    for i, s in enumerate(figure.spec["sliders"]):
        pictures = set()
        for position in {0, count(s) // 3, count(s) - 1}:
            positions = [x["start"] for x in figure.spec["sliders"]]
            positions[i] = position
            pictures.add(re.sub(r"aria-label='[^']*'", "", figure.picture(figure.values(positions))))
        assert len(pictures) > 1, s["key"]


@pytest.mark.parametrize("call, sentence", [
    (lambda: explore(worlds.bowl, base_lr=(-1.0, 1.0)), "base_lr: the learning rate at the peak, must be >= 0, got -1.0"),
    (lambda: explore(worlds.bowl, curvature=(0.0, 1.0)), "curvature: how steep the bowl is, must be > 0, got 0.0"),
    (lambda: explore(worlds.valley, momentum=(0.0, 1.0)), "momentum: how much of the last step is kept, must be >= 0 and < 1, got 1.0"),
    (lambda: explore(worlds.bowl, schedule=[cosine]), "schedule: the rate over time, must be a Schedule, got "),
    (lambda: explore(worlds.bowl, schedule={}), "schedule: the choices, must be at least one, got {}"),
    (lambda: explore(worlds.bowl, rate=1), "rate: unknown to bowl, which take base_lr, curvature, noise, schedule, got 1"),
    (lambda: explore(worlds.steps, schedule="cosin"), "schedule: the rate after the warm-up, must be one of constant, cosine, "),
    (lambda: explore(worlds.steps, epochs=(0.0, 3.0)), "epochs: how often the data is seen, must be > 0, got 0.0"),
    (lambda: Schedule(worlds.bowl), "formula: a function f(t, base_lr, ...) -> lr, must be a function of time, got bowl, a world"),
    (lambda: worlds.nothing, "lrlearn.worlds has no 'nothing'"),
])
def test_a_mistake_is_one_sentence(call, sentence):
    with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
        call()
    assert str(caught.value).startswith(sentence) and "\n" not in str(caught.value)


def test_a_reader_may_bring_a_menu_of_his_own():
    few = explore(worlds.bowl, base_lr=1.9, schedule={"flat": Schedule(ll.constant), "falls": Schedule(cosine, T_max=40)})
    assert repr(few) == "explore(bowl): curvature 0.25 to 2, noise 0 to 1, schedule flat to falls"
    assert Figure(few.figure.spec).values([0, 0, 1])["schedule"] == Schedule(cosine, T_max=40)


def test_worlds_are_loaded_when_they_are_used():
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import lrlearn as ll; before = [m for m in sys.modules if 'worlds' in m]; ll.worlds; "
    code += "ll.worlds.bowl; print(before, sorted(m for m in sys.modules if 'worlds' in m))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    assert done.split("] [")[0] == "[" and "descent" in done and "edge" not in done and "calculator" not in done


def test_a_file_can_be_imported_beside_its_world():
    from lrlearn.worlds import descent

    assert inspect.ismodule(descent) and worlds.bowl is descent.bowl
    assert set(worlds.HOMES) <= set(dir(worlds)) and all(callable(getattr(worlds, name)) for name in worlds.HOMES)
