"""Two minima: who can stay where, and the limits of "a high rate jumps out of bad minima"."""
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlearn.worlds import double_well, every, wander
from lrlearn.worlds.wells import SHARP, UPDATES, WIDE, barrier, loss_at


@given(st.floats(-0.5, 0.5))
def test_the_two_bowls_meet_at_the_barrier(depth):
    top = barrier(depth)
    assert -1 < top < 1
    assert loss_at(top - 1e-9, depth) == pytest.approx(loss_at(top + 1e-9, depth), abs=1e-6)
    assert loss_at(-1, depth) == depth and loss_at(1, depth) == 0 < loss_at(top, depth)


@given(st.floats(0.01, 0.99), st.floats(-0.5, 0.5), st.floats(0.0, 0.3))
def test_without_noise_a_ball_stays_where_it_is_below_2_over_curvature(share, depth, near):
    assert wander([share * 2 / SHARP] * 3000, 0.0, depth, -1 + near)[-1] == pytest.approx(-1, abs=1e-3)
    assert wander([share * 2 / WIDE] * 3000, 0.0, depth, 1 - near)[-1] == pytest.approx(1, abs=1e-3)


@given(st.floats(1.02, 3.9), st.floats(-0.5, 0.5))
def test_above_2_over_curvature_the_sharp_minimum_holds_no_ball_be_it_the_better_or_the_worse(share, depth):
    path = wander([share * 2 / SHARP] * 400, 0.0, depth)
    assert max(path) > barrier(depth)                                # it has left; it may come back, but cannot rest
    assert abs(path[-1] + 1) > 0.01 or abs(path[-2] + 1) > 0.01


def test_the_better_minimum_is_left_as_well_as_the_worse():
    assert double_well(base_lr=0.3, noise=0.0, depth=-0.5).alt == "12 of 12 balls end in the wide, worse minimum."
    assert double_well(base_lr=0.3, noise=0.0, depth=0.5).alt == "12 of 12 balls end in the wide, better minimum."
    assert double_well(base_lr=0.2, noise=0.0, depth=0.5).alt == "0 of 12 balls end in the wide, better minimum."


def test_noise_throws_balls_out_of_the_sharp_minimum_more_often_than_out_of_the_wide_one():
    lrs, top = [0.15] * 200, barrier()
    left = sum(wander(lrs, 2.0, 0.0, -1.0, seed)[-1] > top for seed in range(200))
    back = sum(wander(lrs, 2.0, 0.0, 1.0, seed)[-1] < top for seed in range(200))
    assert left > 150 and back < 20


def test_a_small_rate_keeps_every_ball_where_it_began():
    assert double_well(base_lr=0.01, noise=2.0).alt.startswith("0 of 12")
    assert double_well(base_lr=0.2, noise=2.0, schedule=every(UPDATES)["cosine"]).alt.startswith(("9", "10", "11", "12"))


def test_a_rate_far_beyond_every_limit_stays_a_number():
    assert all(map(math.isfinite, wander([1e6] * 300, 1.0)))
