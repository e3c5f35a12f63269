"""Where fastai departs from our formulas."""
import pytest

from lrlearn import Schedule, constant, cosine_restarts, linear, one_cycle, polynomial, sequential
from lrlearn.schedules.rarer.laws import exponential_between
from lrlearn.schedules.rarer.phases import flat_cosine
from lrlearn.schedules.rarer.points import piecewise_cosine
from tests.peers.from_fastai import rates
from tests.seams import about, ours

FIT = 'learner.fit({}, cbs=ParamScheduler({{"lr": {}}}))'


def test_one_cycle_climbs_for_a_quarter_and_ends_at_a_hundred_thousandth():
    """fit_one_cycle climbs for a quarter of the run, and heads for the peak over 1e5, which comes after the last update."""
    found = rates("learner.fit_one_cycle(10, lr_max=1.0)", 11)
    assert found[:10] == about(0.04, 0.37167, 0.90833, 0.98907, 0.90451, 0.75, 0.55227, 0.3455, 0.16544, 0.04324)
    assert found[10] is None
    assert rates("learner.fit_one_cycle(10, lr_max=1.0, pct_start=0.3)", 4) == about(0.04, 0.28, 0.76, 1)
    assert ours(3, one_cycle, total_steps=10) == about(0.04, 0.52, 1)


def test_momentum_goes_the_other_way():
    """fit_one_cycle moves momentum between 0.95 and 0.85, against the learning rate."""
    assert rates("learner.fit_one_cycle(4, lr_max=1.0)", 4, hyper="mom") == about(0.95, 0.85, 0.875, 0.925)


def test_schedules_are_joined_by_parts_of_the_run():
    """combine_scheds takes parts of the run that add up to 1, where torch and optax take steps."""
    parts = "combine_scheds([0.5, {}], [SchedNo(1.0, 1.0), SchedLin(1.0, 0.0)])"
    plan = dict(schedules=[Schedule(constant), Schedule(linear, total_iters=2)], milestones=[2])
    found = rates(FIT.format(4, parts.format(0.5)), 4)
    assert found == about(1, 1, 1, 0.5) and found == about(*ours(4, sequential, **plan))
    with pytest.raises(AssertionError):
        rates(FIT.format(4, parts.format(0.6)), 4)


def test_the_last_rate_of_an_exponential_is_a_rate():
    """SchedExp takes the last rate itself, and not the factor that leads to it."""
    assert rates(FIT.format(4, "SchedExp(0.1, 0.001)"), 4) == about(*ours(4, exponential_between, lr=0.1, total_steps=4,
        end_factor=0.01))


def test_a_polynomial_takes_the_power_of_the_way_done():
    """SchedPoly takes the power of the way that is done, where others take it of the way that is left."""
    assert rates(FIT.format(4, "SchedPoly(1.0, 0.0, 2)"), 4) == about(1, 0.9375, 0.75, 0.4375)
    assert ours(4, polynomial, total_iters=4, power=2.0) == about(1, 0.5625, 0.25, 0.0625)


def test_the_flat_cosine_is_flat_for_three_quarters():
    """fit_flat_cos keeps the rate for three quarters of the run, and then heads for the peak over 1e5, and not for 0."""
    found = rates("learner.fit_flat_cos(8, div_final=10.0)", 8)
    assert found == about(*[1] * 7, 0.55) and found == about(*ours(8, flat_cosine, total_steps=8, eta_min=0.1))
    assert rates("learner.fit_flat_cos(8)", 8)[-1] == pytest.approx(0.500005, abs=1e-9)


def test_two_cosines_have_three_points():
    """combined_cos goes through three rates, the middle one at a part of the run."""
    found = rates(FIT.format(4, "combined_cos(0.5, 0.0, 1.0, 0.5)"), 4)
    assert found == about(0, 0.5, 1, 0.75)
    assert found == about(*ours(4, piecewise_cosine, milestones=[0, 2, 4], values=[0.0, 1.0, 0.5]))


def test_restarts_double():
    """fit_sgdr doubles each cycle by default, where torch keeps its length."""
    assert rates("learner.fit_sgdr(2, 3)", 9) == about(*ours(9, cosine_restarts, T_0=3, T_mult=2))
