"""plot: what it draws, where the labels stand, how far it looks, wrong arguments."""
import subprocess
import sys
from math import ceil, nan

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lrlearn as ll
from lrlearn import Schedule, constant, cosine, plots, svg, warmup
from lrlearn.core import span
from lrlearn.plots import label_lines
from lrlearn.svg import spread

matplotlib.use("agg")
COSINE = Schedule(cosine, T_max=90)
WARM = Schedule(warmup, schedule=COSINE, warmup_steps=10)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def lines(ax):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.get_lines()}


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_the_curve_is_the_schedule():
    ax = ll.plot(WARM, steps=120, base_lr=0.1)
    (line,) = ax.get_lines()
    assert list(line.get_xdata()) == list(range(120)) and list(line.get_ydata()) == ll.curve(WARM, 120, 0.1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("update t", "learning rate")
    assert ax.get_title("left") == "warmup(schedule=cosine(T_max=90), warmup_steps=10)" and words(ax) == []
    assert ax.get_xlim() == (0, 119)


def test_the_house_look_and_nothing_left_behind():
    before = dict(matplotlib.rcParams)
    ax = ll.plot(WARM)
    (line,) = ax.get_lines()
    assert line.get_color() == svg.COLOURS[0] and line.get_linewidth() == pytest.approx(svg.LINE_WIDTH * 0.72)
    assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible() and ax.spines["left"].get_visible()
    grid = ax.xaxis.get_gridlines()[0]
    assert grid.get_visible() and grid.get_alpha() == svg.GRID_OPACITY
    assert ax.xaxis.label.get_fontsize() == pytest.approx(svg.FONT_SIZE * 0.72)
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("schedules, labels, wanted", [
    ({"one": COSINE, 2: constant}, None, ["one", "2"]),
    ([COSINE, Schedule(constant)], None, ["cosine", "constant"]),
    ([COSINE, Schedule(cosine, T_max=50), constant], None, ["cosine(T_max=90)", "cosine(T_max=50)", "constant"]),
    ((COSINE, constant), ["a", "b"], ["a", "b"]),
    ([COSINE], None, []),
    (COSINE, "mine", ["mine"]),
    (lambda t, base_lr: base_lr / (t + 1), ["1/t"], ["1/t"]),
])
def test_names_stand_at_the_curves(schedules, labels, wanted):
    ax = ll.plot(schedules, labels=labels)
    assert words(ax) == wanted and len(ax.get_lines()) == max(1, len(wanted)) and ax.get_legend() is None
    if wanted:
        assert ax.get_title("left") == ""
        assert [text.get_color() for text in ax.texts] == [line.get_color() for line in ax.get_lines()]


def boxes(ax):
    ax.figure.canvas.draw()
    return [text.get_window_extent() for text in ax.texts]


@pytest.mark.parametrize("log", [False, True])
def test_labels_do_not_overlap_and_stay_in_the_picture(log):
    many = {f"horizon {h:g}": Schedule(cosine, T_max=round(100 * h)) for h in (1, 1.02, 1.04, 1.1, 1.25, 1.5, 4)}
    ax = ll.plot(many, steps=101, log=log)
    found = boxes(ax)
    for n, one in enumerate(found):
        assert not any(one.overlaps(other) for other in found[n + 1:])
        assert one.x0 > ax.bbox.x1 and one.x1 <= ax.figure.bbox.x1 and ax.figure.bbox.y0 <= one.y0 and one.y1 <= ax.figure.bbox.y1
    # From top to bottom in the order of the curves' ends.
    assert [box.y0 for box in found] == sorted(box.y0 for box in found)


def test_a_lone_label_stands_at_the_height_of_its_curve():
    ax = ll.plot({"half": lambda t, base_lr: 0.5 * base_lr, "full": constant, "none": lambda t, base_lr: 0.0})
    heights = [ax.transData.inverted().transform((0, (box.y0 + box.y1) / 2))[1] for box in boxes(ax)]
    assert heights == pytest.approx([0.5, 1.0, 0.0], abs=0.02)


def test_more_curves_than_colours():
    ax = ll.plot([lambda t, base_lr, n=n: n for n in range(8)], steps=3, labels=list("abcdefgh"))
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.get_lines()}) == 8


def test_a_second_plot_on_the_same_axes_keeps_one_label_each():
    figure, ax = plt.subplots()
    assert ll.plot({"a": COSINE}, ax=ax) is ax
    ll.plot({"b": constant}, steps=91, ax=ax, title="two")
    assert words(ax) == ["a", "b"] and ax.get_title("left") + ax.get_title() == "two" and figure.axes == [ax]
    left, right = plt.figure().subfigures(1, 2)
    ll.plot(COSINE, ax=left.subplots())


def test_the_logarithmic_axis_leaves_zeros_out():
    ax = ll.plot({"falls": COSINE, "is nothing": lambda t, base_lr: 0.0}, log=True)
    assert ax.get_yscale() == "log" and words(ax) == ["falls", "is nothing"]
    drawn = lines(ax)["falls"][1]
    assert drawn[:90] == ll.curve(COSINE, 90) and np.isnan(drawn[90])
    boxes(ax)


def test_one_update_is_a_dot():
    (line,) = ll.plot(COSINE, steps=1).get_lines()
    assert line.get_marker() == "o" and list(line.get_ydata()) == [1.0]


def own(t, base_lr, T_0=0, T_mult=1, milestones=(), schedules=(), schedule=None, step_size=0, total_steps=0):
    return base_lr


@pytest.mark.parametrize("schedule, wanted", [
    (Schedule(constant), 0), (COSINE, 90), (WARM, 100), (Schedule(constant, factor=0.5, total_iters=7), 7),
    (Schedule(warmup, schedule=Schedule(constant), warmup_steps=8), 8),
    (Schedule(warmup, schedule=WARM, warmup_steps=5), 105),
    (Schedule(own, milestones=(30, 80)), 100), (Schedule(own, step_size=30), 120), (Schedule(own, T_0=10, T_mult=2), 30),
    (Schedule(own, schedules=(WARM, COSINE), milestones=(50,)), 140), (Schedule(own, schedules=[WARM, COSINE]), 100),
    (Schedule(own, schedule=COSINE, total_steps=300), 300),
    (Schedule(own, milestones=None, total_steps=None), 0), (Schedule(own, T_0=2.5), 7.5),
])
def test_how_far_it_looks(schedule, wanted):
    assert span(schedule) == wanted
    (line,) = ll.plot(schedule).get_lines()
    assert len(line.get_xdata()) == (ceil(wanted) + 1 if wanted else 100)


def test_several_curves_take_the_longest():
    assert [len(xs) for xs, _ in lines(ll.plot({"a": COSINE, "b": WARM, "c": constant})).values()] == [101] * 3


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0.001, 0.12))
def test_spread_keeps_order_and_distance_and_moves_only_where_needed(wanted, gap):
    placed = spread(wanted, gap, 0.0, 1.0)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for a, b in zip(order, order[1:]):
        assert placed[b] - placed[a] >= gap - 1e-9
    assert all(-1e-9 <= y <= 1 + 1e-9 for y in placed)
    if all(wanted[b] - wanted[a] >= gap for a, b in zip(order, order[1:])):
        assert placed == pytest.approx(wanted, abs=1e-9)
    assert len(placed) == len(wanted)


def test_a_band_has_the_colour_of_its_curve():
    with plots.house():
        ax = plots.axes(None, "update t", "loss", "title")
        plots.curves(ax, np.arange(3), np.array([3.0, 2.0, 1.0]), np.array([0.5, 0.5, 0.25]), "mine")
        label_lines(ax)
    corners = ax.collections[0].get_paths()[0].vertices
    assert {tuple(corner) for corner in corners} >= {(0, 2.5), (0, 3.5), (2, 0.75), (2, 1.25)}
    assert tuple(ax.collections[0].get_facecolor()[0][:3]) == matplotlib.colors.to_rgb(svg.COLOURS[0]) and words(ax) == ["mine"]


@pytest.mark.parametrize("arguments, error, message", [
    (([],), ValueError, "schedules: what to draw, must hold at least one, got []"),
    ((cosine,), TypeError, "T_max: steps until the bottom, must be given, got nothing"),
    ((0.1,), TypeError, "formula: a function f(t, base_lr, ...) -> lr, must be a function, got 0.1"),
    ((COSINE, 0), ValueError, "steps: updates to draw, must be >= 1, got 0"),
    ((COSINE, 10, nan), ValueError, "base_lr: the learning rate at the peak, must be finite, got nan"),
    (([COSINE, constant], 10, 1.0, None, ["a"]), ValueError, "labels: the names of the curves, must be 2, got ['a']"),
])
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error) as caught:
        ll.plot(*arguments)
    assert str(caught.value) == message and plt.get_fignums() == []


def test_the_same_bytes_in_two_processes_and_no_word_on_stderr(tmp_path):
    code = (
        "import sys, lrlearn as ll; ax = ll.plot({'a': ll.Schedule(ll.cosine, T_max=9), 'b': ll.constant});"
        "ax.figure.savefig(sys.argv[1], metadata={'Software': None})"
    )
    for name in ("one.png", "two.png"):
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
