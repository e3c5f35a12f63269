"""explore: its sliders, its two lives, its sentences."""
import html
import json
import math
import re
import sys
import types
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lrlearn as ll
from lrlearn import Schedule, cosine, explore, svg, warmup
from lrlearn.figure import Figure, value
from lrlearn.live.explorer import Explorer
from lrlearn.live.sliders import count, position, slider

HALF = 0.5


def my_lr(t, base_lr, k):
    return HALF * base_lr / (1 + k * t)


def bowl(lr=0.5, steps=5):
    return svg.Chart(x=(0, 10), y=(0, 1), alt="a bowl").line([0, steps], [0, lr])


def data(explorer):
    return explorer._repr_mimebundle_()


def stored(explorer):
    """The description and the picture of the stored form, read back as the site's extension does."""
    found = re.fullmatch(r'<figure class="lr-live" data-lr="([^"]*)"><img alt="[^"]*" style="background-color:white" src="data:image/svg\+xml,([^"]*)"></figure>', explorer.html())
    return json.loads(html.unescape(found[1])), urllib.parse.unquote(html.unescape(found[2]))


# -- sliders ---------------------------------------------------------------------------------------


@given(lo=st.floats(-100, 100), width=st.floats(0.01, 100), place=st.floats(0, 1))
def test_slider_values_are_free_of_noise(lo, width, place):
    lo = round(lo, 3)
    s = slider("k", (lo, round(lo + width, 3)), None, None) if round(lo + width, 3) > lo else None
    if s is None:
        return
    i = int(place * (count(s) - 1))
    assert len(repr(value(s, i)).lstrip("-").replace(".", "").lstrip("0")) <= 9 and position(s, value(s, i) + 1e-12) == i
    assert lo - 1e-9 <= value(s, 0) and value(s, count(s) - 1) <= round(lo + width, 3) + 1e-9


def test_sliders_come_from_the_card_and_begin_at_its_defaults():
    spec = explore(cosine).figure.spec
    assert [(s["key"], s["note"]) for s in spec["sliders"]] == [("T_max", "steps until the bottom"), ("eta_min", "the learning rate at the bottom")]
    assert explore(cosine).figure.values() == {"T_max": 100, "eta_min": 0.0}


@pytest.mark.parametrize("name", sorted(ll.CARDS))
def test_every_slider_begins_at_the_default_and_meets_both_ends(name):
    shown, facts = explore(ll.CARDS[name].formula).figure, ll.CARDS[name]
    for s in [s for s in shown.spec["sliders"] if "labels" not in s]:
        param = facts.param(s["key"])
        assert [value(s, 0), value(s, count(s) - 1)] == [param.lo, param.hi]
        assert param.default is None or value(s, s["start"]) == param.default


def test_a_long_range_of_integers_meets_its_end_too():
    last = explore(my_lr, k=(1, 1000)).figure.spec["sliders"][0]
    assert value(last, count(last) - 1) == 1000


def test_integers_stay_integers_and_a_slider_of_ratios_has_round_values():
    t_max, base_lr = explore(cosine, base_lr=(0.001, 1.0), eta_min=0.0).figure.spec["sliders"][::-1]
    assert isinstance(value(t_max, 7), int)
    assert base_lr["values"][:5] == [0.001, 0.0013, 0.0016, 0.002, 0.0025] and base_lr["values"][-1] == 1.0
    assert value(base_lr, base_lr["start"]) == 0.1


def test_a_choice_is_a_list():
    shown = explore(my_lr, k=[0, 1, 5])
    assert [shown.figure.values([i]) for i in range(3)] == [{"k": 0}, {"k": 1}, {"k": 5}]
    assert "Dropdown" in str(type(shown.widget().children[1]))


def test_a_dict_is_a_choice_under_its_keys():
    shown = explore(my_lr, k={"slow": 0.5, "fast": 5})
    assert repr(shown) == "explore(my_lr): k slow to fast"
    assert shown.figure.spec["sliders"][0]["labels"] == ["slow", "fast"] and [shown.figure.values([i]) for i in (0, 1)] == [{"k": 0.5}, {"k": 5}]
    assert [label for label, _ in shown.widget().children[1].options] == ["slow", "fast"]
    again = Figure(stored(shown)[0])
    assert again.numbers(again.values([1])) == shown.figure.numbers({"k": 5})
    falls = explore(bends, schedule={"flat": Schedule(ll.constant), "falls": Schedule(cosine, T_max=40)}, formula=ll.constant)
    assert falls.figure.values()["schedule"] == Schedule(cosine, T_max=40)           # the function's own default


class Twice:
    """Says how it is made, and is asked by name or by place."""

    def __init__(self, by):
        self.by, self.made = by, (twice, (by,))

    def __len__(self):
        return 2

    def __iter__(self):
        return iter(self.keys())

    def keys(self):
        return ["once", "twice"]

    def values(self):
        return [self.by, 2 * self.by]

    def __getitem__(self, key):
        return self.values()[key if isinstance(key, int) else self.keys().index(key)]


def twice(by):
    return Twice(by)


def test_what_says_how_it_is_made_travels_as_that_call():
    shown = explore(my_lr, k=twice(3))
    assert shown.figure.spec["sliders"][0]["code"] == "twice(3)" and shown.figure.values([1]) == {"k": 6}


# -- what it draws -----------------------------------------------------------------------------------


def test_it_draws_the_formula():
    shown = explore(cosine, t_end=10, base_lr=0.2)
    got = shown.figure.numbers({"T_max": 5, "eta_min": 0.1})
    assert got == [[cosine(t, 0.2, 5, 0.1) for t in range(11)]]


def test_several_curves_share_their_sliders():
    shown = explore(cosine, Schedule(ll.constant), my_lr, k=(0, 10), labels=["a", "b", "c"])
    assert [p["label"] for p in shown.figure.spec["curves"]] == ["a", "b", "c"]
    assert [p["takes"] for p in shown.figure.spec["curves"]] == [["T_max", "eta_min"], [], ["k"]]
    assert shown.svg.count("<polyline") == 3 and all(f">{label}</text>" in shown.svg for label in "abc")


def line(t, base_lr, T_max):
    return base_lr * max(0, 1 - t / T_max)


def test_a_readers_function_shares_the_slider_of_a_formula_beside_it():
    shown = explore(cosine, line)
    assert [s["key"] for s in shown.figure.spec["sliders"]] == ["T_max", "eta_min"]
    assert shown.figure.numbers({"T_max": 10, "eta_min": 0.0})[1][5] == 0.05


def test_a_function_of_other_things_returns_a_picture():
    shown = explore(bowl, lr=(0.1, 1.0), steps=(1, 10))
    assert "a bowl" in shown.svg and shown.figure.values() == {"lr": 0.5, "steps": 5}


def unnamed(lr=0.5):
    """A line that nobody named."""
    return svg.Chart(x=(0, 1), y=(0, 1)).line([0, 1], [0, lr])


def test_a_picture_without_words_takes_the_functions_first_sentence():
    assert "aria-label='A line that nobody named, for lr=0.5'" in explore(unnamed, lr=(0.1, 1.0)).svg
    assert 'alt="A line that nobody named"' in explore(unnamed, lr=(0.1, 1.0)).html()
    assert "aria-label='mine, for lr=0.5'" in explore(unnamed, lr=(0.1, 1.0), alt="mine").svg


def test_log_axes():
    shown = explore(cosine, log="xy", t_end=1000, base_lr=0.1)
    assert shown.figure.times()[0] == 1 and shown.figure.spec["y"][0] > 0
    assert ">0.1</text>" in shown.svg and ">10</text>" in shown.svg


def test_a_level_curve_has_room_on_a_logarithmic_axis():
    assert explore(Schedule(ll.constant), log="y", base_lr=0.1).figure.spec["y"] == pytest.approx((0.01, 0.1))


def test_at_most_so_many_points_and_whole_steps():
    times = explore(cosine, t_end=123456, points=400).figure.times()
    assert len(times) == 400 and times[0] == 0 and times[-1] == 123456 and all(isinstance(t, int) for t in times)


def test_the_axis_holds_the_curve_wherever_the_sliders_stand():
    shown = explore(cosine, base_lr=(0.01, 1.0))
    top = shown.figure.spec["y"][1]
    for i, s in enumerate(shown.figure.spec["sliders"]):
        for end in (0, count(s) - 1):
            places = [x["start"] for x in shown.figure.spec["sliders"]]
            places[i] = end
            assert max(shown.figure.numbers(shown.figure.values(places))[0]) <= top


def test_the_floor_stays_below_the_peak():
    small = explore(cosine, base_lr=(1e-5, 1e-3)).figure
    floor = next(s for s in small.spec["sliders"] if s["key"] == "eta_min")
    peaks = explore(cosine, base_lr={"low": 1e-5, "high": 1e-3}).figure
    assert [s["key"] for s in peaks.spec["sliders"]] == [s["key"] for s in small.spec["sliders"]]
    assert [s["key"] for s in explore(cosine, base_lr=0).figure.spec["sliders"]] == ["T_max"]
    assert value(floor, count(floor) - 1) == 1e-3 and small.spec["y"][1] < 1.1e-3 and count(floor) > 20


def test_long_ranges_have_few_positions_and_begin_in_the_middle():
    t_max = explore(cosine, T_max=(1000, 2_000_000)).figure.spec["sliders"][0]
    assert count(t_max) <= 1001 and isinstance(value(t_max, 1), int) and 0.4 < t_max["start"] / count(t_max) < 0.6


def test_a_range_from_zero_has_even_steps():
    base_lr = explore(cosine, base_lr=(0, 1)).figure.spec["sliders"]
    assert [value(s, 1) for s in base_lr if s["key"] == "base_lr"] == [0.01]


def test_numpys_numbers_are_numbers():
    import numpy as np

    shown = explore(cosine, T_max=(np.int64(10), np.int64(50)), t_end=np.int64(60), base_lr=np.float64(0.1))
    assert shown.figure.spec["t_end"] == 60 and value(shown.figure.spec["sliders"][0], 0) == 10
    json.dumps(shown.figure.spec)


def test_choices_read_as_they_are_written():
    assert explore(my_lr, k=[True, 2, 2.5]).figure.spec["sliders"][0]["labels"] == ["True", "2", "2.5"]
    cuts = explore(ll.multistep_decay, milestones=[[30], [30, 60]]).figure.spec["sliders"][0]
    assert cuts["labels"] == ["[30]", "[30, 60]"]


# -- the published page --------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [
    lambda: explore(cosine),
    lambda: explore(my_lr, cosine, k=(0, 10)),
    lambda: explore(warmup, schedule=Schedule(cosine, T_max=7, eta_min=0.01)),
    lambda: explore(bowl, lr=(0.1, 1.0), steps=5),
    lambda: explore(bends, schedule=[Schedule(cosine, T_max=40)], formula=[ll.constant]),
])
def test_the_stored_form_gives_the_same_picture_without_the_kernel(make):
    shown = make()
    spec, picture = stored(shown)
    assert picture == shown.svg
    again = Figure(spec)
    assert again.picture(again.values()) == shown.svg


def bends(schedule=Schedule(cosine, T_max=40), formula=ll.constant):
    return svg.Chart(x=(0, 40), y=(0, 1), alt="two").line([0, 40], [schedule(0), schedule(40)]).line([0, 40], [formula(0, 0.5), formula(1, 0.5)])


def test_schedules_and_formulas_can_be_chosen():
    shown = explore(bends, schedule=[Schedule(ll.constant), Schedule(cosine, T_max=40)], formula=[ll.constant])
    assert [s["labels"] for s in shown.figure.spec["sliders"]] == [["constant()", "cosine(T_max=40)"], ["constant"]]
    assert shown.figure.values()["schedule"] == Schedule(cosine, T_max=40)
    again = Figure(stored(shown)[0])
    assert again.picture(again.values([0, 0])) == shown.figure.picture(shown.figure.values([0, 0])) != shown.svg


def test_a_closure_and_its_constants_travel():
    scale, shape = 0.25, Schedule(cosine, T_max=30)

    def inner(t):
        return math.exp(-t / 50)

    def outer(t, base_lr, k):
        return base_lr * scale * shape(t) * inner(t) * k

    spec, _ = stored(explore(outer, k=(0.0, 1.0)))
    again = Figure(spec)
    assert again.numbers({"k": 0.5})[0][7] == outer(7, 0.1, 0.5)


def helper(t):
    return 1 / (1 + t)


alias = helper


def uses_much(t, base_lr, k, cap=float("inf")):
    double = lambda HALF: 2 * HALF                          # noqa: E731 - hides the global's name in an inner scope
    return min(cap, base_lr * k * alias(t) * double(1) * HALF * Scaled(3).scale)


class Scaled:
    def __init__(self, by):
        self.by = by

    @property
    def scale(self):
        return self.by * HALF


def test_aliases_hidden_names_properties_and_infinity_travel():
    again = Figure(stored(explore(uses_much, k=(0.0, 1.0)))[0])
    assert again.numbers({"k": 0.5})[0][3] == uses_much(3, 0.1, 0.5)


def imports_inside(t, base_lr, k):
    import statistics

    return base_lr * k * statistics.mean([1.0])


def matches(t, base_lr, k):
    match t:
        case 0:
            return 0.0
    return base_lr * k


@pytest.mark.parametrize("function, reason", [
    (imports_inside, "imports_inside imports statistics, which the published page does not have"),
    (matches, "matches uses match, which the published page does not know"),
])
def test_what_the_page_cannot_run_is_noticed(function, reason):
    assert f"move in a notebook only: {reason}." in explore(function, k=(0.0, 1.0)).html()


def test_what_cannot_travel_keeps_its_picture_and_says_why():
    import numpy as np

    def with_numpy(t, base_lr, k):
        return float(base_lr * np.exp(-k * t))

    text = explore(with_numpy, k=(0.0, 1.0)).html()
    assert text.startswith('<figure class="lr-still"><img') and "move in a notebook only: it uses np, which the published page does not have." in text


def test_no_quote_breaks_the_stored_form():
    spec, picture = stored(explore(my_lr, k=(0, 5), xlabel="it's <5% \"of\" T & #more"))
    assert picture.count("it&#39;s &lt;5% &quot;of&quot; T &amp; #more") == 2 and spec["xlabel"] == "it's <5% \"of\" T & #more"


# -- the notebook ----------------------------------------------------------------------------------------


def test_the_bundle_has_both_lives():
    bundle = data(explore(cosine))
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"]


def test_in_colab_only_the_widget_is_sent(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert set(data(explore(cosine))) == {"text/plain", "application/vnd.jupyter.widget-view+json"}


def test_without_ipywidgets_the_picture_still_shows(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(data(explore(cosine))) == {"text/plain", "text/html"}


@pytest.mark.parametrize("make", [
    lambda: explore(cosine, base_lr=(0.01, 1.0)),
    lambda: explore(my_lr, k=[0, 1, 5]),
    lambda: explore(warmup),
    lambda: explore(bowl, lr=(0.1, 1.0), steps=(1, 10)),
])
def test_every_slider_of_the_widget_moves_the_picture(make):
    shown = make()
    picture, *controls, says = shown.widget().children
    for s, c in zip(shown.figure.spec["sliders"], controls):
        for end in (0, count(s) - 1):
            before, c.value = picture.value, end if "labels" in s else value(s, end)
            values = shown.figure.values([position(t, d.value) for t, d in zip(shown.figure.spec["sliders"], controls)])
            assert picture.value == shown.figure.picture(values) and says.value == "", (s["key"], end)
            assert before != picture.value or end == s["start"] or s["key"] == "eta_min"


def fails_at_three(t, base_lr, k):
    return base_lr / (k - 3)


def test_a_failing_callback_says_so_under_the_figure(monkeypatch):
    monkeypatch.delenv("LRLEARN_CHECK", raising=False)
    picture, control, says = explore(fails_at_three, k=(0, 10)).widget().children
    before, control.value = picture.value, 3
    assert says.value == "No picture at k=3: ZeroDivisionError: float division by zero." and picture.value == before
    control.value = 4
    assert says.value == "" and picture.value != before


def test_under_check_the_ends_are_drawn_and_a_failing_callback_raises(monkeypatch):
    monkeypatch.setenv("LRLEARN_CHECK", "1")
    with pytest.raises(RuntimeError, match=r"explore\(fails_at_three\): k 3 to 10: No picture at k=3: ZeroDivisionError"):
        explore(fails_at_three, k=(3, 10))
    _, control, _ = explore(fails_at_three, k=(0, 10)).widget().children
    with pytest.raises(ZeroDivisionError):
        control.value = 3


# -- mistakes ----------------------------------------------------------------------------------------------


def gives(what):
    def lr(t, base_lr, k):
        return what

    return lr


def not_a_curve(step=1, k=2):
    return 0.5


@pytest.mark.parametrize("call, sentence", [
    (lambda: explore(cosine, T_max=(0, 10)), "T_max: steps until the bottom, must be >= 1, got 0"),
    (lambda: explore(cosine, T_max=0), "T_max: steps until the bottom, must be >= 1, got 0"),
    (lambda: explore(cosine, T_mx=(1, 10)), "T_mx: unknown to cosine, which take T_max, base_lr, eta_min, got (1, 10)"),
    (lambda: explore(my_lr), "k: a parameter of my_lr, must be given a range as in k=(0, 10), or a value, got nothing"),
    (lambda: explore(my_lr, k=(10, 0)), "k: a slider's range, must be (lo, hi) or (lo, hi, step) with lo < hi, got (10, 0)"),
    (lambda: explore(my_lr, k=(0, float("inf"))), "k: a slider's range, must be (lo, hi) or (lo, hi, step) with lo < hi, got (0, inf)"),
    (lambda: explore(my_lr, k=(0, 1, -1)), "k: a slider's step, must be > 0 or 'log', got -1"),
    (lambda: explore(my_lr, k=(0, 1, "log")), "k: a slider of equal ratios, must begin above 0, got (0, 1, 'log')"),
    (lambda: explore(my_lr, k={}), "k: the choices, must be at least one, got {}"),
    (lambda: explore(cosine, T_max={"none": 0}), "T_max: steps until the bottom, must be >= 1, got 0"),
    (lambda: explore(my_lr, k=[]), "k: the choices, must be at least one, got []"),
    (lambda: explore(cosine, T_max=(10, 20, 0.5)), "T_max: steps until the bottom, must be an integer, got 10.5"),
    (lambda: explore(cosine, ylim=3), "ylim: the ends of the upright axis, must be (from, to) with from < to, got 3"),
    (lambda: explore(cosine, ylim=("a", "b")), "ylim: the ends of the upright axis, must be (from, to) with from < to, got ('a', 'b')"),
    (lambda: explore(cosine, ylim=(0, 0.2), log="y"), "ylim: the ends of a logarithmic axis, must be > 0, got (0, 0.2)"),
    (lambda: explore(cosine, base_lr=0.0, eta_min=0.0, log="y"), "log: the logarithmic axes, must not be 'y' when no learning rate is above 0, got rates up to 0"),
    (lambda: explore(cosine, labels=[1]), "labels: the curves' names, must be 1 of them, got [1]"),
    (lambda: explore(math.exp), "functions: what explore draws, must be written with def or be Schedules, got <built-in function exp>"),
    (lambda: explore(Schedule(cosine, T_max=60), T_max=(1, 100)), "T_max: unknown to cosine(T_max=60), which take base_lr (a Schedule holds its own), got (1, 100)"),
    (lambda: explore(gives("a"), k=(0, 1)), "lr gives a at t=0"),
    (lambda: explore(gives(1j), k=(0, 1)), "lr gives 1j at t=0"),
    (lambda: explore(not_a_curve, k=(0, 1)), "not_a_curve must return a picture (an lrlearn.svg.Chart), or have t as its first parameter to be drawn as a curve, got 0.5"),
    (lambda: explore(cosine, log="z"), "log: the logarithmic axes, must be one of '', 'x', 'y', 'xy', got 'z'"),
    (lambda: explore(cosine, t_end=0), "t_end: the last update drawn, must be >= 1, got 0"),
    (lambda: explore(cosine, t_end=1, log="x"), "t_end: the last update drawn, must be >= 2, got 1"),
    (lambda: explore(cosine, base_lr=[]), "base_lr: the choices, must be at least one, got []"),
    (lambda: explore(cosine, t_end=2.5), "t_end: the last update drawn, must be an integer, got 2.5"),
    (lambda: explore(cosine, points=1), "points: the most points of a curve, must be >= 2, got 1"),
    (lambda: explore(cosine, ylim=(1, 0)), "ylim: the ends of the upright axis, must be (from, to) with from < to, got (1, 0)"),
    (lambda: explore(cosine, labels=["a", "b"]), "labels: the curves' names, must be 1 of them, got ['a', 'b']"),
    (lambda: explore("cosine"), "functions: what explore draws, must be functions or Schedules, got ('cosine',)"),
    (lambda: explore(), "functions: what explore draws, must be functions or Schedules, got ()"),
    (lambda: explore(cosine, bowl), "functions: several curves in one figure, must all have t as their first parameter, got ['cosine', 'bowl']"),
    (lambda: explore(gives(float("nan")), k=(0, 1)), "lr gives nan at t=0"),
    (lambda: explore(gives(None), k=(0, 1)), "lr gives None at t=0"),
])
def test_a_mistake_is_one_sentence_at_the_call(call, sentence):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == sentence


def test_explore_returns_something_readable():
    assert isinstance(explore(cosine), Explorer) and repr(explore(cosine)) == "explore(cosine): T_max 1 to 200, eta_min 0 to 0.1"
