"""The tuning chapter's exercises: what their words say about the tools is held against the tools."""
import math

import numpy as np
import pytest

from lrlearn.exercises import tuning as ex


# -- the solutions are the field's ----------------------------------------------------------------

@pytest.mark.parametrize("lo, hi, n", [(0.001, 1.0, 4), (0.02, 0.7, 9), (1.5, 6.0, 2)])
def test_the_grid_is_numpy_s(lo, hi, n):
    assert ex.log_grid(lo, hi, n) == pytest.approx(np.geomspace(lo, hi, n), rel=1e-12)


def test_the_paired_interval_is_scipy_s():
    from scipy import stats

    a, b = [0.31, 0.42, 0.35, 0.40, 0.5], [0.36, 0.44, 0.41, 0.43, 0.49]
    found = stats.ttest_rel(a, b).confidence_interval()
    assert ex.paired(a, b, stats.t.ppf(0.975, 4)) == pytest.approx([np.mean(a) - np.mean(b), found.low, found.high])
    assert stats.t.ppf(0.975, 7) == pytest.approx(2.4, abs=0.05), "the number in the statement"


def draws(space, n=300):
    from hyperopt.pyll.stochastic import sample

    dice = np.random.default_rng(0)
    return [float(sample(space, rng=dice)) for _ in range(n)]


def test_the_script_draws_where_nothing_trains_and_the_cure_does_not():
    from hyperopt import hp

    names = {}
    exec(ex.SCRIPT, names)
    found = draws(names["lr"])
    assert 1.0001 <= min(found) < 1.01 and 1.1 < max(found) <= math.exp(0.1) < 1.11
    cured = draws(hp.loguniform("lr", math.log(1e-4), math.log(1e-1)))
    assert all(1e-4 <= lr <= 1e-1 for lr in cured)
    for u in (0.25, 0.5, 0.75):         # the quantiles of the cured space are the solution's, those of the found one as_found's
        assert math.log(np.quantile(cured, u)) == pytest.approx(math.log(ex.draw(1e-4, 1e-1, u)), abs=0.5)
        assert np.quantile(found, u) == pytest.approx(ex.as_found(1e-4, 1e-1, u), abs=0.01)


def test_the_other_tools_take_the_rates_themselves():
    import optuna
    from ConfigSpace import ConfigurationSpace, Float
    from ray import tune

    lrs = [optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=n)).ask().suggest_float("lr", 1e-4, 1e-1, log=True)
           for n in range(40)]
    space = ConfigurationSpace(seed=0)
    space.add(Float("lr", (1e-4, 1e-1), log=True))
    for found in (lrs, [tune.loguniform(1e-4, 1e-1).sample() for _ in range(40)], [each["lr"] for each in space.sample_configuration(40)]):
        assert 1e-4 <= min(found) < 1e-3 and 1e-2 < max(found) <= 1e-1


def test_turned_ends_are_an_error_in_hyperopt():
    from hyperopt import hp

    with pytest.raises(ValueError):
        draws(hp.loguniform("lr", math.log(1e-1), math.log(1e-4)), 1)


def test_nine_of_ten_even_draws_lie_in_the_highest_power_of_ten():
    found = [ex.no_logarithm_at_all(1e-4, 1e-1, k / 1000) for k in range(1001)]
    assert np.mean([lr > 1e-2 for lr in found]) == pytest.approx(0.9, abs=0.01)


# -- answers as readers write them ----------------------------------------------------------------

def by_logarithm(lo, hi, n):
    low, high = math.log10(lo), math.log10(hi)
    return [10 ** (low + (high - low) * k / (n - 1)) for k in range(n)]


def by_geomspace(lo, hi, n):
    return np.geomspace(lo, hi, n)


@pytest.mark.parametrize("answer", [by_logarithm, by_geomspace], ids=lambda f: f.__name__)
def test_the_grid_written_otherwise(answer):
    assert ex.the_grid.check(answer).state == "right"


def by_sorting(rates, losses):
    order = sorted(zip(rates, losses))
    k = min(range(len(order)), key=lambda i: order[i][1])
    return -1 if k == 0 else 1 if k == len(order) - 1 else 0


def test_the_edge_written_otherwise():
    assert ex.the_edge.check(by_sorting).state == "right"


def by_numpy(a, b, t):
    gaps = np.array(a) - np.array(b)
    half = t * gaps.std(ddof=1) / len(gaps) ** 0.5
    return np.array([gaps.mean(), gaps.mean() - half, gaps.mean() + half])


def test_the_interval_written_otherwise():
    assert ex.seeds_paired.check(by_numpy).state == "right"


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda lo, hi, u: lo * (hi / lo) ** u, "right", None),
    (lambda lo, hi, u: lo ** (1 - u) * hi**u, "right", None),
    (lambda lo, hi, u: math.e ** (lo + u * (hi - lo)), "not yet", "as found"),
])
def test_the_draw_written_otherwise(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["the_grid", "the_edge", "seeds_paired", "find_the_bug"]
