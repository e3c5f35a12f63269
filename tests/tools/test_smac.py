"""SMAC: what the tuning chapter says of it, with the real package and a loss that takes no time."""
from math import log10

import pytest


@pytest.fixture
def search(tmp_path):
    """A function that searches, and returns the rates in their order and the best."""
    from ConfigSpace import ConfigurationSpace, Float
    from smac import HyperparameterOptimizationFacade, Scenario

    def run(n, seed=0, log=True):
        tried, space = [], ConfigurationSpace(seed=seed)
        space.add(Float("lr", (1e-3, 1.0), log=log))

        def objective(config, seed=0):
            tried.append(config["lr"])
            return (log10(config["lr"]) + 1) ** 2

        scenario = Scenario(space, n_trials=n, deterministic=True, output_directory=tmp_path, seed=seed)
        best = HyperparameterOptimizationFacade(scenario, objective, overwrite=True, logging_level=False).optimize()
        return tried, best["lr"]

    return run


def test_it_finds_the_bottom_with_a_model(search):
    tried, best = search(12)
    assert len(tried) == 12 and best == min(tried, key=lambda lr: (log10(lr) + 1) ** 2)
    assert 0.05 < best < 0.2


def test_it_repeats_itself_with_a_seed_and_begins_with_a_design_over_the_range(search):
    tried, _ = search(8)
    assert search(8)[0] == tried
    first = sorted(log10(lr) for lr in tried[:2])       # a quarter of the trials is the initial design
    assert first[0] < -1.5 < first[1] and all(1e-3 <= lr <= 1 for lr in tried)


def test_without_log_it_draws_evenly_in_the_rate(search):
    from ConfigSpace import ConfigurationSpace, Float

    for log, most in ((True, 100), (False, 260)):
        space = ConfigurationSpace(seed=0)
        space.add(Float("lr", (1e-3, 1.0), log=log))
        high = sum(config["lr"] > 0.1 for config in space.sample_configuration(300))
        assert high == pytest.approx(most if log else 270, abs=25)
