"""The noise floor: the exact moments against a long simulation, the formula, and the schedule that reaches the bottom."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlearn import Schedule, constant
from lrlearn.worlds import every, floor_of, moments, noise_floor, shake

cases = st.tuples(st.floats(0.05, 1.9), st.floats(0.2, 4.0), st.floats(0.0, 3.0))


@given(cases)
def test_a_constant_rate_ends_at_its_floor(case):
    share, curvature, noise = case
    mean, variance = moments([share / curvature] * 3000, curvature, noise)[-1]
    assert abs(mean) < 1e-9 and variance == pytest.approx(floor_of(share / curvature, curvature, noise), rel=1e-9, abs=1e-15)


@given(cases)
def test_the_floor_is_the_formula(case):
    share, curvature, noise = case
    lr = share / curvature
    assert floor_of(lr, curvature, noise) == pytest.approx(lr * noise**2 / (curvature * (2 - lr * curvature)), rel=1e-12)


def test_there_is_no_floor_from_2_over_curvature_on():
    assert floor_of(1.0, curvature=2.0) is None and floor_of(0.999, curvature=2.0) > 0


def test_the_simulation_gives_the_moments():
    lrs = [0.4] * 10 + [0.2] * 10
    balls = np.array([shake(lrs, 1.5, 2.0, seed=seed) for seed in range(3000)])
    exact = np.array(moments(lrs, 1.5, 2.0))
    assert np.abs(balls.mean(0) - exact[:, 0]).max() < 0.08 and np.abs(balls.var(0) - exact[:, 1]).max() < 0.1


def test_one_long_walk_meets_the_floor():
    path = np.array(shake([0.2] * 60000, 2.0, 1.0, start=0.0))
    assert (path**2).mean() == pytest.approx(floor_of(0.2, 2.0, 1.0), rel=0.03)       # 0.0625


def test_1_over_curvature_t_takes_the_mean_square_to_sigma_squared_over_curvature_squared_t():
    for curvature, noise in ((1.0, 1.0), (2.0, 1.0), (0.5, 3.0)):
        T = 5000
        mean, variance = moments([1 / (curvature * (t + 1)) for t in range(T)], curvature, noise)[-1]
        assert (mean**2 + variance) * T == pytest.approx(noise**2 / curvature**2, rel=1e-9)


@pytest.mark.parametrize("name", ["cosine", "linear", "wsd", "exponential_decay", "inverse_time_decay"])
def test_a_falling_rate_ends_below_the_floor_of_its_peak(name):
    from lrlearn import curve

    mean, variance = moments(curve(every(100)[name], 100, 0.5))[-1]
    assert mean**2 + variance < 0.35 * floor_of(0.5)


@pytest.mark.parametrize("given, words", [
    (dict(), "The noise holds the mean loss at 0.17"),
    (dict(schedule=every(100)["cosine"]), "The rate falls, the ball settles: mean loss 0.015"),
    (dict(base_lr=0.02), "The ball is still on its way: mean loss 0.15"),
    (dict(base_lr=2.1), "The ball is thrown out"),
    (dict(noise=0.0), "The ball comes to rest: mean loss below 0.001"),
])
def test_what_the_picture_says(given, words):
    assert noise_floor(**given).alt == words + "."


def test_a_rate_far_beyond_the_limit_stays_a_number():
    assert all(np.isfinite(moments([50.0] * 500))[-1]) and np.isfinite(shake([50.0] * 500)).all()
    assert str(noise_floor(base_lr=50.0, schedule=Schedule(constant))).startswith("<svg")
