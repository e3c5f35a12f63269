"""The conclusions of the two measurements: which rule of a range test can be used, and the noise floor."""
import pytest

from lrlearn.labs.experiments import noise_floor, range_tests


def test_a_tenth_of_the_minimum_is_stable_and_the_steepest_place_is_not():
    rows = {(rule, losses): list(map(float, numbers)) for rule, losses, *numbers in range_tests().rows}
    low, high, ratio = rows["minimum / 10", "smoothed"]
    assert 0.02 < low < high < 0.1 and ratio < 2.5
    assert rows["steepest", "smoothed"][2] > 10             # an order of magnitude between seeds
    assert rows["steepest", "as they are"][0] > 0.5         # where training has long been lost
    assert rows["valley", "smoothed"][1] < 0.05 and len(rows) == 6


def test_simulation_and_formula_of_the_noise_floor_agree():
    rows = noise_floor().rows
    for name, measured, wanted in rows:
        assert float(measured) == pytest.approx(float(wanted), rel=0.04)
    assert [row[2] for row in rows[:4]] == ["0.0132", "0.0625", "0.25", "1"] and rows[4][0] == "1 / (2 (t + 1))"
    assert noise_floor().rows == rows
