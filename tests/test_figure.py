"""What a live figure offers besides its picture: the schedules it shows, their calls, one laid beside, numbers to be read."""
import json
import re

import pytest

import lrlearn as ll
from lrlearn import Schedule, constant, cosine, explore, figure, native, svg, warmup
from lrlearn.natives import FRAMEWORKS


def halved(t, base_lr, k):
    return base_lr / 2 ** (t // k)


def alone(t, k):
    return 1 / (k + t)


def chosen(base_lr=0.3, schedule=Schedule(cosine, T_max=40)):
    return svg.Chart(x=(0, 40), y=(0, 1), alt="one").line(list(range(41)), [schedule(t, base_lr) for t in range(41)])


def defined(explorer):
    figure.define("a", json.dumps(explorer.figure.spec))
    return figure.FIGURES["a"]


def starts(shown):
    return json.dumps([s["start"] for s in shown.spec["sliders"]])


@pytest.mark.parametrize("explorer, found", [
    (explore(cosine, T_max=(10, 90), base_lr=0.2), [("cosine", Schedule(cosine, T_max=50, eta_min=0.0), 0.2)]),
    (explore(cosine, base_lr=(0.1, 0.5, 0.1), T_max=40), [("cosine", Schedule(cosine, T_max=40, eta_min=0.0), 0.1)]),
    (explore(Schedule(constant), Schedule(cosine, T_max=9), labels=["a", "b"]), [("a", Schedule(constant), 0.1), ("b", Schedule(cosine, T_max=9), 0.1)]),
    (explore(halved, k=(1, 21, 10)), [("halved", Schedule(halved, k=11), 0.1)]),
    (explore(alone, k=(1, 21, 10)), []),
    (explore(chosen, base_lr=0.4, schedule=[Schedule(constant), Schedule(cosine, T_max=40)]), [("", Schedule(cosine, T_max=40), 0.4)]),
    (explore(chosen, base_lr=0.4), []),
    (explore(ll.one_cycle_momentum), []),
])
def test_the_schedules_that_a_figure_shows(explorer, found):
    assert explorer.figure.schedules(explorer.figure.values()) == found


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_call_is_natives_for_the_present_values(framework):
    shown = defined(explore(cosine, T_max=(10, 90), base_lr=0.2, eta_min=0.0))
    said = figure.call("a", "[7]", framework)
    assert said.endswith(native(Schedule(cosine, T_max=17, eta_min=0.0), framework, 0.2)) and shown.values([7]) == {"T_max": 17}
    assert ("0.2" in said) and (framework in ("optax", "keras", "fastai") or said.startswith("# "))


def test_what_has_no_equal_is_handed_over():
    defined(explore(ll.rex, base_lr=0.2))
    said = figure.call("a", starts(figure.FIGURES["a"]), "torch").split("\n")
    assert said[1].startswith("# torch has no equal: ") and said[2].startswith("s = Schedule(rex, ") and said[3] == "LambdaLR(optimizer, to_lambda(s, 0.2))"


def test_several_curves_have_their_calls_under_their_names():
    shown = defined(explore(Schedule(constant), Schedule(cosine, T_max=9), labels=["flat", "falls"], base_lr=0.1))
    said = figure.call("a", starts(shown), "python").split("\n")
    assert [line for line in said if not line.startswith("# called")] == ["# flat", "Schedule(constant)", "# falls", "Schedule(cosine, T_max=9)"]


def test_a_call_that_cannot_be_made_is_one_sentence():
    spec = json.loads(json.dumps(explore(cosine, T_max=(1, 9)).figure.spec))
    spec["sliders"][0]["min"] = 0
    figure.define("a", json.dumps(spec))
    assert figure.call("a", "[0, 0]", "torch") == "No picture at T_max=0, eta_min=0.0: T_max: steps until the bottom, must be >= 1, got 0."


def test_a_schedule_laid_beside_is_as_long_and_as_high_as_the_first():
    shown = explore(cosine, T_max=(10, 90), eta_min=0.0, base_lr=0.2).figure
    name, lrs = shown.laid_beside({"T_max": 60}, "linear")
    assert name == "linear" and lrs == [ll.linear(t, 0.2, total_iters=60) for t in shown.times()]
    alone_, lrs = explore(alone, k=(1, 21, 10), t_end=50).figure.laid_beside({"k": 11}, "linear")
    assert lrs == [ll.linear(t, 1 / 11, total_iters=50) for t in range(51)]


def test_the_same_curve_as_it_was_can_be_laid_beside():
    shown = explore(cosine, T_max=(10, 90), eta_min=0.0).figure
    assert shown.laid_beside({"T_max": 60}, [5]) == ("before", shown.numbers({"T_max": 15})[0])
    with_it, without = shown.picture({"T_max": 60}, [5]), shown.picture({"T_max": 60})
    assert "before" in with_it and with_it.count("<polyline") == without.count("<polyline") + 1
    assert "beside it linear" in shown.picture({"T_max": 60}, "linear")


def test_every_schedule_of_the_menu_can_be_laid_beside():
    shown = defined(explore(warmup, base_lr=0.1))
    names = json.loads(figure.menu())
    assert len(names) == 49
    for name in names:
        assert figure.draw("a", starts(shown), 640, 320, json.dumps(name)).count("stroke-dasharray='7 4'") >= 1, name


def told(fragment):
    return [text for text in re.findall(r"<text[^>]*>([^<]*)</text>", fragment)]


def test_the_number_under_the_pointer_is_the_formulas():
    shown = defined(explore(cosine, warmup, T_max=80, base_lr=0.1, t_end=100))
    picture = figure.draw("a", starts(shown), 640, 320)
    assert picture.startswith("<svg")
    left, top, right, bottom = shown.shown.box()
    for t in (0, 33, 80, 100):
        *lrs, at = told(figure.read("a", left + t / 100 * (right - left), (top + bottom) / 2))
        assert at == str(t) and sorted(lrs) == sorted("%.4g" % lrs[t] for lrs in shown.numbers(shown.values()))
    assert figure.read("a", 5, 100) == "" == figure.read("a", right - 1, bottom + 20)


def test_a_path_is_read_where_it_is_nearest():
    path = svg.Chart(x=(0, 10), y=(0, 10)).line([0, 5, 5, 0], [1, 1, 9, 9])
    sx, sy = path.scales()
    assert told(path.read(sx(4.8), sy(8.5))) == ["9", "5"]
    assert path.read(sx(9), sy(5)) == ""


def test_gaps_have_no_number_and_logarithmic_axes_do():
    chart = svg.Chart(x=(1, 1000), y=(1e-4, 1), log="xy").line([1, 10, 100, 1000], [1, float("nan"), 0.01, 0.001])
    sx, sy = chart.scales()
    assert told(chart.read(sx(100), sy(0.01))) == ["0.01", "100"] and chart.read(sx(10), sy(0.5)) == ""


@pytest.mark.parametrize("width", [640, 390])
def test_panels_are_read_one_by_one(width):
    svg.SPACE[:] = width, 500
    try:
        left, right = (svg.Chart(x=(0, 10), y=(0, 1)).line([0, 10], [0, v]) for v in (0.5, 1))
        both = svg.Panels([left, right], alt="two")
        str(both)
        for (x, y, chart), number in zip(both.places, ("0.5", "1")):
            sx, sy = chart.scales()
            fragment = both.read(x + sx(10), y + sy(float(number)))
            assert told(fragment) == [number, "10"] and fragment.startswith(f"<g transform='translate({x},{y})'>")
        assert both.read(-5, -5) == ""
    finally:
        svg.SPACE[:] = 640, 320


def test_pictures_that_are_text_have_nothing_to_read():
    def text(a=1):
        return "<svg xmlns='http://www.w3.org/2000/svg'></svg>"

    shown = explore(text, a=(1, 9)).figure
    figure.FIGURES["a"] = shown
    assert figure.read("a", 10, 10) == ""
