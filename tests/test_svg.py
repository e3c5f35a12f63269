"""Pictures: where data comes to lie, what the axes say, and that the text is sound XML."""
import re
import xml.etree.ElementTree as xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlearn.svg import COLOURS, HEADLINE, Chart, Panels, decades, escape, thinned, ticks

NS = "{http://www.w3.org/2000/svg}"


def read(chart):
    return xml.fromstring(str(chart))


def points(chart, n=0):
    lines = read(chart).findall(f".//{NS}polyline")
    return [tuple(map(float, p.split(","))) for p in lines[n].get("points").split()]


def words(chart):
    return [(t.text or "", float(t.get("x", 0)), float(t.get("y", 0))) for t in read(chart).iter(f"{NS}text")]


def test_the_corners_of_the_data_lie_in_the_corners_of_the_box():
    chart = Chart(x=(2, 12), y=(-1, 3)).line([2, 12, 7], [-1, 3, 1])
    left, top, right, bottom = chart.box()
    assert points(chart) == [(left, bottom), (right, top), ((left + right) / 2, (top + bottom) / 2)]


def test_logarithmic_axes_give_equal_room_to_equal_ratios():
    chart = Chart(x=(1, 100), y=(0.01, 1), log="xy").line([1, 10, 100], [0.01, 0.1, 1])
    (x0, y0), (x1, y1), (x2, y2) = points(chart)
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.11) and y1 - y0 == pytest.approx(y2 - y1, abs=0.011) and y0 > y2


def test_zero_on_a_logarithmic_axis_falls_below_the_picture_and_does_not_fail():
    chart = Chart(x=(0, 1), y=(0.01, 1), log="y").line([0, 1], [1, 0.0])
    assert points(chart)[1][1] > chart.box()[3]


def test_the_numbers_on_the_axes_stand_at_their_places():
    chart = Chart(x=(0, 200), y=(0, 0.1), xlabel="update t", ylabel="learning rate").line([0, 200], [0, 0.1])
    left, top, right, bottom = chart.box()
    found = {text: (x, y) for text, x, y in words(chart)}
    assert found["0.1"][1] == pytest.approx(top + 4) and found["0.04"][1] == pytest.approx(bottom - 0.4 * (bottom - top) + 4)
    assert found["100"][0] == pytest.approx((left + right) / 2, abs=0.1) and "update t" in found and "learning rate" in found


@given(lo=st.floats(-1e3, 1e3), width=st.floats(1e-2, 1e6))
def test_ticks_are_few_round_and_inside(lo, width):
    found = ticks(lo, lo + width)
    assert 2 <= len(found) <= 12 and found == sorted(found)
    assert all(lo - 1e-6 * width <= v <= lo + width * (1 + 1e-6) for v in found)
    steps = {round((b - a) / (found[1] - found[0]), 6) for a, b in zip(found, found[1:])}
    assert steps <= {1.0}


def test_decades():
    assert decades(0.002, 5) == [0.01, 0.1, 1.0] and decades(0.001, 1000) == [10.0**k for k in range(-3, 4)]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_names_at_the_lines_ends_do_not_overlap_and_stay_inside(ends):
    chart = Chart(x=(0, 1), y=(0, 1))
    for i, end in enumerate(ends):
        chart.line([0, 1], [0, end], label=f"line{i}")
    ys = sorted(y for text, _, y in words(chart) if text.startswith("line"))
    assert len(ys) == len(ends) and all(b - a >= 15.9 for a, b in zip(ys, ys[1:]))
    assert ys[0] >= chart.box()[1] and ys[-1] <= chart.box()[3] + 4.1


def test_lines_take_the_colours_in_order_and_names_wear_them():
    chart = Chart(x=(0, 1), y=(0, 1)).line([0, 1], [0, 0], "a", colour="currentColor").line([0, 1], [0, 1], "b").line([0, 1], [1, 1], "c")
    assert [line.get("stroke") for line in read(chart).findall(f".//{NS}polyline")] == ["currentColor", *COLOURS[:2]]
    assert {t.text: t.get("fill") for t in read(chart).iter(f"{NS}text")}["c"] == COLOURS[1]


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_any_words_are_safe(text):
    chart = Chart(x=(0, 1), y=(0, 1), xlabel=text, ylabel=text, alt=text).line([0, 1], [0, 1], label=text).text(0, 0, text).vline(0.5, text).hline(0.5, text)
    assert read(chart).get("aria-label") == text or not text.isprintable()
    assert '"' not in str(chart) and not re.search("[<>'\"]", escape(text))


def test_dots_bands_and_rules():
    chart = Chart(x=(0, 2), y=(0, 2)).dot(1, 1).band([0, 2], [0, 0], [1, 2], COLOURS[0]).vline(1, "here").hline(1, "there")
    left, top, right, bottom = chart.box()
    tree = read(chart)
    dot = tree.find(f".//{NS}circle")
    assert (float(dot.get("cx")), float(dot.get("cy"))) == ((left + right) / 2, (top + bottom) / 2)
    assert tree.find(f".//{NS}polygon").get("points").split()[-1] == f"{left:.1f},{(top + bottom) / 2:.2f}"
    dashed = [line for line in tree.iter(f"{NS}line") if line.get("stroke-dasharray")]
    assert {line.get("x1") == line.get("x2") for line in dashed} == {True, False} and {"here", "there"} <= {w for w, _, _ in words(chart)}


def test_a_narrow_page_keeps_room_for_the_curve():
    chart = Chart(x=(0, 1), y=(0, 1)).line([0, 1], [0, 1], label="a very long name for a line")
    chart.width, chart.height = 340, 255
    left, top, right, bottom = chart.box()
    assert right - left >= 0.4 * 340 and bottom - top >= 0.7 * 255


def test_a_value_that_is_no_number_leaves_a_gap():
    chart = Chart(x=(0, 4), y=(0, 1)).line([0, 1, 2, 3, 4], [0, 1, float("nan"), 1, 0])
    assert len(points(chart, 0)) == len(points(chart, 1)) == 2 and "nan" not in str(chart)


@pytest.mark.parametrize("lost", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("log", ["", "xy"])
def test_what_no_picture_can_hold_is_left_out(lost, log):
    chart = Chart(x=(1, 4), y=(1, 2), log=log).line([1, 2, 3, lost, 4], [1, lost, 2, 1, 1]).line([1, 4], [1, lost], label="end")
    chart.line([1, 4], [lost, lost], label="all").line([], [], label="none")
    chart.band([1, 2, 3, 4], [1, lost, 1, 1], [2, 2, lost, 2], "red")
    chart.dot(1, lost).ellipse(1, 1, lost, 1).text(lost, 1, "here").vline(lost).hline(lost, "there")
    assert not re.search(r"\b(nan|inf)\b", str(chart))
    assert [len(points(chart, n)) for n in range(4)] == [1, 1, 1, 1]
    assert len(read(chart).find(f".//{NS}polygon").get("points").split()) == 4
    assert {"end", "all", "none"} <= {word for word, _, _ in words(chart)} and chart.read(200, 100) is not None


def test_a_path_that_runs_far_away_can_be_read():
    path = Chart(x=(0, 1), y=(0, 1)).line([0, 1, 0.5], [0, 1e200, 1])
    assert ">1<" in path.read(*points(path)[2])


def test_numbers_may_stand_as_words():
    assert any(text == "3" for text, _, _ in words(Chart(x=(0, 1), y=(0, 1)).text(0, 0, 3)))
    assert any(text == "3" for text, _, _ in words(Chart(x=(0, 1), y=(0, 1)).title(3)))
    assert read(Chart(x=(0, 1), y=(0, 1)).title("")) is not None


@pytest.mark.parametrize("limits", [dict(x=(1, 1), y=(0, 1)), dict(x=(0, 1), y=(1, 0)), dict(x=(0, 1), y=(0, 1), log="y"), dict(x=(0, float("nan")), y=(0, 1)), dict(x=(0, 1), y=(0, float("inf")))])
def test_wrong_limits_are_one_sentence(limits):
    with pytest.raises(ValueError, match="the ends of an axis, must be"):
        Chart(**limits)


def test_an_ellipse_keeps_its_axes():
    chart = Chart(x=(-4, 4), y=(-2, 2)).ellipse(1, 0, 2, 1)
    left, top, right, bottom = chart.box()
    found = read(chart).find(f".//{NS}ellipse")
    assert float(found.get("rx")) == pytest.approx((right - left) / 4, abs=0.1) and float(found.get("ry")) == pytest.approx((bottom - top) / 4, abs=0.01)
    assert float(found.get("cx")) == pytest.approx(left + 5 / 8 * (right - left), abs=0.1)


def test_a_title_stands_above_the_axes_and_a_long_one_is_made_to_fit():
    chart = Chart(x=(0, 1), y=(0, 1)).title("it settles & rests")
    assert chart.box()[1] == Chart(x=(0, 1), y=(0, 1)).box()[1] + HEADLINE
    assert [(text, x) for text, x, y in words(chart) if text and y < HEADLINE] == [("it settles & rests", 320.0)]
    sizes = [float(read(Chart(x=(0, 1), y=(0, 1)).title("m" * n)).find(f"{NS}text").get("font-size")) for n in (10, 100, 140)]
    assert sizes[0] == 13 > sizes[1] > sizes[2] and all(size * 0.63 * n <= 631 for size, n in zip(sizes, (10, 100, 140)))


@pytest.mark.parametrize("width, places", [(640, [(0, 20), (384, 20)]), (360, [(0, 20), (0, 170)])])
def test_panels_stand_side_by_side_or_one_above_the_other(width, places):
    charts = [Chart(x=(0, 1), y=(0, 1)).line([0, 1], [0, 1]) for _ in range(2)]
    both = Panels(charts, 0.6, "two").title("both")
    both.width, both.height = width, 270
    moved = [tuple(map(int, re.findall(r"\d+", g.get("transform")))) for g in read(both).findall(f"{NS}g")]
    assert moved == places and read(both).get("aria-label") == "two" and len(read(both).findall(f".//{NS}polyline")) == 2
    assert max(x + c.width for (x, _), c in zip(moved, charts)) == width and max(y + c.height for (_, y), c in zip(moved, charts)) == 270


def test_no_coordinate_of_a_panel_is_a_tie():
    def drawn(chart):
        return read(Panels([chart, Chart(x=(0, 1), y=(0, 1))], 0.5)).find(f".//{NS}polyline").get("points").split(",")[0]

    ties = Chart(x=(0, 960), y=(0, 1)).line([1, 3], [0, 1])         # 240 px for 960: 62.25, where two Pythons round apart
    assert drawn(ties) == "62.3" and "%.1f" % 62.25 == "62.2"


def test_a_low_chart_has_few_numbers_on_its_axes():
    chart = Chart(x=(0, 1), y=(1e-4, 1e2), log="y")
    chart.height = 120
    assert [text for text, x, _ in words(chart) if x == 55] == ["0.0001", "0.01", "1", "100"]
    flat = Chart(x=(0, 1), y=(0, 1))
    flat.height = 120
    assert [text for text, x, _ in words(flat) if x == 55] == ["0", "0.5", "1"]
    assert thinned([1, 2, 3], 0) == [1] and thinned([1, 2, 3], 3) == [1, 2, 3]
